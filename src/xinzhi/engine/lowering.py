"""What a function of the equations is given when its turn comes: the program so far, and how to lower its arguments.

`lower` does the work. The modules that say what a function means (`functions`, `arrays`, `distributions`, `lookups`,
`stateful`) know no more than stands here.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from xinzhi.engine.external import ExternalFiles
from xinzhi.engine.lookup_tables import look_up
from xinzhi.engine.operations import LEAVES, evaluate
from xinzhi.engine.program import Graph, Table
from xinzhi.engine.scope import Ast, Frame, Scope, problem
from xinzhi.engine.state import State
from xinzhi.engine.subscripts import Element
from xinzhi.errors import Message, msg

MOST_STAGES = 10_000


class Lowering(ABC):
    """A lowering under way.

    ``graph``, ``state``, ``constants`` and ``tables`` are the program's so far; ``fixed`` are the constants that have
    shaped it, ``controls`` the nodes of the clock's names, ``main`` is the scope of the main model, ``files`` reads its
    data files.
    """

    main: Scope

    def __init__(self, files: ExternalFiles) -> None:
        self.files = files
        self.graph = Graph()
        self.state = State(self.graph)
        self.constants: dict[str, float] = {}
        self.tables: list[Table] = []
        self.fixed: set[str] = set()
        self.controls: dict[str, int] = {}
        self._places: dict[Table, int] = {}

    # -- what `lower` does ---------------------------------------------------------------------------------------------

    @abstractmethod
    def expression(self, ast: Ast, frame: Frame, start: bool) -> int:
        """The node of an expression in its frame; ``start`` for its value at INITIAL TIME."""

    @abstractmethod
    def unused(self, ast: Ast, frame: Frame, start: bool) -> None:
        """Look at an expression whose value is never taken: it may refer to elements that have no equation."""

    @abstractmethod
    def reference_name(self, scope: Scope, key: str, element: Element, start: bool) -> int:
        """The node of a variable's element; ``start`` for its value at INITIAL TIME."""

    @abstractmethod
    def element(self, reference: Ast, frame: Frame) -> Element:
        """The element tuple that a reference's subscripts mean in its frame."""

    @abstractmethod
    def definition(self, scope: Scope, key: str, element: Element) -> tuple[Any, Frame] | None:
        """The equation of a variable's element and the frame it stands in; None where no equation defines it."""

    # -- arguments and the clock ---------------------------------------------------------------------------------------

    def arguments(self, call: Ast, frame: Frame, start: bool, name: str, *counts: int) -> list[int]:
        """The nodes of a call's arguments. Raises `ModelError` where there are not as many as one of ``counts``."""
        if len(call.arguments) not in counts:
            shown = name.upper().replace("_", " ")
            message = msg('"{name}" takes {count} arguments', name=shown, count=counts[0])
            raise problem(frame.scope, frame.variable, message)
        return [self.expression(argument, frame, start) for argument in call.arguments]

    def control(self, name: str) -> int:
        """The node of TIME STEP, INITIAL TIME …, which a run may choose anew."""
        return self.graph.node("control", param=name)

    def time_step(self, start: bool) -> int:
        """The node of the length of a step, an expression where the model's own is one."""
        return self.reference_name(self.main, "time_step", (), start)

    # -- tables --------------------------------------------------------------------------------------------------------

    def lookup(self, table: Table, argument: int) -> int:
        """The node of a table at ``argument``; equal tables are one."""
        if table not in self._places:
            self._places[table] = len(self.tables)
            self.tables.append(table)
        return self.graph.node("lookup", argument, param=self._places[table])

    # -- numbers that shape the program --------------------------------------------------------------------------------

    def whole_number(self, ast: Ast, frame: Frame, what: Message) -> int:
        """The whole number that an expression of constants gives with their default values.

        Constants that it depends on become ``fixed``. Raises `ModelError` where it depends on a stock or on time.
        """
        value = self._default(self.expression(ast, frame, True), frame)
        if not 0 < value < MOST_STAGES:
            raise problem(frame.scope, frame.variable, msg("{what} must be a positive number", what=what))
        return int(value)

    def number(self, node: int) -> float | None:
        """What a node is by default, where it is a number or a constant."""
        op, _, param = self.graph.nodes[node]
        return self.constants[param] if op == "const" else self.graph.value(node)

    def _default(self, number: int, frame: Frame) -> float:
        op, args, param = self.graph.nodes[number]
        if op == "lit":
            return float(param)
        if op == "const":
            self.fixed.add(param)
            return self.constants[param]
        if op == "control":
            return self._default(self.controls[param], frame)
        if op == "lookup":
            return float(look_up(self.tables[param], self._default(args[0], frame)))
        if op in LEAVES:
            raise problem(
                frame.scope, frame.variable, msg("the order of a delay must not depend on the state of the model")
            )
        return float(evaluate(op, *(np.float64(self._default(arg, frame)) for arg in args)))

    def over_component(self, frame: Frame) -> Iterator[Frame]:
        """The frame at every element that the same equation defines."""
        elements = frame.scope.section.ranges.elements
        for element in itertools.product(*(elements[name] for name in frame.dimensions)):
            yield frame.bind(dict(zip(frame.dimensions, element, strict=True)))


Build = Callable[[Lowering, Ast, Frame, bool], int]
"""How a function becomes operations. Given are the lowering, the syntax tree of its use (a call, or one of PySD's
structures), the frame that it stands in, and whether its value at INITIAL TIME is wanted; it gives the node."""
