"""calibration/region.csv: the numbers of one place that the model reads, so that its equations hold for any place.

A constant of the model whose equation is ``GET DIRECT CONSTANTS('../calibration/region.csv', ',', 'B7')`` has its
value, status, source and range in row 7 of that file. PySD and Vensim read the same cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from xinzhi.content.model_file import REGIONAL, STATUSES, ModelFile, Variable
from xinzhi.content.prior_file import Prior
from xinzhi.content.reader import Schema
from xinzhi.content.table_file import column, number, read_table
from xinzhi.content.uncertainty import Uncertainties, Uncertainty
from xinzhi.content.yaml_file import Problems, Text
from xinzhi.errors import Message, Place, msg, nearest, shortened

FILE = "calibration/region.csv"
COLUMNS = ("constant", "value", "unit", "low", "high", "status", "source", "zh", "en")
VALUE_COLUMN = "B"


@dataclass(frozen=True)
class RegionalValue:
    """One row: the value and its range in the model's unit; the range's reason, or why there is none."""

    constant: str
    value: float
    unit: str
    low: float | None
    high: float | None
    status: str
    sources: tuple[str, ...]
    reason: Text | None
    line: int


def regional_schema(model: ModelFile, sources: Collection[str]) -> Schema:
    """region.csv as a table schema (Frictionless Data); rows are read by the same constants."""
    constants = [v.name for v in model.variables.values() if v.cell is not None and v.kind == "constant"]
    fields = [
        column("constant", "string", "模型中的常数", "The model's constant", enum=constants),
        column("value", "number", "数值（模型单位）", "The figure, in the model's unit"),
        column("unit", "string", "单位，与模型一致", "Unit, as in the model"),
        column("low", "number", "下限，没有范围时留空", "Lowest value, empty without a range", required=False),
        column("high", "number", "上限", "Highest value", required=False),
        column("status", "string", "published公布，recalled凭记忆，estimated推算，assumed假定", "How sure it is",
               enum=list(STATUSES[:-1])),
        column("source", "string", "来源编号，见sources.yaml，多个以空格分开",
               f"Sources of sources.yaml, separated by blanks, such as {next(iter(sources))}"),
        column("zh", "string", "范围的依据；没有范围时为不取范围的理由", "Reason in Chinese", required=False),
        column("en", "string", "英文说明", "Reason for the range, or why there is none", required=False),
    ]  # fmt: skip
    return {"fields": fields, "primaryKey": ["constant"], "missingValues": [""]}


def read_regional(
    path: Path, shown_as: str, problems: Problems, known: Collection[str] | None
) -> dict[int, RegionalValue] | None:
    """The rows by their line, none where there is no file; None where it cannot be read; bad rows are noted.

    Where ``known`` sources are None (sources.yaml is bad itself) the rows' sources are not checked.
    """
    if not path.exists():
        return {}
    table = read_table(path, shown_as, problems, COLUMNS)
    if table is None:
        return None
    before = len(problems.noted)
    read = [row for cells, place in table.rows if (row := _row(cells, place, problems, known)) is not None]
    first: dict[str, int] = {}
    for row in read:
        if first.setdefault(row.constant, row.line) != row.line:
            place = Place(shown_as, row.line)
            problems.add(place, msg('"{name}" is defined twice', name=shortened(row.constant)), msg("keep one"))
    return None if len(problems.noted) > before else {row.line: row for row in read}


def _row(cells: list[str], place: Place, problems: Problems, known: Collection[str] | None) -> RegionalValue | None:
    """One row, or None after every bad cell was noted."""
    constant, value, unit, low, high, status, source, zh, en = cells
    before = len(problems.noted)
    figures = {"value": number(value), "low": number(low), "high": number(high)}
    for (key, figure), written in zip(figures.items(), (value, low, high), strict=True):
        if figure is None and (written or key == "value"):
            problems.add(
                place,
                msg('the {key} "{value}" is not a number', key=key, value=shortened(written)),
                msg("write digits, such as 12.5"),
            )
    if status not in STATUSES[:-1]:
        problems.add(
            place,
            msg('the status cannot be "{value}"', value=shortened(status)),
            nearest(status[:100], STATUSES[:-1]),
        )
    for name in source.split() or [""]:
        if known is not None and name not in known:
            message = msg('the source "{name}" is not in sources.yaml', name=shortened(name))
            problems.add(place, message, nearest(name[:100], list(known)))
    if bool(zh) != bool(en):
        problems.add(place, msg("the reason is there in one language only"), msg("write zh and en"))
    if (not low) != (not high):
        problems.add(place, msg("the range has one end only"), msg("write low and high, or neither"))
    least, most, middle = figures["low"], figures["high"], figures["value"]
    if least is not None and most is not None and middle is not None and not least <= middle <= most:
        problems.add(
            place,
            msg('"{name}" is {value}, outside its range', name=shortened(constant), value=f"{middle:g}"),
            msg("allowed are {low} to {high}", low=f"{least:g}", high=f"{most:g}"),
        )
    if len(problems.noted) > before or middle is None:
        return None
    reason = Text(zh, en) if zh else None
    sources = tuple(source.split())
    return RegionalValue(constant, middle, unit, least, most, status, sources, reason, place.line or 0)


def with_regional(
    model: ModelFile, rows: Mapping[int, RegionalValue], shown_as: str, problems: Problems
) -> ModelFile | None:
    """The model with the region's numbers in their places, or None after noting what does not fit."""
    before = len(problems.noted)
    lines = {row.constant: row.line for row in rows.values()}
    variables = dict(model.variables)
    read = set()
    for name, variable in model.variables.items():
        if variable.cell is None or variable.kind == "lookup":
            if variable.status == REGIONAL:
                problems.add(
                    Place(str(model.path), variable.line),
                    msg('"{name}" is regional and has its number in the model', name=name),
                    msg("give its status, or read it from {file}", file=FILE),
                )
            continue
        row = rows.get(_line_of(variable.cell))
        wrong = _misfit(variable, row, lines)
        if wrong is not None:
            problems.add(Place(str(model.path), variable.line), *wrong)
        elif row is not None:
            read.add(row.line)
            variables[name] = _filled(variable, row)
    for line in sorted(rows.keys() - read):
        if len(problems.noted) == before:
            problems.add(
                Place(shown_as, line),
                msg('no constant of the model reads "{name}"', name=shortened(rows[line].constant)),
                nearest(
                    rows[line].constant[:100],
                    [v.name for v in model.variables.values() if v.cell and v.kind == "constant"],
                ),
            )
    return None if len(problems.noted) > before else replace(model, variables=variables)


