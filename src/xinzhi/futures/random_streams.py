"""Streams of random numbers, each of what it draws by its name: whatever else is drawn besides moves none of them."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *of: str | int) -> np.random.Generator:
    """The generator of what ``of`` names: the same seed and names give the same numbers, in any program that draws."""
    words = [it if isinstance(it, int) else _word(it) for it in of]
    return np.random.default_rng([seed, *words])


def _word(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
