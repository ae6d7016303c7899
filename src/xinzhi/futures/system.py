"""The posterior as a function: unknowns in, how far the model is from history and from the priors out.

An unknown is a standard normal number: the normal quantile of its constant's place in its prior. So the prior is the
same for all, and minus the logarithm of the posterior is half a sum of squares: the unknowns themselves, and the
residuals of each series' logarithm, made independent by the inverse Cholesky factor of their covariance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy

from xinzhi.content.backtest_file import Foresight
from xinzhi.content.content import Content
from xinzhi.content.fit_file import Fit, FittedSeries
from xinzhi.content.history import HISTORY, Observation
from xinzhi.content.plausible_figures import check_fitted, in_file
from xinzhi.content.posterior_file import CORRECTIONS
from xinzhi.content.prior_file import Prior
from xinzhi.content.yaml_file import Problems
from xinzhi.engine.clock import Clock
from xinzhi.engine.compiled import CompiledModel
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.futures.fitted_program import cut_off, with_correction
from xinzhi.futures.priors import probability, quantile
from xinzhi.simulate import FloatArray, Simulator

PASSES = 2  # of solving the shock: what is left of GDP's misfit is below a thousandth
WIDEST = 5.0  # an unknown's farthest place from the middle of its prior


@dataclass(frozen=True)
class Evidence:
    """A series' figures within the window. ``whitening`` makes the errors of ``logs`` independent: shape (n, n)."""

    indicator: str
    years: tuple[int, ...]
    logs: FloatArray
    whitening: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, eq=False)
class System:
    """What is fitted to what, up to ``last``; arrays of unknowns have the shape (unknowns, members)."""

    names: tuple[str, ...]
    priors: tuple[Prior, ...]
    evidence: tuple[Evidence, ...]
    first: int
    last: int
    like: Mapping[str, str]
    corrections: tuple[str, ...]
    solved: tuple[int, ...]
    solved_from: FloatArray
    solved_by: str | None
    compiled: CompiledModel
    variables: Mapping[str, tuple[str, float]]

    @property
    def start(self) -> FloatArray:
        """The model's own constants as unknowns, shape (unknowns,)."""
        values = (self.compiled.program.constants[name] for name in self.names)
        shares = np.array([probability(*pair) for pair in zip(self.priors, values, strict=True)])
        return np.asarray(np.clip(scipy.special.ndtri(shares), -3.0, 3.0))

    @cached_property
    def _clocks(self) -> dict[int, Clock]:
        return {}

    def clock(self, last: int) -> Clock:
        if last not in self._clocks:
            self._clocks[last] = self.compiled.clock({}, {"final_time": float(last), "saveper": 1.0})
        return self._clocks[last]

    def constants(self, unknowns: FloatArray) -> dict[str, FloatArray]:
        """The fitted constants, in the model's units, each of shape (members,)."""
        shares = scipy.special.ndtr(unknowns)
        values = {name: quantile(prior, row) for name, prior, row in zip(self.names, self.priors, shares, strict=True)}
        return values | {name: values[other] for name, other in self.like.items()}

    def with_shock(self, columns: Mapping[str, FloatArray], last: int | None = None) -> dict[str, FloatArray]:
        """The constants with the shock's corrections, solved so that each year's figure up to ``last`` is met."""
        members = max(np.size(values) for values in columns.values())
        factor = np.ones((len(self.solved), members))
        out = dict(columns)
        if not self.solved or self.solved_by is None:
            return out
        for name, row in zip(self.corrections, factor, strict=True):
            out[name] = row - 1
        if last is not None and last < self.solved[0]:
            return out
        rows = [year - self.first for year in self.solved]
        variable, unit = self.variables[self.solved_by]
        for _ in range(PASSES):
            said = self.compiled.run(out, [variable], clock=self.clock(self.solved[-1]), method="euler").values[0, rows]
            with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
                factor = factor * np.nan_to_num(self.solved_from[:, None] / (said * unit), nan=1.0, posinf=1.0)
            factor = np.clip(factor, 1 + CORRECTIONS[0], 1 + CORRECTIONS[1])
            for name, row in zip(self.corrections, factor, strict=True):
                out[name] = row - 1
        return out

    def run(self, columns: Mapping[str, FloatArray], indicators: Sequence[str], last: int) -> FloatArray:
        """Indicators in their units to the year ``last``, shape (indicators, years, members); NaN where one failed."""
        asked = [self.variables[name] for name in indicators]
        values = self.run_variables(columns, [variable for variable, _ in asked], last)
        return np.asarray(values * np.array([factor for _, factor in asked])[:, None, None])

    def run_variables(self, columns: Mapping[str, FloatArray], variables: Sequence[str], last: int) -> FloatArray:
        """Variables in the model's units, shape (variables, years, members); NaN where a member failed."""
        labels = list(dict.fromkeys(variables))
        values = self.compiled.run(columns, labels, clock=self.clock(last), method="euler").or_nan()
        return np.asarray(values[[labels.index(name) for name in variables]])

    def simulate(self, unknowns: FloatArray, last: int | None = None) -> FloatArray:
        """The series of `evidence` in their units, shape (series, years, members), with the shock solved."""
        columns = self.with_shock(self.constants(unknowns), last or self.last)
        return self.run(columns, [it.indicator for it in self.evidence], last or self.last)

    def residuals(self, unknowns: FloatArray, logs: Sequence[FloatArray] | None = None) -> FloatArray:
        """Independent standard normal errors, shape (figures, members); ``logs`` in place of what was observed."""
        said = self.simulate(unknowns)
        with np.errstate(invalid="ignore", divide="ignore"):
            said = np.log(said)
        rows = []
        for index, it in enumerate(self.evidence):
            at = [year - self.first for year in it.years]
            observed = it.logs if logs is None else logs[index]
            rows.append(it.whitening @ (observed[:, None] - said[index, at]))
        found: FloatArray = np.concatenate(rows)
        return found

    def log_posterior(self, unknowns: FloatArray) -> FloatArray:
        """Its logarithm up to a constant, shape (members,); minus infinity where a run gives no number."""
        with np.errstate(invalid="ignore", over="ignore"):
            found = -0.5 * ((self.residuals(unknowns) ** 2).sum(axis=0) + (unknowns**2).sum(axis=0))
        found[~np.isfinite(found) | (np.abs(unknowns) > WIDEST).any(axis=0)] = -np.inf
        return np.asarray(found)


