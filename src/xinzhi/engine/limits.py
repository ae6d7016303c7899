"""What a run may take: operations, and memory against what is free. Refused in a sentence, before it is taken."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from xinzhi.engine.clock import Clock
from xinzhi.errors import Message, Problem, SimulationError, msg

MOST_OPERATIONS = 2_000_000  # of a run; each takes about a kilobyte while the run is prepared
SMALL = 1 << 26  # bytes: to ask what is free takes as long as a small run
_SHARE = 0.8  # of the free memory
_CGROUP = Path("/sys/fs/cgroup")


def refuse_too_many(operations: int) -> None:
    """Raises `SimulationError` where a run would have more operations a step than can be prepared."""
    if operations > MOST_OPERATIONS:
        problem = msg(
            "the run needs {count} operations a step; at most {most} are possible",
            count=f"{operations:,}", most=f"{MOST_OPERATIONS:,}",
        )  # fmt: skip
        raise SimulationError(
            Problem(None, problem, msg("save fewer variables, or give the subscripts fewer elements"))
        )


def refuse_too_large(saved: int, clock: Clock, members: int, others: int = 0) -> None:
    """Raises `SimulationError` where saved values x times x members do not fit into the free memory.

    ``others``: numbers that the run keeps besides.
    """
    times = len(clock.saved)
    needed = 8 * (2 * saved * times * members + 4 * clock.steps + others)
    if needed < SMALL:
        return
    free = free_memory()
    if free is not None and needed > _SHARE * free:
        problem = msg(
            "the run would keep {saved} saved values x {times} times x {members} members and needs {needed} GB of "
            "memory; {free} GB are free",
            saved=f"{saved:,}", times=f"{times:,}", members=f"{members:,}", needed=f"{needed / 2**30:,.1f}",
            free=f"{free / 2**30:,.1f}",
        )  # fmt: skip
        raise SimulationError(Problem(None, problem, smaller()))


def out_of_memory() -> SimulationError:
    """Where memory ran out all the same."""
    return SimulationError(Problem(None, msg("the run needs more memory than is free"), smaller()))


def smaller() -> Message:
    return msg("save fewer variables, make SAVEPER larger, or run fewer members at a time")


def free_memory() -> int | None:
    """Bytes that a process can still take: of the machine, its control group and its own limit; None if unknown."""
    found = [value for value in (_machine(), _control_group(), _own_limit()) if value is not None]
    return min(found, default=None)


def _machine() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return _windows()


def _windows() -> int | None:
    if sys.platform != "win32":
        return None
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong), *((n, ctypes.c_ulonglong) for n in "abcdefg")]

    status = Status(ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.b)  # free physical memory


def _control_group() -> int | None:
    """What a container still has (version 2 of control groups, as the process itself sees it)."""
    try:
        most = (_CGROUP / "memory.max").read_text(encoding="ascii").strip()
        return None if most == "max" else int(most) - int((_CGROUP / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _own_limit() -> int | None:
    """What `ulimit -v` leaves."""
    try:
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        taken = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (ImportError, OSError, ValueError):
        return None
    return None if most == resource.RLIM_INFINITY else max(0, most - taken)
