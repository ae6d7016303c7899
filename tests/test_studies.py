"""Every study by its protocol alone: asked wrongly it says so in a sentence, and every file holds what Python holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from xinzhi.cli import commands
from xinzhi.cli.ending import REFUSED, ended
from xinzhi.errors import ContentError, OutputError
from xinzhi.formats.writing import json_text
from xinzhi.project import Project
from xinzhi.show.words import LANGS, catalogue, t
from xinzhi.studies.answer import TABLE_FORMATS, Answer
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.registry import all_studies, find_study
from xinzhi.studies.study import Study

STUDIES = list(all_studies())
SLOW = {  # what no file needs to be written for twice: modules of their own run them
    "fit": "samples a posterior", "recover": "fits made-up truths", "backtest": "fits the model for each origin",
    "observe": "fits the model anew", "book": "draws hundreds of pages", "validate": "runs hundreds of tests",
}  # fmt: skip
SMALL: dict[str, dict[str, Any]] = {
    "discover": {"target": "key_technologies", "scenario": "plan-as-written", "members": 400},
    "sensitivity": {"method": "local", "targets": ["trade"]},
    "ensemble": {"runs": 100},
    "explain": {"variable": "gdp"},
}
COMMON = {"assignments", "output", "as_json", "lang", "folder"}
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    """Run ``xinzhi`` in this process: exit code, what was printed, what was said on standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        command = commands("en")
        code = ended(lambda: command.main([*arguments], prog_name="xinzhi", standalone_mode=False), "en")
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def small(study: Study[Any], folder: Path) -> dict[str, Any]:
    """What a study is asked so that it takes no time: of its counts the least, where it has a place, ``folder``."""
    asked = {ask.name: ask.least for ask in study.asks if ask.name == "members"}
    asked |= {ask.name: folder / "made" for ask in study.asks if ask.kind is Kind.FOLDER}
    asked |= {ask.name: ["rd-first"] for ask in study.asks if ask.kind is Kind.SCENARIOS}
    return asked | SMALL.get(study.name, {})


def words(study: Study[Any]) -> list[str]:
    """What must be typed after a study's name."""
    return ["x" for ask in study.asks if ask.required and not ask.flag]


def problems(project: Project, name: str, **asked: Any) -> list[str]:
    """Everything that is wrong with what a study is asked."""
    with pytest.raises(ContentError) as caught:
        project.study(name, **asked)
    said = [str(problem) for problem in caught.value.problems]
    assert all(one.endswith((".", "?")) and "\n" not in one for one in said), said
    return said


@pytest.fixture(scope="module")
def answers(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Answer[Any]]:
    """A study's answer, reckoned once for all tests of this module."""
    known: dict[str, Answer[Any]] = {}

    def answer(name: str) -> Answer[Any]:
        if name in SLOW:
            pytest.skip(f"{name} {SLOW[name]}")
        if name not in known:
            asked = small(find_study(name), tmp_path_factory.mktemp(name))
            known[name] = project.study(name, **asked)
        return known[name]

    return answer


# -- what is said of it ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_is_a_command_of_its_name_with_the_options_that_all_have(name: str, typed: Typed) -> None:
    study = find_study(name)
    command = commands("en").commands[name]  # type: ignore[attr-defined]
    options = {flag for parameter in command.params for flag in parameter.opts}
    assert {"--set", "-o", "--json", "--lang", "--project"} <= options
    assert {ask.flag for ask in study.asks if ask.flag} <= options
    assert ("--charts" in options) is study.drawn and ("--write" in options) is study.writes
    code, printed, _ = typed(name, "--help")
    assert code == 0 and study.help.split(".")[0].split()[0] in printed


@pytest.mark.parametrize("name", STUDIES)
def test_everything_that_a_study_says_of_itself_is_said_in_both_languages(name: str) -> None:
    study = find_study(name)
    said = [study.help, study.title, study.stopped]
    said += [text for ask in study.asks for text in (ask.help, ask.label, *ask.names.values())]
    assert study.help and all(ask.help for ask in study.asks)
    missing = [text for text in said if text and text not in catalogue()]
    assert missing == []
    for lang in LANGS:
        assert (t(study.help, lang) == study.help) is (lang == "en")


