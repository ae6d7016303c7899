"""A region's numbers as a first guess for another one: what grows with size is scaled, and all of it is assumed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from xinzhi.content import history, regional
from xinzhi.content.yaml_file import Text

SOURCE = "scaled-from-another-region"  # an id of sources.yaml
_SOURCE = """
{id}:
  kind: assumption
  publisher: {{zh: 本项目假定, en: this project (assumed)}}
  zh: 由{zh}的数据按{factor}倍折算，是尚未换成本地统计数据的初始假定
  en: "{en}'s figure times {factor}: a first guess until a statistic of this place replaces it"
"""
_SIZELESS = {"1", "%", "Dmnl", "Year", "hour", "元", "unit"}
_YEARS = {"Year", "年"}


def extensive(unit: str) -> bool:
    """Whether what is counted in ``unit`` grows with a region's size: yuan or firms do, shares and prices do not."""
    counted, *per = unit.split("/")
    return counted not in _SIZELESS and "=" not in unit and set(per) <= _YEARS


def scaled_regional(written: str, factor: float) -> str:
    """region.csv for a place ``factor`` times as large: values and ranges of what grows with size, all assumed."""
    return _changed(written, regional.COLUMNS, factor, ("value", "low", "high"))


def scaled_history(written: str, factor: float) -> str:
    """history.csv for a place ``factor`` times as large, every figure assumed until a statistic replaces it."""
    return _changed(written, history.COLUMNS, factor, ("value",))


def with_source(written: str, factor: float, region: Text) -> str:
    """sources.yaml with the source that the scaled numbers name."""
    if f"\n{SOURCE}:" in f"\n{written}":
        return written
    entry = _SOURCE.format(id=SOURCE, zh=region.zh, en=region.en, factor=f"{factor:g}")
    return written.rstrip("\n") + "\n" + entry


def replaced(written: str, values: Mapping[str, tuple[float, str, str]]) -> str:
    """region.csv with other values: (value, status, source) by constant; a range moves with its value."""
    rows = []
    for row in csv.DictReader(io.StringIO(written)):
        if row["constant"] in values:
            value, status, source = values[row["constant"]]
            old = float(row["value"])
            for end in ("low", "high"):
                if row[end]:
                    moved = float(row[end]) * (value / old) if old * value > 0 else float(row[end]) + value - old
                    row[end] = shown(moved)
            row |= {"value": shown(value), "status": status, "source": source}
        rows.append(row)
    return _written(rows, regional.COLUMNS)


def shown(value: float) -> str:
    """A number as the files hold it: six digits are more than any statistic has."""
    return f"{value:.6g}"


def _changed(written: str, columns: Sequence[str], factor: float, numbers: Sequence[str]) -> str:
    rows = []
    for row in csv.DictReader(io.StringIO(written)):
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
