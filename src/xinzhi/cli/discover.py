"""``xinzhi discover``."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.shell import Shell, open_project, print_json, run_scenario, say_written
from xinzhi.content.scenario import BASELINE
from xinzhi.show.words import N_, t


def add_discover_command(group: click.Group, shell: Shell) -> None:
    """Add it to the group."""

    @group.command("discover", help=t("What the futures that miss a target have in common.", shell.lang))
    @click.argument("target")
    @click.argument("scenario", default=BASELINE)
    @shell.settings
    @shell.option("--met", is_flag=True, help=N_("Describe the futures that meet the target instead."))
    @shell.option(
        "--members", type=click.IntRange(100, 100_000), default=4000, show_default=True, help=N_("How many futures.")
    )
    @shell.option("--seed", type=click.IntRange(0), default=0, show_default=True, help=N_("The seed of random draws."))
    @shell.option(
        "--chart", type=click.Path(path_type=Path), metavar="FILE",
        help=N_("Draw the peeling trajectory and the first box: png, svg or pdf."),
    )  # fmt: skip
    @shell.as_json
    @shell.shared
    def discover(
        target: str, scenario: str, assignments: tuple[str, ...], met: bool, members: int, seed: int,
        chart: Path | None, as_json: bool, folder: Path | None, lang: str,
    ) -> None:  # fmt: skip
        from xinzhi.formats.writing import CHART_FORMATS, output_format
        from xinzhi.show.export import export_chart
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table
        from xinzhi.studies.discover.words import (
            boxes_table,
            discovery_record,
            discovery_sentences,
            limits_table,
            tree_rules,
        )

        if chart is not None:
            output_format(chart, CHART_FORMATS)
        project = open_project(folder, lang)
        project.content.target(target)
        found = project.discover(
            target, run_scenario(project, scenario, assignments), members=members, seed=seed, met=met
        )  # fmt: skip
        if as_json:
            print_json(discovery_record(project.content, found, lang))
        else:
            for sentence in discovery_sentences(project.content, found, lang):
                console().print(sentence)
            if found.boxes:
                print_table(*boxes_table(found, lang))
                print_table(*limits_table(project.content, found, lang), words=True)
            console().print(t("Decision tree", lang), style="bold")
            for rule in tree_rules(project.content, found, lang):
                console().print(rule)
        if chart is not None:
            from xinzhi.studies.discover.charts import draw_discovery

            export_chart(draw_discovery(project.content, found, lang), chart)
            say_written(chart, lang)
