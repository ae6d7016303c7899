"""The entries of a Vensim file as text: name, subscripts, line, group, unit and documentation, before PySD reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xinzhi.content.reader import LONGEST_NAME
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Message, Place, msg, shortened
from xinzhi.names import canonical

DEEPEST_BRACKETS = 30
LONGEST_ENTRY = 20_000
_SKETCH = "\\\\\\---///"
_HEADING = re.compile(r"\*{3,}\s*\n\s*\.(?P<name>[^\n]+)\n\s*\*{3,}~(?P<text>[^|]*)")
_HEAD = re.compile(r"(?P<name>[^=(\[~:]*)(?P<end>:(?!=)|[=(\[~:]|$)")


@dataclass(frozen=True)
class Entry:
    """One equation of the file. ``subscripts`` is what stands in its brackets, as written; "" where there are none."""

    name: str
    subscripts: str
    line: int
    group: str
    unit: str
    documentation: str


@dataclass(frozen=True)
class Piece:
    """What stands between two "|" of the file, without the mark of its coding; ``heading`` where it begins a group.

    ``line`` is where its first letter is.
    """

    text: str
    line: int
    heading: re.Match[str] | None


def read_pieces(text: str) -> Iterator[Piece]:
    """The pieces of a model's text in its order, up to the sketch; a heading has a ``name`` and a ``text``."""
    line = 1
    for piece in text.split(_SKETCH, 1)[0].split("|"):
        blank = piece[: len(piece) - len(piece.lstrip())]
        yield Piece(piece.removeprefix("{UTF-8}"), line + blank.count("\n"), _HEADING.search(piece))
        line += piece.count("\n")


def name_of(text: str) -> str:
    """The name that an equation begins with."""
    return " ".join(_HEAD.match(text)["name"].split())  # type: ignore[index]


def read_entries(text: str, shown_as: str, problems: Problems) -> dict[str, list[Entry]]:
    """The equations of the text by their `canonical` names: one, or one for each part of a subscripted variable.

    Notes entries that are not ``equation ~ units ~ text |`` and what is defined twice. Subscript ranges are left out.
    """
    group = ""
    entries: dict[str, list[Entry]] = {}
    for piece in read_pieces(text):
        if piece.heading:
            group = piece.heading["name"].strip()
            continue
        stripped = piece.text.strip()
        if not stripped:
            continue
        head = _HEAD.match(stripped)
        assert head is not None
        name = " ".join(head["name"].split())
        wrong = _wrong_entry(name, piece.text)
        if wrong is None and head["end"] == ":":
            continue
        behind = stripped[head.end() :].split("=", 1)[0]
        subscripts = " ".join(f"[{behind}".split()) if head["end"] == "[" else ""
        known = entries.setdefault(canonical(name), [])
        if wrong is None and any(not (subscripts and it.subscripts) or subscripts == it.subscripts for it in known):
            shown_name = name + (subscripts if any(it.subscripts for it in known) else "")
            wrong = msg('"{name}" is defined twice', name=shown_name), msg("keep one")
        if wrong:
            problems.add(Place(shown_as, piece.line), *wrong)
            continue
        _, unit, documentation = stripped.split("~")
        unit = " ".join(re.sub(r"\[[^\]]*\]\s*$", "", unit).split())
        documentation = " ".join(documentation.replace("\\\n", " ").split())
        known.append(Entry(name, subscripts, piece.line, group, unit, documentation))
    return {name: known for name, known in entries.items() if known}


def _wrong_entry(name: str, piece: str) -> tuple[Message, Message] | None:
    """What is wrong with an entry's outer form, before PySD reads it."""
    if piece.count("~") != 2 or not name:
        return (
            msg('the entry of "{name}" is not complete', name=shortened(name)),
            msg("write equation ~ units ~ documentation |"),
        )
    if name[0].isdigit():
        return (
            msg('the name "{name}" cannot be read', name=shortened(name)),
            msg("begin it with a letter; use letters, digits and spaces"),
        )
    if len(name) > LONGEST_NAME or len(piece) > LONGEST_ENTRY:
        return (
            msg('the entry of "{name}" is too long', name=shortened(name)),
            msg("check whether a | is missing"),
        )
    depth = deepest = 0
    for letter in piece:
        depth += (letter in "([") - (letter in ")]")
        deepest = max(deepest, depth)
    if deepest > DEEPEST_BRACKETS:
        return (
            msg('the brackets of "{name}" are nested too deeply', name=name),
            msg("split the equation, at most {count} levels are read", count=DEEPEST_BRACKETS),
        )
    return None
