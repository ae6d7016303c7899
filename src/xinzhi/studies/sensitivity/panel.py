"""What one target hangs on, on the page: two choices, the picture, what it cost, the most important inputs."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from xinzhi.dashboard.markup import draw_html, list_html, table_html
from xinzhi.dashboard.pictures import draw_picture
from xinzhi.dashboard.session import View
from xinzhi.dashboard.study_drawing import adjusted, answer_of, choose, draw_ask, key_of, target_names
from xinzhi.show.numbers import plain
from xinzhi.show.words import join
from xinzhi.studies.sensitivity.analyse import runs_of
from xinzhi.studies.sensitivity.method_words import LEADS
from xinzhi.studies.sensitivity.study import METHOD
from xinzhi.studies.sensitivity.words import inputs_table, sensitivity_sentences, value_scale

NAME = "sensitivity"
SHOWN = 12  # inputs in the table
RUNS: Mapping[str, int] = {"sobol": 2**17}  # at most; the methods' own where none stands here. Each takes seconds
FIRST = "local"  # the quickest


def draw(view: View) -> None:
    """For one target and method, of the present scenario."""
    view, names = adjusted(view), target_names(view)
    with st.container(horizontal=True):
        target = choose(view, view.t("Target"), f"{NAME}-target", names, next(iter(names)))
        method = draw_ask(view, NAME, METHOD, usual=FIRST)
    content, lang, runs = view.content, view.lang, RUNS.get(method)
    waiting = view.t("Running the model {runs} times …",
                     runs=plain(runs_of(method, len(content.uncertainties), runs), 0))  # fmt: skip
    answer = answer_of(view, NAME, {"targets": (target,), "method": method, "runs": runs}, waiting)
    result = answer.result
    table = inputs_table(content, result, 0, SHOWN, lang)
    draw_html(f"<p>{escape(view.t(LEADS[method]))}</p>", lang)
    if table.rows:
        most = view.t("{title}. Most hangs on: {names}.", title=table.title,
                      names=join([row[0] for row in table.rows[:3]], lang))  # fmt: skip
        key = (*key_of(view), target, method, result.run.name[lang], lang)
        draw_picture(NAME, lambda: answer.draw(lang=lang), key, most)
    sentences = [
        *sensitivity_sentences(result, lang),
        view.t('Levers stay as they are; what each does stands under "The document audited against itself".'),
    ]
    if method in ("local", "morris"):
        _, unit = value_scale(content, result, 0, lang)
        sentences.append(view.t("Values and changes of the target are in its unit: {unit}.", unit=unit))
    drawn = table_html(table.heads, table.rows, table.title) if table.rows else ""
    draw_html(list_html(sentences) + drawn, lang)
