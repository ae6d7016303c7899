"""Functions of the equations, as operations: what Vensim and Stella call them is PySD's parser's to know.

Each is a `lowering.Build`, by PySD's name for the call. The meanings are those of PySD's ``functions.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from xinzhi.engine.lowering import Build, Lowering
from xinzhi.engine.scope import Ast, Frame, problem
from xinzhi.errors import msg

SMALL = 1e-6  # what Vensim takes for zero
MISSED = 1e-3  # of a step: how far the sum of all steps may miss a moment


def operation(op: str, count: int) -> Build:
    """A function of ``count`` values that is one operation of `operations.FUNCTIONS`."""

    def build(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
        return low.graph.op(op, *low.arguments(call, frame, start, op, count))

    return build


def composed(name: str, count: int, make: Callable[..., int]) -> Build:
    """A function of ``count`` values that is made of other operations: ``make(graph, *values)``."""

    def build(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
        return make(low.graph, *low.arguments(call, frame, start, name, count))

    return build


def zidz(g: Any, numerator: int, denominator: int) -> int:
    return xidz(g, numerator, denominator, g.lit(0))


def xidz(g: Any, numerator: int, denominator: int, otherwise: int) -> int:
    small = g.op("lt", g.op("abs", denominator), g.lit(SMALL))
    return int(g.op("select", small, otherwise, g.op("div", numerator, denominator)))


def quantum(g: Any, a: int, b: int) -> int:
    """``a`` itself where ``b`` is not positive (Vensim reference manual, QUANTUM)."""
    return int(g.op("select", g.op("le", b, g.lit(0)), a, _whole(g, a, b)))


def _whole(g: Any, a: int, b: int) -> int:
    return int(g.op("mul", b, g.op("trunc", g.op("div", a, b))))


def _modulo(g: Any, a: int, b: int) -> int:
    """The remainder with the sign of ``a``, as in C (Vensim reference manual, MODULO); 0 where ``b`` is 0."""
    rest = g.op("sub", a, _whole(g, a, b))
    return int(g.op("select", g.op("eq", b, g.lit(0)), g.op("sub", a, a), rest))


def _log(g: Any, a: int, base: int) -> int:
    return int(g.op("div", g.op("log", a), g.op("log", base)))


def _timed(name: str, counts: tuple[int, ...], make: Callable[..., int], *, held: bool = True) -> Build:
    """A function of time: ``make(graph, time, time_step, *values)``.

    ``held``: the time is that of the step's beginning, also half-way and at the end of a Runge-Kutta step (Vensim
    reference manual, PULSE, STEP, RAMP: "does not change except at TIME STEP intervals").
    """

    def build(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
        values = low.arguments(call, frame, start, name, *counts)
        time = low.reference_name(low.main, "time", (), start)
        if held and not start:
            time = low.graph.node("step_time")
        return make(low.graph, time, low.time_step(start), *values)

    return build


def _ramp(g: Any, time: int, _step: int, slope: int, first: int, last: int | None = None) -> int:
    final = time if last is None else g.op("min", last, time)
    begun = g.op("gt", g.op("add", time, g.lit(SMALL)), first)
    return int(g.op("mul", g.op("mul", begun, slope), g.op("sub", final, first)))


def _half_a_step_on(g: Any, time: int, step: int) -> int:
    """Vensim's "time plus": a moment is compared with the middle of a step, so that no rounding of a time counts."""
    return int(g.op("add", time, g.op("div", step, g.lit(2))))


def _at_least_a_step(g: Any, width: int, step: int) -> int:
    """Width 0 is one step (Vensim reference manual, PULSE), and what is narrower lasts one too (PULSE TRAIN)."""
    return int(g.op("max", width, step))


def _step(g: Any, time: int, step: int, height: int, first: int) -> int:
    return int(g.op("mul", height, g.op("gt", _half_a_step_on(g, time, step), first)))


def _pulse(g: Any, time: int, step: int, first: int, width: int) -> int:
    moment = _half_a_step_on(g, time, step)
    before_end = g.op("lt", moment, g.op("add", first, _at_least_a_step(g, width, step)))
    return int(g.op("and", g.op("gt", moment, first), before_end))


def _xpulse(g: Any, time: int, step: int, first: int, magnitude: int) -> int:
    return int(g.op("mul", _once(g, _half_a_step_on(g, time, step), first, step), g.op("div", magnitude, step)))


def _once(g: Any, moment: int, first: int, step: int) -> int:
    return int(g.op("and", g.op("ge", moment, first), g.op("lt", moment, g.op("add", first, step))))


