"""Forecasts made as if the later years were not known, held against what came, beside those of simple rivals.

At each origin the constants are fitted to the years up to it alone; no constant is used that only later years tell.
What comes from outside, the shock and the price index, is known or not (`Foresight`): known, the model itself is on
trial, and figures that the shock is solved from are no forecasts; not known, so is everybody's guess of the world.
Draws are of the normal approximation at the optimum. To each run the series' own errors are added, as the fit's plan
has them, given the misfit of the years before, and a random walk as uneven as its growth has been.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import norm

from xinzhi.arguments import MOST_SEED, whole
from xinzhi.content.backtest_file import LEVELS, MODEL, BacktestScores, Foresight, Relative, Score
from xinzhi.content.content import Content
from xinzhi.content.history import Observation
from xinzhi.errors import ContentError, Problem, SimulationError, msg
from xinzhi.futures.statistical_errors import predict
from xinzhi.futures.system import WIDEST, System, build_system
from xinzhi.simulate import FloatArray, Simulator
from xinzhi.studies.backtest.rivals import RANDOM_WALK, RIVALS, SHORTEST, Past
from xinzhi.studies.fit.optimum import find_optimum

DRAWS = 1000
OLDEST = 2  # years before an origin that a series' last known figure may lie
FIRST_ORIGIN = 3  # years after the first fitted one
LONGEST, FAR = 5, 3  # years from an origin: the farthest forecast, and from where on one is a far one


@dataclass(frozen=True, eq=False)
class Prediction:
    """One method's draws of the logarithm of one figure, shape (draws,), and what came; ``scale`` is MASE's.

    ``ahead`` counts the years from the ``last`` known figure.
    """

    indicator: str
    method: str
    origin: int
    year: int
    ahead: int
    draws: FloatArray
    last: float
    actual: float
    scale: float

    @property
    def middle(self) -> float:
        return float(np.median(self.draws))

    def quantile(self, share: float) -> float:
        """Of the logarithm; ``share`` of 0..1."""
        return float(np.quantile(self.draws, share))

    @property
    def crps(self) -> float:
        """Continuous ranked probability score of the logarithm: 0 is certain and right."""
        ordered = np.sort(self.draws)
        count = len(ordered)
        spread = (2 * np.arange(1, count + 1) - count - 1) @ ordered / count**2
        return float(np.abs(ordered - self.actual).mean() - spread)

    def covered(self, level: float) -> bool:
        low, high = np.quantile(self.draws, [(1 - level) / 2, (1 + level) / 2])
        return bool(low <= self.actual <= high)


Reason = Literal["few", "without", "given", "far"]


@dataclass(frozen=True)
class LeftOut:
    """A later figure that is not forecast from an origin: the series has too ``few`` or too old figures before it, the
    plan says it is no evidence (``without``), the shock is solved from it (``given``), or it is too ``far`` away."""

    indicator: str
    origin: int
    year: int
    reason: Reason


@dataclass(frozen=True)
class Backtest:
    """The forecasts themselves, what they come to, the figures that are not among them, and how many draws (of `DRAWS`
    an origin) gave no number and are left out."""

    predictions: tuple[Prediction, ...]
    result: BacktestScores
    left_out: tuple[LeftOut, ...] = ()
    failed: int = 0


def backtest(
    content: Content, simulator: Simulator, origins: Sequence[int], seed: int, foresight: Foresight = "outside",
    progress: Callable[[], object] = lambda: None,
) -> Backtest:  # fmt: skip
    """Predict every later figure from each of ``origins``; a series needs two figures before. ``progress`` is called
    after each origin.

    Raises `ContentError` where there is no plan or an origin lies outside it, `SimulationError` where no run gives a
    number.
    """
    seed = whole("seed", seed, 0, MOST_SEED)
    if content.fit is not None:
        low, high = content.fit.first + FIRST_ORIGIN, content.fit.last
        for origin in origins:
            if not low <= origin <= high:
                problem = msg("no forecast can be made from {year}", year=origin)
                raise ContentError(Problem(None, problem, msg("allowed are {low} to {high}", low=low, high=high)))
    predictions: list[Prediction] = []
    left: list[LeftOut] = []
    failed = 0
    for origin in origins:
        system = build_system(content, simulator, origin, foresight)
        figures = _split(content, origin, foresight)
        made, lost = _from(content, system, origin, seed, figures)
        predictions += made
        left += figures.left_out
        failed += lost
        progress()
    mine = [it for it in predictions if it.method == MODEL]
    coverage = tuple(float(np.mean([it.covered(level) for it in mine])) for level in LEVELS) if mine else ()
    result = BacktestScores(
        tuple(origins), foresight, tuple(_scores(predictions)), tuple(_all_relative(predictions)), coverage
    )
    return Backtest(tuple(predictions), result, tuple(left), failed)


@dataclass(frozen=True)
class _Figures:
    """The series' figures up to an origin and those forecast from it, of the series that can be, and all others."""

    known: dict[str, list[Observation]]
    later: dict[str, list[Observation]]
    left_out: list[LeftOut]


def _split(content: Content, origin: int, foresight: Foresight) -> _Figures:
    plan = content.fit
    assert plan is not None
    split = _Figures({}, {}, [])
    for name, own in plan.series.items():
        solved = plan.shock.years if foresight == "outside" and plan.shock and plan.shock.indicator == name else ()
        figures = content.history.series[name].observations
        known = [it for it in figures if it.time <= origin and it.time not in own.without]
        enough = len(known) >= SHORTEST and known[-1].time > origin - OLDEST
        latest = known[-1].time if enough else None
        later = []
        for observation in (it for it in figures if it.time > origin):
            reason = _why_not(observation.time, own.without, solved, latest)
            if reason is None:
                later.append(observation)
            else:
                split.left_out.append(LeftOut(name, origin, observation.time, reason))
        if later:
            split.known[name], split.later[name] = known, later
    return split


