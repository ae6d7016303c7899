"""A file or a table of new years' figures: rows as in calibration/history.csv, held against it first of all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.content.content import Content
from xinzhi.content.folder import shown
from xinzhi.content.history import COLUMNS, HISTORY, Observation, Series, read_history, read_rows
from xinzhi.content.plausible_figures import Where
from xinzhi.content.table_file import Table
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import ContentError, Place, Problem, msg, nearest, shortened

if TYPE_CHECKING:
    import pandas as pd

FRAME = "DataFrame"


def read_observations(content: Content, data: Path | pd.DataFrame) -> Mapping[str, Series]:
    """The figures of a file, or of a table with the same columns, by series. Raises `ContentError` with every problem.

    A figure must be of a series that the history has, in its unit, of a year after the last fitted one and within the
    model's; one that the history has already must be the same there. Whether it can be is for `refused` to say. The
    line of a table's row is its number, counted from 1.
    """
    plan = content.fit
    if plan is None:
        raise ContentError(Problem(None, msg("there is nothing to fit"), msg("write calibration/fit.yaml")))
    problems = Problems()
    shown_as = named(data)
    if isinstance(data, Path):
        rows = read_history(data, shown_as, problems, content.history.sources)
    else:
        table = _table(data, problems)
        rows = None if table is None else read_rows(table, shown_as, problems, content.history.sources)
    last = int(content.model.control("FINAL TIME"))
    for name, series in (rows or {}).items():
        known = content.history.series.get(name)
        first = Place(shown_as, series.observations[0].line)
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
        for observation in series.observations:
            place, before = Place(shown_as, observation.line), known.at(observation.time)
            if not plan.last < observation.time <= last:
                problems.add(
                    place, msg('"{name}" of {year} is no new figure', name=name, year=observation.time),
                    msg("allowed are {low} to {high}", low=plan.last + 1, high=last),
                )  # fmt: skip
            elif before is not None and before.value != observation.value:
                problems.add(
                    place,
                    msg('"{name}" of {year} is {a} here and {b} in the history', name=name, year=observation.time,
                        a=f"{observation.value:g}", b=f"{before.value:g}"),
                    msg("correct it here, or in {file}", file=HISTORY),
                )  # fmt: skip
    problems.raise_any()
    if not set(rows or {}) & set(plan.series):
        known_ones = ", ".join(list(plan.series)[:5])
        raise ContentError(
            Problem(Place(shown_as), msg("holds no figure that a forecast can be held against"),
                    msg("add one of {names} …", names=known_ones))
        )  # fmt: skip
    return rows or {}


def named(data: Path | pd.DataFrame | None) -> str:
    """How messages call the figures' file or table."""
    return str(data) if isinstance(data, Path) else FRAME


def whence(content: Content, shown_as: str) -> Where:
    """Where a figure stands: in the history, or else in what is ``shown_as``."""
    history = shown(content.folder / HISTORY)

    def where(name: str, observation: Observation) -> Place:
        series = content.history.series.get(name)
        known = None if series is None else series.at(observation.time)
        return Place(shown_as if known is None else history, observation.line)

    return where


def _table(frame: pd.DataFrame, problems: Problems) -> Table | None:
    """A table's rows as a file would hold them: what is missing is an empty cell, whole numbers have no point."""
    heading = tuple(str(name) for name in frame.columns)
    if heading != COLUMNS:
        said = shortened(", ".join(heading), 120)
        problems.add(
            Place(FRAME), msg("the columns are {columns}", columns=said),
            msg("write {columns}", columns=", ".join(COLUMNS)),
        )  # fmt: skip
        return None
    rows = enumerate(frame.itertuples(index=False, name=None), 1)
    return Table(COLUMNS, [([_cell(value) for value in row], Place(FRAME, number)) for number, row in rows])


def _cell(value: object) -> str:
    try:
        figure = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return "" if value is None or str(value) in ("<NA>", "NaT") else str(value).strip()
    if isinstance(value, str):
        return value.strip()
    if math.isnan(figure):
        return ""
    return str(int(figure)) if figure.is_integer() else repr(figure)


def with_rows(written: str, rows: Mapping[str, Series], history: Mapping[str, Series]) -> str:
    """The text of history.csv, which ``history`` was read from, with the rows that it does not have: each below the
    last of its series, with the file's own line ends."""
    lines = written.splitlines(keepends=True)
    end = lines[0].removeprefix(lines[0].rstrip("\r\n"))
    lines[-1] = lines[-1].rstrip("\r\n") + end
    below: dict[int, list[str]] = {}
    for name, series in rows.items():
        place = max(it.line for it in history[name].observations)
        new = [it for it in series.observations if history[name].at(it.time) is None]
        below.setdefault(place, []).extend(
            f"{it.time},{name},{it.value:.15g},{series.unit},{it.status},{it.source}{end}" for it in new
        )
    return "".join(one for number, line in enumerate(lines, 1) for one in (line, *below.get(number, ())))
