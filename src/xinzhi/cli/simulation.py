"""``xinzhi simulate``: any model in, a table out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from xinzhi.errors import Message, Problem, SimulationError, Told, msg
from xinzhi.show.streams import print_data
from xinzhi.show.words import N_

_CLOCK = (
    ("--initial-time", N_("When the run begins, in place of INITIAL TIME.")),
    ("--final-time", N_("When the run ends, in place of FINAL TIME.")),
    ("--time-step", N_("The length of a step, in place of TIME STEP.")),
    ("--saveper", N_("How often values are saved, in place of SAVEPER.")),
)


def clock_options(option: Callable[..., Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """The options that replace the model's clock, made by ``option``."""

    def decorate(command: Any) -> Any:
        for name, words in reversed(_CLOCK):
            command = option(name, type=float, metavar="TIME", help=words)(command)
        return command

    return decorate


def run_simulation(
    path: Path, output: Path | None, assignments: tuple[str, ...], save: tuple[str, ...], **settings: Any
) -> tuple[list[Message], Message | None]:
    """Run the model and write the table: what is to be said of how it was read and run, and its fault.

    Raises `ModelError` for a model that cannot be read, `SimulationError` for settings that do not fit it and
    `OutputError` for a file that cannot be written.
    """
    from xinzhi.formats.csv_text import csv_text
    from xinzhi.formats.writing import TABLE_FORMATS, export_table, output_format
    from xinzhi.model import load_model

    if output is not None:
        output_format(output, TABLE_FORMATS)
    constants = _constants(assignments)
    model = load_model(path)
    table = model.run(constants, save=save or None, **settings)
    if output is None:
        print_data(csv_text(table, index=True))
    else:
        export_table(table, output)
    fault: Told | None = table.attrs.get("fault")
    times = [told.message for told in table.attrs.get("times", ())]
    return [*model.notes(settings.get("method")), *times], None if fault is None else fault.message


def _constants(assignments: tuple[str, ...]) -> list[tuple[str, float]]:
    """``NAME=VALUE`` pairs. Raises `SimulationError` with every one that is not a pair or not a number."""
    constants: list[tuple[str, float]] = []
    problems = []
    for assignment in assignments:
        name, equals, value = assignment.rpartition("=")
        try:
            constants.append((name.strip(), float(value)))
        except ValueError:
            equals = ""
        if not equals or not name.strip():
            problem = msg('"{written}" is not a setting', written=assignment)
            problems.append(Problem(None, problem, msg("write --set NAME=NUMBER")))
    if problems:
        raise SimulationError(problems)
    return constants
