"""What holds for every value that a reader accepts, said apart from the readers."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from fuzz_models import unsound_run
from xinzhi.content.anchor_file import Anchors
from xinzhi.content.audit_file import Item
from xinzhi.content.check import Check
from xinzhi.content.content import Content
from xinzhi.content.fit_file import Fit
from xinzhi.content.history import Series, Source
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.lever_sheet import LeverSheet
from xinzhi.content.model_file import ModelFile
from xinzhi.content.region_file import Region
from xinzhi.content.scenario import Scenario
from xinzhi.content.table_file import Table
from xinzhi.content.units import UnitError, Units
from xinzhi.content.yaml_file import Text

INVISIBLE = ("Cc", "Cs", "Co", "Zl", "Zp")


def unsound(value: Any, good: Content) -> list[str]:
    """Everything about an accepted value (or dict of values) that no sound content has; empty where it is sound."""
    if isinstance(value, pd.DataFrame):
        return list(unsound_run(value))
    return [*_everywhere(value), *(said for part in _parts(value) for said in _wrong(part, good))]


def _everywhere(value: Any) -> Iterator[str]:
    """Numbers are finite, texts are there in both languages and hold nothing invisible."""
    if isinstance(value, Units):
        value = (value.definitions, dict(value.in_english))
    if isinstance(value, bool | None | Path):
        return
    if isinstance(value, int | float):
        if not math.isfinite(value):
            yield f"not finite: {value}"
    elif isinstance(value, str):
        if any(unicodedata.category(letter) in INVISIBLE and letter != "\n" for letter in value):
            yield f"invisible letter: {value[:80]!r}"
        if len(value) > 5000:
            yield f"long text: {value[:40]!r}"
    elif isinstance(value, Text):
        if not value.zh.strip() or not value.en.strip():
            yield f"empty text: {value}"
        yield from _everywhere((value.zh, value.en))
    elif isinstance(value, Mapping):
        if not all(isinstance(key, str) and key.strip() for key in value):
            yield f"a key is no text: {list(value)[:5]}"
        for key, part in value.items():
            yield from _everywhere(key)
            yield from _everywhere(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _everywhere(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _everywhere(getattr(value, field.name))


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _parts(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _parts(part)
    else:
        yield value


def _says(sound: bool, said: str) -> Iterator[str]:
    if not sound:
        yield said


def _wrong(value: Any, good: Content) -> Iterator[str]:
    for type_, check in CHECKS.items():
        if isinstance(value, type_):
            yield from check(value, good)


def _year(year: float) -> bool:
    return year == int(year) and 1900 <= year <= 2200


def _region(region: Region, _good: Content) -> Iterator[str]:
    plan = region.plan
    yield from _says(plan.base_year < plan.first_year <= plan.final_year, f"years not in order: {plan}")
    yield from _says(_year(plan.base_year) and _year(plan.final_year), f"no years: {plan}")
    yield from _says(bool(region.chapters and region.departments), "no chapters or departments")
    date.fromisoformat(region.document.date)


def _units(units: Units, _good: Content) -> Iterator[str]:
    for line in units.definitions:
        name = line.split("=")[0].strip()
        try:
            yield from _says(units.factor(name, name) == 1, f"{name} is not itself")
        except UnitError:
            yield f"{name} is not known"
    for unit, shown in units.in_english.items():
        yield from _says(0 < units.factor(unit, shown.unit) < math.inf, f"{unit} has no factor")


def _sheet(sheet: LeverSheet, good: Content) -> Iterator[str]:
    (start_low, start_high), (ramp_low, ramp_high) = sheet.timing.start, sheet.timing.ramp
    yield from _says(1900 <= start_low < start_high <= 2200 and 0 < ramp_low < ramp_high <= 100, f"{sheet.timing}")
    codes = [lever.code for lever in sheet.levers.values()]
    names = [lever.name.zh.lower() for lever in sheet.levers.values()]
    yield from _says(len(set(codes)) == len(codes) and len(set(names)) == len(names), "names or codes twice")
    for lever in sheet.levers.values():
        yield from _says(lever.low < lever.high, f"{lever.id} low {lever.low} high {lever.high}")
        yield from _says(lever.low - 1e-9 <= lever.base <= lever.high + 1e-9, f"{lever.id} base {lever.base}")
        yield from _says(0 < lever.step <= lever.high - lever.low + 1e-9, f"{lever.id} step {lever.step}")
        yield from _says(lever.base_ramp > 0 and _year(lever.base_start), f"{lever.id} {lever.base_setting}")
        yield from _says(good.units.knows(lever.unit), f"{lever.id} unit {lever.unit}")
        yield from _says(lever.group in good.region.chapters, f"{lever.id} group")
        yield from _says(set(lever.departments) <= set(good.region.departments), f"{lever.id} departments")
        yield from _says(bool(lever.sources) and set(lever.sources) <= set(good.history.sources), f"{lever.id} sources")
        yield from _says(lever.code.isascii() and lever.code.islower(), f"{lever.id} code {lever.code!r}")


def _indicator(indicator: Indicator, good: Content) -> Iterator[str]:
    yield from _says(type(indicator.decimals) is int and 0 <= indicator.decimals <= 6, f"decimals {indicator.decimals}")
    yield from _says(0 < indicator.factor < math.inf and good.units.knows(indicator.unit), f"{indicator.id} unit")
    yield from _says(indicator.variable in good.model.variables, f"{indicator.id} variable")


def _target(target: Target, good: Content) -> Iterator[str]:
    last = good.model.control("FINAL TIME")
    yield from _says(type(target.decimals) is int and 0 <= target.decimals <= 6, f"decimals {target.decimals}")
    yield from _says(_year(target.year) and target.base_year < target.year <= last, f"year {target.year}")
    yield from _says(good.units.knows(target.unit), f"unit {target.unit}")
    yield from _says(len(set(target.departments)) == len(target.departments) > 0, "departments")


def _check(check: Check, good: Content) -> Iterator[str]:
    first, last = good.model.control("INITIAL TIME"), good.model.control("FINAL TIME")
    yield from _says(check.time_step is None or 1e-4 < check.time_step <= 1, f"time step {check.time_step}")
    yield from _says(all(good.model.variables[key].kind == "constant" for key in check.constants), "sets no constant")
    yield from _says(bool(check.expectations), "expects nothing")
    for one in check.expectations:
        yield from _says(bool(one.left) and (one.right is None) != (one.between is None), f"compares nothing: {one}")
        yield from _says(one.between is None or one.between[0] < one.between[1], f"range {one.between}")
        yield from _says(0 <= one.tolerance <= 1, f"tolerance {one.tolerance}")
        times = one.times or (first, last)
        whole = all(time == int(time) for time in times)
        yield from _says(first <= times[0] <= times[1] <= last and whole, f"no saved year in {times}")


def _anchors(anchors: Anchors, good: Content) -> Iterator[str]:
    constants = [*anchors.anchors, *anchors.yardsticks]
    yield from _says(len(set(constants)) == len(constants) > 0, f"a constant twice, or none: {constants[:5]}")
    yield from _says(all(good.model.variables[name].cell for name in constants), "anchors what is not regional")
    for anchor in anchors.anchors.values():
        yield from _says(anchor.indicator in good.indicators and math.isfinite(anchor.observed.value), f"{anchor}")
    for yardstick in anchors.yardsticks.values():
        yield from _says(yardstick.variable in good.model.variables and _year(yardstick.year), f"{yardstick}")


def _fit(fit: Fit, good: Content) -> Iterator[str]:
    constants = {name: it for name, it in good.model.variables.items() if it.kind == "constant"}
    yield from _says(_year(fit.first) and _year(fit.last) and fit.first < fit.last, f"window {fit.first} {fit.last}")
    yield from _says(bool(fit.parameters and fit.series), "fits nothing")
    for name, fitted in fit.parameters.items():
        prior, value = fitted.prior, constants[name].value
        assert value is not None
        yield from _says(prior.low < prior.high and prior.low - 1e-6 <= value <= prior.high + 1e-6, f"{fitted}")
        yield from _says(prior.sd is None or prior.sd > 0, f"{fitted}")
    for series in fit.series.values():
        yield from _says(series.indicator in good.history.series, f"{series.indicator} is not observed")
        yield from _says(series.discrepancy >= 0 and 0 <= series.persistence < 1, f"{series}")
    yield from _says(fit.shock is None or fit.shock.indicator in fit.series, f"{fit.shock}")
    for known in fit.hindsight.values():
        yield from _says(isinstance(known.before, float) or known.before in constants, f"{known}")


def _table(table: Table, _good: Content) -> Iterator[str]:
    """Points by the year, as region_series.csv has them."""
    years = [float(cells[0]) for cells, _ in table.rows]
    yield from _says(
        len(years) > 1 and years == sorted(set(years)) and years[0] >= 1900 and years[-1] <= 2200, f"years {years}"
    )
    yield from _says(len(set(table.heading)) == len(table.heading), f"a column twice: {table.heading}")
    for cells, _ in table.rows:
        yield from _says(all(math.isfinite(float(cell)) for cell in cells if cell), f"no number in {cells}")


def _item(item: Item, good: Content) -> Iterator[str]:
    words = {**dict.fromkeys(item.steps, "x"), "base_year": "x", "final_year": "x"}
    yield from _says(all("{" not in text.format(**words) for text in (item.says.zh, item.model.en)), "a brace is left")
    yield from _says(bool(item.targets) and set(item.targets) <= set(good.targets), f"{item.id} reads {item.targets}")
    yield from _says(item.rule is None or item.rule.step in item.steps, f"{item.id} judges no step")
    for step in item.steps.values():
        yield from _says(0 < step.factor < math.inf and 0 <= step.decimals <= 6, f"{step.id} {step.factor}")
        yield from _says(good.units.knows(step.unit), f"{step.id} unit {step.unit}")


def _series(series: Series, _good: Content) -> Iterator[str]:
    years = [observation.time for observation in series.observations]
    yield from _says(bool(years) and years == sorted(set(years)) and all(map(_year, years)), f"years {years[:5]}")
    yield from _says(bool(series.unit.strip() and series.variable.strip()), "no unit or name")


def _source(source: Source, _good: Content) -> Iterator[str]:
    yield from _says(source.grade in (None, "A", "B") and bool(source.id), f"{source}")


def _scenario(scenario: Scenario, good: Content) -> Iterator[str]:
    for key, partial in scenario.overrides.items():
        lever, timing = good.sheet.levers[key], good.sheet.timing
        yield from _says(partial.value is None or lever.low <= partial.value <= lever.high, f"{key} {partial}")
        yield from _says(
            partial.start is None or timing.start[0] <= partial.start <= timing.start[1], f"{key} {partial}"
        )
        yield from _says(partial.ramp is None or timing.ramp[0] <= partial.ramp <= timing.ramp[1], f"{key} {partial}")


def _model(model: ModelFile, _good: Content) -> Iterator[str]:
    first, last, step, saveper = map(model.control, ("INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER"))
    yield from _says(_year(first) and _year(last) and first < last, f"clock {first} {last}")
    yield from _says(0 < step <= saveper <= last - first and (last - first) / step <= 1e5, f"step {step} {saveper}")
    for variable in model.variables.values():
        yield from _says(bool(variable.name and variable.unit and variable.zh and variable.en), f"{variable}")
        yield from _says(variable.low is None or variable.low < variable.high, f"range of {variable.name}")
        yield from _says(set(variable.uses) <= set(model.variables), f"{variable.name} uses {variable.uses}")
        yield from _says(len(variable.name) <= 200, f"long name {variable.name[:50]}")


CHECKS = {
    Region: _region, Units: _units, LeverSheet: _sheet, Indicator: _indicator, Target: _target, Check: _check,
    Item: _item, Series: _series, Source: _source, Scenario: _scenario, ModelFile: _model,
    Anchors: _anchors, Fit: _fit, Table: _table,
}  # fmt: skip
