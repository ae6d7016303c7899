"""model/hubei.mdl: readable by Vensim, units in balance, true to history, sound under extreme settings."""

from __future__ import annotations

import re
import shutil
import warnings
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import xinzhi
from xinzhi.content.project import FOLDERS
from xinzhi.project import Project

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "model" / "hubei.mdl"


def abstract_elements():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pysd.translators.vensim.vensim_file import VensimFile

        file = VensimFile(MODEL, encoding="utf-8-sig")
        file.parse()
        return file.get_abstract_model().sections[0].elements


def numbers_in(ast) -> list[float]:
    if isinstance(ast, int | float):
        return [float(ast)]
    if isinstance(ast, list | tuple):
        return [number for part in ast for number in numbers_in(part)]
    if is_dataclass(ast):
        return [number for part in fields(ast) for number in numbers_in(getattr(ast, part.name))]
    return []


def test_vensim_finds_its_header_and_an_empty_sketch() -> None:
    text = MODEL.read_text(encoding="utf-8")
    assert text.startswith("{UTF-8}")
    assert text.rstrip().endswith("///---\\\\\\")
    assert "\\\\\\---/// Sketch information" in text and "*View 1" in text
    assert max(len(line.expandtabs(4)) for line in text.splitlines()) <= 120


def test_the_clock_is_the_issue_s(project: Project) -> None:
    model = project.content.model
    assert [model.control(name) for name in ("INITIAL TIME", "FINAL TIME", "TIME STEP")] == [2015, 2030, 0.125]


def test_no_bare_number_hides_in_an_equation() -> None:
    for element in abstract_elements():
        ast = element.components[0].ast
        kind = type(ast).__name__
        if isinstance(ast, int | float) or kind in ("LookupsStructure", "InlineLookupsStructure"):
            continue
        allowed = {0.0, 1.0, -1.0} | ({3.0} if kind == "DelayStructure" else set())  # the order that DELAY3I names
        assert set(numbers_in(ast)) <= allowed, element.name


def test_units_balance_and_seeded_faults_are_found(tmp_path: Path) -> None:
    simlin = pytest.importorskip("simlin")
    text = MODEL.read_text(encoding="utf-8")

    def issues(changed: str) -> list[object]:
        path = tmp_path / "model.mdl"
        path.write_text(changed, encoding="utf-8")
        return list(simlin.load(str(path)).check())

    assert issues(text) == []
    faults = [
        ("SEI Capital*SEI depreciation rate", "SEI Capital*SEI depreciation rate*one year"),
        ("\tSEI VA+TM VA+Rest VA\n", "\tSEI VA+TM VA+Rest Capital\n"),
        ("real RD/cost per FTE", "real RD"),
    ]
    for old, new in faults:
        assert old in text
        assert issues(text.replace(old, new, 1)), new


def test_every_lever_has_a_start_year_and_a_ramp_of_its_own(project: Project) -> None:
    early = project.run("baseline", levers={"rd_subsidy_rate": 0.05})
    late = project.run("baseline", levers={"rd_subsidy_rate": 0.05, "rd_subsidy_rate.start": 2026})
    slow = project.run("baseline", levers={"rd_subsidy_rate": 0.05, "rd_subsidy_rate.ramp": 4})
    base = project.run("baseline")
    for year in range(2015, 2027):
        assert late.at("rd_expenditure", year) == base.at("rd_expenditure", year)
    assert early.at("rd_expenditure", 2026) > base.at("rd_expenditure", 2026)
    assert base.at("rd_expenditure", 2026) < slow.at("rd_expenditure", 2026) < early.at("rd_expenditure", 2026)


def test_history_is_met_in_the_base_year(project: Project) -> None:
    headlines = {target.base_series for target in project.content.targets.values()}
    compared = [row for row in project.hindcast() if row.base_error is not None]
    assert headlines <= {row.indicator.id for row in compared}
    for row in compared:
        observation = row.series.at(2023)
        assert observation is not None and row.base_error is not None
        limit = 0.03 if row.indicator.id in headlines else 0.12
        if observation.status == "published" or row.indicator.id in headlines:
            assert abs(row.base_error) <= limit, (row.indicator.id, row.base_error)


def test_the_figures_are_those_of_the_model_s_design(project: Project) -> None:
    """Section 8 of the design; its scenarios differ a little here, where the budget has a ramp of its own."""
    wanted = {
        "baseline": (9.1, 68.1, 8.6, 26.7, -8.0),
        "rd-first": (13.2, 68.1, 8.6, 26.7, -8.0),
        "transfer-first": (9.2, 79.7, 8.8, 26.8, -8.0),
        "manufacturing-first": (9.4, 68.1, 9.2, 27.2, -7.4),
        "green-first": (9.1, 68.1, 8.6, 26.7, -10.5),
        "all-half": (10.9, 75.8, 9.1, 27.1, -8.8),
    }
    for scenario, values in wanted.items():
        assert project.targets(scenario)["value"].tolist() == pytest.approx(values, abs=0.12), scenario


def test_every_reality_check_passes(project: Project) -> None:
    results = project.check()
    assert len(results) >= 14
    assert [result.check.id for result in results if not result.passed] == []


def test_a_fault_in_the_model_fails_its_reality_check(tmp_path: Path) -> None:
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    model = tmp_path / "model" / "hubei.mdl"
    text = model.read_text(encoding="utf-8")
    faulty = text.replace("\tSEI VA+TM VA+Rest VA\n", "\tSEI VA+TM VA+Rest VA+Knowledge Stock/one year\n", 1)
    assert faulty != text
    model.write_text(faulty, encoding="utf-8")
    failed = {result.check.id for result in xinzhi.load_project(tmp_path).check() if not result.passed}
    assert "producers-add-up" in failed


def test_documentation_names_status_and_source_of_every_variable(project: Project) -> None:
    counts: dict[str, int] = {}
    for variable in project.content.model.variables.values():
        counts[variable.status] = counts.get(variable.status, 0) + 1
        assert (variable.status == "computed") == (
            variable.value is None and variable.kind != "lookup"
        ) or variable.name in {"covid utilisation"}
        if variable.low is not None and variable.high is not None and variable.value is not None:
            assert variable.low <= variable.value <= variable.high, variable.name
    assert counts["assumed"] > counts["published"], "most parameters are assumptions, and the model says so"


def test_the_lines_named_in_errors_are_the_model_s(project: Project) -> None:
    lines = MODEL.read_text(encoding="utf-8").splitlines()
    for variable in project.content.model.variables.values():
        assert re.match(re.escape(variable.name) + r"\s*[=(]", lines[variable.line - 1]), variable.name
