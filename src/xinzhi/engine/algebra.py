"""The same program with fewer instructions: products and powers gathered in the log domain.

``a^x b^y / c`` becomes ``exp(x log a + y log b) / c``: logs are shared, one exponential serves a whole Cobb-Douglas
product, and what depends on constants alone moves to the prologue. For bases that are not positive a logarithm is not
there: such a member ends in NaN, or is noticed where a comparison reads an exponential. Where an argument stands for
the logarithm of its exponential, it is noticed when a double cannot hold that (`Guards`). Such members are run again by
a kernel without this algebra. Sums are never reordered, and what must be rounded exactly (`rounding`) is left as it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import reduce

from xinzhi.engine.operations import COMPARISONS, LEAVES
from xinzhi.engine.plan import STEP, TIME, level_of, levels
from xinzhi.engine.program import Graph
from xinzhi.engine.rounding import exact_nodes
from xinzhi.engine.specialise import Specialised

_POWERS = (-2.0, -1.0, 0.5, 2.0, 3.0, 4.0)  # kept out of the log domain: cheaper, and right for any base
_DEEPEST = 60  # factors within factors that one product gathers: a longer chain is cut, as every link is looked at
_MOST_TERMS = 60  # of one logarithm
_CONDITIONS = COMPARISONS | {"and", "or", "not"}


@dataclass(frozen=True)
class Guards:
    """What a kernel of a rewritten program must watch, as nodes of it.

    ``hidden``: exponentials whose NaN a comparison could hide. ``exponents``: values x that stand for log(exp(x)), true
    while `LARGEST_EXPONENT` is not exceeded.
    """

    hidden: frozenset[int] = frozenset()
    exponents: frozenset[int] = frozenset()


LARGEST_EXPONENT = 700.0
_Known = dict[int, tuple[int, list[tuple[int, str, int]]]]
"""By old node: new logarithms that it costs, and its terms."""


def gathered(program: Specialised) -> tuple[Specialised, Guards]:
    """The rewritten program, and what its kernel must watch."""
    return _Algebra(program).rewrite()


class _Algebra:
    """One rewriting: ``old`` is read, ``new`` is built, node by node and each node once."""

    def __init__(self, program: Specialised) -> None:
        self.program, self.old, self.new = program, program.graph, Graph()
        self.level = levels(self.old.nodes)
        self._new_level: list[int] = []
        self.exact = exact_nodes(program)
        self.uses = self._uses()
        self.memo: dict[int, int] = {}
        self.logs: set[int] = set()
        self.exponentials: set[int] = set()
        self.exponents: set[int] = set()

    def _uses(self) -> Counter[int]:
        uses = Counter(self.program.roots())
        for number in range(len(self.old.nodes) - 1, -1, -1):
            if uses[number]:
                uses.update(self.old.nodes[number].args)
        return uses

    def rewrite(self) -> tuple[Specialised, Guards]:
        for number in range(len(self.old.nodes)):
            if self.uses[number]:
                self.renewed(number)
        p, r = self.program, self.renewed
        rewritten = replace(
            p,
            graph=self.new,
            stocks=tuple(replace(s, initial=r(s.initial), rate=r(s.rate)) for s in p.stocks),
            held=tuple(replace(h, initial=r(h.initial), following=r(h.following)) for h in p.held),
            delayed=tuple(replace(d, initial=r(d.initial), input=r(d.input), lag=r(d.lag)) for d in p.delayed),
            time_step=r(p.time_step),
            saved=tuple(r(number) for number in p.saved),
        )
        return rewritten, Guards(self._hidden(), frozenset(self.exponents))

    def _hidden(self) -> frozenset[int]:
        """The gathered exponentials that a comparison depends on without a stock between."""
        nodes, hidden = self.new.nodes, set[int]()
        for number in range(len(nodes) - 1, -1, -1):
            op, args, _ = nodes[number]
            if op in _CONDITIONS or number in hidden:
                hidden.update(args)
            elif op == "select":
                hidden.add(args[0])
        return frozenset(self.exponentials & hidden)

    def new_level(self, number: int) -> int:
        """The level of a new node."""
        for node in self.new.nodes[len(self._new_level) :]:
            self._new_level.append(level_of(node, self._new_level))
        return self._new_level[number]

    def renewed(self, number: int) -> int:
        """The new node of an old one."""
        if number not in self.memo:
            op = self.old.nodes[number].op
            product = op in ("mul", "div", "exp", "pow") and number not in self.exact
            self.memo[number] = self._product(number) if product else self._plain(number)
        return self.memo[number]

    def _product(self, number: int) -> int:
        g = self.new
        top: list[int] = []
        below: list[int] = []
        exponent: list[int] = []
        self._gather(number, 1, top, below, exponent, first=True)
        if exponent:
            exponential = g.op("exp", self._chain(exponent, "add", 0))
            if not (len(exponent) == 1 and self.old.nodes[number].op == "exp"):
                self.exponentials.add(exponential)
            top.append(exponential)
        slow = [node for node in below if self.new_level(node) & STEP]
        top += [g.op("div", g.lit(1), node) for node in below if not self.new_level(node) & STEP]
        product = self._chain(top, "mul", 1)
        return g.op("div", product, self._chain(slow, "mul", 1)) if slow else product

    def _chain(self, items: list[int], op: str, unit: float) -> int:
        """Join by level, cheapest first, so that what is invariant meets and moves out of the loop."""
        by_level: dict[int, int] = {}
        for item in items:
            level = self.new_level(item)
            by_level[level] = self.new.op(op, by_level[level], item) if level in by_level else item
        return reduce(lambda a, b: self.new.op(op, a, b), [by_level[k] for k in sorted(by_level)], self.new.lit(unit))

    def _gather(
        self, number: int, sign: int, top: list[int], below: list[int], exponent: list[int], *, first: bool = False,
        depth: int = 0,
    ) -> None:  # fmt: skip
        """Sort the factors of a product into numerator, denominator and exponent of one exponential."""
        op, args, _ = self.old.nodes[number]
        g = self.new
        if depth > _DEEPEST or (not first and self.uses[number] > 1) or not self.level[number] & ~TIME:
            op = "atom"  # shared; or known before the run, where a NaN would not be noticed
        if op in ("mul", "div"):
            self._gather(args[0], sign, top, below, exponent, depth=depth + 1)
            self._gather(args[1], sign if op == "mul" else -sign, top, below, exponent, depth=depth + 1)
        elif op == "neg":
            top.append(g.lit(-1))
            self._gather(args[0], sign, top, below, exponent, depth=depth + 1)
        elif op == "exp":
            exponent.append(self.renewed(args[0]) if sign > 0 else g.op("neg", self.renewed(args[0])))
        elif op == "pow" and self.old.value(args[1]) not in _POWERS:
            power = self.renewed(args[1]) if sign > 0 else g.op("neg", self.renewed(args[1]))
            exponent.extend(g.op("mul", g.op("mul", c, power), log) for c, log in self._log(args[0]))
        else:
            node = self._plain(number) if first else self.renewed(number)
            (top if sign > 0 else below).append(node)

    # -- logarithms: terms are (coefficient, kind, old node) or (coefficient, "value", new exponent) -------------------

    def _log(self, number: int) -> list[tuple[int, int]]:
        """log of an old node as a sum of (coefficient, new node)."""
        _, terms = self._log_part(number, {})
        self.logs.update(node for _, kind, node in terms if kind == "log")
        return [(c, self.new.op("log", self.renewed(x)) if kind == "log" else x) for c, kind, x in terms]

    def _log_part(self, number: int, known: _Known, depth: int = 0) -> tuple[int, list[tuple[int, str, int]]]:
        """The cheaper of the terms and one logarithm; ``known``: what was found for this logarithm so far."""
        if number not in known:
            cost, terms = (2, []) if depth > _DEEPEST else self._log_terms(number, known, depth)
            if cost > 1 or len(terms) > _MOST_TERMS:
                cost, terms = (0 if number in self.logs else 1), [(self.new.lit(1), "log", number)]
            known[number] = cost, terms
        return known[number]

    def _log_terms(self, number: int, known: _Known, depth: int) -> tuple[int, list[tuple[int, str, int]]]:
        """How many new logarithms of the state this would need, and the terms."""
        op, args, _ = self.old.nodes[number]
        g = self.new
        if op in ("mul", "div"):
            (cost, terms), (more, others) = (self._log_part(arg, known, depth + 1) for arg in args)
            if op == "div":
                others = [(g.op("neg", c), kind, x) for c, kind, x in others]
            return cost + more, terms + others
        if op == "exp" and self.level[number] & ~TIME:
            self.exponents.add(self.renewed(args[0]))
            return 0, [(g.lit(1), "value", self.renewed(args[0]))]
        if op == "pow":
            cost, terms = self._log_part(args[0], known, depth + 1)
            return cost, [(g.op("mul", c, self.renewed(args[1])), kind, x) for c, kind, x in terms]
        dynamic = self.level[number] & STEP and number not in self.logs
        return (1 if dynamic else 0), [(g.lit(1), "log", number)]

    def _plain(self, number: int) -> int:
        op, args, param = self.old.nodes[number]
        g = self.new
        if op in LEAVES:
            return g.node(op, param=param)
        operands = tuple(self.renewed(arg) for arg in args)
        if param is not None:
            return g.node(op, *operands, param=param)
        if number in self.exact:
            return g.op(op, *operands)
        if op == "pow":
            return self._power(args, operands)
        if op == "log" and g.nodes[operands[0]].op == "exp" and self.level[number] & ~TIME:
            self.exponents.add(g.nodes[operands[0]].args[0])
            return g.nodes[operands[0]].args[0]
        return g.op(op, *operands)

    def _power(self, args: tuple[int, ...], given: tuple[int, ...]) -> int:
        g, (x, y) = self.new, given
        value = self.old.value(args[1])
        if value in (2.0, 3.0, 4.0):
            square = g.op("mul", x, x)
            return square if value == 2 else g.op("mul", square, x if value == 3 else square)
        if value in (-1.0, -2.0):
            return g.op("div", g.lit(1), x if value == -1 else g.op("mul", x, x))
        if value == 0.5:
            return g.op("sqrt", x)
        if not (self.new_level(x) | self.new_level(y)) & ~TIME:
            return g.op("pow", x, y)
        power = g.op("exp", g.op("mul", y, g.op("log", x)))
        self.exponentials.add(power)
        return power
