"""The fit as a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
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
    from xinzhi.studies.fit.fit import Fitting

RUNS, STEPS = 4, 3000


class FitStudy(Study["Fitting"]):
    """What history says of the model's constants."""

    name = "fit"
    help = N_("Fit the model's constants to history, by calibration/fit.yaml.")
    title = N_("What history says of the constants, and what it cannot say")
    needs = "studies"
    drawn = True
    writes = True
    stopped = N_("What is sampled is kept; the same command goes on from there.")
    asks = (
        ask.seed(1),
        Ask("runs", Kind.COUNT, N_("Independent runs."), RUNS, "--runs", least=2, most=32),
        Ask("steps", Kind.COUNT, N_("Steps of a run."), STEPS, "--steps", least=750),
    )

    def run(self, base: Base, progress: Progress, *, seed: int, runs: int, steps: int) -> Fitting:
        from xinzhi.studies.fit.fit import fit
        from xinzhi.studies.fit.sampler import Effort

        return fit(base.content, base.simulator, seed, Effort(runs=runs, steps=steps), progress)

    def parts(self, content: Content, result: Fitting, lang: str) -> Sequence[Part]:
        from xinzhi.studies.fit.words import fit_sentences, fit_table

        return [fit_table(result, lang).cells(), Lines(fit_sentences(content, result, lang))]

    def record(self, content: Content, result: Fitting, lang: str) -> Any:
        from xinzhi.studies.fit.words import fit_record

        return fit_record(result)

    def frames(self, content: Content, result: Fitting) -> Mapping[str, pd.DataFrame]:
        return {"constants": result.to_pandas()}

    def charts(self, content: Content, result: Fitting, lang: str) -> Mapping[str, Callable[[], Figure]]:
        from xinzhi.studies.fit.charts import fit_charts

        return fit_charts(content, result, lang)

    def files(self, base: Base, result: Fitting) -> Mapping[Path, bytes]:
        from xinzhi.studies.fit.words import fit_files

        return {base.content.folder / name: content for name, content in fit_files(result).items()}


STUDY = FitStudy()
