"""Re-anchoring: every draw of an ensemble starts where the statistics of the base year are, up to their own error.

Without it an uncertain elasticity seems to matter for the past, which is known. Named constants, one a statistic, are
moved by Broyden's method from slopes that are measured once, all draws together in batches of the engine; draws that
are there already are run no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from xinzhi.content.content import Content
from xinzhi.content.fit_file import Fit, StatusErrors
from xinzhi.engine.clock import Clock
from xinzhi.engine.compiled import CompiledModel
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.futures.priors import quantile
from xinzhi.futures.random_streams import stream
from xinzhi.futures.system import build_system
from xinzhi.simulate import FloatArray, Simulator

STEPS = 8  # of Broyden, after each of which slopes are measured anew
TRIES = 2  # measurements of slopes
MET = 1e-4  # relative
STEP = 1e-4  # of a constant's scale, for slopes
TOLD = 64  # draws that tell which constants no statistic depends on
FARTHEST = 12.0  # scales that one round may move a constant by


@dataclass(frozen=True, eq=False)
class Reanchored:
    """The draws' constants with the anchored ones moved, each of shape (draws,), and what it took.

    ``goals`` are the figures that the draws start from, of ``indicators``, in their units, shape (anchored, draws);
    ``met`` says which draws meet every statistic; ``runs`` is how many half-length runs a draw took, in the mean.
    """

    columns: Mapping[str, FloatArray]
    anchored: tuple[str, ...]
    indicators: tuple[str, ...]
    goals: FloatArray
    met: NDArray[np.bool_]
    runs: float


@dataclass(frozen=True, eq=False)
class _Equations:
    """What must be met: ``constants`` with their scales, indicators' variables, the rows of their years."""

    constants: tuple[str, ...]
    scales: FloatArray
    variables: tuple[str, ...]
    factors: FloatArray
    rows: tuple[int, ...]
    compiled: CompiledModel
    clock: Clock

    def outputs(self, names: tuple[str, ...], values: FloatArray) -> FloatArray:
        """The statistics as the model has them, shape (equations, members); ``values``: (names, members)."""
        labels = tuple(dict.fromkeys(self.variables))
        nodes = [self.compiled.labels[name] for name in labels]
        series = self.compiled.run_rows(names, values, nodes, self.clock, method="euler").or_nan()
        said = [series[labels.index(name), row] for name, row in zip(self.variables, self.rows, strict=True)]
        return np.array(said) * self.factors[:, None]


def reanchor(
    content: Content, compiled: CompiledModel, columns: Mapping[str, FloatArray], seed: int, *, exact: bool = False
) -> Reanchored:
    """Move the constants that calibration/fit.yaml names under ``anchored`` until each draw meets its statistics.

    A draw's statistic is the observed one times an error drawn from its own distribution, or, where the base year
    leaves it open, one out of the question's prior; the observed one itself if ``exact``. Draws are told apart by their
    place: the first of many are those of few. Raises `ContentError` where nothing is named.
    """
    plan, model = content.fit, content.model
    if plan is None or not plan.anchored:
        raise ContentError(Problem(None, msg("no constant is anchored"), msg("name some in calibration/fit.yaml")))
    equations, observed, errors = _equations(content, compiled)
    draws = max(np.size(values) for values in columns.values())
    noise = np.array([stream(seed, "statistic", name).normal(size=draws) for name in plan.anchored])
    goals = observed[:, None] * np.exp((0.0 if exact else 1.0) * errors[:, None] * noise)
    indicators = tuple(content.anchors.anchors[name].indicator for name in plan.anchored)
    for row, name in enumerate(indicators):
        if name in plan.base_year and not exact:
            goals[row] = quantile(plan.base_year[name].prior, scipy.special.ndtr(noise[row]))
    given = {name: np.full(draws, model.variables[name].value) for name in equations.constants} | dict(columns)
    names = tuple(name for name in compiled.program.constants if name in given)
    values = np.array([np.broadcast_to(given[name], draws) for name in names], dtype=float)
    runs = _solve(equations, names, values, goals)
    met = np.asarray((np.abs(_misfit(equations.outputs(names, values), goals)) < 10 * MET).all(axis=0))
    moved = dict(zip(names, values, strict=True))
    return Reanchored(moved, equations.constants, indicators, goals, met, runs + 1)


def _misfit(said: FloatArray, goals: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.log(said / goals))


def _solve(equations: _Equations, names: tuple[str, ...], values: FloatArray, goals: FloatArray) -> float:
    """Move the anchored rows of ``values`` in place; how many runs a draw took. A draw that cannot move stays."""
    rows = np.array([names.index(name) for name in equations.constants])
    waiting, members = np.arange(goals.shape[1]), 0
    for _ in range(TRIES):
        some, goal = np.ascontiguousarray(values[:, waiting]), goals[:, waiting]
        misfit = _misfit(equations.outputs(names, some), goal)
        slopes = _slopes(equations, names, some, goal, misfit)
        members += len(waiting) * (1 + len(rows))
        for _ in range(STEPS):
            move = _move(slopes, misfit)
            some[rows] += equations.scales[:, None] * move
            after = _misfit(equations.outputs(names, some), goal)
            members += some.shape[1]
            slopes += _broyden(slopes, move, after - misfit)
            values[np.ix_(rows, waiting)] = some[rows]
            misfit = after
            left = ~(np.abs(misfit) < MET).all(axis=0)
            waiting, some, goal, misfit = waiting[left], some[:, left], goal[:, left], misfit[:, left]
            some, slopes = np.ascontiguousarray(some), slopes[left]
            if not waiting.size:
                return float(members / goals.shape[1])
    return float(members / goals.shape[1])


