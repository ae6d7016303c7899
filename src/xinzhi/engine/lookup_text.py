"""Lookups as LLVM IR: compare and choose for short tables, a search lane by lane for long ones."""

from __future__ import annotations

import numpy as np

from xinzhi.engine.ir_text import Emitter
from xinzhi.engine.operations import FloatArray
from xinzhi.engine.program import NA, Table

SHORT = 24


def emit_lookup(e: Emitter, table: Table, x: str) -> str:
    """The table at ``x``, as `tables.look_up` gives it."""
    if len(table.x) == 1 and table.rule != "raw":
        return e.select(e.compare("uno", x, x), x, table.y[0])
    if table.rule in ("interpolate", "extrapolate"):
        return _linear(e, table, x)
    return _steps(e, table, x)


def _linear(e: Emitter, table: Table, x: str) -> str:
    xs, ys = np.array(table.x), np.array(table.y)
    slopes = np.diff(ys) / np.diff(xs)
    if len(xs) <= SHORT:
        chosen: list[str | float] = [float(slopes[0]), float(xs[0]), float(ys[0])]
        for x0, *segment in zip(xs[1:-1], slopes[1:], xs[1:-1], ys[1:-1], strict=True):
            beyond = e.compare("oge", x, float(x0))
            chosen = [e.select(beyond, float(new), old) for new, old in zip(segment, chosen, strict=True)]
    else:
        columns = [slopes, xs[:-1], ys[:-1]]
        chosen = _searched(e, x, xs[1:-1], columns)
    slope, x0, y0 = chosen
    value = e.add(e.mul(slope, e.sub(x, x0)), y0)
    if table.rule == "interpolate":
        value = e.select(e.compare("oge", x, table.x[-1]), table.y[-1], value)
        value = e.select(e.compare("ole", x, table.x[0]), table.y[0], value)
    return value


def _steps(e: Emitter, table: Table, x: str) -> str:
    """hold_backward, look_forward and raw: no point is between two others."""
    value: str | float
    if table.rule == "raw":
        value = NA
        for x0, y0 in zip(table.x, table.y, strict=True):
            value = e.select(e.compare("oeq", x, x0), y0, value)
        return e.operand(value)
    value = table.y[0]
    forward = table.rule == "look_forward"
    for before, x0, y0 in zip(table.x, table.x[1:], table.y[1:], strict=False):
        beyond = e.compare("ogt", x, before) if forward else e.compare("oge", x, x0)
        value = e.select(beyond, y0, value)
    return e.select(e.compare("uno", x, x), x, value)


def _searched(e: Emitter, x: str, bounds: FloatArray, columns: list[FloatArray]) -> list[str | float]:
    """Values of ``columns`` at the number of ``bounds`` not above ``x``: a binary tree of choices.

    Each level halves what is left; a level's choice is one comparison and one selection a candidate.
    """
    levels = int(np.ceil(np.log2(len(bounds) + 1)))
    size = 1 << levels
    edges = np.concatenate([bounds, np.full(size - 1 - len(bounds), np.inf)])
    candidates: list[list[str | float]] = [
        [*map(float, column), *[float(column[-1])] * (size - len(column))] for column in columns
    ]
    inner: list[str | float] = list(map(float, edges))
    for level in range(levels - 1, -1, -1):
        half = 1 << level
        beyond = e.compare("oge", x, inner[half - 1])
        candidates = [[e.select(beyond, c[half + i], c[i]) for i in range(half)] for c in candidates]
        inner = [e.select(beyond, inner[half + i], inner[i]) for i in range(half - 1)]
    return [candidate[0] for candidate in candidates]
