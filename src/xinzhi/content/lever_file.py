"""model/levers.yaml: what a decision maker sets. A lever's base value, start year and ramp stand in the model file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX, Lever, Timing
from xinzhi.content.lever_sheet import LeverSheet
from xinzhi.content.model_check import no_constant, no_variable
from xinzhi.content.model_file import STATUSES, ModelFile
from xinzhi.content.reader import (
    ID,
    Field,
    Reader,
    bilingual,
    choice,
    list_of,
    mapping_of,
    matching,
    number,
    number_range,
    record,
    text,
)
from xinzhi.content.region_file import Region, article_reader
from xinzhi.content.units import UnitError, Units
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, read_yaml
from xinzhi.errors import Message, msg, nearest

LONGEST_RAMP = 50
_CODE = r"^(?!v$|m$|s$|lang$|show$)[a-z]{1,6}$"


def levers_format(model: ModelFile, region: Region, units: Units, sources: Sequence[str]) -> Reader:
    """What model/levers.yaml holds; a `LeverSheet`, checked against the model, the region and the units."""
    start = number_range(model.control("INITIAL TIME"), model.control("FINAL TIME"))
    timing = record(
        Field("start", start, "起始年的范围", "Range of start years (2024 = end of 2024)"),
        Field(
            "ramp",
            number_range(model.control("TIME STEP"), LONGEST_RAMP),
            "到位年数的范围",
            "Range of ramp times (years)",
        ),
    ).then(_timing)
    constants = [name for name, variable in model.variables.items() if variable.kind == "constant"]
    lever = record(
        Field(
            "code",
            matching(_CODE, msg("write one to six small letters")),
            "短代码，用于网址，不重复",
            "Short name in a page address, unique",
        ),
        Field("variable", choice(constants, no_constant), "模型中的常数", "The constant in the model"),
        Field("name", bilingual, "名称", "Name"),
        Field("group", choice(list(region.chapters)), "所属章", "The chapter it belongs to"),
        Field("article", article_reader(region), "文件条目", "Article of the document"),
        Field(
            "departments",
            list_of(choice(list(region.departments))),
            "责任部门，首个为牵头部门",
            "Departments that control it, the leading one first",
        ),
        Field("unit", text, "文件和界面所用单位", "The unit of files and screens"),
        Field("range", number_range(), "取值范围（按unit）", "Lowest and highest value, in unit"),
        Field("step", number.saying(exclusiveMinimum=0), "调节步长（按unit）", "Step of its slider, in unit"),
        Field("help", bilingual, "说明", "What it does"),
        Field("range_reason", bilingual, "范围依据", "Why this range"),
        Field("cost", bilingual, "成本核算办法", "How its cost is counted"),
        Field("status", choice(STATUSES), "数据性质", "How sure its numbers are"),
        Field("sources", list_of(choice(sources, _no_source)), "来源编号，见sources.yaml", "Sources, of sources.yaml"),
    ).then(lambda fields, node, problems: _lever(fields, node, problems, model, units))
    return record(
        Field("timing", timing, "起始年和到位年数的范围", "Ranges of start year and ramp time"),
        Field(
            "money",
            choice(list(model.variables), no_variable),
            "累计措施支出的模型变量",
            "The model's variable that adds up what the levers cost",
            None,
        ),
        Field("levers", mapping_of(lever, ID), "措施，键为编号", "Levers by id"),
    ).then(lambda fields, node, problems: _sheet(fields, node, problems, units))


def _no_source(name: str) -> Message:
    return msg('the source "{name}" is not in sources.yaml', name=name)


def _timing(fields: dict[str, tuple[float, float]], _node: Node, _problems: Problems) -> Timing:
    return Timing(**fields)


def read_levers(
    path: Path,
    shown_as: str,
    problems: Problems,
    model: ModelFile,
    region: Region,
    units: Units,
    sources: Sequence[str],
) -> LeverSheet | None:
    """Timing and levers in the file's order, or None after their problems were noted."""
    root = read_yaml(path, shown_as, problems)
    sheet = root and levers_format(model, region, units, sources).read(root, problems)
    return sheet if isinstance(sheet, LeverSheet) else None


def _lever(fields: dict[str, Any], node: Node, problems: Problems, model: ModelFile, units: Units) -> Lever | Bad:
    """A lever whose variables, unit, range and step fit the model and each other."""
    name, unit, (low, high) = fields["variable"], fields["unit"], fields.pop("range")
    constants = [other for other, variable in model.variables.items() if variable.kind == "constant"]
    for wanted in (name + START_SUFFIX, name + RAMP_SUFFIX):
        if wanted not in constants:
            return problems.add(node.value["variable"].place, no_constant(wanted), nearest(wanted, constants))
    try:
        factor = units.factor(model.variables[name].unit, unit)
    except UnitError as error:
        return problems.add(
            node.value["unit"].place,
            msg('the unit of "{name}" does not fit the model ({reason})', name=node.key, reason=error),
            msg("write a unit that measures the same as {unit}", unit=model.variables[name].unit),
        )
    base = _constant(model, name)
    if not low <= round(base * factor, 9) <= high:
        return problems.add(
            node.value["range"].place,
            msg('the base of "{name}" in the model is outside its range', name=node.key),
            msg("allowed are {low} to {high}", low=f"{low:g}", high=f"{high:g}"),
        )
    if not 0 < fields["step"] <= high - low:
        return problems.add(
            node.value["step"].place,
            msg('the step of "{name}" does not fit its range', name=node.key),
            msg("write a positive number, at most {high}", high=f"{high - low:g}"),
        )
    return Lever(
        **{**fields, "step": fields["step"] / factor},
        id=node.key,
        factor=factor,
        low=low / factor,
        high=high / factor,
        base=base,
        base_start=_constant(model, name + START_SUFFIX),
        base_ramp=_constant(model, name + RAMP_SUFFIX),
    )


def _sheet(fields: dict[str, Any], node: Node, problems: Problems, units: Units) -> LeverSheet | Bad:
    """The lever sheet, after names were found to be unique and base timings in range (one that is not is told once)."""
    timing: Timing = fields["timing"]
    before = len(problems.noted)
    owners: dict[str, str] = {}
    outside: set[str] = set()
    for lever in fields["levers"].values():
        place = node.value["levers"].value[lever.id].place
        for name in dict.fromkeys(lever.names):
            if name in owners:
                problems.add(
                    place,
                    msg('the name or code "{name}" is taken by "{other}"', name=name, other=owners[name]),
                    msg("choose another"),
                )
            owners.setdefault(name, lever.id)
        for (low, high), value, suffix in (
            (timing.start, lever.base_start, START_SUFFIX),
            (timing.ramp, lever.base_ramp, RAMP_SUFFIX),
        ):
            if not low <= value <= high and suffix not in outside:
                outside.add(suffix)
                problems.add(
                    place,
                    msg(
                        'the model\'s "{name}" is {value}, outside the timing',
                        name=lever.variable + suffix,
                        value=f"{value:g}",
                    ),
                    msg("allowed are {low} to {high}", low=f"{low:g}", high=f"{high:g}"),
                )
    return BAD if len(problems.noted) > before else LeverSheet(timing, fields["levers"], units, fields["money"])


def _constant(model: ModelFile, name: str) -> float:
    value = model.variables[name].value
    assert value is not None
    return value
