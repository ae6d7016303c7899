"""Text files and YAML with places: every value knows its file and line, and all problems of a file are told at once.

Of YAML only what a planner writes is read: mappings, lists, texts, decimal numbers, true, false and null. Anchors,
aliases, tags, directives and a second document are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.scanner import Scanner

from xinzhi.content.text import Text as Text
from xinzhi.content.yaml_faults import narrowed, reason, wide, wide_sign, wide_sign_before
from xinzhi.errors import HIDDEN, ContentError, Message, Place, Problem, msg, shortened, why

LONGEST_FILE = 4_000_000
DEEPEST = 20
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NOT_DECIMAL = re.compile(r"[-+]?(?:0[xob][0-9a-fA-F_]*|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?)")
_NOT_FINITE = {".inf": "inf", "+.inf": "inf", "-.inf": "-inf", ".nan": "nan"}
_WORDS: Final[Mapping[str, bool | None]] = {"": None, "~": None, "null": None, "true": True, "false": False}


class Bad:
    """The type of `BAD`, what a reader returns after it has noted a problem."""


BAD: Final = Bad()


@dataclass
class Problems:
    """The problems of one file or one project, gathered and raised once."""

    noted: list[Problem] = field(default_factory=list)

    def add(self, place: Place | None, message: Message, remedy: Message | None) -> Bad:
        """Note a problem; only a file that the system cannot read has no remedy."""
        self.noted.append(Problem(place, message, remedy))
        return BAD

    def raise_any(self) -> None:
        if self.noted:
            raise ContentError(self.noted)


@dataclass(frozen=True)
class Node:
    """A value in a YAML file: ``key`` is the name it stands under, ``place`` that name's file and line.

    ``line`` is where a text or number itself begins.
    ``value`` is a dict of nodes, a tuple of nodes, a text, a number, a truth value or None.
    """

    value: Any
    place: Place
    key: str
    line: int | None = None

    @property
    def wide_sign(self) -> tuple[Place, str] | None:
        """Where a text that was meant as more than that holds a full-width sign, and which."""
        sign = wide_sign(self.value) if isinstance(self.value, str) else None
        return None if sign is None else (Place(self.place.file, self.line or self.place.line), sign)

    def __str__(self) -> str:
        """The value as a message shows it."""
        if isinstance(self.value, dict | tuple):
            return "{…}" if isinstance(self.value, dict) else "[…]"
        return "null" if self.value is None else shortened(str(self.value))


def narrow(written: str) -> str:
    """Full-width digits, signs and letters as their ASCII forms, the minus sign as a hyphen."""
    return unicodedata.normalize("NFKC", written).replace("\N{MINUS SIGN}", "-")


def decimal(written: str) -> int | float | None:
    """The decimal number that a text without quotes is, or None."""
    if _DECIMAL.fullmatch(written) is None:
        return None
    return int(written) if len(written) < 16 and written.lstrip("+-").isdigit() else float(written)


def read_text(path: Path, shown_as: str, problems: Problems) -> str | None:
    """A UTF-8 file without hidden characters, or None after noting why it cannot be read."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            problems.add(Place(shown_as), msg("is larger than 4 MB"), msg("split it, or remove what is not needed"))
            return None
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        problems.add(Place(shown_as), msg("cannot be read ({reason})", reason=why(error)), None)
        return None
    except UnicodeDecodeError:
        problems.add(Place(shown_as), msg("is not UTF-8 text"), msg("save it as UTF-8"))
        return None
    return None if _has_hidden(text, shown_as, problems) else text


def _has_hidden(text: str, shown_as: str, problems: Problems) -> bool:
    match = HIDDEN.search(text)
    if match is not None:
        line = text.count("\n", 0, match.start()) + 1
        code = f"U+{ord(match[0]):04X}"
        problems.add(Place(shown_as, line), msg("holds the hidden character {code}", code=code), msg("delete it"))
    return match is not None


class _RefusedError(Exception):
    """Stops the reading of a file whose YAML is not of the plain kind."""

    def __init__(self, line: int, message: Message, remedy: Message) -> None:
        super().__init__(str(message))
        self.line, self.message, self.remedy = line, message, remedy


def read_yaml(source: Path | str, shown_as: str, problems: Problems, most: int | None = None) -> Node | None:
    """The root of a YAML file (a path) or of a text (a string), or None after noting why it cannot be read.

    Reading stops behind the first ``most`` values, keys and lists, where that is given.
    """
    if isinstance(source, Path):
        text = read_text(source, shown_as, problems)
    else:
        text = None if _has_hidden(source, shown_as, problems) else source
    if text is None:
        return None
    read = _read_before if isinstance(source, Path) else _read
    root, noted = read(text, shown_as, most)
    problems.noted += noted
    return root


def _read(text: str, shown_as: str, most: int | None) -> tuple[Node | None, tuple[Problem, ...]]:
    problems = Problems()
    root = None
    try:
        root = _Composer(text, shown_as, problems, most).document()
        if root.value is None:
            problems.add(Place(shown_as), msg("is empty"), msg("write its keys and values, or remove the file"))
    except _RefusedError as refused:
        problems.add(Place(shown_as, refused.line), refused.message, refused.remedy)
    except (YAMLError, ValueError, OverflowError) as error:  # the last of an escape such as \\U99999999
        _note_syntax(error, text, shown_as, problems)
    return None if problems.noted else root, tuple(problems.noted)


_read_before = lru_cache(maxsize=64)(_read)  # a project is read again where one of its files has changed