def _why_not(year: int, without: Sequence[int], solved: Sequence[int], latest: int | None) -> Reason | None:
    """Why a figure is not forecast; ``latest`` is the last known year of a series that is known well enough, ``solved``
    are the years that the shock is solved from."""
    if year in without:
        return "without"
    if year in solved:
        return "given"
    if latest is None:
        return "few"
    return "far" if year > latest + LONGEST else None


def _from(content: Content, system: System, origin: int, seed: int, figures: _Figures) -> tuple[list[Prediction], int]:
    """The forecasts from an origin, and how many of `DRAWS` gave no number for some series."""
    known, later, names = figures.known, figures.later, list(figures.known)
    if not names:
        return [], 0
    last = max(it.time for name in names for it in later[name])
    optimum = find_optimum(system, seed, starts=4)
    rng = np.random.default_rng([seed, origin])
    unknowns = np.clip(rng.multivariate_normal(optimum.unknowns, optimum.spread, size=DRAWS).T, -WIDEST, WIDEST)
    with np.errstate(divide="ignore", invalid="ignore"):
        runs = np.log(system.run(system.with_shock(system.constants(unknowns)), names, last))
    predictions, failed = [], 0
    for name, run in zip(names, runs, strict=True):
        said = predict(content, name, run, system.first, known[name], later[name]).finite
        if not said.means.size:
            problem = msg('no draw from {year} gives a number for "{name}"', year=origin, name=name)
            raise SimulationError(Problem(None, problem, msg("narrow the priors of calibration/fit.yaml")))
        failed = max(failed, DRAWS - said.means.shape[1])
        predictions += _predictions(name, origin, known[name], later[name], {MODEL: said.draw(rng)})
    return predictions, failed


def _predictions(
    name: str, origin: int, known: Sequence[Observation], later: Sequence[Observation], drawn: dict[str, FloatArray]
) -> list[Prediction]:
    """Those of the model, given as ``drawn``, and of every rival that the past is long enough for."""
    past = Past(np.array([float(it.time) for it in known]), np.log([it.value for it in known]))
    first, shares = known[-1].time, norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS)
    rows = [it.time - first - 1 for it in later]
    for method, rival in RIVALS.items():
        forecast = rival.predict(past, rows[-1] + 1)
        if forecast is not None:
            means, spread = forecast
            drawn[method] = means[rows][:, None] + spread[rows][:, None] * shares
    scale, last = float(np.abs(past.growth).mean()), float(past.logs[-1])
    return [
        Prediction(name, method, origin, it.time, it.time - first, row, last, float(np.log(it.value)), scale)
        for method, draws in drawn.items()
        for it, row in zip(later, draws, strict=True)
    ]


def _score(name: str | None, method: str, predictions: Sequence[Prediction]) -> Score:
    errors = np.array([it.middle - it.actual for it in predictions])
    changes = np.array([it.actual - it.last for it in predictions])
    said = np.array([it.middle - it.last for it in predictions])
    squared = float((errors**2).mean())
    bias = float(errors.mean() ** 2)
    apart = float((said.std() - changes.std()) ** 2)
    whole = max(squared, 1e-300)
    return Score(
        indicator=name,
        method=method,
        count=len(predictions),
        mape=float(np.abs(np.expm1(errors)).mean()),
        mase=float(np.mean([abs(it.middle - it.actual) / max(it.scale, 1e-9) for it in predictions])),
        crps=float(np.mean([it.crps for it in predictions])),
        coverage=tuple(float(np.mean([it.covered(level) for it in predictions])) for level in LEVELS),
        theil=float(np.sqrt(squared / max(float((changes**2).mean()), 1e-300))),
        parts=(bias / whole, apart / whole, 1 - (bias + apart) / whole),
    )


def _scores(predictions: Sequence[Prediction]) -> list[Score]:
    """By series and method, then by method over the forecasts that every method made."""
    methods = list(dict.fromkeys(it.method for it in predictions))
    scores = []
    for name in dict.fromkeys(it.indicator for it in predictions):
        for method in methods:
            some = [it for it in predictions if it.indicator == name and it.method == method]
            scores += [_score(name, method, some)] if some else []
    made = [{(it.indicator, it.origin, it.year) for it in predictions if it.method == method} for method in methods]
    common = set.intersection(*made) if made else set()
    for method in methods if common else ():
        some = [it for it in predictions if it.method == method and (it.indicator, it.origin, it.year) in common]
        scores.append(_score(None, method, some))
    return scores


def _all_relative(predictions: Sequence[Prediction]) -> list[Relative]:
    """Errors against the random walk's by years ahead and series; below 1 the model is the better."""
    rows = []
    names = dict.fromkeys(it.indicator for it in predictions)
    for horizon in [*sorted({it.ahead for it in predictions}), None]:
        some = [it for it in predictions if (it.ahead >= FAR if horizon is None else it.ahead == horizon)]
        own = [it for name in names if (it := _relative(name, horizon, some)) is not None]
        if own:
            weights = [it.count for it in own]
            mean = float(np.exp(np.average([np.log(max(it.ratio, 1e-3)) for it in own], weights=weights)))
            rows += [*own, Relative(None, horizon, sum(weights), mean)]
    return rows


def _relative(name: str, horizon: int | None, some: Sequence[Prediction]) -> Relative | None:
    mine, theirs = (
        [abs(np.expm1(it.middle - it.actual)) for it in some if (it.indicator, it.method) == (name, method)]
        for method in (MODEL, RANDOM_WALK)
    )
    return Relative(name, horizon, len(mine), float(np.mean(mine) / max(np.mean(theirs), 1e-9))) if mine else None
