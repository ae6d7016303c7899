"""A program: a model as scalar, single-assignment operations in order. The narrow waist of the engine.

What comes before (PySD's parser, `xinzhi.engine.lower`) knows subscripts, delays and macros; what comes after
(`specialise`, `plan`, `emit`, `interpret`) knows operations on numbers only. A program holds nothing that depends on
the run: constants, TIME STEP, INITIAL TIME, FINAL TIME and SAVEPER are leaves, their values are defaults.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from xinzhi.engine.message_json import read_back, written
from xinzhi.engine.operations import COMMUTATIVE, LEAVES, evaluate
from xinzhi.errors import Message

FORMAT = 2
NA = -(2.0**109)  # what Vensim takes for a missing number (:NA:): finite, made to be compared with
CONTROLS = ("initial_time", "final_time", "time_step", "saveper")


class Node(NamedTuple):
    """One operation. ``args`` are numbers of earlier nodes; ``param`` is what is known before any run.

    ``param`` of a leaf: lit the value, const the constant's row, control the name, stock, held, delayed the slot,
    random and random_at_start the stream. Of lookup: the table. Of array functions: the size and the result's index.
    step_time is the time of the step's beginning, also within a step of Runge-Kutta.
    """

    op: str
    args: tuple[int, ...] = ()
    param: Any = None


class Graph:
    """Nodes under construction: equal operations are one node, literals are folded, nothing is ever changed."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._index: dict[Node, int] = {}

    def node(self, op: str, *args: int, param: Any = None) -> int:
        """The node of this operation as it stands, made if it is new."""
        key = Node(op, args, param)
        number = self._index.get(key)
        if number is None:
            number = self._index[key] = len(self.nodes)
            self.nodes.append(key)
        return number

    def lit(self, value: float) -> int:
        """A number. What equality cannot tell apart is kept as text: NaN and -0.0 (`Graph.value` reads both)."""
        value = float(value)
        if math.isnan(value):
            return self.node("lit", param="nan")
        return self.node("lit", param="-0.0" if value == 0 and math.copysign(1.0, value) < 0 else value)

    def value(self, number: int) -> float | None:
        """The value of a literal, None for any other node."""
        op, _, param = self.nodes[number]
        return float(param) if op == "lit" else None

    def op(self, op: str, *args: int) -> int:
        """The operation, with literals folded and neutral elements left out."""
        values = [self.value(arg) for arg in args]
        if all(value is not None for value in values):
            return self.lit(float(evaluate(op, *(np.float64(value) for value in values if value is not None))))
        if op in COMMUTATIVE and args[0] > args[1]:
            args, values = args[::-1], values[::-1]
        simpler = self._simpler(op, args, values)
        return self.node(op, *args) if simpler is None else simpler

    def _simpler(self, op: str, args: tuple[int, ...], values: list[float | None]) -> int | None:
        if op in ("add", "mul"):
            neutral = 0.0 if op == "add" else 1.0
            if neutral in values:
                return args[1 - values.index(neutral)]
        if (op == "sub" and values[1] == 0) or (op in ("div", "pow") and values[1] == 1):
            return args[0]
        if op == "select" and values[0] is not None:
            return args[1] if values[0] != 0 else args[2]
        if op == "select" and args[1] == args[2]:
            return args[1]
        if op == "neg" and self.nodes[args[0]].op == "neg":
            return self.nodes[args[0]].args[0]
        if op in ("and", "or"):
            for value, other in zip(values, args[::-1], strict=True):
                if value is not None:  # the other one as a truth value
                    decided = (value != 0) == (op == "or")
                    return self.lit(float(op == "or")) if decided else self.op("ne", other, self.lit(0))
        return None


@dataclass(frozen=True)
class Stock:
    """``rate`` is added ``time_step`` times a step; a ``non_negative`` stock is held at zero from below.

    Its outflows are limited already (`xinzhi.engine.non_negative`): what is held off is the rounding of that.
    """

    name: str
    initial: int
    rate: int
    non_negative: bool = False


@dataclass(frozen=True)
class Held:
    """A value that keeps until the end of the step and then becomes ``following`` (SAMPLE IF TRUE)."""

    name: str
    initial: int
    following: int


@dataclass(frozen=True)
class Delayed:
    """``input`` of ``lag`` whole steps ago, ``initial`` before that (DELAY FIXED); ``lag`` is fixed at the start."""

    name: str
    initial: int
    input: int
    lag: int


