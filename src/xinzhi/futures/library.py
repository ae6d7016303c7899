"""Members without end: a library of draws anchored once, and fresh draws of what acts only after the base year.

Constants that no figure of the base year depends on need no anchoring; the others are drawn `LIBRARY` times, anchored,
weighted by the figures after the last fitted year, kept, and taken again in turn. A member is made of its number alone,
so that any chunk can be made anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from xinzhi.arguments import MOST_MEMBERS, MOST_SEED, whole
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.fitted import POSTERIOR, digest
from xinzhi.content.posterior_file import check_halves
from xinzhi.content.prior_file import Prior
from xinzhi.content.uncertainty import Correlation
from xinzhi.futures.code import analysis_hash
from xinzhi.futures.draws import correlated_groups, draw_priors
from xinzhi.futures.ensemble import Bools, Design, draw_design
from xinzhi.futures.reanchor import indifferent
from xinzhi.futures.system import System, build_system
from xinzhi.futures.weigh import informed
from xinzhi.simulate import FloatArray, Run, Simulator

LIBRARY = 10_000


class Members(Protocol):
    """What can be run: the constants of any members, and which of them start at their base year."""

    @property
    def system(self) -> System: ...

    def rows(self, start: int, stop: int) -> dict[str, FloatArray]: ...

    def met(self, start: int, stop: int) -> Bools: ...


@dataclass(frozen=True, eq=False)
class DesignMembers:
    """The rows of a design, each a member; constants that it does not name have the model's values."""

    columns: Mapping[str, FloatArray]
    system: System

    def rows(self, start: int, stop: int) -> dict[str, FloatArray]:
        return {name: values[start:stop] for name, values in self.columns.items()}

    def met(self, start: int, stop: int) -> Bools:
        return np.ones(stop - start, dtype=bool)


@dataclass(frozen=True, eq=False, repr=False)
class Futures(Brief):
    """``library`` holds the first members; ``fresh`` are the priors of constants that act after the base year only,
    which every member draws anew.

    New figures weigh the library: its members say as much as ``share`` of their number.
    """

    library: Design
    fresh: Mapping[str, Prior]
    share: float
    correlations: tuple[Correlation, ...] = ()

    def brief(self) -> str:
        constants = f"{len(self.library.columns)} constants, {len(self.fresh)} drawn anew by each member"
        return f"seed {self.library.seed}, {constants}"

    @property
    def system(self) -> System:
        return self.library.system

    @property
    def nbytes(self) -> int:
        """What it takes of the memory, about."""
        return self.library.nbytes

    def design(self, members: int) -> Design:
        """The first ``members`` as one design."""
        members = whole("members", members, 1, MOST_MEMBERS)
        if members <= self.library.members:  # no copy of the library
            start = {name: values[:members] for name, values in self.library.start.items()}
            met = self.library.met[:members]
        else:
            places = np.arange(members) % self.library.members
            start = {name: values[places] for name, values in self.library.start.items()}
            met = self.library.met[places]
        return replace(self.library, columns=self.rows(0, members), start=start, met=met)

    def rows(self, start: int, stop: int) -> dict[str, FloatArray]:
        """The constants of members ``start`` to ``stop`` - 1, each of shape (stop - start,), in the model's units."""
        size = self.library.members
        first, last = start // size, (stop - 1) // size
        if first == last:  # most chunks: no copy of the library
            part = slice(start - first * size, stop - first * size)
            columns = {name: values[part] for name, values in self.library.columns.items()}
        else:
            places = np.arange(start, stop) % size
            columns = {name: values[places] for name, values in self.library.columns.items()}
        if stop > size:
            drawn = draw_priors(self.fresh, self.correlations, self.library.seed, start, stop)
            known = max(size - start, 0)  # members of the library's own draws
            for name, row in drawn.items():
                columns[name] = row if not known else np.concatenate([columns[name][:known], row[known:]])
        return columns

    def met(self, start: int, stop: int) -> Bools:
        """Which of them start at their figures of the base year."""
        return np.asarray(self.library.met[np.arange(start, stop) % self.library.members])


@dataclass(frozen=True, eq=False)
class _Library:
    """What the store keeps of the library: of `Design` and `Futures` the parts of these names."""

    columns: Mapping[str, FloatArray]
    start: Mapping[str, FloatArray]
    met: Bools
    runs: float
    fresh: tuple[str, ...]
    share: float


def open_futures(content: Content, simulator: Simulator, baseline: Run, seed: int) -> Futures:
    """Members without end; the library is kept in the store. The same seed gives the same bits.

    New figures are held against the ``baseline``, because they came as things are. Raises `ContentError` as
    `draw_design` does.
    """
    check_halves(content.folder)
    seed = whole("seed", seed, 0, MOST_SEED)
    name = f"library-{state_of_members(content)}-{seed}"
    kept = simulator.store.load(name, _Library)
    if kept is None:
        drawn = draw_design(content, simulator, LIBRARY, seed)
        fresh = _drawn_anew(content, indifferent(content, drawn.system.compiled, drawn.columns))
        design, effective = informed(content, simulator, drawn, baseline, seed)
        system, share = design.system, effective / LIBRARY
        kept = _Library(design.columns, design.start, design.met, design.runs, fresh, share)
        simulator.store.save(name, kept)
    else:
        system = build_system(content, simulator)
    return Futures(
        Design(kept.columns, kept.start, kept.met, seed, kept.runs, system),
        {name: content.uncertainties[name].prior for name in kept.fresh},
        kept.share,
        content.correlations,
    )


def _drawn_anew(content: Content, indifferent_constants: Sequence[str]) -> tuple[str, ...]:
    """The constants with a prior that no statistic of the base year depends on, nor one that they go together with.

    One whose companion comes from the library comes from there too: drawn apart they would not go together.
    """
    fitted = set(content.fit.parameters if content.fit else ())
    free = {name for name in indifferent_constants if name in content.uncertainties and name not in fitted}
    for group in correlated_groups(list(content.uncertainties), content.correlations):
        if not free.issuperset(group):
            free -= set(group)
    return tuple(name for name in content.uncertainties if name in free)


def drawn_from(folder: Path) -> str:
    """What names the draws that members are made from: the fit's, or, without a fit, the priors'."""
    path = folder / POSTERIOR
    return digest(path.read_bytes()) if path.exists() else ""


def members_said(folder: Path) -> str:
    """How members are drawn, in a recipe: those of another fit are other members."""
    draws = drawn_from(folder)
    fit = f"posterior of the fit ({draws[:16]}), priors of the rest" if draws else "priors, without a fit"
    return f"{fit}, anchored to the base year"


def state_of_members(content: Content) -> str:
    """What names the members that are drawn now: the content, the draws of the fit, the program."""
    named = f"{content.hash} {drawn_from(content.folder)} {analysis_hash()}"
    return hashlib.sha256(named.encode()).hexdigest()[:32]
