"""scenarios/*.yaml: named settings. A file states what differs from the scenario that it is based on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xinzhi.content.lever import PartialSetting, Setting
from xinzhi.content.lever_sheet import LeverSheet
from xinzhi.content.reader import Field, Reader, bilingual, record, text
from xinzhi.content.yaml_file import BAD, Bad, Problems, Text, read_yaml, shortened
from xinzhi.errors import Place, msg, nearest

BASELINE = "baseline"


@dataclass(frozen=True)
class Scenario:
    """One story. ``overrides`` and ``reasons`` (by lever id) are what its own file states."""

    id: str
    name: Text
    narrative: Text
    based_on: str | None
    overrides: Mapping[str, PartialSetting]
    reasons: Mapping[str, Text]
    place: Place


def scenario_format(sheet: LeverSheet) -> Reader:
    """What a scenario file holds; a dict."""
    return record(
        Field("name", bilingual, "情景名称", "Name of the scenario"),
        Field("narrative", bilingual, "情景说明", "Its story in a sentence or two"),
        Field(
            "based_on", text, "所依据情景的编号（文件名）", "The scenario that it is based on (its file's name)", None
        ),
        Field("levers", sheet.settings_format(), "各项措施的设定", "What the levers are set to", ({}, {})),
    )


def read_scenario(
    source: Path | str, scenario_id: str, shown_as: str, problems: Problems, sheet: LeverSheet
) -> Scenario | None:
    """One scenario file (a path) or its text (a string), or None after its problems were noted."""
    root = read_yaml(source, shown_as, problems)
    fields = BAD if root is None else scenario_format(sheet).read(root, problems)
    if isinstance(fields, Bad):
        return None
    overrides, reasons = fields.pop("levers")
    return Scenario(id=scenario_id, overrides=overrides, reasons=reasons, place=Place(shown_as, 1), **fields)


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
                circle = " → ".join([*chain, current.based_on])
                problems.add(
                    scenario.place,
                    msg("is based on itself: {circle}", circle=circle),
                    msg("remove one based_on"),
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


def apply(overrides: Mapping[str, PartialSetting], settings: Mapping[str, Setting]) -> dict[str, Setting]:
    """``settings`` with the stated parts of ``overrides`` in their place."""
    return {**settings, **{lever: partial.over(settings[lever]) for lever, partial in overrides.items()}}
