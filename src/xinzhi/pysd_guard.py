"""PySD's translators, kept from running what a model writes.

They call Python's ``eval`` on text of the model (a lookup's limits may be any expression). Whoever hands them a model
calls `no_eval` first.
"""

from __future__ import annotations

import ast
from typing import Any


def no_eval() -> None:
    """Let PySD's translators read literals where they would evaluate the model's text as Python."""
    from pysd.translators.vensim import vensim_element
    from pysd.translators.xmile import xmile_element

    for module in (vensim_element, xmile_element):
        vars(module)["eval"] = _literal


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
