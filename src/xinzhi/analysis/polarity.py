"""Which way a variable moves what reads it: each equation tried around the values of whole runs.

An equation is one step: its input is moved up and down at every saved year while its other inputs stay, first by a
hundredth, then further where nothing answers (a limit that does not bind). It is tried in the baseline and, where
nothing answers there, with every lever half and fully applied. A delay is followed through the stocks it is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from xinzhi.analysis.structure import Structure
from xinzhi.engine.lookup_tables import look_up
from xinzhi.engine.operations import FUNCTIONS, FloatArray, evaluate
from xinzhi.engine.program import Program
from xinzhi.simulate import Simulator

SAME, OPPOSITE, BOTH, NONE = "+", "-", "±", ""
_MOVES = ((0.01, -0.01), (0.3, -0.3), (3.0, -0.9))  # relative; the next pair where the one before it moves nothing
_LEVERS = (0.0, 0.5, 1.0)  # how far every lever is applied in the runs around which equations are tried
_DUST = 1e-11
_STATES = ("stock", "held", "delayed")
Signs = frozenset[int]


def polarities(structure: Structure, simulator: Simulator) -> dict[tuple[str, str], str]:
    """The polarity of every link (input, reader): "+", "-", "±" where it depends, "" where nothing answers."""
    levers = structure.content.sheet.levers.values()
    points = [
        _Moved(simulator, {lever.variable: lever.base + share * (lever.high - lever.base) for lever in levers})
        for share in _LEVERS
    ]
    polarity = {}
    for name in structure.variables:
        read = structure.inputs(name)
        for used in read:
            tried = (point.signs(used, name, read) for point in points)
            polarity[used, name] = _word(next((signs for signs in tried if signs), frozenset()))
    return polarity


def along(path: Sequence[str], polarity: Mapping[tuple[str, str], str]) -> str:
    """The polarity of a path: the product of its links', "" or "±" where one of them has no single sign."""
    signs = [polarity[link] for link in pairwise(path)]
    if NONE in signs or BOTH in signs:
        return NONE if NONE in signs else BOTH
    return OPPOSITE if signs.count(OPPOSITE) % 2 else SAME


def _word(signs: Signs) -> str:
    return BOTH if len(signs) == 2 else {1: SAME, -1: OPPOSITE}[next(iter(signs))] if signs else NONE


