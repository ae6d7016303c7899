"""Lookups and data series: what a table gives for any argument."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from xinzhi.engine.operations import FloatArray
from xinzhi.engine.program import NA, Table

_JUMP = 1e-15  # of a table's length: how far apart the two ends of a jump are kept


def table_of(x: Iterable[float], y: Iterable[float], rule: str) -> Table:
    """The table of points in any order.

    Several points at one input are a jump from the first to the last: at the input itself it is the first that counts
    (where the rule is not linear, the last).
    """
    at: dict[float, list[float]] = {}
    for one, value in zip(x, y, strict=False):
        at.setdefault(float(one), []).append(float(value))
    places = sorted(at)
    if rule not in ("interpolate", "extrapolate") or len(places) < 2:
        return Table(tuple(places), tuple(at[place][-1] for place in places), rule)
    apart = _JUMP * (places[-1] - places[0])
    points = []
    for place in places:
        points.append((place, at[place][0]))
        if at[place][-1] != at[place][0]:
            points.append((place + max(apart, float(np.spacing(abs(place)))), at[place][-1]))
    return Table(tuple(one for one, _ in points), tuple(value for _, value in points), rule)


def look_up(table: Table, argument: Any) -> FloatArray:
    """The table at ``argument`` (any shape) by the table's rule; NaN stays NaN, but raw data have NA there."""
    x, y = np.asarray(table.x), np.asarray(table.y)
    at = np.asarray(argument, dtype=np.float64)
    if len(x) == 1 and table.rule != "raw":
        return np.where(np.isnan(at), np.nan, y[0])
    if table.rule in ("interpolate", "extrapolate"):
        return _linear(x, y, at, extrapolate=table.rule == "extrapolate")
    after = np.searchsorted(x, at, side="left")
    exact = x[np.minimum(after, len(x) - 1)] == at
    if table.rule == "raw":
        return np.where(exact, y[np.minimum(after, len(x) - 1)], NA)
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
