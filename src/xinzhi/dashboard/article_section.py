"""Every target under its article or its departments: how many are met, the rows of the department asked for.

Which are met is said of the central path; beside it stand the odds, which may say otherwise.
"""

from __future__ import annotations

from html import escape
from itertools import compress

import streamlit as st

from xinzhi.analysis.verdict import Verdict, judge
from xinzhi.dashboard.cards import gap_text, odds_text, status_text, threshold_text, value_text, verdict_text
from xinzhi.dashboard.markup import draw_html, figures, span
from xinzhi.dashboard.session import EVERY_DEPARTMENT, GROUPINGS, View, worded
from xinzhi.dashboard.workspace import Live
from xinzhi.show.articles import article_order, article_title, count_line, full_title, grouped, heading
from xinzhi.show.numbers import quantity
from xinzhi.show.words import join

Pair = tuple[Verdict, Verdict]


def draw_articles(view: View, live: Live) -> None:
    """The count, the choices, and an expander a group (``article-…``, ``group-…``) with one row a target."""
    now, before = (judge(view.content, run) for run in (view.current, view.baseline))
    department = st.session_state["department"]
    asked = [department in (EVERY_DEPARTMENT, *verdict.target.departments) for verdict in now]
    current, baseline = (list(compress(verdicts, asked)) for verdicts in (now, before))
    with st.container(key="count", horizontal=True, vertical_alignment="center", gap="small"):
        draw_html(f'<div class="xz-count">{escape(count_line(current, baseline, view.lang))}</div>', view.lang)
        _draw_grouping(view)
        _draw_departments(view)
    by = st.session_state["grouping"]
    earlier = {verdict.target.id: verdict for verdict in baseline}
    kind = "article" if by == "article" else "group"
    with st.container(key="articles", horizontal=True, gap="small"):
        for key, title, rows in grouped(view.content, current, by, view.lang):
            if by == "department" and department not in (EVERY_DEPARTMENT, key):
                continue
            label = heading(title, rows, view.lang)
            with st.expander(label, expanded=department != EVERY_DEPARTMENT, key=f"{kind}-{key}-{department}"):
                pairs = [(row, earlier[row.target.id]) for row in rows]
                draw_html(_section(view, live, title, pairs), view.lang)


def _draw_grouping(view: View) -> None:
    """Whether targets stand under articles or under departments."""
    names = {"article": view.t("By article"), "department": view.t("By department")}
    st.segmented_control(
        view.t("Group the targets"),
        GROUPINGS,
        format_func=lambda key: names[key],
        key=worded("grouping"),
        required=True,
        label_visibility="collapsed",
    )


def _draw_departments(view: View) -> None:
    """Which department's targets are shown."""
    asked = {key for target in view.content.targets.values() for key in target.departments}
    names = {EVERY_DEPARTMENT: view.t("All departments")}
    names |= {key: name[view.lang] for key, name in view.content.region.departments.items() if key in asked}
    st.selectbox(
        view.t("Department in charge"),
        list(names),
        format_func=lambda key: names[key],
        key=worded("department"),
        label_visibility="collapsed",
    )


def _section(view: View, live: Live, title: str, rows: list[Pair]) -> str:
    """A group's departments, where its targets share them, and its table."""
    shared = len({(now.target.departments, now.target.departments_status) for now, _ in rows}) == 1
    said = view.t("Departments: {departments}", departments=_departments(view, rows[0][0])) if shared else ""
    with_odds = live.settled is not None or live.pending
    heads = [
        *([view.t("Odds")] if with_odds else []),
        view.t("Central path"),
        view.t("Target"),
        view.t("Current"),
        view.t("Threshold"),
        view.t("Gap"),
        view.t("Baseline"),
        view.t("Base year {year}", year=view.content.region.plan.base_year),
        view.t("In the document"),
    ]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    shares = {} if live.settled is None else live.settled.shares
    odds = {it.target.id: odds_text(view, shares.get(it.target.id), pending=live.pending) for it, _ in rows}
    body = "".join(_row(view, now, before, shared, odds[now.target.id] if with_odds else None) for now, before in rows)
    table = f'<table class="xz-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    name = escape(title)
    return (
        f'<div class="xz-small">{escape(said)}</div>'
        f'<div class="xz-scroll" tabindex="0" role="region" aria-label="{name}">{table}</div>'
    )


def _row(view: View, verdict: Verdict, before: Verdict, shared: bool, odds: str | None) -> str:
    """A target's row; ``shared`` departments stand above the table, ``odds`` before the row where there are any."""
    lang, units, target = view.lang, view.content.units, verdict.target
    series = view.content.history.series[target.base_series]
    decimals = 0 if target.whole else view.content.indicators[target.indicator].decimals
    status = status_text(view, target.base.status)
    source = view.content.history.sources[target.base.source].title[lang]
    words = [view.t('"{quote}"', quote=target.quote), *([target.note[lang]] if target.note else [])]
    if not shared:
        words.append(_departments(view, verdict))
    if st.session_state["grouping"] == "department":
        words.append(full_title(target.article, view.content.region, lang))
    tag = " " + span("xz-tag", view.t("programme target")) if target.programme else ""
    name = escape(target.name[lang]) + tag
    cells = [
        f"<strong>{figures(value_text(verdict, lang, units))}</strong>",
        figures(threshold_text(verdict, lang, units)),
        figures(gap_text(verdict, lang, units)),
        figures(value_text(before, lang, units)),
        f"{escape(quantity(target.base.value, series.unit, decimals, lang, units))}"
        f'<div class="xz-small" title="{escape(source)}">{escape(status)}</div>',
        "".join(f'<div class="xz-small">{escape(line)}</div>' for line in words),
    ]
    word = span("xz-word", verdict_text(view, verdict))
    first = "" if odds is None else f"<td><strong>{escape(odds)}</strong></td>"
    return (
        f'<tr class="{"xz-met" if verdict.met else "xz-missed"}">{first}<td>{word}</td>'
        f'<th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
    )


def _departments(view: View, verdict: Verdict) -> str:
    target = verdict.target
    names = join([view.content.region.departments[key][view.lang] for key in target.departments], view.lang)
    if target.departments_status == "document":
        return names
    return view.t("{departments} (assumed)", departments=names)


def indicator_labels(view: View) -> dict[str, str]:
    """Indicators as a list to choose from: by the first article that judges them, then those that none does."""
    first = {target.indicator: target.article for target in reversed(list(view.content.targets.values()))}
    judged = sorted((key for key in view.content.indicators if key in first), key=lambda key: article_order(first[key]))
    names = {key: indicator.name[view.lang] for key, indicator in view.content.indicators.items()}
    labels = {key: f"{article_title(first[key], view.lang)} · {names[key]}" for key in judged}
    return labels | {key: name for key, name in names.items() if key not in first}
