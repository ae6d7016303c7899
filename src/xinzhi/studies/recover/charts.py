"""The ranks of truths that were made up, drawn by ArviZ: all in one picture, and a panel each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from xinzhi.content.content import Content
from xinzhi.show.fonts import FAMILY, house_style
from xinzhi.show.panel_pages import (
    ACROSS,
    COLOURS,
    DOWN,
    FAINT,
    NAME,
    TICK,
    arviz_plots,
    constant_lines,
    empty_page,
    finish_panels,
    panel_collection,
    panel_key,
)
from xinzhi.show.words import t
from xinzhi.simulate import FloatArray
from xinzhi.studies.recover.recovery import DRAWS, LIKELIHOOD, Recovery
from xinzhi.studies.recover.words import overview_stem


def recovery_charts(content: Content, recovery: Recovery, lang: str) -> dict[str, Callable[[], Figure]]:
    """The ranks of the truths, all in one picture, then a panel each, at most twelve a page; by their file's stem."""
    names = [_lines(content, name, lang) for name in (*recovery.names, LIKELIHOOD)]
    places = _places(recovery)
    charts: dict[str, Callable[[], Figure]] = {overview_stem(lang): partial(_overview, places, lang)}
    size = ACROSS * DOWN
    pages = -(-len(names) // size)
    for number in range(pages):
        part = slice(number * size, (number + 1) * size)
        charts[f"recovery-{number + 1}-{lang}"] = partial(
            _recovery_page, names[part], places[part], len(names), (number + 1, pages), lang
        )
    return charts


def _lines(content: Content, name: str, lang: str) -> tuple[str, ...]:
    return (t("log likelihood", lang),) if name == LIKELIHOOD else constant_lines(content, name, lang)


def _places(recovery: Recovery) -> FloatArray:
    """Where each truth lies among its draws, 0..1, shape (constants + 1, trials); within a rank it is drawn."""
    within = np.random.default_rng(0).uniform(size=recovery.ranks.shape)
    return np.asarray(((recovery.ranks + within) / (DRAWS + 1)).T)


def _overview(places: FloatArray, lang: str) -> Figure:
    title = t("Simulation-based calibration: ranks of {trials} truths that were made up", lang, trials=places.shape[1])
    note = _band_note(len(places), lang)
    with house_style():
        figure, panels = empty_page(title, note, 1, across=1, size=(7.5, 3.6), above=0.1)
        data = xr.Dataset({panel_key(0): (("constant", "sample"), places)})
        collection = panel_collection(data, figure, panels, "constant", ["#0072B2"])
        _draw_places(data, collection, len(places), {"alpha": 0.45, "width": 0.8})
        finish_panels(panels, [()])
        panels[0].set_xlabel(t("Place of the truth among the draws", lang), size=NAME, color=FAINT, family=FAMILY)
    return figure


def _recovery_page(
    names: Sequence[Sequence[str]], places: FloatArray, count: int, page: tuple[int, int], lang: str
) -> Figure:
    title = t("Simulation-based calibration, each constant ({page} of {pages})", lang, page=page[0], pages=page[1])
    with house_style():
        figure, panels = empty_page(title, _band_note(count, lang), len(places))
        data = xr.Dataset({panel_key(index): (("sample",), one) for index, one in enumerate(places)})
        _draw_places(data, panel_collection(data, figure, panels, None), count, {"color": COLOURS[0], "width": 1.1})
        finish_panels(panels, names)
        for axes in panels[-ACROSS:]:
            axes.set_xlabel(t("Place of the truth among the draws", lang), size=TICK, color=FAINT, family=FAMILY)
    return figure


def _band_note(count: int, lang: str) -> str:
    return t(
        "How the places of the truths among the posterior draws depart from uniform (difference of the cumulative "
        "distributions). Where all is well, all {count} curves stay within the grey band 95 times in 100.",
        lang, count=count,
    )  # fmt: skip


def _draw_places(data: xr.Dataset, collection: Any, count: int, line: Mapping[str, Any]) -> None:
    arviz_plots().plot_ecdf_pit(
        xr.DataTree.from_dict({"prior_sbc": data}), sample_dims=["sample"], plot_collection=collection,
        aes_by_visuals={"ecdf_lines": collection.aes_set}, ci_prob=1 - 0.05 / count,
        stats={"ecdf_pit": {"n_simulations": 20_000}},
        visuals={"ecdf_lines": dict(line), "title": False, "xlabel": False, "ylabel": False, "remove_axis": False},
    )  # fmt: skip
