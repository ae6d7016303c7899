"""Arithmetic in a content file: parsed by Python's own parser, kept as a tree, checked for units, never run as code.

Figures are named, not typed: the only number that may stand in an expression is 1, and years in brackets.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xinzhi.content.units import Dimension, UnitError, Units
from xinzhi.errors import Message, msg, nearest, shortened
from xinzhi.quiet import quiet

LONGEST = 400
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
FAMILIES = ("target", "base", "observed", "model", "gain", "constant")
FUNCTIONS = ("years", "ln")
NO_DIMENSION: Dimension = ()


class ExpressionError(ValueError):
    """An expression cannot be read: what is wrong, and what is allowed."""

    def __init__(self, problem: Message, remedy: Message) -> None:
        super().__init__(str(problem))
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True)
class One:
    """The number 1."""


@dataclass(frozen=True)
class Span:
    """How many years lie between two."""

    first: int
    last: int


@dataclass(frozen=True)
class Operand:
    """A figure that stands elsewhere. It is ``scale`` times what stands there in ``unit``, and ``factor`` times that in
    root units.

    ``target``: a threshold. ``observed``: history in ``year``. ``model``: an indicator in ``year``. ``gain``: what
    ``lever`` at its far end adds to a target. ``constant``: a constant of the model.
    """

    family: str
    name: str
    unit: str
    factor: float
    year: int | None = None
    lever: str | None = None
    scale: float = 1.0


@dataclass(frozen=True)
class Earlier:
    """The result of an earlier step."""

    step: str


@dataclass(frozen=True)
class Operation:
    """``sign`` is one of + - * / **."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Logarithm:
    """The natural logarithm."""

    of: Expression


Expression = One | Span | Operand | Earlier | Operation | Logarithm


@dataclass(frozen=True)
class Names:
    """What an expression may refer to: units by name, the plan's years, and the years with a figure by series."""

    targets: Mapping[str, str]
    indicators: Mapping[str, str]
    observed: Mapping[str, Sequence[int]]
    levers: Sequence[str]
    constants: Mapping[str, str]
    base_year: int
    final_year: int
    model_years: tuple[int, int]


def parse(written: str, names: Names, steps: Sequence[str], units: Units) -> Expression:
    """The tree of an expression that may use ``steps``. Raises `ExpressionError`."""
    if len(written) > LONGEST:
        raise ExpressionError(
            msg("the expression has {count} characters", count=len(written)), msg("split it into steps")
        )
    try:
        with quiet():  # Python's advice on odd literals: what is odd is refused below
            root = ast.parse(written, mode="eval").body
        return _Reader(names, steps, units).read(root)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError(
            msg('"{written}" is not an expression', written=shortened(written)), _allowed_signs()
        ) from error


def _allowed_signs() -> Message:
    return msg("write names with + - * / ** ( ) and years(first, last), ln()")


