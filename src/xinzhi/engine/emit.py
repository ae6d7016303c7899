"""A plan as LLVM IR text: one native function that runs blocks of members, one member a lane.

Everything is in SSA form: values of a member live across the time loop, stocks are phis, LLVM decides what stays in
registers. Layout: constants[row][member], saved[variable][time][member], status[member]; the strides are given.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from xinzhi.engine.algebra import LARGEST_EXPONENT, Guards
from xinzhi.engine.ir_text import Emitter, hexadecimal
from xinzhi.engine.lookup_text import emit_lookup
from xinzhi.engine.operations import COMPARISONS
from xinzhi.engine.plan import MEMBER, TIME, TURNS, Plan
from xinzhi.engine.program import Node
from xinzhi.engine.rounding import exact_nodes, exact_stocks
from xinzhi.engine.vector_math import FUNCTIONS, definitions

FAST = "contract nsz arcp"
FLOAT_MAX, FLOAT_MIN, LARGEST_SINGLE_EXPONENT = (2 - 2.0**-23) * 2.0**127, 2.0**-126, 80.0
_PREDICATE = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}
_INTRINSIC = {"abs": "fabs", "sqrt": "sqrt", "trunc": "trunc", "floor": "floor", "ceil": "ceil", "rint": "rint"}
_ARITHMETIC = {"add", "sub", "div"}
UNSUPPORTED = frozenset({"allocate_available", "allocate_by_priority"})
NOT_SINGLE = frozenset(FUNCTIONS) - {"exp", "log"} | {"random", "random_at_start", "delayed"}
SIGNATURE = (
    "ptr noalias readonly %constants, i64 %cstride, i64 %blocks, ptr noalias %out, i64 %ostride, "
    "ptr noalias readonly %uniform, ptr noalias readonly %saves, i64 %steps, i64 %rows, ptr noalias %status, "
    "i64 %member, i64 %seed, ptr noalias %scratch"
)


@dataclass(frozen=True)
class Target:
    """What the text is written for: members a block, and vector functions of one of `ir_text.ISAS`.

    ``single``: every number is a float. Of functions there are exp and log alone, and no kernel of it is strict.
    """

    lanes: int
    isa: str
    single: bool = False

    @property
    def width(self) -> int:
        """Bits of a register."""
        return {"avx512": 512, "portable": 256, "wasm": 128}[self.isa]


def can_emit(plan: Plan, *, single: bool = False) -> bool:
    """Whether every operation of the plan has a compiled form."""
    stages = (plan.prologue, plan.step, plan.save)
    missing = UNSUPPORTED | (NOT_SINGLE if single else frozenset())
    return not any(plan.nodes[number].op in missing for stage in stages for number in stage)


def emit(plan: Plan, target: Target, *, method: str, guards: Guards | None = None) -> str:
    """The IR text of ``@kernel`` (see SIGNATURE) for a plan and a method, "euler" or "rk4".

    ``guards`` of a rewritten program say what spoils a member. Without them the text is strict: no freedom of rounding.
    """
    return Text(plan, target, method, guards).text()


class Text:
    """The text under construction: ``ssa`` and ``masks`` say where the value of a node is now."""

    def __init__(self, plan: Plan, target: Target, method: str, guards: Guards | None) -> None:
        self.plan, self.nodes, self.target, self.rk4 = plan, plan.nodes, target, method == "rk4"
        self.strict, self.guards = guards is None, guards or Guards()
        self.e = Emitter(target.lanes, target.isa, "" if self.strict else FAST, single=target.single)
        self.ssa: dict[int, str] = {}
        self.masks: dict[int, str] = {}
        self.finite: dict[int, frozenset[int] | None] = {}
        self.column = {number: i for i, number in enumerate(plan.wanted_uniform)}
        self.bad = "zeroinitializer"
        self.align = min(64, target.lanes * (4 if target.single else 8))
        self.used: set[str] = set()
        self.exact = exact_nodes(plan.program)
        self.exact_stocks = exact_stocks(plan.program, self.exact)

    # -- small pieces ------------------------------------------------------------------------------------------------

    def line(self, text: str) -> None:
        self.e.lines.append(text)

    def alias(self, name: str, value: str) -> None:
        """Give a value a name that was promised to a phi."""
        self.line(f"  {name} = bitcast {self.e.doubles} {value} to {self.e.doubles}")

    def at(self, base: str, *terms: str | tuple[str, object]) -> str:
        """A pointer to a number: ``base`` plus the sum of ``terms``, a pair being a product."""
        total = "0"
        for term in terms:
            value = self.e.emit(f"mul i64 {term[0]}, {term[1]}") if isinstance(term, tuple) else term
            total = value if total == "0" else self.e.emit(f"add i64 {total}, {value}")
        return self.e.emit(f"getelementptr {self.e.real}, ptr {base}, i64 {total}")

    def load(self, pointer: str, align: int) -> str:
        return self.e.emit(f"load {self.e.doubles}, ptr {pointer}, align {align}")

    def store(self, value: str, pointer: str, *, streaming: bool = False) -> None:
        note = ", !nontemporal !0" if streaming else ""
        self.line(f"  store {self.e.doubles} {value}, ptr {pointer}, align {self.align}{note}")

    def splat(self, scalar: str) -> str:
        one = self.e.emit(f"insertelement {self.e.doubles} poison, {self.e.real} {scalar}, i32 0")
        zeros = f"<{self.e.lanes} x i32> zeroinitializer"
        return self.e.emit(f"shufflevector {self.e.doubles} {one}, {self.e.doubles} poison, {zeros}")

    def spoil(self, value: str) -> None:
        """Mark lanes where ``value`` is not finite: the mark is a sum of 0 times it, so NaN stays."""
        self.bad = self.e.fma(value, "zeroinitializer", self.bad)

    def spoil_large(self, value: str) -> None:
        """Mark lanes where ``value`` cannot be an exponent: there, and there only, the product is infinite."""
        most = FLOAT_MAX / LARGEST_SINGLE_EXPONENT if self.target.single else sys.float_info.max / LARGEST_EXPONENT
        self.spoil(self.e.mul(value, most))

    # -- values ------------------------------------------------------------------------------------------------------

    def get(self, number: int) -> str:
        """The value of a node where it is wanted."""
        op, _, param = self.nodes[number]
        if op == "lit":
            return self.e.operand(float(param))
        if number not in self.ssa:
            if self.plan.levels[number] == TIME:
                pointer = self.at("%urow", str(self.column[number]))
                self.ssa[number] = self.splat(
                    self.e.emit(f"load {self.e.real}, ptr {pointer}, align {4 if self.e.single else 8}")
                )
            else:
                self.ssa[number] = self.e.select(self.masks[number], 1.0, 0.0)
        return self.ssa[number]

    def mask(self, number: int) -> str:
        """The truth of a node as a mask."""
        if number not in self.masks:
            self.masks[number] = self.e.compare("une", self.get(number), 0.0)
        return self.masks[number]

    def compute(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            if number in self.ssa or number in self.masks:
                continue
            node = self.nodes[number]
            if node.op in COMPARISONS:
                self.masks[number] = self.e.compare(_PREDICATE[node.op], *map(self.get, node.args))
            elif node.op in ("and", "or"):
                join = self.e.both if node.op == "and" else self.e.either
                self.masks[number] = join(*map(self.mask, node.args))
            elif node.op == "not":
                ones = "splat (i1 true)"
                self.masks[number] = self.e.emit(f"xor {self.e.mask} {self.mask(node.args[0])}, {ones}")
            else:
                with self.e.exactly(number in self.exact):
                    self.ssa[number] = self._value(node)
                if number in self.guards.hidden:
                    self.spoil(self.ssa[number])
        for number in sorted(self.guards.exponents.intersection(numbers)):
            self.spoil_large(self.get(number))

    def _value(self, node: Node) -> str:
        op, args, param = node
        e = self.e
        if op == "select":
            return e.select(self.mask(args[0]), self.get(args[1]), self.get(args[2]))
        if op in ("min", "max"):
            return self._extreme(op, args)
        if op == "lookup":
            return emit_lookup(e, self.plan.program.tables[param], self.get(args[0]))
        if op in ("random", "random_at_start"):
            return self._random(int(param), "%t" if op == "random" else "0")
        if op == "delayed":
            return self._delayed(int(param))
        if op == "mul":
            return self._product(args)
        x = [self.get(arg) for arg in args]
        if op in _ARITHMETIC:
            return str(getattr(e, op)(*x))
        if op == "neg":
            return e.neg(x[0])
        if op in _INTRINSIC:
            return e.intrinsic(_INTRINSIC[op], *x)
        if self.target.isa == "wasm" and not self.strict and op in ("exp", "log"):
            return self._quick(op, x[0])
        self.used.add(op)
        given = ", ".join(f"{e.doubles} {value}" for value in x)
        return e.emit(f"call {e.doubles} @v_{op}({given})")

    def _quick(self, op: str, x: str) -> str:
        """exp or log of ordinary numbers; other lanes are marked."""
        if op == "exp":
            self.spoil_large(x)
        else:
            self.spoil(x)
            least = FLOAT_MIN if self.target.single else sys.float_info.min
            self.bad = self.e.select(self.e.compare("oge", x, least), self.bad, math.nan)
        self.used.add(f"quick_{op}")
        return self.e.emit(f"call {self.e.doubles} @v_quick_{op}({self.e.doubles} {x})")

    def _extreme(self, op: str, args: tuple[int, ...]) -> str:
        """min or max that keeps a NaN: the hardware gives the second operand where either is one."""
        first, second = args if self._finite(args[0]) is not None else args[::-1]
        a, b = self.get(first), self.get(second)
        out = self.e.select(self.e.compare("olt" if op == "min" else "ogt", a, b), a, b)
        if self._finite(first) is not None:
            return out
        return self.e.select(self.e.compare("uno", a, a), a, out)

    def _product(self, args: tuple[int, ...]) -> str:
        """A product; a truth value times what is finite becomes a masked operation."""
        for truth, other in (args, args[::-1]):
            if truth in self.masks and truth not in self.ssa and self._finite(other) is not None:
                return self.e.select(self.masks[truth], self.get(other), 0.0)
        return self.e.mul(*map(self.get, args))

    def _finite(self, number: int) -> frozenset[int] | None:
        """What must be finite for this node to be: values of a member's constants; None where nobody can tell.

        A strict kernel trusts numbers and the time only; the others check those values once a member.
        """
        if number not in self.finite:
            self.finite[number] = self._finite_anew(number)
        return self.finite[number]

    def _finite_anew(self, number: int) -> frozenset[int] | None:
        op, args, param = self.nodes[number]
        if op in ("lit", "time", "step_time"):
            return frozenset() if op != "lit" or math.isfinite(float(param)) else None
        if self.strict:
            return None
        if self.plan.levels[number] == MEMBER:
            return frozenset((number,))
        if op not in ("add", "sub", "mul", "min", "max", "neg") or self.plan.levels[number] == TIME:
            return None
        parts = [self._finite(arg) for arg in args]
        return None if None in parts else frozenset().union(*(part for part in parts if part is not None))

    def _trusted(self) -> list[int]:
        """The values of a member's constants that `_extreme` and `_product` take for finite."""
        out: set[int] = set()
        for number in (*self.plan.prologue, *self.plan.step, *self.plan.save):
            op, args, _ = self.nodes[number]
            if op in ("min", "max"):
                out |= next((found for found in map(self._finite, args) if found is not None), frozenset())
            elif op == "mul":
                for truth, other in (args, args[::-1]):
                    if self.nodes[truth].op in COMPARISONS:
                        out |= self._finite(other) or frozenset()
        return sorted(out)

    def _random(self, stream: int, step: str) -> str:
        e = self.e
        self.used.add("threefry")
        one = e.emit(f"insertelement {e.integers} poison, i64 %first_member, i32 0")
        members = e.emit(f"shufflevector {e.integers} {one}, {e.integers} poison, <{e.lanes} x i32> zeroinitializer")
        members = e.emit(f"add {e.integers} {members}, <{', '.join(f'i64 {i}' for i in range(e.lanes))}>")
        return e.emit(f"call {e.doubles} @v_threefry({e.integers} {members}, i64 {step}, i64 %seed, i64 {stream})")

    # -- values of earlier steps ---------------------------------------------------------------------------------------

    def at_start(self, number: int) -> str:
        """The value that a node had at the first time."""
        if self.plan.levels[number] != TIME:
            return self.get(number)
        first = self.e.emit(f"load {self.e.real}, ptr {self.at('%uniform', str(self.column[number]))}, align 4")
        return self.splat(first)

    def _buffer(self, slot: int) -> str:
        """Where a delayed value's inputs are kept: scratch[slot][step][lane]."""
        return self.at("%scratch", ("%length", slot * self.e.lanes))

    def _delayed(self, slot: int) -> str:
        """The input of ``lag`` steps ago; NaN where the lag is NaN (of it LLVM would make any integer)."""
        e, delayed = self.e, self.plan.program.delayed[slot]
        initial, lag = self.at_start(delayed.initial), self.at_start(delayed.lag)
        buffer = self._buffer(slot)
        unknown = e.compare("uno", lag, lag)
        steps_ago = e.clamp(e.select(unknown, 1.0, lag), 1.0, 2.0**53)
        lags = e.emit(f"fptosi {e.doubles} {steps_ago} to {e.integers}")
        out = "poison"
        for lane in range(e.lanes):
            steps = e.emit(f"extractelement {e.integers} {lags}, i32 {lane}")
            since = e.emit(f"sub i64 %t, {steps}")
            known = e.emit(f"icmp sge i64 {since}, 0")
            row = e.emit(f"select i1 {known}, i64 {since}, i64 0")
            pointer = self.at(buffer, (row, e.lanes), str(lane))
            value = e.emit(f"load double, ptr {pointer}, align 8")
            start = e.emit(f"extractelement {e.doubles} {initial}, i32 {lane}")
            chosen = e.emit(f"select i1 {known}, double {value}, double {start}")
            out = e.emit(f"insertelement {e.doubles} {out}, double {chosen}, i32 {lane}")
        return e.select(unknown, lag, out)

    # -- the function --------------------------------------------------------------------------------------------------

    def text(self) -> str:
        program, e = self.plan.program, self.e
        lanes = e.lanes
        self.line(f"define void @kernel({SIGNATURE}) #0 {{\nentry:")
        self.line("  %length = add i64 %steps, 1\n  br label %block\nblock:")
        self.line("  %b = phi i64 [0, %entry], [%following, %done]")
        self.line(f"  %offset = mul i64 %b, {lanes}\n  %first_member = add i64 %member, %offset")
        self._constants()
        self.compute(self.plan.prologue)
        for number in self._trusted():
            self.spoil(self.get(number))
        starts = [self.get(stock.initial) for stock in program.stocks]
        held = [self.get(held.initial) for held in program.held]
        self.alias("%bad0", self.bad)
        self.line("  br label %step\nstep:")
        self.line("  %t = phi i64 [0, %block], [%tn, %advance]")
        for i, start in enumerate(starts):
            self.line(f"  %s{i} = phi {e.doubles} [{start}, %block], [%sn{i}, %advance]")
        for i, start in enumerate(held):
            self.line(f"  %h{i} = phi {e.doubles} [{start}, %block], [%hn{i}, %advance]")
        self.line(f"  %bad1 = phi {e.doubles} [%bad0, %block], [%badn, %advance]")
        self._rk4_step() if self.rk4 else self._euler_step()
        self._done()
        body = "\n".join(e.lines)
        functions = definitions(sorted(self.used), lanes, self.target.isa, single=self.target.single)
        return "\n".join([functions, body, self._attributes()])

    def _constants(self) -> None:
        for number in self.plan.prologue:
            op, _, param = self.nodes[number]
            if op == "const":
                self.ssa[number] = self.load(
                    self.at("%constants", ("%cstride", param), "%offset"), align=4 if self.e.single else 8
                )

    def _stage(self, stocks: str) -> tuple[list[str], str, list[str], list[str]]:
        """Compute from the stocks named ``stocks``: rates, length of the step, values to hold, values to delay."""
        self._state(stocks)
        self.compute(self.plan.step)
        program, get = self.plan.program, self.get
        rates, step_size = [get(stock.rate) for stock in program.stocks], get(program.time_step)
        following = [get(held.following) for held in program.held]
        return rates, step_size, following, [get(delayed.input) for delayed in program.delayed]

    def _state(self, stocks: str) -> None:
        """The stocks are the phis named ``stocks``, held values those of the step."""
        for number in (*self.plan.step, *self.plan.save):
            op, _, param = self.nodes[number]
            if op == "stock":
                self.ssa[number] = f"{stocks}{param}"
            elif op == "held":
                self.ssa[number] = f"%h{param}"

    def _euler_step(self) -> None:
        self.line(f"  %ubase = mul i64 %t, {len(self.column)}")
        self.line(f"  %urow = getelementptr {self.e.real}, ptr %uniform, i64 %ubase")
        self.bad = "%bad1"
        rates, step_size, following, inputs = self._stage("%s")
        self._save("%t", "cont")
        self.line("  %more = icmp ult i64 %t, %steps\n  br i1 %more, label %advance, label %done\nadvance:")
        for i, rate in enumerate(rates):
            self._advance(i, self.added(i, rate, step_size, f"%s{i}"))
        self._keep(following, inputs)
        self.alias("%badn", self.bad)
        self.line("  %tn = add i64 %t, 1\n  br label %step\ndone:")

    def added(self, i: int, rate: str, length: str, stock: str) -> str:
        """``stock + rate * length`` of the stock ``i``; fused but where its last bit decides something."""
        if i not in self.exact_stocks:
            return self.e.fma(rate, length, stock)
        with self.e.exactly(True):
            return self.e.add(stock, self.e.mul(length, rate))

    def _advance(self, i: int, value: str) -> None:
        self.alias(f"%sn{i}", self.bounded(i, value))

    def bounded(self, i: int, value: str) -> str:
        """The next value of a stock: never below zero where it is not to be, but NaN where it is."""
        e = self.e
        if not self.plan.program.stocks[i].non_negative:
            return value
        return e.select(e.compare("ult", value, 0.0), e.select(e.compare("uno", value, value), value, 0.0), value)

    def _keep(self, following: list[str], inputs: list[str]) -> None:
        for i, value in enumerate(following):
            self.alias(f"%hn{i}", value)
        for slot, value in enumerate(inputs):
            self.store(value, self.at(self._buffer(slot), ("%t", self.e.lanes)))

    def _save(self, step: str, after: str, condition: str | None = None) -> None:
        """Branch to the saving block where this step is saved; values made there are not seen after it."""
        e, program = self.e, self.plan.program
        before, masks, bad = dict(self.ssa), dict(self.masks), self.bad
        pointer = e.emit(f"getelementptr i64, ptr %saves, i64 {step}")
        self.line(f"  %row = load i64, ptr {pointer}, align 8\n  %wanted = icmp sge i64 %row, 0")
        wanted = "%wanted"
        if condition is not None:
            wanted = e.emit(f"and i1 %wanted, {condition}")
        self.line(f"  br label %before_save\nbefore_save:\n  br i1 {wanted}, label %save, label %{after}\nsave:")
        self.compute(self.plan.save)
        for i, number in enumerate(program.saved):
            value = self.get(number)
            place = e.emit(f"mul i64 %rows, {i}")
            place = e.emit(f"add i64 {place}, %row")
            self.store(value, self.at("%out", (place, "%ostride"), "%offset"), streaming=True)
            self.spoil(value)
        inside = self.bad
        self.ssa, self.masks = before, masks
        self.line(f"  br label %{after}\n{after}:")
        self.bad = e.emit(f"phi {e.doubles} [{bad}, %before_save], [{inside}, %save]")

    def _done(self) -> None:
        for i in range(len(self.plan.program.stocks)):
            self.spoil(f"%s{i}")
        self.store(self.bad, self.at("%status", "%offset"))
        self.line("  %following = add i64 %b, 1\n  %again = icmp ult i64 %following, %blocks")
        self.line("  br i1 %again, label %block, label %leave\nleave:\n  ret void\n}")

    def _attributes(self) -> str:
        width = self.target.width
        if self.target.isa == "wasm":
            return "attributes #0 = { nounwind }\n!0 = !{i32 1}"
        # without stackrealign LLVM spills 64-byte vectors to a 16-byte aligned stack: twice the cache lines
        return (
            f'attributes #0 = {{ nounwind "stackrealign" "prefer-vector-width"="{width}" '
            f'"min-legal-vector-width"="{width}" }}\n!0 = !{{i32 1}}'
        )

    # -- Runge-Kutta: one body, four turns ----------------------------------------------------------------------------

    def _rk4_step(self) -> None:
        """Classical Runge-Kutta: %y are the stocks of the stage, %a the weighted rates so far."""
        e, program = self.e, self.plan.program
        count, held, delayed = len(program.stocks), len(program.held), len(program.delayed)
        self.line("  br label %stage\nstage:\n  %k = phi i64 [0, %step], [%kn, %again_stage]")
        for i in range(count):
            self.line(f"  %y{i} = phi {e.doubles} [%s{i}, %step], [%yn{i}, %again_stage]")
            self.line(f"  %a{i} = phi {e.doubles} [zeroinitializer, %step], [%an{i}, %again_stage]")
        for i in range(held):
            self.line(f"  %f{i} = phi {e.doubles} [zeroinitializer, %step], [%fn{i}, %again_stage]")
        for i in range(delayed):
            self.line(f"  %d{i} = phi {e.doubles} [zeroinitializer, %step], [%dn{i}, %again_stage]")
        moves = self.nodes[program.time_step].op != "lit"
        if moves:
            self.line(f"  %length1 = phi {e.doubles} [zeroinitializer, %step], [%length2, %again_stage]")
        self.line(f"  %bad2 = phi {e.doubles} [%bad1, %step], [%bad3, %again_stage]")
        self.line(f"  %t2 = mul i64 %t, {TURNS}\n  %k1 = add i64 %k, 1\n  %half = lshr i64 %k1, 1")
        self.line(f"  %urow2 = add i64 %t2, %half\n  %ubase = mul i64 %urow2, {len(self.column)}")
        self.line("  %urow = getelementptr double, ptr %uniform, i64 %ubase")
        self.line("  %first_stage = icmp eq i64 %k, 0")
        self.bad = "%bad2"
        rates, step_size, following, inputs = self._stage("%y")
        if moves:  # a step is as long as at its beginning
            self.line(f"  %length2 = select i1 %first_stage, {e.doubles} {step_size}, {e.doubles} %length1")
            step_size = "%length2"
        self._save("%t", "cont", "%first_stage")
        self.line("  %last_stage = icmp eq i64 %k, 3\n  %outer = or i1 %first_stage, %last_stage")
        weight = self.splat(e.emit(f"select i1 %outer, double {hexadecimal(1 / 6)}, double {hexadecimal(1 / 3)}"))
        self.line("  %early = icmp ult i64 %k, 2")
        ahead = self.splat(e.emit(f"select i1 %early, double {hexadecimal(0.5)}, double {hexadecimal(1.0)}"))
        length = e.mul(step_size, ahead)
        for i, rate in enumerate(rates):
            self.alias(f"%an{i}", self.added(i, rate, weight, f"%a{i}"))
            self.alias(f"%yn{i}", self.added(i, rate, length, f"%s{i}"))
        for name, values in (("f", following), ("d", inputs)):
            for i, value in enumerate(values):
                self.line(f"  %{name}n{i} = select i1 %first_stage, {e.doubles} {value}, {e.doubles} %{name}{i}")
        self.alias("%bad3", self.bad)
        self.line("  %kn = add i64 %k, 1\n  %more = icmp ult i64 %t, %steps\n  br i1 %more, label %turn, label %done")
        self.line("turn:\n  %stages = icmp ult i64 %kn, 4\n  br i1 %stages, label %again_stage, label %advance")
        self.line("again_stage:\n  br label %stage\nadvance:")
        for i in range(count):
            self._advance(i, self.added(i, f"%an{i}", step_size, f"%s{i}"))
        self._keep([f"%fn{i}" for i in range(held)], [f"%dn{i}" for i in range(delayed)])
        self.alias("%badn", "%bad3")
        self.line("  %tn = add i64 %t, 1\n  br label %step\ndone:")
        self.bad = "%bad3"
