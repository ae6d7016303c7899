"""YAML with places: every value knows its file and line, and all problems of a file are told at once.

A *reader* takes a `Node` and the list of problems; it returns the value, or `BAD` after it has noted why not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from xinzhi.errors import ContentError, Message, Place, Problem, msg, nearest, why


class Bad:
    """The type of `BAD`, what a reader returns after it has noted a problem."""


BAD: Final = Bad()


@dataclass
class Problems:
    """The problems of one file or one project, gathered and raised once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place | None, message: Message, remedy: Message | None = None) -> Bad:
        self.found.append(Problem(place, message, remedy))
        return BAD

    def raise_any(self) -> None:
        if self.found:
            raise ContentError(self.found)


@dataclass(frozen=True)
class Node:
    """A value in a YAML file: ``key`` is the name it stands under, ``place`` its file and line."""

    value: Any
    place: Place
    key: str


Reader = Callable[[Node, Problems], Any]


@dataclass(frozen=True)
class Text:
    """A text that a person reads, in Chinese and in English."""

    zh: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


def read_yaml(source: Path | str, shown_as: str, problems: Problems) -> Node | None:
    """The root of a YAML file (a path) or of a text (a string), or None after noting why it cannot be read."""
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        text = source if isinstance(source, str) else source.read_text(encoding="utf-8-sig")
        value = yaml.load(text)
    except OSError as error:
        problems.add(Place(shown_as), msg("cannot be read ({reason})", reason=why(error)))
        return None
    except UnicodeDecodeError:
        problems.add(Place(shown_as), msg("is not UTF-8 text"), msg("save it as UTF-8"))
        return None
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        key = str(error.problem).split('"')[1] if '"' in str(error.problem) else "?"
        problems.add(Place(shown_as, line), msg('the key "{key}" stands here twice', key=key), msg("keep one"))
        return None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        tab = "\\t" in str(error.problem) or _has_tab(text, line)
        problems.add(
            Place(shown_as, line),
            msg("a tab stands where YAML wants spaces") if tab else _yaml_problem(error),
            msg("indent with spaces") if tab else msg("check colons, quotes and indentation"),
        )
        return None
    except (YAMLError, ValueError) as error:
        problems.add(Place(shown_as), msg("is not valid YAML ({reason})", reason=str(error).splitlines()[0]))
        return None
    if value is None:
        problems.add(Place(shown_as), msg("is empty"))
        return None
    return Node(value, Place(shown_as, 1), "")


def _has_tab(text: str, line: int | None) -> bool:
    lines = text.splitlines()
    return line is not None and 0 < line <= len(lines) and "\t" in lines[line - 1]


def _yaml_problem(error: MarkedYAMLError) -> Message:
    return msg("is not valid YAML ({reason})", reason=(error.problem or "syntax").strip())


def children(node: Node) -> Iterator[tuple[str, Node]]:
    """The entries of a mapping, each with the line of its key."""
    value = node.value
    for key in value:
        line = value.lc.key(key)[0] + 1 if isinstance(value, CommentedMap) else node.place.line
        yield str(key), Node(value[key], Place(node.place.file, line), str(key))


def items(node: Node) -> Iterator[Node]:
    """The items of a sequence, each with its line."""
    for index, value in enumerate(node.value):
        line = node.value.lc.item(index)[0] + 1 if isinstance(node.value, CommentedSeq) else node.place.line
        yield Node(value, Place(node.place.file, line), node.key)


def read_record(
    node: Node,
    problems: Problems,
    required: Mapping[str, Reader],
    optional: Mapping[str, tuple[Reader, Any]] | None = None,
) -> dict[str, Any] | None:
    """The fields of a mapping, or None when any of them is missing, unknown or bad (all are noted)."""
    optional = optional or {}
    if not isinstance(node.value, Mapping):
        problems.add(node.place, msg('"{key}" is not a mapping of names to values', key=node.key or "the file"))
        return None
    before = len(problems.found)
    result: dict[str, Any] = {name: default for name, (_, default) in optional.items()}
    known = [*required, *optional]
    seen = set()
    for key, child in children(node):
        seen.add(key)
        reader = required.get(key) or (optional[key][0] if key in optional else None)
        if reader is None:
            problems.add(child.place, msg('unknown key "{key}"', key=key), nearest(key, known))
        else:
            result[key] = reader(child, problems)
    for name in required:
        if name not in seen:
            problems.add(node.place, msg('the key "{key}" is missing', key=name), _under(node.key))
    return None if len(problems.found) > before else result


def _under(key: str) -> Message | None:
    return msg('add it under "{key}"', key=key) if key else None


def text(node: Node, problems: Problems) -> str | Bad:
    """A text that is not empty."""
    if isinstance(node.value, str) and node.value.strip():
        return node.value.strip()
    return problems.add(node.place, msg('"{key}" is not a text', key=node.key))


def bilingual(node: Node, problems: Problems) -> Text | Bad:
    """``{zh: …, en: …}``, both present."""
    fields = read_record(node, problems, {"zh": text, "en": text})
    return BAD if fields is None else Text(fields["zh"], fields["en"])


def number(node: Node, problems: Problems) -> float | Bad:
    """A finite number."""
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return problems.add(
            node.place,
            msg('"{key}" is "{value}", not a number', key=node.key, value=value),
            msg("write digits, such as 12.5"),
        )
    if not math.isfinite(value):
        return problems.add(node.place, msg('"{key}" is {value}, not a finite number', key=node.key, value=value))
    return float(value)


def choice(options: Sequence[str]) -> Reader:
    """One of ``options``."""

    def read(node: Node, problems: Problems) -> str | Bad:
        if str(node.value) in options:
            return str(node.value)
        return problems.add(
            node.place,
            msg('"{key}" cannot be "{value}"', key=node.key, value=node.value),
            nearest(str(node.value), options),
        )

    return read


def list_of(reader: Reader) -> Reader:
    """A sequence, each item read by ``reader``; a tuple."""

    def read(node: Node, problems: Problems) -> tuple[Any, ...] | Bad:
        if not isinstance(node.value, Sequence) or isinstance(node.value, str):
            return problems.add(node.place, msg('"{key}" is not a list', key=node.key), msg("write [a, b]"))
        values = tuple(reader(item, problems) for item in items(node))
        return BAD if any(value is BAD for value in values) else values

    return read


def mapping_of(reader: Reader) -> Reader:
    """A mapping with free keys, each value read by ``reader``; a dict."""

    def read(node: Node, problems: Problems) -> dict[str, Any] | Bad:
        if not isinstance(node.value, Mapping):
            return problems.add(node.place, msg('"{key}" is not a mapping of names to values', key=node.key))
        values = {key: reader(child, problems) for key, child in children(node)}
        return BAD if any(value is BAD for value in values.values()) else values

    return read


def number_range(node: Node, problems: Problems) -> tuple[float, float] | Bad:
    """``[lowest, highest]``, two numbers in order."""
    pair = list_of(number)(node, problems)
    if isinstance(pair, Bad):
        return BAD
    if len(pair) != 2 or not pair[0] < pair[1]:
        return problems.add(node.place, msg('"{key}" is not a range', key=node.key), msg("write [lowest, highest]"))
    return (pair[0], pair[1])
