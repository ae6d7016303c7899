"""The futures as an object that answers: many lever sets at once, from the first year that a lever may start in.

Members under the same assumptions are made once and kept while there is room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from xinzhi.analysis.verdict import measured, meets
from xinzhi.arguments import MOST_MEMBERS, MOST_SEED, whole
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.lever import Setting
from xinzhi.content.posterior_file import check_halves
from xinzhi.content.scenario import Assumption
from xinzhi.engine.limits import out_of_memory
from xinzhi.futures.ensemble import Ensemble, no_sound_member
from xinzhi.futures.hot import HotState, heat
from xinzhi.futures.lever_sets import Settings, read_lever_sets
from xinzhi.futures.library import Futures, open_futures, state_of_members
from xinzhi.futures.outcomes import Outcomes, SetOdds
from xinzhi.futures.recent import Itself, Recent
from xinzhi.simulate import FloatArray, Run, Simulator

MOST = 256 * 2**20  # bytes of members that stay: some four states of ten thousand
_RECENT = Recent(MOST)


@dataclass(frozen=True, eq=False, repr=False)
class HotFutures(Brief):
    """The futures of a scenario's assumptions, ready for any lever sets.

    What a lever set does not name is set as in ``run``. All figures are of the same members, so that differences
    between lever sets are not chance.
    """

    state: HotState
    run: Run
    simulator: Simulator

    def brief(self) -> str:
        return f"{self.members:,} members of {self.run.scenario}, seed {self.seed}, from {self.state.first} on"

    @property
    def members(self) -> int:
        return self.state.members

    @property
    def seed(self) -> int:
        return self.state.design.seed

    @property
    def effective(self) -> float:
        """How many equally weighted members say as much: fewer than all where new figures weigh them."""
        return self.state.share * self.members

    def at(self, settings: Settings) -> Outcomes:
        """What lever sets come to with every member, by target.

        ``settings`` is one mapping of levers to values (as ``levers=`` of `Project.run` takes it), a list of k of
        them, or a table with a column a lever: a DataFrame or a structured array. ``{}`` is the scenario as it is.
        Raises `ContentError` with every problem of every set, `SimulationError` where the figures do not fit into the
        memory.
        """
        return self.outcomes(read_lever_sets(self.state.content.sheet, self.run.settings, settings))

    def odds(self, settings: Settings) -> SetOdds:
        """The odds of every target under each lever set, of the headline ones together and of all; see `at`."""
        return self.at(settings).odds()

    def outcomes(self, sets: Sequence[Mapping[str, Setting]]) -> Outcomes:
        """As `at`, for settings of every lever."""
        content = self.state.content
        targets, shape = tuple(content.targets.values()), (len(sets), len(content.targets), self.members)
        cost = content.sheet.money
        try:
            made = Outcomes(
                settings=tuple(sets), targets=targets, values=np.empty(shape), met=np.empty(shape, dtype=bool),
                sound=np.empty(shape[::2], dtype=bool), money=None if cost is None else np.empty(shape[::2]),
                currency=None if cost is None else content.model.variables[cost].unit, share=self.state.share,
            )  # fmt: skip
        except MemoryError as error:
            raise out_of_memory() from error
        with ThreadPoolExecutor(max_workers=1) as judging:  # one set is judged while the kernel runs the next
            waiting = [
                judging.submit(self._judge, made, place, self.state.run(self.simulator.lever_constants(settings)))
                for place, settings in enumerate(sets)
            ]
            for it in waiting:
                it.result()
        return made

    def ensemble(self, run: Run) -> Ensemble:
        """Every member under the levers of ``run``, which must assume what these futures were made under.

        Raises `SimulationError` where no member gives numbers and meets the base year.
        """
        ensemble = self.state.ensemble(run, self.simulator)
        if not ensemble.sound.any():
            raise no_sound_member(self.members, int(self.state.design.met.sum()))
        return ensemble

    def _judge(self, made: Outcomes, place: int, ran: FloatArray) -> None:
        """Write what a lever set came to into its place."""
        state, sound = self.state, self.state.sound(ran)
        values, met = made.values[place], made.met[place]
        made.sound[place] = sound
        for row, target in enumerate(made.targets):
            variable, factor = state.place(target), state.content.indicators[target.indicator].factor
            with np.errstate(invalid="ignore", divide="ignore"):
                figures = measured(
                    target, factor, state.base[variable, :-1], ran[variable, target.year - state.first, :-1]
                )
            values[row] = figures
            met[row] = meets(target, values[row])
        if made.money is not None and state.content.sheet.money:
            final = state.content.region.plan.final_year - state.first
            made.money[place] = ran[state.variables.index(state.content.sheet.money), final, :-1]
        if not sound.all():
            values[:, ~sound], met[:, ~sound] = np.nan, False
            if made.money is not None:
                made.money[place, ~sound] = np.nan


def open_library(content: Content, simulator: Simulator, baseline: Callable[[], Run], seed: int) -> Futures:
    """`open_futures`, kept while there is room."""
    seed = whole("seed", seed, 0, MOST_SEED)
    key = ("library", Itself(content), state_of_members(content), seed)
    return _RECENT.get(key, lambda: open_futures(content, simulator, baseline(), seed))


def hot_state(
    content: Content, simulator: Simulator, baseline: Callable[[], Run], members: int, seed: int,
    assumptions: Mapping[str, Assumption],
) -> HotState:  # fmt: skip
    """The first ``members`` under these assumptions, standing where levers may first act; kept while there is room.

    Raises `ContentError` for a number that cannot be and as `open_futures` does, `SimulationError` where they do not
    fit into the memory.
    """
    members, seed = whole("members", members, 1, MOST_MEMBERS), whole("seed", seed, 0, MOST_SEED)
    check_halves(content.folder)

    def make() -> HotState:
        futures = open_library(content, simulator, baseline, seed)
        return heat(content, simulator, futures.design(members), futures.share, assumptions)

    assumed = tuple((name, it.value) for name, it in assumptions.items())
    key = ("state", Itself(content), state_of_members(content), seed, members, assumed)
    return _RECENT.get(key, make)
