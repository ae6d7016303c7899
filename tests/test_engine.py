"""Ensembles: the same bits whatever runs beside a member, failed members, kept kernels, orders of accuracy, errors."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engines import assert_same, load, pysd_model, pysd_run, vensim
from xinzhi.engine import kernel
from xinzhi.engine.compiled import CompiledModel
from xinzhi.errors import SimulationError
from xinzhi.model import Model
from xinzhi.store import Store

HUBEI = Path(__file__).parents[1] / "model" / "hubei.mdl"
INDICATORS = ["real GDP", "SEI VA", "nominal RD", "energy intensity"]
VARIED = ("SEI depreciation rate", "TM depreciation rate", "future deflator growth")


@pytest.fixture(scope="module")
def hubei() -> Model:
    return load(HUBEI)


def design_of(model: Model, members: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    names = [name for name in VARIED if name in model.constants]
    assert names
    return pd.DataFrame({name: model.constants[name] * rng.uniform(0.8, 1.2, members) for name in names})


# -- orders of accuracy ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_halving_the_step_shows_the_order_of_the_method(method: str, order: int, tmp_path: Path) -> None:
    text = "x = INTEG(v, 1)\nv = INTEG(-w * w * x, 0)\nw = 1.3\np = INTEG(r * p * (1 - p / 10), 1)\nr = 0.7"
    model = load(vensim(tmp_path, text, last=5))
    errors = []
    for step in (1 / 32, 1 / 64, 1 / 128):
        last = model.run(time_step=step, method=method, saveper=5).loc[5]
        errors.append([abs(last["x"] - math.cos(1.3 * 5)), abs(last["p"] - 10 / (1 + 9 * math.exp(-0.7 * 5)))])
    orders = np.log2(np.array(errors)[:-1] / np.array(errors)[1:])
    np.testing.assert_allclose(orders[-1], order, atol=0.1)


def test_rk4_is_that_of_pysd_s_equations_at_half_steps_too(tmp_path: Path) -> None:
    """A rate of time alone is integrated by Simpson's rule, exact for a cubic."""
    table = load(vensim(tmp_path, "s = INTEG(Time ^ 3, 0)")).run(method="rk4")
    np.testing.assert_allclose(table["s"], table.index.to_numpy() ** 4 / 4, rtol=1e-13)


# -- the same bits -----------------------------------------------------------------------------------------------------


def test_a_member_has_the_same_bits_in_any_company_order_and_number_of_threads(hubei: Model) -> None:
    design = design_of(hubei, 1000)
    whole = hubei.run_ensemble(design, save=INDICATORS, threads=1)
    assert not whole["failed"].any()
    for threads in (2, 7, None):
        assert hubei.run_ensemble(design, save=INDICATORS, threads=threads).identical(whole)
    for members in (1, 15, 16, 17):
        part = hubei.run_ensemble(design[:members], save=INDICATORS, threads=2)
        assert part.identical(whole.isel(run=slice(members)))
    order = np.random.default_rng(2).permutation(1000)
    assert hubei.run_ensemble(design.iloc[order], save=INDICATORS).identical(whole.isel(run=order))


def test_slices_of_many_members_fit_together(tmp_path: Path) -> None:
    members = kernel.SLICE * 3 + 5
    model = load(vensim(tmp_path, "s = INTEG(r * s, 1)\nr = 0.1"))
    rates = np.linspace(-1, 1, members)
    values = model.run_ensemble({"r": rates}, save="s", threads=2)["s"]
    np.testing.assert_allclose(values[:, -1], (1 + rates) ** 10, rtol=1e-13, atol=1e-13)


def test_what_is_saved_changes_nothing_in_the_values(hubei: Model) -> None:
    whole, some, one = hubei.run(), hubei.run(save=INDICATORS), hubei.run(save="real_gdp")
    assert list(some) == INDICATORS and list(one) == ["real GDP"]
    np.testing.assert_allclose(some, whole[INDICATORS], rtol=1e-13)
    np.testing.assert_allclose(one["real GDP"], whole["real GDP"], rtol=1e-13)


# -- failed members ----------------------------------------------------------------------------------------------------


