"""Functions over subscripts: sums, sorting, selection, matrix inversion, allocation.

An argument written with ``range!`` is lowered at every element of that range; a function along the last subscript
(VECTOR SORT ORDER, INVERT MATRIX …) is lowered whole and the element wanted is picked.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from xinzhi.engine import allocation
from xinzhi.engine.lowering import Build, Lowering
from xinzhi.engine.scope import Ast, Frame, parts, problem
from xinzhi.errors import msg

LARGEST_MATRIX = 24
_REDUCTIONS = ("sum", "prod", "vmin", "vmax", "vmin_xmile", "vmax_xmile", "vector_select")


def _references(ast: Any) -> Iterator[Any]:
    """Every reference in a syntax tree, but not inside a nested reduction."""
    if type(ast).__name__ == "ReferenceStructure":
        yield ast
        return
    for part in parts(ast):
        if getattr(getattr(part, "function", None), "reference", None) not in _REDUCTIONS:
            yield from _references(part)


def _subscripts(asts: Sequence[Any], frame: Frame) -> tuple[str, ...]:
    """The ranges that the references in ``asts`` run over, in order of appearance; ``range!`` as written."""
    section, ranges = frame.scope.section, dict[str, None]()
    for reference in itertools.chain.from_iterable(_references([ast]) for ast in asts):
        if reference.subscripts is not None:
            names = reference.subscripts.subscripts
        elif reference.reference in section.elements:
            names = section.subscripts_of(reference.reference)
        else:
            names = [name for name in section.ranges.elements if name.replace(" ", "_").lower() == reference.reference]
        for name in names:
            if name.removesuffix("!") in section.ranges.elements:
                ranges[name] = None
    return tuple(ranges)


def _frames(frame: Frame, ranges: Sequence[str]) -> Iterator[Frame]:
    for element in frame.scope.section.ranges.product(ranges):
        yield frame.bind(dict(zip(ranges, element, strict=True)))


def _reduction(op: str, *, whole: bool = False) -> Build:
    """SUM, PROD, VMIN, VMAX over the ``range!`` of the argument (XMILE's MIN and MAX of one array: over all)."""

    def build(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
        names = _subscripts(call.arguments, frame)
        over = names if whole else tuple(name for name in names if name.endswith("!"))
        values = [low.expression(call.arguments[0], inner, start) for inner in _frames(frame, over)]
        out = values[0]
        for value in values[1:]:
            out = low.graph.op(op, out, value)
        return out

    return build


def _elmcount(low: Lowering, call: Ast, frame: Frame, _start: bool) -> int:
    key = str(call.arguments[0].reference)
    for name, elements in frame.scope.section.ranges.elements.items():
        if name.replace(" ", "_").lower() == key:
            return low.graph.lit(len(elements))
    raise problem(frame.scope, frame.variable, msg('"{name}" is not defined', name=key))


def _last_range(ast: Any, frame: Frame) -> str:
    names = _subscripts([ast], frame)
    if not names:
        raise problem(frame.scope, frame.variable, msg("an array is needed here"))
    return names[-1]


def _along(low: Lowering, ast: Ast, frame: Frame, start: bool) -> tuple[list[int], int]:
    """An argument at every element of its last range, and the position of the element that is bound."""
    last = _last_range(ast, frame)
    elements = frame.scope.section.ranges.elements[last]
    values = [low.expression(ast, inner, start) for inner in _frames(frame, (last,))]
    return values, elements.index(frame.scope.section.ranges.element(last, frame.bound, (last,)))


def _ranks(g: Any, values: list[int]) -> list[int]:
    """The position of each value in rising order, from 0; equal values keep their order."""
    out = []
    for i, value in enumerate(values):
        before = g.lit(0)
        for j, other in enumerate(values):
            if i != j:
                before = g.op("add", before, g.op("le" if j < i else "lt", other, value))
        out.append(before)
    return out


def _order(g: Any, values: list[int], direction: int) -> list[int]:
    """``argsort``, reversed where ``direction`` is not positive (PySD flips the rising order)."""
    ranks, count = _ranks(g, values), len(values)
    rising = []
    for place in range(count):
        index = g.lit(0)
        for i, rank in enumerate(ranks):
            index = g.op("add", index, g.op("mul", g.lit(i), g.op("eq", rank, g.lit(place))))
        rising.append(index)
    up = g.op("gt", direction, g.lit(0))
    return [g.op("select", up, rising[i], rising[count - 1 - i]) for i in range(count)]


def _sort_order(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
    values, position = _along(low, call.arguments[0], frame, start)
    return _order(low.graph, values, low.expression(call.arguments[1], frame, start))[position]


def _rank(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
    """The place in rising order, or from the other end where the direction is not positive; counted from 1."""
    g = low.graph
    values, position = _along(low, call.arguments[0], frame, start)
    rank = _ranks(g, values)[position]
    up = g.op("gt", low.expression(call.arguments[1], frame, start), g.lit(0))
    return g.op("select", up, g.op("add", rank, g.lit(1)), g.op("sub", g.lit(len(values)), rank))


def _reorder(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
    g = low.graph
    values, _ = _along(low, call.arguments[0], frame, start)
    index, out = low.expression(call.arguments[1], frame, start), values[0]
    for i, value in enumerate(values[1:], start=1):
        out = g.op("select", g.op("eq", g.op("trunc", index), g.lit(i)), value, out)
    return out


def _vector_select(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
    """VECTOR SELECT(selection, expression, missing value, numerical action, error action): PySD's table of actions."""
    g = low.graph
    over = tuple(name for name in _subscripts(call.arguments[:2], frame) if name.endswith("!"))
    missing, number = (low.expression(arg, frame, start) for arg in call.arguments[2:4])
    action = g.value(number)
    if action is None or action not in range(11):
        raise problem(frame.scope, frame.variable, msg("the action of VECTOR SELECT must be a number from 0 to 10"))
    pairs = [tuple(low.expression(a, inner, start) for a in call.arguments[:2]) for inner in _frames(frame, over)]
    chosen = [g.op("ne", selection, g.lit(0)) for selection, _ in pairs]
    if action <= 4:
        values = [g.op("mul", *pair) for pair in pairs]
    elif action == 5:
        values = [g.op("pow", expression, selection) for selection, expression in pairs]
    else:
        values = [expression for _, expression in pairs]
    count = _folded(g, "add", chosen)
    out = _selected(g, int(action), chosen, values, count)
    return int(g.op("select", g.op("eq", count, g.lit(0)), missing, out))


def _selected(g: Any, action: int, chosen: list[int], values: list[int], count: int) -> int:
    kind = {0: "sum", 6: "sum", 1: "prod", 5: "prod", 7: "prod", 2: "min", 8: "min", 3: "max", 9: "max"}.get(action)
    op = {"prod": "mul", "min": "min", "max": "max"}.get(kind or "", "add")
    neutral = {"mul": 1.0, "min": float("inf"), "max": float("-inf"), "add": 0.0}[op]
    kept = [g.op("select", on, value, g.lit(neutral)) for on, value in zip(chosen, values, strict=True)]
    out = _folded(g, op, kept)
    return out if kind else int(g.op("div", out, count))


def _folded(g: Any, op: str, values: Sequence[int]) -> int:
    out = values[0]
    for value in values[1:]:
        out = g.op(op, out, value)
    return out


def _invert_matrix(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
    """One element of the inverse: Gauss-Jordan elimination, the largest pivot brought up by exchanges."""
    ranges = _subscripts(call.arguments[:1], frame)[-2:]
    section = frame.scope.section
    sizes = [len(section.ranges.elements[name]) for name in ranges]
    if len(sizes) != 2 or sizes[0] != sizes[1] or sizes[0] > LARGEST_MATRIX:
        raise problem(
            frame.scope,
            frame.variable,
            msg("INVERT MATRIX needs a square matrix of at most {count} rows", count=LARGEST_MATRIX),
        )
    values = [low.expression(call.arguments[0], inner, start) for inner in _frames(frame, ranges)]
    inverse = _inverse(low.graph, values, sizes[0])
    row, column = (
        section.ranges.elements[name].index(section.ranges.element(name, frame.bound, ranges)) for name in ranges
    )
    return inverse[row][column]


def _inverse(g: Any, values: list[int], n: int) -> list[list[int]]:
    rows = [[*values[i * n : i * n + n], *(g.lit(float(i == j)) for j in range(n))] for i in range(n)]
    for k in range(n):
        for i in range(k + 1, n):
            larger = g.op("gt", g.op("abs", rows[i][k]), g.op("abs", rows[k][k]))
            rows[k], rows[i] = (
                [g.op("select", larger, b, a) for a, b in zip(rows[k], rows[i], strict=True)],
                [g.op("select", larger, a, b) for a, b in zip(rows[k], rows[i], strict=True)],
            )
        pivot = rows[k][k]
        rows[k] = [g.op("div", value, pivot) for value in rows[k]]
        for i in range(n):
            if i != k:
                factor = rows[i][k]
                rows[i] = [g.op("sub", a, g.op("mul", factor, b)) for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[n:] for row in rows]


def _allocate_available(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    """ALLOCATE AVAILABLE: node ``allocate_available`` of n requests, n profiles of 4 numbers and the supply."""
    last = _last_range(ast.request, frame)
    requests, position = _along(low, ast.request, frame, start)
    section = frame.scope.section
    profile = section.subscripts_of(ast.pp.reference)[-1]
    subscripts = ast.pp.subscripts.subscripts[:-1]
    profiles = []
    for name in section.ranges.elements[last]:
        for part in section.ranges.elements[profile]:
            bound = {**frame.bound, last: name}
            element = tuple(section.ranges.element(subscript, bound, tuple(subscripts)) for subscript in subscripts)
            profiles.append(low.reference_name(frame.scope, ast.pp.reference, (*element, part), start))
    for kind, width in zip(profiles[0::4], profiles[2::4], strict=True):
        _check_profile(low, kind, width, frame)
    supply = low.expression(ast.avail, frame, start)
    return low.graph.node("allocate_available", *requests, *profiles, supply, param=(len(requests), position))


def _check_profile(low: Lowering, kind: int, width: int, frame: Frame) -> None:
    """Refuse a kind of curve or a width that is not known, where the model says it as a number."""
    curve, wide = (low.number(node) for node in (kind, width))
    if curve is not None and curve not in range(5):
        raise problem(
            frame.scope,
            frame.variable,
            msg("ALLOCATE AVAILABLE with the priority type {kind} is not supported", kind=f"{curve:g}"),
            msg("use 0 (fixed), 1 (rectangular), 2 (triangular), 3 (normal) or 4 (exponential)"),
        )
    if curve != allocation.FIXED and wide is not None and wide <= 0:
        raise problem(
            frame.scope, frame.variable, msg("the width of a priority must be positive, not {width}", width=f"{wide:g}")
        )


def _allocate_by_priority(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    """ALLOCATE BY PRIORITY: node ``allocate_by_priority`` of n requests, n priorities, the width and the supply."""
    requests, position = _along(low, ast.request, frame, start)
    last = _last_range(ast.request, frame)
    priorities = [low.expression(ast.priority, inner, start) for inner in _frames(frame, (last,))]
    width, supply = (low.expression(part, frame, start) for part in (ast.width, ast.supply))
    return low.graph.node(
        "allocate_by_priority", *requests, *priorities, width, supply, param=(len(requests), position)
    )


FUNCTIONS: dict[str, Build] = {
    "sum": _reduction("add"),
    "prod": _reduction("mul"),
    "vmin": _reduction("min"),
    "vmax": _reduction("max"),
    "vmin_xmile": _reduction("min", whole=True),
    "vmax_xmile": _reduction("max", whole=True),
    "elmcount": _elmcount,
    "vector_sort_order": _sort_order,
    "vector_rank": _rank,
    "vector_reorder": _reorder,
    "vector_select": _vector_select,
    "invert_matrix": _invert_matrix,
    "AllocateAvailableStructure": _allocate_available,
    "AllocateByPriorityStructure": _allocate_by_priority,
}
