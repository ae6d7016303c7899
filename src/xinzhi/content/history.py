"""calibration/history.csv and sources.yaml: what was observed, with unit, status and source of every figure."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xinzhi.content.yaml_file import (
    BAD,
    Bad,
    Node,
    Problems,
    Text,
    bilingual,
    choice,
    mapping_of,
    read_record,
    read_yaml,
    text,
)
from xinzhi.errors import Place, msg, nearest, why

COLUMNS = ("time", "variable", "value", "unit", "status", "source")
STATUSES = ("published", "recalled", "estimated")
KINDS = (
    "statistics", "official-statement", "academic", "derived", "recalled", "press", "assumption",
    "literature", "model-design", "fit", "document", "identity",
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where a number comes from; ``grade`` A is an official statistic, B an official statement in the press."""

    id: str
    kind: str
    publisher: Text
    title: Text
    grade: str | None


@dataclass(frozen=True)
class Observation:
    """One observed figure of a year."""

    time: int
    value: float
    status: str
    source: str


@dataclass(frozen=True)
class Series:
    """One observed quantity; ``observations`` in order of time, ``unit`` as written in the file."""

    variable: str
    unit: str
    observations: tuple[Observation, ...]

    def at(self, year: int) -> Observation | None:
        return next((observation for observation in self.observations if observation.time == year), None)


@dataclass(frozen=True)
class History:
    """All observed series by name, and the sources they name."""

    series: Mapping[str, Series]
    sources: Mapping[str, Source]


def read_sources(path: Path, shown_as: str, problems: Problems) -> dict[str, Source] | None:
    """sources.yaml by id, or None after its problems were noted."""
    root = read_yaml(path, shown_as, problems)
    if root is None:
        return None
    fields = mapping_of(_source)(root, problems)
    return None if isinstance(fields, Bad) else fields


def _source(node: Node, problems: Problems) -> Source | Bad:
    fields = read_record(
        node,
        problems,
        {"kind": choice(KINDS), "publisher": bilingual, "zh": text, "en": text},
        {"grade": (choice(("A", "B")), None)},
    )
    if fields is None:
        return BAD
    return Source(node.key, fields["kind"], fields["publisher"], Text(fields["zh"], fields["en"]), fields["grade"])


def read_history(
    path: Path, shown_as: str, problems: Problems, sources: Mapping[str, Source] | None
) -> dict[str, Series] | None:
    """history.csv by series name, or None where the file cannot be read; every bad row is noted with its line.

    Where ``sources`` is None (sources.yaml is bad itself) the rows' sources are not checked.
    """
    try:
        rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        problems.add(Place(shown_as), msg("cannot be read ({reason})", reason=why(error)))
        return None
    except UnicodeDecodeError:
        problems.add(Place(shown_as), msg("is not UTF-8 text"), msg("save it as UTF-8"))
        return None
    header = next(rows, [])
    if tuple(header) != COLUMNS:
        problems.add(
            Place(shown_as, 1),
            msg("the columns are {columns}", columns=", ".join(header)),
            msg("write {columns}", columns=", ".join(COLUMNS)),
        )
        return None
    units: dict[str, str] = {}
    found: dict[str, dict[int, Observation]] = {}
    for row in rows:
        if row:
            _row(row, Place(shown_as, rows.line_num), problems, sources, units, found)
    return {
        name: Series(name, units[name], tuple(by_year[year] for year in sorted(by_year)))
        for name, by_year in found.items()
    }


def _row(
    row: list[str],
    place: Place,
    problems: Problems,
    sources: Mapping[str, Source] | None,
    units: dict[str, str],
    found: dict[str, dict[int, Observation]],
) -> None:
    if len(row) != len(COLUMNS):
        problems.add(
            place,
            msg("has {count} cells", count=len(row)),
            msg("write {columns}", columns=", ".join(COLUMNS)),
        )
        return
    time, variable, value, unit, status, source = (cell.strip() for cell in row)
    year, number = _number(time), _number(value)
    before = len(problems.found)
    if year is None or year != int(year):
        problems.add(place, msg('the time "{value}" is not a calendar year', value=time))
    if number is None:
        problems.add(place, msg('the value "{value}" is not a number', value=value), msg("write digits, such as 12.5"))
    if status not in STATUSES:
        problems.add(place, msg('the status cannot be "{value}"', value=status), nearest(status, STATUSES))
    if sources is not None and source not in sources:
        problems.add(
            place, msg('the source "{name}" is not in sources.yaml', name=source), nearest(source, list(sources))
        )
    if units.setdefault(variable, unit) != unit:
        problems.add(
            place,
            msg('"{name}" has two units, {a} and {b}', name=variable, a=units[variable], b=unit),
            msg("keep one"),
        )
    if len(problems.found) > before or year is None or number is None:
        return
    by_year = found.setdefault(variable, {})
    if int(year) in by_year:
        problems.add(place, msg('"{name}" has two values for {year}', name=variable, year=int(year)), msg("keep one"))
        return
    by_year[int(year)] = Observation(int(year), number, status, source)


def _number(written: str) -> float | None:
    try:
        value = float(written)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
