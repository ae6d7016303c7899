"""Mathematical functions on vectors of doubles, as LLVM IR text: what a kernel calls, one definition for each function.

    text = definitions(["exp", "pow"], lanes=8, isa="avx512")
    ... %y = call <8 x double> @v_pow(<8 x double> %a, <8 x double> %b)

Every function is free of branches, ``internal`` and ``alwaysinline``. Where NumPy gives zero, an infinity, NaN or 1 by
the rules of C99, so does it, signs of zero included. A lane's bits depend neither on ``lanes`` nor on the other lanes,
but on ``isa``. The largest errors seen against exact values, in units in the last place:

    function      avx512   portable
    exp           1.2      1.1
    log           1.2      0.9
    pow           0.9      0.8
    sin           0.8      0.8
    cos           0.8      0.8
    tan           0.9      0.9
    asin          0.8      0.8
    acos          0.8      0.8
    atan          0.9      0.9
    sinh          1.1      1.1
    cosh          1.1      1.1
    tanh          1.5      1.5

sin, cos and tan hold this up to 2^50 and are NaN beyond. mod has the bits of np.mod up to |x / y| = 2^105 and is NaN
beyond. threefry(member, step, seed, stream) has the bits of random_numbers.threefry_uniform.

"portable" text wants a CPU with fused multiply-add; on others it is right but slow. "wasm" text is within three units
of it, but for pow, whose error grows by up to 2^-51 with each unit of y log |x|, and mod, which is NaN where a number
is beyond 2^996.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xinzhi.engine.ir_text import Emitter
from xinzhi.engine.vector_exponential import emit_exp, emit_log, emit_pow
from xinzhi.engine.vector_hyperbolic import emit_cosh, emit_sinh, emit_tanh
from xinzhi.engine.vector_mod import emit_mod
from xinzhi.engine.vector_quick import emit_quick_exp, emit_quick_log
from xinzhi.engine.vector_random import emit_threefry
from xinzhi.engine.vector_trig import emit_acos, emit_asin, emit_atan, emit_cos, emit_sin, emit_tan


@dataclass(frozen=True)
class Function:
    """``body`` emits the lines for the named parameters and returns the name of the result, a vector of doubles.

    ``parameters``: "doubles" and "integers" are vectors, "i64" is one number for all lanes.
    """

    body: Callable[..., str]
    parameters: tuple[str, ...] = ("doubles",)


QUICK = {"quick_exp": Function(emit_quick_exp), "quick_log": Function(emit_quick_log)}
"""Not for every argument: see `vector_quick`."""
FUNCTIONS = {
    "exp": Function(emit_exp),
    "log": Function(emit_log),
    "pow": Function(emit_pow, ("doubles", "doubles")),
    "sin": Function(emit_sin),
    "cos": Function(emit_cos),
    "tan": Function(emit_tan),
    "asin": Function(emit_asin),
    "acos": Function(emit_acos),
    "atan": Function(emit_atan),
    "sinh": Function(emit_sinh),
    "cosh": Function(emit_cosh),
    "tanh": Function(emit_tanh),
    "mod": Function(emit_mod, ("doubles", "doubles")),
    "threefry": Function(emit_threefry, ("integers", "i64", "i64", "i64")),
}


def define(name: str, lanes: int, isa: str, *, single: bool = False) -> str:
    """The text of @v_NAME on vectors of doubles, of floats where ``single`` (then of `QUICK` alone)."""
    function, emitter = (QUICK if single else FUNCTIONS | QUICK)[name], Emitter(lanes, isa, single=single)
    types = {"doubles": emitter.doubles, "integers": emitter.integers, "i64": "i64"}
    names = [f"%x{i}" for i in range(len(function.parameters))]
    result = function.body(emitter, *names)
    parameters = ", ".join(f"{types[kind]} {x}" for kind, x in zip(function.parameters, names, strict=True))
    head = f"define internal {emitter.doubles} @v_{name}({parameters}) alwaysinline nounwind {{"
    return "\n".join([head, *emitter.lines, f"  ret {emitter.doubles} {result}", "}"])


def definitions(names: Iterable[str], lanes: int, isa: str, *, single: bool = False) -> str:
    """The text of each of the functions, once."""
    return "\n".join(define(name, lanes, isa, single=single) for name in dict.fromkeys(names))
