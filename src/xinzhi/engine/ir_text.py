"""LLVM IR as text: a builder of straight-line code on vectors of ``lanes`` numbers, doubles or (``single``) floats.

The kernel and the vector functions share it.

An operand is the name of an SSA value ("%v7", "%x"), a constant already written out, or a Python float, which becomes a
splat. A mask is the name of an <lanes x i1>. Every method emits one instruction and returns the name of its result.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

Operand = str | float
ISAS = ("avx512", "portable", "wasm")
"""avx512: F and DQ. portable: made for a fused multiply-add. wasm: WebAssembly, which has none."""
_SPLITTER = 2.0**27 + 1


def rounded(value: float) -> float:
    """The nearest float; beyond the largest an infinity."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)


def hexadecimal(value: float) -> str:
    """The double as LLVM writes it without loss: 0x and the 16 digits of its bits."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016x}"


class Emitter:
    """Lines of one function's body. ``isa`` is one of ISAS; ``flags``: fast-math flags of the next + - * /.

    ``real`` and ``word`` are LLVM's types of a number and of an integer of its size, ``doubles`` and ``integers`` those
    of vectors of them.

    The strict functions leave ``flags`` empty: under ``contract`` LLVM may fuse away an exact remainder.
    """

    def __init__(self, lanes: int, isa: str = "portable", flags: str = "", *, single: bool = False) -> None:
        if lanes < 1 or lanes & (lanes - 1):
            raise ValueError(f"lanes must be a power of two, not {lanes}")
        if isa not in ISAS:
            raise ValueError(f"unknown isa {isa}")
        self.lanes, self.avx512, self.fuses = lanes, isa == "avx512", isa != "wasm"
        self.single = single
        self.real, self.word = ("float", "i32") if single else ("double", "i64")
        self.doubles, self.integers, self.mask = (f"<{lanes} x {kind}>" for kind in (self.real, self.word, "i1"))
        self.lines: list[str] = []
        self.flags = flags
        self._count = 0

    def emit(self, text: str) -> str:
        """Any instruction; its result gets a fresh name."""
        self._count += 1
        self.lines.append(f"  %v{self._count} = {text}")
        return f"%v{self._count}"

    @contextmanager
    def exactly(self, wanted: bool) -> Iterator[None]:
        """Within, arithmetic has no flags where that is ``wanted``."""
        flags, self.flags = self.flags, "" if wanted else self.flags
        yield
        self.flags = flags

    def operand(self, x: Operand) -> str:
        return x if isinstance(x, str) else f"splat ({self.number(x)})"

    def number(self, x: float) -> str:
        """A number with its type."""
        return f"{self.real} {hexadecimal(rounded(x) if self.single else x)}"

    def _binary(self, op: str, a: Operand, b: Operand) -> str:
        flags = f"{self.flags} " if self.flags else ""
        return self.emit(f"{op} {flags}{self.doubles} {self.operand(a)}, {self.operand(b)}")

    def add(self, a: Operand, b: Operand) -> str:
        return self._binary("fadd", a, b)

    def sub(self, a: Operand, b: Operand) -> str:
        return self._binary("fsub", a, b)

    def mul(self, a: Operand, b: Operand) -> str:
        return self._binary("fmul", a, b)

    def div(self, a: Operand, b: Operand) -> str:
        return self._binary("fdiv", a, b)

    def neg(self, x: str) -> str:
        return self.emit(f"fneg {self.doubles} {x}")

    def intrinsic(self, name: str, *xs: Operand) -> str:
        """llvm.NAME on doubles: fabs, floor, rint, sqrt, copysign ..."""
        arguments = ", ".join(f"{self.doubles} {self.operand(x)}" for x in xs)
        return self.emit(f"call {self.doubles} @llvm.{name}.v{self.lanes}f{32 if self.single else 64}({arguments})")

    def fma(self, a: Operand, b: Operand, c: Operand) -> str:
        """a b + c, rounded once where the processor can (``fuses``), twice elsewhere."""
        return self.intrinsic("fma", a, b, c) if self.fuses else self.add(self.mul(a, b), c)

    def fused(self, a: Operand, b: Operand, c: Operand) -> str:
        """a b + c where the product is about to be cancelled: its rounding is made good on every processor."""
        if self.fuses:
            return self.fma(a, b, c)
        product, rest = self.two_product(a, b)
        return self.add(self.add(product, c), rest)

    def integer(self, op: str, a: str | int, b: str | int) -> str:
        """An operation on integers; a Python int is a splat."""
        written = (x if isinstance(x, str) else f"splat ({self.word} {x})" for x in (a, b))
        return self.emit(f"{op} {self.integers} {', '.join(written)}")

    def bits(self, x: str) -> str:
        """The bits of doubles as integers."""
        return self.emit(f"bitcast {self.doubles} {x} to {self.integers}")

    def from_bits(self, x: str) -> str:
        return self.emit(f"bitcast {self.integers} {x} to {self.doubles}")

    def compare(self, how: str, a: Operand, b: Operand) -> str:
        """The mask of ``a how b``, how being LLVM's: olt, oeq, une, ult ..."""
        return self.emit(f"fcmp {how} {self.doubles} {self.operand(a)}, {self.operand(b)}")

    def both(self, a: str, b: str) -> str:
        """Where both masks are set."""
        return self.emit(f"and {self.mask} {a}, {b}")

    def either(self, a: str, b: str) -> str:
        return self.emit(f"or {self.mask} {a}, {b}")

    def select(self, mask: str, a: Operand, b: Operand) -> str:
        return self.emit(
            f"select {self.mask} {mask}, {self.doubles} {self.operand(a)}, {self.doubles} {self.operand(b)}"
        )

    def clamp(self, x: str, low: float, high: float) -> str:
        """x within [low, high]; the unordered compares let a NaN through."""
        x = self.select(self.compare("ugt", x, low), x, low)
        return self.select(self.compare("ult", x, high), x, high)

    def polynomial(self, x: str, coefficients: Sequence[float]) -> str:
        """c[0] + c[1] x + c[2] x^2 + ... by Estrin's scheme, whose dependency chains are short.

        A last lone term joins its neighbour, which saves the highest power of x.
        """
        terms: list[Operand] = list(coefficients)
        power = x
        while len(terms) > 1:
            lone = terms.pop() if len(terms) % 2 else None
            terms = [self.fma(b, power, a) for a, b in zip(terms[::2], terms[1::2], strict=True)]
            if lone is not None or len(terms) > 1:
                power = self.mul(power, power)
            if lone is not None:
                terms[-1] = self.fma(lone, power, terms[-1])
        return self.operand(terms[0])

    def two_sum(self, a: Operand, b: Operand) -> tuple[str, str]:
        """a + b as rounded sum and exact remainder, for |a| >= |b| or a = 0 (Dekker 1971)."""
        total = self.add(a, b)
        return total, self.sub(b, self.sub(total, a))

    def two_product(self, a: Operand, b: Operand) -> tuple[str, str]:
        """a b as rounded product and exact remainder; without an fma by Veltkamp's splitting (Dekker 1971)."""
        product = self.mul(a, b)
        if self.fuses:
            return product, self.fma(a, b, self.neg(product))
        (a_high, a_low), (b_high, b_low) = self._halves(a), self._halves(b)
        rest = self.sub(self.mul(a_high, b_high), product)
        rest = self.add(self.add(rest, self.mul(a_high, b_low)), self.mul(a_low, b_high))
        return product, self.add(rest, self.mul(a_low, b_low))

    def _halves(self, x: Operand) -> tuple[str, str]:
        """x as a sum of two doubles of 26 bits each, for |x| < 2^996."""
        scaled = self.mul(x, _SPLITTER)
        high = self.sub(scaled, self.sub(scaled, x))
        return high, self.sub(x, high)

    def x86(self, name: str, *arguments: str | tuple[str, Operand]) -> str:
        """llvm.x86.avx512.NAME.512, which takes eight lanes, on every eight of ours.

        An argument ("double", x) or ("i64", x) is a vector of ours, a string is passed on as it stands.
        """
        parts = [
            self.emit(
                f"call <8 x double> @llvm.x86.avx512.{name}.512("
                + ", ".join(a if isinstance(a, str) else self._eight(a[0], a[1], first) for a in arguments)
                + ")"
            )
            for first in range(0, self.lanes, 8)
        ]
        width = 8
        while len(parts) > 1:
            parts = [
                self._shuffle("double", width, a, b, 0, 2 * width) for a, b in zip(parts[::2], parts[1::2], strict=True)
            ]
            width *= 2
        return parts[0] if self.lanes >= 8 else self._shuffle("double", 8, parts[0], "poison", 0, self.lanes)

    def _eight(self, kind: str, x: Operand, first: int) -> str:
        """Lanes first .. first + 7 of x; of a narrow vector all of them, and undefined ones."""
        x = self.operand(x)
        if self.lanes != 8 and not x.startswith("splat"):
            x = self._shuffle(kind, self.lanes, x, "poison", first, 8)
        return f"<8 x {kind}> {x}"

    def _shuffle(self, kind: str, width: int, a: str, b: str, first: int, count: int) -> str:
        """Lanes first .. first + count - 1 of a and b laid end to end, each of ``width`` lanes."""
        chosen = ", ".join(f"i32 {i}" if i < 2 * width else "i32 poison" for i in range(first, first + count))
        vector = f"<{width} x {kind}>"
        return self.emit(f"shufflevector {vector} {a}, {vector} {b}, <{count} x i32> <{chosen}>")
