"""PAWN: how far an output's distribution moves when an input is known to be in a tenth of its range.

The index is the median, over the slides, of the Kolmogorov-Smirnov distance between the output's distribution within
a slide and in the whole sample (Pianosi and Wagener 2018), as SALib reckons it, for all outputs at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.simulate import FloatArray
from xinzhi.studies.sensitivity.sobol import problem

SLIDES = 10


@dataclass(frozen=True, eq=False)
class PawnIndices:
    """Median and largest distance, 0..1, each of shape (outputs, inputs).

    ``noise`` (outputs,) is the median distance of an input that moves nothing: below it is nothing to be seen.
    """

    median: FloatArray
    largest: FloatArray
    noise: FloatArray


def latin_sample(inputs: int, members: int, seed: int) -> FloatArray:
    """A Latin hypercube of shares, shape (members, inputs)."""
    from SALib.sample import latin

    return np.asarray(latin.sample(problem(inputs), members, seed=np.random.default_rng(seed)))


def pawn_indices(shares: FloatArray, values: FloatArray, seed: int) -> PawnIndices:
    """The indices from any sample (members, inputs) and its outputs (members, outputs)."""
    dummy = np.random.default_rng([seed, 1]).random((len(shares), 1))
    slides = np.stack([_slides(column) for column in np.hstack([shares, dummy]).T])
    distances = np.stack([_distances(slides, column) for column in values.T])
    median, largest = np.median(distances, axis=2), distances.max(axis=2)
    return PawnIndices(median[:, :-1], largest[:, :-1], median[:, -1])


def _slides(shares: FloatArray) -> FloatArray:
    """The slide of each member by the quantiles of the sample, as SALib cuts it: the largest share is in none."""
    edges = np.quantile(shares, np.arange(0, 1 + 1 / SLIDES, 1 / SLIDES))
    return np.asarray(np.searchsorted(edges, shares, side="right") - 1)


def _distances(slides: FloatArray, values: FloatArray) -> FloatArray:
    """Kolmogorov-Smirnov distances of one output, shape (inputs, slides)."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    ends = np.append(ordered[1:] != ordered[:-1], True)  # where a run of equal values ends
    whole = (np.arange(len(values)) + 1) / len(values)
    out = np.empty((len(slides), SLIDES))
    for row, slide in enumerate(slides[:, order]):
        for number in range(SLIDES):
            within = np.cumsum(slide == number)
            out[row, number] = np.abs(within / max(within[-1], 1) - whole)[ends].max()
    return out
