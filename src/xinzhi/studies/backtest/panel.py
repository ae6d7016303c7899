"""The kept back-tests on the page."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from xinzhi.content.backtest_file import FILE, KeptBacktests, read_backtests
from xinzhi.dashboard.markup import draw_html, list_html, table_html
from xinzhi.dashboard.session import View
from xinzhi.futures.freshness import holds
from xinzhi.studies.backtest.words import relative_table, score_sentences, score_table


def draw(view: View) -> None:
    """What calibration/backtest.yaml keeps; a test takes too long for the page."""
    kept = kept_backtests(view.content.folder)
    if kept is None:
        none = view.t("No back-test was kept: run xinzhi backtest --write.")
        draw_html(f"<p>{escape(none)}</p>", view.lang)
        return
    body = []
    if not holds(view.content, kept.inputs, kept.depends):
        stale = view.t("These are of another model or other data: run xinzhi backtest --write.")
        body.append(f"<p><strong>{escape(stale)}</strong></p>")
    for test in kept.tests:
        scores = score_table(view.content, test, view.lang)
        body.append(f"<h4>{escape(scores.title)}</h4>{list_html(score_sentences(view.content, test, view.lang))}")
        if len(test.origins) > 1:
            relative = relative_table(view.content, test, view.lang)
            table = table_html(relative.heads, relative.rows, relative.title)
            body.append(f"<p>{escape(relative.title)}</p>{table}")
        opened = escape(view.t("Every method on every series"))
        table = table_html(scores.heads, scores.rows, scores.title)
        body.append(f"<details><summary>{opened}</summary>{table}</details>")
    draw_html("".join(body), view.lang)


def kept_backtests(folder: Path) -> KeptBacktests | None:
    """As `read_backtests`, read again only when the file has changed."""
    path = folder / FILE
    return _kept(folder, path.stat().st_mtime_ns if path.exists() else 0)


@st.cache_resource(max_entries=8, show_spinner=False)
def _kept(folder: Path, stamp: int) -> KeptBacktests | None:  # noqa: ARG001
    return read_backtests(folder)
