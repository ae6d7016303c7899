"""Integration error: the shipped step against a quarter of it, and against Runge-Kutta."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.analysis.verdict import figure, meets
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.errors import msg
from xinzhi.simulate import FloatArray, Run, Simulator
from xinzhi.studies.validate.outcome import Cases, Finding, Worst, known_names, outcome

POINTS, SHARE = 0.1, 0.01  # a headline target in points, a count relative


@dataclass(frozen=True)
class StepError:
    """A target at the shipped step, at a quarter of it and by Runge-Kutta; ``error`` is of the quarter, signed.

    ``error`` is in points for a headline target in %, else relative.
    """

    target: Target
    shipped: float
    quarter: float
    runge_kutta: float

    @property
    def in_points(self) -> bool:
        return self.target.unit == "%"

    @property
    def error(self) -> float:
        return self.quarter - self.shipped if self.in_points else self.quarter / self.shipped - 1

    @property
    def judged(self) -> bool:
        """Whether a bound is set for it: the headline targets, and what is counted."""
        return self.target.headline or not self.in_points

    @property
    def bound(self) -> float:
        return POINTS if self.in_points else SHARE

    @property
    def flips(self) -> bool:
        """Whether the verdict at the finer step is another one."""
        shipped, quarter = meets(self.target, np.array([self.shipped, self.quarter]))
        return bool(shipped != quarter)


def check_integration(content: Content, simulator: Simulator, run: Run) -> Finding:
    """The worst headline target and the worst count, with the settings of a run."""
    errors = step_errors(content, simulator, run)
    limits = content.statements.of("integration")
    known = known_names(limits)
    beyond = [it for it in errors if it.judged and abs(it.error) > it.bound]
    open_ones = [it for it in beyond if it.target.id not in known]
    head = max((it for it in errors if it.in_points and it.judged), key=lambda it: abs(it.error), default=None)
    count = max((it for it in errors if not it.in_points), key=lambda it: abs(it.error), default=None)
    said = msg("a quarter of the step moves headline targets by {points} points at most ({head}), counts by {share}% "
               "({count}); {beyond} of {judged} are beyond 0.1 points or 1%, {flips} verdicts change",
               points="0" if head is None else f"{abs(head.error):.2f}",
               head="—" if head is None else head.target.short_name,
               share="0" if count is None else f"{100 * abs(count.error):.1f}",
               count="—" if count is None else count.target.short_name, beyond=len(beyond),
               judged=sum(it.judged for it in errors), flips=sum(it.flips for it in errors))  # fmt: skip
    heads = (msg("Target"), msg("Shipped step"), msg("A quarter"), msg("Runge-Kutta"), msg("Error"), msg("Verdict"))
    rows = tuple(
        (it.target.short_name, f"{it.shipped:.4g}", f"{it.quarter:.4g}", f"{it.runge_kutta:.4g}",
         f"{it.error:+.2f}" if it.in_points else f"{100 * it.error:+.1f}%",
         msg("changes") if it.flips else msg("the same"))
        for it in sorted(errors, key=lambda it: -abs(it.error) / it.bound)
    )  # fmt: skip
    top = next(iter(open_ones or beyond), None)
    worst = None if top is None else Worst(top.target.id, top.error, top.bound, None, top.target.year)
    table = Cases(msg("Targets by step of integration"), heads, rows)
    return Finding("integration", outcome(len(open_ones), len(beyond)), said, worst, (table,), limits)


def step_errors(content: Content, simulator: Simulator, run: Run) -> list[StepError]:
    """Every target by the three ways of integrating. Raises `SimulationError` where the clock is not sound."""
    step = content.model.control("TIME STEP")
    constants = simulator.constants_of(run.settings, run.assumptions)
    ways = [_values(simulator, constants, *way) for way in ((step, "euler"), (step / 4, "euler"), (step, "rk4"))]
    errors = []
    for target in content.targets.values():
        indicator = content.indicators[target.indicator]
        values = [float(figure(target, indicator.factor, way[indicator.variable], simulator.years[0])) for way in ways]
        errors.append(StepError(target, *values))
    return errors


def _values(simulator: Simulator, constants: dict[str, float], step: float, method: str) -> dict[str, FloatArray]:
    model = simulator.compiled
    names = list(model.labels)
    columns = {name: constants.get(name, value) for name, value in model.program.constants.items()}
    result = model.run(columns, names, clock=simulator.clock(step), method=method)
    return dict(zip(names, np.asarray(result.values[:, :, 0]), strict=True))
