"""model/*.mdl: the names, units, documentation and references of a Vensim model, read with PySD's parser.

The documentation of a variable has one fixed form (the model's README states it)::

    English. 中文: Chinese. Status: estimated. Source: id, id. Range: 0.1 to 0.3.
"""

from __future__ import annotations

import hashlib
import math
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Any

from xinzhi.content.elements import check_elements
from xinzhi.content.reader import LARGEST, LONGEST_NAME, LONGEST_TEXT, YEARS
from xinzhi.content.yaml_file import Problems, Text, read_text, shortened
from xinzhi.errors import Message, Place, msg, nearest
from xinzhi.pysd_guard import no_eval
from xinzhi.store import Store

STATUSES = ("published", "recalled", "estimated", "assumed", "computed")
REGIONAL = "regional"  # of a constant whose number, status and source stand in calibration/region.csv
_REGIONAL_FILES = {
    "GetConstantsStructure": ("constant", "../calibration/region.csv", "CONSTANTS({}, ',', 'B2')"),
    "GetLookupsStructure": ("lookup", "../calibration/region_series.csv", "LOOKUPS({}, ',', 'A', 'B2')"),
}
CONTROL = ("INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER")
_READER_VERSION = 3
DEEPEST_BRACKETS = 30
LONGEST_ENTRY = 20_000
MOST_STEPS = 100_000
_DOCUMENTATION = re.compile(
    r"^(?P<en>.+?) 中文: (?P<zh>.+?) Status: (?P<status>" + "|".join((*STATUSES, REGIONAL)) + r")\."
    r"(?: Source: (?P<sources>[a-z0-9-]+(?:, [a-z0-9-]+)*)\.)?"
    r"(?: Range: (?P<low>-?[0-9]+(?:\.[0-9]+)?) to (?P<high>-?[0-9]+(?:\.[0-9]+)?)\.)?$"
)
_SKETCH = "\\\\\\---///"
_GROUP = re.compile(r"\*{3,}\s*\n\s*\.(?P<name>[^\n]+)\n\s*\*{3,}~[^|]*\|")
_BUILT_IN = {"time"}


def _failures() -> tuple[type[Exception], ...]:
    """What PySD's parser raises for a wrong equation; looked up when something was raised."""
    from parsimonious.exceptions import ParseError, VisitationError

    python = (ValueError, LookupError, AttributeError, TypeError, NotImplementedError, RecursionError)
    return (ParseError, VisitationError, *python)


_BREAKS_A_CIRCLE = {
    "IntegStructure",
    "DelayStructure",
    "DelayNStructure",
    "DelayFixedStructure",
    "SmoothStructure",
    "SmoothNStructure",
    "InitialStructure",
    "TrendStructure",
    "ForecastStructure",
    "SampleIfTrueStructure",
}


@dataclass(frozen=True)
class Variable:
    """One variable of the model; ``value`` is a constant's number, ``uses`` the names it refers to.

    ``cell`` is where calibration/region.csv holds the number of a regional constant.
    """

    name: str
    kind: str
    unit: str
    group: str
    line: int
    value: float | None
    uses: tuple[str, ...]
    en: str
    zh: str
    status: str
    sources: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    cell: str | None = None

    @property
    def description(self) -> Text:
        return Text(self.zh, self.en)


@dataclass(frozen=True)
class ModelFile:
    """A model that was read; ``variables`` in the file's order, by their names as written."""

    path: Path
    hash: str
    variables: Mapping[str, Variable]

    def control(self, name: str) -> float:
        """The value of INITIAL TIME, FINAL TIME, TIME STEP or SAVEPER."""
        value = self.variables[name].value
        assert value is not None
        return value


