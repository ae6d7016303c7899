"""The NumPy interpreter: the same plan as the kernel's, an operation at a time over all members.

Slow and plain: the second truth for debugging, and what runs where LLVM cannot serve.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xinzhi.engine import allocation
from xinzhi.engine.clock import Clock
from xinzhi.engine.operations import FloatArray, evaluate
from xinzhi.engine.plan import Plan
from xinzhi.engine.random_numbers import threefry_uniform
from xinzhi.engine.tables import look_up

_RK4_WEIGHTS = (1 / 6, 1 / 3, 1 / 3, 1 / 6)
Values = dict[Any, Any]  # by node
BoolArray = np.ndarray[Any, np.dtype[np.bool_]]


def interpret(
    plan: Plan, clock: Clock, constants: FloatArray, *, method: str = "euler", seed: int = 0, numbers: Any = None,
    watch: Callable[[float, Values], None] | None = None,
) -> tuple[FloatArray, BoolArray]:  # fmt: skip
    """Run the plan: saved values (saved, times, members), and which members failed (members,).

    ``constants`` has shape (varied, members); ``numbers`` are the members' numbers, 0, 1, 2 … unless given. ``watch``
    is called at every step with the time and the value of every node.
    """
    members = constants.shape[1]
    rows = {step: row for row, step in enumerate(clock.saved)}
    given = np.arange(members) if numbers is None else np.asarray(numbers)
    run = _Run(plan, clock, constants, method, seed, given.astype(np.uint64))
    out = np.empty((len(plan.program.saved), len(clock.saved), members))
    for step in range(clock.steps + 1):
        values = run.stage(step, run.stocks, 0)
        if watch is not None:
            run.saving(values)
            watch(float(run.times[step]), values)
        if step in rows:
            run.saving(values)
            for i, number in enumerate(plan.program.saved):
                out[i, rows[step]] = run.value(values, number)
        if step < clock.steps:
            run.advance(step, values)
    stocks = np.array(run.stocks).reshape(-1, members)
    failed = ~np.isfinite(np.vstack([out.reshape(-1, members), stocks])).all(axis=0)
    return out, np.asarray(failed)


class _Run:
    """The state of one interpreted run."""

    def __init__(self, plan: Plan, clock: Clock, constants: FloatArray, method: str, seed: int, numbers: Any) -> None:
        self.plan, self.clock, self.constants, self.method = plan, clock, constants, method
        self.seed, self.numbers, self.members = seed, numbers, len(numbers)
        self.times = clock.times
        self.table = plan.uniform_plan.table(clock, halves=method == "rk4")
        self.base: Values = {}
        for number in plan.prologue:  # each needs those before it
            self.base[number] = self._compute(number, self.base, 0)
        program = plan.program
        self.stocks = [self._full(stock.initial) for stock in program.stocks]
        self.held = [self._full(held.initial) for held in program.held]
        self.inputs: list[list[FloatArray]] = [[] for _ in program.delayed]
        self.starts = [(self._full(d.initial), self._full(d.lag)) for d in program.delayed]

    def _full(self, number: int) -> FloatArray:
        return np.broadcast_to(np.asarray(self.value(self.base, number), dtype=np.float64), (self.members,)).copy()

    def value(self, values: Values, number: int) -> Any:
        node = self.plan.nodes[number]
        return np.float64(node.param) if node.op == "lit" else values[number]

    def stage(self, step: int, stocks: list[FloatArray], row: int) -> Values:
        """Every value of the step stage, for ``stocks`` at the time of row ``row`` after the step's own."""
        values = dict(self.base)
        rows = 3 if self.method == "rk4" else 1
        values.update(zip(self.plan.wanted_uniform, self.table[step * rows + row], strict=False))
        self._stocks = stocks
        for number in self.plan.step:
            values[number] = self._compute(number, values, step)
        self._now = step
        return values

    def saving(self, values: Values) -> None:
        """Add what only saved variables need."""
        for number in self.plan.save:
            if number not in values:
                values[number] = self._compute(number, values, self._now)

    @np.errstate(all="ignore")
    def advance(self, step: int, values: Values) -> None:
        program, dt = self.plan.program, self.value(values, self.plan.program.time_step)
        rates = total = [self.value(values, stock.rate) for stock in program.stocks]
        if self.method == "rk4":
            total = [_RK4_WEIGHTS[0] * rate for rate in rates]
            for row, at, weight in zip((1, 1, 2), (0.5, 0.5, 1.0), _RK4_WEIGHTS[1:], strict=True):
                there = [stock + at * dt * rate for stock, rate in zip(self.stocks, rates, strict=True)]
                inner = self.stage(step, there, row)
                rates = [self.value(inner, stock.rate) for stock in program.stocks]
                total = [sum_ + weight * rate for sum_, rate in zip(total, rates, strict=True)]
        for i, delayed in enumerate(program.delayed):
            self.inputs[i].append(np.broadcast_to(self.value(values, delayed.input), (self.members,)))
        self.held = [
            np.broadcast_to(np.asarray(self.value(values, held.following), float), (self.members,))
            for held in program.held
        ]
        self.stocks = [stock + dt * rate for stock, rate in zip(self.stocks, total, strict=True)]
        for i, stock in enumerate(program.stocks):
            if stock.non_negative:
                self.stocks[i] = np.maximum(self.stocks[i], 0.0)

    def _compute(self, number: int, values: Values, step: int) -> Any:
        op, args, param = self.plan.nodes[number]
        if op == "const":
            return self.constants[param]
        if op == "stock":
            return self._stocks[param]
        if op == "held":
            return self.held[param]
        if op == "delayed":
            return self._delayed(param, step)
        if op in ("random", "random_at_start"):
            return threefry_uniform(self.seed, param, self.numbers, step if op == "random" else 0)
        given = [self.value(values, arg) for arg in args]
        if op == "lookup":
            return look_up(self.plan.program.tables[param], given[0])
        if op in allocation.FUNCTIONS:
            targets, wanted = param  # all targets at once: the others will be asked for too
            if (op, args) not in values:
                values[op, args] = allocation.FUNCTIONS[op](targets, self.members, *given)
            return values[op, args][wanted]
        return evaluate(op, *given)

    def _delayed(self, slot: int, step: int) -> FloatArray:
        initial, lag = self.starts[slot]
        out = np.where(np.isnan(lag), lag, initial)
        since = step - lag
        for member in np.flatnonzero(since >= 0):
            out[member] = self.inputs[slot][int(since[member])][member]
        return out
