"""What keeps from step to step: delays, smooths, trends, samples, stocks, macros, clocks that change their pace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines import load, same_as_pysd, values, vensim, xmile
from xinzhi.errors import ModelError, SimulationError

INPUT = "x = 5 + STEP(10, 2) + RAMP(1, 6, 9)\nlong = 3 + STEP(2, 5)\n"

VENSIM = {
    "delay": "a = DELAY1(x, 3)\nb = DELAY1I(x, 3, 1)\nc = DELAY3(x, 3)\nd = DELAY3I(x, 3, 1)\ne = DELAY N(x, 3, 1, 4)",
    "delay whose time changes": """
        a = DELAY1(x, long)
        b = DELAY3(x, long)
        c = DELAY3I(x, long, 2)
        d = DELAY N(x, long, 1, 2)
        e = DELAY N(x, long, 1, 5)
        f = DELAY N(x, long, 1, 1)
    """,
    "delay too short for its order": """
        a = DELAY3(x, 2)
        b = DELAY3(x, 1)
        c = DELAY3I(x, 1.5, 1)
        d = DELAY N(x, 3, 2, 8)
        e = DELAY N(x, 2.5, 2, 6)
    """,
    "delay by whole steps": """
        a = DELAY FIXED(x, 3, 1)
        b = DELAY FIXED(x, 0, 1)
        c = DELAY FIXED(x, 0.4, 1)
        d = DELAY FIXED(x, 2.5, 1)
        e = DELAY FIXED(x, long, 1)
        f = DELAY FIXED(a, 20, 1)
    """,
    "smooth": """
        a = SMOOTH(x, 3)
        b = SMOOTHI(x, 3, 1)
        c = SMOOTH3(x, 3)
        d = SMOOTH3I(x, 3, 1)
        e = SMOOTH N(x, 3, 1, 4)
        f = SMOOTH(x, long)
        g = SMOOTH3(x, long)
        h = SMOOTH N(x, long, 2, 2)
    """,
    "trend": "a = TREND(x, 4, 0)\nb = TREND(x, 4, 0.2)\nc = FORECAST(x, 4, 6)\nd = FORECAST(x, long, 2)",
    "sample": """
        a = SAMPLE IF TRUE(x > 12, x, 3)
        b = SAMPLE IF TRUE(MODULO(Time, 2) = 0, Time, -1)
        s = INTEG(a - s / 4, a)
    """,
    "stocks": """
        s = INTEG(x - s / long, 3)
        t = INTEG(s - t, s * 2)
        u = INTEG(0.1 * u * (1 - u / 50) + t / 100, u start)
        u start = INITIAL(s + t)
        v = INTEG(DELAY1(u, 2), 0) + SMOOTH(v2, 3)
        v2 = INTEG(-v2 / 9, 7)
    """,
}


@pytest.mark.parametrize("group", VENSIM)
@pytest.mark.parametrize("step", ["1", "0.125"])
def test_what_keeps_from_step_to_step_is_what_pysd_has(group: str, step: str, tmp_path: Path) -> None:
    same_as_pysd(vensim(tmp_path, INPUT + VENSIM[group], step=step))


def test_a_delay_or_a_smooth_keeps_what_flows_into_it(tmp_path: Path) -> None:
    """Conservation: what went in and has not come out is in the delay."""
    text = "x = PULSE(1, 1)\nin = INTEG(x, 0)\nout = INTEG({y}, 0)\ny = {y}"
    for delay in ("DELAY1I(x, 2, 0)", "DELAY3I(x, 2, 0)", "DELAY N(x, 2, 0, 7)", "DELAY FIXED(x, 2, 0)"):
        table = load(vensim(tmp_path, text.format(y=delay), step="0.125", last=60)).run()
        assert table["in"].iloc[-1] == 1 and table["out"].iloc[-1] == pytest.approx(1, abs=1e-9)
        mean = float((table["y"] * table.index).sum() * 0.125 - 1.5 + 0.0625)
        assert mean == pytest.approx(2, abs=0.2), delay


def test_a_stock_that_may_be_negative_falls_below_zero(tmp_path: Path) -> None:
    stock = '<stock name="free"><eqn>5</eqn><outflow>out</outflow></stock><flow name="out"><eqn>2</eqn></flow>'
    assert same_as_pysd(xmile(tmp_path, stock, last=5))["free"].tolist() == [5, 3, 1, -1, -3, -5]


MACROS = """:MACRO: GROWN(rate, start)
GROWN = INTEG(GROWN * rate + helper, start)
	~	a
	~	|
helper = SMOOTH(rate, 2) * doubled
	~	a
	~	|
doubled = 2 * rate
	~	a
	~	|
