"""random_numbers.threefry_uniform on vectors, as lines of LLVM IR: the same bits."""

from __future__ import annotations

from xinzhi.engine.ir_text import Emitter
from xinzhi.engine.random_numbers import PARITY, ROTATIONS, ROUNDS


def emit_threefry(e: Emitter, member: str, step: str, seed: str, stream: str) -> str:
    """``member`` is a vector of i64; step, seed and stream are one i64 for all lanes."""
    words = [_splat(e, seed), _splat(e, stream)]
    words.append(e.integer("xor", e.integer("xor", words[0], words[1]), PARITY))
    first, second = e.integer("add", member, words[0]), e.integer("add", _splat(e, step), words[1])
    for round_ in range(ROUNDS):
        first = e.integer("add", first, second)
        second = e.integer("xor", _rotated(e, second, ROTATIONS[round_ % 8]), first)
        injection, last = divmod(round_ + 1, 4)
        if not last:
            first = e.integer("add", first, words[injection % 3])
            second = e.integer("add", second, e.integer("add", words[(injection + 1) % 3], injection))
    above_one = e.from_bits(e.integer("or", e.integer("lshr", first, 12), 0x3FF0000000000000))
    return e.sub(above_one, 1 - 2.0**-53)  # 1 + n 2^-52 less that: (n + 1/2) 2^-52, exactly


def _splat(e: Emitter, x: str) -> str:
    one = e.emit(f"insertelement {e.integers} poison, i64 {x}, i32 0")
    return e.emit(f"shufflevector {e.integers} {one}, {e.integers} poison, <{e.lanes} x i32> zeroinitializer")


def _rotated(e: Emitter, x: str, left: int) -> str:
    count = f"{e.integers} splat (i64 {left})"
    return e.emit(f"call {e.integers} @llvm.fshl.v{e.lanes}i64({e.integers} {x}, {e.integers} {x}, {count})")
