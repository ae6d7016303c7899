"""Hot futures: the same as whole runs, for many lever sets at once, and what fails is left out and said."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engines import load, vensim
from xinzhi.content.indicator import headline
from xinzhi.content.lever import Setting
from xinzhi.engine.compiled import CompiledModel, Result
from xinzhi.engine.resume import resume, state_nodes
from xinzhi.errors import SimulationError
from xinzhi.futures.ensemble import Design, Ensemble, draw_design, run_ensemble
from xinzhi.futures.hot import HotState, heat
from xinzhi.futures.target_odds import BAND, Odds, find_bands, find_odds
from xinzhi.model import Model
from xinzhi.project import Project
from xinzhi.show.words import say
from xinzhi.simulate import Run

MEMBERS = 300
SHARE = 0.8  # what members say as much as, of their number


@pytest.fixture(scope="module")
def design(project: Project) -> Design:
    """Members of which two do not start at their statistics."""
    found = draw_design(project.content, project.simulator, MEMBERS, 0)
    met = found.met.copy()
    met[[3, 200]] = False
    return replace(found, met=met)


@pytest.fixture(scope="module")
def state(project: Project, design: Design) -> HotState:
    """All indicators are saved, not those of the targets alone."""
    return heat(project.content, project.simulator, design, SHARE, indicators=tuple(project.content.indicators))


@pytest.fixture(scope="module")
def runs(project: Project) -> dict[str, Run]:
    """The baseline, a scenario, every lever at its end at once, and levers anywhere."""
    levers, rng = project.content.sheet.levers.values(), np.random.default_rng(11)
    ends = {it.id: Setting(it.high, 2024.0, 1.0) for it in levers}
    anything = {it.id: Setting(rng.uniform(it.low, it.high), rng.uniform(2024, 2027), 2.0) for it in levers}
    run = project.run()
    return {
        "baseline": run,
        "innovation-first": project.run("innovation-first"),
        "ends": replace(run, settings=ends),
        "anything": replace(run, settings=anything),
    }


def whole(project: Project, design: Design, run: Run) -> Ensemble:
    return run_ensemble(project.content, project.simulator, design, run)


# ---- a run that goes on


@pytest.mark.parametrize("at", [2023, 2024])
def test_a_run_that_goes_on_is_the_whole_run(
    project: Project, design: Design, runs: Mapping[str, Run], at: int
) -> None:
    system, simulator = design.system, project.simulator
    program, stocks = system.compiled.program, state_nodes(system.compiled.program)
    resumed, names = resume(program, float(at), 2015.0)
    later = CompiledModel(resumed, simulator.store)
    variables = list(dict.fromkeys(it.variable for it in project.content.indicators.values()))
    nodes = [system.compiled.labels[name] for name in variables]
    clock = later.clock({}, {"final_time": 2030.0, "saveper": 1.0})
    assert clock.times[0] == at and len(names) == len(stocks) > 100
    for run in runs.values():
        fixed = simulator.lever_constants(run.settings)
        varied = tuple(name for name in program.constants if name in design.columns or name in fixed)
        rows = np.array([np.broadcast_to(fixed.get(it, design.columns.get(it, 0)), MEMBERS)[:40] for it in varied])
        full = system.compiled.run_rows(varied, rows, [*stocks, *nodes], system.clock(2030), method="euler").values
        state = full[: len(stocks), at - 2015]
        rest = later.run_rows((*varied, *names), np.concatenate([rows, state]), nodes, clock, method="euler").values
        np.testing.assert_allclose(rest, full[len(stocks) :, at - 2015 :], rtol=1e-12)


STOCKS = """
    grown = INTEG(grown * rate + Time / 50, 3)
    rate = 0.1
    seen = SMOOTH3(grown, 2)
    late = DELAY1(seen, long)
    long = 3 + STEP(1, 6)
    first = INITIAL(grown + INITIAL TIME + Time)
    since = Time - INITIAL TIME
    t((0, 1), (3, 5), (9, 2))
    looked = t(grown) + t(Time) + PULSE(5, 1) + RAMP(1, 3, 8)
    expected = FORECAST(grown, 4, 6)
    y = late + first + since + looked + expected
