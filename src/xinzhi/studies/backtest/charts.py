"""Back-tests as a picture: fans of what was forecast against the dots of what came, a panel a series."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from xinzhi.content.backtest_file import LEVELS, MODEL
from xinzhi.content.content import Content
from xinzhi.show import numbers
from xinzhi.show.fonts import FAMILY, house_style, shorten
from xinzhi.show.words import N_, t
from xinzhi.studies.backtest.backtest import Backtest, Prediction
from xinzhi.studies.backtest.rivals import RANDOM_WALK

_INK, _FAINT, _FAN, _RIVAL = "#222222", "#666666", "#0072B2", "#D55E00"
_SHADES = dict(zip(LEVELS, (0.45, 0.28, 0.14), strict=True))
_WIDTH, _HEIGHT, _COLUMNS, _STRIP = 2.9, 2.2, 4, 0.95  # inches
_TITLE, _LABEL = 9.5, 8.0
FIRST = 2015  # year of the oldest dot
KNOWN = N_("known or given")
CAME = N_("came afterwards")
MEDIAN = N_("the model's median and 50, 80, 95% intervals")
WALK = N_("random walk with drift")


def backtest_charts(content: Content, tests: Sequence[Backtest], lang: str) -> dict[str, Callable[[], Figure]]:
    """``backtest-YEAR``, once an origin, of the first test that has it."""
    of_origin: dict[int, Backtest] = {}
    for test in tests:
        for origin in test.result.origins:
            of_origin.setdefault(origin, test)
    return {
        f"backtest-{origin}": partial(draw_backtest, content, test, origin, lang) for origin, test in of_origin.items()
    }


def draw_backtest(content: Content, test: Backtest, origin: int, lang: str) -> Figure:
    """The forecasts from one origin: fans of 50, 80 and 95 %, the random walk's middle, the figures; in their units."""
    mine = [it for it in test.predictions if it.origin == origin and it.method == MODEL]
    names = list(dict.fromkeys(it.indicator for it in mine))
    columns = min(_COLUMNS, len(names))
    rows = math.ceil(len(names) / columns)
    width, height = columns * _WIDTH, rows * _HEIGHT + _STRIP
    with house_style():
        figure = Figure(figsize=(width, height))
        title = t("Forecasts from {origin} against what came", lang, origin=origin)
        figure.set_label(title)
        for place, name in enumerate(names):
            row, column = divmod(place, columns)
            left, top = column * _WIDTH + 0.62, height - 0.5 - row * _HEIGHT
            axes = figure.add_axes((
                left / width, (top - _HEIGHT + 0.58) / height, (_WIDTH - 0.8) / width, (_HEIGHT - 0.88) / height,
            ))  # fmt: skip
            walk = [
                it for it in test.predictions if (it.origin, it.method, it.indicator) == (origin, RANDOM_WALK, name)
            ]
            _panel(axes, content, [it for it in mine if it.indicator == name], walk, lang)
        figure.text(0.15 / width, 1 - 0.27 / height, title, size=12, color=_INK, family=FAMILY)
        _keys(figure, width, height, lang)
    return figure


def _panel(axes: Axes, content: Content, mine: Sequence[Prediction], walk: Sequence[Prediction], lang: str) -> None:
    indicator, first = content.indicators[mine[0].indicator], mine[0].year - mine[0].ahead
    known = [it for it in content.history.series[indicator.id].observations if FIRST <= it.time <= first]
    came = [math.exp(it.actual) for it in mine]
    largest = max(*came, *(it.value for it in known))
    factor, unit = numbers.axis(indicator.unit, lang, content.units, largest)

    def forecast(values: Sequence[float]) -> list[float]:
        return [factor * math.exp(value) for value in (mine[0].last, *values)]

    years = [first, *(it.year for it in mine)]
    for level in reversed(LEVELS):
        ends = [np.quantile(it.draws, [(1 - level) / 2, (1 + level) / 2]) for it in mine]
        low, high = (forecast([pair[side] for pair in ends]) for side in (0, 1))
        axes.fill_between(years, low, high, color=_FAN, alpha=_SHADES[level], lw=0)
    middle = forecast([it.middle for it in mine])
    axes.plot(years, middle, color=_FAN, lw=1.6)
    if walk:
        axes.plot(years, forecast([it.middle for it in walk]), color=_RIVAL, lw=1.2, ls=(0, (4, 2)))
    seen = [factor * it.value for it in known]
    axes.plot([it.time for it in known], seen, color=_INK, marker="o", ms=3, ls="")
    axes.plot(years[1:], [factor * value for value in came], color=_INK, marker="o", mfc="white", ms=4, ls="")
    everything = [*seen, *middle, *(factor * value for value in came)]
    axes.set_ylim(min(everything) * 0.8, max(everything) * 1.25)
    _furnish(axes, shorten(indicator.name[lang], _TITLE, _WIDTH - 0.35), unit)


def _furnish(axes: Axes, title: str, unit: str) -> None:
    axes.set_title(title, size=_TITLE, color=_INK, family=FAMILY, loc="left", pad=16, x=-0.12)
    axes.text(-0.12, 1.05, unit, transform=axes.transAxes, size=_LABEL, color=_FAINT, family=FAMILY, va="bottom")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: numbers.exact(round(value, 6))))
    axes.tick_params(labelsize=_LABEL, labelfontfamily=FAMILY, colors=_FAINT, length=2.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _keys(figure: Figure, width: float, height: float, lang: str) -> None:
    """One strip below the panels that says what is what."""
    handles = [
        Line2D([], [], color=_INK, marker="o", ms=3.5, ls="", label=t(KNOWN, lang)),
        Line2D([], [], color=_INK, marker="o", mfc="white", ms=4.5, ls="", label=t(CAME, lang)),
        Patch(color=_FAN, alpha=0.45, lw=0, label=t(MEDIAN, lang)),
        Line2D([], [], color=_RIVAL, lw=1.2, ls=(0, (4, 2)), label=t(WALK, lang)),
    ]
    per_row = 4 if width > 9 else 2
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0.1 / width, 0.05 / height), ncols=per_row, frameon=False,
        prop={"family": FAMILY, "size": _TITLE},
    )  # fmt: skip
