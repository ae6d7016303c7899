"""``xinzhi recover``."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinzhi.cli.shell import Shell, open_project, print_json, say_written
from xinzhi.show.words import N_, t

if TYPE_CHECKING:
    from xinzhi.futures.system import System
    from xinzhi.project import Project
    from xinzhi.studies.recover.recovery import Recovery


def add_recover_command(group: click.Group, shell: Shell) -> None:
    """Add it to the group."""

    @group.command("recover", help=t("Make truths up, fit them again: does the fit find what is there?", shell.lang))
    @shell.option(
        "--trials", type=click.IntRange(2), default=100, show_default=True, help=N_("Truths that are made up.")
    )
    @shell.option("--seed", type=click.IntRange(0), default=1, show_default=True, help=N_("The seed of random draws."))
    @shell.output(N_("Write to a file: md."))
    @shell.option("--charts", type=click.Path(path_type=Path), metavar="DIR", help=N_("Draw charts into a folder."))
    @shell.as_json
    @shell.shared
    def recover(
        trials: int, seed: int, output: Path | None, charts: Path | None, as_json: bool, folder: Path | None, lang: str
    ) -> None:
        from xinzhi.formats.writing import output_format
        from xinzhi.futures.system import build_system
        from xinzhi.output import write
        from xinzhi.show.export import export_charts
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table
        from xinzhi.studies.recover.words import recovery_page, recovery_record, recovery_sentences, recovery_table

        if output is not None:
            output_format(output, ("md",))
        project = open_project(folder, lang)
        system = build_system(project.content, project.simulator)
        found = _recovered(system, project, trials, seed, lang)
        picture = None
        if charts is not None:
            from xinzhi.studies.fit.charts import overview_name, recovery_pages

            for path in export_charts(recovery_pages(project.content, found, lang), charts):
                say_written(path, lang)
            beside = Path.cwd() if output is None else output.resolve().parent
            picture = Path(os.path.relpath(charts / overview_name(lang), beside)).as_posix()
        if output is not None:
            write(output, recovery_page(project.content, found, picture, lang).encode())
            say_written(output, lang)
        elif not as_json:
            print_table(*recovery_table(found, lang))
            for sentence in recovery_sentences(project.content, found, lang):
                console().print(sentence)
        if as_json:
            print_json(recovery_record(found))


def _recovered(system: System, project: Project, trials: int, seed: int, lang: str) -> Recovery:
    """The trials, with a bar; what is done when Ctrl-C is pressed is kept, and said."""
    from rich.console import Console
    from rich.progress import Progress

    from xinzhi.content.fitted import inputs_hash
    from xinzhi.futures.code import analysis_hash
    from xinzhi.studies.recover.recovery import SHORT
    from xinzhi.studies.recover.recovery import recover as tried

    inputs = f"{inputs_hash(project.content.folder)} {analysis_hash()}"
    name = f"recover-{hashlib.sha256(inputs.encode()).hexdigest()[:32]}"
    done = 0
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(t("Fitting truths that were made up", lang), total=trials)

        def told(number: int, of: int) -> None:
            nonlocal done
            done = number
            bar.update(task, completed=number, total=of)

        try:
            return tried(system, seed, trials, SHORT, project.simulator.store, name, told)
        except KeyboardInterrupt:
            bar.stop()
            said = t(
                "{done} of {trials} are kept; the same command goes on from there.", lang, done=done, trials=trials
            )
            click.echo(said, err=True)
            raise
