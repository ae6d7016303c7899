"""Scenario discovery: which futures miss a target, as boxes (PRIM) and as a decision tree.

Lempert, Groves, Popper and Bankes 2006; Bryant and Lempert 2010. Inputs are the constants most correlated with the
outcome and the base year's open figures, never constants that anchoring moves: these are consequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.futures.ensemble import Bools, Ensemble
from xinzhi.simulate import FloatArray, Run
from xinzhi.studies.discover.prim import Cases, Step, freed, trajectory
from xinzhi.studies.odds.worth import candidates, normal_scores

if TYPE_CHECKING:
    import pandas as pd

CONSTANTS = 20  # the most correlated ones, that are searched
FEWEST = 50  # futures on either side: fewer cannot be told from chance
RESTRICTED = 4  # inputs of a box, at most: more is no longer read as a scenario
SIGNIFICANT = 0.05  # quasi-p-value that every limit must have
BOXES = 3
WORTHWHILE = 0.1  # of `Box.lift`, for a box to be told
DEPTH = 3  # of the tree
LEAF = 0.05  # share of the futures in a leaf, at least, as PRIM's smallest box


@dataclass(frozen=True)
class Input:
    """A constant by its name (model units), or (``of_base_year``) the base year's figure of an indicator by its id, in
    its unit."""

    name: str
    of_base_year: bool


@dataclass(frozen=True)
class Limit:
    """An input within ``low`` and ``high``, None where it is open, with the quasi-p-value of each end."""

    input: Input
    low: float | None
    high: float | None
    low_p: float | None
    high_p: float | None


@dataclass(frozen=True)
class Box:
    """Futures in which a target is missed (or met): all ``limits`` hold, the one that matters most first.

    ``coverage`` is the share of such futures that are in it, ``density`` the share of the box that is such, ``mass``
    its share of all futures, ``lift`` the share that it holds of those cases of interest that earlier boxes left,
    less the share of the others (Youden 1950): by this it was chosen among the boxes of its trajectory, each without
    what is not significant in it.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    lift: float


@dataclass(frozen=True)
class Branch:
    """A node of the tree: ``share`` of its ``futures`` miss (or meet) the target; below, left is at most ``split``."""

    share: float
    futures: int
    input: Input | None = None
    split: float | None = None
    low: Branch | None = None
    high: Branch | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Discovery(Brief):
    """What sets the futures of ``run`` apart that miss ``target`` (that meet it, where ``met`` is asked for).

    Of ``members`` futures, drawn by ``seed``, ``failed`` gave no number or no start and are left out. ``x`` are the
    inputs' values, shape (sound members, inputs), and ``of_interest`` of shape (sound members,).
    ``boxes`` are in the order in which they were found, each in what the earlier ones left; ``trajectories`` are the
    PRIM steps they were chosen from. No box: no input alone or with others says enough.
    """

    content: Content
    run: Run
    members: int
    failed: int
    seed: int
    target: Target
    met: bool
    inputs: tuple[Input, ...]
    x: FloatArray
    of_interest: Bools
    boxes: tuple[Box, ...]
    trajectories: tuple[tuple[Step, ...], ...]
    tree: Branch

    def brief(self) -> str:
        side = "met" if self.met else "missed"
        return (
            f"{self.run.scenario}: {self.target.id} {side}, {len(self.boxes)} boxes of {len(self.of_interest)} futures"
        )

    def to_pandas(self) -> pd.DataFrame:
        """A row a limited input of each box, beside what the box comes to; limits in the model's unit, or (of the base
        year) in the indicator's."""
        from xinzhi.studies.discover.words import discovery_frames

        return discovery_frames(self.content, self)["limits"]


def discover(content: Content, ensemble: Ensemble, target: Target, *, met: bool = False) -> Discovery:
    """Boxes and tree of the futures that miss ``target``, or that meet it.

    Where new figures weighed the members some stand in the ensemble more than once: quasi-p-values are then too small.
    Raises `ContentError` where all futures meet or miss the target, or fewer than `FEWEST` do either.
    """
    reached = ensemble.met(content, target)
    _check(target, reached)
    of_interest = reached if met else ~reached
    inputs, x = _inputs(content, ensemble, reached)
    boxes, trajectories = _boxes(inputs, x, of_interest)
    return Discovery(
        content=content,
        run=ensemble.run,
        members=ensemble.design.members,
        failed=ensemble.failed,
        seed=ensemble.design.seed,
        target=target,
        met=met,
        inputs=inputs,
        x=x,
        of_interest=of_interest,
        boxes=boxes,
        trajectories=trajectories,
        tree=grow_tree(inputs, x, of_interest),
    )


