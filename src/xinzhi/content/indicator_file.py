"""model/indicators.yaml: outputs that a planner reads, and the targets that the document sets on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from xinzhi.content.coherence import check_coherent
from xinzhi.content.history import Series
from xinzhi.content.indicator import MEASURES, MOST_DECIMALS, PRICES, SENSES, Indicator, Target
from xinzhi.content.model_check import no_variable
from xinzhi.content.model_file import ModelFile
from xinzhi.content.reader import (
    ID,
    Field,
    Reader,
    bilingual,
    boolean,
    choice,
    list_of,
    mapping_of,
    number,
    number_range,
    record,
    text,
    whole,
    year_between,
)
from xinzhi.content.region_file import Region, article_reader
from xinzhi.content.units import UnitError, Units
from xinzhi.content.yaml_file import Bad, Node, Problems, read_yaml
from xinzhi.errors import Message, msg, shortened


def indicators_format(
    named: Sequence[str],
    model: ModelFile,
    region: Region,
    units: Units,
    history: Mapping[str, Series],
    document: str | None = None,
) -> Reader:
    """What model/indicators.yaml holds; indicators and targets by id, two dicts. ``named`` are the indicators' ids.

    Where the ``document`` is given, every quote must stand in it, white space aside.
    """
    decimals = whole(0, MOST_DECIMALS)
    indicator = record(
        Field("variable", choice(list(model.variables), no_variable), "模型变量", "The model's variable"),
        Field("name", bilingual, "名称", "Name"),
        Field("unit", text, "文件和界面所用单位", "The unit of files and screens"),
        Field("definition", bilingual, "口径说明", "Definition"),
        Field("decimals", decimals, "小数位数", "Digits shown behind the point", 0),
        Field(
            "prices",
            choice(PRICES),
            "价格口径：current当年价格，constant不变价格，none不适用；单位含“元”时必填",
            "Price basis: current, constant, or none where it is no money; required where the unit is yuan",
            "none",
        ),
        Field("plausible", number_range(), "合理范围（按unit）", "Lowest and highest plausible figure, in unit", None),
        Field("headline", boolean, "是否与核心目标一同绘图", "Charted with the headline targets", False),
    ).then(lambda fields, node, problems: _indicator(fields, node, problems, model, units, history))
    final = year_between(region.plan.base_year + 1, model.control("FINAL TIME"))
    target = record(
        Field("indicator", choice(named), "所评判的指标", "The indicator that is judged"),
        Field("name", bilingual, "名称", "Name"),
        Field("short_name", bilingual, "简称", "Short name"),
        Field(
            "measure",
            choice(MEASURES),
            "水平、年均增速或累计变动",
            "Level, mean growth a year, or change since the base year",
        ),
        Field("sense", choice(SENSES), "不低于或不高于", "At least or at most"),
        Field(
            "threshold",
            number,
            "目标值：水平按指标单位，其余按%",
            "The target: a level in the indicator's unit, others in %",
        ),
        Field("quote", text, "文件原文", "The document's words"),
        Field("article", article_reader(region), "文件条目", "Article of the document"),
        Field("departments", list_of(choice(list(region.departments))), "责任部门", "Departments in charge"),
        Field(
            "departments_status",
            choice(("document", "assumed")),
            "责任部门为文件所列或推定",
            "Named by the document, or assumed",
        ),
        Field(
            "base_series",
            choice(list(history), _no_series),
            "基期数据所在序列",
            "The series that holds the base year's figure",
        ),
        Field("year", final, "评判年份", "The year in which it is judged", region.plan.final_year),
        Field("decimals", decimals, "小数位数", "Digits shown behind the point", 1),
        Field("note", bilingual, "附注", "Note", None),
        Field(
            "whole",
            boolean,
            "计数，四舍五入到整数后评判和显示（9.6条即10条）",
            "A count, judged and shown as the nearest whole number (9.6 chains are 10)",
            False,
        ),
        Field(
            "headline",
            boolean,
            "是否核心目标；均未标明时全部为核心目标",
            "A headline target; where none is marked, all are",
            False,
        ),
        Field("programme", boolean, "是否规划类目标", "A programme target: a count of what is to be set up", False),
    ).then(lambda fields, node, problems: _target(fields, node, problems, region, history, document))
    return record(
        Field("indicators", mapping_of(indicator, ID), "指标，键为编号", "Indicators by id"),
        Field("targets", mapping_of(target, ID), "目标，键为编号", "Targets by id"),
    ).then(_outputs)


def _no_series(name: str) -> Message:
    return msg('history.csv has no series "{name}"', name=name)


def read_indicators(
    path: Path,
    shown_as: str,
    problems: Problems,
    model: ModelFile,
    region: Region,
    units: Units,
    history: Mapping[str, Series],
    document: str | None = None,
) -> tuple[dict[str, Indicator], dict[str, Target]] | None:
    """Indicators and targets in the file's order, or None after their problems were noted."""
    root = read_yaml(path, shown_as, problems)
    if root is None:
        return None
    section = root.value.get("indicators") if isinstance(root.value, dict) else None
    named = list(section.value) if section is not None and isinstance(section.value, dict) else []
    read = indicators_format(named, model, region, units, history, document).read(root, problems)
    if isinstance(read, Bad):
        return None
    check_coherent(read["indicators"], read["targets"], root.value["targets"], problems)
    return read["indicators"], read["targets"]


