"""Functions of time at their ends, at times that are sums of rounded steps, in Euler's and Runge-Kutta's method.

The truth is written here from the manuals (Vensim reference manual: PULSE, PULSE TRAIN, STEP, RAMP; OASIS XMILE 1.0)
in exact fractions: no rounding of a time may move a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engines import aux, load, vensim, xmile
from xinzhi.engine.program import NA

STEPS = ("0.1", "0.25", "0.3", "1/3", "1")
LAST = 12
Moment = Callable[[Fraction, Fraction], Fraction | bool]


def pulse(first: str, width: str) -> Moment:
    return lambda t, dt: Fraction(first) < t + dt / 2 < Fraction(first) + max(Fraction(width), dt)


def train(first: str, width: str, interval: str, last: str) -> Moment:
    def on(t: Fraction, dt: Fraction) -> bool:
        lasting, since = max(Fraction(width), dt), t + dt / 2 - Fraction(first)
        return (
            since >= 0
            and t <= Fraction(last)
            and (Fraction(interval) <= lasting or since % Fraction(interval) < lasting)
        )

    return on


def step(height: str, first: str) -> Moment:
    return lambda t, dt: Fraction(height) * (t + dt / 2 > Fraction(first))


def ramp(slope: str, first: str, last: str = "99") -> Moment:
    return lambda t, _: Fraction(slope) * (min(t, Fraction(last)) - Fraction(first)) * (t > Fraction(first))


def volume(size: str, first: str, interval: str = "0") -> Moment:
    """XMILE's PULSE: the whole volume within one step."""

    def on(t: Fraction, dt: Fraction) -> Fraction:
        since = t + dt / 2 - Fraction(first)
        once = 0 <= since < dt
        again = Fraction(interval) > 0 and since >= 0 and since % Fraction(interval) < dt
        return Fraction(size) / dt * (once or again)

    return on


VENSIM: dict[str, Moment] = {
    **{f"PULSE({a}, {b})": pulse(a, b) for a, b in (
        ("0", "1"), ("3", "2"), ("3", "0"), ("0.3", "0.6"), ("2.1", "0.01"), ("-5", "7"), ("6", "99"), ("0.7", "2.3"),
    )},
    **{f"PULSE TRAIN({a}, {b}, {c}, {d})": train(a, b, c, d) for a, b, c, d in (
        ("3", "1", "3", "9"), ("1", "1", "2", "3"), ("0", "0", "3", "12"), ("0.3", "0.3", "1.5", "6.3"),
        ("3", "2", "0", "6"), ("2", "4", "3", "8"), ("-4", "1", "3", "5"), ("1", "1", "3", "0"),
    )},
    **{f"STEP({a}, {b})": step(a, b) for a, b in (("2", "0"), ("2", "0.3"), ("-1", "2.1"), ("3", "12"), ("1", "13"))},
    **{f"RAMP({a}, {b}, {c})": ramp(a, b, c) for a, b, c in (("2", "0", "6"), ("1", "0.3", "6.3"), ("1", "3", "12"))},
}  # fmt: skip
XMILE: dict[str, Moment] = {
    **{f"PULSE({a}, {b})": volume(a, b) for a, b in (("20", "0"), ("20", "2.1"), ("7", "12"))},
    **{f"PULSE({a}, {b}, {c})": volume(a, b, c) for a, b, c in (("20", "3", "3"), ("5", "0.3", "1.5"), ("5", "1", "0"))},
    **{f"STEP({a}, {b})": step(a, b) for a, b in (("2", "0"), ("2", "2.1"), ("3", "12"))},
    "RAMP(2, 3)": ramp("2", "3"), "RAMP(2, 0.3, 6.3)": ramp("2", "0.3", "6.3"),
}  # fmt: skip


def path_of(language: str, folder: Path, width: str) -> Path:
    if language == "vensim":
        return vensim(folder, "".join(f"y{i} = {text}\n" for i, text in enumerate(VENSIM)), last=LAST, step=width)
    variables = "".join(aux(f"y{i}", text) for i, text in enumerate(XMILE))
    return xmile(folder, variables, last=LAST, step=str(float(Fraction(width))))


