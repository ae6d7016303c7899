"""Is a target reached? One verdict a target and run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.simulate import FloatArray, Run

Figure = TypeVar("Figure", float, FloatArray)


@dataclass(frozen=True)
class Verdict:
    """``value``, ``threshold`` and ``gap`` are in the target's unit; ``gap`` is value minus threshold.

    ``base`` is the model's own figure in the base year, in the indicator's declared unit: growth and change are
    measured on it, so that a base year that the model misses by 1 % does not become growth. A count is judged on the
    nearest whole number; its value and gap stay the model's.
    """

    target: Target
    scenario: str
    value: float
    base: float

    @property
    def gap(self) -> float:
        return self.value - self.target.threshold

    @property
    def met(self) -> bool:
        judged, threshold = self.judged, self.target.threshold
        return judged >= threshold if self.target.sense == ">=" else judged <= threshold

    @property
    def judged(self) -> float:
        """The number that is held against the threshold: halves of a count go up."""
        return nearest_whole(self.value) if self.target.whole else self.value

    @property
    def shortfall(self) -> float:
        """How much is missing, in the target's unit; 0 when the target is met."""
        return 0.0 if self.met else abs(self.gap)


def nearest_whole(value: float) -> float:
    """The nearest whole number, halves up; NaN and infinity stay."""
    below = math.floor(value) if math.isfinite(value) else value
    return float(below + 1 if value - below >= 0.5 else below)


def judge(content: Content, run: Run) -> tuple[Verdict, ...]:
    """The verdict of every target on a run, in the targets' order."""
    return tuple(judge_target(target, run) for target in content.targets.values())


def judge_target(target: Target, run: Run) -> Verdict:
    """Level in the target's year, or geometric mean growth a year or change since the base year, both in %."""
    indicator = run.indicators[target.indicator]
    base = run.at(target.indicator, target.base_year)
    final = run.at(target.indicator, target.year)
    value = measured(target, indicator.factor, base, final)
    return Verdict(target, run.scenario, value, base * indicator.factor)


def measured(target: Target, factor: float, base: Figure, final: Figure) -> Figure:
    """A target's value, in its unit, from its indicator's figures (model unit) of the base year and its own year."""
    if target.measure == "level":
        return final * factor
    if target.measure == "mean_growth":
        growth: Figure = 100 * ((final / base) ** (1 / (target.year - target.base_year)) - 1)
        return growth
    return 100 * (final / base - 1)


def figure(target: Target, factor: float, rows: FloatArray, first: int) -> FloatArray:
    """`measured`, from the figures of all years (model unit) on the first axis, which begins in the year ``first``."""
    return measured(target, factor, rows[target.base_year - first], rows[target.year - first])


def meets(target: Target, values: FloatArray) -> NDArray[np.bool_]:
    """Which values, in the target's unit, meet it; a count is judged on the nearest whole number, halves up."""
    judged = np.floor(values + 0.5) if target.whole else values
    return np.asarray(judged >= target.threshold if target.sense == ">=" else judged <= target.threshold)


def series(target: Target, run: Run) -> tuple[float, ...]:
    """The target's value had it been judged in each year of the run; NaN up to the base year for growth and change."""
    indicator = run.indicators[target.indicator]
    base = run.at(target.indicator, target.base_year)
    result = []
    for year in run.times:
        now = run.at(target.indicator, year)
        span = year - target.base_year
        if target.measure == "level":
            result.append(now * indicator.factor)
        elif span <= 0:
            result.append(float("nan"))
        elif target.measure == "mean_growth":
            result.append(100 * ((now / base) ** (1 / span) - 1))
        else:
            result.append(100 * (now / base - 1))
    return tuple(result)


def threshold_level(target: Target, run: Run) -> float:
    """The indicator's level in the target's year that just meets the target, in its declared unit."""
    if target.measure == "level":
        return target.threshold
    base = run.at(target.indicator, target.base_year) * run.indicators[target.indicator].factor
    span = target.year - target.base_year if target.measure == "mean_growth" else 1
    return base * (1 + target.threshold / 100) ** span