def _check(target: Target, reached: Bools) -> None:
    futures, count = len(reached), int(reached.sum())
    if futures and count == futures:
        raise ContentError(
            Problem(None, msg('all {futures} futures meet "{target}": there is nothing to discover', futures=futures,
                              target=target.id))
        )  # fmt: skip
    if futures and count == 0:
        raise ContentError(
            Problem(None, msg('all {futures} futures miss "{target}": there is nothing to discover', futures=futures,
                              target=target.id))
        )  # fmt: skip
    if min(count, futures - count) < FEWEST:
        raise ContentError(
            Problem(
                None,
                msg('only {met} futures meet "{target}" and {missed} miss it', met=count, target=target.id,
                    missed=futures - count),
                msg("at least {fewest} of each are needed; take more with --members", fewest=FEWEST),
            )
        )  # fmt: skip


def _inputs(content: Content, ensemble: Ensemble, reached: Bools) -> tuple[tuple[Input, ...], FloatArray]:
    design, sound = ensemble.design, ensemble.sound
    names = [
        name for name, values in design.columns.items()
        if name in content.model.variables and np.ptp(values[sound]) > 0
    ]  # fmt: skip
    scores = np.array([normal_scores(design.columns[name][sound]) for name in names])
    anchored = set(content.fit.anchored if content.fit else ())
    chosen = list(candidates(scores, reached, names, anchored, CONSTANTS))
    figures = [name for name in (content.fit.base_year if content.fit else ()) if name in design.start]
    inputs = (*(Input(name, False) for name in chosen), *(Input(name, True) for name in figures))
    columns = [
        *(design.columns[name][sound] for name in chosen), *(design.start[name][sound] for name in figures)
    ]  # fmt: skip
    return inputs, np.column_stack(columns)


def _boxes(
    inputs: Sequence[Input], x: FloatArray, of_interest: Bools
) -> tuple[tuple[Box, ...], tuple[tuple[Step, ...], ...]]:
    boxes: list[Box] = []
    trajectories: list[tuple[Step, ...]] = []
    left = np.ones(len(x), dtype=bool)
    while len(boxes) < BOXES and min((left & of_interest).sum(), (left & ~of_interest).sum()) >= FEWEST:
        cases = Cases(x, of_interest, left)
        steps = trajectory(cases)
        choice = [step for step in (readable(cases, one) for one in steps) if step.density > of_interest.mean()]
        best = max(choice, key=lambda step: lift(cases, step), default=None)
        worthwhile = best is not None and lift(cases, best) >= WORTHWHILE
        if worthwhile or not boxes:
            trajectories.append(tuple(steps))
        if best is None or not worthwhile:
            break
        boxes.append(_box(inputs, cases, best))
        left = left & ~best.inside
    return tuple(boxes), tuple(trajectories)


def readable(cases: Cases, step: Step) -> Step:
    """The box without the inputs, least significant first, that are too many or have a limit that is not significant
    (as Bryant and Lempert 2010 drop restrictions)."""
    while step.restricted:
        worst = {column: float(np.nanmax(step.quasi_p[:, column])) for column in step.restricted}
        column = max(worst, key=lambda it: worst[it])
        if len(worst) <= RESTRICTED and worst[column] <= SIGNIFICANT:
            break
        step = freed(cases, step, column)
    return step


def lift(cases: Cases, step: Step) -> float:
    """See `Box.lift`."""
    wanted, others = cases.left & cases.of_interest, cases.left & ~cases.of_interest
    return float((step.inside & wanted).sum() / wanted.sum() - (step.inside & others).sum() / others.sum())


def _box(inputs: Sequence[Input], cases: Cases, step: Step) -> Box:
    def end(values: FloatArray, side: int, column: int) -> tuple[float | None, float | None]:
        p = float(step.quasi_p[side, column])
        return (None, None) if np.isnan(p) else (float(values[column]), p)

    limits = []
    for column in step.restricted:
        (low, low_p), (high, high_p) = end(step.low, 0, column), end(step.high, 1, column)
        limits.append(Limit(inputs[column], low, high, low_p, high_p))
    strongest = [float(np.nanmin(step.quasi_p[:, column])) for column in step.restricted]
    ordered = [limits[place] for place in np.argsort(strongest, kind="stable")]
    return Box(tuple(ordered), step.coverage, step.density, step.mass, lift(cases, step))


def grow_tree(inputs: Sequence[Input], x: FloatArray, of_interest: Bools) -> Branch:
    """A classification tree (CART, Breiman and others 1984) by scikit-learn, both outcomes weighing the same."""
    from sklearn.tree import DecisionTreeClassifier

    classifier = DecisionTreeClassifier(
        max_depth=DEPTH, min_samples_leaf=LEAF, class_weight="balanced", random_state=0
    ).fit(x, of_interest)  # fmt: skip
    tree = classifier.tree_
    path = classifier.decision_path(x).toarray().astype(bool)

    def branch(node: int) -> Branch:
        here = of_interest[path[:, node]]
        share, futures = float(here.mean()), len(here)
        if tree.children_left[node] < 0:
            return Branch(share, futures)
        low, high = branch(int(tree.children_left[node])), branch(int(tree.children_right[node]))
        return Branch(share, futures, inputs[int(tree.feature[node])], float(tree.threshold[node]), low, high)

    return branch(0)
