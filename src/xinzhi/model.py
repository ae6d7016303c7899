"""Any Vensim or XMILE model, loaded and ready to run.

>>> import xinzhi
>>> model = xinzhi.load_model("teacup.mdl")
>>> model.run(constants={"Room Temperature": 60})
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from xinzhi import arguments
from xinzhi.arguments import MOST_SEED, MOST_THREADS, clashes, real, whole
from xinzhi.brief import Brief
from xinzhi.engine import METHODS
from xinzhi.engine.compiled import CompiledModel, Result
from xinzhi.engine.parse import read_program
from xinzhi.engine.program import Variable
from xinzhi.errors import Message, ModelError, Place, Problem, SimulationError, Told, msg, nearest
from xinzhi.formats.design_table import numbers, numbers_of, read_table, run_axis
from xinzhi.names import canonical
from xinzhi.store import open_store

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

CLOCK = ("initial_time", "final_time", "time_step", "saveper")


class Variables(Brief, Sequence[Variable]):
    """A model's variables in the file's order; by position, or by name (case, blanks and underscores as one likes)."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        self._variables = tuple(variables)
        self._by_name = {canonical(variable.name): variable for variable in self._variables}

    @overload
    def __getitem__(self, index: int | str) -> Variable: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Variable]: ...
    def __getitem__(self, index: int | str | slice) -> Variable | Sequence[Variable]:
        """Raises KeyError for a name that the model does not have."""
        return self._by_name[canonical(index)] if isinstance(index, str) else self._variables[index]

    def __contains__(self, item: object) -> bool:
        return canonical(item) in self._by_name if isinstance(item, str) else item in tuple(self)

    def __len__(self) -> int:
        return len(self._variables)

    def __iter__(self) -> Iterator[Variable]:
        return iter(self._variables)

    def brief(self) -> str:
        return f"{len(self)}: {', '.join(self.names)}"

    def to_pandas(self) -> pd.DataFrame:
        """A row a variable, its name as index: kind, unit, subscripts, note."""
        import pandas as pd

        rows = [
            {"kind": it.kind, "unit": it.unit, "subscripts": ", ".join(it.subscripts), "doc": it.doc} for it in self
        ]
        return pd.DataFrame(rows, index=pd.Index(self.names, name="variable"))

    def _repr_html_(self) -> str:
        from xinzhi.formats.notebook import frame_html

        return frame_html(self.to_pandas())

    def find(self, name: str) -> Variable | None:
        """The variable of that name, or None."""
        return self._by_name.get(canonical(name))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(variable.name for variable in self._variables)


