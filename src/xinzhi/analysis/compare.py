"""What differs between runs: levers, verdicts, indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinzhi.analysis.verdict import Verdict, judge
from xinzhi.content.content import Content
from xinzhi.content.indicator import Indicator
from xinzhi.content.lever import Lever, Setting
from xinzhi.simulate import Run


@dataclass(frozen=True)
class LeverDifference:
    """A lever that is not set alike in all runs; ``settings`` in the runs' order."""

    lever: Lever
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator in ``year``: values in its declared unit in the runs' order."""

    indicator: Indicator
    year: int
    values: tuple[float, ...]


@dataclass(frozen=True)
class Comparison:
    """Runs side by side; every row has one entry a run, the first run being the one compared with."""

    runs: tuple[Run, ...]
    levers: tuple[LeverDifference, ...]
    verdicts: tuple[tuple[Verdict, ...], ...]
    indicators: tuple[IndicatorRow, ...]


def compare(content: Content, runs: Sequence[Run]) -> Comparison:
    """Differing levers, verdicts by target, and indicators in the plan's final year."""
    levers = []
    for lever in content.sheet.levers.values():
        settings = tuple(run.settings[lever.id] for run in runs)
        if len(set(settings)) > 1:
            levers.append(LeverDifference(lever, settings))
    judged = [judge(content, run) for run in runs]
    year = content.region.plan.final_year
    indicators = tuple(
        IndicatorRow(indicator, year, tuple(run.at(indicator.id, year) * indicator.factor for run in runs))
        for indicator in content.indicators.values()
    )
    return Comparison(tuple(runs), tuple(levers), tuple(zip(*judged, strict=True)), indicators)


def moved(content: Content, run: Run) -> tuple[Lever, ...]:
    """The levers that a run sets otherwise than their base."""
    return tuple(lever for lever in content.sheet.levers.values() if run.settings[lever.id] != lever.base_setting)