def _slopes(
    equations: _Equations, names: tuple[str, ...], values: FloatArray, goals: FloatArray, misfit: FloatArray
) -> FloatArray:
    """Of the misfits by the constants in their scales, shape (draws, equations, equations)."""
    slopes = []
    for name, scale in zip(equations.constants, equations.scales, strict=True):
        row = names.index(name)
        kept = values[row].copy()
        values[row] += STEP * scale
        slopes.append((_misfit(equations.outputs(names, values), goals) - misfit) / STEP)
        values[row] = kept
    return np.array(slopes).transpose(2, 1, 0)


def _move(slopes: FloatArray, misfit: FloatArray) -> FloatArray:
    """Newton's step in scales, shape (equations, draws); none where the slopes say nothing."""
    move = np.zeros_like(misfit.T)
    sound = np.asarray(np.isfinite(slopes).all(axis=(1, 2)) & np.isfinite(misfit).all(axis=0))
    sound[sound] &= np.linalg.cond(slopes[sound]) < 1e10
    move[sound] = -np.linalg.solve(slopes[sound], misfit.T[sound][:, :, None])[:, :, 0]
    return np.clip(move, -FARTHEST, FARTHEST).T


def _broyden(slopes: FloatArray, move: FloatArray, change: FloatArray) -> FloatArray:
    """The least change of the slopes that makes them say what the step brought (Broyden 1965)."""
    step = move.T
    surprise = change.T - np.einsum("dij,dj->di", slopes, step)
    length = np.maximum((step**2).sum(axis=1), 1e-30)
    found = surprise[:, :, None] * step[:, None, :] / length[:, None, None]
    return np.asarray(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0))


def _equations(content: Content, compiled: CompiledModel) -> tuple[_Equations, FloatArray, FloatArray]:
    """The equations, the statistics observed, and the standard deviations of their logarithms' own errors."""
    plan = content.fit
    assert plan is not None
    anchors = [content.anchors.anchors[name] for name in plan.anchored]
    first, last = int(content.model.control("INITIAL TIME")), max(it.observed.time for it in anchors)
    indicators = [content.indicators[it.indicator] for it in anchors]
    equations = _Equations(
        constants=plan.anchored,
        scales=np.array([_scale(content, plan, name) for name in plan.anchored]),
        variables=tuple(it.variable for it in indicators),
        factors=np.array([it.factor for it in indicators]),
        rows=tuple(it.observed.time - first for it in anchors),
        compiled=compiled,
        clock=compiled.clock({}, {"final_time": float(last), "saveper": 1.0}),
    )
    own: list[StatusErrors] = [
        plan.series[it.indicator].measurement if it.indicator in plan.series else plan.measurement for it in anchors
    ]
    errors = [errors.of(it.observed.status) for errors, it in zip(own, anchors, strict=True)]
    return equations, np.array([it.observed.value for it in anchors]), np.array(errors)


def indifferent(content: Content, compiled: CompiledModel, columns: Mapping[str, FloatArray]) -> tuple[str, ...]:
    """The constants of ``columns`` that no statistic depends on, to the bit, in a few dozen draws."""
    equations, _, _ = _equations(content, compiled)
    names = tuple(name for name in compiled.program.constants if name in columns)
    values = np.array([columns[name][:TOLD] for name in names])
    before, idle = equations.outputs(names, values), []
    for row, name in enumerate(names):
        kept = values[row].copy()
        values[row] = np.roll(kept, 1)
        if (equations.outputs(names, values) == before).all():
            idle.append(name)
        values[row] = kept
    return tuple(idle)


def _scale(content: Content, plan: Fit, name: str) -> float:
    """A usual change of a constant: its prior's standard deviation where it is fitted, else a tenth of its value."""
    if name in plan.parameters:
        low, high = quantile(plan.parameters[name].prior, np.array([0.16, 0.84]))
        return float(high - low) / 2
    return max(0.1 * abs(content.model.variables[name].value or 0.0), 0.005)


def spread_of(
    content: Content, simulator: Simulator, constant: str, indicator: str, year: int, *, draws: int = 400, seed: int = 1
) -> tuple[tuple[float, float], tuple[float, float]]:
    """5 % and 95 % of an indicator while one constant is drawn from its prior: as drawn, and re-anchored.

    In the indicator's unit; the statistics are met exactly. What is uncertain in the rest is left aside.
    """
    compiled, statistic = build_system(content, simulator).compiled, content.indicators[indicator]
    shares = np.random.default_rng(seed).uniform(size=draws)
    columns = {constant: quantile(content.uncertainties[constant].prior, shares)}
    row = year - int(content.model.control("INITIAL TIME"))
    clock = compiled.clock({}, {"final_time": float(year), "saveper": 1.0})

    def ends(of: Mapping[str, FloatArray]) -> tuple[float, float]:
        said = compiled.run(of, [statistic.variable], clock=clock, method="euler").values[0, row] * statistic.factor
        low, high = np.nanquantile(said, [0.05, 0.95])
        return float(low), float(high)

    anchored = reanchor(content, compiled, columns, seed, exact=True)
    return ends(columns), ends({name: values[anchored.met] for name, values in anchored.columns.items()})
