"""When a run begins and ends, how long a step is, and which steps are saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from xinzhi.engine.operations import LEAVES, FloatArray, evaluate
from xinzhi.engine.program import CONTROLS, Program
from xinzhi.engine.tables import look_up
from xinzhi.errors import Message, ModelError, Problem, SimulationError, msg

MOST_STEPS = 10_000_000
PRECISION = 1e-5  # of a step: how far a saved or final time may be missed (PySD's rprec)


@dataclass(frozen=True, eq=False)
class Clock:
    """The times of a run.

    ``times`` has shape (steps + 1,), added up step by step as PySD does; ``saved`` are the steps that are saved. Each
    of the four controls is its value, or None where it changes with time.
    """

    initial_time: float | None
    final_time: float | None
    time_step: float | None
    saveper: float | None
    times: FloatArray
    saved: tuple[int, ...]

    @property
    def steps(self) -> int:
        return len(self.times) - 1

    @property
    def saved_times(self) -> FloatArray:
        """The saved times, rounded as PySD rounds them: to a hundred-thousandth of a step."""
        step = self.time_step if self.time_step is not None else float(np.diff(self.times).min(initial=1.0))
        return np.round(self.times[list(self.saved)], -int(np.log10(step * PRECISION)))


def read_clock(program: Program, constants: Mapping[str, float], given: Mapping[str, float]) -> Clock:
    """The clock of a run: the model's own controls, with ``given`` in place of their values.

    Raises `ModelError` where the clock depends on the model's state, `SimulationError` where it cannot run.
    """
    controls = {name: _control(program, constants, given, name) for name in CONTROLS}
    first = controls["initial_time"](0.0)
    fixed = {name: control(first) for name, control in controls.items() if not _moves(program, given, name)}
    if len(fixed) == len(CONTROLS):
        times = _even_times(first, fixed["final_time"], fixed["time_step"], fixed["saveper"])
        delay, step, every = times - first, fixed["time_step"], fixed["saveper"]
        near = (np.mod(delay, every) < step * PRECISION) | (np.mod(-delay, every) < step * PRECISION)
        return Clock(first, fixed["final_time"], step, every, times, tuple(np.flatnonzero(near).tolist()))
    times_, saved = _uneven_times(first, controls)
    return Clock(
        fixed.get("initial_time"), fixed.get("final_time"), fixed.get("time_step"), fixed.get("saveper"), times_, saved
    )


def _even_times(first: float, last: float, step: float, every: float) -> FloatArray:
    sound = all(np.isfinite(value) for value in (first, last, step, every)) and step > 0 and first <= last
    if not sound or every < step * (1 - PRECISION) or (last - first) / step > MOST_STEPS:
        raise _unsound(f"{first:g}", f"{last:g}", f"{step:g}", f"{every:g}")
    steps = max(0, int(np.ceil((last - first) / step - PRECISION)))
    return np.cumsum([first, *[step] * steps])


def _uneven_times(first: float, controls: Mapping[str, Callable[[float], float]]) -> tuple[FloatArray, tuple[int, ...]]:
    time, times, saved = first, [first], list[int]()
    while True:
        step, every = controls["time_step"](time), controls["saveper"](time)
        last = controls["final_time"](time)
        if len(times) > MOST_STEPS or not (step > 0 and np.isfinite([step, every, last]).all()):
            raise _unsound(f"{first:g}", f"{last:g}", f"{step:g}", f"{every:g}")
        delay = time - first
        if every == 0 or delay % every < step * PRECISION or -delay % every < step * PRECISION:
            saved.append(len(times) - 1)
        if time + step * PRECISION >= last:
            return np.array(times), tuple(saved)
        time += step
        times.append(time)


def _unsound(first: str, last: str, step: str, saveper: str) -> SimulationError:
    message = msg(
        "the model's clock is not sound: {first} to {last}, step {step}, saved every {saveper}",
        first=first, last=last, step=step, saveper=saveper,
    )  # fmt: skip
    return SimulationError(
        Problem(None, message, msg("write INITIAL TIME before FINAL TIME, 0 < TIME STEP <= SAVEPER"))
    )


def _state() -> Message:
    return msg("the model's clock must not depend on its state")


def _root(program: Program, name: str) -> int | None:
    return program.controls.get(name, program.controls.get("time_step") if name == "saveper" else None)


def _moves(program: Program, given: Mapping[str, float], name: str) -> bool:
    """Whether a control changes with time."""
    root, seen = _root(program, name), set[int]()
    if name in given or root is None:
        return False
    waiting = [root]
    while waiting:
        number = waiting.pop()
        op, args, param = program.nodes[number]
        if op in ("time", "step_time"):
            return True
        if op == "control" and number not in seen and _moves(program, given, param):
            return True
        if number not in seen:
            seen.add(number)
            waiting.extend(args)
    return False


def _control(
    program: Program, constants: Mapping[str, float], given: Mapping[str, float], name: str, depth: int = 0
) -> Callable[[float], float]:
    """A control as a function of time."""
    root = _root(program, name)
    if name in given:
        return lambda _: float(given[name])
    if root is None or depth > len(CONTROLS):
        raise ModelError(Problem(None, msg('the model has no constant "{name}"', name=name.upper().replace("_", " "))))

    def value(number: int, time: float) -> float:
        op, args, param = program.nodes[number]
        if op == "lit":
            return float(param)
        if op in ("time", "step_time"):
            return time
        if op == "const":
            return float(constants.get(param, program.constants[param]))
        if op == "control":
            return _control(program, constants, given, param, depth + 1)(time)
        if op == "lookup":
            return float(look_up(program.tables[param], value(args[0], time)))
        if op in LEAVES or param is not None:
            raise ModelError(Problem(None, _state()))
        return float(evaluate(op, *(np.float64(value(arg, time)) for arg in args)))

    return lambda time: value(root, time)
