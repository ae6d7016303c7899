"""The strip of verdict cards: is each target met, by word and icon, with value, threshold, gap and baseline."""

from __future__ import annotations

from html import escape

import streamlit as st

from xinzhi.analysis.verdict import Verdict, judge_target
from xinzhi.content.indicator import headline
from xinzhi.content.units import Units
from xinzhi.dashboard.markup import draw_html, span
from xinzhi.dashboard.session import View
from xinzhi.show.numbers import difference, plain, quantity, threshold
from xinzhi.show.words import article


def draw_cards(view: View) -> None:
    """One card a headline target, each in a container ``verdict-<target>``."""
    with st.container(key="verdicts", horizontal=True, gap="small"):
        for target in headline(view.content.targets):
            verdict, before = (judge_target(target, run) for run in (view.current, view.baseline))
            with st.container(key=f"verdict-{target.id}"):
                draw_html(_card(view, verdict, before), view.lang)


def shown_decimals(verdict: Verdict) -> int:
    """The target's decimals, or as many more as are needed for a missed target not to print as the threshold."""
    target = verdict.target
    for decimals in range(target.decimals, target.decimals + 4):
        if verdict.met or plain(verdict.value, decimals) != plain(target.threshold, decimals):
            return decimals
    return target.decimals + 4


def value_text(verdict: Verdict, lang: str, units: Units) -> str:
    """The target's value in its unit; a change shows its sign."""
    target = verdict.target
    signed = target.measure == "change"
    return quantity(verdict.value, target.unit, shown_decimals(verdict), lang, units, sign=signed)


def gap_text(verdict: Verdict, lang: str, units: Units) -> str:
    """Value minus threshold, with its sign."""
    return difference(verdict.gap, verdict.target.unit, shown_decimals(verdict), lang, units)


def threshold_text(verdict: Verdict, lang: str, units: Units) -> str:
    target = verdict.target
    return threshold(target.sense, target.threshold, target.unit, lang, units)


def verdict_text(view: View, verdict: Verdict) -> str:
    """Icon and word."""
    return view.t("● met") if verdict.met else view.t("○ not met")


def status_text(view: View, status: str) -> str:
    """Where a base-year figure comes from, in words."""
    words = {
        "published": view.t("published figure"),
        "estimated": view.t("estimated figure"),
        "recalled": view.t("figure not checked yet"),
        "assumed": view.t("assumed figure"),
    }
    return words[status]


def _card(view: View, verdict: Verdict, before: Verdict) -> str:
    """The inside of a card; its details open on hover and on keyboard focus."""
    lang, units, target = view.lang, view.content.units, verdict.target
    gap = view.t("{gap} to target", gap=gap_text(verdict, lang, units))
    aim = view.t("Target {threshold}", threshold=threshold_text(verdict, lang, units))
    compared = view.t("Baseline {value}", value=value_text(before, lang, units))
    details = [
        view.t(
            'The document says: "{quote}" ({article})', quote=target.quote, article=article(target.article, view.lang)
        ),
        *([target.note[lang]] if target.note is not None else []),
    ]
    status = view.t("{year} base: {status}", year=target.base_year, status=status_text(view, target.base.status))
    tip = "".join(f"<p>{escape(line)}</p>" for line in details)
    name = escape(target.short_name[lang])
    return (
        f'<div class="xz-card {"xz-met" if verdict.met else "xz-missed"}" role="group" aria-label="{name}">'
        f'<div class="xz-name">{name}<span class="xz-tip" tabindex="0" aria-label="{escape(" ".join(details))}">'
        f'<span aria-hidden="true">ⓘ</span><span class="xz-tip-body">{tip}</span></span></div>'
        f'<div class="xz-value">{escape(value_text(verdict, lang, units))}</div>'
        f'<div class="xz-verdict">{span("xz-word", verdict_text(view, verdict))} {span("xz-gap", gap)}</div>'
        f'<div class="xz-small">{span("xz-aim", aim)}{span("xz-before", f" · {compared}")}</div>'
        f'<div class="xz-small xz-status">{escape(status)}</div></div>'
    )
