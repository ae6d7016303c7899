"""Polynomials for the vector functions, fitted when one is first emitted."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache

MAGIC = 1.5 * 2.0**52
"""x + MAGIC - MAGIC rounds x to an integer, which the low bits of the sum hold in two's complement."""


@cache
def fit(function: Callable[[float], float], low: float, high: float, count: int) -> tuple[float, ...]:
    """``count`` coefficients, lowest power first, of the polynomial through ``function`` at the Chebyshev nodes.

    Its error on [low, high] is a small multiple of the best polynomial's (Powell 1967). Newton's divided differences
    lose many digits: they are fractions, and the nodes are rounded to keep those short.
    """
    angles = [math.pi * (i + 0.5) / count for i in range(count)]
    nodes = [Fraction(round(2**20 * ((low + high) / 2 + (high - low) / 2 * math.cos(a))), 2**20) for a in angles]
    differences = [Fraction(function(float(x))) for x in nodes]
    for order in range(1, count):
        for i in range(count - 1, order - 1, -1):
            differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order])
    powers = [differences[-1]]
    for node, difference in zip(nodes[-2::-1], differences[-2::-1], strict=True):  # p (x - node) + difference
        shifted = [Fraction(0), *powers]
        powers = [s - node * p for s, p in zip(shifted, [*powers, Fraction(0)], strict=True)]
        powers[0] += difference
    return tuple(float(p) for p in powers)
