"""A program cut down to what one kind of run needs: numbers put in place of what does not vary, the rest left out.

Constants that no design varies and the clock become literals and are folded; what nothing saved depends on vanishes,
stocks included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xinzhi.engine.clock import Clock
from xinzhi.engine.lookup_tables import look_up
from xinzhi.engine.operations import LEAVES
from xinzhi.engine.program import Delayed, Graph, Held, Program, Stock, Table
from xinzhi.errors import Problem, SimulationError, msg


@dataclass(frozen=True)
class Specialised:
    """What is left of a program: ``varied`` names the rows of constants, ``saved`` the nodes wanted."""

    graph: Graph
    varied: tuple[str, ...]
    stocks: tuple[Stock, ...]
    held: tuple[Held, ...]
    delayed: tuple[Delayed, ...]
    tables: tuple[Table, ...]
    time_step: int
    saved: tuple[int, ...]

    def state_roots(self) -> list[int]:
        """Every node that the state of the model is made of, and the length of a step."""
        out = [self.time_step]
        out += [node for stock in self.stocks for node in (stock.initial, stock.rate)]
        out += [node for held in self.held for node in (held.initial, held.following)]
        out += [node for delayed in self.delayed for node in (delayed.initial, delayed.input, delayed.lag)]
        return out

    def roots(self) -> list[int]:
        """Every node that is wanted for itself."""
        return [*self.state_roots(), *self.saved]


def specialise(program: Program, varied: Sequence[str], clock: Clock, saved: Iterable[int]) -> Specialised:
    """The program for runs in which only ``varied`` constants differ from the model's values.

    ``saved`` are nodes of the program. Raises `SimulationError` for a constant that shaped the program.
    """
    refused = [name for name in varied if name in program.fixed]
    if refused:
        problem = msg('"{name}" is the order of a delay and cannot be changed in a run', name=refused[0])
        raise SimulationError(Problem(None, problem, msg("change it in the model file")))
    return _Cut(program, varied, clock).cut(tuple(saved))


def live_nodes(program: Program, saved: Iterable[int]) -> set[int]:
    """Every node that something saved depends on, through stocks too."""
    live, waiting = set[int](), list(saved)
    while waiting:
        number = waiting.pop()
        if number in live:
            continue
        live.add(number)
        op, args, param = program.nodes[number]
        waiting.extend(args)
        if op == "stock":
            waiting += [program.stocks[param].initial, program.stocks[param].rate]
        elif op == "held":
            waiting += [program.held[param].initial, program.held[param].following]
        elif op == "delayed":
            waiting += [program.delayed[param].initial, program.delayed[param].input, program.delayed[param].lag]
    return live


class _Cut:
    """The state of one specialisation: the new graph, and the new slot of each stock, held or delayed value."""

    def __init__(self, program: Program, varied: Sequence[str], clock: Clock) -> None:
        self.program, self.varied, self.clock = program, tuple(varied), clock
        self.graph = Graph()
        self.rows = {name: row for row, name in enumerate(varied)}
        self.new: dict[int, int] = {}
        self.slots: dict[str, dict[int, int]] = {"stock": {}, "held": {}, "delayed": {}}

    def cut(self, saved: tuple[int, ...]) -> Specialised:
        for number in sorted(live_nodes(self.program, saved)):
            if number not in self.new:
                self.new[number] = self._copied(number)
        program, new, slots = self.program, self.new, self.slots
        stocks = (program.stocks[old] for old in slots["stock"])
        held = (program.held[old] for old in slots["held"])
        delayed = (program.delayed[old] for old in slots["delayed"])
        return Specialised(
            graph=self.graph,
            varied=self.varied,
            stocks=tuple(Stock(s.name, new[s.initial], new[s.rate], s.non_negative) for s in stocks),
            held=tuple(Held(h.name, new[h.initial], new[h.following]) for h in held),
            delayed=tuple(Delayed(d.name, new[d.initial], new[d.input], new[d.lag]) for d in delayed),
            tables=program.tables,
            time_step=self._control("time_step"),
            saved=tuple(new[number] for number in saved),
        )

    def _copied(self, number: int) -> int:
        op, args, param = self.program.nodes[number]
        graph = self.graph
        if op == "lit":
            return graph.lit(float(param))
        if op == "const":
            if param in self.rows:
                return graph.node("const", param=self.rows[param])
            return graph.lit(self.program.constants[param])
        if op == "control":
            return self._control(param)
        if op in self.slots:
            return graph.node(op, param=self.slots[op].setdefault(param, len(self.slots[op])))
        if op in LEAVES:
            return graph.node(op, param=param)
        operands = tuple(self._known(arg) for arg in args)
        if param is None:
            return graph.op(op, *operands)
        value = graph.value(operands[0])
        if op == "lookup" and value is not None:
            return graph.lit(float(look_up(self.program.tables[param], value)))
        return graph.node(op, *operands, param=param)

    def _known(self, number: int) -> int:
        if number not in self.new:
            self.new[number] = self._copied(number)
        return self.new[number]

    def _control(self, name: str) -> int:
        """A number, or (a clock that changes its pace) the model's own expression of time."""
        value = getattr(self.clock, name)
        return self._known(self.program.controls[name]) if value is None else self.graph.lit(value)
