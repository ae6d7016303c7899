"""calibration/forecasts/YEAR.yaml: what was forecast when YEAR's figures were the last, kept to be scored later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.files import files_in
from xinzhi.content.reader import Field, Reader, number, number_between, record, text, whole, year
from xinzhi.content.result_file import row_of, sequence, short
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, read_yaml
from xinzhi.errors import ContentError, msg

FOLDER = "calibration/forecasts"
SHARES = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True)
class FigureForecast:
    """A figure to come (indicator's unit): its quantiles at `SHARES`."""

    indicator: str
    year: int
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class PaceForecast:
    """The odds that a figure to come is on pace for a target: at least ``level``, or at most where that is asked."""

    target: str
    year: int
    level: float
    odds: float


@dataclass(frozen=True)
class OddsForecast:
    """A target's odds."""

    target: str
    odds: float


@dataclass(frozen=True)
class Forecasts:
    """Everything that was forecast of the baseline when ``made`` was the last year with figures."""

    made: int
    inputs: str
    seed: int
    members: int
    effective: float
    figures: tuple[FigureForecast, ...]
    pace: tuple[PaceForecast, ...]
    odds: tuple[OddsForecast, ...]


def forecasts_text(forecasts: Forecasts) -> str:
    """The file's text; `read_forecasts` gives back the same up to six digits."""
    lines = ["# Written by: xinzhi observe --write; scored when the figures have come. Not edited by hand."]
    lines += [f"{key}: {json.dumps(short(getattr(forecasts, key)))}" for key in ("made", "inputs", "seed", "members",
                                                                           "effective")]  # fmt: skip
    rows: Sequence[Any]
    for name, rows in (("figures", forecasts.figures), ("pace", forecasts.pace), ("odds", forecasts.odds)):
        lines.append(f"{name}:" if rows else f"{name}: []")
        lines += [f"- {json.dumps({key: short(value) for key, value in asdict(row).items()})}" for row in rows]
    return "\n".join(lines) + "\n"


def _figure(read: dict[str, Any], node: Node, problems: Problems) -> FigureForecast | Bad:
    if len(read["quantiles"]) == len(SHARES):
        return FigureForecast(**read)
    message = msg("there are {count} quantiles", count=len(read["quantiles"]))
    return problems.add(node.place, message, msg("{count} are needed, of 5 to 95 %", count=len(SHARES)))


def forecasts_format() -> Reader:
    """What a file of calibration/forecasts/ holds; `Forecasts`."""
    share = number_between(0, 1)
    figure = record(
        Field("indicator", text, "指标", "Indicator"),
        Field("year", year, "年份", "Year"),
        Field("quantiles", sequence(number), "5%至95%分位数", "Quantiles from 5 to 95 %"),
    ).then(_figure)
    pace = row_of(
        Field("target", text, "目标", "Target"),
        Field("year", year, "年份", "Year"),
        Field("level", number, "达到序时进度所需水平", "The level that is on pace"),
        Field("odds", share, "概率", "Odds"),
        made=PaceForecast,
    )
    odds = row_of(Field("target", text, "目标", "Target"), Field("odds", share, "概率", "Odds"), made=OddsForecast)
    return row_of(
        Field("made", year, "已有数据的末年", "The last year with figures"),
        Field("inputs", text, "所用文件的校验值", "Hash of what it was made from"),
        Field("seed", whole(0, 2**62), "随机种子", "Seed"),
        Field("members", whole(1, 10**9), "路径条数", "Members"),
        Field("effective", number, "有效条数", "Effective members"),
        Field("figures", sequence(figure), "各指标预测", "Forecasts of figures"),
        Field("pace", sequence(pace), "序时进度", "On pace"),
        Field("odds", sequence(odds), "达标概率", "Odds of targets"),
        made=Forecasts,
    )


def read_forecasts(folder: Path) -> list[Forecasts]:
    """All that were kept, oldest first. Raises `ContentError` with the problems of every damaged file."""
    problems, forecasts = Problems(), []
    for path in files_in(folder / FOLDER, ".yaml"):
        root = read_yaml(path, f"{FOLDER}/{path.name}", problems)
        read = BAD if root is None else forecasts_format().read(root, problems)
        if isinstance(read, Forecasts):
            forecasts.append(read)
    if problems.noted:
        raise ContentError(problems.noted)
    return forecasts
