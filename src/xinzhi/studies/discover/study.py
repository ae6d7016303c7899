"""Scenario discovery as a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies import ask
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.study import Progress, Study

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.content.indicator import Target
    from xinzhi.simulate import Run
    from xinzhi.studies.discover.discovery import Discovery
    from xinzhi.studies.table import Part


class DiscoverStudy(Study["Discovery"]):
    """What sets the futures apart that miss a target, or that meet it."""

    name = "discover"
    needs = "studies"
    help = N_("What the futures that miss a target have in common.")
    title = N_("When a target is missed")
    drawn = True
    asks = (
        Ask("target", Kind.TARGET, N_("The target, by its id or name."), required=True),
        ask.scenario(),
        Ask("met", Kind.FLAG, N_("Describe the futures that meet the target instead."), False, "--met"),
        ask.members(),
        ask.seed(),
    )

    def run(
        self, base: Base, progress: Progress, *, target: Target, scenario: Run, met: bool, members: int, seed: int
    ) -> Discovery:
        from xinzhi.studies.discover.discovery import discover

        ensemble = base.futures(members, seed, scenario).ensemble(scenario)
        return discover(base.content, ensemble, target, met=met)

    def parts(self, content: Content, result: Discovery, lang: str) -> Sequence[Part]:
        from xinzhi.studies.discover.words import discovery_parts

        return discovery_parts(content, result, lang)

    def record(self, content: Content, result: Discovery, lang: str) -> Any:
        from xinzhi.studies.discover.words import discovery_record

        return discovery_record(content, result, lang)

    def frames(self, content: Content, result: Discovery) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.discover.words import discovery_frames

        return discovery_frames(content, result)

    def charts(self, content: Content, result: Discovery, lang: str) -> Mapping[str, Callable[[], Figure]]:
        from xinzhi.studies.discover.charts import draw_discovery

        return {self.name: lambda: draw_discovery(content, result, lang)}

    def named(self, result: Discovery, run: Run) -> Discovery:
        return replace(result, run=run)


STUDY = DiscoverStudy()
