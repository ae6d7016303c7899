"""A program that goes on from a known state in place of beginning anew."""

from __future__ import annotations

from dataclasses import replace

from xinzhi.engine.program import Node, Program
from xinzhi.errors import Problem, SimulationError, msg

_REMEMBERS = ("held", "delayed", "random", "random_at_start")


def resume(program: Program, at: float, began: float) -> tuple[Program, tuple[str, ...]]:
    """The program beginning at the time ``at``, its stocks with values that are constants, whose names come with it.

    What an equation knows as INITIAL TIME stays ``began``. Raises `SimulationError` where a model remembers more than
    its stocks, or draws random numbers.
    """
    if any(node.op in _REMEMBERS for node in program.nodes):
        problem = msg("the model remembers more than its stocks, so a run cannot begin in its middle")
        raise SimulationError(Problem(None, problem, msg("leave out DELAY FIXED, SAMPLE IF TRUE and random numbers")))
    nodes = [
        Node("lit", param=began) if node.op == "control" and node.param == "initial_time" else node
        for node in program.nodes
    ]
    names = tuple(f"state {slot}: {stock.name}" for slot, stock in enumerate(program.stocks))
    first = len(nodes)
    nodes += [Node("const", param=name) for name in names]
    nodes.append(Node("lit", param=at))
    stocks = tuple(replace(stock, initial=first + i) for i, stock in enumerate(program.stocks))
    constants = {**program.constants, **dict.fromkeys(names, 0.0)}
    controls = {**program.controls, "initial_time": len(nodes) - 1}
    return replace(program, nodes=tuple(nodes), constants=constants, controls=controls, stocks=stocks), names


def state_nodes(program: Program) -> list[int]:
    """The nodes that are the stocks, in their order."""
    found = {int(node.param): number for number, node in enumerate(program.nodes) if node.op == "stock"}
    return [found[slot] for slot in range(len(program.stocks))]
