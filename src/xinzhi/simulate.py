"""Where content and engine meet: a scenario goes in, a run comes out.

Nobody above this module knows which engine computes a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xinzhi.content.indicator import Indicator
from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX, PartialSetting, Setting
from xinzhi.content.project import Content
from xinzhi.content.scenario import Scenario, apply
from xinzhi.content.yaml_file import Text
from xinzhi.engine.reference import ReferenceModel, load, translate
from xinzhi.errors import Place, Problem, SimulationError, msg, why
from xinzhi.store import Store

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Run:
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


@dataclass(frozen=True)
class Simulator:
    """Runs the scenarios of one content."""

    content: Content
    store: Store

    @cached_property
    def _engine(self) -> ReferenceModel:
        model = self.content.model
        name = f"pysd-{model.hash[:32]}"
        constants = {
            name: variable.value
            for name, variable in model.variables.items()
            if variable.value is not None and variable.kind == "constant"
        }
        try:
            try:
                return load(self.store.folder_for(name, self._translate), constants)
            except Exception:  # noqa: BLE001 - a damaged translation fails in any way; it is made again, once
                self.store.discard(name)
                return load(self.store.folder_for(name, self._translate), constants)
        except OSError as error:
            place = Place(str(self.store.folder))
            raise SimulationError(Problem(place, msg("cannot be written ({reason})", reason=why(error)))) from error
        except Exception as error:
            problem = msg("PySD cannot translate the model ({reason})", reason=_first_line(error))
            raise SimulationError(Problem(Place(str(model.path)), problem)) from error

    def _translate(self, folder: Path) -> None:
        translate(self.content.model.path, folder)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Every saved year, from INITIAL TIME to FINAL TIME."""
        model = self.content.model
        return tuple(range(int(model.control("INITIAL TIME")), int(model.control("FINAL TIME")) + 1))

    def run(self, scenario: Scenario, overrides: Mapping[str, PartialSetting] | None = None) -> Run:
        """Run a scenario, with ``overrides`` in place of its settings. Raises `SimulationError`."""
        settings = apply(overrides or {}, self.content.settings(scenario))
        constants = {}
        for lever_id, setting in settings.items():
            variable = self.content.sheet.levers[lever_id].variable
            constants[variable] = setting.value
            constants[variable + START_SUFFIX] = setting.start
            constants[variable + RAMP_SUFFIX] = setting.ramp
        indicators = self.content.indicators
        columns = self.run_constants(constants, [indicator.variable for indicator in indicators.values()])
        return Run(
            scenario=scenario.id,
            name=scenario.name,
            settings=settings,
            content_hash=self.content.hash,
            times=self.years,
            values={key: columns[indicator.variable] for key, indicator in indicators.items()},
            indicators=indicators,
        )

    def run_constants(
        self, constants: Mapping[str, float], variables: list[str], time_step: float | None = None
    ) -> dict[str, FloatArray]:
        """Run with some of the model's constants replaced: each variable's values at `years`, in model units.

        Raises `SimulationError`, also when a value is not a finite number.
        """
        step = self.content.model.control("TIME STEP") if time_step is None else time_step
        wanted = list(dict.fromkeys(variables))
        try:
            columns = self._engine.run(constants, wanted, self.years, step)
        except SimulationError:
            raise
        except Exception as error:
            raise SimulationError(
                Problem(
                    Place(str(self.content.model.path)),
                    msg("the run failed ({reason})", reason=_first_line(error)),
                )
            ) from error
        for name, values in columns.items():
            if not np.isfinite(values).all():
                year = self.years[int(np.argmax(~np.isfinite(values)))]
                raise SimulationError(
                    Problem(
                        Place(str(self.content.model.path), self.content.model.variables[name].line),
                        msg('"{name}" is not a number in {year}', name=name, year=year),
                        msg("move the last setting back"),
                    )
                )
        return columns


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:160] if lines else type(error).__name__
