"""A region's numbers as a first guess for another one: what grows with size is scaled, and all of it is assumed.

Levers' ranges, what scenarios set and what checks set are scaled too, so that the copy can be run at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML

from xinzhi.content import history, regional_values
from xinzhi.content.lever_sheet import LeverSheet
from xinzhi.content.model_file import ModelFile, Variable
from xinzhi.content.units import split_quantity
from xinzhi.content.yaml_file import Text

SOURCE = "scaled-from-another-region"  # an id of sources.yaml
_SOURCE = """
{id}:
  kind: assumption
  publisher: {{zh: 本项目假定, en: this project (assumed)}}
  zh: 沿用{zh}的数据（总量按{factor}倍折算，比率不变），是尚未换成本地统计数据的初始假定
  en: "{en}'s figure, times {factor} where it grows with size: a first guess until a local statistic replaces it"
"""
NATIONAL = "china_"  # how the names of the whole country's series begin
_SIZELESS = {"1", "%", "Dmnl", "Year", "hour", "元", "unit"}
_YEARS = {"Year", "年"}


def extensive(unit: str) -> bool:
    """Whether what is counted in ``unit`` grows with a region's size: yuan or firms do, shares and prices do not."""
    counted, *per = unit.split("/")
    return counted not in _SIZELESS and "=" not in unit and set(per) <= _YEARS


def scaled_regional(written: str, factor: float) -> str:
    """region.csv for a place ``factor`` times as large: values and ranges of what grows with size, all assumed."""
    return _changed(written, regional_values.COLUMNS, factor, ("value", "low", "high"))


def scaled_history(written: str, factor: float) -> str:
    """history.csv for a place ``factor`` times as large, every figure assumed until a statistic replaces it.

    Series of the whole country stay as they are.
    """
    return _changed(written, history.COLUMNS, factor, ("value",), kept=lambda row: row["variable"].startswith(NATIONAL))


def with_source(written: str, factor: float, region: Text) -> str:
    """sources.yaml with the source that the scaled numbers name."""
    if f"\n{SOURCE}:" in f"\n{written}":
        return written
    entry = _SOURCE.format(id=SOURCE, zh=region.zh, en=region.en, factor=f"{factor:g}")
    return written.rstrip("\n") + "\n" + entry


def scaled_levers(written: str, factor: float, model: ModelFile) -> str:
    """levers.yaml with the ranges and steps of what grows with size."""
    document = YAML().load(written)
    for lever in document["levers"].values():
        if _sized(str(lever["unit"]), model.variables[lever["variable"]]):
            lever["range"] = [_rounded(end * factor) for end in lever["range"]]
            lever["step"] = _rounded(lever["step"] * factor)
    return _dumped(document)


def _sized(unit: str, variable: Variable) -> bool:
    """Whether a lever grows with the region: its base is the region's number, or nothing."""
    return extensive(unit) and (variable.cell is not None or not variable.value)


def scaled_scenario(written: str, factor: float, sheet: LeverSheet, model: ModelFile) -> str:
    """A scenario with the settings of levers that grow with size, each in its lever's unit."""
    document = YAML().load(written)
    for name, setting in list((document.get("levers") or {}).items()):
        lever = sheet.find(name)
        value = setting.get("value") if isinstance(setting, dict) else setting
        read = None if value is None else split_quantity(str(value))
        if lever is None or read is None or not _sized(lever.unit, model.variables[lever.variable]):
            continue
        number, unit = read
        scaled = f"{shown(number * factor)}{unit or lever.unit}"
        if isinstance(setting, dict):
            setting["value"] = scaled
        else:
            document["levers"][name] = scaled
    return _dumped(document)


def scaled_checks(written: str, factor: float, model: ModelFile) -> str:
    """checks.yaml: the numbers that are set, and bounds of variables, where these grow with size."""
    document = YAML().load(written)
    for check in document["checks"].values():
        for name, value in (check.get("set") or {}).items():
            if extensive(model.variables[name].unit):
                check["set"][name] = _rounded(value * factor)
        for expected in check["expect"]:
            names = [expected["variable"]] if "variable" in expected else list(expected.get("sum") or ())
            if "between" in expected and all(extensive(model.variables[name].unit) for name in names):
                expected["between"] = [_rounded(end * factor) for end in expected["between"]]
    return _dumped(document)


def without_family(written: str) -> str:
    """structure.yaml without the other places: they are sized against the place that it was written for."""
    document = YAML().load(written)
    document.pop("family", None)
    return _dumped(document)


def _rounded(value: float) -> float | int:
    number = float(shown(value))
    return int(number) if number.is_integer() else number


def _dumped(document: Any) -> str:
    yaml = YAML()
    yaml.width = 4096
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def replaced(written: str, values: Mapping[str, tuple[float, str, str | None]]) -> str:
    """region.csv with other values: (value, status, source) by constant, no source as it was.

    The range of what grows with size moves with its value; any other is widened where the value has left it.
    """
    rows = []
    for row in csv.DictReader(io.StringIO(written)):
        if row["constant"] in values:
            value, status, source = values[row["constant"]]
            old = float(row["value"])
            if row["low"] and row["high"]:
                times = value / old if extensive(row["unit"]) and old * value > 0 else 1.0
                low, high = float(row["low"]) * times, float(row["high"]) * times
                row |= {"low": shown(min(low, value)), "high": shown(max(high, value))}
            row |= {"value": shown(value), "status": status, "source": source or row["source"]}
        rows.append(row)
    return _written(rows, regional_values.COLUMNS)


def shown(value: float) -> str:
    """A number as the files hold it: six digits are more than any statistic has."""
    return f"{value:.6g}"


def followed(written: str, other: str, factor: float) -> tuple[str, tuple[str, ...]]:
    """region.csv in the order of the ``other`` place's, whose equations are used here too; the constants new in it.

    Its own numbers stay. What only the other has is taken over for a place ``factor`` times as large, assumed; what
    only this one has goes, for no equation reads it.
    """
    own = {row["constant"]: row for row in csv.DictReader(io.StringIO(written))}
    guesses = list(csv.DictReader(io.StringIO(scaled_regional(other, factor))))
    new = tuple(row["constant"] for row in guesses if row["constant"] not in own)
    return _written([own.get(row["constant"], row) for row in guesses], regional_values.COLUMNS), new


def _changed(
    written: str, columns: Sequence[str], factor: float, numbers: Sequence[str],
    kept: Callable[[Mapping[str, str]], bool] = lambda _row: False,
) -> str:  # fmt: skip
    rows = []
    for row in csv.DictReader(io.StringIO(written)):
        if kept(row):
            rows.append(row)
            continue
        if extensive(row["unit"]):
            row |= {name: shown(float(row[name]) * factor) for name in numbers if row[name]}
        rows.append(row | {"status": "assumed", "source": SOURCE})
    return _written(rows, columns)


def _written(rows: Sequence[Mapping[str, str]], columns: Sequence[str]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
