"""Chunks of an ensemble: every target's figure and the headline indicators, member by member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from xinzhi.analysis.verdict import figure
from xinzhi.content.content import Content
from xinzhi.content.indicator import headline
from xinzhi.engine.compiled import Result
from xinzhi.engine.diagnosis import Fault
from xinzhi.futures.library import Members
from xinzhi.simulate import FloatArray, Run, Simulator

CHUNK = 10_000
TOLD = 3  # failed members of a chunk whose first bad variable is looked for


@dataclass(frozen=True)
class Failure:
    """A member that gave no number: its first bad variable and year; neither, where it misses the base year."""

    member: int
    variable: str | None
    time: float | None


@dataclass(frozen=True, eq=False)
class Chunk:
    """Members ``first`` and following. A failed member is NaN in all ``columns``, each of shape (members,).

    A column is a target's id: its figure in its unit; or INDICATOR@YEAR: a headline indicator in its unit.
    """

    first: int
    columns: dict[str, FloatArray]
    failed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    failures: tuple[Failure, ...]


def columns_of(content: Content) -> list[str]:
    """The names of a chunk's columns, in order."""
    plan = content.region.plan
    shown = list(dict.fromkeys(it.indicator for it in headline(content.targets)))
    return [
        *content.targets,
        *(f"{name}@{year}" for name in shown for year in range(plan.base_year, plan.final_year + 1)),
    ]


def run_chunk(
    content: Content, simulator: Simulator, members: Members, run: Run, first: int, stop: int,
    threads: int | None = None, drawn: Mapping[str, FloatArray] | None = None,
) -> Chunk:  # fmt: skip
    """Run members ``first`` to ``stop`` - 1 with the levers of ``run``; what it assumes of the world holds for all.

    ``threads``: as many as the machine has, unless given; the bits are the same. ``drawn`` are the members' constants
    where they are there already.
    """
    columns = dict(members.rows(first, stop) if drawn is None else drawn)
    fixed = simulator.constants_of(run.settings, run.assumptions)
    columns |= {name: np.full(stop - first, value) for name, value in fixed.items()}
    system, indicators = members.system, content.indicators
    needed = list(dict.fromkeys(it.indicator for it in content.targets.values()))
    labels = list(dict.fromkeys(indicators[name].variable for name in needed))
    last = max(it.year for it in content.targets.values())
    result = system.compiled.run(columns, labels, clock=system.clock(last), method="euler", threads=threads)
    failed = result.failed | ~members.met(first, stop)
    figures = _figures(content, system.first, dict(zip(labels, result.values, strict=True)))
    for values in figures.values():
        failed |= ~np.isfinite(values)
    for values in figures.values():
        values[failed] = np.nan
    return Chunk(first, figures, failed, tuple(_failures(result, failed, first)))


def run_chunks(
    content: Content, simulator: Simulator, members: Members, jobs: Sequence[tuple[Run, int, int]]
) -> Iterator[Chunk]:
    """`run_chunk` of each job (run, first member, the one after the last), in order.

    While the kernel's threads run one, the constants of the next are drawn.
    """
    with ThreadPoolExecutor(max_workers=1) as drawing:
        coming = [drawing.submit(members.rows, *jobs[0][1:])] if jobs else []
        for number, (run, first, stop) in enumerate(jobs):
            drawn = coming.pop().result()
            if number + 1 < len(jobs):
                coming.append(drawing.submit(members.rows, *jobs[number + 1][1:]))
            yield run_chunk(content, simulator, members, run, first, stop, drawn=drawn)


def _figures(content: Content, first_year: int, values: dict[str, FloatArray]) -> dict[str, FloatArray]:
    figures: dict[str, FloatArray] = {}
    plan = content.region.plan
    with np.errstate(invalid="ignore", divide="ignore"):
        for target in content.targets.values():
            indicator = content.indicators[target.indicator]
            figures[target.id] = np.array(figure(target, indicator.factor, values[indicator.variable], first_year))
    for name in dict.fromkeys(it.indicator for it in headline(content.targets)):
        indicator = content.indicators[name]
        for year in range(plan.base_year, plan.final_year + 1):
            figures[f"{name}@{year}"] = values[indicator.variable][year - first_year] * indicator.factor
    return figures


def _failures(result: Result, failed: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], first: int) -> list[Failure]:
    """The first few, with what went wrong."""
    faults: dict[int, Fault] = {}
    if result.failed.any():
        some = np.flatnonzero(result.failed)[:TOLD].tolist()
        faults = dict(zip(some, result.diagnose(some), strict=True))
    rows = np.flatnonzero(failed)[: max(TOLD, len(faults))].tolist()
    failures = []
    for row in sorted({*faults, *rows}):
        fault = faults.get(row)
        where = (None, None) if fault is None else (fault.variable, fault.time)
        failures.append(Failure(first + row, *where))
    return failures
