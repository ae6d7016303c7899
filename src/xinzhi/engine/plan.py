"""Which operation runs when: five levels of work.

A value is a literal, or depends on constants alone (once a member), on time alone (once a time, for all members), or
on the state (every step); and of those that only saved variables need, on saving steps alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from xinzhi.engine.clock import Clock
from xinzhi.engine.lookup_tables import look_up
from xinzhi.engine.operations import FloatArray, evaluate
from xinzhi.engine.program import Node, Table
from xinzhi.engine.specialise import Specialised

LITERAL, MEMBER, TIME, STEP = 0, 1, 2, 4
AT_ONCE = 1 << 26  # bytes of values of time alone that are held while their table is made
_LEVEL = {"lit": LITERAL, "const": MEMBER, "random_at_start": MEMBER, "time": TIME, "step_time": TIME}
TURNS = 3  # rows of `UniformPlan.table` a step where its middle and its end are wanted too
_LEAF_OF_STATE = ("stock", "held", "delayed", "random", "allocate_available", "allocate_by_priority")


def level_of(node: Node, levels: Sequence[int]) -> int:
    """What a node depends on, a union of MEMBER, TIME and STEP, given the levels of the nodes before it."""
    if node.op in _LEAF_OF_STATE:
        return STEP
    level = _LEVEL.get(node.op, LITERAL)
    for arg in node.args:
        level |= levels[arg]
    return level


def levels(nodes: Sequence[Node]) -> list[int]:
    """The level of each node."""
    out: list[int] = []
    for node in nodes:
        out.append(level_of(node, out))
    return out


@dataclass(frozen=True)
class Plan:
    """The nodes of a specialised program by stage, each list in the order of computation.

    ``prologue`` once a member, ``uniform`` once a time, ``step`` every step, ``save`` on saving steps only.
    """

    program: Specialised
    levels: tuple[int, ...]
    prologue: tuple[int, ...]
    uniform: tuple[int, ...]
    step: tuple[int, ...]
    save: tuple[int, ...]

    @property
    def nodes(self) -> list[Node]:
        return self.program.graph.nodes

    @cached_property
    def wanted_uniform(self) -> tuple[int, ...]:
        """The nodes of time alone that other stages, stocks or saved variables read: the columns of `table`."""
        users = (*self.prologue, *self.step, *self.save)
        used = {arg for number in users for arg in self.nodes[number].args} | set(self.program.roots())
        return tuple(number for number in self.uniform if number in used)

    @cached_property
    def uniform_plan(self) -> UniformPlan:
        """The values of time alone, apart from the rest of the plan."""
        nodes, place = list[Node](), dict[int, int]()
        for number in self.uniform:
            for arg in self.nodes[number].args:
                if arg not in place:  # a literal
                    place[arg] = len(nodes)
                    nodes.append(self.nodes[arg])
            op, args, param = self.nodes[number]
            place[number] = len(nodes)
            nodes.append(Node(op, tuple(place[arg] for arg in args), param))
        return UniformPlan(tuple(nodes), tuple(place[n] for n in self.wanted_uniform), self.program.tables)


@dataclass(frozen=True)
class UniformPlan:
    """How to compute what depends on time alone; ``wanted`` are the nodes that make the columns of its table."""

    nodes: tuple[Node, ...]
    wanted: tuple[int, ...]
    tables: tuple[Table, ...]

    @property
    def rows_at_once(self) -> int:
        """Rows that are computed together: the values of all nodes for them take some tens of megabytes."""
        return max(256, AT_ONCE // (8 * max(1, len(self.nodes))))

    def table(self, clock: Clock, *, halves: bool = False, first: int = 0, last: int | None = None) -> FloatArray:
        """The wanted values at the steps from ``first`` to before ``last`` (all unless given), shape (steps, wanted).

        ``halves``: `TURNS` rows a step, of its beginning, middle and end, and one of the beginning of ``last``. An end
        is apart from the next beginning because ``step_time`` differs.
        """
        last = clock.steps + 1 if last is None else last
        times = steps = clock.times[first : last + halves]
        if halves:
            begins, ends = times[:-1], times[1:]
            steps = np.append(np.repeat(begins, TURNS), times[-1])
            times = np.append(np.column_stack([begins, begins + (ends - begins) / 2, ends]).ravel(), times[-1])
        if not self.wanted:
            return np.zeros((len(times), 1))
        out = np.empty((len(times), len(self.wanted)))
        for start in range(0, len(times), self.rows_at_once):
            rows = slice(start, start + self.rows_at_once)
            self._fill(out[rows], times[rows], steps[rows])
        return out

    def _fill(self, out: FloatArray, times: FloatArray, steps: FloatArray) -> None:
        values: list[FloatArray] = []
        for op, args, param in self.nodes:
            operands = [values[arg] for arg in args]
            if op == "lit":
                values.append(np.asarray(float(param)))
            elif op == "time":
                values.append(times)
            elif op == "step_time":
                values.append(steps)
            elif op == "lookup":
                values.append(look_up(self.tables[param], operands[0]))
            else:
                values.append(evaluate(op, *operands))
        for column, number in enumerate(self.wanted):
            out[:, column] = values[number]

    def to_rows(self) -> list[Any]:
        """As lists for JSON; the tables are the program's."""
        return [[[op, list(args), param] for op, args, param in self.nodes], list(self.wanted)]

    @staticmethod
    def from_rows(rows: Any, tables: tuple[Table, ...]) -> UniformPlan:
        nodes, wanted = rows
        return UniformPlan(tuple(Node(op, tuple(args), param) for op, args, param in nodes), tuple(wanted), tables)


def make_plan(program: Specialised) -> Plan:
    """Sort the live nodes of ``program`` into stages."""
    nodes = program.graph.nodes
    level = levels(nodes)
    seen: set[int] = set()
    stages: dict[str, list[int]] = {"prologue": [], "uniform": [], "step": [], "save": []}

    def visit(root: int, stage: str) -> None:
        waiting = [(root, False)]
        while waiting:
            number, ready = waiting.pop()
            if ready:
                stages[_stage(level[number], stage)].append(number)
            elif number not in seen:
                seen.add(number)
                if nodes[number].op != "lit":
                    waiting.append((number, True))
                    waiting.extend((arg, False) for arg in reversed(nodes[number].args))

    for root in program.state_roots():
        visit(root, "step")
    for root in program.saved:
        visit(root, "save")
    return Plan(program, tuple(level), *(tuple(stages[name]) for name in ("prologue", "uniform", "step", "save")))


def _stage(level: int, stage: str) -> str:
    if level == TIME:
        return "uniform"
    return "prologue" if level == MEMBER else stage
