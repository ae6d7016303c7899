"""What each lever alone does for each target, and what two do together: one batch of runs, a matrix, lists from it.

A change is told in the target's unit, and as a share of what the document asks for: the way from the base figure to
the threshold, at least a tenth of the threshold. So +2 points of R&D growth and +40 platforms can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from xinzhi.analysis.verdict import figure
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.content.lever import Lever, Setting
from xinzhi.simulate import FloatArray, Run, Simulator

MATERIAL = 0.03  # of what is asked for: less is not told
NOTHING = 0.005  # a lever that moves no target by more than this is told as one that moves nothing alone
SMALLEST_WAY = 0.1  # of the threshold
ENDS = ("low", "high")


@dataclass(frozen=True)
class Effect:
    """What a lever at one of its ends does to a target: ``change`` in the target's unit, ``share`` of what is asked.

    A positive ``share`` brings the target nearer.
    """

    lever: Lever
    end: str
    target: Target
    change: float
    share: float


@dataclass(frozen=True)
class Pair:
    """Two targets that one lever moves: both the same way (they go together), or against each other."""

    first: Effect
    second: Effect

    @property
    def helps(self) -> bool:
        return (self.first.share > 0) == (self.second.share > 0)

    @property
    def headlines(self) -> int:
        """How many of the two are headline targets."""
        return int(self.first.target.headline) + int(self.second.target.headline)

    @property
    def strength(self) -> float:
        """The smaller of the two shares."""
        return min(abs(self.first.share), abs(self.second.share))


@dataclass(frozen=True)
class Together:
    """A lever that moves nothing alone, and what it adds where another lever stands at its high end: where it helps
    most, or harms most where it helps nowhere."""

    lever: Lever
    other: Lever
    effect: Effect


@dataclass(frozen=True)
class Gains:
    """``scenario`` is where the levers are moved. ``asked`` (targets,) is the way from base figure to threshold.

    ``values`` (targets,) are the scenario's own; ``changes`` has shape (ends, levers, targets), in the targets' units;
    ``joint`` (levers, levers, targets) is what two levers do at their high ends together.
    """

    scenario: str
    levers: tuple[Lever, ...]
    targets: tuple[Target, ...]
    values: FloatArray
    asked: FloatArray
    changes: FloatArray
    joint: FloatArray

    @cached_property
    def shares(self) -> FloatArray:
        """`changes` as shares of what is asked, positive where a target comes nearer."""
        return self.as_shares(self.changes)

    def as_shares(self, changes: FloatArray) -> FloatArray:
        """Changes, shape (…, targets), as shares of what is asked, positive where a target comes nearer."""
        signs = np.array([1.0 if target.sense == ">=" else -1.0 for target in self.targets])
        shares: FloatArray = changes * signs / self.asked
        return shares

    def effect(self, end: int, lever: int, target: int) -> Effect:
        return Effect(
            self.levers[lever],
            ENDS[end],
            self.targets[target],
            float(self.changes[end, lever, target]),
            float(self.shares[end, lever, target]),
        )

    def change(self, target_id: str, lever_id: str) -> float:
        """What a lever at the end farther from its base adds to a target, in the target's unit."""
        lever = next(index for index, lever in enumerate(self.levers) if lever.id == lever_id)
        target = next(index for index, target in enumerate(self.targets) if target.id == target_id)
        return float(self.changes[far_end(self.levers[lever]), lever, target])

    def strongest(self, target: int) -> Effect | None:
        """What brings a target nearest, by one lever alone; None where nothing is material."""
        shares = self.shares[:, :, target]
        end, lever = np.unravel_index(int(np.argmax(shares)), shares.shape)
        return self.effect(int(end), int(lever), target) if shares[end, lever] >= MATERIAL else None

    def helpful(self) -> FloatArray:
        """The share of what is asked that each lever can bring at its better end: shape (levers, targets), 0 and up."""
        best: FloatArray = np.maximum(self.shares.max(axis=0), 0.0)
        return best


