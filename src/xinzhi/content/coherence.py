"""Targets must be possible together: two that contradict each other outright, or one that cannot be, are refused."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.yaml_file import Node, Problems
from xinzhi.errors import msg


def check_coherent(
    indicators: Mapping[str, Indicator], targets: Mapping[str, Target], node: Node, problems: Problems
) -> None:
    """Note every target beyond what its indicator can be, and every pair that no level meets; ``node`` holds them."""
    for target in targets.values():
        _check_possible(indicators[target.indicator], target, node, problems)
    for first, second in combinations(targets.values(), 2):
        if (first.indicator, first.year) == (second.indicator, second.year) and first.sense != second.sense:
            _check_pair(indicators[first.indicator], first, second, node, problems)


def level_asked(indicator: Indicator, target: Target) -> float | None:
    """The indicator's level in the target's year that just meets it, from the observed base figure.

    None where the base figure is of another quantity than the indicator, so that growth says nothing on its level.
    """
    if target.measure == "level":
        return target.threshold
    if target.base_series != indicator.id:
        return None
    span = target.year - target.base_year if target.measure == "mean_growth" else 1
    return float(target.base.value * (1 + target.threshold / 100) ** span)


def _check_possible(indicator: Indicator, target: Target, node: Node, problems: Problems) -> None:
    level = level_asked(indicator, target)
    if indicator.plausible is None or level is None:
        return
    low, high = indicator.plausible
    if target.measure != "level" and not low <= target.base.value <= high:
        return  # the base figure itself is at fault: check_plausible tells it
    if not low <= round(level, 9) <= high:
        problems.add(
            node.value[target.id].value["threshold"].place,
            msg(
                '"{name}" asks for {value} {unit} of "{indicator}", which cannot be',
                name=target.id,
                value=f"{level:.4g}",
                unit=indicator.unit,
                indicator=indicator.id,
            ),
            msg("allowed are {low} to {high}", low=f"{low:g}", high=f"{high:g}"),
        )


def _check_pair(indicator: Indicator, first: Target, second: Target, node: Node, problems: Problems) -> None:
    floor, ceiling = (first, second) if first.sense == ">=" else (second, first)
    if floor.measure == ceiling.measure:
        least, most, unit = floor.threshold, ceiling.threshold, floor.unit
    else:
        asked = [level_asked(indicator, target) for target in (floor, ceiling)]
        if asked[0] is None or asked[1] is None:
            return
        least, most, unit = asked[0], asked[1], indicator.unit
    if least > most:
        problems.add(
            node.value[second.id].value["threshold"].place,
            msg(
                '"{floor}" asks for at least {least} {unit} in {year}, "{ceiling}" for at most {most} {unit}',
                floor=floor.id,
                ceiling=ceiling.id,
                least=f"{least:.4g}",
                most=f"{most:.4g}",
                unit=unit,
                year=second.year,
            ),
            msg("correct a threshold, its sense or its year"),
        )