def _note_syntax(error: Exception, text: str, shown_as: str, problems: Problems) -> None:
    marked = isinstance(error, MarkedYAMLError)
    mark = (error.problem_mark or error.context_mark) if isinstance(error, MarkedYAMLError) else None
    line = mark.line + 1 if mark else None
    said = (error.problem if isinstance(error, MarkedYAMLError) else str(error)) or "syntax"
    lines = text.splitlines()
    if isinstance(error, MarkedYAMLError) and error.context_mark and "unexpected end" in said:
        line = error.context_mark.line + 1  # where the quote begins
    if marked and ("\\t" in said or (line is not None and 0 < line <= len(lines) and "\t" in lines[line - 1])):
        problems.add(Place(shown_as, line), msg("a tab stands where YAML wants spaces"), msg("indent with spaces"))
        return
    found = wide_sign_before(lines, line or 0)
    if found is not None and _stumbles_later(narrowed(lines, found[0], line or 0), line or 0):
        problems.add(Place(shown_as, found[0]), *wide(found[1]))
        return
    problems.add(
        Place(shown_as, line),
        msg("is not valid YAML ({reason})", reason=reason(said)),
        msg("check colons, quotes and indentation"),
    )


def _stumbles_later(text: str, line: int) -> bool:
    """Whether the parser gets beyond ``line``: what was changed up to there was the cause."""
    try:
        for event in _events(text):
            if event.start_mark.line + 1 > line:
                return True
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return mark is not None and mark.line + 1 > line
    except (YAMLError, ValueError, OverflowError, _RefusedError):
        return False
    return True


class _Scanner(Scanner):
    """Stops at the bracket that nests too deeply.

    The parser takes no event before it knows whether a bracket begins a key, up to 1,024 signs ahead, and for each sign
    there it goes through all brackets that are open.
    """

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803 - ruamel's name
        if len(self.flow_context) >= DEEPEST:
            raise _too_deep(self.reader.line + 1)
        super().fetch_flow_collection_start(TokenClass, to_push)


def _events(text: str) -> Iterator[Any]:
    reader = YAML(typ="safe", pure=True)
    reader.Scanner = _Scanner
    return iter(reader.parse(text))


def _too_deep(line: int) -> _RefusedError:
    return _RefusedError(line, msg("is nested too deeply"), msg("check brackets and indentation"))


class _Composer:
    """Makes nodes of the parser's events, ``most`` at most."""

    def __init__(self, text: str, file: str, problems: Problems, most: int | None) -> None:
        self.events: Iterator[Any] = _events(text)
        self.file, self.problems, self.most, self.count = file, problems, most, 0

    def document(self) -> Node:
        """The first and only document; an empty file is a null."""
        root = Node(None, Place(self.file, 1), "")
        count = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                count += 1
                if event.version or event.tags:
                    raise _RefusedError(1, msg("YAML directives are not read here"), msg("remove the line with %"))
                if count > 1:
                    raise _RefusedError(
                        _line(event), msg("a second document starts here"), msg("keep one, without the line ---")
                    )
            elif isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent | AliasEvent):
                root = self.node(event, Place(self.file, 1), "", 1)
            elif isinstance(event, DocumentEndEvent):
                continue
        return root

    def node(self, event: Any, place: Place, key: str, depth: int) -> Node:
        line = _line(event)
        merges = isinstance(event, ScalarEvent) and event.implicit[0] and event.value == "<<"
        if isinstance(event, AliasEvent) or event.anchor is not None or merges:
            raise _RefusedError(
                line, msg("anchors (&), aliases (*) and merges (<<) are not read here"), msg("write the value out")
            )
        if event.tag is not None:
            raise _RefusedError(line, msg("tags (!) are not read here"), msg("remove the tag"))
        if depth > DEEPEST:
            raise _too_deep(line)
        self.count += 1
        if self.most is not None and self.count > self.most:
            raise _RefusedError(
                line, msg("holds more than {most} keys and values", most=self.most), msg("remove what is not needed")
            )
        if isinstance(event, MappingStartEvent):
            return Node(self.mapping(depth), place, key)
        if isinstance(event, SequenceStartEvent):
            return Node(self.sequence(key, depth), place, key)
        if event.implicit[0] and _NOT_DECIMAL.fullmatch(event.value) and not _DECIMAL.fullmatch(event.value):
            raise _RefusedError(
                line,
                msg('the number "{value}" is not decimal', value=shortened(event.value)),
                msg("write decimal digits, or put it in quotes"),
            )
        return Node(_plain(event.value) if event.implicit[0] else event.value, place, key, line)

    def mapping(self, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                break
            place = Place(self.file, _line(event))
            name = self.node(event, place, "", depth + 1).value
            if not isinstance(name, str):
                written = event.value if isinstance(event, ScalarEvent) else "…"
                raise _RefusedError(
                    _line(event), msg('the key "{key}" is not a text', key=shortened(written)), msg("put it in quotes")
                )
            value = self.node(next(self.events), place, name, depth + 1)
            sign = wide_sign(name) if value.value is None and event.implicit[0] else None
            if sign is not None:
                raise _RefusedError(_line(event), *wide(sign))
            if name in entries:
                self.problems.add(place, msg('the key "{key}" stands here twice', key=shortened(name)), msg("keep one"))
            entries[name] = value
        return entries

    def sequence(self, key: str, depth: int) -> tuple[Node, ...]:
        values = []
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                break
            values.append(self.node(event, Place(self.file, _line(event)), key, depth + 1))
        return tuple(values)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _plain(written: str) -> str | int | float | bool | None:
    """What a text without quotes stands for."""
    if written.lower() in _WORDS and written in (written.lower(), written.capitalize(), written.upper()):
        return _WORDS[written.lower()]
    if written.lower() in _NOT_FINITE:
        return float(_NOT_FINITE[written.lower()])
    number = decimal(written)
    return written if number is None else number
