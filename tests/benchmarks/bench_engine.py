"""How fast the engine is on the project's own model. Agrees first, then times, then gives ratios of one run of this file.

Run: make bench
"""

from __future__ import annotations

import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from plain_c import CKernel

import xinzhi
from xinzhi.engine import kernel as native
from xinzhi.engine.algebra import gathered
from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.emit import Target, emit
from xinzhi.engine.interpret import interpret
from xinzhi.engine.parse import read_program
from xinzhi.engine.plan import make_plan
from xinzhi.engine.specialise import specialise
from xinzhi.store import Store

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "model" / "hubei.mdl"
MEMBERS = 16_384


def best(action: Callable[[], object], repeats: int = 5) -> float:
    """Shortest wall time in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def row(what: str, figure: str, ratio: str = "") -> None:
    print(f"{what:<66} {figure:>16} {ratio:>18}", flush=True)


class Setting:
    """The real model, sixteen indicators saved yearly, every constant varying by 3 % but the calendar years."""

    def __init__(self, store: Store) -> None:
        project = xinzhi.load_project(ROOT)
        self.program = read_program(MODEL, store, own=True)
        self.compiled = CompiledModel(self.program, store)
        self.clock = self.compiled.clock({}, {"saveper": 1.0})
        self.names = tuple(self.program.constants)
        self.variables = list(dict.fromkeys(i.variable for i in project.content.indicators.values()))[:16]
        self.saved = [self.compiled.labels[name] for name in self.variables]
        base = np.array(list(self.program.constants.values()))[:, None]
        self.base = base
        varied = base * np.random.default_rng(1).uniform(0.97, 1.03, (len(base), MEMBERS))
        self.design = np.where((base > 1900) & (base < 2200), base, varied)

    def run(self, members: int, threads: int = 1) -> object:
        return self.compiled.run_rows(self.names, self.design[:, :members], self.saved, self.clock, method="euler",
                                      threads=threads)  # fmt: skip


def worst(got: np.ndarray, truth: np.ndarray) -> float:
    scale = np.maximum(np.abs(truth), 1e-12 * np.abs(truth).max(axis=(1, 2), keepdims=True))
    return float(np.max(np.abs(got - truth) / scale))


def pysd_model() -> object:
    from xinzhi.engine.reference import load, translate

    folder = Path(tempfile.mkdtemp())
    translate(MODEL, folder)
    return load(folder, {})


def agree(setting: Setting, slow: object) -> float:
    years = list(setting.clock.saved_times)
    truth = []
    for member in range(5):
        constants = dict(zip(setting.names, setting.design[:, member].tolist(), strict=True))
        columns = slow.run(constants, setting.variables, years, setting.clock.time_step)
        truth.append([columns[name] for name in setting.variables])
    got = setting.run(5).values
    error = worst(got, np.array(truth).transpose(1, 2, 0))
    assert error < 1e-12, error
    return error


def time_simlin() -> float | None:
    try:
        import simlin
    except ImportError:
        return None
    sim = simlin.load(str(MODEL)).simulate()
    sim.run_to_end()

    def once() -> None:
        sim.reset()
        sim.set_value("sei_depreciation_rate", 0.08)
        sim.run_to_end()

    return best(once, 20)


def ensemble(setting: Setting, pysd: float) -> None:
    setting.run(64)
    one = best(lambda: setting.run(MEMBERS)) / MEMBERS
    two = best(lambda: setting.run(MEMBERS, threads=2)) / MEMBERS
    row("an ensemble, a member, one thread", f"{one * 1e6:.2f} µs", f"PySD x {pysd / one:,.0f}")
    simlin = time_simlin()
    if simlin is not None:
        row("pysimlin, one run, reset and run_to_end", f"{simlin * 1e6:.0f} µs", f"its ratio x {simlin / one:,.0f}")
    row("an ensemble, a member, two threads", f"{two * 1e6:.2f} µs", f"one thread x {one / two:.2f}")
    against_c(setting, one)
    other_ways(setting, one)


def against_c(setting: Setting, one: float) -> None:
    program = specialise(setting.program, setting.names, setting.clock, setting.saved)
    plans = {"as written": make_plan(program), "optimised": make_plan(gathered(program)[0])}
    flags = "-ffast-math -mprefer-vector-width=512"
    truth = setting.run(64).values
    with tempfile.TemporaryDirectory() as folder:
        for what, plan in plans.items():
            fastest = np.inf
            for width in (8, 16, 32):
                code = CKernel(plan, setting.clock, width, flags, Path(folder))
                assert worst(code(setting.design[:, :64]), truth) < 1e-8
                tiles, out = code.tiles(setting.design), code.buffer(MEMBERS)
                fastest = min(fastest, best(partial(code.run, tiles, MEMBERS, out)) / MEMBERS)
            row(f"gcc -O3 -ffast-math, blocks, best of 8, 16, 32: {what}", f"{fastest * 1e6:.2f} µs",
                f"its ratio x {fastest / one:.2f}")  # fmt: skip
        scalar = CKernel(plans["as written"], setting.clock, 0, "-ffast-math", Path(folder))
        tiles, out = scalar.tiles(setting.design[:, :2048]), scalar.buffer(2048)
        seconds = best(lambda: scalar.run(tiles, 2048, out)) / 2048
        row("gcc -O3 -ffast-math, one member a call: as written", f"{seconds * 1e6:.2f} µs",
            f"its ratio x {seconds / one:.1f}")  # fmt: skip


def other_ways(setting: Setting, one: float) -> None:
    program = specialise(setting.program, setting.names, setting.clock, setting.saved)
    rewritten, guards = gathered(program)
    plan, truth = make_plan(rewritten), setting.run(64).values
    features = ",".join(f for f in native.host().features.split(",") if "avx512" not in f and "amx" not in f)
    haswell = native.Cpu("haswell", features)
    for what, cpu, target, strict in (
        ("16 lanes", native.host(), Target(16, native.host().isa), False),
        ("8 lanes", native.host(), Target(8, native.host().isa), False),
        ("8 lanes, no algebra (strict)", native.host(), Target(8, native.host().isa), True),
        ("AVX2 only, 8 lanes", haswell, Target(8, "portable"), False),
        ("AVX2 only, 4 lanes", haswell, Target(4, "portable"), False),
    ):
        chosen = make_plan(program) if strict else plan
        started = time.perf_counter()
        text = emit(chosen, target, method="euler", guards=None if strict else guards)
        code = native.compile_text(text, cpu)
        compiling = time.perf_counter() - started
        kernel = native.Kernel(native.Native(code, cpu), target, len(setting.saved), 0)
        table = chosen.uniform_plan.table(setting.clock)
        got, _ = kernel.run(setting.design[:, :64], table, setting.clock, seed=0)
        assert worst(got, truth) < 1e-11
        seconds = best(partial(kernel.run, setting.design, table, setting.clock, seed=0), 3) / MEMBERS
        row(f"{what}: compiled in {compiling:.2f} s", f"{seconds * 1e6:.2f} µs", f"chosen x {seconds / one:.2f}")
    strict_plan = make_plan(program)
    seconds = best(lambda: interpret(strict_plan, setting.clock, setting.design[:, :1000]), 2) / 1000
    row("NumPy interpreter, a member of 1,000", f"{seconds * 1e6:.1f} µs", f"its ratio x {seconds / one:.0f}")


def latency(setting: Setting, pysd: float) -> None:
    one = best(lambda: setting.run(1), 50)
    row("one run, arrays", f"{one * 1e3:.3f} ms", f"PySD x {pysd / one:,.0f}")
    row("1,000 members, arrays, two threads", f"{best(lambda: setting.run(1000, threads=2), 20) * 1e3:.2f} ms")
    model = xinzhi.load_model(MODEL)
    design = pd.DataFrame(setting.design[:, :1000].T, columns=list(setting.names))
    public = lambda: model.run_ensemble(design, save=setting.variables, saveper=1.0, threads=2)  # noqa: E731
    public()
    row("1,000 members, xarray, two threads", f"{best(public, 20) * 1e3:.2f} ms")


def compiling() -> None:
    """First compilation and the kept one, of the model and of copies of it side by side."""
    text = MODEL.read_text(encoding="utf-8-sig")
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        for copies in (1, 3, 8):
            path = Path(folder) / f"copies{copies}.mdl"
            path.write_text(_copies(text, copies), encoding="utf-8")
            started = time.perf_counter()
            program = read_program(path, store, own=True)
            reading = time.perf_counter() - started
            names = tuple(program.constants)
            column = np.array(list(program.constants.values()))[:, None]
            seconds = []
            for _ in range(2):
                compiled = CompiledModel(program, store)
                clock = compiled.clock({}, {"saveper": 1.0})
                wanted = [n for v in program.variables if v.kind == "stock" for n in v.nodes]
                started = time.perf_counter()
                compiled.run_rows(names, column, wanted, clock, method="euler", threads=1)
                seconds.append(time.perf_counter() - started)
            row(f"{len(program.variables):,} symbols: reading and lowering {reading:.2f} s; first run, kept",
                f"{seconds[0]:.2f} s", f"{seconds[1] * 1e3:.0f} ms")  # fmt: skip


def _copies(text: str, copies: int) -> str:
    """The model several times in one file: every variable but the clock's with a number behind its name."""
    from xinzhi.content.reading import read_content
    from xinzhi.store import open_store

    head = text.split("\\\\\\---///", 1)[0]
    names = sorted(read_content(ROOT, open_store()).model.variables, key=len, reverse=True)
    clock = {"INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER"}
    pattern = re.compile("|".join(rf"(?<![\w]){re.escape(n)}(?![\w])" for n in names if n not in clock))
    parts = [head]
    for copy in range(2, copies + 1):
        pieces = head.replace("{UTF-8}", "").split("|")
        entries = [e for e in pieces if "~" in e and not e.strip().startswith(("*", *clock))]
        renamed = []
        for entry in entries:
            equation, rest = entry.split("~", 1)
            renamed.append(pattern.sub(lambda m, copy=copy: f"{m[0]} {copy}", equation) + "~" + rest)
        parts.append("|".join(renamed) + "|")
    return "\n".join(parts)


