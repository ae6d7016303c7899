"""The studies of the document and of the model's structure, by the protocol that all studies share.

Asked in one process; what their command adds is tried once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xarray as xr
from click.testing import CliRunner, Result

from test_regional import ANCHORS, write_place
from xinzhi import cli
from xinzhi.analysis.gains import ENDS
from xinzhi.errors import ContentError, OutputError
from xinzhi.project import Project, load_project
from xinzhi.studies.answer import Answer
from xinzhi.studies.table import Cells, Lines, apart, markdown

ROOT = Path(__file__).parents[1]
STUDIES = ("audit", "departments", "validate", "explain", "book", "anchor")
MEANING = "calibration/region.csv"


@pytest.fixture(scope="module")
def answers(project: Project) -> dict[str, Answer]:
    return {name: project.study(name, **({"variable": "sei va"} if name == "explain" else {})) for name in STUDIES}


def command(*arguments: str, lang: str = "en") -> Result:
    return CliRunner().invoke(cli.commands(lang), [*arguments, "--lang", lang], catch_exceptions=True)


# --- every one of them


@pytest.mark.parametrize("name", STUDIES)
def test_a_result_is_held_in_one_short_line_and_as_a_table(answers: dict[str, Answer], name: str) -> None:
    answer = answers[name]
    for said in (repr(answer), repr(answer.result)):
        assert len(said) <= 200 and "\n" not in said
    frame = answer.result.to_pandas()
    assert len(frame) > 0 and frame.equals(answer.to_pandas())
    assert "<table" in answer._repr_html_()


@pytest.mark.parametrize("name", STUDIES)
def test_every_table_is_written_in_every_format_and_reads_back(
    answers: dict[str, Answer], name: str, tmp_path: Path
) -> None:
    answer, frame = answers[name], answers[name].to_pandas()
    paths = {suffix: answer.save(tmp_path / f"{name}.{suffix}", "en") for suffix in ("csv", "xlsx", "parquet", "json")}
    assert list(pd.read_csv(paths["csv"])) == list(frame) == list(pd.read_parquet(paths["parquet"]))
    assert openpyxl.load_workbook(paths["xlsx"], read_only=True).sheetnames == list(answer.frames())
    assert json.loads(paths["json"].read_text(encoding="utf-8")) == json.loads(json.dumps(answer.record("en")))
    assert answer.save(tmp_path / f"{name}.md", "zh").read_text(encoding="utf-8").startswith("#")
    with xr.open_dataset(answer.save(tmp_path / f"{name}.nc"), engine="h5netcdf") as dataset:
        assert dataset.sizes
    if not answer.study.drawn:
        with pytest.raises(OutputError, match=f"{name} draws nothing; allowed are: .csv"):
            answer.save(tmp_path / f"{name}.png")
        return
    assert answer.save(tmp_path / f"{name}.svg").read_bytes().lstrip().startswith(b"<?xml")
    assert [path.suffix for path in answer.save_charts(tmp_path / "charts")] == [".png"]


@pytest.mark.parametrize("name", STUDIES)
def test_nothing_but_the_anchors_is_kept_in_the_content(answers: dict[str, Answer], name: str) -> None:
    assert answers[name].study.writes == (name == "anchor")
    if name != "anchor":
        with pytest.raises(OutputError, match=f"{name} has nothing to keep"):
            answers[name].keep()


@pytest.mark.parametrize("name", ["explain", "book", "anchor"])
def test_a_study_without_a_scenario_takes_no_levers(project: Project, name: str) -> None:
    with pytest.raises(ContentError, match=f"{name} runs no scenario, so that no lever can be set"):
        project.study(name, levers={"public_rd_growth": "12%"}, **({"variable": "gdp"} if name == "explain" else {}))


# --- levers


def test_levers_that_are_set_move_the_audit_the_departments_and_the_tests(project: Project) -> None:
    levers = {"public_rd_growth": "12%"}
    before, after = project.audit(), project.audit(levers=levers)
    assert after.run.settings["public_rd_growth"].value == pytest.approx(0.12)
    assert after.gains.values.tolist() != before.gains.values.tolist()
    met = [sum(verdict.met for verdict in duty.verdicts) for duty in project.departments(levers=levers).duties]
    assert met != [sum(verdict.met for verdict in duty.verdicts) for duty in project.departments().duties]


# --- one by one


def test_a_row_of_the_audit_is_a_step_and_its_axes_are_those_of_the_gains(answers: dict[str, Answer]) -> None:
    audit, answer = answers["audit"].result, answers["audit"]
    steps = answer.to_pandas()
    assert len(steps) == sum(len(finding.item.steps) for finding in audit.findings)
    gdp = steps[(steps["finding"] == "gdp_behind_the_share") & (steps["step"] == "gdp")].iloc[0]
    assert gdp["value"] == pytest.approx(72_000) and gdp["arithmetic"].endswith("= CNY 7,200 billion")
    pairs = answer.frames()["pairs"]
    assert len(pairs) == len(audit.pairs) and pairs["helps"].tolist() == [pair.helps for pair in audit.pairs]
    dataset = answer.to_xarray()
    lever, target = audit.gains.levers[3].id, audit.gains.targets[5].id
    assert dataset["change"].dims == ("end", "lever", "target")
    assert float(dataset["change"].sel(end=ENDS[1], lever=lever, target=target)) == audit.gains.changes[1, 3, 5]


def test_the_matrix_of_departments_has_its_names(answers: dict[str, Answer]) -> None:
    found = answers["departments"].result
    matrix = answers["departments"].frames()["matrix"].set_index("controlling")
    assert matrix.loc[found.controlling[0], found.answering[1]] == found.matrix[0, 1]
    assert answers["departments"].to_xarray()["targets"].shape == found.matrix.shape


def test_a_row_of_the_book_is_a_variable(project: Project, answers: dict[str, Answer]) -> None:
    variables = answers["book"].to_pandas().set_index("name")
    assert list(variables.index) == list(project.content.model.variables)
    assert "SEI VA = SEI potential VA * SEI utilisation * covid utilisation" in variables.loc["SEI VA", "equation"]
    sectors = answers["book"].frames()["sectors"]
    assert sectors["variables"].sum() == len(variables)


def test_a_row_of_the_tests_is_a_test_and_their_cases_are_tables(answers: dict[str, Answer]) -> None:
    frames, findings = answers["validate"].frames(), answers["validate"].result.findings
    assert list(frames["tests"]["id"]) == [finding.id for finding in findings]
    assert all(finding.id in frames for finding in findings if finding.tables)


def test_an_explanation_names_what_is_read_and_what_reads(answers: dict[str, Answer]) -> None:
    links = answers["explain"].frames()["links"]
    inputs = links.loc[links["role"] == "input", "name"]
    assert list(inputs) == [variable.name for variable in answers["explain"].result.inputs]


def test_what_has_no_name_is_no_variable(project: Project) -> None:
    with pytest.raises(ContentError, match='explain needs "variable"'):
        project.study("explain")


# --- the shell


def test_a_variable_of_several_words_is_explained_without_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def compiled(*_: object) -> None:
        raise AssertionError("the model was compiled")

    monkeypatch.setattr("xinzhi.engine.compiled.CompiledModel", compiled)
    done = command("explain", "sei", "va", "--json")
    assert done.exit_code == 0, done.output
    assert '"name": "SEI VA"' in done.output


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield write_place(tmp_path / "place", anchors=ANCHORS)


def test_anchors_are_kept_when_that_is_asked_for_and_only_then(place: Path) -> None:
    path = place / MEANING
    before = path.read_bytes()
    done = command("anchor", "--project", str(place))
    assert done.exit_code == 0 and path.read_bytes() == before
    assert "--write keeps it" in done.output
    forced = command("anchor", "--project", str(place), "--force", "--json")
    assert forced.exit_code == 0 and path.read_bytes() == before
    written = command("anchor", "--project", str(place), "--write")
    assert written.exit_code == 0 and path.read_bytes() != before and "region.csv" in written.output
    assert "--dry-run" not in command("anchor", "--help").output


def test_an_anchor_that_cannot_be_met_is_kept_by_force_alone(place: Path) -> None:
    path = place / "calibration/history.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    changed = [row.replace(row.split(",")[2], "-5", 1) if row.startswith("2023,timber,") else row for row in rows]
    assert changed != rows
    path.write_text("\n".join(changed) + "\n", encoding="utf-8")
    region = place / MEANING
    before = region.read_bytes()
    project = load_project(place)
    assert not project.anchor(write=True).met and region.read_bytes() == before
    assert not project.anchor(write=True, force=True).met and region.read_bytes() != before


def test_the_book_is_written_into_the_folder_that_is_named(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = '<?xml version="1.0"?><svg/>'
    monkeypatch.setattr("xinzhi.studies.book.book.draw", lambda _: drawn)
    answer = project.study("book", folder=tmp_path / "book")
    files = [path for path in (tmp_path / "book").rglob("*") if path.is_file()]
    assert answer.result.files == len(files) > 100
    assert answer.sentences("en") == [f"The book has {len(files)} files."]
    assert list(answer.study.written(answer.result)) == [tmp_path / "book"]


# --- parts


def test_a_table_without_heads_and_an_indent_are_printed_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    from xinzhi.cli.study_commands import print_part

    facts = Cells("", (), [("Unit", "YiYuan"), ("Place", "a|b")], words=True)
    lines = apart(Lines(["  indented", "plain"], "Title"))
    for part in (facts, lines):
        print_part(part)
    assert capsys.readouterr().out == "\nUnit   YiYuan\nPlace  a|b   \n\nTitle\n  indented\nplain\n"
    assert markdown([facts, lines]) == (
        "|  |  |\n| --- | --- |\n| Unit | YiYuan |\n| Place | a\\|b |\n\n## Title\n\n- indented\n- plain\n"
    )
