"""calibration/anchors.yaml: which number of region.csv makes the model start at which statistic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.history import Observation, Series
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.model_check import no_variable
from xinzhi.content.model_file import ModelFile
from xinzhi.content.reader import Field, Reader, choice, mapping_by, record, year_between
from xinzhi.content.region_file import Region
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, read_yaml
from xinzhi.errors import Message, msg


@dataclass(frozen=True)
class Anchor:
    """A regional constant, and the observation of ``indicator`` (in its unit) that it is set to meet."""

    constant: str
    indicator: str
    observed: Observation


@dataclass(frozen=True)
class Yardstick:
    """A regional constant that keeps what the model itself says of ``variable`` in a year."""

    constant: str
    variable: str
    year: int


@dataclass(frozen=True)
class Anchors:
    """What the region's numbers are solved for, by constant; no constant is in both."""

    anchors: Mapping[str, Anchor]
    yardsticks: Mapping[str, Yardstick]

    def __bool__(self) -> bool:
        return bool(self.anchors)


def anchors_format(
    model: ModelFile,
    region: Region,
    indicators: Mapping[str, Indicator],
    targets: Mapping[str, Target],
    history: Mapping[str, Series],
) -> Reader:
    """What calibration/anchors.yaml holds; `Anchors`."""
    regional = [
        variable.name
        for variable in model.variables.values()
        if variable.cell is not None and variable.kind == "constant"
    ]
    first, last = model.control("INITIAL TIME"), model.control("FINAL TIME")
    anchor = record(
        Field("indicator", choice(list(indicators)), "所对应的指标", "The indicator whose statistic is met"),
        Field("year", year_between(first, last), "统计年份", "The statistic's year", region.plan.base_year),
    ).then(lambda fields, node, problems: _anchor(fields, node, problems, indicators, targets, history))
    yardstick = record(
        Field("variable", choice(list(model.variables), no_variable), "模型变量", "The model's variable"),
        Field("year", year_between(first, last), "年份", "The year of which the model's value is kept",
              region.plan.base_year),
    ).then(lambda fields, node, _problems: Yardstick(node.key, **fields))  # fmt: skip
    return record(
        Field(
            "anchors",
            mapping_by(anchor, regional, _no_constant),
            "按统计数据校准的参数",
            "Constants that meet a statistic",
        ),
        Field(
            "yardsticks",
            mapping_by(yardstick, regional, _no_constant),
            "模型自身某年的取值",
            "What the model says of a year",
            {},
        ),
    ).then(_anchors)


def _anchors(fields: dict[str, Any], node: Node, problems: Problems) -> Anchors | Bad:
    twice = fields["anchors"].keys() & fields["yardsticks"].keys()
    for name in sorted(twice):
        place = node.value["yardsticks"].value[name].place
        problems.add(place, msg('"{name}" is an anchor and a yardstick', name=name), msg("keep one"))
    return BAD if twice else Anchors(fields["anchors"], fields["yardsticks"])


def _no_constant(name: str) -> Message:
    return msg('region.csv has no constant "{name}"', name=name)


def _anchor(
    fields: dict[str, Any],
    node: Node,
    problems: Problems,
    indicators: Mapping[str, Indicator],
    targets: Mapping[str, Target],
    history: Mapping[str, Series],
) -> Anchor | Bad:
    name, year = fields["indicator"], fields["year"]
    indicator = indicators[name]
    bases = [target.base_series for target in targets.values() if target.indicator == name]
    for series in [name, *bases]:
        if series in history and history[series].unit == indicator.unit:
            observed = history[series].at(year)
            if observed is not None:
                return Anchor(node.key, name, observed)
    return problems.add(
        node.place,
        msg('"{name}" is to meet {indicator} of {year}, which history.csv lacks', name=node.key, indicator=name,
            year=year),
        msg("add the figure in {unit}, or leave the anchor out", unit=indicator.unit),
    )  # fmt: skip


def read_anchors(
    path: Path,
    shown_as: str,
    problems: Problems,
    model: ModelFile,
    region: Region,
    indicators: Mapping[str, Indicator],
    targets: Mapping[str, Target],
    history: Mapping[str, Series],
) -> Anchors | None:
    """The anchors, none where there is no file; None after their problems were noted."""
    if not path.exists():
        return Anchors({}, {})
    root = read_yaml(path, shown_as, problems)
    read = BAD if root is None else anchors_format(model, region, indicators, targets, history).read(root, problems)
    return None if isinstance(read, Bad) else read
