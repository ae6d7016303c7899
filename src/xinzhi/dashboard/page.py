"""The page: header, verdicts, targets by article, levers beside charts, then audit, notes and files."""

from __future__ import annotations

from html import escape
from pathlib import Path
from time import sleep
from urllib.parse import urlencode

import streamlit as st

from xinzhi.dashboard import session
from xinzhi.dashboard.article_section import draw_articles, indicator_labels
from xinzhi.dashboard.cards import draw_cards
from xinzhi.dashboard.charts import draw_charts
from xinzhi.dashboard.comparison import Compared, compared, draw_choice, draw_comparison, draw_old_link, outcome
from xinzhi.dashboard.delivery import wait_until_delivered
from xinzhi.dashboard.downloads import draw_downloads
from xinzhi.dashboard.futures import Settled
from xinzhi.dashboard.lever_state import chosen_scenario, start_from
from xinzhi.dashboard.levers import draw_levers
from xinzhi.dashboard.markup import draw_html, draw_notice, plain_markdown, say_here
from xinzhi.dashboard.mounts import draw_code
from xinzhi.dashboard.session import View, keep
from xinzhi.dashboard.workspace import Live, draw_feed, draw_workspace, missing_members, wait_for_members
from xinzhi.errors import XinzhiError
from xinzhi.show.beliefs import assumptions_line
from xinzhi.show.words import join, t

DOCUMENT = ("audit", "departments")
BELIEVED = ("odds", "backtest", "fit", "validate")
DRIVERS = ("sensitivity", "discover", "robustness")
"""The studies that have a place on the page."""
STYLE = Path(__file__).parent / "style.css"
NAMED = 4  # of the levers that were moved
FLUSH = 0.06  # seconds in which the browser draws what it has been sent, before it is sent more


def show() -> None:
    """Draw the page once, for the session's present state."""
    lang = session.page_lang()
    st.set_page_config(page_title=t("Xinzhi: policy scenarios", lang), layout="wide", initial_sidebar_state="collapsed")
    st.html(STYLE)
    try:
        with st.spinner(t("Reading the model …", lang)):
            project = session.open_project()
            session.begin(project.content)
            baseline = session.run_state(project, start_from())
    except XinzhiError as error:
        session.forget()
        _draw_broken_project(error, lang)
        return
    state, run, ran = session.current_run(project, baseline)
    view = View(project, state, run, baseline, lang, ran)
    settled = _draw(view)
    session.write_address(project.content, state, lang, outcome(view, run, settled) if ran else None)


def _draw(view: View) -> Settled | None:
    """The whole page; what the server has settled of the present state."""
    _draw_header(view)
    others = compared(view)
    for notice in st.session_state["notices"]:
        draw_notice(notice, view.lang)
    then_and_now = st.container()
    _draw_story(view)
    live = Live()
    if session.native():
        draw_code("charts-code", None)
        _draw_native(view, others, tuple(st.session_state["shown_indicators"]))
    else:
        live = draw_workspace(view, others)
    draw_comparison(view, live.settled, others, pending=live.pending)
    link = session.old_link(view.content)
    if link is not None:
        with then_and_now:
            draw_old_link(view, link, live.settled, pending=live.pending)
    draw_articles(view, live)
    if not session.native():
        further = st.session_state["shown_indicators"]
        if further:
            draw_charts(view, further, others)
        _draw_choice_of_charts(view)
    _draw_below(view, others, live)
    if live.members is not None:
        draw_feed(live.members)
    lacking = [] if session.native() else missing_members(view, live, others)
    if lacking:
        used = [view.current.assumptions, *(it.run.assumptions for it in others)]
        wait_for_members(view.project, lacking, used)
    return live.settled


@st.fragment
def _draw_native(view: View, others: list[Compared], drawn: tuple[str, ...]) -> None:
    """Streamlit's own widgets: for readers of the screen, for tests, and where no script runs.

    A moved lever or a chosen chart runs this part alone: charts first, then cards, then levers; the rest follows.
    """
    further = tuple(st.session_state["shown_indicators"])
    moved = session.history().present != view.state  # since the page was drawn
    if moved:
        view = session.present_view(view)
    above = st.container()
    with st.container(key="board", horizontal=True, gap="medium"):
        levers = st.container(key="levers", gap="small")
        with st.container(key="right"):
            draw_charts(view, [*session.headline_indicators(view.content), *further], others)
            _let_go(moved)
            _draw_choice_of_charts(view)
    with above:
        _draw_way_back(view)
        draw_cards(view)
    _let_go(moved)
    with levers:
        draw_levers(view)
    if moved or further != drawn:
        st.rerun()
    wait_until_delivered()


