"""scenarios/*.yaml: named settings. A file states what differs from the scenario that it is based on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content import BASELINE as BASELINE
from xinzhi.content.files import misnamed_scenarios, scenario_files
from xinzhi.content.folder import shown
from xinzhi.content.lever import PartialSetting, Setting
from xinzhi.content.lever_sheet import LeverSheet
from xinzhi.content.reader import Field, Reader, bilingual, mapping_of, number, outside, record, text
from xinzhi.content.uncertainty import Uncertainty
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import Place, msg, nearest, shortened


@dataclass(frozen=True)
class Assumption:
    """What a scenario believes of a constant that nobody decides, in the model's unit."""

    value: float
    reason: Text


@dataclass(frozen=True)
class Scenario:
    """One story. ``overrides`` and ``reasons`` (by lever id) are what its own file states.

    ``assumptions`` are by constant: what it believes of the world outside.
    """

    id: str
    name: Text
    narrative: Text
    based_on: str | None
    overrides: Mapping[str, PartialSetting]
    reasons: Mapping[str, Text]
    place: Place
    assumptions: Mapping[str, Assumption]


def scenario_format(sheet: LeverSheet, doubts: Mapping[str, Uncertainty]) -> Reader:
    """What a scenario file holds; a dict. An assumption is about a constant with a prior, and within it."""
    assumption = record(
        Field("value", number, "取值（模型单位）", "The value, in the model's unit"),
        Field("reason", bilingual, "理由", "Why"),
    ).then(lambda fields, node, problems: _assumption(fields, node, problems, doubts))
    return record(
        Field("name", bilingual, "情景名称", "Name of the scenario"),
        Field("narrative", bilingual, "情景说明", "Its story in a sentence or two"),
        Field(
            "based_on", text, "所依据情景的编号（文件名）", "The scenario that it is based on (its file's name)", None
        ),
        Field("levers", sheet.settings_format(), "各项措施的设定", "What the levers are set to", ({}, {})),
        Field(
            "assumptions",
            mapping_of(assumption),
            "对外部环境的假定，键为有先验分布的常数",
            "What it believes of the world outside, by constants that have a prior",
            {},
        ),
    )


def read_scenario(
    source: Path | str, scenario_id: str, shown_as: str, problems: Problems, sheet: LeverSheet,
    doubts: Mapping[str, Uncertainty], most: int | None = None,
) -> Scenario | None:  # fmt: skip
    """One scenario file (a path) or its text (a string), or None after its problems were noted.

    Of a file from a stranger no more than ``most`` keys and values are read.
    """
    root = read_yaml(source, shown_as, problems, most)
    fields = BAD if root is None else scenario_format(sheet, doubts).read(root, problems)
    if isinstance(fields, Bad):
        return None
    overrides, reasons = fields.pop("levers")
    return Scenario(id=scenario_id, overrides=overrides, reasons=reasons, place=Place(shown_as, 1), **fields)


def _assumption(
    fields: dict[str, Any], node: Node, problems: Problems, doubts: Mapping[str, Uncertainty]
) -> Assumption | Bad:
    if node.key not in doubts:
        return problems.add(
            node.place,
            msg('"{name}" is no constant with a prior', name=shortened(node.key)),
            nearest(node.key[:100], list(doubts)),
        )
    low, high = doubts[node.key].prior.low, doubts[node.key].prior.high
    if not low <= fields["value"] <= high:
        return outside(node.value["value"], problems, low, high)
    return Assumption(**fields)


def check_ancestry(scenarios: Mapping[str, Scenario], named: list[str], problems: Problems) -> None:
    """Notes scenarios that are based on an unknown one or, in a circle, on themselves."""
    for scenario in scenarios.values():
        if scenario.based_on is not None and scenario.based_on not in named:
            problems.add(
                scenario.place,
                msg('is based on "{name}", which does not exist', name=shortened(scenario.based_on)),
                nearest(scenario.based_on[:100], named),
            )
            continue
        chain = [scenario.id]
        current: Scenario | None = scenario
        while current is not None and current.based_on is not None:
            if current.based_on in chain:
                if current.based_on == scenario.id:  # else the circle is told where it lies
                    circle = " → ".join([*chain, current.based_on])
                    problems.add(
                        scenario.place, msg("is based on itself: {circle}", circle=circle), msg("remove one based_on")
                    )
                break
            chain.append(current.based_on)
            current = scenarios.get(current.based_on)


def resolve(scenario: Scenario, scenarios: Mapping[str, Scenario], sheet: LeverSheet) -> dict[str, Setting]:
    """The whole lever set of a scenario, every lever with its value, start and ramp."""
    inherited = (
        resolve(scenarios[scenario.based_on], scenarios, sheet)
        if scenario.based_on is not None
        else {lever.id: lever.base_setting for lever in sheet.levers.values()}
    )
    return apply(scenario.overrides, inherited)


def believed(scenario: Scenario, scenarios: Mapping[str, Scenario]) -> dict[str, Assumption]:
    """What a scenario assumes, by constant: its own assumptions over those of what it is based on."""
    inherited = {} if scenario.based_on is None else believed(scenarios[scenario.based_on], scenarios)
    return {**inherited, **scenario.assumptions}


def apply(overrides: Mapping[str, PartialSetting], settings: Mapping[str, Setting]) -> dict[str, Setting]:
    """``settings`` with the stated parts of ``overrides`` in their place."""
    return {**settings, **{lever: partial.over(settings[lever]) for lever, partial in overrides.items()}}


def read_scenarios(
    folder: Path, sheet: LeverSheet, doubts: Mapping[str, Uncertainty], problems: Problems
) -> dict[str, Scenario]:
    paths = sorted(scenario_files(folder), key=lambda path: (path.stem != BASELINE, path.stem))
    _check_scenario_names(folder, paths, problems)
    scenarios = {}
    for path in paths:
        scenario = read_scenario(path, path.stem, shown(path), problems, sheet, doubts)
        if scenario is not None:
            scenarios[path.stem] = scenario
    if not any(path.stem == BASELINE for path in paths):
        problems.add(
            Place(shown(folder / "scenarios")),
            msg("there is no baseline.yaml"),
            msg("every other scenario is compared with it: add one that moves no lever"),
        )
    elif BASELINE in scenarios and (
        scenarios[BASELINE].overrides or scenarios[BASELINE].based_on or scenarios[BASELINE].assumptions
    ):
        problems.add(
            scenarios[BASELINE].place,
            msg("the baseline moves a lever or assumes something"),
            msg("put the setting into another scenario"),
        )
    check_ancestry(scenarios, [path.stem for path in paths], problems)
    return scenarios


def _check_scenario_names(folder: Path, paths: Sequence[Path], problems: Problems) -> None:
    """No two files have one id, and none is left out because its name goes on behind ``.yaml``."""
    for path, other in itertools.pairwise(paths):
        if path.stem == other.stem:
            problems.add(
                Place(shown(other)), msg("has the same id as {file}", file=path.name), msg("keep one, or rename it")
            )
    for path in misnamed_scenarios(folder):
        right = path.name[: path.name.lower().rindex(".")]
        problems.add(Place(shown(path)), msg("is not a scenario by its name"), msg('rename it to "{name}"', name=right))
