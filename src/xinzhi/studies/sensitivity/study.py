"""Sensitivity as a study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from xinzhi.show.words import N_
from xinzhi.studies import ask
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.sensitivity.method_words import NAMES
from xinzhi.studies.sensitivity.methods import METHODS, PLOTS, find_method, find_plot
from xinzhi.studies.study import Progress, Study
from xinzhi.studies.table import Lines, Part

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.content.indicator import Target
    from xinzhi.simulate import Run
    from xinzhi.studies.sensitivity.result import Sensitivity

METHOD = Ask("method", Kind.CHOICE, N_("How it is measured."), "sobol", "--method", choices=METHODS,
             label=N_("How it is measured"), names=NAMES, on_page=True)  # fmt: skip


class SensitivityStudy(Study["Sensitivity"]):
    """What the targets' values hang on, by one of five methods."""

    name = "sensitivity"
    needs = "studies"
    help = N_("Which uncertain inputs and levers the targets hang on.")
    title = N_("Sensitivity: what a target hangs on")
    drawn = True
    asks = (
        ask.scenario(),
        METHOD,
        Ask("inputs", Kind.NAMES, N_("A constant that has a prior, or a lever; repeatable."), (), "--input",
            metavar="NAME"),
        Ask("vary_levers", Kind.FLAG, N_("Vary all levers besides, over their ranges."), False, "--levers"),
        Ask("every", Kind.FLAG, N_("All inputs, not the 30 that a screening leaves to Sobol' and PAWN."), False,
            "--all"),
        Ask("targets", Kind.TARGETS, N_("A target; repeatable. All if none."), (), "--target", metavar="ID"),
        Ask("runs", Kind.COUNT, N_("At most so many runs of the model."), None, "--runs"),
        ask.seed(),
        Ask("plot", Kind.CHOICE,
            N_("What is drawn; spider needs the method local, convergence one that samples."), None, "--plot",
            choices=tuple(sorted({plot for plots in PLOTS.values() for plot in plots}))),
    )  # fmt: skip

    def run(
        self, base: Base, progress: Progress, *, scenario: Run, method: str, inputs: Sequence[str], vary_levers: bool,
        every: bool, targets: Sequence[Target], runs: int | None, seed: int, plot: str | None,
    ) -> Sensitivity:  # fmt: skip
        from xinzhi.studies.sensitivity.analyse import analyse

        drawn = find_plot(find_method(method), plot)
        result = analyse(
            base.content, base.simulator, scenario, method, inputs=inputs, targets=[it.id for it in targets],
            levers=vary_levers, every=every, runs=runs, seed=seed,
        )  # fmt: skip
        return replace(result, plot=drawn)

    def parts(self, content: Content, result: Sensitivity, lang: str) -> Sequence[Part]:
        from xinzhi.studies.sensitivity.words import sensitivity_sentences, sensitivity_table

        return [sensitivity_table(content, result, lang), Lines(sensitivity_sentences(result, lang))]

    def record(self, content: Content, result: Sensitivity, lang: str) -> Any:
        from xinzhi.studies.sensitivity.words import sensitivity_record

        return sensitivity_record(result)

    def frames(self, content: Content, result: Sensitivity) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.sensitivity.words import sensitivity_frames

        return sensitivity_frames(result)

    def dataset(self, content: Content, result: Sensitivity) -> xr.Dataset:
        return result.to_xarray()

    def charts(self, content: Content, result: Sensitivity, lang: str) -> Mapping[str, Callable[[], Figure]]:
        """Every plot of the method, the one asked for first."""
        from xinzhi.studies.sensitivity.charts import draw_sensitivity

        first = find_plot(result.method, result.plot)
        plots = sorted(PLOTS[result.method], key=lambda plot: plot != first)
        return {plot: partial(draw_sensitivity, content, result, lang, plot) for plot in plots}

    def named(self, result: Sensitivity, run: Run) -> Sensitivity:
        return replace(result, run=run)


STUDY = SensitivityStudy()
