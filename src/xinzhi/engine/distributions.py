"""Random functions as operations on uniform numbers, one stream a variable's element (see `random_numbers`).

The distributions are PySD's: RANDOM NORMAL and RANDOM EXPONENTIAL are truncated, not redrawn. The seed in the
equation is not used: a run has one seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xinzhi.engine.lowering import Build, Lowering
from xinzhi.engine.scope import Ast, Frame

# M. J. Wichura (1988), Algorithm AS 241: the percentage points of the normal distribution (PPND16).
_CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
     3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)  # fmt: skip
_NEAR = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
     1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)  # fmt: skip
_FAR = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
     1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)  # fmt: skip

# G. West (2005), Better approximations to cumulative normal functions (after Hart 1968).
_HART = (
    (220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165, 0.700383064443688,
     3.52624965998911e-02),
    (440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461, 16.064177579207,
     1.75566716318264, 8.83883476483184e-02),
)  # fmt: skip


def _polynomial(g: Any, coefficients: Sequence[float], x: int) -> int:
    out = g.lit(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        out = g.op("add", g.op("mul", out, x), g.lit(coefficient))
    return int(out)


def _ratio(g: Any, both: tuple[Sequence[float], Sequence[float]], x: int) -> int:
    return int(g.op("div", _polynomial(g, both[0], x), _polynomial(g, both[1], x)))


def normal_quantile(g: Any, p: int) -> int:
    """The standard normal quantile of ``p`` in (0, 1)."""
    q = g.op("sub", p, g.lit(0.5))
    centre = g.op("mul", q, _ratio(g, _CENTRE, g.op("sub", g.lit(0.180625), g.op("mul", q, q))))
    tail = g.op("min", p, g.op("sub", g.lit(1), p))
    r = g.op("sqrt", g.op("neg", g.op("log", tail)))
    near = _ratio(g, _NEAR, g.op("sub", r, g.lit(1.6)))
    far = _ratio(g, _FAR, g.op("sub", r, g.lit(5)))
    size = g.op("select", g.op("le", r, g.lit(5)), near, far)
    outer = g.op("select", g.op("lt", q, g.lit(0)), g.op("neg", size), size)
    return int(g.op("select", g.op("le", g.op("abs", q), g.lit(0.425)), centre, outer))


def normal_probability(g: Any, x: int) -> int:
    """The standard normal probability of a value up to ``x``; infinities give 0 and 1."""
    size = g.op("min", g.op("abs", x), g.lit(38))
    weight = g.op("exp", g.op("mul", g.lit(-0.5), g.op("mul", size, size)))
    near = g.op("mul", weight, _ratio(g, _HART, size))
    fraction = g.op("add", size, g.lit(0.65))
    for n in (4, 3, 2, 1):
        fraction = g.op("add", size, g.op("div", g.lit(n), fraction))
    far = g.op("div", g.op("div", weight, fraction), g.lit(2.506628274631))
    tail = g.op("select", g.op("lt", size, g.lit(7.07106781186547)), near, far)
    return int(g.op("select", g.op("gt", x, g.lit(0)), g.op("sub", g.lit(1), tail), tail))


def _uniform(g: Any, u: int, low: int, high: int) -> int:
    return int(g.op("add", low, g.op("mul", u, g.op("sub", high, low))))


def _standard(_g: Any, u: int) -> int:
    return u


def _normal(g: Any, u: int, low: int, high: int, mean: int, deviation: int, *_seed: int) -> int:
    below, above = (normal_probability(g, g.op("div", g.op("sub", end, mean), deviation)) for end in (low, high))
    drawn = normal_quantile(g, _uniform(g, u, below, above))
    value = g.op("add", mean, g.op("mul", deviation, drawn))
    return int(g.op("max", low, g.op("min", high, value)))


def _exponential(g: Any, u: int, low: int, high: int, shift: int, scale: int, *_seed: int) -> int:
    first = g.op("max", low, shift)
    reach = g.op("div", g.op("sub", high, first), scale)
    share = g.op("sub", g.lit(1), g.op("exp", g.op("neg", reach)))
    drawn = g.op("neg", g.op("log", g.op("sub", g.lit(1), g.op("mul", u, share))))
    return int(g.op("min", high, g.op("add", first, g.op("mul", scale, drawn))))


def _untruncated_normal(g: Any, u: int, mean: int, deviation: int, *_seed: int) -> int:
    return int(g.op("add", mean, g.op("mul", deviation, normal_quantile(g, u))))


def _untruncated_exponential(g: Any, u: int, mean: int, *_seed: int) -> int:
    return int(g.op("mul", mean, g.op("neg", g.op("log", u))))


def _drawn(make: Callable[..., int], counts: tuple[int, ...], used: int) -> Build:
    """``make(graph, uniform, *values)`` of the first ``used`` arguments: a seed has no part in it."""

    def build(low: Lowering, call: Ast, frame: Frame, start: bool) -> int:
        values = low.arguments(call, frame, start, "random", *counts)[:used]
        uniform = low.graph.node("random_at_start" if start else "random", param=low.state.stream(call, frame))
        return make(low.graph, uniform, *values)

    return build


FUNCTIONS: dict[str, Build] = {
    "random_0_1": _drawn(_standard, (0, 1), 0),
    "random_uniform": _drawn(_uniform, (3, 2), 2),
    "random_normal": _drawn(_normal, (5, 4), 4),
    "random_exponential": _drawn(_exponential, (5, 4), 4),
    "uniform": _drawn(_uniform, (2, 3), 2),
    "random": _drawn(_uniform, (2, 3), 2),
    "normal": _drawn(_untruncated_normal, (2, 3), 2),
    "exprnd": _drawn(_untruncated_exponential, (1, 2), 1),
}
