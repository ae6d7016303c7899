"""XMILE's non-negative stocks: what flows out of one is limited by what there is, so that no matter appears.

An outflow is at most ``stock / DT + inflow`` less the outflows before it, in the order of their tags (isee, Flow
prioritization). An inflow that can run either way takes out what it takes before the outflows do. The limited value is
the flow's own: the next stock receives it, equations see it. In a circle of flows what comes round within a step is not
passed on again in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xinzhi.engine.lowering import Lowering
from xinzhi.engine.scope import Ast, parts
from xinzhi.engine.subscripts import Element

Flow = tuple[str, Element]
Edges = dict[str, set[str]]
_KINDS = ("stock", "flow")
_STATES = ("IntegStructure", "SmoothStructure", "SmoothNStructure", "DelayFixedStructure", "InitialStructure")
_DELAYS = ("DelayStructure", "DelayNStructure")


# -- in the file -------------------------------------------------------------------------------------------------------


def settle(root: Any) -> None:
    """Write into every stock and flow of an XMILE document whether it is non-negative; <behavior> is taken out.

    A variable's own tag counts before the <behavior> of its model, that before the document's, and in a <behavior> what
    it says of stocks or of flows before what it says of all.
    """
    general = _behaviour(root, dict.fromkeys(_KINDS, False))
    for model in root.iterfind("{*}model"):
        default = _behaviour(model, general)
        for node in model.iterfind("{*}variables/*"):
            kind = str(node.tag).rpartition("}")[2]
            if kind in _KINDS:
                wanted = _said(node, default[kind])
                for tag in node.findall("{*}non_negative"):
                    node.remove(tag)
                if wanted:
                    node.append(node.makeelement(f"{{{root.nsmap[None]}}}non_negative"))


def _behaviour(owner: Any, default: Mapping[str, bool]) -> dict[str, bool]:
    out = dict(default)
    for node in owner.findall("{*}behavior"):
        for kind in _KINDS:
            out[kind] = _said(node, out[kind])
            for inner in node.iterfind(f"{{*}}{kind}"):
                out[kind] = _said(inner, out[kind])
        owner.remove(node)
    return out


def _said(node: Any, default: bool) -> bool:
    tag = node.find("{*}non_negative")
    return default if tag is None else (tag.text or "").strip().lower() != "false"


# -- in the program ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tank:
    """A non-negative stock's element. ``inflows`` never take anything out; ``draws`` may, in order, with their sign."""

    stock: Flow
    inflows: tuple[Flow, ...]
    draws: tuple[tuple[int, Flow], ...]


class Limits:
    """The limited flows of the main section: `limited` is asked for the value of each."""

    def __init__(self, low: Lowering) -> None:
        self.low = low
        self.elements = low.main.section.elements
        self._tanks: dict[Flow, list[_Tank]] = {}
        self._names: set[str] = set()
        self._unseen: set[tuple[str, str]] = set()
        self._free_at_start: set[str] = set()
        stocks = [key for key, element in self.elements.items() if _non_negative(element)]
        if stocks:
            self._connect(stocks)

    def __contains__(self, key: str) -> bool:
        return key in self._names

    def limited(self, flow: Flow, value: int, start: bool) -> int:
        """The node of a flow's value, given that of its equation; of any other variable ``value``."""
        if start and flow[0] in self._free_at_start:
            return value
        for tank in self._tanks.get(flow, ()):
            value = self._limit(tank, flow, value, start)
        return value

    def _limit(self, tank: _Tank, flow: Flow, value: int, start: bool) -> int:
        g, main = self.low.graph, self.low.main
        step = self.low.time_step(start)
        room = g.op("div", self.low.reference_name(main, *tank.stock, start), step)
        for inflow in tank.inflows:
            if (flow[0], inflow[0]) not in self._unseen:
                room = g.op("add", room, self.low.reference_name(main, *inflow, start))
        for sign, other in tank.draws:
            if other == flow:
                room = g.op("max", room, g.lit(0))
                return g.op("min", value, room) if sign < 0 else g.op("max", value, g.op("neg", room))
            room = g.op("add" if sign > 0 else "sub", room, self.low.reference_name(main, *other, start))
        return value

    def _connect(self, stocks: list[str]) -> None:
        now = {key: set(_needed(element)) for key, element in self.elements.items()}
        first = {key: set(_needed(element, start=True)) for key, element in self.elements.items()}
        tanks = [tank for key in stocks for tank in self._tanks_of(key, now)]
        for tank in tanks:
            for _, flow in tank.draws:
                self._tanks.setdefault(flow, []).append(tank)
        self._names = {name for name, _ in self._tanks}
        wishes = [(flow[0], inflow[0]) for tank in tanks for _, flow in tank.draws for inflow in tank.inflows]
        self._unseen = _in_circles(now, wishes)
        limits = [
            (flow[0], other)
            for tank in tanks
            for _, flow in tank.draws
            for other in (tank.stock[0], *(name for name, _ in tank.inflows), *(it[0] for _, it in tank.draws))
            if other != flow[0]
        ]
        self._free_at_start = {flow for flow, _ in _in_circles(first, limits)}

    def _tanks_of(self, stock: str, needs: Edges) -> Iterator[_Tank]:
        """The tanks of a stock's elements; ``needs`` learns which flow waits for which."""
        section = self.low.main.section
        subscripts = section.subscripts_of(stock)
        for element in section.ranges.product(subscripts) if subscripts else ((),):
            definition = self.low.definition(self.low.main, stock, element)
            if (
                definition is None
                or type(definition[0].ast).__name__ != "IntegStructure"
                or not definition[0].ast.non_negative
            ):
                continue
            inflows, draws = list[Flow](), list[tuple[int, Flow]]()
            for sign, reference in _signed(definition[0].ast.flow):
                key = str(reference.reference)
                if key not in self.elements:
                    continue
                flow = (key, self.low.element(reference, definition[1]))
                if sign > 0 and _never_negative(self.elements[key]):
                    inflows.append(flow)
                else:
                    draws.append((sign, flow))
            yield _Tank((stock, element), tuple(inflows), tuple(_ordered(draws, needs)))


