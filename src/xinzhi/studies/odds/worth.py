"""Which open question of fact would change what one says of a target: the expected value of partial information."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import scipy

from xinzhi.content.content import Content
from xinzhi.futures.ensemble import Bools, Ensemble
from xinzhi.futures.target_odds import Odds, TargetOdds, Worth
from xinzhi.quiet import quiet
from xinzhi.simulate import FloatArray

SURE = 1e-4  # significance below which a question says something of a target: hundreds of pairs are tested
SOUND = 1e8  # condition of the squares' matrix up to which a plain factorisation serves
CANDIDATES = 4  # constants a target, the most correlated, whose worth is worked out


def with_worth(content: Content, ensemble: Ensemble, odds: Odds) -> Odds:
    """The ``odds`` of the ``ensemble`` with what knowing its open questions and its constants would bring."""
    sound = ensemble.sound
    questions = {name: ensemble.design.start[name][sound] for name in _questions(content)}
    scores = {name: normal_scores(values) for name, values in questions.items()}
    names = [name for name in ensemble.design.columns if name in content.model.variables]
    constants = np.array([normal_scores(ensemble.design.columns[name][sound]) for name in names])
    anchored = set(content.fit.anchored if content.fit else ())
    targets = []
    for row in odds.targets:
        met = ensemble.met(content, row.target)
        best = candidates(constants, met, names, anchored)
        targets.append(_of_target(ensemble, row, met, questions, scores, best))
    return replace(odds, targets=tuple(targets), valued=True)


def _questions(content: Content) -> list[str]:
    return list(content.fit.base_year) if content.fit is not None else []


def normal_scores(values: FloatArray) -> FloatArray:
    """Ranks as standard normal numbers: a question's form must not matter."""
    return np.asarray(scipy.special.ndtri((scipy.stats.rankdata(values) - 0.5) / len(values)))


def _of_target(
    ensemble: Ensemble, odds: TargetOdds, met: Bools, questions: Mapping[str, FloatArray],
    scores: Mapping[str, FloatArray], best: Mapping[str, FloatArray],
) -> TargetOdds:  # fmt: skip
    effective, sound = ensemble.effective, ensemble.sound
    worth = [_worth(name, True, met, [scores[name]], values, effective) for name, values in questions.items()]
    constants = [
        _worth(name, False, met, [score], ensemble.design.columns[name][sound], effective)
        for name, score in best.items()
    ]
    return replace(
        odds,
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
    odds = _conditional_odds(met, scores, effective)
    if odds is None:
        return Worth(name, of_base_year, wrong, wrong, None)
    then = float(np.minimum(odds, 1 - odds).mean())
    turns = None
    if values is not None and odds.min() < 0.5 < odds.max():
        turns = float(values[int(np.argmin(np.abs(odds - 0.5)))])
    return Worth(name, of_base_year, wrong, min(then, wrong), turns)


def _conditional_odds(met: Bools, scores: Sequence[FloatArray], effective: float) -> FloatArray | None:
    """The members' odds given their scores, shape (members,); None where they say nothing of the target."""
    if met.all() or not met.any():
        return None
    rows = np.column_stack([np.ones(len(met)), *scores, *(score**2 - 1 for score in scores)])
    off = met - met.mean()
    gram = rows.T @ rows
    explained = off @ rows @ np.linalg.lstsq(gram, rows.T @ off, rcond=None)[0] / (off @ off)
    if scipy.stats.chi2.sf(effective * explained, rows.shape[1] - 1) > SURE:
        return None
    import statsmodels.api as sm

    with quiet(), np.errstate(all="ignore"):  # perfect separation: the odds are then 0 and 1, as they should be
        quickest = "qr" if np.linalg.cond(gram) < SOUND else "lstsq"
        fitted = sm.GLM(met.astype(float), rows, family=sm.families.Binomial()).fit(maxiter=50, wls_method=quickest)
        return np.asarray(fitted.fittedvalues)
