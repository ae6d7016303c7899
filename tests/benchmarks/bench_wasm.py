"""The page's model in Node: kernel and whole frame, on one worker and on two, against the native kernel.

    python tests/benchmarks/bench_wasm.py [MEMBERS]

First everything must agree: WebAssembly is native to 1e-11. Times are of this machine as it is, medians after a warm-up.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from test_wasm import page_case, page_targets
from wasm_node import node, run_wasm
from xinzhi.content.indicator import headline
from xinzhi.dashboard.futures import headline_variables, packed
from xinzhi.futures.ensemble import draw_design
from xinzhi.futures.hot import HotState, heat
from xinzhi.futures.page_model import PageModel, page_model
from xinzhi.project import Project, load_project
from xinzhi.store import Store

FRAMES, WARM = 60, 20


def native(state: HotState, model: PageModel, threads: int) -> float:
    """Milliseconds of the native kernel for the page's members and variables."""
    nodes = [state.compiled.labels[name] for name in model.variables]
    constants, times = np.ascontiguousarray(state.constants[:, : model.count]), []
    for _ in range(WARM):
        start = time.perf_counter()
        state.compiled.run_rows(state.rows, constants, nodes, state.clock, method="euler", threads=threads)
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[WARM // 2 :])


def frames(project: Project, model: PageModel, folder: Path, size: int) -> tuple[dict[str, Any], float]:
    """What the page's scripts say of themselves with ``size`` workers, and a frame's milliseconds."""
    (folder / "feed").write_bytes(packed(project.content, model, "bench"))
    last = project.content.region.plan.final_year
    run = {"steps": int(np.argmax(model.saves == last - model.years[0])), "years": last - model.years[0] + 1}
    row, values = next(iter(model.levers.values())), np.linspace(0.05, 0.08, FRAMES)
    runs = [{**run, "levers": [row, value]} for value in values]
    job = {
        "feed": str(folder / "feed"),
        "targets": page_targets(project, model, headline(project.content.targets)),
        "size": size,
        "brief": True,
    }
    (folder / "job").write_text(json.dumps({**job, "runs": runs}), encoding="utf-8")
    said = node("run_page.mjs", folder / "job")
    return said, statistics.median(it["took"] for it in said["answers"][WARM:])


def main(members: int) -> None:
    project = load_project()
    simulator = project.simulator
    design = draw_design(project.content, simulator, members, 0)
    state = heat(project.content, simulator, design)
    levers = simulator.lever_constants(project.run("innovation-first").settings)
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        shown, names, store = headline_variables(project.content), list(levers), Store(Path(place))
        model = page_model(state, shown, members, names, store)
        made = time.perf_counter() - start
        doubles = page_model(state, shown, members, names, store, single=False)
        (answer,) = run_wasm([page_case(doubles, levers)], FRAMES)
        wanted = state.run(levers)[[state.variables.index(name) for name in model.variables]]
        worst = float(np.max(np.abs(answer.values / wanted - 1)))
        assert worst <= 1e-11, f"WebAssembly is off by {worst}"
        print(
            f"{members:,} members, {len(model.variables)} variables, {model.years[0]} to {model.years[-1]}; load {os.getloadavg()[0]:.1f}"
        )
        print(f"agrees with the native kernel to {worst:.0e}")
        sizes = [len(it.module) for it in (model.quick, model.strict)]
        feed = len(packed(project.content, model, "bench"))
        print(
            f"members in floats: {model.single}; modules {sizes[0]:,} + {sizes[1]:,} bytes (wanted 400,000 together), feed {feed / 1e6:.1f} MB, compiled by LLVM in {made:.1f} s"
        )
        compiled = " + ".join(f"{it:.0f}" for it in answer.about["compiled"])
        print(f"compiled by Node in {compiled} ms")
        first, kernel = answer.about["times"][0], statistics.median(answer.about["times"][WARM:])
        steps = state.clock.steps
        one, two = native(state, model, 1), native(state, model, 2)
        print(
            f"kernel of doubles to {model.years[-1]}: first run {first:.0f} ms, then {kernel:.1f} ms = {1e6 * kernel / members / steps:.0f} ns a "
            f"member and step; native {one:.1f} ms on one thread, {two:.1f} ms on two: {kernel / one:.1f} times native"
        )
        for size in (1, 2):
            said, frame = frames(project, model, Path(place), size)
            print(
                f"page's frame to {project.content.region.plan.final_year} with {size} workers: {frame:.1f} ms (ready in {said['ready']:.0f} ms, first frame {said['answers'][0]['took']:.0f} ms)"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
