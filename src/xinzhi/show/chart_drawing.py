"""Draws a planned chart on a matplotlib Figure; lengths are inches, so that the room for labels is known first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.transforms import ScaledTranslation, Transform

from xinzhi.show import numbers
from xinzhi.show.chart_plan import (
    BASELINE_STYLE,
    HINDCAST_COLOUR,
    HISTORY_SHADE,
    TARGET_COLOUR,
    ChartPlan,
    Panel,
    SeriesStyle,
    TypeSizes,
)
from xinzhi.show.fonts import FAMILY, shorten, text_width, wrap
from xinzhi.show.words import t
from xinzhi.simulate import FloatArray

_INK, _FAINT, _RULE = "#222222", "#555555", "#999999"
_DOT: dict[str, Any] = {"color": _INK, "marker": "o", "ms": 4.5, "ls": "", "mew": 1.0}
_HOLLOW = {**_DOT, "mfc": "white"}
_LEVEL: dict[str, Any] = {"color": TARGET_COLOUR, "lw": 1.1, "ls": (0, (1, 2)), "zorder": 5}
_STAR: dict[str, Any] = {
    "color": TARGET_COLOUR,
    "marker": "*",
    "ms": 12,
    "mec": "white",
    "mew": 0.6,
    "ls": "",
    "zorder": 6,
}
_MARGIN, _LINE = 0.15, 0.19
_BANDS = (0.16, 0.26)  # how dark the outer and the inner band are
_BEFORE = 0.4  # years of room before the first

_Box = tuple[float, float, float, float]
_Key = tuple[float, dict[str, Any], str]


@dataclass(frozen=True)
class _Board:
    """Axes and a ruler on them: ``inches`` maps inches from their lower left corner; ``size`` is in inches."""

    axes: Axes
    size: tuple[float, float]
    inches: Transform

    def text(self, x: float, y: float, text: str, **look: Any) -> Artist:
        return self.axes.text(x, y, text, transform=self.inches, **look)

    def line(self, x: Sequence[float], y: Sequence[float], **look: Any) -> None:
        self.axes.add_line(Line2D(x, y, transform=self.inches, clip_on=False, **look))


def draw(chart: ChartPlan) -> Figure:
    """Place the planned panels above one strip of keys and notes."""
    type_, panels = chart.type_, chart.panels
    width = type_.columns * type_.width
    notes = [line for note in chart.notes for line in wrap(note, type_.note, width - 2 * _MARGIN)]
    keys = _key_rows(_keys(chart), type_, width - 2 * _MARGIN)
    strip = _MARGIN + _LINE * (len(notes) + 1.25 * len(keys)) + 0.05
    rows = math.ceil(len(panels) / type_.columns)
    height = type_.height if len(panels) == 1 else rows * type_.height + strip
    room = (height - strip) / rows
    names = " / ".join(panel.indicator.name[chart.lang] for panel in panels)
    figure = Figure(figsize=(width, height), facecolor="white", label=names)
    left = 0.2 + max(text_width(label, type_.label) for panel in panels for _, label in panel.ticks)
    right = 0.4 + max(text_width(end, type_.label) for panel in panels for end in panel.ends)
    titles = [wrap(panel.indicator.name[chart.lang], type_.title, type_.width - left - 0.1) for panel in panels]
    top = 0.36 + type_.title / 72 * 1.45 * max(len(title) for title in titles)
    size = (type_.width - left - right, room - top - 0.38)
    for position, panel in enumerate(panels):
        row, column = divmod(position, type_.columns)
        corner = (column * type_.width + left, height - (row + 1) * room + 0.38)
        axes = figure.add_axes((corner[0] / width, corner[1] / height, size[0] / width, size[1] / height))
        scale = figure.dpi_scale_trans
        axes.set_title("\n".join(titles[position]), loc="left", pad=23, **_font(type_.title))
        _draw_panel(_Board(axes, size, scale + ScaledTranslation(*corner, scale)), chart, panel)
    y = strip - 0.1
    for key_row in keys:
        _draw_keys(figure, key_row, y, type_)
        y -= 1.25 * _LINE
    for line in notes:
        font = _font(type_.note, _FAINT)
        figure.text(_MARGIN, y, line, transform=figure.dpi_scale_trans, va="center", gid="note", **font)
        y -= _LINE
    return figure


def _font(size: float, colour: str = _INK) -> dict[str, Any]:
    """A text's properties; given to each, since matplotlib's defaults are global."""
    return {"family": FAMILY, "fontsize": size, "color": colour}


def _draw_panel(board: _Board, chart: ChartPlan, panel: Panel) -> None:
    """One indicator: frame, hindcast and projections, observations, targets, end labels.

    The baseline's dashes lie on top: a scenario that equals it shows through them.
    """
    axes, plan, name = board.axes, chart.content.region.plan, panel.indicator.id
    base, final = panel.years.index(plan.base_year), panel.years.index(plan.final_year)
    _draw_frame(board, chart, panel)
    _draw_bands(axes, chart, panel)
    for position, (curve, line) in enumerate(zip(chart.curves, panel.lines, strict=True)):
        past, others = line[: base + 1], [other[: base + 1] for other in panel.lines[:position]]
        if not any(np.allclose(past, other) for other in others):
            gid = f"{name}-hindcast-{position}"
            axes.plot(panel.years[: base + 1], past, color=HINDCAST_COLOUR, lw=1.0, zorder=2.9, gid=gid)
        (projection,) = axes.plot(panel.years[base:], line[base:], markevery=[final - base], **_look(curve.style))
        on_top = 3.9 if curve.style == BASELINE_STYLE else 3 + 0.1 * min(position, 8)
        projection.set(zorder=on_top, gid=f"{name}-projection-{position}")
    for published in (True, False):
        dots = [(o.time, value) for o, value in panel.observed if (o.status == "published") is published]
        if dots:
            gid = f"{name}-published" if published else f"{name}-estimated"
            axes.plot(*zip(*dots, strict=True), zorder=4, clip_on=False, gid=gid, **(_DOT if published else _HOLLOW))
    _draw_targets(board, chart, panel)
    _draw_ends(board, chart, panel)


def _draw_bands(axes: Axes, chart: ChartPlan, panel: Panel) -> None:
    if chart.banded is None:
        return
    for number, (low, high) in enumerate(panel.bands):
        colour = (*to_rgb(chart.banded.style.colour), _BANDS[number])
        gid = f"{panel.indicator.id}-band-{number}"
        axes.fill_between(panel.years[-len(low) :], low, high, color=colour, lw=0, zorder=1.5, gid=gid)


def _look(style: SeriesStyle) -> dict[str, Any]:
    """A run's line with its marker, in charts and in keys."""
    marker = {"marker": style.marker, "ms": 4.5 if style == BASELINE_STYLE else 6, "mec": "white", "mew": 0.6}
    return {"color": style.colour, "ls": style.dash, "lw": 1.8, **marker}


