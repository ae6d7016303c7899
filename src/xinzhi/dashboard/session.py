"""One visitor's session: project, history of states, runs, the page's address, and what the widgets' callbacks do."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from xinzhi.content.content import Content
from xinzhi.content.files import stamps
from xinzhi.content.folder import find_folder
from xinzhi.content.indicator import headline
from xinzhi.content.yaml_file import Text
from xinzhi.dashboard import lever_state as states
from xinzhi.dashboard.lever_state import History, State
from xinzhi.dashboard.link import MOST_COMPARED, Link, Outcome, from_query, to_query
from xinzhi.errors import ContentError, Message, Problem, SimulationError, msg
from xinzhi.project import Project, load_project
from xinzhi.show.words import LANGS, default_lang, t
from xinzhi.simulate import Run

FOLDER_VARIABLE = "XINZHI_PROJECT"
LANG_VARIABLE = "XINZHI_LANG"
NOT_OF_THE_SCENARIO = ("lang", "show", "dept", "by", "ui")
GROUPINGS = ("article", "department")
EVERY_DEPARTMENT = "*"
MOST_TOLD = 20  # problems of a file that are told one by one


@dataclass(frozen=True)
class Notice:
    """Something to tell the planner above the page: ``kind`` is "error" or "info"."""

    kind: str
    message: Message
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class View:
    """What every part of the page draws from.

    Where the state cannot be run, ``ran`` is false and ``current`` is the last run that could.
    """

    project: Project
    state: State
    current: Run
    baseline: Run
    lang: str
    ran: bool = True

    @property
    def content(self) -> Content:
        return self.project.content

    def t(self, template: str, **values: object) -> str:
        """An interface text in the page's language."""
        return t(template, self.lang, **values)

    @property
    def scenario_name(self) -> str:
        """The scenario's name, which says so where levers were moved by hand."""
        name = states.chosen_scenario(self.content, self.state).name
        return self.t("{name} (adjusted)", name=name) if self.state.changes else name[self.lang]


def open_project() -> Project:
    """The project, read again when one of its files has changed. Raises `ContentError` or `ModelError`."""
    given = os.environ.get(FOLDER_VARIABLE)
    folder = find_folder(Path(given) if given else None)
    return _load(folder, stamps(folder))


@st.cache_resource(max_entries=2, show_spinner=False)
def _load(folder: Path, signature: tuple[tuple[str, int, int], ...]) -> Project:  # noqa: ARG001 - part of the cache's key
    project = load_project(folder)
    set_aside()
    return project


def set_aside() -> None:
    """Keep what is there now out of garbage collection: Streamlit collects everything after every script run, which
    takes a tenth of a second where equations and imported modules are gone through each time."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def run_state(project: Project, state: State) -> Run:
    """The run of a state, from the cache where these settings were run before. Raises `SimulationError`."""
    scenario = states.chosen_scenario(project.content, state)
    settings = states.settings_of(project.content, state)
    key = tuple((lever, setting.value, setting.start, setting.ramp) for lever, setting in settings.items())
    assumptions = project.content.assumptions(scenario)
    assumed = tuple((name, it.value) for name, it in assumptions.items())
    run = _run(project, state, project.content.hash, key, assumed)
    if isinstance(run, SimulationError):
        raise run.with_traceback(None)
    return replace(run, scenario=scenario.id, name=scenario.name, assumptions=assumptions)


@st.cache_resource(max_entries=64, show_spinner=False)
def _run(
    _project: Project, _state: State, content_hash: str, key: tuple[tuple[str, float, float, float], ...],  # noqa: ARG001
    assumed: tuple[tuple[str, float], ...],  # noqa: ARG001
) -> Run | SimulationError:  # fmt: skip
    """A run, or why there is none: to find that out takes seconds, and the page asks again with every move."""
    try:
        return nameless(_project.simulator.run(states.chosen_scenario(_project.content, _state), _state.changes))
    except SimulationError as error:
        return error


def nameless(run: Run) -> Run:
    """The run without a visitor's own words: what is reckoned of it once is shown to whoever has set the same."""
    silent = Text("", "")
    assumptions = {name: replace(it, reason=silent) for name, it in run.assumptions.items()}
    return replace(run, name=silent, assumptions=assumptions)


def run_key(run: Run) -> tuple[tuple[str | float, ...], ...]:
    """What makes a run besides the content, and its scenario's id: the key of what is reckoned of it `nameless`."""
    settings = [(lever, setting.value, setting.start, setting.ramp) for lever, setting in run.settings.items()]
    assumed = [(name, assumption.value) for name, assumption in run.assumptions.items()]
    return ((run.scenario,), *settings, *assumed)