:END OF MACRO:
:MACRO: TWICE(a)
TWICE = 2 * a
	~	a
	~	|
:END OF MACRO:
"""


def test_a_macro_has_stocks_of_its_own_at_each_call(tmp_path: Path) -> None:
    text = """
        a = GROWN(0.1, 3)
        b = GROWN(c / 10, 4) + GROWN(0.2, 5)
        c = STEP(1, 4)
        d = TWICE(c + 1) + TWICE(b)
    """
    same_as_pysd(vensim(tmp_path, text, macros=MACROS))


def test_a_macro_serves_every_element_of_its_argument(tmp_path: Path) -> None:
    """PySD keeps one stock for all elements of a call: each alone must be as if it were written alone."""
    whole = load(
        vensim(tmp_path, "dim: A, B\nr[dim] = 0.1, 0.3\ny[dim] = TWICE(GROWN(r[dim], 1))", macros=MACROS)
    ).run()
    for element, rate in (("A", 0.1), ("B", 0.3)):
        alone = load(vensim(tmp_path, f"y = TWICE(GROWN({rate}, 1))", macros=MACROS)).run()
        np.testing.assert_allclose(whole[f"y[{element}]"], alone["y"], rtol=1e-14)


@pytest.mark.parametrize(
    ("step", "saveper"),
    [
        ("IF THEN ELSE(Time < 4, 1, 0.5)", "TIME STEP"),
        ("0.5", "IF THEN ELSE(Time < 4, 1, 2)"),
        ("0.25", "2"),
        ("0.3", "0.9"),
        ("0.1", "1"),
    ],
)
def test_a_clock_may_change_its_pace_and_save_now_and_then(step: str, saveper: str, tmp_path: Path) -> None:
    text = "s = INTEG(s / 10 + Time, 1)\nd = DELAY FIXED(s, 2, 0)\nm = SMOOTH3(s, 4)\nf = TIME STEP * 2"
    if "IF" in step:  # PySD's delay counts steps
        text = text.replace("d = DELAY FIXED(s, 2, 0)\n", "")
    same_as_pysd(vensim(tmp_path, text, step=step, saveper=saveper, first=1, last=10))


def test_a_clock_may_be_computed_from_constants_that_a_run_sets(tmp_path: Path) -> None:
    model = load(
        vensim(tmp_path, "steps a year = 4\nyears = 3\ns = INTEG(1, 0)", step="1 / steps a year", last="years * 2")  # type: ignore[arg-type]
    )
    assert len(model.run()) == 25
    assert len(model.run({"years": 1, "steps a year": 2})) == 5
    assert len(model.run({"years": 1}, time_step=0.5, final_time=10, saveper=5)) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = b\nb = c\nc = a", "run in a circle: (a → c → b → a|a → b → c → a)"),
        ("a = INTEG(1, b)\nb = a", "circle"),
        ("a = missing + 1\nmissed = 2", 'in "a": "missing" is not defined; did you mean "missed"'),
        ("a = UNHEARD OF(1)", 'the function "UNHEARD OF" is not supported'),
        ("n = INTEG(1, 3)\na = DELAY N(Time, 3, 0, s)\ns = STEP(1, 3)", "order of a delay"),
    ],
)
def test_a_model_that_cannot_run_is_one_clear_error(text: str, said: str, tmp_path: Path) -> None:
    path = vensim(tmp_path, text)
    with pytest.raises(ModelError, match=said) as caught:
        load(path)
    assert len(caught.value.problems) == 1 and "\n" not in str(caught.value)


@pytest.mark.parametrize("clock", [{"step": "0"}, {"step": "-1"}, {"last": -1}, {"step": "1", "saveper": "0.5"}])
def test_a_clock_that_cannot_run_is_one_clear_error(clock: dict[str, str], tmp_path: Path) -> None:
    model = load(vensim(tmp_path, "s = INTEG(1, 0)", **clock))  # type: ignore[arg-type]
    with pytest.raises(SimulationError, match="clock is not sound"):
        model.run()


def test_values_before_the_start_are_the_initial_ones(tmp_path: Path) -> None:
    assert values(tmp_path, "DELAY FIXED(Time, lag, 9)", "lag = 2", last=4) == [9, 9, 0, 1, 2]
    model = load(vensim(tmp_path, "y = DELAY FIXED(Time, lag, 9)\nlag = 2", last=4))
    runs = model.run_ensemble({"lag": [0, 1, 2, 3, 99]}, save="y")["y"].to_numpy()
    assert runs.tolist() == [[9, 0, 1, 2, 3], [9, 0, 1, 2, 3], [9, 9, 0, 1, 2], [9, 9, 9, 0, 1], [9] * 5]
