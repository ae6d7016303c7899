"""A project's content: three folders, found, read whole and checked against each other."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from xinzhi.brief import Brief
from xinzhi.content.anchor_file import Anchors, read_anchors
from xinzhi.content.audit import Item, read_audit
from xinzhi.content.check import Check, read_checks
from xinzhi.content.files import FOLDERS as FOLDERS
from xinzhi.content.files import KINDS, files_below, files_hash, files_in, misnamed_scenarios, scenario_files, text_of
from xinzhi.content.fit_file import FILE as FIT
from xinzhi.content.fit_file import Fit, read_fit
from xinzhi.content.fitted import FITTED
from xinzhi.content.forecast_file import FOLDER as FORECASTS
from xinzhi.content.hindcast_file import FILE as HINDCASTS
from xinzhi.content.history import History, Source, read_history, read_sources
from xinzhi.content.indicator import Indicator, Target, read_indicators
from xinzhi.content.lever import Setting
from xinzhi.content.lever_file import read_levers
from xinzhi.content.lever_sheet import LeverSheet
from xinzhi.content.loop import Loop, read_loops
from xinzhi.content.model_file import ModelFile, read_model_file
from xinzhi.content.plausible import check_fitted, check_plausible, in_file
from xinzhi.content.region import Region, read_region
from xinzhi.content.regional import FILE as REGIONAL_VALUES
from xinzhi.content.regional import read_regional, regional_doubts, with_regional
from xinzhi.content.regional_series import FILE as REGIONAL_SERIES
from xinzhi.content.regional_series import check_series
from xinzhi.content.scenario import BASELINE, Assumption, Scenario, believed, check_ancestry, read_scenario, resolve
from xinzhi.content.snapshot import code_hash, dump, load
from xinzhi.content.statements import FILE as STATEMENTS
from xinzhi.content.statements import Statements, read_statements
from xinzhi.content.subscripts import Subscripts, read_subscripts, with_names
from xinzhi.content.uncertainty import Account, Correlation, Uncertainty, account, read_uncertainties
from xinzhi.content.units import Units, read_units
from xinzhi.content.yaml_file import Problems, Text, read_text, shortened
from xinzhi.errors import ContentError, Message, Place, Problem, msg, nearest, why
from xinzhi.store import Store

SCHEMAS = "schemas"
HISTORY = "calibration/history.csv"


Named = TypeVar("Named", Scenario, Indicator, Target)


@dataclass(frozen=True, repr=False)
class Content(Brief):
    """Everything that a project's files say, frozen and cross-checked; ``hash`` names this state of the files."""

    folder: Path
    hash: str
    region: Region
    units: Units
    model: ModelFile
    sheet: LeverSheet
    indicators: Mapping[str, Indicator]
    targets: Mapping[str, Target]
    scenarios: Mapping[str, Scenario]
    checks: Mapping[str, Check]
    history: History
    uncertainties: Mapping[str, Uncertainty]
    fixed: Mapping[str, Text]
    correlations: tuple[Correlation, ...]
    loops: Mapping[str, Loop]
    anchors: Anchors
    subscripts: Subscripts
    audit: Mapping[str, Item]
    fit: Fit | None = None
    statements: Statements = field(default_factory=Statements)

    def brief(self) -> str:
        return (f"{self.region.name.en}: {len(self.model.variables)} variables, {len(self.sheet.levers)} levers, "
                f"{len(self.targets)} targets, {len(self.scenarios)} scenarios")  # fmt: skip

    def scenario(self, name: str) -> Scenario:
        """The scenario with this id or name, or `ContentError` with the nearest name."""
        return _named(name, self.scenarios) or _unknown(
            msg('unknown scenario "{name}"', name=name), name, self.scenarios
        )

    def indicator(self, name: str) -> Indicator:
        """The indicator with this id or name, or `ContentError` with the nearest name."""
        found = _named(name, self.indicators)
        return found or _unknown(msg('unknown indicator "{name}"', name=name), name, self.indicators)

    def target(self, name: str) -> Target:
        """The target with this id or name, or `ContentError` with the nearest name."""
        return _named(name, self.targets) or _unknown(msg('unknown target "{name}"', name=name), name, self.targets)

    @property
    def account(self) -> Account:
        """How many constants are assumed, and how many of them have a prior."""
        return account(self.model, self.sheet.levers, self.uncertainties, self.fixed)

    def settings(self, scenario: Scenario) -> dict[str, Setting]:
        """The whole lever set of a scenario."""
        return resolve(scenario, self.scenarios, self.sheet)

    def assumptions(self, scenario: Scenario) -> dict[str, Assumption]:
        """What a scenario believes of the world outside, by constant."""
        return believed(scenario, self.scenarios)


def _named(name: str, entries: Mapping[str, Named]) -> Named | None:
    """The entry with this id, or else with this name in either language."""
    return entries.get(name) or next((it for it in entries.values() if name in (it.name.zh, it.name.en)), None)


