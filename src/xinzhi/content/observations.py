"""A file of new years' figures: rows as in calibration/history.csv, held against it before anything is done."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from xinzhi.content.history import COLUMNS, Series, read_history
from xinzhi.content.project import HISTORY, Content
from xinzhi.content.yaml_file import Problems, shortened
from xinzhi.errors import ContentError, Place, Problem, msg, nearest


def read_observations(content: Content, path: Path) -> Mapping[str, Series]:
    """The file's figures by series. Raises `ContentError` with every problem.

    A figure must be of a series that the history has, in its unit, of a year after the last fitted one and within the
    model's; one that the history has already must be the same there.
    """
    plan = content.fit
    if plan is None:
        raise ContentError(Problem(None, msg("there is nothing to fit"), msg("write calibration/fit.yaml")))
    problems = Problems()
    rows = read_history(path, str(path), problems, content.history.sources)
    last = int(content.model.control("FINAL TIME"))
    for name, series in (rows or {}).items():
        known = content.history.series.get(name)
        first = Place(str(path), series.observations[0].line)
        if known is None:
            problems.add(
                first, msg('the history has no series "{name}"', name=shortened(name)),
                nearest(name[:100], list(content.history.series)),
            )  # fmt: skip
            continue
        if series.unit != known.unit:
            problems.add(
                first, msg('"{name}" is in {a}, but in {b} in the history', name=name, a=series.unit, b=known.unit),
                msg("convert it to {unit}", unit=known.unit),
            )  # fmt: skip
        for it in series.observations:
            place, before = Place(str(path), it.line), known.at(it.time)
            if not plan.last < it.time <= last:
                problems.add(
                    place, msg('"{name}" of {year} is no new figure', name=name, year=it.time),
                    msg("allowed are {low} to {high}", low=plan.last + 1, high=last),
                )  # fmt: skip
            elif before is not None and before.value != it.value:
                problems.add(
                    place,
                    msg('"{name}" of {year} is {a} here and {b} in the history', name=name, year=it.time,
                        a=f"{it.value:g}", b=f"{before.value:g}"),
                    msg("correct it here, or in {file}", file=HISTORY),
                )  # fmt: skip
    problems.raise_any()
    if not set(rows or {}) & set(plan.series):
        known_ones = ", ".join(list(plan.series)[:5])
        raise ContentError(
            Problem(Place(str(path)), msg("holds no figure that a forecast can be held against"),
                    msg("add one of {names} …", names=known_ones))
        )  # fmt: skip
    return rows or {}


def with_rows(written: str, rows: Mapping[str, Series], history: Mapping[str, Series]) -> str:
    """The text of history.csv with the rows that it does not have, each below the last of its series."""
    lines = written.splitlines()
    for name, series in rows.items():
        new = [it for it in series.observations if history[name].at(it.time) is None]
        place = max(index for index, line in enumerate(lines) if _cells(line)[1:2] == [name])
        added = [f"{it.time},{name},{it.value:.15g},{series.unit},{it.status},{it.source}" for it in new]
        lines[place + 1 : place + 1] = added
    assert _cells(lines[0]) == list(COLUMNS)
    return "\n".join(lines) + "\n"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line]), [])]