"""


@pytest.mark.parametrize("at", [1, 4.5, 9])
def test_what_a_model_knows_of_its_start_stays_what_it_was(at: float, tmp_path: Path) -> None:
    model = load(vensim(tmp_path, STOCKS, step="0.25", saveper="0.25", first=1)).compiled
    names, rates = list(dict.fromkeys(model.labels)), np.array([[0.1, 0.2, -0.3]])
    nodes = [model.labels[name] for name in names]
    stocks = state_nodes(model.program)
    full = model.run_rows(("rate",), rates, [*stocks, *nodes], model.clock({}, {}), method="euler").values
    resumed, states = resume(model.program, at, 1.0)
    later, place = CompiledModel(resumed), int((at - 1) * 4)
    rows = np.concatenate([rates, full[: len(stocks), place]])
    rest = later.run_rows(("rate", *states), rows, nodes, later.clock({}, {}), method="euler").values
    assert rest.shape[1] == 4 * (10 - at) + 1
    np.testing.assert_allclose(rest, full[len(stocks) :, place:], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    "text",
    [
        "DELAY FIXED(Time, 2, 0)",
        "SAMPLE IF TRUE(Time > 3, Time, 0)",
        "RANDOM UNIFORM(0, 1, 0)",
        "INITIAL(RANDOM UNIFORM(0, 1, 0))",
    ],
)
def test_a_model_that_remembers_more_than_its_stocks_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    model: Model = load(vensim(tmp_path, f"y = {text}\ns = INTEG(y, 0)"))
    with pytest.raises(
        SimulationError, match="more than its stocks, so a run cannot begin in its middle; leave"
    ) as caught:
        resume(model.compiled.program, 3.0, 0.0)
    assert len(caught.value.problems) == 1 and "无法从中途起算" in say(caught.value.problems[0], "zh")


# ---- odds


def test_the_years_from_the_first_on_are_those_of_whole_runs(
    project: Project, design: Design, state: HotState, runs: Mapping[str, Run]
) -> None:
    """Also in the base year, and the model's own run stands last."""
    indicators = project.content.indicators
    for run in runs.values():
        values, ensemble = state.run(project.simulator.lever_constants(run.settings)), whole(project, design, run)
        for row, (key, it) in enumerate(indicators.items()):
            place = state.variables.index(it.variable)
            np.testing.assert_allclose(values[place, :, :-1], ensemble.values[row, 2024 - 2015 :], rtol=1e-12)
            np.testing.assert_allclose(state.base[place, :-1], ensemble.values[row, 2023 - 2015], rtol=1e-12)
            if run.settings == project.run(run.scenario).settings:
                np.testing.assert_allclose(values[place, :, -1], run.values[key][2024 - 2015 :], rtol=1e-12)


def settle(project: Project, state: HotState, run: Run) -> Odds:
    return find_odds(project.content, state.ensemble(run, project.simulator))


def assert_counted(project: Project, ensemble: Ensemble, state: HotState, run: Run) -> None:
    """Odds, quantiles, bands and shares are those counted from whole runs of the same members."""
    content = project.content
    met = {it.id: ensemble.met(content, it) for it in content.targets.values()}
    hot = state.ensemble(run, project.simulator)
    odds, count = find_odds(content, hot), ensemble.sound.sum() * state.share
    for it in odds.targets:
        assert it.odds == met[it.target.id].mean()
        assert it.error == pytest.approx(np.sqrt(it.odds * (1 - it.odds) / count))
        figures = ensemble.figures(content, it.target)
        np.testing.assert_allclose(it.value, np.quantile(figures, (0.1, 0.5, 0.9)), rtol=1e-11, atol=1e-9)
    assert odds.headline == np.all([met[it.id] for it in headline(content.targets)], axis=0).mean()
    assert odds.every == np.all(list(met.values()), axis=0).mean()
    assert odds.failed == ensemble.failed and odds.members == MEMBERS
    assert odds.headline_error == pytest.approx(np.sqrt(odds.headline * (1 - odds.headline) / count))
    bands = find_bands(content, hot)
    assert set(bands) == {it.indicator for it in headline(content.targets)}
    for name, band in bands.items():
        rows = ensemble.of(name)[state.first - 2015 :] * content.indicators[name].factor
        np.testing.assert_allclose(band, np.quantile(rows, BAND, axis=1), rtol=1e-11)


