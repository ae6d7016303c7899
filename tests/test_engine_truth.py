"""The engine against the slow truths: PySD, the interpreter, exact solutions."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from engines import assert_same, load, pysd_constants, pysd_model, pysd_run, vensim
from xinzhi.engine.clock import Clock
from xinzhi.engine.compiled import Request, _Prepared
from xinzhi.model import Model

HUBEI = Path(__file__).parents[1] / "model" / "hubei.mdl"


@pytest.fixture(scope="module")
def hubei() -> Model:
    return load(HUBEI)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("hubei")
    for name in ("model", "calibration"):
        shutil.copytree(HUBEI.parents[1] / name, folder / name)
    return pysd_model(folder / "model" / HUBEI.name)


def settings_of_hubei(model: Model) -> pd.DataFrame:
    """The file's constants, then levers pulled, then every constant moved by up to a tenth (years stay)."""
    base = model.constants
    levers = [name for name in base if name.startswith("lever ") and base[name] == 0]
    assert len(levers) >= 8
    rows = [base, *(base | dict.fromkeys(pulled, 0.01) for pulled in (levers[::2], levers[1::2], levers))]
    for seed in range(3):
        rng = np.random.default_rng(seed)
        moved = {name: value * rng.uniform(0.9, 1.1) for name, value in base.items() if abs(value) < 1990}
        rows.append(rows[seed + 1] | moved | {name: rng.uniform(0, 0.02) for name in levers})
    return pd.DataFrame(rows)


def test_hubei_is_what_pysd_computes_every_variable_at_every_saved_time(hubei: Model, slow: Any) -> None:
    design = settings_of_hubei(hubei)
    ensemble = hubei.run_ensemble(design)
    assert not ensemble["failed"].any()
    for run, constants in enumerate(design.to_dict("records")):
        theirs = pysd_run(slow, params=pysd_constants(slow, constants))
        one = pd.DataFrame(
            {name: ensemble[name][run].to_numpy() for name in ensemble}, index=ensemble["time"].to_numpy()
        )
        names = [name for name in theirs if name in one]
        assert len(names) > 1000 and {"real GDP", "SEI VA", "energy intensity"} <= set(names)
        assert_same(one, theirs, names)
        if run < 2:
            assert_same(hubei.run(constants if run else None), theirs, names)


def test_a_constant_that_is_off_by_a_hundred_millionth_is_seen(hubei: Model, slow: Any) -> None:
    theirs = pysd_run(slow, params=pysd_constants(slow, hubei.constants))
    for name in ("SEI depreciation rate", "investment rate decline", "future deflator growth"):
        ours = hubei.run({name: hubei.constants[name] * (1 + 1e-8)})
        with pytest.raises(AssertionError, match="Not equal to tolerance"):
            assert_same(ours, theirs, [column for column in theirs if column in ours and column != name])
        assert_same(ours, theirs, within=1e-6)


# -- random programs ---------------------------------------------------------------------------------------------------

CONSTANTS = ("k0", "k1", "k2")
NUMBERS = st.sampled_from(["0.0", "1.0", "2.0", "3.0", "0.5", "10.0", "-1.0"])  # SMOOTH in PySD cuts off at integers


