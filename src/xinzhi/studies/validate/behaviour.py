"""Behaviour: history reproduced, reality checks, loops that are cut, and what surprised."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xinzhi.analysis.accuracy import Accuracy, accuracy
from xinzhi.analysis.reality import CheckResult
from xinzhi.content.content import Content
from xinzhi.content.indicator import headline
from xinzhi.content.statements import Consequence
from xinzhi.errors import SimulationError, msg
from xinzhi.simulate import Run, Simulator
from xinzhi.studies.validate.batch import constants_of
from xinzhi.studies.validate.outcome import FAILS, HOLDS, UNTESTED, Cases, Finding, Worst, known_names, outcome

BASE_ERROR = 0.03
MEAN_ERROR = 0.1


def check_reproduction(content: Content, run: Run) -> Finding:
    """The headline indicators: within 3 % in the base year, 10 % on the mean of the years before."""
    wanted = {target.indicator for target in headline(content.targets)}
    accuracies = [it for it in accuracy(content, run) if it.indicator.id in wanted and it.mean_error is not None]
    limits = content.statements.of("reproduction")
    beyond = [it for it in accuracies if abs(it.base_error or 0.0) > BASE_ERROR or (it.mean_error or 0.0) > MEAN_ERROR]
    open_ones = [it for it in beyond if it.indicator.id not in known_names(limits)]
    if not accuracies:
        return Finding("reproduction", UNTESTED, msg("no headline indicator has a history"))
    worst = max(accuracies, key=lambda it: it.mean_error or 0.0)
    said = msg("{count} headline indicators: mean error {error}% at most ({name}), base year within {base}%",
               count=len(accuracies), error=f"{100 * (worst.mean_error or 0):.1f}", name=worst.indicator.name,
               base=f"{100 * max(abs(it.base_error or 0.0) for it in accuracies):.1f}")  # fmt: skip
    heads = (msg("Indicator"), msg("Years compared"), msg("Mean absolute error"), msg("Bias"), msg("Variation"),
             msg("Rest"), msg("Base year"))  # fmt: skip
    rows = tuple(
        (it.indicator.name, str(len(it.errors)), _percent(it.mean_error), *theil(it), _percent(it.base_error))
        for it in accuracies
    )
    table = Cases(msg("Headline indicators against history"), heads, rows)
    figure = Worst(worst.indicator.id, worst.mean_error or 0.0, MEAN_ERROR)
    return Finding("reproduction", outcome(len(open_ones), len(beyond)), said, figure, (table,), limits)


def theil(row: Accuracy) -> tuple[str, str, str]:
    """Theil's parts of the mean square error: bias, unequal variation, the rest; they add up to 1."""
    observed = np.array([observation.value for observation, _ in row.errors])
    simulated = np.array([observation.value * (1 + error) for observation, error in row.errors])
    square = float(np.mean((simulated - observed) ** 2))
    if square == 0 or len(observed) < 2:
        return ("—", "—", "—")
    bias = float((simulated.mean() - observed.mean()) ** 2) / square
    variation = float((simulated.std() - observed.std()) ** 2) / square
    return (f"{bias:.2f}", f"{variation:.2f}", f"{max(1 - bias - variation, 0.0):.2f}")


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f}%"


def check_reality(content: Content, results: tuple[CheckResult, ...]) -> Finding:
    """The reality checks of model/checks.yaml."""
    if not results:
        return Finding("checks", UNTESTED, msg("model/checks.yaml has no reality check"))
    failed = [it for it in results if not it.passed]
    said = msg("{count} reality checks, {failed} fail", count=len(results), failed=len(failed))
    rows = tuple((it.check.name, msg("fails") if it in failed else msg("passes")) for it in results)
    worst = Worst(failed[0].check.id, failed[0].worst or 0.0, None, None, failed[0].year) if failed else None
    table = Cases(msg("Reality checks"), (msg("Check"), msg("Result")), rows)
    return Finding("checks", FAILS if failed else HOLDS, said, worst, (table,), content.statements.of("checks"))


def check_anomaly(content: Content, simulator: Simulator) -> Finding:
    """Each loop that model/structure.yaml cuts: what must follow in the plan's final year does."""
    cuts = content.statements.cuts
    if not cuts:
        return Finding("anomaly", UNTESTED, msg("model/structure.yaml cuts no loop"))
    rows, broken = [], []
    for cut in cuts.values():
        fixed = constants_of(content, simulator, content.scenarios[cut.scenario])
        for expected in cut.expected:
            change = _change(content, simulator, fixed, {**fixed, **cut.constants}, expected.indicator)
            follows = change is not None and _follows(change, expected)
            broken += [] if follows else [Worst(expected.indicator, change or 0.0, expected.by, cut.id)]
            word = msg("lower") if expected.direction == "lower" else msg("higher")
            rows.append((
                f"{cut.loop}", cut.name, ", ".join(f"{name}={value:g}" for name, value in cut.constants.items()),
                content.indicators[expected.indicator].name, word,
                msg("no number") if change is None else f"{100 * change:+.2f}%",
                msg("as expected") if follows else msg("not as expected"),
            ))  # fmt: skip
    heads = (msg("Loop"), msg("Cut"), msg("Constants"), msg("Indicator"), msg("Expected"), msg("Change"), msg("Result"))
    said = msg("{cuts} loops cut, {count} consequences, {broken} not as expected", cuts=len(cuts), count=len(rows),
               broken=len(broken))  # fmt: skip
    table = Cases(msg("Loops that are cut"), heads, tuple(rows))
    return Finding("anomaly", outcome(len(broken), 0), said, next(iter(broken), None), (table,))


def _change(
    content: Content, simulator: Simulator, whole: Mapping[str, float], cut: Mapping[str, float], indicator: str
) -> float | None:
    """How far the cut moves an indicator in the plan's final year, relative; None where it gives no number."""
    name, row = content.indicators[indicator].variable, simulator.years.index(content.region.plan.final_year)
    try:
        before, after = (float(simulator.run_constants(it, [name])[name][row]) for it in (whole, cut))
    except SimulationError:
        return None
    return after / before - 1


def _follows(change: float, expected: Consequence) -> bool:
    return (
        change < 0 and -change >= expected.by if expected.direction == "lower" else change > 0 and change >= expected.by
    )


def check_surprises(content: Content, results: tuple[CheckResult, ...]) -> Finding:
    """What surprised, and that the reality checks which hold it now still pass."""
    surprises = content.statements.surprises
    if not surprises:
        return Finding("surprises", UNTESTED, msg("model/structure.yaml names none"))
    failed = {it.check.id for it in results if not it.passed}
    lost = [key for key, it in surprises.items() if it.check in failed]
    table = Cases(msg("What surprised"), (msg("Behaviour"), msg("What was found")),
                  tuple((it.name, it.found) for it in surprises.values()))  # fmt: skip
    said = msg("{count} recorded with what came of them; {lost} no longer held", count=len(surprises), lost=len(lost))
    return Finding("surprises", outcome(len(lost), 0), said, Worst(lost[0], 0.0) if lost else None, (table,))
