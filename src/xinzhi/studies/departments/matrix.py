"""Matrices in words: levers by headline targets, departments by departments; for a picture and for its table twin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.analysis.gains import Gains, far_end
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.content.units import Units
from xinzhi.show.numbers import difference
from xinzhi.show.words import t
from xinzhi.simulate import FloatArray
from xinzhi.studies.departments.departments import Departments

NOTHING = "·"
_DARKEST = 0.3  # the share of what is asked from which on a cell is at its darkest
_DECIMALS = 2


@dataclass(frozen=True)
class Matrix:
    """``texts`` and ``shades`` (from -1 to 1) have shape (rows, columns); ``cell_width`` is inches."""

    title: str
    note: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    shades: FloatArray
    cell_width: float


def gains_matrix(content: Content, gains: Gains, lang: str) -> Matrix:
    """Each lever alone at its far end: what it does to every headline target, or to all where none is one."""
    columns = [index for index, target in enumerate(gains.targets) if target.headline] or list(
        range(len(gains.targets))
    )
    ends = [far_end(lever) for lever in gains.levers]
    changes, shares = (
        np.array([whole[end, row] for row, end in enumerate(ends)])[:, columns]
        for whole in (gains.changes, gains.shares)
    )
    targets = [gains.targets[index] for index in columns]
    return Matrix(
        title=t("What each lever alone does to the headline targets", lang),
        note=t("Blue: nearer to the target. Orange: farther from it. Levers stand at the end farther from base.", lang),
        rows=tuple(lever.name[lang] for lever in gains.levers),
        columns=tuple(target.short_name[lang] for target in targets),
        texts=tuple(
            tuple(
                _change(float(value), target, lang, content.units) for value, target in zip(row, targets, strict=True)
            )
            for row in changes
        ),
        shades=np.clip(shares / _DARKEST, -1, 1),
        cell_width=1.25,
    )


def _change(value: float, target: Target, lang: str, units: Units) -> str:
    decimals = _DECIMALS if target.unit == "%" else max(1, target.decimals)
    return difference(value, target.unit, decimals, lang, units) if round(value, decimals) else NOTHING


def departments_matrix(content: Content, departments: Departments, lang: str) -> Matrix:
    """Whose levers matter for whose targets: columns lead levers, rows answer for targets."""
    names, counts = content.region.departments, departments.matrix.T
    return Matrix(
        title=t("Whose levers matter for whose targets", lang),
        note=t(
            "Columns lead levers, rows answer for targets. A number: targets that these levers, each alone, bring "
            "nearer.",
            lang,
        ),
        rows=tuple(names[key][lang] for key in departments.answering),
        columns=tuple(names[key][lang] for key in departments.controlling),
        texts=tuple(tuple(str(count) if count else NOTHING for count in row) for row in counts),
        shades=counts / max(1, int(counts.max(initial=0))),
        cell_width=0.95,
    )