def read_model_file(path: Path, shown_as: str, problems: Problems, store: Store) -> ModelFile | None:
    """The model file, or None after its problems were noted. What was read is kept in ``store`` by content hash."""
    text = read_text(path, shown_as, problems)
    if text is None:
        return None
    digest = hashlib.sha256(text.encode()).hexdigest()
    kept = store.load_json(f"model-{_READER_VERSION}-{digest[:32]}")
    if kept is not None:
        return ModelFile(path, digest, {row["name"]: _from_row(row) for row in kept})
    variables = _parse(path, text, shown_as, problems)
    if variables is None:
        return None
    store.save_json(f"model-{_READER_VERSION}-{digest[:32]}", [asdict(variable) for variable in variables.values()])
    return ModelFile(path, digest, variables)


def _from_row(row: dict[str, Any]) -> Variable:
    return Variable(**{**row, "uses": tuple(row["uses"]), "sources": tuple(row["sources"])})


@dataclass(frozen=True)
class _Entry:
    name: str
    line: int
    group: str


def _entries(text: str, shown_as: str, problems: Problems) -> dict[str, _Entry]:
    """Name, line and group of each entry of the text; notes entries that are not ``equation ~ units ~ text |``."""
    group, position, entries = "", 0, {}
    body = text.split(_SKETCH, 1)[0]
    for piece in body.split("|"):
        line = text.count("\n", 0, position + len(piece) - len(piece.lstrip())) + 1
        position += len(piece) + 1
        heading = _GROUP.search(piece + "|")
        if heading:
            group = heading["name"].strip()
            continue
        stripped = piece.removeprefix("{UTF-8}").strip()
        if not stripped:
            continue
        name = " ".join(re.split(r"[=(\[~]", stripped, maxsplit=1)[0].split())
        wrong = _wrong_entry(name, piece) or (
            (msg('"{name}" is defined twice', name=name), msg("keep one")) if _key(name) in entries else None
        )
        if wrong:
            problems.add(Place(shown_as, line), *wrong)
        else:
            entries[_key(name)] = _Entry(name, line, group)
    return entries


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


def _key(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().lower())


def _parse(path: Path, text: str, shown_as: str, problems: Problems) -> dict[str, Variable] | None:
    before = len(problems.found)
    entries = _entries(text, shown_as, problems)
    if len(problems.found) > before:
        return None
    elements = _elements(path, shown_as, entries, problems)
    if elements is None:
        return None
    variables = {}
    for element in elements:
        entry = entries.get(_key(element.name))
        if entry is None:
            problems.add(
                Place(shown_as),
                msg('the name "{name}" cannot be read', name=shortened(str(element.name))),
                msg("begin it with a letter; use letters, digits and spaces"),
            )
            continue
        variable = _variable(element, entry, Place(shown_as, entry.line), problems)
        if variable is not None:
            variables[variable.name] = variable
    _check_references(variables, elements, shown_as, problems)
    if len(problems.found) == before:
        _check_control(variables, shown_as, problems)
    return None if len(problems.found) > before else variables


