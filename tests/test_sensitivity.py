"""Sensitivity: every method against functions whose indices are published, against SALib on our own model, and as a
user meets it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from SALib.analyze import pawn as salib_pawn
from SALib.analyze import sobol as salib_sobol

from xinzhi.analysis.verdict import judge
from xinzhi.errors import XinzhiError
from xinzhi.project import Project
from xinzhi.simulate import FloatArray
from xinzhi.studies.sensitivity.analyse import analyse, runs_of
from xinzhi.studies.sensitivity.distribution import latin_sample, pawn_indices
from xinzhi.studies.sensitivity.inputs import Response, find_inputs, find_targets
from xinzhi.studies.sensitivity.local import local_effects
from xinzhi.studies.sensitivity.methods import METHODS, PLOTS
from xinzhi.studies.sensitivity.morris import elementary_effects, morris_sample, ranked
from xinzhi.studies.sensitivity.regional_sensitivity import find_regions
from xinzhi.studies.sensitivity.sobol import problem, sobol_indices, sobol_sample
from xinzhi.studies.sensitivity.words import enough, inputs_table, sensitivity_sentences

Shell = Callable[..., subprocess.CompletedProcess[str]]

INPUTS = ("elasticity to firms", "outside pull growth", "SEI technology elasticity", "future deflator growth")
TARGETS = ("rd_growth", "local_conversion", "trade")


def ishigami(shares: FloatArray) -> FloatArray:
    """Ishigami and Homma 1990, a = 7, b = 0.1, on -pi to pi; one output."""
    x = np.pi * (2 * shares - 1)
    return np.asarray((np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))[:, None])


G = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])


def sobol_g(shares: FloatArray) -> FloatArray:
    """Sobol's g of Saltelli et al. 2008."""
    return np.asarray(((np.abs(4 * shares - 2) + G) / (1 + G)).prod(axis=1)[:, None])


def morris_function(shares: FloatArray, drawn: float = 1.0) -> FloatArray:
    """Morris 1991: 20 inputs; the first ten matter, of which 8 to 10 without interaction or curve.

    He draws the other first- and second-order coefficients at random; here they are ``drawn`` with changing sign.
    """
    w = 2 * (shares - 0.5)
    for place in (2, 4, 6):
        w[:, place] = 2 * (1.1 * shares[:, place] / (shares[:, place] + 0.1) - 0.5)
    number = np.arange(20)
    first = np.where(number < 10, 20.0, drawn * (-1.0) ** (number + 1))
    second = drawn * np.triu((-1.0) ** (number[:, None] + number + 2), 1)
    second[:6, :6] = np.triu(np.full((6, 6), -15.0), 1)
    y = w @ first + np.einsum("mi,ij,mj->m", w, second, w)
    a, b, c, d = w[:, :4].T
    y -= 10 * sum(np.prod(w[:, list(three)], axis=1) for three in _threes())
    return np.asarray((y + 5 * (a * b * c * d))[:, None])


def _threes() -> list[tuple[int, int, int]]:
    return [(i, j, k) for i in range(5) for j in range(i + 1, 5) for k in range(j + 1, 5)]


def test_sobol_finds_the_published_indices_of_ishigami() -> None:
    values = ishigami(sobol_sample(3, 8192, 0))
    found = sobol_indices(values, 3, 0)
    assert found.first[0] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert found.total[0] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    assert (found.total_error < 0.03).all() and (found.first_error > 0).all()


def test_sobol_finds_the_published_indices_of_g() -> None:
    found = sobol_indices(sobol_g(sobol_sample(8, 8192, 0)), 8, 0)
    first = (1 / 3) / (1 + G) ** 2
    variance = np.prod(1 + first) - 1
    total = first * variance_of_others(first) / variance
    assert first / variance == pytest.approx([0.7162, 0.1790, 0.0237, 0.0072, 0.0001, 0.0001, 0.0001, 0.0001], abs=1e-4)
    assert found.first[0] == pytest.approx(first / variance, abs=0.01)
    assert found.total[0] == pytest.approx(total, abs=0.01)


def variance_of_others(first: FloatArray) -> FloatArray:
    return np.array([np.prod(1 + np.delete(first, place)) for place in range(len(first))])


