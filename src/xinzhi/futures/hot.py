"""Futures from the first year on that a lever may start in: what a moved lever changes, and nothing else is run.

No lever acts before its earliest start. So the past of every member is run once, its stocks are kept, and a new lever
set costs the years ahead only.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from xinzhi.analysis.verdict import measured, meets
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target, headline
from xinzhi.content.scenario import BASELINE, Assumption
from xinzhi.engine.clock import Clock
from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.resume import resume, state_nodes
from xinzhi.futures.ensemble import Bools, Design, joint_share
from xinzhi.simulate import FloatArray, Run, Simulator

BAND = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, eq=False)
class Ahead:
    """Members that stand at the end of the year ``first``, one column each, and the model's own run in the last one.

    ``rows`` names the rows of ``constants``, shape (rows, members + 1), the state's rows included. ``base`` are the
    ``variables`` in the base year, shape (variables, members + 1). ``met``: which members start at their statistics.
    ``effective`` members say as much as all, where new figures weigh them.
    """

    content: Content
    compiled: CompiledModel
    clock: Clock
    rows: tuple[str, ...]
    constants: FloatArray
    variables: tuple[str, ...]
    base: FloatArray
    met: Bools
    effective: float
    first: int
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def members(self) -> int:
        return len(self.met)

    def run(self, levers: Mapping[str, float]) -> FloatArray:
        """The variables with these lever constants (of every lever: the others keep what the last run gave them), in
        model units, shape (variables, years from ``first``, members + 1); NaN where a member failed."""
        nodes = [self.compiled.labels[name] for name in self.variables]
        places = {name: row for row, name in enumerate(self.rows)}
        with self._turn:  # the rows of the levers are written in place: a copy of the others costs as much as the runs
            for name, value in levers.items():
                self.constants[places[name]] = value
            return self.compiled.run_rows(self.rows, self.constants, nodes, self.clock, method="euler").or_nan()


@dataclass(frozen=True)
class TargetOdds:
    """A target's odds and their Monte Carlo standard error, and 10, 50, 90 % of its value in its unit."""

    target: Target
    odds: float
    error: float
    value: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Settled:
    """What a lever set comes to: odds of every target, of all headline ones together, and of all.

    ``bands`` are `BAND` of the headline indicators in their units, shape (quantiles, years from ``first``), by id.
    ``failed`` is the share of members that gave no number or do not start at the statistics.
    """

    targets: tuple[TargetOdds, ...]
    headline: float
    headline_error: float
    every: float
    bands: Mapping[str, FloatArray]
    failed: float
    members: int
    first: int


def look_ahead(
    content: Content, simulator: Simulator, design: Design, effective: float,
    assumptions: Mapping[str, Assumption] | None = None,
) -> Ahead:  # fmt: skip
    """Run the past of every member once. What is assumed of the world outside holds for all of them.

    Raises `SimulationError` where a run cannot begin in its middle.
    """
    system, members = design.system, design.members
    fixed = simulator.lever_constants(content.settings(content.scenarios[BASELINE]))
    fixed |= {name: it.value for name, it in (assumptions or {}).items()}
    program, first = system.compiled.program, int(content.sheet.timing.start[0])
    varied = tuple(name for name in program.constants if name in design.columns or name in fixed)
    constants = np.empty((len(varied), members + 1))
    for row, name in enumerate(varied):
        constants[row, :members] = fixed.get(name, design.columns.get(name, 0.0))
        constants[row, members] = fixed.get(name, program.constants[name])
    variables = tuple(dict.fromkeys(it.variable for it in content.indicators.values()))
    stocks = state_nodes(program)
    nodes = [*stocks, *(system.compiled.labels[name] for name in variables)]
    clock = system.clock(first)
    base = int(np.searchsorted(clock.times, content.region.plan.base_year - 1e-9))
    clock = replace(clock, saved=np.array([base, clock.steps]))  # two moments, not every year: a fifth of the memory
    past = system.compiled.run_rows(varied, constants, nodes, clock, method="euler").or_nan()
    resumed, states = resume(program, float(first), clock.times[0])
    compiled = CompiledModel(resumed, simulator.store)
    return Ahead(
        content=content,
        compiled=compiled,
        clock=compiled.clock({}, {"final_time": float(simulator.years[-1]), "saveper": 1.0}),
        rows=(*varied, *states),
        constants=np.concatenate([constants, past[: len(stocks), -1]]),
        variables=variables,
        base=past[len(stocks) :, 0],
        met=design.met,
        effective=effective,
        first=first,
    )


def settle(ahead: Ahead, run: Run, simulator: Simulator) -> Settled:
    """The odds of every target under the levers of ``run``, which must assume what ``ahead`` does."""
    content = ahead.content
    values = ahead.run(simulator.lever_constants(run.settings))[:, :, :-1]
    places = {name: row for row, name in enumerate(ahead.variables)}
    sound = ahead.met & np.isfinite(values).all(axis=(0, 1))
    whole = bool(sound.all())
    share = ahead.effective / ahead.members
    count = max(float(sound.sum()) * share, 1.0)

    def of(target: Target) -> FloatArray:
        indicator = content.indicators[target.indicator]
        row = places[indicator.variable]
        base, final = ahead.base[row, :-1], values[row, target.year - ahead.first]
        figures = measured(target, indicator.factor, base, final)
        return np.asarray(figures if whole else figures[sound])

    met, found = {}, []
    for it in content.targets.values():
        figures = of(it)
        met[it.id] = meets(it, figures)
        odds = joint_share([met[it.id]])
        low, middle, high = map(float, _quantiles(figures, (0.1, 0.5, 0.9)))
        found.append(TargetOdds(it, odds, _error(odds, count), (low, middle, high)))
    heads = headline(content.targets)
    together = joint_share([met[it.id] for it in heads])
    bands = {}
    for name in dict.fromkeys(it.indicator for it in heads):
        rows = values[places[content.indicators[name].variable]]
        bands[name] = _quantiles(rows if whole else rows[:, sound], BAND) * content.indicators[name].factor
    return Settled(
        targets=tuple(found), headline=together, headline_error=_error(together, count),
        every=joint_share(list(met.values())),
        bands=bands, failed=1 - float(sound.mean()), members=ahead.members, first=ahead.first,
    )  # fmt: skip


def _quantiles(values: FloatArray, shares: tuple[float, ...]) -> FloatArray:
    """Of the members, which are the last axis: shape (shares, ...); NaN where there is no member."""
    if not values.shape[-1]:
        return np.full((len(shares), *values.shape[:-1]), np.nan)
    return np.asarray(np.quantile(values, shares, axis=-1))


def _error(odds: float, count: float) -> float:
    return float(np.sqrt(odds * (1 - odds) / count))
