"""Feeds damaged files to the readers: `make fuzz`, or ``python tests/fuzz.py [COUNT] [SEED]``.

A mutant is named FILE SEED INDEX; ``python tests/fuzz.py show FILE SEED INDEX`` prints it and what the reader says.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fuzz_models import read_and_run
from mutants import (
    FOREIGN,
    HISTORY,
    LINK,
    MODEL,
    OBSERVED,
    REGION,
    REGION_SERIES,
    RESULTS,
    ROOT,
    TABLES,
    UPLOAD,
    YAML_FILES,
    mutant,
    real_texts,
)
from soundness import unsound
from xinzhi.content.anchor_file import read_anchors
from xinzhi.content.audit_file import read_audit
from xinzhi.content.backtest_file import backtests_format
from xinzhi.content.check import read_checks
from xinzhi.content.content import Content
from xinzhi.content.fit_file import read_fit
from xinzhi.content.forecast_file import forecasts_format
from xinzhi.content.history import read_history, read_sources
from xinzhi.content.indicator_file import read_indicators
from xinzhi.content.lever_file import read_levers
from xinzhi.content.loop import read_loops
from xinzhi.content.model_file import REGIONAL, ModelFile
from xinzhi.content.model_reading import read_model_file
from xinzhi.content.observations import read_observations
from xinzhi.content.reading import read_content
from xinzhi.content.region_file import read_region
from xinzhi.content.regional_series import check_series
from xinzhi.content.regional_values import read_regional, regional_doubts, with_regional
from xinzhi.content.scenario import read_scenario
from xinzhi.content.statements import read_statements
from xinzhi.content.subscript_names import read_subscripts
from xinzhi.content.table_file import read_table
from xinzhi.content.uncertainty import read_uncertainties
from xinzhi.content.units import read_units
from xinzhi.content.yaml_file import Problems, read_yaml
from xinzhi.dashboard.lever_state import read_upload
from xinzhi.dashboard.link import from_query
from xinzhi.errors import Message, Place, Problem, XinzhiError
from xinzhi.show.words import catalogue, say
from xinzhi.store import Store

SLOW = {MODEL: 0.03, **dict.fromkeys(FOREIGN, 0.03), "model/uncertainties.yaml": 0.01, RESULTS[0]: 0.01}  # their shares
SLOWEST = 5.0  # seconds of processor time
NO_REMEDY = ("cannot be read ({reason})", 'in "{name}": {problem}')  # the inner one says what is allowed
Read = Callable[[Path, Problems], Any]


@dataclass
class Count:
    """What became of the mutants so far."""

    refused: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    bugs: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    def __str__(self) -> str:
        files = sorted(self.refused.keys() | self.accepted.keys())
        rows = [f"{file:28}{self.refused[file]:>8} refused{self.accepted[file]:>8} accepted" for file in files]
        total = f"{self.refused.total() + self.accepted.total()} mutants, {len(self.said)} kinds of problem, {len(self.bugs)} bugs"
        return "\n".join([*rows, total, f"slowest: {self.slowest[0]:.2f} s ({self.slowest[1]})", *self.bugs[:40]])


def readers(good: Content, folder: Path) -> dict[str, Read]:
    """The reader of each file, the rest of the content taken from ``good``."""
    model, region, units, history, sheet = good.model, good.region, good.units, good.history, good.sheet
    sources = list(history.sources)

    def read_model(path: Path, problems: Problems) -> Any:
        return read_model_file(path, "file", problems, Store(folder), path.parent)

    def read_outputs(path: Path, problems: Problems) -> Any:
        return read_indicators(path, "file", problems, model, region, units, history.series)

    def read_region_values(path: Path, problems: Problems) -> Any:
        rows = read_regional(path, "file", problems, history.sources)
        return None if rows is None else with_regional(unfilled, rows, "file", problems)

    def read_series(path: Path, problems: Problems) -> Any:
        check_series(path, "file", unfilled, problems)
        return None if problems.noted else read_table(path, "file", problems)

    def read_raising(read: Callable[[Path], Any]) -> Read:
        """A reader of what is handed in from outside: it raises its problems and does not note them."""

        def noting(path: Path, problems: Problems) -> Any:
            try:
                return read(path)
            except XinzhiError as error:
                problems.noted += [
                    replace(it, place=Place("file", it.place and it.place.line)) for it in error.problems
                ]
                return None

        return noting

    def read_link(path: Path, problems: Problems) -> Any:
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
        link = from_query(good, dict(line.partition("=")[::2] for line in lines))
        problems.noted += [Problem(Place("file"), it.message, it.remedy or it.message) for it in link.dropped]
        return link

    def read_result(format_: Any) -> Read:
        def read(path: Path, problems: Problems) -> Any:
            root = read_yaml(path, "file", problems)
            return None if root is None else format_.read(root, problems)

        return read

    rows_of_region = read_regional(ROOT / REGION, "file", Problems(), history.sources)
    assert rows_of_region is not None
    regional = regional_doubts(rows_of_region.values())
    unfilled = _unfilled(model)
    known = (model, region, units, sheet.levers, good.indicators, good.targets, history.series)
    return {
        "model/audit.yaml": lambda path, problems: read_audit(path, "file", problems, *known),
        "model/region.yaml": lambda path, problems: read_region(path, "file", problems),
        "model/units.yaml": lambda path, problems: read_units(path, "file", problems),
        "model/levers.yaml": lambda path, problems: read_levers(path, "file", problems, model, region, units, sources),
        "model/indicators.yaml": read_outputs,
        "model/checks.yaml": lambda path, problems: read_checks(path, "file", problems, model),
        "model/uncertainties.yaml": lambda path, problems: read_uncertainties(
            path, "file", problems, model, sheet.levers, regional
        ),
        "model/loops.yaml": lambda path, problems: read_loops(path, "file", problems, model),
        "model/structure.yaml": lambda path, problems: read_statements(
            path, "file", problems, model, good.indicators, good.loops, good.checks, good.scenarios
        ),
        "model/subscripts.yaml": lambda path, problems: read_subscripts(path, "file", problems, model),
        "calibration/anchors.yaml": lambda path, problems: read_anchors(
            path, "file", problems, model, region, good.indicators, good.targets, history.series
        ),
        "calibration/fit.yaml": lambda path, problems: read_fit(
            path, "file", problems, model, good.indicators, history.series, good.uncertainties, good.anchors
        ),
        "calibration/sources.yaml": lambda path, problems: read_sources(path, "file", problems),
        "scenarios/*.yaml": lambda path, problems: read_scenario(
            path, "trial", "file", problems, sheet, good.uncertainties
        ),
        HISTORY: lambda path, problems: read_history(path, "file", problems, history.sources),
        REGION: read_region_values,
        REGION_SERIES: read_series,
        MODEL: read_model,
        OBSERVED: read_raising(lambda path: read_observations(good, path)),
        UPLOAD: read_raising(lambda path: read_upload(good, "file", path.read_bytes())),
        LINK: read_link,
        **dict(zip(RESULTS, map(read_result, (backtests_format(), forecasts_format())), strict=True)),
        **dict.fromkeys(FOREIGN, read_and_run),
    }


def _unfilled(model: ModelFile) -> ModelFile:
    """The model before region.csv is read, all of it on line 1."""
    return replace(
        model,
        variables={
            name: replace(it, line=1, status=REGIONAL if it.cell and it.kind == "constant" else it.status)
            for name, it in model.variables.items()
        },
    )


def wrong_problem(problem: Problem, lines: int) -> str | None:
    """What a problem lacks: a place in the file, a remedy, or words in Chinese."""
    if problem.place is None or not 1 <= (problem.place.line or 1) <= lines + 1:
        return f"no place, or a line beyond the file: {problem.place}"
    if problem.remedy is None and problem.message.template not in NO_REMEDY:
        return f"no remedy: {problem.message.template}"
    for message in _messages(problem.message), _messages(problem.remedy):
        for template in message:
            if template not in catalogue():
                return f"no Chinese for: {template}"
    for lang in ("zh", "en"):
        sentence = say(problem, lang)
        if len(sentence) > 1000 or "\n" in sentence or "Error" in sentence.split(":")[0]:
            return f"not a sentence: {sentence[:200]!r}"
    return None


def _messages(message: Message | None) -> Iterator[str]:
    if message is not None:
        yield message.template
        for value in message.values.values():
            if isinstance(value, Message):
                yield from _messages(value)


def feed(name: str, written: bytes, read: Read, path: Path, good: Content, count: Count) -> Any:
    """Read one mutant and count what became of it; what was accepted is given back."""
    file = name.split(" ")[0]
    path.write_bytes(written)
    problems = Problems()
    began = time.process_time()
    try:
        value = read(path, problems)
    except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001 - any exception at all is a bug
        count.bugs.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")
        count.refused[file] += 1
        return None
    count.slowest = max(count.slowest, (time.process_time() - began, name))
    if time.process_time() - began > SLOWEST:
        count.bugs.append(f"{name}: took {time.process_time() - began:.1f} s")
    if problems.noted:
        count.refused[file] += 1
        lines = written.count(b"\n") + written.count(b"\r") + 1
        for problem in problems.noted:
            count.said[problem.message.template] += 1
            wrong = wrong_problem(problem, lines)
            if wrong:
                count.bugs.append(f"{name}: {wrong}")
        return None
    count.accepted[file] += 1
    if value is None:
        count.bugs.append(f"{name}: refused without a problem")
        return None
    count.bugs += [f"{name}: accepted: {said}" for said in unsound(value, good)[:3]]
    return value


def shares(total: int) -> dict[str, int]:
    """How many mutants each file gets."""
    others = [file for file in (*YAML_FILES, *TABLES, OBSERVED, UPLOAD, LINK, *RESULTS) if file not in SLOW]
    slow = {file: round(total * share) for file, share in SLOW.items()}
    rest = total - sum(slow.values())
    each = rest // len(others)
    return {**slow, **dict.fromkeys(others, each), others[0]: rest - each * (len(others) - 1)}


def fuzz(good: Content, folder: Path, total: int, seed: int, count: Count, seen: Callable[[str, bytes, Any], None] | None = None) -> Iterator[int]:  # fmt: skip
    """Feed ``total`` mutants, turn by turn; gives the number fed after each hundred."""
    texts, wanted, reads = real_texts(), shares(total), readers(good, folder)
    fed = 0
    order = sorted((index / number, file, index) for file, number in wanted.items() for index in range(number))
    for _, file, index in order:
        written = mutant(file, seed, index, texts)
        path = folder / f"mutant{Path(file).suffix}"
        value = feed(f"{file} {seed} {index}", written, reads[file], path, good, count)
        if seen is not None and value is not None:
            seen(file, written, value)
        fed += 1
        if fed % 100 == 0:
            yield fed
    yield fed


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder, count = Path(name), Count()
        good = read_content(ROOT, Store(folder))
        if arguments[:1] == ["show"]:
            file, seed, index = arguments[1], int(arguments[2]), int(arguments[3])
            written = mutant(file, seed, index, real_texts())
            sys.stdout.buffer.write(written + b"\n")
            path, problems = folder / f"mutant{Path(file).suffix}", Problems()
            path.write_bytes(written)
            print(readers(good, folder)[file](path, problems), *problems.noted, sep="\n")
            return 0
        total, seed = (
            (int(text) for text in (*arguments, "100000", "0")[:2]) if len(arguments) != 1 else (int(arguments[0]), 0)
        )
        began = time.time()
        try:
            for fed in fuzz(good, folder, total, seed, count):
                end = time.strftime("%H:%M:%S", time.localtime(began + (time.time() - began) * total / fed))
                print(f"\r{fed} of {total} mutants, {len(count.bugs)} bugs, done at {end} ", end="", file=sys.stderr)
        except KeyboardInterrupt:
            print("\nstopped", file=sys.stderr)
        print(f"\n{count}\n{time.time() - began:.0f} s, seed {seed}")
        return 1 if count.bugs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
