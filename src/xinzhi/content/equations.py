"""model/*.mdl as its author wrote it: the equations' text, the sectors' own words, and which flows fill a stock.

`model_file` says what the equations mean; this module keeps how they are written, for `xinzhi explain` and the book.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xinzhi.content.model_entries import read_pieces
from xinzhi.content.yaml_file import Text
from xinzhi.names import canonical

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LEFT = re.compile(r"^(?P<left>[^=(]+?)\s*:?=(?!=)\s*(?P<right>.+)$", re.DOTALL)
_INTEG = re.compile(r"^INTEG\s*\((?P<inner>.*)\)$", re.IGNORECASE | re.DOTALL)
_OPERATOR = re.compile(r"\s*(:=|<>|<=|>=|[*/^<>=+-])\s*")
_EXPONENT = re.compile(r"(?:^|[^\w.])[0-9.]+[eE]$")


@dataclass(frozen=True)
class Equation:
    """One equation of a variable; ``left`` has its subscripts, ``right`` is what stands behind the equals sign.

    A lookup has its table as ``right`` and no equals sign between them. ``line`` is where its entry begins.
    """

    left: str
    right: str
    table: bool = False
    line: int = 0

    def __str__(self) -> str:
        return f"{self.left}({self.right})" if self.table else f"{self.left} = {self.right}"


@dataclass(frozen=True)
class Sector:
    """A group of the model: its name in the file, its title and its text in both languages ("" where there is none)."""

    name: str
    title: Text
    text: Text


@dataclass(frozen=True)
class Flows:
    """The variables that fill and drain a stock; ``other`` when its rate has terms that are no single variable."""

    inflows: tuple[str, ...]
    outflows: tuple[str, ...]
    other: bool = False


def read_equations(text: str) -> dict[str, tuple[Equation, ...]]:
    """The equations of a model's text by the canonical names of their variables, in the file's order."""
    by_name: dict[str, list[Equation]] = {}
    for piece in read_pieces(text):
        equation = None if piece.heading else _equation(piece.text.split("~", 1)[0], piece.line)
        if equation is not None:
            by_name.setdefault(_base(equation.left), []).append(equation)
    return {name: tuple(equations) for name, equations in by_name.items()}


def read_sectors(text: str) -> dict[str, Sector]:
    """The groups of a model's text by name, in the file's order."""
    return {it.heading["name"].strip(): _sector(it.heading) for it in read_pieces(text) if it.heading}


def _base(name: str) -> str:
    """The canonical name of a variable without its subscripts."""
    return canonical(name.split("[", 1)[0])


def of_variable(equations: Mapping[str, tuple[Equation, ...]], name: str, line: int) -> tuple[Equation, ...]:
    """The equation of `read_equations` that begins on a variable's ``line``; all of its name where none does."""
    named = equations.get(_base(name), ())
    return tuple(equation for equation in named if equation.line == line) or named


def _equation(written: str, line: int) -> Equation | None:
    joined = " ".join(re.sub(r"\\\s*\n", " ", re.sub(r"\{[^}]*\}", "", written)).split())
    joined = re.sub(r"\(\s+", "(", re.sub(r"\s+(?=\))", "", joined.replace("INTEG (", "INTEG(")))
    parts = _LEFT.match(joined)
    if parts:
        return Equation(parts["left"], spaced(parts["right"]), line=line)
    name, bracket, table = joined.partition("(")
    inner = re.sub(r",\s*", ", ", table.removesuffix(")"))
    return Equation(name.strip(), inner, table=True, line=line) if bracket else None


def spaced(written: str) -> str:
    """An expression with spaces around its operators, so that names of several words can be told apart.

    Texts in single quotes (a file, a cell) stay as they are.
    """
    pieces = re.split(r"('[^']*')", written)
    return "".join(piece if index % 2 else _spaced(piece) for index, piece in enumerate(pieces))


def _spaced(written: str) -> str:
    out, end = "", 0
    for operator in _OPERATOR.finditer(written):
        out += written[end : operator.start()]
        end = operator.end()
        sign = operator[1] in "+-" and (not out or out[-1] in "(,*/^<>= +-" or _EXPONENT.search(out[-12:]))
        out += operator[1] if sign else f" {operator[1]} "
    return re.sub(r"\s*,\s*", ", ", out + written[end:])


def _sector(heading: re.Match[str]) -> Sector:
    name = heading["name"].strip()
    lines = [line.strip() for line in heading["text"].splitlines() if line.strip()]
    english = " ".join(line for line in lines if not _CHINESE.search(line))
    chinese = "".join(line for line in lines if _CHINESE.search(line))
    title, stop, rest = chinese.partition("。")
    return Sector(name, Text(title if stop else chinese or name, name), Text(rest or chinese, english))


def flows(equations: Iterable[Equation], uses: Iterable[str]) -> Flows | None:
    """The flows of a stock by its equations; None where it is no INTEG. ``uses`` are the variables that it reads."""
    names = {canonical(name): name for name in uses}
    inflows, outflows, other = list[str](), list[str](), False
    for equation in equations:
        integral = _INTEG.match(equation.right)
        if integral is None:
            return None
        for sign, term in _terms(_first_argument(integral["inner"])):
            exact = names.get(canonical(term))
            meant = [exact] if exact else [name for name in names.values() if _is_element(name, term)]
            (inflows if sign == "+" else outflows).extend(meant)
            other = other or not meant
    return Flows(tuple(dict.fromkeys(inflows)), tuple(dict.fromkeys(outflows)), other)


def _is_element(name: str, term: str) -> bool:
    """Whether a term is a subscripted variable, of whose elements ``name`` is one."""
    return re.fullmatch(r"[^\[\]()*/^+-]+\[[^\]]*\]", term) is not None and _base(name) == _base(term)


def _first_argument(inner: str) -> str:
    depth = 0
    for index, letter in enumerate(inner):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            return inner[:index]
    return inner


def _terms(rate: str) -> list[tuple[str, str]]:
    """The terms of a sum with their signs; a sum in brackets is opened."""
    depth, start, sign, out = 0, 0, "+", list[tuple[str, str]]()
    for index, letter in enumerate(f"{rate} +"):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and letter in "+-":
            term = rate[start:index].strip()
            if term:
                out += _opened(term, sign)
            sign, start = letter, index + 1
    return out


def _opened(term: str, sign: str) -> list[tuple[str, str]]:
    if not (term.startswith("(") and term.endswith(")")):
        return [(sign, term)]
    return [("+" if inner == sign else "-", part) for inner, part in _terms(term[1:-1])]
