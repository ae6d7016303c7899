"""PySD's abstract model -> `Program`: subscripts expanded, delays and macros unfolded, everything a scalar node.

A variable's element is lowered when something first refers to it. Stocks cut every loop: their rates are lowered
last. A value "at the start" (INITIAL, the initial value of a stock) is lowered as an expression of constants.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from xinzhi.engine.external import ExternalFiles
from xinzhi.engine.function_table import BUILD
from xinzhi.engine.lookups import call_lookup, series_now
from xinzhi.engine.lowering import Lowering
from xinzhi.engine.model_text import pass_on_shortage
from xinzhi.engine.non_negative import Limits
from xinzhi.engine.program import CONTROLS, Graph, Program, Variable, label
from xinzhi.engine.scope import BUILT_IN, Ast, Frame, Scope, Section, called, clean, no_equation, problem
from xinzhi.engine.subscripts import Element, Ranges
from xinzhi.engine.unknown import undefined, unknown
from xinzhi.errors import ModelError, Problem, msg, nearest, shortened
from xinzhi.pysd_guard import first_line

MOST_NODES = 3_000_000
DEEPEST_MACROS = 100
_BINARY = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "mod": "mod", "^": "pow", ":AND:": "and", ":OR:": "or", "<": "lt",
    "<=": "le", ">": "gt", ">=": "ge", "=": "eq", "<>": "ne",
}  # fmt: skip
_UNARY = {"negative": "neg", ":NOT:": "not"}
_KINDS = {"IntegStructure": "stock", "LookupsStructure": "lookup", "GetLookupsStructure": "lookup"}
_DATA = ("GetDataStructure", "DataStructure")
_MISSING = object()
_DEFINE = msg("define it, or correct the name")
_RANGES = msg("check its subscripts, and the number and kind of its functions' arguments")


def lower(model: Any, folder: Path, limit: Path) -> Program:
    """The program of PySD's ``AbstractModel``; its data files are named from ``folder`` and lie below ``limit``.

    Raises `ModelError`: of every function that the engine does not know and every undefined name, or of the first
    variable whose definitions run in a circle, whose data file lies outside the folder, and the like.
    """
    lowering = _Lowering(model, folder, limit)
    try:
        return lowering.program()
    except Exception as error:
        if isinstance(error, ModelError):
            raise
        pass_on_shortage(error)
        raise lowering.failed(error) from error


class _Lowering(Lowering):
    """The lowering: which equation defines what, and what each expression is; every element is lowered once."""

    def __init__(self, model: Any, folder: Path, limit: Path) -> None:
        super().__init__(ExternalFiles(folder, limit))
        sections = {section.name: self._section(section, folder) for section in model.sections}
        self.main = Scope(next(sections[s.name] for s in model.sections if s.type == "main"))
        self.macros = {s.name: sections[s.name] for s in model.sections if s.type == "macro"}
        self._memo: dict[Any, Any] = {}
        self._path: list[str] = []
        self._idle = False
        self._definitions: dict[tuple[str, str, Element], tuple[Any, dict[str, str], Element] | None] = {}
        self._flows = Limits(self)

    def _section(self, section: Any, folder: Path) -> Section:
        elements = {clean(element.name): element for element in section.elements}
        parameters = tuple(clean(parameter) for parameter in section.params)
        return Section(section.name, elements, Ranges.of(section.subscripts, folder), parameters)

    def program(self) -> Program:
        """Lower every variable of the main section, then the rates of the stocks they led to."""
        elements = self.main.section.elements
        problems = [_no_control(name) for name in CONTROLS[:3] if name not in elements]
        problems += unknown(self.main, self.macros)
        if problems:
            raise ModelError(problems)
        self.controls = {name: self._lowered(self.main, name, (), False) for name in CONTROLS if name in elements}
        variables = tuple(self._variable(key) for key in self.main.section.elements)
        self.state.finish()
        return Program(
            nodes=tuple(self.graph.nodes),
            constants=self.constants,
            controls=self.controls,
            variables=variables,
            stocks=tuple(stock for stock in self.state.stocks if stock is not None),
            held=tuple(held for held in self.state.held if held is not None),
            delayed=tuple(delayed for delayed in self.state.delayed if delayed is not None),
            tables=tuple(self.tables),
            fixed=frozenset(self.fixed),
            files=self.files.read,
        )

    def failed(self, error: Exception) -> ModelError:
        """What PySD's managers and readers raise as they like, said of the variable at which they raised it."""
        if isinstance(error, KeyError):  # a range or an element that they miss
            message = msg('"{name}" is not defined', name=shortened(str(error.args[0] if error.args else "?")))
            return problem(self.main, self._path[-1] if self._path else "", message, _DEFINE)
        message = msg("it cannot be translated ({reason})", reason=first_line(error))
        return problem(self.main, self._path[-1] if self._path else "", message, _RANGES)

    def _variable(self, key: str) -> Variable:
        self._path[:] = [key]
        section = self.main.section
        element = section.elements[key]
        subscripts = section.subscripts_of(key)
        kind = self._kind(key)
        count = section.ranges.count(subscripts)
        if count > MOST_NODES:
            message = msg(
                "it has {count} elements, at most {most} are possible", count=f"{count:,}", most=f"{MOST_NODES:,}"
            )
            raise problem(self.main, key, message, msg("give its subscripts fewer elements"))
        elements: tuple[Element, ...] = tuple(
            element
            for element in (section.ranges.product(subscripts) if subscripts else ((),))
            if self.definition(self.main, key, element) is not None
        )
        nodes: tuple[int, ...] = ()
        self._path.clear()
        if kind != "lookup":
            nodes = tuple(self.reference_name(self.main, key, element, False) for element in elements)
        unit, doc = (" ".join(str(text or "").split()) for text in (element.units, element.documentation))
        return Variable(str(element.name), kind, unit, doc, subscripts, elements, nodes)

    def _kind(self, key: str) -> str:
        if key in CONTROLS:
            return "control"
        asts = [component.ast for component in self.main.section.elements[key].components]
        if key not in self._flows and all(
            type(ast).__name__ == "GetConstantsStructure" or self._constant_array(ast) is not None for ast in asts
        ):
            return "constant"
        names = [type(ast).__name__ for ast in asts]
        if all(name in _DATA for name in names):
            return "data"
        return next((_KINDS[name] for name in names if name in _KINDS), "auxiliary")

    # -- variables ---------------------------------------------------------------------------------------------------

    def reference_name(self, scope: Scope, key: str, element: Element, start: bool) -> int:
        if key == "time":
            return self.control("initial_time") if start else self.graph.node("time")
        if key in CONTROLS and scope is self.main:
            return self.control(key)
        memo = (scope.key, key, element, start)
        node = self._memo.get(memo, _MISSING)
        if node is None:
            circle = [*self._path[self._path.index(key) :], key] if key in self._path else [*self._path, key]
            names = " → ".join(name.replace("_", " ") for name in reversed(circle))
            raise problem(scope, key, msg("the definitions run in a circle: {circle}", circle=names),
                               msg("break it by a stock or a delay"))  # fmt: skip
        if node is _MISSING and self.definition(scope, key, element) is None:
            if self._idle:
                return self.graph.lit(np.nan)
            raise no_equation(scope, self._path[-1] if self._path else key, key, element)
        if node is _MISSING:
            idle, self._idle = self._idle, False
            self._memo[memo] = None
            self._path.append(key)
            node = self._memo[memo] = self._lowered(scope, key, element, start)
            self._path.pop()
            self._idle = idle
            if len(self.graph.nodes) > MOST_NODES:
                raise ModelError(Problem(None, msg("the model is too large")))
        return int(node)

    def _lowered(self, scope: Scope, key: str, element: Element, start: bool) -> int:
        definition = self.definition(scope, key, element)
        assert definition is not None
        value = self._component(*definition, element, start)
        return self._flows.limited((key, element), value, start) if scope is self.main else value

    def definition(self, scope: Scope, key: str, element: Element) -> tuple[Any, Frame] | None:
        place = (scope.section.name, key, element)
        if place not in self._definitions:
            self._definitions[place] = self._defining(scope.section, key, element)
        found = self._definitions[place]
        return None if found is None else (found[0], Frame(scope, key, *found[1:]))

    def _defining(self, section: Section, key: str, element: Element) -> tuple[Any, dict[str, str], Element] | None:
        """The component, what it binds, and its ranges."""
        for component in reversed(section.elements[key].components):
            subscripts, exceptions = component.subscripts
            bound = section.ranges.binds(subscripts, element) if len(subscripts) == len(element) else None
            if bound is None or any(section.ranges.binds(e, element) is not None for e in exceptions):
                continue
            return component, bound, tuple(name for name in subscripts if name in section.ranges.elements)
        return None

    def _component(self, component: Any, frame: Frame, element: Element, start: bool) -> int:
        ast = component.ast
        values = self._constant_array(ast)
        if values is not None:
            self._check_size(values, frame)
            value = float(values.reshape(-1)[self._offset(frame)] if values.ndim else values)
            return self._constant(frame, element, value)
        name = type(ast).__name__
        if name == "GetConstantsStructure":
            return self._constant(frame, element, self.files.constant(component, frame, element))
        if name in _DATA:
            return series_now(self, self.files.series(component, frame, element), start)
        return self.expression(ast, frame, start)

    def _constant(self, frame: Frame, element: Element, value: float) -> int:
        if frame.variable in CONTROLS or frame.scope.key:  # inside a macro: nobody can name it from outside
            return self.graph.lit(value)
        name = label(str(frame.scope.section.elements[frame.variable].name), element)
        self.constants[name] = value
        return self.graph.node("const", param=name)

    def _offset(self, frame: Frame) -> int:
        """The position of the bound element in an array of numbers written over the component's ranges."""
        offset = 0
        for name in frame.dimensions:
            elements = frame.scope.section.ranges.elements[name]
            offset = offset * len(elements) + elements.index(frame.bound[name])
        return offset

    def _check_size(self, values: np.ndarray[Any, Any], frame: Frame) -> None:
        """A list of numbers has one for each element of the equation's ranges, or it would be read in part."""
        wanted = int(np.prod([len(frame.scope.section.ranges.elements[name]) for name in frame.dimensions]))
        if values.ndim and values.size != wanted:
            message = msg("the list has {count} numbers, needed: {wanted}", count=values.size, wanted=wanted)
            raise problem(frame.scope, frame.variable, message, msg("write 1,000 as 1000"))

    def _constant_array(self, ast: Ast) -> np.ndarray[Any, Any] | None:
        """The number or numbers of an expression that refers to nothing; None of any other."""
        if isinstance(ast, int | float | np.number | np.ndarray):
            return np.asarray(ast, dtype=np.float64)
        if type(ast).__name__ != "ArithmeticStructure" or not self._is_plain(ast):
            return None
        graph, self.graph = self.graph, Graph()
        frame = Frame(self.main, "", {})
        number = self.expression(ast, frame, False)
        value, self.graph = self.graph.value(number), graph
        return None if value is None else np.asarray(value)

    def _is_plain(self, ast: Ast) -> bool:
        return isinstance(ast, int | float | np.number) or (
            type(ast).__name__ == "ArithmeticStructure" and all(map(self._is_plain, ast.arguments))
        )

    # -- expressions -------------------------------------------------------------------------------------------------

    def expression(self, ast: Ast, frame: Frame, start: bool) -> int:
        if isinstance(ast, int | float | np.number):
            return self.graph.lit(float(ast))
        name = type(ast).__name__
        if name == "ReferenceStructure":
            return self.reference(ast, frame, start)
        if name in ("ArithmeticStructure", "LogicStructure"):
            return self._operation(ast, frame, start)
        if name == "CallStructure":
            return self._call(ast, frame, start)
        if name in BUILD:
            return BUILD[name](self, ast, frame, start)
        if isinstance(ast, np.ndarray):
            return self.graph.lit(float(ast.reshape(-1)[self._offset(frame)]))
        raise problem(frame.scope, frame.variable, msg("{what} is not supported", what=name))

    def unused(self, ast: Ast, frame: Frame, start: bool) -> None:
        idle, self._idle = self._idle, True
        self.expression(ast, frame, start)
        self._idle = idle

    def _operation(self, ast: Ast, frame: Frame, start: bool) -> int:
        """Operators of one level, from the left; what binds more tightly is a tree of its own."""
        args = [self.expression(argument, frame, start) for argument in ast.arguments]
        if len(args) == 1:
            return self.graph.op(_UNARY[ast.operators[0]], args[0])
        out = args[0]
        for operator, arg in zip(ast.operators, args[1:], strict=True):
            out = self.graph.op(_BINARY[operator], out, arg)
        return out

    def reference(self, ast: Ast, frame: Frame, start: bool) -> int:
        """The node of the variable (or parameter, or subscript) that a reference means in its frame."""
        key, scope = str(ast.reference), frame.scope
        if key in scope.arguments and key not in scope.section.elements:
            return scope.arguments[key](start)
        if key == "time":
            return self.reference_name(scope, "time", (), start)
        if key not in scope.section.elements:
            if scope is not self.main and key in CONTROLS:
                return self.reference_name(self.main, key, (), start)
            position = scope.section.ranges.position(key, frame.bound)
            if position is not None:
                return self.graph.lit(position)
            if key in BUILT_IN:
                value = BUILT_IN[key]
                return self.control(value) if isinstance(value, str) else self.graph.lit(value)
            raise undefined(scope, frame.variable, key)
        return self.reference_name(scope, key, self.element(ast, frame), start)

    def element(self, ast: Ast, frame: Frame) -> Element:
        section = frame.scope.section
        written, own = ast.subscripts, section.subscripts_of(ast.reference)
        wanted = own if written is None else tuple(written.subscripts)
        try:
            element = tuple(section.ranges.element(subscript, frame.bound, wanted) for subscript in wanted)
        except ModelError as error:
            raise problem(frame.scope, frame.variable, error.problems[0].message) from None
        shown = str(section.elements[ast.reference].name)
        if len(element) != len(own):
            raise problem(
                frame.scope, frame.variable, msg('"{name}" has {count} subscripts', name=shown, count=len(own))
            )
        for name, dimension in zip(element, own, strict=True):
            known = section.ranges.elements.get(dimension, (dimension,))
            if name not in known:
                message = msg('"{name}" has no element "{element}"', name=shown, element=name)
                raise problem(frame.scope, frame.variable, message, nearest(name, known))
        return element

    def _call(self, ast: Ast, frame: Frame, start: bool) -> int:
        name = called(ast)
        if name in self.macros:
            return self._macro(self.macros[name], ast, frame, start)
        if name in frame.scope.section.elements:
            return call_lookup(self, ast.function, ast.arguments[0], frame, start)
        return BUILD[name](self, ast, frame, start)

    def _macro(self, section: Section, ast: Ast, frame: Frame, start: bool) -> int:
        """A fresh instance of the macro for this call and these bindings; its own name is its output."""
        identity = self.state.identity(ast, frame)
        if len(ast.arguments) != len(section.parameters):
            raise problem(
                frame.scope,
                frame.variable,
                msg('the macro "{name}" takes {count} arguments', name=section.name, count=len(section.parameters)),
            )
        if frame.scope.depth > DEEPEST_MACROS:
            raise problem(frame.scope, frame.variable, msg('the macro "{name}" calls itself', name=section.name))

        def argument(ast: Ast) -> Callable[[bool], int]:
            return lambda at_start: self.expression(ast, frame, at_start)

        arguments = {p: argument(a) for p, a in zip(section.parameters, ast.arguments, strict=True)}
        scope = Scope(section, identity, frame.scope.depth + 1, arguments)
        return self.reference_name(scope, clean(section.name), (), start)


def _no_control(name: str) -> Problem:
    shown = name.replace("_", " ").upper()
    return Problem(None, msg('the model has no constant "{name}"', name=shown), msg("add it, with a number"))
