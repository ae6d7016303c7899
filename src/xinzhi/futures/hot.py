"""Members from the first year on that a lever may start in: what a moved lever changes, and nothing else is run.

No lever acts before its earliest start. So the past of every member is run once, its stocks are kept, and a new lever
set costs the years from there only.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.content.scenario import BASELINE, Assumption
from xinzhi.engine.clock import Clock
from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.limits import out_of_memory
from xinzhi.engine.resume import resume, state_nodes
from xinzhi.errors import SimulationError
from xinzhi.futures.ensemble import Bools, Design, HotEnsemble
from xinzhi.simulate import FloatArray, Run, Simulator


@dataclass(frozen=True, eq=False, repr=False)
class HotState(Brief):
    """Members that stand at the end of the year ``first``, one column each, and the model's own run in the last one.

    ``rows`` names the rows of ``constants``, shape (rows, members + 1), the state's rows included. ``base`` are the
    ``variables``, those of ``indicators`` and what the levers cost, in the base year, shape (variables, members + 1).
    The members say as much as ``share`` of their number. A model that remembers more than its stocks has no such state:
    every run of it begins anew, and ``refused`` says why.
    """

    content: Content
    design: Design
    share: float
    compiled: CompiledModel
    clock: Clock
    rows: tuple[str, ...]
    constants: FloatArray
    indicators: tuple[str, ...]
    variables: tuple[str, ...]
    base: FloatArray
    first: int
    refused: SimulationError | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def brief(self) -> str:
        return f"{self.members:,} members from {self.first} on"

    @property
    def members(self) -> int:
        return self.design.members

    @property
    def nbytes(self) -> int:
        """What it takes of the memory, about, besides the design."""
        return self.constants.nbytes + self.base.nbytes

    @property
    def years(self) -> tuple[int, ...]:
        """The years that a run saves, from ``first`` on."""
        return tuple(range(self.first, self.first + len(self.clock.saved)))

    def run(self, levers: Mapping[str, float]) -> FloatArray:
        """The variables with these lever constants (of every lever: the others keep what the last run gave them), in
        model units, shape (variables, years, members + 1); NaN where a member failed."""
        nodes = [self.compiled.labels[name] for name in self.variables]
        places = {name: row for row, name in enumerate(self.rows)}
        with self._turn:  # the rows of the levers are written in place: a copy of the others costs as much as the runs
            for name, value in levers.items():
                self.constants[places[name]] = value
            ran = self.compiled.run_rows(self.rows, self.constants, nodes, self.clock, method="euler")
        return ran.or_nan()

    def sound(self, values: FloatArray) -> Bools:
        """Which members start at their statistics and gave numbers, in the base year and in `run`'s ``values``."""
        given = ~np.isnan(values[0, 0, :-1])  # one that failed is NaN throughout
        return np.asarray(self.design.met & np.isfinite(self.base[:, :-1]).all(axis=0) & given)

    def place(self, target: Target) -> int:
        """The row of a target's variable in `run`'s values and in ``base``."""
        return self.variables.index(self.content.indicators[target.indicator].variable)

    def ensemble(self, run: Run, simulator: Simulator) -> HotEnsemble:
        """Every member under the levers of ``run``, which must assume what this state was made under."""
        values = self.run(simulator.lever_constants(run.settings))
        rows = [self.variables.index(self.content.indicators[name].variable) for name in self.indicators]
        alike = rows == list(range(len(rows)))  # an indicator a variable: no copy
        return HotEnsemble(
            run=run, design=self.design, indicators=self.indicators, years=self.years,
            values=values[: len(rows), :, :-1] if alike else values[rows, :, :-1],
            sound=self.sound(values), share=self.share, base=self.base[rows, :-1],
        )  # fmt: skip


def heat(
    content: Content, simulator: Simulator, design: Design, share: float = 1.0,
    assumptions: Mapping[str, Assumption] | None = None, indicators: tuple[str, ...] = (),
) -> HotState:  # fmt: skip
    """Run the past of every member once. What is assumed of the world outside holds for all of them.

    ``indicators`` are saved, those of the targets unless given, and what the levers cost. Raises `SimulationError`
    where the members do not fit into the memory.
    """
    names = indicators or tuple(dict.fromkeys(it.indicator for it in content.targets.values()))
    money = [content.sheet.money] if content.sheet.money else []
    variables = tuple(dict.fromkeys([*(content.indicators[name].variable for name in names), *money]))
    system = design.system
    program, first = system.compiled.program, int(content.sheet.timing.start[0])
    try:
        varied, constants = _constants(content, simulator, design, assumptions or {})
    except MemoryError as error:
        raise out_of_memory() from error
    stocks = state_nodes(program)
    nodes = [*stocks, *(system.compiled.labels[name] for name in variables)]
    clock = system.clock(first)
    base = int(np.searchsorted(clock.times, content.region.plan.base_year - 1e-9))
    clock = replace(clock, saved=np.array([base, clock.steps]))  # two moments, not every year: a fifth of the memory
    past = system.compiled.run_rows(varied, constants, nodes, clock, method="euler").or_nan()
    last = float(simulator.years[-1])
    refused: SimulationError | None = None
    states: tuple[str, ...] = ()
    try:
        resumed, states = resume(program, float(first), clock.times[0])
        compiled = CompiledModel(resumed, simulator.store)
        clock = compiled.clock({}, {"final_time": last, "saveper": 1.0})
        constants = np.concatenate([constants, past[: len(stocks), -1]])
    except SimulationError as error:
        refused, compiled, clock = error, system.compiled, system.clock(simulator.years[-1])
        clock = replace(clock, saved=clock.saved[first - simulator.years[0] :])
    return HotState(
        content=content, design=design, share=share, compiled=compiled, clock=clock, rows=(*varied, *states),
        constants=constants, indicators=names, variables=variables, base=past[len(stocks) :, 0], first=first,
        refused=refused,
    )  # fmt: skip


def _constants(
    content: Content, simulator: Simulator, design: Design, assumptions: Mapping[str, Assumption]
) -> tuple[tuple[str, ...], FloatArray]:
    """What differs between members or lever sets: names in the program's order, values of shape (names, members + 1).

    The last column is the model's own run.
    """
    fixed = simulator.lever_constants(content.settings(content.scenarios[BASELINE]))
    fixed |= {name: it.value for name, it in assumptions.items()}
    program, members = design.system.compiled.program, design.members
    varied = tuple(name for name in program.constants if name in design.columns or name in fixed)
    constants = np.empty((len(varied), members + 1))
    for row, name in enumerate(varied):
        constants[row, :members] = fixed.get(name, design.columns.get(name, 0.0))
        constants[row, members] = fixed.get(name, program.constants[name])
    return varied, constants
