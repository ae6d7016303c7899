"""Figures from outside: what cannot be is refused in one sentence, whatever way it comes in, and nothing is dropped."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from test_broken import copy_project
from xinzhi.analysis.plausible import implausible, refused
from xinzhi.cli import commands
from xinzhi.content.backtest_file import BacktestScores
from xinzhi.content.fitted import FITTED, POSTERIOR, digest
from xinzhi.content.history import COLUMNS, HISTORY, Observation, Series
from xinzhi.content.observations import read_observations, with_rows
from xinzhi.content.plausible_figures import in_file
from xinzhi.content.reading import read_content
from xinzhi.content.regional_series import FILE as SERIES
from xinzhi.errors import ContentError, OutputError, SimulationError, XinzhiError
from xinzhi.formats import writing
from xinzhi.futures.ensemble import run_ensemble
from xinzhi.futures.freshness import stale
from xinzhi.futures.library import members_said
from xinzhi.futures.sampling import draw_sample
from xinzhi.futures.system import build_system
from xinzhi.project import Project, load_project
from xinzhi.store import open_store
from xinzhi.studies.backtest.backtest import Backtest, LeftOut
from xinzhi.studies.backtest.words import left_out_sentences
from xinzhi.studies.ensemble.design_file import read_design, write_design
from xinzhi.studies.ensemble.ensemble_files import open_folder
from xinzhi.studies.observe.observation import with_figures

HEAD = ",".join(COLUMNS) + "\n"
TAIL = ",published,hubei-communique-2024\n"
NO_FIGURE = "leave the line out where there is no figure"
# A row of a new year's figures without its status and source, and what is said of it.
REFUSED = {
    "2025,gdp_nominal,0,亿元": r'"gdp_nominal" of 2025 is 0, and what a fit is held against must be above 0; ' + NO_FIGURE,
    "2025,gdp_nominal,-63000,亿元": r'"gdp_nominal" of 2025 is -63000, .* must be above 0; correct the figure',
    "2025,gdp_nominal,630000000,亿元": r"of 2025 is 6.3e\+08, its other figures are about \d+; a factor of 10,000 is susp",
    "2025,gdp_nominal,6.3,亿元": r"a factor of 10,000 is suspected, such as 万元 written for 亿元",
    "2025,gdp_nominal,630,亿元": r'"gdp_nominal" is 630 in 2025, the model says \d+; correct the figure or its unit',
    "2025,rd_personnel_fte,5.3,人年": r"the model says \d+; a growth rate is suspected where the level is meant",
    "2025,manufacturing_share_gdp,0.258,%": r"a fraction is suspected where per cent are meant, such as 0.45 for 45%",
    "2025,manufacturing_share_gdp,258,%": r'"manufacturing_share_gdp" cannot have been 258 % in 2025',
    "2025,high_tech_enterprises,0,家": NO_FIGURE,
    "2025,gdp_nominal,,亿元": r'the value "" is not a number; ' + NO_FIGURE,
    "2025,gdp_nominal,-,亿元": r'the value "-" is not a number; ' + NO_FIGURE,
    "2025,gdp_nominal,…,亿元": NO_FIGURE,
    "2025,gdp_nominal,NA,亿元": NO_FIGURE,
    "2025,gdp_nominal,inf,亿元": r'the value "inf" is not a number; write digits',
    '2025,gdp_nominal,"63,000",亿元': r"write it without marks between the thousands, such as 63000",
    "2025年,gdp_nominal,63000,亿元": r'the time "2025年" is not a calendar year',
    "2031,gdp_nominal,63000,亿元": r"of 2031",
    "2025,gdp_nominal,6.3,万亿元": r"two units|convert it to 亿元",
}  # fmt: skip


def said_of(attempt: Callable[[], object]) -> str:
    with pytest.raises(ContentError) as caught:
        attempt()
    assert all(problem.place is not None and problem.place.line for problem in caught.value.problems), caught.value
    return str(caught.value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("figures"))


@pytest.fixture
def no_reckoning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn or fitted for a figure that cannot be."""
    monkeypatch.setattr("xinzhi.studies.observe.observation.draw_design", None)


