"""What was observed must be possible: within an indicator's own bounds, of its series' size, above 0 where logarithms
are fitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from statistics import median

from xinzhi.content.anchor_file import Anchors
from xinzhi.content.fit_file import Fit
from xinzhi.content.history import Observation, Series
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Message, Place, msg

UNITS_APART = 1e4  # 万 and 亿
SIZES_APART = 5.0  # times that a figure may differ from its series' middle and still be of its size
RESOLVED = 10  # last digits from which on a quantity does not round to 0

Where = Callable[[str, Observation], Place]
"""Where a figure of a series stands."""


def in_file(shown_as: str) -> Where:
    """All figures are lines of one file."""
    return lambda _name, it: Place(shown_as, it.line)


def check_plausible(
    indicators: Mapping[str, Indicator],
    targets: Mapping[str, Target],
    history: Mapping[str, Series],
    where: Where,
    problems: Problems,
) -> None:
    """Note every observation, and every target's base figure, that cannot be, once: outside its indicator's plausible
    range, 0 between figures that are not, ten thousand times the others of its series."""
    implausible: set[Place] = set()
    for name, indicator, observation in _observed(indicators, targets, history):
        place = where(name, observation)
        if indicator.plausible is None or place in implausible:
            continue
        low, high = indicator.plausible
        if not low <= observation.value <= high:
            implausible.add(place)
            problems.add(
                place,
                msg(
                    '"{name}" cannot have been {value} {unit} in {year}',
                    name=name,
                    value=f"{observation.value:g}",
                    unit=indicator.unit,
                    year=observation.time,
                ),
                _remedy(indicator, observation.value, low, high),
            )
    held = {name: indicator for name, indicator, _ in _observed(indicators, targets, history)}
    for name, series in history.items():
        for observation, message, remedy in (*_zeros(series, held.get(name)), *_slips(series)):
            if where(name, observation) not in implausible:
                implausible.add(where(name, observation))
                problems.add(where(name, observation), message, remedy)


def check_fitted(
    plan: Fit | None, anchors: Anchors, history: Mapping[str, Series], last: float, where: Where, problems: Problems
) -> None:
    """Note every figure whose logarithm is taken and that has none, or that no run to the year ``last`` can be held
    against."""
    if plan is None:
        return
    starts = {it.indicator: it.observed for name, it in anchors.anchors.items() if name in plan.anchored}
    fitted = [(name, it) for name in plan.series for it in history[name].observations]
    begun = [(name, it) for name, it in starts.items() if name not in plan.series]
    for name, observation in [*fitted, *begun]:
        if observation.value <= 0:
            problems.add(
                where(name, observation),
                msg('"{name}" of {year} is {value}, and what a fit is held against must be above 0', name=name,
                    year=observation.time, value=f"{observation.value:g}"),
                _NO_FIGURE if observation.value == 0 else msg("correct the figure, or leave its line out"),
            )  # fmt: skip
        elif observation.time > last:
            problems.add(
                where(name, observation),
                msg('"{name}" of {year} lies after the last year of the model', name=name, year=observation.time),
                msg("allowed are years to {high}; correct the year, or let the model run longer", high=f"{last:g}"),
            )


_NO_FIGURE = msg("leave the line out where there is no figure")


def rounded(value: float) -> str:
    """To four digits, without an exponent where a reader expects none."""
    return f"{float(f'{value:.4g}'):.12g}"


def ten_thousandfold(value: float, low: float, high: float, unit: str) -> bool:
    """Whether a value would lie from ``low`` to ``high`` in a neighbour of its unit, as 万元 is of 亿元."""
    has_neighbour = any(sign in unit for sign in "元万亿")
    return has_neighbour and any(low <= value * apart <= high for apart in (UNITS_APART, 1 / UNITS_APART))


def _zeros(series: Series, indicator: Indicator | None) -> Iterator[tuple[Observation, Message, Message]]:
    """The zeros of a series that is held against the model, between figures too large to round to 0.

    A rate in per cent can be 0, a share between shares cannot; nor can a level, unless its indicator says so.
    """
    if indicator is None or any(it.value < 0 for it in series.observations):
        return
    bounded = indicator.plausible is not None and indicator.plausible[0] <= 0
    if (indicator.plausible is None or indicator.plausible[0] < 0) if series.unit == "%" else bounded:
        return
    digits = max((len(f"{it.value:.12g}".partition(".")[2]) for it in series.observations), default=0)
    before: Observation | None = None
    waiting: list[Observation] = []
    for observation in series.observations:
        if observation.value == 0:
            waiting.append(observation)
            continue
        if before is not None and min(before.value, observation.value) >= RESOLVED * 10.0**-digits:
            ends = {"a": f"{before.value:g}", "b": f"{observation.value:g}"}
            for zero in waiting:
                said = msg('"{name}" of {year} is 0 between {a} and {b}', name=series.variable, year=zero.time, **ends)
                yield zero, said, _NO_FIGURE if series.unit == "%" else CAN_BE_NOTHING
        before, waiting = observation, []


CAN_BE_NOTHING = msg(
    'leave the line out where there is no figure; where it can be 0, state "plausible" from 0 in indicators.yaml'
)


def _slips(series: Series) -> Iterator[tuple[Observation, Message, Message]]:
    """The figures that would be of their series' size in a neighbour of its unit; of two, the later is the odd one."""
    known = [it for it in series.observations if it.value]
    for place, observation in enumerate(known):
        others = [one.value for one in known if one is not observation]
        apart = [ten_thousandfold(observation.value / one, 1 / SIZES_APART, SIZES_APART, series.unit) for one in others]
        if 2 * sum(apart) > len(others) and not (len(known) == 2 and place == 0):
            middle = median(others)
            said = msg('"{name}" of {year} is {value}, its other figures are about {middle}', name=series.variable,
                       year=observation.time, value=f"{observation.value:g}", middle=rounded(middle))  # fmt: skip
            yield observation, said, WRONG_UNIT


WRONG_UNIT = msg("a factor of 10,000 is suspected, such as 万元 written for 亿元: convert the figure")


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
    for key in (key for key in indicators if key in history):
        for observation in history[key].observations:
            yield key, indicators[key], observation
    for target in targets.values():
        indicator = indicators[target.indicator]
        if history[target.base_series].unit == indicator.unit:
            yield target.base_series, indicator, target.base
