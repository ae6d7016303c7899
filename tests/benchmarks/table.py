"""What every benchmark gives: rows of one table. A row first says what it agrees with, then how long it takes, then a ratio.

A benchmark is a module ``bench_NAME.py`` with ``measure(size)``, which yields its rows and raises AssertionError where
numbers do not agree. Small sizes show that it runs, in a second or two; its times mean nothing then.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

WIDTHS = (62, 24, 18, 26)


class Size(Enum):
    """How much a benchmark runs: enough to see that it does, or enough to measure."""

    SMALL = "small"
    FULL = "full"

    def of(self, small: int, full: int) -> int:
        return small if self is Size.SMALL else full


@dataclass(frozen=True)
class Row:
    """One line of the table; what is empty was not measured."""

    what: str
    agrees: str = ""
    time: str = ""
    ratio: str = ""


Measure = Callable[[Size], Iterable[Row]]


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The table as Markdown, a line as soon as its row is there."""
    yield line(Row("what", "agrees", "time", "ratio"))
    yield "|" + "|".join("-" * (width + 2) for width in WIDTHS) + "|"
    yield from map(line, rows)


def line(row: Row) -> str:
    cells = (row.what, row.agrees, row.time, row.ratio)
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)) + " |"


def main(measure: Measure) -> None:
    """Run one benchmark from the shell."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--small", action="store_true", help="see that it runs; the times mean nothing")
    size = Size.SMALL if asked.parse_args().small else Size.FULL
    for text in lines(measure(size)):
        print(text, flush=True)


def best(action: Callable[[], object], repeats: int = 5) -> float:
    """Shortest wall time in seconds."""
    return min(_times(action, repeats))


def processor(action: Callable[[], object], repeats: int = 5) -> float:
    """Shortest processor time in seconds, all threads together: what else the machine does is not in it."""
    return min(_times(action, repeats, time.process_time))


def median(action: Callable[[], object], repeats: int = 7) -> float:
    """Median wall time in seconds."""
    return statistics.median(_times(action, repeats))


def _times(action: Callable[[], object], repeats: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    times = []
    for _ in range(repeats):
        start = clock()
        action()
        times.append(clock() - start)
    return times


def spoken(seconds: float) -> str:
    """A time in the unit that fits it."""
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1 or unit == "µs":
            return f"{seconds * factor:.3g} {unit}"
    raise AssertionError


def worst(ours: object, theirs: object) -> float:
    """The largest relative difference, by the larger of a value and a twelfth digit of its variable's largest."""
    import numpy as np

    mine, truth = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    floor = 1e-12 * np.abs(truth).max(axis=tuple(range(1, truth.ndim)), keepdims=True)
    scale = np.maximum(np.abs(truth), np.maximum(floor, np.finfo(float).tiny))
    return float(np.max(np.abs(mine - truth) / scale))
