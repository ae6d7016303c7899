"""CSV files with a heading: every row with its line, what cannot be a row noted."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.reader import LARGEST, Schema
from xinzhi.content.yaml_file import Problems, read_text
from xinzhi.errors import Message, Place, msg, shortened

Row = tuple[list[str], Place]


@dataclass(frozen=True)
class Table:
    """A heading, and the rows below it with their places: cells stripped, as many as the heading has."""

    heading: tuple[str, ...]
    rows: list[Row]


def read_table(path: Path, shown_as: str, problems: Problems, columns: Sequence[str] | None = None) -> Table | None:
    """The table under the heading ``columns``, under any heading without blanks around its names where that is None.

    Empty lines are left out.

    None where the file cannot be read as such a table; a row of another length is noted and left out.
    """
    written = read_text(path, shown_as, problems)
    return None if written is None else parse_table(written, shown_as, problems, columns)


def parse_table(written: str, shown_as: str, problems: Problems, columns: Sequence[str] | None = None) -> Table | None:
    """As `read_table`, of the text itself."""
    reader = csv.reader(io.StringIO(written), strict=True)
    rows: list[Row] = []
    try:
        header = next(reader, [])
        columns = [name.strip() for name in header] if columns is None else columns
        wanted = msg("write {columns}", columns=shortened(", ".join(columns), 400))
        if tuple(header) != tuple(columns):
            said = shortened(", ".join(header), 120)
            problems.add(Place(shown_as, 1), msg("the columns are {columns}", columns=said), wanted)
            return None
        for cells in reader:
            place = Place(shown_as, reader.line_num)
            if len(cells) == len(columns):
                rows.append(([unguarded(cell.strip()) for cell in cells], place))
            elif cells:
                problems.add(place, msg("has {count} cells", count=len(cells)), wanted)
    except csv.Error as error:
        place = Place(shown_as, reader.line_num)
        problems.add(place, msg("is not valid CSV ({reason})", reason=error), msg("check quotes and line ends"))
        return None
    return Table(tuple(columns), rows)


_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def guarded(text: str) -> str:
    """A text for a cell of a CSV file: behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` made ``cell`` of."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell


def column(name: str, type_: str, zh: str, en: str, **constraints: Any) -> Schema:
    """A column as Frictionless Data describes it; required unless the constraints say otherwise."""
    return {
        "name": name,
        "type": type_,
        "description": f"{zh} / {en}",
        "constraints": {"required": True, **constraints},
    }


_NOTHING = re.compile(r"|[-–—‑−/\\.…·*]+|#?n/?a!?|nan|null|none|无|缺|暂无|不详|未公布", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(?:[,，  ' ][0-9]{3})+(?:\.[0-9]+)?")


def digits_remedy(written: str) -> Message:
    """What to do about a cell that is no number: tables of the statistics write "no figure" in many ways."""
    if _NOTHING.fullmatch(written):
        return msg("leave the line out where there is no figure")
    if _GROUPED.fullmatch(written):
        return msg("write it without marks between the thousands, such as 63000")
    return msg("write digits, such as 12.5")


def number(written: str) -> float | None:
    """A decimal number of a plausible size, or None."""
    if not re.fullmatch(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", written):
        return None
    value = float(written)
    return value if abs(value) <= LARGEST else None
