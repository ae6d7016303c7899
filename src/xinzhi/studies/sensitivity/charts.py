"""Sensitivity as pictures, a panel a target: tornado, spider, bars with intervals, convergence."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from xinzhi.content.content import Content
from xinzhi.show import numbers
from xinzhi.show.fonts import FAMILY, house_style, shorten, wrap
from xinzhi.show.words import t
from xinzhi.studies.sensitivity.methods import find_plot
from xinzhi.studies.sensitivity.result import Sensitivity
from xinzhi.studies.sensitivity.words import TITLES, counts, enough, input_words, measure_words, value_scale

LARGEST = 6  # panels of a picture
_BARS, _LINES = 8, 5  # inputs of a panel
_INK, _FAINT, _LOW, _HIGH = "#222222", "#666666", "#0072B2", "#D55E00"
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
_WIDTH, _HEIGHT, _NAMES, _HEAD, _FOOT = 7.2, 2.95, 3.5, 0.55, 0.75  # inches; of a panel, its names, the picture's ends
_TITLE, _LABEL = 10.0, 8.5
Handles = list[Line2D | Patch]


def draw_sensitivity(content: Content, sensitivity: Sensitivity, lang: str, plot: str | None = None) -> Figure:
    """The first six targets, or the headline ones where there are more; two panels a row.

    Raises `ContentError` where the method has no such plot.
    """
    plot = find_plot(sensitivity.method, plot)
    rows = list(range(len(sensitivity.targets)))
    if len(rows) > LARGEST:
        rows = [row for row in rows if sensitivity.targets[row].headline][:LARGEST] or rows[:LARGEST]
    across = min(2, len(rows))
    down = math.ceil(len(rows) / across)
    width, height = across * _WIDTH, down * _HEIGHT + _HEAD + _FOOT
    with house_style():
        figure = Figure(figsize=(width, height))
        title = t(TITLES[sensitivity.method], lang, scenario=sensitivity.run.name)
        figure.set_label(title)
        handles: Handles = []
        for place, row in enumerate(rows):
            line, column = divmod(place, across)
            left, bottom = column * _WIDTH + _NAMES, height - _HEAD - (line + 1) * _HEIGHT + 0.6
            axes = figure.add_axes(
                (left / width, bottom / height, (_WIDTH - _NAMES - 0.3) / width, (_HEIGHT - 1.05) / height)
            )
            handles = _PANELS[plot](axes, content, sensitivity, row, lang)
            heading = shorten(sensitivity.targets[row].name[lang], _TITLE, _WIDTH - 0.4)
            figure.text((left - _NAMES + 0.15) / width, (bottom + _HEIGHT - 0.95) / height, heading, size=_TITLE,
                        color=_INK, family=FAMILY)  # fmt: skip
        figure.text(0.15 / width, 1 - 0.32 / height, title, size=13, color=_INK, family=FAMILY)
        _foot(figure, handles, sensitivity, lang, convergence=plot == "convergence")
    return figure


def _foot(figure: Figure, handles: Handles, sensitivity: Sensitivity, lang: str, *, convergence: bool) -> None:
    """What is what, what it cost, and for a convergence plot whether the sample was large enough."""
    width, height = figure.get_size_inches()
    if handles:
        figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.05 / width, 0.36 / height), ncols=4,
                      frameon=False, prop={"family": FAMILY, "size": _LABEL})  # fmt: skip
    said = enough(sensitivity, lang) if convergence else t(
        "{inputs} inputs, {runs} runs, seed {seed}; not anchored again.", lang, inputs=len(sensitivity.inputs),
        runs=numbers.plain(sensitivity.runs, 0), seed=sensitivity.seed)  # fmt: skip
    lines = "\n".join(wrap(said, _LABEL, width - 0.3))
    figure.text(0.15 / width, 0.1 / height, lines, size=_LABEL, color=_FAINT, family=FAMILY, va="bottom")


def _furnish(axes: Axes, label: str) -> None:
    axes.set_xlabel(label, size=_LABEL, color=_FAINT, family=FAMILY)
    axes.tick_params(labelsize=_LABEL, labelfontfamily=FAMILY, colors=_FAINT, length=2.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _numbered(axes: Axes, *sides: str) -> None:
    for side in sides:
        axis = axes.xaxis if side == "x" else axes.yaxis
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(lambda value, _place: numbers.exact(round(value, 6))))


def _named(axes: Axes, content: Content, sensitivity: Sensitivity, row: int, lang: str) -> list[int]:
    """The inputs of a panel of bars, most important at the top; their names on the axis."""
    shown = [place for place in sensitivity.ranking(row)[:_BARS] if counts(sensitivity, row, place)]
    names = [shorten(input_words(content, sensitivity.inputs[place], lang), _LABEL, _NAMES - 0.3) for place in shown]
    axes.set_yticks(range(len(shown)), names)
    axes.set_ylim(max(len(shown), 3) - 0.4, -0.6)
    if not shown:
        axes.text(0.5, 0.5, t("none", lang), transform=axes.transAxes, color=_FAINT, family=FAMILY, ha="center")
    _numbered(axes, "x")
    return shown


def _tornado(axes: Axes, content: Content, sensitivity: Sensitivity, row: int, lang: str) -> Handles:
    shown = _named(axes, content, sensitivity, row, lang)
    target, at = sensitivity.targets[row], np.arange(len(shown))
    factor, unit = value_scale(content, sensitivity, row, lang)
    if sensitivity.method == "morris":
        rising = sensitivity.measures["mu"][row, shown] > 0
        half_widths = factor * sensitivity.measures["mu_star_conf"][row, shown]
        axes.barh(at, factor * sensitivity.main[row, shown], xerr=half_widths,
                  height=0.62, color=[_LOW if up else _HIGH for up in rising],
                  error_kw={"ecolor": _INK, "lw": 0.8})  # fmt: skip
        _furnish(axes, _with_unit(measure_words("mu_star", lang), unit, lang))
        return [Patch(color=_LOW, label=t("raises the target's value", lang)),
                Patch(color=_HIGH, label=t("lowers it", lang))]  # fmt: skip
    base = factor * sensitivity.of_targets["value"][row]
    for name, colour in (("low", _LOW), ("high", _HIGH)):
        axes.barh(at, factor * sensitivity.measures[name][row, shown] - base, left=base, height=0.62, color=colour)
    axes.axvline(base, color=_INK, lw=0.8)
    axes.axvline(factor * target.threshold, color=_FAINT, lw=1, ls=(0, (4, 2)))
    _furnish(axes, _with_unit(t("Value", lang), unit, lang))
    return [Patch(color=_LOW, label=t("input at 5% of its prior", lang)),
            Patch(color=_HIGH, label=t("input at 95%", lang)),
            Line2D([], [], color=_INK, lw=0.8, label=t("the run's value", lang)),
            Line2D([], [], color=_FAINT, lw=1, ls=(0, (4, 2)), label=t("Threshold", lang))]  # fmt: skip


def _bars(axes: Axes, content: Content, sensitivity: Sensitivity, row: int, lang: str) -> Handles:
    shown = _named(axes, content, sensitivity, row, lang)
    at = np.arange(len(shown))
    if sensitivity.method == "sobol":
        pairs = (("ST", _LOW, 0.19), ("S1", _HIGH, -0.19))
        for name, colour, off in pairs:
            half_widths = sensitivity.measures[f"{name}_conf"][row, shown]
            axes.barh(at + off, sensitivity.measures[name][row, shown], xerr=half_widths,
                      height=0.36, color=colour, error_kw={"ecolor": _INK, "lw": 0.8})  # fmt: skip
        _furnish(axes, t("Share of the variance, with 95% intervals", lang))
        return [Patch(color=colour, label=measure_words(name, lang)) for name, colour, _ in reversed(pairs)]
    if sensitivity.method == "pawn":
        axes.barh(at, sensitivity.main[row, shown], height=0.62, color=_LOW)
        axes.axvline(sensitivity.of_targets["noise"][row], color=_FAINT, lw=1, ls=(0, (4, 2)))
        _furnish(axes, measure_words("median", lang))
        return [Line2D([], [], color=_FAINT, lw=1, ls=(0, (4, 2)), label=t("an input that moves nothing", lang))]
    rising = sensitivity.measures["direction"][row, shown] > 0
    axes.barh(at, sensitivity.main[row, shown], height=0.62, color=[_LOW if up else _HIGH for up in rising])
    met = sensitivity.of_targets["met"][row]
    _furnish(axes, t("Distance of the distributions; {met} of members meet the target", lang,
                     met=numbers.plain(100 * met, 0) + "%"))  # fmt: skip
    return [Patch(color=_LOW, label=t("success with large values", lang)),
            Patch(color=_HIGH, label=t("success with small values", lang))]  # fmt: skip


def _spider(axes: Axes, content: Content, sensitivity: Sensitivity, row: int, lang: str) -> Handles:
    assert sensitivity.curves is not None
    shares = np.linspace(5, 95, len(sensitivity.curves.points)).tolist()
    factor, unit = value_scale(content, sensitivity, row, lang)
    threshold = factor * sensitivity.targets[row].threshold
    curves = factor * sensitivity.curves.values[:, row]
    _lines(axes, content, sensitivity, row, lang, shares, lambda place: curves[:, place])
    axes.axhline(factor * sensitivity.of_targets["value"][row], color=_INK, lw=0.8)
    low, high = axes.get_ylim()
    if low - (high - low) < threshold < high + (high - low):
        axes.axhline(threshold, color=_FAINT, lw=1, ls=(0, (4, 2)))
    _numbered(axes, "x", "y")
    _furnish(axes, t("Place in the input's prior, %", lang))
    axes.set_title(_with_unit(t("Value", lang), unit, lang), size=_LABEL, color=_FAINT,
                   family=FAMILY, loc="right", pad=3)  # fmt: skip
    return [Line2D([], [], color=_INK, lw=0.8, label=t("the run's value", lang)),
            Line2D([], [], color=_FAINT, lw=1, ls=(0, (4, 2)), label=t("Threshold", lang))]  # fmt: skip


def _convergence(axes: Axes, content: Content, sensitivity: Sensitivity, row: int, lang: str) -> Handles:
    convergence = sensitivity.convergence
    assert convergence is not None
    _lines(axes, content, sensitivity, row, lang, convergence.sizes, lambda place: convergence.index[:, row, place],
           lambda place: convergence.error[:, row, place])  # fmt: skip
    axes.set_xscale("log", base=2)
    axes.set_xticks(convergence.sizes, [numbers.plain(size, 0) for size in convergence.sizes])
    axes.xaxis.set_minor_formatter(NullFormatter())
    _numbered(axes, "y")
    axes.set_ylim(bottom=0)
    _furnish(axes, t("Size of the sample, N", lang))
    return []


def _lines(
    axes: Axes, content: Content, sensitivity: Sensitivity, row: int, lang: str, across: Sequence[float],
    of: Callable[[int], np.ndarray], error: Callable[[int], np.ndarray] | None = None,
) -> None:  # fmt: skip
    """One line an input, its name to the left of the panel in its colour."""
    shown = [place for place in sensitivity.ranking(row)[:_LINES] if counts(sensitivity, row, place)]
    for number, place in enumerate(shown):
        colour, values = _COLOURS[number], of(place)
        axes.plot(across, values, color=colour, lw=1.4, marker="o", ms=2.5)
        if error is not None:
            axes.fill_between(across, values - error(place), values + error(place), color=colour, alpha=0.2, lw=0)
        name = shorten(input_words(content, sensitivity.inputs[place], lang), _LABEL, _NAMES - 0.75)
        inch = axes.get_position().width * axes.figure.get_size_inches()[0]  # type: ignore[union-attr]
        axes.text((0.15 - _NAMES) / inch, 0.92 - 0.17 * number, name, transform=axes.transAxes, color=colour,
                  size=_LABEL, family=FAMILY)  # fmt: skip


def _with_unit(label: str, unit: str, lang: str) -> str:
    return t("{label} ({unit})", lang, label=label, unit=unit)


_PANELS: dict[str, Callable[[Axes, Content, Sensitivity, int, str], Handles]] = {
    "tornado": _tornado, "bars": _bars, "spider": _spider, "convergence": _convergence,
}  # fmt: skip