def expressions(names: list[str], depth: int = 3) -> st.SearchStrategy[str]:
    """Texts of Vensim expressions over ``names``.

    Exponents and exponentials are kept small: the algebra works in logarithms, where what overflows or vanishes on
    the way does neither (LN(EXP(-1000)) is -1000, not minus infinity).
    """
    leaves = st.sampled_from(names) | NUMBERS
    if depth == 0:
        return leaves
    inner = expressions(names, depth - 1)
    compared = st.builds("{} {} {}".format, inner, st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]), inner)
    condition = compared | st.builds("{} {} {}".format, compared, st.sampled_from([":AND:", ":OR:"]), compared)
    return st.one_of(
        leaves,
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({} * {} ^ {} / {} ^ {})".format, leaves, leaves, leaves, leaves, NUMBERS),
        st.builds("({}) ^ MAX(-3, MIN(3, {}))".format, inner, inner),
        st.builds("EXP(MAX(-5, MIN(5, {})))".format, inner),
        st.builds("{}({})".format, st.sampled_from(["LN", "SQRT", "ABS", "INTEGER", "SIN", "t"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["MIN", "MAX", "ZIDZ"]), inner, inner),
        st.builds("IF THEN ELSE({}, {}, {})".format, condition, inner, inner),
    )


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Equations of a small model: constants, a lookup, auxiliaries, stocks and delays, each over those before it."""
    lines = ["t((-2, 1), (0, 3), (1, 0.5), (4, -1))"]
    lines += [f"{name} = {draw(st.sampled_from([0.5, 1.0, 2.0, -1.0, 3.0, 0.0]))}" for name in CONSTANTS]
    stocks = [f"s{i}" for i in range(draw(st.integers(1, 2)))]
    names = ["Time", *CONSTANTS, *stocks]
    for i in range(draw(st.integers(1, 4))):
        name, text = f"a{i}", draw(expressions(names))
        if draw(st.integers(0, 3)) == 0:
            kept = st.sampled_from(
                ["SMOOTH({}, 3)", "SMOOTH3I({}, 2, k0)", "DELAY1I({}, 2, k1)", "DELAY3({}, 2)", "DELAY FIXED({}, 1, k2)",
                 "SAMPLE IF TRUE(k0 > k1, {}, k2)", "TREND({}, 2, 0)", "DELAY1({}, 1 + ABS(k0))"]
            )  # fmt: skip
            text = draw(kept).format(text)
        lines.append(f"{name} = {text}")
        names.append(name)
    lines += [f"{name} = INTEG({draw(expressions(names, 1))} - {name} / 3, {draw(NUMBERS)})" for name in stocks]
    return "\n".join(lines)


def prepared(model: Model, method: str) -> tuple[_Prepared, Clock]:
    """Everything of the model saved, its constants varied."""
    saved = tuple(dict.fromkeys(model.compiled.labels.values()))
    clock = model.compiled.clock({}, {})
    controls = (clock.initial_time, clock.final_time, clock.time_step, clock.saveper)
    return _Prepared(model.compiled.program, Request(CONSTANTS, saved, method, controls), clock, None), clock


def sound(ready: _Prepared, rows: np.ndarray[Any, Any], clock: Clock, truth: Any, failed: Any, seed: int) -> list[bool]:
    """Which members' own answers do not move with the last bits of their constants (at a comparison, a pole)."""
    out, rng = np.ones(rows.shape[1], dtype=bool), np.random.default_rng(seed)
    for shift in (1e-14, -1e-14):
        moved, fails = ready._interpreted(rows * (1 + shift * rng.uniform(0.5, 1, rows.shape)), clock, 0, 0)
        out &= [close(moved[..., i], truth[..., i], 2e-12) for i in range(rows.shape[1])] & (fails == failed)
    return out.tolist()


def close(one: Any, other: Any, within: float) -> bool:
    finite = np.abs(other[np.isfinite(other)])
    with np.errstate(all="ignore"):
        return bool(np.isclose(one, other, rtol=within, atol=within * finite.max(initial=0), equal_nan=True).all())


@settings(
    max_examples=40, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True
)
@given(text=programs(), method=st.sampled_from(["euler", "rk4"]), seed=st.integers(0, 99))
def test_random_programs_agree_in_both_kernels_and_the_interpreter(
    text: str, method: str, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    model = load(vensim(tmp_path_factory.getbasetemp(), text, step="0.5", last=4))
    rng = np.random.default_rng(seed)
    rows = np.where(rng.random((3, 5)) < 0.3, rng.integers(-2, 3, (3, 5)), rng.uniform(-3, 3, (3, 5)))
    ready, clock = prepared(model, method)
    assert ready.strict is not None
    fast, fast_failed = ready.run(rows, clock, 0, 0, 1, lambda: False)
    strict, marks = ready._native(ready.strict, rows, clock, 0, 0, 1, lambda: False)
    truth, failed = ready._interpreted(rows, clock, 0, 0)
    for i in np.flatnonzero(sound(ready, rows, clock, truth, failed, seed)):
        assert close(fast[..., i], truth[..., i], 1e-12), (text, rows[:, i])
        assert close(strict[..., i], truth[..., i], 1e-12), (text, rows[:, i])
        assert fast_failed[i] == np.isnan(marks)[i] == failed[i], (text, rows[:, i])


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(text=programs())
def test_random_programs_are_what_pysd_computes(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = vensim(tmp_path_factory.getbasetemp(), text, step="0.5", last=4)
    ours = load(path).run()
    assume(np.isfinite(ours).all(axis=None))  # Python's own numbers raise where ours are infinite, or turn complex
    try:
        theirs = pysd_run(pysd_model(path))
    except (ArithmeticError, ValueError, TypeError):
        assume(False)
    assume(not any(np.iscomplexobj(theirs[name].to_numpy()) for name in theirs))
    assert_same(ours, theirs)
