"""A thousand futures: members drawn from what the fit and the priors leave open, all started at the statistics.

A member has one draw of the fit's posterior, one of the prior of every other uncertain constant, and one figure of
each statistic that the base year is anchored to, up to its own error. Each is drawn by its own name (`streams`), so
that one more uncertain constant moves no draw of the others. Levers are decisions and have no draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xinzhi.analysis.verdict import measured, meets
from xinzhi.arguments import MOST_MEMBERS, MOST_SEED, whole
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.content.posterior_file import Posterior, read_posterior
from xinzhi.errors import Problem, SimulationError, msg
from xinzhi.futures.draws import draw_priors
from xinzhi.futures.freshness import stale
from xinzhi.futures.random_streams import stream
from xinzhi.futures.reanchor import reanchor
from xinzhi.futures.system import System, build_system
from xinzhi.simulate import FloatArray, Run, Simulator

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class Design(Brief):
    """The members' constants, each of shape (members,), in the model's units, and how they were made.

    ``start`` are the base year's figures that they start from, by indicator, in its unit. ``met`` says which members
    meet them; the others are left out of statistics and counted. ``runs`` is what anchoring cost: half-length runs
    a member, in the mean.
    """

    columns: Mapping[str, FloatArray]
    start: Mapping[str, FloatArray]
    met: Bools
    seed: int
    runs: float
    system: System

    def brief(self) -> str:
        return f"{self.members:,} members, seed {self.seed}, {len(self.columns)} constants"

    @property
    def members(self) -> int:
        return len(self.met)

    @property
    def nbytes(self) -> int:
        """What its numbers take of the memory."""
        return sum(values.nbytes for values in (*self.columns.values(), *self.start.values()))


def joint_share(met: Sequence[Bools]) -> float:
    """The share of members, (members,) each, that meet all; NaN where there is no member."""
    together = np.all(met, axis=0)
    return float(together.mean()) if np.size(together) else float("nan")


def draw_design(
    content: Content, simulator: Simulator, members: int, seed: int, posterior: Posterior | None = None
) -> Design:
    """Draw ``members`` and anchor them; the first of many are those of few. The same seed gives the same bits.

    The fitted constants are of ``posterior``, or of the one that the last fit kept. Without a fit
    they are drawn from their priors. Raises `ContentError` where there is no plan,
    nothing to anchor, or a damaged fit.
    """
    members = whole("members", members, 1, MOST_MEMBERS)
    seed = whole("seed", seed, 0, MOST_SEED)
    system = build_system(content, simulator)
    if posterior is None:
        priors = dict(zip(system.names, system.priors, strict=True))
        posterior = read_posterior(content.folder, priors, system.corrections, current=stale(content) is None)
    columns = _fitted(system, posterior, members, seed)
    others = {name: it.prior for name, it in content.uncertainties.items() if name not in columns}
    columns |= draw_priors(others, content.correlations, seed, 0, members)
    anchored = reanchor(content, system.compiled, columns, seed)
    start = dict(zip(anchored.indicators, anchored.goals, strict=True))
    return Design(anchored.columns, start, anchored.met, seed, anchored.runs, system)


def _fitted(system: System, posterior: Posterior | None, members: int, seed: int) -> dict[str, FloatArray]:
    """The fitted constants and the shock's corrections: draws in random order, again from the first where they end."""
    if posterior is None:
        unknowns = np.array([stream(seed, "unknown", name).normal(size=members) for name in system.names])
        return system.with_shock(system.constants(unknowns))
    order = stream(seed, "posterior").permutation(posterior.draws)[np.arange(members) % posterior.draws]
    known = system.compiled.program.constants
    return {name: values[order] for name, values in posterior.columns.items() if name in known}


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble(Brief):
    """A scenario run with every member: indicators (model units), shape (indicators, years, members).

    ``sound`` are the members that give numbers and meet the base year; all shares are of these. Where new figures weigh
    the members they say as much as ``share`` of their number.
    """

    run: Run
    design: Design
    indicators: tuple[str, ...]
    years: tuple[int, ...]
    values: FloatArray
    sound: Bools
    share: float = 1.0

    def brief(self) -> str:
        return (
            f"{self.run.scenario}: {len(self.indicators)} indicators, {len(self.sound):,} members, {self.failed} failed"
        )

    @property
    def failed(self) -> int:
        return int((~self.sound).sum())

    @property
    def effective(self) -> float:
        """How many equally weighted members say as much as the sound ones."""
        return float(self.sound.sum()) * self.share

    def of(self, indicator: str) -> FloatArray:
        """An indicator, in the model's unit, of the sound members: shape (years, sound members)."""
        return self._sound(self.values[self.indicators.index(indicator)])

    def figures(self, content: Content, target: Target) -> FloatArray:
        """A target's value in its unit and year, as `judge` measures it: shape (sound members,)."""
        rows = self.values[self.indicators.index(target.indicator)]
        base, final = self._base(target), rows[target.year - self.years[0]]
        return self._sound(measured(target, content.indicators[target.indicator].factor, base, final))

    def met(self, content: Content, target: Target) -> Bools:
        """Which of the sound members meet a target; a count is judged on the nearest whole number, halves up."""
        return meets(target, self.figures(content, target))

    def _base(self, target: Target) -> FloatArray:
        """The target's indicator in its base year, of all members, in the model's unit."""
        rows = self.values[self.indicators.index(target.indicator)]
        return np.asarray(rows[target.base_year - self.years[0]])

    def _sound(self, values: FloatArray) -> FloatArray:
        """Of ``values``, whose last axis is the members, those of the sound ones; no copy where all are."""
        return values if self._whole else np.asarray(values[..., self.sound])

    @cached_property
    def _whole(self) -> bool:
        return bool(self.sound.all())


@dataclass(frozen=True, eq=False, repr=False)
class HotEnsemble(Ensemble):
    """An ensemble of the years from the first on that a lever may start in.

    ``base`` are the indicators in the base year, in the model's units, shape (indicators, members).
    """

    base: FloatArray = field(default_factory=lambda: np.empty((0, 0)))

    def _base(self, target: Target) -> FloatArray:
        return np.asarray(self.base[self.indicators.index(target.indicator)])


def no_sound_member(members: int, met: int) -> SimulationError:
    """Of ``members`` futures, of which ``met`` start at the base year, nothing can be said."""
    problem = msg("none of {members} futures gives numbers: {missed} cannot start at the figures of the base year, "
                  "the rest fails on the way", members=members, missed=members - met)  # fmt: skip
    return SimulationError(
        Problem(None, problem, msg("narrow the priors, correct the figures, or run xinzhi fit --write"))
    )


def run_ensemble(content: Content, simulator: Simulator, design: Design, run: Run, share: float = 1.0) -> Ensemble:
    """The levers of ``run`` with every member of the design; what it assumes of the world outside holds for all.

    ``share``: see `Ensemble`. Raises `SimulationError` where no member gives numbers and meets the base year.
    """
    fixed = simulator.constants_of(run.settings, run.assumptions)
    columns: dict[str, FloatArray] = {
        **design.columns, **{name: np.full(design.members, value) for name, value in fixed.items()}
    }  # fmt: skip
    years = simulator.years
    values = design.system.run_variables(columns, [it.variable for it in content.indicators.values()], years[-1])
    sound = design.met & np.isfinite(values).all(axis=(0, 1))
    if not sound.any():
        raise no_sound_member(design.members, int(design.met.sum()))
    return Ensemble(run, design, tuple(content.indicators), years, values, sound, share)
