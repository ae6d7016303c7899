"""What every command shares: its options, the project that it opens, and what it says of files."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.errors import ContentError, Problem, msg
from xinzhi.show.streams import print_data
from xinzhi.show.words import say, t

if TYPE_CHECKING:
    from xinzhi.project import Project
    from xinzhi.simulate import Run

Decorator = Callable[[Any], Any]


@dataclass(frozen=True)
class Shell:
    """The language of the help, and the makers of options."""

    lang: str
    option: Callable[..., Decorator]
    shared: Decorator
    as_json: Decorator
    settings: Decorator

    def output(self, help: str, *, metavar: str = "FILE", required: bool = False) -> Decorator:
        """The option ``-o``: a path, given to the command as ``output``; None where it is not asked for."""
        kind = click.Path(path_type=Path)
        return self.option("-o", "--output", type=kind, metavar=metavar, required=required, help=help)


def tell_warnings(lang: str) -> None:
    """From now on, what Python would warn of the cache is a sentence on standard error."""
    show = warnings.showwarning

    def told(message: Warning | str, *about: Any, **more: Any) -> None:
        from xinzhi.store import CacheWarning

        if isinstance(message, CacheWarning):
            click.echo(say(message.problem, lang), err=True)
        else:
            show(message, *about, **more)

    warnings.showwarning = told


def told_folder(folder: Path | None, lang: str) -> Path:
    """The project's folder, told on standard error. Raises `ContentError` where there is none."""
    from xinzhi.content.folder import find_folder

    found = find_folder(folder)
    click.echo(t("Project: {folder}", lang, folder=found), err=True)
    return found


def open_project(folder: Path | None, lang: str) -> Project:
    """The project, its folder told on standard error, and that its fit is of other data where that is so."""
    from xinzhi.futures.freshness import stale
    from xinzhi.project import load_project

    found = told_folder(folder, lang)
    project = load_project(found)
    warning = stale(project.content)
    if warning is not None:
        click.echo(say(Problem(None, warning), lang), err=True)
    return project


def print_json(value: Any) -> None:
    """A value as JSON on standard output."""
    from xinzhi.formats.writing import json_text

    print_data(json_text(value))


def say_written(path: Path, lang: str) -> None:
    """That a file was written, on standard error."""
    click.echo(t("Written: {path}", lang, path=path), err=True)


def levers_of(assignments: tuple[str, ...]) -> list[tuple[str, object]]:
    """``LEVER=VALUE`` as names and texts. Raises `ContentError` with every one that is no pair."""
    pairs: list[tuple[str, object]] = []
    problems = []
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if equals and name.strip():
            pairs.append((name.strip(), value.strip()))
        else:
            none = msg('"{written}" is not a setting', written=assignment)
            problems.append(Problem(None, none, msg("write --set LEVER=VALUE")))
    if problems:
        raise ContentError(problems)
    return pairs


def run_scenario(project: Project, scenario: str, assignments: tuple[str, ...]) -> Run:
    """A scenario's run; every ``LEVER=VALUE`` that is wrong is told at once."""
    wanted, problems, pairs = project.content.scenario(scenario), list[Problem](), list[tuple[str, object]]()
    for assignment in assignments:
        try:
            pairs += levers_of((assignment,))
        except ContentError as error:
            problems += error.problems
    try:
        overrides = project.content.sheet.assignments(pairs)
    except ContentError as error:
        problems += error.problems
    if problems:
        raise ContentError(problems)
    return project.simulator.run(wanted, overrides)


def tell(
    output: Path | None,
    as_json: bool,
    lang: str,
    *,
    write: Callable[[Path], None],
    show: Callable[[], None],
    record: Callable[[], Any],
) -> None:
    """A command's result: into the file asked for, else on the screen; as JSON besides, or in the screen's place."""
    if output is not None:
        write(output)
        say_written(output, lang)
    elif not as_json:
        show()
    if as_json:
        print_json(record())
