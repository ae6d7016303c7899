"""``xinzhi robustness``."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.shell import Shell, open_project, print_json, say_written
from xinzhi.show.words import N_, t


def add_robustness_command(group: click.Group, shell: Shell) -> None:
    """Add it to the group."""

    @group.command("robustness", help=t("Which scenario bears the uncertain futures better.", shell.lang))
    @click.argument("scenarios", nargs=-1, required=True)
    @shell.option(
        "--target", "targets", multiple=True, metavar="ID",
        help=N_("A target to compare on; repeatable. Without it: the headline targets."),
    )  # fmt: skip
    @shell.option(
        "--members", type=click.IntRange(100, 100_000), default=4000, show_default=True, help=N_("How many futures.")
    )
    @shell.option("--seed", type=click.IntRange(0), default=0, show_default=True, help=N_("The seed of random draws."))
    @shell.option(
        "--chart", type=click.Path(path_type=Path), metavar="FILE",
        help=N_("Draw each scenario's mean, range and odds: png, svg or pdf."),
    )  # fmt: skip
    @shell.as_json
    @shell.shared
    def robustness(
        scenarios: tuple[str, ...], targets: tuple[str, ...], members: int, seed: int, chart: Path | None,
        as_json: bool, folder: Path | None, lang: str,
    ) -> None:  # fmt: skip
        from xinzhi.formats.writing import CHART_FORMATS, output_format
        from xinzhi.show.export import export_chart
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table
        from xinzhi.studies.robustness.words import robustness_record, robustness_sentences, robustness_table

        if chart is not None:
            output_format(chart, CHART_FORMATS)
        project = open_project(folder, lang)
        found = project.robustness(*scenarios, targets=targets, members=members, seed=seed)
        if as_json:
            print_json(robustness_record(found))
        else:
            print_table(*robustness_table(project.content, found, lang))
            for sentence in robustness_sentences(found, lang):
                console().print(sentence)
        if chart is not None:
            from xinzhi.studies.robustness.charts import draw_robustness

            export_chart(draw_robustness(project.content, found, lang), chart)
            say_written(chart, lang)
