"""PySD's translators, kept from running what a model writes; what they raise, and what that says.

They call Python's ``eval`` on text of the model (a lookup's limits may be any expression). Whoever hands them a model
does so within `no_eval`; outside of it they are as their own package made them.
"""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from xinzhi.errors import Message, msg, shortened

_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def no_eval() -> Iterator[None]:
    """Within, PySD's translators read literals where they would evaluate the model's text as Python.

    One thread at a time is within; it may enter again. What stood in their modules before is put back at the end.
    """
    from pysd.translators.vensim import vensim_element
    from pysd.translators.xmile import xmile_element

    with _ONE_AT_A_TIME:
        modules = [vars(module) for module in (vensim_element, xmile_element)]
        before = [module.get("eval") for module in modules]
        try:
            for module in modules:
                module["eval"] = _literal
            yield
        finally:
            for module, own in zip(modules, before, strict=True):
                if own is None:
                    module.pop("eval", None)
                else:
                    module["eval"] = own


def _literal(text: str) -> Any:
    """A number, a text, a list of points, or numbers added and subtracted. Raises ValueError or SyntaxError else."""
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError:
        return float(text)  # 007


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        left, right = _number(node.left), _number(node.right)
        return left + right if isinstance(node.op, ast.Add) else left - right
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
        return _number(node.operand) if isinstance(node.op, ast.UAdd) else -_number(node.operand)
    return ast.literal_eval(node)


def _number(node: ast.expr) -> float:
    value = _value(node)
    if not isinstance(value, int | float):
        raise ValueError("not a number")
    return value


def failures() -> tuple[type[Exception], ...]:
    """What PySD's translators raise for a wrong equation."""
    from parsimonious.exceptions import ParseError, VisitationError

    python = (ValueError, LookupError, AttributeError, TypeError, NotImplementedError, RecursionError, SyntaxError)
    return (ParseError, VisitationError, *python, ArithmeticError, AssertionError)


def first_line(error: BaseException) -> Message | str:
    """What an error of PySD or of its parser says, short."""
    if isinstance(said := getattr(error, "said", None), Message):
        return said
    if getattr(error, "original_class", None) in (TypeError, KeyError):
        return msg("a function has too many or too few arguments")
    position, text = getattr(error, "pos", None), getattr(error, "text", None)
    if isinstance(position, int) and isinstance(text, str):
        return f'near "{shortened(text[max(0, position - 12) : position + 24])}"'
    lines = re.sub(r"^\w+(?:Error|Exception): ", "", str(error).strip()).splitlines()
    return shortened(lines[0], 120) if lines and lines[0].strip() else type(error).__name__
