"""The first path: one run of the project beside PySD's own run of its model, and the first command on an empty cache."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from models import ROOT, pysd
from table import Row, Size, main, median, spoken, worst

import xinzhi
from mini import write_mini


def targets(folder: Path, cache: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "xinzhi", "targets", "baseline"],
        cwd=folder,
        env={**os.environ, "XINZHI_CACHE": str(cache)},
        check=True,
        capture_output=True,
    )


def measure(size: Size) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as place:
        folder = ROOT if size is Size.FULL else write_mini(Path(place) / "mini")
        project = xinzhi.load_project(folder)
        project.run("baseline")
        ours = median(lambda: project.run("baseline"), size.of(2, 7))
        if size is Size.FULL:
            slow, run = pysd(size), project.run("baseline")
            indicators = {it.variable: key for key, it in project.content.indicators.items()}
            asked = slow.asked
            years = [run.times.index(int(year)) for year in asked.clock.saved_times]
            difference = worst([run.values[indicators[name]][years] for name in asked.variables], slow.run())
            assert difference < 1e-11, difference
            seconds = median(slow.run, 3)
            yield Row("Project.run beside PySD's run of its model", f"to {difference:.0e}", spoken(ours),
                      f"PySD x {seconds / ours:,.0f}")  # fmt: skip
        else:
            yield Row("Project.run", "", spoken(ours))
        cold = Path(place) / "cold"
        start = time.perf_counter()
        targets(folder, cold)
        yield Row("xinzhi targets baseline, empty cache", "", spoken(time.perf_counter() - start))
        yield Row("xinzhi targets baseline, warm", "", spoken(median(lambda: targets(folder, cold), size.of(1, 7))))


if __name__ == "__main__":
    main(measure)
