"""Pages of small panels that ArviZ draws into, with a title, what is to be seen on them, and the house's look.

ArviZ draws onto figures that are made here, so that pyplot and its windows stay out.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xinzhi.content.content import Content
from xinzhi.quiet import quiet
from xinzhi.show.fonts import FAMILY, shorten, wrap
from xinzhi.show.variables import few_words

ACROSS, DOWN = 3, 4  # panels of a page
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222", "#999999")
NAME, TICK, FAINT = 9.0, 8.0, "#555555"
_WIDTH, _HEIGHT, _HEAD, _LINE, _MARGIN = 3.6, 2.1, 0.5, 0.2, 0.15  # inches
_TITLE, _INK = 13.0, "#222222"


@lru_cache(maxsize=1)
def arviz_plots() -> ModuleType:
    """ArviZ's plots.

    Its version 0.8 takes for granted a module that matplotlib 3.11 no longer brings of itself, and asks for what that
    will take away later; a user of xinzhi can change neither.
    """
    with quiet():
        with suppress(ImportError):
            import_module("matplotlib.style.core")
        import_module("arviz_plots.backend.matplotlib")
        return import_module("arviz_plots")


def panel_collection(
    data: xr.Dataset, figure: Figure, panels: Sequence[Axes], overlay: str | None, colours: Sequence[str] = COLOURS
) -> Any:
    """ArviZ's idea of the figure: a panel a variable, a colour along the dimension ``overlay``."""
    placed = {name: xr.DataArray(np.array(axes, dtype=object)) for name, axes in zip(data, panels, strict=True)}
    tree = xr.DataTree(
        xr.Dataset({"figure": np.array(figure, dtype=object)}), children={"plot": xr.DataTree(xr.Dataset(placed))}
    )
    if overlay is None:
        return arviz_plots().PlotCollection(data, tree, backend="matplotlib")
    aes = {"color": [overlay], "overlay": [overlay]}
    return arviz_plots().PlotCollection(data, tree, backend="matplotlib", aes=aes, color=list(colours))


def empty_page(
    title: str,
    note: str,
    count: int,
    across: int = ACROSS,
    size: tuple[float, float] = (_WIDTH, _HEIGHT),
    above: float = 0.45,
) -> tuple[Figure, list[Axes]]:
    """A page with a title, what is to be seen on it, and so many panels; inches ``above`` each are for its name."""
    down = -(-count // across)
    width = across * size[0] + 2 * _MARGIN
    lines = wrap(note, NAME, width - 2 * _MARGIN)
    head = _HEAD + _LINE * len(lines)
    height = down * size[1] + head + 2 * _MARGIN
    figure = Figure(figsize=(width, height))
    figure.set_label(title)
    figure.text(_MARGIN / width, 1 - 0.3 / height, title, size=_TITLE, color=_INK, family=FAMILY)
    for index, line in enumerate(lines):
        place = 1 - (_HEAD + _LINE * (index + 0.4)) / height
        figure.text(_MARGIN / width, place, line, size=NAME, color=FAINT, family=FAMILY)
    panels = []
    for index in range(count):
        row, column = divmod(index, across)
        left, bottom = _MARGIN + column * size[0] + 0.55, _MARGIN + (down - 1 - row) * size[1] + 0.35
        panels.append(
            figure.add_axes((left / width, bottom / height, (size[0] - 0.7) / width, (size[1] - 0.35 - above) / height))
        )
    return figure, panels


def finish_panels(panels: Sequence[Axes], names: Sequence[Sequence[str]]) -> None:
    """Names above the panels, the house's ticks and lines."""
    for axes, lines in zip(panels, names, strict=True):
        axes.set_title("\n".join(lines), size=NAME, color=_INK, family=FAMILY, loc="left", pad=4)
        axes.tick_params(labelsize=TICK, labelfontfamily=FAMILY, labelcolor=FAINT, color="#BBBBBB", length=3)
        axes.locator_params(axis="y", nbins=5)
        axes.yaxis.get_offset_text().set(size=TICK, family=FAMILY, color=FAINT)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color("#BBBBBB")


def constant_lines(content: Content, name: str, lang: str) -> tuple[str, ...]:
    """A constant's name, in Chinese what it is above it."""
    width = _WIDTH - 0.7
    if lang == "en":
        return (shorten(name, NAME, width),)
    return shorten(few_words(content.model.variables[name], None, lang), NAME, width), shorten(name, NAME, width)


def panel_key(index: int) -> str:
    """A panel's variable for ArviZ, in which a model's name could be taken for a path."""
    return f"x{index}"
