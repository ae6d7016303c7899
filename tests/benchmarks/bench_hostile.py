"""What a visitor feels of an attack: his moves of a lever while four clients upload files made to take long.

Agrees first (the odds that he is told are the same without and under attack), then reports.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from table import Row, Size, main
from websockets.exceptions import ConnectionClosed

from attacker import Attacker, hostile_files
from live_visitor import LiveVisitor
from visitor import app_command, free_port, served
from xinzhi.dashboard.lever_state import LARGEST_UPLOAD

ATTACKERS = 4
REST = 1.0  # seconds between two uploads of a client
SETTLE = 3  # seconds after them, in which files that wait their turn are read
PAUSE = 0.5  # seconds between two moves
FORGOTTEN = 65  # moves after which the server reckons an earlier one anew


def moves(visitor: LiveVisitor, values: Iterable[float], waits: list[float], pause: float = 0) -> dict[float, object]:
    """Let a lever go at each of these values; the odds that the visitor sees, by value."""
    odds = {}
    for value in values:
        waits.append(visitor.release("public_rd_growth", value))
        odds[value] = visitor.data["settled"]["odds"]
        time.sleep(pause)
    return odds


def attack(page: str, on: threading.Event, ended: threading.Event, rest: float, answers: Counter[int]) -> None:
    """Upload file after file while ``on``, with ``rest`` seconds between two; a lost connection is made again."""
    files = cycle(hostile_files(LARGEST_UPLOAD))
    while not ended.is_set():
        try:
            with Attacker(page) as attacker:
                while not ended.is_set():
                    if on.wait(0.2):
                        answers[attacker.upload(next(files))] += 1
                        time.sleep(rest)
        except (OSError, ConnectionClosed, TimeoutError):
            answers[0] += 1


def percentile(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.95)]


def measure(size: Size) -> Iterator[Row]:
    count, uploads, turn, forgotten = size.of(2, 40), size.of(2, 200), size.of(2, 10), size.of(1, FORGOTTEN)
    port = free_port()
    page = f"http://127.0.0.1:{port}"
    with (
        served(app_command(port), f"{page}/_stcore/health"),
        LiveVisitor(page) as visitor,
    ):
        values = (round(7 + place / 500, 3) for place in range(2500))  # each is new: its members are run
        moves(visitor, islice(values, size.of(1, 5)), [])
        quiet: list[float] = []
        busy: list[float] = []
        on, ended, answers = threading.Event(), threading.Event(), Counter[int]()
        clients = [threading.Thread(target=attack, args=(page, on, ended, REST, answers)) for _ in range(ATTACKERS)]
        for client in clients:
            client.start()
        seen: dict[float, object] = {}
        while len(busy) < count or answers.total() < uploads:  # in turns: what else the machine does is in both
            moves(visitor, islice(values, turn), quiet, PAUSE)
            on.set()
            seen |= moves(visitor, islice(values, turn), busy, PAUSE)
            on.clear()
            time.sleep(SETTLE)
        ended.set()
        for client in clients:
            client.join()
        moves(visitor, islice(values, forgotten), [])
        again = moves(visitor, list(seen)[: size.of(1, 5)], [])
        assert again == {value: seen[value] for value in again}, "the visitor saw other odds under attack"
    ratio = percentile(busy) / percentile(quiet)
    yield Row(f"a visitor's move while {ATTACKERS} clients upload, {answers.total()} files, answered {dict(answers)}",
              "the same odds", f"{statistics.median(busy):.2f} s, 95 % {percentile(busy):.2f} s",
              f"alone x {ratio:.2f}")  # fmt: skip


if __name__ == "__main__":
    main(measure)
