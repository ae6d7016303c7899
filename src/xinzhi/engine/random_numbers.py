"""Random numbers that are a function of seed, stream, member and step: no state, any order, the same on every machine.

Threefry-2x64 with 20 rounds (Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3). The
counter is (member, step), the key (seed, stream). vector_random.py says the same in LLVM IR.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROTATIONS = (16, 42, 12, 31, 16, 32, 24, 21)
PARITY = 0x1BD11BDAA9FC1A22
ROUNDS = 20
Words = NDArray[np.uint64]


def threefry(counter: tuple[ArrayLike, ArrayLike], key: tuple[int, ArrayLike]) -> tuple[Words, Words]:
    """The two 64-bit words for each counter and key (they broadcast); whole numbers are taken modulo 2^64."""
    first, second = (np.atleast_1d(np.asarray(word)).astype(np.uint64) for word in counter)
    seed, stream = np.uint64(key[0] % 2**64), np.asarray(key[1]).astype(np.uint64)
    words: list[Any] = [seed, stream, seed ^ stream ^ np.uint64(PARITY)]
    with np.errstate(over="ignore"):
        first, second = first + words[0], second + words[1]
        for round_ in range(ROUNDS):
            first = first + second
            left = ROTATIONS[round_ % 8]
            second = (second << np.uint64(left) | second >> np.uint64(64 - left)) ^ first
            injection, last = divmod(round_ + 1, 4)
            if not last:
                first = first + words[injection % 3]
                second = second + words[(injection + 1) % 3] + np.uint64(injection)
    return first, second


def threefry_uniform(seed: int, stream: ArrayLike, member: ArrayLike, step: ArrayLike) -> NDArray[np.float64]:
    """Uniform in (0, 1), neither end ever: the upper 52 bits of the first word, plus a half, times 2^-52, all exact."""
    first, _ = threefry((member, step), (seed, stream))
    return ((first >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
