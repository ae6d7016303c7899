"""PRIM, the patient rule induction method (Friedman and Fisher 1999), as scenario discovery uses it.

Peeling, pasting, objective and quasi-p-values are those of the EMA Workbench (Kwakkel 2017; BSD licence), for numeric
inputs and a yes-or-no outcome; tests hold every step of a trajectory to it. Why it is not that library itself:
docs/decisions/0010-discovery.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from xinzhi.simulate import FloatArray

ALPHA = 0.05  # share of a box that one peel takes away, and one paste adds
SMALLEST = 0.05  # share of all cases that a box must hold
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Step:
    """One box of a trajectory.

    ``low`` and ``high`` are its ends, shape (inputs,); ``inside`` the cases in it, shape (cases,). ``coverage`` is its
    share of all cases of interest, ``density`` the share of interest in it, ``mass`` its share of all cases.
    ``quasi_p`` has shape (2, inputs): for the low and the high end, how likely so dense a box were if that end had not
    been limited (Bryant and Lempert 2010, a one-sided binomial test); NaN where it is not.
    """

    low: FloatArray
    high: FloatArray
    inside: Bools
    coverage: float
    density: float
    mass: float
    quasi_p: FloatArray

    @property
    def restricted(self) -> tuple[int, ...]:
        """The inputs with an end that is limited."""
        return tuple(int(column) for column in np.flatnonzero(~np.isnan(self.quasi_p).all(axis=0)))


@dataclass(frozen=True, eq=False)
class Cases:
    """What is searched: inputs ``x``, shape (cases, inputs); ``of_interest`` and, of all, the cases still ``left``,
    both of shape (cases,)."""

    x: FloatArray
    of_interest: Bools
    left: Bools

    def within(self, low: FloatArray, high: FloatArray) -> Bools:
        """Which of the cases that are left lie in a box, ends included."""
        first, last = self.ends
        inside = self.left.copy()
        for column in np.flatnonzero(low > first):  # no case lies beyond an end that is not limited
            inside &= self._columns[column] >= low[column]
        for column in np.flatnonzero(high < last):
            inside &= self._columns[column] <= high[column]
        return inside

    @cached_property
    def _columns(self) -> FloatArray:
        """``x`` by input, each in one piece of memory: a trajectory compares them thousands of times."""
        return np.ascontiguousarray(self.x.T)

    @cached_property
    def ends(self) -> tuple[FloatArray, FloatArray]:
        """The box of all cases."""
        return self.x.min(axis=0), self.x.max(axis=0)


def trajectory(cases: Cases) -> list[Step]:
    """Boxes from all that is left to the smallest: each takes away the twentieth that makes the mean rise most for
    the cases lost; then, while the mean still rises, boxes that a little was pasted back to."""
    low, high = cases.ends
    inside = cases.left.copy()
    steps = [_step(cases, low, high, inside)]
    for moves in (_peels, _pastes):
        while (found := _best(cases, steps[-1], moves(cases, steps[-1]), grow=moves is _pastes)) is not None:
            steps.append(_step(cases, *found))
    return steps


def freed(cases: Cases, box: Step, column: int) -> Step:
    """The box without its limits on one input."""
    low, high = box.low.copy(), box.high.copy()
    low[column], high[column] = (ends[column] for ends in cases.ends)
    return _step(cases, low, high, cases.within(low, high))


def quasi_quantile(sorted_columns: FloatArray, share: float) -> FloatArray:
    """The sdtoolkit's quantile of each column: halfway between two neighbours that differ, shape (inputs,)."""
    last = len(sorted_columns) - 1
    place = last * share
    below, above = int(np.floor(place)), int(np.ceil(place))
    quantiles = (sorted_columns[below] + sorted_columns[above]) / 2
    for column in np.flatnonzero(sorted_columns[below] == sorted_columns[above]):
        values = sorted_columns[:, column]
        if share > 0.5:
            other = max(int(np.searchsorted(values, values[below], "left")) - 1, 0)
        else:
            other = min(int(np.searchsorted(values, values[above], "right")), last)
        quantiles[column] = (values[other] + values[above if share > 0.5 else below]) / 2
    return np.asarray(quantiles)


