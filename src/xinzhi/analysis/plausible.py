"""Is an observed figure possible at all, beside what the model says of the same year?"""

from __future__ import annotations

from xinzhi.content.history import Observation
from xinzhi.content.indicator import Indicator
from xinzhi.content.plausible import (
    CAN_BE_NOTHING,
    WRONG_UNIT,
    Where,
    check_fitted,
    check_plausible,
    in_file,
    rounded,
    ten_thousandfold,
)
from xinzhi.content.project import Content
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Message, Problem, msg
from xinzhi.simulate import Run

MOST_TIMES = 5.0
LEAST_PART = 0.1
PERCENT = 100.0
RATE = 100.0  # per cent a year that a growth rate hardly exceeds


def refused(content: Content, run: Run, where: Where) -> list[Problem]:
    """Every figure of the content's history that cannot be, as `xinzhi check` finds them: by itself, and beside the
    baseline ``run``."""
    problems = Problems()
    check_plausible(content.indicators, content.targets, content.history.series, where, problems)
    last = content.model.control("FINAL TIME")
    check_fitted(content.fit, content.anchors, content.history.series, last, where, problems)
    told = {it.place for it in problems.found}
    return problems.found + [it for it in implausible(content, run, where) if it.place not in told]


def implausible(content: Content, run: Run, where: Where | str) -> list[Problem]:
    """Every observation (``where``: the file, or a place for each) that is of another sign than the model's value, five
    times it or a tenth.

    An indicator that states a plausible range was checked against that when it was read; a fraction that was meant as
    a percentage lies within it and is told here.
    """
    at = in_file(where) if isinstance(where, str) else where
    found = []
    for key, indicator in content.indicators.items():
        series = content.history.series.get(key)
        for observation in () if series is None else series.observations:
            simulated = run.at(key, observation.time) * indicator.factor if observation.time in run.times else 0.0
            if simulated and not _possible(indicator, observation, simulated):
                found.append(
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
    return found


def _possible(indicator: Indicator, it: Observation, simulated: float) -> bool:
    if indicator.plausible is None:
        return LEAST_PART <= it.value / simulated <= MOST_TIMES
    return not _fraction(indicator, it.value, simulated)


def _fraction(indicator: Indicator, value: float, simulated: float) -> bool:
    """Whether 0.45 seems to be written for 45 %."""
    if indicator.unit != "%" or value / simulated >= LEAST_PART:
        return False
    meant = value * PERCENT
    within = indicator.plausible is None or indicator.plausible[0] <= meant <= indicator.plausible[1]
    return within and 1 / MOST_TIMES <= meant / simulated <= MOST_TIMES


def _remedy(indicator: Indicator, value: float, simulated: float) -> Message:
    """What to do about a figure that is far from the model's."""
    times, id_ = value / simulated, indicator.id
    if value == 0:
        return CAN_BE_NOTHING
    if ten_thousandfold(times, 1 / MOST_TIMES, MOST_TIMES, indicator.unit):
        return WRONG_UNIT
    if _fraction(indicator, value, simulated):
        return msg('a fraction is suspected where per cent are meant, such as 0.45 for 45%: convert the figure, or '
                   'narrow "plausible" of {indicator}', indicator=id_)  # fmt: skip
    if abs(value) < RATE and abs(times) < LEAST_PART**2:
        return msg('a growth rate is suspected where the level is meant: write the level, or state "plausible" of '
                   '{indicator} in indicators.yaml', indicator=id_)  # fmt: skip
    return msg('correct the figure or its unit, or state "plausible" in indicators.yaml')
