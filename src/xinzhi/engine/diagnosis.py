"""Which variable of a failed member was the first that is not a finite number, and when."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from xinzhi.engine.clock import Clock
from xinzhi.engine.interpret import Interpreter
from xinzhi.engine.operations import FloatArray
from xinzhi.engine.plan import Plan, make_plan
from xinzhi.engine.program import Program
from xinzhi.engine.specialise import live_nodes, specialise
from xinzhi.errors import Message, msg

_BATCH = 4096
_VALUES = 1 << 25  # that are held at once


@dataclass(frozen=True)
class Fault:
    """The first bad ``variable`` (its label), the model ``time`` of it, and whether it was ``infinite``."""

    variable: str
    time: float
    infinite: bool = False

    def message(self, time: str) -> Message:
        """What is wrong, with the time as the reader knows it."""
        if self.infinite:
            return msg('"{name}" is infinite at {time}', name=self.variable, time=time)
        return msg('"{name}" is not a number at {time}', name=self.variable, time=time)


class _AllFoundError(Exception):
    """Raised to leave a run that has nothing more to show."""


def find_faults(
    program: Program, varied: tuple[str, ...], constants: FloatArray, saved: Sequence[int], clock: Clock, method: str,
    seed: int, first_member: int, members: Sequence[int], values: FloatArray,
) -> list[Fault]:  # fmt: skip
    """The fault of each of ``members`` (numbers of columns of ``constants``), by running them again.

    ``values`` are those that the run saved: they speak where the interpreter finds nothing.
    """
    live = live_nodes(program, tuple(saved))
    named = _named(program, live)
    nodes = list(named)
    plan = make_plan(specialise(program, varied, clock, nodes))
    interpreter = Interpreter(plan)
    order = _by_cause(plan, nodes)
    labels = [named[nodes[i]] for i in order]
    rows = [interpreter.layout.row[plan.program.saved[i]] for i in order]
    stocks = [stock.name for stock in plan.program.stocks]
    out: list[Fault] = []
    size = max(1, min(_BATCH, _VALUES // max(1, len(interpreter.layout.row))))
    for start in range(0, len(members), size):
        batch = np.asarray(members[start : start + size])
        faults: list[Fault | None] = [None] * len(batch)

        def watch(time: float, now: FloatArray, state: FloatArray, faults: list[Fault | None] = faults) -> None:
            for names, part in ((labels, now[rows]), (stocks, state)):
                bad = ~np.isfinite(part)
                for member in np.flatnonzero(bad.any(axis=0)).tolist():
                    if faults[member] is None:
                        first = int(bad[:, member].argmax())
                        faults[member] = Fault(names[first], time, bool(np.isinf(part[first, member])))
            if all(faults):
                raise _AllFoundError

        with suppress(_AllFoundError):
            interpreter.run(
                constants[:, batch], clock, method=method, seed=seed, numbers=first_member + batch, watch=watch
            )
        out += [
            fault or _saved_fault(named, saved, clock, values[:, :, member])
            for fault, member in zip(faults, batch.tolist(), strict=True)
        ]
    return out


def _named(program: Program, live: set[int]) -> dict[int, str]:
    """A label of every live node that has one: where two are the same node a constant's, else the file's first."""
    named: dict[int, str] = {}
    for variable in sorted(program.variables, key=lambda variable: variable.kind != "constant"):
        for label, node in zip(variable.labels(), variable.nodes, strict=False):
            if node in live:
                named.setdefault(node, label)
    return named


def _by_cause(plan: Plan, nodes: Sequence[int]) -> list[int]:
    """Places of ``nodes`` (those that the plan saves) in an order in which nothing stands before what it depends on.

    Numbers come first, in the order in which they were read: one may have been computed from another.
    """
    order = {number: i for i, number in enumerate((*plan.prologue, *plan.uniform, *plan.step, *plan.save))}
    return sorted(range(len(nodes)), key=lambda i: (order.get(plan.program.saved[i], -1), nodes[i]))


def _saved_fault(named: dict[int, str], saved: Sequence[int], clock: Clock, values: FloatArray) -> Fault:
    """The first of the saved values (saved, times) that is bad; the last of the saved where all are finite."""
    bad = ~np.isfinite(values)
    if not bad.any():
        return Fault(named[saved[-1]], float(clock.times[-1]))
    row = int(bad.any(axis=0).argmax())
    first = int(bad[:, row].argmax())
    return Fault(named[saved[first]], float(clock.saved_times[row]), bool(np.isinf(values[first, row])))
