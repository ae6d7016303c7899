"""A project's content as one value: what its three folders say, read whole and checked against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from xinzhi.brief import Brief
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
from xinzhi.errors import ContentError, Message, Problem, msg, nearest

Named = TypeVar("Named", Scenario, Indicator, Target)


@dataclass(frozen=True, repr=False)
class Content(Brief):
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

    def brief(self) -> str:
        return (f"{self.region.name.en}: {len(self.model.variables)} variables, {len(self.sheet.levers)} levers, "
                f"{len(self.targets)} targets, {len(self.scenarios)} scenarios")  # fmt: skip

    def scenario(self, name: str) -> Scenario:
        """The scenario with this id or name, or `ContentError` with the nearest name."""
        return _named(name, self.scenarios) or _unknown(
            msg('unknown scenario "{name}"', name=name), name, self.scenarios
        )

    def indicator(self, name: str) -> Indicator:
        """The indicator with this id or name, or `ContentError` with the nearest name."""
        indicator = _named(name, self.indicators)
        return indicator or _unknown(msg('unknown indicator "{name}"', name=name), name, self.indicators)

    def target(self, name: str) -> Target:
        """The target with this id or name, or `ContentError` with the nearest name."""
        return _named(name, self.targets) or _unknown(msg('unknown target "{name}"', name=name), name, self.targets)

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


def _named(name: str, entries: Mapping[str, Named]) -> Named | None:
    """The entry with this id, or else with this name in either language."""
    return entries.get(name) or next((it for it in entries.values() if name in (it.name.zh, it.name.en)), None)


def _unknown(problem: Message, name: str, entries: Mapping[str, Any]) -> NoReturn:
    raise ContentError(Problem(None, problem, nearest(name, list(entries))))
