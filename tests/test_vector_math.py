"""The engine's functions on vectors: near the exact value everywhere, as NumPy at the edges, the same in every lane."""

from __future__ import annotations

import itertools
import math
import re
import sys

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

from vectors import compiled, host_isas, host_runs_avx2
from xinzhi.engine import vector_math
from xinzhi.engine.ir_text import Emitter
from xinzhi.engine.random_numbers import threefry, threefry_uniform
from xinzhi.engine.vector_exponential import log_tables

Doubles = NDArray[np.float64]
ISAS = host_isas()
MATHEMATICAL = [name for name in vector_math.FUNCTIONS if name not in ("mod", "threefry")]
NUMPY = {"asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "pow": np.power}
STATED = {
    name: {"avx512": float(wide), "portable": float(portable)}
    for name, wide, portable in re.findall(r"^    (\w+) +([\d.]+) +([\d.]+)$", vector_math.__doc__ or "", re.MULTILINE)
}
"""The errors that the module's own words claim, in units in the last place."""

LARGEST, SMALLEST = sys.float_info.max, 5e-324
POSITIVE_EDGES = [0.0, SMALLEST, 1e-310, sys.float_info.min, 1e-300, 1e-9, 0.5, math.nextafter(1, 0), 1.0]
POSITIVE_EDGES += [math.nextafter(1, 2), 2.0, 2.5, 3.0, 709.0, 710.0, 745.0, 746.0, 1001.0, 1e9, 2.0**52 + 0.5]
POSITIVE_EDGES += [2.0**53, 2.0**53 + 2, 1e300, LARGEST, math.inf, math.nan]
EDGES = np.array([sign * x for x in POSITIVE_EDGES for sign in (1, -1)])


def numpy_of(name: str, *arguments: Doubles) -> Doubles:
    with np.errstate(all="ignore"):
        return np.asarray(NUMPY.get(name, getattr(np, name, None))(*arguments))


def same(a: Doubles, b: Doubles) -> NDArray[np.bool_]:
    """Equal with the sign of zero, or both NaN."""
    return (a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b)


def worst_error(name: str, got: Doubles, arguments: list[Doubles]) -> float:
    """The largest distance from the exact value, in units in the last place of that value."""
    worst = 0.0
    with mpmath.workprec(160):
        for value, *xs in zip(got.tolist(), *(x.tolist() for x in arguments), strict=True):
            exact = getattr(mpmath, {"pow": "power"}.get(name, name))(*map(mpmath.mpf, xs))
            rounded = float(exact)
            if math.isinf(rounded) or math.isinf(value):
                assert value == rounded, (name, xs)
                continue
            error = float(abs(mpmath.mpf(value) - exact) / math.ulp(rounded))
            assert error < 1e3, (name, xs, value, rounded)
            worst = max(worst, error)
    return worst


def points(name: str) -> list[Doubles]:
    """Some thousand arguments, many of them where the function is hard."""
    rng = np.random.default_rng(7)
    spread = rng.choice([-1.0, 1.0], 500) * 10.0 ** rng.uniform(-12, 0, 500)
    if name == "exp":
        return [
            np.r_[rng.uniform(-745.1, 709.78, 2000), rng.uniform(-745.1, -708, 500), rng.uniform(-1, 1, 500), spread]
        ]
    if name == "log":
        wide, denormal = np.exp(rng.uniform(-700, 709, 1000)), np.exp(rng.uniform(-744, -709, 300))
        ends = [SMALLEST, 3 * SMALLEST, LARGEST, 0.75, math.nextafter(0.75, 0), 1.5, math.nextafter(1.5, 0)]
        return [np.r_[wide, denormal, ends, rng.uniform(0.5, 2, 1500), 1 + rng.normal(0, 0.02, 1000), 1 + spread / 2]]
    if name == "pow":
        near_one = np.abs(1 + rng.normal(0, 1, 2000) * 10.0 ** -rng.uniform(0, 12, 2000))
        base = np.r_[np.exp(rng.uniform(-700, 700, 2000)), near_one]
        exponent = np.r_[rng.uniform(700, 709.7, 1000), rng.uniform(-745, -707, 1000), rng.uniform(-700, 700, 2000)]
        return [base, rng.permutation(exponent) / np.log(base)]
    if name == "mod":
        return [np.r_[rng.normal(0, 1e9, 2000), spread], np.r_[rng.normal(0, 1, 2000), spread[::-1]]]
    if name in ("sin", "cos", "tan"):
        quarters = np.r_[np.arange(1, 800), rng.integers(1, 2**49, 800)] * (math.pi / 2)
        far = rng.choice([-1.0, 1.0], 1000) * 10.0 ** rng.uniform(0, 15, 1000)
        return [np.r_[quarters, far, rng.uniform(-10, 10, 1000), spread, 2.0**50]]
    if name in ("asin", "acos"):
        near_end, near_half = 1 - np.abs(spread), 0.5 + rng.normal(0, 1e-3, 500)
        return [np.r_[rng.uniform(-1, 1, 2000), near_end, -near_end, near_half, -near_half, spread]]
    if name == "atan":
        joints = np.r_[math.tan(math.pi / 8) + spread / 50, math.tan(3 * math.pi / 8) + spread / 50]
        return [np.r_[rng.uniform(-3, 3, 2000), joints, spread, 1 / spread**2]]
    return [np.r_[rng.uniform(-1.5, 1.5, 1500), rng.uniform(-25, 25, 1000), rng.uniform(-710.4, 710.4, 1000), spread]]


def arguments_at_the_edges(name: str) -> list[Doubles]:
    if len(vector_math.FUNCTIONS[name].parameters) == 1:
        return [EDGES]
    return [np.array(side) for side in zip(*itertools.product(EDGES, EDGES), strict=True)]


def test_the_stated_errors_are_of_every_function_and_at_most_two_units() -> None:
    assert set(STATED) == set(MATHEMATICAL)
    assert all(error <= 2 for row in STATED.values() for error in row.values())


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("name", MATHEMATICAL)
def test_every_function_is_as_near_the_exact_value_as_it_says(name: str, isa: str) -> None:
    arguments = points(name)
    assert worst_error(name, compiled(name, 8, isa)(*arguments), arguments) <= STATED[name][isa]


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("name", [*MATHEMATICAL, "mod"])
def test_every_function_is_numpys_at_the_edges(name: str, isa: str) -> None:
    arguments = arguments_at_the_edges(name)
    if name in ("sin", "cos", "tan"):
        arguments = [EDGES[~(np.abs(EDGES) > 2.0**50) | np.isinf(EDGES)]]
    got, expected = compiled(name, 8, isa)(*arguments), numpy_of(name, *arguments)
    if name == "mod":
        with np.errstate(all="ignore"):
            beyond = np.isfinite(expected) & (np.abs(arguments[0]) / np.abs(arguments[1]) >= 2.0**105)
        assert np.isnan(got[beyond]).all()
        assert same(got, expected)[~beyond].all()
        return
    landmark = np.isin(np.abs(expected), (0, math.inf)) | np.isnan(expected)
    with np.errstate(all="ignore"):
        near = np.abs(got - expected) <= 3 * np.spacing(np.abs(expected))
    wrong = ~np.where(landmark, same(got, expected), near)
    assert not wrong.any(), [(*(x[wrong] for x in arguments), got[wrong], expected[wrong])]


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("name", [*MATHEMATICAL, "mod"])
def test_the_number_of_lanes_changes_no_bit(name: str, isa: str) -> None:
    arguments = [np.r_[x, y] for x, y in zip(points(name), arguments_at_the_edges(name), strict=True)]
    eight = compiled(name, 8, isa)(*arguments)
    for lanes in (1, 4, 16):
        assert same(compiled(name, lanes, isa)(*arguments), eight).all(), lanes


@pytest.mark.skipif(not host_runs_avx2(), reason="this processor does not run AVX2 code")
@pytest.mark.parametrize("name", [*MATHEMATICAL, "mod"])
def test_the_portable_text_gives_the_same_bits_on_an_older_processor(name: str) -> None:
    arguments = [np.r_[x, y] for x, y in zip(points(name), arguments_at_the_edges(name), strict=True)]
    assert same(compiled(name, 4, "portable", "haswell")(*arguments), compiled(name)(*arguments)).all()


@pytest.mark.parametrize("isa", ISAS)
def test_pow_of_a_negative_base_keeps_the_sign_of_an_odd_power_and_has_no_root(isa: str) -> None:
    base, exponent = np.array([-2.0, -2, -2, -2, -0.0, -0.0, -math.inf]), np.array([3.0, 2, 0.5, -1, 3, -1, 0.5])
    expected = np.array([-8.0, 4, math.nan, -0.5, -0.0, -math.inf, math.inf])
    assert same(compiled("pow", 8, isa)(base, exponent), expected).all()


@pytest.mark.parametrize("isa", ISAS)
def test_one_to_any_power_and_any_base_to_the_zeroth_is_one_even_where_the_other_is_not_a_number(isa: str) -> None:
    power, one, zero = compiled("pow", 8, isa), np.ones_like(EDGES), np.zeros_like(EDGES)
    assert (power(one, EDGES) == 1).all() and (power(EDGES, zero) == 1).all() and (power(EDGES, -zero) == 1).all()


@pytest.mark.parametrize("isa", ISAS)
def test_whole_powers_that_are_doubles_come_out_exactly(isa: str) -> None:
    rows = [(b, n) for b in range(1, 2000) for n in range(2, 54) if b**n < 2**53]
    base, exponent = np.array(rows, dtype=float).T.copy()
    exact = np.array([float(b**n) for b, n in rows])
    power = compiled("pow", 8, isa)
    assert (power(base, exponent) == exact).all() and (power(exact, 1 / exponent) == base)[exponent == 2].all()


@pytest.mark.parametrize("isa", ISAS)
def test_exp_sinks_gradually_to_the_smallest_double(isa: str) -> None:
    got = compiled("exp", 8, isa)(np.log(2.0) * np.array([-1022.0, -1030.0, -1074.0, -1076.0]))
    assert (got == np.array([got[0], 2.0**-1030, SMALLEST, 0])).all() and got[0] == pytest.approx(2.0**-1022, rel=1e-12)


@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
def test_an_angle_beyond_two_to_the_fifty_is_not_a_number(name: str) -> None:
    assert np.isnan(compiled(name)(np.array([math.nextafter(2.0**50, math.inf), -1e300]))).all()


def test_mod_is_numpys_to_the_bit() -> None:
    rng = np.random.default_rng(3)
    y = rng.normal(0, 1, 30_000) * 10.0 ** rng.uniform(-10, 10, 30_000)
    x = y * rng.normal(0, 1, 30_000) * 10.0 ** rng.uniform(-3, 31, 30_000)
    x[:5000] = y[:5000] * np.round(10.0 ** rng.uniform(0, 15, 5000))  # next to a whole quotient
    x[5000:10_000], y[5000:10_000] = rng.integers(-(2**52), 2**52, 5000), rng.integers(1, 2**20, 5000)
    assert same(compiled("mod")(x, y), np.mod(x, y)).all()


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0), (0, 0), (0xC2B6E3A8C2C69865, 0x6F81ED42F350084D)),
        ((2**64 - 1,) * 2, (2**64 - 1,) * 2, (0xE02CB7C4D95D277A, 0xD06633D0893B8B68)),
        (
            (0x243F6A8885A308D3, 0x13198A2E03707344),
            (0xA4093822299F31D0, 0x082EFA98EC4E6C89),
            (0x263C7D30BB0F0AF1, 0x56BE8361D3311526),
        ),
    ],
)
def test_threefry_gives_the_known_answers_of_random123(
    counter: tuple[int, int], key: tuple[int, int], words: tuple[int, int]
) -> None:
    assert tuple(int(word[0]) for word in threefry(counter, key)) == words