def _draw_frame(board: _Board, chart: ChartPlan, panel: Panel) -> None:
    """Limits, ticks, unit and the shade that tells observed years from plan years."""
    axes, type_, plan = board.axes, chart.type_, chart.content.region.plan
    first, last = panel.years[0] - _BEFORE, panel.years[-1]
    axes.set_xlim(first, last)
    axes.set_ylim(*panel.limits)
    step = next(step for step in (1, 2, 5, 10, 20, 100) if step * board.size[0] / (last - first) > 0.6 or step == 100)
    ticks = [year for year in panel.years if year % step == 0]
    axes.set_xticks(ticks, [numbers.year(year) for year in ticks])
    axes.set_xticks(panel.years, minor=True)
    axes.set_yticks([place for place, _ in panel.ticks], [label for _, label in panel.ticks])
    axes.tick_params(labelsize=type_.label, labelfontfamily=FAMILY, labelcolor=_INK, color=_RULE, length=4)
    axes.tick_params(which="minor", length=2, color=_RULE)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#DDDDDD", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(_RULE)
    axes.axvspan(first, plan.base_year, color=HISTORY_SHADE, lw=0, zorder=0)
    axes.axvline(plan.base_year, color=_RULE, lw=0.8, zorder=1)
    above = board.size[1] + 0.08
    axes.set_ylabel(panel.unit, rotation=0, ha="left", va="baseline", **_font(type_.note, _FAINT))
    axes.yaxis.set_label_coords(0, above, transform=board.inches)
    heading = t("in {year}", chart.lang, year=plan.final_year)
    board.text(board.size[0] + 0.12, above, heading, va="baseline", **_font(type_.note, _FAINT))


