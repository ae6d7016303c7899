"""A whole fit: the optimum, the posterior, what history identifies, and draws that start at the statistics."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from xinzhi.arguments import MOST_SEED, whole
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.fitted import Estimate, inputs_hash
from xinzhi.futures.code import analysis_hash
from xinzhi.futures.fit_dependence import fingerprint
from xinzhi.futures.priors import quantile
from xinzhi.futures.reanchor import Reanchored, reanchor
from xinzhi.futures.system import System, build_system
from xinzhi.simulate import FloatArray, Simulator
from xinzhi.studies.fit.optimum import Optimum, descend, find_optimum
from xinzhi.studies.fit.sampler import Diagnostics, Effort, Progress, diagnose, sample, thinned

if TYPE_CHECKING:
    import pandas as pd

KEPT = 1000  # draws
UNLEARNED = 0.1  # a posterior narrower than its prior by less than a tenth says nothing that the prior did not
RISE = 1.92  # of a profile's loss, at the end of its 95 % interval
PROFILED = 2.0  # standard deviations of the prior to each side


@dataclass(frozen=True)
class ConstantFit:
    """What the fit says of a constant, in the model's unit: the optimum, and 5, 50 and 95 % of prior and posterior.

    ``learned`` is by how much the posterior is narrower than the prior (0 nothing, 1 all), both as unknowns.
    ``profile`` is closed where the likelihood alone bounds it on both sides within two deviations of the prior, half
    where on one, open where on none.
    """

    name: str
    optimum: float
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    learned: float
    profile: str
    diagnostics: Diagnostics

    @property
    def identified(self) -> bool:
        return self.learned >= UNLEARNED

    @property
    def estimate(self) -> Estimate:
        """The same as calibration/fitted.yaml holds it."""
        told = self.diagnostics
        return Estimate(self.optimum, self.prior, self.posterior, self.learned, self.identified, self.profile,
                        told.rhat, told.bulk, told.tail)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Fitting(Brief):
    """A fit: its recipe, the constants, the draws that are kept (anchored once) and how they were made.

    ``chains`` are all draws of the unknowns, shape (runs, draws, walkers, unknowns).
    """

    inputs: str
    depends: str
    seed: int
    effort: Effort
    optimum: Optimum
    constants: tuple[ConstantFit, ...]
    at_edge: tuple[str, ...]
    chains: FloatArray
    draws: Mapping[str, FloatArray]
    anchored: Reanchored

    def brief(self) -> str:
        return f"{len(self.constants)} constants, {len(self.anchored.met)} draws, seed {self.seed}"

    @property
    def sound(self) -> bool:
        return all(it.diagnostics.sound for it in self.constants)

    def to_pandas(self) -> pd.DataFrame:
        """A row a constant: optimum, 5, 50 and 95 % of prior and posterior, what was learned, diagnostics."""
        from xinzhi.studies.fit.words import fit_table

        return fit_table(self, "en").frame()


def fit(
    content: Content, simulator: Simulator, seed: int, effort: Effort, progress: Progress = lambda _done, _of: None
) -> Fitting:
    """Fit the constants of calibration/fit.yaml. The same seed gives the same result, also after an interruption.

    Raises `ContentError` where there is no plan, `SimulationError` where no run gives a number.
    """
    seed = whole("seed", seed, 0, MOST_SEED)
    system = build_system(content, simulator)
    inputs = inputs_hash(content.folder)
    optimum = find_optimum(system, seed)
    draws = sample(system, optimum, seed, effort, simulator.store, f"fit-{_key(inputs, system)}", progress)
    flat = draws.reshape(-1, draws.shape[-1]).T
    chosen = system.constants(thinned(draws, min(KEPT, flat.shape[1]), seed))
    corrected = system.with_shock(chosen)
    anchored = reanchor(content, system.compiled, corrected, seed)
    best = system.constants(optimum.unknowns[:, None])
    constants = []
    for index, (name, diagnostics) in enumerate(zip(system.names, diagnose(draws), strict=True)):
        prior, row = system.priors[index], flat[index]
        middle = np.array([0.05, 0.5, 0.95])
        after = quantile(prior, scipy.special.ndtr(np.quantile(row, middle)))
        constants.append(
            ConstantFit(
                name=name,
                optimum=float(best[name][0]),
                prior=_three(quantile(prior, middle)),
                posterior=_three(after),
                learned=float(1 - row.std()),
                profile=profile(system, optimum, index),
                diagnostics=diagnostics,
            )
        )
    edge = tuple(optimum.at_edge(system.names))
    return Fitting(
        inputs, fingerprint(content), seed, effort, optimum, tuple(constants), edge, draws, corrected, anchored
    )


def _key(inputs: str, system: System) -> str:
    """Names the sampler's chunks: the files, the figures, which need not be the files' own, and the program."""
    digest = hashlib.sha256(f"{inputs} {analysis_hash()}".encode())
    for it in system.evidence:
        digest.update(repr((it.indicator, it.years, it.logs.tolist())).encode())
    return digest.hexdigest()[:32]


def profile(system: System, optimum: Optimum, index: int) -> str:
    """Whether the likelihood alone bounds an unknown: the others are free under their priors, its own is left out."""
    centre = descend_profile(system, optimum, index, float(optimum.unknowns[index]))
    losses = [descend_profile(system, optimum, index, place) for place in (-PROFILED, PROFILED)]
    least = min(centre, *losses)
    closed = sum(loss - least > RISE for loss in losses)
    return ("open", "half", "closed")[closed]


def descend_profile(system: System, optimum: Optimum, index: int, place: float) -> float:
    """The least loss with one unknown held at ``place``."""
    start = optimum.unknowns.copy()
    start[index] = place
    return descend(system, start, held=index)[0]


def _three(values: FloatArray) -> tuple[float, float, float]:
    low, middle, high = (float(value) for value in values)
    return low, middle, high
