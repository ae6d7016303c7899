"""A large plan cut into pieces: what each does, in which phase of a step, and where in the frame what crosses lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from xinzhi.engine.plan import TIME, Plan

PIECE = 120  # operations of a function
STATE = ("stock", "held")
Phases = Mapping[str, list[list["Item"]]]
"""The pieces of each phase: start, then with every step step, save, first, weigh and advance; end."""


class Item(NamedTuple):
    """One thing that a piece does, to a node or to a slot of the state, and the nodes that it reads."""

    what: str
    number: int
    reads: tuple[int, ...]


@dataclass(frozen=True)
class Frame:
    """Where in the frame what lies: the first slot of each region, in vectors of one number a lane."""

    values: dict[int, int]
    stocks: int
    held: int
    starts: dict[int, int]

    @property
    def bad(self) -> int:
        return len(self.values)

    @property
    def step_size(self) -> int:
        return self.bad + 1

    @property
    def now(self) -> int:
        """Stocks and held values of the step."""
        return self.bad + 2

    @property
    def following(self) -> int:
        """Those of the next."""
        return self.now + self.stocks + self.held

    @property
    def inner(self) -> int:
        """The stocks at a stage of Runge-Kutta."""
        return self.following + self.stocks + self.held

    @property
    def sums(self) -> int:
        """The weighted rates of Runge-Kutta so far."""
        return self.inner + self.stocks

    @property
    def begun(self) -> int:
        """What depends on time and is wanted as it was at the first time."""
        return self.sums + self.stocks

    @property
    def slots(self) -> int:
        return self.begun + len(self.starts)


@dataclass(frozen=True)
class Cut:
    """A plan's pieces. ``trusted`` are the nodes that its text takes for finite and has to check."""

    plan: Plan
    rk4: bool
    trusted: Sequence[int]

    @cached_property
    def phases(self) -> Phases:
        stocks = range(len(self.plan.program.stocks))
        return {
            "start": _pieces(self._start()),
            "step": _pieces(self._node(number) for number in self.plan.step),
            "save": _pieces(self._saved()),
            "first": _pieces(self._first()),
            "weigh": _pieces(self._weighed()),
            "advance": _pieces(self._advanced()),
            "end": _pieces(Item("end", i, ()) for i in stocks),
        }

    @cached_property
    def frame(self) -> Frame:
        program = self.plan.program
        starts = {number: i for i, number in enumerate(self._begun)}
        return Frame(self._crossing(), len(program.stocks), len(program.held), starts)

    def _node(self, number: int) -> Item:
        op, args, param = self.plan.nodes[number]
        if op == "delayed":
            delayed = self.plan.program.delayed[param]
            args = (delayed.initial, delayed.lag)
        return Item("node", number, args)

    def _start(self) -> Iterator[Item]:
        program = self.plan.program
        yield from (self._node(number) for number in self.plan.prologue)
        yield from (Item("trust", number, (number,)) for number in self.trusted)
        yield from (Item("begin", number, ()) for number in self._begun)
        starts = [state.initial for state in program.stocks] + [state.initial for state in program.held]
        yield from (Item("start", i, (initial,)) for i, initial in enumerate(starts))

    def _saved(self) -> Iterator[Item]:
        for number in self.plan.save:
            yield self._node(number)
            yield from self._saved_by.get(number, ())
        computed = set(self.plan.save)
        yield from (item for number, items in self._saved_by.items() if number not in computed for item in items)

    @cached_property
    def _begun(self) -> list[int]:
        fixed = {number for delayed in self.plan.program.delayed for number in (delayed.initial, delayed.lag)}
        return sorted(number for number in fixed if self.plan.levels[number] == TIME)

    @cached_property
    def _saved_by(self) -> dict[int, list[Item]]:
        out: dict[int, list[Item]] = {}
        for i, number in enumerate(self.plan.program.saved):
            out.setdefault(number, []).append(Item("save", i, (number,)))
        return out

    def _first(self) -> Iterator[Item]:
        """What the first stage of a step fixes: its length, values to hold, values to delay."""
        program = self.plan.program
        yield Item("length", 0, (program.time_step,))
        for i, held in enumerate(program.held):
            yield Item("hold", i, (held.following,))
        for i, delayed in enumerate(program.delayed):
            yield Item("keep", i, (delayed.input,))

    def _weighed(self) -> Iterator[Item]:
        if self.rk4:
            for i, stock in enumerate(self.plan.program.stocks):
                yield Item("weigh", i, (stock.rate,))

    def _advanced(self) -> Iterator[Item]:
        for i, stock in enumerate(self.plan.program.stocks):
            yield Item("advance", i, () if self.rk4 else (stock.rate,))

    def _crossing(self) -> dict[int, int]:
        """The nodes that a piece reads and another computes, each with its slot."""
        home = {
            item.number: (name, i)
            for name, pieces in self.phases.items()
            for i, items in enumerate(pieces)
            for item in items
            if item.what == "node" and self.plan.nodes[item.number].op not in STATE
        }
        crossing: dict[int, int] = {}
        for name, pieces in self.phases.items():
            for i, items in enumerate(pieces):
                for number in (read for item in items for read in item.reads):
                    if home.get(number, (name, i)) != (name, i):
                        crossing.setdefault(number, len(crossing))
        return crossing


def _pieces(items: Iterable[Item]) -> list[list[Item]]:
    every = list(items)
    return [every[first : first + PIECE] for first in range(0, len(every), PIECE)]
