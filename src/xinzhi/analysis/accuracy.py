"""How well the model repeats history: simulated against observed, series by series."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.history import Observation, Series
from xinzhi.content.indicator import Indicator
from xinzhi.simulate import Run


@dataclass(frozen=True, repr=False)
class Accuracy(Brief):
    """One indicator against its series. Errors are relative, simulated over observed minus 1.

    ``mean_error`` is the mean absolute error over the observed years of the run up to the base year, ``base_error``
    the error in the base year (None where nothing was observed then). ``without`` are the figures of which there is no
    relative error: zeros; ``outside`` those of years that the run does not have.
    """

    indicator: Indicator
    series: Series
    errors: tuple[tuple[Observation, float], ...]
    mean_error: float | None
    base_error: float | None
    without: tuple[Observation, ...] = ()
    outside: tuple[Observation, ...] = ()

    @property
    def status(self) -> str:
        """The weakest status among the observations that were compared."""
        order = ("assumed", "estimated", "recalled", "published")
        statuses = {observation.status for observation, _ in self.errors}
        return next((status for status in order if status in statuses), "estimated")

    def brief(self) -> str:
        return f"{self.indicator.id}, {len(self.errors)} observations"


def accuracy(content: Content, run: Run) -> tuple[Accuracy, ...]:
    """Every indicator that has a history, in the indicators' order."""
    return tuple(
        _against(indicator, content.history.series[key], run, content.region.plan.base_year)
        for key, indicator in content.indicators.items()
        if key in content.history.series
    )


def _against(indicator: Indicator, series: Series, run: Run, base_year: int) -> Accuracy:
    within = [it for it in series.observations if it.time in run.times]
    errors = tuple(
        (it, run.at(indicator.id, it.time) * indicator.factor / it.value - 1) for it in within if it.value != 0
    )
    past = [abs(error) for observation, error in errors if observation.time <= base_year]
    base = next((error for observation, error in errors if observation.time == base_year), None)
    return Accuracy(
        indicator, series, errors, sum(past) / len(past) if past else None, base,
        without=tuple(it for it in within if it.value == 0),
        outside=tuple(it for it in series.observations if it.time not in run.times),
    )  # fmt: skip
