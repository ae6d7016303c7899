"""Pictures of a fit by ArviZ: traces and ranks of the sampler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.special import ndtr

from xinzhi.content.content import Content
from xinzhi.futures.priors import quantile
from xinzhi.show.fonts import FAMILY, house_style
from xinzhi.show.numbers import plain
from xinzhi.show.panel_pages import (
    ACROSS,
    COLOURS,
    DOWN,
    FAINT,
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
from xinzhi.studies.fit.fit import Fitting
from xinzhi.studies.fit.sampler import CHUNK, THIN

INSIDE = 0.99  # the share of the charts of sound runs, whose curves stay within their bands
_RANKED = 640  # draws of a run at most: ArviZ's bands take seconds for more
_APART = CHUNK // THIN  # kept draws between two that are all but independent


def fit_charts(content: Content, fitting: Fitting, lang: str) -> dict[str, Callable[[], Figure]]:
    """Traces, then ranks, at most twelve constants a page, by the stem of their file."""
    size = ACROSS * DOWN
    groups = [range(at, min(at + size, len(fitting.constants))) for at in range(0, len(fitting.constants), size)]
    pages = [(group, (number, len(groups))) for number, group in enumerate(groups, 1)]
    return {
        f"{kind}-{page[0]}-{lang}": partial(draw, content, fitting, group, page, lang)
        for kind, draw in (("trace", _trace_page), ("rank", _rank_page))
        for group, page in pages
    }


def _spaced(draws: FloatArray) -> FloatArray:
    """Draws of one unknown, shape (runs, draws, walkers), as nearly independent ones, shape (runs, draws)."""
    apart = draws[:, ::-_APART].reshape(len(draws), -1)
    return np.asarray(apart[:, :: -(-apart.shape[1] // _RANKED)])


def _trace_page(
    content: Content, fitting: Fitting, group: Sequence[int], page: tuple[int, int], lang: str
) -> Figure:  # fmt: skip
    """One walker of every run, in the constants' units."""
    assert content.fit is not None
    constants = [fitting.constants[index] for index in group]
    values = [
        quantile(content.fit.parameters[fitting.constants[index].name].prior, ndtr(fitting.chains[:, :, 0, index]))
        for index in group
    ]
    title = t("Traces of the fitted constants ({page} of {pages})", lang, page=page[0], pages=page[1])
    note = t(
        "One walker of each of {runs} independent runs, every {thin}th step after a burn-in of {burn}. Sound runs "
        "overlap everywhere and have no trend.",
        lang, runs=fitting.effort.runs, thin=THIN, burn=fitting.effort.burn,
    )  # fmt: skip
    steps = fitting.effort.burn + THIN * (1 + np.arange(values[0].shape[1]))
    with house_style():
        figure, panels = empty_page(title, note, len(values))
        data = xr.Dataset(
            {panel_key(index): (("chain", "draw"), one) for index, one in enumerate(values)}, {"draw": steps}
        )  # fmt: skip
        arviz_plots().plot_trace(
            xr.DataTree.from_dict({"posterior": data}),
            plot_collection=panel_collection(data, figure, panels, "chain"),
            visuals={"trace": {"width": 0.6, "alpha": 0.8}, "title": False, "xlabel": False, "ticklabels": False},
        )
        finish_panels(panels, [constant_lines(content, it.name, lang) for it in constants])
        for axes in panels[-ACROSS:]:
            axes.set_xlabel(t("Step", lang), size=TICK, color=FAINT, family=FAMILY)
        _name_runs(figure, fitting.effort.runs, lang)
    return figure


def _rank_page(
    content: Content, fitting: Fitting, group: Sequence[int], page: tuple[int, int], lang: str
) -> Figure:  # fmt: skip
    """How the ranks of every run's draws depart from uniform, with what the diagnostics say."""
    constants = [fitting.constants[index] for index in group]
    values = [_spaced(fitting.chains[..., index]) for index in group]
    title = t("Ranks of the fitted constants ({page} of {pages})", lang, page=page[0], pages=page[1])
    note = t(
        "A curve a run: how the ranks of its draws among those of all runs depart from uniform (difference of the "
        "cumulative distributions). All runs of a sound fit stay within the grey band in {share} of charts or more.",
        lang, share=plain(100 * INSIDE, 0) + "%",
    )  # fmt: skip
    with house_style():
        figure, panels = empty_page(title, note, len(values))
        data = xr.Dataset({panel_key(index): (("chain", "draw"), one) for index, one in enumerate(values)})
        arviz_plots().plot_rank(
            xr.DataTree.from_dict({"posterior": data}),
            plot_collection=panel_collection(data, figure, panels, "chain"), ci_prob=1 - (1 - INSIDE) / len(values[0]),
            stats={"ecdf_pit": {"n_chains": 1, "n_simulations": 4000}},  # its band for several takes minutes a page
            visuals={"ecdf_lines": {"width": 0.9}, "title": False, "xlabel": False, "remove_axis": False},
        )  # fmt: skip
        finish_panels(panels, [constant_lines(content, it.name, lang) for it in constants])
        for axes in panels[-ACROSS:]:
            axes.set_xlabel(t("Rank among all runs", lang), size=TICK, color=FAINT, family=FAMILY)
        for axes, it in zip(panels, constants, strict=True):
            said = f"R-hat {plain(it.diagnostics.rhat, 4)}  ESS {it.diagnostics.bulk:.0f} / {it.diagnostics.tail:.0f}"
            axes.text(0.03, 0.05, said, size=TICK - 1, color=FAINT, family=FAMILY, transform=axes.transAxes)
        _name_runs(figure, len(values[0]), lang)
    return figure


def _name_runs(figure: Figure, runs: int, lang: str) -> None:
    """The colours of the runs, at the top right."""
    lines = [Line2D([], [], color=COLOURS[number % len(COLOURS)]) for number in range(runs)]
    names = [t("Run {number}", lang, number=number + 1) for number in range(runs)]
    look = {"family": FAMILY, "size": TICK}
    figure.legend(lines, names, loc="upper right", ncols=min(runs, 8), prop=look, labelcolor=FAINT, frameon=False)
