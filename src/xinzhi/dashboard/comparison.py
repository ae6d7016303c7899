"""Scenarios beside the present settings: which, their curves, and a table of what the headline targets come to."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from xinzhi.analysis.ahead import Settled
from xinzhi.analysis.verdict import judge_target
from xinzhi.content.indicator import headline
from xinzhi.dashboard import session
from xinzhi.dashboard.cards import threshold_text
from xinzhi.dashboard.futures import settled
from xinzhi.dashboard.link import MOST_COMPARED, Link, Outcome
from xinzhi.dashboard.markup import draw_html, table_html
from xinzhi.dashboard.session import Notice, View
from xinzhi.dashboard.state import start_from
from xinzhi.errors import SimulationError, XinzhiError, msg
from xinzhi.show.numbers import quantity
from xinzhi.show.odds import likelihood
from xinzhi.simulate import Run


@dataclass(frozen=True)
class Compared:
    """A scenario that is compared: its name in the page's language, its run, its odds where they are there."""

    name: str
    run: Run
    settled: Settled | None


def draw_choice(view: View) -> None:
    """Which scenarios are compared, at most `MOST_COMPARED`."""
    names = {key: scenario.name[view.lang] for key, scenario in view.content.scenarios.items()}
    st.multiselect(
        view.t("Compare with"),
        list(names),
        format_func=lambda key: names[key],
        key="compared",
        max_selections=MOST_COMPARED,
        placeholder=view.t("Compare with …"),
        label_visibility="collapsed",
    )


def compared(view: View) -> list[Compared]:
    """The chosen scenarios as they are, without the levers moved on the page; one that cannot be run is told."""
    found = []
    for key in session.compared(view.content):
        try:
            run = session.run_state(view.project, start_from(key))
        except SimulationError as error:
            name = view.content.scenarios[key].name
            session.notify(
                Notice("error", msg('"{name}" could not be run and is not compared.', name=name), error.problems)
            )
            continue
        try:
            odds = None if session.native() else settled(view.project, run)
        except XinzhiError:  # told by the workspace
            odds = None
        found.append(Compared(view.content.scenarios[key].name[view.lang], run, odds))
    return found


def outcome(view: View, run: Run, odds: Settled | None) -> Outcome:
    """What the headline targets come to in a run."""
    targets = headline(view.content.targets)
    values = tuple(judge_target(it, run).value for it in targets)
    if odds is None:
        return Outcome(values)
    shares = {it.target.id: it.odds for it in odds.targets}
    return Outcome(values, tuple(shares[it.id] for it in targets), odds.headline)


def draw_comparison(view: View, current: Settled | None, others: list[Compared]) -> None:
    """A row a scenario: the headline targets' values and odds, and all of them together; nothing without a scenario."""
    if not others:
        return
    rows = [_row(view, view.t("Current: {name}", name=view.scenario_name), outcome(view, view.current, current))]
    rows += [_row(view, it.name, outcome(view, it.run, it.settled)) for it in others]
    draw_html(table_html(_heads(view), rows, view.t("Compared scenarios")), view.lang)


def draw_old_link(view: View, link: Link, current: Settled | None) -> None:
    """What a link of another model came to then and comes to now."""
    told = view.t("This link was made with another version of model and data ({then}); this is {now}.",
                  then=link.model, now=view.content.hash[:8])  # fmt: skip
    if link.then is None:
        st.info(told + " " + view.t("It does not say what the targets came to then; results may differ."))
        return
    st.info(told + " " + view.t("Both results are shown; the link's own stay in the address until you move a lever."))
    rows = [_row(view, view.t("As the link has it ({model})", model=link.model), link.then),
            _row(view, view.t("As of now ({model})", model=view.content.hash[:8]),
                 outcome(view, view.current, current))]  # fmt: skip
    draw_html(table_html(_heads(view), rows, view.t("Then and now")), view.lang)


def _heads(view: View) -> list[str]:
    targets = headline(view.content.targets)
    named = [
        f"{it.short_name[view.lang]} {threshold_text(judge_target(it, view.baseline), view.lang, view.content.units)}"
        for it in targets
    ]
    return [view.t("Scenario"), *named, view.t("All together")]


def _row(view: View, name: str, found: Outcome) -> list[str]:
    cells = []
    for i, it in enumerate(headline(view.content.targets)):
        signed = it.measure == "change"
        value = quantity(found.values[i], it.unit, it.decimals, view.lang, view.content.units, sign=signed)
        cells.append(value if found.odds is None else f"{value} · {likelihood(found.odds[i])}")
    return [name, *cells, "—" if found.joint is None else likelihood(found.joint)]
