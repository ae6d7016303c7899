"""``xinzhi audit`` and ``xinzhi departments``."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.shell import Shell, open_project, print_json, say_written
from xinzhi.content.scenario import BASELINE
from xinzhi.show.words import N_, t


def add_audit_commands(group: click.Group, shell: Shell) -> None:
    """Add both commands to the group."""

    @group.command(
        "audit", help=t("Hold the document's numbers against each other, and against the model.", shell.lang)
    )
    @click.argument("scenario", default=BASELINE)
    @shell.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=N_("Write to a file: md."),
    )
    @shell.as_json
    @shell.shared
    def audit(scenario: str, output: Path | None, as_json: bool, folder: Path | None, lang: str) -> None:
        from xinzhi.show.audit_page import audit_markdown
        from xinzhi.show.audit_records import audit_record
        from xinzhi.show.audit_tables import print_audit
        from xinzhi.show.export import output_format, write

        if output is not None:
            output_format(output, ("md",))
        project = open_project(folder, lang)
        found = project.audit(scenario)
        if output is not None:
            write(output, audit_markdown(project.content, found, lang).encode())
            say_written(output, lang)
        elif not as_json:
            print_audit(project.content, found, lang)
        if as_json:
            print_json(audit_record(project.content, found, lang))

    @group.command(
        "departments", help=t("Who answers for what, and whose levers matter for whose targets.", shell.lang)
    )
    @click.argument("scenario", default=BASELINE)
    @shell.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=N_("Draw the matrix into a file: png, svg or pdf."),
    )
    @shell.as_json
    @shell.shared
    def departments(scenario: str, output: Path | None, as_json: bool, folder: Path | None, lang: str) -> None:
        from xinzhi.show.audit_records import departments_record
        from xinzhi.show.audit_tables import print_departments
        from xinzhi.show.export import CHART_FORMATS, export_chart, output_format

        if output is not None:
            output_format(output, CHART_FORMATS)
        project = open_project(folder, lang)
        found = project.departments(scenario)
        if output is not None:
            from xinzhi.show.matrix import departments_matrix
            from xinzhi.show.matrix_chart import draw_matrix

            export_chart(draw_matrix(departments_matrix(project.content, found, lang)), output)
            say_written(output, lang)
        elif not as_json:
            print_departments(project.content, found, lang)
        if as_json:
            print_json(departments_record(project.content, found, lang))
