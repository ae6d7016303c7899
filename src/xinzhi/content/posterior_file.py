"""calibration/posterior.parquet: the draws that the fit kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xinzhi.content.fitted import POSTERIOR, halves, of_two_fits, stated
from xinzhi.content.prior_file import Prior
from xinzhi.errors import ContentError, Message, Place, Problem, msg

FloatArray = NDArray[np.float64]
CORRECTIONS = (-0.5, 0.5)  # of the shock, as `System.with_shock` bounds them
ROUNDING = 1e-5  # of a prior's width: draws are kept in single precision
MOST_NAMED = 5


@dataclass(frozen=True, eq=False)
class Posterior:
    """The draws of every fitted constant and correction of the shock, each of shape (draws,), in the model's units."""

    columns: Mapping[str, FloatArray]

    @property
    def draws(self) -> int:
        return len(next(iter(self.columns.values())))


def read_posterior(
    folder: Path, priors: Mapping[str, Prior], corrections: Sequence[str] = (), *, current: bool = True
) -> Posterior | None:
    """The draws of the constants that have ``priors``, and of the shock's ``corrections``; None where there was no fit.

    Raises `ContentError` where the file is damaged, was made by another plan, is not of the same fit as fitted.yaml, or
    holds draws that its priors exclude (where the fit is not ``current``, which is told, they may be others).
    """
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    path = folder / POSTERIOR
    if not path.exists():
        check_halves(folder)
        return None
    again = msg("run xinzhi fit --write")
    try:
        table = pq.read_table(path)
    except (OSError, ArrowException) as error:
        raise ContentError(Problem(Place(POSTERIOR), msg("the draws cannot be read"), again)) from error
    missing = [name for name in (*priors, *corrections) if name not in table.column_names]
    if missing or not table.num_rows:
        problem = msg('there are no draws of "{name}"', name=missing[0] if missing else "")
        raise ContentError(Problem(Place(POSTERIOR), problem, again))
    columns = {name: table[name].to_numpy().astype(np.float64) for name in table.column_names if name != "met"}
    for name, values in columns.items():
        if not np.isfinite(values).all():
            raise ContentError(Problem(Place(POSTERIOR), msg('draws of "{name}" are no numbers', name=name), again))
    check_halves(folder)
    outside = _outside(columns, priors, corrections) if current else None
    if outside is not None:
        raise ContentError(Problem(Place(POSTERIOR), outside, again))
    return Posterior(columns)


def check_halves(folder: Path) -> None:
    """Raises `ContentError` where fitted.yaml and posterior.parquet are not of one fit, or one of them is missing."""
    problem = halves(folder) or _other_recipe(folder)
    if problem is not None:
        raise ContentError(Problem(None, problem))


def _other_recipe(folder: Path) -> Message | None:
    """That the draws are of other inputs or another seed than a fitted.yaml says that does not name them."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    try:
        said = stated(folder)
        if "posterior" in said:
            return None
        metadata = pq.read_schema(folder / POSTERIOR).metadata or {}
    except (OSError, ValueError, ArrowException):
        return None  # told where it is read
    pairs = ((said.get(key), metadata.get(key.encode())) for key in ("inputs", "seed"))
    return of_two_fits() if any(one and other and one != other.decode() for one, other in pairs) else None


def _outside(
    columns: Mapping[str, FloatArray], priors: Mapping[str, Prior], corrections: Sequence[str]
) -> Message | None:
    """How many draws no fit can have given, and of which constants."""
    ends = {name: (it.low, it.high) for name, it in priors.items()} | dict.fromkeys(corrections, CORRECTIONS)
    beyond = {
        name: (columns[name] < low - ROUNDING * (high - low)) | (columns[name] > high + ROUNDING * (high - low))
        for name, (low, high) in ends.items()
    }
    names = [name for name, rows in beyond.items() if rows.any()]
    if not names:
        return None
    count = int(np.any([beyond[name] for name in names], axis=0).sum())
    return msg(
        "{count} of {draws} draws lie outside the priors of {names}", count=count,
        draws=len(columns[names[0]]), names=", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else ""),
    )  # fmt: skip
