"""Reality checks: how any sound version of the model behaves when pushed (Barlas 1996; Sterman 2000, ch. 21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xinzhi.brief import Brief
from xinzhi.content.check import Check, Expectation
from xinzhi.content.content import Content
from xinzhi.content.lever import Setting
from xinzhi.content.scenario import Assumption
from xinzhi.errors import SimulationError
from xinzhi.simulate import FloatArray, Simulator


@dataclass(frozen=True, repr=False)
class CheckResult(Brief):
    """``worst`` is the value farthest from what was expected, in ``year``; None where the check passed."""

    check: Check
    passed: bool
    worst: float | None
    year: int | None

    def brief(self) -> str:
        return f"{self.check.id}, {'passed' if self.passed else 'failed'}"


def run_checks(content: Content, simulator: Simulator) -> tuple[CheckResult, ...]:
    """Every reality check, in the file's order."""
    names = {
        name
        for check in content.checks.values()
        for expectation in check.expectations
        for name in (*expectation.left, *(expectation.right or {}))
    }
    variables = sorted(names)
    if not variables:
        return ()
    baseline = simulator.run_constants({}, variables)
    results = []
    for check in content.checks.values():
        columns = simulator.run_constants(check.constants, variables, check.time_step)
        results.append(_judge(check, columns, baseline, np.array(simulator.years)))
    return tuple(results)


def laws(content: Content, simulator: Simulator) -> tuple[Check, ...]:
    """The checks that set nothing and hold in every scenario of the content: what no lever set may break.

    A scenario that cannot be run says nothing of them.
    """
    laws = tuple(
        check
        for check in content.checks.values()
        if not check.constants and check.time_step is None and not any(it.against_baseline for it in check.expectations)
    )
    for scenario in content.scenarios.values():
        try:
            broken = broken_laws(simulator, laws, content.settings(scenario), content.assumptions(scenario))
        except SimulationError:
            continue
        laws = tuple(check for check in laws if check not in broken)
    return laws


def broken_laws(
    simulator: Simulator, checks: tuple[Check, ...], settings: Mapping[str, Setting],
    assumptions: Mapping[str, Assumption],
) -> tuple[Check, ...]:  # fmt: skip
    """Those of ``checks`` (see `laws`) that a lever set breaks: its results are outside the model's range."""
    names = sorted({name for check in checks for it in check.expectations for name in (*it.left, *(it.right or {}))})
    if not names:
        return ()
    columns = simulator.run_constants(simulator.constants_of(settings, assumptions), names)
    years = np.array(simulator.years)
    return tuple(check for check in checks if not _judge(check, columns, columns, years).passed)


def _judge(
    check: Check, columns: Mapping[str, FloatArray], baseline: Mapping[str, FloatArray], years: FloatArray
) -> CheckResult:
    for expectation in check.expectations:
        value, low, high = _compared(expectation, columns, baseline)
        inside = (
            slice(None)
            if expectation.times is None
            else (years >= expectation.times[0]) & (years <= expectation.times[1])
        )
        beyond = np.maximum(low - value, value - high)[inside]
        if not (beyond <= 0).all():
            index = int(np.argmax(beyond))
            return CheckResult(check, False, float(value[inside][index]), int(years[inside][index]))
    return CheckResult(check, True, None, None)


def _compared(
    expectation: Expectation, columns: Mapping[str, FloatArray], baseline: Mapping[str, FloatArray]
) -> tuple[FloatArray, float, float]:
    """The value to be judged and its lowest and highest allowed number."""
    left = _sum(expectation.left, columns)
    if expectation.right is not None:
        right = _sum(expectation.right, columns)
        scale = np.maximum(np.abs(right), 1e-12)
        return (left - right) / scale, -expectation.tolerance, expectation.tolerance
    assert expectation.between is not None
    low, high = expectation.between
    if expectation.against_baseline:
        with np.errstate(divide="ignore", invalid="ignore"):  # before it starts, a thing is zero in both
            return left / _sum(expectation.left, baseline), low, high
    return left, low, high


def _sum(weights: Mapping[str, float], columns: Mapping[str, FloatArray]) -> FloatArray:
    total: FloatArray = np.sum([weight * columns[name] for name, weight in weights.items()], axis=0)
    return total
