"""The NumPy interpreter: the same plan as the kernel's, equal operations of a plan together, over all members.

Plain, and the second truth for debugging. It runs what LLVM cannot serve, and a single run of a model that is so large
that compiling would take longer than running.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from xinzhi.engine import allocation
from xinzhi.engine.clock import Clock
from xinzhi.engine.lookup_tables import look_up
from xinzhi.engine.operations import FUNCTIONS, FloatArray
from xinzhi.engine.plan import TURNS, Plan
from xinzhi.engine.random_numbers import threefry_uniform

_RK4_WEIGHTS = (1 / 6, 1 / 3, 1 / 3, 1 / 6)
_RANDOM = ("random", "random_at_start")
Watch = Callable[[float, FloatArray, FloatArray], None]
Index = slice | np.ndarray[Any, np.dtype[np.intp]]
BoolArray = np.ndarray[Any, np.dtype[np.bool_]]


def interpret(
    plan: Plan, clock: Clock, constants: FloatArray, *, method: str = "euler", seed: int = 0, numbers: Any = None,
    watch: Watch | None = None,
) -> tuple[FloatArray, BoolArray]:  # fmt: skip
    """Run the plan: saved values (saved, times, members), and which members failed (members,).

    ``constants`` has shape (varied, members); ``numbers`` are the members' numbers, 0, 1, 2 … unless given. ``watch``
    is called at every step with the time, the values of all nodes, in the rows of `Layout`, and the stocks.
    """
    return Interpreter(plan).run(constants, clock, method=method, seed=seed, numbers=numbers, watch=watch)


@dataclass(frozen=True)
class Group:
    """Operations of one kind that need nothing of each other: the rows of their results and of their arguments."""

    op: str
    rows: Index
    args: tuple[Index, ...]
    params: tuple[Any, ...]


class Layout:
    """A row for every node of a plan, so that what is computed together lies together.

    ``row`` gives the row of a node; ``prologue``, ``step`` and ``save`` are the groups of each stage in their order.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.row: dict[int, int] = {}
        self.depth: dict[int, int] = {}
        nodes = plan.nodes
        stages = (plan.prologue, plan.step, plan.save)
        used = {arg for stage in stages for number in stage for arg in nodes[number].args} | set(plan.program.roots())
        self.literals = [number for number in sorted(used) if nodes[number].op == "lit"]
        for number in (*self.literals, *plan.wanted_uniform):
            self.row[number] = len(self.row)
        self.prologue, self.step, self.save = (list(self._groups(stage)) for stage in stages)

    def _groups(self, stage: Iterable[int]) -> Iterator[Group]:
        """The groups of a stage: by how many operations of it lie between a node and what is known before it."""
        nodes, depth = self.plan.nodes, dict[int, int]()
        alike: dict[tuple[int, str, Any], list[int]] = {}
        for number in stage:
            op, args, param = nodes[number]
            depth[number] = 1 + max((depth.get(arg, 0) for arg in args), default=0)
            apart = param if op == "lookup" else args if op in allocation.FUNCTIONS else None
            alike.setdefault((depth[number], op, apart), []).append(number)
        for (_, op, _), numbers in sorted(alike.items(), key=lambda item: item[0][0]):
            for number in numbers:
                self.row[number] = len(self.row)
            arguments = [nodes[number].args for number in numbers]
            yield Group(
                op, self.index(numbers),
                tuple(self.index(args[i] for args in arguments) for i in range(len(arguments[0]))),
                tuple(nodes[number].param for number in numbers),
            )  # fmt: skip

    def index(self, numbers: Iterable[int]) -> Index:
        """The rows of some nodes: a slice where they follow each other, or are all the same."""
        rows = np.fromiter((self.row[number] for number in numbers), np.intp)
        first = int(rows[0]) if len(rows) else 0
        if len(rows) and (rows == first).all():
            return slice(first, first + 1)
        if (rows == np.arange(first, first + len(rows))).all():
            return slice(first, first + len(rows))
        return rows


