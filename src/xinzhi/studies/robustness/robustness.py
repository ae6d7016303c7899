"""How scenarios bear the same futures: robustness measures by target, and which scenario dominates which.

Herman, Reed, Zeff and Characklis 2015; McPhail and others 2018. All scenarios run with one design (common random
numbers), so regret and dominance are differences within a future.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xinzhi.analysis.verdict import meets
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.futures.ensemble import Ensemble
from xinzhi.futures.target_odds import standard_error
from xinzhi.simulate import FloatArray, Run

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

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


@dataclass(frozen=True, eq=False, repr=False)
class Robustness(Brief):
    """Scenarios over the same futures. ``figures`` are in the targets' units, shape (targets, runs, futures);
    ``measures`` by target, then by run. ``failed`` futures gave no number in some scenario and are left out.

    ``effective`` members say as much as the design, less than all where new figures weigh the futures.
    """

    content: Content
    runs: tuple[Run, ...]
    targets: tuple[Target, ...]
    figures: FloatArray
    measures: tuple[tuple[Measures, ...], ...]
    dominance: tuple[Dominance, ...]
    failed: int
    effective: float
    seed: int

    def brief(self) -> str:
        return f"{len(self.runs)} scenarios, {len(self.targets)} targets, {self.figures.shape[2]} futures"

    def to_pandas(self) -> pd.DataFrame:
        """A row a target and scenario, figures and regrets in the target's unit."""
        from xinzhi.studies.robustness.words import robustness_frames

        return robustness_frames(self.content, self)["robustness"]

    def to_xarray(self) -> xr.Dataset:
        """Every measure over ``target`` and ``scenario``, by their ids."""
        import xarray as xr

        rows = self.to_pandas()
        names = [column for column in rows if column not in ("target", "unit", "sense", "threshold", "scenario")]
        shape = (len(self.targets), len(self.runs))
        return xr.Dataset(
            {name: (("target", "scenario"), rows[name].to_numpy(dtype=float).reshape(shape)) for name in names},
            {"target": [it.id for it in self.targets], "scenario": [it.scenario for it in self.runs]},
            {"futures": self.figures.shape[2], "failed": self.failed, "seed": self.seed},
        )


def find_robustness(content: Content, ensembles: Iterable[Ensemble], targets: Sequence[Target]) -> Robustness:
    """Measures and dominance of scenarios that were run with the same design; of each ensemble only the targets'
    figures are kept.

    Raises `ContentError` for fewer than two scenarios, or than `FEWEST` futures that give numbers in all of them.
    """
    runs, rows, seed, share, common = [], [], 0, 1.0, np.ones(1, dtype=bool)
    for ensemble in ensembles:
        runs.append(ensemble.run)
        rows.append(_of_every_member(content, ensemble, targets))
        seed, share, common = ensemble.design.seed, ensemble.share, common & ensemble.sound
    if len(runs) < 2:
        raise ContentError(Problem(None, msg("one scenario cannot be compared"), msg("name two scenarios or more")))
    futures = int(common.sum())
    if futures < FEWEST:
        raise ContentError(
            Problem(
                None,
                msg("only {futures} futures give numbers in every scenario", futures=futures),
                msg("at least {fewest} are needed; take more with --members", fewest=FEWEST),
            )
        )
    count = futures * share
    figures = np.stack(rows, axis=1)[:, :, common]
    measures = tuple(
        tuple(_measure(target, of_target, place, count) for place in range(len(runs)))
        for target, of_target in zip(targets, figures, strict=True)
    )
    return Robustness(
        content=content,
        runs=tuple(runs),
        targets=tuple(targets),
        figures=figures,
        measures=measures,
        dominance=tuple(_dominance(targets, figures)),
        failed=len(common) - futures,
        effective=count,
        seed=seed,
    )


def _of_every_member(content: Content, ensemble: Ensemble, targets: Sequence[Target]) -> FloatArray:
    """The targets' figures of all members, sound or not: shape (targets, members)."""
    whole = replace(ensemble, sound=np.ones_like(ensemble.sound))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.array([whole.figures(content, target) for target in targets])


def _good(target: Target, values: FloatArray) -> FloatArray:
    """The figures so that more is better."""
    return values if target.sense == ">=" else -values


def _measure(target: Target, rows: FloatArray, place: int, effective: float) -> Measures:
    good = _good(target, rows)
    mine = good[place]
    regret = good.max(axis=0) - mine
    odds, spread = float(meets(target, rows[place]).mean()), float(mine.std())
    margin = float(mine.mean()) - float(_good(target, np.asarray(target.threshold)))
    flat = spread <= SAME * max(float(np.abs(mine).max()), 1e-300)
    return Measures(
        mean=float(rows[place].mean()),
        decile=float(_good(target, np.quantile(mine, WORST))),
        odds=odds,
        error=float(standard_error(odds, effective)),
        regret=float(regret.mean()),
        regret_90=float(np.quantile(regret, 1 - WORST)),
        signal=None if flat else margin / spread,
    )


def _dominance(targets: Sequence[Target], figures: FloatArray) -> list[Dominance]:
    scenarios = figures.shape[1]
    good = np.array([_good(target, rows) for target, rows in zip(targets, figures, strict=True)])
    ranked = np.sort(good, axis=2)
    slack = SAME * np.abs(figures).max(axis=(1, 2))
    dominance = []
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
                    dominance.append(Dominance(better, worse, target, bool(some[True][place])))
            if never[False].all() and some[False].any():
                dominance.append(Dominance(better, worse, None, bool(never[True].all() and some[True].any())))
    return dominance