def _draw_targets(board: _Board, chart: ChartPlan, panel: Panel) -> None:
    """Each target as a star in its year, a dotted line at its level and a flag where the fewest curves are."""
    (x0, x1), (y0, y1), size = board.axes.get_xlim(), board.axes.get_ylim(), chart.type_.label
    scale = np.array([board.size[0] / (x1 - x0), board.size[1] / (y1 - y0)])
    paths = [np.column_stack([panel.years, line]) for line in panel.lines]
    paths += [np.array([[o.time, value], [o.time, value]]) for o, value in panel.observed]
    points = np.concatenate([_resampled((path - [x0, y0]) * scale) for path in paths])
    taken: list[_Box] = []
    for target, level, flag in panel.targets:
        lines = flag.split("\n")
        extent = (max(text_width(line, size) for line in lines), size / 72 * 1.5 * len(lines))
        x, y = _place(extent, (target.year - x0) * scale[0], (level - y0) * scale[1], points, taken, board.size)
        taken.append((x, y, *extent))
        start = min(target.base_year, x0 + x / scale[0])
        board.axes.plot([start, target.year], [level, level], gid=f"target-line-{target.id}", **_LEVEL)
        board.axes.plot([target.year], [level], gid=f"target-{target.id}", **_STAR)
        halo = [withStroke(linewidth=2.5, foreground="white")]
        text = board.text(x, y + extent[1] / 2, flag, va="center", linespacing=1.35, **_font(size, TARGET_COLOUR))
        text.set(zorder=7, path_effects=halo, gid=f"target-flag-{target.id}")


def _place(
    extent: tuple[float, float],
    star_x: float,
    line_y: float,
    points: FloatArray,
    taken: Sequence[_Box],
    size: tuple[float, float],
) -> tuple[float, float]:
    """Lower left corner of a flag just above or below its line at ``line_y``, where it hides the fewest points.

    Lengths are inches from the axes' lower left corner; points have shape (n, 2).
    """
    width, height = extent
    best, least = (0.0, 0.0), math.inf
    for y in (line_y + 0.06, line_y - 0.06 - height):
        for x in np.arange(0.05, max(size[0] - width, 0.06), 0.08):
            near_x = (points[:, 0] > x - 0.08) & (points[:, 0] < x + width + 0.08)
            near_y = (points[:, 1] > y - 0.05) & (points[:, 1] < y + height + 0.05)
            on_flag = any(x < a + c and a < x + width and y < b + d and b < y + height for a, b, c, d in taken)
            outside = max(0.0, 0.05 - y) + max(0.0, y + height - size[1])
            on_star = x - 0.12 < star_x < x + width + 0.12
            cost = (near_x & near_y).sum() + 1000 * (on_flag + outside) + 0.5 * (on_star + abs(x + width - star_x))
            if cost < least:
                best, least = (float(x), y), float(cost)
    return best


def _resampled(path: FloatArray) -> FloatArray:
    """The path with points at most 0.05 inch apart."""
    counts = [max(2, math.ceil(float(np.hypot(*(b - a))) / 0.05)) for a, b in pairwise(path)]
    return np.concatenate([np.linspace(a, b, count) for (a, b), count in zip(pairwise(path), counts, strict=True)])


def _draw_ends(board: _Board, chart: ChartPlan, panel: Panel) -> None:
    """Beside the axes, a label a curve at its marker's height, with a leader; moved apart where they would touch."""
    (width, height), (low, high), size = board.size, panel.limits, chart.type_.label
    year = chart.content.region.plan.final_year
    values = [float(line[panel.years.index(year)]) for line in panel.lines]
    start = width * (year - panel.years[0] + _BEFORE) / (panel.years[-1] - panel.years[0] + _BEFORE)
    wanted = [(value - low) / (high - low) * height for value in values]
    heights = move_apart(wanted, size / 72 * 1.4, height)
    for curve, level, at, text in zip(chart.curves, wanted, heights, panel.ends, strict=True):
        board.line([start, width, width + 0.12], [level, level, at], color=curve.style.colour, lw=0.6, zorder=2.5)
        board.line([width + 0.2], [at], color=curve.style.colour, marker=curve.style.marker, ms=6, ls="")
        board.text(width + 0.3, at, text, va="center_baseline", **_font(size))