@pytest.mark.parametrize("language", ["vensim", "xmile"])
@pytest.mark.parametrize("width", STEPS)
def test_a_function_of_time_is_the_manual_s_at_every_step_and_in_both_methods(
    language: str, width: str, tmp_path: Path
) -> None:
    model, dt = load(path_of(language, tmp_path, width)), Fraction(width)
    for method in ("euler", "rk4"):
        table = model.run(method=method)
        assert len(table) == LAST / dt + 1
        for i, (text, wanted) in enumerate((VENSIM if language == "vensim" else XMILE).items()):
            truth = [float(wanted(k * dt, dt)) for k in range(len(table))]
            np.testing.assert_allclose(table[f"y{i}"], truth, rtol=1e-9, atol=2e-6, err_msg=f"{text} {method}")


def test_a_pulse_train_still_fires_at_its_end(tmp_path: Path) -> None:
    """Vensim's own values of this model (SDEverywhere, models/pulsetrain): one at 30, none at 30.25."""
    table = load(vensim(tmp_path, "p = PULSE TRAIN(10, 1, 5, 30)", last=40, step="0.25")).run()["p"]
    assert [float(t) for t in table.index[table == 1]] == [
        *(first + quarter / 4 for first in (10, 15, 20, 25) for quarter in range(4)), 30,
    ]  # fmt: skip


def test_what_a_pulse_or_a_step_lets_in_does_not_depend_on_the_method(tmp_path: Path) -> None:
    """They do not change within a step, whatever the method (Vensim reference manual): their integrals are exact."""
    text = (
        "s = INTEG(PULSE(2, 1), 0)\nt = INTEG(STEP(3, 2), 0)\nu = INTEG(PULSE TRAIN(1, 0, 2, 5), 0)\nv = INTEG(Time, 0)"
    )
    euler, rk4 = (load(vensim(tmp_path, text, last=8, step="0.5")).run(method=m) for m in ("euler", "rk4"))
    for name in ("s", "t", "u"):
        assert euler[name].tolist() == pytest.approx(rk4[name].tolist(), abs=1e-12)
    assert rk4["s"].iloc[-1] == pytest.approx(1) and rk4["t"].iloc[-1] == pytest.approx(18)
    assert rk4["v"].iloc[-1] == pytest.approx(32)  # time itself does change within a step
    stella = '<stock name="s"><eqn>0</eqn><inflow>f</inflow></stock><flow name="f"><eqn>PULSE(7, 2)</eqn></flow>'
    assert load(xmile(tmp_path, stella, last=5, step="0.25")).run(method="rk4")["s"].iloc[-1] == pytest.approx(7)


@pytest.mark.parametrize("width", ["0.1", "0.3", "1/3"])
def test_a_series_that_holds_its_values_changes_at_its_points(width: str, tmp_path: Path) -> None:
    """Times are sums of rounded steps: the tenth of 0.1 is 0.9999999999999999, and yet the point at 1 is reached."""
    (tmp_path / "data.csv").write_text("t,0,3,6,9,12\ny,10,11,12,13,14\n")
    text = "".join(
        f"y{i} {keyword} := GET DIRECT DATA('data.csv', ',', '1', 'B2')\n"
        for i, keyword in enumerate((":HOLD BACKWARD:", ":LOOK FORWARD:", ":RAW:", ":INTERPOLATE:"))
    )
    table, dt = load(vensim(tmp_path, text, last=LAST, step=width)).run(), Fraction(width)
    times = [k * dt for k in range(len(table))]
    assert table["y0"].tolist() == [10 + t // 3 for t in times]
    assert table["y1"].tolist() == [10 - (-t // 3) for t in times]
    assert table["y2"][table["y2"] != NA].tolist() == [10, 11, 12, 13, 14]
    np.testing.assert_allclose(table["y3"], [float(10 + t / 3) for t in times])