class Interpreter:
    """A plan made ready to be interpreted any number of times."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.layout = plan, Layout(plan)

    @cached_property
    def calls(self) -> int:
        """Calls of NumPy that a step costs."""
        return len(self.layout.step) + len(self.layout.save)

    def run(
        self, constants: FloatArray, clock: Clock, *, method: str = "euler", seed: int = 0, numbers: Any = None,
        watch: Watch | None = None, cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[FloatArray, BoolArray]:  # fmt: skip
        """As `interpret`. A run that is ``cancelled`` raises KeyboardInterrupt between two steps."""
        members = constants.shape[1]
        numbered = np.arange(members) if numbers is None else np.asarray(numbers)
        row_of = {int(step): row for row, step in enumerate(clock.saved)}
        saved = [self.layout.row[number] for number in self.plan.program.saved]
        out = np.empty((len(saved), len(clock.saved), members))
        with np.errstate(all="ignore"):
            run = _Run(self, clock, constants, method, seed, numbered.astype(np.uint64))
            for step in range(clock.steps + 1):
                if cancelled():
                    raise KeyboardInterrupt
                run.stage(step, run.stocks, 0)
                row = row_of.get(step)
                if watch is not None or row is not None:
                    run.compute(self.layout.save, step)
                if watch is not None:
                    watch(float(clock.times[step]), run.values, run.stocks)
                if row is not None:
                    out[:, row] = run.values[saved]
                if step < clock.steps:
                    run.advance(step)
        failed = ~(np.isfinite(out).all(axis=(0, 1)) & np.isfinite(run.stocks).all(axis=0))
        return out, np.asarray(failed)


class _Run:
    """The state of one interpreted run: ``values`` of all nodes (rows, members), stocks, held values."""

    def __init__(
        self, what: Interpreter, clock: Clock, constants: FloatArray, method: str, seed: int, numbers: Any
    ) -> None:
        self.plan, self.layout, self.clock, self.constants = what.plan, what.layout, clock, constants
        self.method, self.seed, self.numbers, self.members = method, seed, numbers, len(numbers)
        self.values = np.full((len(self.layout.row), self.members), np.nan)
        for number in self.layout.literals:
            self.values[self.layout.row[number]] = float(self.plan.nodes[number].param)
        self.uniform = self.layout.index(self.plan.wanted_uniform)
        self._table_from, self._table = 0, np.empty((0, 0))
        program, index = self.plan.program, self.layout.index
        self.stocks, self.held = np.empty((0, self.members)), np.empty((0, self.members))
        self._load_uniform(0, 0)
        self.compute(self.layout.prologue, 0)
        self.stocks = self._many([stock.initial for stock in program.stocks])
        self.held = self._many([held.initial for held in program.held])
        self.rates = index([stock.rate for stock in program.stocks])
        self.non_negative = np.array([stock.non_negative for stock in program.stocks], dtype=bool)
        self.inputs: list[FloatArray] = []
        self.starts = self._many([d.initial for d in program.delayed]), self._many([d.lag for d in program.delayed])

    def _many(self, numbers: list[int]) -> FloatArray:
        """The values of some nodes, a row each."""
        rows = [self.layout.row[number] for number in numbers]
        return np.asarray(self.values[np.array(rows, dtype=np.intp)])

    def _load_uniform(self, step: int, turn: int) -> None:
        """What depends on time alone, ``turn`` half steps after the step; tabulated for many steps at once."""
        rows = TURNS if self.method == "rk4" else 1
        at = (step - self._table_from) * rows + turn
        if at >= len(self._table):
            plan = self.plan.uniform_plan
            self._table_from, at = step, turn
            self._table = plan.table(self.clock, halves=rows == TURNS, first=step, last=step + plan.rows_at_once)
        if self.plan.wanted_uniform:
            self.values[self.uniform] = self._table[at][:, None]

    def stage(self, step: int, stocks: FloatArray, turn: int) -> None:
        """Every value of the step stage, for ``stocks`` at ``turn`` half steps after the step."""
        self._stocks = stocks
        self._load_uniform(step, turn)
        self.compute(self.layout.step, step)

    def compute(self, groups: list[Group], step: int) -> None:
        values = self.values
        for group in groups:
            operands = [values[index] for index in group.args]
            function = FUNCTIONS.get(group.op)
            values[group.rows] = self._special(group, operands, step) if function is None else function(*operands)

    def _special(self, group: Group, operands: list[FloatArray], step: int) -> Any:
        op, params = group.op, group.params
        if op == "lookup":
            return look_up(self.plan.program.tables[params[0]], operands[0])
        if op in _RANDOM:
            at = step if op == "random" else 0
            return threefry_uniform(self.seed, np.array(params)[:, None], self.numbers, at)
        if op in allocation.FUNCTIONS:
            rows = [np.broadcast_to(row, (1, self.members))[0] for row in operands]
            shares = allocation.FUNCTIONS[op](params[0][0], self.members, *rows)
            return shares[[wanted for _, wanted in params]]
        slots = np.array(params, dtype=np.intp)
        if op == "delayed":
            return np.array([self._delayed(slot, step) for slot in params])
        source = {"const": self.constants, "held": self.held}.get(op)
        return (self._stocks if source is None else source)[slots]

    def _delayed(self, slot: int, step: int) -> FloatArray:
        initial, lag = self.starts[0][slot], self.starts[1][slot]
        out: FloatArray = np.where(np.isnan(lag), lag, initial)
        since = step - lag
        for at in np.unique(since[since >= 0]):
            here = since == at
            out[here] = self.inputs[int(at)][slot][here]
        return out

    def advance(self, step: int) -> None:
        program = self.plan.program
        length = self.values[self.layout.row[program.time_step]].copy()
        if program.delayed:
            self.inputs.append(self._many([delayed.input for delayed in program.delayed]))
        held = self._many([held.following for held in program.held])
        rates = total = self._rates()
        if self.method == "rk4":
            total = _RK4_WEIGHTS[0] * rates
            for turn, at, weight in zip((1, 1, 2), (0.5, 0.5, 1.0), _RK4_WEIGHTS[1:], strict=True):
                self.stage(step, self.stocks + at * length * rates, turn)
                rates = self._rates()
                total = total + weight * rates
        self.held = held
        self.stocks = self.stocks + length * total
        if self.non_negative.any():
            self.stocks[self.non_negative] = np.maximum(self.stocks[self.non_negative], 0.0)

    def _rates(self) -> FloatArray:
        rates: FloatArray = np.broadcast_to(self.values[self.rates], self.stocks.shape).copy()
        return rates
