"""A project as it would be with some of its files written: read whole, in a copy, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from xinzhi.content.content import Content
from xinzhi.content.files import FOLDERS, copy_below, is_content
from xinzhi.content.folder import shown, state_of
from xinzhi.content.forecast_file import read_forecasts
from xinzhi.content.reading import read_anew
from xinzhi.errors import ContentError, OutputError, Place, Problem, msg, why
from xinzhi.store import Store


def rehearse(folder: Path, files: Mapping[str, str], store: Store) -> Content:
    """The content of ``folder`` with ``files``, texts by their path in it.

    Raises `ContentError` as `read_content` does, `OutputError` where there is no room for the copy.
    """
    try:
        with TemporaryDirectory(prefix="xinzhi-") as name:
            _copy(folder, files, Path(name))
            return replace(_read(Path(name), folder, store), folder=folder)
    except OSError as error:
        problem = msg("cannot be copied ({reason})", reason=why(error))
        raise OutputError(Problem(Place(shown(folder)), problem, msg("make room for a copy"))) from error


def _copy(folder: Path, files: Mapping[str, str], copy: Path) -> None:
    """All that is content, with ``files`` in it. Raises OSError."""
    for part in FOLDERS:
        copy_below(folder / part, copy / part, is_content)
    for path, text in files.items():
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_bytes(text.encode())


def _read(copy: Path, folder: Path, store: Store) -> Content:
    """The copy's content; what is wrong with it is told of ``folder``'s files. Raises `ContentError`."""
    try:
        content = read_anew(copy, state_of(copy), store, folder)
        read_forecasts(copy)
    except ContentError as error:
        raise ContentError([_there(problem, shown(copy), shown(folder)) for problem in error.problems]) from None
    return content


def _there(problem: Problem, copy: str, folder: str) -> Problem:
    """The problem with the place of the file itself, which is not in the copy."""
    if problem.place is None:
        return problem
    return replace(problem, place=Place(problem.place.file.replace(copy, folder), problem.place.line))