@pytest.mark.parametrize("name", STUDIES)
def test_an_answer_and_its_result_are_short_lines_in_a_shell(name: str, answers: Callable[[str], Answer[Any]]) -> None:
    answer = answers(name)
    for thing in (answer, answer.result):
        assert len(repr(thing)) <= 200 and "\n" not in repr(thing)
    for lang in LANGS:
        assert answer.parts(lang) and answer.sentences(lang) + answer.tables(lang)  # type: ignore[operator]
        assert json_text(answer.record(lang))


# -- what cannot be asked --------------------------------------------------------------------------------------------


def test_an_unknown_study_is_told_with_the_nearest_name(project: Project, typed: Typed) -> None:
    assert problems(project, "od")[0].startswith('there is no study "od"; did you mean "odds"?')
    assert problems(project, 5)[0].startswith("study cannot be 5")  # type: ignore[arg-type]
    assert typed("nothing-of-the-kind")[0] == REFUSED


@pytest.mark.parametrize("name", STUDIES)
def test_an_unknown_option_is_told_with_those_that_there_are(name: str, project: Project, typed: Typed) -> None:
    assert any(one.startswith(f'{name} does not ask for "xyz"; ') for one in problems(project, name, xyz=1))
    code, printed, said = typed(name, *words(find_study(name)), "--xyz")
    assert code == REFUSED and printed == "" and "--xyz" in said


@pytest.mark.parametrize("name", STUDIES)
def test_what_a_study_needs_and_is_not_given_is_named(name: str, project: Project) -> None:
    needed = [ask for ask in find_study(name).asks if ask.required]
    if needed:
        said = problems(project, name)
        assert [one.partition(";")[0].rstrip(".") for one in said] == [f'{name} needs "{ask.name}"' for ask in needed]


COUNTS = [(name, ask) for name in STUDIES for ask in find_study(name).asks if ask.kind is Kind.COUNT]


@pytest.mark.parametrize(("name", "ask"), COUNTS, ids=[f"{name}-{ask.name}" for name, ask in COUNTS])
def test_a_count_that_cannot_be_is_one_sentence(
    name: str, ask: Ask, project: Project, typed: Typed, tmp_path: Path
) -> None:
    beyond = [] if ask.most is None else [ask.most + 1]
    for wrong in (ask.least - 1, -1, float("nan"), float("inf"), 1.5, "3", True, np.array([1, 2]), *beyond):
        said = [one for one in problems(project, name, **{ask.name: wrong}) if " cannot be " in one]
        assert len(said) == 1 and said[0].startswith(f"{ask.name} cannot be "), said
        assert f"; give a whole number from {ask.least} " in said[0]
    path = tmp_path / "x.csv"
    code, printed, said_of = typed(name, *words(find_study(name)), ask.flag, str(ask.least - 1), "-o", str(path))
    assert code == REFUSED and printed == "" and ask.flag in said_of and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", STUDIES)
def test_settings_that_are_no_mapping_are_told(name: str, project: Project, typed: Typed) -> None:
    study = find_study(name)
    runs = any(ask.kind in (Kind.SCENARIO, Kind.SCENARIOS) for ask in study.asks)
    sentence = "levers cannot be " if runs else f"{name} runs no scenario, so that no lever can be set"
    for wrong in (5, ["pr"], "pr", [("pr", 1, 2)]):
        said = problems(project, name, **small(study, Path("nowhere")), levers=wrong)
        assert len(said) == 1 and said[0].startswith(sentence), said
    code, printed, said_of = typed(name, *words(study), "--set", "x")
    assert code == REFUSED and printed == "" and '"x" is not a setting; write --set LEVER=VALUE.' in said_of


