"""Damaged models of others: read in this process, and what is read is run, as fuzzing has to be quick."""

from __future__ import annotations

import math
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.content.yaml_file import Problems
from xinzhi.engine import compiled
from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.parse import read_program
from xinzhi.engine.program import Program
from xinzhi.engine.translate import program_of
from xinzhi.errors import Place, XinzhiError
from xinzhi.model import Model
from xinzhi.store import Store

SECONDS = 20  # of the clock, for reading and running one
MOST_STEPS = 200
COMPILED_SHARE = 0.02  # LLVM takes some ten times as long as the interpreter


class EndlessError(Exception):
    """A mutant took longer than `SECONDS`."""


def read_and_run(path: Path, problems: Problems) -> pd.DataFrame | None:
    """What ``xinzhi simulate`` would give of a foreign model, at most `MOST_STEPS` of its steps; problems are noted."""
    content = path.read_bytes()
    with bounded():
        try:
            model = Model(Path("file"), CompiledModel(_program(content, path.resolve())))
            return run(model, random.Random(content).random() < COMPILED_SHARE)
        except XinzhiError as error:
            problems.noted += error.problems
            return None


def _program(content: bytes, path: Path) -> Program:
    """Read in this process; where brackets are too deep for it, in one that has room, as ``load_model`` does."""
    try:
        return program_of(content, path, "file")
    except RecursionError:
        try:
            return read_program(path, Store(path.parent, 0))
        except XinzhiError as error:
            raise type(error)(
                [replace(it, place=Place("file", it.place and it.place.line)) for it in error.problems]
            ) from None


def run(model: Model, check_compiled: bool) -> pd.DataFrame:
    program = model.compiled.program
    clock = {} if _few_steps(program) else {"final_time": 5.0, "time_step": 0.5, "initial_time": 0.0, "saveper": 0.5}
    with engine("numpy"):
        table = model.run(**clock)
    if check_compiled:
        with engine("llvm"):
            again = Model(model.path, CompiledModel(program)).run(**clock)
        table.attrs["differs"] = different(table, again)
    return table


def different(a: pd.DataFrame, b: pd.DataFrame) -> list[str]:
    """The columns in which two runs are not the same to the rounding, where both are finite."""
    scale = 1e-7 * np.maximum(np.abs(a.to_numpy()).max(axis=0, initial=0), 1)
    with np.errstate(all="ignore"):
        apart = np.abs(a.to_numpy() - b.to_numpy()) > scale
    both = np.isfinite(a.to_numpy()) & np.isfinite(b.to_numpy())
    return [str(name) for name, wrong in zip(a.columns, (apart & both).any(axis=0), strict=True) if wrong]


def unsound_run(table: pd.DataFrame) -> Iterator[str]:
    """What no run of any model has."""
    times = table.index.to_numpy(dtype=float)
    if len(times) == 0 or not np.isfinite(times).all() or not (np.diff(times) > 0).all():
        yield f"times {times[:5]}"
    if not table.columns.is_unique:
        yield "a column twice"
    bad = [name for name in table if not np.isfinite(table[name].to_numpy()).all()]
    fault = table.attrs.get("fault")
    if bad and (fault is None or not str(fault.message.values.get("name", "")).strip()):
        yield f"{bad[0]} is not finite, and the fault names nothing: {fault}"
    if table.attrs.get("differs"):
        yield f"the compiled run differs in {table.attrs['differs'][:3]}"


def _few_steps(program: Program) -> bool:
    """Whether the model's own clock is a short one; of another it is not known."""
    values = [program.nodes[program.controls[name]] for name in ("initial_time", "final_time", "time_step")]
    first, last, step = (
        float(node.param) if node.op == "lit" and node.param is not None else math.nan for node in values
    )
    return bool(step > 0 and (last - first) / step <= MOST_STEPS)


@contextmanager
def bounded() -> Iterator[None]:
    """Raises `EndlessError` after `SECONDS`."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise EndlessError

    before: Any = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def engine(name: str) -> Iterator[None]:
    """Runs by one engine only."""
    import os

    before = os.environ.get(compiled.ENGINE_VARIABLE)
    os.environ[compiled.ENGINE_VARIABLE] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ[compiled.ENGINE_VARIABLE]
        else:
            os.environ[compiled.ENGINE_VARIABLE] = before
