"""A large plan, or a long run, as LLVM texts in pieces: compiling time grows with size, and a run can stop at any step.

Each piece is a function of a few hundred operations; a driver calls them step by step. What a piece leaves for others,
and the state, lie in a frame in memory: frame[slot][lane]. LLVM's time grows with the square of what one function
keeps alive, so one function for everything (`emit`) is faster to run and, beyond some size, slower by far to compile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinzhi.engine.algebra import Guards
from xinzhi.engine.emit_driver import ARGUMENTS, Driver
from xinzhi.engine.emit_values import FAST, Values
from xinzhi.engine.ir_text import Emitter
from xinzhi.engine.machine import Machine
from xinzhi.engine.pieces import STATE, Cut, Frame, Item
from xinzhi.engine.plan import TIME, Plan
from xinzhi.engine.vector_math import definitions

MODULE = 800  # operations of a text: compiled in a fifth of a second, and between two the shell can stop


@dataclass(frozen=True)
class Pieces:
    """The texts of one kernel, the driver's first, and the ``slots`` of its frame."""

    texts: tuple[str, ...]
    slots: int


def emit_pieces(plan: Plan, machine: Machine, *, method: str, guards: Guards | None = None) -> Pieces:
    """As `emit`. The kernel (see PIECES_SIGNATURE) runs one block, whatever ``blocks`` says, over steps from .. until.

    It begins where ``from`` is 0, else it goes on with what the frame holds; it ends a member where it has saved the
    last step. ``%saves`` gives rows of ``%out`` for the steps of this call.
    """
    return _Pieces(plan, machine, method, guards).pieces()


