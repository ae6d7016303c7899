"""The live workspace: levers, verdicts and charts in one component, which runs the model while a lever is dragged.

On release the server runs ten thousand members and sends what it settles.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import Any

import numpy as np
import streamlit as st

from xinzhi.analysis.reality import broken_laws
from xinzhi.analysis.verdict import judge_target
from xinzhi.content.content import Content
from xinzhi.content.indicator import headline
from xinzhi.content.scenario import Assumption
from xinzhi.dashboard import session
from xinzhi.dashboard.cards import other_scope
from xinzhi.dashboard.comparison import Compared
from xinzhi.dashboard.futures import Prepared, Settled, headline_variables, prepare, prepared, settled
from xinzhi.dashboard.lever_state import settings_of, shown_settings, unchanged_settings
from xinzhi.dashboard.markup import say_here
from xinzhi.dashboard.mounts import draw_code, draw_mount
from xinzhi.dashboard.moves import move_sentence
from xinzhi.dashboard.payload import payload
from xinzhi.dashboard.session import View
from xinzhi.errors import XinzhiError
from xinzhi.project import Project

KEY = "workspace"


@dataclass(frozen=True, eq=False)
class Live:
    """The members behind the workspace and what they come to; None while they are made, or where there are none.

    ``problem`` says why there are none; without one, they are ``pending``.
    """

    members: Prepared | None = None
    settled: Settled | None = None
    problem: str = ""
    pending: bool = False


def draw_workspace(view: View, others: list[Compared]) -> Live:
    """The component, with what the server has settled for the session's state."""
    problem, members, settled_run = "", None, None
    try:
        members = prepared(view.project, view.current.assumptions)
        settled_run = settled(view.project, view.current)
    except XinzhiError as error:
        problem = " ".join(say_here(it, view.lang) for it in error.problems)
    pending = settled_run is None and not problem
    everything = payload(view)
    draw_mount(
        KEY,
        {
            "payload": everything["key"],
            "session": st.session_state.setdefault("workspace_session", token_hex(8)),
            "rev": st.session_state.get("workspace_rev", 0),
            "model": None if members is None else members.key,
            "settings": shown_settings(view.content, settings_of(view.content, view.state)),
            "own": shown_settings(view.content, unchanged_settings(view.content, view.state)),
            "settled": _message(view, members, settled_run, pending=pending),
            "compared": [_compared(view, it) for it in others],
            "told": problem or move_sentence(view, settled_run, pending=pending),
        },
        on_released_change=partial(_released, view.content),
    )
    draw_code(f"{KEY}-code", everything)
    return Live(members, settled_run, problem, pending)


def _compared(view: View, other: Compared) -> dict[str, Any]:
    """A compared scenario's curves, in the indicators' declared units, one a chart."""
    shown = session.headline_indicators(view.content)
    return {"name": other.name, "values": [other.run.in_unit(key).tolist() for key in shown]}


def draw_feed(members: Prepared) -> None:
    """The model as bytes, in a mount of its own: they are sent once, whatever else changes."""
    draw_code(f"{KEY}-feed", members.feed)


def missing_members(view: View, live: Live, others: list[Compared]) -> list[Mapping[str, Assumption]]:
    """The assumptions under which members are still to be made, for the page's own settings or what is compared."""
    lacking = [view.current.assumptions] if live.members is None and not live.problem else []
    return lacking + [it.run.assumptions for it in others if it.settled is None and not live.problem]


@st.fragment(run_every=0.5)
def wait_for_members(
    project: Project, lacking: list[Mapping[str, Assumption]], used: list[Mapping[str, Assumption]]
) -> None:
    """Have the members made, now that the page is shown without odds; draw it again when some are there.

    Not before: their making would take both cores from the first picture. Those ``used`` by the page are asked for too,
    so that they are not given up for those it lacks.
    """
    for assumptions in used:
        with suppress(XinzhiError):  # told by the workspace
            prepared(project, assumptions)
    for assumptions in lacking:
        prepare(project, assumptions)
        try:
            there = prepared(project, assumptions) is not None
        except XinzhiError:  # told by the workspace
            there = True
        if there:
            st.rerun()


def _released(content: Content) -> None:
    """A lever was let go. What comes over the wire may be anything."""
    message = st.session_state[KEY].get("released")
    if not isinstance(message, dict):
        return
    rev, settings = message.get("rev", 0), message.get("settings")
    if isinstance(rev, int) and isinstance(settings, dict):
        st.session_state["workspace_rev"] = rev
        session.set_levers(content, settings)


def _message(view: View, members: Prepared | None, settled_run: Settled | None, *, pending: bool) -> dict[str, Any]:
    """What the component shows of a settled state; odds and bands are missing while there are no members, which are
    on their way where this is ``pending``."""
    content, run = view.content, view.current
    variables = headline_variables(content)
    by_variable = {content.indicators[key].variable: key for key in session.headline_indicators(content)}
    first = int(content.sheet.timing.start[0]) - run.times[0]
    own = [float(value) for name in variables for value in run.values[by_variable[name]][first:]]
    message: dict[str, Any] = {
        "ran": view.ran, "own": own, "outside": [], "failed": 0, "members": 0, "effective": 0,
        "odds": None, "joint": None, "bands": None, "pending": pending,
        "verdicts": [judge_target(it, run).value for it in headline(content.targets)],
        "also": [other_scope(view, it, settled_run, pending=pending) for it in headline(content.targets)],
    }  # fmt: skip
    if members is None or settled_run is None:
        return message
    odds, shares = settled_run.odds, settled_run.shares
    broken = broken_laws(view.project.simulator, members.laws, run.settings, run.assumptions)
    return message | {
        "outside": [check.name[view.lang] for check in broken],
        "failed": odds.failed / odds.members,
        "members": odds.members,
        "effective": odds.effective,
        "odds": [_number(shares[it.id]) for it in headline(content.targets)],
        "joint": _number(odds.headline),
        "bands": [
            [[_number(it) for it in row] for row in np.round(settled_run.bands[by_variable[name]], 8)]
            for name in variables
        ],
    }


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
