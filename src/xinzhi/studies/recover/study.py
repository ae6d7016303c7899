"""The recovery of made-up truths as a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies import ask
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.study import Progress, Study
from xinzhi.studies.table import Lines, Part

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.studies.recover.recovery import Recovery

TRIALS = 100


class RecoverStudy(Study["Recovery"]):
    """Truths that are made up and fitted again: does the fit find what is there?"""

    name = "recover"
    help = N_("Make truths up, fit them again: does the fit find what is there?")
    needs = "studies"
    drawn = True
    stopped = N_("{done} of {of} are kept; the same command goes on from there.")
    asks = (
        Ask("trials", Kind.COUNT, N_("Truths that are made up."), TRIALS, "--trials", least=2),
        ask.seed(1),
    )

    def run(self, base: Base, progress: Progress, *, trials: int, seed: int) -> Recovery:
        from xinzhi.futures.system import build_system
        from xinzhi.studies.recover import recovery

        system = build_system(base.content, base.simulator)
        kept_as = recovery.kept_name(base.content.folder)
        return recovery.recover(system, seed, trials, recovery.SHORT, base.simulator.store, kept_as, progress)

    def parts(self, content: Content, result: Recovery, lang: str) -> Sequence[Part]:
        from xinzhi.studies.recover.words import recovery_sentences, recovery_table

        return [recovery_table(result, lang).cells(), Lines(recovery_sentences(content, result, lang))]

    def record(self, content: Content, result: Recovery, lang: str) -> Any:
        from xinzhi.studies.recover.words import recovery_record

        return recovery_record(result)

    def frames(self, content: Content, result: Recovery) -> Mapping[str, pd.DataFrame]:
        return {"constants": result.to_pandas()}

    def page(self, content: Content, result: Recovery, lang: str) -> str:
        return self.illustrated(content, result, lang, {})

    def illustrated(self, content: Content, result: Recovery, lang: str, pictures: Mapping[str, str]) -> str:
        from xinzhi.studies.recover.words import overview_stem, recovery_page

        return recovery_page(content, result, pictures.get(overview_stem(lang)), lang)

    def charts(self, content: Content, result: Recovery, lang: str) -> Mapping[str, Callable[[], Figure]]:
        from xinzhi.studies.recover.charts import recovery_charts

        return recovery_charts(content, result, lang)


STUDY = RecoverStudy()
