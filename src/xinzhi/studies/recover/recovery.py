"""Does the fit find what is there? Truths drawn from the priors, simulated, given the plan's errors, fitted again.

Each trial holds a truth against two posteriors: the normal approximation at the optimum, quick but not exact, and the
sampled one. If the second is right, the truth's rank among its draws is uniform (Talts et al. 2018, simulation-based
calibration). A posterior that ignores the data passes that test for every constant, so the logarithm of the
likelihood is ranked too (Modrák et al. 2023). Trials are kept in the store as they come.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr
from scipy.stats import binom

from xinzhi.arguments import MOST_SEED, whole
from xinzhi.brief import Brief
from xinzhi.content.fitted import inputs_hash
from xinzhi.futures.code import analysis_hash
from xinzhi.futures.system import System
from xinzhi.simulate import FloatArray
from xinzhi.store import Store
from xinzhi.studies.fit.optimum import find_optimum, no_number
from xinzhi.studies.fit.sampler import Effort, Progress, sample, thinned

if TYPE_CHECKING:
    import pandas as pd

DRAWS = 99  # of a trial's posterior: a rank is one of a hundred
LEVEL = 0.9
SHORT = Effort(runs=1, walkers=128, steps=1000, burn=500)
SIMULATED = 20_000
LIKELIHOOD = "log likelihood"
Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Trial:
    """One made-up truth: where it lies, of 0..1, in each constant's normal approximation, shape (constants,).

    ``ranks`` count the posterior draws below it, 0..`DRAWS`, shape (constants + 1,), the likelihood's last.
    """

    places: FloatArray
    ranks: Ranks


_NONE = Trial(np.empty(0), np.empty(0, dtype=np.int64))  # the truth's run gave no number


@dataclass(frozen=True)
class Recovered:
    """How one constant (or `LIKELIHOOD`) was found again: shares of truths within 90 %, and tests for uniformity.

    ``normal`` is of the approximation, None for the likelihood. ``p`` is of one test, ``adjusted`` by Holm for all.
    """

    name: str
    normal: float | None
    sampled: float
    p: float
    adjusted: float


@dataclass(frozen=True, eq=False, repr=False)
class Recovery(Brief):
    """All trials: ``places`` of shape (trials, constants), ``ranks`` of shape (trials, constants + 1)."""

    names: tuple[str, ...]
    effort: Effort
    seed: int
    asked: int
    places: FloatArray
    ranks: Ranks

    def brief(self) -> str:
        return f"{self.tried} of {self.asked} truths, {len(self.names)} constants, seed {self.seed}"

    def to_pandas(self) -> pd.DataFrame:
        """A row a constant, the likelihood last: how often its truth was found again, and tests for uniform ranks."""
        from xinzhi.studies.recover.words import recovery_table

        return recovery_table(self, "en").frame()

    @property
    def tried(self) -> int:
        """Trials whose truth gave a number for every series."""
        return len(self.places)

    @property
    def normal_share(self) -> float:
        """Of the approximation's intervals, over all constants and trials."""
        return float(_within((self.places * (DRAWS + 1)).astype(np.int64)).mean())

    @property
    def sampled_share(self) -> float:
        """Of the sampled intervals, the likelihood left aside."""
        return float(_within(self.ranks[:, :-1]).mean())

    @property
    def sampled_error(self) -> float:
        """The standard error of `sampled_share`; constants of one trial go together, trials do not."""
        return float(_within(self.ranks[:, :-1]).mean(axis=1).std(ddof=1) / np.sqrt(self.tried))

    @property
    def constants(self) -> tuple[Recovered, ...]:
        """One a constant, in the plan's order, the likelihood last."""
        normal = (*_within((self.places * (DRAWS + 1)).astype(np.int64)).mean(axis=0).tolist(), None)
        sampled = _within(self.ranks).mean(axis=0).tolist()
        tests = uniformity(self.ranks)
        rows = zip((*self.names, LIKELIHOOD), normal, sampled, tests.tolist(), holm(tests).tolist(), strict=True)
        return tuple(Recovered(*row) for row in rows)


def kept_name(folder: Path) -> str:
    """The name that keeps the trials of a project's files, and of this program, apart from others'."""
    inputs = f"{inputs_hash(folder)} {analysis_hash()}"
    return f"recover-{hashlib.sha256(inputs.encode()).hexdigest()[:32]}"


