"""Random functions: their distributions, and that a number belongs to a seed, a variable, a member and a step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from engines import aux, load, pysd_model, pysd_run, vensim, xmile
from xinzhi.errors import SimulationError
from xinzhi.model import Model

MEMBERS = 4000


def sample(model: Model, name: str = "y", seed: int = 0) -> np.ndarray:
    """One value a member: that of the last step."""
    design = {"c": np.ones(MEMBERS)}
    return model.run_ensemble(design, save=name, seed=seed, final_time=2)[name].to_numpy()[:, -1]


def truncated_normal(low: float, high: float, mean: float, deviation: float):
    return stats.truncnorm((low - mean) / deviation, (high - mean) / deviation, mean, deviation)


def truncated_exponential(low: float, high: float, scale: float):
    return stats.truncexpon((high - low) / scale, low, scale)


DISTRIBUTIONS = {
    "RANDOM 0 1()": stats.uniform(),
    "RANDOM UNIFORM(-2, 5, 7)": stats.uniform(-2, 7),
    "RANDOM NORMAL(-1, 6, 2, 1.5, 7)": truncated_normal(-1, 6, 2, 1.5),
    "RANDOM NORMAL(3, 9, 2, 1, 7)": truncated_normal(3, 9, 2, 1),
    "RANDOM NORMAL(-1000, 1000, 2, 3, 7)": stats.norm(2, 3),
    "RANDOM EXPONENTIAL(0, 5, 0, 2, 7)": truncated_exponential(0, 5, 2),
    "RANDOM EXPONENTIAL(0, 1000, 1, 3, 7)": stats.expon(1, 3),
}
STELLA = {"UNIFORM(2, 5)": stats.uniform(2, 3), "NORMAL(2, 3)": stats.norm(2, 3), "EXPRND(4)": stats.expon(0, 4)}


@pytest.mark.parametrize("expression", DISTRIBUTIONS)
def test_vensim_s_random_functions_have_their_distributions(expression: str, tmp_path: Path) -> None:
    model = load(vensim(tmp_path, f"c = 1\ny = c * {expression}"))
    drawn, wanted = sample(model), DISTRIBUTIONS[expression]
    assert wanted.support()[0] <= drawn.min() and drawn.max() <= wanted.support()[1]
    assert stats.kstest(drawn, wanted.cdf).pvalue > 1e-3
    assert drawn.mean() == pytest.approx(wanted.mean(), abs=5 * wanted.std() / MEMBERS**0.5)
    assert drawn.std() == pytest.approx(wanted.std(), rel=0.1)


@pytest.mark.parametrize("expression", STELLA)
def test_stella_s_random_functions_have_their_distributions(expression: str, tmp_path: Path) -> None:
    model = load(xmile(tmp_path, aux("c", "1") + aux("y", f"c * {expression}")))
    assert stats.kstest(sample(model), STELLA[expression].cdf).pvalue > 1e-3


def test_vensim_s_distributions_are_those_of_pysd(tmp_path: Path) -> None:
    for expression in list(DISTRIBUTIONS)[1:6:2]:
        path = vensim(tmp_path, f"c = 1\ny = c * {expression}", last=3000)
        np.random.seed(1)
        theirs = pysd_run(pysd_model(path))["y"].to_numpy(dtype=float)
        assert stats.ks_2samp(sample(load(path)), theirs).pvalue > 1e-3, expression


NOISE = """
    c = 1
    a = c * RANDOM UNIFORM(0, 1, 0)
    b = c * RANDOM UNIFORM(0, 1, 0)
    dim: A1, A2
    d[dim] = c * RANDOM UNIFORM(0, 1, 0)
    s = INTEG(RANDOM NORMAL(-9, 9, 0, 1, 3), RANDOM UNIFORM(0, 1, 0))
    i = INITIAL(RANDOM UNIFORM(0, 1, 4))
"""
DRAWN = ["a", "b", "d[A1]", "d[A2]"]


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load(vensim(tmp_path_factory.mktemp("noise"), NOISE))


def test_the_same_seed_gives_the_same_bits_and_another_seed_others(noise: Model) -> None:
    first, again, other, zero = (noise.run(seed=seed) for seed in (5, 5, 6, 0))
    assert first.equals(again)
    for name in (*DRAWN, "s"):
        assert (first[name].iloc[1:] != other[name].iloc[1:]).all()
        assert (first[name].iloc[1:] != zero[name].iloc[1:]).all()
    assert noise.run().equals(zero), "0 is a seed like any other, and the one that is taken"
    with pytest.raises(SimulationError, match="seed cannot be -1; give a whole number from 0"):
        noise.run(seed=-1)


def test_no_two_numbers_of_a_run_are_the_same(noise: Model) -> None:
    result = noise.run_ensemble({"c": np.ones(500)}, save=DRAWN)
    numbers = np.stack([result[name].to_numpy() for name in DRAWN])
    assert np.unique(numbers).size == numbers.size == 4 * 500 * 11
    series = numbers.reshape(4, -1)
    assert np.abs(np.corrcoef(series) - np.eye(4)).max() < 0.06
    assert abs(np.corrcoef(series[0, :-1], series[0, 1:])[0, 1]) < 0.06


def test_a_member_s_numbers_do_not_depend_on_its_neighbours_or_on_what_is_saved(noise: Model) -> None:
    alone = noise.run(save=["a"])
    for members in (1, 2, 40):
        result = noise.run_ensemble({"c": np.ones(members)}, save=["s", "a"], threads=1 + members % 2)
        np.testing.assert_array_equal(result["a"][0], alone["a"])


def test_a_value_at_the_start_is_drawn_once(noise: Model) -> None:
    table = noise.run(seed=3)
    assert table["i"].nunique() == 1 and 0 < table["i"].iloc[0] < 1
    assert 0 < table["s"].iloc[0] < 1


def test_the_interpreter_draws_the_same_bits(noise: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    design = {"c": np.ones(37)}
    compiled = noise.run_ensemble(design, seed=11, save=[*DRAWN, "s"])
    monkeypatch.setenv("XINZHI_ENGINE", "numpy")
    interpreted = load(noise.path).run_ensemble(design, seed=11, save=[*DRAWN, "s"])
    for name in DRAWN:
        np.testing.assert_array_equal(compiled[name], interpreted[name])
    np.testing.assert_allclose(compiled["s"], interpreted["s"], rtol=1e-12, atol=1e-12)


def test_rk4_holds_a_random_number_for_the_whole_step(noise: Model) -> None:
    euler, rk4 = noise.run(seed=2), noise.run(seed=2, method="rk4")
    np.testing.assert_allclose(euler["s"], rk4["s"], rtol=1e-13)


def test_the_uniform_numbers_are_those_of_threefry() -> None:
    """Known answers of the authors' own library (Random123, kat_vectors, threefry2x64 20)."""
    from xinzhi.engine.random_numbers import threefry

    known = [
        ((0, 0), (0, 0), (0xC2B6E3A8C2C69865, 0x6F81ED42F350084D)),
        ((2**64 - 1, 2**64 - 1), (2**64 - 1, 2**64 - 1), (0xE02CB7C4D95D277A, 0xD06633D0893B8B68)),
        (
            (0x243F6A8885A308D3, 0x13198A2E03707344), (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
            (0x263C7D30BB0F0AF1, 0x56BE8361D3311526),
        ),
    ]  # fmt: skip
    for counter, key, wanted in known:
        first, second = threefry((np.uint64(counter[0]), np.uint64(counter[1])), key)
        assert (int(first[0]), int(second[0])) == wanted
