"""A large plan, or a long run, as LLVM texts in pieces: compiling time grows with size, and a run can stop at any step.

Each piece is a function of a few hundred operations; a driver calls them step by step. What a piece leaves for others,
and the state, lie in a frame in memory: frame[slot][lane]. LLVM's time grows with the square of what one function
keeps alive, so one function for everything (`emit`) is faster to run and, beyond some size, slower by far to compile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from xinzhi.engine.algebra import Guards
from xinzhi.engine.emit import FAST, SIGNATURE, Target, Text
from xinzhi.engine.ir_text import Emitter, hexadecimal
from xinzhi.engine.plan import TIME, TURNS, Plan
from xinzhi.engine.vector_math import definitions

PIECE = 120  # operations of a function
MODULE = 800  # operations of a text: compiled in a fifth of a second, and between two the shell can stop
PIECES_SIGNATURE = SIGNATURE + ", ptr %frame, i64 %from, i64 %until"
_ARGUMENTS = (
    "ptr noalias readonly %constants, i64 %cstride, ptr %frame, ptr %state, ptr noalias readonly %urow, i64 %t, "
    "i64 %first_member, i64 %seed, ptr noalias %scratch, i64 %length, ptr noalias %out, i64 %ostride, i64 %rows, "
    "i64 %row, double %weight, double %ahead"
)
_STATE = ("stock", "held")


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
class Pieces:
    """The texts of one kernel, the driver's first, and the ``slots`` of its frame."""

    texts: tuple[str, ...]
    slots: int


def emit_pieces(plan: Plan, target: Target, *, method: str, guards: Guards | None = None) -> Pieces:
    """As `emit`. The kernel (see PIECES_SIGNATURE) runs one block, whatever ``blocks`` says, over steps from .. until.

    It begins where ``from`` is 0, else it goes on with what the frame holds; it ends a member where it has saved the
    last step. ``%saves`` gives rows of ``%out`` for the steps of this call.
    """
    return _Pieces(plan, target, method, guards).pieces()