def far_end(lever: Lever) -> int:
    """Which of `ENDS` is farther from the lever's base."""
    return int(lever.high - lever.base >= lever.base - lever.low)


def find_gains(content: Content, simulator: Simulator, run: Run) -> Gains:
    """Every lever at either end alone, and every two at their high ends, over ``run``: one call of the engine.

    A lever keeps the run's start year and ramp. Raises `SimulationError`.
    """
    settings = run.settings
    levers, targets = tuple(content.sheet.levers.values()), tuple(content.targets.values())

    def moved(*ends: tuple[Lever, float]) -> dict[str, Setting]:
        return {**settings, **{lever.id: replace(settings[lever.id], value=value) for lever, value in ends}}

    pairs = list(combinations(range(len(levers)), 2))
    batch: list[Mapping[str, Setting]] = [settings]
    batch += [moved((lever, lever.low)) for lever in levers] + [moved((lever, lever.high)) for lever in levers]
    batch += [moved((levers[a], levers[a].high), (levers[b], levers[b].high)) for a, b in pairs]
    judged = _judged(content, simulator, targets, simulator.run_batch(batch, run))
    apart = judged[:, 1:] - judged[:, :1]
    count = len(levers)
    joint = np.zeros((count, count, len(targets)))
    for (a, b), column in zip(pairs, apart[:, 2 * count :].T, strict=True):
        joint[a, b] = joint[b, a] = column
    changes = apart[:, : 2 * count].T.reshape(2, count, len(targets))
    asked = np.array([asked_for(target) for target in targets])
    return Gains(run.scenario, levers, targets, judged[:, 0], asked, changes, joint)


def _judged(content: Content, simulator: Simulator, targets: Sequence[Target], values: FloatArray) -> FloatArray:
    """The targets' values: shape (targets, members)."""
    rows = {key: row for row, key in enumerate(content.indicators)}
    first = simulator.years[0]
    return np.array(
        [
            figure(target, content.indicators[target.indicator].factor, values[rows[target.indicator]], first)
            for target in targets
        ]
    )


def asked_for(target: Target) -> float:
    """What the document asks for, in the target's unit: the way from the base figure, or the growth or change itself.

    At least a tenth of the threshold: one technology more than the 29 of the base year is no measure of 30.
    """
    way = abs(target.threshold - target.base.value) if target.measure == "level" else abs(target.threshold)
    return max(way, SMALLEST_WAY * abs(target.threshold)) or 1.0


def find_pairs(gains: Gains) -> tuple[Pair, ...]:
    """Every two targets that one lever at its far end moves materially: for each two, the lever that does most.

    Headline targets come first, then the strongest.

    Two targets may stand here twice: one lever helps both, another sets them against each other.
    """
    best: dict[tuple[int, int, bool], Pair] = {}
    for lever in range(len(gains.levers)):
        end = far_end(gains.levers[lever])
        material = np.flatnonzero(np.abs(gains.shares[end, lever]) >= MATERIAL)
        for a, b in combinations(material.tolist(), 2):
            pair = Pair(gains.effect(end, lever, a), gains.effect(end, lever, b))
            key = (a, b, pair.helps)
            if key not in best or pair.strength > best[key].strength:
                best[key] = pair
    return tuple(sorted(best.values(), key=lambda pair: (-pair.headlines, -pair.strength)))


def find_together(gains: Gains) -> tuple[Together, ...]:
    """Levers that move no target alone, each beside the lever and for the target where it matters most."""
    together = []
    for index, lever in enumerate(gains.levers):
        if np.abs(gains.shares[:, index]).max() > NOTHING:
            continue
        added = gains.as_shares(gains.joint[index] - gains.changes[1])
        added[index] = 0.0
        helps = added.max() > NOTHING
        other, target = np.unravel_index(int(np.argmax(added if helps else -added)), added.shape)
        share = float(added[other, target])
        if abs(share) > NOTHING:
            change = float(gains.joint[index, other, target] - gains.changes[1, other, target])
            effect = Effect(lever, "high", gains.targets[target], change, share)
            together.append(Together(lever, gains.levers[other], effect))
    return tuple(together)
