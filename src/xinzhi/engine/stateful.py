"""INTEG, delays, smooths, trends and the like as stocks, held values and operations: PySD's ``statefuls.py``.

Each is a `lowering.Build` of one of PySD's structures; it gives the node of the output.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from xinzhi.engine.functions import SMALL, zidz
from xinzhi.engine.lowering import Build, Lowering
from xinzhi.engine.scope import Ast, Frame
from xinzhi.errors import msg


def _initial(low: Lowering, ast: Ast, frame: Frame, _start: bool) -> int:
    return low.expression(ast.initial, frame, True)


def _integ(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    if start:
        return low.expression(ast.initial, frame, True)
    return low.state.stock(
        low.state.identity(ast, frame),
        _name(frame),
        lambda: low.expression(ast.initial, frame, True),
        lambda: low.expression(ast.flow, frame, False),
        non_negative=bool(ast.non_negative),
    )


def _name(frame: Frame) -> str:
    return str(frame.scope.section.elements[frame.variable].name)


def _order(low: Lowering, ast: Ast, frame: Frame) -> int:
    order = ast.order
    return int(order) if isinstance(order, int | float) else low.whole_number(order, frame, msg("the order of a delay"))


def _feasible_order(low: Lowering, ast: Ast, frame: Frame, order: int) -> int:
    """PySD lowers the order until ``order * time_step`` is no longer than the shortest delay time at the start."""
    g = low.graph
    step = low.time_step(True)
    shortest = None
    for one in low.over_component(frame):
        time = low.expression(ast.delay_time, one, True)
        shortest = time if shortest is None else g.op("min", shortest, time)
    assert shortest is not None
    feasible = g.lit(0)
    for n in range(1, order + 1):
        feasible = g.op("add", feasible, g.op("le", g.op("mul", g.lit(n), step), shortest))
    return feasible


def _delay(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    """DELAY1, DELAY3: stocks in a row, each outflow its content over the delay time (Sterman 2000, ch. 11)."""
    return _material_delay(low, ast, frame, start, lambda _: low.expression(ast.delay_time, frame, False))


def _delay_n(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    """DELAY N: content keeps the delay time of its entry; a stage's time is that of ``i`` steps before, as in PySD."""
    key = low.state.identity(ast, frame)

    def time() -> int:
        return low.expression(ast.delay_time, frame, False)

    def at_start() -> int:
        return low.expression(ast.delay_time, frame, True)

    def of_stage(i: int) -> int:
        """The delay time ``i`` steps ago, -1 for the one that PySD's output still has from the step before."""
        if i == 0:
            return time()
        previous = of_stage(i - 1)
        if low.graph.nodes[previous].op in ("lit", "const", "control"):
            return previous
        return low.state.hold((key, "time", i), _name(frame), at_start, lambda: previous)

    return _material_delay(low, ast, frame, start, of_stage, output_time=lambda: of_stage(1))


def _material_delay(
    low: Lowering, ast: Ast, frame: Frame, start: bool, time: Callable[[int], int],
    output_time: Callable[[], int] | None = None,
) -> int:  # fmt: skip
    g, key, order = low.graph, low.state.identity(ast, frame), _order(low, ast, frame)

    def content() -> int:
        return g.op("mul", low.expression(ast.initial, frame, True), low.expression(ast.delay_time, frame, True))

    if start:
        return g.op("div", content(), low.expression(ast.delay_time, frame, True))
    feasible = _feasible_order(low, ast, frame, order)

    def stage(i: int) -> int:
        return low.state.stock((key, i), _name(frame), content, lambda: rate(i))

    def outflow(i: int) -> int:
        return g.op("div", stage(i), time(i))

    def rate(i: int) -> int:
        inflow = outflow(i - 1) if i else low.expression(ast.input, frame, False)
        return g.op("mul", g.op("sub", inflow, outflow(i)), feasible)

    last = stage(0)
    for i in range(1, order):
        last = g.op("select", g.op("gt", feasible, g.lit(i)), stage(i), last)
    return g.op("div", last, output_time() if output_time else time(0))


