"""The way in for Python: one object with everything that a notebook needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi import arguments, entries
from xinzhi.analysis.accuracy import Accuracy, accuracy
from xinzhi.analysis.compare import Comparison, compare
from xinzhi.analysis.plausible import implausible
from xinzhi.analysis.reality import CheckResult, run_checks
from xinzhi.analysis.verdict import judge
from xinzhi.arguments import MEMBERS
from xinzhi.base import Base
from xinzhi.brief import Several
from xinzhi.content.folder import find_folder, shown
from xinzhi.content.history import HISTORY
from xinzhi.content.indicator import Indicator
from xinzhi.content.lever import Lever
from xinzhi.content.reading import read_content
from xinzhi.content.scenario import BASELINE, Scenario
from xinzhi.entries import Entries, Targets
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.simulate import Run, Simulator
from xinzhi.store import open_store
from xinzhi.studies.answer import Answer
from xinzhi.studies.fit.study import RUNS, STEPS
from xinzhi.studies.recover.study import TRIALS
from xinzhi.studies.registry import find_study, run_study
from xinzhi.studies.study import Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xinzhi.base import AnyScenario
    from xinzhi.content.backtest_file import Foresight
    from xinzhi.futures.target_odds import Odds
    from xinzhi.studies.anchor.anchoring import Anchoring
    from xinzhi.studies.audit.audit import Audit
    from xinzhi.studies.backtest.backtests import Backtests
    from xinzhi.studies.book.book import Book
    from xinzhi.studies.departments.departments import Departments
    from xinzhi.studies.discover.discovery import Discovery
    from xinzhi.studies.ensemble.ensembles import Made
    from xinzhi.studies.explain.explanation import Explanation
    from xinzhi.studies.fit.fit import Fitting
    from xinzhi.studies.observe.monitor import Monitored
    from xinzhi.studies.recover.recovery import Recovery
    from xinzhi.studies.robustness.robustness import Robustness
    from xinzhi.studies.sensitivity.result import Sensitivity
    from xinzhi.studies.validate.validation import Validation


@dataclass(frozen=True, repr=False)
class Project(Base):
    """A project's content and what runs it.

    In Python a lever's number is in the model's unit (shares 0..1, so 0.12) and a text is in human units ("12%").
    """

    def brief(self) -> str:
        return self.content.brief()

    def study(self, name: str, *, progress: Progress = silent, **asked: object) -> Answer[Any]:
        """Any study by its name, asked what it asks; ``levers`` are set in the scenarios that it runs.

        Raises `ContentError` for an unknown study and with everything that is wrong with what is asked.
        """
        return run_study(self, find_study(name), asked, progress)

    @property
    def levers(self) -> Entries[Lever]:
        """The levers by id, code or name, and as a table."""
        return entries.levers(self.content)

    @property
    def indicators(self) -> Entries[Indicator]:
        """The indicators by id or name, and as a table."""
        return entries.indicators(self.content)

    @property
    def scenarios(self) -> Entries[Scenario]:
        """The scenarios by id or name, and as a table."""
        return entries.scenarios(self.content)

    @property
    def targets(self) -> Targets:
        """The targets by id or name, and as a table; called with scenarios, their verdicts (`Targets.__call__`)."""
        return Targets(self.content, self._verdicts)

    def _verdicts(
        self, *scenarios: str | Scenario | Run, levers: Mapping[str, object] | None = None, lang: str = "zh"
    ) -> pd.DataFrame:
        import pandas as pd

        from xinzhi.show.records import verdict_record

        runs = [self.run(scenario, levers) for scenario in scenarios or (BASELINE,)]
        return pd.DataFrame(
            [verdict_record(self.content, verdict, lang) for run in runs for verdict in judge(self.content, run)]
        )

    def compare(self, *scenarios: str | Scenario | Run) -> Comparison:
        """Scenarios side by side; differences are against the first."""
        return compare(self.content, [self.run(scenario) for scenario in scenarios])

    def chart(
        self,
        *indicators: str,
        scenarios: tuple[str | Scenario | Run, ...] = (BASELINE,),
        lang: str = "zh",
        path: str | Path | None = None,
    ) -> Figure:
        """Indicators' history, hindcast and projection beside the baseline; written to ``path`` if one is given."""
        from xinzhi.show.charts import chart_indicators
        from xinzhi.show.export import export_chart

        ids = [self.content.indicator(arguments.text("indicator", indicator)).id for indicator in indicators]
        runs = [self.run(scenario) for scenario in scenarios]
        if not ids or not runs:
            raise ContentError(Problem(None, msg("a chart needs a scenario and an indicator")))
        figure = chart_indicators(self.content, runs, ids, lang, baseline=self.run(BASELINE))
        if path is not None:
            export_chart(figure, Path(path))
        return figure

    def accuracy(self) -> Several[Accuracy]:
        """How far the baseline is from history, indicator by indicator; errors are fractions."""
        return Several.of(accuracy(self.content, self.run(BASELINE)), lambda it: {
            "indicator": it.indicator.id, "observations": len(it.errors), "mean_error": it.mean_error,
            "base_error": it.base_error, "status": it.status,
        })  # fmt: skip

    def implausible(self) -> list[Problem]:
        """Observed figures that cannot be right beside the baseline."""
        return implausible(self.content, self.run(BASELINE), shown(self.content.folder / HISTORY))

    def check(self) -> Several[CheckResult]:
        """The reality checks."""
        return Several.of(run_checks(self.content, self.simulator), lambda it: {
            "check": it.check.id, "passed": it.passed, "worst": it.worst, "year": it.year,
        })  # fmt: skip

    def validate(
        self, scenario: AnyScenario = BASELINE, *others: str | Path, levers: Mapping[str, object] | None = None
    ) -> Validation:
        """The tests of structure; ``others`` are folders of other places with the same equations.

        Raises `ContentError` for an unknown scenario or an unsound folder.
        """
        result: Validation = self.study("validate", scenario=scenario, others=others, levers=levers).result
        return result

    def explain(self, variable: str) -> Explanation:
        """What the content says of a variable of the model: equation, unit, source, inputs, readers, loops.

        ``variable`` is its name in any case, or a name of its indicator, target or lever. Raises `ContentError`.
        """
        result: Explanation = self.study("explain", variable=arguments.text("variable", variable)).result
        return result

    def book(self, folder: str | Path | None = None) -> Book:
        """The model's book, its pages and diagrams in each language, written into ``folder`` if one is given."""
        result: Book = self.study("book", folder=folder).result
        return result

    def anchor(self, *, write: bool = False, force: bool = False) -> Anchoring:
        """Solve calibration/anchors.yaml, so that the baseline meets the statistics; ``write`` keeps it in region.csv.

        Where a statistic cannot be met nothing is written, unless by ``force``.
        A constant's status becomes estimated, or assumed where its statistic is. Raises `ContentError` where there is
        nothing to anchor, `OutputError` where the file cannot be written.
        """
        answer = self.study("anchor", force=force)
        if write:
            answer.keep()
        result: Anchoring = answer.result
        return result

    def odds(
        self, scenario: AnyScenario = BASELINE, *, members: int = MEMBERS, seed: int = 0,
        worth: bool = False, levers: Mapping[str, object] | None = None,
    ) -> Odds:  # fmt: skip
        """How likely each target is among ``members`` futures; with ``worth`` also which open question would change a
        verdict.

        Figures after the last fitted year weigh the futures. The same seed gives the same odds. Raises `ContentError`
        where calibration/fit.yaml is missing or no constant is anchored.
        """
        result: Odds = self.study(
            "odds", scenario=scenario, members=members, seed=seed, worth=worth, levers=levers
        ).result
        return result

    def run_ensemble(
        self, *scenarios: AnyScenario, folder: str | Path, runs: int = MEMBERS, seed: int = 0, resume: bool = False,
        design: str | Path | None = None, workers: int | None = None, cluster: str | None = None,
        levers: Mapping[str, object] | None = None, progress: Progress = silent,
    ) -> Made:  # fmt: skip
        """``runs`` futures of each scenario, the same for all, into ``folder`` (a path or an fsspec URL) as Parquet.

        With ``design``, a file of ``xinzhi design``, its rows are run as they are. ``workers`` processes or a dask
        scheduler ``cluster`` give the same bits. The same arguments give the same bits. An interrupted one goes on with
        ``resume``. Raises `OutputError` where the folder holds something else or cannot be written, `ContentError`
        where calibration/fit.yaml is missing.
        """
        made: Made = self.study(
            "ensemble", scenarios=scenarios, folder=folder, runs=runs, seed=seed, resume=resume, design=design,
            workers=workers, cluster=cluster, levers=levers, progress=progress,
        ).result  # fmt: skip
        return made

    def discover(
        self, target: str, scenario: AnyScenario = BASELINE, *, members: int = MEMBERS, seed: int = 0,
        met: bool = False, levers: Mapping[str, object] | None = None,
    ) -> Discovery:  # fmt: skip
        """What sets those of ``members`` futures apart that miss a target (by id or name), or (``met``) that meet it.

        The futures are those of `odds`. Raises `ContentError` for an unknown name and where there is nothing to
        discover: all futures meet or miss the target, or nearly all.
        """
        result: Discovery = self.study(
            "discover", target=target, scenario=scenario, members=members, seed=seed, met=met, levers=levers
        ).result
        return result

    def robustness(
        self, *scenarios: AnyScenario, targets: Sequence[str] = (), members: int = MEMBERS, seed: int = 0,
        levers: Mapping[str, object] | None = None,
    ) -> Robustness:  # fmt: skip
        """Scenarios over the same futures, those of `odds`: robustness by target, and which dominates which.

        One scenario is compared with the baseline. ``targets`` are ids or names, the headline ones where none is
        named. Raises `ContentError` with every unknown name, for a scenario that is named twice, for too few futures.
        """
        result: Robustness = self.study(
            "robustness", scenarios=scenarios, targets=targets, members=members, seed=seed, levers=levers
        ).result
        return result

    def sensitivity(
        self, scenario: AnyScenario = BASELINE, method: str = "sobol", *, inputs: Sequence[str] = (),
        targets: Sequence[str] = (), vary_levers: bool = False, every: bool = False, runs: int | None = None,
        seed: int = 0, levers: Mapping[str, object] | None = None,
    ) -> Sensitivity:  # fmt: skip
        """What the targets' values hang on: ``method`` is local, morris, sobol, pawn or regional.

        ``inputs`` are constants that have a prior, and levers; without any, all constants (``vary_levers``: and all
        levers), of which Sobol' and PAWN take the 30 that a Morris screening ranks first, unless ``every``.
        ``targets``: all unless named. ``runs``: at most so many. Raises `ContentError` for unknown names and too few
        runs.
        """
        result: Sensitivity = self.study(
            "sensitivity", scenario=scenario, method=method, inputs=inputs, targets=targets, vary_levers=vary_levers,
            every=every, runs=runs, seed=seed, levers=levers,
        ).result  # fmt: skip
        return result

    def sensitivity_chart(
        self, sensitivity: Sensitivity, *, plot: str | None = None, lang: str = "zh", path: str | Path | None = None
    ) -> Figure:
        """What `sensitivity` found, drawn: tornado or spider (local), tornado (morris), bars, or convergence.

        Of the first six targets, or of the headline ones where all are in it; written to ``path`` if one is given.
        """
        from xinzhi.show.export import export_chart
        from xinzhi.studies.sensitivity.charts import draw_sensitivity

        figure = draw_sensitivity(self.content, sensitivity, lang, plot)
        if path is not None:
            export_chart(figure, Path(path))
        return figure

    def fit(self, *, seed: int = 1, runs: int = RUNS, steps: int = STEPS, progress: Progress = silent) -> Fitting:
        """The constants of calibration/fit.yaml fitted to history, by ``runs`` independent runs of ``steps``.

        Nothing is written: `Answer.keep` of ``study("fit")`` does. The same seed gives the same fit; an interrupted one
        goes on. Raises `ContentError` where there is no plan, `SimulationError` where no run gives a number.
        """
        result: Fitting = self.study("fit", seed=seed, runs=runs, steps=steps, progress=progress).result
        return result

    def backtest(
        self, *origins: int, foresight: Foresight | None = None, seed: int = 1, progress: Progress = silent
    ) -> Backtests:
        """Forecasts of the years after each of ``origins``, against what came and against simple forecasts.

        Without any, the standard set. ``foresight``: whether the epidemic and prices are given ("outside") or nothing
        of later years is ("none"). Raises `ContentError` for an origin outside the plan of the fit.
        """
        asked = {"origins": origins, "foresight": foresight, "seed": seed}
        result: Backtests = self.study("backtest", progress=progress, **asked).result
        return result

    def recover(self, *, trials: int = TRIALS, seed: int = 1, progress: Progress = silent) -> Recovery:
        """``trials`` truths that are made up and fitted again: does the fit find what is there?

        Trials are kept as they come: an interrupted one goes on, more trials go on from fewer. Raises as `fit`.
        """
        result: Recovery = self.study("recover", trials=trials, seed=seed, progress=progress).result
        return result

    def observe(
        self, data: str | Path | pd.DataFrame | None = None, *, members: int = MEMBERS, seed: int = 0,
        progress: Progress = silent,
    ) -> Monitored:  # fmt: skip
        """New years' figures (``data``: a file or table as history.csv; else the history's) against the forecasts.

        Nothing is written; see `keep`. ``progress`` is called while constants are fitted anew, where that is needed.
        Raises `ContentError` for a figure that cannot be, or where there is none.
        """
        result: Monitored = self.study("observe", data=data, members=members, seed=seed, progress=progress).result
        return result

    def keep(self, monitored: Monitored) -> list[Path]:
        """Write the history with the new figures and the forecasts, all or none; the files.

        Raises `ContentError` where the project would no longer be sound, or its files are others than those that were
        observed, `OutputError` where they cannot be written.
        """
        return Answer(find_study("observe"), self, {}, monitored).keep()

    def audit(self, scenario: AnyScenario = BASELINE, *, levers: Mapping[str, object] | None = None) -> Audit:
        """The document's numbers held against each other; what the model adds is of ``scenario``."""
        result: Audit = self.study("audit", scenario=scenario, levers=levers).result
        return result

    def departments(
        self, scenario: AnyScenario = BASELINE, *, levers: Mapping[str, object] | None = None
    ) -> Departments:
        """Who answers for what, whose levers matter for whose targets, which target hangs on another's lever."""
        result: Departments = self.study("departments", scenario=scenario, levers=levers).result
        return result


def load_project(path: str | Path | None = None) -> Project:
    """The project in ``path``, or the nearest one (see `find_folder`). Raises `ContentError` with every problem."""
    folder = None if path is None else arguments.path("path", path)
    store = open_store()
    content = read_content(find_folder(folder), store)
    return Project(content, Simulator(content, store))
