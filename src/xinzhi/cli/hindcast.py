"""What ``xinzhi hindcast`` does once its options are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from xinzhi.cli.shell import print_json, say_written
from xinzhi.content.backtest_file import FILE, Foresight, KeptBacktests, backtests_text
from xinzhi.content.fitted import inputs_hash, read_fitted
from xinzhi.output import write
from xinzhi.project import Project
from xinzhi.show.export import export_charts
from xinzhi.show.screen import console
from xinzhi.show.tables import print_table
from xinzhi.show.words import t
from xinzhi.studies.backtest.backtest import Backtest, backtest
from xinzhi.studies.backtest.charts import draw_hindcast
from xinzhi.studies.backtest.words import (
    hindcast_page,
    hindcast_records,
    hindcast_sentences,
    hindcast_table,
    left_out_records,
    left_out_sentences,
    relative_records,
    relative_table,
)


@dataclass(frozen=True)
class Asked:
    """Which hindcasts (origins and what is known of later years), and what becomes of them."""

    wanted: tuple[tuple[tuple[int, ...], Foresight], ...]
    seed: int
    keep: bool
    charts: Path | None
    output: Path | None
    as_json: bool


def run_hindcasts(project: Project, asked: Asked, lang: str) -> None:
    """Forecast, print or write. Raises `ContentError`, `SimulationError` and `OutputError`."""
    tests = _tests(project, asked, lang)
    if asked.as_json:
        print_json([
            {"origins": list(found.result.origins), "foresight": found.result.foresight,
             "coverage": list(found.result.coverage), "scores": hindcast_records(found.result),
             "relative": relative_records(found.result), "left_out": left_out_records(found),
             "draws_left_out": found.failed}
            for found in tests
        ])  # fmt: skip
    elif asked.output is None:
        for found in tests:
            _print(project, found, lang)
    if asked.keep:
        path = project.content.folder / FILE
        kept = KeptBacktests(inputs_hash(project.content.folder), asked.seed, tuple(it.result for it in tests))
        write(path, backtests_text(kept).encode())
        say_written(path, lang)
    if asked.output is not None:
        fitted = read_fitted(project.content.folder)
        page = hindcast_page(project.content, [it.result for it in tests], fitted, lang)
        write(asked.output, page.encode())
        say_written(asked.output, lang)
    if asked.charts is not None:
        _draw(project, tests, asked.charts, lang)


def _tests(project: Project, asked: Asked, lang: str) -> list[Backtest]:
    total, tests = sum(len(origins) for origins, _ in asked.wanted), []
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(t("Forecasting", lang), total=total)
        for origins, foresight in asked.wanted:
            found = backtest(
                project.content, project.simulator, origins, asked.seed, foresight, lambda: bar.advance(task)
            )
            tests.append(found)
    return tests


def _print(project: Project, found: Backtest, lang: str) -> None:
    print_table(*hindcast_table(project.content, found.result, lang))
    if len(found.result.origins) > 1:
        print_table(*relative_table(project.content, found.result, lang))
    for sentence in (
        *hindcast_sentences(project.content, found.result, lang),
        *left_out_sentences(project.content, found, lang),
    ):
        console().print(sentence)
    console().print()


def _draw(project: Project, tests: list[Backtest], folder: Path, lang: str) -> None:
    """``hindcast-YEAR.png``, once an origin, of the first test that has it."""
    of_origin: dict[int, Backtest] = {}
    for found in tests:
        for origin in found.result.origins:
            of_origin.setdefault(origin, found)
    pictures = (
        (f"hindcast-{origin}.png", draw_hindcast(project.content, found, origin, lang))
        for origin, found in of_origin.items()
    )
    for path in export_charts(pictures, folder):
        say_written(path, lang)
