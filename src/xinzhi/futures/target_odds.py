"""How likely each target is among the members of an ensemble, and how sure that figure is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from xinzhi.analysis.verdict import meets
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target, headline
from xinzhi.futures.ensemble import Ensemble, joint_share
from xinzhi.simulate import FloatArray, Run

if TYPE_CHECKING:
    import pandas as pd

Figure = TypeVar("Figure", float, FloatArray)
QUANTILES = (0.1, 0.5, 0.9)
BAND = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True)
class Worth:
    """What knowing one thing would bring: how often a verdict given now is wrong, and how often then.

    ``name`` is an indicator's id (``of_base_year``) or a constant's name; None stands for all questions of the base
    year together. ``turns`` is where the odds pass one half, in the unit of the indicator or constant, None where they
    do not.
    """

    name: str | None
    of_base_year: bool
    wrong: float
    then: float
    turns: float | None

    @property
    def gain(self) -> float:
        """The expected value of partial perfect information, as a share of verdicts put right."""
        return self.wrong - self.then


@dataclass(frozen=True)
class TargetOdds:
    """A target's odds with their Monte Carlo standard error, and 10, 50 and 90 % of its value in its unit.

    ``worth`` are the questions of the base year, ``together`` all of them at once, ``constants`` the model's constants
    most worth knowing, both by gain; nothing where the value of information was not asked for.
    """

    target: Target
    odds: float
    error: float
    value: tuple[float, float, float]
    worth: tuple[Worth, ...] = ()
    together: Worth | None = None
    constants: tuple[Worth, ...] = ()

    @property
    def wrong(self) -> float:
        """How often the likelier verdict is wrong: what perfect information on everything would bring."""
        return min(self.odds, 1 - self.odds)


@dataclass(frozen=True, eq=False, repr=False)
class Odds(Brief):
    """Of all targets under one lever set; ``headline`` and ``every`` are the odds of all of them at once.

    Of ``members`` futures ``failed`` gave no number or do not start at the statistics, and are left out. The others say
    as much as ``effective`` members, which is less than their number where new figures weigh them. Anchoring took
    ``anchoring`` half-length runs a member. ``valued``: what would be worth measuring was asked for.
    """

    run: Run
    targets: tuple[TargetOdds, ...]
    headline: float
    headline_error: float
    every: float
    every_error: float
    members: int
    failed: int
    effective: float
    seed: int
    anchoring: float
    valued: bool = False

    def brief(self) -> str:
        return (f"{self.run.scenario}: {len(self.targets)} targets, headline ones together {self.headline:.3f}, "
                f"all {self.every:.3f}, {self.members:,} members")  # fmt: skip

    def _repr_html_(self) -> str:
        from xinzhi.formats.notebook import frame_html

        return frame_html(self.to_pandas())

    def to_pandas(self) -> pd.DataFrame:
        """A row a target: odds with their standard error, 10, 50 and 90 % of its value in its unit."""
        import pandas as pd

        rows = [(it.odds, it.error, *it.value) for it in self.targets]
        index = pd.Index([it.target.id for it in self.targets], name="target")
        return pd.DataFrame(rows, index=index, columns=["odds", "standard_error", "p10", "p50", "p90"])


def find_odds(content: Content, ensemble: Ensemble) -> Odds:
    """The odds of every target among the sound members, none of which is left out silently (`Odds.failed`).

    NaN where no member is sound.
    """
    count = ensemble.effective
    met, targets = {}, []
    for target in content.targets.values():
        figures = ensemble.figures(content, target)
        met[target.id] = meets(target, figures)
        share = joint_share([met[target.id]])
        low, middle, high = (float(it) for it in quantiles(figures, QUANTILES))
        targets.append(TargetOdds(target, share, float(standard_error(share, count)), (low, middle, high)))
    together = joint_share([met[it.id] for it in headline(content.targets)])
    every = joint_share(list(met.values()))
    design = ensemble.design
    return Odds(
        run=ensemble.run, targets=tuple(targets),
        headline=together, headline_error=float(standard_error(together, count)),
        every=every, every_error=float(standard_error(every, count)),
        members=design.members, failed=ensemble.failed, effective=count, seed=design.seed, anchoring=design.runs,
    )  # fmt: skip


def standard_error(odds: Figure, effective: Figure) -> Figure:
    """The Monte Carlo standard error of ``odds`` that so many equally weighted members gave, of any shape."""
    error: Figure = np.sqrt(odds * (1 - odds) / np.maximum(effective, 1.0))
    return error


def find_bands(content: Content, ensemble: Ensemble) -> Mapping[str, FloatArray]:
    """`BAND` of the headline targets' indicators in their units, shape (quantiles, years of the ensemble), by id."""
    shown = dict.fromkeys(it.indicator for it in headline(content.targets))
    return {name: quantiles(ensemble.of(name), BAND) * content.indicators[name].factor for name in shown}


def quantiles(values: FloatArray, shares: tuple[float, ...]) -> FloatArray:
    """Of the members, which are the last axis: shape (shares, ...); NaN where there is no member."""
    if not values.shape[-1]:
        return np.full((len(shares), *values.shape[:-1]), np.nan)
    return np.asarray(np.quantile(values, shares, axis=-1))
