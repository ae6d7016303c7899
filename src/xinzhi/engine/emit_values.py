"""The operations of a plan as LLVM text: what each does to vectors of members, one member a lane.

What stands in `COMPILED` has a form here; a plan with any other operation is interpreted. `emit` and `emit_pieces` put
these values into functions.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence

from xinzhi.engine.algebra import LARGEST_EXPONENT, Guards
from xinzhi.engine.ir_text import Emitter
from xinzhi.engine.lookup_text import emit_lookup
from xinzhi.engine.machine import Machine
from xinzhi.engine.operations import COMPARISONS
from xinzhi.engine.plan import MEMBER, TIME, Plan
from xinzhi.engine.program import Node
from xinzhi.engine.rounding import exact_nodes, exact_stocks
from xinzhi.engine.vector_math import FUNCTIONS, QUICK

FAST = "contract nsz arcp"
FLOAT_MAX, FLOAT_MIN, LARGEST_SINGLE_EXPONENT = (2 - 2.0**-23) * 2.0**127, 2.0**-126, 80.0
_PREDICATE = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}
_MATHEMATICAL = FUNCTIONS.keys() - {"threefry"}
_INTRINSIC = {"abs": "fabs", "sqrt": "sqrt", "trunc": "trunc", "floor": "floor", "ceil": "ceil", "rint": "rint"}


class Values:
    """A text under construction: ``ssa`` and ``masks`` say where the value of a node is now."""

    def __init__(self, plan: Plan, machine: Machine, method: str, guards: Guards | None) -> None:
        self.plan, self.nodes, self.machine, self.rk4 = plan, plan.nodes, machine, method == "rk4"
        self.strict, self.guards = guards is None, guards or Guards()
        self.e = Emitter(machine.lanes, machine.isa, "" if self.strict else FAST, single=machine.single)
        self.ssa: dict[int, str] = {}
        self.masks: dict[int, str] = {}
        self.finite: dict[int, frozenset[int] | None] = {}
        self.column = {number: i for i, number in enumerate(plan.wanted_uniform)}
        self.bad = "zeroinitializer"
        self.align = min(64, machine.lanes * (4 if machine.single else 8))
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
        most = FLOAT_MAX / LARGEST_SINGLE_EXPONENT if self.machine.single else sys.float_info.max / LARGEST_EXPONENT
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
                    self.ssa[number] = _FORMS[node.op](self, node)
                if number in self.guards.hidden:
                    self.spoil(self.ssa[number])
        for number in sorted(self.guards.exponents.intersection(numbers)):
            self.spoil_large(self.get(number))

    def _arithmetic(self, node: Node) -> str:
        x = [self.get(arg) for arg in node.args]
        return str(getattr(self.e, node.op)(*x))

    def _intrinsic(self, node: Node) -> str:
        return self.e.intrinsic(_INTRINSIC[node.op], self.get(node.args[0]))

    def _function(self, node: Node) -> str:
        """One of the vector functions; exp and log of ordinary numbers where a page computes."""
        x = [self.get(arg) for arg in node.args]
        if self.machine.isa == "wasm" and not self.strict and f"quick_{node.op}" in QUICK:
            return self._quick(node.op, x[0])
        self.used.add(node.op)
        arguments = ", ".join(f"{self.e.doubles} {value}" for value in x)
        return self.e.emit(f"call {self.e.doubles} @v_{node.op}({arguments})")

    def _quick(self, op: str, x: str) -> str:
        """exp or log of ordinary numbers; other lanes are marked."""
        if op == "exp":
            self.spoil_large(x)
        else:
            self.spoil(x)
            least = FLOAT_MIN if self.machine.single else sys.float_info.min
            self.bad = self.e.select(self.e.compare("oge", x, least), self.bad, math.nan)
        self.used.add(f"quick_{op}")
        return self.e.emit(f"call {self.e.doubles} @v_quick_{op}({self.e.doubles} {x})")

    def _chosen(self, node: Node) -> str:
        condition, yes, no = node.args
        return self.e.select(self.mask(condition), self.get(yes), self.get(no))

    def _looked_up(self, node: Node) -> str:
        return emit_lookup(self.e, self.plan.program.tables[node.param], self.get(node.args[0]))

    def _extreme(self, node: Node) -> str:
        """min or max that keeps a NaN: the hardware gives the second operand where either is one."""
        op, args, _ = node
        first, second = args if self._finite(args[0]) is not None else args[::-1]
        a, b = self.get(first), self.get(second)
        out = self.e.select(self.e.compare("olt" if op == "min" else "ogt", a, b), a, b)
        if self._finite(first) is not None:
            return out
        return self.e.select(self.e.compare("uno", a, a), a, out)

    def _product(self, node: Node) -> str:
        """A product; a truth value times what is finite becomes a masked operation."""
        args = node.args
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
                out |= next((needed for needed in map(self._finite, args) if needed is not None), frozenset())
            elif op == "mul":
                for truth, other in (args, args[::-1]):
                    if self.nodes[truth].op in COMPARISONS:
                        out |= self._finite(other) or frozenset()
        return sorted(out)

    def _random(self, node: Node) -> str:
        e, stream, step = self.e, int(node.param), "%t" if node.op == "random" else "0"
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

    def _delayed(self, node: Node) -> str:
        """The input of ``lag`` steps ago; NaN where the lag is NaN (of it LLVM would make any integer)."""
        slot = int(node.param)
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

    # -- the end of a step and of a text ------------------------------------------------------------------------------

    def added(self, i: int, rate: str, length: str, stock: str) -> str:
        """``stock + rate * length`` of the stock ``i``; fused but where its last bit decides something."""
        if i not in self.exact_stocks:
            return self.e.fma(rate, length, stock)
        with self.e.exactly(True):
            return self.e.add(stock, self.e.mul(length, rate))

    def bounded(self, i: int, value: str) -> str:
        """The next value of a stock: never below zero where it is not to be, but NaN where it is."""
        e = self.e
        if not self.plan.program.stocks[i].non_negative:
            return value
        return e.select(e.compare("ult", value, 0.0), e.select(e.compare("uno", value, value), value, 0.0), value)

    def attributes(self) -> str:
        width = self.machine.width
        if self.machine.isa == "wasm":
            return "attributes #0 = { nounwind }\n!0 = !{i32 1}"
        # without stackrealign LLVM spills 64-byte vectors to a 16-byte aligned stack: twice the cache lines
        return (
            f'attributes #0 = {{ nounwind "stackrealign" "prefer-vector-width"="{width}" '
            f'"min-legal-vector-width"="{width}" }}\n!0 = !{{i32 1}}'
        )


_Form = Callable[[Values, Node], str]
_FORMS: dict[str, _Form] = {
    "add": Values._arithmetic,
    "sub": Values._arithmetic,
    "mul": Values._product,
    "div": Values._arithmetic,
    "neg": Values._arithmetic,
    "min": Values._extreme,
    "max": Values._extreme,
    "select": Values._chosen,
    "lookup": Values._looked_up,
    "delayed": Values._delayed,
    "random": Values._random,
    "random_at_start": Values._random,
    **dict.fromkeys(_INTRINSIC, Values._intrinsic),
    **dict.fromkeys(_MATHEMATICAL, Values._function),
}
_TRUTHS = {*COMPARISONS, "and", "or", "not"}
_LEAVES = {"lit", "const", "time", "step_time", "stock", "held"}
COMPILED = frozenset(_FORMS.keys() | _TRUTHS | _LEAVES)
"""Operations that have a form in doubles."""
COMPILED_SINGLE = COMPILED - ({"delayed", "random", "random_at_start", *_MATHEMATICAL} - {"exp", "log"})
"""Operations that have a form in floats."""


def not_compiled(plan: Plan, *, single: bool = False) -> list[str]:
    """The operations of the plan that have no compiled form, in alphabetical order."""
    stages: Iterable[Sequence[int]] = (plan.prologue, plan.step, plan.save)
    compiled = COMPILED_SINGLE if single else COMPILED
    return sorted({plan.nodes[number].op for stage in stages for number in stage} - compiled)


def can_emit(plan: Plan, *, single: bool = False) -> bool:
    """Whether every operation of the plan has a compiled form."""
    return not not_compiled(plan, single=single)