class _Pieces(Values):
    """The texts under construction; ``made``: what a piece has made once for all of its items."""

    made: dict[str, str]
    frame: Frame

    def pieces(self) -> Pieces:
        cut = Cut(self.plan, self.rk4, self._trusted())
        self.frame = cut.frame
        driver = Driver(self.machine.lanes, len(self.column), cut.frame, cut.phases, self.attributes(), rk4=self.rk4)
        texts = [driver.text()]
        waiting: list[tuple[str, list[Item]]] = []
        for name, pieces in cut.phases.items():
            for i, items in enumerate(pieces):
                if sum(len(of) for _, of in waiting) + len(items) > MODULE:
                    texts.append(self._module(waiting))
                    waiting = []
                waiting.append((f"{name}{i}", items))
        texts.append(self._module(waiting))
        return Pieces(tuple(texts), cut.frame.slots)

    def _module(self, pieces: Sequence[tuple[str, list[Item]]]) -> str:
        self.used = set()
        bodies = [self._piece(name, items) for name, items in pieces]
        functions = definitions(sorted(self.used), self.machine.lanes, self.machine.isa)
        return "\n".join([functions, *bodies, self.attributes()])

    def _piece(self, name: str, items: list[Item]) -> str:
        self.e = Emitter(self.machine.lanes, self.machine.isa, "" if self.strict else FAST)
        self.ssa, self.masks, self.made = {}, {}, {}
        self.line(f"define void @{name}({ARGUMENTS}) #0 {{\nentry:")
        self.line(f"  %offset = add i64 0, 0\n  %bad = load {self.e.doubles}, ptr {self.slot(self.frame.bad)}")
        self.bad = "zeroinitializer" if name == "start0" else "%bad"
        before = self.bad
        for item in items:
            getattr(self, f"_do_{item.what}")(item.number)
        if self.bad != before or name == "start0":
            self.store(self.bad, self.slot(self.frame.bad))
        self.line("  ret void\n}")
        return "\n".join(self.e.lines)

    def slot(self, number: int, base: str = "%frame") -> str:
        return self.at(base, str(number * self.machine.lanes))

    def _state_of(self, op: str, i: int) -> str:
        """A stock at this stage, or a held value."""
        frame = self.frame
        pointer = self.slot(i, "%state") if op == "stock" else self.slot(frame.now + frame.stocks + i)
        return self.load(pointer, self.align)

    def get(self, number: int) -> str:
        if number not in self.ssa and number not in self.masks:
            op, _, param = self.nodes[number]
            if op in STATE:
                self.ssa[number] = self._state_of(op, int(param))
            elif number in self.frame.values and self.plan.levels[number] != TIME:
                self.ssa[number] = self.load(self.slot(self.frame.values[number]), self.align)
        return super().get(number)

    def _do_node(self, number: int) -> None:
        op, _, param = self.nodes[number]
        if op == "const":
            self.ssa[number] = self.load(self.at("%constants", ("%cstride", param)), align=8)
        elif op in STATE:
            self.get(number)
        self.compute((number,))
        if number in self.frame.values:
            self.store(self.get(number), self.slot(self.frame.values[number]))

    def at_start(self, number: int) -> str:
        if number not in self.frame.starts:
            return self.get(number)
        return self.load(self.slot(self.frame.begun + self.frame.starts[number]), self.align)

    def _do_begin(self, number: int) -> None:
        self.store(self.get(number), self.slot(self.frame.begun + self.frame.starts[number]))

    def _do_trust(self, number: int) -> None:
        self.spoil(self.get(number))

    def _do_start(self, i: int) -> None:
        stocks, held = self.plan.program.stocks, self.plan.program.held
        initial = stocks[i].initial if i < len(stocks) else held[i - len(stocks)].initial
        self.store(self.get(initial), self.slot(self.frame.now + i))

    def _do_save(self, i: int) -> None:
        value = self.get(self.plan.program.saved[i])
        if "row" not in self.made:
            self.made["row"] = self.at("%out", ("%row", "%ostride"))
            self.made["column"] = self.e.emit("mul i64 %rows, %ostride")
        self.store(value, self.at(self.made["row"], (self.made["column"], i)))
        self.spoil(value)

    def _do_length(self, _: int) -> None:
        self.store(self.get(self.plan.program.time_step), self.slot(self.frame.step_size))

    def _do_hold(self, i: int) -> None:
        value = self.get(self.plan.program.held[i].following)
        self.store(value, self.slot(self.frame.following + self.frame.stocks + i))

    def _do_keep(self, i: int) -> None:
        self.store(self.get(self.plan.program.delayed[i].input), self.at(self._buffer(i), ("%t", self.e.lanes)))

    def _do_weigh(self, i: int) -> None:
        frame = self.frame
        rate, now = self.get(self.plan.program.stocks[i].rate), self.load(self.slot(frame.now + i), self.align)
        so_far = self.load(self.slot(frame.sums + i), self.align)
        self.store(self.added(i, rate, self._once("%weight"), so_far), self.slot(frame.sums + i))
        self.store(self.added(i, rate, self._stretch(), now), self.slot(frame.following + i))

    def _do_advance(self, i: int) -> None:
        frame, stock = self.frame, self.plan.program.stocks[i]
        rate = self.load(self.slot(frame.sums + i), self.align) if self.rk4 else self.get(stock.rate)
        value = self.added(i, rate, self._length(), self.load(self.slot(frame.now + i), self.align))
        self.store(self.bounded(i, value), self.slot(frame.following + i))

    def _do_end(self, i: int) -> None:
        self.spoil(self.load(self.slot(self.frame.now + i), self.align))

    def _once(self, scalar: str) -> str:
        """A scalar of the arguments in every lane, made once a piece."""
        if scalar not in self.made:
            self.made[scalar] = self.splat(scalar)
        return self.made[scalar]

    def _length(self) -> str:
        if "length" not in self.made:
            self.made["length"] = self.load(self.slot(self.frame.step_size), self.align)
        return self.made["length"]

    def _stretch(self) -> str:
        """How far ahead the next stage of Runge-Kutta lies."""
        if "stretch" not in self.made:
            self.made["stretch"] = self.e.mul(self._length(), self._once("%stretch"))
        return self.made["stretch"]
