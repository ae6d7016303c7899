"""A matrix in words: for a picture and for its table twin."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.simulate import FloatArray

NOTHING = "·"


@dataclass(frozen=True)
class Matrix:
    """``texts`` and ``shades`` (from -1 to 1) have shape (rows, columns); ``cell_width`` is inches."""

    title: str
    note: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    shades: FloatArray
    cell_width: float
