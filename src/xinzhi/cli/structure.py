"""``xinzhi explain`` and ``xinzhi book``: what the model is made of, without running it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from xinzhi.content.project import find_folder, read_content, shown
from xinzhi.show.words import N_, t
from xinzhi.store import open_store


def add_explain(
    group: click.Group, as_json_option: Callable[[Any], Any], shared: Callable[[Any], Any], lang: str
) -> None:
    """The command that explains a variable."""

    @group.command("explain", help=t("Explain a variable: equation, unit, source, inputs and uses.", lang))
    @click.argument("variable", nargs=-1, required=True)
    @as_json_option
    @shared
    def explain(variable: tuple[str, ...], as_json: bool, folder: Path | None, lang: str) -> None:
        from xinzhi.analysis.explanation import explain as explained
        from xinzhi.show.explained import explanation_record, print_explanation

        content = _content(folder, lang)
        explanation = explained(content, " ".join(variable))
        if as_json:
            from xinzhi.show.export import json_text

            click.echo(json_text(explanation_record(explanation, lang)), nl=False)
        else:
            print_explanation(explanation, shown(content.model.path), lang)


def add_book(
    group: click.Group, option: Callable[..., Callable[[Any], Any]], shared: Callable[[Any], Any], lang: str
) -> None:
    """The command that writes the model's book."""

    @group.command("book", help=t("Write the model's book: every sector and variable, with diagrams.", lang))
    @option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        required=True,
        metavar="DIR",
        help=N_("The folder of the book; pages of both languages are written into it."),
    )
    @shared
    def book(output: Path, folder: Path | None, lang: str) -> None:
        from xinzhi.project import load_project
        from xinzhi.show.book.files import write_book

        found = find_folder(folder)
        click.echo(t("Project: {folder}", lang, folder=found), err=True)
        count = write_book(load_project(found).book(), output)
        click.echo(t("Written: {path} ({count} files)", lang, path=output, count=count), err=True)


def _content(folder: Path | None, lang: str) -> Any:
    found = find_folder(folder)
    click.echo(t("Project: {folder}", lang, folder=found), err=True)
    return read_content(found, open_store())
