"""Robustness as a picture: a panel a target, a row a scenario with its mean and the middle four fifths of futures."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from xinzhi.content.content import Content
from xinzhi.show import numbers
from xinzhi.show.fonts import FAMILY, house_style, shorten, text_width
from xinzhi.show.numbers import likelihood
from xinzhi.show.words import t
from xinzhi.studies.robustness.robustness import Robustness

_INK, _FAINT, _DOT, _TARGET = "#222222", "#666666", "#0072B2", "#D55E00"
_PLOT, _ROW, _ABOVE, _BELOW, _KEYS, _TITLE_HEIGHT = 5.2, 0.26, 0.32, 0.36, 0.4, 0.45  # inches
_TITLE, _LABEL, _WIDEST = 11.0, 8.5, 2.4


def draw_robustness(content: Content, robustness: Robustness, lang: str) -> Figure:
    """A panel a target: each scenario's mean (dot), 10 to 90 % (line), odds (right), the threshold (dashed)."""
    with house_style():
        names = [shorten(run.name[lang], _LABEL, _WIDEST) for run in robustness.runs]
        left = max(text_width(name, _LABEL) for name in names) + 0.3
        width = left + _PLOT + 0.8
        tall = len(names) * _ROW
        height = _TITLE_HEIGHT + len(robustness.targets) * (_ABOVE + tall + _BELOW) + _KEYS
        figure = Figure(figsize=(width, height))
        title = t("Scenarios over the same futures", lang)
        figure.set_label(title)
        figure.text(0.1 / width, 1 - 0.3 / height, title, size=_TITLE, color=_INK, family=FAMILY)
        for place in range(len(robustness.targets)):
            top = height - _TITLE_HEIGHT - place * (_ABOVE + tall + _BELOW) - _ABOVE
            axes = figure.add_axes((left / width, (top - tall) / height, _PLOT / width, tall / height))
            _panel(axes, content, robustness, place, names, lang)
        _keys(figure, left / width, 0.04 / height, lang)
    return figure


def _panel(axes: Axes, content: Content, robustness: Robustness, place: int, names: list[str], lang: str) -> None:
    target, measures, figures = robustness.targets[place], robustness.measures[place], robustness.figures[place]
    factor, unit = numbers.axis(target.unit, lang, content.units, float(np.abs(figures).max()))
    for row, (measure, values) in enumerate(zip(measures, figures, strict=True)):
        low, high = factor * np.quantile(values, [0.1, 0.9])
        axes.plot([low, high], [row, row], color=_DOT, lw=2.2, alpha=0.5, solid_capstyle="butt")
        axes.plot(factor * measure.mean, row, color=_DOT, marker="o", ms=5, ls="")
        axes.text(1.02, row, likelihood(measure.odds), transform=axes.get_yaxis_transform(), size=_LABEL, color=_INK,
                  family=FAMILY, va="center")  # fmt: skip
    axes.axvline(factor * target.threshold, color=_TARGET, lw=1.2, ls=(0, (4, 2)))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_yticks(range(len(names)), names)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: numbers.exact(round(value, 6))))
    said = f"{target.name[lang]}（{unit}）" if lang == "zh" else f"{target.name[lang]} ({unit})"
    axes.set_title(shorten(said, 9.5, _PLOT + 0.6), size=9.5, color=_INK, family=FAMILY, loc="left", pad=4)
    axes.tick_params(labelsize=_LABEL, labelfontfamily=FAMILY, colors=_FAINT, length=2.5)
    axes.tick_params(axis="y", length=0, labelcolor=_INK)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _keys(figure: Figure, left: float, bottom: float, lang: str) -> None:
    handles = [
        Line2D([], [], color=_DOT, marker="o", ms=5, ls="", label=t("Mean", lang)),
        Line2D([], [], color=_DOT, lw=2.2, alpha=0.5, label=t("10% to 90%", lang)),
        Line2D([], [], color=_TARGET, lw=1.2, ls=(0, (4, 2)), label=t("Threshold", lang)),
        Line2D([], [], ls="", label=t("Right: odds", lang)),
    ]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(left, bottom), ncols=4, frameon=False,
                  prop={"family": FAMILY, "size": _LABEL})  # fmt: skip
