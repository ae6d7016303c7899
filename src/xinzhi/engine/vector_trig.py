"""sin, cos, tan and their inverses on vectors, as lines of LLVM IR; the same on every CPU.

The angle is reduced by pi/2 in three parts (Cody & Waite 1980) with exact remainders (Dekker 1971), the inverses by one
division or square root whose rounding error is carried along, as in fdlibm.
"""

from __future__ import annotations

import math

from xinzhi.engine.fitting import MAGIC, fit
from xinzhi.engine.ir_text import Emitter

PI_2, PI_2_LOW, PI_2_LOWEST = 1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33
"""pi/2 as a sum of three doubles: good to 2^-161."""
LARGEST_ANGLE = 2.0**50
"""Beyond it neighbouring doubles lie a quarter of a radian apart and more: the functions give NaN."""
TAN_PI_8, TAN_3PI_8 = math.tan(math.pi / 8), math.tan(3 * math.pi / 8)


def sin_tail(z: float) -> float:
    """(sin r - r) / r^3 at z = r^2."""
    return math.fsum((-1) ** (n + 1) * z**n / math.factorial(2 * n + 3) for n in range(15))


def cos_tail(z: float) -> float:
    """(cos r - 1 + r^2 / 2) / r^4 at z = r^2."""
    return math.fsum((-1) ** n * z**n / math.factorial(2 * n + 4) for n in range(15))


def atan_tail(z: float) -> float:
    """(atan t - t) / t^3 at z = t^2."""
    return math.fsum((-1) ** (n + 1) * z**n / (2 * n + 3) for n in range(30))


def asin_tail(z: float) -> float:
    """(asin s - s) / s^3 at z = s^2."""
    return math.fsum(math.comb(2 * n, n) / 4**n * z ** (n - 1) / (2 * n + 1) for n in range(1, 40))


Pair = tuple[str, str]


def _reduced(e: Emitter, x: str) -> tuple[str, str, str]:
    """x = n pi/2 + r + r_low with |r| < 0.85: n in the low bits of an integer, r, r_low.

    x - n PI_2 is exact; the sum with the second part can cancel either way, hence the full exact sum (Knuth).
    """
    x = e.select(e.compare("ole", e.intrinsic("fabs", x), LARGEST_ANGLE), x, math.nan)
    z = e.fma(x, 2 / math.pi, MAGIC)
    n = e.sub(z, MAGIC)
    a = e.fused(n, -PI_2, x)
    b, b_low = e.two_product(n, -PI_2_LOW)
    r = e.add(a, b)
    b_part = e.sub(r, a)
    rest = e.add(e.sub(a, e.sub(r, b_part)), e.sub(b, b_part))
    return e.bits(z), r, e.fma(n, -PI_2_LOWEST, e.add(rest, b_low))


def _sin_and_cos(e: Emitter, r: str, r_low: str) -> tuple[Pair, Pair]:
    """Each as two doubles yet to be added, the second small against the first."""
    z, z_low = e.two_product(r, r)
    half = e.mul(z, 0.5)
    rest = e.fma(e.neg(half), r_low, r_low)
    sine = e.fma(e.mul(z, r), e.polynomial(z, fit(sin_tail, 0.0, 0.72, 7)), rest)
    head = e.sub(1.0, half)
    lost = e.sub(e.sub(1.0, head), half)
    half_low = e.fma(r, r_low, e.mul(z_low, 0.5))
    cosine = e.add(lost, e.fma(e.mul(z, z), e.polynomial(z, fit(cos_tail, 0.0, 0.72, 7)), e.neg(half_low)))
    return (r, sine), (head, cosine)


def _odd(e: Emitter, n: str) -> str:
    return e.emit(f"icmp ne {e.integers} {e.integer('and', n, 1)}, zeroinitializer")


def _negated_where(e: Emitter, n: str, bit: int, x: str) -> str:
    """-x where that bit of n is set."""
    sign = e.integer("and", e.integer("shl", n, 63 - bit), -(2**63))
    return e.from_bits(e.integer("xor", e.bits(x), sign))


def _keep_zero(e: Emitter, x: str, result: str) -> str:
    """An odd function of -0 is -0, which the sums have lost."""
    return e.select(e.compare("oeq", x, 0.0), x, result)


def emit_sin(e: Emitter, x: str) -> str:
    n, r, r_low = _reduced(e, x)
    sine, cosine = (e.add(*pair) for pair in _sin_and_cos(e, r, r_low))
    return _keep_zero(e, x, _negated_where(e, n, 1, e.select(_odd(e, n), cosine, sine)))