def _line_of(cell: str) -> int:
    """The line of a cell, 0 where it is not one of the values' column."""
    line = cell.removeprefix(VALUE_COLUMN).removesuffix("*")
    return int(line) if cell.startswith(VALUE_COLUMN) and line.isdecimal() else 0


def _misfit(
    variable: Variable, row: RegionalValue | None, lines: Mapping[str, int]
) -> tuple[Message, Message | None] | None:
    """Why the row that a constant reads is not its own."""
    name = variable.name
    if row is None or row.constant != name:
        if name not in lines:
            return (
                msg('{file} has no number for "{name}"', file=FILE, name=name),
                msg("add a row: {columns}", columns=",".join(COLUMNS)),
            )
        other = msg("nothing") if row is None else shortened(row.constant)
        return (
            msg('"{name}" reads {cell}, where {other} stands', name=name, cell=variable.cell, other=other),
            msg("write {cell}", cell=f"{VALUE_COLUMN}{lines[name]}"),
        )
    if row.unit != variable.unit:
        return (
            msg('"{name}" is in {unit}, its row {line} in {other}', name=name, unit=variable.unit, line=row.line,
                other=shortened(row.unit) or "-"),
            msg("convert the figure and write {unit}", unit=variable.unit),
        )  # fmt: skip
    if variable.status != REGIONAL:
        return (
            msg('"{name}" has its status in {file} too', name=name, file=FILE),
            msg("write Status: {status}.", status=REGIONAL),
        )
    return None


def _filled(variable: Variable, row: RegionalValue) -> Variable:
    sources = tuple(dict.fromkeys((*row.sources, *variable.sources)))
    return replace(variable, value=row.value, status=row.status, sources=sources, low=row.low, high=row.high)


def regional_doubts(rows: Iterable[RegionalValue]) -> Uncertainties:
    """What is not known of the region's numbers: triangular over the range, the value the most likely."""
    priors, fixed = {}, {}
    for row in rows:
        if row.reason is not None and row.low is not None and row.high is not None and row.low < row.high:
            prior = Prior("triangular", row.low, row.high, mode=row.value)
            priors[row.constant] = Uncertainty(row.constant, prior, row.reason, row.status)
        elif row.reason is not None:
            fixed[row.constant] = row.reason
    return Uncertainties(priors, fixed)
