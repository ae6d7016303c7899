"""What drives the odds: sensitivity, scenario discovery and robustness, three expanders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from xinzhi.content.indicator import headline
from xinzhi.content.yaml_file import Text
from xinzhi.dashboard.expanders import draw_expanders
from xinzhi.dashboard.markup import draw_html, draw_notice, list_html, on_demand, table_html
from xinzhi.dashboard.pictures import draw_picture
from xinzhi.dashboard.session import Notice, View, keep, nameless, run_key
from xinzhi.errors import ContentError, msg
from xinzhi.futures.library import state_of_members
from xinzhi.project import Project
from xinzhi.show.numbers import plain
from xinzhi.show.words import LANGS, join, t
from xinzhi.simulate import Run
from xinzhi.studies.discover import words as discovery
from xinzhi.studies.discover.discovery import FEWEST, Discovery
from xinzhi.studies.robustness import words as robustness
from xinzhi.studies.robustness.robustness import Robustness
from xinzhi.studies.sensitivity import method_words
from xinzhi.studies.sensitivity import words as sensitivity
from xinzhi.studies.sensitivity.analyse import runs_of
from xinzhi.studies.sensitivity.methods import METHODS
from xinzhi.studies.sensitivity.result import Sensitivity

SENSITIVITY, DISCOVERY, ROBUSTNESS = "sensitivity", "discovery", "robustness"
MEMBERS, SEED = 4000, 0
SHOWN = 12  # inputs in the table
RUNS: Mapping[str, int] = {"sobol": 2**17}  # at most; the methods' own where none stands here. Each takes seconds
TOGETHER = ""  # in place of a target: the headline targets


def draw_drivers(view: View) -> None:
    """Three expanders, ``sensitivity``, ``discovery`` and ``robustness``; what a closed one holds is not reckoned."""
    parts = {
        SENSITIVITY: (view.t("Sensitivity: what a target hangs on"), _draw_sensitivity),
        DISCOVERY: (view.t("When a target is missed"), _draw_discovery),
        ROBUSTNESS: (view.t("How the scenarios bear uncertainty"), _draw_robustness),
    }
    draw_expanders(view, parts, mild=(ContentError,))


# What is asked


def _choose(view: View, label: str, key: str, names: Mapping[str, str], usual: str) -> str:
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


def _targets(view: View) -> dict[str, str]:
    """The headline targets, then the others, by id."""
    first = headline(view.content.targets)
    others = [it for it in view.content.targets.values() if it not in first]
    return {it.id: it.name[view.lang] for it in (*first, *others)}


def _asked(view: View) -> tuple[Run, tuple[object, ...]]:
    """The current run, whose name says where levers were moved by hand, and the key of what is made of it."""
    run, moved = view.current, bool(view.state.changes)
    if moved:
        run = replace(run, name=Text(**{lang: t("{name} (adjusted)", lang, name=run.name) for lang in LANGS}))
    return run, (state_of_members(view.content), run_key(run), moved)


# What is drawn


def _draw_sensitivity(view: View) -> None:
    from xinzhi.studies.sensitivity.charts import draw_sensitivity

    content, lang, names = view.content, view.lang, _targets(view)
    methods: dict[str, str] = {it: view.t(method_words.NAMES[it]) for it in METHODS}
    with st.container(horizontal=True):
        target = _choose(view, view.t("Target"), f"{SENSITIVITY}-target", names, next(iter(names)))
        method = _choose(view, view.t("How it is measured"), f"{SENSITIVITY}-method", methods, METHODS[0])
    run, key = _asked(view)
    runs = runs_of(method, len(content.uncertainties), RUNS.get(method))
    with st.spinner(view.t("Running the model {runs} times …", runs=plain(runs, 0))):
        found = replace(_sensitivity(view.project, nameless(run), key, target, method), run=run)
    title, heads, rows = sensitivity.inputs_table(content, found, 0, SHOWN, lang)
    draw_html(f"<p>{escape(view.t(method_words.LEADS[method]))}</p>", lang)
    if rows:
        most = view.t("{title}. Most hangs on: {names}.", title=title, names=join([row[0] for row in rows[:3]], lang))
        draw_picture(SENSITIVITY, lambda: draw_sensitivity(content, found, lang),
                     (*key, target, method, run.name[lang], lang), most)  # fmt: skip
    still = view.t('Levers stay as they are; what each does stands under "The document audited against itself".')
    told = [*sensitivity.sensitivity_sentences(found, lang), still]
    if method in ("local", "morris"):
        _, unit = sensitivity.value_scale(content, found, 0, lang)
        told.append(view.t("Values and changes of the target are in its unit: {unit}.", unit=unit))
    draw_html(list_html(told) + (table_html(heads, rows, title) if rows else ""), lang)


def _draw_discovery(view: View) -> None:
    from xinzhi.studies.discover.charts import draw_discovery

    content, lang, names = view.content, view.lang, _targets(view)
    sides = {"missed": view.t("the futures that miss it"), "met": view.t("the futures that meet it")}
    with st.container(horizontal=True):
        target = _choose(view, view.t("Target"), f"{DISCOVERY}-target", names, next(iter(names)))
        side = _choose(view, view.t("What is described"), f"{DISCOVERY}-side", sides, "missed")
    run, key = _asked(view)
    few = view.t("Not described are groups of fewer than {fewest} of the {members} futures: they cannot be told from "
                 "chance.", fewest=FEWEST, members=plain(MEMBERS, 0))  # fmt: skip
    try:
        with st.spinner(view.t("Running {members} futures …", members=plain(MEMBERS, 0))):
            found = _discovery(view.project, nameless(run), key, target, side)
    except ContentError as error:
        none = msg("{target}: nothing is shown, as nearly all futures end alike.", target=names[target])
        draw_notice(Notice("info", none, tuple(error.problems)), lang)
        draw_html(list_html([few]), lang)
        return
    found = replace(found, ensemble=replace(found.ensemble, run=run))
    told = discovery.discovery_sentences(content, found, lang)[: 1 + max(1, len(found.boxes))]
    if found.of_interest.mean() > discovery.COMMON:
        told.append(view.t("They are the rule: what the few others have in common says more; choose these above."))
    draw_html(list_html([*told, few]), lang)
    lead = view.t("On the right each dot is a future, placed by two of the inputs; the frame is the first group that "
                  "is described. On the left each dot is a frame that could have been drawn: further right it holds "
                  "more of the futures in question (coverage), higher up fewer others (density).")  # fmt: skip
    draw_html(f"<p>{escape(lead)}</p>", lang)
    draw_picture(DISCOVERY, lambda: draw_discovery(content, found, lang),
                 (*key, target, side, run.name[lang], lang), " ".join(told))  # fmt: skip
    rules = "".join(f'<div style="padding-left:{len(rule) - len(rule.lstrip())}em">{escape(rule.strip())}</div>'
                    for rule in discovery.tree_rules(content, found, lang))  # fmt: skip
    tables = (discovery.boxes_table(found, lang), discovery.limits_table(content, found, lang)) if found.boxes else ()
    body = [f"<h4>{escape(title)}</h4>{table_html(heads, rows, title)}" for title, heads, rows in tables]
    draw_html("".join(body) + on_demand(view.t("Decision tree"), rules), lang)


def _draw_robustness(view: View) -> None:
    from xinzhi.studies.robustness.charts import draw_robustness

    content, lang = view.content, view.lang
    names = {TOGETHER: view.t("All headline targets"), **_targets(view)}
    target = _choose(view, view.t("Target"), f"{ROBUSTNESS}-target", names, list(names)[1])
    run, key = _asked(view)
    mine = bool(view.state.changes) or run.scenario not in content.scenarios
    key = key if mine else key[:1]
    count = len(content.scenarios) + mine
    told = view.t("Running {members} futures of {count} scenarios …", members=plain(MEMBERS, 0), count=count)
    with st.spinner(told):
        found = _robustness(view.project, nameless(run) if mine else None, key, target)
    if mine:
        found = replace(found, runs=(*found.runs[:-1], run))
    title, heads, rows = robustness.robustness_table(content, found, lang)
    lead = view.t("Every scenario meets the same futures. A dot is its mean, the bar the middle four fifths of the "
                  "futures; the dashed line is the target, and on the right stands how likely it is met.")  # fmt: skip
    best, (*pairs, futures, meaning) = robustness.undominated(found, lang), robustness.robustness_sentences(found, lang)
    draw_html(f"<p>{escape(lead)}</p>", lang)
    draw_picture(ROBUSTNESS, lambda: draw_robustness(content, found, lang),
                 (*key, target, run.name[lang], lang), best)  # fmt: skip
    every = on_demand(view.t("Which scenario dominates which"), list_html(pairs))
    notes = list_html([best, meaning, futures, robustness.monte_carlo(found, lang)])
    draw_html(notes + table_html(heads, rows, title) + every, lang)


# What is reckoned, once for what is asked


@st.cache_resource(max_entries=16, show_spinner=False)
def _sensitivity(_project: Project, _run: Run, key: tuple[object, ...], target: str, method: str) -> Sensitivity:  # noqa: ARG001
    return _project.sensitivity(_run, method, targets=[target], runs=RUNS.get(method), seed=SEED)


@st.cache_resource(max_entries=8, show_spinner=False)
def _discovery(_project: Project, _run: Run, key: tuple[object, ...], target: str, side: str) -> Discovery:  # noqa: ARG001
    return _project.discover(target, _run, members=MEMBERS, seed=SEED, met=side == "met")


@st.cache_resource(max_entries=8, show_spinner=False)
def _robustness(_project: Project, _run: Run | None, key: tuple[object, ...], target: str) -> Robustness:  # noqa: ARG001
    """Of all scenarios of the content, and of ``_run`` where it is none of them."""
    scenarios: Sequence[str | Run] = [*_project.content.scenarios, *([_run] if _run is not None else [])]
    return _project.robustness(*scenarios, targets=[target] if target else [], members=MEMBERS, seed=SEED)
