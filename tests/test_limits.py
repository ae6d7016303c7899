"""What a run may take: large models, long runs, memory, clocks that do not end, Ctrl+C; and the three ways to run."""

from __future__ import annotations

import _thread
import copy
import pickle
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engines import load, vensim
from xinzhi.engine import emit_pieces, kernel_pieces, limits, pieces, ways
from xinzhi.engine.compiled import Request, _Prepared
from xinzhi.engine.machine import Machine
from xinzhi.engine.ways import Way
from xinzhi.errors import SimulationError
from xinzhi.model import Model

MIXED = """
    k = 0.3
    w = 2
    sort: a1, a2, a3
    s[sort] = INTEG(in[sort] - s[sort] * k / w, 1)
    in[sort] = 1 + RANDOM UNIFORM(0, 1, 0) * SIN(Time) + p ^ 0.7 * k ^ w
    p = INTEG(p * (k - p / 50), 2)
    tank = INTEG(IF THEN ELSE(Time > 3, -4, 1), 3)
    late = DELAY FIXED(p * w, 2, k)
    slow = DELAY3(p, 2)
    kept = SAMPLE IF TRUE(MODULO(Time, 3) < 0.1, p, k)
    root = SQRT(w - p / 40)
    look = curve(p)
    curve([(0, 0), (10, 20)], (0, 0), (2, 3), (5, 8), (10, 20))
    total = SUM(s[sort!]) + MIN(late, slow) + kept + look
"""


def many(folder: Path, elements: int, **clock: object) -> Path:
    text = f"""
        d: (e1-e{elements})
        s[d] = INTEG(in[d] - s[d] * r, 1)
        in[d] = MIN(s[d] * 0.02, 3) + Time
        r = 0.1
    """
    return vensim(folder, text, **clock)  # type: ignore[arg-type]


def way_of(model: Model) -> set[Way]:
    return {prepared.way for prepared in model.compiled._prepared.values()}


# -- the three ways ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["euler", "rk4"])
@pytest.mark.parametrize("step", ["0.5", "IF THEN ELSE(Time < 4, 0.5, 1)"])
def test_a_model_runs_alike_whole_in_pieces_and_interpreted(
    method: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 7)
    monkeypatch.setattr(emit_pieces, "MODULE", 30)
    model = load(vensim(tmp_path, MIXED, step=step))
    program, clock = model.compiled.program, model.compiled.clock({}, {})
    saved = tuple(dict.fromkeys(model.compiled.labels.values()))
    request = Request(("k", "w"), saved, method, (clock.initial_time, clock.final_time, clock.time_step, clock.saveper))
    rows = np.array([np.linspace(0.1, 0.5, 21), np.linspace(-0.2, 3, 21)])  # negative powers, roots of what is below 0
    values: dict[object, tuple[np.ndarray, np.ndarray]] = {}
    for way in (Way.PIECES, Way.WHOLE, Way.INTERPRETED):
        ready = _Prepared(program, request, clock, None)
        ready.way = way
        values[way] = ready.run(rows, clock, 5, 3, 2, lambda: False)
        if way is Way.PIECES:
            alone = ready.run(rows[:, 10:11], clock, 5, 13, 1, lambda: False)
            np.testing.assert_array_equal(alone[0][:, :, 0], values[way][0][:, :, 10])
            monkeypatch.setattr(kernel_pieces, "STRETCH", 3 * 8 * 50)  # some steps a call
            np.testing.assert_array_equal(ready.run(rows, clock, 5, 3, 1, lambda: False)[0], values[way][0])
            monkeypatch.undo()
    truth, failed = values[Way.INTERPRETED]
    assert 0 < failed.sum() < 21
    for way in (Way.WHOLE, Way.PIECES):
        np.testing.assert_allclose(values[way][0], truth, rtol=1e-11, atol=1e-13)
        np.testing.assert_array_equal(values[way][1], failed)


def test_a_step_of_runge_kutta_is_as_long_as_at_its_beginning(tmp_path: Path) -> None:
    table = load(vensim(tmp_path, "s = INTEG(s * 0.3, 1)", last=4, step="IF THEN ELSE(Time < 2, 0.5, 1)")).run(
        method="rk4"
    )
    growth = [1 + h + h**2 / 2 + h**3 / 6 + h**4 / 24 for h in (0.15, 0.15, 0.15, 0.15, 0.3, 0.3)]
    np.testing.assert_allclose(table["s"], np.cumprod([1, *growth]), rtol=1e-14)


