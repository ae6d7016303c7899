"""Tables as an Excel workbook, a sheet each, in which a text stays a text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xinzhi.content.table_file import guarded

if TYPE_CHECKING:
    import pandas as pd

WIDEST = 60  # characters of a column


def workbook_bytes(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """The tables as sheets of their names, their first row and column held in place."""
    import pandas as pd

    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        for name, table in sheets.items():
            _printable(table).to_excel(writer, sheet_name=name, index=False)
            sheet = writer.sheets[name]
            sheet.freeze_panes = "B2"
            _mark_texts(sheet)
            for column in sheet.columns:
                longest = max(len(str(cell.value or "")) for cell in column)
                sheet.column_dimensions[column[0].column_letter].width = min(max(10, longest + 2), WIDEST)
    return buffer.getvalue()


def _printable(table: pd.DataFrame) -> pd.DataFrame:
    """The table without control characters, which no sheet can hold."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as HIDDEN

    return table.map(lambda value: HIDDEN.sub("", value) if isinstance(value, str) else value)


def _mark_texts(sheet: Any) -> None:
    """A text is a text also where it begins with "=" or reads like an error, and stays one when it is edited."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
                cell.quotePrefix = guarded(cell.value) != cell.value
