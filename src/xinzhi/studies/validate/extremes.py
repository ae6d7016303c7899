"""Extreme conditions: each lever and each uncertain constant at the ends of its range, at zero, tiny and huge.

In every run all variables are looked at: finite, bounded, no stock below zero, no share outside 0..1. Within the
documented ranges that must hold; beyond them what breaks is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.analysis.structure import Structure
from xinzhi.errors import Message, msg
from xinzhi.simulate import FloatArray, Simulator
from xinzhi.studies.validate.batch import runs
from xinzhi.studies.validate.outcome import Cases, Finding, Worst, known_names, outcome

TINY, HUGE = 1e-3, 10.0  # times the larger end of the range
UNBOUNDED = 1e6  # times the largest value in the baseline, or this where that is below 1
DUST = 1e-9
ENDS = {"low": msg("lower end"), "high": msg("upper end")}
BEYOND = {"zero": msg("zero"), "tiny": msg("a thousandth"), "huge": msg("tenfold")}


@dataclass(frozen=True)
class Extreme:
    """One constant at one place: ``what`` broke ("" nothing), in which variable, with which value and in which year."""

    constant: str
    place: str
    value: float
    what: str = ""
    variable: str = ""
    reached: float = 0.0
    year: int | None = None


WHAT = {
    "number": msg("no number"),
    "negative": msg("a stock below zero"),
    "share": msg("a share outside 0 to 1"),
    "unbounded": msg("out of bounds"),
}
WORST_FIRST = ("share", "negative", "unbounded", "number")


def check_extremes(structure: Structure, simulator: Simulator) -> tuple[Finding, Finding]:
    """Two findings: within the documented ranges, and beyond them."""
    content = structure.content
    cases = [*_lever_cases(structure), *_constant_cases(structure)]
    found = _run(structure, simulator, cases)
    inside = [it for it in found if it.place in ENDS]
    beyond = [it for it in found if it.place in BEYOND]
    return (
        _finding("extremes", inside, known_names(content.statements.of("extremes")), structure),
        _finding("beyond", beyond, known_names(content.statements.of("beyond")), structure),
    )


def _finding(test: str, tried: Sequence[Extreme], known: set[str], structure: Structure) -> Finding:
    content = structure.content
    broken = [it for it in tried if it.what]
    step = content.model.control("TIME STEP")
    excused = [it for it in broken if it.constant in known or (test == "beyond" and _told(it, structure, step))]
    open_ones = [it for it in broken if it not in excused]
    constants = len({it.constant for it in tried})
    if not broken:
        said = msg("{runs} runs, {constants} levers and constants: every value finite and bounded, no stock below "
                   "zero, no share outside 0 to 1", runs=len(tried), constants=constants)  # fmt: skip
    else:
        said = msg("{runs} runs, {constants} levers and constants: {broken} runs break, {open} of them unexplained",
                   runs=len(tried), constants=constants, broken=len(broken), open=len(open_ones))  # fmt: skip
    worst = next((it for what in WORST_FIRST for it in (open_ones or broken) if it.what == what), None)
    rows = tuple(
        (it.constant, {**ENDS, **BEYOND}[it.place], f"{it.value:g}", WHAT[it.what], it.variable or "—",
         f"{it.reached:.4g}" if it.variable else "—", "—" if it.year is None else str(it.year),
         msg("unexplained") if it in open_ones else _why(it, structure, step))
        for it in broken
    )  # fmt: skip
    heads = (msg("Lever or constant"), msg("Set to"), msg("Value"), msg("What breaks"), msg("Variable"),
             msg("Reached"), msg("Year"), msg("Reason"))  # fmt: skip
    tables = (Cases(msg("Runs that break"), heads, rows),) if rows else ()
    figure = None
    if worst is not None:
        figure = Worst(worst.variable or worst.constant, worst.reached, None, worst.constant, worst.year)
    return Finding(test, outcome(len(open_ones), len(excused)), said, figure, tables, content.statements.of(test))


def _told(it: Extreme, structure: Structure, step: float) -> bool:
    """Whether the run says itself that it is none: no number, or a time shorter than two steps, told by name here."""
    return it.what == "number" or (structure.variables[it.constant].unit == "Year" and it.value < 2 * step)


def _why(it: Extreme, structure: Structure, step: float) -> Message:
    if structure.variables[it.constant].unit == "Year" and it.value < 2 * step:
        return msg("a time shorter than the step")
    return msg("the run is refused") if it.what == "number" else msg("a known limit")


def _lever_cases(structure: Structure) -> list[Extreme]:
    return [
        it for lever in structure.content.sheet.levers.values() for it in _cases(lever.variable, lever.low, lever.high)
    ]  # fmt: skip


def _constant_cases(structure: Structure) -> list[Extreme]:
    doubts = structure.content.uncertainties.values()
    return [it for doubt in doubts for it in _cases(doubt.variable, doubt.prior.low, doubt.prior.high)]


def _cases(name: str, low: float, high: float) -> list[Extreme]:
    size = max(abs(low), abs(high))
    values = {"low": low, "high": high, "zero": 0.0, "tiny": TINY * size, "huge": HUGE * size}
    return [Extreme(name, place, value) for place, value in values.items()]


def _run(structure: Structure, simulator: Simulator, cases: Sequence[Extreme]) -> list[Extreme]:
    names = list(simulator.compiled.labels)
    look = _Look.of(structure, simulator, names)
    judged = []
    for first, values in runs(simulator, [{it.constant: it.value} for it in cases], {}, names):
        columns = range(values.shape[2])
        judged += [look.judged(cases[first + column], values[:, :, column]) for column in columns]
    return judged


@dataclass(frozen=True)
class _Look:
    """Which rows are stocks and shares, and how large each variable may grow."""

    names: list[str]
    years: tuple[int, ...]
    stocks: NDArray[np.intp]
    shares: NDArray[np.intp]
    largest: FloatArray

    @classmethod
    def of(cls, structure: Structure, simulator: Simulator, names: list[str]) -> _Look:
        content = structure.content
        base = simulator.run_members({}, names)[:, :, 0]
        ratios = content.statements.ratios
        shares = {it.variable for it in content.indicators.values() if it.unit == "%" and it.id not in ratios}
        stocks = [name in structure.variables and structure.kind(name) == "stock" for name in names]
        largest = np.maximum(np.abs(base).max(axis=1), 1.0)
        return cls(
            names, simulator.years, np.flatnonzero(stocks), np.flatnonzero([it in shares for it in names]), largest
        )

    def judged(self, case: Extreme, values: FloatArray) -> Extreme:
        """The case with what broke in its run, ``values`` of shape (names, years)."""
        if np.isnan(values).any():
            return Extreme(case.constant, case.place, case.value, "number")
        own = np.array([name == case.constant for name in self.names])
        share = values[self.shares]
        stock = values[self.stocks]
        beyond = {
            "unbounded": (np.abs(values) / self.largest[:, None] / UNBOUNDED - 1) * ~own[:, None],
            "negative": -stock / self.largest[self.stocks, None] - DUST,
            "share": np.maximum(-share, share - 1) - DUST,
        }
        rows = {"unbounded": np.arange(len(self.names)), "negative": self.stocks, "share": self.shares}
        for what, by in beyond.items():
            if by.size and by.max() > 0:
                row, column = np.unravel_index(int(np.argmax(by)), by.shape)
                place = int(rows[what][row])
                return Extreme(case.constant, case.place, case.value, what, self.names[place],
                               float(values[place, column]), self.years[column])  # fmt: skip
        return case
