"""exp and log for fast kernels in WebAssembly, which has neither a fused multiply-add nor tables in registers.

They take ordinary numbers only: exp |x| <= 700 (80 in floats), log a normal positive x. Beyond, and for NaN, they give
any number: the kernel must mark such members, which the strict kernel runs again. The relative error of exp is below
3e-14 (floats: 2e-7), and that of x's last place besides; log is off by less than 3e-14 (2e-7) of its size or of ln 2.
Methods: Cody & Waite (1980); see Muller, Elementary Functions.
"""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.engine.fitting import fit
from xinzhi.engine.ir_text import Emitter, Operand
from xinzhi.engine.vector_exponential import LN2, LOG2_E, atanh_tail


@dataclass(frozen=True)
class _Form:
    """How a number's bits are laid out, and how many coefficients it is worth.

    ``digits`` of the mantissa, ``bias`` of the exponent, ``one`` the bits of 1, ``root_half`` those of sqrt(1/2).
    """

    digits: int
    bias: int
    one: int
    root_half: int
    exp_terms: int
    log_terms: int

    @property
    def magic(self) -> float:
        """x + magic - magic rounds x to an integer, which the low bits of the sum hold."""
        return 1.5 * 2.0**self.digits


_DOUBLE = _Form(52, 1023, 0x3FF0000000000000, 0x3FE6A09E667F3BCD, 10, 6)
_SINGLE = _Form(23, 127, 0x3F800000, 0x3F3504F3, 6, 3)


def power_of_two(x: float) -> float:
    return float(2.0**x)


def emit_quick_exp(e: Emitter, x: str) -> str:
    """2^(k + f) with |f| <= 1/2: the power of two is k + bias, which magic leaves in the low bits, shifted up."""
    form = _SINGLE if e.single else _DOUBLE
    t = e.mul(x, LOG2_E)
    z = e.add(t, form.magic + form.bias)
    f = e.sub(t, e.sub(z, form.magic + form.bias))
    power = e.from_bits(e.integer("shl", e.bits(z), form.digits))
    return e.mul(power, _horner(e, f, fit(power_of_two, -0.5, 0.5, form.exp_terms)))


def emit_quick_log(e: Emitter, x: str) -> str:
    """k ln 2 + 2 atanh s with s = f / (2 + f), f being the mantissa in [sqrt 1/2, sqrt 2) less 1."""
    form = _SINGLE if e.single else _DOUBLE
    bits = e.bits(x)
    biased = e.integer("lshr", e.integer("add", bits, form.one - form.root_half), form.digits)  # k + bias
    exponent = e.integer("shl", e.integer("sub", biased, form.bias), form.digits)
    f = e.sub(e.from_bits(e.integer("sub", bits, exponent)), 1.0)
    unit = (form.bias + form.digits) << form.digits  # the bits of 2^digits, whose last place is 1
    k = e.sub(e.from_bits(e.integer("or", biased, unit)), 2.0**form.digits + form.bias)
    s = e.div(f, e.add(f, 2.0))
    z = e.mul(s, s)
    series = e.fma(z, _horner(e, z, fit(atanh_tail, 0.0, 0.0295, form.log_terms)), 2.0)
    return e.fma(k, LN2, e.mul(s, series))


def _horner(e: Emitter, x: str, coefficients: tuple[float, ...]) -> str:
    """Fewer operations than Estrin's scheme: there are enough independent ones besides."""
    total: Operand = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = e.fma(total, x, coefficient)
    return e.operand(total)
