"""calibration/posterior.parquet: the draws that the fit kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xinzhi.content.fitted import POSTERIOR
from xinzhi.errors import ContentError, Place, Problem, msg

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Posterior:
    """The draws of every fitted constant and correction of the shock, each of shape (draws,), in the model's units."""

    columns: Mapping[str, FloatArray]

    @property
    def draws(self) -> int:
        return len(next(iter(self.columns.values())))


def read_posterior(folder: Path, wanted: Sequence[str]) -> Posterior | None:
    """The draws of the constants ``wanted``; None where there was no fit.

    Raises `ContentError` where the file is damaged or was made by another plan.
    """
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    path = folder / POSTERIOR
    if not path.exists():
        return None
    again = msg("run xinzhi fit")
    try:
        table = pq.read_table(path)
    except (OSError, ArrowException) as error:
        raise ContentError(Problem(Place(POSTERIOR), msg("the draws cannot be read"), again)) from error
    missing = [name for name in wanted if name not in table.column_names]
    if missing or not table.num_rows:
        problem = msg('there are no draws of "{name}"', name=missing[0] if missing else "")
        raise ContentError(Problem(Place(POSTERIOR), problem, again))
    columns = {name: table[name].to_numpy().astype(np.float64) for name in table.column_names if name != "met"}
    for name, values in columns.items():
        if not np.isfinite(values).all():
            raise ContentError(Problem(Place(POSTERIOR), msg('draws of "{name}" are no numbers', name=name), again))
    return Posterior(columns)
