"""What an ensemble comes to: quantiles, odds with the error of the estimate, all headline targets and all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from xinzhi.analysis.verdict import meets
from xinzhi.content.content import Content
from xinzhi.simulate import FloatArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LEVEL = 0.95


@dataclass(frozen=True)
class Share:
    """A share of the sound members with the ends of its 95 % interval (Jeffreys)."""

    odds: float
    low: float
    high: float


@dataclass(frozen=True)
class Summary:
    """Of one scenario. ``figures`` are quantiles (`QUANTILES`) by column; ``targets`` the odds by target."""

    scenario: str
    members: int
    failed: int
    figures: dict[str, tuple[float, ...]]
    targets: dict[str, Share]
    headline: Share
    every: Share


def summarise(content: Content, scenario: str, columns: Iterable[tuple[str, FloatArray]], share: float) -> Summary:
    """``columns`` are of all members; a failed one is NaN in all. Members count as ``share`` of their number."""
    figures, targets, met_all, met_headline = {}, {}, None, None
    members = failed = 0
    for name, values in columns:
        sound = np.isfinite(values)
        members, failed = len(values), int((~sound).sum())
        figures_of = values[sound]
        figures[name] = tuple(float(it) for it in np.quantile(figures_of, QUANTILES)) if figures_of.size else ()
        target = content.targets.get(name)
        if target is None:
            continue
        met = meets(target, figures_of)
        targets[name] = _share(met, share)
        met_all = met if met_all is None else met_all & met
        if target.headline:
            met_headline = met if met_headline is None else met_headline & met
    nothing = np.zeros(0, dtype=bool)
    return Summary(
        scenario, members, failed, figures, targets,
        _share(nothing if met_headline is None else met_headline, share),
        _share(nothing if met_all is None else met_all, share),
    )  # fmt: skip


def _share(met: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], share: float) -> Share:
    from statsmodels.stats.proportion import proportion_confint

    if not met.size:
        return Share(float("nan"), 0.0, 1.0)
    odds, count = float(met.mean()), max(met.size * share, 1.0)
    low, high = proportion_confint(odds * count, count, alpha=1 - LEVEL, method="jeffreys")
    return Share(odds, float(low), float(high))
