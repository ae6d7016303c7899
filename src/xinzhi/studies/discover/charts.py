"""Scenario discovery as a picture: the peeling trajectory, and the first box among the futures."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from xinzhi.content.content import Content
from xinzhi.show import numbers
from xinzhi.show.constants import scale
from xinzhi.show.fonts import FAMILY, house_style, wrap
from xinzhi.show.words import t
from xinzhi.simulate import FloatArray
from xinzhi.studies.discover.discovery import Box, Discovery, Input
from xinzhi.studies.discover.words import discovery_sentences, input_words

_INK, _FAINT, _INTEREST, _OTHER = "#222222", "#666666", "#D55E00", "#56B4E9"
_SHADES = (
    "#BBBBBB",
    "#009E73",
    "#0072B2",
    "#CC79A7",
    "#E69F00",
)  # by restricted inputs, the last for more
_WIDTH, _HEIGHT, _PANEL, _LINE = 9.6, 4.4, 3.55, 0.18  # inches
_TITLE, _LABEL = 11.0, 8.5
DOTS = 1500  # of each outcome, at most: more hide each other


def draw_discovery(content: Content, discovery: Discovery, lang: str) -> Figure:
    """Left the trajectory, coverage against density; right the first box's two most telling inputs, dots the futures.

    Where no box was found, the right side shows the two most telling inputs without one.
    """
    with house_style():
        note = [
            line for said in discovery_sentences(content, discovery, lang)[: 1 + len(discovery.boxes)]
            for line in wrap(said, _LABEL, _WIDTH - 0.5)
        ]  # fmt: skip
        height = _HEIGHT + _LINE * len(note)
        figure = Figure(figsize=(_WIDTH, height))
        title = (
            t("What the futures that meet {target} have in common", lang, target=discovery.target.name[lang])
            if discovery.met
            else t("What the futures that miss {target} have in common", lang, target=discovery.target.name[lang])
        )
        figure.set_label(title)
        figure.text(0.02, 1 - 0.28 / height, title, size=_TITLE, color=_INK, family=FAMILY)
        bottom, tall = (0.8 + _LINE * len(note)) / height, (_HEIGHT - 1.8) / height
        _trajectory(figure.add_axes((0.75 / _WIDTH, bottom, _PANEL / _WIDTH, tall)), discovery, lang)
        _futures(figure.add_axes((5.55 / _WIDTH, bottom, _PANEL / _WIDTH, tall)), content, discovery, lang)
        figure.text(0.02, 0.12 / height, "\n".join(note), size=_LABEL, color=_FAINT, family=FAMILY, linespacing=1.35)
    return figure


def _trajectory(axes: Axes, discovery: Discovery, lang: str) -> None:
    steps = discovery.trajectories[0] if discovery.trajectories else ()
    for count in range(len(_SHADES)):
        last = count == len(_SHADES) - 1
        mine = [it for it in steps if len(it.restricted) == count or (last and len(it.restricted) > count)]
        if mine:
            axes.plot([it.coverage for it in mine], [it.density for it in mine], ls="", marker="o", ms=3.5,
                      color=_SHADES[count], label=f"{count}+" if last else str(count))  # fmt: skip
    if discovery.boxes:
        box = discovery.boxes[0]
        axes.plot(box.coverage, box.density, ls="", marker="o", ms=10, mfc="none", color=_INK,
                  label=t("the box", lang))  # fmt: skip
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    _furnish(axes, t("Coverage", lang), t("Density", lang), t("Peeling trajectory, by restricted inputs", lang))


def _futures(axes: Axes, content: Content, discovery: Discovery, lang: str) -> None:
    across, up = _pair(discovery)
    rng = np.random.default_rng(0)
    scaled = [_axis(content, it, discovery.x[:, discovery.inputs.index(it)], lang) for it in (across, up)]
    names = (
        (~discovery.of_interest, _OTHER, t("misses it", lang) if discovery.met else t("meets it", lang)),
        (discovery.of_interest, _INTEREST, t("meets it", lang) if discovery.met else t("misses it", lang)),
    )
    for which, colour, label in names:
        rows = np.flatnonzero(which)
        rows = rng.choice(rows, DOTS, replace=False) if len(rows) > DOTS else rows
        x, y = (factor * discovery.x[rows, discovery.inputs.index(it)] for it, (factor, _) in
                zip((across, up), scaled, strict=True))  # fmt: skip
        axes.plot(x, y, ls="", marker="o", ms=2.4, mew=0, alpha=0.55, color=colour, label=label)
    if discovery.boxes:
        _draw_box(axes, discovery.boxes[0], (across, up), (scaled[0][0], scaled[1][0]))
    _furnish(axes, scaled[0][1], scaled[1][1], t("The first box among the futures", lang) if discovery.boxes else "")


def _pair(discovery: Discovery) -> tuple[Input, Input]:
    first = [it.input for it in discovery.boxes[0].limits] if discovery.boxes else []
    others = [it for it in discovery.inputs if it not in first]
    across, up = (*first, *others)[:2]
    return across, up


def _axis(content: Content, input_: Input, values: FloatArray, lang: str) -> tuple[float, str]:
    """Factor and wrapped label of an input's axis."""
    if input_.of_base_year:
        largest = float(values.max())
        factor, unit = numbers.axis(content.indicators[input_.name].unit, lang, content.units, largest)
    else:
        factor, unit = scale(content.model.variables[input_.name].unit, lang, content.units)
    words = input_words(content, input_, lang)
    said = words if not unit else (f"{words}（{unit}）" if lang == "zh" else f"{words} ({unit})")
    return factor, "\n".join(wrap(said, _LABEL, _PANEL - 0.5))


def _draw_box(axes: Axes, box: Box, inputs: tuple[Input, Input], factors: tuple[float, float]) -> None:
    """The box's side on two inputs; where an end is open the side runs to the edge of the picture."""
    sides = []
    for it, factor, edge in zip(inputs, factors, (axes.get_xlim(), axes.get_ylim()), strict=True):
        limit = next((one for one in box.limits if one.input == it), None)
        low = edge[0] if limit is None or limit.low is None else limit.low * factor
        high = edge[1] if limit is None or limit.high is None else limit.high * factor
        sides.append((low, high))
    (left, right), (low, high) = sides
    axes.add_patch(Rectangle((left, low), right - left, high - low, fill=False, ec=_INK, lw=1.6, zorder=5))


def _furnish(axes: Axes, across: str, up: str, title: str) -> None:
    axes.set_xlabel(across, size=_LABEL, color=_INK, family=FAMILY)
    axes.set_ylabel(up, size=_LABEL, color=_INK, family=FAMILY)
    axes.set_title(title, size=9.5, color=_INK, family=FAMILY, loc="left", pad=22)
    axes.tick_params(labelsize=_LABEL, labelfontfamily=FAMILY, colors=_FAINT, length=2.5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=6, frameon=False, handletextpad=0.1, columnspacing=0.8,
        borderpad=0.1, prop={"family": FAMILY, "size": _LABEL},
    )  # fmt: skip
