"""model/audit.yaml: what the document's own numbers imply, as arithmetic on figures that stand elsewhere."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.expression import (
    Earlier,
    Expression,
    ExpressionError,
    Names,
    Operand,
    Span,
    dimension,
    operands,
    parse,
    parts,
)
from xinzhi.content.history import Series
from xinzhi.content.indicator import MOST_DECIMALS, Indicator, Target
from xinzhi.content.lever import Lever
from xinzhi.content.model_file import ModelFile
from xinzhi.content.reader import ID, Field, Reader, bilingual, choice, mapping_of, number, record, text, whole
from xinzhi.content.region_file import Region
from xinzhi.content.units import Dimension, UnitError, Units
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import msg, nearest, shortened

SHOWN = ("level", "growth", "difference")
FROM_THE_MODEL = ("model", "gain", "constant")
YEAR_WORDS = ("base_year", "final_year")
_STEP = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"


@dataclass(frozen=True)
class Step:
    """One line of arithmetic. ``factor`` times the result in root units is the number in ``unit``.

    ``shown`` is how it is printed: a level, a growth (with its sign) or a difference (of shares: percentage points).
    ``modelled``: it, or an earlier step that it uses, reads the model.
    """

    id: str
    name: Text
    expression: Expression
    unit: str
    factor: float
    decimals: int
    shown: str
    modelled: bool


@dataclass(frozen=True)
class Rule:
    """When a step's value makes the numbers tense or contradictory: beyond these bounds, in the step's unit.

    Larger is worse where ``contradictory`` is above ``tense`` or is not given; smaller is worse where it is below.
    """

    step: str
    tense: float
    contradictory: float | None
    reason: Text


@dataclass(frozen=True)
class Item:
    """One implied quantity: its steps, what the document says by them, what the model adds, and a verdict's rule.

    ``says`` uses steps that rest on the document and on history alone; ``targets`` are those whose numbers are read.
    """

    id: str
    name: Text
    steps: Mapping[str, Step]
    says: Text
    model: Text
    rule: Rule | None
    targets: tuple[str, ...]


def audit_format(
    model: ModelFile,
    region: Region,
    units: Units,
    levers: Mapping[str, Lever],
    indicators: Mapping[str, Indicator],
    targets: Mapping[str, Target],
    history: Mapping[str, Series],
) -> Reader:
    """What model/audit.yaml holds; items by id, every name and unit checked."""
    names = _names(model, region, levers, indicators, targets, history)
    step = record(
        Field("name", bilingual, "名称", "Name"),
        Field("is", text, "算式，只引用别处的数，不手写数字", "Arithmetic on figures that stand elsewhere, none typed"),
        Field("unit", text, "结果的单位", "The unit of the result"),
        Field("decimals", whole(0, MOST_DECIMALS), "小数位数", "Digits shown behind the point", 1),
        Field("shown", choice(SHOWN), "水平、增速或差值", "A level, a growth or a difference", "level"),
    )
    rule = record(
        Field("step", text, "据以评判的一步", "The step that is judged"),
        Field("tense", number, "超出即为偏紧（按该步单位）", "Beyond it the numbers are tense, in the step's unit"),
        Field("contradictory", number, "超出即为矛盾", "Beyond it they contradict each other", None),
        Field("reason", bilingual, "界限的依据", "Why these bounds"),
    )
    item = record(
        Field("name", bilingual, "名称", "Name"),
        Field(
            "steps",
            mapping_of(step, _STEP, msg("write small letters, digits and _")),
            "逐步算式，键为编号，后面的可引用前面的",
            "Steps by id; a step may use earlier ones",
        ),
        Field(
            "says",
            bilingual,
            "由文件和历史数据得出的结论，{编号}处填入结果",
            "What follows from document and history; {id} is a step's result",
        ),
        Field("model", bilingual, "模型的补充，写法相同", "What the model adds, written alike"),
        Field("verdict", rule, "评判规则", "Rule of the verdict", None),
    ).then(lambda fields, node, problems: _item(fields, node, problems, names, units))
    return record(Field("audit", mapping_of(item, ID), "隐含数量，键为编号", "Implied quantities by id"))


def _names(
    model: ModelFile,
    region: Region,
    levers: Mapping[str, Lever],
    indicators: Mapping[str, Indicator],
    targets: Mapping[str, Target],
    history: Mapping[str, Series],
) -> Names:
    first, last = (int(model.control(name)) for name in ("INITIAL TIME", "FINAL TIME"))
    return Names(
        targets={key: target.unit for key, target in targets.items()},
        indicators={key: indicator.unit for key, indicator in indicators.items()},
        observed={key: [o.time for o in history[key].observations] for key in indicators if key in history},
        levers=list(levers),
        constants={name: it.unit for name, it in model.variables.items() if it.kind == "constant"},
        base_year=region.plan.base_year,
        final_year=region.plan.final_year,
        model_years=(first, last),
    )


def read_audit(path: Path, shown_as: str, problems: Problems, *known: Any) -> dict[str, Item] | None:
    """Items in the file's order, none where there is no file; None after their problems were noted.

    ``known`` is as for `audit_format`.
    """
    if not path.exists():
        return {}
    root = read_yaml(path, shown_as, problems)
    fields = BAD if root is None else audit_format(*known).read(root, problems)
    return None if isinstance(fields, Bad) else fields["audit"]


def _item(fields: dict[str, Any], node: Node, problems: Problems, names: Names, units: Units) -> Item | Bad:
    steps = _steps(fields["steps"], node.value["steps"], problems, names, units)
    if isinstance(steps, Bad):
        return BAD
    before = len(problems.noted)
    read = [operand for step in steps.values() for operand in operands(step.expression)]
    targets = tuple(dict.fromkeys(operand.name for operand in read if operand.family in ("target", "gain")))
    if not any(operand.family == "target" for operand in read):
        problems.add(
            node.place, msg('"{name}" reads no target of the document', name=node.key), msg("use target.id in a step")
        )
    years = _years(steps, names)
    for key, step in steps.items():
        for lang in ("zh", "en"):
            _check_typed(step.name[lang], years, node.value["steps"].value[key].value["name"].value[lang], problems)
    own = [key for key, step in steps.items() if not step.modelled]
    _check_sentence(node.value["says"], own, years, problems)
    _check_sentence(node.value["model"], list(steps), years, problems)
    rule = None if fields["verdict"] is None else _rule(fields["verdict"], node.value["verdict"], steps, problems)
    if len(problems.noted) > before or isinstance(rule, Bad):
        return BAD
    return Item(node.key, fields["name"], steps, fields["says"], fields["model"], rule, targets)


def _steps(
    written: Mapping[str, dict[str, Any]], node: Node, problems: Problems, names: Names, units: Units
) -> dict[str, Step] | Bad:
    """The steps in order; after a step that cannot be read the later ones are not tried."""
    steps: dict[str, Step] = {}
    measures: dict[str, Dimension] = {}
    for key, fields in written.items():
        place = node.value[key].value["is"].place
        try:
            expression = parse(fields["is"], names, list(steps), units)
            measures[key] = dimension(expression, units, measures)
        except ExpressionError as error:
            return problems.add(place, error.problem, error.remedy)
        try:
            factor, measure = units.root(fields["unit"])
        except UnitError as error:
            return problems.add(
                node.value[key].value["unit"].place,
                msg("the unit cannot be read ({reason})", reason=error),
                msg("define it in units.yaml, or correct it"),
            )
        if measure != measures[key]:
            return problems.add(
                node.value[key].value["unit"].place,
                msg('"{key}" is not measured in {unit}', key=key, unit=shortened(fields["unit"])),
                msg("correct the unit or the expression"),
            )
        used = [steps[part.step] for part in parts(expression) if isinstance(part, Earlier)]
        modelled = any(operand.family in FROM_THE_MODEL for operand in operands(expression))
        rest = {name: fields[name] for name in ("name", "unit", "decimals", "shown")}
        steps[key] = Step(
            id=key,
            expression=expression,
            factor=1 / factor,
            modelled=modelled or any(step.modelled for step in used),
            **rest,
        )
    return steps


def _check_sentence(node: Node, usable: Sequence[str], years: set[str], problems: Problems) -> None:
    """Both languages name the same steps, which are ``usable``, and no number is typed by hand."""
    used = []
    for lang in ("zh", "en"):
        part = node.value[lang]
        try:
            pieces = list(string.Formatter().parse(part.value))
        except ValueError:
            problems.add(part.place, msg("a brace stands alone"), msg("write a step's id in braces"))
            return
        named = {field for _, field, _, _ in pieces if field is not None}
        used.append(named)
        allowed = [*usable, *YEAR_WORDS]
        for field in sorted(named - set(allowed)):
            problems.add(
                part.place,
                msg('"{name}" is no step that may stand here', name=shortened(field)),
                nearest(field[:60], allowed),
            )
        if any(form or conversion for _, _, form, conversion in pieces):
            problems.add(
                part.place, msg("a step stands with a form of its own"), msg("write its id in braces and nothing else")
            )
        _check_typed("".join(text for text, *_ in pieces), years, part, problems)
    if used[0] != used[1]:
        problems.add(node.place, msg("the two languages do not name the same steps"), msg("write the same ids in both"))


def _check_typed(words: str, years: set[str], node: Node, problems: Problems) -> None:
    """Note a number in words that is no year which the arithmetic reads."""
    typed = [number for number in re.findall(r"\d+", words) if number not in years]
    if typed:
        problems.add(
            node.place,
            msg("the number {value} is typed by hand", value=shortened(typed[0])),
            msg("make it a step and write its id in braces"),
        )


def _years(steps: Mapping[str, Step], names: Names) -> set[str]:
    """The plan's years, and those that the steps read."""
    years = {names.base_year, names.final_year}
    for step in steps.values():
        for part in parts(step.expression):
            if isinstance(part, Span):
                years |= {part.first, part.last}
            elif isinstance(part, Operand) and part.year is not None:
                years.add(part.year)
    return {str(year) for year in years}


def _rule(fields: dict[str, Any], node: Node, steps: Mapping[str, Step], problems: Problems) -> Rule | Bad:
    if fields["step"] not in steps:
        return problems.add(
            node.value["step"].place,
            msg('no step is called "{name}"', name=shortened(fields["step"])),
            nearest(fields["step"][:60], list(steps)),
        )
    if fields["contradictory"] is not None and fields["contradictory"] == fields["tense"]:
        return problems.add(
            node.place, msg("the two bounds are the same"), msg("write another number, or leave contradictory out")
        )
    return Rule(**fields)
