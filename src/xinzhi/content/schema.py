"""JSON Schemas of a project's content files, written by the readers of these files."""

from __future__ import annotations

from collections.abc import Mapping

from xinzhi.content.anchor_file import anchors_format
from xinzhi.content.audit_file import audit_format
from xinzhi.content.check import checks_format
from xinzhi.content.content import Content
from xinzhi.content.fit_file import fit_format
from xinzhi.content.history import history_schema, sources_format
from xinzhi.content.indicator_file import indicators_format
from xinzhi.content.lever_file import levers_format
from xinzhi.content.loop import loops_format
from xinzhi.content.reader import Reader, Schema
from xinzhi.content.region_file import region_format
from xinzhi.content.regional_values import regional_schema
from xinzhi.content.scenario import scenario_format
from xinzhi.content.statements import statements_format
from xinzhi.content.subscript_names import subscripts_format
from xinzhi.content.uncertainty import uncertainties_format
from xinzhi.content.units import units_format

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas(content: Content) -> dict[str, Schema]:
    """File name to schema. Names that a file may use (levers, variables, sources …) are those of this project."""
    model, region, units, history = content.model, content.region, content.units, content.history
    formats = {
        "region": (region_format(), "地区、文件与规划年份", "The place, its document and the plan's years"),
        "units": (units_format(), "单位", "Units"),
        "levers": (levers_format(model, region, units, list(history.sources)), "政策措施", "Levers"),
        "indicators": (
            indicators_format(list(content.indicators), model, region, units, history.series),
            "指标与目标",
            "Indicators and targets",
        ),
        "uncertainties": (
            uncertainties_format(model, content.sheet.levers),
            "参数的不确定性",
            "What is not known of the model's constants",
        ),
        "subscripts": (subscripts_format(model), "下标名称", "Names of subscripts"),
        "checks": (checks_format(model), "行为检验", "Reality checks"),
        "loops": (loops_format(model), "反馈回路", "Feedback loops"),
        "structure": (
            statements_format(model, content.indicators, content.loops, content.checks, list(content.scenarios)),
            "模型结构的检验",
            "What the tests of structure rest on",
        ),
        "audit": (
            audit_format(
                model, region, units, content.sheet.levers, content.indicators, content.targets, history.series
            ),
            "文件数字的自洽性",
            "The document's numbers held against each other",
        ),
        "sources": (sources_format(), "来源", "Sources"),
        "scenario": (scenario_format(content.sheet, content.uncertainties), "情景", "A scenario"),
        "anchors": (
            anchors_format(model, region, content.indicators, content.targets, history.series),
            "按统计数据校准的参数",
            "Which number of region.csv meets which statistic",
        ),
        "fit": (
            fit_format(model, content.indicators, history.series, content.uncertainties, content.anchors),
            "模型拟合",
            "What is fitted to which series",
        ),
    }
    files = {f"{name}.json": _titled(*described) for name, described in formats.items()}
    tables = {"history": history_schema(history.sources), "region": regional_schema(model, history.sources)}
    return {**files, **{f"{name}.table.json": table for name, table in tables.items()}}


def _titled(reader: Reader, zh: str, en: str) -> Mapping[str, object]:
    return {"$schema": DIALECT, "title": f"{zh} / {en}", **reader.schema}
