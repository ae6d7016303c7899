"""``xinzhi sensitivity``."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.shell import Shell, open_project, print_json, run_scenario, say_written
from xinzhi.content.scenario import BASELINE
from xinzhi.show.words import N_, t
from xinzhi.studies.sensitivity.methods import METHODS, PLOTS, find_method, find_plot


def add_sensitivity_command(group: click.Group, shell: Shell) -> None:
    """Add it to the group."""

    @group.command("sensitivity", help=t("Which uncertain inputs and levers the targets hang on.", shell.lang))
    @click.argument("scenario", default=BASELINE)
    @shell.settings
    @shell.option("--method", type=click.Choice(METHODS), default="sobol", show_default=True,
                  help=N_("How it is measured."))  # fmt: skip
    @shell.option("--input", "inputs", multiple=True, metavar="NAME",
                  help=N_("A constant that has a prior, or a lever; repeatable."))  # fmt: skip
    @shell.option("--levers", is_flag=True, help=N_("Vary all levers besides, over their ranges."))
    @shell.option("--all", "every", is_flag=True,
                  help=N_("All inputs, not the 30 that a screening leaves to Sobol' and PAWN."))  # fmt: skip
    @shell.option("--target", "targets", multiple=True, metavar="ID", help=N_("A target; repeatable. All if none."))
    @shell.option("--runs", type=click.IntRange(1), help=N_("At most so many runs of the model."))
    @shell.option("--seed", type=click.IntRange(0), default=0, show_default=True, help=N_("The seed of random draws."))
    @shell.output(N_("Write the whole table to a file: csv, parquet or nc."))
    @shell.option("--chart", type=click.Path(path_type=Path), metavar="FILE",
                  help=N_("Draw to a file (png, svg or pdf): targets asked for, or the headline ones."))  # fmt: skip
    @shell.option("--plot", type=click.Choice(sorted({it for plots in PLOTS.values() for it in plots})),
                  help=N_("What is drawn; spider needs the method local, convergence one that samples."))  # fmt: skip
    @shell.as_json
    @shell.shared
    def sensitivity(
        scenario: str, assignments: tuple[str, ...], method: str, inputs: tuple[str, ...], levers: bool, every: bool,
        targets: tuple[str, ...], runs: int | None, seed: int, output: Path | None, chart: Path | None,
        plot: str | None, as_json: bool, folder: Path | None, lang: str,
    ) -> None:  # fmt: skip
        from xinzhi.formats.writing import CHART_FORMATS, TABLE_FORMATS, output_format
        from xinzhi.show.export import export_chart
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table
        from xinzhi.studies.sensitivity.charts import draw_sensitivity
        from xinzhi.studies.sensitivity.sensitivity_files import export_sensitivity
        from xinzhi.studies.sensitivity.words import sensitivity_record, sensitivity_sentences, sensitivity_table

        drawn = find_plot(find_method(method), plot)
        for path, allowed in ((output, TABLE_FORMATS), (chart, CHART_FORMATS)):
            if path is not None:
                output_format(path, allowed)
        project = open_project(folder, lang)
        found = project.sensitivity(run_scenario(project, scenario, assignments), method, inputs=inputs,
                                    targets=targets, levers=levers, every=every, runs=runs, seed=seed)  # fmt: skip
        if output is not None:
            export_sensitivity(found, output)
            say_written(output, lang)
        if chart is not None:
            export_chart(draw_sensitivity(project.content, found, lang, drawn), chart)
            say_written(chart, lang)
        if as_json:
            print_json(sensitivity_record(found))
        elif output is None and chart is None:
            print_table(*sensitivity_table(project.content, found, lang))
            for sentence in sensitivity_sentences(found, lang):
                console().print(sentence)
