"""Which way a request runs: one kernel, a kernel in pieces, or the interpreter.

The choice depends on the request alone, never on what is kept, nor on how many members there are: so a member has the
same bits in any company.
"""

from __future__ import annotations

from enum import Enum

from xinzhi.engine.clock import Clock
from xinzhi.engine.interpret import Interpreter
from xinzhi.engine.plan import AT_ONCE, Plan

WHOLE_OPERATIONS = 5_000  # beyond, one function takes seconds to compile: its time grows with the square
WHOLE_ALIVE = 1_250  # values that one function may keep to its end, for the same reason
WHOLE_WORK = 3_000_000_000  # operations on a member in one call, beyond which Ctrl-C would wait for it
MOST_COMPILED = 200_000  # operations: beyond, compiling would take minutes
LANES = 16

COMPILING = 3e-4  # seconds an operation
CALLING = 3e-6  # seconds a call of NumPy
COMPUTING = 3e-9  # seconds an operation on a member by NumPy
PATIENCE = 2.0  # seconds of compiling that a single run may cost


class Way(Enum):
    """How a request runs."""

    WHOLE = "one function"
    PIECES = "a kernel in pieces"
    INTERPRETED = "the interpreter"


def choose(plan: Plan, clock: Clock, method: str, *, once: bool) -> Way:
    """The way of a plan as the model has it; ``once``: a single run, which compiling must not cost too much."""
    operations = len(plan.prologue) + len(plan.step) + len(plan.save)
    if operations > MOST_COMPILED:
        return Way.INTERPRETED
    compiling = COMPILING * operations
    if once and compiling > PATIENCE and interpreting(plan, clock, method) < compiling:
        return Way.INTERPRETED
    return Way.PIECES if _in_pieces(plan, clock, operations) else Way.WHOLE


def _in_pieces(plan: Plan, clock: Clock, operations: int) -> bool:
    saved, stocks = len(plan.program.saved), len(plan.program.stocks)
    large = operations + saved > WHOLE_OPERATIONS or stocks + saved > WHOLE_ALIVE
    long = (len(plan.step) + len(plan.save) + stocks) * clock.steps * LANES > WHOLE_WORK
    wide = 8 * saved * len(clock.saved) * LANES > AT_ONCE or 8 * len(plan.uniform) * clock.steps > AT_ONCE
    return large or long or wide


def interpreting(plan: Plan, clock: Clock, method: str) -> float:
    """Seconds that the interpreter takes for one member, about."""
    calls = Interpreter(plan).calls
    turns = 4 if method == "rk4" else 1
    return clock.steps * turns * (CALLING * calls + COMPUTING * (len(plan.step) + len(plan.save)))
