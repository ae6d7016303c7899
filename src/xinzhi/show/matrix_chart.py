"""Matrices as pictures: levers by headline targets, departments by departments. Figures are drawn, not files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure

from xinzhi.analysis.departments import Departments
from xinzhi.analysis.gains import Gains, far_end
from xinzhi.content.project import Content
from xinzhi.show.fonts import FAMILY, house_style, text_width, wrap
from xinzhi.show.numbers import difference
from xinzhi.show.words import t
from xinzhi.simulate import FloatArray

_ORANGE, _WHITE, _BLUE, _INK = "#D55E00", "#FFFFFF", "#0072B2", "#222222"
_LABEL, _TITLE = 9.0, 12.0
_CELL_HEIGHT, _WIDEST_LABEL, _MARGIN, _LINE = 0.3, 2.6, 0.15, 0.17
_SHADES = LinearSegmentedColormap.from_list("xinzhi", [_ORANGE, _WHITE, _BLUE])


@dataclass(frozen=True)
class Matrix:
    """What a picture shows: ``texts`` and ``shades`` (from -1 to 1) have shape (rows, columns); lengths are inches."""

    title: str
    note: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    shades: FloatArray
    cell_width: float


def chart_gains(content: Content, gains: Gains, lang: str) -> Figure:
    """Each lever alone at its far end: what it does to every headline target."""
    columns = [index for index, target in enumerate(gains.targets) if target.headline] or list(
        range(len(gains.targets))
    )
    ends = [far_end(lever) for lever in gains.levers]
    changes = np.array([gains.changes[end, row] for row, end in enumerate(ends)])[:, columns]
    shares = np.array([gains.shares[end, row] for row, end in enumerate(ends)])[:, columns]
    targets = [gains.targets[index] for index in columns]
    texts = tuple(
        tuple(
            difference(float(value), target.unit, 2, lang, content.units) if abs(share) >= 0.001 else "·"
            for value, share, target in zip(row, parts, targets, strict=True)
        )
        for row, parts in zip(changes, shares, strict=True)
    )
    return draw_matrix(
        Matrix(
            title=t("What each lever alone does to the headline targets", lang),
            note=t(
                "Blue: nearer to the target. Orange: farther from it. Levers stand at the end farther from base.", lang
            ),
            rows=tuple(lever.name[lang] for lever in gains.levers),
            columns=tuple(target.short_name[lang] for target in targets),
            texts=texts,
            shades=np.clip(shares / 0.3, -1, 1),
            cell_width=1.25,
        )
    )


def chart_departments(content: Content, departments: Departments, lang: str) -> Figure:
    """Whose levers matter for whose targets: columns lead levers, rows answer for targets."""
    names, counts = content.region.departments, departments.matrix.T
    return draw_matrix(
        Matrix(
            title=t("Whose levers matter for whose targets", lang),
            note=t(
                "Columns lead levers, rows answer for targets. A number: targets that the levers bring nearer.", lang
            ),
            rows=tuple(names[key][lang] for key in departments.answering),
            columns=tuple(names[key][lang] for key in departments.controlling),
            texts=tuple(tuple(str(count) if count else "·" for count in row) for row in counts),
            shades=counts / max(1, int(counts.max(initial=0))) * 0.8,
            cell_width=0.95,
        )
    )


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
                color="#FFFFFF" if dark else "#999999" if text == "·" else _INK,
                family=FAMILY,
            )