@pytest.mark.parametrize("row", REFUSED)
def test_what_cannot_be_is_refused_in_a_file_of_new_figures_before_anything_is_reckoned(
    project: Project, tmp_path: Path, no_reckoning: None, row: str
) -> None:
    path = tmp_path / "new.csv"
    path.write_text(HEAD + row + TAIL, encoding="utf-8")
    said = said_of(lambda: project.observe(path))
    assert re.search(REFUSED[row], said) and f"{path}:2: " in said
    assert "\n" not in said, "one sentence a figure"


@pytest.mark.parametrize("row", [it for it in REFUSED if '"' not in it])
def test_and_in_a_table_with_the_number_of_its_row(project: Project, no_reckoning: None, row: str) -> None:
    year, name, value, unit = row.split(",")
    figure = pd.to_numeric(pd.Series([value]), errors="coerce")[0]
    time = int(year) if year.isdigit() else year
    for cell in {value} if np.isnan(figure) else {value, figure}:
        frame = pd.DataFrame([(time, name, cell, unit, "published", "hubei-communique-2024")], columns=list(COLUMNS))
        said = said_of(lambda frame=frame: project.observe(frame))
        assert re.search(REFUSED[row], said) and "DataFrame:1: " in said


def test_and_in_the_history_all_at_once_by_every_command(folder: Path) -> None:
    history = folder / HISTORY
    text = history.read_text(encoding="utf-8")
    wrong = {
        "2022,gdp_nominal,53445.44": "2022,gdp_nominal,0",
        "2021,imports_exports,5374.4": "2021,imports_exports,0",
        "2019,gdp_nominal_first_release,45828.31": "2019,gdp_nominal_first_release,4.582831",
        "2023,local_conversion_rate,62,": "2023,local_conversion_rate,-62,",
    }
    changed = text
    for old, new in wrong.items():
        changed = changed.replace(old, new, 1)
    history.write_text(changed, encoding="utf-8")
    try:
        result = CliRunner().invoke(commands("en"), ["check", "--project", str(folder)], standalone_mode=False)
    finally:
        history.write_text(text, encoding="utf-8")
    said = str(result.exception)
    assert isinstance(result.exception, ContentError)
    assert re.search(r'"gdp_nominal" of 2022 is 0 .*' + NO_FIGURE, said)
    assert re.search(r'"imports_exports" of 2021 is 0.*' + NO_FIGURE, said)
    assert re.search(r'"gdp_nominal_first_release" of 2019 is 4.58283, its other figures are about \d+; a factor', said)
    assert re.search(r'"local_conversion_rate" cannot have been -62 %', said)
    assert len(result.exception.problems) == 4


def test_a_zero_between_figures_is_no_figure_unless_the_series_can_be_so_small_or_may_be_nothing(
    project: Project,
) -> None:
    def told(name: str, *values: float, plausible: tuple[float, float] | None = None) -> bool:
        series = Series(name, project.content.history.series[name].unit, tuple(
            Observation(2018 + place, value, "published", "s", place) for place, value in enumerate(values)
        ))  # fmt: skip
        indicators = dict(project.content.indicators)
        indicators[name] = replace(indicators[name], plausible=plausible or indicators[name].plausible)
        content = replace(
            project.content, indicators=indicators, targets={}, fit=None,
            history=replace(project.content.history, series={name: series}),
        )  # fmt: skip
        return any("is 0 between" in str(it) for it in refused(content, project.run(), in_file("h")))

    assert told("national_key_laboratories", 30, 0, 44)
    assert not told("national_key_laboratories", 3, 0, 2), "a count of three can be none"
    assert not told("national_key_laboratories", 30, 0, 44, plausible=(0, 100))
    assert told("cloud_adoption", 45, 0, 0, 52), "a share does not vanish for a year"
    assert not told("cloud_adoption", 0, 0, 45, 52), "a beginning"