def test_a_failed_member_names_its_first_bad_variable_and_time_and_leaves_the_others_alone(tmp_path: Path) -> None:
    text = """
        s = INTEG(-x, 3)
        root = SQRT(s)
        y = root * 2
        q = INTEG(q ^ 2 * x, x)
        inverse = 1 / x
    """
    model = load(vensim(tmp_path, text + "x = 1"))
    given = [0.1, 1.0, 0.2, 0.0, 1e200, -0.1]
    result = model.run_ensemble({"x": given}, save=["y", "q"])
    assert result["failed"].to_numpy().tolist() == [False, True, False, False, True, False]
    assert result["bad_variable"].to_numpy().tolist() == ["", "root", "", "", "q", ""]
    np.testing.assert_array_equal(result["bad_time"], [np.nan, 4, np.nan, np.nan, 1, np.nan])
    sound = [0, 2, 3, 5]
    alone = model.run_ensemble({"x": [given[i] for i in sound]}, save=["y", "q"])
    for name in ("y", "q"):
        np.testing.assert_array_equal(result[name][sound], alone[name])
    assert np.isfinite(result["y"][1, :4]).all() and np.isnan(result["y"][1, 4:]).all()
    inverse = model.run_ensemble({"x": [0.5, 0.0]}, save=["inverse", "s"])
    assert inverse["inverse"][1, 0] == np.inf and inverse["bad_variable"][1] == "inverse"
    assert "fault" not in model.run({"x": 0.1}).attrs
    assert str(model.run({"x": 0.0}).attrs["fault"]) == '"inverse" is infinite at 0'
    assert str(model.run({"x": 1}, save="y").attrs["fault"]) == '"root" is not a number at 4'


def test_a_stock_that_overflows_is_a_failure_even_where_the_saved_values_are_numbers(tmp_path: Path) -> None:
    model = load(vensim(tmp_path, "s = INTEG(s * s * k, 1)\nk = 1\ny = MIN(s, 5)", last=20))
    result = model.run_ensemble({"k": [1.0, 0.001]}, save="y")
    assert result["failed"].to_numpy().tolist() == [True, False] and result["bad_variable"][0] == "s"
    assert float(result["y"][0, -1]) == 5


POWERS = {
    "x ^ e * w": lambda x, e: x**e * 3,
    "w / (x ^ e * x ^ 0.5 ^ 0)": lambda x, e: 3 / (x**e * x),
    "(x ^ e) ^ 0.5": lambda x, e: (x**e) ** 0.5,
    "IF THEN ELSE(x ^ e > 1, 1, 2)": lambda x, e: np.where(x**e > 1, 1, 2),
    "IF THEN ELSE(x ^ e * w < 1 :OR: x > 9, 1, 2)": lambda x, e: np.where(x**e * 3 < 1, 1, 2),
    "IF THEN ELSE(:NOT: (x ^ e = 4), 1, 2)": lambda x, e: np.where(x**e != 4, 1, 2),
    "MAX(x ^ e, 0.5)": lambda x, e: np.maximum(x**e, 0.5),
    "ZIDZ(w, x ^ e)": lambda x, e: np.where(np.abs(x**e) < 1e-6, 0, 3 / np.where(x**e == 0, 1, x**e)),
    "PULSE(x ^ e, 2)": lambda x, e: np.where((x**e <= 3) & (x**e > 1), 1, 0),
    "SAMPLE IF TRUE(x ^ e = 4, 7, 1)": lambda x, e: np.where(x**e == 4, 7, 1),
    "DELAY FIXED(Time, x ^ e, -1)": lambda x, e: np.where(x**e > 3, -1, 3 - np.maximum(np.rint(x**e), 1)),
    "t(x ^ e)": lambda x, e: np.interp(x**e, [0, 1, 10], [5, 6, 15]),
    "INTEGER(x ^ e + 0.5)": lambda x, e: np.trunc(x**e + 0.5),
}


