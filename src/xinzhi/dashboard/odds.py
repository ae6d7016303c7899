"""How likely the targets are, how well the past was forecast, what history says of the constants: three expanders."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from xinzhi.content.backtest_file import FILE, KeptBacktests, read_backtests
from xinzhi.content.fitted import inputs_hash, read_fitted
from xinzhi.dashboard.expanders import draw_expanders
from xinzhi.dashboard.markup import draw_html, list_html, table_html
from xinzhi.dashboard.session import View
from xinzhi.dashboard.studies import draw_studies
from xinzhi.errors import Problem
from xinzhi.show.constants import constant_words
from xinzhi.show.words import join, say
from xinzhi.studies.backtest.words import hindcast_sentences, hindcast_table, relative_table
from xinzhi.studies.fit.words import fitted_table

MEMBERS, SEED = 4000, 0
ODDS, HINDCAST, FIT = "odds", "hindcast", "fit"


def draw_odds(view: View) -> None:
    """Three expanders, ``odds``, ``hindcast`` and ``fit``; what a closed one holds is not reckoned."""
    draw_studies(view, "odds")
    parts = {
        HINDCAST: (view.t("How well the past would have been forecast"), _draw_hindcast),
        FIT: (view.t("What history says of the constants, and what it cannot say"), _draw_fit),
    }
    draw_expanders(view, parts)


def _draw_hindcast(view: View) -> None:
    kept = kept_backtests(view.content.folder)
    if kept is None:
        told = view.t("No hindcast was kept: run xinzhi hindcast --write.")
        draw_html(f"<p>{escape(told)}</p>", view.lang)
        return
    body = []
    if kept.inputs != inputs_hash(view.content.folder):
        told = view.t("These are of another model or other data: run xinzhi hindcast --write.")
        body.append(f"<p><strong>{escape(told)}</strong></p>")
    for test in kept.tests:
        title, heads, rows = hindcast_table(view.content, test, view.lang)
        body.append(f"<h4>{escape(title)}</h4>{list_html(hindcast_sentences(view.content, test, view.lang))}")
        if len(test.origins) > 1:
            near, columns, cells = relative_table(view.content, test, view.lang)
            body.append(f"<p>{escape(near)}</p>{table_html(columns, cells, near)}")
        opened = escape(view.t("Every method on every series"))
        body.append(f"<details><summary>{opened}</summary>{table_html(heads, rows, title)}</details>")
    draw_html("".join(body), view.lang)


def _draw_fit(view: View) -> None:
    """Prior and posterior of every fitted constant; those that history cannot identify are named first."""
    found = read_fitted(view.content.folder)
    if found is None or found.outdated is not None:
        none = view.t("No constant was fitted: run xinzhi fit.")
        told = none if found is None or found.outdated is None else say(Problem(None, found.outdated), view.lang)
        draw_html(f"<p>{escape(told)}</p>", view.lang)
        return
    unknown = [
        constant_words(view.content, name, view.lang) for name, it in found.constants.items() if not it.identified
    ]
    told = view.t("History cannot identify {count} of {all} constants; what is thought of them is the prior: {names}.",
                  count=len(unknown), all=len(found.constants), names=join(unknown, view.lang))  # fmt: skip
    title, heads, rows = fitted_table(found, view.lang, view.content)
    draw_html(f"<p>{escape(told)}</p>{table_html(heads, rows, title)}", view.lang)


def kept_backtests(folder: Path) -> KeptBacktests | None:
    """As `read_backtests`, read again only when the file has changed."""
    path = folder / FILE
    return _kept(folder, path.stat().st_mtime_ns if path.exists() else 0)


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept(folder: Path, stamp: int) -> KeptBacktests | None:  # noqa: ARG001
    return read_backtests(folder)


def losses(kept: KeptBacktests | None) -> list[str]:
    """The series on which a simple forecast was better than the model, of the test with the most origins."""
    if kept is None or not kept.tests:
        return []
    longest = max(kept.tests, key=lambda it: (len(it.origins), it.foresight == "outside"))
    return [mine.indicator for mine, _ in longest.better() if mine.indicator is not None]
