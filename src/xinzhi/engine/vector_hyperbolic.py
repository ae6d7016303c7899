"""sinh, cosh and tanh on vectors, as lines of LLVM IR; the same on every CPU.

Near 0 sinh and tanh are polynomials; elsewhere all three come from exp in two parts.
"""

from __future__ import annotations

import math

from xinzhi.engine.fitting import MAGIC, fit
from xinzhi.engine.ir_text import Emitter
from xinzhi.engine.vector_exponential import exp_portable, scaled

SINH_POLYNOMIAL, TANH_POLYNOMIAL = 1.0, 0.55
"""Up to here sinh and tanh are polynomials."""


def sinh_tail(z: float) -> float:
    """(sinh r - r) / r^3 at z = r^2."""
    return math.fsum(z**n / math.factorial(2 * n + 3) for n in range(20))


def tanh_tail(z: float) -> float:
    """(tanh r - r) / r^3 at z = r^2, by Lambert's continued fraction tanh r = r / (1 + z / (3 + z / (5 + ...)))."""
    fraction = 41.0
    for odd in range(39, 1, -2):
        fraction = odd + z / fraction
    return -1 / (fraction + z)


def _odd_polynomial(e: Emitter, x: str, coefficients: tuple[float, ...]) -> str:
    """x + x^3 (c[0] + c[1] x^2 + ...)."""
    z = e.mul(x, x)
    return e.fma(e.mul(x, z), e.polynomial(z, coefficients), x)


def _half_sum(e: Emitter, size: str, sign: float) -> str:
    """(exp size + sign exp -size) / 2 for size >= 0, as 2^(k - 1) (m + sign 2^(-2 k) / m) where exp size = 2^k m."""
    one, p, k, biased = exp_portable(e, e.select(e.compare("ult", size, 711.0), size, 711.0))
    m, m_low = e.two_sum(one, p)
    enough = e.select(e.compare("ult", k, 50.0), k, 50.0)  # then the second term is lost anyway
    square = e.from_bits(e.integer("shl", e.bits(e.fma(enough, -2.0, MAGIC + 1023)), 52))
    total = e.add(m, e.fma(e.div(square, m), sign, m_low))
    return scaled(e, total, k, e.integer("sub", biased, 1))


def emit_sinh(e: Emitter, x: str) -> str:
    size = e.intrinsic("fabs", x)
    near = _odd_polynomial(e, size, fit(sinh_tail, 0.0, SINH_POLYNOMIAL**2, 8))
    far = _half_sum(e, size, -1.0)
    return e.intrinsic("copysign", e.select(e.compare("olt", size, SINH_POLYNOMIAL), near, far), x)


def emit_cosh(e: Emitter, x: str) -> str:
    return _half_sum(e, e.intrinsic("fabs", x), 1.0)


def emit_tanh(e: Emitter, x: str) -> str:
    """Far from 0, 1 - 2 / (exp 2|x| + 1)."""
    size = e.intrinsic("fabs", x)
    near = _odd_polynomial(e, size, fit(tanh_tail, 0.0, TANH_POLYNOMIAL**2, 12))
    m, m_low, k, biased = exp_portable(e, e.mul(e.select(e.compare("ult", size, 20.0), size, 20.0), 2.0))
    below = e.add(scaled(e, e.add(m, m_low), k, biased), 1.0)
    far = e.sub(1.0, e.div(2.0, below))
    return e.intrinsic("copysign", e.select(e.compare("olt", size, TANH_POLYNOMIAL), near, far), x)
