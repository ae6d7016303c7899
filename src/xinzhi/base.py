"""A project's content and what runs it: what every study works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinzhi import arguments
from xinzhi.arguments import MEMBERS
from xinzhi.brief import Brief
from xinzhi.content import BASELINE

if TYPE_CHECKING:
    from xinzhi.content.content import Content
    from xinzhi.content.scenario import Scenario
    from xinzhi.futures.hot_futures import HotFutures
    from xinzhi.simulate import Run, Simulator

    AnyScenario = str | Scenario | Run


@dataclass(frozen=True, repr=False)
class Base(Brief):
    """Content, and the engine that it is run by.

    In Python a lever's number is in the model's unit (shares 0..1, so 0.12) and a text is in human units ("12%").
    """

    content: Content
    simulator: Simulator

    def run(self, scenario: AnyScenario = BASELINE, levers: Mapping[str, object] | None = None) -> Run:
        """Run a scenario with some levers set otherwise.

        ``levers`` maps a lever's id, code or name (Chinese or English; with ``.start`` or ``.ramp`` its timing) to a
        value. Raises `ContentError` for an unknown name or a value out of range, `SimulationError` when the run fails.
        """
        from xinzhi.simulate import Run

        if isinstance(scenario, Run) and levers is None:
            return scenario
        overrides = self.content.sheet.assignments({} if levers is None else levers, in_model_units=True)
        if isinstance(scenario, Run):
            return self.simulator.rerun(scenario, overrides)
        return self.simulator.run(self.scenario(scenario), overrides)

    def scenario(self, scenario: object) -> Scenario:
        """A scenario by its id or name, or itself. Raises `ContentError` for what names none."""
        from xinzhi.content.scenario import Scenario

        if isinstance(scenario, Scenario):
            return scenario
        return self.content.scenario(arguments.text("scenario", scenario))

    def futures(self, members: int = MEMBERS, seed: int = 0, scenario: AnyScenario = BASELINE) -> HotFutures:
        """``members`` futures, ready for any lever sets: `HotFutures.at` and `HotFutures.odds`.

        What ``scenario`` assumes of the world outside holds for all; levers that a set does not name are as in it.
        Figures after the last fitted year weigh the futures. The same seed gives the same futures, and the first of
        many are those of few. Raises `ContentError` for a number that cannot be, an unknown scenario, and where
        calibration/fit.yaml is missing or no constant is anchored.
        """
        from xinzhi.futures.hot_futures import HotFutures, hot_state

        run = self.run(scenario)
        state = hot_state(self.content, self.simulator, self._baseline, members, seed, run.assumptions)
        return HotFutures(state, run, self.simulator)

    def _baseline(self) -> Run:
        return self.run(BASELINE)