def _non_negative(element: Any) -> bool:
    return any(getattr(component.ast, "non_negative", False) for component in element.components)


def _never_negative(flow: Any) -> bool:
    """Whether PySD has written the flow as MAX(…, 0)."""
    asts = [component.ast for component in flow.components]
    return all(
        type(ast).__name__ == "CallStructure"
        and getattr(ast.function, "reference", "") == "max"
        and ast.arguments[-1:] in ((0,), [0])
        for ast in asts
    )


def _signed(ast: Ast, sign: int = 1) -> Iterator[tuple[int, Any]]:
    """The flows of a stock's equation, which PySD writes as inflows less outflows."""
    name = type(ast).__name__
    if name == "ReferenceStructure":
        yield sign, ast
    elif name == "ArithmeticStructure" and list(ast.operators) == ["negative"]:
        yield from _signed(ast.arguments[0], -sign)
    elif name == "ArithmeticStructure":
        yield from _signed(ast.arguments[0], sign)
        for operator, argument in zip(ast.operators, ast.arguments[1:], strict=True):
            yield from _signed(argument, sign if operator == "+" else -sign)


def _ordered(draws: Iterable[tuple[int, Flow]], needs: Edges) -> Iterator[tuple[int, Flow]]:
    """The draws as they are listed, but one whose equation needs another's value comes after that."""
    waiting = list(draws)
    while waiting:
        chosen = next(
            (it for it in waiting if not _reached(it[1][0], needs) & {o[1][0] for o in waiting if o[1] != it[1]}),
            waiting[0],
        )
        waiting.remove(chosen)
        for _, later in waiting:
            if later[0] != chosen[1][0]:
                needs[later[0]].add(chosen[1][0])
        yield chosen


def _reached(key: str, needs: Edges) -> set[str]:
    reached, waiting = set[str](), [key]
    while waiting:
        for other in needs.get(waiting.pop(), ()):
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached


def _in_circles(needs: Edges, more: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of ``more`` edges are part of a circle when all are added to ``needs``."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    place = {key: i for i, key in enumerate(needs)}
    edges = [(place[a], place[b]) for a, others in needs.items() for b in others if b in place]
    edges += [(place[a], place[b]) for a, b in more]
    rows, columns = np.array(edges, dtype=int).reshape(-1, 2).T
    matrix = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(place), len(place)))
    _, circle = connected_components(matrix, directed=True, connection="strong")
    return {(a, b) for a, b in more if circle[place[a]] == circle[place[b]]}


def _needed(element: Any, *, start: bool = False) -> Iterator[str]:
    """The names whose values are needed for a variable's value at the same time; ``start``: at INITIAL TIME."""
    waiting: list[Any] = [component.ast for component in element.components]
    while waiting:
        ast = waiting.pop()
        name = type(ast).__name__
        if name == "ReferenceStructure":
            yield str(ast.reference)
        elif name == "IntegStructure" and start:
            waiting.append(ast.initial)
        elif name in _DELAYS and not start:
            waiting.append(ast.delay_time)
        elif name not in _STATES or start:
            waiting.extend(parts(ast))
