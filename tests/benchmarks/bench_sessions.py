"""What sessions cost: memory of the server with N sessions open, and how long a moved lever takes with all at work.

Agrees first (the real server, every session drawn without an error), then reports.
Run: .venv/bin/python tests/benchmarks/bench_sessions.py [N …] [--pause SECONDS]        (Linux: memory is read from /proc)
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from visitor import Visitor, app_command, free_port, served

MOVES = 8  # of each session


def memory(pid: int) -> float:
    """Resident memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def work(visitor: Visitor, seed: int, pause: float, waits: list[float]) -> None:
    """A planner who moves a lever, looks for about ``pause`` seconds, and moves the next."""
    chance = random.Random(seed)
    time.sleep(chance.uniform(0, pause))
    for _ in range(MOVES):
        waits.append(visitor.move(chance.randrange(19), chance.random()))
        time.sleep(chance.uniform(0.5, 1.5) * pause)


def measure(sessions: int, pause: float) -> None:
    port = free_port()
    page = f"http://127.0.0.1:{port}"
    with (
        tempfile.TemporaryDirectory() as cache,
        served(app_command(port), f"{page}/_stcore/health", env={**os.environ, "XINZHI_CACHE": cache}) as server,
        ExitStack() as all_sessions,
    ):
        visitors = [all_sessions.enter_context(Visitor(page))]
        alone = memory(server.pid)
        further = (Visitor(page, f"ui=native&lang={('en', 'zh')[index % 2]}") for index in range(sessions - 1))
        visitors += [all_sessions.enter_context(visitor) for visitor in further]
        opened = memory(server.pid)
        waits: list[float] = []
        busy = processor_seconds(server.pid)
        threads = [
            threading.Thread(target=work, args=(visitor, seed, pause, waits)) for seed, visitor in enumerate(visitors)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        busy = (processor_seconds(server.pid) - busy) / len(waits)
        assert not any(visitor.failures for visitor in visitors), visitors[0].failures
        at_work = memory(server.pid)
        waits.sort()
        each = f"{(at_work - alone) / (sessions - 1):.1f} MB a further one" if sessions > 1 else "alone"
        print(
            f"{sessions} sessions, a move every {pause:.0f} s: {alone:.0f} MB with one open, {opened:.0f} MB with all, "
            f"{at_work:.0f} MB after {len(waits)} moves ({each}); a move takes {busy:.2f} s of a core, "
            f"{statistics.median(waits):.2f} s until the page is drawn (median), "
            f"{waits[int(len(waits) * 0.95)]:.2f} s (95 %), {waits[-1]:.2f} s at most",
            flush=True,
        )


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("sessions", type=int, nargs="*", default=[1, 5, 20, 40])
    asked.add_argument("--pause", type=float, default=10)
    options = asked.parse_args()
    for wanted in options.sessions:
        measure(wanted, options.pause)
