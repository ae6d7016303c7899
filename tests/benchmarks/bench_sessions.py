"""What sessions cost: memory of the server with N sessions open, and how long a moved lever takes with all at work.

Agrees first (the real server, every session drawn without an error), then reports. Linux: memory is read from /proc.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from table import Row, Size, main

from visitor import Visitor, app_command, free_port, served

PAUSE = 10.0  # seconds between two moves of a session


def memory(pid: int) -> float:
    """Resident memory in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def work(visitor: Visitor, seed: int, moves: int, pause: float, waits: list[float]) -> None:
    """A planner who moves a lever, looks for about ``pause`` seconds, and moves the next."""
    chance = random.Random(seed)
    time.sleep(chance.uniform(0, pause))
    for _ in range(moves):
        waits.append(visitor.move(chance.randrange(19), chance.random()))
        time.sleep(chance.uniform(0.5, 1.5) * pause)


def with_sessions(sessions: int, moves: int, pause: float) -> Iterator[Row]:
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
        waits: list[float] = []
        busy = processor_seconds(server.pid)
        threads = [
            threading.Thread(target=work, args=(visitor, seed, moves, pause, waits))
            for seed, visitor in enumerate(visitors)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        busy = (processor_seconds(server.pid) - busy) / len(waits)
        assert not any(visitor.failures for visitor in visitors), visitors[0].failures
        at_work = memory(server.pid)
        waits.sort()
        further = f"{(at_work - alone) / (sessions - 1):.1f} MB a further one" if sessions > 1 else ""
        late = waits[int(len(waits) * 0.95)]
        yield Row(f"sessions: {sessions}, a move every {pause:.0f} s, {len(waits)} moves, {busy:.2f} s of a core each",
                  "every page drawn", f"{statistics.median(waits):.2f} s, 95 % {late:.2f} s",
                  f"{alone:.0f} MB to {at_work:.0f} MB, {further}")  # fmt: skip


def measure(size: Size) -> Iterator[Row]:
    for sessions in (2,) if size is Size.SMALL else (1, 5, 20, 40):
        yield from with_sessions(sessions, size.of(1, 8), 0.1 if size is Size.SMALL else PAUSE)


if __name__ == "__main__":
    main(measure)