def page_lang() -> str:
    """The language: as switched, else as the address says, else as the server was told, else the browser's."""
    if "page_lang" not in st.session_state:
        asked = st.query_params.get("lang", "")
        st.session_state["page_lang"] = asked if asked in LANGS else _first_lang()
    return str(st.session_state["page_lang"])


def _first_lang() -> str:
    """As ``xinzhi app --lang`` says; else the browser's; the server's own locale where a browser names none."""
    told, spoken = os.environ.get(LANG_VARIABLE, ""), st.context.locale
    if told in LANGS:
        return told
    if not spoken:
        return default_lang()
    return "zh" if spoken.lower().startswith("zh") else "en"


def native() -> bool:
    """Whether the address asks for plain widgets in place of the live workspace."""
    return st.query_params.get("ui") == "native"


def history() -> History:
    found: History = st.session_state["history"]
    return found


def begin(content: Content) -> None:
    """On the session's first run, or after the project's files have changed: the state that the address asks for.

    What cannot be read in an address is left out and told.
    """
    if st.session_state.get("content_hash") == content.hash:
        return
    query = {name: value for name, value in st.query_params.items() if name not in NOT_OF_THE_SCENARIO}
    link = from_query(content, query)
    notices = []
    if link.dropped:
        notices.append(Notice("error", msg("Parts of the link cannot be read and were left out:"), link.dropped))
    st.session_state["shown_indicators"] = _asked_indicators(content, st.query_params.get("show"))
    asked = st.query_params.get("dept", "")
    st.session_state["department"] = asked if asked in content.region.departments else EVERY_DEPARTMENT
    st.session_state["grouping"] = GROUPINGS[st.query_params.get("by") == GROUPINGS[1]]
    st.session_state["history"] = History(link.state)
    st.session_state["compared"] = list(link.compared)
    st.session_state["link"] = link
    st.session_state["notices"] = notices
    st.session_state["content_hash"] = content.hash
    st.session_state.pop("last_good_run", None)


def old_link(content: Content) -> Link | None:
    """The link that the page was opened with, where another model made it and nothing has been changed since."""
    link: Link = st.session_state["link"]
    return link if link.old(content) and history().present == link.state else None


def compared(content: Content) -> list[str]:
    """The scenarios that the present state is compared with."""
    return [key for key in st.session_state["compared"] if key in content.scenarios][:MOST_COMPARED]


def forget() -> None:
    """Begin again from the address when the project can be read again; widgets that are not drawn lose their values."""
    st.session_state.pop("content_hash", None)


def headline_indicators(content: Content) -> list[str]:
    """The headline targets' indicators, each once."""
    return list(dict.fromkeys(target.indicator for target in headline(content.targets)))


def further_indicators(content: Content) -> list[str]:
    """The other indicators."""
    first = headline_indicators(content)
    return [key for key in content.indicators if key not in first]


def _asked_indicators(content: Content, written: str | None) -> list[str]:
    """The further indicators that the address names; without any, the file's headline ones, else its last.

    Beside the live workspace there are none unasked: their canvas costs the page half a second of its start.
    """
    further = further_indicators(content)
    if written is not None:
        return list(dict.fromkeys(key for key in written.split(",") if key in further))
    if not native():
        return []
    return [key for key in further if content.indicators[key].headline] or further[-1:]


def current_run(project: Project, baseline: Run) -> tuple[State, Run, bool]:
    """The present state, its run, and true; where it cannot be run, a notice, the last run that could, and false."""
    state = history().present
    try:
        run = run_state(project, state)
    except SimulationError as error:
        notify(Notice("error", msg("These settings could not be run; the last result is shown."), error.problems))
        return state, st.session_state.get("last_good_run", baseline), False
    st.session_state["last_good_run"] = run
    return state, run, True


def present_view(view: View) -> View:
    """A view of the present state, where ``view`` was of an earlier one."""
    state, run, ran = current_run(view.project, view.baseline)
    return replace(view, state=state, current=run, ran=ran)


def address(content: Content, state: State, lang: str, outcome: Outcome | None) -> dict[str, str]:
    """The page's address: the whole scenario, what it comes to, and what is shown.

    A link of another model keeps its own results until something is changed: whoever reloads it sees both again.
    """
    query = {**to_query(content, state, compared(content), outcome), "lang": lang}
    old = old_link(content)
    if old is not None:
        query = {key: value for key, value in query.items() if key not in ("r", "p")}
        query |= {key: st.query_params[key] for key in ("m", "r", "p") if key in st.query_params}
    if native():
        query["ui"] = "native"
    shown = list(st.session_state["shown_indicators"])
    if shown != _asked_indicators(content, None):
        query["show"] = ",".join(shown)
    if st.session_state["department"] != EVERY_DEPARTMENT:
        query["dept"] = st.session_state["department"]
    if st.session_state["grouping"] != GROUPINGS[0]:
        query["by"] = st.session_state["grouping"]
    return query


