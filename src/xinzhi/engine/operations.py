"""The scalar operations of a program, and what each means: one NumPy function an operation.

This table is the definition. Literals are folded by it, values that depend on time alone are tabulated by it, the
interpreter runs it over whole ensembles, and the compiled kernels are tested against it.

Truth is 1.0 and 0.0, as in Vensim; comparisons with a NaN are false, ``ne`` is true (IEEE 754).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LEAVES = frozenset({
    "lit", "const", "control", "time", "step_time", "stock", "held", "delayed", "random", "random_at_start"
})  # fmt: skip
COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
COMMUTATIVE = frozenset({"add", "mul", "min", "max", "and", "or", "eq", "ne"})

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "pow": np.power,
    "mod": np.mod,
    "min": np.minimum,
    "max": np.maximum,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "trunc": np.trunc,
    "floor": np.floor,
    "ceil": np.ceil,
    "rint": np.rint,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": lambda a, b: (a != 0) & (b != 0),
    "or": lambda a, b: (a != 0) | (b != 0),
    "not": lambda a: a == 0,
    "select": lambda condition, yes, no: np.where(condition != 0, yes, no),
}


def evaluate(op: str, *arguments: Any) -> FloatArray:
    """The operation on numbers or arrays that broadcast; float64, never an exception (1/0 is inf, log(-1) is NaN)."""
    with np.errstate(all="ignore"):
        return np.asarray(FUNCTIONS[op](*arguments), dtype=np.float64)
