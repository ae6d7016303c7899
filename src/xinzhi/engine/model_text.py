"""What the readers of both kinds of model file share: the text of the bytes, limits, and the sentences of problems."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parsimonious.exceptions import ParseError, VisitationError

from xinzhi.errors import Message, ModelError, Place, Problem, msg

DEEPEST_BRACKETS = 1_000
FRAMES = 200_000  # of Python; a level of brackets takes PySD's parser some 60 of them, and `lower` more
LONGEST_EQUATION = 100_000  # characters; PySD's parser needs some 65 us and 3 kB for each
MOST_PROBLEMS = 50  # no one reads more
FAILURES = (ParseError, VisitationError, ValueError, LookupError, AttributeError, TypeError, NotImplementedError,
            RecursionError, SyntaxError, ArithmeticError, AssertionError)  # fmt: skip
SYNTAX = msg("check brackets, operators and function names")
_BRACKET = re.compile(r"[()\[\]]")
_UTF_16_OR_32 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


@dataclass(frozen=True)
class Source:
    """What a translator gives: PySD's ``AbstractModel`` and the line of each variable by its cleaned name."""

    model: Any
    lines: Mapping[str, int]


def decoded(content: bytes, shown: str) -> str:
    """The text, its line ends as in Python: UTF-8, else what the file says of itself or Latin-1."""
    if not content.strip():
        raise ModelError(Problem(Place(shown), msg("is empty"), msg("save the model again")))
    if content.startswith(_UTF_16_OR_32):
        raise ModelError(Problem(Place(shown), msg("is not UTF-8 text"), msg("save it as UTF-8")))
    if b"\0" in content:
        raise ModelError(Problem(Place(shown), msg("is not a text file"), msg("save the model again")))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = re.match(rb'\s*(?:\{|<\?xml[^>]*encoding\s*=\s*["\'])([A-Za-z0-9_.-]+)', content)
        chinese = said is not None and said[1].lower().startswith((b"gb", b"cp936"))
        text = content.decode("gb18030" if chinese else "latin-1", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def too_much(equation: str, name: str) -> tuple[Message, Message] | None:
    """What PySD's parser could not read in bounded time: too long, or brackets too deep."""
    if len(equation) > LONGEST_EQUATION:
        message = msg('the equation of "{name}" has {count} characters', name=name, count=len(equation))
        return message, msg("at most {count} are allowed", count=LONGEST_EQUATION)
    if equation.count("(") + equation.count("[") <= DEEPEST_BRACKETS:
        return None
    depth = 0
    for bracket in _BRACKET.finditer(equation):
        depth += 1 if bracket[0] in "([" else -1
        if depth > DEEPEST_BRACKETS:
            return (
                msg('the brackets of "{name}" are nested too deeply', name=name),
                msg("split the equation, at most {count} levels are read", count=DEEPEST_BRACKETS),
            )
    return None


def unreadable(name: str, error: Exception, shown: str, line: int | None) -> Problem:
    """The problem of an equation that PySD cannot parse. Raises what `pass_on_shortage` does."""
    pass_on_shortage(error)
    message = msg('the equation of "{name}" cannot be read ({reason})', name=shortened(name), reason=first_line(error))
    return Problem(Place(shown, line), message, SYNTAX)


def twice(name: str, other: str, shown: str, line: int | None) -> Problem:
    """The problem of a name that is defined once more."""
    if name == other:
        return Problem(Place(shown, line), msg('"{name}" is defined twice', name=shortened(name)), msg("keep one"))
    message = msg('"{name}" and "{other}" are the same name', name=shortened(name), other=shortened(other))
    return Problem(Place(shown, line), message, msg("rename one; capitals and underscores make no difference"))


def first_line(error: BaseException) -> Message | str:
    """What an error of PySD or of its parser says, short."""
    if getattr(error, "original_class", None) in (TypeError, KeyError):
        return msg("a function has too many or too few arguments")
    position, text = getattr(error, "pos", None), getattr(error, "text", None)
    if isinstance(position, int) and isinstance(text, str):
        return f'near "{shortened(text[max(0, position - 12) : position + 24])}"'
    lines = re.sub(r"^\w+(?:Error|Exception): ", "", str(error).strip()).splitlines()
    return shortened(lines[0], 120) if lines and lines[0].strip() else type(error).__name__


def shortened(text: str, most: int = 60) -> str:
    """The text in one line, cut to ``most`` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def pass_on_shortage(error: BaseException) -> None:
    """Raises MemoryError; RecursionError where a process of its own (`parse_child`) would have more room."""
    kind = getattr(error, "original_class", type(error))
    if kind is MemoryError:
        raise MemoryError from error
    if kind is RecursionError and sys.getrecursionlimit() < FRAMES:
        raise RecursionError from error
