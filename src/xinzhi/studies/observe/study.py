"""The observation of new years' figures as a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies import ask
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.study import Progress, Study

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.studies.observe.monitor import Monitored
    from xinzhi.studies.table import Part


class ObserveStudy(Study["Monitored"]):
    """New years' figures held against the forecasts, which are kept to be scored later."""

    name = "observe"
    help = N_("Hold new years' figures against the forecasts, before and after.")
    needs = "studies"
    writes = True
    asks = (
        Ask("data", Kind.TABLE, N_("New years' figures: a file as history.csv; else the history's own.")),
        ask.members(),
        ask.seed(),
    )

    def run(
        self, base: Base, progress: Progress, *, data: Path | pd.DataFrame | None, members: int, seed: int
    ) -> Monitored:
        from xinzhi.content.observations import named, read_observations
        from xinzhi.studies.observe.monitor import monitor

        rows = {} if data is None else read_observations(base.content, data)
        return monitor(base.content, base.simulator, base.run(), rows, members, seed, progress, named(data))

    def parts(self, content: Content, result: Monitored, lang: str) -> Sequence[Part]:
        from xinzhi.studies.observe.words import observed_parts

        return observed_parts(content, result, lang)

    def record(self, content: Content, result: Monitored, lang: str) -> Any:
        from xinzhi.studies.observe.words import observed_record

        return observed_record(content, result)

    def frames(self, content: Content, result: Monitored) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.observe.words import observed_frames

        return observed_frames(content, result)

    def files(self, base: Base, result: Monitored) -> Mapping[Path, bytes]:
        from xinzhi.studies.observe.monitor import kept_files

        return kept_files(base, result)


STUDY = ObserveStudy()
