"""Scenario discovery: PRIM as the EMA Workbench has it, a box that was put there is found, words in both languages."""

from __future__ import annotations

import json
import subprocess
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.errors import ContentError
from xinzhi.futures.ensemble import Ensemble, draw_design, run_ensemble
from xinzhi.project import Project
from xinzhi.show.charts import render
from xinzhi.studies.discover.charts import draw_discovery
from xinzhi.studies.discover.discovery import RESTRICTED, SIGNIFICANT, Discovery, Input, discover
from xinzhi.studies.discover.prim import Cases, freed, trajectory
from xinzhi.studies.discover.words import box_sentence, discovery_record, discovery_sentences, tree_rules

Shell = Callable[..., subprocess.CompletedProcess[str]]
TARGET, LOW, HIGH = "key_technologies", "key project success", "attrition rate"


def cases(seed: int, count: int) -> Cases:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5))
    x[:, 0] = np.round(x[:, 0], seed % 3 + 1)  # ties, which a quantile must step over
    inside = (x[:, 0] < 0.4) & (x[:, 1] > 0.1) & (rng.random(count) < 0.9)
    return Cases(x, inside | (rng.random(count) < 0.05), np.ones(count, dtype=bool))


@pytest.fixture(scope="module")
def workbench() -> type:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench.analysis.prim import Prim

        return Prim


@pytest.mark.parametrize(("seed", "count"), [(0, 300), (1, 1000), (2, 2000), (3, 150)])
def test_every_box_of_two_trajectories_is_the_ema_workbench_s(workbench: type, seed: int, count: int) -> None:
    made, names = cases(seed, count), list("abcde")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = workbench(pd.DataFrame(made.x, columns=names), made.of_interest.copy(), threshold=1e-9)
        for _ in range(2):
            box, steps = theirs.find_box(), trajectory(made)
            said = box.peeling_trajectory
            assert len(steps) == len(said) > 5
            assert np.allclose([it.coverage for it in steps], said.coverage, rtol=1e-12)
            assert np.allclose([it.density for it in steps], said.density, rtol=1e-12)
            assert [len(it.restricted) for it in steps] == said.res_dim.tolist()
            for ours, limits, qp in zip(steps, box.box_lims, box.qp, strict=True):
                assert np.array_equal([ours.low, ours.high], limits.to_numpy())
                for name, both in qp.items():
                    wanted = [np.nan if value < 0 else value for value in both]
                    assert np.allclose(ours.quasi_p[:, names.index(name)], wanted, rtol=1e-9, equal_nan=True)
            middle = len(steps) // 2
            box.select(middle)
            made = replace(made, left=made.left & ~steps[middle].inside)


def test_a_dropped_restriction_leaves_the_ema_workbench_s_box(workbench: type) -> None:
    made = cases(5, 500)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        box = workbench(pd.DataFrame(made.x, columns=list("abcde")), made.of_interest.copy(), threshold=1e-9).find_box()
        steps = trajectory(made)
        column = steps[-1].restricted[0]
        box.drop_restriction("abcde"[column], len(steps) - 1)
    ours = freed(made, steps[-1], column)
    assert column not in ours.restricted
    assert (ours.coverage, ours.density) == pytest.approx((box.coverage, box.density), rel=1e-12)


@pytest.fixture(scope="module")
def ensemble(project: Project) -> Ensemble:
    design = draw_design(project.content, project.simulator, 1000, 0)
    return run_ensemble(project.content, project.simulator, design, project.run("plan-as-written"))


def with_misses(project: Project, ensemble: Ensemble, missed: np.ndarray) -> Ensemble:
    """The same futures with a target's value set by hand: missed or met."""
    target = project.content.targets[TARGET]
    values = ensemble.values.copy()
    row = ensemble.indicators.index(target.indicator)
    values[row, ensemble.years.index(target.year)] = np.where(missed, 0.0, 1e6)
    return replace(ensemble, values=values)


@pytest.fixture(scope="module")
def boxed(project: Project, ensemble: Ensemble) -> Ensemble:
    """A box that was put there: one constant below its 60th percentile and another above its 30th, a tenth of noise."""
    low, high = (ensemble.design.columns[name] for name in (LOW, HIGH))
    inside = (low < np.quantile(low, 0.6)) & (high > np.quantile(high, 0.3))
    noise = np.random.default_rng(1).random(len(inside)) < 0.05
    return with_misses(project, ensemble, inside ^ noise)


@pytest.fixture(scope="module")
def known(project: Project, boxed: Ensemble) -> Discovery:
    return discover(project.content, boxed, project.content.targets[TARGET])


def test_a_box_that_was_put_there_is_found(ensemble: Ensemble, known: Discovery) -> None:
    box = known.boxes[0]
    limits = {it.input.name: it for it in box.limits}
    assert set(limits) == {LOW, HIGH}
    low, high = (ensemble.design.columns[name] for name in (LOW, HIGH))
    assert limits[LOW].high == pytest.approx(np.quantile(low, 0.6), abs=0.1 * np.ptp(low)) and limits[LOW].low is None
    assert limits[HIGH].low == pytest.approx(np.quantile(high, 0.3), abs=0.1 * np.ptp(high))
    assert limits[HIGH].high is None
    assert box.coverage > 0.85 and box.density > 0.88