def test_odds_are_those_counted_from_whole_runs(
    project: Project, design: Design, state: HotState, runs: Mapping[str, Run]
) -> None:
    for run in runs.values():
        assert_counted(project, whole(project, design, run), state, run)
    odds = settle(project, state, run)
    assert odds.failed == 2 and odds.effective == pytest.approx(SHARE * (MEMBERS - 2))
    assert any(0 < it.odds < 1 for it in odds.targets)


def test_where_every_member_starts_at_its_statistics_none_is_left_out(
    project: Project, design: Design, state: HotState, runs: Mapping[str, Run]
) -> None:
    all_met = np.ones(MEMBERS, dtype=bool)
    everybody = replace(design, met=all_met)
    everyone = replace(state, design=everybody)
    assert settle(project, everyone, runs["ends"]).failed == 0
    assert_counted(project, whole(project, everybody, runs["ends"]), everyone, runs["ends"])


def test_what_is_assumed_of_the_world_outside_holds_for_all(project: Project, design: Design) -> None:
    run = project.run("external-shock")
    assert run.assumptions
    state = heat(project.content, project.simulator, design, assumptions=run.assumptions)
    assert_counted(project, whole(project, design, run), state, run)


def test_members_that_give_no_number_are_left_out_and_counted(
    project: Project, design: Design, runs: Mapping[str, Run]
) -> None:
    """Some fail before the first year of the hot run, some after: in both, whatever came of them."""
    columns = {name: values.copy() for name, values in design.columns.items()}
    columns["conversion time"][[5, 6]] = np.nan
    columns["conversion time"][7] = 0
    broken = replace(design, columns=columns)
    state = heat(project.content, project.simulator, broken)
    state.constants[state.rows.index("conversion time"), 8] = np.nan  # from the first year on only
    assert settle(project, state, runs["baseline"]).failed == 6
    without = replace(broken, met=design.met & ~np.isin(np.arange(MEMBERS), [8]))
    assert_counted(project, whole(project, without, runs["baseline"]), state, runs["baseline"])


def test_a_member_whose_past_alone_failed_has_no_future(
    project: Project, design: Design, runs: Mapping[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stocks may be numbers again at the end of the past."""
    run_rows = CompiledModel.run_rows

    def failing(*given: Any, **more: Any) -> Result:
        found = run_rows(*given, **more)
        found.failed[9] = True
        return found

    with monkeypatch.context() as patch:
        patch.setattr(CompiledModel, "run_rows", failing)
        state = heat(project.content, project.simulator, design)
    assert np.isnan(state.base[:, 9]).all() and np.isfinite(np.delete(state.base, 9, axis=1)).all()
    assert settle(project, state, runs["baseline"]).failed == 3


def test_odds_of_no_member_are_no_numbers(project: Project, state: HotState, runs: Mapping[str, Run]) -> None:
    nobody = replace(state, design=replace(state.design, met=np.zeros(MEMBERS, dtype=bool)))
    ensemble = nobody.ensemble(runs["baseline"], project.simulator)
    odds = find_odds(project.content, ensemble)
    assert odds.failed == MEMBERS and np.isnan([odds.headline, odds.headline_error, odds.every]).all()
    for it in odds.targets:
        assert np.isnan([it.odds, it.error, *it.value]).all()
    for band in find_bands(project.content, ensemble).values():
        assert band.shape == (len(BAND), 7) and np.isnan(band).all()


def test_two_sessions_at_once_get_the_answers_that_each_gets_alone(
    project: Project, state: HotState, runs: Mapping[str, Run]
) -> None:
    def odds(run: Run) -> list[object]:
        found = settle(project, state, run)
        return [found.headline, found.every, *((it.odds, it.value) for it in found.targets)]

    alone = {name: odds(run) for name, run in runs.items()}
    assert len({str(it) for it in alone.values()}) == len(runs)
    asked = [*runs] * 8
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda name: odds(runs[name]), asked))
    assert found == [alone[name] for name in asked]
