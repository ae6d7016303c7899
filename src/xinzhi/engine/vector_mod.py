"""The remainder of a division as np.mod gives it, on vectors, as lines of LLVM IR; the same on every CPU."""

from __future__ import annotations

import math

from xinzhi.engine.ir_text import Emitter


def emit_mod(e: Emitter, x: str, y: str) -> str:
    """x - y floor(x / y), exact but for np.mod's own last addition; NaN where |x / y| is about 2^106 and more.

    The remainder of a rounded quotient is a double (Muller, Elementary Functions), so an fma finds it without error.
    A quotient of 2^53 and more is whole as it stands: that step leaves a smaller dividend.
    """
    size, divisor = e.intrinsic("fabs", x), e.intrinsic("fabs", y)
    quotient = e.div(size, divisor)
    whole = e.select(e.compare("oge", quotient, 2.0**53), quotient, 0.0)
    rest = e.fused(e.neg(whole), divisor, size)
    rest = e.fused(e.neg(e.intrinsic("floor", e.div(rest, divisor))), divisor, rest)
    rest = e.select(e.compare("olt", rest, 0.0), e.add(rest, divisor), rest)
    rest = e.select(e.compare("oge", rest, divisor), e.sub(rest, divisor), rest)
    in_range = e.compare("olt", quotient, 2.0**105)
    rest = e.select(in_range, rest, math.nan)
    rest = e.select(e.both(e.compare("oeq", divisor, math.inf), e.compare("olt", size, math.inf)), size, rest)

    signed = e.intrinsic("copysign", rest, x)
    product_negative = e.compare("olt", e.mul(e.intrinsic("copysign", 1.0, x), e.intrinsic("copysign", 1.0, y)), 0.0)
    moved = e.select(product_negative, e.add(signed, y), signed)
    return e.select(e.compare("oeq", rest, 0.0), e.intrinsic("copysign", 0.0, y), moved)
