"""Priors as functions: a share of the probability to a value, and back."""

from __future__ import annotations

import numpy as np
import scipy

from xinzhi.content.prior_file import Prior
from xinzhi.simulate import FloatArray


def quantile(prior: Prior, share: FloatArray) -> FloatArray:
    """The value below which ``share`` (0..1, any shape) of the prior lies, in the prior's unit."""
    width = prior.high - prior.low
    if prior.kind == "uniform":
        return prior.low + width * share
    if prior.kind == "triangular":
        assert prior.mode is not None
        turn = (prior.mode - prior.low) / width
        rising = prior.low + width * np.sqrt(share * turn)
        falling = prior.high - width * np.sqrt((1 - share) * (1 - turn))
        return np.asarray(np.where(share < turn, rising, falling))
    if prior.kind == "discrete":
        assert prior.values is not None and prior.weights is not None
        places = np.searchsorted(np.cumsum(prior.weights)[:-1], share, side="right")
        return np.asarray(prior.values)[places]
    if prior.kind in ("beta", "pert"):
        return np.asarray(prior.low + width * scipy.special.betaincinv(*_shapes(prior), share))
    centre, sd, low, high = _normal(prior)
    ends = scipy.special.ndtr((low - centre) / sd), scipy.special.ndtr((high - centre) / sd)
    value = np.clip(centre + sd * scipy.special.ndtri(ends[0] + share * (ends[1] - ends[0])), low, high)
    return np.asarray(np.exp(value) if prior.kind == "lognormal" else value)


def draw(prior: Prior, rng: np.random.Generator, count: int) -> FloatArray:
    """Independent draws, shape (``count``,), in the prior's unit.

    Triangular ones by Stein and Keblis 2009, who mix the smaller and the larger of two uniform numbers: no root, no
    branch, four times as quick as by `quantile`.
    """
    row = rng.random(count)
    if prior.kind != "triangular":
        return quantile(prior, row)
    assert prior.mode is not None
    second, width = rng.random(count), prior.high - prior.low
    turn = (prior.mode - prior.low) / width
    larger = np.maximum(row, second)
    np.minimum(row, second, out=row)
    larger *= turn * width
    row *= (1 - turn) * width
    row += larger
    row += prior.low
    return row


def probability(prior: Prior, value: float) -> float:
    """The share of the prior below ``value``; the inverse of `quantile`."""
    if not prior.low < value < prior.high:
        return float(value >= prior.high)
    width = prior.high - prior.low
    if prior.kind == "uniform":
        return (value - prior.low) / width
    if prior.kind == "triangular":
        assert prior.mode is not None
        if value < prior.mode:
            return (value - prior.low) ** 2 / (width * (prior.mode - prior.low))
        return 1 - (prior.high - value) ** 2 / (width * (prior.high - prior.mode))
    if prior.kind == "discrete":
        assert prior.values is not None and prior.weights is not None
        return float(sum(weight for it, weight in zip(prior.values, prior.weights, strict=True) if it <= value))
    if prior.kind in ("beta", "pert"):
        return float(scipy.special.betainc(*_shapes(prior), (value - prior.low) / width))
    centre, sd, low, high = _normal(prior)
    at = np.log(value) if prior.kind == "lognormal" else value
    ends = scipy.special.ndtr((low - centre) / sd), scipy.special.ndtr((high - centre) / sd)
    return float((scipy.special.ndtr((at - centre) / sd) - ends[0]) / (ends[1] - ends[0]))


def _shapes(prior: Prior) -> tuple[float, float]:
    """Of the beta distribution; PERT's as Malcolm et al. 1959 have them."""
    if prior.kind == "beta":
        assert prior.alpha is not None and prior.beta is not None
        return prior.alpha, prior.beta
    assert prior.mode is not None
    turn = 4 * (prior.mode - prior.low) / (prior.high - prior.low)
    return 1 + turn, 5 - turn


def _normal(prior: Prior) -> tuple[float, float, float, float]:
    """Centre, standard deviation and ends, of the logarithm if the prior is lognormal."""
    assert prior.sd is not None
    if prior.kind == "lognormal":
        assert prior.median is not None
        return float(np.log(prior.median)), prior.sd, float(np.log(prior.low)), float(np.log(prior.high))
    assert prior.mean is not None
    return prior.mean, prior.sd, prior.low, prior.high
