"""calibration/backtest.yaml: how well the past was forecast, kept so that pages need not do it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from xinzhi.content.reader import Field, Reader, choice, list_of, number, text, whole, year
from xinzhi.content.result_file import or_nothing, row_of, sequence, short
from xinzhi.content.yaml_file import BAD, Problems, read_yaml
from xinzhi.errors import ContentError, Place, Problem, msg

FILE = "calibration/backtest.yaml"
FORMER = "calibration/hindcast.yaml"  # of earlier versions
MODEL = "model"
LEVELS = (0.5, 0.8, 0.95)

# What a forecast knows of the years after its origin: everything (no forecast, a fit), what came from outside (the
# shock, as the figures of its years have it, and the price index), or nothing.
Foresight = Literal["all", "outside", "none"]


@dataclass(frozen=True)
class Score:
    """One method on one series (or all, ``indicator`` None), over ``count`` forecasts.

    ``mape`` is relative, ``mase`` is against the mean change from year to year before the origin, ``crps`` of the
    logarithm, ``coverage`` the shares within intervals of `LEVELS`. ``theil`` is Theil's U against no change at all;
    its parts, of the mean squared error of the logarithm, are bias, unequal variation and what is left, and add up
    to 1.
    """

    indicator: str | None
    method: str
    count: int
    mape: float
    mase: float
    crps: float
    coverage: tuple[float, ...]
    theil: float
    parts: tuple[float, ...]


@dataclass(frozen=True)
class Relative:
    """The model's mean error over a random walk's with drift, so many years ``ahead`` (None: three and more).

    Over all series (``indicator`` None) it is the geometric mean, weighted by counts (Davydenko and Fildes 2013).
    """

    indicator: str | None
    ahead: int | None
    count: int
    ratio: float


@dataclass(frozen=True)
class BacktestScores:
    """Forecasts from ``origins``: scores by series and over all, errors by years ahead, and of everything that came
    the shares within the model's intervals of `LEVELS`."""

    origins: tuple[int, ...]
    foresight: Foresight
    scores: tuple[Score, ...]
    relative: tuple[Relative, ...]
    coverage: tuple[float, ...]

    def better(self) -> list[tuple[Score, Score]]:
        """The series on which a rival has a smaller mean error than the model: (the model's score, the rival's)."""
        losses = []
        for mine in (it for it in self.scores if it.method == MODEL):
            rivals = [it for it in self.scores if it.indicator == mine.indicator and it.method != MODEL]
            best = min(rivals, key=lambda it: it.mape)
            if best.mape < mine.mape:
                losses.append((mine, best))
        return losses


@dataclass(frozen=True)
class KeptBacktests:
    """What the file holds: ``inputs`` is the hash of the files that the forecasts were made from, ``depends`` the
    fingerprint of what they depend on, "" where an earlier version wrote them."""

    inputs: str
    seed: int
    tests: tuple[BacktestScores, ...]
    depends: str = ""

    def lost(self) -> list[str]:
        """The series on which a simple forecast was better than the model, of the test with the most origins."""
        if not self.tests:
            return []
        longest = max(self.tests, key=lambda it: (len(it.origins), it.foresight == "outside"))
        return [mine.indicator for mine, _ in longest.better() if mine.indicator is not None]


def backtests_text(kept: KeptBacktests) -> str:
    """The file's text; `read_backtests` gives back the same up to six digits."""
    lines = ["# Written by: xinzhi backtest --write", f"inputs: {kept.inputs}"]
    lines += [f"depends: {kept.depends}"] if kept.depends else []
    lines += [f"seed: {kept.seed}", "tests:"]
    for test in kept.tests:
        lines.append(f"- origins: {json.dumps(test.origins)}")
        lines.append(f"  foresight: {json.dumps(test.foresight)}")
        lines.append(f"  coverage: {json.dumps([short(it) for it in test.coverage])}")
        lines += _rows("scores", test.scores) + _rows("relative", test.relative)
    return "\n".join(lines) + "\n"


def _rows(name: str, rows: Sequence[Score | Relative]) -> list[str]:
    return [f"  {name}:", *(f"  - {json.dumps({key: short(it) for key, it in asdict(row).items()})}" for row in rows)]


def backtests_format() -> Reader:
    """What calibration/backtest.yaml holds; `KeptBacktests`."""
    shares = sequence(number)
    score = row_of(
        Field("indicator", or_nothing(text), "指标", "Indicator"),
        Field("method", text, "方法", "Method"),
        Field("count", whole(1, 10**6), "预测个数", "Forecasts"),
        Field("mape", number, "平均绝对百分比误差", "Mean absolute percentage error"),
        Field("mase", number, "平均绝对标度误差", "Mean absolute scaled error"),
        Field("crps", number, "连续分级概率评分", "Continuous ranked probability score"),
        Field("coverage", shares, "区间覆盖率", "Coverage of intervals"),
        Field("theil", number, "泰尔不等系数", "Theil's U"),
        Field("parts", shares, "误差分解", "Parts of the error"),
        made=Score,
    )
    relative = row_of(
        Field("indicator", or_nothing(text), "指标", "Indicator"),
        Field("ahead", or_nothing(whole(1, 100)), "提前年数", "Years ahead"),
        Field("count", whole(1, 10**6), "预测个数", "Forecasts"),
        Field("ratio", number, "误差之比", "Ratio of errors"),
        made=Relative,
    )
    test = row_of(
        Field("origins", list_of(year), "起点年份", "Origins"),
        Field("foresight", choice(["outside", "none"]), "外部条件是否已知", "What was known of the world outside"),
        Field("coverage", shares, "区间覆盖率", "Coverage of intervals"),
        Field("scores", sequence(score), "评分", "Scores"),
        Field("relative", sequence(relative), "误差之比", "Ratios of errors"),
        made=BacktestScores,
    )
    return row_of(
        Field("inputs", text, "所用文件的校验值", "Hash of what it was made from"),
        Field("depends", text, "所依据内容的校验值", "Fingerprint of what it depends on", ""),
        Field("seed", whole(0, 2**62), "随机种子", "Seed"),
        Field("tests", sequence(test), "各组回测", "Tests"),
        made=KeptBacktests,
    )


def read_backtests(folder: Path) -> KeptBacktests | None:
    """What `xinzhi backtest --write` left; None where it left nothing.

    Raises `ContentError` where it is damaged, or has its former name.
    """
    if not (folder / FILE).exists():
        if (folder / FORMER).exists():
            raise ContentError(Problem(Place(FORMER), msg("has a new name"), msg('rename it to "{name}"', name=FILE)))
        return None
    problems = Problems()
    root = read_yaml(folder / FILE, FILE, problems)
    read = BAD if root is None else backtests_format().read(root, problems)
    if problems.noted or not isinstance(read, KeptBacktests):
        raise ContentError(problems.noted)
    return read
