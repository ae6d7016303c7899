"""``xinzhi observe``: a new year's figures come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinzhi.cli.shell import Shell, open_project, print_json, say_written
from xinzhi.show.words import N_, t

if TYPE_CHECKING:
    from xinzhi.project import Project
    from xinzhi.studies.observe.monitor import Monitored


def add_observe_command(group: click.Group, shell: Shell) -> None:
    """Add it to the group."""

    @group.command("observe", help=t("Hold new years' figures against the forecasts, before and after.", shell.lang))
    @click.argument("data", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
    @shell.option(
        "--members", type=click.IntRange(100, 100_000), default=4000, show_default=True, help=N_("How many futures.")
    )
    @shell.option("--seed", type=click.IntRange(0), default=0, show_default=True, help=N_("The seed of random draws."))
    @shell.option(
        "--write", is_flag=True, help=N_("Add the figures to history.csv and keep the forecasts, to be scored later.")
    )
    @shell.as_json
    @shell.shared
    def observe(
        data: Path | None, members: int, seed: int, write: bool, as_json: bool, folder: Path | None, lang: str
    ) -> None:  # fmt: skip
        from rich.console import Console
        from rich.progress import Progress

        from xinzhi.studies.observe.words import observed_record

        project = open_project(folder, lang)
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(t("Sampling", lang), visible=False)
            found = project.observe(
                data, members=members, seed=seed,
                progress=lambda done, of: bar.update(task, completed=done, total=of, visible=True),
            )  # fmt: skip
        if as_json:
            record = observed_record(found.observed, found.before, found.after, found.figures, found.pace)
            print_json({**record, "without_a_forecast": list(found.aside)})
        else:
            _print(project, found, lang)
        if write:
            for path in project.keep(found):
                say_written(path, lang)


def _print(project: Project, found: Monitored, lang: str) -> None:
    from xinzhi.show.screen import console
    from xinzhi.show.tables import print_table
    from xinzhi.studies.observe.words import (
        aside_sentences,
        changes_table,
        figures_table,
        observed_sentences,
        scores_sentence,
        scores_table,
    )

    content = project.content
    print_table(*figures_table(content, found.observed, lang))
    for sentence in (*observed_sentences(content, found.observed, lang), *aside_sentences(found.aside, lang)):
        console().print(sentence)
    print_table(*changes_table(content, found.before, found.after, lang))
    if found.figures:
        print_table(*scores_table(content, found.figures, found.pace, lang))
    console().print(scores_sentence(found.figures, found.pace, lang))
