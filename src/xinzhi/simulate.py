"""Where content and engine meet: a scenario goes in, a run comes out.

Nobody above this module knows which engine computes a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.indicator import Indicator
from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX, PartialSetting, Setting
from xinzhi.content.scenario import Assumption, Scenario, apply
from xinzhi.content.yaml_file import Text
from xinzhi.errors import Place, Problem, SimulationError, msg
from xinzhi.store import Store

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from xinzhi.engine.clock import Clock
    from xinzhi.engine.compiled import CompiledModel, Result
    from xinzhi.engine.diagnosis import Fault

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Run(Brief):
    """One trajectory and what made it.

    ``times`` are calendar years (a flow is the figure of the year, a stock the year-end figure). ``values`` maps
    indicator ids to arrays of shape (times,) in the model's units; shares are 0..1.
    """

    scenario: str
    name: Text
    settings: Mapping[str, Setting]
    content_hash: str
    times: tuple[int, ...]
    values: Mapping[str, FloatArray]
    indicators: Mapping[str, Indicator]
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)

    def brief(self) -> str:
        return f"{self.scenario}, {self.times[0]} to {self.times[-1]}, {len(self.values)} indicators"

    def at(self, indicator_id: str, year: int) -> float:
        """The indicator in ``year``, in the model's unit."""
        return float(self.values[indicator_id][self.times.index(year)])

    def in_unit(self, indicator_id: str) -> FloatArray:
        """The indicator's values, shape (times,), in its declared unit (%, 亿元 …)."""
        return self.values[indicator_id] * self.indicators[indicator_id].factor

    def to_pandas(self) -> pd.DataFrame:
        """Years as index, one column an indicator, in the model's units."""
        import pandas as pd

        return pd.DataFrame(dict(self.values), index=pd.Index(self.times, name="time"))

    def to_xarray(self) -> xr.Dataset:
        """A dataset over ``time``; each variable carries its declared unit, the factor to it and its names."""
        import xarray as xr

        return xr.Dataset(
            {
                key: (
                    "time",
                    values,
                    {
                        "long_name": self.indicators[key].name.en,
                        "long_name_zh": self.indicators[key].name.zh,
                        "declared_unit": self.indicators[key].unit,
                        "factor_to_declared_unit": self.indicators[key].factor,
                    },
                )
                for key, values in self.values.items()
            },
            coords={"time": list(self.times)},
            attrs={"scenario": self.scenario, "content_hash": self.content_hash},
        )


