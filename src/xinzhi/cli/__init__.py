"""The shell: ``xinzhi COMMAND``, with one function or module of this package a command; its exit codes: `ending`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from xinzhi.cli.design import add_design_command
from xinzhi.cli.ending import MISSED, REFUSED, Commands, ended
from xinzhi.cli.region import add_follow
from xinzhi.cli.shell import (
    Shell,
    open_project,
    print_json,
    run_scenario,
    say_written,
    tell,
    tell_warnings,
    told_folder,
)
from xinzhi.cli.simulation import clock_options, run_simulation
from xinzhi.cli.study_commands import add_studies
from xinzhi.content import BASELINE
from xinzhi.engine import METHODS
from xinzhi.errors import ContentError, Place, Problem
from xinzhi.extras import need_part
from xinzhi.show.streams import streams
from xinzhi.show.words import LANGS, N_, default_lang, join, say, t

if TYPE_CHECKING:
    from xinzhi.content.content import Content

THIS_MACHINE = "127.0.0.1"


def main() -> None:
    """The entry point: builds the commands in the reader's language and runs them."""
    lang = _asked_lang(sys.argv[1:])
    tell_warnings(lang)
    with streams():
        code = ended(lambda: commands(lang).main(prog_name="xinzhi", standalone_mode=False), lang)
    sys.exit(code)


def _asked_lang(arguments: list[str]) -> str:
    for index, argument in enumerate(arguments):
        value = argument.partition("=")[2] or (arguments[index + 1] if index + 1 < len(arguments) else "")
        if argument.partition("=")[0] == "--lang" and value in LANGS:
            return value
    return default_lang()