@dataclass(frozen=True)
class _Moved:
    """A run's values by node, shape (years,), and what becomes of an equation when one of them is moved.

    ``levers`` are constants of that run.
    """

    simulator: Simulator
    levers: Mapping[str, float]

    @cached_property
    def program(self) -> Program:
        return self.simulator.compiled.program

    def nodes(self, name: str) -> tuple[int, ...]:
        """The node of a variable; a lookup has none."""
        number = self.simulator.compiled.labels.get(name)
        return () if number is None else (number,)

    @cached_property
    def values(self) -> dict[int, FloatArray]:
        states = [number for number, node in enumerate(self.program.nodes) if node.op in _STATES]
        saved = list(dict.fromkeys([*self.simulator.compiled.labels.values(), *states]))
        rows = tuple(name for name in self.program.constants if name in self.levers)
        column = np.array([[self.levers[name]] for name in rows])
        result = self.simulator.compiled.run_rows(
            rows, column, saved, self.simulator.clock(), method="euler", threads=1
        )
        return dict(zip(saved, result.values[:, :, 0], strict=True))

    def signs(self, used: str, name: str, read: Sequence[str]) -> Signs:
        """The directions in which ``name``, which reads ``read``, answers when ``used`` grows: of -1 and 1."""
        inputs = frozenset(self.nodes(used))
        fixed = frozenset(node for other in read for node in self.nodes(other))
        signs: set[int] = set()
        for own in self.nodes(name):
            if own in inputs:  # an equation that is its input's name alone
                signs.add(1)
                continue
            stock = self.program.nodes[own].op == "stock"
            signs |= self._effect(self._behind(own) if stock else (own,), inputs, fixed - {own}, frozenset({own}))
        return frozenset(signs)

    def _effect(
        self, roots: Iterable[int], inputs: frozenset[int], fixed: frozenset[int], seen: frozenset[int]
    ) -> Signs:
        """The signs of the inputs' effect on the roots, also through states that have no name."""
        signs: set[int] = set()
        for root in roots:
            signs |= self._moves(root, inputs, fixed)
            for state in self._hidden(root, inputs | fixed) - seen:
                own = self._moves(root, frozenset({state}), fixed)
                through = self._effect(self._behind(state), inputs, fixed, seen | {state}) if own else frozenset()
                signs |= {one * other for one in own for other in through}
        return frozenset(signs)

    def _behind(self, state: int) -> tuple[int, ...]:
        """The nodes from which a state follows."""
        op, _, slot = self.program.nodes[state]
        if op == "stock":
            return (self.program.stocks[slot].rate, self.program.stocks[slot].initial)
        if op == "held":
            return (self.program.held[slot].following, self.program.held[slot].initial)
        return (self.program.delayed[slot].input, self.program.delayed[slot].initial)

    def _hidden(self, root: int, fixed: frozenset[int]) -> set[int]:
        """The states that an expression reads and that no variable among its inputs is."""
        states, seen, stack = set[int](), set[int](), [root]
        while stack:
            number = stack.pop()
            if number in seen or number in fixed:
                continue
            seen.add(number)
            if self.program.nodes[number].op in _STATES:
                states.add(number)
            stack.extend(self.program.nodes[number].args)
        return states

    def _moves(self, root: int, inputs: frozenset[int], fixed: frozenset[int]) -> Signs:
        """The signs of the root's answers to moving the inputs together, ``fixed`` staying as they are."""
        before = self._value(root, {}, fixed)
        for pair in _MOVES:
            signs: set[int] = set()
            for share in pair:
                moved = {number: self._shifted(number, share) for number in inputs}
                answer = np.sign(share) * (self._value(root, moved, fixed) - before)
                answer = answer[np.isfinite(answer) & (np.abs(answer) > _DUST * np.abs(before))]
                signs |= {int(sign) for sign in np.unique(np.sign(answer)) if sign}
            if signs:
                return frozenset(signs)
        return frozenset()

    def _shifted(self, number: int, share: float) -> FloatArray:
        value = self.values.get(number, np.zeros(self._years))
        return np.asarray(value + share * np.where(value == 0, 1.0, np.abs(value)))

    def _value(self, number: int, known: dict[int, FloatArray], fixed: frozenset[int]) -> FloatArray:
        """A node's values: as ``known``, the baseline's for what is fixed and for states, computed otherwise."""
        if number in known:
            return known[number]
        op, args, param = self.program.nodes[number]
        if number in self.values and (number in fixed or op in _STATES):
            return self.values[number]
        if not args:
            value = self._leaf(op, param)
        else:
            value = self._computed(op, param, [self._value(arg, known, fixed) for arg in args])
        known[number] = value
        return value

    def _computed(self, op: str, param: Any, values: list[FloatArray]) -> FloatArray:
        if op == "lookup":
            return look_up(self.program.tables[param], values[0])
        if op not in FUNCTIONS:  # an allocation, of which no sign is asked
            return np.zeros(self._years)
        return np.broadcast_to(evaluate(op, *values), self._years)

    def _leaf(self, op: str, param: Any) -> FloatArray:
        if op in ("time", "step_time"):
            return np.asarray(self.simulator.years, dtype=np.float64)
        if op == "control":
            value = self.simulator.content.model.control(str(param).upper().replace("_", " "))
        elif op == "const":
            value = self.levers.get(param, self.program.constants[param])
        else:
            value = float(param) if op == "lit" else 0.5  # a random number
        return np.full(self._years, value)

    @property
    def _years(self) -> tuple[int]:
        return (len(self.simulator.years),)