def _elements(path: Path, shown_as: str, entries: Mapping[str, _Entry], problems: Problems) -> list[Any] | None:
    """PySD's abstract elements of the main section; every equation that PySD cannot parse is noted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysd.translators.vensim.vensim_file import VensimFile

        no_eval()
        try:
            file = VensimFile(path, encoding="utf-8-sig")
            file.parse(parse_all=False)
            section, *macros = file.sections
            section.parse(parse_all=False)
            for macro in macros:
                macro.parse()
        except _failures() as error:
            problems.add(
                Place(shown_as),
                msg("is not a Vensim model ({reason})", reason=_first_line(error)),
                msg("save it from Vensim as text (.mdl)"),
            )
            return None
        parsed, good = [], True
        for element in section.elements:
            name = re.split(r"[=(\[~]", element.equation, maxsplit=1)[0]
            entry = entries.get(_key(name))
            try:
                component = element.parse()
                if hasattr(component, "parse"):  # a subscript range is read already
                    component.parse()
                parsed.append(component)
            except _failures() as error:
                good = False
                problems.add(
                    Place(shown_as, entry.line if entry else None),
                    msg(
                        'the equation of "{name}" cannot be read ({reason})',
                        name=shortened(name),
                        reason=_first_line(error),
                    ),
                    msg("check brackets, operators and function names against Vensim's syntax"),
                )
        if not good:
            return None
        abstract = _merged(section, parsed)
        lines = {entry.name: entry.line for entry in entries.values()}
        before = len(problems.found)
        check_elements(abstract, path.parent, shown_as, lines, problems)
        return list(abstract.elements) if len(problems.found) == before else None


def _merged(section: Any, parsed: list[Any]) -> Any:
    """The abstract section of a section whose elements were parsed one by one."""
    from pysd.translators.vensim.vensim_element import Component, Constraint, SubscriptRange, TestInput

    section.subscripts = [part for part in parsed if isinstance(part, SubscriptRange)]
    section.components = [part for part in parsed if isinstance(part, Component)]
    section.constraints = [part for part in parsed if isinstance(part, Constraint)]
    section.test_inputs = [part for part in parsed if isinstance(part, TestInput)]
    return section.get_abstract_section()


def _first_line(error: Exception) -> str:
    position, text = getattr(error, "pos", None), getattr(error, "text", None)
    if isinstance(position, int) and isinstance(text, str):
        return f'near "{shortened(text[max(0, position - 12) : position + 24])}"'
    lines = re.sub(r"^\w+(?:Error|Exception): ", "", str(error).strip()).splitlines()
    return shortened(lines[0], 120) if lines else "?"


def _variable(element: Any, entry: _Entry, place: Place, problems: Problems) -> Variable | None:
    ast = element.components[0].ast
    number = isinstance(ast, int | float)
    kind = type(ast).__name__
    if number:
        kind = "control" if entry.name in CONTROL else "constant"
    elif kind in _REGIONAL_FILES:
        kind, file, call = _REGIONAL_FILES[kind]
        if (ast.file, ast.tab) != (file, ",") or getattr(ast, "x_row_or_col", "A") != "A":
            problems.add(
                place,
                msg('"{name}" reads another file', name=entry.name),
                msg("write {equation}", equation=f"GET DIRECT {call.format(repr(file))}"),
            )
            return None
    elif kind == "LookupsStructure":
        kind = "lookup"
    else:
        kind = "stock" if kind == "IntegStructure" else "auxiliary"
    documented = _DOCUMENTATION.match(" ".join(str(element.documentation or "").split()))
    cell = str(ast.cell) if type(ast).__name__ in _REGIONAL_FILES else None
    if documented is None or (documented["sources"] is None and documented["status"] != REGIONAL):
        problems.add(
            place,
            msg('the documentation of "{name}" is not in the fixed form', name=entry.name),
            msg("write: English. 中文: 中文。 Status: estimated. Source: id."),
        )
        return None
    if len(documented[0]) > LONGEST_TEXT:
        problems.add(
            place,
            msg('"{key}" has {count} characters', key=entry.name, count=len(documented[0])),
            msg("at most {count} are allowed", count=LONGEST_TEXT),
        )
        return None
    if not element.units:
        problems.add(place, msg('"{name}" has no unit', name=entry.name), msg("write Dmnl where there is none"))
        return None
    wrong = _wrong_numbers(ast)
    if wrong is not None:
        problems.add(
            place,
            msg('the equation of "{name}" cannot be read ({reason})', name=entry.name, reason=wrong),
            msg("write finite numbers, each input of a table once"),
        )
        return None
    low, high = (float(documented[end]) if documented[end] else None for end in ("low", "high"))
    if low is not None and high is not None and not low < high:
        problems.add(place, msg('"{key}" is not a range', key="Range"), msg("write [lowest, highest]"))
        return None
    return Variable(
        name=entry.name,
        kind=kind,
        unit=str(element.units),
        group=entry.group,
        line=entry.line,
        value=float(ast) if number else None,
        uses=tuple(dict.fromkeys(_references(ast))),
        en=documented["en"],
        zh=documented["zh"],
        status=documented["status"],
        sources=tuple(documented["sources"].split(", ")) if documented["sources"] else (),
        low=low,
        high=high,
        cell=cell,
    )


def _wrong_numbers(ast: Any) -> Message | None:
    """What is wrong with the numbers in a syntax tree: one that is not finite, a table with an input twice."""
    if isinstance(ast, int | float):
        if not math.isfinite(ast):
            return msg("a number is not finite")
        return None if abs(ast) <= LARGEST else msg("a number is beyond any quantity")
    if type(ast).__name__ == "LookupsStructure" and not all(a < b for a, b in pairwise(ast.x)):
        return msg("a table has an input twice")
    parts = ast if isinstance(ast, list | tuple) else ()
    if is_dataclass(ast) and not isinstance(ast, type):
        parts = [getattr(ast, part.name) for part in fields(ast)]
    return next((wrong for wrong in map(_wrong_numbers, parts) if wrong is not None), None)


def _check_control(variables: Mapping[str, Variable], shown_as: str, problems: Problems) -> None:
    """The clock is there and sound."""
    clock = {}
    for name in CONTROL:
        value = variables[name].value if name in variables else None
        if value is None:
            problems.add(
                Place(shown_as), msg('the model has no constant "{name}"', name=name), msg("add it, with a number")
            )
        else:
            clock[name] = value
    if len(clock) < len(CONTROL):
        return
    first, last, step, saveper = (clock[name] for name in CONTROL)
    sound = YEARS[0] <= first < last <= YEARS[1] and first == int(first) and last == int(last)
    if not (sound and 0 < step <= saveper <= last - first and (last - first) / step <= MOST_STEPS):
        problems.add(
            Place(shown_as, variables["TIME STEP"].line),
            msg("the model's clock is not sound: {first} to {last}, step {step}, saved every {saveper}",
                first=f"{first:g}", last=f"{last:g}", step=f"{step:g}", saveper=f"{saveper:g}"),
            msg("write calendar years in order, 0 < TIME STEP <= SAVEPER"),
        )  # fmt: skip


def _references(ast: Any) -> Iterator[str]:
    """Cleaned names that a PySD syntax tree refers to, functions left out."""
    if type(ast).__name__ == "ReferenceStructure":
        yield ast.reference
    elif type(ast).__name__ == "CallStructure":
        callee = getattr(ast.function, "reference", None)
        if callee is not None:
            yield f"{callee}()"
        for argument in ast.arguments:
            yield from _references(argument)
    elif is_dataclass(ast) and not isinstance(ast, type):
        for part in fields(ast):
            yield from _references(getattr(ast, part.name))
    elif isinstance(ast, list | tuple):
        for part in ast:
            yield from _references(part)


def _check_references(variables: dict[str, Variable], elements: list[Any], shown_as: str, problems: Problems) -> None:
    """Resolve ``uses`` to names as written; notes undefined names and circles that no stock breaks."""
    names = {_key(name): name for name in variables} | {
        _key(str(element.name)): str(element.name) for element in elements
    }
    instant: dict[str, set[str]] = {}
    delayed = {
        str(element.name) for element in elements if type(element.components[0].ast).__name__ in _BREAKS_A_CIRCLE
    }
    for name, variable in list(variables.items()):
        uses = []
        for reference in variable.uses:
            key = _key(reference.removesuffix("()"))
            if key in names:
                uses.append(names[key])
            elif key not in _BUILT_IN and not reference.endswith("()"):
                problems.add(
                    Place(shown_as, variable.line),
                    msg(
                        '"{name}" uses "{reference}", which is not defined',
                        name=name,
                        reference=reference.replace("_", " "),
                    ),
                    nearest(reference.replace("_", " "), list(variables)),
                )
        variables[name] = Variable(**{**vars(variable), "uses": tuple(dict.fromkeys(uses))})
        instant[name] = set() if name in delayed else set(uses)
    try:
        TopologicalSorter(instant).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        line = variables[error.args[1][0]].line
        problems.add(
            Place(shown_as, line),
            msg("the definitions run in a circle: {circle}", circle=circle),
            msg("break it by a stock or a delay"),
        )