@pytest.mark.parametrize("where", ["constant", "stock"])
def test_what_only_the_logarithms_spoil_is_right_after_the_second_look(where: str, tmp_path: Path) -> None:
    """Negative and zero bases, 0^0, and comparisons and lags in which a NaN would vanish."""
    base = "x = x0" if where == "constant" else "x = INTEG(0 * w, x0)"
    lines = [f"y{i} = {expression}" for i, expression in enumerate(POWERS)]
    text = "\n".join([*lines, base, "x0 = 2", "e = 2", "w = 3", "t((0, 5), (1, 6), (10, 15))"])
    model = load(vensim(tmp_path, text, last=3))
    x = np.array([2.0, -2.0, 0.0, -1.0, 1.5, 0.0, -2.0, 3.0])
    e = np.array([2.0, 2.0, 0.0, 2.0, 2.0, 2.0, 0.0, 1.0])
    for i, (expression, meaning) in enumerate(POWERS.items()):
        result = model.run_ensemble({"x0": x, "e": e, "w": np.full(8, 3.0)}, save=f"y{i}")
        with np.errstate(all="ignore"):
            wanted = np.asarray(meaning(x, e), dtype=float)
        np.testing.assert_allclose(result[f"y{i}"][:, -1], wanted, rtol=1e-13, atol=1e-13, err_msg=expression)
        np.testing.assert_array_equal(result["failed"], ~np.isfinite(wanted), err_msg=expression)


def test_the_logarithm_of_what_is_no_number_any_more_is_none_either(tmp_path: Path) -> None:
    text = "y = LN(EXP(k))\nz = (EXP(k) * c) ^ 0.5\nk = 1\nc = 2"
    design = {"k": [1.0, -1000.0, 800.0, -690.0], "c": np.full(4, 2.0)}
    result = load(vensim(tmp_path, text)).run_ensemble(design, save=["y", "z"])
    np.testing.assert_allclose(result["y"][:, 0], [1, -np.inf, np.inf, -690], rtol=1e-13)
    np.testing.assert_allclose(result["z"][:, 0], np.exp([0.5, -np.inf, np.inf, -345.0]) * 2**0.5, rtol=1e-12)


# -- kept kernels, the interpreter, cancellation -----------------------------------------------------------------------


def compiled(folder: Path, store: Store | None) -> CompiledModel:
    path = vensim(folder, "s = INTEG(r * s ^ p, 1)\nr = 0.1\np = 0.7\ny = EXP(s) / s")
    return CompiledModel(load(path).compiled.program, store)


def test_a_kernel_is_compiled_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, columns = Store(tmp_path), {"r": np.linspace(0, 1, 20)}
    first = compiled(tmp_path, store).run(columns, ["y"])
    monkeypatch.setattr(kernel, "compile_text", lambda *_: pytest.fail("compiled again"))
    again = compiled(tmp_path, store)
    np.testing.assert_array_equal(again.run(columns, ["y"]).values, first.values)
    with pytest.raises(pytest.fail.Exception, match="compiled again"):
        again.run({**columns, "p": 0.5}, ["y"])


@pytest.mark.parametrize("damage", [b"", b"x", None, "cut", "changed"])
def test_a_damaged_kernel_is_made_again(damage: bytes | str | None, tmp_path: Path) -> None:
    store, columns = Store(tmp_path), {"r": np.linspace(0, 1, 20)}
    first = compiled(tmp_path, store).run(columns, ["y"])
    (kept,) = tmp_path.glob("kernel-*")
    whole = kept.read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    kept.write_bytes({None: bytes(5000), "cut": whole[:-100], "changed": bytes(changed)}.get(damage, damage))  # type: ignore[arg-type]
    np.testing.assert_array_equal(compiled(tmp_path, store).run(columns, ["y"]).values, first.values)
    assert kept.read_bytes() == whole