@dataclass(frozen=True, repr=False)
class Model(Brief):
    """A model that was loaded from ``path``; it can run any number of times, and no run changes it."""

    path: Path
    compiled: CompiledModel

    def brief(self) -> str:
        return f"{self.path.name}: {len(self.variables)} variables, {len(self.constants)} constants"

    @cached_property
    def variables(self) -> Variables:
        """Name, kind (constant, stock, auxiliary, lookup, data or control), unit, doc and subscripts of each."""
        return Variables(self.compiled.program.variables)

    @property
    def constants(self) -> dict[str, float]:
        """The model's constants (an element each, as ``name[element]``) and their values in the file."""
        return dict(self.compiled.program.constants)

    def notes(self, method: str | None = None) -> tuple[Message, ...]:
        """What is to be said of a run by ``method`` (None: the file's): how it was read, what it wants but Euler."""
        program = self.compiled.program
        return (*program.notes, *(program.method_notes if method is None else ()))

    def run(
        self, constants: Mapping[str, float] | list[tuple[str, float]] | None = None, *,
        save: Iterable[str] | str | None = None,
        initial_time: float | None = None, final_time: float | None = None, time_step: float | None = None,
        saveper: float | None = None, method: str | None = None, seed: int = 0,
    ) -> pd.DataFrame:  # fmt: skip
        """One run: time as the index, a column for each variable (a subscripted one as ``name[element,element]``).

        ``constants`` replaces values of the file, by name (a subscripted constant's name sets all its elements).
        ``save`` names the columns wanted, all if it is None. ``method`` is "euler" or "rk4", and what the file says if
        it is None; ``attrs["method"]`` is what was used, ``attrs["notes"]`` says what `notes` does, in English. Where
        the saved times are not those that SAVEPER and FINAL TIME ask for ``attrs["times"]`` says so too.
        Where a value is not a finite number ``attrs["fault"]`` names the first variable and its time.
        A run of a large model is interpreted, not compiled: equal to a row of an ensemble to 1e-12, not in every bit.
        Raises `SimulationError` for unknown names, values that are not finite, a clock that cannot run, or a run that
        does not fit into the memory that is free.
        """
        import pandas as pd

        notes, method = [str(note) for note in self.notes(method)], self._method(method)
        given = {name: float(value) for name, value in self._columns(_pairs(constants), ()).items()}
        wanted = self._saved(save)
        result = self._result(
            given, wanted, self._clock(initial_time, final_time, time_step, saveper), method, seed, once=True
        )
        table = pd.DataFrame(result.values[:, :, 0].T, columns=wanted, index=pd.Index(result.times, name="time"))
        table.attrs |= {"method": method, "notes": [*notes, *map(str, result.notes)]}
        if result.notes:
            table.attrs["times"] = [*map(Told.of, result.notes)]
        for fault in result.faults().values():
            table.attrs["fault"] = Told.of(fault.message(f"{fault.time:g}"))
        return table

    def run_ensemble(
        self, design: pd.DataFrame | Mapping[str, Any], *, save: Iterable[str] | str | None = None,
        constants: Mapping[str, float] | None = None, initial_time: float | None = None,
        final_time: float | None = None, time_step: float | None = None, saveper: float | None = None,
        method: str | None = None, seed: int = 0, threads: int | None = None,
    ) -> xr.Dataset:  # fmt: skip
        """One run a row of ``design``: a dataset over (run, time), a variable for each that is saved.

        ``design`` has a column for each constant (or element) that varies; its index becomes the run axis, whatever it
        holds, its levels if it has several. ``constants`` sets others for all runs. Each variable has its name, unit
        and note as attributes. The coordinate ``failed`` marks runs in which a saved value or a stock
        was not finite; ``bad_variable`` and ``bad_time`` then say which was the first, and when. ``attrs["method"]`` is
        how stocks were integrated, by default what the file says; ``attrs["times"]``, where it is there, says which
        times are not those that were asked for. The bits of a run depend on its row, its number and the seed, not on
        its neighbours or the threads.
        Raises `SimulationError` as `run` does.
        """
        import xarray as xr

        table = read_table(design, Place(str(self.path)))
        values = numbers(table)
        varied = [(str(name), values[:, i]) for i, name in enumerate(table)]
        columns = self._columns([*_pairs(constants), *varied], (len(table),))
        wanted, method = self._saved(save), self._method(method)
        clock = self._clock(initial_time, final_time, time_step, saveper)
        result = self._result(columns, wanted, clock, method, seed, threads)
        dataset = xr.Dataset(
            {name: (("run", "time"), result.values[i].T, self._about(name)) for i, name in enumerate(wanted)},
            coords={"time": result.times, "failed": ("run", result.failed)},
            attrs={"method": method} | ({"times": "; ".join(map(str, result.notes))} if result.notes else {}),
        ).assign_coords(run_axis(table.index))
        faults = result.faults()
        if faults:
            names = np.array([faults[i].variable if i in faults else "" for i in range(len(table))], dtype=object)
            times = np.array([faults[i].time if i in faults else np.nan for i in range(len(table))])
            dataset = dataset.assign_coords(bad_variable=("run", names), bad_time=("run", times))
        return dataset

    def _result(
        self, columns: Mapping[str, Any], wanted: Sequence[str], controls: Mapping[str, float], method: str, seed: int,
        threads: int | None = None, *, once: bool = False,
    ) -> Result:  # fmt: skip
        seed = whole("seed", seed, 0, MOST_SEED, SimulationError)
        threads = None if threads is None else whole("threads", threads, 1, MOST_THREADS, SimulationError)
        fixed = {name: float(np.ravel(value)[0]) for name, value in columns.items()}
        try:
            clock = self.compiled.clock(fixed, controls)
            return self.compiled.run(columns, wanted, clock=clock, method=method, seed=seed, threads=threads, once=once)
        except SimulationError as error:
            place = Place(str(self.path))
            raise SimulationError([Problem(place, p.message, p.remedy) for p in error.problems]) from error

    def _method(self, method: str | None) -> str:
        """The method of a run: ``method``, or the file's own. Raises `SimulationError` where there is no such."""
        program = self.compiled.program
        if method is None and not program.method:
            message = msg('the file asks for the method "{name}", which is not supported', name=program.asked)
            raise self._wrong(message, msg("choose the method of the run: {names}", names=", ".join(METHODS)))
        method = program.method if method is None else method
        if method not in METHODS:
            raise self._wrong(msg('"{name}" is not a method', name=method), nearest(str(method), list(METHODS)))
        return method

    def _clock(self, *values: object) -> dict[str, float]:
        pairs = zip(CLOCK, values, strict=True)
        return {name: real(name, value, SimulationError) for name, value in pairs if value is not None}

    def _columns(self, constants: Sequence[tuple[str, Any]], shape: tuple[int, ...]) -> dict[str, Any]:
        """Constants by label, each a number or of ``shape``.

        Raises `SimulationError` with every unknown name, every constant that is set twice, every value that is not
        finite.
        """
        out: dict[str, Any] = {}
        problems = []
        for name, value in constants:
            labels = self._constant_labels(name)
            if not labels:
                problems.append(self._unknown(name))
            column = numbers_of(value)
            if labels and (column.shape not in ((), shape) or not np.isfinite(column).all()):
                message = msg('"{name}" is set to what is not a number', name=name)
                problems.append(Problem(Place(str(self.path)), message))
            out |= dict.fromkeys(labels, column)
        for first, second in clashes([name for name, _ in constants], self._constant_labels):
            message = msg('"{name}" and "{other}" set the same constant', name=first, other=second)
            problems.append(Problem(Place(str(self.path)), message, msg("keep one")))
        if problems:
            raise SimulationError(problems)
        return out

    def _constant_labels(self, name: str) -> list[str]:
        known = self.compiled.program.constants
        if name in known:
            return [name]
        return self._constant_names.get(canonical(name), [])

    @cached_property
    def _constant_names(self) -> dict[str, list[str]]:
        return _by_name(self.compiled.program.constants)

    def _unknown(self, name: str) -> Problem:
        place = Place(str(self.path))
        variable = self.variables.find(name)
        if variable is not None:
            kind = variable.kind
            if kind == "control":
                remedy = msg("set it by {options}", options="initial_time, final_time, time_step, saveper")
            else:
                remedy = msg("only constants can be set; it is of the kind {kind}", kind=kind)
            return Problem(place, msg('"{name}" is not a constant', name=name), remedy)
        return Problem(place, msg('unknown constant "{name}"', name=name), nearest(name, list(self.constants)))

    def _saved(self, save: Iterable[str] | str | None) -> list[str]:
        """Labels wanted. Raises `SimulationError` with every unknown name."""
        labels = self.compiled.labels
        if save is None:
            return list(labels)
        out: list[str] = []
        problems = []
        names = list(dict.fromkeys(arguments.names("save", save, SimulationError)))
        for first, second in clashes(names, lambda name: [canonical(name)]):
            message = msg('"{name}" and "{other}" name the same variable', name=first, other=second)
            problems.append(Problem(Place(str(self.path)), message, msg("keep one")))
        for name in names:
            matching = [name] if name in labels else self._label_names.get(canonical(name), [])
            if not matching:
                problem = msg('unknown variable "{name}"', name=name)
                problems.append(Problem(Place(str(self.path)), problem, nearest(name, list(labels))))
            out += [label for label in matching if label not in out]
        if problems:
            raise SimulationError(problems)
        if not out:
            raise self._wrong(msg("no variable is to be saved"))
        return out

    @cached_property
    def _label_names(self) -> dict[str, list[str]]:
        return _by_name(self.compiled.labels)

    def _about(self, label: str) -> dict[str, str]:
        """What a label's values are, as NetCDF's conventions have it."""
        variable = self._by_label[label]
        unit = {"units": variable.unit} if variable.unit else {}
        return {"long_name": label, **unit, **({"comment": variable.doc} if variable.doc else {})}

    @cached_property
    def _by_label(self) -> dict[str, Variable]:
        return {label: variable for variable in self.variables for label in variable.labels()}

    def _wrong(self, message: Message, remedy: Message | None = None) -> SimulationError:
        return SimulationError(Problem(Place(str(self.path)), message, remedy))


def load_model(path: str | Path) -> Model:
    """The model in a Vensim (.mdl) or XMILE (.xmile, .stmx) file. The file is data: nothing in it is executed.

    Data files that it names are read from its own folder only. Raises `ModelError` with every problem.
    """
    file = arguments.path("path", path, ModelError)
    store = open_store()
    return Model(file, CompiledModel(read_program(file, store), store))


def _pairs(constants: object) -> list[tuple[str, Any]]:
    found = arguments.pairs("constants", {} if constants is None else constants, SimulationError)
    return [(str(name), value) for name, value in found]


def _by_name(labels: Iterable[str]) -> dict[str, list[str]]:
    """Labels by their key, and by the key of the whole subscripted variable."""
    out: dict[str, list[str]] = {}
    for label in labels:
        for key in {canonical(label), canonical(label.partition("[")[0])}:
            out.setdefault(key, []).append(label)
    return out
