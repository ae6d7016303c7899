"""Changes to a lowered model that a fit needs: a lookup corrected in some years, or cut off after a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xinzhi.engine.program import Node, Program, Table


def lookups_behind(program: Program, variable: str) -> list[int]:
    """The tables that a variable's own equation reads."""
    start = next(it.nodes[0] for it in program.variables if it.name == variable)
    waiting, seen, tables = [start], set[int](), list[int]()
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        op, args, param = program.nodes[number]
        waiting += args
        if op == "lookup" and param not in tables:
            tables.append(param)
    return tables


def with_correction(program: Program, variable: str, years: Sequence[int]) -> tuple[Program, tuple[str, ...]]:
    """The lookup behind ``variable`` times one plus a correction a year, linear between years and 0 in all others.

    Also the names of the corrections, new constants of the program whose value is 0.
    """
    names = tuple(f"correction of {variable} {year}" for year in years)
    nodes, tables = list(program.nodes), list(program.tables)

    def added(op: str, *args: int, param: object = None) -> int:
        nodes.append(Node(op, args, param))
        return len(nodes) - 1

    first = len(tables)
    tables += [Table((year - 1.0, float(year), year + 1.0), (0.0, 1.0, 0.0)) for year in years]
    constants = [added("const", param=name) for name in names]
    behind = lookups_behind(program, variable)
    for number, node in enumerate(program.nodes):
        if node.op != "lookup" or node.param not in behind:
            continue
        factor = added("lit", param=1.0)
        for index, constant in enumerate(constants):
            weight = added("lookup", *node.args, param=first + index)
            factor = added("add", factor, added("mul", constant, weight))
        nodes[number] = Node("mul", (added(node.op, *node.args, param=node.param), factor))
    return replace(
        program,
        nodes=tuple(nodes),
        tables=tuple(tables),
        constants={**program.constants, **dict.fromkeys(names, 0.0)},
    ), names


def cut_off(program: Program, variable: str, last: int, later: float | None) -> Program:
    """The lookup behind ``variable`` without what it says after ``last``: ``later`` from the year after on.

    Without ``later`` it grows on at its mean rate of the five years to ``last``.
    """
    tables = list(program.tables)
    for index in lookups_behind(program, variable):
        points = [(x, y) for x, y in zip(tables[index].x, tables[index].y, strict=True) if x <= last]
        if later is None:
            (x0, y0), (x1, y1) = points[max(len(points) - 6, 0)], points[-1]
            growth = (y1 / y0) ** (1 / (x1 - x0))
            points += [(x1 + step, y1 * growth**step) for step in range(1, 16)]
        else:
            points += [(last + 1.0, later), (last + 15.0, later)]
        tables[index] = Table(tuple(x for x, _ in points), tuple(y for _, y in points), tables[index].rule)
    return replace(program, tables=tuple(tables))
