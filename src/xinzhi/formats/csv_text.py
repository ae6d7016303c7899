"""Tables as CSV that a spreadsheet opens as it is meant.

A file that holds more than ASCII begins with a byte order mark, without which Excel reads it in the system's charset.
A text that a spreadsheet would take for a formula stands behind an apostrophe; the readers of content take it off
again (`xinzhi.content.table_file`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xinzhi.content.table_file import guarded

if TYPE_CHECKING:
    import pandas as pd


def csv_text(table: pd.DataFrame, *, index: bool = False) -> str:
    """The table, its index as first column where ``index``; numbers in full."""
    safe = table.rename(columns=_safe)
    for position in range(safe.shape[1]):
        column = safe.iloc[:, position]
        if column.dtype == object or str(column.dtype).startswith("str"):
            safe.isetitem(position, [_safe(value) for value in column])
    return str(safe.to_csv(index=index, lineterminator="\n"))


def csv_bytes(table: pd.DataFrame, *, index: bool = False) -> bytes:
    """`csv_text` as a file."""
    text = csv_text(table, index=index)
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")


def _safe(value: object) -> object:
    return guarded(value) if isinstance(value, str) else value
