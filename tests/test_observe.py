"""Monitoring: new figures weigh the futures, surprises are told, forecasts are kept and scored when figures come."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from test_broken import copy_project
from xinzhi.cli import commands
from xinzhi.content.forecast_file import FOLDER, SHARES, FigureForecast, Forecasts, forecasts_text, read_forecasts
from xinzhi.content.history import HISTORY, Observation, Series
from xinzhi.errors import XinzhiError
from xinzhi.futures.ensemble import draw_design, run_ensemble
from xinzhi.futures.statistical_errors import Predicted
from xinzhi.futures.weigh import effective, informed, weigh
from xinzhi.project import Project, load_project
from xinzhi.studies.fit.sampler import Effort
from xinzhi.studies.observe.forecast import pace_level, score
from xinzhi.studies.observe.observation import observe, with_figures

HEAD = "time,variable,value,unit,status,source\n"
GDP = "2025,gdp_nominal,63000,亿元,published,hubei-communique-2024\n"


def without_new_figures(folder: Path) -> None:
    """The history as it was when 2023 was the last year; the audit, which asks for 2024, is left out."""
    (folder / "model" / "audit.yaml").unlink()
    path = folder / HISTORY
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("2024,")), encoding="utf-8")
    shutil.rmtree(folder / FOLDER, ignore_errors=True)


def test_new_figures_weigh_the_futures_by_how_well_they_were_forecast(project: Project) -> None:
    content, simulator = project.content, project.simulator
    design = draw_design(content, simulator, 400, 0)
    before = run_ensemble(content, simulator, design, project.run())
    weights = weigh(content, before)
    assert weights.sum() == pytest.approx(1) and 1 < effective(weights) <= 400
    heaviest, lightest = np.argmax(weights), np.argmin(weights)
    row = before.years.index(2024)
    off = {}
    for name in ("high_tech_enterprises", "technology_smes"):
        it = content.history.series[name].at(2024)
        assert it is not None
        off[name] = np.abs(np.log(before.of(name)[row] * content.indicators[name].factor / it.value))
    total = sum(off.values())
    assert total[heaviest] < total[lightest]
    taken, _ = informed(content, simulator, design, project.run(), 0)
    counts = {name: np.isin(design.columns[name], taken.columns[name]).mean() for name in ("HNTE exit rate",)}
    assert all(0.2 < share < 1 for share in counts.values())


def test_a_likelihood_is_that_of_the_normal_it_draws_from() -> None:
    spread = np.array([[0.04, 0.02], [0.02, 0.09]])
    it = Predicted(np.array([[1.0], [2.0]]), spread)
    from scipy.stats import multivariate_normal

    points = np.random.default_rng(0).normal(size=(2, 5))
    said = [float(it.log_likelihood(point)[0]) for point in points.T]
    want = [multivariate_normal([1, 2], spread).logpdf(point) for point in points.T]
    assert np.diff(said) == pytest.approx(np.diff(want))
    draws = Predicted(np.repeat(it.means, 20_000, axis=1), spread).draw(np.random.default_rng(1))
    assert np.cov(draws) == pytest.approx(spread, abs=3e-3)


def test_the_year_held_back_is_observed_and_its_forecasts_are_kept_and_scored(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    whole = (folder / HISTORY).read_text(encoding="utf-8")
    without_new_figures(folder)
    data = tmp_path / "2024.csv"
    wanted = ("gdp_nominal", "manufacturing_share_gdp", "high_tech_enterprises", "technology_smes")
    rows = [line for line in whole.splitlines() if line.startswith("2024,") and line.split(",")[1] in wanted]
    data.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    read = load_project(folder)
    found = read.observe(data, members=300)
    assert found.observed.until == 2024 and not found.observed.refitted
    assert {it.indicator for it in found.observed.surprises} == set(wanted)
    assert {it.indicator for it in found.figures} == set(wanted)
    assert len(repr(found)) <= 200 and len(found.to_pandas()) == len(wanted)
    read.keep(found)
    kept = read_forecasts(folder)
    assert [it.made for it in kept] == [2023, 2024]
    again = load_project(folder)
    for line in rows:
        year, name, value, *_ = line.split(",")
        it = again.content.history.series[name].at(int(year))
        assert it is not None and it.value == float(value)
    repeated = again.observe(members=300)
    assert [(it.indicator, it.year, it.forecast) for it in repeated.figures] == [
        (it.indicator, it.year, pytest.approx(it.forecast, rel=1e-5)) for it in found.figures
    ]
    assert HISTORY not in repeated.files and not repeated.files


def test_futures_that_no_longer_fit_are_fitted_anew(project: Project) -> None:
    rows = {"gdp_nominal": Series("gdp_nominal", "亿元", (Observation(2025, 90_000.0, "published", "s"),)),
            "rd_expenditure": Series("rd_expenditure", "亿元", (Observation(2024, 2400.0, "published", "s"),))}  # fmt: skip
    whole = with_figures(project.content, rows)
    seen: list[int] = []
    effort = Effort(runs=2, walkers=96, steps=250, burn=0)
    found = observe(whole, project.simulator, project.run(), 200, 0, effort, lambda done, _of: seen.append(done))
    assert found.refitted and found.effective < 10 and seen
    told = {it.indicator for it in found.surprises if it.tail < 0.05}
    assert told >= {"gdp_nominal", "rd_expenditure"}
    row = found.after.years.index(2028)
    assert np.median(found.after.of("rd_expenditure")[row]) > np.median(found.before.of("rd_expenditure")[row])
    assert found.shifts


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2025,gdp_nomnal,6,亿元,published,hubei-communique-2024\n",
         r'2: the history has no series "gdp_nomnal"; did you mean "gdp_nominal"'),
        ("2025,gdp_nominal,6.3,万亿元,published,hubei-communique-2024\n",
         r'2: "gdp_nominal" is in 万亿元, but in 亿元 in the history; convert it to 亿元'),
        ("2023,gdp_nominal,56794.34,亿元,published,hubei-communique-2024\n",
         r'2: "gdp_nominal" of 2023 is no new figure; allowed are 2024 to \d+'),
        ("2024,gdp_nominal,61000,亿元,published,hubei-communique-2024\n",
         r'2: "gdp_nominal" of 2024 is 61000 here and 60013 in the history; correct it here, or in calibration/history'),
        (GDP + GDP, r'3: "gdp_nominal" has two values for 2025; keep one'),
        (GDP.replace("63000", "lots"), r'2: the value "lots" is not a number'),
        (GDP.replace("hubei-communique-2024", "hearsay"), r'2: the source "hearsay" is not in sources.yaml'),
        ("2025,beidou_revenue,900,亿元,published,hubei-communique-2024\n", "holds no figure that a forecast can be"),
    ],
)  # fmt: skip
def test_figures_that_cannot_be_are_refused_in_one_sentence(
    project: Project, tmp_path: Path, rows: str, said: str
) -> None:
    path = tmp_path / "new.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(XinzhiError, match=said):
        project.observe(path)


def test_figures_that_are_neither_a_file_nor_a_table_are_refused_in_one_sentence(project: Project) -> None:
    with pytest.raises(XinzhiError, match="data is a file or a DataFrame, not a list; give a path"):
        project.observe([1, 2])  # type: ignore[arg-type]
    with pytest.raises(XinzhiError, match="observe runs no scenario, so that no lever can be set"):
        project.study("observe", levers={"public_rd_growth": 0.1})


def test_where_nothing_is_new_it_is_said(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    without_new_figures(folder)
    with pytest.raises(XinzhiError, match=r"there is no figure after 2023; name a file with some"):
        load_project(folder).observe(members=100)


def test_on_pace_is_the_even_way_from_the_observed_base_to_the_threshold(project: Project) -> None:
    content = project.content
    growth, level = content.targets["rd_growth"], content.targets["trade"]
    base = content.history.series["rd_expenditure"].at(2023)
    assert base is not None
    assert pace_level(content, growth, 2025) == pytest.approx(base.value * 1.14**2)
    trade = content.history.series["imports_exports"].at(2023)
    assert trade is not None
    span = level.year - 2023
    assert pace_level(content, level, 2024) == pytest.approx(trade.value + (level.threshold - trade.value) / span)
    assert pace_level(content, level, level.year) == pytest.approx(level.threshold)


def test_a_sure_and_right_forecast_scores_nothing_and_a_wrong_one_its_distance(project: Project) -> None:
    it = project.content.history.series["gdp_nominal"].at(2024)
    assert it is not None
    sure = FigureForecast("gdp_nominal", 2024, (it.value,) * len(SHARES))
    wrong = FigureForecast("gdp_nominal", 2024, (it.value * 1.1,) * len(SHARES))
    made = Forecasts(2023, "x", 0, 1, 1.0, (sure, wrong), (), ())
    (right, off), _ = score(project.content, [made])
    assert right.crps == 0 and off.crps == pytest.approx(0.1)


def test_kept_forecasts_read_back_and_damage_is_told_with_its_line(tmp_path: Path) -> None:
    made = Forecasts(
        2023, "x", 0, 10, 9.5, (FigureForecast("gdp_nominal", 2024, tuple(map(float, range(19)))),), (), ()
    )
    (tmp_path / FOLDER).mkdir(parents=True)
    path = tmp_path / FOLDER / "2023.yaml"
    path.write_text(forecasts_text(made), encoding="utf-8")
    assert read_forecasts(tmp_path) == [made]
    path.write_text(forecasts_text(replace(made, members=0)), encoding="utf-8")
    with pytest.raises(XinzhiError, match=r'2023\.yaml:5: "members" cannot be "0"'):
        read_forecasts(tmp_path)
    few = replace(made, figures=(FigureForecast("gdp_nominal", 2024, (1.0, 2.0)),))
    path.write_text(forecasts_text(few), encoding="utf-8")
    with pytest.raises(XinzhiError, match=r"2023\.yaml:8: there are 2 quantiles; 19 are needed, of 5 to 95 %"):
        read_forecasts(tmp_path)


def test_the_command_tells_surprises_and_odds_in_both_languages() -> None:
    for lang, word in (("zh", "加入新数据前后的达标概率"), ("en", "Odds before and after the new figures")):
        result = CliRunner().invoke(commands(lang), ["observe", "--members", "200", "--lang", lang])
        assert result.exit_code == 0 and word in result.output, result.output
