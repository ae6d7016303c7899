"""The tests of structure: each holds on the real model, and each finds a fault that is put in for it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mini import write_mini
from xinzhi.analysis.structure import read_structure
from xinzhi.content.content import Content
from xinzhi.content.copying import copy_content
from xinzhi.content.files import FOLDERS
from xinzhi.content.statements import TESTS, Statements
from xinzhi.content.yaml_file import Text
from xinzhi.errors import ContentError
from xinzhi.project import Project, load_project
from xinzhi.simulate import Simulator
from xinzhi.studies.validate.behaviour import check_anomaly, check_reproduction, check_surprises
from xinzhi.studies.validate.boundary import check_boundary
from xinzhi.studies.validate.conservation import check_conservation, stock_gaps
from xinzhi.studies.validate.extremes import check_extremes
from xinzhi.studies.validate.family import check_family
from xinzhi.studies.validate.integration_error import check_integration, step_errors
from xinzhi.studies.validate.outcome import FAILS, HOLDS, LIMITED, UNTESTED, Finding
from xinzhi.studies.validate.parameters import check_parameters, not_identified
from xinzhi.studies.validate.unit_tests import check_units
from xinzhi.studies.validate.validation import validate
from xinzhi.studies.validate.verdict_tests import check_verdicts
from xinzhi.studies.validate.words import NAMES, structure_chapters, validation_record

ROOT = Path(__file__).parents[1]
Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def findings(project: Project) -> dict[str, Finding]:
    return {it.id: it for it in project.validate("baseline", ROOT / "examples" / "anhui").findings}


def changed(folder: Path, *edits: tuple[str, str, str]) -> Project:
    """A copy of the project in which each (file, old text, new text) is replaced once."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    for file, old, new in edits:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, old
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return load_project(folder)


def stating(project: Project, **parts: object) -> Content:
    """The content with other statements."""
    return replace(project.content, statements=replace(project.content.statements, **parts))


# --- the real model


def test_no_test_of_structure_fails_and_none_is_left_out(findings: dict[str, Finding]) -> None:
    assert tuple(findings) == TESTS == tuple(NAMES)
    assert {key: it.outcome for key, it in findings.items() if it.outcome in (FAILS, UNTESTED)} == {}
    limited = {key for key, it in findings.items() if it.outcome == LIMITED}
    assert limited == {"beyond", "verdicts"}
    assert all(findings[key].limits for key in limited)


@pytest.mark.parametrize("scenario", ["all-half", "green-first", "innovation-first", "rd-first", "transfer-first"])
def test_a_headline_verdict_that_one_constant_turns_is_stated_as_a_limit(project: Project, scenario: str) -> None:
    content = project.content
    assert check_verdicts(content, project.simulator, project.run(scenario)).outcome != FAILS
    bare = stating(project, limits={})
    assert check_verdicts(bare, project.simulator, project.run(scenario)).outcome == FAILS


def test_every_member_of_the_family_gives_another_answer_and_keeps_the_reality_checks(
    findings: dict[str, Finding],
) -> None:
    (table,) = findings["family"].tables
    names = [head.en for head in table.heads if isinstance(head, Text)]
    assert names == ["Hubei", "Hunan (example)", "Anhui (example)"]
    assert findings["family"].outcome == HOLDS


def test_fitted_constants_that_history_does_not_identify_are_named(project: Project) -> None:
    unknown = not_identified(project.content)
    assert "eligible graduates 2015" in unknown and "little giant rate" not in unknown


# --- each test finds its fault


def test_a_unit_that_does_not_balance_is_found(tmp_path: Path) -> None:
    pytest.importorskip("simlin")
    faulty = changed(tmp_path, ("model/hubei.mdl", "real RD/cost per FTE", "real RD"))
    assert check_units(faulty.content).outcome == FAILS


def test_a_target_that_nothing_in_the_model_makes_is_outside_the_boundary(project: Project) -> None:
    content = project.content
    target = next(iter(content.targets.values()))
    given = replace(content.indicators[target.indicator], variable="effective labour index")
    faulty = replace(content, indicators={**content.indicators, target.indicator: given})
    found = check_boundary(read_structure(faulty))
    assert found.outcome == FAILS and found.worst is not None and found.worst.name == target.id
    assert check_boundary(read_structure(stating(project, excluded={}))).outcome == UNTESTED