def write_address(content: Content, state: State, lang: str, outcome: Outcome | None) -> None:
    """Put `address` into the browser's, where it is not there yet."""
    query = address(content, state, lang, outcome)
    if dict(st.query_params) != query:
        st.query_params.from_dict(query)


def notify(notice: Notice) -> None:
    if notice not in st.session_state["notices"]:
        st.session_state["notices"].append(notice)


# What the widgets' callbacks do


def _go(new: History) -> None:
    if new != history():
        st.session_state["notices"] = []
        st.session_state["history"] = new


def change(new: State) -> None:
    """One step: what the planner has set becomes the present state."""
    _go(history().then(new))


def undo() -> None:
    _go(history().undone())


def redo() -> None:
    _go(history().redone())


def reset() -> None:
    """All levers as the baseline has them."""
    change(states.start_from())


def switch_language() -> None:
    """The page in the other language; what was chosen and opened stays.

    A browser names a choice by its words: each is set anew, so that the browser learns the words of the other language.
    """
    for key in st.session_state.get("worded", ()):
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
    st.session_state["page_lang"] = "en" if page_lang() == "zh" else "zh"


def worded(key: str) -> str:
    """The key of a choice or expander that is drawn in words, noted for `switch_language`."""
    st.session_state.setdefault("worded", set()).add(key)
    return key


def set_lever(content: Content, lever_id: str, part: str, key: str) -> None:
    """A lever's widget was moved."""
    _take_over(lambda: states.set_part(content, history().present, lever_id, part, float(st.session_state[key])))


def set_levers(content: Content, shown: Mapping[str, Sequence[float]]) -> None:
    """The live page let a lever go: all levers as it shows them, one step of the history."""
    _take_over(lambda: states.set_levers(content, history().present, shown))


def _take_over(read: Callable[[], State]) -> None:
    """What a browser has sent becomes the present state; where it says nothing that can be, that is told."""
    try:
        change(read())
    except (ContentError, ValueError, TypeError, OverflowError) as error:
        problems = tuple(error.problems) if isinstance(error, ContentError) else ()
        notify(Notice("error", msg("These settings could not be taken over."), problems[:MOST_TOLD]))


def reset_lever(lever_id: str) -> None:
    change(states.reset_lever(history().present, lever_id))


def choose_scenario(key: str, known: Sequence[str]) -> None:
    """A scenario was chosen; the uploaded one stays what it is.

    After a switch of language a browser may still name the scenario in the other one: that chooses nothing.
    """
    chosen = st.session_state[key]
    if chosen not in known or chosen == history().present.scenario:
        return
    earlier = next((state for state in reversed(_known()) if state.scenario == chosen and state.uploaded), None)
    change(State(chosen, {}, earlier.uploaded if earlier is not None else None))


def uploads() -> list[State]:
    """The uploaded scenarios of this session, one each, oldest first."""
    found = {state.scenario: State(state.scenario, {}, state.uploaded) for state in _known() if state.uploaded}
    return list(found.values())


def _known() -> tuple[State, ...]:
    past = history()
    return (*past.past, past.present, *past.future)


def upload(content: Content, key: str) -> None:
    """A scenario file was chosen: it becomes the present state, or its problems are told and nothing changes."""
    file = st.session_state[key]
    st.session_state["upload_notice"] = None
    if file is None:
        return
    try:
        new = states.read_upload(content, file.name, file.getvalue())
    except ContentError as error:
        summary = msg("The file was not taken over.")
        if len(error.problems) > MOST_TOLD:
            summary = msg("The file was not taken over. The first {shown} of {count} problems:",
                       shown=MOST_TOLD, count=len(error.problems))  # fmt: skip
        st.session_state["upload_notice"] = Notice("error", summary, error.problems[:MOST_TOLD])
        return
    change(new)
    name = states.chosen_scenario(content, new).name
    st.session_state["upload_notice"] = Notice("info", msg('The scenario "{name}" is now shown.', name=name))


def keep(key: str, wanted: object) -> None:
    """Make a widget show the state: its value is written before it is drawn, and only where it differs."""
    if key not in st.session_state or st.session_state[key] != wanted:
        st.session_state[key] = wanted
