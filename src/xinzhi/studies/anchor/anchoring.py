"""Anchoring: the region's numbers are set so that the model starts where the statistics are.

Named constants, one for each statistic, are solved for together: a least-squares fit of as many equations as unknowns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np
import scipy

from xinzhi.brief import Brief
from xinzhi.content.anchor_file import Anchor, Anchors, Yardstick
from xinzhi.content.content import Content
from xinzhi.content.scaling import extensive
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.simulate import FloatArray, Simulator

if TYPE_CHECKING:
    import pandas as pd

STEP = 1e-5  # of an unknown, for slopes
SMALLEST_STEP = 5e-3
RATE = "1/Year"  # a trend may be found to fall
SMALLEST = 1e-9
WIDEST = 8.0  # a constant may move by e to this, or by eight times its size or half its range
MET = 1e-3
_FAILED = 10.0  # of a run that gave no number


@dataclass(frozen=True)
class Anchored:
    """One solved: the constant (model unit); what the model says before and after (an indicator's unit, or its own)."""

    anchor: Anchor | Yardstick
    old: float
    new: float
    before: float
    after: float
    low: float | None
    high: float | None

    @property
    def beyond(self) -> bool:
        """Whether the constant now lies outside its documented range, which nothing but a doubtful figure asks for."""
        return self.low is not None and self.high is not None and not self.low <= self.new <= self.high

    @property
    def wanted(self) -> float:
        """What was to be met: the statistic, or the constant itself."""
        return self.anchor.observed.value if isinstance(self.anchor, Anchor) else self.new

    @property
    def status(self) -> str:
        """How sure the constant is now: derived from a statistic or a run, or from an assumption."""
        return (
            "assumed" if isinstance(self.anchor, Anchor) and self.anchor.observed.status == "assumed" else "estimated"
        )

    @property
    def source(self) -> str | None:
        """The statistic's source; None where the constant follows the model."""
        return self.anchor.observed.source if isinstance(self.anchor, Anchor) else None

    @property
    def met(self) -> bool:
        """Whether it is met to a thousandth."""
        return abs(self.after - self.wanted) <= MET * abs(self.wanted)


@dataclass(frozen=True, repr=False)
class Anchoring(Brief, Sequence[Anchored]):
    """All of them, as a sequence; ``force``: they may be kept also where a statistic is not met."""

    content: Content
    solved: tuple[Anchored, ...]
    force: bool = False

    def brief(self) -> str:
        return f"{len(self)} constants, {sum(item.met for item in self)} met"

    def __len__(self) -> int:
        return len(self.solved)

    @overload
    def __getitem__(self, index: int) -> Anchored: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Anchored, ...]: ...
    def __getitem__(self, index: int | slice) -> Anchored | tuple[Anchored, ...]:
        return self.solved[index]

    @property
    def met(self) -> bool:
        """Whether every statistic is met."""
        return all(item.met for item in self)

    def to_pandas(self) -> pd.DataFrame:
        """A row a constant, before and after."""
        from xinzhi.studies.anchor.words import anchored_table

        return anchored_table(self.content, self, "en").frame()


def anchor(content: Content, simulator: Simulator, wanted: Anchors) -> tuple[Anchored, ...]:
    """Solve for all anchors and yardsticks at once, in the baseline. Raises `ContentError` where there is none."""
    if not wanted:
        raise ContentError(Problem(None, msg("there is nothing to anchor"), msg("write calibration/anchors.yaml")))
    equations = [
        *(_of_anchor(content, simulator, item) for item in wanted.anchors.values()),
        *(_of_yardstick(content, simulator, item) for item in wanted.yardsticks.values()),
    ]
    system = _System(simulator, equations)
    start = np.zeros(len(equations))
    solution = scipy.optimize.least_squares(
        system.residuals, start, jac=system.slopes, bounds=(-WIDEST, WIDEST), xtol=1e-12, ftol=1e-14, max_nfev=100
    )
    before, after = (system.outputs(at[:, None])[:, 0] for at in (start, solution.x))
    values = system.values(solution.x[:, None])[:, 0]
    items: tuple[Anchor | Yardstick, ...] = (*wanted.anchors.values(), *wanted.yardsticks.values())
    return tuple(
        Anchored(item, equation.old, float(new), float(first), float(last), *_range(content, equation, float(new)))
        for item, equation, new, first, last in zip(items, equations, values, before, after, strict=True)
    )


