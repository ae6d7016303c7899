"""The strip of verdict cards: is each target met, by word and icon, with value, threshold, gap and baseline."""

from __future__ import annotations

import re
from html import escape
from math import isfinite

import streamlit as st

from xinzhi.analysis.verdict import Verdict, judge_target
from xinzhi.content.indicator import Target, headline
from xinzhi.content.units import Units
from xinzhi.dashboard import session
from xinzhi.dashboard.futures import Settled
from xinzhi.dashboard.markup import draw_html, figures, span
from xinzhi.dashboard.session import View
from xinzhi.show.numbers import difference, likelihood, plain, quantity, threshold
from xinzhi.show.words import article, join


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


def odds_text(view: View, share: float | None, *, pending: bool) -> str:
    """Odds; that they are being made; a dash where there are none."""
    return view.t("computing …") if pending else "—" if share is None or not isfinite(share) else likelihood(share)


def other_scope(view: View, target: Target, settled: Settled | None, *, pending: bool) -> dict[str, str] | None:
    """Where the document's sentence is judged in another scope too: ``name`` says which both are, ``said`` also what
    that one comes to. None where there is one scope."""
    lang, content = view.lang, view.content
    twins = [it for it in content.targets.values()
             if it.id != target.id and (it.quote, it.article) == (target.quote, target.article)]  # fmt: skip
    if not twins:
        return None
    mine = "" if target.note is None else re.split("[;；。]", target.note[lang])[0]
    shares = {} if settled is None else settled.shares
    names, said = [], []
    for twin in twins:
        verdict = judge_target(twin, view.current)
        value = value_text(verdict, lang, content.units)
        word = (
            verdict_text(view, verdict)
            if session.native()
            else view.t("odds {odds}", odds=odds_text(view, shares.get(twin.id), pending=pending))
        )
        names.append(twin.short_name[lang])
        said.append(view.t("{name}: {value}, {word}", name=twin.short_name, value=value, word=word))
    lead = [mine] if mine else []
    between = "；" if lang == "zh" else "; "
    return {"name": between.join([*lead, join(names, lang)]), "said": between.join([*lead, *said])}


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
    scope = other_scope(view, target, None, pending=False)
    also = "" if scope is None else f'<div class="xz-small">{figures(scope["said"])}</div>'
    status = view.t("{year} base: {status}", year=target.base_year, status=status_text(view, target.base.status))
    tip = "".join(f"<p>{escape(line)}</p>" for line in details)
    name = escape(target.short_name[lang])
    return (
        f'<div class="xz-card {"xz-met" if verdict.met else "xz-missed"}" role="group" aria-label="{name}">'
        f'<div class="xz-name">{name}<span class="xz-tip" tabindex="0" aria-label="{escape(" ".join(details))}">'
        f'<span aria-hidden="true">ⓘ</span><span class="xz-tip-body">{tip}</span></span></div>'
        f'<div class="xz-value">{figures(value_text(verdict, lang, units))}</div>'
        f'<div class="xz-verdict">{span("xz-path", view.t("Central path"))} '
        f'{span("xz-word", verdict_text(view, verdict))} <span class="xz-gap">{figures(gap)}</span></div>'
        f'<div class="xz-small"><span class="xz-aim">{figures(aim)}</span>'
        f'<span class="xz-before">{figures(f" · {compared}")}</span></div>{also}'
        f'<div class="xz-small xz-status">{escape(status)}</div></div>'
    )
