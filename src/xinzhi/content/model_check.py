"""What must hold between the variables of a model: numbers are finite, names are defined, no circle, a sound clock."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from xinzhi.content.model_file import Variable
from xinzhi.content.reader import LARGEST, YEARS
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Message, Place, msg, nearest

CONTROL = ("INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER")
MOST_STEPS = 100_000


def no_constant(name: str) -> Message:
    """What a file that names a constant is told where the model has none of this name."""
    return msg('the model has no constant "{name}"', name=name)


def no_variable(name: str) -> Message:
    """The same of any variable."""
    return msg('the model has no variable "{name}"', name=name)


def wrong_numbers(ast: Any) -> Message | None:
    """What is wrong with the numbers in a syntax tree: one that is not finite, a table with an input twice."""
    if isinstance(ast, int | float):
        if isinstance(ast, float) and not math.isfinite(ast):
            return msg("a number is not finite")
        return None if abs(ast) <= LARGEST else msg("a number is beyond any quantity")
    if type(ast).__name__ == "LookupsStructure" and not all(a < b for a, b in pairwise(ast.x)):
        return msg("a table has an input twice")
    parts = ast if isinstance(ast, list | tuple) else ()
    if type(ast).__name__ == "ndarray":
        parts = ast.ravel().tolist()
    if is_dataclass(ast) and not isinstance(ast, type):
        parts = [getattr(ast, part.name) for part in fields(ast)]
    return next((wrong for wrong in map(wrong_numbers, parts) if wrong is not None), None)


def check_control(variables: Mapping[str, Variable], shown_as: str, problems: Problems) -> None:
    """The clock is there and sound."""
    clock = {}
    for name in CONTROL:
        value = variables[name].value if name in variables else None
        if value is None:
            problems.add(Place(shown_as), no_constant(name), msg("add it, with a number"))
        else:
            clock[name] = value
    if len(clock) < len(CONTROL):
        return
    first, last, step, saveper = (clock[name] for name in CONTROL)
    sound = YEARS[0] <= first < last <= YEARS[1] and first == int(first) and last == int(last)
    if not (sound and 0 < step <= saveper <= last - first and (last - first) / step <= MOST_STEPS):
        problems.add(
            Place(shown_as, variables["TIME STEP"].line),
            msg("the model's clock is not sound: {first} to {last}, step {step}, saved every {saveper}",
                first=f"{first:g}", last=f"{last:g}", step=f"{step:g}", saveper=f"{saveper:g}"),
            msg("write calendar years in order, 0 < TIME STEP <= SAVEPER"),
        )  # fmt: skip
    elif abs(1 / step - round(1 / step)) > 1e-9:  # no step would end with a year
        problems.add(
            Place(shown_as, variables["TIME STEP"].line),
            msg("TIME STEP {step} does not divide a year", step=f"{step:g}"),
            msg("write 1 divided by a whole number, such as 0.125"),
        )


def check_references(
    variables: Mapping[str, Variable],
    unknown: Mapping[str, list[str]],
    delayed: Set[str],
    shown_as: str,
    problems: Problems,
) -> None:
    """Note names that are not defined (``unknown``, by variable) and circles that none of the ``delayed`` breaks."""
    for name, references in unknown.items():
        for reference in references:
            problems.add(
                Place(shown_as, variables[name].line),
                msg('"{name}" uses "{reference}", which is not defined', name=name, reference=reference),
                nearest(reference, list(variables)),
            )
    instant = {name: () if name in delayed else variable.uses for name, variable in variables.items()}
    try:
        TopologicalSorter(instant).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        problems.add(
            Place(shown_as, variables[error.args[1][0]].line),
            msg("the definitions run in a circle: {circle}", circle=circle),
            msg("break it by a stock or a delay"),
        )
