"""Hot futures against the figures of their issue: odds of one scenario, a batch of lever sets against the bare kernel.

First everything must agree: a batch is what its sets are one by one, and odds are those of whole runs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from table import Row, Size, main, spoken

from xinzhi.futures.ensemble import run_ensemble
from xinzhi.futures.hot_futures import HotFutures
from xinzhi.futures.target_odds import find_odds
from xinzhi.project import Project, load_project

SETS = 36


def lever_sets(project: Project, count: int) -> list[dict[str, float]]:
    """Every lever at its end alone, then pairs of neighbours."""
    levers = list(project.content.sheet.levers.values())
    alone = [{it.id: it.high} for it in levers]
    pairs = [{one.id: one.high, other.id: other.high} for one, other in pairwise(levers)]
    return [*alone, *pairs][:count]


def bare(futures: HotFutures, sets: int) -> None:
    """The kernel alone, for the same years, members and saved variables, its constants there before."""
    state = futures.state
    nodes = [state.compiled.labels[name] for name in state.variables]
    for _ in range(sets):
        state.compiled.run_rows(state.rows, state.constants, nodes, state.clock, method="euler", threads=2)


def times(action: Callable[[], object], clock: Callable[[], float], repeats: int) -> float:
    """Median of so many times by a clock, after one that warms up."""
    action()
    found = []
    for _ in range(repeats):
        start = clock()
        action()
        found.append(clock() - start)
    return statistics.median(found)


def measure(size: Size) -> Iterator[Row]:
    members, count, repeats = size.of(100, 1_000), size.of(3, SETS), size.of(1, 7)
    project = load_project()
    futures, run = project.futures(members), project.run()
    whole = find_odds(project.content, run_ensemble(project.content, project.simulator, futures.state.design, run))
    odds = project.odds("baseline", members=members)
    assert [it.odds for it in odds.targets] == [it.odds for it in whole.targets]
    took = times(lambda: project.odds("baseline", members=members), time.process_time, repeats)
    yield Row(f"odds of every target, {members:,} members, warm (at most 60 ms of the processor)", "whole runs' odds",
              spoken(took), f"{took / 0.06:.2f} of it")  # fmt: skip

    sets = lever_sets(project, count)
    batch = futures.at(sets)
    for place in (0, count - 1):
        np.testing.assert_array_equal(batch.values[place], futures.at(sets[place]).values[0])
    kernel = times(lambda: bare(futures, count), time.perf_counter, repeats)
    took = times(lambda: futures.at(sets), time.perf_counter, repeats)
    yield Row(f"{count} lever sets x {members:,} members, all targets (at most 1.3)", "set by set, bit by bit",
              f"{1e6 * took / (count * members):.1f} µs a member", f"bare kernel x {took / kernel:.2f}")  # fmt: skip


if __name__ == "__main__":
    main(measure)
