"""Lever sets as Python gives them: one mapping, a list of mappings, a table with named columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from xinzhi.content.lever import PartialSetting, Setting
from xinzhi.content.lever_sheet import LeverSheet
from xinzhi.content.scenario import apply
from xinzhi.errors import ContentError, Message, Place, Problem, msg

Settings = Mapping[str, Any] | Iterable[Mapping[str, Any]]
"""One lever set, several, or a table (a DataFrame, a structured array) with a column a lever and a row a set."""


def read_lever_sets(sheet: LeverSheet, usual: Mapping[str, Setting], settings: object) -> list[dict[str, Setting]]:
    """Every lever's setting in each set; a lever that a set does not name is set as in ``usual``.

    Raises `ContentError` with every problem of every set: what is no mapping, a table whose columns have no names or
    one name twice, no set at all, unknown levers, values that are no numbers or beyond their range.
    """
    rows = _rows(settings)
    if not rows:
        raise _wrong(msg("there is no lever set"), msg("give a dict of levers and values, or a list of some"))
    problems: list[Problem] = []
    sets: list[dict[str, Setting]] = []
    for number, row in enumerate(rows):
        place = Place(f"settings[{number}]") if len(rows) > 1 else None
        try:
            sets.append(dict(apply(_assigned(sheet, row), usual)))
        except ContentError as error:
            problems += [replace(it, place=place) for it in error.problems]
    if problems:
        raise ContentError(problems)
    return sets


def _assigned(sheet: LeverSheet, row: object) -> dict[str, PartialSetting]:
    if not _is_mapping(row):
        shown = " ".join(repr(row).split())
        kind = msg("a lever set is a dict of levers and values, not {value}",
                   value=shown if len(shown) <= 40 else f"{shown[:39]}…")  # fmt: skip
        raise _wrong(kind, msg("give a dict such as {example}", example=str(_example(sheet))))
    return sheet.assignments(row, in_model_units=True)  # type: ignore[arg-type]


def _example(sheet: LeverSheet) -> dict[str, str]:
    lever = next(iter(sheet.levers.values()))
    return {lever.id: f"{lever.shown(lever.high):g}{lever.unit}"}


def _rows(settings: object) -> Sequence[object]:
    """The sets that ``settings`` holds, one after the other."""
    names = getattr(settings, "columns", None)
    if names is not None and hasattr(settings, "itertuples"):  # a DataFrame
        return _named(list(names), settings.itertuples(index=False, name=None))
    names = getattr(getattr(settings, "dtype", None), "names", None)
    if names is not None:  # a structured array
        return _named(list(names), settings.reshape(-1).tolist())  # type: ignore[attr-defined]
    if getattr(settings, "dtype", None) is not None and not hasattr(settings, "items"):
        raise _wrong(msg("the columns of an array have no names"),
                     msg("give a DataFrame or a structured array, a column a lever"))  # fmt: skip
    if _is_mapping(settings):
        return [settings]
    if isinstance(settings, str | bytes) or not isinstance(settings, Iterable):
        return [settings]
    return list(settings)


def _named(names: list[object], rows: Iterable[Sequence[object]]) -> list[object]:
    """The rows of a table as mappings. Raises `ContentError` where a column has no name, or its name twice."""
    unnamed = [place for place, name in enumerate(names) if not isinstance(name, str) or not name.strip()]
    if unnamed:
        raise _wrong(msg("column {place} has no name", place=unnamed[0] + 1), msg("name each after a lever"))
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise _wrong(msg('column "{name}" stands twice', name=str(twice[0])), msg("keep one"))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _is_mapping(given: object) -> bool:
    return isinstance(given, Mapping) or (hasattr(given, "items") and hasattr(given, "keys"))


def _wrong(problem: Message, remedy: Message) -> ContentError:
    return ContentError(Problem(None, problem, remedy))
