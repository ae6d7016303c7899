"""Dimensional consistency: the units of every equation balance, by pysimlin's checker on the model's own text."""

from __future__ import annotations

import csv
import re
import tempfile
from pathlib import Path
from string import ascii_uppercase

from xinzhi.content.content import Content
from xinzhi.errors import msg
from xinzhi.studies.validate.outcome import FAILS, HOLDS, UNTESTED, Cases, Finding, Worst

_CELL = re.compile(r"GET DIRECT CONSTANTS\('\.\./(?P<file>[^']+)', ',', 'B(?P<line>\d+)'\)")
_SERIES = re.compile(r"GET DIRECT LOOKUPS\('\.\./(?P<file>[^']+)', ',', 'A', '(?P<column>[B-Z])2'\)")


def check_units(content: Content) -> Finding:
    """Whether the two sides of each equation have one unit. Every variable has one: the reader refuses any other."""
    try:
        import simlin
    except ImportError:
        return Finding("units", UNTESTED, msg("pysimlin is not installed: pip install pysimlin"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mdl"
        path.write_text(_with_numbers(content), encoding="utf-8")
        issues = [str(issue) for issue in simlin.load(str(path)).check()]
    count = len(content.model.variables)
    if issues:
        said = msg("{count} equations do not balance, first: {issue}", count=len(issues), issue=issues[0])
        rows = tuple((issue,) for issue in issues)
        return Finding(
            "units", FAILS, said, Worst(issues[0], len(issues), 0),
            (Cases(msg("Equations whose units do not balance"), (msg("Finding"),), rows),),
        )  # fmt: skip
    units = len({variable.unit for variable in content.model.variables.values()})
    return Finding("units", HOLDS, msg("{count} variables in {units} units, every equation balances",
                                       count=count, units=units))  # fmt: skip


def _with_numbers(content: Content) -> str:
    """The model's text with the cells of calibration/ in their places, for a program that reads one file."""

    def cells(found: re.Match[str]) -> list[list[str]]:
        lines = (content.folder / found["file"]).read_text(encoding="utf-8-sig").splitlines()
        return list(csv.reader(lines))

    def points(found: re.Match[str]) -> str:
        at = ascii_uppercase.index(found["column"])
        return ",".join(f"({row[0]},{row[at]})" for row in cells(found)[1:] if row[at])

    text = content.model.path.read_text(encoding="utf-8-sig")
    return _SERIES.sub(points, _CELL.sub(lambda found: cells(found)[int(found["line"]) - 1][1], text))
