"""Forecasts of the years to come, and how good those of past years were once the figures are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xinzhi.content.content import Content
from xinzhi.content.forecast_file import SHARES, FigureForecast, Forecasts, OddsForecast, PaceForecast
from xinzhi.content.history import Observation
from xinzhi.content.indicator import Target
from xinzhi.futures.ensemble import Ensemble
from xinzhi.futures.random_streams import stream
from xinzhi.futures.target_odds import Odds
from xinzhi.futures.weigh import new_figures, predicted
from xinzhi.simulate import FloatArray


@dataclass(frozen=True)
class FigureScore:
    """A figure that came (indicator's unit), and what was forecast ``made`` years before, 10, 50 and 90 %.

    ``crps`` is the continuous ranked probability score over the figure itself: 0.02 is about 2 % off.
    """

    indicator: str
    made: int
    year: int
    actual: float
    forecast: tuple[float, float, float]
    crps: float


@dataclass(frozen=True)
class PaceScore:
    """Whether a target was on pace in a year, the odds said before, and their Brier score (0 is certain and right)."""

    target: str
    made: int
    year: int
    odds: float
    on_pace: bool

    @property
    def brier(self) -> float:
        return (self.odds - self.on_pace) ** 2


def make_forecasts(
    content: Content, ensemble: Ensemble, odds: Odds, made: int, inputs: str, effective: float
) -> Forecasts:
    """The figures of every series that the fit's plan describes, for each year after ``made`` to the plan's last."""
    plan = content.fit
    assert plan is not None
    final = content.region.plan.final_year
    figures, pace = [], []
    for name in plan.series:
        years = [Observation(year, 1.0, "published", "") for year in range(made + 1, final + 1)]
        draws = figure_draws(content, ensemble, name, years, made)
        targets = [it for it in content.targets.values() if it.indicator == name]
        for observation, row in zip(years, draws, strict=True):
            figures.append(
                FigureForecast(name, observation.time, tuple(float(value) for value in np.quantile(row, SHARES)))
            )
            for target in targets:
                level = pace_level(content, target, observation.time)
                if level is not None and observation.time <= target.year:
                    reached = row >= level if target.sense == ">=" else row <= level
                    pace.append(PaceForecast(target.id, observation.time, level, float(reached.mean())))
    rows = tuple(OddsForecast(it.target.id, it.odds) for it in odds.targets)
    seed, members = ensemble.design.seed, ensemble.design.members
    return Forecasts(made, inputs, seed, members, effective, tuple(figures), tuple(pace), rows)


def figure_draws(
    content: Content, ensemble: Ensemble, name: str, later: Sequence[Observation], made: int
) -> FloatArray:
    """Draws of the statistics' figures after ``made``, with all errors, (years, sound members)."""
    rng = stream(ensemble.design.seed, "figure", name)
    return np.asarray(np.exp(predicted(content, ensemble, name, later, made).draw(rng)))


def pace_level(content: Content, target: Target, year: int) -> float | None:
    """The indicator's level (its unit) that is on pace for a target in ``year``, from the observed base figure.

    Growth goes on evenly, a change is spread evenly in logarithms, a level is approached in equal steps; None where
    the base year was not observed.
    """
    base = content.history.series[target.indicator].at(target.base_year)
    if base is None:
        return None
    passed, span = year - target.base_year, target.year - target.base_year
    if target.measure == "level":
        if (base.value >= target.threshold) == (target.sense == ">="):
            return target.threshold
        return base.value + (target.threshold - base.value) * passed / span
    growth = 1 + target.threshold / 100
    return float(base.value * growth ** (passed if target.measure == "mean_growth" else passed / span))


def score(content: Content, kept: Sequence[Forecasts]) -> tuple[list[FigureScore], list[PaceScore]]:
    """Every kept forecast whose figure has come, by the year it was made."""
    figures, pace = [], []
    came = {(name, it.time): it.value for name, rows in new_figures(content).items() for it in rows}
    for made in kept:
        for figure in made.figures:
            actual = came.get((figure.indicator, figure.year))
            if actual is not None:
                low, middle, high = (figure.quantiles[SHARES.index(share)] for share in (0.1, 0.5, 0.9))
                crps = _crps(figure.quantiles, actual) / abs(actual)
                figures.append(FigureScore(figure.indicator, made.made, figure.year, actual, (low, middle, high), crps))
        for row in made.pace:
            target = content.targets.get(row.target)
            actual = None if target is None else came.get((target.indicator, row.year))
            if target is not None and actual is not None:
                reached = actual >= row.level if target.sense == ">=" else actual <= row.level
                pace.append(PaceScore(row.target, made.made, row.year, row.odds, reached))
    return figures, pace


def _crps(quantiles: Sequence[float], actual: float) -> float:
    """Twice the mean quantile loss over `SHARES` (Gneiting and Ranjan 2011)."""
    shares, values = np.array(SHARES), np.array(quantiles)
    return float(2 * np.mean(((actual < values) - shares) * (values - actual)))