def recover(
    system: System, seed: int, trials: int, effort: Effort, store: Store, name: str,
    progress: Progress = lambda _done, _of: None,
) -> Recovery:  # fmt: skip
    """``trials`` truths, each fitted again; ``name`` keeps them apart from those of other data.

    A trial has a seed of its own: more trials go on from those that are kept, an interrupted one is begun again.
    Raises `SimulationError` where no truth gives a number for every series.
    """
    seed = whole("seed", seed, 0, MOST_SEED)
    trials = whole("trials", trials, 1)
    tried = []
    progress(0, trials)
    for number in range(trials):
        key = f"{name}-{seed}-{effort.walkers}-{effort.steps}-{effort.burn}-{number}"
        kept = store.load(key, Trial)
        if kept is None or not _sound(kept, len(system.names)):
            kept = try_once(system, [seed, number], effort) or _NONE
            store.save(key, kept)
        if len(kept.ranks):
            tried.append(kept)
        progress(number + 1, trials)
    if not tried:
        raise no_number()
    shape = (len(tried), len(system.names))
    return Recovery(
        names=system.names,
        effort=effort,
        seed=seed,
        asked=trials,
        places=np.array([it.places for it in tried], dtype=np.float64).reshape(shape),
        ranks=np.array([it.ranks for it in tried], dtype=np.int64).reshape(shape[0], shape[1] + 1),
    )


def try_once(system: System, seed: Sequence[int], effort: Effort) -> Trial | None:
    """One trial; None where the truth's run gives no number."""
    rng = np.random.default_rng(list(seed))
    truth = rng.normal(size=len(system.names))
    said = system.simulate(truth[:, None])[:, :, 0]
    logs = [
        np.log(said[index, [year - system.first for year in it.years]])
        + rng.multivariate_normal(np.zeros(len(it.years)), it.covariance)
        for index, it in enumerate(system.evidence)
    ]
    if not all(np.isfinite(log).all() for log in logs):
        return None
    observed = observing(system, logs)
    optimum = find_optimum(observed, int(rng.integers(2**31)), starts=2)
    places = ndtr((truth - optimum.unknowns) / np.sqrt(np.diag(optimum.spread)))
    draws = thinned(sample(observed, optimum, int(rng.integers(2**31)), effort), DRAWS, seed[-1])
    both = np.concatenate([truth[:, None], draws], axis=1)
    scored = np.concatenate([both, -(observed.residuals(both) ** 2).sum(axis=0)[None]])
    return Trial(places, (scored[:, 1:] < scored[:, :1]).sum(axis=1))


def observing(system: System, logs: Sequence[FloatArray]) -> System:
    """The system as if the logarithms of its series had been these."""
    pairs = zip(system.evidence, logs, strict=True)
    return replace(system, evidence=tuple(replace(it, logs=log) for it, log in pairs))


def uniformity(ranks: Ranks, simulated: int = SIMULATED) -> FloatArray:
    """The p-value that each column of ``ranks`` is uniform, shape (columns,).

    By the largest departure of the empirical distribution anywhere, each place by its own binomial (Säilynoja et al.
    2022), against ``simulated`` samples that are uniform; these have a seed of their own, so that the answer is fixed.
    """
    trials = len(ranks)
    counts = np.arange(trials + 1)[:, None]
    below = np.arange(1, DRAWS + 1) / (DRAWS + 1)
    tails = np.minimum(binom.cdf(counts, trials, below), binom.sf(counts - 1, trials, below))

    def departure(histogram: npt.NDArray[Any]) -> FloatArray:
        reached = np.cumsum(histogram, axis=1)[:, :-1]
        return np.asarray(tails[reached, np.arange(DRAWS)].min(axis=1))

    fair = np.full(DRAWS + 1, 1 / (DRAWS + 1))
    uniform = np.sort(departure(np.random.default_rng(0).multinomial(trials, fair, size=simulated)))
    own = departure(np.array([np.bincount(column, minlength=DRAWS + 1) for column in ranks.T]))
    return np.asarray((1 + np.searchsorted(uniform, own * (1 + 1e-12), side="right")) / (1 + simulated))


def holm(tests: FloatArray) -> FloatArray:
    """p-values as they are when as many tests were made at once, by Holm's method."""
    from statsmodels.stats.multitest import multipletests

    return np.asarray(multipletests(tests, method="holm")[1])


def _within(ranks: Ranks) -> npt.NDArray[np.bool_]:
    """Whether the truth lies in the middle `LEVEL` of the draws."""
    edge = round((1 - LEVEL) / 2 * (DRAWS + 1))
    return np.asarray((ranks >= edge) & (ranks <= DRAWS - edge))


def _sound(kept: Trial, constants: int) -> bool:
    """Whether what was kept is a trial of so many constants, or none; anything else is made again."""
    return (len(kept.places), len(kept.ranks)) in ((0, 0), (constants, constants + 1))