def test_coverage_and_density_are_counted_in_the_futures_that_the_limits_leave(known: Discovery) -> None:
    box, inside = known.boxes[0], np.ones(len(known.of_interest), dtype=bool)
    for it in box.limits:
        values = known.x[:, known.inputs.index(it.input)]
        inside &= (values >= (-np.inf if it.low is None else it.low)) & (values <= (it.high or np.inf))
    assert box.coverage == known.of_interest[inside].sum() / known.of_interest.sum()
    assert box.density == known.of_interest[inside].mean() and box.mass == inside.mean()


def test_limits_are_significant_and_few(known: Discovery) -> None:
    for box in known.boxes:
        assert len(box.limits) <= RESTRICTED and box.density > known.of_interest.mean()
        for it in box.limits:
            assert all(p <= SIGNIFICANT for p in (it.low_p, it.high_p) if p is not None)


def test_the_tree_asks_for_the_same_two_constants_first(known: Discovery) -> None:
    tree = known.tree
    assert tree.futures == len(known.of_interest) and tree.share == known.of_interest.mean()
    assert tree.input is not None and tree.low is not None and tree.high is not None
    below = {it.input.name for it in (tree.low, tree.high) if it.input is not None}
    assert {LOW, HIGH} <= {tree.input.name} | below
    assert tree.low.futures + tree.high.futures == tree.futures


def test_what_anchoring_moves_is_no_input_and_the_base_year_s_figures_are(project: Project, known: Discovery) -> None:
    assert project.content.fit is not None
    assert not {it.name for it in known.inputs if not it.of_base_year} & set(project.content.fit.anchored)
    assert {it.name for it in known.inputs if it.of_base_year} == set(project.content.fit.base_year)
    assert Input(LOW, False) in known.inputs and len(known.inputs) <= 20 + len(project.content.fit.base_year)


def test_pure_noise_gives_no_box(project: Project, ensemble: Ensemble) -> None:
    missed = np.random.default_rng(2).random(len(ensemble.sound)) < 0.4
    found = discover(project.content, with_misses(project, ensemble, missed), project.content.targets[TARGET])
    assert all(box.lift < 0.3 for box in found.boxes)
    assert len(found.trajectories) >= 1 and render(draw_discovery(project.content, found, "en"), "png")


def test_the_successes_are_the_other_futures(project: Project, boxed: Ensemble, known: Discovery) -> None:
    found = discover(project.content, boxed, known.target, met=True)
    assert (found.of_interest == ~known.of_interest).all()
    ends = {it.input.name: (it.low, it.high) for it in found.boxes[0].limits}
    assert ends[LOW][0] is not None and ends[LOW][1] is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_box_is_said_in_plain_words_with_units(project: Project, known: Discovery, lang: str) -> None:
    said = box_sentence(project.content, known, known.boxes[0], lang)
    assert known.target.name[lang] in said
    words = {
        "zh": ("未达标", "低于", "高于", "，且", "%/年"),
        "en": ("fails when", "is below", "is above", " and ", "% a year"),
    }
    assert all(word in said for word in words[lang]), said
    assert (f"{100 * known.boxes[0].coverage:.0f}%") in said and (f"{100 * known.boxes[0].density:.0f}%") in said
    assert discovery_sentences(project.content, known, lang)[1] == said
    rules = tree_rules(project.content, known, lang)
    assert rules[0] == rules[0].lstrip() and rules[1].startswith("  ") and len(rules) >= 4


def test_the_record_is_whole_and_charts_are_the_same_twice(project: Project, known: Discovery) -> None:
    record = json.loads(json.dumps(discovery_record(project.content, known, "en")))
    assert record["boxes"][0]["restricted"] == 2 and record["outcome"] == "missed"
    assert record["trajectories"][0][0]["coverage"] == 1.0
    assert {it["unit"] for it in record["inputs"]} >= {"1/Year", "Dmnl"}
    for lang in ("zh", "en"):
        pictures = [render(draw_discovery(project.content, known, lang), "png") for _ in range(2)]
        assert pictures[0] == pictures[1] and len(pictures[0]) > 20_000


def test_where_all_miss_or_nearly_all_meet_there_is_nothing_to_discover(project: Project, ensemble: Ensemble) -> None:
    content, target, count = project.content, project.content.targets[TARGET], len(ensemble.sound)
    for missed, said in (
        (np.ones(count, dtype=bool), 'all 1000 futures miss "key_technologies": there is nothing to discover'),
        (np.zeros(count, dtype=bool), 'all 1000 futures meet "key_technologies": there is nothing to discover'),
        (np.arange(count) < 7, 'only 993 futures meet "key_technologies" and 7 miss it; at least 50 of each are needed'),
    ):  # fmt: skip
        with pytest.raises(ContentError, match=said):
            discover(content, with_misses(project, ensemble, missed), target)


def test_the_command_writes_json_and_a_chart(shell: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "box.svg"
    done = shell("discover", TARGET, "plan-as-written", "--members", "500", "--json", "-o", str(picture))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["boxes"][0]["limits"][0]["name"] == LOW
    assert picture.read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("key_technology",), 'unknown target "key_technology"; did you mean "key_technologies"?'),
        ((TARGET, "rd-frist"), 'unknown scenario "rd-frist"; did you mean "rd-first"?'),
        ((TARGET, "--members", "5"), "5 is not in the range"),
        ((TARGET, "-o", "box.gif"), 'the suffix ".gif" names no known format; allowed are: .csv'),
        (("rd_growth", "--members", "200"), 'all 200 futures miss "rd_growth"'),
    ],
)
def test_wrong_input_is_one_sentence_and_exit_code_2(shell: Shell, arguments: tuple[str, ...], said: str) -> None:
    done = shell("discover", *arguments)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
