"""Reads model/*.mdl, a Vensim model, with PySD's parser: names, units, documentation and references.

The documentation of a variable has one fixed form (the model's README states it)::

    English. 中文: Chinese. Status: estimated. Source: id, id. Range: 0.1 to 0.3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from xinzhi.content.elements import Elements, check_elements
from xinzhi.content.model_check import CONTROL, check_control, check_references, wrong_numbers
from xinzhi.content.model_entries import Entry, name_of, read_entries
from xinzhi.content.model_file import REGIONAL, STATUSES, ModelFile, Variable
from xinzhi.content.reader import LONGEST_TEXT
from xinzhi.content.yaml_file import Problems, read_text
from xinzhi.errors import Place, msg, shortened
from xinzhi.names import canonical
from xinzhi.pysd_guard import failures, first_line, no_eval
from xinzhi.quiet import quiet
from xinzhi.store import Store

_REGIONAL_FILES = {
    "GetConstantsStructure": ("constant", "../calibration/region.csv", "CONSTANTS({}, ',', 'B2')"),
    "GetLookupsStructure": ("lookup", "../calibration/region_series.csv", "LOOKUPS({}, ',', 'A', 'B2')"),
}
_READER_VERSION = 5
_DOCUMENTATION = re.compile(
    r"^(?P<en>.+?) 中文: (?P<zh>.+?) Status: (?P<status>" + "|".join((*STATUSES, REGIONAL)) + r")\."
    r"(?: Source: (?P<sources>[a-z0-9-]+(?:, [a-z0-9-]+)*)\.)?"
    r"(?: Range: (?P<low>-?[0-9]+(?:\.[0-9]+)?) to (?P<high>-?[0-9]+(?:\.[0-9]+)?)\.)?$"
)
_BUILT_IN = {"time"}


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


def read_model_file(path: Path, shown_as: str, problems: Problems, store: Store, home: Path) -> ModelFile | None:
    """The model file, or None after its problems were noted. What was read is kept in ``store`` by content hash.

    ``home`` is the model/ folder of the project, from which the model names its data files.
    """
    text = read_text(path, shown_as, problems)
    if text is None:
        return None
    digest = hashlib.sha256(text.encode()).hexdigest()
    name = f"model-{_READER_VERSION}-{digest[:32]}"
    read = store.load(name, _Read)
    if read is None:
        read = _parse(path, text, shown_as, problems, home)
        if read is None:
            return None
        store.save(name, read)
    return ModelFile(path, digest, read.variables, read.ranges)


@dataclass(frozen=True)
class _Read:
    """What a model's text says, wherever it lies: variables by name, and the elements of each subscript range."""

    variables: Mapping[str, Variable]
    ranges: Mapping[str, tuple[str, ...]]


def _parse(path: Path, text: str, shown_as: str, problems: Problems, home: Path) -> _Read | None:
    """What the text says, or None after its problems were noted."""
    before = len(problems.noted)
    entries = read_entries(text, shown_as, problems)
    if len(problems.noted) > before:
        return None
    section = _section(path, shown_as, entries, problems)
    if section is None:
        return None
    elements = Elements.of(section, home)
    defined: dict[str, tuple[Variable, Any, dict[str, str]]] = {}
    for element in section.elements:
        mine = entries.get(canonical(element.name))
        if mine is None or len(mine) != len(element.components):
            problems.add(
                Place(shown_as),
                msg('the name "{name}" cannot be read', name=shortened(str(element.name))),
                msg("begin it with a letter; use letters, digits and spaces"),
            )
            continue
        if _misfits(element, mine, elements, shown_as, problems):
            continue
        read = [
            _variable(component.ast, entry, Place(shown_as, entry.line), problems)
            for component, entry in zip(element.components, mine, strict=True)
        ]
        for labels, index in elements.defined(element).items():
            variable, component = read[index], element.components[index]
            if variable is not None:
                own = component.subscripts[0]
                one = _of_element(variable, labels, elements.value(component.ast, own, labels))
                defined[one.name] = one, component.ast, dict(zip(own, labels, strict=True))
    names: dict[str, list[str]] = {canonical(element.name): [] for element in section.elements}
    variables = _linked(defined, names, elements, shown_as, problems)
    if len(problems.noted) == before:
        check_control(variables, shown_as, problems)
    return None if len(problems.noted) > before else _Read(variables, dict(elements.ranges))


def _of_element(variable: Variable, labels: tuple[str, ...], value: float | None) -> Variable:
    """The variable that one element of a subscripted variable is."""
    if not labels:
        return variable
    kind = variable.kind if value is None else "constant"
    return replace(variable, name=f"{variable.name}[{','.join(labels)}]", kind=kind, value=value, element=labels)


