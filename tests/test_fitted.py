"""What a fit left behind is read in one place; what history cannot identify is shown as such, an old fit not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from test_broken import copy_project
from xinzhi.analysis.structure import read_structure
from xinzhi.cli.study_commands import print_answer
from xinzhi.content.fitted import FITTED, inputs_hash, read_fitted
from xinzhi.errors import XinzhiError
from xinzhi.futures.freshness import current_fit
from xinzhi.project import Project, load_project
from xinzhi.studies.book.book_tables import Places, constants_table
from xinzhi.studies.explain.explanation import explain
from xinzhi.studies.explain.words import explanation_record

NOTHING = {"en": "history cannot identify it", "zh": "历史数据无法识别：后验"}


@pytest.fixture
def outdated(tmp_path: Path) -> Path:
    """A project whose data have changed since the fit."""
    folder = copy_project(tmp_path)
    history = folder / "calibration/history.csv"
    history.write_text(history.read_text("utf-8").replace("2022,gdp_nominal,", "2022,gdp_nominal,1"), "utf-8")
    return folder


def explained(project: Project, name: str, lang: str, capsys: pytest.CaptureFixture[str]) -> str:
    print_answer(project.study("explain", variable=name), lang)
    return "".join(capsys.readouterr().out.split("\n"))


def book_of(project: Project, lang: str) -> list[str]:
    structure = read_structure(project.content)
    return constants_table(Places(structure, lang), structure.variables.values())


def test_the_shipped_fit_is_read(project: Project) -> None:
    fitted = read_fitted(project.content.folder)
    assert fitted is not None and project.content.fit is not None
    assert list(fitted.constants) == list(project.content.fit.parameters)
    for it in fitted.constants.values():
        assert it.posterior[0] < it.posterior[1] < it.posterior[2]
        assert it.identified == (it.learned >= 0.1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_explain_says_what_history_cannot_identify(
    project: Project, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert NOTHING[lang] in explained(project, "return sensitivity", lang, capsys)
    known = explained(project, "other RD intensity", lang, capsys)
    assert NOTHING[lang] not in known and "0.00799" in known
    assert explanation_record(explain(project.content, "one year"), lang)["fit"] is None
    record = explanation_record(explain(project.content, "return sensitivity"), lang)
    assert record["fit"]["identified"] is False and record["fit"]["outdated"] is False


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_book_says_it_of_every_such_constant_and_of_no_other(project: Project, lang: str) -> None:
    fitted = read_fitted(project.content.folder)
    assert fitted is not None
    rows = [row for row in book_of(project, lang) if NOTHING[lang] in row]
    unknown = [name for name, it in fitted.constants.items() if not it.identified]
    assert len(rows) == len(unknown) > 0
    assert all(any(f"**{name}**" in row for row in rows) for name in unknown)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_of_a_fit_to_other_data_nothing_is_shown_but_that(
    outdated: Path, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project = load_project(outdated)
    said = explained(project, "return sensitivity", lang, capsys)
    assert {"en": "is out of date", "zh": "已过期"}[lang] in said and NOTHING[lang] not in said
    assert explanation_record(explain(project.content, "return sensitivity"), lang)["fit"] == {"outdated": True}
    assert not any(NOTHING[lang] in row for row in book_of(project, lang))
    fitted = current_fit(project.content)
    assert fitted is not None and not fitted.constants


def test_without_a_fit_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = copy_project(tmp_path)
    (folder / FITTED).unlink()
    assert read_fitted(folder) is None and current_fit(load_project(folder).content) is None
    assert "Fit to history" not in explained(load_project(folder), "return sensitivity", "en", capsys)


def test_all_that_is_wrong_in_the_file_of_a_fit_is_told_at_once_with_its_lines(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    written = (
        f'recipe:\n  inputs: {inputs_hash(folder)}\nconstants:\n  "a": {{optimum: x, prior: [1, 2], posterior: [1, 2, 3], '
        "learned: 0.5, identified: maybe, profile: opne, rhat: 1, ess_bulk: 2, ess_tail: 3}\n"
    )
    (folder / FITTED).write_text(written, encoding="utf-8")
    with pytest.raises(XinzhiError) as caught:
        read_fitted(folder)
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 4 and all("fitted.yaml:4" in sentence for sentence in said)
    assert 'did you mean "open"?' in said[3]