def test_of_three_figures_the_one_in_another_unit_is_told_and_no_other(project: Project) -> None:
    figures = tuple(Observation(2021 + at, value, "published", "s", at) for at, value in enumerate((650, 7e6, 720)))
    only = {"beidou_revenue": Series("beidou_revenue", "亿元", figures)}
    content = replace(project.content, targets={}, fit=None, history=replace(project.content.history, series=only))
    (problem,) = refused(content, project.run(), in_file("h"))
    assert problem.place is not None and problem.place.line == 1 and "a factor of 10,000" in str(problem)


def test_what_is_merely_a_surprise_is_accepted_and_told_as_one(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text(HEAD + "2025,gdp_nominal,69000,亿元" + TAIL, encoding="utf-8")
    rows = read_observations(project.content, path)
    whole = with_figures(project.content, rows)
    assert refused(whole, project.run(), in_file("x")) == []
    assert implausible(project.content, project.run(), "x") == []


def test_a_figure_of_many_standard_deviations_is_refused_before_a_refit(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinzhi.studies.observe.observation._refitted", None)
    path = tmp_path / "new.csv"
    path.write_text(HEAD + "2025,gdp_nominal,230000,亿元" + TAIL, encoding="utf-8")
    said = said_of(lambda: project.observe(path, members=100))
    wanted = (
        r'new.csv:2: "gdp_nominal" of 2025 is 230000, \+\d+ standard deviations from its forecast, \d+ to \d+; corr'
    )
    assert re.search(wanted, said)


@pytest.mark.parametrize("factor", [0.0, -1.0, 1e-5, 1e-4, 1e-2, 1e2, 1e4, 1e5])
def test_no_slip_of_a_fitted_figure_passes_the_gate(project: Project, factor: float) -> None:
    content, run = project.content, project.run()
    assert content.fit is not None
    for name in content.fit.series:
        series = content.history.series[name]
        slipped = [it for it in series.observations if it.time in run.times][-1]
        changed = tuple(replace(it, value=it.value * factor) if it is slipped else it for it in series.observations)
        history = replace(
            content.history, series={**content.history.series, name: replace(series, observations=changed)}
        )
        (problem,) = refused(replace(content, history=history), run, in_file("h"))
        assert problem.place is not None and problem.place.line == slipped.line and name in str(problem)


def test_a_figure_without_a_logarithm_is_no_evidence_in_silence_even_of_content_made_in_python(
    project: Project,
) -> None:
    rows = {"gdp_nominal": Series("gdp_nominal", "亿元", (Observation(2025, 0.0, "published", "s"),))}
    with pytest.raises(ContentError, match=r'"gdp_nominal" of 2025 is 0, and what a fit is held against'):
        build_system(with_figures(project.content, rows), project.simulator)


def test_a_shock_s_year_without_its_figure_is_told_where_the_shock_stands(folder: Path) -> None:
    history = folder / HISTORY
    text = history.read_text(encoding="utf-8")
    history.write_text("".join(it for it in text.splitlines(True) if "2021,gdp_nominal," not in it), encoding="utf-8")
    try:
        with pytest.raises(
            ContentError, match=r'fit.yaml:\d+: the shock of 2021 is solved from "gdp_nominal", which his'
        ):
            read_content(folder, open_store())
    finally:
        history.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2019,0.9512,", "2019,0,", r'region_series.csv:6: "historical deflator" is 0, its other figures are about 0.9\d+'),
        ("2019,0.9512,", "2019,95.12,", r'region_series.csv:6: "historical deflator" is 95.12, its other figures are'),
        ("2019,0.9512,", "2019,-0.9512,", r"its other figures are about"),
        ("2019,0.9512,", "2019,…,", r'the value "…" is not a number; write digits, such as 12.5, or leave the cell empty'),
    ],
)  # fmt: skip
def test_a_series_of_the_place_is_held_to_its_own_size(folder: Path, old: str, new: str, said: str) -> None:
    path = folder / SERIES
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        with pytest.raises(ContentError, match=said):
            read_content(folder, open_store())
    finally:
        path.write_text(text, encoding="utf-8")


