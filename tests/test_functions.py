"""Functions of time and of numbers, and lookups: against PySD's own run of the same text, and against the manuals."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from engines import aux, load, same_as_pysd, values, vensim, xmile

INPUT = "x = -3 + 0.7 * Time\nz = 1 + Time"

VENSIM = {
    "arithmetic": """
        a = x + 2 * z - 3 / z ^ 2
        b = -2 ^ 2
        c = 2 ^ 3 ^ 0.5
        d = -x ^ 2
        e = 7 - 3 - 2
        f = 64 / 4 / 2
        g = (x - 1) * -z
        h = 2030 - 2015
        i = -1.5 + .25 -3e-2 + x
    """,
    "logic": """
        a = IF THEN ELSE(x > 0 :AND: z < 8, 1, 2)
        b = IF THEN ELSE(x > 0 :OR: z < 2, 1, 2)
        c = IF THEN ELSE(:NOT: x > 0, 1, 2)
        d = IF THEN ELSE(z = 4, 1, 2)
        e = IF THEN ELSE(z <> 4, x, z)
        f = IF THEN ELSE(x <= 0.5 :AND: :NOT: (z >= 3 :OR: z = 1), 1, 0)
    """,
    "elementary": """
        a = ABS(x)
        b = EXP(x)
        c = LN(z)
        d = SQRT(z)
        e = SIN(x)
        f = COS(x)
        g = TAN(x)
        h = ARCSIN(x / 5)
        i = ARCCOS(x / 5)
        j = ARCTAN(x)
        k = SINH(x)
        l = COSH(x)
        m = TANH(x)
        n = MIN(x, 1)
        o = MAX(x, z / 4)
    """,
    "rounding": """
        a = INTEGER(x)
        b = QUANTUM(x, 0.4)
        c = QUANTUM(x, 0)
        d = QUANTUM(x, -1)
        e = MODULO(x, 1.3)
        f = MODULO(z, 4)
        g = MODULO(-z, 4)
    """,
    "quotients": """
        a = XIDZ(z, x, 7)
        b = ZIDZ(z, x)
        c = XIDZ(z, 0, 7)
        d = ZIDZ(z, 0)
        e = XIDZ(z, 1e-07, 7)
        f = ZIDZ(z, -1e-07)
    """,
    "powers": "a = LOG(z, 10)\nb = LOG(z, 2)\nc = POWER(z, 0.3)\nd = POWER(z, -2.5)\ne = z ^ x",
    "step": "a = STEP(3, 4)\nb = STEP(x, 2.5)\nc = STEP(1, 0)\nd = STEP(1, 99)",
    "ramp": "a = RAMP(2, 3, 6)\nb = RAMP(-1, 2.5, 99)\nc = RAMP(1, 5, 4)\nd = RAMP(x, 0, 5)",
    "pulse": "a = PULSE(3, 2)\nb = PULSE(3, 0.1)\nc = PULSE(0, 1)\nd = PULSE(-5, 7)",
    "pulse_train": """
        a = PULSE TRAIN(2, 1, 3, 9)
        b = PULSE TRAIN(1, 2, 4, 99)
        c = PULSE TRAIN(0, 0.1, 5, 9)
        d = PULSE TRAIN(3, 4, 2, 7.9)
        e = PULSE TRAIN(-4, 1, 3, 4.9)
    """,
    "time_value": "a = GET TIME VALUE(0, 0, 0)\nb = GET TIME VALUE(0, -3.5, 0)",
    "initial": "a = INITIAL(z + x)\nb = ACTIVE INITIAL(z * 2, 5)\nc = INITIAL(b)\ns = INTEG(1, b)",
    "game": "a = GAME(z * 2)",
}


@pytest.mark.parametrize("group", VENSIM)
@pytest.mark.parametrize("step", ["1", "0.25"])
def test_vensim_functions_give_what_pysd_gives(group: str, step: str, tmp_path: Path) -> None:
    same_as_pysd(vensim(tmp_path, f"{INPUT}\n{VENSIM[group]}", step=step))


@pytest.mark.parametrize("step", ["0.1", "0.3", "0.7"])
def test_ramps_and_steps_begin_where_pysd_s_do_at_steps_that_are_no_binary_fraction(step: str, tmp_path: Path) -> None:
    text = "".join(
        f"s{i} = STEP(1, {t})\nr{i} = RAMP(1, {t}, 7)\n" for i, t in enumerate((0, 0.3, 0.6, 2.1, 4.2, 6.3, 6.9))
    )
    same_as_pysd(vensim(tmp_path, text, step=step))


XMILE = {
    "functions": {
        "a": "PULSE(20, 2)", "b": "PULSE(20, 2, 3)", "c": "STEP(3, 4)", "d": "RAMP(2, 3)", "e": "RAMP(2, 3, 5)",
        "f": "SAFEDIV(z, z - 4)", "g": "SAFEDIV(z, z - 4, 9)", "i": "z mod 4",
        "j": "IF z > 3 AND z < 6 THEN 1 ELSE 2", "k": "IF z = 3 OR z = 5 THEN 1 ELSE 2", "l": "MAX(z, 4) + MIN(z, 4)",
        "m": "LN(z) + EXP(-z) + SQRT(z) + ABS(-z)", "n": "SIN(z) + COS(z) + TAN(z) + ARCTAN(z)",
        "o": "INIT(z) + z^2", "p": "IF z <> 3 THEN z ELSE -z",
    },
    "memory": {
        "a": "DELAY1(z, 3)", "b": "DELAY3(z, 3, 5)", "c": "DELAYN(z, 3, 2)", "d": "DELAY(z, 3)", "e": "DELAY(z, 3, -1)",
        "f": "SMTH1(z, 3)", "g": "SMTH3(z, 3, 7)", "h": "SMTHN(z, 3, 4)", "i": "FORCST(z, 3, 5)", "j": "TREND(z, 4)",
        "k": "FORCST(z, 3, 5, 0.1)", "l": "TREND(z, 4, 0.2)",
    },
}  # fmt: skip


@pytest.mark.parametrize("group", XMILE)
def test_stella_functions_give_what_pysd_gives(group: str, tmp_path: Path) -> None:
    variables = aux("z", "1 + TIME") + "".join(aux(f"y_{name}", text) for name, text in XMILE[group].items())
    same_as_pysd(xmile(tmp_path, variables, step="0.5"))


def test_stellas_int_is_the_next_lower_whole_number(tmp_path: Path) -> None:
    """XMILE 1.0, section 3.5.1; PySD cuts towards zero."""
    table = load(xmile(tmp_path, aux("h", "INT(0.7 * TIME - 4)"), last=9)).run()
    assert table["h"].tolist() == [-4, -4, -3, -2, -2, -1, 0, 0, 1, 2]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("PULSE(3, 2)", [0, 0, 0, 1, 1, 0]),
        ("PULSE(3, 0)", [0, 0, 0, 1, 0, 0]),
        ("PULSE TRAIN(1, 1, 2, 4)", [0, 1, 0, 1, 0, 0]),
        ("PULSE TRAIN(1, 1, 2, 3)", [0, 1, 0, 1, 0, 0]),
        ("RAMP(2, 1, 3)", [0, 0, 2, 4, 4, 4]),
        ("STEP(5, 2)", [0, 0, 5, 5, 5, 5]),
        ("QUANTUM(1.9, 0.5) + 0 * Time", [1.5] * 6),
        ("QUANTUM(-1.9, 0.5) + 0 * Time", [-1.5] * 6),
        ("QUANTUM(1.9, 0) + 0 * Time", [1.9] * 6),
        ("QUANTUM(0.00000012, 0.00000005) + 0 * Time", [1e-7] * 6),
        ("MODULO(-7, 3) + 0 * Time", [-1] * 6),
        ("MODULO(7, -3) + 0 * Time", [1] * 6),
        ("MODULO(7, 0) + 0 * Time", [0] * 6),
        ("IF THEN ELSE(Time >= 0, 5, LN(-1 - Time))", [5] * 6),
        ("MIN(3, IF THEN ELSE(Time >= 0, 2, SQRT(-Time - 1)))", [2] * 6),
        ("SAMPLE IF TRUE(Time = 0, 3, 7)", [3] * 6),
        ("DELAY FIXED(Time, 0, -1)", [-1, 0, 1, 2, 3, 4]),
        ("RANDOM NORMAL(2, 2, 0, 1, 0)", [2] * 6),
        ("RANDOM UNIFORM(3, 3, 0) + RANDOM EXPONENTIAL(1, 1, 0, 1, 0)", [4] * 6),
        ("INTEGER(-1.9) + 0 * Time", [-1] * 6),
        ("MODULO(Time, 2)", [0, 1, 0, 1, 0, 1]),
        ("XIDZ(1, Time, 8)", [8, 1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]),
        ("ZIDZ(1, Time)", [0, 1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]),
        ("LOG(10 ^ Time, 10)", [0, 1, 2, 3, 4, 5]),
        ("SAMPLE IF TRUE(Time = 2 :OR: Time = 4, Time * 10, 7)", [7, 7, 20, 20, 40, 40]),
        ("DELAY FIXED(Time, 2, -1)", [-1, -1, 0, 1, 2, 3]),
        ("GET TIME VALUE(0, 1, 0)", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_what_the_vensim_manual_says(expression: str, wanted: list[float], tmp_path: Path) -> None:
    assert values(tmp_path, expression, last=5) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("1 / x", math.inf),
        ("-1 / x", -math.inf),
        ("x / x", math.nan),
        ("LN(x)", -math.inf),
        ("LN(x - 1)", math.nan),
        ("SQRT(x - 1)", math.nan),
        ("(x - 8) ^ (1 / 3)", math.nan),
        ("(x - 2) ^ 3", -8),
        ("(x - 2) ^ -2", 0.25),
        ("x ^ 0", 1),
        ("x ^ x", 1),
        ("x ^ -1", math.inf),
        ("EXP(x + 1000)", math.inf),
        ("EXP(x - 1000)", 0),
        ("MAX(x / x, 1)", math.nan),
        ("MIN(1, x / x)", math.nan),
        ("ARCSIN(x + 2)", math.nan),
        ("MODULO(5, x)", 0),
    ],
)
def test_at_the_edges_a_value_is_what_ieee_754_says(expression: str, wanted: float, tmp_path: Path) -> None:
    """PySD raises or differs here. ``x`` varies, so that nothing is folded; a stock makes it a thing of the step."""
    for text in (f"y = {expression}\nx = 0", f"y = {expression}\nx = INTEG(0, c)\nc = 0"):
        model = load(vensim(tmp_path, text, last=2))
        result = model.run_ensemble({"x" if "x = 0" in text else "c": [0.0] * 3}, save="y")
        np.testing.assert_array_equal(result["y"], np.full((3, 3), wanted))
        assert result["failed"].to_numpy().tolist() == [not math.isfinite(wanted)] * 3


POINTS = "(0, 1), (2, 5), (3, -1), (6, 2)"


def test_vensim_lookups_hold_their_ends(tmp_path: Path) -> None:
    table = same_as_pysd(
        vensim(
            tmp_path,
            f"""
            t([(0,-5)-(10,10)], {POINTS})
            long({", ".join(f"({i}, {i * i % 7})" for i in range(40))})
            a = t(Time - 2)
            b = WITH LOOKUP(Time - 2, ([(0,-5)-(10,10)], {POINTS}))
            c = long(4.5 * Time - 3)
            """,
            step="0.25",
        )
    )
    assert table.loc[[0, 3, 10], "a"].tolist() == [1, 3, 2]


def test_vensim_lookups_go_on_or_step_where_they_are_told(tmp_path: Path) -> None:
    """PySD knows none of these three."""
    text = f"t({POINTS})\n" + "\n".join(
        f"{rule} = LOOKUP {rule.upper()}(t, Time - 2)" for rule in ("extrapolate", "forward", "backward")
    )
    table = load(vensim(tmp_path, text, step="0.25")).run()
    assert table.loc[[0, 1, 3, 4.75, 9, 10], "extrapolate"].tolist() == [-3, -1, 3, 0.5, 3, 4]
    assert table.loc[[0, 2, 3, 4, 4.25, 5, 10], "forward"].tolist() == [1, 1, 5, 5, -1, -1, 2]
    assert table.loc[[0, 2, 3, 4, 4.25, 5, 10], "backward"].tolist() == [1, 1, 1, 5, 5, -1, 2]


def test_stella_lookups_hold_extrapolate_or_step(tmp_path: Path) -> None:
    def graph(kind: str) -> str:
        return f'<gf type="{kind}"><xpts>0,2,3,6</xpts><ypts>1,5,-1,2</ypts></gf>'

    variables = "".join(aux(kind, "TIME - 2", graph(kind)) for kind in ("continuous", "extrapolate", "discrete"))
    model = xmile(tmp_path, variables, step="0.25")
    table = same_as_pysd(model, ["continuous"])  # PySD interpolates all three
    assert table.loc[[0, 1, 3, 4.75, 9, 10], "extrapolate"].tolist() == [-3, -1, 3, 0.5, 3, 4]
    assert table.loc[[0, 1, 3, 4.75, 9, 10], "discrete"].tolist() == [1, 1, 1, 5, 2, 2]


def test_what_stella_knows_without_a_definition(tmp_path: Path) -> None:
    """PySD knows none of these."""
    known = {"a": "LOG10(z)", "b": "PI", "c": "DT", "d": "STARTTIME", "e": "STOPTIME"}
    variables = aux("z", "10^TIME") + "".join(aux(f"y_{name}", text) for name, text in known.items())
    table = load(xmile(tmp_path, variables, first=2, step="0.5")).run()
    np.testing.assert_allclose(table["y_a"], table.index, rtol=1e-14)
    assert table.loc[4, ["y_b", "y_c", "y_d", "y_e"]].tolist() == [math.pi, 0.5, 2, 10]


def test_a_lookup_of_a_stock_is_the_same_in_the_kernel_and_nan_stays_nan(tmp_path: Path) -> None:
    text = f"t({POINTS})\ns = INTEG(rate, start)\nstart = -1\nrate = 1\ny = t(s)\nz = LOOKUP EXTRAPOLATE(t, s)\nn = t(LN(s))"
    model = load(vensim(tmp_path, text))
    result = model.run_ensemble({"start": [-1.0, 0.5, 2.0]}, save=["y", "z", "n", "s"])
    s = result["s"].to_numpy()
    np.testing.assert_allclose(result["y"], np.interp(s, [0, 2, 3, 6], [1, 5, -1, 2]), atol=1e-14)
    np.testing.assert_allclose(result["z"].to_numpy()[s > 6], (s[s > 6] - 6) + 2, atol=1e-13)
    np.testing.assert_array_equal(np.isnan(result["n"]), s < 0)
    assert result["failed"].to_numpy().tolist() == [True, False, False]


JUMPING = "((0,0),(1,0),(1,3),(1,5),(2,5),(2,7))"


@pytest.mark.parametrize("shift", [0, 40, -1])
def test_points_at_one_input_are_a_jump_and_no_slope(shift: int, tmp_path: Path) -> None:
    """Vensim allows them (LOOKUP SLOPE speaks of "more than one point with that x value")."""
    text = f"t{JUMPING}\ny = t(Time - s)\ns = {shift}\nz = t(u - s)\nu = INTEG(1, {shift})"
    table = load(vensim(tmp_path, text, first=shift, last=shift + 3, step="0.25")).run()
    wanted = [0, 0, 0, 0, 0, 5, 5, 5, 5, 7, 7, 7, 7]
    assert table["y"].tolist() == pytest.approx(wanted) and table["z"].tolist() == pytest.approx(wanted)
