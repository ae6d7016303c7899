"""Where the last bit decides: what feeds an operation that jumps is rounded as IEEE 754 says, by every back end.

A fused multiply-add or a product with a reciprocal is off by a bit: ``INT(0.7 * z - 4)`` at z = 10 is then 2, not 3.
Everything else may be fused.
"""

from __future__ import annotations

from xinzhi.engine.operations import COMPARISONS, LEAVES
from xinzhi.engine.program import Node
from xinzhi.engine.specialise import Specialised

_JUMPS = frozenset({"trunc", "floor", "ceil", "rint", "mod"})
_STEPS = ("hold_backward", "look_forward", "raw")
_ARITHMETIC = frozenset({"add", "sub", "mul", "div", "neg", "min", "max", "abs"})


def exact_nodes(program: Specialised) -> frozenset[int]:
    """The nodes whose rounding decides where an operation jumps, stocks that lead to it and their rates among them.

    Of a comparison that is the sums and products of what keeps, of constants and of the time, where there is nothing
    else: two numbers that a logarithm or a power has made equal are so by chance.
    """
    exact = set[int]()
    while True:
        before = len(exact)
        _spread(program, exact)
        for stock in exact_stocks(program, exact):
            exact |= {program.stocks[stock].rate, program.stocks[stock].initial}
        if len(exact) == before:
            break
    return frozenset(exact | _compared(program))


def exact_stocks(program: Specialised, exact: set[int] | frozenset[int]) -> set[int]:
    """The slots of the stocks among ``exact`` nodes."""
    nodes = program.graph.nodes
    return {int(nodes[number].param) for number in exact if nodes[number].op == "stock"}


def _spread(program: Specialised, exact: set[int]) -> None:
    nodes = program.graph.nodes
    for number in range(len(nodes) - 1, -1, -1):
        if number in exact or _jumps(nodes[number], program):
            exact.update(nodes[number].args)


def _jumps(node: Node, program: Specialised) -> bool:
    return node.op in _JUMPS or (node.op == "lookup" and program.tables[node.param].rule in _STEPS)


def _compared(program: Specialised) -> set[int]:
    nodes, plain, compared = program.graph.nodes, set[int](), set[int]()
    for number, (op, args, _) in enumerate(nodes):
        if op in LEAVES or (op in _ARITHMETIC and plain.issuperset(args)):
            plain.add(number)
    for number in range(len(nodes) - 1, -1, -1):
        op, args, _ = nodes[number]
        if number in compared or (op in COMPARISONS and plain.issuperset(args)):
            compared.update(args)
    return compared