# Writing


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(it.relative_to(folder)): it.read_bytes() for it in sorted(folder.rglob("*")) if it.is_file()}


def test_rows_go_below_their_series_whatever_the_file_s_line_ends_and_quotes(project: Project) -> None:
    history = project.content.history.series
    text = (project.content.folder / HISTORY).read_text(encoding="utf-8")
    rows = {
        "gdp_nominal": Series(
            "gdp_nominal", "亿元", (Observation(2025, 63000.0, "published", "hubei-communique-2024"),)
        )
    }
    wanted = with_rows(text, rows, history)
    assert wanted.count("\n") == text.count("\n") + 1
    lines = wanted.splitlines()
    place = lines.index("2025,gdp_nominal,63000,亿元,published,hubei-communique-2024")
    assert lines[place - 1].startswith("2024,gdp_nominal,")
    for end in ("\r\n", "\r"):
        assert with_rows(text.replace("\n", end), rows, history) == wanted.replace("\n", end)
    assert with_rows(text.removesuffix("\n"), rows, history) == wanted
    quoted = text.replace("2024,gdp_nominal,", '2024, "gdp_nominal",')
    assert "2025,gdp_nominal,63000" in with_rows(quoted, rows, history)


def test_observe_writes_what_check_finds_sound_or_nothing_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, data = tmp_path / "project", tmp_path / "new.csv"
    copy_project(folder)
    history = folder / HISTORY
    history.write_bytes(b"\xef\xbb\xbf" + history.read_bytes().replace(b"\n", b"\r\n"))

    def write(*rows: str) -> Result:
        data.write_text(HEAD + "".join(row + TAIL for row in rows), encoding="utf-8")
        asked = ["observe", str(data), "--write", "--members", "100", "--project", str(folder)]
        return CliRunner().invoke(commands("en"), asked, standalone_mode=False)

    for row in [*REFUSED][::4]:
        before = bytes_of(folder)
        assert isinstance(write(row).exception, ContentError), row
        assert bytes_of(folder) == before, row
    good = ("2025,gdp_nominal,63000,亿元", "2025,beidou_revenue,900,亿元")
    before = bytes_of(folder)
    with monkeypatch.context() as patch:
        real = writing.write

        def full(path: Path, content: bytes) -> None:
            if path.name == "history.csv":
                raise OutputError([])
            real(path, content)

        patch.setattr(writing, "write", full)
        assert isinstance(write(*good).exception, OutputError)
    assert bytes_of(folder) == before, "a full disk takes the forecasts back"
    written = write(*good)
    assert written.exception is None
    assert "No forecast was made of beidou_revenue; their figures are only kept." in written.output
    checked = CliRunner().invoke(commands("en"), ["check", "--project", str(folder)])
    assert checked.exit_code == 0, checked.output
    after = load_project(folder).content.history.series
    assert after["gdp_nominal"].at(2025) is not None and after["beidou_revenue"].at(2025) is not None
    assert (
        history.read_bytes().count(b"\r\n") == history.read_bytes().count(b"\n") and history.read_bytes()[:1] == b"\xef"
    )


