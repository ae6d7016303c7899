"""A copy of the content folders for another place, in its own size."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from xinzhi.content.backtest_file import FILE as BACKTESTS
from xinzhi.content.backtest_file import FORMER as HINDCASTS
from xinzhi.content.files import (
    FOLDERS,
    REGION,
    copy_below,
    in_form_of,
    is_content,
    scenario_files,
    shared_equations,
    text_of,
    without_shared_equations,
)
from xinzhi.content.fit_file import FILE as FIT
from xinzhi.content.fitted import FITTED, POSTERIOR
from xinzhi.content.folder import SCHEMAS, shown
from xinzhi.content.forecast_file import FOLDER as FORECASTS
from xinzhi.content.history import HISTORY
from xinzhi.content.model_place import model_path
from xinzhi.content.reading import read_content
from xinzhi.content.region_file import SCALES, Region, read_region
from xinzhi.content.regional_values import FILE as REGIONAL_VALUES
from xinzhi.content.scaling import (
    followed,
    scaled_checks,
    scaled_history,
    scaled_levers,
    scaled_regional,
    scaled_scenario,
    with_source,
    without_family,
)
from xinzhi.content.statements import FILE as STATEMENTS
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import ContentError, OutputError, Place, Problem, msg
from xinzhi.output import make_folder, write_atomically, writing
from xinzhi.store import open_store

SOURCES = "calibration/sources.yaml"
# notes, and what was fitted to its record and forecast of it
_OF_ITS_FIT = (FIT, FITTED, POSTERIOR, BACKTESTS, HINDCASTS, FORECASTS)
OF_ONE_PLACE = ("README.md", *(Path(file).name for file in _OF_ITS_FIT))


def _scale(folder: Path, factor: float) -> None:
    """Size the numbers of a copy. Raises `ContentError` where it is not sound, OSError where it cannot be written."""
    content = read_content(folder, open_store())
    scenarios = [path.relative_to(folder).as_posix() for path in scenario_files(folder)]
    changes: dict[str, Callable[[str], str]] = {
        REGIONAL_VALUES: partial(scaled_regional, factor=factor),
        HISTORY: partial(scaled_history, factor=factor),
        SOURCES: partial(with_source, factor=factor, region=content.region.name),
        "model/levers.yaml": partial(scaled_levers, factor=factor, model=content.model),
        "model/checks.yaml": partial(scaled_checks, factor=factor, model=content.model),
        **dict.fromkeys(scenarios, partial(scaled_scenario, factor=factor, sheet=content.sheet, model=content.model)),
    }
    if (folder / STATEMENTS).exists():
        changes[STATEMENTS] = without_family
    for file, changed in changes.items():
        path = folder / file
        write_atomically(path, partial(Path.write_bytes, data=in_form_of(path, changed(text_of(path)))))


def _with_own_equations(folder: Path, shared: Path) -> None:
    """Give a copy the equations that its source uses of another project. Raises OSError."""
    shutil.copyfile(shared, folder / "model" / shared.name)
    region = folder / REGION
    written = in_form_of(region, without_shared_equations(text_of(region)))
    write_atomically(region, partial(Path.write_bytes, data=written))


def follow(folder: Path) -> tuple[str, ...]:
    """Bring region.csv up to the equations that the project uses of another one; the constants that were new.

    What that place's region.csv has and this one lacks is taken over in the size that region.yaml says, as assumed.
    Raises `ContentError` where no equations or no size are named, `OutputError` where the file cannot be written.
    """
    region = _region(folder)
    if region.equations is None or region.scale is None:
        problem = msg("names no equations of another project, or no scale")
        raise ContentError(Problem(Place(shown(folder / REGION)), problem, msg("write equations and scale")))
    shared = shared_equations(folder)
    assert shared is not None
    own, other = folder / REGIONAL_VALUES, shared.parents[1] / REGIONAL_VALUES
    with writing(own):
        written = text_of(own)
        text, new = followed(written, text_of(other), region.scale)
        if text != written:
            write_atomically(own, partial(Path.write_bytes, data=in_form_of(own, text)))
    return new


def _region(folder: Path) -> Region:
    """Its region.yaml, and the equations that it names where they are. Raises `ContentError`."""
    problems = Problems()
    region = read_region(folder / REGION, shown(folder / REGION), problems)
    if region is not None:
        model_path(folder, region, problems)
    problems.raise_any()
    assert region is not None
    return region


def copy_content(source: Path, target: Path, scale: float | None) -> list[str]:
    """Copy the content folders and their schemas; ``scale`` sizes the numbers and marks them as assumed.

    The copy has its equations itself, also where ``source`` uses another project's. Refuses to write over a folder that
    exists; whole or not at all. Raises `OutputError`, and `ContentError` where ``source`` names equations that are not
    there.
    """
    if scale is not None and not SCALES[0] <= scale <= SCALES[1]:
        low, high = (f"{end:g}" for end in SCALES)
        problem = msg("the scale cannot be {value}", value=f"{scale:g}")
        raise OutputError(Problem(None, problem, msg("allowed are {low} to {high}", low=low, high=high)))
    shared = shared_equations(source)
    if shared is not None:
        _region(source)
    names = [name for name in (*FOLDERS, SCHEMAS) if name != SCHEMAS or (source / name).is_dir()]
    for name in names:
        if (target / name).exists():
            raise OutputError(
                Problem(Place(str(target / name)), msg("exists already"), msg("choose a folder without it"))
            )
    left_out = OF_ONE_PLACE if scale is not None else ()
    made = not target.exists()
    try:
        make_folder(target)
        with writing(target):
            for name in names:
                copy_below(source / name, target / name, lambda file: file not in left_out and is_content(file))
            if shared is not None:
                _with_own_equations(target, shared)
            if scale is not None:
                _scale(target, scale)
    except BaseException:
        for half in [target] if made else [target / name for name in names]:
            shutil.rmtree(half, ignore_errors=True)
        raise
    return names
