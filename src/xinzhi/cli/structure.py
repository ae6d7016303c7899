"""``xinzhi explain`` and ``xinzhi book``: what the model is made of, without running it."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.shell import Shell, open_project, print_json, told_folder
from xinzhi.extras import need_part
from xinzhi.show.words import N_, t


def add_explain(group: click.Group, shell: Shell) -> None:
    """The command that explains a variable."""

    @group.command("explain", help=t("Explain a variable: equation, unit, source, inputs and uses.", shell.lang))
    @click.argument("variable", nargs=-1, required=True)
    @shell.as_json
    @shell.shared
    def explain(variable: tuple[str, ...], as_json: bool, folder: Path | None, lang: str) -> None:
        from xinzhi.content.folder import shown
        from xinzhi.content.reading import read_content
        from xinzhi.store import open_store
        from xinzhi.studies.explain.explanation import explain as explained
        from xinzhi.studies.explain.words import explanation_record, print_explanation

        content = read_content(told_folder(folder, lang), open_store())
        explanation = explained(content, " ".join(variable))
        if as_json:
            print_json(explanation_record(explanation, lang))
        else:
            print_explanation(explanation, shown(content.model.path), lang)


def add_book(group: click.Group, shell: Shell) -> None:
    """The command that writes the model's book."""

    @group.command("book", help=t("Write the model's book: every sector and variable, with diagrams.", shell.lang))
    @shell.output(
        N_("The folder of the book; pages of both languages are written into it."), metavar="DIR", required=True
    )
    @shell.shared
    def book(output: Path, folder: Path | None, lang: str) -> None:
        from xinzhi.studies.book.book import write_book

        need_part("book")
        count = write_book(open_project(folder, lang).book(), output)
        click.echo(t("Written: {path} ({count} files)", lang, path=output, count=count), err=True)
