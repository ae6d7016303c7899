"""Charts: runs go in, a matplotlib Figure comes out. Nothing here touches pyplot or a file.

A chart is planned first (`_Panel`: numbers and texts, no drawing), so that the room which labels need is known before
anything is placed; lengths are inches.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation, Transform

from xinzhi.analysis.verdict import threshold_level
from xinzhi.content.history import Observation
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.project import Content
from xinzhi.content.scenario import BASELINE
from xinzhi.show import numbers
from xinzhi.show.fonts import FAMILY, house_style, shorten, text_width, wrap
from xinzhi.show.words import t
from xinzhi.simulate import FloatArray, Run

Dash = str | tuple[float, tuple[float, ...]]


@dataclass(frozen=True)
class SeriesStyle:
    """How one run is drawn: colour, dash (matplotlib's ``linestyle``) and the marker at the plan's final year."""

    colour: str
    dash: Dash
    marker: str


_COLOURS_AND_MARKERS = (("#0072B2", "o"), ("#D55E00", "^"), ("#009E73", "s"), ("#CC79A7", "D"))
_DASHES: tuple[Dash, ...] = ("-", (0, (9, 2)), (0, (7, 2, 1.5, 2)), (0, (1.5, 1.5)))
SERIES_STYLES = tuple(
    SeriesStyle(colour, _DASHES[(position + shift) % 4], marker)
    for shift in range(4)
    for position, (colour, marker) in enumerate(_COLOURS_AND_MARKERS)
)
BASELINE_STYLE = SeriesStyle("#767676", (0, (4, 2.5)), "v")
HINDCAST_COLOUR = "#4D4D4D"
TARGET_COLOUR = "#000000"
HISTORY_SHADE = "#EFEFEF"
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
_PNG_DPI = 200
_MARGIN, _LINE = 0.15, 0.19
_BEFORE = 0.4  # years of room before the first

_Box = tuple[float, float, float, float]
_Key = tuple[float, dict[str, Any], str]


@dataclass(frozen=True)
class _Type:
    """Text sizes in points and the size of one panel in inches, for a single chart or a grid."""

    columns: int
    width: float
    height: float
    title: float
    label: float
    note: float
    named: bool


@dataclass(frozen=True)
class _Curve:
    """A run as it is drawn in every panel."""

    run: Run
    name: str
    style: SeriesStyle


@dataclass(frozen=True)
class _Panel:
    """One indicator, all numbers in the axis' unit. ``lines`` runs parallel to the chart's curves."""

    indicator: Indicator
    unit: str
    years: tuple[int, ...]
    observed: tuple[tuple[Observation, float], ...]
    lines: tuple[FloatArray, ...]
    ends: tuple[str, ...]
    targets: tuple[tuple[Target, float, str], ...]
    limits: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class _Chart:
    """A whole chart, planned; ``notes`` are paragraphs."""

    content: Content
    type_: _Type
    lang: str
    curves: tuple[_Curve, ...]
    panels: tuple[_Panel, ...]
    notes: tuple[str, ...]


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


def chart_indicators(
    content: Content, runs: Sequence[Run], indicator_ids: Sequence[str], lang: str, baseline: Run | None = None
) -> Figure:
    """One panel an indicator: history, hindcast, projection and targets; one panel is 8 x 5 inches.

    ``baseline`` is drawn dashed and grey beside ``runs``; a run that is the untouched baseline itself is drawn so too.
    Raises `ContentError` for an unknown indicator, ValueError when there is nothing to draw.
    """
    curves = _curves(content, runs, baseline, lang)
    if not curves or not indicator_ids:
        raise ValueError("a chart needs a run and an indicator")
    type_ = _type(len(indicator_ids))
    with house_style():
        panels = tuple(_panel(content, content.indicator(name), curves, type_, lang) for name in indicator_ids)
        return _draw(_Chart(content, type_, lang, curves, panels, _notes(content, panels, curves, lang)))


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
        figure.savefig(buffer, format=fmt, dpi=_PNG_DPI, metadata=metadata[fmt])
    return buffer.getvalue()


def _type(count: int) -> _Type:
    if count == 1:
        return _Type(1, 8.0, 5.0, 13, 10, 8.5, named=True)
    if count <= 4:
        return _Type(2, 5.0, 3.4, 11.5, 9.5, 8.5, named=False)
    return _Type(3, 4.0, 3.2, 11, 9.5, 8.5, named=False)


def _curves(content: Content, runs: Sequence[Run], baseline: Run | None, lang: str) -> tuple[_Curve, ...]:
    """The baseline first, then the runs in their order; a run whose levers were moved by hand says so."""

    def adjusted(run: Run) -> bool:
        scenario = content.scenarios.get(run.scenario)
        return scenario is not None and run.settings != content.settings(scenario)

    def name(run: Run) -> str:
        return t("{name} (adjusted)", lang, name=run.name) if adjusted(run) else run.name[lang]

    plain = [run for run in runs if run.scenario == BASELINE and not adjusted(run)]
    greys = [baseline] if baseline is not None else plain[:1]
    others = [run for run in runs if not any(run is other for other in plain)]
    styled = [(run, BASELINE_STYLE) for run in greys]
    styled += [(run, SERIES_STYLES[position % len(SERIES_STYLES)]) for position, run in enumerate(others)]
    return tuple(_Curve(run, name(run), style) for run, style in styled)


def _panel(content: Content, indicator: Indicator, curves: Sequence[_Curve], type_: _Type, lang: str) -> _Panel:
    """Everything that a panel says, before anything is drawn."""
    first = curves[0].run
    series = content.history.series.get(indicator.id)
    seen = [o for o in series.observations if first.times[0] <= o.time <= first.times[-1]] if series else []
    targets = [target for target in content.targets.values() if target.indicator == indicator.id]
    levels = [threshold_level(target, first) for target in targets]
    values = [curve.run.in_unit(indicator.id) for curve in curves]
    shown = np.concatenate([*values, [o.value for o in seen], levels])
    largest = float(np.max(np.abs(shown)))
    factor, unit = numbers.axis(indicator.unit, lang, content.units, largest)
    lines = tuple(each * factor for each in values)
    limits = _limits(shown * factor, [level * factor for level in levels])
    final = first.times.index(content.region.plan.final_year)
    digits = _digits(indicator.decimals, factor)
    return _Panel(
        indicator=indicator,
        unit=unit,
        years=first.times,
        observed=tuple((o, o.value * factor) for o in seen),
        lines=lines,
        ends=tuple(
            (f"{shorten(curve.name, type_.label, 1.6)}  " if type_.named else "")
            + numbers.plain(float(line[final]), digits)
            for curve, line in zip(curves, lines, strict=True)
        ),
        targets=tuple(
            (target, level * factor, _flag(content, target, level, indicator, lang))
            for target, level in zip(targets, levels, strict=True)
        ),
        limits=limits,
        ticks=_ticks(*limits),
    )


def _digits(decimals: int, factor: float) -> int:
    """Decimals on an axis whose numbers are ``factor`` times those with ``decimals``."""
    return max(decimals, min(2, round(-math.log10(factor))))


def _flag(content: Content, target: Target, level: float, indicator: Indicator, lang: str) -> str:
    """What stands at a target's line: the target, and for growth and change the level that it needs."""
    falls = target.measure == "change" and target.sense == "<=" and target.threshold < 0
    sense, threshold = (">=", -target.threshold) if falls else (target.sense, target.threshold)
    said = numbers.threshold(sense, threshold, target.unit, lang, content.units)
    if target.measure == "level":
        return t("Target: {threshold} by {year}", lang, threshold=said, year=target.year)
    if target.measure == "mean_growth":
        first = t("Target: mean growth {threshold} a year", lang, threshold=said)
    elif falls:
        first = t("Target: {threshold} lower than in {year}", lang, threshold=said, year=target.base_year)
    else:
        first = t("Target: change {threshold} from {year}", lang, threshold=said, year=target.base_year)
    needed = ("≥" if target.sense == ">=" else "≤") + numbers.quantity(
        level, indicator.unit, indicator.decimals, lang, content.units
    )
    return first + "\n" + t("that is {level} in {year}", lang, level=needed, year=target.year)


def _limits(values: FloatArray, levels: Sequence[float]) -> tuple[float, float]:
    """The value axis: from zero where the smallest value is far below the largest, else with a margin, a larger one
    below a low target, whose flag stands there."""
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-9 * max(abs(high), 1e-12):
        margin = 0.1 * abs(high) or 1.0
        return (0.0, 1.0) if high == 0 else (low - margin, high + margin)
    if 0 <= low < 0.45 * high:
        return 0.0, high * 1.08
    margin = high - low
    flagged = any(level < low + 0.1 * margin for level in levels)
    return low - (0.3 if flagged else 0.12) * margin, high + 0.1 * margin


def _ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    places = [
        float(place)
        for place in MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        if low - 1e-9 * (high - low) <= place <= high + 1e-9 * (high - low)
    ]
    size = max(abs(place) for place in places)
    digits = next(d for d in range(8) if d == 7 or all(abs(round(place, d) - place) < 1e-9 * size for place in places))
    return tuple((place, numbers.plain(place, digits)) for place in places)


def _notes(content: Content, panels: Sequence[_Panel], curves: Sequence[_Curve], lang: str) -> tuple[str, str]:
    """The paragraphs below a chart: sources, how to read it, what made it."""
    stop, space = ("。", "") if lang == "zh" else (".", " ")
    observed = [o for panel in panels for o, _ in panel.observed]
    publishers = list(dict.fromkeys(content.history.sources[o.source].publisher[lang] for o in observed))
    without = [panel.indicator.name[lang] for panel in panels if not panel.observed]
    plan = content.region.plan
    said = []
    if publishers:
        said.append(t("Source: {sources}", lang, sources=("；" if lang == "zh" else "; ").join(publishers)))
    if any(o.status != "published" for o in observed):
        said.append(t("Historical figures include estimates or figures not checked (hollow dots)", lang))
    if without:
        said.append(t("No observed figures for: {names}", lang, names=("；" if lang == "zh" else "; ").join(without)))
    if any(curve.style == BASELINE_STYLE for curve in curves):
        said.append(t("The grey dashed line is the baseline", lang))
    if any(target.measure != "level" for panel in panels for target, _, _ in panel.targets):
        said.append(
            t(
                "The level that a growth or change target needs is worked out from the model's figure of {year}",
                lang,
                year=plan.base_year,
            )
        )
    hashes = dict.fromkeys(curve.run.content_hash[:8] for curve in curves)
    made = [
        t("Scenarios: {names}", lang, names=("、" if lang == "zh" else ", ").join(curve.name for curve in curves)),
        t("Model version {version}", lang, version=", ".join(hashes)),
        t("Simulation, not a forecast", lang),
    ]
    return space.join(sentence + stop for sentence in said), " · ".join(made)


def _draw(chart: _Chart) -> Figure:
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


def _draw_panel(board: _Board, chart: _Chart, panel: _Panel) -> None:
    """One indicator: frame, hindcast and projections, observations, targets, end labels.

    The baseline's dashes lie on top: a scenario that equals it shows through them.
    """
    axes, plan, name = board.axes, chart.content.region.plan, panel.indicator.id
    base, final = panel.years.index(plan.base_year), panel.years.index(plan.final_year)
    _draw_frame(board, chart, panel)
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


def _look(style: SeriesStyle) -> dict[str, Any]:
    """A run's line with its marker, in charts and in keys."""
    marker = {"marker": style.marker, "ms": 4.5 if style == BASELINE_STYLE else 6, "mec": "white", "mew": 0.6}
    return {"color": style.colour, "ls": style.dash, "lw": 1.8, **marker}


def _draw_frame(board: _Board, chart: _Chart, panel: _Panel) -> None:
    """Limits, ticks, unit and the shade that tells observed years from plan years."""
    axes, type_, plan = board.axes, chart.type_, chart.content.region.plan
    first, last = panel.years[0] - _BEFORE, panel.years[-1]
    axes.set_xlim(first, last)
    axes.set_ylim(*panel.limits)
    step = next(step for step in (1, 2, 5, 10, 20, 100) if step * board.size[0] / (last - first) > 0.6 or step == 100)
    ticks = [year for year in panel.years if year % step == 0]
    axes.set_xticks(ticks, [str(year) for year in ticks])
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


def _draw_targets(board: _Board, chart: _Chart, panel: _Panel) -> None:
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


def _draw_ends(board: _Board, chart: _Chart, panel: _Panel) -> None:
    """Beside the axes, a label a curve at its marker's height, with a leader; moved apart where they would touch."""
    (width, height), (low, high), size = board.size, panel.limits, chart.type_.label
    year = chart.content.region.plan.final_year
    values = [float(line[panel.years.index(year)]) for line in panel.lines]
    start = width * (year - panel.years[0] + _BEFORE) / (panel.years[-1] - panel.years[0] + _BEFORE)
    wanted = [(value - low) / (high - low) * height for value in values]
    heights = _apart(wanted, size / 72 * 1.4, height)
    for curve, level, at, text in zip(chart.curves, wanted, heights, panel.ends, strict=True):
        board.line([start, width, width + 0.12], [level, level, at], color=curve.style.colour, lw=0.6, zorder=2.5)
        board.line([width + 0.2], [at], color=curve.style.colour, marker=curve.style.marker, ms=6, ls="")
        board.text(width + 0.3, at, text, va="center_baseline", **_font(size))


def _apart(wanted: Sequence[float], gap: float, room: float) -> list[float]:
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


def _keys(chart: _Chart) -> list[tuple[dict[str, Any], str]]:
    """What the keys show (a line's properties, or the history's shade) and say."""
    keys: list[tuple[dict[str, Any], str]] = []
    if not chart.type_.named:
        keys += [(_look(curve.style), shorten(curve.name, chart.type_.label, 3.0)) for curve in chart.curves]
    statuses = {o.status == "published" for panel in chart.panels for o, _ in panel.observed}
    if True in statuses:
        keys.append((_DOT, t("Published", chart.lang)))
    if False in statuses:
        keys.append((_HOLLOW, t("Estimated or not checked", chart.lang)))
    keys.append(({"color": HINDCAST_COLOUR, "lw": 1.0}, t("Model, hindcast", chart.lang)))
    year = chart.content.region.plan.base_year
    return [*keys, ({"shade": HISTORY_SHADE}, t("History, to {year}", chart.lang, year=year))]


def _key_rows(keys: Sequence[tuple[dict[str, Any], str]], type_: _Type, room: float) -> list[list[_Key]]:
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


def _draw_keys(figure: Figure, row: Sequence[_Key], y: float, type_: _Type) -> None:
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