def _let_go(moved: bool) -> None:
    """Let the browser show what was drawn before it is sent more."""
    if moved:
        sleep(FLUSH)


def _draw_way_back(view: View) -> None:
    query = session.address(view.content, view.state, view.lang, None)
    live = urlencode({key: value for key, value in query.items() if key != "ui"})
    back = view.t("To the live page")
    draw_html(f'<a class="xz-small" href="?{escape(live)}">{escape(back)}</a>', view.lang)


def _draw_broken_project(error: XinzhiError, lang: str) -> None:
    lines = [t("The project's files have problems; correct them and reload the page.", lang), ""]
    lines += [f"- {plain_markdown(say_here(problem, lang))}" for problem in error.problems]
    st.error("\n".join(lines))


def _draw_header(view: View) -> None:
    """Title, scenario, undo, redo, reset, language."""
    title = view.t("Xinzhi · {region}", region=view.content.region.name)
    number = view.content.region.document.number
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="small"):
        draw_html(f'<h1 class="xz-title">{escape(title)}<small>{escape(number)}</small></h1>', view.lang)
        _draw_scenarios(view)
        draw_choice(view)
        past = session.history()
        st.button(
            view.t("Undo"),
            key="undo",
            icon=":material/undo:",
            shortcut="Ctrl+Z",
            disabled=not past.past,
            on_click=session.undo,
        )
        st.button(
            view.t("Redo"),
            key="redo",
            icon=":material/redo:",
            shortcut="Ctrl+Shift+Z",
            disabled=not past.future,
            on_click=session.redo,
        )
        st.button(view.t("Reset"), key="reset", help=view.t("All levers as in the baseline"), on_click=session.reset)
        st.button("English" if view.lang == "zh" else "中文", key="language", on_click=session.switch_language)


def _draw_scenarios(view: View) -> None:
    names = {key: scenario.name[view.lang] for key, scenario in view.content.scenarios.items()}
    for upload in session.uploads():
        if upload.uploaded is not None:
            names[upload.scenario] = view.t("{name} (uploaded)", name=upload.uploaded.name)
    keep("scenario", view.state.scenario)
    st.selectbox(
        view.t("Scenario"),
        list(names),
        format_func=lambda key: names[key],
        key=session.worded("scenario"),
        label_visibility="collapsed",
        on_change=session.choose_scenario,
        args=("scenario", tuple(names)),
    )


def _draw_story(view: View) -> None:
    """What the scenario says of itself, and what it believes of the world outside; of moved levers, that they were
    moved: the scenario's own words do not hold for them."""
    scenario = chosen_scenario(view.content, view.state)
    sentences = [scenario.narrative[view.lang]]
    if view.state.changes:
        names = [view.content.sheet.levers[key].name[view.lang] for key in view.state.changes]
        some = names if len(names) <= NAMED else [*names[:NAMED], view.t("{count} more", count=len(names) - NAMED)]
        sentences.insert(
            0, view.t('Adjusted from "{name}": {levers}.', name=scenario.name, levers=join(some, view.lang))
        )
        sentences[1] = view.t('"{name}" itself: {story}', name=scenario.name, story=sentences[1])
    if view.current.assumptions:
        sentences.append(assumptions_line(view.content, view.current, view.lang))
    draw_html(f'<p class="xz-story">{escape(" ".join(sentences))}</p>', view.lang)


def _draw_choice_of_charts(view: View) -> None:
    names = indicator_labels(view)
    headline = session.headline_indicators(view.content)
    st.multiselect(
        view.t("Further indicators"),
        [key for key in names if key not in headline],
        format_func=lambda key: names[key],
        key=session.worded("shown_indicators"),
        placeholder=view.t("Choose indicators"),
    )


def _draw_below(view: View, others: list[Compared], live: Live) -> None:
    from xinzhi.dashboard.notes import draw_notes
    from xinzhi.dashboard.study_drawing import draw_studies, further_studies

    st.subheader(view.t("The document and the departments"), anchor=False)
    draw_studies(view, *DOCUMENT)
    st.subheader(view.t("How far the model may be believed"), anchor="believed")
    draw_studies(view, *BELIEVED[:1])
    draw_studies(view, *BELIEVED[1:], mild=())  # of kept files: a damaged one is an error
    st.subheader(view.t("What drives the odds"), anchor=False)
    draw_studies(view, *DRIVERS)
    further = further_studies(*DOCUMENT, *BELIEVED, *DRIVERS)
    if further:
        st.subheader(view.t("Further studies"), anchor=False)
        draw_studies(view, *further)
    st.subheader(view.t("Notes on use"), anchor=False)
    draw_notes(view)
    st.subheader(view.t("Files"), anchor=False)
    draw_downloads(view, others, live.settled)


if __name__ == "__main__":
    show()
