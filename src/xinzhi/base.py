"""A project's content and what runs it: what every study works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinzhi import arguments
from xinzhi.arguments import MOST_MEMBERS, whole
from xinzhi.brief import Brief
from xinzhi.content import BASELINE

if TYPE_CHECKING:
    from xinzhi.content.content import Content
    from xinzhi.content.scenario import Scenario
    from xinzhi.futures.ensemble import Design
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

        if isinstance(scenario, Run) and not levers:
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

    def design(self, members: int, seed: int) -> tuple[Design, float]:
        """The futures that every scenario is run with, weighed by new figures, and how many members still count."""
        from xinzhi.futures.library import open_futures

        members = whole("members", members, 1, MOST_MEMBERS)
        futures = open_futures(self.content, self.simulator, self.run(), seed)
        return futures.design(members), futures.share * members
