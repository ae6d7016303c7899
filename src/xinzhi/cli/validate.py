"""``xinzhi validate``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xinzhi.cli.ending import MISSED
from xinzhi.cli.shell import Shell, open_project, print_json, say_written
from xinzhi.content import BASELINE
from xinzhi.show.words import N_, t


def add_validate(group: click.Group, shell: Shell) -> None:
    """Add the command to the group."""

    @group.command("validate", help=t("Test the model's structure: what it may be believed, and what not.", shell.lang))
    @click.argument("scenario", default=BASELINE)
    @shell.output(N_("Write to a file: md."))
    @shell.option(
        "--family",
        "others",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="DIR",
        help=N_("Another place's folder with the same equations; repeatable."),
    )
    @shell.as_json
    @shell.shared
    def validate(
        scenario: str, output: Path | None, others: tuple[Path, ...], as_json: bool, folder: Path | None, lang: str
    ) -> None:
        from xinzhi.formats.writing import output_format
        from xinzhi.output import write
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table
        from xinzhi.studies.validate.words import (
            count_words,
            summary_cells,
            summary_heads,
            unsupported_words,
            validation_page,
            validation_record,
        )

        if output is not None:
            output_format(output, ("md",))
        project = open_project(folder, lang)
        found = project.validate(scenario, *others)
        if output is not None:
            write(output, validation_page(project.content, found, lang).encode())
            say_written(output, lang)
        elif not as_json:
            rows = [summary_cells(it, lang) for it in found.findings]
            print_table(t("Tests of structure", lang), summary_heads(lang), rows, words=True)
            for line in (count_words(found, lang), unsupported_words(found, lang)):
                console().print(line)
        if as_json:
            print_json(validation_record(found, lang))
        if not found.sound:
            sys.exit(MISSED)
