"""``xinzhi ensemble``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xinzhi.cli.ending import STOPPED
from xinzhi.cli.shell import Shell, open_project, print_json, say_written
from xinzhi.content.scenario import BASELINE
from xinzhi.show.words import N_, t


def add_ensemble_command(group: click.Group, shell: Shell) -> None:
    """Add it to the group."""

    @group.command("ensemble", help=t("Run scenarios with many futures, into a folder of Parquet files.", shell.lang))
    @click.argument("scenarios", nargs=-1)
    @shell.option(
        "--runs", type=click.IntRange(1, 10**9), default=10_000, show_default=True,
        help=N_("How many futures of each scenario."),
    )  # fmt: skip
    @shell.option("--seed", type=click.IntRange(0), default=0, show_default=True, help=N_("The seed of random draws."))
    @shell.option(
        "-o", "--output", metavar="DIR", required=True,
        help=N_("The folder or its URL, which must not hold anything else."),
    )  # fmt: skip
    @shell.option(
        "--design", type=click.Path(path_type=Path), metavar="FILE",
        help=N_("Run the rows of a design, as they are, in place of draws."),
    )  # fmt: skip
    @shell.option("--resume", is_flag=True, help=N_("Go on with an ensemble that was interrupted."))
    @shell.option("--workers", type=click.IntRange(1, 512), help=N_("Processes on this machine, by dask."))
    @shell.option("--cluster", metavar="tcp://HOST:PORT", help=N_("A dask scheduler, whose workers run the parts."))
    @shell.option("--to", "netcdf", type=click.Choice(["nc"]), help=N_("Also as one NetCDF file, ensemble.nc."))
    @shell.as_json
    @shell.shared
    def ensemble(
        scenarios: tuple[str, ...], runs: int, seed: int, output: str, design: Path | None, resume: bool,
        workers: int | None, cluster: str | None,
        netcdf: str | None, as_json: bool, folder: Path | None, lang: str,
    ) -> None:  # fmt: skip
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        from xinzhi.show.numbers import plain
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table
        from xinzhi.studies.ensemble.words import ensemble_records, ensemble_sentences, ensemble_table, write_netcdf

        project = open_project(folder, lang)
        names = tuple(dict.fromkeys(scenarios)) or (BASELINE,)
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
        try:
            with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
                task = bar.add_task("", rate="")

                def told(done: int, of: int) -> None:
                    speed = bar.tasks[0].speed
                    rate = t("{rate} a second", lang, rate=plain(speed, 0)) if speed else ""
                    bar.update(task, completed=done, total=of, rate=rate)

                made = project.run_ensemble(
                    *names,
                    folder=output,
                    runs=runs,
                    seed=seed,
                    resume=resume,
                    design=design,
                    workers=workers,
                    cluster=cluster,
                    progress=told,
                )
        except KeyboardInterrupt:
            click.echo(t("Stopped; what is done is kept: go on with --resume.", lang), err=True)
            sys.exit(STOPPED)
        found = made.summaries()
        if as_json:
            print_json(ensemble_records(found, made.folder))
        else:
            for one in found:
                print_table(*ensemble_table(project.content, one, lang))
                for sentence in ensemble_sentences(one, made.folder, lang):
                    console().print(sentence)
        if netcdf is not None:
            path = made.folder.path / "ensemble.nc"
            write_netcdf(made.folder, path)
            say_written(path, lang)
        say_written(made.folder.path, lang)
