"""Scenarios beside the present settings: which, their curves, and a table of what the headline targets come to."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from xinzhi.analysis.verdict import judge_target
from xinzhi.content.indicator import headline
from xinzhi.dashboard import session
from xinzhi.dashboard.cards import odds_text, threshold_text
from xinzhi.dashboard.futures import Settled, settled
from xinzhi.dashboard.lever_state import start_from
from xinzhi.dashboard.link import MOST_COMPARED, Link, Outcome
from xinzhi.dashboard.markup import draw_html, table_html
from xinzhi.dashboard.session import Notice, View
from xinzhi.errors import SimulationError, XinzhiError, msg
from xinzhi.show.numbers import quantity
from xinzhi.simulate import Run


@dataclass(frozen=True)
class Compared:
    """A scenario that is compared: its name in the page's language, its run, its odds where they are there.

    They are ``pending`` where they are being made.
    """

    name: str
    run: Run
    settled: Settled | None
    pending: bool = False


def draw_choice(view: View) -> None:
    """Which scenarios are compared, at most `MOST_COMPARED`."""
    names = {key: scenario.name[view.lang] for key, scenario in view.content.scenarios.items()}
    st.multiselect(
        view.t("Compare with"),
        list(names),
        format_func=lambda key: names[key],
        key=session.worded("compared"),
        max_selections=MOST_COMPARED,
        placeholder=view.t("Compare with …"),
        label_visibility="collapsed",
    )


def compared(view: View) -> list[Compared]:
    """The chosen scenarios as they are, without the levers moved on the page; one that cannot be run is told."""
    runs = []
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
            settled_run = None if session.native() else settled(view.project, run)
            pending = settled_run is None and not session.native()
        except XinzhiError:  # told by the workspace
            settled_run, pending = None, False
        runs.append(Compared(view.content.scenarios[key].name[view.lang], run, settled_run, pending))
    return runs


def outcome(view: View, run: Run, settled_run: Settled | None) -> Outcome:
    """What the headline targets come to in a run."""
    targets = headline(view.content.targets)
    values = tuple(judge_target(it, run).value for it in targets)
    if settled_run is None:
        return Outcome(values)
    return Outcome(values, tuple(settled_run.shares[it.id] for it in targets), settled_run.odds.headline)


def draw_comparison(view: View, current: Settled | None, others: list[Compared], *, pending: bool) -> None:
    """A row a scenario: the headline targets' values and odds, and all of them together; nothing without a scenario.

    The current one's odds are ``pending`` where they are being made.
    """
    if not others:
        return
    name = view.t("Current: {name}", name=view.scenario_name)
    rows = [_row(view, name, outcome(view, view.current, current), pending)]
    rows += [_row(view, it.name, outcome(view, it.run, it.settled), it.pending) for it in others]
    _draw(view, rows, view.t("Compared scenarios"))


def _draw(view: View, rows: list[list[str]], name: str) -> None:
    central = view.t("Values are those of the central path.")
    lead = central if session.native() else view.t("Values are those of the central path; behind the dot stand odds.")
    draw_html(f'<p class="xz-small">{escape(lead)}</p>' + table_html(_heads(view), rows, name), view.lang)


def draw_old_link(view: View, link: Link, current: Settled | None, *, pending: bool) -> None:
    """What a link of another model came to then and comes to now."""
    versions = view.t("This link was made with another version of model and data ({then}); this is {now}.",
                  then=link.model, now=view.content.hash[:8])  # fmt: skip
    if link.then is None:
        st.info(versions + " " + view.t("It does not say what the targets came to then; results may differ."))
        return
    st.info(
        versions + " " + view.t("Both results are shown; the link's own stay in the address until you move a lever.")
    )
    rows = [_row(view, view.t("As the link has it ({model})", model=link.model), link.then, False),
            _row(view, view.t("As of now ({model})", model=view.content.hash[:8]),
                 outcome(view, view.current, current), pending)]  # fmt: skip
    _draw(view, rows, view.t("Then and now"))


def _heads(view: View) -> list[str]:
    targets = headline(view.content.targets)
    named = [
        f"{it.short_name[view.lang]} {threshold_text(judge_target(it, view.baseline), view.lang, view.content.units)}"
        for it in targets
    ]
    return [view.t("Scenario"), *named, view.t("All together")]


def _row(view: View, name: str, result: Outcome, pending: bool) -> list[str]:
    cells = []
    for i, target in enumerate(headline(view.content.targets)):
        signed = target.measure == "change"
        value = quantity(result.values[i], target.unit, target.decimals, view.lang, view.content.units, sign=signed)
        share = None if result.odds is None else result.odds[i]
        cells.append(f"{value} · {odds_text(view, share, pending=pending)}" if pending or result.odds else value)
    return [name, *cells, odds_text(view, result.joint, pending=pending)]
