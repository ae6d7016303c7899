"""Programs as WebAssembly in Node: the modules that a page would run, their values as arrays, beside the native ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xinzhi.engine.algebra import gathered
from xinzhi.engine.clock import Clock
from xinzhi.engine.compiled import CompiledModel, Request, _Prepared
from xinzhi.engine.plan import make_plan
from xinzhi.engine.wasm import compile_wasm

Array = np.ndarray[Any, Any]
HERE = Path(__file__).parent


def find_node() -> str:
    """Node; without it the test is skipped, but under CI it fails."""
    found = shutil.which("node")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Node, and under CI the tests of WebAssembly have to run")
        pytest.skip("there is no Node on this machine (make node installs Debian's)")
    return found


def node(script: str, *arguments: object) -> Any:
    """What ``script`` of this folder writes, which is JSON."""
    done = subprocess.run(
        [find_node(), HERE / script, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@dataclass(frozen=True, eq=False)
class Case:
    """Modules that stand in for each other, and what they run: ``constants`` has shape (rows, members)."""

    modules: tuple[bytes, ...]
    uniforms: tuple[Array, ...]
    constants: Array
    saves: Array
    saved: int
    delayed: int = 0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Answer:
    """``values``: (saved, times, members). ``marks``: (modules, members), NaN where a module has no answer.

    ``about``: of each module its imports and exports and the milliseconds in which it was compiled; the times of the
    first module's runs.
    """

    values: Array
    marks: Array
    about: dict[str, Any]


def run_wasm(cases: Sequence[Case], repeats: int = 1) -> list[Answer]:
    """All in one process; the first module of each is run ``repeats`` times."""
    parts: list[bytes] = []
    size = 0

    def part(data: bytes, count: int) -> tuple[int, int]:
        nonlocal size
        place = size
        parts.append(data + bytes(-len(data) % 8))
        size += len(parts[-1])
        return place, count

    def doubles(values: Array) -> tuple[int, int]:
        return part(np.ascontiguousarray(values, dtype="<f8").tobytes(), int(np.size(values)))

    heads, shapes = [], []
    for it in cases:
        members = it.constants.shape[1]
        even = it.constants[:, [*range(members), *[members - 1] * (members % 2)]]  # the last block filled up
        times = int(it.saves.max()) + 1
        shapes.append((it.saved, times, even.shape[1], members, len(it.modules)))
        heads.append({
            "modules": [part(module, len(module)) for module in it.modules],
            "uniforms": [doubles(table) for table in it.uniforms],
            "constants": doubles(even), "members": even.shape[1], "saves": it.saves.tolist(),
            "saved": it.saved, "times": times, "delayed": it.delayed, "seed": it.seed,
        })  # fmt: skip
    text = json.dumps(heads).encode()
    start = len(text).to_bytes(4, "little") + text
    with tempfile.TemporaryDirectory() as folder:
        given, said = Path(folder) / "in", Path(folder) / "out"
        given.write_bytes(start + bytes(-len(start) % 8) + b"".join(parts))
        about = node("run_wasm.mjs", given, said, repeats)
        numbers = np.fromfile(said, dtype="<f8")
    answers, at = [], 0
    for (saved, times, width, members, modules), seen in zip(shapes, about, strict=True):
        count = saved * times * width
        values = numbers[at : at + count].reshape(saved, times, width)[:, :, :members]
        at += count
        marks = numbers[at : at + modules * width].reshape(modules, width)[:, :members]
        at += modules * width
        answers.append(Answer(values, marks, seen))
    assert at == len(numbers)
    return answers


def saves_of(clock: Clock) -> Array:
    """The row that each step is saved in, or -1."""
    saves = np.full(clock.steps + 1, -1, dtype=np.int64)
    saves[list(clock.saved)] = np.arange(len(clock.saved))
    return saves


@dataclass(frozen=True, eq=False)
class Both:
    """A request as the native kernels answer it, and the case for Node. ``ops`` are the operations that run."""

    case: Case
    values: Array
    failed: Array
    labels: tuple[str, ...]
    ops: frozenset[str]


def both(
    compiled: CompiledModel, columns: Mapping[str, Any] | None = None, *, saved: Sequence[str] | None = None,
    method: str = "euler", clock: Clock | None = None, fast: bool = True, varied: Sequence[str] | None = None,
) -> Both:  # fmt: skip
    """Run natively what Node is to run: ``columns`` of constants by label (numbers, or arrays of one length)."""
    program, columns = compiled.program, columns or {}
    names = tuple(name for name in program.constants if name in (varied or columns))
    members = max((np.size(values) for values in columns.values()), default=1)
    constants = np.array([np.broadcast_to(columns.get(name, program.constants[name]), members) for name in names])
    constants = constants.reshape(len(names), members)
    clock = clock or compiled.clock({}, {})
    labels = tuple(saved) if saved is not None else tuple(dict.fromkeys(compiled.labels))
    nodes = tuple(dict.fromkeys(compiled.labels[label] for label in labels))
    controls = (clock.initial_time, clock.final_time, clock.time_step, clock.saveper)
    ready = _Prepared(program, Request(names, nodes, method, controls), clock, compiled.store)
    values, failed = ready.run(constants, clock, 0, 0, 1, lambda: False)
    quick, guards = gathered(ready.program)
    plans = [(make_plan(quick), guards)] if fast else []
    plans.append((make_plan(ready.program), None))
    return Both(
        Case(
            tuple(compile_wasm(plan, method=method, guards=its) for plan, its in plans),
            tuple(plan.uniform_plan.table(clock, halves=method == "rk4") for plan, _ in plans),
            constants, saves_of(clock), len(nodes), len(ready.program.delayed),
        ),
        values, failed, tuple(next(it for it in labels if compiled.labels[it] == node) for node in nodes),
        frozenset(it.op for it in ready.program.graph.nodes),
    )  # fmt: skip


def assert_agree(given: Both, answer: Answer, within: float) -> None:
    """The same members fail, and every saved value is the same to ``within`` of its variable's largest."""
    np.testing.assert_array_equal(np.isnan(answer.marks[-1]), given.failed)
    for name, ours, theirs in zip(given.labels, answer.values, given.values, strict=True):
        largest = float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0))
        np.testing.assert_allclose(ours, theirs, rtol=within, atol=within * largest, equal_nan=True, err_msg=name)