def test_nineteen_in_twenty_intervals_of_sobol_hold_the_truth() -> None:
    truth = np.array([0.5576, 0.4424, 0.2437])
    held = []
    for seed in range(60):
        found = sobol_indices(ishigami(sobol_sample(3, 256, seed)), 3, seed)
        held.append(np.abs(found.total[0] - truth) <= found.total_error[0])
    assert 0.88 <= np.mean(held) <= 1.0


def test_morris_separates_the_inputs_of_his_own_function() -> None:
    shares = morris_sample(20, 200, 0)
    found = elementary_effects(shares, morris_function(shares), 0)
    absolute, spread = found.absolute[0], found.spread[0]
    assert set(ranked(found.absolute)[:10].tolist()) == set(range(10))
    assert absolute[:10].min() > 3 * absolute[10:].max()
    assert absolute[7:10] == pytest.approx([40] * 3, rel=0.15)  # the first-order term: 20 over a width of 2
    assert spread[7:10].max() < 0.3 * spread[:6].min()


def test_morris_measures_of_his_function_are_those_derived_by_hand() -> None:
    """With the coefficients that he draws set to zero, so that y = 20 (w1 + ... + w10) - 15 (pairs of w1 to w6)
    - 10 (triples of w1 to w5) + 5 w1 w2 w3 w4. On four levels an input steps from 0 to 2/3 or from 1/3 to 1, as likely,
    either way; the others stand at 0, 1/3, 2/3 or 1, each as likely and independent. So an elementary effect of

    inputs 8 to 10 is 20 * 2 = 40, always; of 11 to 20 it is 0;
    input 7, with w = 2.2 x / (x + 0.1) - 1, is 20 * 1.5 * (w(2/3) - w(0)) = 44 * 1.5 * 20/23 or
    20 * 1.5 * (w(1) - w(1/3)) = 44 * 1.5 * (10/11 - 10/13), half of the time each;
    input 6 is 40 - 30 (w1 + ... + w5); w1, w2, w4 have mean 0 and variance (1 + 1/9) / 2 = 5/9, and w3, w5 are
    -1, 9/13, 21/23 or 1; its absolute value is averaged over the 4 ** 5 places of the others.
    """
    trajectories = 2000
    shares = morris_sample(20, trajectories, 0)
    found = elementary_effects(shares, morris_function(shares, drawn=0.0), 0)
    mean, absolute, spread = found.mean[0], found.absolute[0], found.spread[0]
    for inputs, effect in ((slice(7, 10), 40.0), (slice(10, 20), 0.0)):
        for measure, value in ((mean, effect), (absolute, effect), (spread, 0.0)):
            assert measure[inputs] == pytest.approx([value] * len(measure[inputs]), abs=1e-9)

    steep, flat = 44 * 1.5 * 20 / 23, 44 * 1.5 * (10 / 11 - 10 / 13)
    error = (steep - flat) / 2 / trajectories**0.5
    assert mean[6] == pytest.approx((steep + flat) / 2, abs=4 * error) == absolute[6]
    part = (mean[6] - flat) / (steep - flat)  # of trajectories with the steep step; no other effect is possible
    assert trajectories * part == pytest.approx(round(trajectories * part), abs=1e-6)
    assert spread[6] == pytest.approx((steep - flat) * (part * (1 - part)) ** 0.5, rel=1e-3)

    straight, curved = np.array([-1, -1 / 3, 1 / 3, 1]), np.array([-1, 9 / 13, 21 / 23, 1])
    variance = 900 * (3 * 5 / 9 + 2 * curved.var())
    error = (variance / trajectories) ** 0.5
    assert mean[5] == pytest.approx(40 - 60 * curved.mean(), abs=4 * error)
    assert spread[5] == pytest.approx(variance**0.5, rel=0.05)
    places = np.meshgrid(straight, straight, curved, straight, curved)
    assert absolute[5] == pytest.approx(np.abs(40 - 30 * sum(places)).mean(), abs=4 * error)


