"""Vensim's .mdl by PySD's translator, entry by entry: every equation that cannot be read is named with its line.

The file is cut into entries here: PySD's grammar for that makes an object of every character, and what follows an
incomplete entry it leaves out without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.engine.equation import vensim_equation, vensim_lookup
from xinzhi.engine.integration import of_vensim
from xinzhi.engine.model_text import (
    FAILURES,
    MOST_PROBLEMS,
    SYNTAX,
    Source,
    pass_on_shortage,
    too_much,
    twice,
    unreadable,
)
from xinzhi.engine.scope import clean
from xinzhi.errors import Message, ModelError, Place, Problem, msg, shortened
from xinzhi.pysd_guard import first_line

_SKETCH = re.compile(r"\\{2,3}---///")
_QUOTED = r'"(?:\\"|\\(?!")|[^"\\])*"'
_CLOSING_QUOTE = re.compile(r'(?<!\\)"')
_MARK = re.compile(r'["~|]')
_PLAIN_MARK = re.compile(r"[~|]")
_NAME = re.compile(rf"\s*({_QUOTED}|[^=(\[~:<]*)")
_MACRO = re.compile(r":MACRO:.*?(?::END OF MACRO:|\Z)", re.DOTALL)
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_COMMENT = re.compile(rf"({_QUOTED})|\{{[^{{}}]*\}}")
_FROM_A_FILE = re.compile(r"\s*\(\s*GET", re.IGNORECASE)
_ENCODING = re.compile(r"\s*\{[^}]*\}")


@dataclass(frozen=True)
class _Entry:
    """One entry as written: its fields (equation, units, documentation, …) and the line where it begins."""

    fields: tuple[str, ...]
    line: int
    whole: bool = True

    @property
    def name(self) -> str:
        name = _NAME.match(self.fields[0][:1_000])
        if name and name[1].strip():
            return shortened(name[1])
        return shortened(self.fields[0][:1_000] if self.fields[0].strip() else " ~ ".join(self.fields)[:1_000])

    @property
    def heading(self) -> bool:
        """The name of a group, between rows of stars."""
        return self.whole and len(self.fields) == 2 and self.fields[0].lstrip()[:1] in ("", "*")


def read(text: str, path: Path, shown: str) -> Source:
    """PySD's abstract model of a .mdl text. Raises `ModelError` with all of its problems."""
    from pysd.translators.structures.abstract_model import AbstractModel
    from pysd.translators.vensim.vensim_section import Section

    body = _blanked(_SKETCH.split(text, 1)[0], _ENCODING, only_first=True)
    binary = _CONTROL_CHARACTER.search(body)
    if binary is not None:
        line = body.count("\n", 0, binary.start()) + 1
        raise ModelError(Problem(Place(shown, line), msg("is not a text file"), msg("save the model again")))
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    main = Section("__main__", path, "main", [], [], "", False, None)
    sections = [_parsed(main, _blanked(body, _MACRO), 1, shown, problems, lines)]
    for macro_text in _MACRO.finditer(body):
        if len(problems) >= MOST_PROBLEMS:
            break
        first = body.count("\n", 0, macro_text.start()) + 1
        macro = _macro(macro_text[0], first, shown, problems)
        if macro is not None:
            content = macro_text[0].removesuffix(":END OF MACRO:")
            start = content.index(")") + 1
            line = first + content.count("\n", 0, start)
            sections.append(_parsed(macro, content[start:], line, shown, problems, lines))
    if problems:
        raise ModelError(problems)
    if not main.components:
        raise ModelError(Problem(Place(shown), msg("has no variables"), msg("save the model again")))
    model = AbstractModel(path, tuple(section.get_abstract_section() for section in sections))
    return Source(model, lines, of_vensim(text))


def _blanked(text: str, pattern: re.Pattern[str], *, only_first: bool = False) -> str:
    """The text with blanks (and its line ends) where the pattern was, so that lines keep their numbers."""
    if only_first:
        match = pattern.match(text)
        return text if match is None else re.sub(r"[^\n]", " ", match[0]) + text[match.end() :]
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _macro(text: str, line: int, shown: str, problems: list[Problem]) -> Any | None:
    """PySD's section of a macro from its head, or None after noting why not."""
    from pysd.translators.vensim.vensim_file import FileSectionsVisitor
    from pysd.translators.vensim.vensim_utils import Grammar

    try:
        if not text.endswith(":END OF MACRO:"):
            raise ValueError(":END OF MACRO:")
        return FileSectionsVisitor(Grammar.get("file_sections").parse(_flat(text))).entries[1]
    except FAILURES as error:
        pass_on_shortage(error)
        message = msg("the macro cannot be read ({reason})", reason=first_line(error))
        problems.append(Problem(Place(shown, line), message, SYNTAX))
        return None


