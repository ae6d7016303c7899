"""Draws by name: one more uncertain constant moves no draw of any other, and no odds that do not hang on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi.content.content import Content
from xinzhi.content.prior_file import Prior
from xinzhi.content.uncertainty import Correlation
from xinzhi.content.yaml_file import Text
from xinzhi.futures.draws import BLOCK, correlated_groups, draw_priors
from xinzhi.futures.ensemble import Design, draw_design, run_ensemble
from xinzhi.futures.library import _drawn_anew
from xinzhi.futures.sampling import draw_sample
from xinzhi.futures.target_odds import Odds, find_odds
from xinzhi.project import Project
from xinzhi.simulate import FloatArray, Simulator

NEW = "future deflator growth"
PRIORS = {
    "a": Prior("uniform", 0.0, 1.0),
    "b": Prior("triangular", 0.0, 2.0, mode=0.5),
    "c": Prior("normal", -3.0, 3.0, mean=0.0, sd=1.0),
    "d": Prior("uniform", 5.0, 6.0),
}


def correlation(*between: str, rank: float = 0.6) -> Correlation:
    return Correlation(between, rank, Text("", ""))


def drawn(
    *names: str, correlations: tuple[Correlation, ...] = (), seed: int = 0, start: int = 0, stop: int = 2000
) -> dict[str, FloatArray]:
    return draw_priors({name: PRIORS[name] for name in names}, correlations, seed, start, stop)


@settings(max_examples=25, deadline=None)
@given(st.permutations(list(PRIORS)), st.integers(0, 3), st.integers(0, 2**63 - 1))
def test_what_is_drawn_besides_and_in_which_order_moves_nothing(names: list[str], left_out: int, seed: int) -> None:
    everything, some = drawn(*PRIORS, seed=seed), drawn(*names[left_out:], seed=seed)
    assert set(some) == set(names[left_out:])
    for name, values in some.items():
        np.testing.assert_array_equal(values, everything[name])


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3 * BLOCK), st.integers(1, BLOCK + 500))
def test_a_member_s_draws_are_of_its_number_alone(start: int, count: int) -> None:
    whole = drawn("a", "b", "c", correlations=(correlation("a", "b"),), stop=start + count)
    part = drawn("a", "b", "c", correlations=(correlation("a", "b"),), start=start, stop=start + count)
    for name, values in part.items():
        np.testing.assert_array_equal(values, whole[name][start:])


def test_constants_are_drawn_apart_and_follow_their_priors() -> None:
    columns = drawn(*PRIORS, stop=BLOCK)
    ranks = scipy.stats.spearmanr(np.array(list(columns.values())).T).statistic
    assert np.abs(ranks - np.eye(len(PRIORS))).max() < 0.04
    assert columns["b"].mean() == pytest.approx(2.5 / 3, abs=0.02) and columns["c"].std() == pytest.approx(1, abs=0.05)


def test_constants_that_go_together_do_and_one_more_moves_none_of_them() -> None:
    pair = drawn("a", "b", "d", correlations=(correlation("a", "b"),))
    assert scipy.stats.spearmanr(pair["a"], pair["b"]).statistic == pytest.approx(0.6, abs=0.05)
    three = drawn("c", "a", "b", "d", correlations=(correlation("a", "b"), correlation("b", "c", rank=0.3)))
    assert scipy.stats.spearmanr(three["b"], three["c"]).statistic == pytest.approx(0.3, abs=0.05)
    np.testing.assert_array_equal(three["d"], pair["d"])
    for name in ("a", "b"):
        np.testing.assert_allclose(three[name], pair[name], rtol=1e-12)


def test_groups_are_those_that_hang_together() -> None:
    correlations = [correlation("a", "b"), correlation("c", "d"), correlation("d", "a")]
    assert correlated_groups(list("abcde"), correlations[:2]) == [["a", "b"], ["c", "d"]]
    assert correlated_groups(list("dcba"), correlations) == [["a", "b", "c", "d"]]
    assert correlated_groups(list("ac"), correlations) == []


def test_a_constant_whose_companion_is_of_the_library_is_of_the_library_too(project: Project) -> None:
    """Drawn anew beyond the library, it would no longer go together with it."""
    content = project.content
    anew = _drawn_anew(content, list(content.uncertainties))
    one, other, third = [name for name in anew if content.uncertainties[name].prior.kind == "triangular"][:3]
    joined = replace(content, correlations=(correlation(one, other),))
    assert set(anew) - set(_drawn_anew(joined, [it for it in anew if it != other])) == {one, other}
    assert third in _drawn_anew(joined, [it for it in anew if it != other])


def test_monte_carlo_samples_each_input_by_its_name(project: Project) -> None:
    names = list(project.content.uncertainties)[:5]
    every = draw_sample(project.content, "monte-carlo", 32, 0, names).columns
    alone = draw_sample(project.content, "monte-carlo", 32, 0, names[3:4]).columns
    np.testing.assert_array_equal(alone[names[3]], every[names[3]])


def members_of(content: Content, project: Project) -> tuple[Design, Odds]:
    simulator = Simulator(content, project.simulator.store)
    design = draw_design(content, simulator, 400, 0)
    return design, find_odds(content, run_ensemble(content, simulator, design, project.run("innovation-first")))


def test_a_new_prior_moves_no_other_draw_and_no_odds_that_do_not_hang_on_it(project: Project) -> None:
    content = project.content
    fewer = replace(content, uncertainties={k: it for k, it in content.uncertainties.items() if k != NEW})
    (before, odds_before), (after, odds_after) = members_of(fewer, project), members_of(content, project)
    assert set(after.columns) == {*before.columns, NEW}
    for name, values in before.columns.items():
        np.testing.assert_allclose(after.columns[name], values, rtol=1e-9, err_msg=name)  # anchored in other code
    fixed = {**after.columns, NEW: np.full(400, content.model.variables[NEW].value)}
    run = project.run("innovation-first")
    alike = find_odds(content, run_ensemble(content, project.simulator, replace(after, columns=fixed), run))
    free = [it.target.id for it, one in zip(odds_after.targets, alike.targets, strict=True)
            if np.allclose(it.value, one.value, rtol=1e-9)]  # fmt: skip
    assert 10 < len(free) < len(content.targets)
    shares = {it.target.id: it.odds for it in odds_before.targets}
    for it in odds_after.targets:
        if it.target.id in free:
            assert it.odds == shares[it.target.id], it.target.id