def test_a_single_run_of_a_large_model_is_interpreted_and_equals_a_row_of_an_ensemble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XINZHI_ENGINE", raising=False)
    monkeypatch.setattr(ways, "PATIENCE", 0.1)
    monkeypatch.setattr(ways, "WHOLE_OPERATIONS", 500)
    model = load(many(tmp_path, 150))
    one = model.run({"r": 0.2})
    assert way_of(model) == {Way.INTERPRETED}
    members = model.run_ensemble({"r": [0.1, 0.2]}, save=list(one))
    assert way_of(model) == {Way.INTERPRETED, Way.PIECES}
    assert model.run_ensemble({"r": [0.2]}, save=list(one)).identical(members.isel(run=[1]).assign_coords(run=[0]))
    for name in one:
        np.testing.assert_allclose(members[name][1], one[name], rtol=1e-13)


def test_code_grows_in_step_with_the_model(tmp_path: Path) -> None:
    """Each text is bounded, so compiling time is a sum over texts; bench_compile.py measures it."""
    sizes = []
    for elements in (700, 1400):
        model = load(many(tmp_path, elements))
        clock = model.compiled.clock({}, {})
        saved = tuple(dict.fromkeys(model.compiled.labels.values()))
        ready = _Prepared(model.compiled.program, Request(("r",), saved, "euler", (0.0, 10.0, 1.0, 1.0)), clock, None)
        assert ready.way is Way.PIECES
        made = emit_pieces.emit_pieces(ready.strict_plan, Machine(8, "portable"), method="euler", guards=None)
        assert max(text.count("\n  %v") for text in made.texts) < 12 * emit_pieces.MODULE
        sizes.append(sum(map(len, made.texts)))
    assert sizes[1] < 2.1 * sizes[0]


def test_squares_of_squares_and_chains_of_products_are_prepared_soon(tmp_path: Path) -> None:
    squares = "y0 = 1 + s / 1e12\n" + "\n".join(f"y{i} = y{i - 1} * y{i - 1}" for i in range(1, 41))
    model = load(vensim(tmp_path, f"s = INTEG(0.1 * s, 1)\n{squares}\nz = (y40 * 1.5) ^ 0.3", last=2))
    np.testing.assert_allclose(model.run(save="z")["z"].iloc[0], (1.5 * np.exp(2.0**40 * 1e-12)) ** 0.3, rtol=1e-3)
    chain = "\n".join(f"x{i} = x{i - 1} * (1 + s / 1{i:04})" for i in range(1, 1500))
    run = load(vensim(tmp_path, f"s = INTEG(0.1 * s, 1)\nx0 = s\n{chain}", last=1)).run(save="x1499")
    truth = np.prod([1 + 1 / float(f"1{i:04}") for i in range(1, 1500)])
    np.testing.assert_allclose(run["x1499"].iloc[0], truth, rtol=1e-12)


def test_ten_thousand_elements_run_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XINZHI_ENGINE", raising=False)
    model = load(many(tmp_path, 5_000, last=5))
    began = time.process_time()
    table = model.run()
    assert time.process_time() - began < 10  # a second on a quiet machine
    assert way_of(model) == {Way.INTERPRETED} and table["s[e5000]"].iloc[1] == pytest.approx(1 + 0.02 - 0.1)


# -- what is refused ---------------------------------------------------------------------------------------------------