def emit_cos(e: Emitter, x: str) -> str:
    n, r, r_low = _reduced(e, x)
    sine, cosine = (e.add(*pair) for pair in _sin_and_cos(e, r, r_low))
    return _negated_where(e, e.integer("add", n, 1), 1, e.select(_odd(e, n), sine, cosine))


def emit_tan(e: Emitter, x: str) -> str:
    n, r, r_low = _reduced(e, x)
    sine, cosine = (e.two_sum(*pair) for pair in _sin_and_cos(e, r, r_low))
    odd = _odd(e, n)
    above, above_low = (e.select(odd, c, s) for s, c in zip(sine, cosine, strict=True))
    below, below_low = (e.select(odd, s, c) for s, c in zip(sine, cosine, strict=True))
    quotient, low = _quotient(e, (above, above_low), (below, below_low))
    return _keep_zero(e, x, _negated_where(e, n, 0, e.add(quotient, low)))


def _quotient(e: Emitter, above: Pair, below: Pair) -> Pair:
    """above / below as two doubles, with one division."""
    inverse = e.div(1.0, below[0])
    q = e.mul(above[0], inverse)
    rest = e.add(e.fused(e.neg(q), below[0], above[0]), e.fma(e.neg(q), below[1], above[1]))
    return q, e.mul(rest, inverse)


def emit_atan(e: Emitter, x: str) -> str:
    """Above tan(pi/8) as pi/4 + atan((a - 1) / (a + 1)), above tan(3 pi/8) as pi/2 + atan(-1 / a)."""
    size = e.intrinsic("fabs", x)
    size = e.select(e.compare("ult", size, 2.0**100), size, 2.0**100)
    middle, large = e.compare("ogt", size, TAN_PI_8), e.compare("ogt", size, TAN_3PI_8)

    def choose(small_value: str | float, middle_value: str | float, large_value: str | float) -> str:
        return e.select(large, large_value, e.select(middle, middle_value, small_value))

    minus, plus = e.two_sum(-1.0, size), e.two_sum(1.0, size)
    above = choose(size, minus[0], -1.0), choose(0.0, minus[1], 0.0)
    below = choose(1.0, plus[0], size), choose(0.0, plus[1], 0.0)
    t, t_low = _quotient(e, above, below)
    z = e.mul(t, t)
    tail = e.fma(e.mul(t, z), e.polynomial(z, fit(atan_tail, 0.0, 0.1716, 13)), t_low)
    sum_, sum_low = e.two_sum(choose(0.0, PI_2 / 2, PI_2), t)
    low = e.add(sum_low, e.add(tail, choose(0.0, PI_2_LOW / 2, PI_2_LOW)))
    return e.intrinsic("copysign", e.add(sum_, low), x)


def _asin_parts(e: Emitter, x: str) -> tuple[str, str, str]:
    """Where |x| > 1/2, s and low with asin sqrt((1 - |x|) / 2) = s + low; elsewhere with asin |x| = s + low."""
    size = e.intrinsic("fabs", x)
    large = e.compare("ogt", size, 0.5)
    z = e.select(large, e.fma(size, -0.5, 0.5), e.mul(size, size))
    s = e.select(large, e.intrinsic("sqrt", z), size)
    tail = e.mul(e.mul(s, z), e.polynomial(z, fit(asin_tail, 0.0, 0.25, 14)))
    root_rest = e.div(e.fused(e.neg(s), s, z), e.fma(s, 2.0, 2.0**-900))  # s may be 0
    return large, s, e.add(tail, e.select(large, root_rest, 0.0))


def emit_asin(e: Emitter, x: str) -> str:
    large, s, low = _asin_parts(e, x)
    high, rest = e.two_sum(PI_2, e.mul(s, -2.0))
    complement = e.add(high, e.add(rest, e.fma(low, -2.0, PI_2_LOW)))
    return e.intrinsic("copysign", e.select(large, complement, e.add(s, low)), x)


def emit_acos(e: Emitter, x: str) -> str:
    """pi/2 - asin x near 0, 2 asin sqrt((1 - x) / 2) near 1, pi - 2 asin sqrt((1 + x) / 2) near -1."""
    large, s, low = _asin_parts(e, x)
    negative = e.compare("olt", x, 0.0)
    factor = e.select(large, e.select(negative, -2.0, 2.0), e.select(negative, 1.0, -1.0))
    turns = e.select(large, e.select(negative, 2.0, 0.0), 1.0)
    high, rest = e.two_sum(e.mul(turns, PI_2), e.mul(s, factor))
    return e.add(high, e.add(rest, e.fma(low, factor, e.mul(turns, PI_2_LOW))))
