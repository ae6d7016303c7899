"""exp, log and pow on vectors, as lines of LLVM IR.

Two ways each. "avx512" lets getexp, getmant and scalef take care of zeros, infinities, denormals and negative logs
without one extra instruction, and holds tables of 16 values in registers. "portable" needs no more than AVX2 has: no
64-bit arithmetic shift, no conversion between integers and doubles, no table.

Methods: range reduction after Cody & Waite (1980), tables after Tang (1989, 1990), arguments at which the logarithm is
almost a double after Gal (1986), double-double arithmetic after Dekker (1971); see Muller, Elementary Functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import cache

from xinzhi.engine.fitting import MAGIC, fit
from xinzhi.engine.ir_text import Emitter, hexadecimal

LOG2_E = math.log2(math.e)
LN2 = math.log(2)
LN2_HIGH, LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10
"""ln 2 in two parts; the low 21 bits of the first are zero, so that its product with an exponent is exact."""
MIN_NORMAL = 2.0**-1022
ROUND = ("<8 x double> zeroinitializer", "i8 -1", "i32 4")
"""The tail of the masked intrinsics: no mask, rounding as usual."""

LOG_STEP, POW_STEP = 19.5, 21.0
LOG_SHIFTS = (409, 98, -364, -983, 0, 0, -16, 90, -211, -21, 76, -65, -212, -82, -687)
"""Interval i of the mantissa is round(19.5 m): 15 to 29 cover [0.75, 1.5), and 1 is the lower end of interval 20.

