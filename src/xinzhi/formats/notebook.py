"""Results in a notebook's cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ROWS = 20


def frame_html(frame: pd.DataFrame) -> str:
    """A data frame as a notebook shows it: its first rows, and how many there are."""
    return str(frame.to_html(max_rows=ROWS, notebook=True, border=0, show_dimensions=True))
