"""Reads a project: its three folders whole, each file checked against those that it names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from xinzhi import content as package
from xinzhi.content.anchor_file import Anchors, read_anchors
from xinzhi.content.audit_file import Item, read_audit
from xinzhi.content.check import Check, read_checks
from xinzhi.content.content import Content
from xinzhi.content.fit_file import FILE as FIT
from xinzhi.content.fit_file import Fit, read_fit
from xinzhi.content.folder import shown, state_of
from xinzhi.content.history import HISTORY, History, Series, Source, read_history, read_sources
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.indicator_file import read_indicators
from xinzhi.content.lever_file import read_levers
from xinzhi.content.lever_sheet import LeverSheet
from xinzhi.content.loop import Loop, read_loops
from xinzhi.content.model_file import ModelFile
from xinzhi.content.model_place import model_path
from xinzhi.content.model_reading import read_model_file
from xinzhi.content.plausible_figures import check_fitted, check_plausible, in_file
from xinzhi.content.region_file import Region, check_articles, check_plan, read_region
from xinzhi.content.regional_series import FILE as REGIONAL_SERIES
from xinzhi.content.regional_series import check_series
from xinzhi.content.regional_values import FILE as REGIONAL_VALUES
from xinzhi.content.regional_values import read_regional, regional_doubts, with_regional
from xinzhi.content.scenario import Scenario, read_scenarios
from xinzhi.content.statements import FILE as STATEMENTS
from xinzhi.content.statements import Statements, read_statements
from xinzhi.content.subscript_names import Subscripts, read_subscripts, with_names
from xinzhi.content.uncertainty import Uncertainties, read_uncertainties
from xinzhi.content.units import Units, read_units
from xinzhi.content.yaml_file import Problems, read_text
from xinzhi.errors import ContentError, Place, msg, nearest, shortened
from xinzhi.store import Store

Read = TypeVar("Read")


def read_content(folder: Path, store: Store) -> Content:
    """Read and cross-check everything in ``folder``. Raises `ContentError` with all problems of all files.

    What was sound is kept in ``store`` and read from there until a file changes.
    """
    digest = state_of(folder)
    state = "\n".join([digest, str(folder.resolve()), shown(folder), _code_hash()])
    name = f"content-{hashlib.sha256(state.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
    kept = store.load(name, Content)
    if kept is not None:
        return replace(kept, folder=folder)
    content = read_anew(folder, digest, store)
    store.save(name, content)
    return content


@lru_cache(maxsize=1)
def _code_hash() -> str:
    """A hash of the readers' own code: what another version kept is not used."""
    paths = sorted(Path(package.__file__ or "").parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def read_anew(folder: Path, digest: str, store: Store, home: Path | None = None) -> Content:
    """As `read_content`, whatever the store keeps of the content; ``digest`` becomes its hash.

    ``home`` is the project of which ``folder`` is a copy: the way to another project's equations begins there.
    """
    files = _Files(folder, home or folder)
    place = _read_place(files, store)
    asked = _read_asked(files, place)
    known = _read_known(files, place, asked)
    return Content(
        folder=folder,
        hash=digest,
        region=place.region,
        units=place.units,
        model=place.model,
        sheet=asked.sheet,
        indicators=asked.indicators,
        targets=asked.targets,
        scenarios=known.scenarios,
        checks=asked.checks,
        history=History(place.series, place.sources),
        uncertainties=asked.doubts.priors,
        fixed=asked.doubts.fixed,
        correlations=asked.doubts.correlations,
        loops=asked.loops,
        anchors=known.anchors,
        subscripts=place.subscripts,
        audit=known.audit,
        fit=known.fit,
        statements=known.statements,
    )


@dataclass(frozen=True)
class _Files:
    """The files of a folder, and what is wrong with them so far."""

    folder: Path
    home: Path
    problems: Problems = field(default_factory=Problems)

    def at(self, name: str) -> tuple[Path, str, Problems]:
        """What every reader of a file begins with."""
        return self.folder / name, self.shown(name), self.problems

    def shown(self, name: str) -> str:
        return shown(self.folder / name)

    def needed(self, read: Read | None) -> Read:
        """What was read; where it could not be, `ContentError` with all problems so far."""
        if read is None:
            raise ContentError(self.problems.noted)
        return read


@dataclass(frozen=True)
class _Place:
    """What all other files are read against: the place, the model in its numbers, the record."""

    region: Region
    units: Units
    model: ModelFile
    subscripts: Subscripts
    sources: Mapping[str, Source]
    series: Mapping[str, Series]
    regional: Uncertainties


def _read_place(files: _Files, store: Store) -> _Place:
    region = read_region(*files.at("model/region.yaml"))
    units = read_units(*files.at("model/units.yaml"))
    path = None if region is None else model_path(files.folder, region, files.problems, files.home)
    bare = None
    if path is not None:
        bare = read_model_file(path, shown(path), files.problems, store, files.folder / "model")
    known = read_sources(*files.at("calibration/sources.yaml"))
    observed = read_history(*files.at(HISTORY), known)
    region, units, bare = files.needed(region), files.needed(units), files.needed(bare)
    sources, series = files.needed(known), files.needed(observed)
    check_series(files.folder / REGIONAL_SERIES, files.shown(REGIONAL_SERIES), bare, files.problems)
    rows = files.needed(read_regional(*files.at(REGIONAL_VALUES), sources))
    model = files.needed(with_regional(bare, rows, files.shown(REGIONAL_VALUES), files.problems))
    subscripts = files.needed(read_subscripts(*files.at("model/subscripts.yaml"), model))
    model = with_names(model, subscripts)
    _check_model(model, units, sources, files.problems)
    check_plan(region, model, files.shown("model/region.yaml"), files.problems)
    return _Place(region, units, model, subscripts, sources, series, regional_doubts(rows.values()))


@dataclass(frozen=True)
class _Asked:
    """What is asked of the model, and what is doubtful in it."""

    sheet: LeverSheet
    indicators: Mapping[str, Indicator]
    targets: Mapping[str, Target]
    checks: Mapping[str, Check]
    doubts: Uncertainties
    loops: Mapping[str, Loop]


def _read_asked(files: _Files, place: _Place) -> _Asked:
    region, model, units, series = place.region, place.model, place.units, place.series
    sheet = read_levers(*files.at("model/levers.yaml"), model, region, units, list(place.sources))
    document = read_text(*files.at(f"model/{region.document.text}")) if region.document.text else None
    outputs = read_indicators(*files.at("model/indicators.yaml"), model, region, units, series, document)
    if document is not None:
        check_articles(region, document, *files.at("model/region.yaml"))
    if outputs is not None:
        check_plausible(*outputs, series, in_file(files.shown(HISTORY)), files.problems)
    checks = read_checks(*files.at("model/checks.yaml"), model)
    doubts = None
    if sheet is not None:
        doubts = read_uncertainties(*files.at("model/uncertainties.yaml"), model, sheet.levers, place.regional)
    loops = read_loops(*files.at("model/loops.yaml"), model)
    files.problems.raise_any()
    indicators, targets = files.needed(outputs)
    needed = files.needed
    return _Asked(needed(sheet), indicators, targets, needed(checks), needed(doubts), needed(loops))


@dataclass(frozen=True)
class _Known:
    """What figures, the document and scenarios say of it."""

    anchors: Anchors
    fit: Fit | None
    audit: Mapping[str, Item]
    scenarios: Mapping[str, Scenario]
    statements: Statements


def _read_known(files: _Files, place: _Place, asked: _Asked) -> _Known:
    region, model, series, indicators = place.region, place.model, place.series, asked.indicators
    outputs, priors = (indicators, asked.targets), asked.doubts.priors
    anchors = read_anchors(*files.at("calibration/anchors.yaml"), model, region, *outputs, series)
    fit = None
    if anchors is not None:
        fit = read_fit(*files.at(FIT), model, indicators, series, priors, anchors)
        last, where = model.control("FINAL TIME"), in_file(files.shown(HISTORY))
        check_fitted(fit, anchors, series, last, where, files.problems)
    items = read_audit(*files.at("model/audit.yaml"), model, region, place.units, asked.sheet.levers, *outputs, series)
    scenarios = read_scenarios(files.folder, asked.sheet, priors, files.problems)
    stated = read_statements(*files.at(STATEMENTS), model, indicators, asked.loops, asked.checks, scenarios)
    files.problems.raise_any()
    return _Known(files.needed(anchors), fit, files.needed(items), scenarios, files.needed(stated))


def _check_model(model: ModelFile, units: Units, sources: Mapping[str, Source], problems: Problems) -> None:
    """Every source and unit of the model is known; a missing source or unit is told once, at its first use."""
    missing: set[str] = set()
    for variable in model.variables.values():
        place = Place(shown(model.path), variable.line)
        for source in variable.sources:
            if source not in sources and source not in missing:
                missing.add(source)
                problems.add(
                    place,
                    msg('the source "{name}" is not in sources.yaml', name=source),
                    nearest(source, list(sources)),
                )
        if variable.unit not in missing and not units.knows(variable.unit):
            missing.add(variable.unit)
            problems.add(
                place,
                msg('the unit "{unit}" is not defined', unit=shortened(variable.unit)),
                msg("define it in units.yaml, or correct it"),
            )