def million(setting: Setting) -> None:
    """A million members in chunks; every constant varying, five indicators, saved yearly."""
    saved = setting.saved[:5]
    total, chunk = 1_000_000, 20_000
    rng = np.random.default_rng(2)
    part = setting.base * rng.uniform(0.97, 1.03, (len(setting.base), chunk))
    part = np.where((setting.base > 1900) & (setting.base < 2200), setting.base, part)
    setting.compiled.run_rows(setting.names, part[:, :16], saved, setting.clock, method="euler")
    started = time.perf_counter()
    out = np.empty((5, len(setting.clock.saved), total))
    for first in range(0, total, chunk):
        result = setting.compiled.run_rows(setting.names, part, saved, setting.clock, method="euler", threads=2)
        out[:, :, first : first + chunk] = result.values
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    row("1,000,000 members, 5 indicators, yearly, two threads", f"{seconds:.2f} s", f"peak {peak:.2f} GB")


def whole_process() -> None:
    command = [sys.executable, "-m", "xinzhi", "targets", "baseline"]
    call = lambda: subprocess.run(command, cwd=ROOT, capture_output=True, check=True)  # noqa: E731
    call()
    row("xinzhi targets baseline, whole process, warm", f"{best(call, 5):.2f} s")


def main() -> None:
    warnings.simplefilter("ignore")
    print(f"{platform.processor() or platform.machine()}, {native.host().name}, {native.host().isa}\n")
    if "--million" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            million(Setting(Store(Path(folder))))
        return
    with tempfile.TemporaryDirectory() as folder:
        setting = Setting(Store(Path(folder)))
        slow = pysd_model()
        error = agree(setting, slow)
        row("largest relative difference from PySD, 16 indicators, 5 members", f"{error:.1e}")
        years = list(setting.clock.saved_times)
        pysd = best(lambda: slow.run({}, setting.variables, years, setting.clock.time_step))
        row("PySD, one run, the same columns", f"{pysd * 1e3:.1f} ms")
        ensemble(setting, pysd)
        latency(setting, pysd)
    compiling()
    whole_process()
    subprocess.run([sys.executable, __file__, "--million"], check=True)


if __name__ == "__main__":
    main()
