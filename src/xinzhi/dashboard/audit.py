"""The document audited, and who depends on whom: two expanders, reckoned when they are opened."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from xinzhi.analysis.verdict import judge
from xinzhi.dashboard.expanders import draw_expanders
from xinzhi.dashboard.markup import draw_html, on_demand, table_html
from xinzhi.dashboard.session import View, nameless, run_key
from xinzhi.project import Project
from xinzhi.simulate import Run
from xinzhi.studies.audit.audit import Audit
from xinzhi.studies.audit.words import (
    Account,
    make_account,
    pair_cells,
    pair_heads,
    pairs_lead,
    shown_pairs,
    together_text,
    verdict_count,
)
from xinzhi.studies.departments.departments import find_departments
from xinzhi.studies.departments.matrix import Matrix, departments_matrix, gains_matrix
from xinzhi.studies.departments.words import (
    duty_cells,
    duty_heads,
    hanging_cells,
    hanging_heads,
    unmoved_text,
)

PICTURE_WIDTH = 900
AUDIT, DEPARTMENTS = "audit", "departments"


def draw_audit(view: View) -> None:
    """Two expanders, ``audit`` and ``departments``; what a closed one holds is not reckoned."""
    draw_expanders(
        view,
        {
            AUDIT: (view.t("The document audited against itself"), _draw_findings),
            DEPARTMENTS: (view.t("Departments and their levers"), _draw_dependence),
        },
    )


@st.cache_resource(max_entries=32, show_spinner=False)
def _audit(_project: Project, _run: Run, content_hash: str, key: tuple[tuple[str | float, ...], ...]) -> Audit:  # noqa: ARG001
    return _project.audit(_run)


def _audit_of(view: View) -> Audit:
    found = _audit(view.project, nameless(view.current), view.content.hash, run_key(view.current))
    return replace(found, run=view.current)


def _draw_findings(view: View) -> None:
    """The implied quantities, what each lever does to the headline targets, and pairs of targets."""
    content, lang, audit = view.content, view.lang, _audit_of(view)
    accounts = [make_account(content, audit, finding, lang) for finding in audit.findings]
    body = [f'<div class="xz-count">{escape(verdict_count(audit, lang))}</div>']
    body += [_account(view, account) for account in accounts]
    for helps, title in ((False, view.t("Targets that fight")), (True, view.t("Targets that go together"))):
        rows = [pair_cells(content, pair, lang) for pair in shown_pairs(audit.pairs, helps)]
        body += [f"<h4>{escape(title)}</h4>", table_html(pair_heads(lang), rows, title)]
    body.append(f'<p class="xz-small">{escape(pairs_lead(audit, lang))}</p>')
    if audit.together:
        items = "".join(f"<li>{escape(together_text(content, each, lang))}</li>" for each in audit.together)
        title = view.t("Levers that act only with others")
        body.append(f"<h4>{escape(title)}</h4><ul>{items}</ul>")
    draw_html("".join(body), lang)
    _draw_matrix(view, gains_matrix(content, audit.gains, lang))


def _account(view: View, account: Account) -> str:
    """One implied quantity; its arithmetic opens on demand."""
    phrases = "".join(f'<div class="xz-small">{escape(phrase)}</div>' for phrase in account.phrases)
    sums = "".join(
        f"<li>{escape(name)} = {escape(arithmetic)}</li>" for name, arithmetic in (*account.sums, *account.model_sums)
    )
    notes = [view.t("Figures: {figures}", figures=("；" if view.lang == "zh" else "; ").join(account.figures))]
    notes += [view.t("Verdict: {rule}", rule=account.rule)] if account.rule else []
    small = "".join(f'<div class="xz-small">{escape(note)}</div>' for note in notes)
    added, opened = view.t("What the model adds: {said}", said=account.model), view.t("Arithmetic")
    verdict = f'<span class="xz-word">{escape(account.verdict)}</span>'
    return (
        f'<section class="xz-finding"><h4>{escape(account.title)} {verdict}</h4>{phrases}'
        f"<p>{escape(account.says)}</p><p>{escape(added)}</p>"
        f"<details><summary>{escape(opened)}</summary><ul>{sums}</ul>{small}</details></section>"
    )


def _draw_dependence(view: View) -> None:
    """What each department answers for, the matrix, and targets that hang on another's lever."""
    content, lang, audit = view.content, view.lang, _audit_of(view)
    found = find_departments(content, audit.gains, judge(content, audit.run))
    duties = [duty_cells(duty, content, lang) for duty in found.duties]
    hanging = [hanging_cells(each, content, lang) for each in found.hanging]
    titles = (
        view.t("Departments: targets and levers"),
        view.t("Targets whose strongest lever another department leads"),
    )
    draw_html(
        f"<h4>{escape(titles[0])}</h4>{table_html(duty_heads(lang), duties, titles[0])}"
        f"<h4>{escape(titles[1])}</h4>{table_html(hanging_heads(lang), hanging, titles[1])}"
        f'<p class="xz-small">{escape(unmoved_text(found, lang))}</p>',
        lang,
    )
    _draw_matrix(view, departments_matrix(content, found, lang))


def _draw_matrix(view: View, matrix: Matrix) -> None:
    """The picture, and its table twin on demand."""
    st.image(_picture(matrix), width=PICTURE_WIDTH, alt=matrix.title)
    rows = [(name, *texts) for name, texts in zip(matrix.rows, matrix.texts, strict=True)]
    twin = table_html(("", *matrix.columns), rows, matrix.title)
    draw_html(on_demand(view.t("As a table"), twin), view.lang)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Matrix: repr})
def _picture(matrix: Matrix) -> bytes:
    from xinzhi.show.charts import render
    from xinzhi.studies.departments.charts import draw_matrix

    return render(draw_matrix(matrix), "png")
