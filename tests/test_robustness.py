"""Robustness: measures that can be checked by hand, dominance that was put there, one set of futures for all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xinzhi.content.indicator import Target, headline
from xinzhi.errors import ContentError
from xinzhi.futures.ensemble import Ensemble, draw_design, run_ensemble
from xinzhi.project import Project
from xinzhi.show.charts import render
from xinzhi.studies.robustness.charts import draw_robustness
from xinzhi.studies.robustness.robustness import Robustness, find_robustness
from xinzhi.studies.robustness.words import robustness_record, robustness_sentences, robustness_table

Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def ensembles(project: Project) -> list[Ensemble]:
    design = draw_design(project.content, project.simulator, 300, 0)
    names = ("baseline", "innovation-first", "green-first")
    return [run_ensemble(project.content, project.simulator, design, project.run(name)) for name in names]


@pytest.fixture(scope="module")
def found(project: Project, ensembles: list[Ensemble]) -> Robustness:
    return find_robustness(project.content, ensembles, headline(project.content.targets))


def with_figures(project: Project, ensemble: Ensemble, target: Target, figures: np.ndarray) -> Ensemble:
    """The same scenario with a level target's figures (its unit) set by hand."""
    values, row = ensemble.values.copy(), ensemble.indicators.index(target.indicator)
    values[row, ensemble.years.index(target.year)] = figures / project.content.indicators[target.indicator].factor
    return replace(ensemble, values=values)


@pytest.fixture(scope="module")
def level(project: Project) -> Target:
    return project.content.targets["manufacturing_share"]


def compared(project: Project, ensemble: Ensemble, target: Target, *figures: np.ndarray) -> Robustness:
    made = [with_figures(project, ensemble, target, rows) for rows in figures]
    return find_robustness(project.content, made, [target])


def test_measures_are_those_one_works_out_by_hand(project: Project, ensembles: list[Ensemble], level: Target) -> None:
    count = len(ensembles[0].sound)
    one, other = np.full(count, 31.0), np.where(np.arange(count) % 2 == 0, 28.0, 36.0)
    made = compared(project, ensembles[0], level, one, other)
    first, second = made.measures[0]
    assert made.failed == int((~ensembles[0].sound).sum())
    chosen = other[ensembles[0].sound]
    high = float((chosen > 30).mean())
    assert (first.mean, first.decile, first.odds, first.signal) == (pytest.approx(31), pytest.approx(31), 1.0, None)
    assert second.odds == pytest.approx(high) and second.decile == pytest.approx(28)
    assert second.mean == pytest.approx(chosen.mean())
    assert second.signal == pytest.approx((chosen.mean() - 30) / chosen.std())
    assert first.regret == pytest.approx(5 * high) and first.regret_90 == pytest.approx(5)
    assert second.regret == pytest.approx(3 * (1 - high)) and second.regret_90 == pytest.approx(3)
    assert made.dominance == ()


def test_a_target_that_is_a_ceiling_is_turned_round(project: Project, ensembles: list[Ensemble]) -> None:
    target = next(it for it in project.content.targets.values() if it.sense == "<=" and it.measure == "level")
    count = len(ensembles[0].sound)
    rising = np.linspace(0.9, 1.1, count) * target.threshold
    made = compared(project, ensembles[0], target, rising, rising * 1.1)
    better, worse = made.measures[0]
    assert better.decile == pytest.approx(np.quantile(rising[ensembles[0].sound], 0.9))
    assert better.odds > worse.odds and better.regret == 0 and worse.regret > 0
    assert better.signal is not None and worse.signal is not None and better.signal > worse.signal
    assert {(it.better, it.worse) for it in made.dominance} == {(0, 1)}


def test_a_scenario_that_adds_a_constant_dominates_in_every_future(
    project: Project, ensembles: list[Ensemble], level: Target
) -> None:
    figures = np.random.default_rng(0).normal(30, 2, len(ensembles[0].sound))
    made = compared(project, ensembles[0], level, figures, figures + 0.1)
    assert {(it.better, it.worse, it.in_every_future) for it in made.dominance} == {(1, 0, True)}
    assert {it.target for it in made.dominance} == {level, None}
    assert made.measures[0][0].regret == pytest.approx(0.1) and made.measures[0][1].regret == 0
    said = robustness_sentences(made, "en")
    assert said[0] == "Baseline dominates Baseline on all of these targets, in every future."