class _Pieces(Text):
    """The texts under construction; ``made``: what a piece has made once for all of its items."""

    made: dict[str, str]
    frame: Frame
    phases: dict[str, list[list[Item]]]

    def pieces(self) -> Pieces:
        phases = {
            name: _cut(items, PIECE)
            for name, items in (
                ("start", list(self._start())),
                ("step", [self._node(number) for number in self.plan.step]),
                ("save", list(self._saved())),
                ("first", list(self._first())),
                ("weigh", list(self._weighed())),
                ("advance", list(self._advanced())),
                ("end", [Item("end", i, ()) for i in range(len(self.plan.program.stocks))]),
            )
        }
        starts = {number: i for i, number in enumerate(self._begun)}
        self.frame = Frame(self._crossing(phases), len(self.plan.program.stocks), len(self.plan.program.held), starts)
        texts = [self._driver(phases)]
        waiting: list[tuple[str, list[Item]]] = []
        for name, pieces in phases.items():
            for i, items in enumerate(pieces):
                if sum(len(of) for _, of in waiting) + len(items) > MODULE:
                    texts.append(self._module(waiting))
                    waiting = []
                waiting.append((f"{name}{i}", items))
        texts.append(self._module(waiting))
        return Pieces(tuple(texts), self.frame.slots)

    # -- what is done, and in which piece ------------------------------------------------------------------------------

    def _node(self, number: int) -> Item:
        op, args, param = self.nodes[number]
        if op == "delayed":
            delayed = self.plan.program.delayed[param]
            args = (delayed.initial, delayed.lag)
        return Item("node", number, args)

    def _start(self) -> Iterator[Item]:
        program = self.plan.program
        yield from (self._node(number) for number in self.plan.prologue)
        yield from (Item("trust", number, (number,)) for number in self._trusted())
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

    def _crossing(self, phases: dict[str, list[list[Item]]]) -> dict[int, int]:
        """The nodes that a piece reads and another computes, each with its slot."""
        home = {
            item.number: (name, i)
            for name, pieces in phases.items()
            for i, items in enumerate(pieces)
            for item in items
            if item.what == "node" and self.nodes[item.number].op not in _STATE
        }
        crossing: dict[int, int] = {}
        for name, pieces in phases.items():
            for i, items in enumerate(pieces):
                for number in (read for item in items for read in item.reads):
                    if home.get(number, (name, i)) != (name, i):
                        crossing.setdefault(number, len(crossing))
        return crossing

    # -- one piece -----------------------------------------------------------------------------------------------------

    def _module(self, pieces: Sequence[tuple[str, list[Item]]]) -> str:
        self.used = set()
        bodies = [self._piece(name, items) for name, items in pieces]
        functions = definitions(sorted(self.used), self.target.lanes, self.target.isa)
        return "\n".join([functions, *bodies, self._attributes()])

    def _piece(self, name: str, items: list[Item]) -> str:
        self.e = Emitter(self.target.lanes, self.target.isa, "" if self.strict else FAST)
        self.ssa, self.masks, self.made = {}, {}, {}
        self.line(f"define void @{name}({_ARGUMENTS}) #0 {{\nentry:")
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
        return self.at(base, str(number * self.target.lanes))

    def _state_of(self, op: str, i: int) -> str:
        """A stock at this stage, or a held value."""
        frame = self.frame
        pointer = self.slot(i, "%state") if op == "stock" else self.slot(frame.now + frame.stocks + i)
        return self.load(pointer, self.align)

    def get(self, number: int) -> str:
        if number not in self.ssa and number not in self.masks:
            op, _, param = self.nodes[number]
            if op in _STATE:
                self.ssa[number] = self._state_of(op, int(param))
            elif number in self.frame.values and self.plan.levels[number] != TIME:
                self.ssa[number] = self.load(self.slot(self.frame.values[number]), self.align)
        return super().get(number)

    def _do_node(self, number: int) -> None:
        op, _, param = self.nodes[number]
        if op == "const":
            self.ssa[number] = self.load(self.at("%constants", ("%cstride", param)), align=8)
        elif op in _STATE:
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
            self.made["stretch"] = self.e.mul(self._length(), self._once("%ahead"))
        return self.made["stretch"]

    # -- the driver ----------------------------------------------------------------------------------------------------

    def _driver(self, phases: dict[str, list[list[Item]]]) -> str:
        self.e = Emitter(self.target.lanes, self.target.isa)
        self.phases = phases
        frame = self.frame
        names = [f"{name}{i}" for name, pieces in phases.items() for i in range(len(pieces))]
        declared = "\n".join(f"declare void @{name}({_types(_ARGUMENTS)})" for name in names)
        self.line(f"define void @kernel({PIECES_SIGNATURE}) #0 {{\nentry:")
        self.line(f"  %length = add i64 %steps, 1\n  %now = {self._place(frame.now)}")
        self.line(f"  %next = {self._place(frame.following)}\n  %inner = {self._place(frame.inner)}")
        self.line(f"  %sums = {self._place(frame.sums)}\n  %badly = {self._place(frame.bad)}")
        self.line("  %fresh = icmp eq i64 %from, 0\n  br i1 %fresh, label %start, label %step\nstart:")
        self._call("start", "%now", "%uniform", t="0")
        self.line("  br label %step\nstep:")
        self.line("  %t = phi i64 [%from, %entry], [%from, %start], [%tn, %advance]")
        self._runge_kutta() if self.rk4 else self._euler()
        self._call("advance", "%now", "%urow")
        self._copy("%next", "%now", frame.stocks + frame.held)
        self.line("  %tn = add i64 %t, 1\n  %enough = icmp uge i64 %tn, %until")
        self.line("  br i1 %enough, label %leave, label %step\nend:")
        self._call("end", "%now", "%urow")
        self.line(f"  %mark = load {self.e.doubles}, ptr %badly, align {self.align}")
        self.line(f"  store {self.e.doubles} %mark, ptr %status, align {self.align}")
        self.line("  br label %leave\nleave:\n  ret void\n}")
        return "\n".join([declared, "\n".join(self.e.lines), self._copying(), self._attributes()])

    def _place(self, slot: int) -> str:
        return f"getelementptr double, ptr %frame, i64 {slot * self.target.lanes}"

    def _call(
        self, phase: str, state: str, urow: str, *, t: str = "%t", row: str = "0", weight: str = "0.0",
        ahead: str = "0.0",
    ) -> None:  # fmt: skip
        given = (
            f"ptr %constants, i64 %cstride, ptr %frame, ptr {state}, ptr {urow}, i64 {t}, i64 %member, i64 %seed, "
            f"ptr %scratch, i64 %length, ptr %out, i64 %ostride, i64 %rows, i64 {row}, double {weight}, double {ahead}"
        )
        for i in range(len(self.phases[phase])):
            self.line(f"  call void @{phase}{i}({given})")

    def _copy(self, source: str, to: str, count: int) -> None:
        self.line(f"  call void @copy(ptr {source}, ptr {to}, i64 {count})")

    def _euler(self) -> None:
        self.line(f"  %ubase = mul i64 %t, {len(self.column)}")
        self.line("  %urow = getelementptr double, ptr %uniform, i64 %ubase")
        self._call("step", "%now", "%urow")
        self._saving("%now", "advance", "label %advance")
        self._call("first", "%now", "%urow")

    def _saving(self, state: str, after: str, onward: str) -> None:
        """Save where this step is saved; leave after the last; else go on to ``after`` and stand in its block."""
        self.line("  %kept = getelementptr i64, ptr %saves, i64 %t\n  %row = load i64, ptr %kept, align 8")
        self.line("  %wanted = icmp sge i64 %row, 0\n  br i1 %wanted, label %save, label %saved\nsave:")
        self._call("save", state, "%urow", row="%row")
        self.line("  br label %saved\nsaved:\n  %more = icmp ult i64 %t, %steps")
        self.line(f"  br i1 %more, {onward}, label %end\n{after}:")

    def _runge_kutta(self) -> None:
        """Four turns of one body; the first saves and fixes what the step holds."""
        frame = self.frame
        self._copy("%now", "%inner", frame.stocks)
        self.line(f"  call void @clear(ptr %sums, i64 {frame.stocks})\n  br label %stage\nstage:")
        self.line(f"  %k = phi i64 [0, %step], [%kn, %turn]\n  %t2 = mul i64 %t, {TURNS}\n  %k1 = add i64 %k, 1")
        self.line("  %half = lshr i64 %k1, 1\n  %urow2 = add i64 %t2, %half")
        self.line(f"  %ubase = mul i64 %urow2, {len(self.column)}")
        self.line("  %urow = getelementptr double, ptr %uniform, i64 %ubase\n  %is_first = icmp eq i64 %k, 0")
        self._call("step", "%inner", "%urow")
        self.line("  br i1 %is_first, label %opening, label %turn\nopening:")
        self._saving("%inner", "fixing", "label %fixing")
        self._call("first", "%inner", "%urow")
        self.line("  br label %turn\nturn:\n  %is_last = icmp eq i64 %k, 3\n  %outer = or i1 %is_first, %is_last")
        self.line(f"  %weight = select i1 %outer, double {hexadecimal(1 / 6)}, double {hexadecimal(1 / 3)}")
        self.line("  %early = icmp ult i64 %k, 2")
        self.line(f"  %ahead = select i1 %early, double {hexadecimal(0.5)}, double {hexadecimal(1.0)}")
        self._call("weigh", "%inner", "%urow", weight="%weight", ahead="%ahead")
        self._copy("%next", "%inner", frame.stocks)
        self.line("  %kn = add i64 %k, 1\n  br i1 %is_last, label %advance, label %stage\nadvance:")

    def _copying(self) -> str:
        kind, lanes, align = self.e.doubles, self.target.lanes, self.align
        head = "entry:\n  %some = icmp sgt i64 %n, 0\n  br i1 %some, label %turn, label %leave\nturn:\n"
        place = f"  %at = mul i64 %i, {lanes}\n  %p = getelementptr double, ptr %to, i64 %at\n"
        tail = (
            "  %in = add i64 %i, 1\n  %more = icmp ult i64 %in, %n\n  br i1 %more, label %turn, label %leave\n"
            "leave:\n  ret void\n}"
        )
        count = "  %i = phi i64 [0, %entry], [%in, %turn]\n"
        copy = (
            f"  %q = getelementptr double, ptr %of, i64 %at\n  %v = load {kind}, ptr %q, align {align}\n"
            f"  store {kind} %v, ptr %p, align {align}\n"
        )
        clear = f"  store {kind} zeroinitializer, ptr %p, align {align}\n"
        return (
            f"define internal void @copy(ptr %of, ptr %to, i64 %n) #0 {{\n{head}{count}{place}{copy}{tail}\n"
            f"define internal void @clear(ptr %to, i64 %n) #0 {{\n{head}{count}{place}{clear}{tail}"
        )


def _cut(items: list[Item], size: int) -> list[list[Item]]:
    return [items[first : first + size] for first in range(0, len(items), size)]


def _types(arguments: str) -> str:
    return ", ".join(argument.rsplit(" ", 1)[0] for argument in arguments.split(", "))
