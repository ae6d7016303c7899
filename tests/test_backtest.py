"""Back-tests: what a forecast may know, what it is scored against, and that losses to simple forecasts are told."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from test_broken import copy_project
from xinzhi.cli import commands
from xinzhi.content.backtest_file import FILE, FORMER, MODEL, KeptBacktests, backtests_text, read_backtests
from xinzhi.content.fitted import inputs_hash
from xinzhi.errors import XinzhiError
from xinzhi.futures.system import build_system
from xinzhi.project import Project, load_project
from xinzhi.show.charts import render
from xinzhi.studies.answer import Answer
from xinzhi.studies.backtest.backtest import Backtest, Prediction, backtest
from xinzhi.studies.backtest.backtests import Backtests, to_keep
from xinzhi.studies.backtest.charts import draw_backtest
from xinzhi.studies.backtest.rivals import RIVALS, Past
from xinzhi.studies.backtest.words import relative_table, score_sentences, score_table
from xinzhi.studies.registry import find_study


@pytest.fixture(scope="module")
def found(project: Project) -> Backtest:
    return backtest(project.content, project.simulator, (2021,), 1)


def test_a_forecast_that_is_told_nothing_foresees_no_epidemic(project: Project) -> None:
    blind = build_system(project.content, project.simulator, 2019, "none")
    assert max(year for it in blind.evidence for year in it.years) == 2019
    assert "improvement factor after 2020" not in blind.names
    said = blind.simulate(blind.start[:, None], last=2023)[:, :, 0]
    gdp = [it.indicator for it in blind.evidence].index("gdp_nominal")
    assert (np.diff(said[gdp]) > 0).all()


def test_a_forecast_that_is_told_of_the_epidemic_meets_gdp_of_its_years(project: Project) -> None:
    told = build_system(project.content, project.simulator, 2019, "outside")
    assert max(year for it in told.evidence for year in it.years) == 2019
    assert "improvement factor after 2020" not in told.names
    columns = told.with_shock(told.constants(told.start[:, None]))
    said = told.run(columns, ["gdp_nominal"], 2022)[0, :, 0]
    assert said[[2020 - told.first, 2022 - told.first]] == pytest.approx(told.solved_from[[0, 2]], rel=2e-3)


def test_figures_that_the_epidemic_is_solved_from_are_no_forecasts(project: Project, found: Backtest) -> None:
    assert project.content.fit is not None and project.content.fit.shock is not None
    years = {it.year for it in found.predictions if it.indicator == project.content.fit.shock.indicator}
    assert years == {2023, 2024}
    assert all(it.year > it.origin for it in found.predictions)
    assert all(1 <= it.year - it.origin <= 5 for it in found.predictions)


def test_every_score_can_be_worked_out_from_the_forecasts(found: Backtest) -> None:
    for score in found.result.scores:
        some = [it for it in found.predictions if (it.indicator, it.method) == (score.indicator, score.method)]
        if score.indicator is not None:
            assert score.count == len(some)
            assert score.mape == pytest.approx(np.mean([abs(math.exp(it.middle - it.actual) - 1) for it in some]))
        assert sum(score.parts) == pytest.approx(1)
        assert score.coverage == tuple(sorted(score.coverage))


def test_errors_are_told_against_a_random_walk_year_by_year(found: Backtest) -> None:
    row = next(it for it in found.result.relative if (it.indicator, it.ahead) == ("gdp_nominal", 3))
    errors = {
        it.method: abs(math.exp(it.middle - it.actual) - 1)
        for it in found.predictions
        if (it.indicator, it.year) == ("gdp_nominal", 2024)
    }
    assert row.count == 1 and row.ratio == pytest.approx(errors[MODEL] / errors["mean_growth"])


def test_the_model_s_losses_to_simple_forecasts_are_told(project: Project, found: Backtest) -> None:
    lost = {(mine.indicator, best.method) for mine, best in found.result.better()}
    by_key = {(it.indicator, it.method): it for it in found.result.scores}
    for name, method in lost:
        assert by_key[name, method].mape < by_key[name, MODEL].mape
    assert ("gdp_nominal", "linear_trend") in lost
    sentences = score_sentences(project.content, found.result, "en")
    assert any("the model loses to linear trend" in sentence for sentence in sentences)


def test_crps_is_that_of_a_normal_forecast() -> None:
    draws = np.random.default_rng(0).normal(size=200_000)
    it = Prediction("x", MODEL, 2020, 2021, 1, draws, 0.0, 0.0, 1.0)
    assert it.crps == pytest.approx((math.sqrt(2) - 1) / math.sqrt(math.pi), abs=2e-3)  # Gneiting and Raftery 2007
    assert it.covered(0.5)


def test_a_gap_in_the_past_leaves_the_rivals_that_bear_it() -> None:
    past = Past(np.array([2012.0, 2017.0, 2018.0, 2020.0]), np.log([100.0, 150.0, 160.0, 180.0]))
    able = {name for name, rival in RIVALS.items() if rival.predict(past, 3) is not None}
    assert able == {"last_growth", "mean_growth", "linear_trend"}
    means, spread = RIVALS["mean_growth"].forecast(past, 2)
    assert means[1] == pytest.approx(math.log(180) + 2 * math.log(1.8) / 8)
    assert spread[1] == pytest.approx(spread[0] * math.sqrt(2))


def test_a_back_test_from_a_year_without_data_is_refused(project: Project) -> None:
    with pytest.raises(XinzhiError, match="no forecast can be made from 2031; allowed are 2018 to 2023"):
        backtest(project.content, project.simulator, (2031,), 1)


def test_kept_back_tests_are_read_as_they_were_written(project: Project, found: Backtest, tmp_path: Path) -> None:
    kept = KeptBacktests(inputs_hash(project.content.folder), 1, (found.result,), "ab12")
    (tmp_path / "calibration").mkdir()
    (tmp_path / FILE).write_text(backtests_text(kept), encoding="utf-8")
    read = read_backtests(tmp_path)
    assert read is not None and (read.inputs, read.depends) == (kept.inputs, kept.depends)
    for lang in ("zh", "en"):
        for table in (score_table, relative_table):
            assert table(project.content, read.tests[0], lang) == table(project.content, found.result, lang)
    (tmp_path / FILE).write_text(backtests_text(kept).replace('"mape"', '"map"', 1), encoding="utf-8")
    with pytest.raises(XinzhiError, match=r'backtest\.yaml:\d+: unknown key "map"; did you mean "mape"\?'):
        read_backtests(tmp_path)


def as_answer(project: Project, found: Backtest) -> Answer[Backtests]:
    made = Backtests(inputs_hash(project.content.folder), 1, False, (found,))
    return Answer(find_study("backtest"), project, {}, made)


def test_the_standard_set_is_kept_alone_and_other_origins_beside_it_while_the_data_are_the_same(
    project: Project, found: Backtest, tmp_path: Path
) -> None:
    (tmp_path / "calibration").mkdir()
    elsewhere = replace(found, result=replace(found.result, origins=(2019,)))
    first = Backtests("data", 1, True, (found,))
    (tmp_path / FILE).write_text(backtests_text(to_keep(tmp_path, first)), encoding="utf-8")
    both = to_keep(tmp_path, replace(first, standard=False, tests=(elsewhere,)))
    assert [it.origins for it in both.tests] == [(2021,), (2019,)]
    assert [it.origins for it in to_keep(tmp_path, replace(first, tests=(elsewhere,))).tests] == [(2019,)]
    for other in (replace(first, inputs="other"), replace(first, seed=2)):
        assert [it.origins for it in to_keep(tmp_path, replace(other, standard=False, tests=(elsewhere,))).tests] == [
            (2019,)
        ]


def test_a_back_test_is_printed_written_and_drawn_as_any_study(
    project: Project, found: Backtest, tmp_path: Path
) -> None:
    answer = as_answer(project, found)
    frames = answer.frames()
    assert list(frames) == ["scores", "relative", "forecasts", "left_out"]
    assert len(frames["scores"]) == len(found.result.scores) and set(frames["scores"]["origins"]) == {"2021"}
    gdp = frames["forecasts"].query("indicator == 'gdp_nominal' and method == 'model' and year == 2024").iloc[0]
    known = project.content.history.series["gdp_nominal"].at(2024)
    assert known is not None and gdp["observed"] == pytest.approx(known.value) and gdp["p10"] < gdp["p50"] < gdp["p90"]
    (record,) = answer.record("en")
    assert record["origins"] == [2021] and list(record["scores"][0]["coverage"]) == ["0.5", "0.8", "0.95"]
    title = answer.tables("en")[0].title
    assert title in answer.save(tmp_path / "page.md", "en").read_text(encoding="utf-8")
    assert answer.save(tmp_path / "scores.xlsx").stat().st_size > 5000
    assert [path.name for path in answer.save_charts(tmp_path / "charts", "en")] == ["backtest-2021.png"]
    assert len(repr(answer.result)) <= 200 and len(repr(answer)) <= 200


def test_the_former_command_names_the_new_one() -> None:
    done = CliRunner().invoke(commands("en"), ["hindcast", "--origin", "2021"], standalone_mode=False)
    assert str(done.exception) == "xinzhi hindcast has a new name; run: xinzhi backtest."


def test_a_file_of_the_former_name_is_told_by_its_new_one(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    before = load_project(folder).content.hash
    (folder / FILE).rename(folder / FORMER)
    with pytest.raises(XinzhiError) as told:
        read_backtests(folder)
    assert str(told.value) == 'calibration/hindcast.yaml: has a new name; rename it to "calibration/backtest.yaml".'
    assert load_project(folder).content.hash == before


def test_keeping_a_back_test_does_not_make_the_content_another_one(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    before = load_project(folder).content.hash
    (folder / FILE).write_text("inputs: x\n", encoding="utf-8")
    assert load_project(folder).content.hash == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_shows_every_series_that_was_forecast(project: Project, found: Backtest, lang: str) -> None:
    figure = draw_backtest(project.content, found, 2021, lang)
    titles = {axes.get_title("left") for axes in figure.axes}
    assert len(titles) == len({it.indicator for it in found.predictions})
    assert project.content.indicators["high_tech_enterprises"].name[lang] in titles
    assert render(figure, "png")[:4] == b"\x89PNG"


def test_a_series_that_is_not_fitted_is_forecast_all_the_same(project: Project, found: Backtest) -> None:
    system = build_system(project.content, project.simulator)
    assert "imports_exports" not in {it.indicator for it in system.evidence}
    assert "imports_exports" in {it.indicator for it in found.predictions}
