"""The document against itself: implied quantities reckoned from content, and targets that help or hurt each other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinzhi.analysis.gains import Gains, Pair, Together, find_gains, find_pairs, find_together
from xinzhi.brief import Brief
from xinzhi.content.audit_file import Item, Rule
from xinzhi.content.content import Content
from xinzhi.content.expression import Operand, evaluate, operands
from xinzhi.simulate import Run, Simulator

if TYPE_CHECKING:
    import pandas as pd

CONSISTENT, TENSE, CONTRADICTORY = "consistent", "tense", "contradictory"


@dataclass(frozen=True)
class Finding:
    """An implied quantity, reckoned. ``figures`` are what was read, each in its own unit; ``values`` the results of
    the steps in theirs, NaN where one has none; ``verdict`` is None where the item has no rule or no number."""

    item: Item
    figures: Mapping[Operand, float]
    values: Mapping[str, float]
    verdict: str | None


@dataclass(frozen=True, eq=False, repr=False)
class Audit(Brief):
    """The audit over one run: findings in the file's order, pairs the strongest first."""

    content: Content
    run: Run
    findings: tuple[Finding, ...]
    gains: Gains
    pairs: tuple[Pair, ...]
    together: tuple[Together, ...]

    def brief(self) -> str:
        return f"{self.run.scenario}: {len(self.findings)} implied quantities, {len(self.pairs)} pairs of targets"

    def to_pandas(self) -> pd.DataFrame:
        """A row a step of every implied quantity, its value in its unit."""
        from xinzhi.studies.audit.words import audit_frames

        return audit_frames(self.content, self)["steps"]


def audit(content: Content, simulator: Simulator, run: Run) -> Audit:
    """The document's numbers held against each other; what the model adds is of ``run``. Raises `SimulationError`."""
    gains = find_gains(content, simulator, run)
    findings = tuple(reckon(content, item, run, gains) for item in content.audit.values())
    return Audit(content, run, findings, gains, find_pairs(gains), find_together(gains))


def reckon(content: Content, item: Item, run: Run, gains: Gains) -> Finding:
    """One item's steps, in order."""
    figures: dict[Operand, float] = {}
    roots: dict[str, float] = {}
    values: dict[str, float] = {}
    for key, step in item.steps.items():
        for operand in operands(step.expression):
            figures.setdefault(operand, _figure(content, operand, run, gains))
        roots[key] = evaluate(step.expression, figures.__getitem__, roots)
        values[key] = roots[key] * step.factor
    verdict = None if item.rule is None else judge_step(item.rule, values[item.rule.step])
    return Finding(item, figures, values, verdict)


def _figure(content: Content, operand: Operand, run: Run, gains: Gains) -> float:
    """What an operand stands for, in its own unit."""
    if operand.family == "target":
        return content.targets[operand.name].threshold
    if operand.family == "constant":
        value = content.model.variables[operand.name].value
        return math.nan if value is None else value * operand.scale
    if operand.family == "gain":
        assert operand.lever is not None
        return gains.change(operand.name, operand.lever)
    assert operand.year is not None
    if operand.family == "model":
        return run.at(operand.name, operand.year) * run.indicators[operand.name].factor
    observation = content.history.series[operand.name].at(operand.year)
    assert observation is not None
    return observation.value


def judge_step(rule: Rule, value: float) -> str | None:
    """The verdict on a step's value (its unit); None where there is no number."""
    if math.isnan(value):
        return None
    sign = -1.0 if rule.contradictory is not None and rule.contradictory < rule.tense else 1.0
    if rule.contradictory is not None and sign * value > sign * rule.contradictory:
        return CONTRADICTORY
    return TENSE if sign * value > sign * rule.tense else CONSISTENT
