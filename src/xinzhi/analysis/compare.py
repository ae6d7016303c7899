"""What differs between runs: levers, verdicts, indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinzhi.analysis.verdict import Verdict, judge
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.indicator import Indicator
from xinzhi.content.lever import Lever, Setting
from xinzhi.simulate import Run

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


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


@dataclass(frozen=True, repr=False)
class Comparison(Brief):
    """Runs side by side; every row has one entry a run, the first run being the one compared with."""

    runs: tuple[Run, ...]
    levers: tuple[LeverDifference, ...]
    verdicts: tuple[tuple[Verdict, ...], ...]
    indicators: tuple[IndicatorRow, ...]

    def brief(self) -> str:
        return f"{', '.join(run.scenario for run in self.runs)}: {len(self.levers)} levers differ"

    def to_pandas(self) -> pd.DataFrame:
        """A row an indicator, in its declared unit in the final year, a column a scenario; then the differences."""
        import pandas as pd

        names = [run.scenario for run in self.runs]
        table = pd.DataFrame([it.values for it in self.indicators], columns=names,
                             index=pd.Index([it.indicator.id for it in self.indicators], name="indicator"))  # fmt: skip
        table.insert(0, "unit", [it.indicator.unit for it in self.indicators])
        for name in names[1:]:
            table[f"{name} - {names[0]}"] = table[name] - table[names[0]]
        return table

    def to_xarray(self) -> xr.Dataset:
        """Indicators and targets' values by scenario, in declared units."""
        import xarray as xr

        names = [run.scenario for run in self.runs]
        return xr.Dataset(
            {
                "indicators": (("indicator", "scenario"), [it.values for it in self.indicators]),
                "targets": (("target", "scenario"), [[it.value for it in row] for row in self.verdicts]),
                "met": (("target", "scenario"), [[it.met for it in row] for row in self.verdicts]),
            },
            coords={"scenario": names, "indicator": [it.indicator.id for it in self.indicators],
                    "target": [row[0].target.id for row in self.verdicts]},
        )  # fmt: skip

    def _repr_html_(self) -> str:
        from xinzhi.formats.notebook import frame_html

        return frame_html(self.to_pandas())


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
