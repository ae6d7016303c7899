"""calibration/region_series.csv: the series of one place that the model looks up by the year, a column each.

A lookup of the model whose equation is ``(GET DIRECT LOOKUPS('../calibration/region_series.csv', ',', 'A', 'B2'))``
has its points in column B, under its own name. PySD and Vensim read the same cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from string import ascii_uppercase

from xinzhi.content.model_file import ModelFile, Variable
from xinzhi.content.plausible_figures import rounded
from xinzhi.content.reader import YEARS
from xinzhi.content.table_file import Table, number, read_table
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Place, msg, nearest, shortened

FILE = "calibration/region_series.csv"
FIRST_ROW = 2
FEWEST = 2  # points of a lookup
STEADY = 10.0  # times its smallest that the largest point may be where a series has a size
OTHER_SIZE = 20.0  # times the middle from which on a point is of another size


def check_series(path: Path, shown_as: str, model: ModelFile, problems: Problems) -> None:
    """Note every lookup that does not read its own column, every column without one, and what is not a number."""
    lookups = {
        name: variable
        for name, variable in model.variables.items()
        if variable.kind == "lookup" and variable.cell is not None
    }
    if not path.exists() and not lookups:
        return
    table = read_table(path, shown_as, problems)
    if table is None:
        return
    names = table.heading
    if names[:1] != ("year",) or len(names) > len(ascii_uppercase):
        problems.add(Place(shown_as, 1), msg("the first column is not the year"), msg("write year, then the lookups"))
        return
    columns = dict(zip(names[1:], ascii_uppercase[1:], strict=False))
    for name, variable in lookups.items():
        _check_lookup(name, variable, columns, str(model.path), problems)
    for name in columns.keys() - lookups.keys():
        problems.add(
            Place(shown_as, 1),
            msg('no lookup of the model reads "{name}"', name=shortened(name)),
            nearest(name[:100], list(lookups)),
        )
    _check_numbers(table, shown_as, problems)


def _check_lookup(name: str, variable: Variable, columns: Mapping[str, str], shown_as: str, problems: Problems) -> None:
    place = Place(shown_as, variable.line)
    if name not in columns:
        problems.add(place, msg('{file} has no column "{name}"', file=FILE, name=name), msg("add it"))
    elif variable.cell != f"{columns[name]}{FIRST_ROW}":
        message = msg('"{name}" reads {cell}, which is another column', name=name, cell=variable.cell)
        problems.add(place, message, msg("write {cell}", cell=f"{columns[name]}{FIRST_ROW}"))


def _check_numbers(table: Table, shown_as: str, problems: Problems) -> None:
    """Years of the calendar in order, numbers or nothing in the cells, two points at least in every column."""
    names = table.heading[1:]
    points: dict[str, list[tuple[float, Place]]] = {name: [] for name in names}
    before = None
    for cells, place in table.rows:
        year = number(cells[0])
        if year is None or (before is not None and year <= before):
            problems.add(
                place, msg('the year "{value}" is not in order', value=shortened(cells[0])), msg("write years in order")
            )
        elif not YEARS[0] <= year <= YEARS[1]:
            problems.add(
                place,
                msg('the time "{value}" is not a calendar year', value=shortened(cells[0])),
                msg("allowed are {low} to {high}", low=YEARS[0], high=YEARS[1]),
            )
        before = year if year is not None else before
        for name, cell in zip(names, cells[1:], strict=True):
            figure = number(cell)
            if cell and figure is None:
                problems.add(
                    place,
                    msg('the value "{value}" is not a number', value=shortened(cell)),
                    msg("write digits, such as 12.5, or leave the cell empty where there is no figure"),
                )
            if cell:
                points[name].append((figure if figure is not None else float("nan"), place))
    for name, series in points.items():
        if len(series) < FEWEST:
            message = msg('"{name}" has {count} points', name=shortened(name), count=len(series))
            problems.add(Place(shown_as), message, msg("give two years at least"))
        _check_sizes(name, series, problems)


def _check_sizes(name: str, points: list[tuple[float, Place]], problems: Problems) -> None:
    """Note a point that is of another size or sign than all others, which are of one: an index of 102 among 1.02s."""
    for place_in, (value, place) in enumerate(points):
        others = [other for at, (other, _) in enumerate(points) if at != place_in]
        if len(others) < FEWEST or not 0 < max(others) <= STEADY * min(others):
            continue
        middle = median(others)
        if not 1 / OTHER_SIZE < value / middle < OTHER_SIZE:
            problems.add(
                place,
                msg('"{name}" is {value}, its other figures are about {middle}', name=shortened(name),
                    value=f"{value:g}", middle=rounded(middle)),
                msg("correct the figure or its unit, or leave the cell empty where there is no figure"),
            )  # fmt: skip