@dataclass(frozen=True)
class _Reader:
    """Turns Python's tree into ours; whatever is not named here is refused."""

    names: Names
    steps: Sequence[str]
    units: Units

    def read(self, node: ast.expr) -> Expression:
        if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
            return Operation(SIGNS[type(node.op)], self.read(node.left), self.read(node.right))
        if isinstance(node, ast.Constant):
            return self.number(node)
        if isinstance(node, ast.Name):
            return self.word(node.id)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            return self.call(node.func.id, node.args)
        if isinstance(node, ast.Attribute | ast.Subscript):
            return self.operand(node)
        raise ExpressionError(
            msg('"{written}" is not arithmetic', written=shortened(ast.unparse(node))), _allowed_signs()
        )

    def number(self, node: ast.Constant) -> One:
        if type(node.value) is int and node.value == 1:
            return One()
        raise ExpressionError(
            msg("the number {value} is typed by hand", value=shortened(str(node.value))),
            msg("name the figure: target, base, observed, model, gain or constant"),
        )

    def word(self, name: str) -> Expression:
        if name in self.steps:
            return Earlier(name)
        if name == "years":
            return Span(self.names.base_year, self.names.final_year)
        known = [*self.steps, *FAMILIES, *FUNCTIONS]
        raise ExpressionError(
            msg('no earlier step is called "{name}"', name=shortened(name)), nearest(name[:60], known)
        )

    def call(self, name: str, arguments: Sequence[ast.expr]) -> Expression:
        if name == "ln" and len(arguments) == 1:
            return Logarithm(self.read(arguments[0]))
        if name == "years" and len(arguments) == 2:
            first, last = (self.year(argument) for argument in arguments)
            if first < last:
                return Span(first, last)
        raise ExpressionError(msg('"{name}" cannot be called so', name=shortened(name)), _allowed_signs())

    def operand(self, node: ast.Attribute | ast.Subscript) -> Operand:
        """``family.name``, ``family.name[year or lever]`` or ``constant["name", "unit"]``."""
        index = node.slice if isinstance(node, ast.Subscript) else None
        inner = node.value if isinstance(node, ast.Subscript) else node
        if isinstance(inner, ast.Name) and inner.id == "constant" and isinstance(index, ast.Tuple):
            words = [part.value for part in index.elts if isinstance(part, ast.Constant)]
            if len(words) == len(index.elts) == 2:
                return self.constant(str(words[0]), str(words[1]))
        if not (isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name)):
            raise ExpressionError(msg('"{written}" names no figure', written=shortened(ast.unparse(node))), _forms())
        family, name = inner.value.id, inner.attr
        if family in ("target", "base") and index is None:
            if family == "target":
                return self.made("target", name, self.names.targets)
            return self.seen(name, self.names.base_year)
        if family == "observed" and index is not None:
            return self.seen(name, self.year(index))
        if family == "model":
            year = self.names.final_year if index is None else self.year(index)
            low, high = self.names.model_years
            if not low <= year <= high:
                raise ExpressionError(
                    msg("the model has no year {year}", year=year),
                    msg("allowed are {low} to {high}", low=low, high=high),
                )
            return self.made("model", name, self.names.indicators, year=year)
        if family == "gain" and isinstance(index, ast.Name):
            if index.id not in self.names.levers:
                raise ExpressionError(
                    msg('unknown lever "{name}"', name=shortened(index.id)), nearest(index.id[:60], self.names.levers)
                )
            return self.made("gain", name, self.names.targets, lever=index.id)
        raise ExpressionError(msg('"{written}" names no figure', written=shortened(ast.unparse(node))), _forms())

    def constant(self, name: str, unit: str) -> Operand:
        """A constant of the model, brought to a unit that a reader knows."""
        operand = self.made("constant", name, self.names.constants)
        try:
            scale = self.units.factor(operand.unit, unit)
            return replace(operand, unit=unit, factor=self.units.root(unit)[0], scale=scale)
        except UnitError as error:
            raise ExpressionError(
                msg('the unit of "{name}" does not fit the model ({reason})', name=name, reason=error),
                msg("write a unit that measures the same as {unit}", unit=operand.unit),
            ) from error

    def seen(self, name: str, year: int) -> Operand:
        known = {key: unit for key, unit in self.names.indicators.items() if key in self.names.observed}
        operand = self.made("observed", name, known, year=year)
        if year not in self.names.observed[name]:
            raise ExpressionError(
                msg('history.csv has no "{name}" in {year}', name=name, year=year),
                msg("allowed are: {names}", names=", ".join(str(known) for known in self.names.observed[name])),
            )
        return operand

    def made(
        self, family: str, name: str, known: Mapping[str, str], year: int | None = None, lever: str | None = None
    ) -> Operand:
        if name not in known:
            problem = msg('{family} has no "{name}"', family=family, name=shortened(name))
            raise ExpressionError(problem, nearest(name[:60], list(known)))
        unit = known[name]
        try:
            factor, _ = self.units.root(unit)
        except UnitError as error:
            raise ExpressionError(
                msg('the unit of "{name}" cannot be reckoned with ({reason})', name=name, reason=error),
                msg("define it in units.yaml, or correct it"),
            ) from error
        return Operand(family, name, unit, factor, year, lever)

    def year(self, node: ast.expr) -> int:
        if isinstance(node, ast.Name) and node.id in ("base_year", "final_year"):
            return self.names.base_year if node.id == "base_year" else self.names.final_year
        if isinstance(node, ast.Constant) and type(node.value) is int and 1000 <= node.value <= 9999:
            return node.value
        raise ExpressionError(
            msg('"{written}" is not a calendar year', written=shortened(ast.unparse(node))),
            msg("write it as 2015, base_year or final_year"),
        )