CLOCKS: dict[str, tuple[dict[str, object], str]] = {
    "a million millions": ({"last": 1e12}, "would have 1e+12 steps; at most 10,000,000 are possible"),
    "no end": ({"last": "Time + 10"}, "does not end within 10,000,000 steps"),
    "steps that stand still": ({"last": 2e17, "step": "1 + 0 * Time"}, "does not end within 10,000,000 steps"),
    "steps below the last bit": ({"first": 2e17, "last": 2e17 + 1000}, "time stands still"),
    "a moving step below it": ({"first": 2e17, "last": 2e17 + 1000, "step": "1 + 0 * Time"}, "time stands still"),
    "a step of zero": ({"step": "0"}, "clock is not sound"),
    "a step that becomes zero": ({"step": "MAX(0, 3 - Time)"}, "clock is not sound"),
    "a step that always changes": ({"last": 3e9, "step": "1 + Time / 1e9"}, "changes more than 100 times"),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_clock_that_cannot_end_is_refused_soon_in_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinzhi.engine.clock.MOST_PACES", 100)
    settings, says = CLOCKS[name]
    model = load(vensim(tmp_path, "y = Time", **settings))  # type: ignore[arg-type]
    began = time.process_time()
    with pytest.raises(SimulationError, match=says.replace("+", r"\+")) as caught:
        model.run()
    assert time.process_time() - began < 10 and len(caught.value.problems) == 1


def test_a_step_that_changes_is_that_of_adding_one_after_another(tmp_path: Path) -> None:
    step = "IF THEN ELSE(Time < 3, 0.125, IF THEN ELSE(Time < 50, 1 + Time / 100, 0.3))"
    times = load(vensim(tmp_path, "y = Time", last=200, step=step)).run()["y"]
    wanted = [0.0]
    while wanted[-1] < 200 - 1e-5:
        now = wanted[-1]
        wanted.append(now + (0.125 if now < 3 else 1 + now / 100 if now < 50 else 0.3))
    np.testing.assert_allclose(times, wanted, rtol=1e-15)


def test_a_run_that_does_not_fit_into_memory_is_refused_before_it_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load(vensim(tmp_path, "s = INTEG(1, k)\nk = 1"))
    monkeypatch.setattr(limits, "free_memory", lambda: 1_000_000)
    monkeypatch.setattr(limits, "SMALL", 100_000)
    says = "1 saved values x 1,000,001 times x 1 members and needs .* GB of memory; 0.0 GB are free; save fewer"
    with pytest.raises(SimulationError, match=says):
        model.run(final_time=1e6, save="s")
    assert model.run(final_time=1e4, saveper=100, save="s").shape == (101, 1)
    with pytest.raises(SimulationError, match="run fewer members at a time"):
        model.run_ensemble({"k": np.zeros(10_000)}, save="s")


def test_memory_that_runs_out_all_the_same_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_left(*_: object) -> None:
        raise MemoryError

    model = load(vensim(tmp_path, "s = INTEG(1, 1)"))
    monkeypatch.setattr(_Prepared, "run", nothing_left)
    with pytest.raises(SimulationError, match="needs more memory than is free; save fewer variables"):
        model.run()


def test_the_free_memory_of_this_machine_is_known() -> None:
    free = limits.free_memory()
    assert free is not None and 2**20 < free < 2**50


def test_more_operations_than_can_be_prepared_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_OPERATIONS", 1_000)
    model = load(many(tmp_path, 400))
    with pytest.raises(SimulationError, match="at most 1,000 are possible; save fewer variables"):
        model.run()
    assert model.run(save="s[e7]").shape == (11, 1)


def test_a_long_run_keeps_little_but_what_it_saves(tmp_path: Path) -> None:
    model = load(vensim(tmp_path, "s = INTEG(1, 0)\ny = Time + 1\nlate = DELAY FIXED(s, 2, 0)"))
    table = model.run(final_time=300_000, save=["s", "y", "late"])
    assert way_of(model) == {Way.PIECES}
    np.testing.assert_array_equal(table["s"], np.arange(300_001.0))
    np.testing.assert_array_equal(table["y"], np.arange(1.0, 300_002.0))
    np.testing.assert_array_equal(table["late"].iloc[2:], np.arange(299_999.0))


def test_the_lag_of_a_fixed_delay_is_that_of_the_start_where_the_pace_changes(tmp_path: Path) -> None:
    text, step = "late = DELAY FIXED(Time * k, 2, 0)\nk = 1", "IF THEN ELSE(Time < 4, 0.5, 1)"
    late = load(vensim(tmp_path, text, step=step)).run()["late"]
    np.testing.assert_array_equal(late, [0, 0, 0, 0, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6])


# -- Ctrl+C ------------------------------------------------------------------------------------------------------------

LONG: dict[str, Callable[[Model], object]] = {
    "a long run": lambda model: model.run(save="s[e1]", final_time=9e6, saveper=1e6),
    "many members": lambda model: model.run_ensemble(
        {"r": np.full(20_000, 0.1)}, final_time=1e5, saveper=1e5, save="s[e1]", threads=2
    ),
    "a large model compiled": lambda model: model.run_ensemble({"r": [0.1]}),
    "a large model interpreted": lambda model: model.run(final_time=1e5, saveper=1e5),
}


@pytest.mark.parametrize("what", LONG)
def test_ctrl_c_is_heard_within_a_moment(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XINZHI_ENGINE", raising=False)
    model = load(many(tmp_path, 6_000 if "large" in what else 60))
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.process_time())
        _thread.interrupt_main()

    timer = threading.Timer(1.5, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        LONG[what](model)
        timer.join()
        time.sleep(1)  # it ended before
    assert pressed and time.process_time() - pressed[0] < 2  # half a second on a quiet machine


# -- the times that are saved ------------------------------------------------------------------------------------------

NOT_SAVED = "FINAL TIME 10 is not saved: the last time that is saved is"
TIMES: dict[tuple[str, str], tuple[list[float], list[str]]] = {
    ("0.5", "2"): ([0, 2, 4, 6, 8, 10], []),
    ("0.1", "2.5"): ([0, 2.5, 5, 7.5, 10], []),
    ("0.3", "1"): (
        [0, 0.9, 2.1, 3, 3.9, 5.1, 6, 6.9, 8.1, 9, 9.9],
        ["SAVEPER 1 is no multiple of TIME STEP 0.3", "no step ends at FINAL TIME 10: the run ends at 10.2"],
    ),
    ("0.4", "1"): ([0, 1.2, 2, 3.2, 4, 5.2, 6, 7.2, 8, 9.2, 10], ["SAVEPER 1 is no multiple of TIME STEP 0.4"]),
    ("0.5", "3"): ([0, 3, 6, 9], [f"{NOT_SAVED} 9"]),
    ("4", "4"): ([0, 4, 8, 12], ["no step ends at FINAL TIME 10: the run ends at 12"]),
}


@pytest.mark.parametrize(("step", "saveper"), TIMES)
def test_every_time_that_is_asked_for_has_a_row_and_what_differs_is_told(
    step: str, saveper: str, tmp_path: Path
) -> None:
    times, notes = TIMES[step, saveper]
    model = load(vensim(tmp_path, "y = Time", step=step, saveper=saveper))
    table = model.run()
    assert table.index.tolist() == times
    np.testing.assert_allclose(table["y"], times, rtol=1e-14)
    told = [str(note) for note in table.attrs.get("times", ())]
    assert len(told) == len(notes) and all(said.startswith(note) for said, note in zip(told, notes, strict=True))
    assert table.attrs["notes"] == told
    other = load(vensim(tmp_path, "y = Time + k\nk = 0"))
    ensemble = other.run_ensemble({"k": [0, 1]}, save="y", time_step=float(step), saveper=float(saveper))
    assert ensemble["time"].to_numpy().tolist() == times
    assert ensemble.attrs.get("times", "") == "; ".join(told)


def test_a_steady_interval_over_a_changing_pace_has_the_nearest_steps(tmp_path: Path) -> None:
    table = load(vensim(tmp_path, "y = Time", step="IF THEN ELSE(Time < 4, 0.5, 1.5)", saveper="1")).run()
    assert table.index.tolist() == [0, 1, 2, 3, 4, 5.5, 7, 8.5, 10]
    assert str(table.attrs["times"][0]).startswith("SAVEPER 1 is no multiple of a TIME STEP that changes")


def test_a_pace_that_skips_final_time_is_told_too(tmp_path: Path) -> None:
    model = load(vensim(tmp_path, "y = Time", step="IF THEN ELSE(Time < 4, 1, 4)", saveper="4"))
    table = model.run()
    assert table.index.tolist() == [0, 4, 8, 12]
    assert [str(note) for note in table.attrs["times"]] == ["no step ends at FINAL TIME 10: the run ends at 12"]


# -- faults ------------------------------------------------------------------------------------------------------------

FAULTS = {
    "ln0 = LN(0)": '"ln0" is infinite at 0',
    "x = 1e308 * 10": '"x" is infinite at 0',
    "x = 1e308 * 10\na = x - x": '"x" is infinite at 0',
    "x = k * 1e308\nk = 10\na = x - x": '"x" is infinite at 0',
    "r = SQRT(-1)": '"r" is not a number at 0',
    "z = 0 * LN(Time - 5)": '"z" is not a number at 0',
    "s = INTEG(s * s, 10)\na = MIN(s, 1)": '"s" is infinite at 9',
    "d = DELAY3(big, 2)\nbig = IF THEN ELSE(Time < 4, 1, 1 / (Time - 4))\na = big * 0": '"big" is infinite at 4',
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_names_its_first_cause_at_its_first_time(text: str, tmp_path: Path) -> None:
    model = load(vensim(tmp_path, text))
    assert str(model.run().attrs["fault"]) == FAULTS[text]


def test_what_is_told_of_a_run_goes_wherever_its_table_goes(tmp_path: Path) -> None:
    """Parquet keeps a table's attributes as JSON: a message was none, and a run that said something could not be kept."""
    table = load(vensim(tmp_path, "ln0 = LN(0)", step="0.3", saveper="1")).run()
    table.to_parquet(tmp_path / "table.parquet")
    kept = pd.read_parquet(tmp_path / "table.parquet").attrs
    assert kept == table.attrs == pickle.loads(pickle.dumps(table)).attrs
    assert kept["fault"] == '"ln0" is infinite at 0' and kept["times"][0].startswith("SAVEPER 1 is no multiple of")
    assert copy.deepcopy(table.attrs["fault"]).message == table.attrs["fault"].message


def test_a_fault_in_a_variable_that_nobody_saves_has_a_name(tmp_path: Path) -> None:
    model = load(vensim(tmp_path, "k = 1\ns = INTEG(SMOOTH3(1e308 * 10 ^ (Time * k), 2) * 0, 1)\ny = MIN(1, s)"))
    result = model.run_ensemble({"k": [0.0, 1.0]}, save="y")
    assert result["failed"].to_numpy().tolist() == [False, True]
    assert result["bad_variable"][1] and result["bad_time"][1] > 0
