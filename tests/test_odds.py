"""Odds: an ensemble that starts at the statistics, and which open question of fact would change a verdict."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from test_broken import copy_project
from xinzhi.analysis.verdict import judge
from xinzhi.content.fitted import FITTED, POSTERIOR, digest
from xinzhi.errors import XinzhiError
from xinzhi.futures.ensemble import Design, Ensemble, draw_design, run_ensemble
from xinzhi.futures.target_odds import Odds, find_odds
from xinzhi.project import Project, load_project
from xinzhi.show.numbers import likelihood
from xinzhi.studies.odds.words import odds_record, odds_sentences, odds_table
from xinzhi.studies.odds.worth import with_worth


@pytest.fixture(scope="module")
def design(project: Project) -> Design:
    return draw_design(project.content, project.simulator, 1000, 0)


@pytest.fixture(scope="module")
def ensemble(project: Project, design: Design) -> Ensemble:
    return run_ensemble(project.content, project.simulator, design, project.run("plan-as-written"))


@pytest.fixture(scope="module")
def odds(project: Project, ensemble: Ensemble) -> Odds:
    """With what would be worth measuring."""
    return with_worth(project.content, ensemble, find_odds(project.content, ensemble))


def test_every_member_starts_at_its_own_figures_of_the_base_year(project: Project, design: Design) -> None:
    ensemble = run_ensemble(project.content, project.simulator, design, project.run())
    assert design.met.mean() > 0.99
    row = ensemble.years.index(project.content.region.plan.base_year)
    for name, start in design.start.items():
        said = ensemble.of(name)[row] * project.content.indicators[name].factor
        assert said == pytest.approx(start[ensemble.sound], rel=2e-3), name


def test_open_questions_of_the_base_year_are_as_open_as_the_plan_says(project: Project, design: Design) -> None:
    assert project.content.fit is not None
    for name, question in project.content.fit.base_year.items():
        start, prior = design.start[name], question.prior
        assert prior.low <= start.min() < prior.low + 0.05 * (prior.high - prior.low)
        assert prior.high >= start.max() > prior.high - 0.05 * (prior.high - prior.low)


def test_every_uncertain_constant_is_drawn_and_no_lever_is(project: Project, design: Design) -> None:
    content = project.content
    assert set(content.uncertainties) <= set(design.columns)
    assert not {it.variable for it in content.sheet.levers.values()} & set(design.columns)
    for name in content.uncertainties:
        assert np.ptp(design.columns[name]) > 0, name


def test_the_first_members_of_many_are_those_of_few_and_zero_is_a_seed(project: Project, design: Design) -> None:
    few = draw_design(project.content, project.simulator, 200, 0)
    for name, values in few.columns.items():
        assert np.allclose(values, design.columns[name][:200], rtol=1e-12, atol=0), name
    other = draw_design(project.content, project.simulator, 200, 1)
    assert any((other.columns[name] != few.columns[name]).any() for name in few.columns)


def test_anchoring_costs_no_more_than_fourteen_half_length_runs_a_member(design: Design) -> None:
    assert design.runs <= 14


def test_odds_are_shares_of_the_members_verdicts(project: Project, ensemble: Ensemble, odds: Odds) -> None:
    for it in odds.targets[:12]:
        figures = ensemble.figures(project.content, it.target)
        assert it.odds == ensemble.met(project.content, it.target).mean()
        assert it.value[0] <= np.median(figures) <= it.value[2]
        assert it.error == pytest.approx(math.sqrt(it.odds * (1 - it.odds) / len(figures)))
    headline = [it for it in odds.targets if it.target.headline]
    assert odds.every <= odds.headline <= min(it.odds for it in headline)


def test_a_member_with_the_model_s_own_constants_is_judged_as_the_model_is(project: Project, design: Design) -> None:
    own = {name: np.full(100, project.content.model.variables[name].value) for name in project.content.uncertainties}
    run = project.run("all-half")
    ensemble = run_ensemble(
        project.content, project.simulator,
        replace(design, columns=own, met=np.ones(100, dtype=bool)), run,
    )  # fmt: skip
    for verdict in judge(project.content, run):
        assert ensemble.figures(project.content, verdict.target)[0] == pytest.approx(verdict.value, rel=1e-9, abs=1e-9)
        assert bool(ensemble.met(project.content, verdict.target)[0]) == verdict.met


def test_knowing_never_makes_verdicts_worse_and_never_better_than_certainty(odds: Odds) -> None:
    for it in odds.targets:
        for worth in (*it.worth, *it.constants):
            assert -1e-12 <= worth.gain <= it.wrong + 1e-12
        if it.odds in (0.0, 1.0):
            assert all(worth.gain == 0 for worth in it.worth)


def test_the_level_of_strategic_industries_is_worth_measuring_and_the_share_of_manufacturing_is_not(odds: Odds) -> None:
    level = next(it for it in odds.targets if it.target.id == "sei_va_level")
    assert level.worth[0].name == "sei_va" and level.worth[0].gain > 0.003
    share = next(it for it in odds.targets if it.target.id == "manufacturing_share")
    assert next(it for it in share.worth if it.name == "manufacturing_va").gain < 0.003


def test_a_question_that_decides_a_target_is_worth_all_that_is_uncertain(project: Project, design: Design) -> None:
    ensemble = run_ensemble(project.content, project.simulator, design, project.run())
    target = project.content.targets["sei_va_level"]
    values, row = ensemble.values.copy(), ensemble.indicators.index("sei_va")
    start = design.start["sei_va"]
    values[row, ensemble.years.index(target.year)] = np.where(start > np.median(start), 1e6, 1.0)
    made_up = replace(ensemble, values=values)
    made = with_worth(project.content, made_up, find_odds(project.content, made_up))
    found = next(it for it in made.targets if it.target.id == "sei_va_level")
    assert found.odds == pytest.approx(0.5, abs=0.01)
    assert found.worth[0].name == "sei_va" and found.worth[0].gain == pytest.approx(0.5, abs=0.02)
    assert found.worth[0].turns == pytest.approx(np.median(start), rel=0.01)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_says_what_would_be_worth_measuring(project: Project, odds: Odds, lang: str) -> None:
    cells = odds_table(project.content, odds, lang).cells()
    assert len(cells.rows) == len(project.content.targets)
    assert all(len(row) == len(cells.heads) for row in cells.rows)
    said = " ".join(odds_sentences(project.content, odds, lang))
    assert project.content.indicators["sei_va"].name[lang] in said
    assert likelihood(0.004) == "<1%" and likelihood(0.996) == ">99%" and likelihood(0.5) == "50%"
    assert json.loads(json.dumps(odds_record(project.content, odds)))["members"] == 1000


def test_damaged_draws_are_told_in_one_sentence(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    (folder / POSTERIOR).write_bytes(b"PAR1 nothing")
    read = load_project(folder)
    with pytest.raises(XinzhiError, match=r"posterior\.parquet are of two different fits; run xinzhi fit --write"):
        read.odds(members=100)
    fitted = folder / FITTED
    fitted.write_text(
        re.sub("posterior: .*", f"posterior: {digest(b'PAR1 nothing')}", fitted.read_text("utf-8")), "utf-8"
    )
    with pytest.raises(XinzhiError, match=r"posterior\.parquet: the draws cannot be read; run xinzhi fit --write"):
        read.odds(members=100)


def test_without_a_fit_the_fitted_constants_come_from_their_priors(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    (folder / POSTERIOR).unlink()
    (folder / FITTED).unlink()
    read = load_project(folder)
    found = draw_design(read.content, read.simulator, 100, 0)
    assert found.met.mean() > 0.9 and "conversion time" in found.columns


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_worth_measuring_is_neither_reckoned_nor_shown_unless_asked_for(
    project: Project, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    content = project.content
    asked = project.study("odds", members=200, worth=True)
    monkeypatch.setattr("xinzhi.studies.odds.worth.with_worth", None)
    plain = project.study("odds", members=200)
    (with_column,), (without,) = asked.tables(lang), plain.tables(lang)
    assert with_column.heads[:-1] == list(without.heads)
    assert [row[:-1] for row in with_column.rows] == [tuple(row) for row in without.rows]
    assert set(plain.sentences(lang)) < set(asked.sentences(lang))
    assert all(it.worth == it.constants == () and it.together is None for it in plain.result.targets)
    assert "worth_measuring" in odds_record(content, asked.result)["targets"][0]
    assert "worth_measuring" not in odds_record(content, plain.result)["targets"][0]
