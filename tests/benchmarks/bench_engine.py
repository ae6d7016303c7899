"""The engine on the project's own model: against PySD, pysimlin and gcc, and its own ways against each other.

Every constant varies, sixteen indicators are saved yearly. What runs in one thread is told in processor time.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from models import ROOT, Setting, plain, pysd, setting
from plain_c import CKernel
from table import Row, Size, best, main, processor, spoken, worst

import xinzhi
from xinzhi.engine import kernel as native
from xinzhi.engine.algebra import gathered
from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.emit import emit
from xinzhi.engine.interpret import interpret
from xinzhi.engine.machine import Machine
from xinzhi.engine.parse import read_program
from xinzhi.engine.plan import make_plan
from xinzhi.engine.specialise import specialise
from xinzhi.store import Store


def measure(size: Size) -> Iterator[Row]:
    asked = setting(size)
    what = f"{len(asked.program.variables):,} symbols, {len(asked.names)} constants varying, {len(asked.saved)} saved"
    yield Row(f"engine: {what}, {native.host().name}")
    asked.run(64)
    one = processor(lambda: asked.run(asked.members), size.of(1, 5)) / asked.members
    alone, two = (best(lambda n=n: asked.run(asked.members, threads=n), size.of(1, 5)) / asked.members for n in (1, 2))
    yield from _against_pysd(asked, size, one)
    yield from _against_simlin(asked, size, one)
    yield Row("engine: a member, one thread", "", spoken(one))
    yield Row("engine: a member, two threads, wall time", "", spoken(two), f"one thread x {alone / two:.2f}")
    yield from _against_c(asked, size, one)
    yield from _other_ways(asked, size, one)
    yield from _latency(asked, size)
    yield from _compiling(asked)
    yield from _million(asked, size)
    if size is Size.FULL:
        yield _whole_process()


def _against_pysd(asked: Setting, size: Size, one: float) -> Iterator[Row]:
    slow, count = pysd(size), 2
    truth = np.array([slow.run(member) for member in range(count)]).transpose(1, 2, 0)
    difference = worst(asked.run(count).values, truth)
    assert difference < 1e-11, difference
    seconds = processor(slow.run, size.of(1, 3))
    yield Row(
        "PySD: one run, the same columns", f"to {difference:.0e}", spoken(seconds), f"ours x {seconds / one:,.0f}"
    )


def _against_simlin(asked: Setting, size: Size, one: float) -> Iterator[Row]:
    """pysimlin reads no data files: it gets the model with its numbers written in."""
    if importlib.util.find_spec("simlin") is None:
        yield Row("pysimlin: not installed")
        return
    import simlin

    model = simlin.load(str(plain(size)))
    sim = model.simulate()
    known = {name for name in sim.get_var_names() if "[" not in name}
    named = {name: name.lower().replace(" ", "_") for name in asked.variables}
    shared = [name for name in asked.variables if named[name] in known]
    sim.run_to_end()
    series = [np.asarray(sim.get_series(named[name])) for name in shared]  # every step, or as SAVEPER says
    theirs = np.array([values[:: (len(values) - 1) // (len(asked.clock.saved) - 1)] for values in series])
    base = np.array([asked.program.constants[name] for name in asked.names])[:, None]
    nodes = [asked.compiled.labels[name] for name in shared]
    ours = asked.compiled.run_rows(asked.names, base, nodes, asked.clock, method="euler").values[:, :, 0]
    difference = worst(ours, theirs)
    assert shared and difference < 1e-9, difference
    constant = next(name for name in asked.names if "[" not in name and name.lower().replace(" ", "_") in known)

    def once() -> None:
        sim.reset()
        sim.set_value(constant.lower().replace(" ", "_"), asked.program.constants[constant])
        sim.run_to_end()

    seconds = processor(once, size.of(2, 20))
    yield Row(f"pysimlin: reset, set, run; {len(shared)} columns compared", f"to {difference:.0e}", spoken(seconds),
              f"ours x {seconds / one:.0f}")  # fmt: skip


def _against_c(asked: Setting, size: Size, one: float) -> Iterator[Row]:
    if shutil.which("gcc") is None:
        yield Row("gcc: not installed")
        return
    program = specialise(asked.program, asked.names, asked.clock, asked.saved)
    plans = {"as written": make_plan(program), "optimised": make_plan(gathered(program)[0])}
    flags = "-ffast-math -mprefer-vector-width=512"
    truth, members = asked.run(64).values, asked.members
    with tempfile.TemporaryDirectory() as folder:
        for what, plan in plans.items():
            fastest, difference = np.inf, 0.0
            for width in (8,) if size is Size.SMALL else (8, 16, 32):
                code = CKernel(plan, asked.clock, width, flags, Path(folder))
                difference = max(difference, worst(code(asked.design[:, :64]), truth))
                assert difference < 1e-8, difference
                tiles, out = code.tiles(asked.design), code.buffer(members)
                fastest = min(fastest, processor(partial(code.run, tiles, members, out), size.of(1, 5)) / members)
            yield Row(f"gcc -O3 -ffast-math, blocks of members: {what}", f"to {difference:.0e}", spoken(fastest),
                      f"ours x {fastest / one:.2f}")  # fmt: skip


def _other_ways(asked: Setting, size: Size, one: float) -> Iterator[Row]:
    program = specialise(asked.program, asked.names, asked.clock, asked.saved)
    rewritten, guards = gathered(program)
    plan, truth, members = make_plan(rewritten), asked.run(64).values, asked.members
    isa = native.host().isa
    ways = [("16 lanes", Machine(16, isa), False), ("8 lanes", Machine(8, isa), False),
            ("8 lanes, no algebra (strict)", Machine(8, isa), True)]  # fmt: skip
    for what, machine, strict in ways:
        chosen = make_plan(program) if strict else plan
        started = time.perf_counter()
        code = native.compile_text(
            emit(chosen, machine, method="euler", guards=None if strict else guards), native.host()
        )
        compiling = time.perf_counter() - started
        kernel = native.Kernel(native.Native(code, native.host()), machine, len(asked.saved), len(program.delayed))
        table = chosen.uniform_plan.table(asked.clock)
        difference = worst(kernel.run(asked.design[:, :64], table, asked.clock, seed=0)[0], truth)
        assert difference < 1e-10, difference
        run = partial(kernel.run, asked.design, table, asked.clock, seed=0)
        seconds = processor(run, size.of(1, 3)) / members
        yield Row(f"a kernel of {what}, compiled in {compiling:.2f} s", f"to {difference:.0e}", spoken(seconds),
                  f"chosen x {seconds / one:.2f}")  # fmt: skip
    few = min(members, size.of(32, 1000))
    strict_plan = make_plan(program)
    values = interpret(strict_plan, asked.clock, asked.design[:, :few])[0]
    difference = worst(np.asarray(values)[:, :, :32], truth[:, :, :32])
    seconds = processor(lambda: interpret(strict_plan, asked.clock, asked.design[:, :few]), size.of(1, 2)) / few
    yield Row(f"NumPy interpreter, a member of {few:,}", f"to {difference:.0e}", spoken(seconds),
              f"ours x {seconds / one:.0f}")  # fmt: skip


def _latency(asked: Setting, size: Size) -> Iterator[Row]:
    yield Row("engine: one run, arrays", "", spoken(processor(lambda: asked.run(1), size.of(2, 50))))
    count = min(1000, asked.members)
    model = xinzhi.load_model(asked.path)
    design = pd.DataFrame(asked.design[:, :count].T, columns=list(asked.names))

    def public() -> object:
        return model.run_ensemble(design, save=list(asked.variables), saveper=1.0, threads=2)

    public()
    yield Row(f"load_model(…).run_ensemble of {count:,} rows, two threads", "", spoken(best(public, size.of(1, 20))))


def _compiling(asked: Setting) -> Iterator[Row]:
    """Reading the file, the first run, and the first run with a kernel that was kept; every stock saved."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        started = time.perf_counter()
        program = read_program(asked.path, store, own=True)
        yield Row("reading and lowering the model", "", spoken(time.perf_counter() - started))
        column = np.array([program.constants[name] for name in asked.names])[:, None]
        wanted = [node for variable in program.variables if variable.kind == "stock" for node in variable.nodes]
        for what in ("first run, compiled", "first run, kernel kept on disk"):
            compiled = CompiledModel(program, store)
            started = time.perf_counter()
            compiled.run_rows(asked.names, column, wanted, asked.clock, method="euler", threads=1)
            yield Row(what, "", spoken(time.perf_counter() - started))


def _million(asked: Setting, size: Size) -> Iterator[Row]:
    """Members in chunks, results in one array; five indicators, saved yearly."""
    total, chunk = size.of(512, 1_000_000), asked.members
    saved, out = asked.saved[:5], np.empty((5, len(asked.clock.saved), size.of(512, 1_000_000)))
    run = partial(asked.compiled.run_rows, asked.names, saved=saved, clock=asked.clock, method="euler", threads=2)
    run(constants=asked.design[:, :16])
    started = time.perf_counter()
    for first in range(0, total, chunk):
        count = min(chunk, total - first)
        out[:, :, first : first + count] = run(constants=asked.design[:, :count]).values
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    yield Row(f"{total:,} members, 5 indicators, yearly, two threads", "", spoken(seconds), f"peak {peak:.2f} GB")


def _whole_process() -> Row:
    command = [sys.executable, "-m", "xinzhi", "targets", "baseline"]

    def call() -> object:
        return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, check=True)

    call()
    return Row("xinzhi targets baseline, whole process, warm", "", spoken(best(call, 5)))


if __name__ == "__main__":
    main(measure)
