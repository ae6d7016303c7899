"""Is an observed figure possible at all, beside what the model says of the same year?"""

from __future__ import annotations

from xinzhi.content.content import Content
from xinzhi.content.history import Observation
from xinzhi.content.indicator import Indicator
from xinzhi.content.plausible_figures import (
    CAN_BE_NOTHING,
    WRONG_UNIT,
    Where,
    check_fitted,
    check_plausible,
    in_file,
    rounded,
    ten_thousandfold,
)
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Message, Place, Problem, msg
from xinzhi.simulate import Run

MOST_TIMES = 5.0
LEAST_PART = 0.1
OFF = 20.0  # times
PERCENT = 100.0
RATE = 100.0  # per cent a year that a growth rate hardly exceeds


def refused(content: Content, run: Run, where: Where) -> list[Problem]:
    """Every figure of the content's history that cannot be, as `xinzhi check` finds them: by itself, and beside the
    baseline ``run``."""
    problems, last = Problems(), content.model.control("FINAL TIME")
    check_fitted(content.fit, content.anchors, content.history.series, last, where, problems)
    check_plausible(content.indicators, content.targets, content.history.series, where, problems)
    once: dict[Place | None, Problem] = {}
    for it in (*problems.noted, *implausible(content, run, where)):
        once.setdefault(it.place, it)
    return list(once.values())


def implausible(content: Content, run: Run, where: Where | str) -> list[Problem]:
    """Every observation (``where``: the file, or a place for each) that is of another sign than the model's value, five
    times it or a tenth.

    An indicator that states a plausible range was checked against that when it was read; within it, a figure is told
    that is twenty times off the model, such as a fraction that was meant as a percentage, and off the range's end.
    """
    at = in_file(where) if isinstance(where, str) else where
    problems = []
    for key, indicator in content.indicators.items():
        series = content.history.series.get(key)
        for observation in () if series is None else series.observations:
            simulated = run.at(key, observation.time) * indicator.factor if observation.time in run.times else 0.0
            if simulated and not _possible(indicator, observation, simulated):
                problems.append(
                    Problem(
                        at(key, observation),
                        msg(
                            '"{name}" is {value} in {year}, the model says {simulated}',
                            name=key,
                            value=f"{observation.value:g}",
                            year=observation.time,
                            simulated=rounded(simulated),
                        ),
                        _remedy(indicator, observation.value, simulated),
                    )
                )
    return problems


def _possible(indicator: Indicator, figure: Observation, simulated: float) -> bool:
    times = figure.value / simulated
    if indicator.plausible is None:
        return LEAST_PART <= times <= MOST_TIMES
    low, high = indicator.plausible
    if low < 0 or figure.value == 0:  # a rate, or what may be nothing
        return True
    small = times < 1 / OFF and figure.value < high / OFF
    return not small and not (times > OFF and figure.value > low * OFF)


def _fraction(indicator: Indicator, value: float, simulated: float) -> bool:
    """Whether 0.45 seems to be written for 45 %."""
    return indicator.unit == "%" and 1 / MOST_TIMES <= value * PERCENT / simulated <= MOST_TIMES


def _remedy(indicator: Indicator, value: float, simulated: float) -> Message:
    """What to do about a figure that is far from the model's."""
    times, id_ = value / simulated, indicator.id
    if value == 0:
        return CAN_BE_NOTHING
    if ten_thousandfold(times, 1 / MOST_TIMES, MOST_TIMES, indicator.unit):
        return WRONG_UNIT
    if _fraction(indicator, value, simulated):
        return msg('a fraction is suspected where per cent are meant, such as 0.45 for 45%: convert the figure, or '
                   'bound "plausible" of {indicator} more narrowly', indicator=id_)  # fmt: skip
    if abs(value) < RATE and abs(times) < LEAST_PART**2:
        return msg('a growth rate is suspected where the level is meant: write the level, or state "plausible" of '
                   '{indicator} in indicators.yaml', indicator=id_)  # fmt: skip
    if indicator.plausible is not None:
        return msg('correct the figure or its unit, or narrow "plausible" of {indicator}', indicator=id_)
    return msg('correct the figure or its unit, or state "plausible" in indicators.yaml')
