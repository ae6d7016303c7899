"""``xinzhi audit`` and ``xinzhi departments``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from xinzhi.cli.shell import Shell, open_project, tell
from xinzhi.content import BASELINE
from xinzhi.show.words import N_, t


def add_audit_commands(group: click.Group, shell: Shell) -> None:
    """Add both commands to the group."""

    def command(name: str, help: str, output_help: str) -> Callable[[Any], Any]:
        def add(function: Any) -> Any:
            for decorate in (shell.shared, shell.as_json, shell.output(output_help)):
                function = decorate(function)
            return group.command(name, help=t(help, shell.lang))(click.argument("scenario", default=BASELINE)(function))

        return add

    @command(
        "audit",
        N_("Hold the document's numbers against each other, and against the model."),
        N_("Write to a file: md."),
    )
    def audit(scenario: str, output: Path | None, as_json: bool, folder: Path | None, lang: str) -> None:
        from xinzhi.formats.writing import output_format
        from xinzhi.output import write
        from xinzhi.studies.audit.audit_page import audit_markdown
        from xinzhi.studies.audit.audit_records import audit_record
        from xinzhi.studies.audit.audit_tables import print_audit

        if output is not None:
            output_format(output, ("md",))
        project = open_project(folder, lang)
        content, found = project.content, project.audit(scenario)
        tell(
            output,
            as_json,
            lang,
            write=lambda path: write(path, audit_markdown(content, found, lang).encode()),
            show=lambda: print_audit(content, found, lang),
            record=lambda: audit_record(content, found, lang),
        )

    @command(
        "departments",
        N_("Who answers for what, and whose levers matter for whose targets."),
        N_("Draw the matrix into a file: png, svg or pdf."),
    )
    def departments(scenario: str, output: Path | None, as_json: bool, folder: Path | None, lang: str) -> None:
        from xinzhi.formats.writing import CHART_FORMATS, output_format
        from xinzhi.show.export import export_chart
        from xinzhi.studies.audit.audit_records import departments_record
        from xinzhi.studies.audit.audit_tables import print_departments

        def draw(path: Path) -> None:
            from xinzhi.studies.departments.charts import draw_matrix
            from xinzhi.studies.departments.matrix import departments_matrix

            export_chart(draw_matrix(departments_matrix(content, found, lang)), path)

        if output is not None:
            output_format(output, CHART_FORMATS)
        project = open_project(folder, lang)
        content, found = project.content, project.departments(scenario)
        tell(
            output,
            as_json,
            lang,
            write=draw,
            show=lambda: print_departments(content, found, lang),
            record=lambda: departments_record(content, found, lang),
        )
