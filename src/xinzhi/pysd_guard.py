"""PySD's translators, kept from running what a model writes.

They call Python's ``eval`` on text of the model (a lookup's limits may be any expression). Whoever hands them a model
does so within `no_eval`; outside of it they are as their own package made them.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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
