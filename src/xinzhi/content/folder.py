"""A project's folder: where it is, how its files are called to a reader, what names their state."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from xinzhi.content.backtest_file import FILE as BACKTESTS
from xinzhi.content.backtest_file import FORMER as HINDCASTS
from xinzhi.content.files import KINDS, files_below, files_hash
from xinzhi.content.fitted import FITTED
from xinzhi.content.forecast_file import FOLDER as FORECASTS
from xinzhi.errors import ContentError, Place, Problem, msg, why

SCHEMAS = "schemas"


def find_folder(named: Path | None) -> Path:
    """The content's folder: ``given``; the nearest at or above the working directory; the bundle; the checkout.

    Raises `ContentError` when ``given`` has no model/ and scenarios/.
    """
    if named is not None:
        if not (named / "model").is_dir() or not (named / "scenarios").is_dir():
            raise ContentError(
                Problem(
                    Place(str(named)),
                    msg("is not a project folder: model/ and scenarios/ are not both there"),
                    msg("make one with: xinzhi init {folder}", folder=named),
                )
            )
        return named
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


def shown(path: Path) -> str:
    """A path as a reader knows it: relative to the working directory where it is below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def state_of(folder: Path) -> str:
    """What names this state of the files. Results are none of it: writing one must not make the content another."""
    results = tuple(str(folder / name) for name in (FITTED, BACKTESTS, HINDCASTS, FORECASTS))
    paths = (path for path in files_below(folder) if path.suffix.lower() in KINDS and not str(path).startswith(results))
    try:
        return files_hash(folder, paths)
    except OSError as error:
        place = Place(shown(Path(error.filename or folder)))
        raise ContentError(Problem(place, msg("cannot be read ({reason})", reason=why(error)))) from error
