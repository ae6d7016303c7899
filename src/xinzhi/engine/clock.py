"""When a run begins and ends, how long a step is, and which steps are saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xinzhi.engine.lookup_tables import look_up
from xinzhi.engine.operations import LEAVES, FloatArray, evaluate
from xinzhi.engine.program import CONTROLS, Program
from xinzhi.errors import Message, ModelError, Problem, SimulationError, msg

MOST_STEPS = 10_000_000
MOST_PACES = 100_000  # changes of a moving TIME STEP: each costs a tenth of a millisecond
PRECISION = 1e-5  # of a step: how far a saved or final time may be missed (PySD's rprec)
_STRETCH = 4096  # steps that are tried at once with the pace of the first, at the beginning
IntArray = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, eq=False)
class Clock:
    """The times of a run.

    ``times`` has shape (steps + 1,), added up step by step as PySD does; ``saved`` are the steps that are saved, in
    order. Each of the four controls is its value, or None where it changes with time. ``notes`` say where the times are
    not those that were asked for.
    """

    initial_time: float | None
    final_time: float | None
    time_step: float | None
    saveper: float | None
    times: FloatArray
    saved: IntArray
    notes: tuple[Message, ...] = ()

    @property
    def steps(self) -> int:
        return len(self.times) - 1

    @property
    def saved_times(self) -> FloatArray:
        """The saved times, rounded as PySD rounds them: to a hundred-thousandth of a step."""
        step = self.time_step if self.time_step is not None else float(np.diff(self.times).min(initial=1.0))
        return np.round(self.times[self.saved], -int(np.log10(step * PRECISION)))


def read_clock(program: Program, constants: Mapping[str, float], chosen: Mapping[str, float]) -> Clock:
    """The clock of a run: the model's own controls, with ``chosen`` in place of their values.

    Raises `ModelError` where the clock depends on the model's state, `SimulationError` where it cannot run.
    """
    controls = {name: _control(program, constants, chosen, name) for name in CONTROLS}
    first = _number(controls["initial_time"], 0.0)
    moving = {name: _moves(program, chosen, name) for name in CONTROLS}
    fixed = {name: None if moving[name] else _number(control, first) for name, control in controls.items()}
    last, step, every = fixed["final_time"], fixed["time_step"], fixed["saveper"]
    if last is not None and step is not None and every is not None:
        times = _even_times(first, last, step, every)
        saved, notes = _evenly_saved(times, last, step, every)
        return Clock(first, last, step, every, times, saved, notes)
    times = _uneven_times(first, controls, step)
    saved, skipped = _unevenly_saved(times, controls, every)
    ended = _note_of_the_end(times, saved, _number(controls["final_time"], times[-1]))
    return Clock(fixed["initial_time"], last, step, every, times, saved, (*skipped, *ended))


# -- a clock with a steady pace ----------------------------------------------------------------------------------------


def _even_times(first: float, last: float, step: float, every: float) -> FloatArray:
    sound = all(np.isfinite(value) for value in (first, last, step, every)) and step > 0 and first <= last
    if not sound or every < step * (1 - PRECISION):
        raise _unsound(first, last, step, every)
    if (last - first) / step > MOST_STEPS:
        raise _too_many((last - first) / step)
    steps = max(0, int(np.ceil((last - first) / step - PRECISION)))
    times = np.cumsum(np.concatenate([[first], np.full(steps, step)]))
    if not (np.diff(times) > 0).all():
        raise _stands(first, step)
    return times


def _evenly_saved(times: FloatArray, last: float, step: float, every: float) -> tuple[IntArray, tuple[Message, ...]]:
    """The steps at multiples of SAVEPER; where TIME STEP does not divide it, the steps nearest to them."""
    delay = times - times[0]
    near = (np.mod(delay, every) < step * PRECISION) | (np.mod(-delay, every) < step * PRECISION)
    saved, notes = np.flatnonzero(near), list[Message]()
    wanted = int(np.floor(delay[-1] / every + PRECISION)) + 1
    if len(saved) < wanted:
        targets = np.arange(wanted) * every
        saved = np.unique(np.minimum(np.floor(targets / step + 0.5 + PRECISION), len(times) - 1).astype(np.int64))
        notes.append(
            msg(
                "SAVEPER {every} is no multiple of TIME STEP {step}: what is saved is the step nearest to each time",
                every=f"{every:g}", step=f"{step:g}",
            )
        )  # fmt: skip
    return saved, (*notes, *_note_of_the_end(times, saved, last))


def _note_of_the_end(times: FloatArray, saved: IntArray, last: float) -> list[Message]:
    """Where no row is at FINAL TIME: the run ends after it, or the last row comes before it."""
    smallest = float(np.diff(times).min(initial=1.0)) * PRECISION
    if times[-1] - last > smallest:
        return [
            msg(
                "no step ends at FINAL TIME {last}: the run ends at {time}",
                last=f"{last:g}", time=f"{times[-1]:.10g}",
            )
        ]  # fmt: skip
    if not len(saved) or last - times[saved[-1]] > smallest:
        time = f"{times[saved[-1]]:.10g}" if len(saved) else "-"
        return [
            msg("FINAL TIME {last} is not saved: the last time that is saved is {time}", last=f"{last:g}", time=time)
        ]
    return []


# -- a clock that changes its pace -------------------------------------------------------------------------------------


def _uneven_times(first: float, controls: Mapping[str, _Control], steady: float | None) -> FloatArray:
    """Times, added up step by step: many steps are tried with one pace, and stand as far as it holds."""
    parts, time, count, paces, tried = [np.array([first])], first, 0, 0, _STRETCH
    step = _step(first, first, controls)
    while True:
        times = np.cumsum(np.concatenate([[time], np.full(tried, step)]))
        last = np.broadcast_to(controls["final_time"](times), times.shape)
        if not np.isfinite(last).all():
            raise _unsound(first, float(last[~np.isfinite(last)][0]), step, _number(controls["saveper"], time))
        over = np.flatnonzero(times + step * PRECISION >= last)
        holds = len(times) - 1
        if steady is None:
            paced = np.broadcast_to(controls["time_step"](times), times.shape)
            changed = np.flatnonzero(paced[1:] != step)
            holds = int(changed[0]) + 1 if len(changed) else holds
        ended = len(over) and over[0] < holds + (holds == len(times) - 1)
        stands = int(over[0]) if ended else holds
        parts.append(times[1 : stands + 1])
        count += stands
        if count > MOST_STEPS:
            raise _too_many(None)
        if paces > MOST_PACES:
            raise _too_many_paces()
        if ended:
            return np.concatenate(parts)
        if times[1] <= time:
            raise _stands(time, step)
        time, tried = float(times[stands]), min(2 * tried, 2**20) if stands == tried else max(1, min(2 * stands, tried))
        paces += stands < len(times) - 1
        step = _step(first, time, controls)


def _step(first: float, time: float, controls: Mapping[str, _Control]) -> float:
    step, every, last = (_number(controls[name], time) for name in ("time_step", "saveper", "final_time"))
    if not (step > 0 and np.isfinite([step, every, last]).all()):
        raise _unsound(first, last, step, every)
    return step


def _unevenly_saved(
    times: FloatArray, controls: Mapping[str, _Control], steady: float | None
) -> tuple[IntArray, list[Message]]:
    """The steps at multiples of SAVEPER, and all where it is no longer than a step; the nearest where it is steady."""
    step, every, delay = controls["time_step"](times), controls["saveper"](times), times - times[0]
    if not np.isfinite(every).all():
        raise _unsound(times[0], times[-1], _number(controls["time_step"], times[0]), float(np.max(every)))
    with np.errstate(all="ignore"):
        near = (np.mod(delay, every) < step * PRECISION) | (np.mod(-delay, every) < step * PRECISION)
    near |= np.asarray(every) <= step * (1 + PRECISION)
    saved = np.flatnonzero(np.broadcast_to(near, times.shape))
    if not steady or len(saved) > delay[-1] / steady - PRECISION:
        return saved, []
    targets = np.arange(0, delay[-1] + steady * PRECISION, steady)
    after = np.clip(np.searchsorted(delay, targets), 1, len(times) - 1)
    nearest = after - (targets - delay[after - 1] < delay[after] - targets)
    note = msg(
        "SAVEPER {every} is no multiple of a TIME STEP that changes: what is saved is the step nearest to each time",
        every=f"{steady:g}",
    )
    return np.union1d(saved, nearest), [note]


# -- what is refused ---------------------------------------------------------------------------------------------------


def _unsound(first: float, last: float, step: float, saveper: float) -> SimulationError:
    message = msg(
        "the model's clock is not sound: {first} to {last}, step {step}, saved every {saveper}",
        first=f"{first:g}", last=f"{last:g}", step=f"{step:g}", saveper=f"{saveper:g}",
    )  # fmt: skip
    return SimulationError(
        Problem(None, message, msg("write INITIAL TIME before FINAL TIME, 0 < TIME STEP <= SAVEPER"))
    )


def _too_many(steps: float | None) -> SimulationError:
    """More steps than a run may have; None where nobody knows how many it would be."""
    message = (
        msg("the run does not end within {most} steps", most=f"{MOST_STEPS:,}")
        if steps is None
        else msg("the run would have {steps} steps; at most {most} are possible", steps=f"{steps:.3g}",
                 most=f"{MOST_STEPS:,}")
    )  # fmt: skip
    return SimulationError(Problem(None, message, msg("make TIME STEP larger or FINAL TIME smaller")))


def _too_many_paces() -> SimulationError:
    message = msg("TIME STEP changes more than {most} times within the run", most=f"{MOST_PACES:,}")
    return SimulationError(Problem(None, message, msg("make TIME STEP a number, or FINAL TIME smaller")))


def _stands(time: float, step: float) -> SimulationError:
    message = msg("time stands still: {time} plus a step of {step} is the same number", time=f"{time:g}",
                  step=f"{step:g}")  # fmt: skip
    return SimulationError(Problem(None, message, msg("make TIME STEP larger, or count time from another year")))


def _state() -> Message:
    return msg("the model's clock must not depend on its state")


# -- the controls ------------------------------------------------------------------------------------------------------

_Control = Callable[[Any], Any]
"""A control as a function of time, a number or an array."""


def _number(control: _Control, time: float) -> float:
    return float(np.ravel(control(time))[0])


def _root(program: Program, name: str) -> int | None:
    return program.controls.get(name, program.controls.get("time_step") if name == "saveper" else None)


def _moves(program: Program, controls: Mapping[str, float], name: str) -> bool:
    """Whether a control changes with time."""
    root, seen = _root(program, name), set[int]()
    if name in controls or root is None:
        return False
    waiting = [root]
    while waiting:
        number = waiting.pop()
        op, args, param = program.nodes[number]
        if op in ("time", "step_time"):
            return True
        if op == "control" and number not in seen and _moves(program, controls, param):
            return True
        if number not in seen:
            seen.add(number)
            waiting.extend(args)
    return False


def _control(
    program: Program, constants: Mapping[str, float], controls: Mapping[str, float], name: str, depth: int = 0
) -> _Control:
    """A control as a function of time."""
    root = _root(program, name)
    if name in controls:
        return lambda _: float(controls[name])
    if root is None or depth > len(CONTROLS):
        raise ModelError(Problem(None, msg('the model has no constant "{name}"', name=name.upper().replace("_", " "))))

    def value(number: int, time: Any) -> Any:
        op, args, param = program.nodes[number]
        if op == "lit":
            return float(param)
        if op in ("time", "step_time"):
            return time
        if op == "const":
            return float(constants.get(param, program.constants[param]))
        if op == "control":
            return _control(program, constants, controls, param, depth + 1)(time)
        if op == "lookup":
            return look_up(program.tables[param], value(args[0], time))
        if op in LEAVES or param is not None:
            raise ModelError(Problem(None, _state()))
        return evaluate(op, *(np.asarray(value(arg, time), dtype=np.float64) for arg in args))

    return lambda time: value(root, time)
