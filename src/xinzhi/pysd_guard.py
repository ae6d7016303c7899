"""PySD's translators, kept from running what a model writes.

They call Python's ``eval`` on text of the model (a lookup's limits may be any expression). Whoever hands them a model
calls `no_eval` first.
"""

from __future__ import annotations

import ast
import re
from typing import Any

_TERM = re.compile(r"[+-]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SUM = re.compile(rf"\s*{_TERM.pattern}(?:\s*[+-]\s*{_TERM.pattern.removeprefix('[+-]?')})*\s*")


def no_eval() -> None:
    """Let PySD's translators read literals where they would evaluate the model's text as Python."""
    from pysd.translators.vensim import vensim_element
    from pysd.translators.xmile import xmile_element

    for module in (vensim_element, xmile_element):
        vars(module)["eval"] = _literal


def _literal(text: str) -> Any:
    """A number, a text, a list of points or a sum of numbers. Raises ValueError or SyntaxError for anything else."""
    try:
        return ast.literal_eval(text.strip())
    except SyntaxError:
        return float(text)  # 007
    except ValueError:  # 2030 - 2015 reaches the translators as one text
        if _SUM.fullmatch(text) is None:
            raise
        return sum(float(term.replace(" ", "")) for term in _TERM.findall(text))
