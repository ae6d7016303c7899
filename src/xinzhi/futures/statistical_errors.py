"""How a series' figures may differ from a run: the series' own errors, and growth that is never quite steady."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from xinzhi.content.content import Content
from xinzhi.content.history import Observation
from xinzhi.futures.system import covariance
from xinzhi.simulate import FloatArray


@dataclass(frozen=True, eq=False)
class Predicted:
    """The logarithms of the figures to come, given a run: normal with ``means``, (years, members), and ``covariance``,
    (years, years), which holds for each member."""

    means: FloatArray
    covariance: FloatArray

    @property
    def finite(self) -> Predicted:
        """Without the members that gave no number."""
        return Predicted(self.means[:, np.isfinite(self.means).all(axis=0)], self.covariance)

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """One figure a year and member, shape (years, members)."""
        count = self.means.shape[1]
        noise = rng.multivariate_normal(np.zeros(len(self.covariance)), self.covariance, size=count).T
        return np.asarray(self.means + noise)

    def log_likelihood(self, logs: FloatArray) -> FloatArray:
        """Of the figures that came, (years,), up to a constant, for each member."""
        off = logs[:, None] - self.means
        return np.asarray(-0.5 * (off * np.linalg.solve(self.covariance, off)).sum(axis=0))


def predict(
    content: Content, name: str, logs: FloatArray, first: int, known: Sequence[Observation],
    later: Sequence[Observation],
) -> Predicted:  # fmt: skip
    """What a run says of the figures ``later``, given its misfit to those ``known``.

    ``logs`` are the run's logarithms in the indicator's unit, (years from ``first``, members). Figures that the shock
    is solved from are met by every run and say nothing of its misfit. Of the later ones only year and status are used.
    """
    assert content.fit is not None
    own, shock = content.fit.series[name], content.fit.shock
    solved = shock.years if shock is not None and shock.indicator == name else ()
    before = [it for it in known if it.time >= first and it.time not in solved]
    spread, count = covariance(own, [*before, *later]), len(before)
    gain = np.linalg.solve(spread[:count, :count], spread[:count, count:]).T
    misfit = np.log([it.value for it in before])[:, None] - logs[[it.time - first for it in before]]
    means = logs[[it.time - first for it in later]] + gain @ misfit
    left = spread[count:, count:] - gain @ spread[:count, count:]
    return Predicted(means, left + _drift(content, known, later))


def _drift(content: Content, known: Sequence[Observation], later: Sequence[Observation]) -> FloatArray:
    """Of a random walk from the last known figure: no trend of the past is sure to go on.

    Its yearly step is as uneven as growth has been from one year to the next, the shock's years left aside.
    """
    assert content.fit is not None
    shock = () if content.fit.shock is None else content.fit.shock.years
    growth = [
        float(np.log(after.value / before.value))
        for before, after in pairwise(known)
        if after.time == before.time + 1 and after.time not in shock
    ]
    step = float(np.std(np.diff(growth))) / np.sqrt(2) if len(growth) > 2 else 0.0
    years = np.array([it.time - known[-1].time for it in later])
    return np.asarray(step**2 * np.minimum(years[:, None], years[None, :]))