@pytest.mark.parametrize("name", STUDIES)
def test_a_file_of_an_unknown_kind_is_refused_before_anything_is_run(
    name: str, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = find_study(name)

    def run(*_: object, **__: object) -> None:
        raise AssertionError("run")

    monkeypatch.setattr(type(study), "run", run)
    wrong = ["x.gif", "x.docx", "x", *(() if study.drawn else ("x.png",))]
    for path in (tmp_path / one for one in wrong):
        code, printed, said = typed(name, *words(study), "-o", str(tmp_path / "x.csv"), "-o", str(path))
        assert code == REFUSED and printed == "" and said.startswith(f"{path}: "), said
        assert ".csv" in said and said.count("\n") == 1 and not list(tmp_path.iterdir())


# -- files -----------------------------------------------------------------------------------------------------------


def same(read: pd.DataFrame, table: pd.DataFrame) -> None:
    """What a file of text gives back: numbers as numbers, nothing as nothing, all else as it is written."""
    assert list(read.columns) == list(table.columns) and len(read) == len(table)
    for column in table:
        wanted, found = table[column], read[column]
        if pd.api.types.is_numeric_dtype(wanted) and wanted.dtype != bool:
            np.testing.assert_allclose(found.to_numpy(dtype=float), wanted.to_numpy(dtype=float), rtol=1e-12)
        else:
            texts = [["" if pd.isna(it) else str(it).lstrip("'") for it in values] for values in (found, wanted)]
            assert texts[0] == texts[1], column


READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "csv": lambda path: pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, na_values=[""]),
    "xlsx": lambda path: pd.read_excel(path, engine="openpyxl", keep_default_na=False, na_values=[""]),
    "parquet": pd.read_parquet,
}


@pytest.mark.parametrize("fmt", TABLE_FORMATS)
@pytest.mark.parametrize("name", STUDIES)
def test_a_file_holds_what_python_holds(
    name: str, fmt: str, answers: Callable[[str], Answer[Any]], tmp_path: Path
) -> None:
    answer = answers(name)
    path = answer.save(tmp_path / f"x.{fmt.upper()}", "en")
    assert [it.name for it in tmp_path.iterdir()] == [path.name]
    if fmt in READERS:
        same(READERS[fmt](path), answer.to_pandas())
    elif fmt == "nc":
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            assert opened.sizes == answer.to_xarray().sizes and set(opened) == set(answer.to_xarray())
    elif fmt == "json":
        assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json_text(answer.record("en")))
    else:
        page = path.read_text(encoding="utf-8")
        assert all(table.title.strip() in page for table in answer.tables("en")) and len(page) > 100


@pytest.mark.parametrize("name", [name for name in STUDIES if find_study(name).drawn])
def test_every_chart_is_drawn_and_the_main_one_is_what_a_file_holds(
    name: str, answers: Callable[[str], Answer[Any]], tmp_path: Path
) -> None:
    answer = answers(name)
    main = answer.save(tmp_path / "main.png", "en")
    drawn = answer.save_charts(tmp_path / "charts", "en")
    assert drawn[0].read_bytes() == main.read_bytes() and main.read_bytes().startswith(b"\x89PNG")
    assert {it.name for it in drawn} == {it.name for it in (tmp_path / "charts").iterdir()}
    with pytest.raises(OutputError, match=f'{name} draws no chart "xyz"; allowed are: {drawn[0].stem}'):
        answer.draw("xyz")


@pytest.mark.parametrize("name", [name for name in STUDIES if not find_study(name).writes])
def test_a_study_without_anything_to_keep_says_so(name: str, answers: Callable[[str], Answer[Any]]) -> None:
    with pytest.raises(OutputError, match=f"{name} has nothing to keep"):
        answers(name).keep()


@pytest.mark.parametrize("name", STUDIES)
def test_the_shell_prints_and_writes_what_python_holds(
    name: str, answers: Callable[[str], Answer[Any]], typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = answers(name)
    monkeypatch.setattr(type(answer.study), "run", lambda *_, **__: answer.result)
    asked = [*("rd_growth" if ask.kind is Kind.TARGET else "rd-first" if ask.kind is Kind.SCENARIOS else "gdp"
               for ask in answer.study.asks if ask.required and not ask.flag),
             *(word for ask in answer.study.asks if ask.required and ask.flag for word in (ask.flag, str(tmp_path / "f"))),
             "--project", str(answer.base.content.folder), "--lang", "en"]  # fmt: skip
    code, printed, _ = typed(name, *asked, "--json")
    assert code in (0, 1) and json.loads(printed) == json.loads(json_text(answer.record("en")))
    path = tmp_path / "x.csv"
    code, printed, said = typed(name, *asked, "-o", str(path), "-o", str(tmp_path / "x.md"))
    assert code in (0, 1) and printed == "" and f"Written: {path}" in said
    same(READERS["csv"](path), answer.to_pandas())
    if answer.study.drawn:
        code, _, said = typed(name, *asked, "--charts", str(tmp_path / "charts"))
        assert code in (0, 1) and "Written: " in said and list((tmp_path / "charts").glob("*.png"))
