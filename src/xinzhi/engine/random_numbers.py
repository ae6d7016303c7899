"""Counter-based random numbers: any member's number at any step, whatever was drawn before, by whatever thread.

Threefry-2x64-20 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"). The key is the
run's seed and the stream (one a random function's element), the counter the member and the step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xinzhi.engine.operations import FloatArray

ROTATIONS = (16, 42, 12, 31, 16, 32, 24, 21)
PARITY = 0x1BD11BDAA9FC1A22


def threefry(key: tuple[Any, Any], counter: tuple[Any, Any]) -> tuple[Any, Any]:
    """The two words of Threefry-2x64-20; every argument an unsigned 64-bit number or an array of them."""
    with np.errstate(over="ignore"):
        k = [np.asarray(word, dtype=np.uint64) for word in key]
        k.append(np.uint64(PARITY) ^ k[0] ^ k[1])
        a, b = (np.asarray(word, dtype=np.uint64) + k[i] for i, word in enumerate(counter))
        for turn in range(20):
            a = a + b
            rotation = np.uint64(ROTATIONS[turn % 8])
            b = ((b << rotation) | (b >> (np.uint64(64) - rotation))) ^ a
            if turn % 4 == 3:
                injection = turn // 4 + 1
                a, b = a + k[injection % 3], b + k[(injection + 1) % 3] + np.uint64(injection)
    return a, b


def threefry_uniform(seed: int, stream: int, member: Any, step: int) -> FloatArray:
    """Uniform numbers in (0, 1), the shape of ``member``; 52 random bits and a half."""
    word, _ = threefry((seed % 2**64, stream), (member, step))
    return np.asarray(((word >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53, dtype=np.float64)
