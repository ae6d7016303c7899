"""Every study as a command, built from what it asks: the same options, with the same meaning, for all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xinzhi.cli.ending import MISSED
from xinzhi.cli.shell import Decorator, Shell, levers_of, open_project, print_json, say_written
from xinzhi.show.words import N_, t
from xinzhi.studies.ask import LEVERS, Ask, Kind
from xinzhi.studies.registry import all_studies
from xinzhi.studies.table import Cells, Part

if TYPE_CHECKING:
    from xinzhi.studies.answer import Answer
    from xinzhi.studies.study import Study

LARGEST = 10**9


def add_studies(group: click.Group, shell: Shell) -> None:
    """Add a command a study to the group."""
    for study in all_studies().values():
        group.add_command(_command(study, shell))


def _command(study: Study[Any], shell: Shell) -> click.Command:
    def run(
        output: tuple[Path, ...], charts: Path | None, write: bool, as_json: bool, assignments: tuple[str, ...],
        folder: Path | None, lang: str, **asked: Any,
    ) -> None:  # fmt: skip
        from xinzhi.output import check_folder
        from xinzhi.studies.answer import check_suffix

        for path in output:
            check_suffix(study, path)
            check_folder(path)
        project = open_project(folder, lang)
        stated = {ask.name: asked[_name(ask)] for ask in study.asks if asked[_name(ask)] not in (None, ())}
        answer = _answered(study, lang, lambda told: project.study(
            study.name, progress=told, **stated, **({LEVERS: levers_of(assignments)} if assignments else {})
        ))  # fmt: skip
        _tell(answer, output, charts, lang, write=write, as_json=as_json)
        if not study.sound(answer.result):
            sys.exit(MISSED)

    command: Any = run
    for decorate in reversed(list(_options(study, shell))):
        command = decorate(command)
    return click.command(study.name, help=t(study.help, shell.lang))(command)


def _answered(study: Study[Any], lang: str, work: Callable[[Callable[[int, int], None]], Answer[Any]]) -> Answer[Any]:
    """What ``work`` gives, with a bar and its end's time where it tells of its progress; Ctrl+C says what is kept."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from xinzhi.show.numbers import plain

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
               TimeRemainingColumn())  # fmt: skip
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(t(study.help, lang).rstrip(".。"), visible=False, rate="")
        reached = {"done": 0, "of": 0}

        def told(done: int, of: int) -> None:
            reached.update(done=done, of=of)
            speed = bar.tasks[0].speed or 0.0
            rate = t("{rate} a second", lang, rate=plain(speed, 0)) if speed >= 1 else ""
            bar.update(task, completed=done, total=of, visible=True, rate=rate)

        try:
            return work(told)
        except KeyboardInterrupt:
            bar.stop()
            if study.stopped:
                click.echo(t(study.stopped, lang, **reached), err=True)
            raise


def _tell(
    answer: Answer[Any], output: tuple[Path, ...], charts: Path | None, lang: str, *, write: bool, as_json: bool
) -> None:
    """Into the files asked for, else on the screen; as JSON besides, or in the screen's place."""
    for path in output:
        say_written(answer.save(path, lang, charts), lang)
    if charts is not None:
        for path in answer.save_charts(charts, lang):
            say_written(path, lang)
    if as_json:
        print_json(answer.record(lang))
    elif not output and charts is None:
        print_answer(answer, lang)
    for path in answer.study.written(answer.result):
        say_written(path, lang)
    if write:
        for path in answer.keep():
            say_written(path, lang)
    elif answer.study.writes:
        click.echo(t("Nothing is kept in the project; --write keeps it.", lang), err=True)


def print_answer(answer: Answer[Any], lang: str) -> None:
    """Tables and sentences on the screen."""
    for part in answer.parts(lang):
        print_part(part)


def print_part(part: Part) -> None:
    """A table or sentences on the screen; blanks before a sentence are its indent, also where it is wrapped."""
    from rich.padding import Padding

    from xinzhi.show.screen import console
    from xinzhi.show.tables import print_table

    if isinstance(part, Cells):
        print_table(part.title, part.heads, part.rows, words=part.words)
        return
    if part.title:
        console().print(part.title, style="bold")
    for line in part.lines:
        words = line.lstrip(" ")
        console().print(Padding(words, (0, 0, 0, len(line) - len(words)), expand=False) if words != line else line)


def _options(study: Study[Any], shell: Shell) -> list[Decorator]:
    """The arguments and options of a study's command, in the order of its help."""
    options = [_asking(ask, shell) for ask in study.asks]
    formats = N_("Write to a file, repeatable; the suffix says how: csv, xlsx, parquet, nc, json or md.")
    if study.drawn:
        formats = N_("Write to a file, repeatable; the suffix says how: csv, xlsx, parquet, nc, json or md; "
                     "png, svg or pdf draw the chart.")  # fmt: skip
    path = click.Path(path_type=Path)
    options += [
        shell.settings,
        shell.option("-o", "--output", "output", type=path, metavar="FILE", multiple=True, help=formats),
    ]
    charts = shell.option("--charts", type=path, metavar="DIR", help=N_("Draw every chart into a folder."))
    keep = shell.option("--write", is_flag=True, help=N_("Keep what is found in the project's content."))
    options.append(charts if study.drawn else _fixed("charts", None))
    options.append(keep if study.writes else _fixed("write", False))
    return [*options, shell.as_json, shell.shared]


def _fixed(name: str, value: Any) -> Decorator:
    """A parameter that a study does not have."""

    def decorate(command: Any) -> Any:
        def with_it(**asked: Any) -> Any:
            return command(**{name: value}, **asked)

        with_it.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
        return with_it

    return decorate


def _name(ask: Ask) -> str:
    """The parameter's name: an option's is apart from those that every study has, such as the project's folder."""
    return f"asked_{ask.name}" if ask.flag else ask.name


def _asking(ask: Ask, shell: Shell) -> Decorator:
    if not ask.flag:
        many = {"nargs": -1} if ask.many else {}
        default = {} if ask.required or ask.many else {"default": ask.default}
        metavar = {"metavar": ask.metavar} if ask.metavar else {}
        return click.argument(ask.name, required=ask.required, **many, **default, **metavar)  # type: ignore[arg-type]
    told = ask.kind is not Kind.FLAG and ask.default not in (None, ())
    shown = {"default": ask.default, "show_default": True} if told else {}
    common: dict[str, Any] = {"help": ask.help, **shown}
    if ask.kind is Kind.FLAG:
        return shell.option(ask.flag, _name(ask), is_flag=True, help=ask.help)
    if ask.metavar:
        common["metavar"] = ask.metavar
    return shell.option(ask.flag, _name(ask), type=_type(ask), multiple=ask.many, **common)


def _type(ask: Ask) -> Any:
    if ask.kind is Kind.COUNT:
        bounded = ask.most is not None and ask.most <= LARGEST  # a larger bound would only fill the help
        return click.IntRange(ask.least, ask.most if bounded else None)
    if ask.kind is Kind.CHOICE:
        return click.Choice(ask.choices)
    if ask.kind is Kind.YEARS:
        return int
    return click.Path(path_type=Path) if ask.kind in (Kind.PATH, Kind.PATHS) else str
