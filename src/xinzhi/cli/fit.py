"""``xinzhi fit`` and ``xinzhi hindcast``."""

from __future__ import annotations

from pathlib import Path

import click

from xinzhi.cli.shell import Shell, open_project, print_json, say_written
from xinzhi.content.fitted import FITTED, POSTERIOR
from xinzhi.show.words import N_, t

ORIGINS = ((2019,), (2021,))
ROLLING = (2018, 2019, 2020, 2021, 2022)


def add_fit_commands(group: click.Group, shell: Shell) -> None:
    """Add both commands to the group."""

    @group.command("fit", help=t("Fit the model's constants to history, by calibration/fit.yaml.", shell.lang))
    @shell.option("--seed", type=click.IntRange(0), default=1, show_default=True, help=N_("The seed of random draws."))
    @shell.option("--runs", type=click.IntRange(2, 32), default=4, show_default=True, help=N_("Independent runs."))
    @shell.option("--steps", type=click.IntRange(750), default=3000, show_default=True, help=N_("Steps of a run."))
    @shell.option("--dry-run", is_flag=True, help=N_("Show what would change and write nothing."))
    @shell.shared
    def fit(seed: int, runs: int, steps: int, dry_run: bool, folder: Path | None, lang: str) -> None:
        from rich.console import Console
        from rich.progress import Progress

        from xinzhi.analysis.fit import fitting
        from xinzhi.analysis.fit.posterior import Effort
        from xinzhi.show.export import write
        from xinzhi.show.fitting import fit_sentences, fit_table, fitted_yaml, posterior_bytes
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table

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
            for name, content in ((FITTED, fitted_yaml(found).encode()), (POSTERIOR, posterior_bytes(found))):
                write(project.content.folder / name, content)
                say_written(project.content.folder / name, lang)

    @group.command("hindcast", help=t("Forecast the past, against what a simple forecast would have said.", shell.lang))
    @shell.option("--origin", "origins", type=int, multiple=True, help=N_("The last known year; repeatable."))
    @shell.option("--seed", type=click.IntRange(0), default=1, show_default=True, help=N_("The seed of random draws."))
    @shell.output(N_("Write to a file: md."))
    @shell.as_json
    @shell.shared
    def hindcast(
        origins: tuple[int, ...], seed: int, output: Path | None, as_json: bool, folder: Path | None, lang: str
    ) -> None:
        from xinzhi.analysis.fit.backtest import backtest
        from xinzhi.show.export import output_format, write
        from xinzhi.show.fitting import backtest_records, backtest_sentences, backtest_table, validation_page
        from xinzhi.show.screen import console
        from xinzhi.show.tables import print_table

        if output is not None:
            output_format(output, ("md",))
        project = open_project(folder, lang)
        wanted = (tuple(dict.fromkeys(origins)),) if origins else (*ORIGINS, ROLLING)
        tests = [backtest(project.content, project.simulator, some, seed) for some in wanted]
        if as_json:
            print_json([
                {"origins": list(found.origins), "scores": backtest_records(found)} for found in tests
            ])  # fmt: skip
        elif output is None:
            for found in tests:
                print_table(*backtest_table(project.content, found, lang))
                for sentence in backtest_sentences(project.content, found, lang):
                    console().print(sentence)
                console().print()
        if output is not None:
            page = validation_page(project.content, tests, _fitted(project.content.folder / FITTED), lang)
            write(output, page.encode())
            say_written(output, lang)


def _fitted(path: Path) -> dict[str, object] | None:
    """What the last fit left; None where there is none or it cannot be read."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        read = YAML(typ="safe").load(path)
    except (OSError, YAMLError, ValueError):
        return None
    return read if isinstance(read, dict) and "constants" in read else None