def move_apart(wanted: Sequence[float], gap: float, room: float) -> list[float]:
    """Middles of labels near to ``wanted``, ``gap`` apart (closer if they must), the labels within 0..``room``."""
    gap = min(gap, room / max(1, len(wanted)))

    def lowest(members: list[int]) -> float:
        spread = gap * (len(members) - 1)
        middle = sum(wanted[index] for index in members) / len(members)
        return max(gap / 2, min(middle - spread / 2, room - gap / 2 - spread))

    groups: list[list[int]] = []
    for index in sorted(range(len(wanted)), key=lambda i: (wanted[i], -i)):
        groups.append([index])
        while len(groups) > 1 and lowest(groups[-1]) < lowest(groups[-2]) + gap * len(groups[-2]) - 1e-9:
            groups[-2:] = [groups[-2] + groups[-1]]
    heights = {index: lowest(group) + gap * position for group in groups for position, index in enumerate(group)}
    return [heights[index] for index in range(len(wanted))]


def _keys(chart: ChartPlan) -> list[tuple[dict[str, Any], str]]:
    """What the keys show (a line's properties, or the history's shade) and say."""
    keys: list[tuple[dict[str, Any], str]] = []
    if not chart.type_.named:
        keys += [(_look(curve.style), shorten(curve.name, chart.type_.label, 3.0)) for curve in chart.curves]
    if chart.banded is not None:
        rgb, outer, inner = to_rgb(chart.banded.style.colour), *_BANDS
        keys.append(({"shade": (*rgb, outer)}, t("8 of 10 futures", chart.lang)))
        keys.append(({"shade": (*rgb, outer + inner)}, t("5 of 10 futures", chart.lang)))
    statuses = {o.status == "published" for panel in chart.panels for o, _ in panel.observed}
    if True in statuses:
        keys.append((_DOT, t("Published", chart.lang)))
    if False in statuses:
        keys.append((_HOLLOW, t("Estimated, assumed or not checked", chart.lang)))
    keys.append(({"color": HINDCAST_COLOUR, "lw": 1.0}, t("Model, hindcast", chart.lang)))
    year = chart.content.region.plan.base_year
    return [*keys, ({"shade": HISTORY_SHADE}, t("History, to {year}", chart.lang, year=year))]


def _key_rows(keys: Sequence[tuple[dict[str, Any], str]], type_: TypeSizes, room: float) -> list[list[_Key]]:
    """The keys in rows no wider than ``room``, each with the inches to its left."""
    rows: list[list[_Key]] = [[]]
    x = 0.0
    for look, text in keys:
        width = _key_width(look) + 0.08 + text_width(text, type_.label)
        if rows[-1] and x + width > room:
            rows.append([])
            x = 0.0
        rows[-1].append((x, look, text))
        x += width + 0.25
    return rows


def _key_width(look: dict[str, Any]) -> float:
    return 0.12 if look.get("ls") == "" else 0.45


def _draw_keys(figure: Figure, row: Sequence[_Key], y: float, type_: TypeSizes) -> None:
    """One row of keys at height ``y``."""
    inches = figure.dpi_scale_trans
    for offset, look, text in row:
        x, width = _MARGIN + offset, _key_width(look)
        if "shade" in look:
            shade = Rectangle((x, y - 0.06), width, 0.12, fc=look["shade"], ec=_RULE, lw=0.6, transform=inches)
            figure.add_artist(shade)
        else:
            figure.add_artist(Line2D([x, x + width / 2, x + width], [y] * 3, markevery=[1], transform=inches, **look))
        font = _font(type_.label)
        figure.text(x + width + 0.08, y, text, transform=inches, va="center_baseline", gid="key", **font)
