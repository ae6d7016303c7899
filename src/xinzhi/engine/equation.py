"""The right side of an equation -> PySD's syntax tree, by the precedence that the manuals of Vensim and XMILE give.

PySD's grammars put AND and OR on one level, read ``(-2)^2`` as ``-2^2`` and ``notes`` as ``NOT es``; here each language
is a table of operators by level, and a name is a name. What the tree's parts mean is `lower`'s to know.

Vensim: Reference Manual, "Operators"; that ``-2^2`` is -4 and ``:NOT: a > b`` is ``:NOT: (a > b)`` is what Vensim
itself computes (SDXorg/test-models: exponentiation, subscripted_logicals). XMILE 1.0, section 3.3.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pysd.translators.structures import abstract_expressions as ae
from pysd.translators.vensim.vensim_structures import structures as vensim_structures
from pysd.translators.xmile.xmile_structures import structures as xmile_structures

from xinzhi.engine.program import NA
from xinzhi.errors import Message, msg

OR, AND, NOT, EQUAL, COMPARE, ADD, MULTIPLY, SIGN, POWER = range(1, 10)
NO_FUNCTIONS = {  # parts of PySD's trees, in one table with its functions
    "reference", "subscripts_ref", "arithmetic", "logic", "with_lookup", "inline_lookup", "call", "lookup", "data",
    "stock", "negative",
}  # fmt: skip
_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_BLANK = r"(?:[\s\\]|\{[^}]*\})+"
_QUOTED = r'"(?:\\.|[^"\\])*"'


class EquationError(ValueError):
    """An equation that is none: ``text`` and where in it, and what is wrong if more can be said than the place."""

    def __init__(self, text: str, pos: int, said: Message | None = None) -> None:
        super().__init__(str(said) if said else text[pos : pos + 24])
        self.text, self.pos, self.said = text, pos, said


@dataclass(frozen=True)
class Language:
    """How a language is written: its tokens; its binary operators with their levels and what PySD calls them."""

    tokens: re.Pattern[str]
    binary: Mapping[str, tuple[int, str]]
    negation: str
    negation_level: int
    chained: bool  # a < b < c is (a < b) < c; else it is refused
    functions: Mapping[str, Any]


_COMPARISONS = ("<", "<=", ">", ">=")
_ARITHMETIC = {"+": (ADD, "+"), "-": (ADD, "-"), "*": (MULTIPLY, "*"), "/": (MULTIPLY, "/"), "^": (POWER, "^")}
VENSIM = Language(
    re.compile(
        rf"(?P<blank>{_BLANK})|(?P<word>:(?:AND|OR|NOT|NA):)|(?P<number>{_NUMBER})|(?P<name>\w(?:[\w'$\s]*[\w'$])?|{_QUOTED})"
        r"|(?P<text>'[^']*')|(?P<mark><=|>=|<>|[-+*/^<>=(),;!\[\]])",
        re.IGNORECASE,
    ),
    {":or:": (OR, ":OR:"), ":and:": (AND, ":AND:"), **{it: (COMPARE, it) for it in (*_COMPARISONS, "=", "<>")},
     **_ARITHMETIC},
    ":not:", NOT, False, vensim_structures,
)  # fmt: skip
XMILE = Language(
    re.compile(
        rf"(?P<blank>{_BLANK})|(?P<word>(?:AND|OR|NOT|MOD|IF|THEN|ELSE)(?![\w'$]))|(?P<number>{_NUMBER})"
        rf"|(?P<name>\w[\w'$]*|{_QUOTED})|(?P<mark><=|>=|<>|//|[-+*/^<>=(),;!\[\]])",
        re.IGNORECASE,
    ),
    {"or": (OR, ":OR:"), "and": (AND, ":AND:"), "=": (EQUAL, "="), "<>": (EQUAL, "<>"),
     **{it: (COMPARE, it) for it in _COMPARISONS}, "mod": (MULTIPLY, "mod"), "//": (MULTIPLY, "//"), **_ARITHMETIC},
    "not", SIGN, True,
    {**xmile_structures, "int": lambda x: ae.CallStructure(ae.ReferenceStructure("Xint"), (x,))},  # floor, as its MOD
)  # fmt: skip


def vensim_equation(text: str) -> Any:
    """The syntax tree of what stands behind Vensim's ``=``. Raises `EquationError`."""
    return _Reader(text, VENSIM).whole()


