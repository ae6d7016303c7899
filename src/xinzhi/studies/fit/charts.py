"""Pictures of a fit by ArviZ: traces and ranks of the sampler, and the ranks of truths that were made up.

ArviZ draws onto figures that are made here, so that pyplot and its windows stay out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.special import ndtr

from xinzhi.content.content import Content
from xinzhi.futures.priors import quantile
from xinzhi.quiet import quiet
from xinzhi.show.fonts import FAMILY, house_style, shorten, wrap
from xinzhi.show.numbers import plain
from xinzhi.show.variables import few_words
from xinzhi.show.words import t
from xinzhi.simulate import FloatArray
from xinzhi.studies.fit.fit import FittedConstant, Fitting
from xinzhi.studies.fit.sampler import CHUNK, THIN
from xinzhi.studies.recover.recovery import DRAWS, LIKELIHOOD, Recovery

ACROSS, DOWN = 3, 4  # panels of a page
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222", "#999999")
INSIDE = 0.99  # the share of the charts of sound runs, whose curves stay within their bands
_WIDTH, _HEIGHT, _HEAD, _LINE, _MARGIN = 3.6, 2.1, 0.5, 0.2, 0.15  # inches
_NAME, _TITLE, _TICK, _INK, _FAINT = 9.0, 13.0, 8.0, "#222222", "#555555"
_RANKED = 640  # draws of a run at most: ArviZ's bands take seconds for more
_APART = CHUNK // THIN  # kept draws between two that are all but independent


Page = tuple[str, Figure]  # the name of its file, and a page of panels


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


def fit_pages(content: Content, fitting: Fitting, lang: str) -> Iterator[Page]:
    """Traces, then ranks, at most twelve constants a page."""
    assert content.fit is not None
    priors = [content.fit.parameters[it.name].prior for it in fitting.constants]
    found = list(zip(fitting.constants, priors, fitting.chains.transpose(3, 0, 1, 2), strict=True))
    groups = [found[at : at + ACROSS * DOWN] for at in range(0, len(found), ACROSS * DOWN)]
    for number, group in enumerate(groups, 1):
        values = [quantile(prior, ndtr(draws[:, :, 0])) for _, prior, draws in group]
        names = [_words(content, it.name, lang) for it, _, _ in group]
        yield f"trace-{number}-{lang}.png", (_trace_page(names, values, fitting, (number, len(groups)), lang))
    for number, group in enumerate(groups, 1):
        values = [_spaced(draws) for _, _, draws in group]
        names = [_words(content, it.name, lang) for it, _, _ in group]
        known = [it for it, _, _ in group]
        yield f"rank-{number}-{lang}.png", (_rank_page(names, values, known, (number, len(groups)), lang))


def _spaced(draws: FloatArray) -> FloatArray:
    """Draws of one unknown, shape (runs, draws, walkers), as nearly independent ones, shape (runs, draws)."""
    apart = draws[:, ::-_APART].reshape(len(draws), -1)
    return np.asarray(apart[:, :: -(-apart.shape[1] // _RANKED)])


def _trace_page(
    names: Sequence[Sequence[str]], values: Sequence[FloatArray], fitting: Fitting, page: tuple[int, int], lang: str
) -> Figure:
    title = t("Traces of the fitted constants ({page} of {pages})", lang, page=page[0], pages=page[1])
    note = t(
        "One walker of each of {runs} independent runs, every {thin}th step after a burn-in of {burn}. Sound runs "
        "overlap everywhere and have no trend.",
        lang, runs=fitting.effort.runs, thin=THIN, burn=fitting.effort.burn,
    )  # fmt: skip
    steps = fitting.effort.burn + THIN * (1 + np.arange(values[0].shape[1]))
    with house_style():
        figure, panels = _empty(title, note, len(values))
        data = xr.Dataset(
            {_key(index): (("chain", "draw"), one) for index, one in enumerate(values)}, {"draw": steps}
        )  # fmt: skip
        arviz_plots().plot_trace(
            xr.DataTree.from_dict({"posterior": data}),
            plot_collection=_collection(data, figure, panels, "chain"),
            visuals={"trace": {"width": 0.6, "alpha": 0.8}, "title": False, "xlabel": False, "ticklabels": False},
        )
        _finish(panels, names)
        for axes in panels[-ACROSS:]:
            axes.set_xlabel(t("Step", lang), size=_TICK, color=_FAINT, family=FAMILY)
        _name_runs(figure, fitting.effort.runs, lang)
    return figure


def _rank_page(
    names: Sequence[Sequence[str]], values: Sequence[FloatArray], known: Sequence[FittedConstant],
    page: tuple[int, int], lang: str,
) -> Figure:  # fmt: skip
    title = t("Ranks of the fitted constants ({page} of {pages})", lang, page=page[0], pages=page[1])
    note = t(
        "A curve a run: how the ranks of its draws among those of all runs depart from uniform (difference of the "
        "cumulative distributions). All runs of a sound fit stay within the grey band in {share} of charts or more.",
        lang, share=plain(100 * INSIDE, 0) + "%",
    )  # fmt: skip
    with house_style():
        figure, panels = _empty(title, note, len(values))
        data = xr.Dataset({_key(index): (("chain", "draw"), one) for index, one in enumerate(values)})
        arviz_plots().plot_rank(
            xr.DataTree.from_dict({"posterior": data}),
            plot_collection=_collection(data, figure, panels, "chain"), ci_prob=1 - (1 - INSIDE) / len(values[0]),
            stats={"ecdf_pit": {"n_chains": 1, "n_simulations": 4000}},  # its band for several takes minutes a page
            visuals={"ecdf_lines": {"width": 0.9}, "title": False, "xlabel": False, "remove_axis": False},
        )  # fmt: skip
        _finish(panels, names)
        for axes in panels[-ACROSS:]:
            axes.set_xlabel(t("Rank among all runs", lang), size=_TICK, color=_FAINT, family=FAMILY)
        for axes, it in zip(panels, known, strict=True):
            said = f"R-hat {plain(it.diagnostics.rhat, 4)}  ESS {it.diagnostics.bulk:.0f} / {it.diagnostics.tail:.0f}"
            axes.text(0.03, 0.05, said, size=_TICK - 1, color=_FAINT, family=FAMILY, transform=axes.transAxes)
        _name_runs(figure, len(values[0]), lang)
    return figure


def _name_runs(figure: Figure, runs: int, lang: str) -> None:
    """The colours of the runs, at the top right."""
    lines = [Line2D([], [], color=COLOURS[number % len(COLOURS)]) for number in range(runs)]
    names = [t("Run {number}", lang, number=number + 1) for number in range(runs)]
    look = {"family": FAMILY, "size": _TICK}
    figure.legend(lines, names, loc="upper right", ncols=min(runs, 8), prop=look, labelcolor=_FAINT, frameon=False)


def recovery_pages(content: Content, recovery: Recovery, lang: str) -> Iterator[Page]:
    """The ranks of the truths: all in one picture, then a panel each, at most twelve a page."""
    names = [_words(content, name, lang) for name in (*recovery.names, LIKELIHOOD)]
    places = _places(recovery)
    yield overview_name(lang), _overview(places, lang)
    size = ACROSS * DOWN
    pages = -(-len(names) // size)
    for number in range(pages):
        part = slice(number * size, (number + 1) * size)
        figure = _recovery_page(names[part], places[part], len(names), (number + 1, pages), lang)
        yield f"recovery-{number + 1}-{lang}.png", figure


def overview_name(lang: str) -> str:
    """The file of the first page of `recovery_pages`."""
    return f"recovery-{lang}.png"


def _places(recovery: Recovery) -> FloatArray:
    """Where each truth lies among its draws, 0..1, shape (constants + 1, trials); within a rank it is drawn."""
    within = np.random.default_rng(0).uniform(size=recovery.ranks.shape)
    return np.asarray(((recovery.ranks + within) / (DRAWS + 1)).T)


def _overview(places: FloatArray, lang: str) -> Figure:
    title = t("Simulation-based calibration: ranks of {trials} truths that were made up", lang, trials=places.shape[1])
    note = _band_note(len(places), lang)
    with house_style():
        figure, panels = _empty(title, note, 1, across=1, size=(7.5, 3.6), above=0.1)
        data = xr.Dataset({_key(0): (("constant", "sample"), places)})
        collection = _collection(data, figure, panels, "constant", ["#0072B2"])
        _draw_places(data, collection, len(places), {"alpha": 0.45, "width": 0.8})
        _finish(panels, [()])
        panels[0].set_xlabel(t("Place of the truth among the draws", lang), size=_NAME, color=_FAINT, family=FAMILY)
    return figure


def _recovery_page(
    names: Sequence[Sequence[str]], places: FloatArray, count: int, page: tuple[int, int], lang: str
) -> Figure:
    title = t("Simulation-based calibration, each constant ({page} of {pages})", lang, page=page[0], pages=page[1])
    with house_style():
        figure, panels = _empty(title, _band_note(count, lang), len(places))
        data = xr.Dataset({_key(index): (("sample",), one) for index, one in enumerate(places)})
        _draw_places(data, _collection(data, figure, panels, None), count, {"color": COLOURS[0], "width": 1.1})
        _finish(panels, names)
        for axes in panels[-ACROSS:]:
            axes.set_xlabel(t("Place of the truth among the draws", lang), size=_TICK, color=_FAINT, family=FAMILY)
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


def _collection(
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


def _empty(
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
    lines = wrap(note, _NAME, width - 2 * _MARGIN)
    head = _HEAD + _LINE * len(lines)
    height = down * size[1] + head + 2 * _MARGIN
    figure = Figure(figsize=(width, height))
    figure.set_label(title)
    figure.text(_MARGIN / width, 1 - 0.3 / height, title, size=_TITLE, color=_INK, family=FAMILY)
    for index, line in enumerate(lines):
        place = 1 - (_HEAD + _LINE * (index + 0.4)) / height
        figure.text(_MARGIN / width, place, line, size=_NAME, color=_FAINT, family=FAMILY)
    panels = []
    for index in range(count):
        row, column = divmod(index, across)
        left, bottom = _MARGIN + column * size[0] + 0.55, _MARGIN + (down - 1 - row) * size[1] + 0.35
        panels.append(
            figure.add_axes((left / width, bottom / height, (size[0] - 0.7) / width, (size[1] - 0.35 - above) / height))
        )
    return figure, panels


def _finish(panels: Sequence[Axes], names: Sequence[Sequence[str]]) -> None:
    """Names above the panels, the house's ticks and lines."""
    for axes, lines in zip(panels, names, strict=True):
        axes.set_title("\n".join(lines), size=_NAME, color=_INK, family=FAMILY, loc="left", pad=4)
        axes.tick_params(labelsize=_TICK, labelfontfamily=FAMILY, labelcolor=_FAINT, color="#BBBBBB", length=3)
        axes.locator_params(axis="y", nbins=5)
        axes.yaxis.get_offset_text().set(size=_TICK, family=FAMILY, color=_FAINT)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color("#BBBBBB")


def _words(content: Content, name: str, lang: str) -> tuple[str, ...]:
    """A constant's name, in Chinese what it is above it."""
    width = _WIDTH - 0.7
    if name == LIKELIHOOD:
        return (t("log likelihood", lang),)
    if lang == "en":
        return (shorten(name, _NAME, width),)
    return shorten(few_words(content.model.variables[name], None, lang), _NAME, width), shorten(name, _NAME, width)


def _key(index: int) -> str:
    """A panel's variable for ArviZ, in which a model's name could be taken for a path."""
    return f"x{index}"
