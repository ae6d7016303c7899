"""Draws of priors: each constant by a stream of its own name, block by block, so that a member is made of its number.

Constants that go together are joined by a Gaussian copula, group by group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy

from xinzhi.content.prior_file import Prior
from xinzhi.content.uncertainty import Correlation, correlation_matrix
from xinzhi.futures.priors import draw, quantile
from xinzhi.futures.random_streams import stream
from xinzhi.simulate import FloatArray

BLOCK = 10_000  # members whose draws of one constant come from one generator


def draw_priors(
    priors: Mapping[str, Prior], correlations: Sequence[Correlation], seed: int, start: int, stop: int
) -> dict[str, FloatArray]:
    """Draws of members ``start`` to ``stop`` - 1, in the priors' units, each of shape (stop - start,).

    A constant's are the same whatever other ``priors`` are drawn, but for those that it goes together with.
    """
    groups = correlated_groups(list(priors), correlations)
    blocks = range(start // BLOCK, (stop - 1) // BLOCK + 1)
    columns: dict[str, list[FloatArray]] = {name: [] for name in priors}
    for block in blocks:
        first = block * BLOCK
        part = slice(max(start - first, 0), stop - first)
        drawn = _correlated_block(priors, groups, correlations, seed, block)
        for name, prior in priors.items():
            row = drawn[name] if name in drawn else draw(prior, stream(seed, "prior", name, block), BLOCK)
            columns[name].append(row[part])
    return {name: rows[0] if len(rows) == 1 else np.concatenate(rows) for name, rows in columns.items()}


def _correlated_block(
    priors: Mapping[str, Prior], groups: Sequence[Sequence[str]], correlations: Sequence[Correlation], seed: int,
    block: int,
) -> dict[str, FloatArray]:  # fmt: skip
    drawn: dict[str, FloatArray] = {}
    for group in groups:
        shares = np.column_stack([stream(seed, "prior", name, block).random(BLOCK) for name in group])
        joined = correlated(shares, group, correlations)
        drawn |= {name: quantile(priors[name], row) for name, row in zip(group, joined.T, strict=True)}
    return drawn


def correlated_groups(names: Sequence[str], correlations: Sequence[Correlation]) -> list[list[str]]:
    """The ``names`` that go together, directly or through others, two or more at a time, in the correlations' order.

    A name that is added behind the others of its group moves none of them.
    """
    known, groups = set(names), list[list[str]]()
    for correlation in correlations:
        joined = [name for name in correlation.between if name in known]
        touched = [group for group in groups if set(group) & set(joined)]
        groups = [group for group in groups if group not in touched]
        groups.append(list(dict.fromkeys([*(name for group in touched for name in group), *joined])))
    return [group for group in groups if len(group) > 1]


def correlated(shares: FloatArray, names: Sequence[str], correlations: Sequence[Correlation]) -> FloatArray:
    """Shares, (runs, names), with the rank correlations of those names that have any: a Gaussian copula."""
    joined = shares.copy()
    for group in correlated_groups(names, correlations):
        root = np.linalg.cholesky(np.array(correlation_matrix(group, correlations)))
        places = [list(names).index(name) for name in group]
        scores = scipy.special.ndtri(np.clip(shares[:, places], 1e-12, 1 - 1e-12)) @ root.T
        joined[:, places] = scipy.special.ndtr(scores)
    return joined
