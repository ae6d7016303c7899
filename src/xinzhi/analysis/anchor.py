"""Anchoring: the region's numbers are set so that the model starts where the statistics are.

Named constants, one for each statistic, are solved for together: a least-squares fit of as many equations as unknowns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from xinzhi.content.anchor_file import Anchor
from xinzhi.content.project import Content
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.simulate import FloatArray, Simulator

STEP = 1e-5  # of a constant's logarithm, for slopes
WIDEST = 5.0  # a constant may move by e to this, or by ten times its range
MET = 1e-3
_FAILED = 10.0  # of a run that gave no number


@dataclass(frozen=True)
class Anchored:
    """One anchor solved: the constant (model unit) and its indicator (declared unit) before and after."""

    anchor: Anchor
    old: float
    new: float
    before: float
    after: float

    @property
    def status(self) -> str:
        """How sure the constant is now: derived from a statistic, or from an assumption."""
        return "assumed" if self.anchor.observed.status == "assumed" else "estimated"

    @property
    def met(self) -> bool:
        """Whether the statistic is met to a thousandth."""
        return abs(self.after - self.anchor.observed.value) <= MET * abs(self.anchor.observed.value)


def anchor(content: Content, simulator: Simulator, anchors: Mapping[str, Anchor]) -> tuple[Anchored, ...]:
    """Solve for all ``anchors`` at once, in the baseline. Raises `ContentError` where there is none."""
    if not anchors:
        raise ContentError(Problem(None, msg("there is nothing to anchor"), msg("write calibration/anchors.yaml")))
    system = _System(content, simulator, tuple(anchors.values()))
    start = np.zeros(len(anchors))
    found = least_squares(
        system.residuals, start, jac=system.slopes, bounds=(-WIDEST, WIDEST), xtol=1e-12, ftol=1e-14, max_nfev=60
    )
    before, after = system.outputs(start[:, None])[:, 0], system.outputs(found.x[:, None])[:, 0]
    values = system.values(found.x[:, None])[:, 0]
    return tuple(
        Anchored(item, float(old), float(new), float(first), float(last))
        for item, old, new, first, last in zip(system.anchors, system.old, values, before, after, strict=True)
    )


class _System:
    """The equations: unknowns are logarithms of factors, or steps of a constant that may be 0 or below."""

    def __init__(self, content: Content, simulator: Simulator, anchors: tuple[Anchor, ...]) -> None:
        self.anchors, self.simulator = anchors, simulator
        constants = [content.model.variables[item.constant] for item in anchors]
        self.old = np.array([variable.value for variable in constants], dtype=np.float64)
        spans = [(v.high - v.low) / 2 if v.low is not None and v.high is not None else 0.0 for v in constants]
        self.steps = np.maximum(np.array(spans), np.maximum(0.1 * np.abs(self.old), 1e-3))
        positive = [v.low is None or v.low > 0 for v in constants]
        self.factors = (self.old > 0) & np.array(positive)
        self.indicators = [content.indicators[item.indicator] for item in anchors]
        self.rows = [simulator.years.index(item.observed.time) for item in anchors]
        self.observed = np.array([item.observed.value for item in anchors])

    def values(self, unknowns: FloatArray) -> FloatArray:
        """The constants, shape (anchors, members), for unknowns of that shape."""
        old, steps, factors = self.old[:, None], self.steps[:, None], self.factors[:, None]
        logarithms = np.where(factors, unknowns, 0.0)
        values: FloatArray = np.where(factors, old * np.exp(logarithms), old + steps * unknowns)
        return values

    def outputs(self, unknowns: FloatArray) -> FloatArray:
        """The indicators in their units and years, shape (anchors, members); NaN where a run failed."""
        names = [item.constant for item in self.anchors]
        variables = [indicator.variable for indicator in self.indicators]
        values = self.simulator.run_members(dict(zip(names, self.values(unknowns), strict=True)), variables)
        factors = np.array([indicator.factor for indicator in self.indicators])
        found: FloatArray = np.array([values[i, row] for i, row in enumerate(self.rows)]) * factors[:, None]
        return found

    def residuals(self, unknowns: FloatArray) -> FloatArray:
        """Relative errors, shape (anchors,)."""
        return self._errors(unknowns[:, None])[:, 0]

    def slopes(self, unknowns: FloatArray) -> FloatArray:
        """Derivatives of `residuals`, all in one batch of members, shape (anchors, anchors)."""
        count = len(unknowns)
        both = np.concatenate([np.eye(count), -np.eye(count)], axis=1) * STEP + unknowns[:, None]
        errors = self._errors(both)
        return (errors[:, :count] - errors[:, count:]) / (2 * STEP)

    def _errors(self, unknowns: FloatArray) -> FloatArray:
        outputs, observed = self.outputs(unknowns), self.observed[:, None]
        positive = (outputs > 0) & (observed > 0)
        scale = np.maximum(np.abs(observed), 1e-9)
        with np.errstate(invalid="ignore", divide="ignore"):
            errors = np.where(positive, np.log(np.abs(outputs / scale)), (outputs - observed) / scale)
        finite: FloatArray = np.nan_to_num(errors, nan=_FAILED, posinf=_FAILED, neginf=-_FAILED)
        return finite
