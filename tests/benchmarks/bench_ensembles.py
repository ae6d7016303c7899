"""Ensembles against the figures of their issue: a million runs to Parquet, the driver's overhead, workers against threads.

    python tests/benchmarks/bench_ensembles.py [RUNS]

First everything must agree: parts of threads and workers are the same bits. Times are of this machine as it is.
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from distributed import LocalCluster

from xinzhi.futures.library import open_futures
from xinzhi.futures.stream import CHUNK, run_chunks
from xinzhi.project import Project, load_project


def parts(folder: Path) -> list[bytes]:
    return [it.read_bytes() for it in sorted(folder.rglob("part-*.parquet"))]


def bare(project: Project, runs: int) -> float:
    """Seconds of the kernel alone for the same members, their constants drawn before."""
    content, simulator = project.content, project.simulator
    futures, run = open_futures(content, simulator, project.run(), 0), project.run()
    system = futures.system
    columns = futures.rows(0, CHUNK) | simulator.lever_constants(run.settings)
    names = tuple(name for name in system.compiled.program.constants if name in columns)
    values = np.array([np.broadcast_to(columns[name], CHUNK) for name in names], dtype=float)
    labels = dict.fromkeys(content.indicators[it.indicator].variable for it in content.targets.values())
    nodes = [system.compiled.labels[label] for label in labels]
    clock = system.clock(max(it.year for it in content.targets.values()))
    start = time.perf_counter()
    for _ in range(runs // CHUNK):
        system.compiled.run_rows(names, values, nodes, clock, method="euler")
    return time.perf_counter() - start


def driver(project: Project, runs: int) -> float:
    """Seconds of drawing, running and judging, nothing written."""
    content, simulator = project.content, project.simulator
    futures, run = open_futures(content, simulator, project.run(), 0), project.run()
    start = time.perf_counter()
    for _ in run_chunks(content, simulator, futures, [(run, at, at + CHUNK) for at in range(0, runs, CHUNK)]):
        pass
    return time.perf_counter() - start


def main(runs: int) -> None:
    began = time.perf_counter()
    project = load_project()
    with tempfile.TemporaryDirectory() as place:
        threads, workers = Path(place) / "threads", Path(place) / "workers"
        made = project.run_ensemble(folder=threads, runs=runs)
        wrote = time.perf_counter() - began
        (summary,) = made.summaries()
        whole = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{runs:,} runs: {wrote:.1f} s to Parquet, {whole:.1f} s with the summary (wanted 40), {memory:.2f} GB")
        print(f"failed: {summary.failed}")
        few = min(runs, 200_000)
        kernel, driven = bare(project, few), driver(project, few)
        print(
            f"driver over bare kernel, {few:,} runs: {driven:.2f} / {kernel:.2f} s = {100 * (driven / kernel - 1):+.0f} % (wanted 30)"
        )
        with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
            address = cluster.scheduler_address
            project.run_ensemble(folder=Path(place) / "warm", runs=4 * CHUNK, cluster=address)  # the workers' own start
            start = time.perf_counter()
            project.run_ensemble(folder=workers, runs=runs, cluster=address)
            took = time.perf_counter() - start
        assert parts(threads) == parts(workers), "workers give other bits"
        shutil.rmtree(threads)
        start = time.perf_counter()
        project.run_ensemble(folder=threads, runs=runs)
        again = time.perf_counter() - start
        print(
            f"two workers against two threads: {again:.1f} / {took:.1f} s = {again / took:.2f} times the speed (wanted 0.8)"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
