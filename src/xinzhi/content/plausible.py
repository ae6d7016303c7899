"""What was observed must be possible: within the bounds that an indicator states for itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xinzhi.content.history import Observation, Series
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Message, Place, msg

UNITS_APART = 1e4  # 万 and 亿


def check_plausible(
    indicators: Mapping[str, Indicator],
    targets: Mapping[str, Target],
    history: Mapping[str, Series],
    shown_as: str,
    problems: Problems,
) -> None:
    """Note every observation, and every target's base figure, outside its indicator's plausible range, once."""
    told: set[int] = set()
    for name, indicator, observation in _observed(indicators, targets, history):
        if indicator.plausible is None or observation.line in told:
            continue
        low, high = indicator.plausible
        if not low <= observation.value <= high:
            told.add(observation.line)
            problems.add(
                Place(shown_as, observation.line),
                msg(
                    '"{name}" cannot have been {value} {unit} in {year}',
                    name=name,
                    value=f"{observation.value:g}",
                    unit=indicator.unit,
                    year=observation.time,
                ),
                _remedy(indicator, observation.value, low, high),
            )


def ten_thousandfold(value: float, low: float, high: float, unit: str) -> bool:
    """Whether a value would lie from ``low`` to ``high`` in a neighbour of its unit, as 万元 is of 亿元."""
    has_neighbour = any(sign in unit for sign in "元万亿")
    return has_neighbour and any(low <= value * apart <= high for apart in (UNITS_APART, 1 / UNITS_APART))


def _remedy(indicator: Indicator, value: float, low: float, high: float) -> Message:
    ends = {"indicator": indicator.id, "low": f"{low:g}", "high": f"{high:g}"}
    if ten_thousandfold(value, low, high, indicator.unit):
        return msg(
            "a factor of 10,000 is suspected, such as 万元 written for 亿元: convert the figure, or widen "
            '"plausible" of {indicator} ({low} to {high})',
            **ends,
        )
    return msg('correct the figure or its unit, or widen "plausible" of {indicator} ({low} to {high})', **ends)


def _observed(
    indicators: Mapping[str, Indicator], targets: Mapping[str, Target], history: Mapping[str, Series]
) -> Iterator[tuple[str, Indicator, Observation]]:
    """Every observation that is of an indicator: by the series of its name, or as the base of a target on it."""
    for key in indicators.keys() & history.keys():
        for observation in history[key].observations:
            yield key, indicators[key], observation
    for target in targets.values():
        indicator = indicators[target.indicator]
        if history[target.base_series].unit == indicator.unit:
            yield target.base_series, indicator, target.base