def covariance(series: FittedSeries, figures: Sequence[Observation]) -> FloatArray:
    """Of the logarithms' errors: the figures' own, the model's (AR(1)) and those that a break shares; (n, n)."""
    years = np.array([it.time for it in figures])
    apart = np.abs(years[:, None] - years[None, :])
    total = np.diag([series.measurement.of(it.status) ** 2 for it in figures])
    total = total + series.discrepancy**2 * series.persistence**apart
    for it in series.breaks:
        before = (years < it.year).astype(float)
        total = total + it.sd**2 * np.outer(before, before)
    return np.asarray(total)


def build_system(
    content: Content, simulator: Simulator, last: int | None = None, foresight: Foresight = "all"
) -> System:
    """The system of calibration/fit.yaml; ``last`` ends the fit earlier.

    Raises `ContentError` where there is no plan, or a figure of its series that has no logarithm.

    Without ``foresight`` of all, constants that only hindsight knows have their values of before; with none, there is
    also no shock after the end, and the price index grows on as before.
    """
    plan = _plan(content)
    end = plan.last if last is None else min(last, plan.last)
    program = simulator.compiled.program
    if foresight == "none":
        if plan.shock is not None:
            program = cut_off(program, plan.shock.variable, end, 1.0)
        if plan.deflator is not None:
            program = cut_off(program, plan.deflator, end, None)
    late = {name: it for name, it in plan.hindsight.items() if foresight != "all" and end < it.known}
    values = {name: float(it.before) for name, it in late.items() if not isinstance(it.before, str)}
    solved: tuple[int, ...] = ()
    if plan.shock is not None:
        solved = tuple(year for year in plan.shock.years if year <= end or foresight == "outside")
    corrections: tuple[str, ...] = ()
    if plan.shock is not None and solved:
        program, corrections = with_correction(program, plan.shock.variable, solved)
    program = replace(program, constants={**program.constants, **values})
    evidence = tuple(it for name in plan.series if (it := _evidence(content, plan, name, end)) is not None)
    fitted = {name: it for name, it in plan.parameters.items() if name not in late}
    by = plan.shock.indicator if plan.shock is not None else None
    figures = {} if by is None else {it.time: it.value for it in content.history.series[by].observations}
    return System(
        names=tuple(fitted),
        priors=tuple(it.prior for it in fitted.values()),
        evidence=evidence,
        first=int(content.model.control("INITIAL TIME")),
        last=end,
        like={name: it.before for name, it in late.items() if isinstance(it.before, str)},
        corrections=corrections,
        solved=solved,
        solved_from=np.array([figures[year] for year in solved]),
        solved_by=by,
        compiled=CompiledModel(program, simulator.store),
        variables={name: (it.variable, it.factor) for name, it in content.indicators.items()},
    )


def _plan(content: Content) -> Fit:
    if content.fit is None:
        raise ContentError(Problem(None, msg("there is nothing to fit"), msg("write calibration/fit.yaml")))
    problems, last = Problems(), content.model.control("FINAL TIME")
    check_fitted(content.fit, content.anchors, content.history.series, last, in_file(HISTORY), problems)
    problems.raise_any()
    return content.fit


def _evidence(content: Content, plan: Fit, name: str, last: int) -> Evidence | None:
    """A series' figures from the window's first year to ``last``; None where there are none.

    Figures that the shock is solved from are no evidence.
    """
    series = plan.series[name]
    if not series.fitted:
        return None
    unused = set(series.without)
    if plan.shock is not None and plan.shock.indicator == name:
        unused |= set(plan.shock.years)
    figures = [
        it
        for it in content.history.series[name].observations
        if plan.first <= it.time <= last and it.time not in unused
    ]
    if not figures:
        return None
    spread = covariance(series, figures)
    whitening = scipy.linalg.solve_triangular(np.linalg.cholesky(spread), np.eye(len(figures)), lower=True)
    logs = np.log([it.value for it in figures])
    return Evidence(name, tuple(it.time for it in figures), logs, whitening, spread)
