"""A design as Python gives it: a table with a column for each constant, and the axis of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.arguments import as_number
from xinzhi.errors import Place, Problem, SimulationError, msg

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_TAKEN = ("run", "time", "failed", "bad_variable", "bad_time")


def read_table(design: object, place: Place) -> pd.DataFrame:
    """The design as a table of at least one row and one column. Raises `SimulationError`."""
    import pandas as pd

    remedy = msg("give a pandas.DataFrame, or a dict of arrays of one length, with a column for each constant")
    try:
        table = design if isinstance(design, pd.DataFrame) else pd.DataFrame(dict(design))  # type: ignore[call-overload]
    except (TypeError, ValueError) as error:
        raise SimulationError(Problem(place, msg("the design is no table with named columns"), remedy)) from error
    if len(table) == 0:
        raise SimulationError(Problem(place, msg("the design has no rows")))
    if len(table.columns) == 0:
        raise SimulationError(Problem(place, msg("the design has no columns"), remedy))
    return table


def numbers(table: pd.DataFrame) -> NDArray[np.float64]:
    """A table as numbers, shape (rows, columns); what is not a number is NaN."""
    if all(getattr(dtype, "kind", "O") in "iufb" and isinstance(dtype, np.dtype) for dtype in table.dtypes):
        return table.to_numpy(dtype=np.float64)
    columns = (table.iloc[:, i] for i in range(len(table.columns)))
    return np.column_stack([numbers_of(list(column)) for column in columns])


def numbers_of(value: Any) -> NDArray[np.float64]:
    """A number or numbers of any type, also as texts, in their shape; what is not a number is NaN."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return np.asarray(np.nan)
    if array.dtype.kind in "iufb":
        return array.astype(np.float64)
    return np.array([_number(it) for it in array.astype(object).ravel()]).reshape(array.shape)


def _number(value: object) -> float:
    if isinstance(value, bool | np.bool_):  # a switch of the model
        return float(value)
    number = as_number(value)
    if number is None and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return np.nan
    return np.nan if number is None else number


def run_axis(index: pd.Index[Any]) -> xr.Coordinates:
    """The run axis of a design's index, as it is: names of runs may be of any kind and need not differ.

    A named index has its name as ``long_name``; of an index of several levels each level is a coordinate.
    """
    import pandas as pd
    import xarray as xr

    if not isinstance(index, pd.MultiIndex):
        about = {} if index.name is None else {"long_name": str(index.name)}
        return xr.Coordinates({"run": ("run", index.to_numpy(), about)})
    names = [
        f"run_level_{i}" if name is None or name in _TAKEN or name in index.names[:i] else str(name)
        for i, name in enumerate(index.names)
    ]
    return xr.Coordinates.from_pandas_multiindex(index.set_names(names), "run")
