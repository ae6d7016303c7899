"""The most probable constants: least squares from many starts, each Jacobian one batch of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from xinzhi.errors import Place, Problem, SimulationError, msg
from xinzhi.futures.system import WIDEST, System
from xinzhi.simulate import FloatArray

STARTS = 16
STEP = 1e-4
_FAILED = 1e3  # a residual of a run that gave no number
EDGE = 2.5  # beyond so many standard deviations of its prior an optimum is at its edge


@dataclass(frozen=True)
class Optimum:
    """The most probable unknowns, shape (unknowns,), and ``spread``, the covariance there, (unknowns, unknowns).

    ``losses`` are those of all starts, least first: half the sum of squares.
    """

    unknowns: FloatArray
    spread: FloatArray
    losses: tuple[float, ...]

    def at_edge(self, names: Sequence[str]) -> list[str]:
        """The constants that history draws to the edge of their priors."""
        return [name for name, value in zip(names, self.unknowns, strict=True) if abs(value) > EDGE]


def find_optimum(
    system: System, seed: int, *, starts: int = STARTS, logs: Sequence[FloatArray] | None = None
) -> Optimum:
    """The best of ``starts`` descents, one from the model's own constants, the others drawn from the priors.

    The same seed gives the same optimum. Raises `SimulationError` where no run from any start gives a number.
    """
    draws = np.random.default_rng(seed).normal(size=(len(system.names), max(starts * 4, 64)))
    draws[:, 0] = system.start
    sound = np.flatnonzero(np.isfinite(system.log_posterior(draws)))
    if not sound.size:
        raise no_number()
    descents = [descend(system, draws[:, number], logs) for number in sound[:starts]]
    best = min(descents, key=lambda pair: pair[0])
    slopes = jacobian(system, best[1], logs)
    spread = np.asarray(np.linalg.inv(slopes.T @ slopes), dtype=float)
    return Optimum(best[1], spread, tuple(sorted(loss for loss, _ in descents)))


def no_number() -> SimulationError:
    """The error of a plan whose priors let no run through."""
    return SimulationError(
        Problem(
            Place("calibration/fit.yaml"),
            msg("no run within the priors gives a number for every series"),
            msg("narrow the priors, beginning with the widest"),
        )
    )


def descend(
    system: System, start: FloatArray, logs: Sequence[FloatArray] | None = None, held: int | None = None
) -> tuple[float, FloatArray]:
    """The loss and the unknowns at the foot of one descent; the unknown ``held`` stays, and its prior is left out."""
    free = np.array([index for index in range(len(start)) if index != held])

    def whole(some: FloatArray) -> FloatArray:
        unknowns = start.copy()
        unknowns[free] = some
        return unknowns

    def errors(some: FloatArray) -> FloatArray:
        return np.concatenate([_errors(system, whole(some)[:, None], logs)[:, 0], some])

    def slopes(some: FloatArray) -> FloatArray:
        return jacobian(system, whole(some), logs, held)

    inside = np.clip(start[free], 1e-6 - WIDEST, WIDEST - 1e-6)
    found = scipy.optimize.least_squares(
        errors, inside, jac=slopes, bounds=(-WIDEST, WIDEST), max_nfev=60, xtol=1e-8, ftol=1e-8
    )
    return float(found.cost), whole(found.x)


def jacobian(
    system: System, unknowns: FloatArray, logs: Sequence[FloatArray] | None = None, held: int | None = None
) -> FloatArray:
    """Derivatives of residuals and priors, in one batch: shape (figures + unknowns, unknowns)."""
    count = len(unknowns)
    both = np.concatenate([np.eye(count), -np.eye(count)], axis=1) * STEP + unknowns[:, None]
    errors = _errors(system, both, logs)
    slopes = np.concatenate([(errors[:, :count] - errors[:, count:]) / (2 * STEP), np.eye(count)])
    if held is None:
        return slopes
    return np.delete(np.delete(slopes, len(errors) + held, axis=0), held, axis=1)


def _errors(system: System, unknowns: FloatArray, logs: Sequence[FloatArray] | None) -> FloatArray:
    found: FloatArray = np.nan_to_num(system.residuals(unknowns, logs), nan=_FAILED, posinf=_FAILED, neginf=-_FAILED)
    return found
