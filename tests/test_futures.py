"""The public futures: many lever sets at once with the same members, labelled, and bad input in one sentence each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from xinzhi.cli import commands
from xinzhi.content.indicator import headline
from xinzhi.dashboard.futures import settle
from xinzhi.errors import ContentError
from xinzhi.futures.hot_futures import HotFutures
from xinzhi.futures.outcomes import Outcomes
from xinzhi.project import Project

MEMBERS = 200
SETS: list[dict[str, Any]] = [{}, {"public_rd_growth": 0.12}, {"public_rd_growth": "18%", "pr.start": 2026}]


@pytest.fixture(scope="module")
def futures(project: Project) -> HotFutures:
    return project.futures(members=MEMBERS)


@pytest.fixture(scope="module")
def outcomes(futures: HotFutures) -> Outcomes:
    return futures.at(SETS)


def test_each_lever_set_comes_to_what_the_odds_of_its_run_are(project: Project, outcomes: Outcomes) -> None:
    """`project.odds` of the same levers, to the last digit: every target, the headline ones together, all."""
    many = outcomes.odds()
    for place, levers in enumerate(SETS):
        alone = project.odds(members=MEMBERS, levers=levers)
        assert [it.odds for it in alone.targets] == many.odds[place].tolist()
        assert [it.error for it in alone.targets] == many.error[place].tolist()
        together = (alone.headline, alone.headline_error, alone.every, alone.every_error)
        assert together == tuple(float(getattr(many, name)[place]) for name in (
            "headline", "headline_error", "every", "every_error"
        ))  # fmt: skip
        low, middle, high = np.quantile(outcomes.values[place], (0.1, 0.5, 0.9), axis=1)
        np.testing.assert_array_equal(np.array([it.value for it in alone.targets]).T, [low, middle, high])


def test_a_batch_is_what_its_sets_are_one_by_one(futures: HotFutures, outcomes: Outcomes) -> None:
    for place, levers in enumerate(SETS):
        alone = futures.at(levers)
        np.testing.assert_array_equal(alone.values[0], outcomes.values[place])
        np.testing.assert_array_equal(alone.met[0], outcomes.met[place])
    assert outcomes.values.shape == outcomes.met.shape == (3, len(outcomes.targets), MEMBERS)


def test_members_of_a_few_are_the_first_of_many(project: Project, outcomes: Outcomes) -> None:
    few = project.futures(members=50).at(SETS)
    np.testing.assert_allclose(few.values, outcomes.values[:, :, :50], rtol=1e-12)


def test_a_set_departs_from_the_scenario_and_keeps_what_it_assumes(project: Project) -> None:
    futures = project.futures(members=100, scenario="external-shock")
    got = futures.odds([{}, {"public_rd_growth": 0.12}])
    for place, levers in enumerate(({}, {"public_rd_growth": 0.12})):
        alone = project.odds("external-shock", members=100, levers=levers)
        assert [it.odds for it in alone.targets] == got.odds[place].tolist()


def test_money_is_what_the_levers_cost_by_the_plans_final_year(project: Project, outcomes: Outcomes) -> None:
    """What the model adds up: nothing in the baseline, about the sum of the central path's yearly spending else."""
    assert outcomes.money is not None and outcomes.currency == "YiYuan"
    baseline, some, _ = outcomes.money
    run, plan = project.run(levers=SETS[1]), project.content.region.plan
    years = range(plan.first_year, plan.final_year)
    spent = sum(run.at("policy_cost", year) * run.at("budget_adequacy", year) for year in years)
    assert (baseline == 0).all() and np.median(some) == pytest.approx(spent, rel=0.5)


@pytest.mark.parametrize(
    "table",
    [
        lambda: pd.DataFrame({"public_rd_growth": [0.06, 0.12], "rd_subsidy_rate": [0.0, 0.05]}),
        lambda: np.array([(0.06, 0.0), (0.12, 0.05)], dtype=[("public_rd_growth", float), ("rd_subsidy_rate", float)]),
        lambda: ({"public_rd_growth": a, "rd_subsidy_rate": b} for a, b in ((0.06, 0.0), (0.12, 0.05))),
        lambda: [
            pd.Series({"public_rd_growth": 0.06, "rd_subsidy_rate": 0.0}),
            {"政府研发投入增速": "12%", "rs": "5%"},
        ],
    ],
    ids=["frame", "array", "generator", "series and names"],
)
def test_a_table_with_named_columns_is_a_set_a_row(futures: HotFutures, table: Callable[[], Any]) -> None:
    wanted = futures.at([{"public_rd_growth": 0.06, "rd_subsidy_rate": 0.0},
                         {"public_rd_growth": 0.12, "rd_subsidy_rate": 0.05}])  # fmt: skip
    np.testing.assert_array_equal(futures.at(table()).values, wanted.values)


