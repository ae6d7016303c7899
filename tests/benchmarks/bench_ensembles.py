"""Ensembles against the figures of their issue: a million runs to Parquet, the driver's overhead, workers against threads.

First everything must agree: parts of threads and workers are the same bits. Times are of this machine as it is.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from distributed import LocalCluster
from table import Row, Size, main, spoken

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


def measure(size: Size) -> Iterator[Row]:
    runs = size.of(1_000, 1_000_000)
    began = time.perf_counter()
    project = load_project()
    with tempfile.TemporaryDirectory() as place:
        threads, workers = Path(place) / "threads", Path(place) / "workers"
        ensemble = project.run_ensemble(folder=threads, runs=runs)
        wrote = time.perf_counter() - began
        (summary,) = ensemble.summaries()
        whole = time.perf_counter() - began
        assert summary.failed == 0, summary.failed
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        yield Row(f"{runs:,} runs to Parquet (with the summary at most 40 s)", "", spoken(wrote),
                  f"with summary {whole:.1f} s, {peak:.2f} GB")  # fmt: skip
        few = size.of(CHUNK, 200_000)
        kernel, driven = bare(project, few), driver(project, few)
        yield Row(f"drawing, running and judging {few:,} runs (at most 1.3)", "", spoken(driven),
                  f"bare kernel x {driven / kernel:.2f}")  # fmt: skip
        with LocalCluster(
            n_workers=2, threads_per_worker=1, processes=size is Size.FULL, dashboard_address=None
        ) as cluster:
            address = cluster.scheduler_address
            project.run_ensemble(
                folder=Path(place) / "warm", runs=min(runs, CHUNK), cluster=address
            )  # the workers' own start
            start = time.perf_counter()
            project.run_ensemble(folder=workers, runs=runs, cluster=address)
            took = time.perf_counter() - start
        assert parts(threads) == parts(workers), "workers give other bits"
        shutil.rmtree(threads)
        start = time.perf_counter()
        project.run_ensemble(folder=threads, runs=runs)
        again = time.perf_counter() - start
        yield Row("the same by two workers (at least 0.8 of two threads)", "bit by bit", spoken(took),
                  f"two threads x {again / took:.2f}")  # fmt: skip


if __name__ == "__main__":
    main(measure)