def test_the_interpreter_gives_the_same_numbers(hubei: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    design = design_of(hubei, 20)
    fast = hubei.run_ensemble(design, save=INDICATORS)
    for method in ("euler", "rk4"):
        fast = hubei.run_ensemble(design, save=INDICATORS, method=method, final_time=2020)
        with monkeypatch.context() as patch:
            patch.setenv("XINZHI_ENGINE", "numpy")
            patch.setattr(kernel, "compile_text", lambda *_: pytest.fail("compiled"))
            slow = load(HUBEI).run_ensemble(design, save=INDICATORS, method=method, final_time=2020)
        for name in INDICATORS:
            np.testing.assert_allclose(fast[name], slow[name], rtol=1e-12)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_run_that_is_cancelled_stops_at_the_next_slice(
    threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, call = [], kernel.Native.__call__

    def counted(self: kernel.Native, *arguments: int) -> None:
        calls.append(1)
        call(self, *arguments)

    monkeypatch.setattr(kernel.Native, "__call__", counted)
    model = compiled(tmp_path, None)
    columns = {"r": np.linspace(0, 1, 50 * kernel.SLICE)}
    model.run(columns, ["y"], threads=threads)
    assert len(calls) == 50
    calls.clear()
    with pytest.raises(KeyboardInterrupt):
        model.run(columns, ["y"], threads=threads, cancelled=lambda: len(calls) >= 3)
    assert len(calls) <= 3 + threads
    with pytest.raises(KeyboardInterrupt):
        model.run({"r": 1.0}, ["y"], cancelled=lambda: True)


# -- the clock ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "clock",
    [{"time_step": 0.25}, {"saveper": 2}, {"final_time": 17}, {"time_step": 0.5, "saveper": 1.5, "final_time": 6}],
)
def test_the_clock_of_a_run_is_what_pysd_makes_of_the_same_words(clock: dict[str, float], tmp_path: Path) -> None:
    path = vensim(tmp_path, "s = INTEG(s / 10 + Time, 1)\ny = STEP(s, 3)\nd = DELAY FIXED(s, 2, 0)\nz = TIME STEP * 2")
    theirs = pysd_run(pysd_model(path), **clock)
    assert_same(load(path).run(**clock), theirs, ["s", "y", "d", "z"])


def test_another_beginning_is_that_of_the_same_text_with_another_beginning(tmp_path: Path) -> None:
    text = "s = INTEG(s / 10 + Time, Time)\ny = INITIAL(Time) + INITIAL TIME"
    moved = load(vensim(tmp_path, text)).run(initial_time=4)
    written = load(vensim(tmp_path, text, first=4)).run()
    pd.testing.assert_frame_equal(moved, written, check_exact=True)


# -- wrong input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (
            lambda m: m.run({"SEI depreciation rat": 1}),
            'unknown constant "SEI depreciation rat"; did you mean "SEI dep',
        ),
        (lambda m: m.run({"real GDP": 1}), '"real GDP" is not a constant; only constants can be set'),
        (lambda m: m.run({"TIME STEP": 1}), '"TIME STEP" is not a constant; set it by initial_time'),
        (lambda m: m.run({"SEI depreciation rate": math.nan}), "is set to what is not a number"),
        (lambda m: m.run({"SEI depreciation rate": math.inf}), "is set to what is not a number"),
        (lambda m: m.run(save=["real GPD"]), 'unknown variable "real GPD"; did you mean "real GDP"'),
        (lambda m: m.run(save=[]), "no variable is to be saved"),
        (lambda m: m.run(method="rk5"), '"rk5" is not a method; did you mean "rk4"'),
        (lambda m: m.run_ensemble({}), "the design has no rows"),
        (lambda m: m.run_ensemble({"SEI depreciation rate": []}), "the design has no rows"),
        (lambda m: m.run_ensemble({"SEI depreciation rate": [0.1, "much"]}), "is set to what is not a number"),
        (lambda m: m.run(time_step=0), "clock is not sound"),
        (lambda m: m.run(final_time=2000), "clock is not sound"),
        (lambda m: m.run(time_step=math.nan), "clock is not sound"),
    ],
)
def test_wrong_input_is_one_clear_error(hubei: Model, run: object, said: str) -> None:
    with pytest.raises(SimulationError) as caught:
        run(hubei)  # type: ignore[operator]
    assert said in str(caught.value) and "hubei.mdl" in str(caught.value)
    assert len(caught.value.problems) == 1


def test_every_wrong_name_is_told_at_once(hubei: Model) -> None:
    with pytest.raises(SimulationError) as caught:
        hubei.run({"nobody": 1, "SEI depreciation rate": math.nan, "real GDP": 2})
    assert len(caught.value.problems) == 3


def test_a_constant_that_shaped_the_program_cannot_vary(tmp_path: Path) -> None:
    model = load(vensim(tmp_path, "n = 3\ny = SMOOTH N(Time, 2, 0, n)"))
    for run in (lambda: model.run({"n": 4}), lambda: model.run_ensemble({"n": [3, 4]})):
        with pytest.raises(SimulationError, match='"n" is the order of a delay and cannot be changed in a run'):
            run()
