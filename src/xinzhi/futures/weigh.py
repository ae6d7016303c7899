"""Members weighed by new figures: those that forecast them well count for more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xinzhi.content.content import Content
from xinzhi.content.history import Observation
from xinzhi.futures.ensemble import Bools, Design, Ensemble, run_ensemble
from xinzhi.futures.statistical_errors import Predicted, predict
from xinzhi.simulate import FloatArray, Run, Simulator


def new_figures(content: Content) -> dict[str, list[Observation]]:
    """The figures after the last fitted year, of every series that the fit's plan describes, in order."""
    plan = content.fit
    if plan is None:
        return {}
    found = {
        name: [it for it in content.history.series[name].observations if it.time > plan.last] for name in plan.series
    }
    return {name: rows for name, rows in found.items() if rows}


def predicted(content: Content, ensemble: Ensemble, name: str, later: Sequence[Observation], until: int) -> Predicted:
    """What the sound members say of figures ``later`` than the year ``until``, in the indicator's unit, given those
    up to it."""
    assert content.fit is not None
    own = content.fit.series[name]
    past = [it for it in content.history.series[name].observations if it.time <= until]
    known = [it for it in past if it.time not in own.without] or past
    logs = np.log(np.maximum(ensemble.of(name) * content.indicators[name].factor, 1e-300))
    return predict(content, name, logs, ensemble.years[0], known, later)


def weigh(content: Content, ensemble: Ensemble) -> FloatArray:
    """Each sound member's share by how well it forecast the new figures of the fitted series; they add up to 1."""
    total, plan = np.zeros(int(ensemble.sound.sum())), content.fit
    for name, rows in new_figures(content).items():
        if plan is not None and plan.series[name].fitted:
            found = predicted(content, ensemble, name, rows, plan.last)
            total += found.log_likelihood(np.log([it.value for it in rows]))
    shares = np.exp(total - total.max())
    return np.asarray(shares / shares.sum())


def effective(weights: FloatArray) -> float:
    """How many equally weighted members say as much (Kish)."""
    return float(1 / (weights**2).sum())


def resampled(design: Design, sound: Bools, weights: FloatArray, seed: int) -> Design:
    """A design of as many members, the sound ones taken as often as they weigh (systematic resampling), shuffled."""
    members, rng = design.members, np.random.default_rng([seed, 2])
    places = (np.arange(members) + rng.random()) / members
    kept = np.flatnonzero(sound)[np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)]
    rng.shuffle(kept)
    return replace(
        design,
        columns={name: values[kept] for name, values in design.columns.items()},
        start={name: values[kept] for name, values in design.start.items()},
        met=design.met[kept],
    )


def informed(content: Content, simulator: Simulator, design: Design, baseline: Run, seed: int) -> tuple[Design, float]:
    """The design weighted by the figures after the last fitted year, and how many members still count.

    They came as things are, so it is the ``baseline`` that is held against them.
    """
    if not new_figures(content):
        return design, float(design.members)
    ensemble = run_ensemble(content, simulator, design, baseline)
    weights = weigh(content, ensemble)
    return resampled(design, ensemble.sound, weights, seed), effective(weights)
