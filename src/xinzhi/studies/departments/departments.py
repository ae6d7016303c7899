"""Who answers for what, whose levers matter for whose targets, and which target hangs on another's lever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xinzhi.analysis.gains import MATERIAL, Effect, Gains
from xinzhi.analysis.verdict import Verdict
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.content.lever import Lever
from xinzhi.show.articles import by_department

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Duty:
    """What a department answers for and what it controls; ``leads`` are the levers that name it first."""

    department: str
    verdicts: tuple[Verdict, ...]
    levers: tuple[Lever, ...]
    leads: tuple[Lever, ...]


@dataclass(frozen=True)
class Hanging:
    """A target whose strongest lever is led by another department than the one that the document names first for it.

    ``outside``: the lever's leader does not answer for the target at all.
    """

    effect: Effect
    leader: str
    outside: bool


@dataclass(frozen=True, eq=False, repr=False)
class Departments(Brief):
    """``matrix`` (controlling, answering): how many targets of the answering department the levers led by the
    controlling one bring materially nearer; ``controlling`` and ``answering`` name its rows and columns.

    ``unmoved`` are targets that no lever alone brings materially nearer.
    """

    content: Content
    scenario: str
    duties: tuple[Duty, ...]
    controlling: tuple[str, ...]
    answering: tuple[str, ...]
    matrix: NDArray[np.int64]
    hanging: tuple[Hanging, ...]
    unmoved: tuple[Target, ...]

    def brief(self) -> str:
        return f"{self.scenario}: {len(self.duties)} departments, {len(self.hanging)} hanging targets"

    def to_pandas(self) -> pd.DataFrame:
        """A row a department."""
        from xinzhi.studies.departments.words import departments_frames

        return departments_frames(self.content, self)["departments"]


def find_departments(content: Content, gains: Gains, verdicts: Sequence[Verdict]) -> Departments:
    """The departments, by the ``gains`` over a run and its ``verdicts``."""
    levers, answers = content.sheet.levers.values(), by_department(content, verdicts)
    duties = []
    for key in content.region.departments:
        own = tuple(lever for lever in levers if key in lever.departments)
        if own or key in answers:
            duties.append(Duty(key, answers.get(key, ()), own, tuple(it for it in own if it.departments[0] == key)))
    controlling = tuple(duty.department for duty in duties if duty.leads)
    answering = tuple(duty.department for duty in duties if duty.verdicts)
    return Departments(
        content=content,
        scenario=gains.scenario,
        duties=tuple(duties),
        controlling=controlling,
        answering=answering,
        matrix=_matrix(gains, controlling, answering),
        hanging=_hanging(gains),
        unmoved=tuple(target for index, target in enumerate(gains.targets) if gains.strongest(index) is None),
    )


def _matrix(gains: Gains, controlling: Sequence[str], answering: Sequence[str]) -> NDArray[np.int64]:
    helpful = gains.helpful() >= MATERIAL
    leads = np.array([[lever.departments[0] == key for lever in gains.levers] for key in controlling], dtype=bool)
    answers = np.array([[key in target.departments for target in gains.targets] for key in answering], dtype=bool)
    reached = leads.astype(np.int64) @ helpful > 0
    counted: NDArray[np.int64] = reached.astype(np.int64) @ answers.T.astype(np.int64)
    return counted


def _hanging(gains: Gains) -> tuple[Hanging, ...]:
    hanging = []
    for index, target in enumerate(gains.targets):
        effect = gains.strongest(index)
        if effect is None or effect.lever.departments[0] == target.departments[0]:
            continue
        leader = effect.lever.departments[0]
        hanging.append(Hanging(effect, leader, leader not in target.departments))
    return tuple(sorted(hanging, key=lambda each: not each.outside))
