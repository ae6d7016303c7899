"""Lookups and data series: a variable that is called, a table within an equation, what a series is now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from xinzhi.engine.functions import MISSED
from xinzhi.engine.lookup_tables import table_of
from xinzhi.engine.lowering import Build, Lowering
from xinzhi.engine.program import NA, Table
from xinzhi.engine.scope import Ast, Frame, no_equation, problem
from xinzhi.errors import msg


def call_lookup(low: Lowering, lookup: Ast, argument: Ast, frame: Frame, start: bool, rule: str | None = None) -> int:
    """The lookup that the reference ``lookup`` means at ``argument``, outside its points by ``rule`` or by its own."""
    section, key = frame.scope.section, str(lookup.reference)
    element = low.element(lookup, frame) if key in section.elements else ()
    at = low.expression(argument, frame, start)
    for component in reversed(section.elements[key].components if key in section.elements else []):
        bound = section.ranges.binds(component.subscripts[0], element)
        if bound is None:
            continue
        inner = Frame(frame.scope, key, bound, tuple(name for name in component.subscripts[0] if name in bound))
        kind = type(component.ast).__name__
        if kind not in ("LookupsStructure", "GetLookupsStructure"):
            continue
        table = _points(component.ast) if kind == "LookupsStructure" else low.files.lookup(component, inner, element)
        return low.lookup(replace(table, rule=rule or table.rule), at)
    if key in section.elements and low.definition(frame.scope, key, element) is None:
        raise no_equation(frame.scope, frame.variable, key, element)
    raise problem(frame.scope, frame.variable, msg('"{name}" is not a lookup', name=key.replace("_", " ")))


def series_now(low: Lowering, series: Table, start: bool) -> int:
    """A data series now; where it jumps, a time that misses a point by the rounding of its sum is at the point."""
    g = low.graph
    time = low.control("initial_time") if start else g.node("step_time")
    if series.rule in ("interpolate", "extrapolate"):
        return low.lookup(series, time)
    near = g.op("mul", g.lit(MISSED), low.time_step(start))
    if series.rule == "look_forward":
        return low.lookup(series, g.op("sub", time, near))
    value, place = (
        low.lookup(replace(series, y=y, rule="hold_backward"), g.op("add", time, near)) for y in (series.y, series.x)
    )
    if series.rule == "hold_backward":
        return value
    there = g.op("le", g.op("abs", g.op("sub", time, place)), near)
    return g.op("select", there, value, g.lit(NA))


def _points(lookups: Any) -> Table:
    return table_of(lookups.x, lookups.y, str(lookups.type or "interpolate"))


def _inline(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    return low.lookup(_points(ast.lookups), low.expression(ast.argument, frame, start))


def _outside(name: str, rule: str) -> Build:
    """A lookup at a value, with a rule of the function's own for what lies between and outside the points."""

    def build(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
        if len(call.arguments) != 2:
            return low.arguments(call, frame, start, name, 2)[0]
        lookup, argument = call.arguments
        if type(lookup).__name__ != "ReferenceStructure":
            raise problem(frame.scope, frame.variable, msg('"{name}" needs the name of a lookup', name=_shown(name)))
        return call_lookup(low, lookup, argument, frame, start, rule)

    return build


def _shown(name: str) -> str:
    return name.upper().replace("_", " ")


FUNCTIONS: dict[str, Build] = {
    "lookup_extrapolate": _outside("lookup_extrapolate", "extrapolate"),
    "lookup_forward": _outside("lookup_forward", "look_forward"),
    "lookup_backward": _outside("lookup_backward", "hold_backward"),
    "InlineLookupsStructure": _inline,
}
