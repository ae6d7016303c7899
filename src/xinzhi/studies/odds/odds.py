"""How likely each target is in an ensemble, and which open question of fact would change what one says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.futures.ensemble import Bools, Ensemble, joint_share
from xinzhi.quiet import quiet
from xinzhi.simulate import FloatArray

SURE = 1e-4  # significance below which a question says something of a target: hundreds of pairs are tested
CANDIDATES = 4  # constants a target, the most correlated, whose worth is worked out
QUANTILES = (0.1, 0.5, 0.9)


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

    ``worth`` are the questions of the base year, ``constants`` the model's constants most worth knowing, both by gain.
    """

    target: Target
    odds: float
    error: float
    value: tuple[float, float, float]
    worth: tuple[Worth, ...]
    together: Worth | None
    constants: tuple[Worth, ...]

    @property
    def wrong(self) -> float:
        """How often the likelier verdict is wrong: what perfect information on everything would bring."""
        return min(self.odds, 1 - self.odds)


@dataclass(frozen=True, eq=False)
class Odds:
    """Of all targets in an ensemble; ``headline`` and ``every`` are the odds of all of them at once.

    ``effective`` members say as much as the ensemble, which is less than their number where new figures weigh them.
    """

    ensemble: Ensemble
    effective: float
    targets: tuple[TargetOdds, ...]
    headline: float
    every: float


def find_odds(content: Content, ensemble: Ensemble, effective: float | None = None) -> Odds:
    """The odds of every target among the sound members, none of which is left out silently (`Ensemble.failed`).

    ``effective`` members say as much, where that is less than all.
    """
    count = float(ensemble.sound.sum()) if effective is None else effective
    met = {it.id: ensemble.met(content, it) for it in content.targets.values()}
    sound = ensemble.sound
    questions = {name: ensemble.design.start[name][sound] for name in _questions(content)}
    scores = {name: normal_scores(values) for name, values in questions.items()}
    names = [name for name in ensemble.design.columns if name in content.model.variables]
    constants = np.array([normal_scores(ensemble.design.columns[name][sound]) for name in names])
    found = []
    for it in content.targets.values():
        best = candidates(constants, met[it.id], names, set(content.fit.anchored if content.fit else ()))
        found.append(_of_target(content, ensemble, it, met[it.id], questions, scores, best, count))
    headline = [met[it.id] for it in content.targets.values() if it.headline]
    return Odds(ensemble, count, tuple(found), joint_share(headline), joint_share(list(met.values())))


def _questions(content: Content) -> list[str]:
    return list(content.fit.base_year) if content.fit is not None else []


def normal_scores(values: FloatArray) -> FloatArray:
    """Ranks as standard normal numbers: a question's form must not matter."""
    return np.asarray(scipy.special.ndtri((scipy.stats.rankdata(values) - 0.5) / len(values)))


def _of_target(
    content: Content, ensemble: Ensemble, target: Target, met: Bools, questions: Mapping[str, FloatArray],
    scores: Mapping[str, FloatArray], best: Mapping[str, FloatArray], effective: float,
) -> TargetOdds:  # fmt: skip
    share = float(met.mean())
    worth = [_worth(name, True, met, [scores[name]], values, effective) for name, values in questions.items()]
    sound = ensemble.sound
    constants = [
        _worth(name, False, met, [score], ensemble.design.columns[name][sound], effective)
        for name, score in best.items()
    ]
    low, middle, high = (float(value) for value in np.quantile(ensemble.figures(content, target), QUANTILES))
    return TargetOdds(
        target=target,
        odds=share,
        error=float(np.sqrt(share * (1 - share) / max(effective, 1))),
        value=(low, middle, high),
        worth=tuple(sorted(worth, key=lambda it: -it.gain)),
        together=_worth(None, True, met, list(scores.values()), None, effective) if len(scores) > 1 else None,
        constants=tuple(sorted(constants, key=lambda it: -it.gain)),
    )


def candidates(
    scores: FloatArray, met: Bools, names: Sequence[str], without: set[str], most: int = CANDIDATES
) -> dict[str, FloatArray]:
    """The ``most`` constants most correlated with reaching a target; those that anchoring moves are consequences, not
    causes."""
    if met.all() or not met.any():
        return {}
    strength = np.abs(scores @ (met - met.mean()))
    order = [int(row) for row in np.argsort(-strength) if names[int(row)] not in without]
    return {names[row]: scores[row] for row in order[:most]}


def _worth(
    name: str | None, of_base_year: bool, met: Bools, scores: Sequence[FloatArray], values: FloatArray | None,
    effective: float,
) -> Worth:  # fmt: skip
    """The odds given the scores by a logistic regression on them and their squares (Strong, Oakley, Brennan 2014: the
    expected value of partial perfect information by regression); no gain where a score test sees none."""
    share = float(met.mean())
    wrong = min(share, 1 - share)
    odds = _given(met, scores, effective)
    if odds is None:
        return Worth(name, of_base_year, wrong, wrong, None)
    then = float(np.minimum(odds, 1 - odds).mean())
    turns = None
    if values is not None and odds.min() < 0.5 < odds.max():
        turns = float(values[int(np.argmin(np.abs(odds - 0.5)))])
    return Worth(name, of_base_year, wrong, min(then, wrong), turns)


def _given(met: Bools, scores: Sequence[FloatArray], effective: float) -> FloatArray | None:
    """The members' odds given their scores, shape (members,); None where they say nothing of the target."""
    if met.all() or not met.any():
        return None
    rows = np.column_stack([np.ones(len(met)), *scores, *(score**2 - 1 for score in scores)])
    off = met - met.mean()
    explained = off @ rows @ np.linalg.lstsq(rows, off, rcond=None)[0] / (off @ off)
    if scipy.stats.chi2.sf(effective * explained, rows.shape[1] - 1) > SURE:
        return None
    import statsmodels.api as sm

    with quiet(), np.errstate(all="ignore"):  # perfect separation: the odds are then 0 and 1, as they should be
        fitted = sm.GLM(met.astype(float), rows, family=sm.families.Binomial()).fit(maxiter=50)
        return np.asarray(fitted.fittedvalues)