def _pulse_train(g: Any, time: int, step: int, first: int, interval: int, width: int, last: int) -> int:
    """The last moment is still of the train (Vensim's own values: SDEverywhere, models/pulsetrain)."""
    ended = g.op("gt", time, g.op("add", last, g.op("mul", g.lit(MISSED), step)))
    on = _train(g, _half_a_step_on(g, time, step), first, interval, _at_least_a_step(g, width, step))
    return int(g.op("and", g.op("not", ended), on))


def _xpulse_train(g: Any, time: int, step: int, first: int, interval: int, magnitude: int) -> int:
    """One step wide; an interval of 0 is a single pulse (XMILE 1.0, PULSE)."""
    moment = _half_a_step_on(g, time, step)
    once, many = _once(g, moment, first, step), _train(g, moment, first, interval, step)
    on = g.op("select", g.op("eq", interval, g.lit(0)), once, many)
    return int(g.op("mul", on, g.op("div", magnitude, step)))


def _train(g: Any, moment: int, first: int, interval: int, width: int) -> int:
    """Pulses that are as long as the time between them are one."""
    within = g.op("lt", g.op("mod", g.op("sub", moment, first), interval), width)
    return int(g.op("and", g.op("ge", moment, first), g.op("or", g.op("le", interval, width), within)))


def _if_then_else(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
    """A condition on subscripts is known here: what it leaves aside has no part in the program."""
    if len(call.arguments) != 3:
        low.arguments(call, frame, start, "if_then_else", 3)
    asked, yes, no = call.arguments
    condition = low.expression(asked, frame, start)
    known = low.graph.value(condition)
    if known is not None:
        taken, left = (yes, no) if known != 0 else (no, yes)
        low.unused(left, frame, start)
        return low.expression(taken, frame, start)
    return low.graph.op("select", condition, *(low.expression(value, frame, start) for value in (yes, no)))


def _active_initial(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
    return low.expression(call.arguments[1 if start else 0], frame, start)


def _pi(low: Lowering, _call: Ast, _frame: Frame, _start: bool) -> int:
    return low.graph.lit(math.pi)


def _get_time_value(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
    """The time plus an offset: what PySD knows of GET TIME VALUE that does not depend on today's date."""
    relative_to, offset, measure = low.arguments(call, frame, start, "get_time_value", 3)
    if low.graph.value(relative_to) != 0 or low.graph.value(measure) != 0:
        raise problem(
            frame.scope, frame.variable, msg("GET TIME VALUE is supported for model time in model units only (0, …, 0)")
        )
    return low.graph.op("add", low.reference_name(low.main, "time", (), start), offset)


def _incomplete(low: Lowering, _call: Ast, _frame: Frame, _start: bool) -> int:
    return low.graph.lit(math.nan)


def _game(low: Lowering, game: Ast, frame: Frame, start: bool) -> int:
    return low.expression(game.expression, frame, start)


FUNCTIONS: dict[str, Build] = {
    **{
        name: operation(op, count)
        for name, op, count in (
            ("abs", "abs", 1), ("exp", "exp", 1), ("ln", "log", 1), ("sqrt", "sqrt", 1), ("sin", "sin", 1),
            ("cos", "cos", 1), ("tan", "tan", 1), ("arcsin", "asin", 1), ("arccos", "acos", 1), ("arctan", "atan", 1),
            ("sinh", "sinh", 1), ("cosh", "cosh", 1), ("tanh", "tanh", 1), ("integer", "trunc", 1), ("min", "min", 2),
            ("max", "max", 2), ("Xint", "floor", 1), ("power", "pow", 2),
        )
    },
    "if_then_else": _if_then_else,
    "pi": _pi,
    "log": composed("log", 2, _log),
    "log10": composed("log10", 1, lambda g, a: _log(g, a, g.lit(10))),
    "modulo": composed("modulo", 2, _modulo),
    "quantum": composed("quantum", 2, quantum),
    "zidz": composed("zidz", 2, zidz),
    "xidz": composed("xidz", 3, xidz),
    "step": _timed("step", (2,), _step),
    "ramp": _timed("ramp", (3,), _ramp),
    "Xramp": _timed("ramp", (2,), _ramp, held=False),
    "pulse": _timed("pulse", (2,), _pulse),
    "Xpulse": _timed("pulse", (2,), _xpulse),
    "pulse_train": _timed("pulse_train", (4,), _pulse_train),
    "Xpulse_train": _timed("pulse", (3,), _xpulse_train),
    "active_initial": _active_initial,
    "get_time_value": _get_time_value,
    "a_function_of": _incomplete,
    "GameStructure": _game,
}  # fmt: skip
