"""A project as it would be with some of its files written: read whole, in a copy, before anything is written."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from xinzhi.content.forecast_file import read_forecasts
from xinzhi.content.project import FOLDERS, Content, read_anew, shown, state_of
from xinzhi.errors import ContentError, OutputError, Place, Problem, msg, why
from xinzhi.store import Store


def rehearse(folder: Path, files: Mapping[str, str], store: Store) -> Content:
    """The content of ``folder`` with ``files``, texts by their path in it.

    Raises `ContentError` as `read_content` does, `OutputError` where there is no room for the copy.
    """
    with TemporaryDirectory(prefix="xinzhi-") as name:
        copy = Path(name)
        for part in FOLDERS:
            _copy(folder / part, copy / part)
        for path, text in files.items():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes(text.encode())
        try:
            content = read_anew(copy, state_of(copy), store, folder)
            read_forecasts(copy)
        except ContentError as error:
            raise ContentError([_there(it, shown(copy), shown(folder)) for it in error.problems]) from None
        return replace(content, folder=folder)


def _copy(folder: Path, copy: Path) -> None:
    """All that is content; editors' and half-written files begin with a point. Raises `OutputError`."""
    try:
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".*"), ignore_dangling_symlinks=True)
    except (OSError, shutil.Error) as error:
        reason = why(error) if isinstance(error, OSError) and error.errno else error
        problem = msg("cannot be copied ({reason})", reason=reason)
        raise OutputError(Problem(Place(shown(folder)), problem, msg("make room for a copy"))) from error


def _there(problem: Problem, copy: str, folder: str) -> Problem:
    """The problem with the place of the file itself, which is not in the copy."""
    if problem.place is None:
        return problem
    return replace(problem, place=Place(problem.place.file.replace(copy, folder), problem.place.line))
