"""Every study that heads an expander of the page: what it asks as widgets, what it finds as sentences and tables.

What one study shows otherwise is a module ``panel`` in its folder, whose ``draw(view)`` takes the place of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import streamlit as st

from xinzhi.content.indicator import headline
from xinzhi.content.yaml_file import Text
from xinzhi.dashboard.expanders import draw_expanders
from xinzhi.dashboard.markup import draw_html, list_html, table_html
from xinzhi.dashboard.pictures import draw_picture
from xinzhi.dashboard.session import View, keep, nameless, run_key, worded
from xinzhi.errors import ContentError, XinzhiError
from xinzhi.futures.library import state_of_members
from xinzhi.project import Project
from xinzhi.show.words import LANGS, t
from xinzhi.studies.answer import Answer
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.registry import all_studies, find_study
from xinzhi.studies.study import Study
from xinzhi.studies.table import Cells, Part


def draw_studies(view: View, *names: str, mild: tuple[type[XinzhiError], ...] = (ContentError,)) -> None:
    """An expander for each of the studies ``names``, in their order; what a closed one holds is not reckoned.

    ``mild`` as `draw_expanders` has it.
    """
    found = [find_study(name) for name in names]
    parts = {study.name: (view.t(study.title), lambda here, it=study: draw_study(here, it)) for study in found}
    draw_expanders(view, parts, mild=mild)


def further_studies(*placed: str) -> list[str]:
    """The studies with a title that have no place of their own on the page: those of other packages."""
    return [name for name, study in all_studies().items() if study.title and name not in placed]


def draw_study(view: View, study: Study[Any]) -> None:
    """What a study finds of the present scenario: by its own panel, or as any other."""
    panel = panel_of(study)
    if panel is not None:
        panel.draw(view)
        return
    asked = {ask.name: draw_ask(view, study.name, ask) for ask in study.asks if ask.on_page}
    answer = answer_of(view, study.name, asked)
    draw_html("".join(part_html(part) for part in answer.parts(view.lang)), view.lang)
    if study.drawn:
        sentences = " ".join(answer.sentences(view.lang)[:2])
        key = (*key_of(view), *sorted(asked.items()), view.current.name[view.lang], view.lang)
        draw_picture(study.name, lambda: answer.draw(lang=view.lang), key, sentences)


def panel_of(study: Study[Any]) -> ModuleType | None:
    """The module ``panel`` beside a study; None where it is drawn as any other."""
    name = f"{type(study).__module__.rpartition('.')[0]}.panel"
    return import_module(name) if find_spec(name) else None


def answer_of(view: View, name: str, asked: Mapping[str, Any], waiting: str = "") -> Answer[Any]:
    """A study's answer for the present scenario, from the cache where the same was asked before; else ``waiting`` is
    said meanwhile. A study of several scenarios takes all of the content's, and the present one where it is none."""
    study = find_study(name)
    scenarios, key = _scenarios(view, study)
    with st.spinner(waiting or view.t("Running the model …")):
        answer = _answer(view.project, scenarios, name, tuple(sorted(asked.items())), key)
    return replace(answer, result=study.named(answer.result, view.current)) if scenarios else answer


def _scenarios(view: View, study: Study[Any]) -> tuple[dict[str, Any], tuple[object, ...]]:
    """The scenarios that a study is run with, by the ask's name, and what makes them."""
    run, key = nameless(view.current), key_of(view)
    for ask in study.asks:
        if ask.kind is Kind.SCENARIO:
            return {ask.name: run}, key
        if ask.kind is Kind.SCENARIOS:
            own = is_own(view)
            return {ask.name: (*view.content.scenarios, *((run,) if own else ()))}, key if own else key[:1]
    return {}, key[:1]


def is_own(view: View) -> bool:
    """Whether the present scenario is none of the content's: levers were moved by hand, or it was uploaded."""
    return bool(view.state.changes) or view.current.scenario not in view.content.scenarios


def adjusted(view: View) -> View:
    """The view with a present run whose name says where levers were moved by hand."""
    if not view.state.changes:
        return view
    name = Text(**{lang: t("{name} (adjusted)", lang, name=view.current.name) for lang in LANGS})
    return replace(view, current=replace(view.current, name=name))


def key_of(view: View) -> tuple[object, ...]:
    """What makes an answer besides what is asked: members, levers, assumptions."""
    return (state_of_members(view.content), run_key(view.current))


@st.cache_resource(max_entries=32, show_spinner=False)
def _answer(
    _project: Project, _scenarios: dict[str, Any], name: str, asked: tuple[tuple[str, Any], ...],
    key: tuple[object, ...],  # noqa: ARG001
) -> Answer[Any]:  # fmt: skip
    return _project.study(name, **dict(asked), **_scenarios)


def part_html(part: Part) -> str:
    """A table or sentences as HTML."""
    if isinstance(part, Cells):
        return f"<h4>{escape(part.title)}</h4>{table_html(part.heads, part.rows, part.title)}"
    head = f"<h4>{escape(part.title)}</h4>" if part.title else ""
    return head + list_html(part.lines)


# What is asked


def choose(view: View, label: str, key: str, names: Mapping[str, str], usual: str) -> str:
    """A choice that outlives a closed expander and a switch of language: each has a box of its own, which it fills."""
    chosen = st.session_state.get(key)
    chosen = str(chosen) if chosen in names else usual
    box = f"{key}-{view.lang}"
    keep(box, chosen)
    st.selectbox(label, list(names), format_func=lambda it: names[it], key=box, width=420, on_change=_take,
                 args=(key, box))  # fmt: skip
    return chosen


def _take(key: str, box: str) -> None:
    st.session_state[key] = st.session_state[box]


def target_names(view: View) -> dict[str, str]:
    """The headline targets, then the others: names by id."""
    first = headline(view.content.targets)
    others = [it for it in view.content.targets.values() if it not in first]
    return {it.id: it.name[view.lang] for it in (*first, *others)}


def draw_ask(view: View, study: str, ask: Ask, usual: str | None = None) -> Any:
    """A widget for an ask; what it says: a target, a choice (``usual`` in place of the ask's default), or a box that is
    ticked."""
    label, key = view.t(ask.label or ask.help), f"{study}-{ask.name}"
    if ask.kind is Kind.TARGET:
        names = target_names(view)
        return choose(view, label, key, names, next(iter(names)))
    if ask.kind is Kind.FLAG:
        return st.checkbox(label, key=worded(key))
    names = {it: view.t(ask.names[it]) if it in ask.names else it for it in ask.choices}
    return choose(view, label, key, names, usual or str(ask.default or ask.choices[0]))
