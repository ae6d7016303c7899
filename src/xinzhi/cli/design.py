"""``xinzhi design``."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.shell import Shell, open_project, say_written
from xinzhi.show.words import N_, t

METHODS = ("monte-carlo", "latin-hypercube", "sobol", "morris", "full-factorial")


def add_design_command(group: click.Group, shell: Shell) -> None:
    """Add it to the group."""

    @group.command("design", help=t("Draw the uncertain constants, to be run, kept and cited.", shell.lang))
    @shell.option(
        "--method", type=click.Choice(METHODS), default=METHODS[0], show_default=True, help=N_("How to draw.")
    )
    @shell.option(
        "--runs", type=click.IntRange(1, 10_000_000), default=1000, show_default=True, help=N_("How many rows.")
    )
    @shell.option("--seed", type=click.IntRange(0), default=0, show_default=True, help=N_("The seed of random draws."))
    @shell.option("--input", "inputs", multiple=True, metavar="CONSTANT", help=N_("An uncertain constant; repeatable."))
    @shell.output(N_("Write to a file: parquet."), required=True)
    @shell.shared
    def design(
        method: str, runs: int, seed: int, inputs: tuple[str, ...], output: Path, folder: Path | None, lang: str
    ) -> None:
        from xinzhi.formats.writing import output_format
        from xinzhi.futures.sampling import EXTENDED, draw_sample
        from xinzhi.studies.ensemble.design_file import write_design

        output_format(output, ("parquet",))
        project = open_project(folder, lang)
        sample = draw_sample(project.content, method, runs, seed, inputs)
        write_design(project.content, sample, output)
        click.echo(
            t("{runs} rows of {count} constants.", lang, runs=sample.runs, count=len(sample.columns))
            + (t(" More runs with the same seed keep these rows.", lang) if method in EXTENDED else ""),
            err=True,
        )
        say_written(output, lang)
