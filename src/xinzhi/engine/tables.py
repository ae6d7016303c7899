"""Lookups and data series: what a table gives for any argument."""

from __future__ import annotations

from typing import Any

import numpy as np

from xinzhi.engine.operations import FloatArray
from xinzhi.engine.program import NA, NEAR, Table


def look_up(table: Table, argument: Any) -> FloatArray:
    """The table at ``argument`` (any shape) by the table's rule; NaN stays NaN, but raw data have NA there."""
    x, y = np.asarray(table.x), np.asarray(table.y)
    at = np.asarray(argument, dtype=np.float64)
    if len(x) == 1 and table.rule != "raw":
        return np.where(np.isnan(at), np.nan, y[0])
    if table.rule in ("interpolate", "extrapolate"):
        return _linear(x, y, at, extrapolate=table.rule == "extrapolate")
    if table.rule == "raw":
        point = np.minimum(np.searchsorted(x, at - NEAR, side="left"), len(x) - 1)
        return np.where(np.abs(x[point] - at) <= NEAR, y[point], NA)
    after = np.searchsorted(x, at, side="left")
    exact = x[np.minimum(after, len(x) - 1)] == at
    chosen = after if table.rule == "look_forward" else np.where(exact, after, after - 1)
    return np.where(np.isnan(at), np.nan, y[np.clip(chosen, 0, len(x) - 1)])


def _linear(x: FloatArray, y: FloatArray, at: FloatArray, *, extrapolate: bool) -> FloatArray:
    """Segment by segment as ``y0 + slope (x - x0)``: exact at every point but the last."""
    segment = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    slope = np.diff(y) / np.diff(x)
    with np.errstate(all="ignore"):
        value = slope[segment] * (at - x[segment]) + y[segment]
    if extrapolate:
        return value
    value = np.where(at >= x[-1], y[-1], value)
    return np.where(at <= x[0], y[0], value)
