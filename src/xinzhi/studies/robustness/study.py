"""Robustness as a study."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xinzhi.content import BASELINE
from xinzhi.content.text import Text
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.show.words import LANGS, N_, t
from xinzhi.studies import ask
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.study import Progress, Study
from xinzhi.studies.table import Lines, Part

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.content.indicator import Target
    from xinzhi.futures.ensemble import Ensemble
    from xinzhi.simulate import Run
    from xinzhi.studies.robustness.robustness import Robustness


class RobustnessStudy(Study["Robustness"]):
    """Scenarios over the same futures: measures by target, and which scenario dominates which."""

    name = "robustness"
    needs = "studies"
    help = N_("Which scenario bears the uncertain futures better.")
    title = N_("How the scenarios bear uncertainty")
    drawn = True
    asks = (
        Ask("scenarios", Kind.SCENARIOS, N_("The scenarios; one is compared with the baseline."), required=True),
        Ask("targets", Kind.TARGETS, N_("A target to compare on; repeatable. Without it: the headline targets."),
            (), "--target", metavar="ID"),
        ask.members(),
        ask.seed(),
    )  # fmt: skip

    def run(
        self, base: Base, progress: Progress, *, scenarios: Sequence[Run], targets: Sequence[Target], members: int,
        seed: int,
    ) -> Robustness:  # fmt: skip
        from xinzhi.content.indicator import headline
        from xinzhi.studies.robustness.robustness import find_robustness

        runs = _compared(base, scenarios)

        def ensembles() -> Iterator[Ensemble]:  # one at a time: each takes tens of megabytes
            for done, run in enumerate(runs):
                progress(done, len(runs))
                yield base.futures(members, seed, run).ensemble(run)
            progress(len(runs), len(runs))

        wanted = targets or headline(base.content.targets)
        return find_robustness(base.content, ensembles(), wanted)

    def parts(self, content: Content, result: Robustness, lang: str) -> Sequence[Part]:
        from xinzhi.studies.robustness.words import robustness_sentences, robustness_table

        return [robustness_table(content, result, lang), Lines(robustness_sentences(result, lang))]

    def record(self, content: Content, result: Robustness, lang: str) -> Any:
        from xinzhi.studies.robustness.words import robustness_record

        return robustness_record(content, result)

    def frames(self, content: Content, result: Robustness) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.robustness.words import robustness_frames

        return robustness_frames(content, result)

    def dataset(self, content: Content, result: Robustness) -> xr.Dataset:
        return result.to_xarray()

    def charts(self, content: Content, result: Robustness, lang: str) -> Mapping[str, Callable[[], Figure]]:
        from xinzhi.studies.robustness.charts import draw_robustness

        return {self.name: lambda: draw_robustness(content, result, lang)}

    def named(self, result: Robustness, run: Run) -> Robustness:
        return replace(result, runs=tuple(it if it.name.en else run for it in result.runs))


def _compared(base: Base, scenarios: Sequence[Run]) -> Sequence[Run]:
    """The scenarios; one alone beside the baseline. Raises `ContentError` for the baseline beside itself."""
    if len(scenarios) > 1:
        return scenarios
    (run,), baseline = scenarios, base.run()
    if run.scenario != BASELINE:
        return (baseline, run)
    if (run.settings, run.assumptions) == (baseline.settings, baseline.assumptions):
        raise ContentError(Problem(None, msg('scenario "{name}" is named twice', name=BASELINE)))
    name = Text(**{lang: t("{name} (adjusted)", lang, name=run.name) for lang in LANGS})
    return (baseline, replace(run, name=name))


STUDY = RobustnessStudy()
