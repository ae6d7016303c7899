"""calibration/hindcast.yaml: how well the past was forecast, kept so that pages need not do it again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from xinzhi.content.reader import Field, Reader, choice, list_of, number, record, text, whole, year
from xinzhi.content.yaml_file import BAD, Problems, read_yaml
from xinzhi.errors import ContentError

FILE = "calibration/hindcast.yaml"
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
class Hindcasts:
    """Forecasts from ``origins``: scores by series and over all, errors by years ahead, and of everything that came
    the shares within the model's intervals of `LEVELS`."""

    origins: tuple[int, ...]
    foresight: Foresight
    scores: tuple[Score, ...]
    relative: tuple[Relative, ...]
    coverage: tuple[float, ...]

    def better(self) -> list[tuple[Score, Score]]:
        """The series on which a rival has a smaller mean error than the model: (the model's score, the rival's)."""
        found = []
        for mine in (it for it in self.scores if it.method == MODEL):
            rivals = [it for it in self.scores if it.indicator == mine.indicator and it.method != MODEL]
            best = min(rivals, key=lambda it: it.mape)
            if best.mape < mine.mape:
                found.append((mine, best))
        return found


@dataclass(frozen=True)
class KeptHindcasts:
    """What the file holds: ``inputs`` is the hash of the files that the forecasts were made from, ``depends``
    the fingerprint of what they depend on, "" where an earlier version wrote them."""

    inputs: str
    seed: int
    tests: tuple[Hindcasts, ...]
    depends: str = ""


def hindcasts_text(kept: KeptHindcasts) -> str:
    """The file's text; `read_hindcasts` gives back the same up to six digits."""
    lines = ["# Written by: xinzhi hindcast --write", f"inputs: {kept.inputs}"]
    lines += [f"depends: {kept.depends}"] if kept.depends else []
    lines += [f"seed: {kept.seed}", "tests:"]
    for test in kept.tests:
        lines.append(f"- origins: {json.dumps(test.origins)}")
        lines.append(f"  foresight: {json.dumps(test.foresight)}")
        lines.append(f"  coverage: {json.dumps([_short(it) for it in test.coverage])}")
        lines += _rows("scores", test.scores) + _rows("relative", test.relative)
    return "\n".join(lines) + "\n"


def _rows(name: str, rows: Sequence[Score | Relative]) -> list[str]:
    return [f"  {name}:", *(f"  - {json.dumps({key: _short(it) for key, it in asdict(row).items()})}" for row in rows)]


def _short(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_short(it) for it in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _or_nothing(reader: Reader) -> Reader:
    def read(node: Any, problems: Problems) -> Any:
        return None if node.value is None else reader.read(node, problems)

    return Reader(read, {"anyOf": [reader.schema, {"type": "null"}]})


def _row(*fields: Field, made: type[Any]) -> Reader:
    return record(*fields).then(lambda read, _node, _problems: made(**read))


def hindcasts_format() -> Reader:
    """What calibration/hindcast.yaml holds; `KeptHindcasts`."""
    shares = sequence(number)
    score = _row(
        Field("indicator", _or_nothing(text), "指标", "Indicator"),
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
    relative = _row(
        Field("indicator", _or_nothing(text), "指标", "Indicator"),
        Field("ahead", _or_nothing(whole(1, 100)), "提前年数", "Years ahead"),
        Field("count", whole(1, 10**6), "预测个数", "Forecasts"),
        Field("ratio", number, "误差之比", "Ratio of errors"),
        made=Relative,
    )
    test = _row(
        Field("origins", list_of(year), "起点年份", "Origins"),
        Field("foresight", choice(["outside", "none"]), "外部条件是否已知", "What was known of the world outside"),
        Field("coverage", shares, "区间覆盖率", "Coverage of intervals"),
        Field("scores", sequence(score), "评分", "Scores"),
        Field("relative", sequence(relative), "误差之比", "Ratios of errors"),
        made=Hindcasts,
    )
    return _row(
        Field("inputs", text, "所用文件的校验值", "Hash of what it was made from"),
        Field("depends", text, "所依据内容的校验值", "Fingerprint of what it depends on", ""),
        Field("seed", whole(0, 2**62), "随机种子", "Seed"),
        Field("tests", sequence(test), "各组回测", "Tests"),
        made=KeptHindcasts,
    )


def sequence(reader: Reader) -> Reader:
    """A list in which the same may stand twice; a tuple."""

    def read(node: Any, problems: Problems) -> Any:
        if not isinstance(node.value, tuple):
            return list_of(reader).read(node, problems)
        values = tuple(reader.read(it, problems) for it in node.value)
        return BAD if any(it is BAD for it in values) else values

    return Reader(read, {"type": "array", "items": reader.schema})


def read_hindcasts(folder: Path) -> KeptHindcasts | None:
    """What `xinzhi hindcast --write` left; None where it left nothing. Raises `ContentError` where it is damaged."""
    if not (folder / FILE).exists():
        return None
    problems = Problems()
    root = read_yaml(folder / FILE, FILE, problems)
    read = BAD if root is None else hindcasts_format().read(root, problems)
    if problems.found or not isinstance(read, KeptHindcasts):
        raise ContentError(problems.found)
    return read
