"""``xinzhi fit`` and ``xinzhi hindcast``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xinzhi.cli.shell import Shell, open_project, say_written

if TYPE_CHECKING:
    from xinzhi.content.backtest_file import Foresight
from xinzhi.show.words import N_, t

ROLLING = (2018, 2019, 2020, 2021, 2022)
STANDARD: tuple[tuple[tuple[int, ...], Foresight], ...] = (
    ((2019,), "outside"), ((2021,), "outside"), (ROLLING, "outside"), (ROLLING, "none"),
)  # fmt: skip


def add_fit_commands(group: click.Group, shell: Shell) -> None:
    """Add both commands to the group."""

    @group.command("fit", help=t("Fit the model's constants to history, by calibration/fit.yaml.", shell.lang))
    @shell.option("--seed", type=click.IntRange(0), default=1, show_default=True, help=N_("The seed of random draws."))
    @shell.option("--runs", type=click.IntRange(2, 32), default=4, show_default=True, help=N_("Independent runs."))
    @shell.option("--steps", type=click.IntRange(750), default=3000, show_default=True, help=N_("Steps of a run."))
    @shell.option("--charts", type=click.Path(path_type=Path), metavar="DIR", help=N_("Draw charts into a folder."))
    @shell.option("--dry-run", is_flag=True, help=N_("Show what would change and write nothing."))
    @shell.shared
    def fit(
        seed: int, runs: int, steps: int, charts: Path | None, dry_run: bool, folder: Path | None, lang: str
    ) -> None:
        from rich.console import Console
        from rich.progress import Progress

        from xinzhi.formats.writing import write_all
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table
        from xinzhi.studies.fit import fit as fitting
        from xinzhi.studies.fit.sampler import Effort
        from xinzhi.studies.fit.words import fit_files, fit_sentences, fit_table

        project = open_project(folder, lang)
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(t("Sampling", lang))
            found = fitting.fit(
                project.content, project.simulator, seed, Effort(runs=runs, steps=steps),
                lambda done, of: bar.update(task, completed=done, total=of),
            )  # fmt: skip
        print_table(*fit_table(found, lang))
        for sentence in fit_sentences(project.content, found, lang):
            console().print(sentence)
        if not dry_run:
            files = {project.content.folder / name: content for name, content in fit_files(found).items()}
            write_all(files)
            for path in files:
                say_written(path, lang)
        if charts is not None:
            from xinzhi.show.export import export_charts
            from xinzhi.studies.fit.charts import fit_pages

            for path in export_charts(fit_pages(project.content, found, lang), charts):
                say_written(path, lang)

    @group.command("hindcast", help=t("Forecast the past, against what a simple forecast would have said.", shell.lang))
    @shell.option("--origin", "origins", type=int, multiple=True, help=N_("The last known year; repeatable."))
    @shell.option(
        "--foresight", type=click.Choice(["outside", "none"]), default="outside", show_default=True,
        help=N_("Whether the epidemic and prices are given."),
    )  # fmt: skip
    @shell.option("--seed", type=click.IntRange(0), default=1, show_default=True, help=N_("The seed of random draws."))
    @shell.option("--write", is_flag=True, help=N_("Do the standard set and keep it for the page."))
    @shell.option("--charts", type=click.Path(path_type=Path), metavar="DIR", help=N_("Draw a chart an origin there."))
    @shell.output(N_("Write to a file: md."))
    @shell.as_json
    @shell.shared
    def hindcast(
        origins: tuple[int, ...], foresight: Foresight, seed: int, write: bool, charts: Path | None,
        output: Path | None, as_json: bool, folder: Path | None, lang: str,
    ) -> None:  # fmt: skip
        from xinzhi.cli.hindcast import Asked, run_hindcasts
        from xinzhi.formats.writing import output_format

        if output is not None:
            output_format(output, ("md",))
        project = open_project(folder, lang)
        standard = STANDARD if write or not origins else ()
        wanted = (*standard, *(((tuple(dict.fromkeys(origins)), foresight),) if origins else ()))
        run_hindcasts(project, Asked(wanted, seed, write, charts, output, as_json), lang)
