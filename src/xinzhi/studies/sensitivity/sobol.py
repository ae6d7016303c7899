"""Sobol' indices of first and total order with bootstrap intervals, for all outputs at once.

The sample is SALib's. The estimators are SALib's too (Saltelli et al. 2010), written for many outputs and resamples: a
resample is a vector of counts, so that all of them are one product with a sparse matrix, which adds up in the same
order on any number of threads, as BLAS does not (docs/decisions/0009-sensitivity.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from xinzhi.simulate import FloatArray

RESAMPLES = 100
CONFIDENCE = 0.95
_OUTPUTS = 4  # a block: bounds the memory


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """First and total order with the half-widths of their 95 % intervals, each of shape (outputs, inputs)."""

    first: FloatArray
    first_error: FloatArray
    total: FloatArray
    total_error: FloatArray


def sobol_sample(inputs: int, base: int, seed: int) -> FloatArray:
    """Scrambled Sobol' points for first and total order: shape (base * (inputs + 2), inputs)."""
    from SALib.sample import sobol

    return np.asarray(sobol.sample(problem(inputs), base, calc_second_order=False, seed=np.random.default_rng(seed)))


def sobol_indices(values: FloatArray, inputs: int, seed: int, resamples: int = RESAMPLES) -> SobolIndices:
    """The indices from outputs of shape (base * (inputs + 2), outputs), in the sample's order. 0 for a constant output.

    Resamples are drawn as SALib draws them, so that the same generator gives the same intervals.
    """
    base = len(values) // (inputs + 2)
    drawn = np.random.default_rng([seed, 1]).integers(base, size=(base, resamples))
    counts = np.stack([np.ones(base), *(np.bincount(column, minlength=base) for column in drawn.T)])
    rows = scipy.sparse.csr_array(counts / base)  # the sample itself, then its resamples
    blocks = np.array_split(np.arange(values.shape[1]), -(-values.shape[1] // _OUTPUTS))
    found = [_of_block(values[:, block].reshape(base, inputs + 2, -1), rows) for block in blocks]
    return SobolIndices(*(np.concatenate(parts, axis=-1).T for parts in zip(*found, strict=True)))


def _of_block(
    values: FloatArray, rows: scipy.sparse.csr_array
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Of outputs (base, inputs + 2, outputs): each index and half-width, shape (inputs, outputs)."""
    spread = values.std(axis=(0, 1))
    scaled = (values - values.mean(axis=(0, 1))) / np.where(spread > 0, spread, 1.0)
    a, mixed, b = scaled[:, 0], scaled[:, 1:-1], scaled[:, -1]
    products = np.stack([b[:, None] * (mixed - a[:, None]), 0.5 * (a[:, None] - mixed) ** 2], axis=1)
    means = (rows @ products.reshape(len(values), -1)).reshape(-1, *products.shape[1:])
    moments = rows @ np.hstack([a + b, a**2 + b**2]) / 2
    variance = moments[:, a.shape[1] :] - moments[:, : a.shape[1]] ** 2
    constant = (variance <= np.finfo(float).eps)[:, None, None]
    indices = np.where(constant, 0.0, means / np.where(constant, 1.0, variance[:, None, None]))
    width = scipy.stats.norm.ppf(0.5 + CONFIDENCE / 2) * indices[1:].std(axis=0, ddof=1)
    return indices[0, 0], width[0], indices[0, 1], width[1]


def problem(inputs: int) -> dict[str, object]:
    """SALib's description of inputs that are shares 0..1."""
    return {"num_vars": inputs, "names": [f"x{number}" for number in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}
