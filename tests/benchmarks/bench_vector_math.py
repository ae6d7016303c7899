"""What the engine's vector functions cost: nanoseconds a value, beside NumPy's, and vector instructions of the loop.

Agrees first (with NumPy, within 4 units in the last place), then times: one core, 4,096 values in cache, best of 50."""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))
from table import Row, Size, main

from vectors import compiled, host_isas, host_runs_avx2
from xinzhi.engine import vector_math
from xinzhi.engine.random_numbers import threefry_uniform

COUNT = 4096
NUMPY: dict[str, Callable[..., Any]] = {"asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "pow": np.power}
NUMPY["threefry"] = lambda member, step, seed, stream: threefry_uniform(seed, stream, member, step)


def nanoseconds(call: Callable[[], object], repeats: int) -> float:
    return min(timeit.repeat(call, number=10, repeat=repeats)) / 10 / COUNT * 1e9


def aligned(values: NDArray[Any]) -> NDArray[Any]:
    """A copy that begins a cache line: a vector across two lines costs twice."""
    raw = np.empty(len(values) + 8, values.dtype)
    copy = raw[-raw.ctypes.data % 64 // 8 :][: len(values)]
    copy[:] = values
    return copy


def arguments(name: str) -> list[Any]:
    if name == "threefry":
        return [aligned(np.arange(COUNT, dtype=np.uint64)), 5, 1, 2]
    rng = np.random.default_rng(1)
    low, high = (-0.99, 0.99) if name in ("asin", "acos") else (0.1, 5.0)
    return [aligned(rng.uniform(low, high, COUNT)) for _ in vector_math.FUNCTIONS[name].parameters]


def targets() -> list[tuple[int, str, str]]:
    """Lanes, isa and processor of each column."""
    columns = [(lanes, isa, "") for isa in host_isas() for lanes in (8, 16)]
    return columns + ([(8, "portable", "haswell")] if host_runs_avx2() else [])


def measure(size: Size) -> Iterator[Row]:
    names = ("exp", "mod", "threefry") if size is Size.SMALL else tuple(vector_math.FUNCTIONS)
    columns = targets()[:1] if size is Size.SMALL else targets()
    repeats = size.of(1, 50)
    for name in names:
        values = arguments(name)
        numpy_function = NUMPY.get(name) or getattr(np, name)
        expected, out = numpy_function(*values), aligned(np.zeros(COUNT))
        theirs = nanoseconds(lambda f=numpy_function, a=values: f(*a), repeats)
        for lanes, isa, cpu in columns:
            function = compiled(name, lanes, isa, cpu)
            units = np.testing.assert_array_max_ulp(function(*values), expected, 4)
            raw = [x.ctypes.data if isinstance(x, np.ndarray) else x for x in values]
            ours = nanoseconds(lambda f=function, a=raw, to=out.ctypes.data: f.run(COUNT, to, *a), repeats)
            yield Row(f"{name}, {isa} {cpu} {lanes} lanes, {function.instructions()} instructions",
                      f"to {np.max(units):.0f} units", f"{ours:.2f} ns a value", f"NumPy x {theirs / ours:.1f}")  # fmt: skip


if __name__ == "__main__":
    main(measure)
