"""What is varied and what is judged: uncertain constants and levers in, targets out, and the runs between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from xinzhi.analysis.verdict import figure
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.content.prior_file import Prior
from xinzhi.engine.compiled import CompiledModel
from xinzhi.errors import ContentError, Problem, SimulationError, msg, nearest
from xinzhi.futures.priors import quantile
from xinzhi.simulate import FloatArray, Run, Simulator

Function = Callable[[FloatArray], FloatArray]  # (members, inputs) to (members, outputs)
CHUNK = 8192  # members a call of the engine: bounds the memory, whatever the sample


@dataclass(frozen=True)
class Input:
    """A constant with its prior, or a lever (``name`` is its id), every value of whose range is as likely.

    ``value`` is what the run has, ``variable`` the constant of the model; both and the prior are in the model's unit.
    """

    name: str
    variable: str
    prior: Prior
    value: float
    lever: bool


def constant_inputs(content: Content, simulator: Simulator, run: Run) -> dict[str, Input]:
    """Every constant that has a prior, by name."""
    constants = {**simulator.compiled.program.constants, **simulator.constants_of(run.settings, run.assumptions)}
    return {
        name: Input(name, name, it.prior, constants[name], False)
        for name, it in content.uncertainties.items()
        if name in constants
    }


def lever_inputs(content: Content, run: Run) -> dict[str, Input]:
    """Every lever, by id, over its range; its timing stays the run's."""
    return {
        name: Input(name, it.variable, Prior("uniform", it.low, it.high), run.settings[name].value, True)
        for name, it in content.sheet.levers.items()
    }


def find_inputs(content: Content, simulator: Simulator, run: Run, names: Sequence[str]) -> tuple[Input, ...]:
    """The inputs called so: constants by name in any case, levers by id, code or name. `ContentError` tells all others.

    A constant without a prior is told apart from a name that the model does not know.
    """
    constants, levers = constant_inputs(content, simulator, run), lever_inputs(content, run)
    by_case = {name.lower(): name for name in constants}
    known = {name.lower(): name for name in content.model.variables}
    varied: dict[str, Input] = {}
    problems = []
    for written in names:
        wanted = written.strip().lower()
        lever = content.sheet.find(written)
        if wanted in by_case:
            varied[by_case[wanted]] = constants[by_case[wanted]]
        elif lever is not None:
            varied[lever.id] = levers[lever.id]
        elif wanted in known:
            problems.append(Problem(None, msg('"{name}" has no prior', name=known[wanted]),
                                    msg("give it one in model/uncertainties.yaml")))  # fmt: skip
        else:
            problems.append(Problem(None, msg('unknown input "{name}"', name=written[:60]),
                                    nearest(written[:60], [*constants, *levers])))  # fmt: skip
    if problems:
        raise ContentError(problems)
    return tuple(varied.values())


def find_targets(content: Content, names: Sequence[str]) -> tuple[Target, ...]:
    """The targets of these ids or names, all of them where none is named. `ContentError` tells every unknown one."""
    targets, problems = [], []
    for written in names:
        target = next((it for it in content.targets.values() if written in (it.id, it.name.zh, it.name.en)), None)
        if target is None:
            problem = msg('unknown target "{name}"', name=written[:60])
            problems.append(Problem(None, problem, nearest(written[:60], list(content.targets))))
        else:
            targets.append(target)
    if problems:
        raise ContentError(problems)
    return tuple(dict.fromkeys(targets)) if names else tuple(content.targets.values())


@dataclass(frozen=True, eq=False)
class Response:
    """The targets' values as a function of the inputs' shares; everything else is the run's. No member is re-anchored.

    Calling it takes shares of shape (members, inputs) and gives (members, targets), in the targets' units; NaN where
    a run gave no number.
    """

    content: Content
    simulator: Simulator
    run: Run
    inputs: tuple[Input, ...]
    targets: tuple[Target, ...]
    threads: int | None = None

    def __call__(self, shares: FloatArray) -> FloatArray:
        return self._in_chunks(shares, self.values)

    def at(self, values: FloatArray) -> FloatArray:
        """The same for the inputs' own values, in the model's units."""
        return self._in_chunks(values, lambda rows: rows)

    def values(self, shares: FloatArray) -> FloatArray:
        """Shares of the priors as values in the model's units, both of shape (members, inputs)."""
        columns = [quantile(it.prior, row) for it, row in zip(self.inputs, np.asarray(shares).T, strict=True)]
        return np.stack(columns, axis=1)

    @cached_property
    def _compiled(self) -> CompiledModel:
        """The model with the run's levers and assumptions in place of its own: what is not varied is frozen."""
        program = self.simulator.compiled.program
        constants = {**program.constants, **self.simulator.constants_of(self.run.settings, self.run.assumptions)}
        return CompiledModel(replace(program, constants=constants), self.simulator.store)

    def _in_chunks(self, rows: FloatArray, to_values: Function) -> FloatArray:
        out = np.empty((len(rows), len(self.targets)))
        for start in range(0, len(rows), CHUNK):
            out[start : start + CHUNK] = self._chunk(to_values(rows[start : start + CHUNK]))
        return out

    def _chunk(self, values: FloatArray) -> FloatArray:
        indicators = list(dict.fromkeys(it.indicator for it in self.targets))
        saved = list(dict.fromkeys(self.content.indicators[name].variable for name in indicators))
        first, last = self.simulator.years[0], max(it.year for it in self.targets)
        clock = self._compiled.clock({}, {"final_time": float(last), "saveper": 1.0})
        columns = {it.variable: column for it, column in zip(self.inputs, values.T, strict=True)}
        series = self._compiled.run(columns, saved, clock=clock, method="euler", threads=self.threads).or_nan()
        out = np.empty((len(values), len(self.targets)))
        for column, target in enumerate(self.targets):
            indicator = self.content.indicators[target.indicator]
            row = series[saved.index(indicator.variable)]
            with np.errstate(invalid="ignore", divide="ignore"):
                out[:, column] = figure(target, indicator.factor, row, first)
        return out


def whole_blocks(values: FloatArray, size: int) -> tuple[FloatArray, int]:
    """The outputs without blocks of ``size`` members in which one gave no number, and how many members that leaves out.

    Raises `SimulationError` where not even two blocks are left.
    """
    blocks = values.reshape(-1, size, values.shape[1])
    sound = np.isfinite(blocks).all(axis=(1, 2))
    if sound.sum() < 2:
        raise SimulationError(Problem(None, msg("too few runs gave a number"), msg("vary fewer inputs")))
    if sound.all():
        return values, 0
    return blocks[sound].reshape(-1, values.shape[1]), int((~sound).sum()) * size
