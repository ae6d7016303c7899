"""What is wrong with a text that is not YAML: a full-width sign that an input method wrote, or what is missing.

The parser's own words are for programmers, and it stumbles a line or more behind a full-width colon.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from xinzhi.errors import Message, msg

NARROW = {"：": ":", "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]", "＃": "#", "－": "-", "“": '"', "”": '"',
          "‘": "'", "’": "'", "\u3000": " "}  # fmt: skip
_MOST_SIGNS = 50
_NAME = r"""[\w.%-]+"""
_STRUCTURE = re.compile(
    rf"""^\s*(?:-\s+)?["']?{_NAME}["']?\s*(?P<key>：)
    | [{{\[,，]\s*["']?{_NAME}["']?\s*(?P<inner>：)
    | (?P<comma>，)(?=\s*["']?{_NAME}["']?\s*[:：])
    | (?:^|[:：\s,，{{\[-])(?P<bracket>[｛［])
    | ^\s*(?P<dash>－)\s
    | [:：]\s*(?P<quote>[“‘])
    | \s(?P<hash>＃)
    | ^\ *(?P<space>\u3000)""",
    re.VERBOSE,
)
_REASONS: tuple[tuple[str, Message], ...] = (
    ("mapping values are not allowed here", msg("a colon stands here that belongs to no name")),
    ("expected ',' or '}'", msg("a comma or the closing brace is missing")),
    ("expected ',' or ']'", msg("a comma or the closing bracket is missing")),
    ("could not find expected ':'", msg("a line has no colon behind its name")),
    ("unexpected end of stream", msg("a quote is not closed")),
    ("unexpected document separator", msg("a quote is not closed")),
    ("cannot start any token", msg("a text cannot begin with this sign")),
    ("unknown escape character", msg("an escape within quotes is unknown")),
    ("sequence entries are not allowed here", msg("an entry of a list cannot stand here")),
    ("expected <block end>", msg("the indentation fits no line above")),
)


def wide_sign(line: str) -> str | None:
    """The first full-width sign of a line that stands where YAML wants its own, such as the colon of ``名称：值``."""
    match = _STRUCTURE.search(line)
    return None if match is None else next(sign for sign in match.groups() if sign is not None)


def wide_sign_before(lines: Sequence[str], last: int) -> tuple[int, str] | None:
    """Line and sign of the first of the lines with a `wide_sign` that end at ``last`` or right before it."""
    sign_seen = None
    for number in range(min(last, len(lines)), 0, -1):
        sign = wide_sign(lines[number - 1])
        if sign is not None:
            sign_seen = (number, sign)
        elif number < last and lines[number - 1].strip():
            break
    return sign_seen


def narrowed(lines: Sequence[str], first: int, last: int) -> str:
    """The text with the signs of `wide_sign` in lines ``first`` to ``last`` as YAML wants them."""
    written = list(lines)
    for index in range(first - 1, min(last, len(written))):
        for _ in range(_MOST_SIGNS):
            match = _STRUCTURE.search(written[index])
            if match is None:
                break
            place = next(start for start, _ in (match.span(name) for name in match.groupdict()) if start >= 0)
            right = NARROW[written[index][place]]
            written[index] = f"{written[index][:place]}{right + ' ' * (right in ':,')}{written[index][place + 1 :]}"
            if right in "\"'":
                written[index] = written[index].replace("”" if right == '"' else "’", right)
            if right in "{[":
                written[index] = written[index].replace("｝", "}").replace("］", "]")
    return "\n".join(written)


def wide(sign: str) -> tuple[Message, Message]:
    """The problem of a full-width sign, and its remedy."""
    return (
        msg('the full-width sign "{sign}" stands where YAML wants "{right}"', sign=sign, right=NARROW[sign]),
        msg("type it with the input method switched to English"),
    )


def reason(said: str) -> Message:
    """What the parser's problem means."""
    return next((found for words, found in _REASONS if words in said), msg("its signs or its indentation are wrong"))
