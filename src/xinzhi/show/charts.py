"""Charts: runs go in, a matplotlib Figure comes out. Nothing here touches pyplot or a file.

A chart is planned first (`_Panel`: numbers and texts, no drawing), so that the room which labels need is known before
anything is placed; lengths are inches.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

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
_INK, _FAINT = "#222222", "#555555"
_PNG_DPI = 200
_MARGIN, _LINE = 0.15, 0.19
_KEY = 0.36


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
    title: tuple[str, ...]
    unit: str
    years: tuple[int, ...]
    observed: tuple[tuple[Observation, float], ...]
    lines: tuple[FloatArray, ...]
    ends: tuple[str, ...]
    targets: tuple[tuple[Target, float, str], ...]
    limits: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]


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
        panels = [_panel(content, content.indicator(name), curves, type_, lang) for name in indicator_ids]
        notes = [
            line
            for note in _notes(content, panels, curves, lang)
            for line in wrap(note, type_.note, type_.columns * type_.width - 2 * _MARGIN)
        ]
        return _draw(content, panels, curves, notes, type_, lang)


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


def _curves(content: Content, runs: Sequence[Run], baseline: Run | None, lang: str) -> list[_Curve]:
    """The baseline first, then the runs in their order; a run whose levers were moved by hand says so."""

    def adjusted(run: Run) -> bool:
        scenario = content.scenarios.get(run.scenario)
        return scenario is not None and run.settings != content.settings(scenario)

    def name(run: Run) -> str:
        return t("{name} (adjusted)", lang, name=run.name) if adjusted(run) else run.name[lang]

    plain = [run for run in runs if run.scenario == BASELINE and not adjusted(run)]
    greys = [baseline] if baseline is not None else plain[:1]
    others = [run for run in runs if not any(run is other for other in plain)]
    return [_Curve(run, name(run), BASELINE_STYLE) for run in greys] + [
        _Curve(run, name(run), SERIES_STYLES[position % len(SERIES_STYLES)]) for position, run in enumerate(others)
    ]


def _panel(content: Content, indicator: Indicator, curves: Sequence[_Curve], type_: _Type, lang: str) -> _Panel:
    """Everything that a panel says, before anything is drawn."""
    first = curves[0].run
    series = content.history.series.get(indicator.id)
    seen = [o for o in series.observations if first.times[0] <= o.time <= first.times[-1]] if series else []
    targets = [target for target in content.targets.values() if target.indicator == indicator.id]
    levels = [threshold_level(target, first) for target in targets]
    values = [curve.run.in_unit(indicator.id) for curve in curves]
    largest = max(float(np.max(np.abs(every))) for every in (*values, levels or [0.0], [o.value for o in seen] or [0.0]))
    factor, unit = numbers.axis(indicator.unit, lang, content.units, largest)
    lines = tuple(each * factor for each in values)
    limits = _limits([*lines, [o.value * factor for o in seen], [level * factor for level in levels]])
    final = first.times.index(content.region.plan.final_year)
    digits = _digits(indicator.decimals, factor)
    return _Panel(
        indicator=indicator,
        title=tuple(wrap(indicator.name[lang], type_.title, type_.width - 0.8)),
        unit=unit,
        years=first.times,
        observed=tuple((o, o.value * factor) for o in seen),
        lines=lines,
        ends=tuple(
            (f"{shorten(curve.name, type_.label, 1.6)}  " if type_.named else "") + numbers.plain(float(line[final]), digits)
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


def _limits(values: Iterable[Sequence[float] | FloatArray]) -> tuple[float, float]:
    """The value axis: from zero where the smallest value is far below the largest, else with a margin."""
    every = np.concatenate([np.asarray(each, dtype=float) for each in values])
    low, high = float(every.min()), float(every.max())
    if high - low < 1e-9 * max(abs(high), 1e-12):
        margin = 0.1 * abs(high) or 1.0
        return (0.0, 1.0) if high == 0 else (low - margin, high + margin)
    if 0 <= low < 0.45 * high:
        return 0.0, high * 1.08
    margin = 0.1 * (high - low)
    return low - margin, high + margin


def _ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    places = [
        float(place)
        for place in MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        if low - 1e-9 * (high - low) <= place <= high + 1e-9 * (high - low)
    ]
    size = max(abs(place) for place in places)
    digits = next(d for d in range(8) if d == 7 or all(abs(round(place, d) - place) < 1e-9 * size for place in places))
    return tuple((place, numbers.plain(place, digits)) for place in places)


def _notes(content: Content, panels: Sequence[_Panel], curves: Sequence[_Curve], lang: str) -> list[str]:
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
            t("The level that a growth or change target needs is worked out from the model's figure of {year}", lang, year=plan.base_year)
        )
    hashes = dict.fromkeys(curve.run.content_hash[:8] for curve in curves)
    made = [
        t("Scenarios: {names}", lang, names=("、" if lang == "zh" else ", ").join(curve.name for curve in curves)),
        t("Model version {version}", lang, version=", ".join(hashes)),
        t("Simulation, not a forecast", lang),
    ]
    return [space.join(sentence + stop for sentence in said), " · ".join(made)]


def _draw(
    content: Content, panels: Sequence[_Panel], curves: Sequence[_Curve], notes: Sequence[str], type_: _Type, lang: str
) -> Figure:
    """Place the planned panels above one strip of keys and notes."""
    width = type_.columns * type_.width
    keys = _key_rows(_keys(content, panels, curves, type_, lang), type_, width - 2 * _MARGIN)
    strip = _MARGIN + _LINE * (len(notes) + 1.25 * len(keys)) + 0.05
    rows = math.ceil(len(panels) / type_.columns)
    height = type_.height if len(panels) == 1 else rows * type_.height + strip
    panel_height = (height - strip) / rows
    figure = Figure(figsize=(width, height), facecolor="white", label=" / ".join(panel.indicator.name[lang] for panel in panels))
    left = 0.2 + max(text_width(label, type_.label) for panel in panels for _, label in panel.ticks)
    right = 0.4 + max(text_width(end, type_.label) for panel in panels for end in panel.ends)
    top = 0.36 + type_.title / 72 * 1.45 * max(len(panel.title) for panel in panels)
    for position, panel in enumerate(panels):
        row, column = divmod(position, type_.columns)
        box = (
            column * type_.width + left,
            height - (row + 1) * panel_height + 0.38,
            type_.width - left - right,
            panel_height - top - 0.38,
        )
        axes = figure.add_axes((box[0] / width, box[1] / height, box[2] / width, box[3] / height))
        _draw_panel(axes, content, panel, curves, type_, (box[2], box[3]), lang)
    y = strip - 0.1
    for key_row in keys:
        _draw_keys(figure, key_row, y, type_)
        y -= 1.25 * _LINE
    for line in notes:
        figure.text(
            _MARGIN / width, y / height, line, fontsize=type_.note, color=_FAINT, va="center", family=FAMILY, gid="note"
        )
        y -= _LINE
    return figure


def _draw_panel(
    axes: Axes,
    content: Content,
    panel: _Panel,
    curves: Sequence[_Curve],
    type_: _Type,
    size: tuple[float, float],
    lang: str,
) -> None:
    """One indicator into axes of ``size`` inches."""
    plan, name = content.region.plan, panel.indicator.id
    _draw_frame(axes, panel, type_, size, plan.base_year)
    base, final = panel.years.index(plan.base_year), panel.years.index(plan.final_year)
    paths = []
    for position, (curve, line) in enumerate(zip(curves, panel.lines, strict=True)):
        style, order = curve.style, 3 + 0.1 * position
        if not any(np.allclose(line[: base + 1], other[: base + 1]) for other in panel.lines[:position]):
            axes.plot(
                panel.years[: base + 1], line[: base + 1], color=HINDCAST_COLOUR, lw=1.0, zorder=2.9, gid=f"{name}-hindcast-{position}"
            )
        axes.plot(
            panel.years[base:], line[base:], color=style.colour, ls=style.dash, lw=2.0, zorder=order,
            marker=style.marker, ms=6, markevery=[final - base], mec="white", mew=0.6, gid=f"{name}-projection-{position}",
        )  # fmt: skip
        paths.append(np.column_stack([panel.years, line]))
    for published in (True, False):
        dots = [(o.time, value) for o, value in panel.observed if (o.status == "published") is published]
        if dots:
            axes.plot(
                *zip(*dots, strict=True), ls="", marker="o", ms=4.5, color=_INK, mfc=_INK if published else "white", mew=1.0,
                zorder=4, clip_on=False, gid=f"{name}-{'published' if published else 'estimated'}",
            )  # fmt: skip
            paths.extend(np.repeat([dot], 2, axis=0) for dot in dots)
    _draw_targets(axes, panel, paths, type_, size, plan.base_year)
    _draw_ends(axes, panel, curves, type_, size)
    axes.text(
        1 + 0.12 / size[0], 1 + 0.08 / size[1], t("in {year}", lang, year=plan.final_year), transform=axes.transAxes,
        fontsize=type_.note, color=_FAINT, va="bottom", family=FAMILY,
    )  # fmt: skip


def _draw_frame(axes: Axes, panel: _Panel, type_: _Type, size: tuple[float, float], base_year: int) -> None:
    """Limits, ticks, titles and the shade that tells observed years from plan years."""
    first, last = panel.years[0], panel.years[-1]
    axes.set_xlim(first - 0.4, last)
    axes.set_ylim(*panel.limits)
    step = next(step for step in (1, 2, 5, 10, 20, 100) if step * size[0] / (last - first + 0.4) > 0.6 or step == 100)
    ticks = [year for year in panel.years if year % step == 0]
    axes.set_xticks(ticks, [str(year) for year in ticks])
    axes.set_xticks(panel.years, minor=True)
    axes.set_yticks([place for place, _ in panel.ticks], [label for _, label in panel.ticks])
    axes.tick_params(labelsize=type_.label, labelfontfamily=FAMILY, labelcolor=_INK, color="#999999", length=4)
    axes.tick_params(which="minor", length=2, color="#999999")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#DDDDDD", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color("#999999")
    axes.axvspan(first - 0.4, base_year, color=HISTORY_SHADE, lw=0, zorder=0)
    axes.axvline(base_year, color="#999999", lw=0.8, zorder=1)
    axes.set_title("\n".join(panel.title), loc="left", fontsize=type_.title, color=_INK, pad=23, family=FAMILY)
    axes.set_ylabel(panel.unit, rotation=0, ha="left", va="bottom", fontsize=type_.note, color=_FAINT, family=FAMILY)
    axes.yaxis.set_label_coords(0, 1 + 0.08 / size[1])


def _draw_targets(
    axes: Axes, panel: _Panel, paths: list[FloatArray], type_: _Type, size: tuple[float, float], base_year: int
) -> None:
    """Each target as a star in its year, a line at its level and a flag where the fewest curves are."""
    taken: list[tuple[float, float, float, float]] = []
    (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
    scale = np.array([size[0] / (x1 - x0), size[1] / (y1 - y0)])
    points = np.concatenate([_resampled((path - [x0, y0]) * scale) for path in paths])
    for target, level, flag in panel.targets:
        lines = flag.split("\n")
        extent = (max(text_width(line, type_.label) for line in lines), type_.label / 72 * 1.42 * len(lines))
        star = (float(target.year - x0) * scale[0], float(level - y0) * scale[1])
        x, y = _place(extent, star, points, taken, size)
        taken.append((x, y, *extent))
        axes.plot(
            [min(base_year, x0 + x / scale[0]), target.year], [level, level], color=TARGET_COLOUR, lw=1.1, ls=(0, (1, 2)),
            zorder=5, gid=f"target-line-{target.id}",
        )  # fmt: skip
        axes.plot(
            target.year, level, color=TARGET_COLOUR, marker="*", ms=12, mec="white", mew=0.6, ls="", zorder=6, gid=f"target-{target.id}"
        )
        axes.text(
            x / size[0], (y + extent[1] / 2) / size[1], flag, transform=axes.transAxes, fontsize=type_.label, color=TARGET_COLOUR,
            va="center", zorder=7, family=FAMILY, path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )  # fmt: skip


def _place(
    extent: tuple[float, float],
    star: tuple[float, float],
    points: FloatArray,
    taken: Sequence[tuple[float, float, float, float]],
    size: tuple[float, float],
) -> tuple[float, float]:
    """Lower left corner (inches from the axes' own) of a flag just above or below its line, clear of the curves."""
    width, height = extent
    best, least = (0.0, 0.0), math.inf
    for y in (star[1] + 0.06, star[1] - 0.06 - height):
        for x in np.arange(0.05, max(size[0] - width, 0.06), 0.08):
            inside = (
                (points[:, 0] > x - 0.08) & (points[:, 0] < x + width + 0.08)
                & (points[:, 1] > y - 0.05) & (points[:, 1] < y + height + 0.05)
            )  # fmt: skip
            over = any(x < a + c and a < x + width and y < b + d and b < y + height for a, b, c, d in taken)
            outside = max(0.0, -y) + max(0.0, y + height - size[1])
            on_star = x - 0.12 < star[0] < x + width + 0.12
            cost = inside.sum() + 1000 * over + 1000 * outside + 0.5 * on_star + abs(x + width - star[0]) * 0.5
            if cost < least:
                best, least = (float(x), y), float(cost)
    return best


def _resampled(path: FloatArray) -> FloatArray:
    """The path with points at most 0.05 inch apart."""
    parts = [
        np.linspace(a, b, max(2, math.ceil(float(np.hypot(*(b - a))) / 0.05))) for a, b in zip(path[:-1], path[1:], strict=True)
    ]
    return np.concatenate(parts)


def _draw_ends(axes: Axes, panel: _Panel, curves: Sequence[_Curve], type_: _Type, size: tuple[float, float]) -> None:
    """Beside the axes, a label a curve at its end's height, moved apart where they would touch, with a leader to it."""
    low, high = panel.limits
    wanted = [float(line[-1] - low) / (high - low) * size[1] for line in panel.lines]
    for curve, end, at, text in zip(curves, wanted, _apart(wanted, type_.label / 72 * 1.4, size[1]), panel.ends, strict=True):
        ends, mark = (1.0, 1 + 0.12 / size[0]), 1 + 0.2 / size[0]
        axes.add_line(
            Line2D(ends, (end / size[1], at / size[1]), transform=axes.transAxes, color=curve.style.colour, lw=0.8, clip_on=False)
        )
        axes.add_line(
            Line2D(
                [mark], [at / size[1]], transform=axes.transAxes, color=curve.style.colour, marker=curve.style.marker, ms=6, ls="",
                clip_on=False,
            )
        )  # fmt: skip
        axes.text(
            1 + 0.3 / size[0], at / size[1], text, transform=axes.transAxes, fontsize=type_.label, color=_INK,
            va="center_baseline", family=FAMILY,
        )  # fmt: skip


def _apart(wanted: Sequence[float], gap: float, room: float) -> list[float]:
    """Heights as near to ``wanted`` as can be, at least ``gap`` apart and within 0..``room`` (closer if they must)."""
    gap = min(gap, room / max(1, len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], -i))
    groups: list[tuple[float, list[int]]] = []
    for index in order:
        groups.append((min(max(wanted[index], 0.0), room), [index]))
        while len(groups) > 1 and _bottom(groups[-1], gap, room) < _bottom(groups[-2], gap, room) + gap * len(groups[-2][1]) - 1e-9:
            (_, after), (_, before) = groups.pop(), groups.pop()
            members = before + after
            groups.append((sum(wanted[i] for i in members) / len(members), members))
    heights = [0.0] * len(wanted)
    for group in groups:
        for position, index in enumerate(group[1]):
            heights[index] = _bottom(group, gap, room) + gap * position
    return heights


