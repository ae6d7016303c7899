"""The back-test as a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies import ask
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.study import Progress, Study

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xinzhi.base import Base
    from xinzhi.content.backtest_file import Foresight
    from xinzhi.content.content import Content
    from xinzhi.studies.backtest.backtests import Backtests
    from xinzhi.studies.table import Part


class BacktestStudy(Study["Backtests"]):
    """How well the past would have been forecast, beside what simple forecasts would have said."""

    name = "backtest"
    help = N_("Forecast the past, against what a simple forecast would have said.")
    title = N_("How well the past would have been forecast")
    needs = "studies"
    drawn = True
    writes = True
    asks = (
        Ask("origins", Kind.YEARS, N_("The last known year, repeatable; without any, the standard set."), (),
            "--origin", metavar="YEAR"),
        Ask("foresight", Kind.CHOICE, N_("Whether the epidemic and prices are given (outside) or not (none)."), None,
            "--foresight", choices=("outside", "none")),
        ask.seed(1),
    )  # fmt: skip

    def run(
        self, base: Base, progress: Progress, *, origins: Sequence[int], foresight: Foresight | None, seed: int
    ) -> Backtests:
        from xinzhi.studies.backtest.backtests import run_backtests

        return run_backtests(base, origins, foresight, seed, progress)

    def parts(self, content: Content, result: Backtests, lang: str) -> Sequence[Part]:
        from xinzhi.studies.backtest.words import backtest_parts

        return backtest_parts(content, result.tests, lang)

    def record(self, content: Content, result: Backtests, lang: str) -> Any:
        from xinzhi.studies.backtest.words import backtest_record

        return [backtest_record(test) for test in result.tests]

    def frames(self, content: Content, result: Backtests) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.backtest.words import backtest_frames

        return backtest_frames(result.tests)

    def page(self, content: Content, result: Backtests, lang: str) -> str:
        from xinzhi.futures.freshness import current_fit
        from xinzhi.studies.backtest.words import backtest_page

        return backtest_page(content, [it.result for it in result.tests], current_fit(content), lang)

    def charts(self, content: Content, result: Backtests, lang: str) -> Mapping[str, Callable[[], Figure]]:
        from xinzhi.studies.backtest.charts import backtest_charts

        return backtest_charts(content, result.tests, lang)

    def files(self, base: Base, result: Backtests) -> Mapping[Path, bytes]:
        from xinzhi.content.backtest_file import FILE, backtests_text
        from xinzhi.studies.backtest.backtests import to_keep

        return {base.content.folder / FILE: backtests_text(to_keep(base.content.folder, result)).encode()}


STUDY = BacktestStudy()
