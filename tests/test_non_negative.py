"""XMILE's non-negative stocks: a limited outflow is what the next stock receives, and no matter appears.

The rule is Stella's (isee systems, Flow prioritization): an outflow is at most stock / DT + inflow, less the outflows
before it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines import aux, load, xmile
from wasm_node import assert_agree, both, run_wasm
from xinzhi.engine.compiled import ENGINE_VARIABLE

KEPT = "<non_negative/>"


def stock(name: str, first: str, into: str = "", out: str = "", kept: str = KEPT) -> str:
    flows = "".join(f"<inflow>{it}</inflow>" for it in into.split())
    flows += "".join(f"<outflow>{it}</outflow>" for it in out.split())
    return f'<stock name="{name}"><eqn>{first}</eqn>{flows}{kept}</stock>'


def flow(name: str, equation: str, kept: str = "") -> str:
    return f'<flow name="{name}"><eqn>{equation}</eqn>{kept}</flow>'


CASES: dict[str, tuple[str, dict[str, list[float]]]] = {
    "a basin gets what there was": (
        stock("tank", "10", out="drain") + stock("basin", "0", "drain") + flow("drain", "4"),
        {"drain": [4, 4, 2, 0, 0], "tank": [10, 6, 2, 0, 0], "basin": [0, 4, 8, 10, 10]},
    ),
    "what flows in can flow out again at once": (
        stock("a", "1", "source", "f") + stock("b", "0", "f", "g") + stock("c", "0", "g")
        + flow("source", "2", KEPT) + flow("f", "5", KEPT) + flow("g", "5", KEPT),
        {"f": [3, 2, 2, 2, 2], "g": [3, 2, 2, 2, 2], "a": [1, 0, 0, 0, 0], "b": [0] * 5, "c": [0, 3, 5, 7, 9]},
    ),
    "the first outflow comes first": (
        stock("s", "10", out="first second third") + flow("first", "3") + flow("second", "4") + flow("third", "2"),
        {"first": [3, 1, 0, 0, 0], "second": [4, 0, 0, 0, 0], "third": [2, 0, 0, 0, 0], "s": [10, 1, 0, 0, 0]},
    ),
    "but an outflow that needs another's value comes after it": (
        stock("s", "10", out="first second") + flow("first", "2 * second") + flow("second", "3"),
        {"first": [6, 0, 0, 0, 0], "second": [3, 1, 0, 0, 0], "s": [10, 1, 0, 0, 0]},
    ),
    "a circle passes on what it holds": (
        stock("a", "2", "g", "f") + stock("b", "0", "f", "g") + flow("f", "5", KEPT) + flow("g", "5", KEPT),
        {"f": [2, 0, 2, 0, 2], "g": [0, 2, 0, 2, 0], "a": [2, 0, 2, 0, 2], "b": [0, 2, 0, 2, 0]},
    ),
    "an inflow that runs backwards takes no more than there is": (
        stock("s", "5", "back", "out") + flow("back", "-2") + flow("out", "2"),
        {"back": [-2, -1, 0, 0, 0], "out": [2, 0, 0, 0, 0], "s": [5, 1, 0, 0, 0]},
    ),
    "equations see the limited flow, INIT too": (
        stock("s", "1", out="f") + flow("f", "4") + aux("seen", "f * 10") + aux("first", "INIT(f)"),
        {"seen": [10, 0, 0, 0, 0], "first": [1] * 5},
    ),
    "a stock may begin by its own outflow": (
        stock("s", "f * 3", out="f") + flow("f", "2"), {"s": [6, 4, 2, 0, 0], "f": [2, 2, 2, 0, 0]},
    ),
    "a uniflow never runs backwards": (stock("s", "5", "in", kept="") + flow("in", "1 - TIME", KEPT),
                                       {"in": [1, 0, 0, 0, 0], "s": [5, 6, 6, 6, 6]}),
    "a stock that says it may be negative": (
        stock("s", "3", out="f", kept="<non_negative>false</non_negative>") + flow("f", "2"), {"s": [3, 1, -1, -3, -5]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_limited_flow_is_stella_s(case: str, tmp_path: Path) -> None:
    text, wanted = CASES[case]
    table = load(xmile(tmp_path, text, last=4)).run()
    for name, values in wanted.items():
        assert table[name].tolist() == pytest.approx(values, abs=1e-12), name


BEHAVIOURS = {
    "<non_negative/>": (0, 0),
    "<stock><non_negative/></stock>": (0, -1),
    "<flow><non_negative/></flow>": (-2, 0),
    "<non_negative/><flow><non_negative>false</non_negative></flow>": (0, -1),
    "<non_negative/><stock><non_negative>false</non_negative></stock>": (-2, 0),
    "<non_negative>false</non_negative>": (-2, -1),
}


@pytest.mark.parametrize(("behaviour", "least"), BEHAVIOURS.items())
@pytest.mark.parametrize("inside", ["<model>", "</sim_specs>"])
def test_a_behaviour_is_what_variables_have_that_say_nothing(
    behaviour: str, least: tuple[float, float], inside: str, tmp_path: Path
) -> None:
    text = stock("s", "1", out="f", kept="") + flow("f", "3") + stock("t", "9", "g", kept="") + flow("g", "0 - 1")
    text += stock("own", "1", out="f2") + flow("f2", "3")
    path = xmile(tmp_path, text, last=1)
    path.write_text(path.read_text().replace(inside, f"{inside}<behavior>{behaviour}</behavior>"))
    table = load(path).run()
    assert table["s"].iloc[1] == least[0]
    assert table["g"].iloc[0] == least[1]
    assert table["own"].iloc[1] == 0


def test_arrays_are_limited_element_by_element(tmp_path: Path) -> None:
    dims = '<dimensions><dim name="A"/></dimensions>'
    text = (
        f'<stock name="s">{dims}<element subscript="1"><eqn>3</eqn></element><eqn>3</eqn><outflow>f</outflow>{KEPT}</stock>'
        f'<stock name="t">{dims}<eqn>0</eqn><inflow>f</inflow>{KEPT}</stock>'
        f'<flow name="f">{dims}<eqn>A * 2</eqn></flow>'
    ).replace('<element subscript="1"><eqn>3</eqn></element>', "")
    path = xmile(tmp_path, text, last=2)
    names = '<dimensions><dim name="A"><elem name="a1"/><elem name="a2"/></dim></dimensions>'
    path.write_text(path.read_text().replace("<model>", f"{names}<model>"))
    table = load(path).run()
    assert table["f[a1]"].tolist() == [2, 1, 0] and table["f[a2]"].tolist() == [3, 0, 0]
    assert table["t[a1]"].tolist() == [0, 2, 3] and table["t[a2]"].tolist() == [0, 3, 3]


@st.composite
def systems(draw: st.DrawFn) -> tuple[str, int]:
    """Non-negative stocks and flows from one to another, circles among them, that ask for more than there is."""
    count = draw(st.integers(2, 4))
    pairs = list(itertools.permutations(range(count), 2))
    ways = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=6))
    asked = st.sampled_from(["7", "s0 * 3", "s1 / 2", "4 * SIN(TIME)", "f0 + 1", "3 - TIME", "s0 * s1 - 2"])
    flows, into, out = "", [[] for _ in range(count)], [[] for _ in range(count)]
    for i, (a, b) in enumerate(ways):
        equation = draw(asked)
        flows += flow(f"f{i}", "2" if i == 0 and "f0" in equation else equation, draw(st.sampled_from([KEPT, ""])))
        out[a].append(f"f{i}")
        into[b].append(f"f{i}")
    first = draw(st.lists(st.sampled_from(["0", "1", "5", "12.3"]), min_size=count, max_size=count))
    stocks = (stock(f"s{i}", first[i], " ".join(into[i]), " ".join(out[i])) for i in range(count))
    return flows + "".join(stocks), count


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(system=systems(), step=st.sampled_from(["1", "0.25", "0.3"]), method=st.sampled_from(["euler", "rk4"]))
def test_no_matter_appears_and_no_stock_falls_below_zero(
    system: tuple[str, int], step: str, method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, "numpy")
    table = load(xmile(tmp_path, system[0], last=6, step=step)).run(method=method)
    stocks = table[[f"s{i}" for i in range(system[1])]].to_numpy()
    total = stocks.sum(axis=1)
    np.testing.assert_allclose(total, total[0], rtol=1e-12, atol=1e-12)
    assert stocks.min() >= -1e-12


def examples() -> Sequence[str]:
    return [text for text, _ in CASES.values()]


def test_all_back_ends_limit_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shift = {"late": np.array([0.0, 0.3, 1.7])}
    texts = [aux("late", "0") + text.replace(">5<", ">5 + late<").replace(">3<", ">3 - late<") for text in examples()]
    models = [load(xmile(tmp_path, text, last=4, step="0.3")) for text in texts]
    for method in ("euler", "rk4"):
        ours = [both(model.compiled, shift, method=method) for model in models]
        for one, answer in zip(ours, run_wasm([it.case for it in ours]), strict=True):
            assert_agree(one, answer, 1e-12)
    with monkeypatch.context() as patch:
        patch.setenv(ENGINE_VARIABLE, "numpy")
        for one, model in zip(ours, models, strict=True):
            slow = both(load(model.path).compiled, shift, method="rk4", fast=False)
            np.testing.assert_allclose(one.values, slow.values, rtol=1e-12, atol=1e-12)