def test_outcomes_and_odds_are_labelled(project: Project, outcomes: Outcomes) -> None:
    data, odds = outcomes.to_xarray(), outcomes.odds()
    heads = [it.id for it in headline(project.content.targets)]
    assert data["value"].dims == data["met"].dims == ("set", "target", "member")
    assert float(data["lever_value"].sel(lever="public_rd_growth", set=1)) == 0.12
    assert float(data["lever_start"].sel(lever="public_rd_growth", set=2)) == 2026
    share = data["met"].sel(target=heads[0]).mean("member")
    np.testing.assert_array_equal(share, odds.to_xarray()["odds"].sel(target=heads[0]))
    together = data["met"].sel(target=heads).all("target").mean("member")
    np.testing.assert_array_equal(together, odds.to_pandas()["headline"])
    frame = outcomes.to_pandas()
    assert frame.index.names == ["set", "member"] and frame.shape == (3 * MEMBERS, len(outcomes.targets) + 1)
    np.testing.assert_array_equal(frame.loc[(1, 7), heads[2]], data["value"].sel(set=1, member=7, target=heads[2]))
    assert "<table" in odds._repr_html_()
    assert all(len(repr(it)) <= 200 for it in (outcomes, odds, project.futures(members=MEMBERS)))


LEVER = "public_rd_growth"
WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "a number": (lambda: 3, "a lever set is a dict of levers and values, not 3; give a dict such as {'public_rd_"),
    "a text": (lambda: "public_rd_growth=12%", "a lever set is a dict of levers and values, not 'public_rd_growth=12%'"),
    "a list of pairs": (lambda: [[(LEVER, 1)]], r"not \[\('public_rd_growth', 1\)\]; give a dict such as"),
    "nothing": (list, "there is no lever set; give a dict of levers and values, or a list of some"),
    "an empty frame": (lambda: pd.DataFrame({LEVER: []}), "there is no lever set"),
    "an array": (lambda: np.zeros((2, 3)), "the columns of an array have no names; give a DataFrame or a structured"),
    "unnamed columns": (lambda: pd.DataFrame([[0.1]]), "column 1 has no name; name each after a lever"),
    "a column twice": (
        lambda: pd.DataFrame([[0.1, 0.1]], columns=[LEVER, LEVER]), 'column "public_rd_growth" stands twice; keep one',
    ),
    "a lever twice": (lambda: {LEVER: 0.1, "pr": 0.1}, '"public_rd_growth" and "pr" set the same; keep one'),
    "NaN": (lambda: {LEVER: float("nan")}, '"nan" is outside the range of "public_rd_growth"; allowed are 0% to 18%'),
    "an unknown lever": (lambda: [{}, {"public_rd_grow": 1}], r'settings\[1\]: unknown lever "public_rd_grow"; did you'),
    "beyond its range": (lambda: pd.DataFrame({LEVER: [0.1, 0.5]}), r'settings\[1\]: "0.5" is outside the range of'),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_lever_set_that_cannot_be_is_one_sentence(futures: HotFutures, wrong: str) -> None:
    settings, sentence = WRONG[wrong]
    with pytest.raises(ContentError, match=sentence) as caught:
        futures.odds(settings())
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("members", [0, -1, 1.5, "10", None])
def test_a_number_of_members_that_cannot_be_is_one_sentence(project: Project, members: Any) -> None:
    with pytest.raises(ContentError, match=r"members cannot be .*; give a whole number from 1 to 1000000"):
        project.futures(members=members)


def test_every_wrong_set_is_told_at_once(futures: HotFutures) -> None:
    with pytest.raises(ContentError) as caught:
        futures.at([{LEVER: 9.0}, {}, {"no such lever": 1}])
    assert [str(it.place) for it in caught.value.problems] == ["settings[0]", "settings[2]"]


def test_shell_python_and_page_print_the_same_odds(project: Project) -> None:
    """At the default number of members, to the last digit."""
    levers = {LEVER: "12%"}
    said = CliRunner().invoke(commands("en"), ["odds", "--set", f"{LEVER}=12%", "--json"])
    shell = json.loads(said.stdout)
    python = project.odds(levers=levers)
    state = project.futures().state
    page = settle(state, project.run(levers=levers), project.simulator, ("levers",), "members")
    assert shell["members"] == python.members == page.odds.members == 10_000
    assert [it["odds"] for it in shell["targets"]] == [it.odds for it in python.targets] == [*page.shares.values()]
    assert shell["headline"] == python.headline == page.odds.headline
    assert shell["every"] == python.every == page.odds.every
    assert [(it["p10"], it["p50"], it["p90"]) for it in shell["targets"]] == [it.value for it in page.odds.targets]


def test_members_under_the_same_assumptions_are_made_once(project: Project) -> None:
    state = project.futures(MEMBERS).state
    assert project.futures(MEMBERS, scenario="innovation-first").state is state
    assert project.futures(MEMBERS, scenario="external-shock").state is not state
