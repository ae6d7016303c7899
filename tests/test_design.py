"""Designs: drawn by the field's methods, extended, cited, run; priors of every kind and their rank correlations."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.stats import beta, kstest, spearmanr

from test_broken import copy_project
from xinzhi.content.prior_file import Prior
from xinzhi.errors import XinzhiError
from xinzhi.futures.ensemble import draw_design
from xinzhi.futures.priors import draw, probability, quantile
from xinzhi.futures.sampling import EXTENDED, METHODS, draw_sample
from xinzhi.project import Project, load_project
from xinzhi.studies.ensemble.design_file import read_design, write_design

DOUBTS = "model/uncertainties.yaml"
PAIR = ("SEI capital elasticity", "TM capital elasticity")
GROUP = """correlations:
- between: [SEI capital elasticity, TM capital elasticity]
  rank: {rank}
  reason: {{zh: 同一文献, en: The same literature.}}
"""


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_rows_within_their_priors(project: Project, method: str) -> None:
    first, second = (draw_sample(project.content, method, 64, 0, PAIR) for _ in range(2))
    for name in PAIR:
        assert (first.columns[name] == second.columns[name]).all()
        prior = first.priors[name]
        assert prior.low <= first.columns[name].min() < first.columns[name].max() <= prior.high
    if method != "full-factorial":
        other = draw_sample(project.content, method, 64, 1, PAIR)
        assert (other.columns[PAIR[0]] != first.columns[PAIR[0]]).any()


@pytest.mark.parametrize("method", EXTENDED)
def test_more_runs_keep_the_first_rows(project: Project, method: str) -> None:
    few, many = (draw_sample(project.content, method, runs, 3, PAIR) for runs in (16, 64))
    for name in PAIR:
        assert (many.columns[name][:16] == few.columns[name]).all()


def test_latin_hypercube_has_one_row_in_every_slice_and_full_factorial_every_combination(project: Project) -> None:
    drawn = draw_sample(project.content, "latin-hypercube", 50, 0, PAIR)
    for name in PAIR:
        places = [probability(drawn.priors[name], value) for value in drawn.columns[name]]
        assert sorted(int(place * 50) for place in places) == list(range(50))
    grid = draw_sample(project.content, "full-factorial", 16, 0, PAIR)
    assert len(set(zip(*grid.columns.values(), strict=True))) == 16


def test_morris_moves_one_constant_a_step(project: Project) -> None:
    drawn = np.array(list(draw_sample(project.content, "morris", 30, 0, PAIR).columns.values())).T
    steps = np.abs(np.diff(drawn, axis=0)) > 1e-9
    assert all(steps[row].sum() == 1 for row in range(len(steps)) if (row + 1) % 3)


@pytest.mark.parametrize(
    "prior",
    [
        Prior("pert", 2, 10, mode=4),
        Prior("beta", -1, 3, alpha=2.0, beta=5.0),
        Prior("discrete", 1, 4, values=(1.0, 2.0, 4.0), weights=(0.2, 0.5, 0.3)),
    ],
    ids=lambda prior: prior.kind,
)
def test_a_quantile_is_that_of_the_named_distribution(prior: Prior) -> None:
    shares = np.linspace(0.01, 0.99, 99)
    values = quantile(prior, shares)
    if prior.kind == "discrete":
        counts = [(quantile(prior, np.linspace(0.0005, 0.9995, 1000)) == it).mean() for it in (1.0, 2.0, 4.0)]
        assert counts == pytest.approx([0.2, 0.5, 0.3], abs=2e-3)
        assert probability(prior, 2.0) == pytest.approx(0.7)
        return
    shapes = (2.0, 5.0) if prior.kind == "beta" else (2.0, 4.0)  # PERT: 1 + 4 (4-2)/8 and 1 + 4 (10-4)/8
    own = beta(*shapes, loc=prior.low, scale=prior.high - prior.low)
    assert values == pytest.approx(own.ppf(shares))
    assert [probability(prior, value) for value in values] == pytest.approx(shares.tolist())


@pytest.mark.parametrize(
    "prior",
    [Prior("triangular", 1, 5, mode=1.5), Prior("triangular", 0, 1, mode=0), Prior("uniform", -2, 3),
     Prior("normal", 0, 4, mean=1, sd=1)],
    ids=["triangular", "one-sided", "uniform", "normal"],
)  # fmt: skip
def test_quick_draws_are_of_the_prior(prior: Prior) -> None:
    rng = np.random.default_rng(0)
    values = np.array([draw(prior, rng, 20_000) for _ in range(2)])
    assert prior.low <= values.min() and values.max() <= prior.high
    places = [[probability(prior, float(value)) for value in row[:4000]] for row in values]
    assert all(kstest(row, "uniform").pvalue > 0.01 for row in places)
    assert abs(spearmanr(*values)[0]) < 0.03


@pytest.mark.parametrize("rank", [0.8, -0.5])
def test_priors_go_together_as_the_plan_says(tmp_path: Path, rank: float) -> None:
    folder = copy_project(tmp_path)
    path = folder / DOUBTS
    path.write_text(path.read_text(encoding="utf-8") + GROUP.format(rank=rank), encoding="utf-8")
    read = load_project(folder)
    for method in ("monte-carlo", "latin-hypercube", "sobol"):
        drawn = draw_sample(read.content, method, 4096, 0, PAIR)
        assert spearmanr(*drawn.columns.values())[0] == pytest.approx(rank, abs=0.03), method
    for name in PAIR:
        low, high = drawn.priors[name].low, drawn.priors[name].high
        assert low <= drawn.columns[name].min() < drawn.columns[name].max() <= high
    design = draw_design(read.content, read.simulator, 500, 0)
    assert spearmanr(*(design.columns[name] for name in PAIR))[0] == pytest.approx(rank, abs=0.1)


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (GROUP.format(rank=1.5), r'uncertainties\.yaml:\d+: "rank" cannot be "1.5"; allowed are -1 to 1'),
        (GROUP.format(rank=0.5).replace("TM capital elasticity", "TM capitl elasticity"),
         r'"TM capitl elasticity" has no prior; did you mean "TM capital elasticity"'),
        (GROUP.format(rank=0.5).replace(", TM capital elasticity", ""), "one constant alone has no correlation"),
        (GROUP.format(rank=0.9) + GROUP.format(rank=0.9).replace("correlations:\n", "").replace("SEI", "Rest")
         + GROUP.format(rank=-0.9).replace("correlations:\n", "").replace("TM", "Rest"),
         "the correlations contradict each other: no numbers have them all"),
    ],
)  # fmt: skip
def test_correlations_that_cannot_be_are_refused(tmp_path: Path, added: str, said: str) -> None:
    folder = copy_project(tmp_path)
    path = folder / DOUBTS
    path.write_text(path.read_text(encoding="utf-8") + added, encoding="utf-8")
    with pytest.raises(XinzhiError, match=said):
        load_project(folder)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{kind: beta, low: 0.35, high: 0.55, alpha: 2}", 'kind "beta" cannot be described so; write kind, low, high, alpha'),
        ("{kind: pert, low: 0.35, high: 0.55, mode: 0.6}", "the numbers of the prior are not in order"),
        ("{kind: discrete, values: [0.4, 0.5], weights: [1]}", "the values and weights of the prior do not fit"),
        ("{kind: gamma, low: 0.35, high: 0.55}", '"kind" cannot be "gamma"'),
    ],
)  # fmt: skip
def test_a_distribution_outside_its_support_is_refused(tmp_path: Path, written: str, said: str) -> None:
    folder = copy_project(tmp_path)
    path = folder / DOUBTS
    text = path.read_text(encoding="utf-8")
    old = "{kind: triangular, low: 0.35, mode: 0.45, high: 0.55}"
    assert old in text
    path.write_text(text.replace(old, written, 1), encoding="utf-8")
    with pytest.raises(XinzhiError, match=said):
        load_project(folder)


def test_a_kept_design_says_how_it_was_made_and_runs_as_it_is(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "design.parquet"
    sample = draw_sample(project.content, "sobol", 128, 5, PAIR)
    write_design(project.content, sample, path)
    recipe = json.loads(pq.read_schema(path).metadata[b"xinzhi"])
    assert (recipe["method"], recipe["seed"], recipe["runs"]) == ("sobol", 5, 128)
    assert recipe["inputs"][PAIR[0]]["kind"] == "triangular" and recipe["inputs"][PAIR[0]]["unit"]
    made = project.run_ensemble("all-half", folder=tmp_path / "out", design=path)
    frame = made.frame("all-half", ["rd_growth"])
    assert len(frame) == 128
    run = project.simulator
    columns = {name: values[:4] for name, values in sample.columns.items()}
    columns |= {k: np.full(4, v) for k, v in run.lever_constants(project.run("all-half").settings).items()}
    rd = run.run_members(columns, [project.content.indicators["rd_expenditure"].variable])[0]
    target = project.content.targets["rd_growth"]
    base, final = (rd[run.years.index(year)] for year in (target.base_year, target.year))
    growth = 100 * ((final / base) ** (1 / (target.year - target.base_year)) - 1)
    assert frame["rd_growth"].to_numpy()[:4] == pytest.approx(growth, rel=1e-9)


def test_a_design_for_another_model_or_no_design_is_refused(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "design.parquet"
    write_design(project.content, draw_sample(project.content, "sobol", 8, 0, PAIR), path)
    folder = copy_project(tmp_path)
    doubts = folder / DOUBTS
    doubts.write_text(doubts.read_text(encoding="utf-8") + "# another\n", encoding="utf-8")
    with pytest.raises(
        XinzhiError, match="is a design for another model or other priors; make one with: xinzhi design"
    ):
        read_design(load_project(folder).content, path)
    (tmp_path / "no.parquet").write_bytes(b"PAR1")
    with pytest.raises(XinzhiError, match=r"no\.parquet: is no design"):
        read_design(project.content, tmp_path / "no.parquet")


def test_unknown_inputs_are_told_with_the_nearest_name_and_exit_code_two(
    shell: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    found = shell("design", "--input", "SEI capital elastcity", "-o", str(tmp_path / "d.parquet"))
    assert found.returncode == 2 and 'did you mean "SEI capital elasticity"' in found.stderr
    assert "Traceback" not in found.stderr and not list(tmp_path.iterdir())
