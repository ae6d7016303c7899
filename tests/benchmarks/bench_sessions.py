"""What sessions cost: memory of the server with N sessions open, and how long a moved lever takes with all at work.

Agrees first (the real server, every session drawn without an error), then reports.
Run: .venv/bin/python tests/benchmarks/bench_sessions.py [N …]        (Linux: memory is read from /proc)
"""

from __future__ import annotations

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

MOVES, PAUSE = 12, 5.0  # moves a session, seconds between a planner's moves


def memory(pid: int) -> float:
    """Resident memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def work(visitor: Visitor, seed: int, waits: list[float]) -> None:
    """A planner who moves a lever every few seconds."""
    chance = random.Random(seed)
    time.sleep(chance.uniform(0, PAUSE))
    for _ in range(MOVES):
        waits.append(visitor.move(chance.randrange(19), chance.random()))
        time.sleep(chance.uniform(0.5, 1.5) * PAUSE)


def measure(sessions: int) -> None:
    port = free_port()
    page = f"http://127.0.0.1:{port}"
    with (
        tempfile.TemporaryDirectory() as cache,
        served(app_command(port), f"{page}/_stcore/health", env={**os.environ, "XINZHI_CACHE": cache}) as server,
        ExitStack() as all_sessions,
    ):
        visitors = [all_sessions.enter_context(Visitor(page))]
        alone = memory(server.pid)
        for index in range(sessions - 1):
            visitors.append(all_sessions.enter_context(Visitor(page, f"lang={('en', 'zh')[index % 2]}")))
        opened = memory(server.pid)
        waits: list[float] = []
        busy, start = processor_seconds(server.pid), time.perf_counter()
        threads = [threading.Thread(target=work, args=(visitor, seed, waits)) for seed, visitor in enumerate(visitors)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cores = (processor_seconds(server.pid) - busy) / (time.perf_counter() - start)
        assert not any(visitor.failures for visitor in visitors), visitors[0].failures
        at_work = memory(server.pid)
        waits.sort()
        each = f"{(opened - alone) / (sessions - 1):.1f} MB each" if sessions > 1 else "-"
        print(
            f"{sessions} sessions: {alone:.0f} MB with one, {opened:.0f} MB with all open ({each}), "
            f"{at_work:.0f} MB after {len(waits)} moves; a move takes {statistics.median(waits):.2f} s (median), "
            f"{waits[int(len(waits) * 0.95)]:.2f} s (95 %), {waits[-1]:.2f} s at most; {cores:.2f} cores busy",
            flush=True,
        )


if __name__ == "__main__":
    for wanted in sys.argv[1:] or ("1", "5", "20", "40"):
        measure(int(wanted))
