"""A project's content as one value: what its three folders say, read whole and checked against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xinzhi.content.anchor_file import Anchors
from xinzhi.content.audit_file import Item
from xinzhi.content.check import Check
from xinzhi.content.fit_file import Fit
from xinzhi.content.history import History
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.lever import Setting
from xinzhi.content.lever_sheet import LeverSheet
from xinzhi.content.loop import Loop
from xinzhi.content.model_file import ModelFile
from xinzhi.content.region_file import Region
from xinzhi.content.scenario import Assumption, Scenario, believed, resolve
from xinzhi.content.statements import Statements
from xinzhi.content.subscript_names import Subscripts
from xinzhi.content.uncertainty import Account, Correlation, Uncertainty, account
from xinzhi.content.units import Units
from xinzhi.content.yaml_file import Text
from xinzhi.errors import ContentError, Problem, msg, nearest


@dataclass(frozen=True)
class Content:
    """Everything that a project's files say, frozen and cross-checked; ``hash`` names this state of the files."""

    folder: Path
    hash: str
    region: Region
    units: Units
    model: ModelFile
    sheet: LeverSheet
    indicators: Mapping[str, Indicator]
    targets: Mapping[str, Target]
    scenarios: Mapping[str, Scenario]
    checks: Mapping[str, Check]
    history: History
    uncertainties: Mapping[str, Uncertainty]
    fixed: Mapping[str, Text]
    correlations: tuple[Correlation, ...]
    loops: Mapping[str, Loop]
    anchors: Anchors
    subscripts: Subscripts
    audit: Mapping[str, Item]
    fit: Fit | None = None
    statements: Statements = field(default_factory=Statements)

    def scenario(self, scenario_id: str) -> Scenario:
        """The scenario with this id, or `ContentError` with the nearest name."""
        if scenario_id not in self.scenarios:
            raise ContentError(
                Problem(
                    None,
                    msg('unknown scenario "{name}"', name=scenario_id),
                    nearest(scenario_id, list(self.scenarios)),
                )
            )
        return self.scenarios[scenario_id]

    def indicator(self, indicator_id: str) -> Indicator:
        """The indicator with this id, or `ContentError` with the nearest name."""
        for indicator in self.indicators.values():
            if indicator_id in (indicator.id, indicator.name.zh, indicator.name.en):
                return indicator
        raise ContentError(
            Problem(
                None,
                msg('unknown indicator "{name}"', name=indicator_id),
                nearest(indicator_id, list(self.indicators)),
            )
        )

    def target(self, target_id: str) -> Target:
        """The target with this id or name, or `ContentError` with the nearest name."""
        for target in self.targets.values():
            if target_id in (target.id, target.name.zh, target.name.en):
                return target
        raise ContentError(
            Problem(
                None,
                msg('unknown target "{name}"', name=target_id),
                nearest(target_id, list(self.targets)),
            )
        )

    @property
    def account(self) -> Account:
        """How many constants are assumed, and how many of them have a prior."""
        return account(self.model, self.sheet.levers, self.uncertainties, self.fixed)

    def settings(self, scenario: Scenario) -> dict[str, Setting]:
        """The whole lever set of a scenario."""
        return resolve(scenario, self.scenarios, self.sheet)

    def assumptions(self, scenario: Scenario) -> dict[str, Assumption]:
        """What a scenario believes of the world outside, by constant."""
        return believed(scenario, self.scenarios)
