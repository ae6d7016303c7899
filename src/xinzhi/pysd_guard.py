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
    """A number, a text or a list of points. Raises ValueError or SyntaxError for anything else."""
    try:
        return ast.literal_eval(text.strip())
    except SyntaxError:
        return float(text)  # 007