def _unknown(problem: Message, name: str, entries: Mapping[str, Any]) -> NoReturn:
    raise ContentError(Problem(None, problem, nearest(name, list(entries))))


def find_folder(given: Path | None) -> Path:
    """The content's folder: ``given``; the nearest at or above the working directory; the bundle; the checkout.

    Raises `ContentError` when ``given`` has no model/ and scenarios/.
    """
    if given is not None:
        if not (given / "model").is_dir() or not (given / "scenarios").is_dir():
            raise ContentError(
                Problem(
                    Place(str(given)),
                    msg("is not a project folder: model/ and scenarios/ are not both there"),
                    msg("make one with: xinzhi init {folder}", folder=given),
                )
            )
        return given
    for folder in _candidates():
        if (folder / "model").is_dir() and (folder / "scenarios").is_dir():
            return folder
    raise ContentError(Problem(None, msg("no project folder was found"), msg("name one with --project DIR")))


def _candidates() -> Iterator[Path]:
    here = Path.cwd()
    yield from (here, *here.parents)
    yield bundled_folder()


def bundled_folder() -> Path:
    """The content that came with the package: in the wheel's bundle or, in a checkout, at its root."""
    bundle = Path(str(resources.files("xinzhi"))) / "bundled"
    return bundle if bundle.is_dir() else Path(__file__).resolve().parents[3]


def read_content(folder: Path, store: Store) -> Content:
    """Read and cross-check everything in ``folder``. Raises `ContentError` with all problems of all files.

    What was sound is kept in ``store`` and read from there until a file changes.
    """
    digest = state_of(folder)
    state = "\n".join([digest, str(folder.resolve()), shown(folder), code_hash()])
    name = f"content-{hashlib.sha256(state.encode()).hexdigest()[:32]}"
    snapshot = store.load(name, lambda kept: load(kept.decode()))
    if isinstance(snapshot, Content):
        return replace(snapshot, folder=folder)
    content = read_anew(folder, digest, store)
    store.save_bytes(name, dump(content).encode())
    return content


def read_anew(folder: Path, digest: str, store: Store) -> Content:
    """As `read_content`, whatever the store keeps of the content; ``digest`` becomes its hash."""
    problems = Problems()

    def at(name: str) -> tuple[Path, str]:
        return folder / name, shown(folder / name)

    region = read_region(*at("model/region.yaml"), problems)
    units = read_units(*at("model/units.yaml"), problems)
    model_path = _model_path(folder, problems)
    model = read_model_file(model_path, shown(model_path), problems, store) if model_path else None
    sources = read_sources(*at("calibration/sources.yaml"), problems)
    series = read_history(*at(HISTORY), problems, sources)
    if region is None or units is None or model is None or sources is None or series is None:
        raise ContentError(problems.found)
    check_series(folder / REGIONAL_SERIES, shown(folder / REGIONAL_SERIES), model, problems)
    rows = read_regional(*at(REGIONAL_VALUES), problems, sources)
    model = None if rows is None else with_regional(model, rows, shown(folder / REGIONAL_VALUES), problems)
    if rows is None or model is None:
        raise ContentError(problems.found)
    subscripts = read_subscripts(*at("model/subscripts.yaml"), problems, model)
    if subscripts is None:
        raise ContentError(problems.found)
    model = with_names(model, subscripts)
    _check_model(model, units, sources, problems)
    _check_plan(region, model, shown(folder / "model/region.yaml"), problems)
    sheet = read_levers(*at("model/levers.yaml"), problems, model, region, units, list(sources))
    document = read_text(*at(f"model/{region.document.text}"), problems) if region.document.text else None
    outputs = read_indicators(*at("model/indicators.yaml"), problems, model, region, units, series, document)
    if document is not None:
        _check_articles(region, document, *at("model/region.yaml"), problems)
    if outputs is not None:
        check_plausible(*outputs, series, in_file(shown(folder / HISTORY)), problems)
    checks = read_checks(*at("model/checks.yaml"), problems, model)
    doubtful = at("model/uncertainties.yaml")
    regional = regional_doubts(rows.values())
    doubts = None if sheet is None else read_uncertainties(*doubtful, problems, model, sheet.levers, regional)
    loops = read_loops(*at("model/loops.yaml"), problems, model)
    if sheet is None or outputs is None or checks is None or doubts is None or loops is None or problems.found:
        raise ContentError(problems.found)
    anchors = read_anchors(*at("calibration/anchors.yaml"), problems, model, region, *outputs, series)
    fit = None
    if anchors is not None:
        fit = read_fit(*at(FIT), problems, model, outputs[0], series, doubts.priors, anchors)
        where = in_file(shown(folder / HISTORY))
        check_fitted(fit, anchors, series, model.control("FINAL TIME"), where, problems)
    items = read_audit(*at("model/audit.yaml"), problems, model, region, units, sheet.levers, *outputs, series)
    scenarios = _read_scenarios(folder, sheet, doubts.priors, problems)
    stated = read_statements(*at(STATEMENTS), problems, model, outputs[0], loops, checks, scenarios)
    problems.raise_any()
    assert anchors is not None and items is not None and stated is not None
    return Content(
        folder,
        digest,
        region,
        units,
        model,
        sheet,
        *outputs,
        scenarios,
        checks,
        History(series, sources),
        doubts.priors,
        doubts.fixed,
        doubts.correlations,
        loops,
        anchors,
        subscripts,
        items,
        fit,
        stated,
    )


