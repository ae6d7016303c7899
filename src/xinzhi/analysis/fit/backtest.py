"""Forecasts made as if the later years were not known, held against what came, beside those of simple rivals.

At each origin the constants are fitted to the years up to it alone (`build_system`, blind): no shock, no price index
and no constant of later years is used. Draws are of the normal approximation at the optimum. To each run the series'
own errors are added, as the fit's plan has them, given the misfit of the years before, and a random walk as uneven as
its growth has been.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from xinzhi.analysis.fit.optimum import find_optimum
from xinzhi.analysis.fit.rivals import RIVALS, SHORTEST
from xinzhi.analysis.fit.system import WIDEST, System, build_system, covariance
from xinzhi.content.history import Observation
from xinzhi.content.project import Content
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.simulate import FloatArray, Simulator

MODEL = "model"
DRAWS = 1000
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True, eq=False)
class Prediction:
    """One method's draws of the logarithm of one figure, shape (draws,), and what came; ``scale`` is MASE's."""

    indicator: str
    method: str
    origin: int
    year: int
    draws: FloatArray
    last: float
    actual: float
    scale: float

    @property
    def middle(self) -> float:
        return float(np.median(self.draws))

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


@dataclass(frozen=True)
class Score:
    """One method on one series (or all, ``indicator`` None), over ``count`` predictions.

    ``mape`` is relative, ``mase`` is against the mean change from year to year before the origin, ``crps`` of the
    logarithm. ``theil`` is Theil's U against no change at all; its parts, of the mean squared error of the logarithm,
    are bias, unequal variation and what is left, and add up to 1.
    """

    indicator: str | None
    method: str
    count: int
    mape: float
    mase: float
    crps: float
    coverage: tuple[float, ...]
    theil: float
    parts: tuple[float, float, float]


@dataclass(frozen=True)
class Backtest:
    """All predictions from all ``origins`` and their scores by series and over all series."""

    origins: tuple[int, ...]
    scores: tuple[Score, ...]

    def better(self) -> list[tuple[Score, Score]]:
        """The series on which a rival has a smaller mean error than the model: (the model's score, the rival's)."""
        found = []
        for mine in (it for it in self.scores if it.method == MODEL):
            rivals = [it for it in self.scores if it.indicator == mine.indicator and it.method != MODEL]
            best = min(rivals, key=lambda it: it.mape)
            if best.mape < mine.mape:
                found.append((mine, best))
        return found


def backtest(
    content: Content, simulator: Simulator, origins: Sequence[int], seed: int,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Backtest:  # fmt: skip
    """Predict every later figure from each of ``origins``. Series with gaps before an origin are left out there.

    Raises `ContentError` where there is no plan, `SimulationError` where no run gives a number.
    """
    if content.fit is not None:
        low, high = content.fit.first + SHORTEST - 1, content.fit.last
        for origin in origins:
            if not low <= origin <= high:
                problem = msg("no forecast can be made from {year}", year=origin)
                raise ContentError(Problem(None, problem, msg("allowed are {low} to {high}", low=low, high=high)))
    found: list[Prediction] = []
    for done, origin in enumerate(origins):
        system = build_system(content, simulator, origin, blind=True)
        found += _from(content, system, origin, seed)
        progress(done + 1, len(origins))
    names = list(dict.fromkeys(it.indicator for it in found))
    methods = list(dict.fromkeys(it.method for it in found))
    scores = []
    for name in [*names, None]:
        for method in methods:
            mine = [it for it in found if it.method == method and name in (None, it.indicator)]
            scores.append(_score(name, method, mine))
    return Backtest(tuple(origins), tuple(scores))


def _from(content: Content, system: System, origin: int, seed: int) -> list[Prediction]:
    assert content.fit is not None
    known: dict[str, list[Observation]] = {}
    ahead: dict[str, list[Observation]] = {}
    for name in content.fit.series:
        figures = [it for it in content.history.series[name].observations if it.value > 0]
        known[name] = _unbroken([it for it in figures if it.time <= origin], origin)
        ahead[name] = [it for it in figures if origin < it.time and it.time not in content.fit.series[name].without]
    names = [name for name in known if len(known[name]) >= SHORTEST and ahead[name]]
    last = max((it.time for name in names for it in ahead[name]), default=origin)
    optimum = find_optimum(system, seed, starts=4)
    rng = np.random.default_rng([seed, origin])
    unknowns = np.clip(rng.multivariate_normal(optimum.unknowns, optimum.spread, size=DRAWS).T, -WIDEST, WIDEST)
    columns = system.with_shock(system.constants(unknowns))
    runs = np.log(system.run(columns, names, last))
    found = []
    for index, name in enumerate(names):
        logs = np.log([it.value for it in known[name]])
        scale, count = float(np.abs(np.diff(logs)).mean()), last - origin
        own = _with_errors(content, system, name, runs[index], ahead[name], rng)
        drawn = {MODEL: own + _drift(content, known[name], ahead[name], own.shape[1], rng)}
        for method, forecast in RIVALS.items():
            means, spread = forecast(logs, count)
            rows = [it.time - origin - 1 for it in ahead[name]]
            shares = norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS)
            drawn[method] = means[rows][:, None] + spread[rows][:, None] * shares
        found += [
            Prediction(name, method, origin, it.time, row, float(logs[-1]), float(np.log(it.value)), scale)
            for method, rows in drawn.items()
            for it, row in zip(ahead[name], rows, strict=True)
        ]
    return found


def _unbroken(figures: list[Observation], origin: int) -> list[Observation]:
    """The figures of the years without a gap up to ``origin``; none where that year has none."""
    by_year = {it.time: it for it in figures}
    year = origin
    while year in by_year:
        year -= 1
    return [by_year[at] for at in range(year + 1, origin + 1)]


def _with_errors(
    content: Content, system: System, name: str, runs: FloatArray, ahead: Sequence[Observation],
    rng: np.random.Generator,
) -> FloatArray:  # fmt: skip
    """The runs' logarithms in the years ahead with the series' own errors, given the misfit before: (years, draws)."""
    assert content.fit is not None
    evidence = next((it for it in system.evidence if it.indicator == name), None)
    own = content.fit.series[name]
    past = [] if evidence is None else [content.history.series[name].at(year) for year in evidence.years]
    before = [it for it in past if it is not None]
    spread = covariance(own, [*before, *ahead])
    count = len(before)
    later = runs[[it.time - system.first for it in ahead]]
    if evidence is not None and count:
        gain = np.linalg.solve(spread[:count, :count], spread[:count, count:]).T
        misfit = evidence.logs[:, None] - runs[[it.time - system.first for it in before]]
        later = later + gain @ misfit
        left = spread[count:, count:] - gain @ spread[:count, count:]
    else:
        left = spread[count:, count:]
    sound = np.isfinite(later).all(axis=0)
    noise = rng.multivariate_normal(np.zeros(len(ahead)), left, size=later.shape[1]).T
    return np.asarray((later + noise)[:, sound])


def _drift(
    content: Content, known: Sequence[Observation], ahead: Sequence[Observation], draws: int, rng: np.random.Generator
) -> FloatArray:
    """A random walk from the last known figure, shape (years, draws): no trend of the past is sure to go on.

    Its yearly step is as uneven as growth has been from one year to the next, the shock's years left aside.
    """
    assert content.fit is not None
    shock = () if content.fit.shock is None else content.fit.shock.years
    logs = np.log([it.value for it in known])
    growth = [step for step, it in zip(np.diff(logs), known[1:], strict=True) if it.time not in shock]
    step = float(np.std(np.diff(growth))) / np.sqrt(2) if len(growth) > 2 else 0.0
    years = np.array([it.time - known[-1].time for it in ahead])
    walk = np.cumsum(rng.normal(scale=step, size=(int(years.max()), draws)), axis=0)
    return np.asarray(walk[years - 1])


def _score(name: str | None, method: str, found: Sequence[Prediction]) -> Score:
    errors = np.array([it.middle - it.actual for it in found])
    changes = np.array([it.actual - it.last for it in found])
    said = np.array([it.middle - it.last for it in found])
    squared = float((errors**2).mean())
    bias = float(errors.mean() ** 2)
    apart = float((said.std() - changes.std()) ** 2)
    whole = max(squared, 1e-300)
    return Score(
        indicator=name,
        method=method,
        count=len(found),
        mape=float(np.abs(np.expm1(errors)).mean()),
        mase=float(np.mean([abs(it.middle - it.actual) / max(it.scale, 1e-9) for it in found])),
        crps=float(np.mean([it.crps for it in found])),
        coverage=tuple(float(np.mean([it.covered(level) for it in found])) for level in LEVELS),
        theil=float(np.sqrt(squared / max(float((changes**2).mean()), 1e-300))),
        parts=(bias / whole, apart / whole, 1 - (bias + apart) / whole),
    )
