"""How long the first path takes. Agrees first (every indicator equal to PySD's own), then times, then gives ratios.

Run: .venv/bin/python tests/benchmarks/bench_first_path.py
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

import xinzhi

ROOT = Path(__file__).parents[2]
REPEATS = 7


def median(action: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median wall time in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def targets(cache: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "xinzhi", "targets", "baseline"],
        cwd=ROOT,
        env={**os.environ, "XINZHI_CACHE": str(cache)},
        check=True,
        capture_output=True,
    )


def main() -> None:
    warnings.simplefilter("ignore")
    import pysd

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = folder / "hubei.mdl"
        shutil.copyfile(ROOT / "model" / "hubei.mdl", copy)
        model = pysd.read_vensim(str(copy))
        project = xinzhi.load_project(ROOT)
        columns = [indicator.variable for indicator in project.content.indicators.values()]
        years = list(range(2015, 2031))

        def pysd_run() -> object:
            return model.run(return_columns=columns, return_timestamps=years)

        table, run = pysd_run(), project.run("baseline")
        for key, indicator in project.content.indicators.items():
            np.testing.assert_allclose(run.values[key], table[indicator.variable], rtol=1e-13)
        print(f"agreed: {len(columns)} indicators, {len(years)} years, relative difference at most 1e-13")

        slow, ours = median(pysd_run), median(lambda: project.run("baseline"))
        print(f"one run: PySD {1000 * slow:.1f} ms, Project.run {1000 * ours:.1f} ms, ratio {slow / ours:.2f}")
        cold = folder / "cold"
        start = time.perf_counter()
        targets(cold)
        print(f"xinzhi targets baseline, empty cache: {time.perf_counter() - start:.2f} s")
        print(f"xinzhi targets baseline, warm: {median(lambda: targets(cold)):.2f} s (limit 6 s)")


if __name__ == "__main__":
    main()