@dataclass(frozen=True, repr=False)
class Simulator(Brief):
    """Runs the scenarios of one content."""

    content: Content
    store: Store

    def brief(self) -> str:
        return self.content.brief()

    @cached_property
    def compiled(self) -> CompiledModel:
        """The project's model, ready to run. Raises `ModelError`."""
        from xinzhi.engine.compiled import CompiledModel  # what only explains a model does not take the engine
        from xinzhi.engine.parse import read_program

        path, home = self.content.model.path, self.content.folder / "model"
        return CompiledModel(read_program(path, self.store, own=True, home=home), self.store)

    @cached_property
    def _defaults(self) -> tuple[tuple[str, ...], dict[str, int], FloatArray]:
        """Every constant of the model: names, their rows, and the values of the file, shape (constants, 1)."""
        constants = self.compiled.program.constants
        rows = {name: row for row, name in enumerate(constants)}
        return tuple(constants), rows, np.array([*constants.values()])[:, None]

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Every saved year, from INITIAL TIME to FINAL TIME."""
        model = self.content.model
        return tuple(range(int(model.control("INITIAL TIME")), int(model.control("FINAL TIME")) + 1))

    @cached_property
    def _clocks(self) -> dict[float, Clock]:
        return {}

    def clock(self, time_step: float | None = None) -> Clock:
        """The model's clock, saved every year; ``time_step`` in years, the model's own unless given."""
        step = self.content.model.control("TIME STEP") if time_step is None else time_step
        if step not in self._clocks:
            self._clocks[step] = self.compiled.clock({}, {"time_step": step, "saveper": 1.0})
        return self._clocks[step]

    def run(self, scenario: Scenario, overrides: Mapping[str, PartialSetting] | None = None) -> Run:
        """Run a scenario, with ``overrides`` in place of its settings. Raises `SimulationError`."""
        settings = apply(overrides or {}, self.content.settings(scenario))
        return self._run_of(scenario.id, scenario.name, settings, self.content.assumptions(scenario))

    def rerun(self, run: Run, overrides: Mapping[str, PartialSetting]) -> Run:
        """The run again with ``overrides`` in place of its settings. Raises `SimulationError`."""
        return self._run_of(run.scenario, run.name, apply(overrides, run.settings), run.assumptions)

    def _run_of(
        self, scenario: str, name: Text, settings: Mapping[str, Setting], assumptions: Mapping[str, Assumption]
    ) -> Run:
        indicators = self.content.indicators
        variables = [indicator.variable for indicator in indicators.values()]
        values = self._run(self.constants_of(settings, assumptions), variables, None)
        return Run(
            scenario=scenario,
            name=name,
            settings=settings,
            content_hash=self.content.hash,
            times=self.years,
            values=dict(zip(indicators, values, strict=True)),
            indicators=indicators,
            assumptions=assumptions,
        )

    def run_batch(self, batch: Sequence[Mapping[str, Setting]], like: Run) -> FloatArray:
        """Whole lever sets, one a member, in one call of the engine: shape (indicators, years, members), model units.

        What ``like`` assumes of the world outside holds for all. Raises `SimulationError` where a member gives no
        number.
        """
        sets = [self.lever_constants(settings) for settings in batch]
        columns = {name: np.array([constants[name] for constants in sets]) for name in sets[0]}
        assumed = {name: np.full(len(sets), assumption.value) for name, assumption in like.assumptions.items()}
        variables = [indicator.variable for indicator in self.content.indicators.values()]
        result = self._members(columns | assumed, variables, len(sets))
        for fault in result.faults().values():
            raise self._failure(fault)
        return result.values

    def constants_of(self, settings: Mapping[str, Setting], assumptions: Mapping[str, Assumption]) -> dict[str, float]:
        """The model's constants that a lever set and what is assumed of the world outside stand for."""
        return {name: it.value for name, it in assumptions.items()} | self.lever_constants(settings)

    def lever_constants(self, settings: Mapping[str, Setting]) -> dict[str, float]:
        """The model's constants that a lever set stands for."""
        constants = {}
        for lever_id, setting in settings.items():
            variable = self.content.sheet.levers[lever_id].variable
            constants[variable] = setting.value
            constants[variable + START_SUFFIX] = setting.start
            constants[variable + RAMP_SUFFIX] = setting.ramp
        return constants

    def run_constants(
        self, constants: Mapping[str, float], variables: list[str], time_step: float | None = None
    ) -> dict[str, FloatArray]:
        """Run with some of the model's constants replaced: each variable's values at `years`, in model units.

        Raises `SimulationError`, also when a value is not a finite number.
        """
        everything = list(self.compiled.labels)  # one kernel, whatever is asked for
        values = dict(zip(everything, self._run(constants, everything, time_step), strict=True))
        return {name: values[name] for name in variables}

    def run_members(self, columns: Mapping[str, FloatArray], variables: Sequence[str]) -> FloatArray:
        """Runs that differ in the constants of ``columns``, each of shape (members,): (variables, years, members).

        All in model units; a member that failed is NaN throughout.
        """
        members = max((np.size(values) for values in columns.values()), default=1)
        return self._members(columns, variables, members).or_nan()

    def _members(
        self, columns: Mapping[str, float] | Mapping[str, FloatArray], variables: Sequence[str], members: int,
        time_step: float | None = None, threads: int | None = None,
    ) -> Result:  # fmt: skip
        """One call of the kernel in which every constant is a row: a number, or an array of shape (members,)."""
        names, rows, defaults = self._defaults
        design = defaults.repeat(members, axis=1)
        for name, values in columns.items():
            design[rows[name]] = values
        labels = self.compiled.labels
        saved = [labels[name] for name in variables]
        return self.compiled.run_rows(names, design, saved, self.clock(time_step), method="euler", threads=threads)

    def _run(self, constants: Mapping[str, float], variables: Sequence[str], time_step: float | None) -> FloatArray:
        """One run: values of shape (variables, years). Raises `SimulationError`."""
        result = self._members(constants, variables, 1, time_step, threads=1)
        for fault in result.faults().values():
            raise self._failure(fault)
        return result.values[:, :, 0]

    def _failure(self, fault: Fault) -> SimulationError:
        model = self.content.model
        variable = model.variables.get(fault.variable)
        place = Place(str(model.path), None if variable is None else variable.line)
        problem = msg('"{name}" is not a number in {year}', name=fault.variable, year=int(fault.time))
        if fault.infinite:
            problem = msg('"{name}" is infinite in {year}', name=fault.variable, year=int(fault.time))
        return SimulationError(Problem(place, problem, msg("move the last setting back")))