@pytest.mark.parametrize("lanes", [1, 4, 8, 16])
@pytest.mark.parametrize(
    "cpu", ["", pytest.param("haswell", marks=pytest.mark.skipif(not host_runs_avx2(), reason=""))]
)
def test_the_kernels_random_numbers_are_the_interpreters(lanes: int, cpu: str) -> None:
    members = np.arange(10_000, dtype=np.uint64)
    for step, seed, stream in ((0, 0, 0), (119, 2**64 - 1, 17)):
        got = compiled("threefry", lanes, "portable", cpu)(members, step, seed, stream)
        assert (got == threefry_uniform(seed, stream, members, step)).all()


def test_random_numbers_are_uniform_between_zero_and_one_and_differ_by_every_part_of_their_address() -> None:
    members = np.arange(100_000)
    rows = [threefry_uniform(*place) for place in ((1, 2, members, 3), (2, 2, members, 3), (1, 3, members, 3))]
    rows.append(threefry_uniform(1, 2, members, 4))
    for row in rows:
        assert row.min() > 0 and row.max() < 1
        counts, _ = np.histogram(row, 100, (0, 1))
        assert ((counts - 1000) ** 2 / 1000).sum() < 160  # chi square, 99 degrees of freedom: one in 10 000
    assert np.abs(np.corrcoef(rows) - np.eye(4)).max() < 0.02


def test_the_logs_of_the_table_lie_almost_on_doubles() -> None:
    with mpmath.workprec(160):
        for multiplier, log in zip(*log_tables(), strict=True):
            below_one = multiplier > 1 or log == math.log(2)
            exact = (mpmath.mpf(math.log(2)) if below_one else 0) - mpmath.log(mpmath.mpf(multiplier))
            assert abs(log - exact) < 2.0**-64


def test_the_definitions_hold_each_function_once() -> None:
    text = vector_math.definitions(["exp", "log", "exp"], 8, "portable")
    assert re.findall(r"define internal <8 x double> @v_(\w+)\(", text) == ["exp", "log"]


@pytest.mark.parametrize(("lanes", "isa"), [(3, "portable"), (0, "portable"), (8, "sse")])
def test_a_width_or_an_instruction_set_that_does_not_exist_is_refused(lanes: int, isa: str) -> None:
    with pytest.raises(ValueError, match=r"not [03]|sse"):
        Emitter(lanes, isa)