def _range(content: Content, equation: _Equation, new: float) -> tuple[float | None, float | None]:
    """The constant's range: of what grows with a region's size it moves with the value."""
    variable = content.model.variables[equation.constant]
    low, high = variable.low, variable.high
    if low is None or high is None or not extensive(variable.unit) or equation.old <= 0:
        return low, high
    return low * new / equation.old, high * new / equation.old


@dataclass(frozen=True)
class _Equation:
    """``variable`` times ``factor`` in the year of ``row`` is to be ``observed``, or the constant itself.

    The constant is ``old`` times the exponential of its unknown, or (``step`` given) ``old`` plus so many steps.
    """

    constant: str
    old: float
    step: float | None
    variable: str
    row: int
    factor: float
    observed: float | None


def _of_anchor(content: Content, simulator: Simulator, item: Anchor) -> _Equation:
    indicator = content.indicators[item.indicator]
    row = simulator.years.index(item.observed.time)
    return _equation(content, item.constant, indicator.variable, row, indicator.factor, item.observed.value)


def _of_yardstick(content: Content, simulator: Simulator, item: Yardstick) -> _Equation:
    return _equation(content, item.constant, item.variable, simulator.years.index(item.year), 1.0, None)


def _equation(
    content: Content, constant: str, variable: str, row: int, factor: float, observed: float | None
) -> _Equation:
    known = content.model.variables[constant]
    old = known.value or 0.0
    span = 0.0 if known.low is None or known.high is None else (known.high - known.low) / 2
    keeps_its_sign = old > 0 and (known.low is None or known.low > 0) and known.unit != RATE
    step = None if keeps_its_sign else max(span, abs(old), SMALLEST_STEP)
    return _Equation(constant, old, step, variable, row, factor, observed)


class _System:
    """The equations together; arrays of unknowns have the shape (equations, members)."""

    def __init__(self, simulator: Simulator, equations: Sequence[_Equation]) -> None:
        self.simulator, self.equations = simulator, equations

    def values(self, unknowns: FloatArray) -> FloatArray:
        """The constants."""
        rows = [
            equation.old * np.exp(row) if equation.step is None else equation.old + equation.step * row
            for equation, row in zip(self.equations, unknowns, strict=True)
        ]
        return np.array(rows)

    def outputs(self, unknowns: FloatArray) -> FloatArray:
        """What the model says, in the units of what was observed; NaN where a run failed."""
        columns = dict(zip((equation.constant for equation in self.equations), self.values(unknowns), strict=True))
        said = self.simulator.run_members(columns, [equation.variable for equation in self.equations])
        return np.array([said[i, equation.row] * equation.factor for i, equation in enumerate(self.equations)])

    def residuals(self, unknowns: FloatArray) -> FloatArray:
        """Relative errors, shape (equations,)."""
        errors: FloatArray = self._errors(unknowns[:, None])[:, 0]
        return errors

    def slopes(self, unknowns: FloatArray) -> FloatArray:
        """Derivatives of `residuals`, all in one batch of members, shape (equations, equations)."""
        count = len(unknowns)
        both = np.concatenate([np.eye(count), -np.eye(count)], axis=1) * STEP + unknowns[:, None]
        errors = self._errors(both)
        return (errors[:, :count] - errors[:, count:]) / (2 * STEP)

    def _errors(self, unknowns: FloatArray) -> FloatArray:
        outputs, constants = self.outputs(unknowns), self.values(unknowns)
        observed = np.array([
            constant if equation.observed is None else np.full(constant.shape, equation.observed)
            for equation, constant in zip(self.equations, constants, strict=True)
        ])  # fmt: skip
        scale = np.maximum(np.abs(observed), SMALLEST)
        with np.errstate(invalid="ignore", divide="ignore"):
            positive = (outputs > 0) & (observed > 0)
            errors = np.where(positive, np.log(np.abs(outputs / scale)), (outputs - observed) / scale)
        finite: FloatArray = np.nan_to_num(errors, nan=_FAILED, posinf=_FAILED, neginf=-_FAILED)
        return finite