def _forms() -> Message:
    return msg('write target.id, base.id, observed.id[2015], model.id, gain.target[lever] or constant["name", "unit"]')


def operands(expression: Expression) -> Iterator[Operand]:
    """Every figure that an expression reads, from left to right."""
    if isinstance(expression, Operand):
        yield expression
    elif isinstance(expression, Operation):
        yield from operands(expression.left)
        yield from operands(expression.right)
    elif isinstance(expression, Logarithm):
        yield from operands(expression.of)


def parts(expression: Expression) -> Iterator[Expression]:
    """The expression and everything in it."""
    yield expression
    if isinstance(expression, Operation):
        yield from parts(expression.left)
        yield from parts(expression.right)
    elif isinstance(expression, Logarithm):
        yield from parts(expression.of)


def dimension(expression: Expression, units: Units, steps: Mapping[str, Dimension]) -> Dimension:
    """What an expression measures; ``steps`` are those of earlier ones. Raises `ExpressionError`."""
    if isinstance(expression, Operand):
        return units.root(expression.unit)[1]
    if isinstance(expression, Earlier):
        return steps[expression.step]
    if isinstance(expression, Logarithm):
        _pure(dimension(expression.of, units, steps), msg("ln() is taken of what has a unit"))
        return NO_DIMENSION
    if not isinstance(expression, Operation):
        return NO_DIMENSION
    left, right = (dimension(part, units, steps) for part in (expression.left, expression.right))
    if expression.sign in "+-":
        if left != right:
            raise ExpressionError(
                msg("two figures of different kinds are added or subtracted"), msg("bring both to one unit first")
            )
        return left
    if expression.sign == "**":
        _pure(right, msg("an exponent has a unit"))
        _pure(left, msg("a figure with a unit is raised to a power"))
        return NO_DIMENSION
    return _product(left, right, 1 if expression.sign == "*" else -1)


def _pure(found: Dimension, problem: Message) -> None:
    if found:
        raise ExpressionError(problem, msg("divide by a figure of the same kind first"))


def _product(left: Dimension, right: Dimension, sign: int) -> Dimension:
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0.0) + sign * power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def evaluate(expression: Expression, value_of: Callable[[Operand], float], steps: Mapping[str, float]) -> float:
    """The expression's value in root units; ``value_of`` gives a figure in its own unit, ``steps`` are in root units.

    NaN where it has none: a division by zero, a root or logarithm of a negative number.
    """
    if isinstance(expression, One):
        return 1.0
    if isinstance(expression, Span):
        return float(expression.last - expression.first)
    if isinstance(expression, Operand):
        return value_of(expression) * expression.factor
    if isinstance(expression, Earlier):
        return steps[expression.step]
    try:
        return _reckoned(expression, value_of, steps)
    except (ArithmeticError, ValueError):
        return float("nan")


def _reckoned(
    expression: Operation | Logarithm, value_of: Callable[[Operand], float], steps: Mapping[str, float]
) -> float:
    if isinstance(expression, Logarithm):
        return math.log(evaluate(expression.of, value_of, steps))
    left, right = (evaluate(part, value_of, steps) for part in (expression.left, expression.right))
    if expression.sign == "**":
        return math.pow(left, right)
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "/": lambda: left / right,
    }[expression.sign]()
