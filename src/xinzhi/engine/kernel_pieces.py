"""Kernels in pieces: run block by block, a stretch of steps at a time, so that a run can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from xinzhi.engine.clock import Clock
from xinzhi.engine.kernel import STRETCH, Native, aligned, in_threads
from xinzhi.engine.machine import Machine
from xinzhi.engine.operations import FloatArray
from xinzhi.engine.plan import AT_ONCE


@dataclass(frozen=True)
class PieceKernel:
    """A kernel made by `emit_pieces`: saved and delayed values, slots of its frame, operations a step."""

    native: Native
    machine: Machine
    saved: int
    delayed: int
    slots: int
    operations: int

    def run(
        self, constants: FloatArray, table: Callable[[int, int], FloatArray], clock: Clock, *, seed: int,
        first_member: int = 0, threads: int = 1, cancelled: Callable[[], bool] = lambda: False, turns: int = 1,
    ) -> tuple[FloatArray, FloatArray]:  # fmt: skip
        """As `Kernel.run`. ``table(first, last)`` gives the uniform table of some steps, ``turns`` rows a step."""
        members, lanes = constants.shape[1], self.machine.lanes
        out = np.empty((self.saved, len(clock.saved), members))
        marks = np.empty(members)
        stopped = threading.Event()
        blocks = [
            _Block(self, constants, first, min(first + lanes, members), clock)
            for first in range(0, members, lanes)
        ]  # fmt: skip
        for group in (blocks[at : at + threads] for at in range(0, len(blocks), threads)):
            for first, last in self.stretches(clock, turns):
                uniform = table(first, last)

                def work(block: _Block, first: int = first, last: int = last, uniform: FloatArray = uniform) -> None:
                    if not stopped.is_set() and not cancelled():
                        block.advance(first, last, uniform, turns, seed, first_member, out, marks)

                in_threads(threads, work, group, stopped)
                if cancelled():
                    raise KeyboardInterrupt
            for block in group:
                block.close()
        return out, marks

    def stretches(self, clock: Clock, turns: int) -> Iterator[tuple[int, int]]:
        """The steps, a stretch at a time."""
        lanes = self.machine.lanes
        most = min(STRETCH // (max(1, self.operations) * lanes), AT_ONCE // (8 * lanes * max(1, self.saved)))
        length = max(1, most // turns)
        return ((at, min(at + length, clock.steps + 1)) for at in range(0, clock.steps + 1, length))


class _Block:
    """One block of members on its way: its frame, and its constants, filled up with the last member."""

    def __init__(self, kernel: PieceKernel, constants: FloatArray, first: int, last: int, clock: Clock) -> None:
        self.kernel, self.first, self.last, self.clock = kernel, first, last, clock
        self._constants = constants
        self._memory: tuple[FloatArray, FloatArray, FloatArray, FloatArray] | None = None

    def _own(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Constants, frame, inputs of delays, mark."""
        if self._memory is None:
            lanes, kernel = self.kernel.machine.lanes, self.kernel
            rows = aligned((len(self._constants), lanes))
            rows[:, : self.last - self.first] = self._constants[:, self.first : self.last]
            rows[:, self.last - self.first :] = self._constants[:, self.last - 1 : self.last]
            delayed = aligned((kernel.delayed, self.clock.steps + 1, lanes))
            self._memory = rows, aligned((kernel.slots, lanes)), delayed, aligned((lanes,))
        return self._memory

    def advance(
        self, first: int, last: int, uniform: FloatArray, turns: int, seed: int, first_member: int,
        out: FloatArray, marks: FloatArray,
    ) -> None:  # fmt: skip
        """Run the steps from ``first`` to before ``last``."""
        rows, frame, delayed, mark = self._own()
        lanes, count = self.kernel.machine.lanes, self.last - self.first
        saved = self.clock.saved
        begin, end = np.searchsorted(saved, [first, last])
        saves = np.full(last - first, -1, dtype=np.int64)
        saves[saved[begin:end] - first] = np.arange(end - begin)
        part = aligned((self.kernel.saved, int(end - begin), lanes))
        back = 8 * first  # both tables are addressed by the step
        self.kernel.native(
            rows.ctypes.data, lanes, 1, part.ctypes.data, lanes, uniform.ctypes.data - back * turns * uniform.shape[1],
            saves.ctypes.data - back, self.clock.steps, int(end - begin), mark.ctypes.data, first_member + self.first,
            seed, delayed.ctypes.data, frame.ctypes.data, first, last,
        )  # fmt: skip
        out[:, begin:end, self.first : self.last] = part[:, :, :count]
        if last > self.clock.steps:
            marks[self.first : self.last] = mark[:count]

    def close(self) -> None:
        self._memory = None