def _flat(text: str) -> str:
    """The text as PySD's grammars want it: in one line."""
    return re.sub(r"\s+", " ", text.replace("\\\n\t", " "))


def _entries(text: str, line: int) -> Iterator[_Entry]:
    """The entries of a section that begins at ``line``; an incomplete one is the last.

    A quotation mark without its twin is a letter, and so are all after it: where one scan to the end has found none,
    no other will.
    """
    start, position, begins = 0, 0, 0
    fields: list[str] = []
    all_closed = True
    while mark := (_MARK if all_closed and len(fields) != 2 else _PLAIN_MARK).search(text, position):
        position = mark.end()
        if mark[0] == '"':
            closing = _CLOSING_QUOTE.search(text, position)
            all_closed, position = closing is not None, closing.end() if closing else position
            continue
        fields.append(text[start : mark.start()])
        start = position
        if mark[0] == "|":
            line += text.count("\n", begins, begins + _indent(fields[0]))
            yield _Entry(tuple(fields), line, len(fields) in (2, 3, 4))
            line += text.count("\n", begins + _indent(fields[0]), position)
            begins, fields = position, []
    rest = text[begins:]
    if rest.strip():
        yield _Entry((rest,), line + rest.count("\n", 0, _indent(rest)), False)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _parsed(section: Any, text: str, line: int, shown: str, problems: list[Problem], lines: dict[str, int]) -> Any:
    """The section with its entries parsed one by one; problems are noted, the line of each name is kept."""
    from pysd.translators.vensim.vensim_element import Component, Constraint, Element, SubscriptRange, TestInput

    parts: list[Any] = []
    seen: dict[Any, str] = {}
    for entry in _entries(text, line):
        if entry.heading:
            continue
        if len(problems) >= MOST_PROBLEMS:
            break
        wrong = _incomplete(entry) or too_much(entry.fields[0].strip(), entry.name)
        if wrong is not None:
            problems.append(Problem(Place(shown, entry.line), *wrong))
            continue
        equation, units, documentation = (_flat(field).strip() for field in entry.fields[:3])
        equation = _COMMENT.sub(lambda found: found[1] or " ", equation).strip()
        try:
            part = Element(equation, units, documentation).parse()
            if not isinstance(part, SubscriptRange):
                _read_right_side(part)
        except FAILURES as error:
            problems.append(unreadable(entry.name, error, shown, entry.line))
            continue
        parts.append(part)
        if isinstance(part, (Component, SubscriptRange)):
            lines.setdefault(clean(part.name), entry.line)
            key = (clean(part.name), str(getattr(part, "subscripts", "range")))
            if key in seen:
                problems.append(twice(part.name, seen[key], shown, entry.line))
            seen[key] = part.name
    section.subscripts = [part for part in parts if isinstance(part, SubscriptRange)]
    section.components = [part for part in parts if isinstance(part, Component)]
    section.constraints = [part for part in parts if isinstance(part, Constraint)]
    section.test_inputs = [part for part in parts if isinstance(part, TestInput)]
    return section


def _read_right_side(part: Any) -> None:
    """Give PySD's part the syntax tree of its equation."""
    from pysd.translators.structures.abstract_expressions import GetLookupsStructure
    from pysd.translators.vensim.vensim_element import Component, Lookup

    if isinstance(part, Component) and not isinstance(part, Lookup) and part.expression:
        part.ast = vensim_equation(part.expression)
        part.lookup = isinstance(part.ast, GetLookupsStructure)
    elif isinstance(part, Lookup) and not _FROM_A_FILE.match(part.expression):
        part.ast = vensim_lookup(part.expression)
    else:
        part.parse()


def _incomplete(entry: _Entry) -> tuple[Message, Message] | None:
    if entry.whole and len(entry.fields) > 2 and entry.fields[0].strip():
        return None
    return (
        msg('the entry of "{name}" is not complete', name=entry.name),
        msg("write equation ~ units ~ documentation |"),
    )
