"""The page's model in Node: kernel and whole frame, on one worker and on two, against the native kernel.

First everything must agree: WebAssembly is native to 1e-11. Times are of this machine as it is, medians after a warm-up.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from table import Row, Size, main

from test_wasm import page_case, page_targets
from wasm_node import node, run_wasm
from xinzhi.content.indicator import headline
from xinzhi.dashboard.futures import headline_variables, packed
from xinzhi.futures.ensemble import draw_design
from xinzhi.futures.hot import HotState, heat
from xinzhi.futures.page_model import PageModel, page_model
from xinzhi.project import Project, load_project
from xinzhi.store import Store

WANTED_BYTES = 400_000  # of both modules


def native(state: HotState, model: PageModel, threads: int, turns: int) -> float:
    """Milliseconds of the native kernel for the page's members and variables."""
    nodes = [state.compiled.labels[name] for name in model.variables]
    constants, times = np.ascontiguousarray(state.constants[:, : model.count]), []
    for _ in range(turns):
        start = time.perf_counter()
        state.compiled.run_rows(state.rows, constants, nodes, state.clock, method="euler", threads=threads)
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[turns // 2 :])


def frames(project: Project, model: PageModel, folder: Path, workers: int, turns: int) -> tuple[dict[str, Any], float]:
    """What the page's scripts say of themselves with ``workers``, and a frame's milliseconds after a third of them."""
    (folder / "feed").write_bytes(packed(project.content, model, "bench"))
    last = project.content.region.plan.final_year
    run = {"steps": int(np.argmax(model.saves == last - model.years[0])), "years": last - model.years[0] + 1}
    row, values = next(iter(model.levers.values())), np.linspace(0.05, 0.08, turns)
    runs = [{**run, "levers": [row, value]} for value in values]
    job = {
        "feed": str(folder / "feed"),
        "targets": page_targets(project, model, headline(project.content.targets)),
        "size": workers,
        "brief": True,
    }
    (folder / "job").write_text(json.dumps({**job, "runs": runs}), encoding="utf-8")
    report = node("run_page.mjs", folder / "job")
    return report, statistics.median(answer["took"] for answer in report["answers"][turns // 3 :])


def measure(size: Size) -> Iterator[Row]:
    if shutil.which("node") is None:
        yield Row("WebAssembly: no Node is installed")
        return
    members, turns = size.of(64, 1000), size.of(3, 60)
    project = load_project()
    simulator = project.simulator
    design = draw_design(project.content, simulator, members, 0)
    state = heat(project.content, simulator, design)
    levers = simulator.lever_constants(project.run("innovation-first").settings)
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        shown, names, store = headline_variables(project.content), list(levers), Store(Path(place))
        model = page_model(state, shown, members, names, store)
        compiling = time.perf_counter() - start
        doubles = page_model(state, shown, members, names, store, single=False)
        (answer,) = run_wasm([page_case(doubles, levers)], turns)
        wanted = state.run(levers)[[state.variables.index(name) for name in model.variables]]
        difference = float(np.max(np.abs(answer.values / wanted - 1)))
        assert difference <= 1e-11, f"WebAssembly is off by {difference}"
        length = sum(len(kernel.module) for kernel in (model.quick, model.strict))
        feed = len(packed(project.content, model, "bench"))
        yield Row(f"WebAssembly: two modules, {length:,} bytes of {WANTED_BYTES:,}, feed {feed / 1e6:.1f} MB", "",
                  f"{compiling:.1f} s by LLVM", f"{sum(answer.about['compiled']):.0f} ms more by Node")  # fmt: skip
        kernel, steps = statistics.median(answer.about["times"][turns // 3 :]), state.clock.steps
        one = native(state, model, 1, size.of(2, 20))
        yield Row(f"kernel of doubles in Node, {members:,} members to {model.years[-1]}",
                  f"native to {difference:.0e}", f"{kernel:.1f} ms",
                  f"native x {kernel / one:.1f}, {1e6 * kernel / members / steps:.0f} ns a step")  # fmt: skip
        for workers in (1, 2):
            report, frame = frames(project, model, Path(place), workers, turns)
            yield Row(f"a whole frame of the page to {project.content.region.plan.final_year}, workers: {workers}", "",
                      f"{frame:.1f} ms", f"ready in {report['ready']:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main(measure)
