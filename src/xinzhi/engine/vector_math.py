"""Mathematical functions on vectors of doubles, as LLVM IR text: what a kernel calls, one definition for each function.

    text = definitions(["exp", "pow"], lanes=8, isa="avx512")
    ... %y = call <8 x double> @v_pow(<8 x double> %a, <8 x double> %b)

Every function is free of branches, ``internal`` and ``alwaysinline``. Where NumPy gives zero, an infinity, NaN or 1 by
the rules of C99, so does it, signs of zero included. A lane's bits depend neither on ``lanes`` nor on the other lanes,
but on ``isa``. The largest errors seen against exact values, in units in the last place:

    function      avx512   portable
    exp           1.2      1.4
    log           1.2      0.8
    pow           1.2      1.5

"portable" text wants a CPU with fused multiply-add; on others it is right but slow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xinzhi.engine.ir_text import Emitter
from xinzhi.engine.vector_exponential import emit_exp, emit_log, emit_pow


@dataclass(frozen=True)
class Function:
    """``body`` emits the lines for the named arguments, vectors of doubles, and returns the name of the result."""

    body: Callable[..., str]
    arguments: int = 1


FUNCTIONS = {
    "exp": Function(emit_exp),
    "log": Function(emit_log),
    "pow": Function(emit_pow, arguments=2),
}


def define(name: str, lanes: int, isa: str) -> str:
    """The text of @v_NAME on <lanes x double>, for ``isa`` "avx512" (F and DQ) or "portable"."""
    function, emitter = FUNCTIONS[name], Emitter(lanes, isa)
    names = [f"%x{i}" for i in range(function.arguments)]
    result = function.body(emitter, *names)
    parameters = ", ".join(f"{emitter.doubles} {name}" for name in names)
    head = f"define internal {emitter.doubles} @v_{name}({parameters}) alwaysinline nounwind {{"
    return "\n".join([head, *emitter.lines, f"  ret {emitter.doubles} {result}", "}"])


def definitions(names: Iterable[str], lanes: int, isa: str) -> str:
    """The text of each of the functions, once."""
    return "\n".join(define(name, lanes, isa) for name in dict.fromkeys(names))
