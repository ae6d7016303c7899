"""Files out and a scenario in. A file is built when its button is pressed, not before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from xinzhi.content.scenario import BASELINE
from xinzhi.content.yaml_file import Text
from xinzhi.dashboard import session
from xinzhi.dashboard.article_section import indicator_labels
from xinzhi.dashboard.comparison import Compared
from xinzhi.dashboard.futures import Settled
from xinzhi.dashboard.lever_state import LARGEST_UPLOAD
from xinzhi.dashboard.markup import draw_notice, plain_markdown
from xinzhi.dashboard.session import View
from xinzhi.formats.writing import CHART_FORMATS
from xinzhi.show import numbers
from xinzhi.show.export import run_bytes, scenario_yaml
from xinzhi.show.words import LANGS, t
from xinzhi.simulate import FloatArray, Run

MIME = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yaml": "application/yaml",
}
LARGEST_SENT = 1  # MB, Streamlit's limit, in whole ones; `read_upload` has a closer one
ALL = "*"
LONGEST_WORD = 30  # letters of a name in a file's name: Chinese ones take three bytes each, and a system allows 255


def draw_downloads(view: View, others: Sequence[Compared], settled: Settled | None) -> None:
    """Charts (with what is compared and the bands), results and the scenario as files; an upload beside them."""
    charts, results, scenario, upload = st.columns(4, gap="large")
    with charts:
        _draw_head(view.t("Charts"))
        _draw_chart_files(view, others, settled)
    with results:
        _draw_head(view.t("Results"))
        for fmt in ("csv", "xlsx"):
            _draw_button(view, fmt, _run_maker(view, fmt), view.scenario_name)
    with scenario:
        _draw_head(view.t("Scenario file"))
        name = _draw_name(view)
        _draw_button(view, "yaml", _yaml_maker(view, name), name)
    with upload:
        _draw_head(view.t("Open a scenario file"))
        _draw_upload(view)


def _draw_head(text: str) -> None:
    st.markdown(f"**{plain_markdown(text)}**")


def _draw_name(view: View) -> str:
    """What the scenario is to be called: what was typed, which stays while levers are moved, else what it is called."""
    typed = st.text_input(view.t("Name of the scenario"), placeholder=view.scenario_name, max_chars=60, key="file-name")
    return str(typed or "").strip() or view.scenario_name


def _draw_chart_files(view: View, others: Sequence[Compared], settled: Settled | None) -> None:
    headline = session.headline_indicators(view.content)
    names = {ALL: view.t("All headline indicators"), **indicator_labels(view)}
    chosen = st.selectbox(
        view.t("Which chart"), list(names), format_func=lambda key: names[key], key=session.worded("chart-file")
    )
    ids = headline if chosen == ALL else [str(chosen)]
    shown = names[ALL] if chosen == ALL else view.content.indicators[str(chosen)].name[view.lang]
    runs = [view.current, *(it.run for it in others)]
    bands = {} if settled is None else settled.bands
    with st.container(horizontal=True, gap="small"):
        for fmt in CHART_FORMATS:
            _draw_button(view, fmt, _chart_maker(view, runs, ids, bands, fmt), view.scenario_name, shown)


def _draw_button(view: View, fmt: str, make: Callable[[], bytes], *named: str) -> None:
    st.download_button(
        view.t("Download {format}", format=fmt.upper()),
        make,
        file_name=file_name(view, named, fmt),
        mime=MIME[fmt],
        key=f"download-{fmt}",
        on_click="ignore",
    )


def _chart_maker(
    view: View, runs: list[Run], indicator_ids: list[str], bands: Mapping[str, FloatArray], fmt: str
) -> Callable[[], bytes]:
    def make() -> bytes:
        from xinzhi.show.charts import chart_indicators, render

        figure = chart_indicators(view.content, runs, indicator_ids, view.lang, baseline=view.baseline, bands=bands)
        return render(figure, fmt)

    return make


def _run_maker(view: View, fmt: str) -> Callable[[], bytes]:
    """The current run, whose name says where levers of an uploaded scenario were moved; of another it is seen."""
    run = view.current
    if view.state.uploaded is not None and view.state.changes:
        run = replace(run, name=Text(**{lang: t("{name} (adjusted)", lang, name=run.name) for lang in LANGS}))
    return lambda: run_bytes(view.content, run, fmt, view.lang)


def _yaml_maker(view: View, name: str) -> Callable[[], bytes]:
    """The present settings as a file over a scenario of the project."""
    uploaded = view.state.uploaded
    based_on = (uploaded.based_on or BASELINE) if uploaded is not None else view.state.scenario
    narrative = Text(*(t("Settings of {day}, based on {name}.", lang, day=numbers.day(date.today(), lang),
                         name=view.content.scenario(based_on).name) for lang in ("zh", "en")))  # fmt: skip

    def make() -> bytes:
        run = replace(view.current, name=Text(name, name))
        words = {"zh": narrative.zh, "en": narrative.en}
        return scenario_yaml(view.content, run, based_on, {"zh": name, "en": name}, words).encode()

    return make


def file_name(view: View, named: Sequence[str], suffix: str) -> str:
    """Product, scenario, what is shown of it, day and model version, without characters that a file system refuses."""
    words = [re.sub(r"[^\w（）()-]+", "-", name).strip("-")[:LONGEST_WORD] for name in named]
    product = "新质" if view.lang == "zh" else "xinzhi"
    return "_".join((product, *filter(None, words), f"{date.today():%Y%m%d}", f"{view.content.hash[:8]}.{suffix}"))


def _draw_upload(view: View) -> None:
    with st.container(key=f"upload-{view.lang}"):  # style.css says Streamlit's own words in this language
        st.file_uploader(
            view.t("YAML file, at most {size} kB", size=LARGEST_UPLOAD // 1000),
            type=["yaml", "yml"],
            key="upload",
            max_upload_size=LARGEST_SENT,
            on_change=session.upload,
            args=(view.content, "upload"),
        )
    notice = st.session_state.get("upload_notice")
    if notice is not None:
        draw_notice(notice, view.lang)
