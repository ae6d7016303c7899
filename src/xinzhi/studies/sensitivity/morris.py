"""Morris screening: elementary effects along random trajectories, by SALib (Morris 1991; Campolongo et al. 2007)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.simulate import FloatArray
from xinzhi.studies.sensitivity.sobol import problem

LEVELS = 4


@dataclass(frozen=True, eq=False)
class ElementaryEffects:
    """Mean effect, mean absolute effect with its interval's half-width, standard deviation: (outputs, inputs) each.

    An effect is the output's change, in its unit, when the input crosses its whole prior.
    """

    mean: FloatArray
    absolute: FloatArray
    absolute_error: FloatArray
    spread: FloatArray


def morris_sample(inputs: int, trajectories: int, seed: int) -> FloatArray:
    """Trajectories of shares on `LEVELS` levels: shape (trajectories * (inputs + 1), inputs)."""
    from SALib.sample import morris

    generator = np.random.default_rng(seed)
    return np.asarray(morris.sample(problem(inputs), trajectories, num_levels=LEVELS, seed=generator))


def elementary_effects(shares: FloatArray, values: FloatArray, seed: int) -> ElementaryEffects:
    """The effects from a sample (members, inputs) and its outputs (members, outputs)."""
    from SALib.analyze import morris

    measures = []
    for column in values.T:
        indices = morris.analyze(problem(shares.shape[1]), shares, np.ascontiguousarray(column), num_levels=LEVELS,
                                 seed=np.random.default_rng([seed, 1]))  # fmt: skip
        measures.append([np.asarray(indices[name], float) for name in ("mu", "mu_star", "mu_star_conf", "sigma")])
    return ElementaryEffects(*np.array(measures).transpose(1, 0, 2))


def ranked(absolute: FloatArray) -> NDArray[np.int_]:
    """The inputs by how much of all that moves an output they do, in the outputs' mean, largest first.

    ``absolute`` are mean absolute effects (outputs, inputs). Outputs that nothing moves say nothing.
    """
    totals = absolute.sum(axis=1, keepdims=True)
    shares = np.divide(absolute, totals, out=np.zeros_like(absolute), where=totals > 0)
    return np.argsort(-shares.mean(axis=0), kind="stable")
