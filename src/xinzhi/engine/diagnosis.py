"""Which variable of a failed member was the first that is not a number, and when."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from xinzhi.engine.clock import Clock
from xinzhi.engine.interpret import interpret
from xinzhi.engine.operations import FloatArray
from xinzhi.engine.plan import make_plan
from xinzhi.engine.program import Program
from xinzhi.engine.specialise import live_nodes, specialise

_BATCH = 4096


@dataclass(frozen=True)
class Fault:
    """The first bad ``variable`` (its label) and the model ``time`` of it."""

    variable: str
    time: float


class _AllFoundError(Exception):
    """Raised to leave a run that has nothing more to show."""


def find_faults(
    program: Program, varied: tuple[str, ...], constants: FloatArray, saved: Sequence[int], clock: Clock, method: str,
    seed: int, first_member: int, members: Sequence[int],
) -> list[Fault]:  # fmt: skip
    """The fault of each of ``members`` (numbers of columns of ``constants``), by running them again."""
    live = live_nodes(program, tuple(saved))
    labels, nodes = [], []
    for variable in program.variables:
        for label, node in zip(variable.labels(), variable.nodes, strict=False):
            if node in live:
                labels.append(label)
                nodes.append(node)
    plan = make_plan(specialise(program, varied, clock, nodes))
    place = {number: i for i, number in enumerate((*plan.prologue, *plan.uniform, *plan.step, *plan.save))}
    order = sorted(range(len(labels)), key=lambda i: place.get(plan.program.saved[i], -1))
    out: list[Fault] = []
    for start in range(0, len(members), _BATCH):
        batch = np.asarray(members[start : start + _BATCH])
        numbers = first_member + batch
        found: list[Fault | None] = [None] * len(batch)

        def watch(time: float, values: dict[int, Any], found: list[Fault | None] = found) -> None:
            for i in order:
                value = values.get(plan.program.saved[i])
                if value is None:
                    continue
                bad = np.broadcast_to(~np.isfinite(value), (len(found),))
                for member in np.flatnonzero(bad):
                    found[member] = found[member] or Fault(labels[i], time)
            if all(found):
                raise _AllFoundError

        with suppress(_AllFoundError):
            interpret(plan, clock, constants[:, batch], method=method, seed=seed, numbers=numbers, watch=watch)
        last = Fault("", float(clock.times[-1]))
        out += [fault or last for fault in found]
    return out