def _bottom(group: tuple[float, list[int]], gap: float, room: float) -> float:
    """The lowest height of a group of labels around its middle, kept within the room."""
    spread = gap * (len(group[1]) - 1)
    return max(0.0, min(group[0] - spread / 2, room - spread))


def _keys(
    content: Content, panels: Sequence[_Panel], curves: Sequence[_Curve], type_: _Type, lang: str
) -> list[tuple[dict[str, Any], str]]:
    """What the keys show (a line's properties, or the history's shade) and say."""
    keys: list[tuple[dict[str, Any], str]] = []
    if not type_.named:
        keys += [
            ({"color": c.style.colour, "ls": c.style.dash, "lw": 2.0, "marker": c.style.marker, "ms": 6, "mec": "white", "mew": 0.6},
             shorten(c.name, type_.label, 3.0)) for c in curves
        ]  # fmt: skip
    statuses = {o.status == "published" for panel in panels for o, _ in panel.observed}
    dot = {"color": _INK, "marker": "o", "ms": 4.5, "ls": "", "mew": 1.0}
    if True in statuses:
        keys.append((dot, t("Published", lang)))
    if False in statuses:
        keys.append(({**dot, "mfc": "white"}, t("Estimated or not checked", lang)))
    keys.append(({"color": HINDCAST_COLOUR, "lw": 1.0}, t("Model, hindcast", lang)))
    return [*keys, ({"shade": HISTORY_SHADE}, t("History, to {year}", lang, year=content.region.plan.base_year))]


