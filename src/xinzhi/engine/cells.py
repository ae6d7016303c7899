"""Cells of a data series that hold nearly a number, such as 12%, 1,000 or 2020年.

Vensim and PySD leave text out of a series without a word. That is right of a dash or a remark; a figure that is lost is
not.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from xinzhi.errors import shortened

_FIGURE = re.compile(r"\s*[-+−]?\.?\d")  # full-width digits too
_PLACE = re.compile(r"([A-Za-z]{1,3})(\d+)\*?")


def nearly_a_number(reader: Any, ast: Any) -> tuple[str, str] | None:
    """The first cell that begins as a number does and is none, beside one that is a number, and its text.

    ``reader`` is PySD's, of GET DIRECT DATA or LOOKUPS, and has read them.
    """
    from pysd.py_backend.external import Excels

    along = str(getattr(ast, "x_row_or_col", None) or getattr(ast, "time_row_or_col", ""))
    first = _PLACE.fullmatch(str(ast.cell))
    if first is None or not (along.isdecimal() or re.fullmatch("[A-Za-z]{1,3}", along)):
        return None  # a named range
    size = int(np.prod(reader.data.shape[1:]))
    row, col = int(first[2]) - 1, _number(first[1])
    across = along.isdecimal()
    xs: Any = (int(along) - 1, slice(col, None)) if across else (slice(row, None), _number(along))
    lines: list[Any] = [(row + i, slice(col, None)) if across else (slice(row, None), col + i) for i in range(size)]
    numbers = Excels.read(reader.file, reader.tab)
    x = np.isfinite(numbers[xs])
    ys = [np.isfinite(numbers[line]) for line in lines]
    if all(x.all() and y.all() for y in ys):
        return None
    written = _written(reader.file, reader.tab)
    wanted = [(xs, ~x & np.any(ys, axis=0)), *((line, ~y & x) for line, y in zip(lines, ys, strict=True))]
    for place, asked in wanted:
        for i in map(int, np.flatnonzero(asked)):
            text = written[place][i]
            if isinstance(text, str) and _FIGURE.match(text):
                down, right = (place[0], col + i) if across else (row + i, place[1])
                return f"{column('A', right)}{down + 1}", shortened(text)
    return None


def column(letters: str, right: int) -> str:
    """The name of the column that stands so far to the right of another."""
    number = right + _number(letters) + 1
    out = ""
    while number:
        number, rest = divmod(number - 1, 26)
        out = chr(65 + rest) + out
    return out


def _number(letters: str) -> int:
    """The position of a column, counted from 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _written(file: Any, tab: str) -> Any:
    """The cells of a file as they stand in it, read as PySD reads them."""
    import pandas as pd

    suffix = file.suffix.lower()
    if suffix.startswith((".xls", ".od")):
        return pd.read_excel(file, header=None, sheet_name=tab).to_numpy(dtype=object)
    separator = tab if tab and not tab[0].isalnum() else "," if suffix == ".csv" else "\t"
    return pd.read_csv(file, header=None, sep=separator).to_numpy(dtype=object)
