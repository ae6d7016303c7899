"""New years' figures held against the futures: which of them still fit, what was a surprise, what it speaks against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy

from xinzhi.content.content import Content
from xinzhi.content.history import HISTORY, History, Observation, Series
from xinzhi.content.plausible_figures import Where, in_file, rounded
from xinzhi.content.posterior_file import Posterior
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.futures.ensemble import Design, Ensemble, draw_design, run_ensemble
from xinzhi.futures.weigh import effective, new_figures, predicted, resampled, weigh
from xinzhi.simulate import Run, Simulator
from xinzhi.studies.fit.fit import fit
from xinzhi.studies.fit.sampler import Effort, Progress

DEGENERATE = 0.05  # share of the members that must still count; below, the constants are fitted anew
SURPRISING = 0.05  # two-sided probability below which a figure is a surprise
ABSURD = 30.0  # standard deviations from its forecast beyond which a figure is no surprise but a mistake
MOVED = 0.15  # standard deviations by which a constant's mean must move to be told


@dataclass(frozen=True)
class Surprise:
    """A new figure (indicator's unit) against what was forecast: 10, 50 and 90 %, standard score, two-sided tail."""

    indicator: str
    observation: Observation
    forecast: tuple[float, float, float]
    score: float
    tail: float


@dataclass(frozen=True)
class Shift:
    """A constant that the new figures speak against: its median before and after, its mean's move in its deviations."""

    constant: str
    before: float
    after: float
    moved: float


@dataclass(frozen=True, eq=False)
class Observed:
    """The futures before and after the figures up to ``until``. ``effective`` of the members still count after
    weighting; where that was too few the constants were fitted anew (``refitted``)."""

    until: int
    before: Ensemble
    after: Ensemble
    effective: float
    refitted: bool
    surprises: tuple[Surprise, ...]
    shifts: tuple[Shift, ...]


def with_figures(content: Content, rows: Mapping[str, Series]) -> Content:
    """The content with more figures in its history."""
    series = dict(content.history.series)
    for name, it in rows.items():
        known = series[name].observations
        new = [one for one in it.observations if series[name].at(one.time) is None]
        series[name] = replace(series[name], observations=tuple(sorted((*known, *new), key=lambda one: one.time)))
    return replace(content, history=History(series, content.history.sources))


def observe(
    content: Content, simulator: Simulator, baseline: Run, members: int, seed: int,
    effort: Effort | None = None, progress: Progress = lambda _done, _of: None, where: Where | None = None,
) -> Observed:  # fmt: skip
    """Hold the history's figures after the last fitted year against ``members`` futures of the baseline.

    ``where`` says where a figure stands, for messages. Raises `ContentError` where there is no plan, or where a figure
    is thirty standard deviations from its forecast, `SimulationError` where a refit gives no number.
    """
    design = draw_design(content, simulator, members, seed)
    before = run_ensemble(content, simulator, design, baseline)
    figures = new_figures(content)
    surprises = [_surprise(content, before, name, it, seed) for name, rows in figures.items() for it in rows]
    _refuse_absurd(surprises, where or in_file(HISTORY))
    weights = weigh(content, before)
    count = effective(weights)
    until = max((it.time for rows in figures.values() for it in rows), default=content.fit.last if content.fit else 0)
    refitted = count < DEGENERATE * members
    if refitted:
        design = _refitted(content, simulator, until, members, seed, effort or Effort(), progress)
    else:
        design = resampled(design, before.sound, weights, seed)
    after = run_ensemble(content, simulator, design, baseline)
    return Observed(until, before, after, count, refitted, tuple(surprises), tuple(_shifts(content, before, after)))


def _refuse_absurd(surprises: Sequence[Surprise], where: Where) -> None:
    """Raises `ContentError` for every figure that no widening of the constants can explain."""
    problems = [
        Problem(
            where(surprise.indicator, surprise.observation),
            msg('"{name}" of {year} is {value}, {score} standard deviations from its forecast, {low} to {high}',
                name=surprise.indicator, year=surprise.observation.time, value=f"{surprise.observation.value:g}",
                score=f"{surprise.score:+.0f}", low=rounded(surprise.forecast[0]), high=rounded(surprise.forecast[2])),
            msg("correct the figure, or widen the errors of its series in calibration/fit.yaml"),
        )
        for surprise in surprises
        if not abs(surprise.score) <= ABSURD
    ]  # fmt: skip
    if problems:
        raise ContentError(problems)


def _refitted(
    content: Content, simulator: Simulator, until: int, members: int, seed: int, effort: Effort, progress: Progress
) -> Design:
    assert content.fit is not None
    longer = replace(content, fit=replace(content.fit, last=until))
    fitting = fit(longer, simulator, seed, effort, progress)
    return draw_design(longer, simulator, members, seed, Posterior(fitting.draws))


def _surprise(content: Content, before: Ensemble, name: str, observation: Observation, seed: int) -> Surprise:
    assert content.fit is not None
    forecast = predicted(content, before, name, [observation], content.fit.last)
    draws = forecast.draw(np.random.default_rng([seed, observation.time]))[0]
    low, middle, high = (float(value) for value in np.exp(np.quantile(draws, [0.1, 0.5, 0.9])))
    log = float(np.log(observation.value))
    deviation = float(np.sqrt(forecast.covariance[0, 0]))
    below = float(scipy.special.ndtr((log - forecast.means[0]) / deviation).mean())
    return Surprise(
        name, observation, (low, middle, high), float((log - draws.mean()) / draws.std()), 2 * min(below, 1 - below)
    )


def _shifts(content: Content, before: Ensemble, after: Ensemble) -> list[Shift]:
    shifts = []
    for name in before.design.columns:
        if name not in content.model.variables or name not in after.design.columns:
            continue
        old, new = (it.design.columns[name][it.sound] for it in (before, after))
        moved = float((new.mean() - old.mean()) / max(old.std(), 1e-300))
        if abs(moved) >= MOVED:
            shifts.append(Shift(name, float(np.median(old)), float(np.median(new)), moved))
    return sorted(shifts, key=lambda it: -abs(it.moved))