def test_morris_effects_of_two_inputs_and_their_product_are_those_derived_by_hand() -> None:
    """y = 3 x1 - 2 x2 + 4 x1 x2: the effect of x1 is 3 + 4 x2, that of x2 is -2 + 4 x1. With x on 0, 1/3, 2/3, 1 they
    have means 5 and 0, the variance 16 * 5/36, and mean absolute values 5 and (2 + 2/3 + 2/3 + 2) / 4 = 4/3."""
    shares = morris_sample(2, 2000, 0)
    x, z = shares.T
    found = elementary_effects(shares, (3 * x - 2 * z + 4 * x * z)[:, None], 0)
    spread = (16 * 5 / 36) ** 0.5
    error = 4 * spread / 2000**0.5
    assert found.mean[0] == pytest.approx([5, 0], abs=error)
    assert found.absolute[0] == pytest.approx([5, 4 / 3], abs=error)
    assert found.spread[0] == pytest.approx([spread] * 2, rel=0.05)


def test_pawn_ranks_the_inputs_of_ishigami_and_sees_nothing_in_an_idle_one() -> None:
    shares = latin_sample(4, 8000, 0)
    found = pawn_indices(shares, ishigami(shares[:, :3]), 0)
    second, first, third, idle = found.median[0][[1, 0, 2, 3]]
    assert second > first > third > 1.5 * idle
    assert idle == pytest.approx(found.noise[0], rel=0.3)


def test_regions_name_the_input_that_separates_and_where_it_turns() -> None:
    shares = latin_sample(5, 4000, 0)
    met = np.stack([shares[:, 2] < 0.3, np.ones(4000, bool)], axis=1)
    found = find_regions(shares, met)
    assert found.distance[0, 2] > 0.99 and found.rising[0, 2] == -1
    assert found.turns[0, 2] == pytest.approx(0.3, abs=0.001)
    assert (np.delete(found.p[0], 2) > 0.05).all()
    assert np.isnan(found.distance[1]).all() and found.met.tolist() == [pytest.approx(0.3, abs=0.001), 1.0]


def test_local_elasticities_of_a_power_are_its_exponents() -> None:
    found = local_effects(
        lambda rows: (rows[:, :1] ** 3 / rows[:, 1:2]), np.array([2.0, 4.0, 0.0]), np.array([1.0, 3.0, 0.0]),
        np.array([3.0, 5.0, 1.0]), np.array([[1.5, 4.5, 0.5]]),
    )  # fmt: skip
    assert found.base == pytest.approx([2.0])
    assert found.elasticity[0, :2] == pytest.approx([3.0, -1.0], rel=1e-3) and np.isnan(found.elasticity[0, 2])
    assert found.curves[0, 0] == pytest.approx([1.5**3 / 4, 8 / 4.5, 2.0])


@pytest.fixture(scope="module")
def response(project: Project) -> Response:
    content, run = project.content, project.run("plan-as-written")
    inputs = find_inputs(content, project.simulator, run, INPUTS)
    return Response(content, project.simulator, run, inputs, find_targets(content, ()))


def test_with_the_inputs_as_they_are_every_target_is_what_the_scenario_gives(
    project: Project, response: Response
) -> None:
    said = response.at(np.array([[it.value for it in response.inputs]]))[0]
    assert said == pytest.approx([it.value for it in judge(project.content, response.run)], rel=1e-9)


def test_sobol_equals_salib_on_our_own_model(response: Response) -> None:
    values = response(sobol_sample(4, 128, 0))
    found = sobol_indices(values, 4, 7)
    for column in range(0, values.shape[1], 5):
        if np.ptp(values[:, column]) == 0:
            continue
        its = salib_sobol.analyze(
            problem(4), values[:, column], calc_second_order=False, seed=np.random.default_rng([7, 1])
        )
        for name, mine in (("S1", found.first), ("S1_conf", found.first_error),
                           ("ST", found.total), ("ST_conf", found.total_error)):  # fmt: skip
            assert mine[column] == pytest.approx(its[name], rel=1e-10, abs=1e-10), (column, name)