def _indicator(
    fields: dict[str, Any],
    node: Node,
    problems: Problems,
    model: ModelFile,
    units: Units,
    history: Mapping[str, Series],
) -> Indicator | Bad:
    variable, series = model.variables[fields["variable"]], history.get(node.key)
    place = node.value["unit"].place
    if series is not None and series.unit != fields["unit"]:
        return problems.add(
            place,
            msg(
                'the unit of "{name}" is {a}, in history.csv it is {b}', name=node.key, a=fields["unit"], b=series.unit
            ),
            msg("use the unit of history.csv"),
        )
    try:
        factor = units.factor(variable.unit, fields["unit"])
    except UnitError as error:
        return problems.add(
            place,
            msg('the unit of "{name}" does not fit the model ({reason})', name=node.key, reason=error),
            msg("write a unit that measures the same as {unit}", unit=variable.unit),
        )
    if "元" in fields["unit"] and fields["prices"] == "none":
        return problems.add(
            place,
            msg('"{name}" is in {unit} and does not say at which prices', name=node.key, unit=fields["unit"]),
            msg('add "prices: current" or "prices: constant"'),
        )
    return Indicator(id=node.key, factor=factor, **fields)


def _target(
    fields: dict[str, Any],
    node: Node,
    problems: Problems,
    region: Region,
    history: Mapping[str, Series],
    document: str | None,
) -> Target | Bad:
    """A target whose unit is set when the indicators are known."""
    if document is not None and _without_space(fields["quote"]) not in _without_space(document):
        return problems.add(
            node.value["quote"].place,
            msg('the document does not say "{quote}"', quote=shortened(fields["quote"])),
            msg("copy the words from model/{file}", file=region.document.text),
        )
    base_year = region.plan.base_year
    base = history[fields["base_series"]].at(base_year)
    if base is None:
        return problems.add(
            node.value["base_series"].place,
            msg('history.csv has no "{name}" for the base year {year}', name=fields["base_series"], year=base_year),
            msg("add the row, or name another series"),
        )
    if fields["whole"]:
        if fields["measure"] != "level" or not fields["threshold"].is_integer():
            return problems.add(
                node.value["whole"].place,
                msg(
                    '"{name}" is not a count: its measure is no level, or its threshold no whole number', name=node.key
                ),
                msg('write "measure: level" and a whole threshold, or leave out "whole"'),
            )
        fields["decimals"] = 0
    return Target(**fields, id=node.key, unit="%", base_year=base_year, base=base)


def _without_space(written: str) -> str:
    return "".join(written.split())


def _outputs(fields: dict[str, Any], _node: Node, _problems: Problems) -> dict[str, Any]:
    indicators: dict[str, Indicator] = fields["indicators"]
    targets = {
        key: replace(target, unit=indicators[target.indicator].unit) if target.measure == "level" else target
        for key, target in fields["targets"].items()
    }
    return {"indicators": indicators, "targets": targets}