def test_figures_are_not_written_into_files_that_have_changed_meanwhile(project: Project, tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    read = load_project(folder)
    found = read.observe(members=100)
    with (folder / HISTORY).open("a", encoding="utf-8") as file:
        file.write("2025,beidou_revenue,900,亿元,assumed,expert-assumption\n")
    before = bytes_of(folder)
    with pytest.raises(
        ContentError, match="the project's files have changed since they were read; read the project and"
    ):
        read.keep(found)
    assert bytes_of(folder) == before


# The two halves of a fit


@pytest.fixture
def fitted(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


def drawn(folder: Path, change: Callable[[dict[str, np.ndarray]], None], *, named: bool = True) -> None:
    """Change the kept draws; fitted.yaml names the changed ones where ``named``."""
    table = pq.read_table(folder / POSTERIOR)
    columns = {name: table[name].to_numpy().copy() for name in table.column_names}
    change(columns)
    pq.write_table(pa.table(columns).replace_schema_metadata(table.schema.metadata), folder / POSTERIOR)
    if named:
        path = folder / FITTED
        name = digest((folder / POSTERIOR).read_bytes())
        path.write_text(re.sub("posterior: .*", f"posterior: {name}", path.read_text("utf-8")), "utf-8")


def test_halves_of_two_fits_are_told_by_check_and_refused_where_members_are_drawn(
    fitted: Path, project: Project
) -> None:
    load_project(fitted).odds(members=100)  # members that are kept must not hide it
    whole = (fitted / FITTED).read_text(encoding="utf-8")
    drawn(fitted, lambda columns: columns["conversion time"].sort(), named=False)
    two = "calibration/fitted.yaml and calibration/posterior.parquet are of two different fits; run xinzhi fit --write"
    checked = CliRunner().invoke(commands("en"), ["check", "--project", str(fitted)])
    assert checked.exit_code == 0 and two in checked.output
    read = load_project(fitted)
    with pytest.raises(ContentError, match=two):
        read.odds(members=100)
    with pytest.raises(ContentError, match=two):
        read.run_ensemble(folder=fitted / "out", runs=10)
    (fitted / POSTERIOR).write_bytes((project.content.folder / POSTERIOR).read_bytes())
    for text in (whole, re.sub("  posterior: .*\n", "", whole)):
        (fitted / FITTED).write_text(text, encoding="utf-8")
        assert stale(load_project(fitted).content) is None and read.odds(members=100).members == 100
    (fitted / FITTED).write_text(re.sub("  posterior: .*\n", "", whole).replace("seed: 1\n", "seed: 2\n"), "utf-8")
    with pytest.raises(ContentError, match=two):
        read.odds(members=100)


@pytest.mark.parametrize("name", [FITTED, POSTERIOR])
def test_a_half_that_is_missing_is_told_and_refused(fitted: Path, name: str) -> None:
    (fitted / name).unlink()
    assert f"half of the fit is missing, {name}; run xinzhi fit --write" in str(stale(load_project(fitted).content))
    with pytest.raises(ContentError, match=f"half of the fit is missing, {name}"):
        load_project(fitted).odds(members=100)


def test_draws_that_their_priors_exclude_are_counted_and_named(fitted: Path) -> None:
    def half(columns: dict[str, np.ndarray]) -> None:
        columns["conversion time"][::2] = -1e30
        columns["Rest TFP trend"][:3] = 9
        columns["correction of covid utilisation 2020"][5] = 0.9

    drawn(fitted, half)
    names = "Rest TFP trend, conversion time, correction of covid utilisation 2020"
    said = f"posterior.parquet: 502 of 1000 draws lie outside the priors of {names}; run xinzhi fit --write"
    for command in (["odds", "--members", "100"], ["ensemble", "--folder", str(fitted / "out"), "--runs", "10"]):
        result = CliRunner().invoke(commands("en"), [*command, "--project", str(fitted)], standalone_mode=False)
        assert isinstance(result.exception, ContentError) and said in str(result.exception)


def test_where_no_future_gives_numbers_it_is_said_in_one_sentence_and_half_of_them_are_counted(
    project: Project,
) -> None:
    futures = project.futures(100).state.design
    columns = dict(futures.columns)
    bad = {**columns, "conversion time": np.where(np.arange(100) % 2, np.nan, columns["conversion time"])}
    found = run_ensemble(project.content, project.simulator, replace(futures, columns=bad), project.run())
    assert found.failed >= 50 and int(found.sound.sum()) == 100 - found.failed
    none = replace(futures, met=np.zeros(100, dtype=bool))
    with pytest.raises(SimulationError, match=r"none of 100 futures gives numbers: 100 cannot start at the figures of"):
        run_ensemble(project.content, project.simulator, none, project.run())


# Designs


def test_a_design_with_values_that_cannot_be_is_refused_in_one_sentence(project: Project, tmp_path: Path) -> None:
    path, name = tmp_path / "design.parquet", "SEI capital elasticity"
    write_design(project.content, draw_sample(project.content, "sobol", 8, 0, [name]), path)
    whole = pq.read_table(path)

    def changed(values: object, recipe: bytes | None = None) -> None:
        table = pa.table({"member": np.arange(len(values)), name: values})  # type: ignore[arg-type]
        pq.write_table(table.replace_schema_metadata({"xinzhi": recipe or whole.schema.metadata[b"xinzhi"]}), path)

    good = whole[name].to_numpy()
    for values, said in (
        (np.where(np.arange(8) < 3, np.nan, good), f'holds 3 values of "{name}" that are no numbers; make one with'),
        (np.where(np.arange(8) < 2, np.inf, good), "holds 2 values"),
        (good * 1e9, rf'holds 8 values of "{name}" outside its prior, 0\.\d+ to 0\.\d+; make one with: xinzhi design'),
        (["much"] * 8, "is no design"),
        (good[:0], "holds no runs"),
    ):
        changed(values)
        with pytest.raises(OutputError, match=said):
            read_design(project.content, path)
    recipe = whole.schema.metadata[b"xinzhi"]
    for metadata in (
        b"[]",
        b"{",
        recipe.replace(name.encode(), b"other name"),
        recipe.replace(b'"seed": 0', b'"seed": "x"'),
    ):
        changed(good, metadata)
        with pytest.raises(OutputError, match="is no design"):
            read_design(project.content, path)
    with pytest.raises(XinzhiError, match=r"^design cannot be .*; give a path\.$"):
        project.run_ensemble(folder=tmp_path / "out", design=whole.to_pandas())  # type: ignore[arg-type]


def test_members_of_another_fit_are_another_recipe(fitted: Path) -> None:
    made = load_project(fitted).run_ensemble(folder=fitted / "out", runs=20)
    assert made.folder.recipe.design == members_said(fitted)
    drawn(fitted, lambda columns: columns["conversion time"].sort())
    assert made.folder.recipe.design != members_said(fitted)
    with pytest.raises(OutputError, match=r"holds an ensemble of another recipe \(design\)"):
        open_folder(fitted / "out", replace(made.folder.recipe, design=members_said(fitted)), resume=True)


# What the accuracy leaves out


def test_the_accuracy_says_which_figures_it_does_not_compare(project: Project) -> None:
    zeros = {row.indicator.id: [it.time for it in row.without] for row in project.accuracy() if row.without}
    assert zeros["loan_quota"] == [2023] and "gdp_nominal" not in zeros
    said = CliRunner().invoke(commands("en"), ["check"]).output
    outside = sum(len(row.outside) for row in project.accuracy())
    assert (
        "as there is no relative error of 0" in said and f"{outside} figures of years that the model does not" in said
    )


def test_a_forecast_of_the_past_says_which_figures_it_leaves_out_and_why(project: Project) -> None:
    left = (
        LeftOut("gdp_nominal", 2019, 2020, "given"), LeftOut("gdp_nominal", 2019, 2021, "given"),
        LeftOut("sei_va", 2019, 2023, "without"), LeftOut("cloud_adoption", 2019, 2023, "few"),
    )  # fmt: skip
    found = Backtest((), BacktestScores((2019,), "outside", (), (), ()), left, failed=3)
    few, without, given_, failed = left_out_sentences(project.content, found, "en")
    assert few.startswith("Not forecast, for want of two recent figures") and "2023" in few
    assert "no evidence" in without and "2020, 2021" in given_ and failed.startswith("3 draws")


def test_the_page_is_told_of_a_broken_fit_in_a_sentence_not_by_a_fault(fitted: Path, project: Project) -> None:
    from xinzhi.dashboard import futures

    drawn(fitted, lambda columns: columns["conversion time"].sort(), named=False)
    broken = load_project(fitted)
    assert broken.content.hash == project.content.hash, "the draws are none of the content"
    futures.prepare(broken, {})
    with pytest.raises(ContentError, match="are of two different fits; run xinzhi fit --write"):
        while futures.prepared(broken, {}) is None:
            time.sleep(0.05)