def _key_rows(
    keys: Sequence[tuple[dict[str, Any], str]], type_: _Type, room: float
) -> list[list[tuple[float, dict[str, Any], str]]]:
    """The keys in rows no wider than ``room``, each with the inches to its left."""
    rows: list[list[tuple[float, dict[str, Any], str]]] = [[]]
    x = 0.0
    for look, text in keys:
        width = _KEY + 0.08 + text_width(text, type_.label)
        if rows[-1] and x + width > room:
            rows.append([])
            x = 0.0
        rows[-1].append((x, look, text))
        x += width + 0.25
    return rows


def _draw_keys(figure: Figure, row: Sequence[tuple[float, dict[str, Any], str]], y: float, type_: _Type) -> None:
    width, height = figure.get_size_inches()
    for offset, look, text in row:
        x = _MARGIN + offset
        if "shade" in look:
            corner = (x / width, (y - 0.06) / height)
            figure.add_artist(Rectangle(corner, _KEY / width, 0.12 / height, fc=look["shade"], ec="#999999", lw=0.6))
        else:
            places = [x / width, (x + _KEY / 2) / width, (x + _KEY) / width]
            figure.add_artist(Line2D(places, [y / height] * 3, markevery=[1], **look))
        figure.text(
            (x + _KEY + 0.08) / width, y / height, text, fontsize=type_.label, color=_INK, va="center_baseline", family=FAMILY, gid="key"
        )
