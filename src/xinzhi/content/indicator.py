"""Outputs that a planner reads, and the targets that the document sets on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xinzhi.content.history import Observation
from xinzhi.content.yaml_file import Text

MEASURES = ("level", "mean_growth", "change")
SENSES = (">=", "<=")
PRICES = ("none", "current", "constant")
MOST_DECIMALS = 6


@dataclass(frozen=True)
class Indicator:
    """An output. ``factor`` times the model's number is the number in ``unit``; ``decimals`` are the digits shown.

    ``prices`` is the price basis of money and of what is counted from money; ``plausible`` bounds what was observed.
    """

    id: str
    variable: str
    name: Text
    unit: str
    factor: float
    decimals: int
    definition: Text
    prices: str = "none"
    plausible: tuple[float, float] | None = None
    headline: bool = False


@dataclass(frozen=True)
class Target:
    """Indicator, measure, threshold and year.

    A level is in the indicator's unit; mean growth (geometric mean a year since the plan's base year) and change
    (since the base year) are in %. ``threshold`` is in ``unit``. A ``whole`` target is a count: the model's 9.6 chains
    are 10, and both are shown so.
    """

    id: str
    indicator: str
    name: Text
    short_name: Text
    measure: str
    sense: str
    threshold: float
    unit: str
    decimals: int
    base_year: int
    year: int
    quote: str
    article: str
    departments: tuple[str, ...]
    departments_status: str
    base_series: str
    base: Observation
    note: Text | None
    whole: bool = False
    headline: bool = False
    programme: bool = False


def headline(targets: Mapping[str, Target]) -> list[Target]:
    """The targets marked as headline ones; where none is marked, all."""
    return [target for target in targets.values() if target.headline] or list(targets.values())
