"""How scenarios bear the same futures: robustness measures by target, and which scenario dominates which.

Herman, Reed, Zeff and Characklis 2015; McPhail and others 2018. All scenarios run with one design (common random
numbers), so regret and dominance are differences within a future.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.futures.ensemble import Ensemble
from xinzhi.simulate import FloatArray, Run

FEWEST = 50  # futures: a decile of fewer is a handful
WORST = 0.1
SAME = 1e-9  # of the largest figure: below, two figures are equal


@dataclass(frozen=True)
class Measures:
    """A scenario on a target, over the futures; figures and regrets in the target's unit.

    ``mean``; ``decile``: one future in ten is worse than this; ``odds`` of meeting the target (satisficing: Starr's
    domain criterion) with their Monte Carlo standard error; regret against the best of the scenarios in each future
    (Savage 1951), its mean and what it exceeds in one future in ten; ``signal``: the mean distance on the target's good
    side of the threshold, in standard deviations, None where there is no spread.
    """

    mean: float
    decile: float
    odds: float
    error: float
    regret: float
    regret_90: float
    signal: float | None


@dataclass(frozen=True)
class Dominance:
    """Scenario ``better`` dominates ``worse`` (places in `Robustness.runs`) on a target, or on all (None).

    ``in_every_future``: at least as good in each future and better in some (statewise dominance). Else at every
    probability alone: the quantiles of one are at least as good as those of the other, and some are better
    (first-order stochastic dominance, Hadar and Russell 1969). On all targets: at least as good so on each, better on
    some.
    """

    better: int
    worse: int
    target: Target | None
    in_every_future: bool


@dataclass(frozen=True, eq=False)
class Robustness:
    """Scenarios over the same futures. ``figures`` are in the targets' units, shape (targets, runs, futures);
    ``measures`` by target, then by run. ``failed`` futures gave no number in some scenario and are left out.

    ``effective`` members say as much as the design, less than all where new figures weigh the futures.
    """

    runs: tuple[Run, ...]
    targets: tuple[Target, ...]
    figures: FloatArray
    measures: tuple[tuple[Measures, ...], ...]
    dominance: tuple[Dominance, ...]
    failed: int
    effective: float
    seed: int


def find_robustness(
    content: Content, ensembles: Sequence[Ensemble], targets: Sequence[Target], effective: float | None = None
) -> Robustness:
    """Measures and dominance of scenarios that were run with the same design.

    Raises `ContentError` for fewer than two scenarios, or than `FEWEST` futures that give numbers in all of them.
    """
    if len(ensembles) < 2:
        raise ContentError(Problem(None, msg("one scenario cannot be compared"), msg("name two scenarios or more")))
    common = np.logical_and.reduce([it.sound for it in ensembles])
    futures = int(common.sum())
    if futures < FEWEST:
        raise ContentError(
            Problem(
                None,
                msg("only {futures} futures give numbers in every scenario", futures=futures),
                msg("at least {fewest} are needed; take more with --members", fewest=FEWEST),
            )
        )
    count = float(futures) if effective is None else effective
    shared = [replace(it, sound=common) for it in ensembles]
    figures = np.array([[it.figures(content, target) for it in shared] for target in targets])
    measures = tuple(
        tuple(
            _measure(target, rows, place, float(it.met(content, target).mean()), count)
            for place, it in enumerate(shared)
        )
        for target, rows in zip(targets, figures, strict=True)
    )
    return Robustness(
        runs=tuple(it.run for it in ensembles),
        targets=tuple(targets),
        figures=figures,
        measures=measures,
        dominance=tuple(_dominance(targets, figures)),
        failed=len(common) - futures,
        effective=count,
        seed=ensembles[0].design.seed,
    )


def _good(target: Target, values: FloatArray) -> FloatArray:
    """The figures so that more is better."""
    return values if target.sense == ">=" else -values


def _measure(target: Target, rows: FloatArray, place: int, odds: float, effective: float) -> Measures:
    good = _good(target, rows)
    mine = good[place]
    regret = good.max(axis=0) - mine
    spread = float(mine.std())
    margin = float(mine.mean()) - float(_good(target, np.asarray(target.threshold)))
    flat = spread <= SAME * max(float(np.abs(mine).max()), 1e-300)
    return Measures(
        mean=float(rows[place].mean()),
        decile=float(_good(target, np.quantile(mine, WORST))),
        odds=odds,
        error=float(np.sqrt(odds * (1 - odds) / max(effective, 1))),
        regret=float(regret.mean()),
        regret_90=float(np.quantile(regret, 1 - WORST)),
        signal=None if flat else margin / spread,
    )


def _dominance(targets: Sequence[Target], figures: FloatArray) -> list[Dominance]:
    scenarios = figures.shape[1]
    good = np.array([_good(target, rows) for target, rows in zip(targets, figures, strict=True)])
    ranked = np.sort(good, axis=2)
    slack = SAME * np.abs(figures).max(axis=(1, 2))
    found = []
    for better in range(scenarios):
        for worse in range(scenarios):
            if better == worse:
                continue
            gains = {
                True: good[:, better] - good[:, worse],
                False: ranked[:, better] - ranked[:, worse],
            }  # by whether it holds in every future
            never = {every: (gain >= -slack[:, None]).all(axis=1) for every, gain in gains.items()}
            some = {every: never[every] & (gain > slack[:, None]).any(axis=1) for every, gain in gains.items()}
            for place, target in enumerate(targets):
                if some[False][place] or some[True][place]:
                    found.append(Dominance(better, worse, target, bool(some[True][place])))
            if never[False].all() and some[False].any():
                found.append(Dominance(better, worse, None, bool(never[True].all() and some[True].any())))
    return found
