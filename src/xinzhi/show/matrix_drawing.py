"""A matrix as a picture: shaded cells with their numbers. Figures are drawn, not files."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure

from xinzhi.show.fonts import FAMILY, house_style, text_width, wrap
from xinzhi.show.matrix import NOTHING, Matrix

_ORANGE, _WHITE, _BLUE, _INK, _FAINT = "#D55E00", "#FFFFFF", "#0072B2", "#222222", "#999999"
_LABEL, _TITLE = 9.0, 12.0
_CELL_HEIGHT, _WIDEST_LABEL, _MARGIN, _LINE = 0.3, 2.6, 0.15, 0.17  # inches
_SHADES = LinearSegmentedColormap.from_list("xinzhi", [_ORANGE, _WHITE, _BLUE])


def draw_matrix(matrix: Matrix) -> Figure:
    """The matrix with its numbers in shaded cells, row names to the left, column names above."""
    with house_style():
        heads = [wrap(name, _LABEL, matrix.cell_width - 0.08) for name in matrix.columns]
        sides = [wrap(name, _LABEL, _WIDEST_LABEL) for name in matrix.rows]
        left = max(text_width(line, _LABEL) for lines in sides for line in lines) + 2 * _MARGIN
        cells = (len(matrix.columns) * matrix.cell_width, len(matrix.rows) * _CELL_HEIGHT)
        width = left + cells[0] + _MARGIN
        note = wrap(matrix.note, _LABEL, width - 2 * _MARGIN)
        above = 0.45 + _LINE * max(len(lines) for lines in heads)
        below = 0.12 + _LINE * len(note)
        height = above + cells[1] + below
        figure = Figure(figsize=(width, height))
        figure.set_label(matrix.title)
        axes = figure.add_axes((left / width, below / height, cells[0] / width, cells[1] / height))
        axes.pcolormesh(matrix.shades, cmap=_SHADES, norm=TwoSlopeNorm(0, -1.2, 1.2), edgecolors="#DDDDDD", lw=0.6)
        axes.invert_yaxis()
        axes.set_xticks(np.arange(len(heads)) + 0.5, ["\n".join(lines) for lines in heads])
        axes.set_yticks(np.arange(len(sides)) + 0.5, ["\n".join(lines) for lines in sides])
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelsize=_LABEL, labelfontfamily=FAMILY, labelcolor=_INK)
        for spine in axes.spines.values():
            spine.set_visible(False)
        _write_cells(axes, matrix)
        figure.text(_MARGIN / width, 1 - 0.25 / height, matrix.title, size=_TITLE, color=_INK, family=FAMILY)
        figure.text(_MARGIN / width, 0.1 / height, "\n".join(note), size=_LABEL, color="#555555", family=FAMILY)
    return figure


def _write_cells(axes: Axes, matrix: Matrix) -> None:
    for row, texts in enumerate(matrix.texts):
        for column, text in enumerate(texts):
            dark = abs(matrix.shades[row, column]) > 0.75
            axes.text(
                column + 0.5,
                row + 0.5,
                text,
                ha="center",
                va="center_baseline",
                size=_LABEL,
                color="#FFFFFF" if dark else _FAINT if text == NOTHING else _INK,
                family=FAMILY,
            )