def test_pawn_equals_salib_on_our_own_model(response: Response) -> None:
    shares = latin_sample(4, 500, 0)
    values = response(shares)
    found = pawn_indices(shares, values, 0)
    for column in np.flatnonzero(np.ptp(values, axis=0) > 0)[::4]:
        its = salib_pawn.analyze(problem(4), shares, values[:, column])
        assert found.median[column] == pytest.approx(its["median"], rel=1e-10, abs=1e-10)
        assert found.largest[column] == pytest.approx(its["maximum"], rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bits_for_any_number_of_threads(project: Project, method: str) -> None:
    few = {"local": None, "morris": 100, "sobol": 64 * 6, "pawn": 400, "regional": 400}[method]
    first, again = (
        analyse(project.content, project.simulator, project.run(), method, inputs=INPUTS, targets=TARGETS, runs=few,
                threads=threads)
        for threads in (1, 2)
    )  # fmt: skip
    for name, values in first.measures.items():
        assert np.array_equal(values, again.measures[name], equal_nan=True), name
    if method != "local":
        other = project.sensitivity(method=method, inputs=INPUTS, targets=TARGETS, runs=few, seed=1)
        assert not np.array_equal(first.main, other.main, equal_nan=True)


def test_an_input_that_is_known_to_drive_a_target_leads_in_every_method(project: Project) -> None:
    few = {"local": None, "morris": 200, "sobol": 256 * 6, "pawn": 1000, "regional": 1000}
    for method in METHODS:
        found = project.sensitivity(method=method, inputs=INPUTS, targets=["local_conversion"], runs=few[method])
        assert found.inputs[found.ranking(0)[0]].name == "elasticity to firms", method
        table = found.to_pandas()
        assert table.iloc[0]["input"] == "elasticity to firms" and len(table) == len(INPUTS)
        assert found.to_xarray().attrs["runs"] == found.runs


def test_a_screening_keeps_thirty_inputs_and_says_what_they_do_of_each_target(project: Project) -> None:
    found = project.sensitivity(method="pawn", targets=["rd_growth"], runs=400)
    assert len(found.inputs) == 30 and found.screening is not None
    assert found.screening.candidates == len(project.content.uncertainties)
    assert 0.8 < found.screening.share[0] <= 1


def test_levers_are_inputs_over_their_ranges(project: Project) -> None:
    found = project.sensitivity(method="local", inputs=["政府研发投入增速", "future deflator growth"])
    assert [it.lever for it in found.inputs] == [True, False]
    assert found.inputs[0].prior.low == project.content.sheet.levers["public_rd_growth"].low


@pytest.mark.parametrize(
    "asked, said",
    [
        ({"method": "sobel"}, '"sobel" is no method; did you mean "sobol"?'),
        ({"inputs": ["elasticity of firms"]}, 'unknown input "elasticity of firms"; did you mean "elasticity to firms"?'),
        ({"inputs": ["Household Energy"]}, '"household energy" has no prior; give it one in model/uncertainties.yaml.'),
        ({"targets": ["rd_grow"]}, 'unknown target "rd_grow"; did you mean "rd_growth"?'),
        ({"inputs": INPUTS, "runs": 100}, "100 runs are too few for 4 inputs; write at least --runs 384."),
        ({"inputs": INPUTS, "runs": 10**9}, "does not fit into 1 GB; write at most --runs"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_in_one_sentence(project: Project, asked: dict[str, object], said: str) -> None:
    with pytest.raises(XinzhiError) as caught:
        project.sensitivity(**asked)  # type: ignore[arg-type]
    assert said in str(caught.value) and len(caught.value.problems) == 1


def test_the_command_ranks_writes_and_draws_in_both_languages(shell: Shell, tmp_path: Path) -> None:
    asked = ("sensitivity", "--method", "sobol", "--runs", "400", "--target", "local_conversion",
             *(word for name in INPUTS for word in ("--input", name)))  # fmt: skip
    told = json.loads(shell(*asked, "--json").stdout)
    assert told["anchored"] is False and told["size"] == 64 and told["runs"] == 384
    assert told["targets"][0]["inputs"][0]["input"] == "elasticity to firms"
    for lang, word in (("zh", "总指数"), ("en", "Total order")):
        said = shell(*asked, "--lang", lang)
        assert said.returncode == 0 and word in said.stdout, said.stderr
    written = shell(*asked, "-o", str(tmp_path / "s.csv"), "-o", str(tmp_path / "s.png"), "--plot", "convergence")
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "s.csv").read_text().startswith("target,input,S1,S1_conf,ST,ST_conf\nlocal_conversion,elastic")
    assert (tmp_path / "s.png").read_bytes().startswith(b"\x89PNG")


def test_the_command_ends_with_2_and_one_sentence_for_what_cannot_be(shell: Shell) -> None:
    said = shell("sensitivity", "--input", "elasticity of firms")
    assert said.returncode == 2 and "Traceback" not in said.stderr
    assert 'unknown input "elasticity of firms"; did you mean "elasticity to firms"?' in said.stderr
    said = shell("sensitivity", "--method", "pawn", "--plot", "spider", "-o", "x.png")
    assert said.returncode == 2 and 'the method "pawn" has no plot "spider"' in said.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_plot_of_every_method_is_drawn_with_every_target_named(project: Project, lang: str) -> None:
    few = {"local": None, "morris": 200, "sobol": 256 * 6, "pawn": 1000, "regional": 1000}
    for method, plots in PLOTS.items():
        found = project.sensitivity("plan-as-written", method, inputs=INPUTS, targets=TARGETS, runs=few[method])
        for plot in plots:
            figure = project.sensitivity_chart(found, plot=plot, lang=lang)
            said = {it.get_text() for it in figure.texts}
            assert {project.content.targets[name].name[lang] for name in TARGETS} <= said, (method, plot)


@pytest.mark.parametrize("lang, factor, unit", [("zh", 1e-4, "万亿元"), ("en", 1e-4, "CNY trillion")])
def test_the_axis_of_a_target_in_money_has_the_unit_that_it_says(
    project: Project, lang: str, factor: float, unit: str
) -> None:
    found = project.sensitivity(method="local", inputs=INPUTS, targets=["auto_industry_revenue"])
    for plot in PLOTS["local"]:
        axes = project.sensitivity_chart(found, plot=plot, lang=lang).axes[0]
        low, high = axes.get_xlim() if plot == "tornado" else axes.get_ylim()
        said = axes.get_xlabel() if plot == "tornado" else axes.get_title(loc="right")
        assert low < factor * found.of_targets["value"][0] < high and unit in said


@pytest.mark.parametrize("method", METHODS)
def test_the_runs_are_told_beforehand(project: Project, method: str) -> None:
    few = {"local": None, "morris": 1500, "sobol": 2100, "pawn": 400, "regional": 400}[method]
    found = project.sensitivity(method=method, targets=["rd_growth"], runs=few)
    screening = 0 if found.screening is None else found.screening.runs
    assert runs_of(method, len(project.content.uncertainties), few) == found.runs + screening


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_of_one_target_explains_its_inputs(project: Project, lang: str) -> None:
    found = project.sensitivity("innovation-first", "regional", targets=["rd_growth"], runs=2000)
    table = inputs_table(project.content, found, 0, 5, lang)
    heads, rows = table.heads, table.rows
    words = {
        "zh": ("企业研发投入对补助后成本的弹性", "%/年"),
        "en": ("RD cost elasticity: Elasticity of business", "% a year"),
    }[lang]
    assert len(heads) == len(rows[0]) and rows[0][0].startswith(words[0]) and len(rows) <= 5
    assert any(row[-1].endswith(words[1]) for row in rows), "where it turns has a unit"


def test_of_a_target_that_is_never_met_the_regional_method_says_nothing(project: Project) -> None:
    found = project.sensitivity(method="regional", targets=["rd_growth"], runs=1000)
    assert inputs_table(project.content, found, 0, 5, "en").rows == []
    assert any("Nothing can be said of this target" in it for it in sensitivity_sentences(found, "en"))


def test_a_sample_that_is_too_small_is_said_to_be(project: Project) -> None:
    asked = {"inputs": INPUTS, "targets": ["local_conversion"]}
    few, many = (project.sensitivity(runs=runs, **asked) for runs in (64 * 6, 16384 * 6))
    assert "The sample was too small: at N = 64" in enough(few, "en") and "large enough: at N = 16,384" in enough(
        many, "en"
    )
    assert few.convergence is not None and many.convergence is not None
    assert few.convergence.width[0] > 5 * many.convergence.width[0]