def commands(lang: str) -> click.Group:
    """All commands, with help in ``lang``."""

    def option(*names: str, help: str, **settings: Any) -> Callable[[Any], Any]:
        return click.option(*names, help=t(help, lang), **settings)

    def shared(command: Any) -> Any:
        command = option(
            "--project",
            "folder",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help=N_("The project's folder."),
        )(command)
        return option("--lang", type=click.Choice(LANGS), default=lang, help=N_("Language of names and messages."))(
            command
        )

    as_json = option("--json", "as_json", is_flag=True, help=N_("Print JSON."))
    settings = option(
        "--set", "assignments", multiple=True, metavar="LEVER=VALUE",
        help=N_("Set a lever, in human units, such as 政府研发投入增速=12%; LEVER.start and LEVER.ramp time it."),
    )  # fmt: skip
    shell = Shell(lang, option, shared, as_json, settings)

    @click.group(
        cls=Commands,
        help=t("Can the targets be reached, and what would it take?", lang),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    @click.version_option(package_name="xinzhi", prog_name="xinzhi")
    def group() -> None:
        pass

    @group.command("targets", help=t("Judge the targets under one or more scenarios.", lang))
    @click.argument("scenarios", nargs=-1)
    @settings
    @as_json
    @option(
        "--by",
        type=click.Choice(("article", "department")),
        help=N_("Group the targets by article or by department; JSON then holds one item a group."),
    )
    @option("--fail-on-miss", is_flag=True, help=N_("Exit with 1 when a target is missed."))
    @shared
    def targets(
        scenarios: tuple[str, ...],
        assignments: tuple[str, ...],
        as_json: bool,
        by: str | None,
        fail_on_miss: bool,
        folder: Path | None,
        lang: str,
    ) -> None:
        from xinzhi.analysis.verdict import judge
        from xinzhi.show.records import verdict_record
        from xinzhi.show.tables import print_verdicts

        project = open_project(folder, lang)
        runs = [run_scenario(project, name, assignments) for name in scenarios or (BASELINE,)]
        verdicts = [judge(project.content, run) for run in runs]
        if as_json and by is not None:
            from xinzhi.show.records import group_records

            groups = (group_records(project.content, *pair, by, lang) for pair in zip(runs, verdicts, strict=True))
            print_json([record for records in groups for record in records])
        elif as_json:
            print_json([verdict_record(project.content, verdict, lang) for row in verdicts for verdict in row])
        else:
            print_verdicts(project.content, runs, verdicts, lang, by or "article")
        if fail_on_miss and not all(verdict.met for row in verdicts for verdict in row):
            sys.exit(MISSED)

    @group.command("run", help=t("Run a scenario: every indicator, every year.", lang))
    @click.argument("scenario", default=BASELINE)
    @shell.output(N_("Write to a file: csv, xlsx, parquet, nc or json."))
    @settings
    @as_json
    @shared
    def run(
        scenario: str,
        output: Path | None,
        assignments: tuple[str, ...],
        as_json: bool,
        folder: Path | None,
        lang: str,
    ) -> None:
        from xinzhi.formats.writing import output_format
        from xinzhi.show.export import RUN_FORMATS, export_run
        from xinzhi.show.records import run_record
        from xinzhi.show.tables import print_run

        if output is not None:
            output_format(output, RUN_FORMATS)
        project = open_project(folder, lang)
        result = run_scenario(project, scenario, assignments)
        tell(
            output,
            as_json,
            lang,
            write=lambda path: export_run(project.content, result, path, lang),
            show=lambda: print_run(project.content, result, lang),
            record=lambda: run_record(result, lang),
        )

    @group.command("compare", help=t("Scenarios side by side; differences are against the first.", lang))
    @click.argument("scenarios", nargs=-1, required=True)
    @settings
    @option("--all", "every", is_flag=True, help=N_("Print every indicator, not the headline ones alone."))
    @as_json
    @shared
    def compare(
        scenarios: tuple[str, ...],
        assignments: tuple[str, ...],
        every: bool,
        as_json: bool,
        folder: Path | None,
        lang: str,
    ) -> None:
        from xinzhi.show.records import comparison_record
        from xinzhi.show.tables import print_comparison

        project = open_project(folder, lang)
        names = scenarios if len(scenarios) > 1 else (BASELINE, *scenarios)
        comparison = project.compare(
            *[run_scenario(project, name, assignments if index else ()) for index, name in enumerate(names)]
        )
        if as_json:
            print_json(comparison_record(project.content, comparison, lang))
        else:
            print_comparison(project.content, comparison, lang, every=every)

    @group.command("chart", help=t("Draw indicators: history, hindcast, projection, baseline and target.", lang))
    @click.argument("indicators", nargs=-1, required=True)
    @option("-s", "--scenario", "scenarios", multiple=True, help=N_("A scenario to draw; repeatable."))
    @shell.output(N_("Write to a file: png, svg or pdf."), required=True)
    @settings
    @shared
    def chart(
        indicators: tuple[str, ...],
        scenarios: tuple[str, ...],
        output: Path,
        assignments: tuple[str, ...],
        folder: Path | None,
        lang: str,
    ) -> None:
        from xinzhi.formats.writing import CHART_FORMATS, output_format

        output_format(output, CHART_FORMATS)
        project = open_project(folder, lang)
        runs = tuple(run_scenario(project, name, assignments) for name in scenarios or (BASELINE,))
        project.chart(*indicators, scenarios=runs, lang=lang, path=output)
        say_written(output, lang)

    @group.command("check", help=t("Check the content, the accuracy against history and the model's behaviour.", lang))
    @as_json
    @shared
    def check(as_json: bool, folder: Path | None, lang: str) -> None:
        from xinzhi.show.records import check_records
        from xinzhi.show.tables import print_checks

        project = open_project(folder, lang)
        accuracies, results, wrong = project.accuracy(), project.check(), project.implausible()
        if wrong:
            raise ContentError(wrong)
        if as_json:
            print_json(check_records(project.content, accuracies, results, lang))
        else:
            print_checks(project.content, accuracies, results, lang)
        if not all(result.passed for result in results):
            sys.exit(MISSED)

    @group.command(
        "simulate",
        help=t(
            "Run a Vensim or XMILE model. Where a value is not a finite number the table is written all the same, "
            "the first such variable is named, and the exit code is 2.",
            lang,
        ),
    )
    @click.argument("model", type=click.Path(path_type=Path))
    @shell.output(N_("Write to a file: csv, parquet or nc. Without it, CSV is printed."))
    @option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help=N_("Set a constant of the model."))
    @option("--save", "save", multiple=True, metavar="NAME", help=N_("A variable to save; repeatable. All if none."))
    @clock_options(option)
    @option(
        "--method",
        type=click.Choice(METHODS),
        help=N_("How stocks are integrated. Without it, as the model says, by Euler's method if it says nothing."),
    )
    @option("--seed", type=int, default=0, show_default=True, help=N_("The seed of random functions."))
    @option("--lang", type=click.Choice(LANGS), default=lang, help=N_("Language of names and messages."))
    def simulate(
        model: Path,
        output: Path | None,
        assignments: tuple[str, ...],
        save: tuple[str, ...],
        method: str | None,
        seed: int,
        lang: str,
        **clock: float | None,
    ) -> None:
        said, fault = run_simulation(model, output, assignments, save, method=method, seed=seed, **clock)
        for message in (*said, *([fault] if fault is not None else [])):
            click.echo(say(Problem(Place(str(model)), message), lang), err=True)
        if output is not None:
            say_written(output, lang)
        if fault is not None:
            sys.exit(REFUSED)  # the table is written all the same

    @group.command("schema", help=t("Write JSON Schemas, by which an editor completes and checks the content.", lang))
    @shell.output(N_("Write into this folder, not into the project's schemas/."), metavar="DIR")
    @shared
    def schema(output: Path | None, folder: Path | None, lang: str) -> None:
        from xinzhi.content.folder import SCHEMAS
        from xinzhi.content.reading import read_content
        from xinzhi.store import open_store

        found = told_folder(folder, lang)
        target = output if output is not None else found / SCHEMAS
        _write_schemas(read_content(found, open_store()), target)
        say_written(target, lang)

    @group.command("init", help=t("Copy the content folders into DIR, to study another region.", lang))
    @click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
    @option("--from", "named", metavar="REGION", help=N_("Copy this region: hubei, or a project's folder."))
    @option(
        "--scale",
        type=float,
        metavar="FACTOR",
        help=N_("Size of the place, such as 0.35: scales the numbers and marks all of them as assumed."),
    )
    @shared
    def init(target: Path, named: str | None, scale: float | None, folder: Path | None, lang: str) -> None:
        from xinzhi.cli.region import source_folder
        from xinzhi.content.copying import copy_content
        from xinzhi.content.folder import find_folder

        names = copy_content(source_folder(named, find_folder(folder) if folder else None), target, scale)
        copied = join([f"{name}/" for name in names], lang)
        click.echo(t("Copied {folders} to {target}.", lang, folders=copied, target=target))
        click.echo(t("Next: edit the files, then run xinzhi check --project {target}", lang, target=target))

    add_follow(group, shell)

    @group.command("app", help=t("Open the simulator in the browser.", lang))
    @option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help=N_("The page's port."))
    @option("--headless", is_flag=True, help=N_("Do not open a browser."))
    @option(
        "--address",
        default=THIS_MACHINE,
        show_default=True,
        help=N_("The address to listen at: this machine alone, or 0.0.0.0 for the whole network."),
    )
    @option(
        "--base-path",
        default="",
        metavar="PATH",
        envvar="XINZHI_BASE_PATH",
        help=N_("The path that the page stands under behind a reverse proxy, such as xinzhi."),
    )
    @shared
    def app(port: int, headless: bool, address: str, base_path: str, folder: Path | None, lang: str) -> None:
        from xinzhi.cli.server import check_port, clean_base_path, page_url, serve, server_command
        from xinzhi.content.folder import find_folder

        project = find_folder(folder)
        need_part("app")
        command = server_command(port, headless, address, clean_base_path(base_path))
        check_port(address, port)
        click.echo(t("Project: {folder}", lang, folder=project), err=True)
        click.echo(t("The page: {url} (Ctrl+C ends it)", lang, url=page_url(address, port, base_path)), err=True)
        asked = click.get_current_context().get_parameter_source("lang") is ParameterSource.COMMANDLINE
        sys.exit(serve(command, project, lang if asked else None))

    add_studies(group, shell)
    add_design_command(group, shell)
    return group


def _write_schemas(content: Content, target: Path) -> None:
    """Write every schema of a project into ``target``. Raises `OutputError`."""
    from xinzhi.content.schema import schema_text, schemas
    from xinzhi.output import make_folder, write

    make_folder(target)
    for name, schema in schemas(content).items():
        write(target / name, schema_text(schema).encode())
