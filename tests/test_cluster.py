"""Ensembles on a real dask cluster: the same bits as by threads, also where a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from xinzhi.futures.sampling import draw_sample
from xinzhi.project import Project
from xinzhi.studies.ensemble.design_file import write_design

pytestmark = pytest.mark.filterwarnings("ignore")  # dask's own, of ports and of the workers that die here
RUNS = 60_000


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as started:
        yield started


def parts(folder: Path) -> dict[str, bytes]:
    return {it.name: it.read_bytes() for it in sorted(folder.rglob("part-*.parquet"))}


def test_two_workers_one_of_them_killed_give_the_bits_of_threads(
    project: Project, cluster: Any, tmp_path: Path
) -> None:
    project.run_ensemble(folder=tmp_path / "threads", runs=RUNS)
    killed: list[int] = []

    def kill(done: int, of: int) -> None:
        if 0 < done < of and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    project.run_ensemble(folder=tmp_path / "cluster", runs=RUNS, cluster=cluster.scheduler_address, progress=kill)
    assert killed
    assert parts(tmp_path / "cluster") == parts(tmp_path / "threads")


def test_workers_write_to_a_file_system_named_by_a_url(project: Project, cluster: Any, tmp_path: Path) -> None:
    for name, address in ((str(tmp_path / "here"), None), (f"file://{tmp_path}/there", cluster.scheduler_address)):
        project.run_ensemble(folder=name, runs=20_000, cluster=address)
    assert parts(tmp_path / "there") == parts(tmp_path / "here")


def test_a_design_runs_on_the_cluster_too(project: Project, cluster: Any, tmp_path: Path) -> None:
    design = tmp_path / "design.parquet"
    write_design(project.content, draw_sample(project.content, "sobol", 256, 0), design)
    for name, address in (("here", None), ("there", cluster.scheduler_address)):
        project.run_ensemble("all-half", folder=tmp_path / name, design=design, cluster=address)
    assert parts(tmp_path / "here") == parts(tmp_path / "there")


def test_a_scheduler_that_does_not_answer_is_told_with_the_commands(
    shell: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    found = shell("ensemble", "--runs", "10", "--cluster", "tcp://127.0.0.1:9", "--folder", str(out))
    assert found.returncode == 2, found.stderr
    assert "tcp://127.0.0.1:9: no scheduler answers; start one with: dask scheduler" in found.stderr
    assert "Traceback" not in found.stderr and not out.exists()