Move = tuple[FloatArray, FloatArray, Bools]


def _peels(cases: Cases, box: Step) -> Iterator[Move]:
    """Every input's upper twentieth taken away, and its lower one."""
    inside = np.flatnonzero(box.inside)
    x = cases.x[inside]
    ordered = np.sort(x, axis=0)
    upper, lower = quasi_quantile(ordered, 1 - ALPHA), quasi_quantile(ordered, ALPHA)
    for column in range(x.shape[1]):
        for ends, keep in ((upper, x[:, column] <= upper[column]), (lower, x[:, column] >= lower[column])):
            low, high, kept = box.low.copy(), box.high.copy(), np.zeros(len(cases.x), dtype=bool)
            (high if ends is upper else low)[column] = ends[column]
            kept[inside[keep]] = True
            yield low, high, kept


def _pastes(cases: Cases, box: Step) -> Iterator[Move]:
    """Every restricted input's box with a twentieth of what lies beyond an end."""
    first, last = cases.ends
    for column in box.restricted:
        for side in (0, 1):
            low, high = box.low.copy(), box.high.copy()
            beyond_low, beyond_high = low.copy(), high.copy()
            if side == 0:
                beyond_low[column], beyond_high[column] = first[column], low[column]
            else:
                beyond_low[column], beyond_high[column] = high[column], last[column]
            beyond = np.sort(cases.x[cases.within(beyond_low, beyond_high), column])[:, None]
            edge = (first, last)[side][column]
            if len(beyond):
                edge = quasi_quantile(beyond, 1 - ALPHA if side == 0 else ALPHA)[0]
            (low, high)[side][column] = edge
            yield low, high, cases.within(low, high)


def _best(cases: Cases, box: Step, moves: Iterator[Move], *, grow: bool) -> Move | None:
    """The move with the largest rise of the mean per case lost or won, of equal ones that with the fewest restricted
    inputs, of these the first; None where it is no rise or the box would be too small."""
    first, last = cases.ends
    size = int(box.inside.sum())
    best, score = None, (0.0, -1)
    for low, high, inside in moves:
        count = int(inside.sum())
        if count == size:
            continue
        mean = cases.of_interest[inside].mean() if count else 0.0
        rise = (mean - box.density) / abs(size - count)
        free = int(((low == first) & (high == last)).sum())
        if (rise, free) > score and rise > 0:
            best, score = (low, high, inside), (rise, free)
    if best is None:
        return None
    count = int(best[2].sum())
    return best if count / len(cases.x) >= SMALLEST and (count > size) == grow else None


def _step(cases: Cases, low: FloatArray, high: FloatArray, inside: Bools) -> Step:
    count, hits = int(inside.sum()), int(cases.of_interest[inside].sum())
    return Step(
        low=low,
        high=high,
        inside=inside,
        coverage=hits / int(cases.of_interest.sum()),
        density=hits / count,
        mass=count / len(cases.x),
        quasi_p=_quasi_p(cases, low, high, hits, count),
    )


def _quasi_p(cases: Cases, low: FloatArray, high: FloatArray, hits: int, count: int) -> FloatArray:
    from scipy.stats import binom

    first, last = cases.ends
    shares = np.full((2, len(low)), np.nan)  # of interest, in the box that one end less is limited of
    for side, (ends, free) in enumerate(((low, first), (high, last))):
        for column in np.flatnonzero(ends != free):
            without = (low.copy(), high.copy())
            without[side][column] = free[column]
            shares[side, column] = cases.of_interest[cases.within(*without)].mean()
    limited = ~np.isnan(shares)
    found = np.full_like(shares, np.nan)
    found[limited] = np.minimum(binom.sf(hits - 1, count, shares[limited]), 1.0)
    return found
