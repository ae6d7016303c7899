"""Re-anchoring: every draw of an ensemble starts where the statistics of the base year are, up to their own error.

Without it an uncertain elasticity seems to matter for the past, which is known. Named constants, one a statistic, are
moved by Newton's method, all draws together in batches of the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.analysis.fit.prior import quantile
from xinzhi.analysis.fit.system import build_system
from xinzhi.content.fit_file import Fit, StatusErrors
from xinzhi.content.project import Content
from xinzhi.engine.clock import Clock
from xinzhi.engine.compiled import CompiledModel
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.simulate import FloatArray, Simulator

ROUNDS = 4
MET = 1e-4  # relative
STEP = 1e-4  # of a constant's scale, for slopes
FARTHEST = 12.0  # scales that one round may move a constant by


@dataclass(frozen=True, eq=False)
class Reanchored:
    """The draws' constants with the anchored ones moved, each of shape (draws,), and what it took.

    ``met`` says which draws meet every statistic; ``runs`` counts the half-length runs of a draw.
    """

    columns: Mapping[str, FloatArray]
    anchored: tuple[str, ...]
    goals: FloatArray
    met: NDArray[np.bool_]
    runs: int


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

    def outputs(self, columns: Mapping[str, FloatArray]) -> FloatArray:
        """The statistics as the model has them, shape (equations, members)."""
        labels = tuple(dict.fromkeys(self.variables))
        result = self.compiled.run(columns, labels, clock=self.clock, method="euler")
        result.values[:, :, result.failed] = np.nan
        said = [result.values[labels.index(name), row] for name, row in zip(self.variables, self.rows, strict=True)]
        return np.array(said) * self.factors[:, None]


def reanchor(
    content: Content, compiled: CompiledModel, columns: Mapping[str, FloatArray], seed: int, *, exact: bool = False
) -> Reanchored:
    """Move the constants that calibration/fit.yaml names under ``anchored`` until each draw meets its statistics.

    A draw's statistic is the observed one times an error drawn from its own distribution, none if ``exact``.
    Raises `ContentError` where nothing is named.
    """
    plan, model = content.fit, content.model
    if plan is None or not plan.anchored:
        raise ContentError(Problem(None, msg("no constant is anchored"), msg("name some in calibration/fit.yaml")))
    equations, observed, errors = _equations(content, compiled)
    draws = max(np.size(values) for values in columns.values())
    noise = np.random.default_rng(seed).normal(size=(len(observed), draws))
    goals = observed[:, None] * np.exp((0.0 if exact else 1.0) * errors[:, None] * noise)
    moved = {name: np.broadcast_to(values, draws).astype(float) for name, values in columns.items()}
    for name in equations.constants:
        moved.setdefault(name, np.full(draws, model.variables[name].value))
    said, runs = equations.outputs(moved), 1
    for _ in range(ROUNDS):
        misfit = _misfit(said, goals)
        if np.nanmax(np.abs(misfit), initial=0.0) < MET:
            break
        moved = _newton(equations, moved, said, misfit)
        said = equations.outputs(moved)
        runs += 1 + len(equations.constants)
    met = np.asarray((np.abs(_misfit(said, goals)) < 10 * MET).all(axis=0))
    return Reanchored(moved, equations.constants, goals, met, runs)


def _misfit(said: FloatArray, goals: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.log(said / goals))


def _newton(
    equations: _Equations, columns: dict[str, FloatArray], said: FloatArray, misfit: FloatArray
) -> dict[str, FloatArray]:
    """One round: slopes of every draw by one batch, then a linear system a draw; a draw that cannot move stays."""
    count, draws = misfit.shape
    wide = {name: np.tile(values, count) for name, values in columns.items()}
    for index, name in enumerate(equations.constants):
        wide[name][index * draws : (index + 1) * draws] += STEP * equations.scales[index]
    changed = equations.outputs(wide).reshape(count, count, draws)
    with np.errstate(invalid="ignore", divide="ignore"):
        slopes = np.log(changed / said[:, None, :]) / STEP
    slopes, misfit = slopes.transpose(2, 0, 1), misfit.T
    sound = np.asarray(np.isfinite(slopes).all(axis=(1, 2)) & np.isfinite(misfit).all(axis=1))
    sound[sound] &= np.linalg.cond(slopes[sound]) < 1e10
    move = np.zeros((draws, count))
    move[sound] = -np.linalg.solve(slopes[sound], misfit[sound][:, :, None])[:, :, 0]
    move = np.clip(move, -FARTHEST, FARTHEST)
    out = dict(columns)
    for index, name in enumerate(equations.constants):
        out[name] = columns[name] + equations.scales[index] * move[:, index]
    return out


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
    compiled, it = build_system(content, simulator).compiled, content.indicators[indicator]
    shares = np.random.default_rng(seed).uniform(size=draws)
    columns = {constant: quantile(content.uncertainties[constant].prior, shares)}
    row = year - int(content.model.control("INITIAL TIME"))
    clock = compiled.clock({}, {"final_time": float(year), "saveper": 1.0})

    def ends(of: Mapping[str, FloatArray]) -> tuple[float, float]:
        said = compiled.run(of, [it.variable], clock=clock, method="euler").values[0, row] * it.factor
        low, high = np.nanquantile(said, [0.05, 0.95])
        return float(low), float(high)

    found = reanchor(content, compiled, columns, seed, exact=True)
    return ends(columns), ends({name: values[found.met] for name, values in found.columns.items()})