def test_a_constant_outside_its_range_is_found(project: Project) -> None:
    variables = dict(project.content.model.variables)
    variables["attrition rate"] = replace(variables["attrition rate"], value=99.0)
    model = replace(project.content.model, variables=variables)
    found = check_parameters(replace(project.content, model=model))
    assert found.outcome == FAILS and found.worst is not None and found.worst.name == "attrition rate"


def test_a_share_above_one_at_the_end_of_a_range_is_found(tmp_path: Path) -> None:
    faulty = changed(tmp_path, ("model/levers.yaml", "    range: [10, 600]\n", "    range: [0, 600]\n"))
    inside, _ = check_extremes(read_structure(faulty.content), faulty.simulator)
    assert inside.outcome == FAILS and inside.worst is not None and inside.worst.constant == "lever matching events"


def test_a_ratio_that_is_not_declared_one_is_taken_for_a_share(project: Project) -> None:
    structure = read_structure(stating(project, ratios={}))
    inside, _ = check_extremes(structure, project.simulator)
    assert inside.outcome == FAILS and inside.worst is not None
    assert inside.worst.name in ("talent adequacy", "water load ratio") and inside.worst.value > 1


def test_what_breaks_beyond_its_range_without_a_stated_reason_fails(project: Project) -> None:
    _, beyond = check_extremes(read_structure(stating(project, limits={})), project.simulator)
    assert beyond.outcome == FAILS


def test_energy_that_is_lost_on_the_way_is_found(tmp_path: Path) -> None:
    text = (ROOT / "model/hubei.mdl").read_text(encoding="utf-8")
    (line,) = [it for it in text.splitlines() if it.startswith("\t") and "digital energy" in it and "household" in it]
    faulty = changed(
        tmp_path, ("model/hubei.mdl", line, line.replace("digital energy", "digital energy*RD cost effect/2"))
    )
    found = check_conservation(read_structure(faulty.content), faulty.simulator)
    assert found.outcome == FAILS and found.worst is not None and found.worst.name == "energy"


def test_every_stock_is_the_sum_of_its_flows_and_one_that_is_not_is_seen(project: Project) -> None:
    structure = read_structure(project.content)
    gaps = stock_gaps(structure, project.simulator)
    assert len(gaps) >= 80 and max(gaps.values()) < 1e-12
    whole = structure.flows["Knowledge Stock"]
    structure.flows["Knowledge Stock"] = replace(whole, outflows=())
    assert stock_gaps(structure, project.simulator)["Knowledge Stock"] > 1e-3


def test_the_shipped_step_is_fine_enough_and_a_coarser_one_is_not(project: Project) -> None:
    content = project.content
    baseline = project.run()
    variables = dict(content.model.variables)
    variables["TIME STEP"] = replace(variables["TIME STEP"], value=0.5)
    coarse = replace(content, model=replace(content.model, variables=variables))
    assert check_integration(content, project.simulator, baseline).outcome == HOLDS
    assert check_integration(coarse, Simulator(coarse, project.simulator.store), baseline).outcome == FAILS


def test_runge_kutta_and_the_finer_step_agree_on_the_direction_of_the_error(project: Project) -> None:
    errors = step_errors(project.content, project.simulator, project.run())
    largest = sorted((it for it in errors if it.judged), key=lambda it: -abs(it.error) / it.bound)[:5]
    assert all(0.02 * it.bound < abs(it.error) < it.bound for it in largest)
    for it in largest:
        assert (it.quarter - it.shipped) * (it.runge_kutta - it.shipped) > 0, it.target.id


def test_a_model_that_misses_its_history_does_not_reproduce_it(project: Project) -> None:
    run = project.run()
    doubled = replace(run, values={**run.values, "rd_expenditure": 2 * run.values["rd_expenditure"]})
    assert check_reproduction(project.content, run).outcome == HOLDS
    assert check_reproduction(project.content, doubled).outcome == FAILS