def _smooth(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    g, key, order = low.graph, low.state.identity(ast, frame), _order(low, ast, frame)
    if start:
        return low.expression(ast.initial, frame, True)

    def stage(i: int) -> int:
        initial = partial(low.expression, ast.initial, frame, True)
        return low.state.stock((key, i), _name(frame), initial, partial(rate, i))

    def rate(i: int) -> int:
        goal = stage(i - 1) if i else low.expression(ast.input, frame, False)
        gap = g.op("mul", g.op("sub", goal, stage(i)), g.lit(order))
        return g.op("div", gap, low.expression(ast.smooth_time, frame, False))

    return stage(order - 1)


def _average(low: Lowering, ast: Ast, frame: Frame, start: bool, initial: Callable[[], int]) -> int:
    """The exponential average that TREND and FORECAST keep of their input."""
    g = low.graph
    if start:
        return initial()

    def rate() -> int:
        gap = g.op("sub", low.expression(ast.input, frame, False), average())
        return g.op("div", gap, low.expression(ast.average_time, frame, False))

    def average() -> int:
        return low.state.stock(low.state.identity(ast, frame), _name(frame), initial, rate)

    return average()


def _trend(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    g = low.graph

    def initial() -> int:
        growth = g.op(
            "mul", low.expression(ast.initial_trend, frame, True), low.expression(ast.average_time, frame, True)
        )
        return g.op("div", low.expression(ast.input, frame, True), g.op("add", g.lit(1), growth))

    average = _average(low, ast, frame, start, initial)
    gap = g.op("sub", low.expression(ast.input, frame, start), average)
    return zidz(g, gap, g.op("mul", low.expression(ast.average_time, frame, start), g.op("abs", average)))


def _forecast(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    g = low.graph

    def initial() -> int:
        growth = g.op("add", g.lit(1), low.expression(ast.initial_trend, frame, True))
        return g.op("div", low.expression(ast.input, frame, True), growth)

    average = _average(low, ast, frame, start, initial)
    value = low.expression(ast.input, frame, start)
    trend = zidz(g, g.op("sub", value, average), g.op("mul", low.expression(ast.average_time, frame, start), average))
    growth = g.op("mul", trend, low.expression(ast.horizon, frame, start))
    return g.op("mul", value, g.op("add", g.lit(1), growth))


def _sample_if_true(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    def sampled(before: int, at_start: bool) -> int:
        condition = low.expression(ast.condition, frame, at_start)
        return low.graph.op("select", condition, low.expression(ast.input, frame, at_start), before)

    def kept() -> int:
        return low.state.hold(
            low.state.identity(ast, frame),
            _name(frame),
            lambda: low.expression(ast.initial, frame, True),
            lambda: sampled(kept(), False),
        )

    return sampled(low.expression(ast.initial, frame, True) if start else kept(), start)


def _delay_fixed(low: Lowering, ast: Ast, frame: Frame, start: bool) -> int:
    g = low.graph
    if start:
        return low.expression(ast.initial, frame, True)

    def lag() -> int:
        """Whole steps, at least one, half a step rounded up (PySD adds SMALL before it rounds)."""
        step = low.time_step(True)
        steps = g.op("max", g.op("div", low.expression(ast.delay_time, frame, True), step), g.lit(1))
        return g.op("rint", g.op("add", steps, g.lit(SMALL)))

    return low.state.delay(
        low.state.identity(ast, frame),
        _name(frame),
        lambda: low.expression(ast.initial, frame, True),
        lambda: low.expression(ast.input, frame, False),
        lag,
    )


FUNCTIONS: dict[str, Build] = {
    "InitialStructure": _initial,
    "IntegStructure": _integ,
    "DelayStructure": _delay,
    "DelayNStructure": _delay_n,
    "DelayFixedStructure": _delay_fixed,
    "SmoothStructure": _smooth,
    "SmoothNStructure": _smooth,
    "TrendStructure": _trend,
    "ForecastStructure": _forecast,
    "SampleIfTrueStructure": _sample_if_true,
}
