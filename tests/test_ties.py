"""Exact ties: what jumps, jumps at the same place in the native kernel, in WebAssembly and by NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines import load, values, vensim
from wasm_node import both, run_wasm
from xinzhi.engine import pieces, ways
from xinzhi.engine.compiled import ENGINE_VARIABLE
from xinzhi.model import Model

TIES = """
    a = 0.7
    b = -4
    c = 0.1
    z = 1 + Time
    whole = INTEGER(a * z + b)
    part = INTEGER(a / c)
    share = INTEGER(z / c * a)
    steps = QUANTUM(a * z + b, c)
    rest = MODULO(a * z + b, c)
    same = IF THEN ELSE(a * z + b = c * z, 1, 0)
    more = IF THEN ELSE(a * z + b > z - c * z, 1, 0)
    less = IF THEN ELSE(a * z - b <= c * z + a, 1, 0)
    grown = INTEG(a * c, b)
    years = INTEGER(grown)
    both = INTEGER(a * z * c - b * z) + INTEGER(MAX(a, c) * 3 - ABS(b) * c)
    square = INTEGER(a * z ^ 2 + b)
    table((0,0),(1,1),(2,2),(3,3),(9,9))
    held = LOOKUP BACKWARD(table, a * z + b)
"""
JUMPS = ("whole", "part", "share", "steps", "rest", "same", "more", "less", "years", "both", "square", "held")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return load(vensim(tmp_path_factory.mktemp("ties"), TIES, last=12))


decimals = st.lists(st.integers(-99, 99), min_size=3, max_size=3)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(decimals, min_size=20, max_size=40), method=st.sampled_from(["euler", "rk4"]))
def test_ties_of_decimals_fall_alike_natively_and_by_numpy(
    rows: list[list[int]], method: str, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, c = np.array([[7, -40, 1], *rows]).T / 10
    design = {"a": a, "b": b, "c": np.where(c == 0, 0.1, c)}
    native = model.run_ensemble(design, save=list(JUMPS), method=method)
    with monkeypatch.context() as patch:
        patch.setenv(ENGINE_VARIABLE, "numpy")
        slow = load(model.path).run_ensemble(design, save=list(JUMPS), method=method)
    for name in JUMPS:
        np.testing.assert_array_equal(native[name], slow[name], err_msg=name)


def test_ties_fall_alike_in_a_kernel_in_pieces(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """As large models are compiled (`engine/ways.py`)."""
    monkeypatch.setattr(pieces, "PIECE", 7)
    rng = np.random.default_rng(4)
    design = {name: rng.integers(1, 99, 200) / 10 for name in "abc"}
    whole = {method: model.run_ensemble(design, save=list(JUMPS), method=method) for method in ("euler", "rk4")}
    monkeypatch.setattr(ways, "WHOLE_OPERATIONS", 0)
    again = load(model.path)
    for method, wanted in whole.items():
        cut = again.run_ensemble(design, save=list(JUMPS), method=method)
        for name in JUMPS:
            np.testing.assert_array_equal(cut[name], wanted[name], err_msg=name)
    assert {prepared.way for prepared in again.compiled._prepared.values()} == {ways.Way.PIECES}


def test_ties_fall_alike_in_webassembly(model: Model) -> None:
    rng = np.random.default_rng(3)
    design = {name: rng.integers(1, 99, 200) / 10 for name in "abc"}
    for method in ("euler", "rk4"):
        one = both(model.compiled, design, saved=JUMPS, method=method)
        [answer] = run_wasm([one.case])
        for name, ours, theirs in zip(one.labels, answer.values, one.values, strict=True):
            np.testing.assert_array_equal(ours, theirs, err_msg=name)


def test_a_whole_number_is_that_of_plain_rounding(tmp_path: Path) -> None:
    assert values(tmp_path, "INTEGER(0.7 * (1 + s) - 4)", "s = INTEG(1, 0)", last=9)[-1] == int(0.7 * 10 - 4) == 3
