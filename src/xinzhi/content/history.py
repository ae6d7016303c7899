"""calibration/history.csv and sources.yaml: what was observed, with unit, status and source of every figure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinzhi.content.reader import (
    ID,
    LONGEST_NAME,
    YEARS,
    Field,
    Reader,
    Schema,
    bilingual,
    choice,
    mapping_of,
    record,
    text,
)
from xinzhi.content.table_file import Table, column, digits_remedy, number, read_table
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, narrow, read_yaml
from xinzhi.errors import Message, Place, msg, nearest, shortened

HISTORY = "calibration/history.csv"
COLUMNS = ("time", "variable", "value", "unit", "status", "source")
_UNIT = r"""^[^\s"',;]+( [^\s"',;]+)*$"""
STATUSES = ("published", "recalled", "estimated", "assumed")
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
    """One observed figure of a year; ``line`` is where it stands in the file."""

    time: int
    value: float
    status: str
    source: str
    line: int = field(default=0, compare=False)


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


def sources_format() -> Reader:
    """What calibration/sources.yaml holds; sources by id."""
    source = record(
        Field("kind", choice(KINDS), "来源种类", "What kind of source it is"),
        Field("publisher", bilingual, "发布单位", "Who published it"),
        Field("zh", text, "中文标题或说明", "Title or explanation in Chinese"),
        Field("en", text, "英文标题或说明", "Title or explanation in English"),
        Field(
            "grade",
            choice(("A", "B")),
            "等级：A为统计公报年鉴，B为官方表态",
            "A: official statistic; B: official statement",
            None,
        ),
    ).then(_source)
    return mapping_of(source, ID)


def _source(fields: dict[str, Any], node: Node, _problems: Problems) -> Source:
    title = Text(fields["zh"], fields["en"])
    return Source(node.key, fields["kind"], fields["publisher"], title, fields["grade"])


def read_sources(path: Path, shown_as: str, problems: Problems) -> dict[str, Source] | None:
    """sources.yaml by id, or None after its problems were noted."""
    root = read_yaml(path, shown_as, problems)
    sources = BAD if root is None else sources_format().read(root, problems)
    return None if isinstance(sources, Bad) else sources


@dataclass(frozen=True)
class _Row:
    """A row of history.csv whose cells were read."""

    variable: str
    unit: str
    observation: Observation


def history_schema(sources: Mapping[str, Source]) -> Schema:
    """history.csv as a table schema (Frictionless Data); rows are read by the same constants."""

    fields = [
        column("time", "integer", "年份", "Calendar year", minimum=YEARS[0], maximum=YEARS[1]),
        column("variable", "string", "序列编号", "Name of the series", pattern=ID, maxLength=LONGEST_NAME),
        column("value", "number", "数值", "The figure"),
        column("unit", "string", "单位，同一序列只用一种", "Unit, one a series", pattern=_UNIT, maxLength=LONGEST_NAME),
        column(
            "status",
            "string",
            "published公布，recalled凭记忆，estimated推算，assumed假定",
            "How sure it is",
            enum=list(STATUSES),
        ),
        column("source", "string", "来源编号，见sources.yaml", "A source of sources.yaml", enum=list(sources)),
    ]
    return {"fields": fields, "primaryKey": ["variable", "time"], "missingValues": []}


def read_history(
    path: Path, shown_as: str, problems: Problems, sources: Mapping[str, Source] | None
) -> dict[str, Series] | None:
    """history.csv by series name, or None where the file cannot be read; every bad row is noted with its line.

    Where ``sources`` is None (sources.yaml is bad itself) the rows' sources are not checked.
    """
    table = read_table(path, shown_as, problems, COLUMNS)
    return None if table is None else read_rows(table, shown_as, problems, sources)


def read_rows(
    table: Table, shown_as: str, problems: Problems, sources: Mapping[str, Source] | None
) -> dict[str, Series]:
    """As `read_history`, of a table that was read."""
    read = [(row, place) for cells, place in table.rows if (row := _row(cells, place, problems, sources)) is not None]
    if not table.rows:
        problems.add(Place(shown_as), msg("holds no figure"), msg("add a row"))
    return _series(read, problems)


def _row(cells: list[str], place: Place, problems: Problems, sources: Mapping[str, Source] | None) -> _Row | None:
    """One row, or None after every bad cell was noted."""
    time, variable, value, unit, status, source = cells
    time, value, unit = narrow(time), narrow(value), unit.replace("％", "%")
    before = len(problems.noted)

    def note(message: Message, remedy: Message) -> None:
        problems.add(place, message, remedy)

    figure = number(value)
    if not re.fullmatch("[0-9]{4}", time) or not YEARS[0] <= int(time) <= YEARS[1]:
        note(
            msg('the time "{value}" is not a calendar year', value=shortened(time)),
            msg("allowed are {low} to {high}", low=YEARS[0], high=YEARS[1]),
        )
    if figure is None:
        note(msg('the value "{value}" is not a number', value=shortened(value)), digits_remedy(value))
    if len(variable) > LONGEST_NAME or not re.search(ID, variable):
        note(msg('"{key}" cannot be a name here', key=shortened(variable)), msg("write small letters, digits, - and _"))
    if len(unit) > LONGEST_NAME or not re.search(_UNIT, unit):
        note(msg('the unit cannot be "{value}"', value=shortened(unit)), msg("write one, % for a share"))
    if status not in STATUSES:
        note(msg('the status cannot be "{value}"', value=shortened(status)), nearest(status[:100], STATUSES))
    if sources is not None and source not in sources:
        note(
            msg('the source "{name}" is not in sources.yaml', name=shortened(source)),
            nearest(source[:LONGEST_NAME], list(sources)),
        )
    if len(problems.noted) > before or figure is None:
        return None
    return _Row(variable, unit, Observation(int(time), figure, status, source, place.line or 0))


def _series(rows: list[tuple[_Row, Place]], problems: Problems) -> dict[str, Series]:
    """The rows by series and year; two units or two values for a year are noted."""
    units: dict[str, str] = {}
    observed: dict[str, dict[int, Observation]] = {}
    for row, place in rows:
        name, year = row.variable, row.observation.time
        if units.setdefault(name, row.unit) != row.unit:
            problems.add(
                place, msg('"{name}" has two units, {a} and {b}', name=name, a=units[name], b=row.unit), msg("keep one")
            )
        elif year in observed.get(name, {}):
            problems.add(place, msg('"{name}" has two values for {year}', name=name, year=year), msg("keep one"))
        else:
            observed.setdefault(name, {})[year] = row.observation
    return {
        name: Series(name, units[name], tuple(by_year[year] for year in sorted(by_year)))
        for name, by_year in observed.items()
    }