@dataclass(frozen=True)
class Table:
    """A lookup or a data series: ``rule`` says what holds between and outside its points.

    interpolate: linear, the end's value outside. extrapolate: linear, the end's slope outside. hold_backward: the
    point before. look_forward: the point after. raw: NA but at a point.
    """

    x: tuple[float, ...]
    y: tuple[float, ...]
    rule: str = "interpolate"


@dataclass(frozen=True)
class Variable:
    """A variable of the model as its author knows it.

    ``kind`` is constant, stock, auxiliary, lookup, data or control. ``subscripts`` names the ranges; ``elements``
    has one tuple of element names for each of its ``nodes`` (one empty tuple where there are no subscripts).
    """

    name: str
    kind: str
    unit: str
    doc: str
    subscripts: tuple[str, ...] = ()
    elements: tuple[tuple[str, ...], ...] = ((),)
    nodes: tuple[int, ...] = ()

    def labels(self) -> Iterator[str]:
        """``name`` or ``name[element,element]``, in the order of ``nodes``."""
        return (label(self.name, element) for element in self.elements)


def label(name: str, element: tuple[str, ...]) -> str:
    return f"{name}[{','.join(element)}]" if element else name


@dataclass(frozen=True)
class Program:
    """A lowered model. ``constants`` are labels and default values by row; ``controls`` are the nodes that
    give the clock's default values; equations refer to ``control`` leaves, whatever a run sets.

    ``fixed`` are rows of constants that shaped the program (the order of a delay): they cannot be varied.
    ``files`` are the data files that were read, with their SHA-256. ``method`` is how the file wants its stocks to be
    integrated ("" where no method of ours is like it), ``asked`` what it names where that is not the same,
    ``method_notes`` what is to be said of a run by it; ``notes`` is what is to be said of how the file was read.
    """

    nodes: tuple[Node, ...]
    constants: Mapping[str, float]
    controls: Mapping[str, int]
    variables: tuple[Variable, ...]
    stocks: tuple[Stock, ...] = ()
    held: tuple[Held, ...] = ()
    delayed: tuple[Delayed, ...] = ()
    tables: tuple[Table, ...] = ()
    fixed: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)
    method: str = "euler"
    asked: str = ""
    method_notes: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()

    def to_json(self) -> str:
        """The program as text; `from_json` gives an equal program."""
        return json.dumps(
            {
                "format": FORMAT,
                "nodes": [[op, list(args), param] for op, args, param in self.nodes],
                "constants": dict(self.constants),
                "controls": dict(self.controls),
                "variables": [[*vars(v).values()] for v in self.variables],
                "stocks": [[*vars(s).values()] for s in self.stocks],
                "held": [[*vars(h).values()] for h in self.held],
                "delayed": [[*vars(d).values()] for d in self.delayed],
                "tables": [[*vars(t).values()] for t in self.tables],
                "fixed": sorted(self.fixed),
                "files": dict(self.files),
                "method": self.method,
                "asked": self.asked,
                "method_notes": [written(note) for note in self.method_notes],
                "notes": [written(note) for note in self.notes],
            },
            ensure_ascii=False,
        )

    @staticmethod
    def from_json(text: str) -> Program:
        """Raises ValueError or KeyError or TypeError where the text is not a program of this format."""
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(f"program format {data['format']}")
        return Program(
            nodes=tuple(Node(op, tuple(args), _tupled(param)) for op, args, param in data["nodes"]),
            constants=data["constants"],
            controls=data["controls"],
            variables=tuple(
                Variable(name, kind, unit, doc, tuple(ranges), tuple(map(tuple, elements)), tuple(nodes))
                for name, kind, unit, doc, ranges, elements, nodes in data["variables"]
            ),
            stocks=tuple(Stock(*row) for row in data["stocks"]),
            held=tuple(Held(*row) for row in data["held"]),
            delayed=tuple(Delayed(*row) for row in data["delayed"]),
            tables=tuple(Table(tuple(x), tuple(y), rule) for x, y, rule in data["tables"]),
            fixed=frozenset(data["fixed"]),
            files=data["files"],
            method=data["method"],
            asked=data["asked"],
            method_notes=tuple(map(read_back, data["method_notes"])),
            notes=tuple(map(read_back, data["notes"])),
        )

    @property
    def hash(self) -> str:
        """SHA-256 of the program's text."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def _tupled(param: Any) -> Any:
    return tuple(param) if isinstance(param, list) else param


__all__ = ["CONTROLS", "LEAVES", "Delayed", "Graph", "Held", "Node", "Program", "Stock", "Table", "Variable", "label"]