def shown(path: Path) -> str:
    """A path as a reader knows it: relative to the working directory where it is below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _model_path(folder: Path, problems: Problems) -> Path | None:
    found = files_in(folder / "model", ".mdl")
    if len(found) == 1:
        return found[0]
    problems.add(
        Place(shown(folder / "model")),
        msg("holds {count} Vensim models (*.mdl)", count=len(found)),
        msg("keep exactly one"),
    )
    return None


def _check_model(model: ModelFile, units: Units, sources: Mapping[str, Source], problems: Problems) -> None:
    """Every source and unit of the model is known; a missing source or unit is told once, at its first use."""
    told: set[str] = set()
    for variable in model.variables.values():
        place = Place(shown(model.path), variable.line)
        for source in variable.sources:
            if source not in sources and source not in told:
                told.add(source)
                problems.add(
                    place,
                    msg('the source "{name}" is not in sources.yaml', name=source),
                    nearest(source, list(sources)),
                )
        if variable.unit not in told and not units.knows(variable.unit):
            told.add(variable.unit)
            problems.add(
                place,
                msg('the unit "{unit}" is not defined', unit=shortened(variable.unit)),
                msg("define it in units.yaml, or correct it"),
            )


def _check_plan(region: Region, model: ModelFile, shown_as: str, problems: Problems) -> None:
    first, last = model.control("INITIAL TIME"), model.control("FINAL TIME")
    if not (first <= region.plan.base_year and region.plan.final_year <= last):
        problems.add(
            Place(shown_as),
            msg("the plan's years are not within the model's"),
            msg("allowed are {low} to {high}", low=f"{first:g}", high=f"{last:g}"),
        )


def _check_articles(region: Region, document: str, path: Path, shown_as: str, problems: Problems) -> None:
    """Every article's Chinese title stands in the document."""
    missing = {number: title.zh for number, title in region.articles.items() if title.zh not in document}
    if not missing:
        return
    lines = text_of(path).splitlines()
    for number, title in missing.items():
        problems.add(
            Place(shown_as, next((index for index, line in enumerate(lines, 1) if title in line), None)),
            msg('the document does not say "{quote}"', quote=shortened(title)),
            msg("copy the title of article {number} from model/{file}", number=number, file=region.document.text),
        )


def _read_scenarios(
    folder: Path, sheet: LeverSheet, doubts: Mapping[str, Uncertainty], problems: Problems
) -> dict[str, Scenario]:
    paths = sorted(scenario_files(folder), key=lambda path: (path.stem != BASELINE, path.stem))
    _check_scenario_names(folder, paths, problems)
    scenarios = {}
    for path in paths:
        scenario = read_scenario(path, path.stem, shown(path), problems, sheet, doubts)
        if scenario is not None:
            scenarios[path.stem] = scenario
    if not any(path.stem == BASELINE for path in paths):
        problems.add(
            Place(shown(folder / "scenarios")),
            msg("there is no baseline.yaml"),
            msg("every other scenario is compared with it: add one that moves no lever"),
        )
    elif BASELINE in scenarios and (
        scenarios[BASELINE].overrides or scenarios[BASELINE].based_on or scenarios[BASELINE].assumptions
    ):
        problems.add(
            scenarios[BASELINE].place,
            msg("the baseline moves a lever or assumes something"),
            msg("put the setting into another scenario"),
        )
    check_ancestry(scenarios, [path.stem for path in paths], problems)
    return scenarios


def _check_scenario_names(folder: Path, paths: Sequence[Path], problems: Problems) -> None:
    """No two files have one id, and none is left out because its name goes on behind ``.yaml``."""
    for path, other in itertools.pairwise(paths):
        if path.stem == other.stem:
            problems.add(
                Place(shown(other)), msg("has the same id as {file}", file=path.name), msg("keep one, or rename it")
            )
    for path in misnamed_scenarios(folder):
        right = path.name[: path.name.lower().rindex(".")]
        problems.add(Place(shown(path)), msg("is not a scenario by its name"), msg('rename it to "{name}"', name=right))


def state_of(folder: Path) -> str:
    """What names this state of the files. Results are none of it: writing one must not make the content another."""
    results = tuple(str(folder / name) for name in (FITTED, HINDCASTS, FORECASTS))
    paths = (it for it in files_below(folder) if it.suffix.lower() in KINDS and not str(it).startswith(results))
    try:
        return files_hash(folder, paths)
    except OSError as error:
        place = Place(shown(Path(error.filename or folder)))
        raise ContentError(Problem(place, msg("cannot be read ({reason})", reason=why(error)))) from error