The multiplier c of interval i is 2^-20 times (round(2^20 19.5 / i) + shift); the shifts were found by trying
0, 1, -1, 2 ... until -log c (plus ln 2 for m < 1) came within 2^-64 of a double.
In pow an interval must reach to both sides of 1, where the error counts most: round(21 m), from 16 to 31, c = 21 / i.
"""


def exp_tail(r: float) -> float:
    """(exp r - 1 - r) / r^2."""
    return math.fsum(r**n / math.factorial(n + 2) for n in range(20))


def log_tail(r: float) -> float:
    """(log(1 + r) - r) / r^2."""
    return math.fsum((-1) ** (n + 1) * r**n / (n + 2) for n in range(20))


def log_tail_cubic(r: float) -> float:
    """(log(1 + r) - r + r^2 / 2) / r^3."""
    return math.fsum((-1) ** n * r**n / (n + 3) for n in range(20))


def atanh_tail(z: float) -> float:
    """(2 atanh s - 2 s) / s^3 at z = s^2."""
    return math.fsum(2 * z**n / (2 * n + 3) for n in range(20))


def atanh_tail_quintic(z: float) -> float:
    """(atanh s - s - s^3 / 3) / s^5 at z = s^2."""
    return math.fsum(z**n / (2 * n + 5) for n in range(20))


# exp


def emit_exp(e: Emitter, x: str) -> str:
    if e.avx512:
        return _exp_avx512(e, x)
    m, m_low, k, biased = exp_portable(e, e.clamp(x, -746.0, 710.0))
    return scaled(e, e.add(m, m_low), k, biased)


def _table(values: Sequence[float]) -> str:
    return "<8 x double> <" + ", ".join(f"double {hexadecimal(v)}" for v in values) + ">"


def _look_up(e: Emitter, values: Sequence[float], index: str) -> str:
    """values[low four bits of index]."""
    return e.x86("vpermi2var.pd", _table(values[:8]), ("i64", index), _table(values[8:]))


def _no_larger(e: Emitter, x: str, limit: float) -> str:
    """x with its size cut to ``limit``; a NaN becomes the limit."""
    return e.x86("mask.range.pd", ("double", x), ("double", limit), "i32 2", *ROUND)


def _exp_avx512(e: Emitter, x: str, low: str | None = None) -> str:
    """exp(x + low) = 2^k exp r with k a multiple of 1/16; ``low`` may be NaN where x is infinite, NaN or beyond +-800.

    With a ``low`` the table is in two parts, and whole powers that are doubles come out exactly. r is cut only so that
    it stays finite where x is out of range: scalef by a huge, infinite or NaN k decides there.
    """
    shift = MAGIC / 16
    z = e.fma(x, LOG2_E, shift)
    k = e.sub(z, shift)
    r = e.fma(k, -LN2_LOW, e.fma(k, -LN2_HIGH, x))
    r = _no_larger(e, e.add(r, low) if low else r, 1 / 32)
    q = e.polynomial(r, fit(exp_tail, -LN2 / 32, LN2 / 32, 5))
    p = e.fma(q, e.mul(r, r), r)
    t, t_low = _powers_of_two()
    factor = _look_up(e, t, e.bits(z))
    if low is None:
        return _times_power_of_two(e, e.fma(factor, p, factor), k)
    return _times_power_of_two(e, e.add(factor, e.fma(factor, p, _look_up(e, t_low, e.bits(z)))), k)


def _times_power_of_two(e: Emitter, x: str, k: str) -> str:
    """x 2^floor(k), and what exp is where k is infinite or NaN."""
    return e.x86("mask.scalef.pd", ("double", x), ("double", k), *ROUND)


@cache
def _powers_of_two() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """2^(j/16), and what rounding took from it."""
    with localcontext(prec=50):
        exact = [Decimal(2) ** (Decimal(j) / 16) for j in range(16)]
        return tuple(map(float, exact)), tuple(float(x - Decimal(float(x))) for x in exact)


def exp_portable(e: Emitter, x: str, low: str | None = None) -> tuple[str, str, str, str]:
    """exp(x + low) = 2^k (m + m_low) as m, m_low, k, and k + 2046 in the low bits of an integer, for |x| < 1400.

    With a ``low`` the sum is right to 2^-57, without it to 2^-54, and m is 1 and m_low the rest.
    """
    shift = MAGIC + 2046
    z = e.fma(x, LOG2_E, shift)
    k = e.sub(z, shift)
    first = e.fma(k, -LN2_HIGH, x)
    r = e.fma(k, -LN2_LOW, first)
    if low is not None:
        lost = e.fma(k, -LN2_LOW, e.sub(first, r))
        r, lost = e.two_sum(r, e.add(low, lost))
    tail = e.polynomial(r, fit(exp_tail, -0.3467, 0.3467, 10))
    square = e.mul(r, r)
    if low is None:
        return e.operand(1.0), e.fma(tail, square, r), k, e.bits(z)
    m, m_low = e.two_sum(1.0, r)
    return m, e.add(m_low, e.fma(tail, square, lost)), k, e.bits(z)


def scaled(e: Emitter, x: str, k: str, biased: str) -> str:
    """2^n x with n + 2046 in the low bits of ``biased`` and k about n, in two steps.

    For x about 1 the first product is exact; the second overflows, or rounds a denormal once.
    """
    half = e.bits(e.fma(k, 0.5, MAGIC + 1023))
    first = e.from_bits(e.integer("shl", half, 52))
    second = e.from_bits(e.integer("shl", e.integer("sub", biased, half), 52))
    return e.mul(e.mul(x, first), second)


# log


def emit_log(e: Emitter, x: str) -> str:
    return _log_avx512(e, x) if e.avx512 else _log_portable(e, x)


@cache
def log_tables() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """For i mod 16 of every interval i: its multiplier c, and -log c, plus ln 2 where m < 1.

    An m below 1 has an exponent one less than that of x / m: hence the ln 2, the double's, so that it cancels exactly.
    """
    multipliers, logs = [1.0] * 16, [0.0] * 16
    with localcontext(prec=50):
        for i, shift in zip(range(15, 30), LOG_SHIFTS, strict=True):
            c = 1.0 if i in (19, 20) else (round(2**20 * LOG_STEP / i) + shift) / 2**20
            multipliers[i % 16], logs[i % 16] = c, float((Decimal(LN2) if i < 20 else 0) - Decimal(c).ln())
    return tuple(multipliers), tuple(logs)


def _mantissa(e: Emitter, x: str) -> str:
    """In [0.75, 1.5); NaN for a negative x."""
    return e.x86("mask.getmant.pd", ("double", x), "i32 11", *ROUND)


def _exponent(e: Emitter, x: str) -> str:
    return e.x86("mask.getexp.pd", ("double", x), *ROUND)


def _log_avx512(e: Emitter, x: str) -> str:
    mantissa = _mantissa(e, x)
    interval = e.bits(e.fma(mantissa, LOG_STEP, MAGIC))
    multipliers, logs = log_tables()
    r = e.fma(mantissa, _look_up(e, multipliers, interval), -1.0)
    q = e.polynomial(r, fit(log_tail, -1 / LOG_STEP, 1 / LOG_STEP, 9))
    low = e.fma(q, e.mul(r, r), r)
    return e.add(e.fma(_exponent(e, x), LN2, _look_up(e, logs, interval)), low)


def _log_parts_portable(e: Emitter, x: str) -> tuple[str, str]:
    """Exponent and mantissa in [sqrt 1/2, sqrt 2) of a positive finite x, denormal or not."""
    denormal = e.compare("olt", x, MIN_NORMAL)
    bits = e.bits(e.select(denormal, e.mul(x, 2.0**54), x))
    root_half = 0x3FE6A09E667F3BCD
    biased = e.integer("lshr", e.integer("add", bits, 0x4000000000000000 - root_half), 52)  # exponent + 1024 > 0
    mantissa = e.from_bits(e.integer("sub", bits, e.integer("shl", e.integer("sub", biased, 1024), 52)))
    as_double = e.from_bits(e.integer("or", biased, 0x4330000000000000))
    return e.sub(as_double, e.select(denormal, 2.0**52 + 1024 + 54, 2.0**52 + 1024)), mantissa


def _log_portable(e: Emitter, x: str) -> str:
    """As fdlibm: with s = f / (2 + f), log(1 + f) = f - (f^2/2 - s (f^2/2 + R(s^2)))."""
    k, mantissa = _log_parts_portable(e, x)
    f = e.sub(mantissa, 1.0)
    s = e.div(f, e.add(f, 2.0))
    z = e.mul(s, s)
    half_square = e.mul(e.mul(f, 0.5), f)
    tail = e.polynomial(z, fit(atanh_tail, 0.0, 0.0295, 7))
    inner = e.fma(s, e.fma(z, tail, half_square), e.mul(k, LN2_LOW))
    log = e.fma(k, LN2_HIGH, e.sub(f, e.sub(half_square, inner)))
    log = e.select(e.compare("olt", x, math.inf), log, x)
    other = e.select(e.compare("olt", x, 0.0), math.nan, x)
    return e.select(e.compare("ogt", x, 0.0), log, e.select(e.compare("oeq", x, 0.0), -math.inf, other))


# pow


def emit_pow(e: Emitter, x: str, y: str) -> str:
    """|x|^y as exp(y log |x|), the log and its product with y in two parts; then signs and exceptions as in C99.

    Without an fma two parts would cost three times as much: the log is one double, and the result is wrong by up to
    2^-51 for each unit of y log |x|; whole powers need not be whole.
    """
    size = e.intrinsic("fabs", x)
    if not e.fuses:
        one, rest, k, biased = exp_portable(e, e.clamp(e.mul(y, _log_portable(e, size)), -746.0, 710.0))
        return _pow_exceptions(e, x, y, size, scaled(e, e.add(one, rest), k, biased))
    high, low = _log_pair_avx512(e, size) if e.avx512 else _log_pair_portable(e, size)
    product, rest = e.two_product(y, high)
    rest = e.fma(y, low, rest)
    if e.avx512:
        power = _exp_avx512(e, product, rest)
    else:
        kept = e.clamp(product, -746.0, 710.0)
        rest = e.select(e.compare("oeq", product, kept), rest, 0.0)
        m, m_low, k, biased = exp_portable(e, kept, rest)
        power = scaled(e, e.add(m, m_low), k, biased)
    return _pow_exceptions(e, x, y, size, power)


def _pow_exceptions(e: Emitter, x: str, y: str, size: str, power: str) -> str:
    whole = e.compare("oeq", e.intrinsic("floor", y), y)
    half = e.mul(y, 0.5)
    odd = e.both(whole, e.compare("une", e.intrinsic("floor", half), half))
    power = e.select(odd, e.intrinsic("copysign", power, x), power)
    finite_negative = e.both(e.compare("olt", x, 0.0), e.compare("une", x, -math.inf))
    broken = e.both(finite_negative, e.compare("one", e.intrinsic("floor", y), y))
    power = e.select(broken, math.nan, power)
    root_of_one = e.both(e.compare("oeq", size, 1.0), e.compare("oeq", e.intrinsic("fabs", y), math.inf))
    one = e.either(e.either(e.compare("oeq", x, 1.0), e.compare("oeq", y, 0.0)), root_of_one)
    return e.select(one, 1.0, power)


@cache
def _log_tables_of_pow() -> tuple[tuple[float, ...], ...]:
    """For i mod 16 of every interval i: c, -log c as a multiple of 2^-40, and the rest of -log c."""
    rows = []
    with localcontext(prec=50):
        for i in range(16, 32):
            c = POW_STEP / i
            log = -Decimal(c).ln()
            short = Decimal(round(log * 2**40)) / 2**40
            rows.append((c, float(short), float(log - short)))
    return tuple(zip(*rows, strict=True))


def _log_pair_avx512(e: Emitter, x: str) -> tuple[str, str]:
    """log of x >= 0 as two doubles, to 2^-63 of its size. The second is of no meaning where the first is infinite."""
    mantissa = _mantissa(e, x)
    interval = e.bits(e.fma(mantissa, POW_STEP, MAGIC))
    multiplier, log, log_low = (_look_up(e, table, interval) for table in _log_tables_of_pow())
    exponent = e.sub(_exponent(e, x), _exponent(e, mantissa))
    product, r_low = e.two_product(mantissa, multiplier)
    r = e.sub(product, 1.0)
    base, base_low = e.fma(exponent, LN2_HIGH, log), e.fma(exponent, LN2_LOW, log_low)

    half_r = e.mul(r, -0.5)
    square, square_low = e.two_product(half_r, r)
    first, first_low = e.two_sum(base, r)
    second, second_low = e.two_sum(first, square)
    cube = e.mul(e.mul(r, r), r)
    tail = e.fma(cube, e.polynomial(r, fit(log_tail_cubic, -1 / 31, 1 / 31, 9)), base_low)
    r_part = e.fma(r_low, e.fma(r, r, e.neg(r)), r_low)  # r_low / (1 + r)
    low = e.add(e.add(tail, e.add(square_low, r_part)), e.add(first_low, second_low))
    return e.two_sum(second, _no_larger(e, low, 1 / 32))


def _log_pair_portable(e: Emitter, x: str) -> tuple[str, str]:
    """log of x >= 0 as two doubles, to 2^-63 of its size: 2 atanh of a quotient in two parts."""
    k, mantissa = _log_parts_portable(e, x)
    f = e.sub(mantissa, 1.0)
    below, below_low = e.two_sum(1.0, mantissa)
    inverse = e.div(1.0, below)
    s = e.mul(f, inverse)
    s_low = e.mul(e.fma(e.neg(s), below_low, e.fma(e.neg(s), below, f)), inverse)

    z, z_low = e.two_product(s, s)
    z_low = e.fma(e.mul(s, 2.0), s_low, z_low)
    third = 1 / 3
    tail = e.mul(z, e.polynomial(z, fit(atanh_tail_quintic, 0.0, 0.0295, 9)))
    series, series_low = e.two_sum(third, tail)
    series_low = e.add(series_low, float(Decimal(1) / 3 - Decimal(third)))
    w, w_low = e.two_product(z, series)
    w_low = e.fma(z, series_low, e.fma(z_low, series, w_low))
    cubic, cubic_low = e.two_product(s, w)
    cubic_low = e.fma(s, w_low, e.fma(s_low, w, cubic_low))

    base = e.mul(k, LN2_HIGH)
    first, first_low = e.two_sum(base, e.mul(s, 2.0))
    second, second_low = e.two_sum(first, e.mul(cubic, 2.0))
    twice = e.fma(e.add(s_low, cubic_low), 2.0, e.mul(k, LN2_LOW))
    high, low = e.two_sum(second, e.add(twice, e.add(first_low, second_low)))
    high = e.select(e.compare("olt", x, math.inf), high, x)
    return e.select(e.compare("oeq", x, 0.0), -math.inf, high), low
