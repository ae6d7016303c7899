"""The tests of structure: an expander, reckoned when it is opened."""

from __future__ import annotations

from html import escape

import streamlit as st

from xinzhi.dashboard.expanders import draw_expanders
from xinzhi.dashboard.markup import draw_html, on_demand, table_html
from xinzhi.dashboard.session import View
from xinzhi.dashboard.state import chosen_scenario
from xinzhi.project import Project
from xinzhi.studies.validate.validation import Validation
from xinzhi.studies.validate.words import (
    count_words,
    name_of,
    outcome_words,
    summary_cells,
    summary_heads,
    table_cells,
    unsupported_words,
)

KEY = "validation"
MOST_ROWS = 60  # of a table on the page; the whole one is in the file that the command writes


def draw_validation(view: View) -> None:
    """One expander; what a closed one holds is not reckoned. Levers moved by hand do not enter, the scenario does."""
    draw_expanders(view, {KEY: (view.t("Tests of structure and behaviour"), _draw)})


@st.cache_resource(max_entries=8, show_spinner=False)
def _validation(_project: Project, content_hash: str, scenario: str) -> Validation:  # noqa: ARG001
    return _project.validate(scenario)


def _draw(view: View) -> None:
    """The summary, what the model cannot settle, and each test's tables on demand."""
    scenario = chosen_scenario(view.content, view.state).id
    known = scenario if scenario in view.content.scenarios else "baseline"
    with st.spinner(view.t("Testing the model …")):
        found = _validation(view.project, view.content.hash, known)
    lang, title = view.lang, view.t("Tests of structure")
    body = [f'<div class="xz-count">{escape(count_words(found, lang))}</div>']
    body.append(table_html(summary_heads(lang), [summary_cells(it, lang) for it in found.findings], title))
    unsupported = unsupported_words(found, lang)
    body += [f"<p>{escape(unsupported)}</p>"] if unsupported else []
    for finding in found.findings:
        parts = [f"<p>{escape(limit.reason[lang])}</p>" for limit in finding.limits]
        for part in finding.tables:
            name, heads, rows = table_cells(part, lang)
            parts += [f"<h4>{escape(name)}</h4>", table_html(heads, rows[:MOST_ROWS], name)]
            if len(rows) > MOST_ROWS:
                said = view.t("{shown} of {count} rows; all of them: xinzhi validate -o FILE.md", shown=MOST_ROWS,
                              count=len(rows))  # fmt: skip
                parts.append(f'<p class="xz-small">{escape(said)}</p>')
        if parts:
            head = f"{name_of(finding, lang)}: {outcome_words(finding, lang)}"
            body.append(on_demand(head, "".join(parts)))
    draw_html("".join(body), lang)
