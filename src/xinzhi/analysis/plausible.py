"""Is an observed figure possible at all, beside what the model says of the same year?"""

from __future__ import annotations

from xinzhi.content.plausible import ten_thousandfold
from xinzhi.content.project import Content
from xinzhi.errors import Message, Place, Problem, msg
from xinzhi.simulate import Run

MOST_TIMES = 5.0


def implausible(content: Content, run: Run, shown_as: str) -> list[Problem]:
    """Every observation of history.csv (``shown_as``) that is of another sign than the model's value, or five times it.

    An indicator that states a plausible range was checked against that when it was read.
    """
    found = []
    for key, indicator in content.indicators.items():
        series = content.history.series.get(key)
        if series is None or indicator.plausible is not None:
            continue
        for observation in series.observations:
            if observation.time not in run.times:
                continue
            simulated = run.at(key, observation.time) * indicator.factor
            if simulated and not 0 <= observation.value / simulated <= MOST_TIMES:
                found.append(
                    Problem(
                        Place(shown_as, observation.line),
                        msg(
                            '"{name}" is {value} in {year}, the model says {simulated}',
                            name=key,
                            value=f"{observation.value:g}",
                            year=observation.time,
                            simulated=f"{simulated:.4g}",
                        ),
                        _remedy(observation.value / simulated, indicator.unit),
                    )
                )
    return found


def _remedy(times: float, unit: str) -> Message:
    """What to do about a figure that is so many times the model's."""
    if ten_thousandfold(times, 1 / MOST_TIMES, MOST_TIMES, unit):
        return msg("a factor of 10,000 is suspected, such as 万元 written for 亿元: convert the figure")
    return msg('correct the figure or its unit, or state "plausible" in indicators.yaml')