def test_a_lottery_shifted_but_shuffled_dominates_at_every_probability_alone(
    project: Project, ensembles: list[Ensemble], level: Target
) -> None:
    rng = np.random.default_rng(0)
    figures = rng.normal(30, 2, len(ensembles[0].sound))
    shuffled = figures.copy()
    sound = np.flatnonzero(ensembles[0].sound)
    shuffled[sound] = rng.permutation(figures[sound]) + 0.1
    made = compared(project, ensembles[0], level, figures, shuffled)
    assert {(it.better, it.worse, it.in_every_future) for it in made.dominance} == {(1, 0, False)}


def test_equal_scenarios_dominate_nothing(project: Project, ensembles: list[Ensemble], level: Target) -> None:
    made = find_robustness(project.content, [ensembles[0], ensembles[0]], [level])
    assert made.dominance == ()
    assert "No scenario dominates another on all of these targets." in robustness_sentences(made, "en")


def test_in_each_future_the_best_scenario_has_no_regret(found: Robustness) -> None:
    for target, rows, measures in zip(found.targets, found.figures, found.measures, strict=True):
        best = rows.max(axis=0) if target.sense == ">=" else rows.min(axis=0)
        regret = np.abs(best - rows)
        assert (regret.min(axis=0) == 0).all()
        assert [it.regret for it in measures] == pytest.approx(regret.mean(axis=1).tolist())


def test_odds_are_those_of_the_ensembles(project: Project, ensembles: list[Ensemble], found: Robustness) -> None:
    assert found.failed == 0 or not all(it.sound.all() for it in ensembles)
    for target, measures in zip(found.targets, found.measures, strict=True):
        for ensemble, it in zip(ensembles, measures, strict=True):
            assert it.odds == pytest.approx(ensemble.met(project.content, target).mean(), abs=0.02)


def test_a_dominating_scenario_is_no_worse_by_any_measure(found: Robustness) -> None:
    assert found.dominance
    for it in found.dominance:
        for place, target in enumerate(found.targets):
            if it.target in (None, target):
                better, worse = found.measures[place][it.better], found.measures[place][it.worse]
                sign = 1 if target.sense == ">=" else -1
                assert sign * better.mean >= sign * worse.mean - 1e-9
                assert sign * better.decile >= sign * worse.decile - 1e-9
                assert better.odds >= worse.odds


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table_sentences_and_chart_name_every_scenario_and_target(
    project: Project, found: Robustness, lang: str
) -> None:
    table = robustness_table(project.content, found, lang)
    columns, rows = table.heads, table.rows
    assert len(rows) == len(found.targets) * (1 + len(found.runs))
    assert all(len(row) in (1, len(columns)) for row in rows)
    told = " ".join(cell for row in rows for cell in row)
    assert all(it.name[lang] in told for it in (*found.targets, *found.runs))
    assert ("个百分点" if lang == "zh" else " pp") in told
    pictures = [render(draw_robustness(project.content, found, lang), "png") for _ in range(2)]
    assert pictures[0] == pictures[1] and len(pictures[0]) > 20_000
    assert json.loads(json.dumps(robustness_record(project.content, found)))["scenarios"][0] == "baseline"


def test_too_few_scenarios_or_futures_are_refused(project: Project, ensembles: list[Ensemble], level: Target) -> None:
    with pytest.raises(ContentError, match="one scenario cannot be compared; name two scenarios or more"):
        find_robustness(project.content, ensembles[:1], [level])
    few = replace(ensembles[0], sound=np.arange(len(ensembles[0].sound)) < 9)
    with pytest.raises(ContentError, match="only 9 futures give numbers in every scenario; at least 50 are needed"):
        find_robustness(project.content, [few, ensembles[1]], [level])


def test_the_command_compares_one_scenario_with_the_baseline(shell: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "ranges.pdf"
    done = shell("robustness", "green-first", "--target", "big_facilities", "--members", "200", "--json", "-o",
                 str(picture))  # fmt: skip
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["scenarios"] == ["baseline", "green-first"] and len(record["targets"]) == 1
    assert picture.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("green-frist", "--target", "big_facility"),
         ['unknown scenario "green-frist"; did you mean "green-first"?',
          'unknown target "big_facility"; did you mean "big_facilities"?']),
        (("baseline",), ['scenario "baseline" is named twice']),
        (("green-first", "-o", "a.gif"), ['the suffix ".gif" names no known format']),
        ((), ["Missing argument"]),
    ],
)  # fmt: skip
def test_wrong_input_is_told_at_once_with_exit_code_2(
    shell: Shell, arguments: tuple[str, ...], said: list[str]
) -> None:
    done = shell("robustness", *arguments)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert all(one in done.stderr for one in said), done.stderr
