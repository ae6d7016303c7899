"""The way in for Python: one object with everything that a notebook needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi import arguments, entries
from xinzhi.analysis.accuracy import Hindcast, hindcast
from xinzhi.analysis.compare import Comparison, compare
from xinzhi.analysis.plausible import implausible
from xinzhi.analysis.reality import CheckResult, run_checks
from xinzhi.analysis.verdict import judge
from xinzhi.arguments import MOST_MEMBERS, MOST_SEED, whole
from xinzhi.base import Base
from xinzhi.content.folder import find_folder, shown, state_of
from xinzhi.content.history import HISTORY
from xinzhi.content.indicator import Indicator
from xinzhi.content.lever import Lever
from xinzhi.content.reading import read_content
from xinzhi.content.regional_values import FILE as REGIONAL_VALUES
from xinzhi.content.scenario import BASELINE, Scenario
from xinzhi.entries import Entries, Targets
from xinzhi.errors import ContentError, Place, Problem, msg
from xinzhi.simulate import Run, Simulator
from xinzhi.store import open_store
from xinzhi.studies.answer import Answer
from xinzhi.studies.ask import MEMBERS
from xinzhi.studies.registry import find_study, run_study
from xinzhi.studies.study import Progress, silent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xinzhi.base import AnyScenario
    from xinzhi.studies.anchor.anchoring import Anchored
    from xinzhi.studies.audit.audit import Audit
    from xinzhi.studies.book.pages import Pages
    from xinzhi.studies.departments.departments import Departments
    from xinzhi.studies.discover.discovery import Discovery
    from xinzhi.studies.ensemble.ensembles import Made
    from xinzhi.studies.explain.explanation import Explanation
    from xinzhi.studies.observe.monitor import Monitored
    from xinzhi.studies.odds.odds import Odds
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

    def hindcast(self) -> tuple[Hindcast, ...]:
        """How far the baseline is from history, indicator by indicator."""
        return hindcast(self.content, self.run(BASELINE))

    def implausible(self) -> list[Problem]:
        """Observed figures that cannot be right beside the baseline."""
        return implausible(self.content, self.run(BASELINE), shown(self.content.folder / HISTORY))

    def check(self) -> tuple[CheckResult, ...]:
        """The reality checks."""
        return run_checks(self.content, self.simulator)

    def validate(self, scenario: str | Scenario = BASELINE, *others: str | Path) -> Validation:
        """The tests of structure; ``others`` are folders of other places with the same equations.

        Raises `ContentError` for an unknown scenario or an unsound folder.
        """
        from xinzhi.studies.validate.validation import validate

        folders = [find_folder(arguments.path("others", folder)) for folder in others]
        return validate(self.content, self.simulator, self.scenario(scenario), folders)

    def explain(self, variable: str) -> Explanation:
        """What the content says of a variable of the model: equation, unit, source, inputs, readers, loops.

        ``variable`` is its name in any case, or a name of its indicator, target or lever. Raises `ContentError`.
        """
        from xinzhi.studies.explain.explanation import explain

        return explain(self.content, arguments.text("variable", variable))

    def book(self) -> list[Pages]:
        """The model's book, as ``xinzhi book`` writes it: its pages and diagrams in each language."""
        from xinzhi.analysis.polarity import polarities
        from xinzhi.analysis.structure import read_structure
        from xinzhi.studies.book.book import book

        structure = read_structure(self.content)
        return book(structure, polarities(structure, self.simulator))

    def anchor(self, *, write: bool = False, force: bool = False) -> tuple[Anchored, ...]:
        """Solve calibration/anchors.yaml, so that the baseline meets the statistics; ``write`` keeps it in region.csv.

        Where a statistic cannot be met nothing is written, unless by ``force``.
        A constant's status becomes estimated, or assumed where its statistic is. Raises `ContentError` where there is
        nothing to anchor, `OutputError` where the file cannot be written.
        """
        from xinzhi.content.files import in_form_of, text_of
        from xinzhi.content.scaling import replaced
        from xinzhi.output import write as write_file
        from xinzhi.studies.anchor.anchoring import anchor

        found = anchor(self.content, self.simulator, self.content.anchors)
        if force or (write and all(item.met for item in found)):
            path = self.content.folder / REGIONAL_VALUES
            values = {item.anchor.constant: (item.new, item.status, item.source) for item in found}
            write_file(path, in_form_of(path, replaced(text_of(path), values)))
        return found

    def odds(
        self, scenario: AnyScenario = BASELINE, *, members: int = MEMBERS, seed: int = 0,
        levers: Mapping[str, object] | None = None,
    ) -> Odds:  # fmt: skip
        """How likely each target is among ``members`` futures, and which open question would change a verdict.

        Figures after the last fitted year weigh the futures. The same seed gives the same odds. Raises `ContentError`
        where calibration/fit.yaml is missing or no constant is anchored.
        """
        result: Odds = self.study("odds", scenario=scenario, members=members, seed=seed, levers=levers).result
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
        self, found: Sensitivity, *, plot: str | None = None, lang: str = "zh", path: str | Path | None = None
    ) -> Figure:
        """What `sensitivity` found, drawn: tornado or spider (local), tornado (morris), bars, or convergence.

        Of the first six targets, or of the headline ones where all are in it; written to ``path`` if one is given.
        """
        from xinzhi.show.export import export_chart
        from xinzhi.studies.sensitivity.charts import draw_sensitivity

        figure = draw_sensitivity(self.content, found, lang, plot)
        if path is not None:
            export_chart(figure, Path(path))
        return figure

    def observe(
        self, data: str | Path | pd.DataFrame | None = None, *, members: int = 4000, seed: int = 0,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> Monitored:  # fmt: skip
        """New years' figures (``data``: a file or table as history.csv; else the history's) against the forecasts.

        Nothing is written; see `keep`. ``progress`` is called while constants are fitted anew, where that is needed.
        Raises `ContentError` for a figure that cannot be, or where there is none.
        """
        from xinzhi.content.history import COLUMNS
        from xinzhi.content.observations import named, read_observations
        from xinzhi.studies.observe.monitor import monitor

        members, seed = whole("members", members, 1, MOST_MEMBERS), whole("seed", seed, 0, MOST_SEED)
        given = Path(data) if isinstance(data, str) else data
        if given is not None and not isinstance(given, Path) and not hasattr(given, "itertuples"):
            problem = msg("new figures are a file or a DataFrame, not a {kind}", kind=type(given).__name__)
            raise ContentError(Problem(None, problem, msg("write {columns}", columns=", ".join(COLUMNS))))
        rows = {} if given is None else read_observations(self.content, given)
        return monitor(self.content, self.simulator, self.run(), rows, members, seed, progress, named(given))

    def keep(self, monitored: Monitored) -> list[Path]:
        """Write the history with the new figures and the forecasts, all or none; the files.

        Raises `ContentError` where the project would no longer be sound, or its files are others than those that were
        observed, `OutputError` where they cannot be written.
        """
        from xinzhi.content.files import in_form_of
        from xinzhi.content.rehearsal import rehearse
        from xinzhi.formats.writing import write_all

        folder = self.content.folder
        if state_of(folder) != self.content.hash:
            problem = msg("the project's files have changed since they were read")
            raise ContentError(Problem(Place(shown(folder)), problem, msg("read the project and observe again")))
        rehearsed = rehearse(folder, monitored.files, self.simulator.store)
        wrong = implausible(rehearsed, self.run(BASELINE), shown(folder / HISTORY))
        if wrong:
            raise ContentError(wrong)
        files = {folder / name: in_form_of(folder / name, text) for name, text in monitored.files.items()}
        write_all(files)
        return list(files)

    def audit(self, scenario: str | Scenario | Run = BASELINE) -> Audit:
        """The document's numbers held against each other; what the model adds is of ``scenario``."""
        from xinzhi.studies.audit.audit import audit

        return audit(self.content, self.simulator, self.run(scenario))

    def departments(self, scenario: str | Scenario | Run = BASELINE) -> Departments:
        """Who answers for what, whose levers matter for whose targets, which target hangs on another's lever."""
        from xinzhi.analysis.gains import find_gains
        from xinzhi.studies.departments.departments import find_departments

        run = self.run(scenario)
        return find_departments(self.content, find_gains(self.content, self.simulator, run), judge(self.content, run))


def load_project(path: str | Path | None = None) -> Project:
    """The project in ``path``, or the nearest one (see `find_folder`). Raises `ContentError` with every problem."""
    folder = None if path is None else arguments.path("path", path)
    store = open_store()
    content = read_content(find_folder(folder), store)
    return Project(content, Simulator(content, store))