def test_a_cut_that_changes_nothing_is_not_as_expected(project: Project) -> None:
    cuts = project.content.statements.cuts
    name = "SEI technology elasticity"
    value = project.content.model.variables[name].value
    assert value is not None
    idle = replace(cuts["technology-to-output"], constants={name: value})
    found = check_anomaly(stating(project, cuts={"idle": idle}), project.simulator)
    assert found.outcome == FAILS and found.worst is not None and found.worst.constant == "technology-to-output"


def test_a_place_that_is_this_one_gives_no_other_answer(project: Project) -> None:
    content = stating(project, family={})
    assert check_family(content, project.simulator, ()).outcome == UNTESTED
    assert check_family(content, project.simulator, (ROOT,)).outcome == FAILS


def test_a_surprise_is_lost_when_its_reality_check_fails(project: Project) -> None:
    results = project.check()
    lost = tuple(replace(it, passed=it.check.id != "key-projects-limited-by-teams") for it in results)
    assert check_surprises(project.content, results).outcome == HOLDS
    assert check_surprises(project.content, lost).outcome == FAILS


# --- content, words, shell


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sum: {policy spending: 1}", "sum: {policy spendings: 1}", 'no variable "policy spendings"'),
        ("    loop: R15\n", "    loop: R99\n", "R99"),
        ("    at_most: {policy budget: 1}\n", "", "needs one comparison"),
        ("  water_load:\n", "  water_lode:\n", 'unknown indicator "water_lode"'),
        ("about: [provincial institutes", "about: [provincial institute", 'no variable "provincial institute"'),
        ("excluded:\n", "excluding: {}\nexcluded:\n", 'unknown key "excluding"'),
    ],
)
def test_a_wrong_statement_is_refused_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ContentError) as caught:
        changed(tmp_path, ("model/structure.yaml", old, new))
    told = "\n".join(map(str, caught.value.problems))
    assert said in told and "structure.yaml:" in told


def test_a_project_that_states_nothing_is_told_what_was_not_tested(tmp_path: Path) -> None:
    write_mini(tmp_path)
    project = load_project(tmp_path)
    assert project.content.statements == Statements()
    found = {it.id: it.outcome for it in project.validate().findings}
    assert {found[key] for key in ("boundary", "anomaly", "family", "surprises")} == {UNTESTED}


def test_both_languages_have_the_same_headings_tables_and_no_other_words(project: Project) -> None:
    content = stating(project, family={})
    found = validate(content, project.simulator, project.run())
    zh, en = (structure_chapters(found, lang) for lang in ("zh", "en"))
    assert [line.count("|") for line in zh.splitlines()] == [line.count("|") for line in en.splitlines()]
    assert "Text(" not in zh + en and "Message(" not in zh + en
    record = validation_record(found, "en")
    assert [it["id"] for it in record["tests"]] == list(TESTS)


def test_the_shell_prints_the_summary_and_says_what_cannot_be_settled(shell: Shell) -> None:
    done = shell("validate", "green-first")
    assert done.returncode == 0, done.stderr
    assert "Dimensional consistency" in done.stdout and "● holds" in done.stdout
    assert "The model cannot settle these verdicts" in done.stdout


def test_the_shell_exits_with_1_where_a_test_does_not_hold(tmp_path: Path, shell: Shell) -> None:
    changed(tmp_path, ("model/structure.yaml", "direction: lower, by: 0.1}", "direction: higher, by: 0.1}"))
    done = shell("validate", "--json", "--project", str(tmp_path))
    assert done.returncode == 1
    assert {it["id"] for it in json.loads(done.stdout)["tests"] if it["outcome"] == FAILS} == {"anomaly"}


def test_a_sized_copy_keeps_the_statements_but_not_the_family(project: Project, tmp_path: Path) -> None:
    copy_content(ROOT, tmp_path / "copy", 0.5)
    copied = load_project(tmp_path / "copy").content.statements
    assert copied == replace(project.content.statements, family={}) and project.content.statements.family
