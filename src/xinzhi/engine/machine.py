"""What a text of LLVM is written for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """Members a block, and vector functions of one of `ir_text.ISAS`.

    ``single``: every number is a float. Of functions there are exp and log alone, and no kernel of it is strict.
    """

    lanes: int
    isa: str
    single: bool = False

    @property
    def width(self) -> int:
        """Bits of a register."""
        return {"avx512": 512, "portable": 256, "wasm": 128}[self.isa]
