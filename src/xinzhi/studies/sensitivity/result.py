"""What every method gives: measures by target and input, what they cost, and whether the sample was large enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xinzhi.brief import Brief
from xinzhi.content.indicator import Target
from xinzhi.simulate import FloatArray, Run
from xinzhi.studies.sensitivity.inputs import Input
from xinzhi.studies.sensitivity.methods import MAIN, Method

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

NARROW = 0.05  # of an index's 95 % interval: Sarrazin, Pianosi and Wagener 2016


@dataclass(frozen=True, eq=False)
class Convergence:
    """The main index at growing parts of the sample, the last of which is all of it.

    ``sizes`` are base points, trajectories or members; ``index`` and ``error`` (half of a 95 % interval; for PAWN half
    of the change since the part before) have the shape (sizes, targets, inputs).
    """

    sizes: tuple[int, ...]
    index: FloatArray
    error: FloatArray

    @property
    def width(self) -> FloatArray:
        """The widest interval of each target's indices in the whole sample, shape (targets,)."""
        return np.asarray(2 * self.error[-1].max(axis=1))


@dataclass(frozen=True)
class Screening:
    """How the inputs were chosen: the first of ``candidates``, by mean absolute elementary effects.

    ``share`` (targets,) is what they do of all that moves a target; NaN where nothing does.
    """

    candidates: int
    share: tuple[float, ...]
    runs: int


@dataclass(frozen=True, eq=False)
class Curves:
    """Each input alone: ``points`` (points, inputs) in the model's unit, ``values`` (points, targets, inputs)."""

    points: FloatArray
    values: FloatArray


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(Brief):
    """``measures`` by name, each (targets, inputs); ``of_targets`` by name, each (targets,).

    ``size`` is of the sample, in base points (Sobol'), trajectories (Morris) or members; ``runs`` are the model's,
    without those of a screening; ``failed`` of them gave no number, or were left out with one that did not. Values are
    in the targets' units. ``plot`` is the picture that was asked for, None for the method's first.

    ========  =====================================================================================================
    local     swing (from 5 to 95 % of the prior), low, high, slope, elasticity; of targets: value (the run's)
    morris    mu_star, mu_star_conf, mu, sigma: the change when an input crosses its whole prior
    sobol     S1, S1_conf, ST, ST_conf (half-widths of 95 %)
    pawn      median, maximum; of targets: noise (the median of an input that moves nothing)
    regional  distance, p (adjusted), direction (1: large values go with success), turns (model unit); of targets: met
    ========  =====================================================================================================
    """

    method: Method
    run: Run
    inputs: tuple[Input, ...]
    targets: tuple[Target, ...]
    seed: int
    size: int
    runs: int
    failed: int
    measures: Mapping[str, FloatArray]
    of_targets: Mapping[str, FloatArray]
    convergence: Convergence | None = None
    curves: Curves | None = None
    screening: Screening | None = None
    plot: str | None = None

    def brief(self) -> str:
        sizes = f"{len(self.inputs)} inputs, {len(self.targets)} targets, {self.runs} runs"
        return f"{self.run.scenario}: {self.method}, {sizes}"

    @property
    def main(self) -> FloatArray:
        """The measure that inputs are ranked by, never negative, shape (targets, inputs)."""
        return np.abs(self.measures[MAIN[self.method]])

    def ranking(self, target: int) -> list[int]:
        """The inputs' places, most important for the target first; those without a number last."""
        return [int(place) for place in np.argsort(-np.nan_to_num(self.main[target], nan=-1.0), kind="stable")]

    def to_xarray(self) -> xr.Dataset:
        """Over ``target`` and ``input``, by id and name; for convergence over ``size`` besides."""
        import xarray as xr

        data: dict[str, tuple[tuple[str, ...], FloatArray]] = {
            name: (("target", "input"), values) for name, values in self.measures.items()
        }
        data |= {name: (("target",), values) for name, values in self.of_targets.items()}
        coords: dict[str, list[str] | list[int]] = {
            "target": [it.id for it in self.targets], "input": [it.name for it in self.inputs],
        }  # fmt: skip
        if self.convergence is not None:
            its, main = self.convergence, MAIN[self.method]
            coords["size"] = list(its.sizes)
            data[f"{main}_by_size"] = (("size", "target", "input"), its.index)
            data[f"{main}_error_by_size"] = (("size", "target", "input"), its.error)
        about = {"method": self.method, "scenario": self.run.scenario, "content_hash": self.run.content_hash,
                 "seed": self.seed, "size": self.size, "runs": self.runs, "failed": self.failed,
                 "anchored": "no: every member keeps the run's anchored constants"}  # fmt: skip
        return xr.Dataset(data, coords=coords, attrs=about)

    def to_pandas(self) -> pd.DataFrame:
        """A row a target and input, the most important input of a target first."""
        import pandas as pd

        rows = [(row, place) for row in range(len(self.targets)) for place in self.ranking(row)]
        at = np.array([row for row, _ in rows]), np.array([place for _, place in rows])
        return pd.DataFrame({
            "target": [self.targets[row].id for row in at[0]], "input": [self.inputs[place].name for place in at[1]],
            **{name: values[at] for name, values in self.measures.items()},
        })  # fmt: skip