def xmile_equation(text: str) -> Any:
    """The syntax tree of an XMILE expression. Raises `EquationError`."""
    return _Reader(text, XMILE).whole()


def vensim_lookup(text: str) -> Any:
    """The points of a lookup's definition from its bracket on: pairs, or all x and all y. Raises `EquationError`."""
    return _Reader(text, VENSIM).lookup()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    pos: int


_END = "end"


class _Reader:
    """One text, read from left to right."""

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language
        self.tokens: list[_Token] = list(self._split())
        self.at = 0

    def _split(self) -> Iterator[_Token]:
        pos = 0
        while pos < len(self.text):
            token = self.language.tokens.match(self.text, pos)
            if token is None:
                raise EquationError(self.text, pos)
            if token.lastgroup != "blank":
                yield _Token(str(token.lastgroup), token[0], pos)
            pos = token.end()
        yield _Token(_END, "", pos)

    # -- tokens ------------------------------------------------------------------------------------------------------

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += token.kind != _END
        return token

    def meets(self, *marks: str) -> bool:
        """Whether the next token is one of these marks or words; it is taken then."""
        met = self.next.kind in ("mark", "word") and self.next.text.lower() in marks
        self.at += met
        return met

    def expect(self, mark: str) -> None:
        if not self.meets(mark):
            raise self.error()

    def error(self, said: Message | None = None) -> EquationError:
        return EquationError(self.text, self.next.pos, said)

    # -- the whole ---------------------------------------------------------------------------------------------------

    def whole(self) -> Any:
        texts = {token.text for token in self.tokens if token.kind != "number"}
        if texts & {",", ";"} and texts <= {"", ",", ";", "+", "-"}:
            return self._array()
        tree = self.expression(OR)
        if self.next.kind != _END:
            raise self.error()
        return tree

    def _array(self) -> Any:
        """Numbers of an array: rows divided by semicolons, a last one may follow."""
        rows: list[list[float]] = [[]]
        while self.next.kind != _END:
            rows[-1].append(self.signed_number())
            if self.meets(";"):
                rows.append([])
            elif not self.meets(","):
                break
        rows = rows if rows[-1] else rows[:-1]
        if self.next.kind != _END or len({len(row) for row in rows}) != 1:
            raise self.error()
        return np.squeeze(np.array(rows, dtype=float))

    def signed_number(self) -> float:
        sign = -1.0 if self.meets("-") else 1.0
        if sign > 0:
            self.meets("+")
        if self.next.kind != "number":
            raise self.error()
        return sign * float(self.take().text)

    # -- expressions -------------------------------------------------------------------------------------------------

    def expression(self, least: int) -> Any:
        """What binds at least as tightly as the level ``least``."""
        tree = self._operand(least)
        while (level := self._level()) >= least:
            if level == POWER:
                self.take()
                tree = ae.ArithmeticStructure(["^"], (tree, self.expression(POWER)))
            else:
                tree = self._chain(tree, level)
        return tree

    def _level(self) -> int:
        if self.next.kind not in ("mark", "word"):
            return 0
        return self.language.binary.get(self.next.text.lower(), (0, ""))[0]

    def _chain(self, first: Any, level: int) -> Any:
        """Operators of one level, which group to the left."""
        operators: list[str] = []
        operands = [first]
        while self._level() == level:
            if operators and level in (COMPARE, EQUAL) and not self.language.chained:
                raise self.error(msg("two comparisons stand in a row; join them by :AND:"))
            operator = self.language.binary[self.take().text.lower()][1]
            operand = self.expression(level + 1)
            if operator == "//":
                safely = (_joined(operators, operands, level), operand)
                operators, operands = [], [ae.CallStructure(ae.ReferenceStructure("zidz"), safely)]
                continue
            operators.append(operator)
            operands.append(operand)
        return _joined(operators, operands, level)

    def _operand(self, least: int) -> Any:
        if self.meets("-"):
            tree = self.expression(SIGN)
            return -tree if isinstance(tree, int | float) else ae.ArithmeticStructure(["negative"], (tree,))
        if self.meets("+"):
            return self.expression(SIGN)
        if self.language.negation_level >= min(least, SIGN) and self.meets(self.language.negation):
            return ae.LogicStructure([":NOT:"], (self.expression(self.language.negation_level),))
        if self.meets("if"):
            return self._choice()
        if self.meets("("):
            tree = self.expression(OR)
            self.expect(")")
            return tree
        if self.meets(":na:"):
            return NA
        if self.next.kind == "number":
            return _number(self.take().text)
        if self.next.kind == "name":
            return self._named(self.take())
        raise self.error()

    def _choice(self) -> Any:
        condition = self.expression(OR)
        self.expect("then")
        yes = self.expression(OR)
        self.expect("else")
        no = self.expression(OR)
        return ae.CallStructure(ae.ReferenceStructure("if_then_else"), (condition, yes, no))

    # -- names -------------------------------------------------------------------------------------------------------

    def _named(self, token: _Token) -> Any:
        name = self._clean(token.text)
        if self.language is VENSIM and name == "with_lookup" and self.meets("("):
            return self._with_lookup()
        if self.language is VENSIM and name == "tabbed_array" and self.meets("("):
            return self._tabbed()
        reference = ae.ReferenceStructure(name, self._subscripts() if self.meets("[") else None)
        return self._call(reference, token) if self.meets("(") else reference

    def _clean(self, text: str) -> str:
        if self.language is XMILE:
            text = text.strip('"').replace("\\n", " ").replace("\xa0", " ")
        return re.sub(r"\s", "_", text.lower())

    def _subscripts(self) -> Any:
        out = []
        while True:
            first = last = self.next
            while self.next.kind in ("name", "number"):  # 1st quarter
                last = self.take()
            text = self.text[first.pos : last.pos + len(last.text)]
            if last is first and last is self.next:
                raise self.error()
            text = text if self.language is VENSIM else text.replace("_", " ")
            out.append(text + "!" if self.meets("!") else text)
            if self.meets("]"):
                return ae.SubscriptsReferenceStructure(out)
            self.expect(",")

    def _call(self, reference: Any, token: _Token) -> Any:
        arguments: list[Any] = []
        while not self.meets(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.take().text[1:-1] if self.next.kind == "text" else self.expression(OR))
        make = None if reference.reference in NO_FUNCTIONS else self.language.functions.get(reference.reference)
        if make is None:
            return ae.CallStructure(reference, tuple(arguments))
        try:
            return (make[len(arguments)] if isinstance(make, dict) else make)(*arguments)
        except (TypeError, KeyError) as error:
            said = msg('the function "{name}" has too many or too few arguments', name=token.text)
            raise EquationError(self.text, token.pos, said) from error

    def _with_lookup(self) -> Any:
        """``WITH LOOKUP(x, ([limits], (x,y), …))`` behind its first bracket."""
        argument = self.expression(OR)
        self.expect(",")
        points = self._points()
        self.expect(")")
        return ae.InlineLookupsStructure(argument, points)

    def lookup(self) -> Any:
        points = self._points()
        if self.next.kind != _END:
            raise self.error()
        return points

    def _points(self) -> Any:
        self.expect("(")
        if self.meets("["):  # of the graph only
            while not self.meets("]"):
                if self.take().kind == _END:
                    raise self.error()
            self.expect(",")
        points = self._pairs() if self.next.text == "(" else self._halves()
        self.expect(")")
        x, y = zip(*sorted(points, key=lambda point: point[0]), strict=True)
        limits = ((np.nan, np.nan), (np.nan, np.nan))
        return ae.LookupsStructure(x, y, *limits, "interpolate")

    def _pairs(self) -> list[tuple[float, float]]:
        points = [self._point()]
        while self.meets(",") or self.next.text == "(":
            points.append(self._point())
        return points

    def _halves(self) -> list[tuple[float, float]]:
        """``x1, x2, …, y1, y2, …``"""
        numbers = [self.signed_number()]
        while self.meets(","):
            numbers.append(self.signed_number())
        half = len(numbers) // 2
        if 2 * half != len(numbers):
            raise self.error()
        return list(zip(numbers[:half], numbers[half:], strict=True))

    def _point(self) -> tuple[float, float]:
        self.expect("(")
        x = self.signed_number()
        self.expect(",")
        y = self.signed_number()
        self.expect(")")
        return x, y

    def _tabbed(self) -> Any:
        numbers = []
        while not self.meets(")"):
            numbers.append(self.signed_number())
        return np.array(numbers, dtype=float)


def _joined(operators: list[str], operands: list[Any], level: int) -> Any:
    """The operands under their operators; a single one as it is."""
    if not operators:
        return operands[0]
    structure = ae.LogicStructure if level <= COMPARE else ae.ArithmeticStructure
    return structure(operators, tuple(operands))


def _number(text: str) -> int | float:
    return int(text) if text.isdecimal() and len(text) < 16 else float(text)
