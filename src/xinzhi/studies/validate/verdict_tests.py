"""Sensitivity of the verdicts: which constants, each alone at the 5 % or 95 % of its prior, turn which verdict."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xinzhi.analysis.verdict import figure, meets
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target, headline
from xinzhi.errors import Message, msg
from xinzhi.futures.priors import quantile
from xinzhi.simulate import FloatArray, Run, Simulator
from xinzhi.studies.validate.batch import runs
from xinzhi.studies.validate.outcome import HOLDS, UNTESTED, Cases, Cell, Finding, Worst, known_names, outcome

SHARES = (0.05, 0.95)
Turned = Mapping[str, tuple[tuple[str, float], ...]]


def check_verdicts(content: Content, simulator: Simulator, run: Run) -> Finding:
    """How many verdicts of a run hang on one constant; a headline one that does must be a known limit."""
    if not content.uncertainties:
        return Finding("verdicts", UNTESTED, msg("no constant has a prior"))
    stands, turned = turned_verdicts(content, simulator, run)
    limits = content.statements.of("verdicts")
    heads = [target.id for target in headline(content.targets) if turned[target.id]]
    open_ones = [key for key in heads if key not in known_names(limits)]
    hanging = [key for key, by in turned.items() if by]
    said = msg("{count} constants, each at the 5% and 95% of its prior: {hanging} of {targets} verdicts can turn, "
               "{heads} of them headline targets", count=len(content.uncertainties), hanging=len(hanging),
               targets=len(turned), heads=len(heads))  # fmt: skip
    rows = tuple(_row(content.targets[key], stands[key], turned[key]) for key in hanging)
    columns = (msg("Target"), msg("Verdict"), msg("Headline"), msg("Constants that turn it"))
    tables = (Cases(msg("Verdicts that the model cannot settle"), columns, rows),) if rows else ()
    top = next(iter(open_ones or heads or hanging), None)
    worst = None if top is None else Worst(top, len(turned[top]), 0, turned[top][0][0], content.targets[top].year)
    return Finding("verdicts", outcome(len(open_ones), len(hanging)) if hanging else HOLDS, said, worst, tables, limits)


def _row(target: Target, stands: bool, by: tuple[tuple[str, float], ...]) -> tuple[Cell, ...]:
    verdict: Message = msg("● met") if stands else msg("○ not met")
    names = ", ".join(dict.fromkeys(name for name, _ in by))
    return (target.short_name, verdict, msg("yes") if target.headline else "—", names)


def turned_verdicts(content: Content, simulator: Simulator, run: Run) -> tuple[dict[str, bool], Turned]:
    """By target, whether the run meets it, and the (constant, value in model unit) that turn this verdict.

    A run that gives no number turns none.
    """
    fixed = simulator.constants_of(run.settings, run.assumptions)
    ends = {name: quantile(doubt.prior, np.array(SHARES)) for name, doubt in content.uncertainties.items()}
    cases = [(name, float(value)) for name, values in ends.items() if name not in fixed for value in values]
    names = list(simulator.compiled.labels)
    rows = {name: row for row, name in enumerate(names)}
    (_, whole), *_ = runs(simulator, [{}], fixed, names)
    stands = {key: _met(content, it, simulator, whole, rows)[0] for key, it in content.targets.items()}
    turned: dict[str, list[tuple[str, float]]] = {key: [] for key in content.targets}
    for first, values in runs(simulator, [{name: value} for name, value in cases], fixed, names):
        for key, target in content.targets.items():
            for column, now in enumerate(_met(content, target, simulator, values, rows)):
                if (
                    now != stands[key]
                    and np.isfinite(values[rows[content.indicators[target.indicator].variable], :, column]).all()
                ):
                    turned[key].append(cases[first + column])
    return stands, {key: tuple(by) for key, by in turned.items()}


def _met(
    content: Content, target: Target, simulator: Simulator, values: FloatArray, rows: Mapping[str, int]
) -> list[bool]:
    indicator = content.indicators[target.indicator]
    row = values[rows[indicator.variable]]
    with np.errstate(all="ignore"):
        return [bool(it) for it in meets(target, figure(target, indicator.factor, row, simulator.years[0]))]