def _linked(
    defined: Mapping[str, tuple[Variable, Any, dict[str, str]]],
    by_key: dict[str, list[str]],
    elements: Elements,
    shown_as: str,
    problems: Problems,
) -> dict[str, Variable]:
    """The variables with their references as names; undefined names and circles are noted.

    ``by_key`` has the key of every name of the file, so that what was refused already is not undefined too.
    """
    for name, (variable, _, _) in defined.items():
        by_key.setdefault(canonical(name.removesuffix(f"[{','.join(variable.element)}]")), []).append(name)
    variables, unknown, delayed = {}, {}, set()
    for name, (variable, ast, bound) in defined.items():
        uses, strange = [], []
        for reference, subscripts in _references(ast):
            called = reference.endswith("()")
            meant = by_key.get(canonical(reference.removesuffix("()")))
            if meant is not None:
                fitting = set(elements.meant(subscripts, bound))
                uses += [one for one in meant if not defined[one][0].element or defined[one][0].element in fitting]
            elif not called and canonical(reference) not in _BUILT_IN and reference not in elements.names:
                strange.append(reference.replace("_", " "))
        variables[name] = replace(variable, uses=tuple(dict.fromkeys(uses)))
        unknown[name] = strange
        if type(ast).__name__ in _BREAKS_A_CIRCLE:
            delayed.add(name)
    check_references(variables, unknown, delayed, shown_as, problems)
    return variables


def _section(path: Path, shown_as: str, entries: Mapping[str, list[Entry]], problems: Problems) -> Any:
    """PySD's abstract main section, or None; every equation that PySD cannot parse is noted."""
    with quiet(), no_eval():
        from pysd.translators.vensim.vensim_file import VensimFile

        try:
            file = VensimFile(path, encoding="utf-8-sig")
            file.parse(parse_all=False)
            section, *macros = file.sections
            section.parse(parse_all=False)
            for macro in macros:
                macro.parse()
        except failures() as error:
            problems.add(
                Place(shown_as),
                msg("is not a Vensim model ({reason})", reason=first_line(error)),
                msg("save it from Vensim as text (.mdl)"),
            )
            return None
        parsed, good = [], True
        for element in section.elements:
            name = name_of(element.equation)
            entry = next(iter(entries.get(canonical(name), ())), None)
            try:
                component = element.parse()
                if hasattr(component, "parse"):  # a subscript range is read already
                    component.parse()
                parsed.append(component)
            except failures() as error:
                good = False
                problems.add(
                    Place(shown_as, entry.line if entry else None),
                    msg(
                        'the equation of "{name}" cannot be read ({reason})',
                        name=shortened(name),
                        reason=first_line(error),
                    ),
                    msg("check brackets, operators and function names against Vensim's syntax"),
                )
        if not good:
            return None
        abstract = _merged(section, parsed)
        lines = {mine[0].name: mine[0].line for mine in entries.values()}
        before = len(problems.noted)
        check_elements(abstract, path.parent, shown_as, lines, problems)
        return abstract if len(problems.noted) == before else None


def _merged(section: Any, parsed: list[Any]) -> Any:
    """The abstract section of a section whose elements were parsed one by one."""
    from pysd.translators.vensim.vensim_element import Component, Constraint, SubscriptRange, TestInput

    section.subscripts = [part for part in parsed if isinstance(part, SubscriptRange)]
    section.components = [part for part in parsed if isinstance(part, Component)]
    section.constraints = [part for part in parsed if isinstance(part, Constraint)]
    section.test_inputs = [part for part in parsed if isinstance(part, TestInput)]
    return section.get_abstract_section()


def _misfits(element: Any, mine: list[Entry], elements: Elements, shown_as: str, problems: Problems) -> bool:
    """Note the lists of numbers of an element that have more or fewer than their subscripts need."""
    before = len(problems.noted)
    for component, entry in zip(element.components, mine, strict=True):
        sizes = elements.misfit(component.ast, component.subscripts[0])
        if sizes is not None:
            problems.add(
                Place(shown_as, entry.line),
                msg('in "{name}": {problem}', name=entry.name,
                    problem=msg("the list has {count} numbers, needed: {wanted}", count=sizes[0], wanted=sizes[1])),
                msg("write 1,000 as 1000"),
            )  # fmt: skip
    return len(problems.noted) > before


def _variable(ast: Any, entry: Entry, place: Place, problems: Problems) -> Variable | None:
    """What one equation of the file says of its variable, whose references are not known yet."""
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
    documented = _DOCUMENTATION.match(entry.documentation)
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
    if not entry.unit:
        problems.add(place, msg('"{name}" has no unit', name=entry.name), msg("write Dmnl where there is none"))
        return None
    wrong = wrong_numbers(ast)
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
        unit=entry.unit,
        group=entry.group,
        line=entry.line,
        value=float(ast) if number else None,
        uses=(),
        en=documented["en"],
        zh=documented["zh"],
        status=documented["status"],
        sources=tuple(documented["sources"].split(", ")) if documented["sources"] else (),
        low=low,
        high=high,
        cell=cell,
    )


def _references(ast: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Cleaned names that a PySD syntax tree refers to, with their subscripts; a function is ``name()``."""
    if type(ast).__name__ == "ReferenceStructure":
        yield ast.reference, tuple(ast.subscripts.subscripts if ast.subscripts else ())
    elif type(ast).__name__ == "CallStructure":
        callee = getattr(ast.function, "reference", None)
        if callee is not None:
            yield f"{callee}()", ()
        for argument in ast.arguments:
            yield from _references(argument)
    elif is_dataclass(ast) and not isinstance(ast, type):
        for part in fields(ast):
            yield from _references(getattr(ast, part.name))
    elif isinstance(ast, list | tuple):
        for part in ast:
            yield from _references(part)
