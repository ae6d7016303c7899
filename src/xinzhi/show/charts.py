"""Charts: runs go in, a matplotlib Figure comes out. Nothing here touches pyplot or a file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from xinzhi.content.content import Content
from xinzhi.show.chart_drawing import draw
from xinzhi.show.chart_plan import BASELINE_STYLE, SERIES_STYLES, TARGET_COLOUR, SeriesStyle, plan_chart
from xinzhi.show.fonts import house_style
from xinzhi.simulate import FloatArray, Run

__all__ = ["BASELINE_STYLE", "SERIES_STYLES", "TARGET_COLOUR", "SeriesStyle", "chart_indicators", "render"]

PNG_DPI = 200


def chart_indicators(
    content: Content, runs: Sequence[Run], indicator_ids: Sequence[str], lang: str, baseline: Run | None = None,
    bands: Mapping[str, FloatArray] | None = None,
) -> Figure:  # fmt: skip
    """One panel an indicator: history, hindcast, projection and targets; one panel is 8 x 5 inches.

    ``baseline`` is drawn dashed and grey beside ``runs``; a run that is the untouched baseline itself is drawn so too.
    ``bands``, by indicator: 10, 25, 50, 75 and 90 % of the first run's futures in the declared unit, (5, last years).
    Raises `ContentError` for an unknown indicator, ValueError when there is nothing to draw.
    """
    with house_style():
        return draw(plan_chart(content, runs, indicator_ids, lang, baseline, bands or {}))


def render(figure: Figure, fmt: str) -> bytes:
    """The figure as ``png`` (200 dpi), ``svg`` or ``pdf``; the same figure gives the same bytes."""
    title = str(figure.get_label())
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Software": "xinzhi", "Title": title},
        "svg": {"Creator": "xinzhi", "Title": title, "Date": None},
        "pdf": {"Creator": "xinzhi", "Producer": "matplotlib", "Title": title, "CreationDate": None},
    }
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format=fmt, dpi=PNG_DPI, metadata=metadata[fmt])
    return buffer.getvalue()
