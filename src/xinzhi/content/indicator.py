"""model/indicators.yaml: outputs that a planner reads, and the targets that the document sets on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xinzhi.content.history import Observation, Series
from xinzhi.content.model_file import ModelFile
from xinzhi.content.region import Region, year
from xinzhi.content.units import UnitError, Units
from xinzhi.content.yaml_file import (
    Bad,
    Node,
    Problems,
    Text,
    bilingual,
    choice,
    list_of,
    mapping_of,
    number,
    read_record,
    read_yaml,
    text,
)
from xinzhi.errors import msg, nearest

MEASURES = ("level", "mean_growth", "change")
SENSES = (">=", "<=")


@dataclass(frozen=True)
class Indicator:
    """An output. ``factor`` times the model's number is the number in ``unit``; ``decimals`` are the digits shown."""

    id: str
    variable: str
    name: Text
    unit: str
    factor: float
    decimals: int
    definition: Text


@dataclass(frozen=True)
class Target:
    """Indicator, measure, threshold and year.

    A level is in the indicator's unit; mean growth (geometric mean a year since the plan's base year) and change
    (since the base year) are in %. ``threshold`` is in ``unit``.
    """

    id: str
    indicator: str
    name: Text
    short_name: Text
    measure: str
    sense: str
    threshold: float
    unit: str
    decimals: int
    base_year: int
    year: int
    quote: str
    article: str
    departments: tuple[str, ...]
    departments_status: str
    base_series: str
    base: Observation
    note: Text | None


def read_indicators(
    path: Path,
    shown_as: str,
    problems: Problems,
    model: ModelFile,
    region: Region,
    units: Units,
    history: Mapping[str, Series],
) -> tuple[dict[str, Indicator], dict[str, Target]] | None:
    """Indicators and targets in the file's order, checked against the model, the units and history."""
    root = read_yaml(path, shown_as, problems)
    fields = root and read_record(
        root,
        problems,
        {"indicators": mapping_of(lambda node, _: node), "targets": mapping_of(lambda node, _: node)},
    )
    if not fields:
        return None
    indicators = {}
    for indicator_id, node in fields["indicators"].items():
        indicator = _indicator(indicator_id, node, problems, model, units, history)
        if indicator is not None:
            indicators[indicator_id] = indicator
    targets = {}
    for target_id, node in fields["targets"].items():
        target = _target(target_id, node, problems, list(fields["indicators"]), indicators, region, history)
        if target is not None:
            targets[target_id] = target
    return indicators, targets


def _indicator(
    indicator_id: str,
    node: Node,
    problems: Problems,
    model: ModelFile,
    units: Units,
    history: Mapping[str, Series],
) -> Indicator | None:
    fields = read_record(
        node,
        problems,
        {"variable": text, "name": bilingual, "unit": text, "definition": bilingual},
        {"decimals": (number, 0.0)},
    )
    if fields is None:
        return None
    variable = model.variables.get(fields["variable"])
    if variable is None:
        problems.add(
            node.place,
            msg('the model has no variable "{name}"', name=fields["variable"]),
            nearest(fields["variable"], list(model.variables)),
        )
        return None
    series = history.get(indicator_id)
    if series is not None and series.unit != fields["unit"]:
        problems.add(
            node.place,
            msg(
                'the unit of "{name}" is {a}, in history.csv it is {b}',
                name=indicator_id,
                a=fields["unit"],
                b=series.unit,
            ),
            msg("use the unit of history.csv"),
        )
        return None
    try:
        factor = units.factor(variable.unit, fields["unit"])
    except UnitError as error:
        problems.add(
            node.place,
            msg('the unit of "{name}" does not fit the model ({reason})', name=indicator_id, reason=error),
        )
        return None
    return Indicator(id=indicator_id, factor=factor, **{**fields, "decimals": int(fields["decimals"])})


def _target(
    target_id: str,
    node: Node,
    problems: Problems,
    named: list[str],
    indicators: Mapping[str, Indicator],
    region: Region,
    history: Mapping[str, Series],
) -> Target | None:
    fields = read_record(
        node,
        problems,
        {
            "indicator": choice(named),
            "name": bilingual,
            "short_name": bilingual,
            "measure": choice(MEASURES),
            "sense": choice(SENSES),
            "threshold": number,
            "quote": text,
            "article": text,
            "departments": list_of(choice(list(region.departments))),
            "departments_status": choice(("document", "assumed")),
            "base_series": text,
        },
        {"year": (year, region.plan.final_year), "decimals": (number, 1.0), "note": (bilingual, None)},
    )
    if fields is None or fields["indicator"] not in indicators:
        return None
    base = _base(fields["base_series"], node, problems, region.plan.base_year, history)
    if isinstance(base, Bad):
        return None
    if fields["year"] <= region.plan.base_year:
        problems.add(node.place, msg('the year of "{name}" is not after the base year', name=target_id))
        return None
    unit = indicators[fields["indicator"]].unit if fields["measure"] == "level" else "%"
    return Target(
        **{**fields, "decimals": int(fields["decimals"])},
        id=target_id,
        unit=unit,
        base_year=region.plan.base_year,
        base=base,
    )


def _base(
    name: str, node: Node, problems: Problems, base_year: int, history: Mapping[str, Series]
) -> Observation | Bad:
    if name not in history:
        return problems.add(
            node.place, msg('history.csv has no series "{name}"', name=name), nearest(name, list(history))
        )
    observation = history[name].at(base_year)
    if observation is None:
        return problems.add(
            node.place, msg('history.csv has no "{name}" for the base year {year}', name=name, year=base_year)
        )
    return observation
