"""Native code for a plan: compiled by LLVM, loaded, run over members in slices by threads."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import llvmlite.binding as llvm
import numpy as np

from xinzhi.engine.clock import Clock
from xinzhi.engine.emit import SIGNATURE
from xinzhi.engine.machine import Machine
from xinzhi.engine.operations import FloatArray

SLICE = 1024  # members that a thread takes at a time, at most: between two of them a run can be stopped
STRETCH = 500_000_000  # operations on a member that one call makes, at most: some tenths of a second
NEAR = 1 << 20  # bytes of constants that a slice may have: they stay in the second-level cache
_NAME = "kernel"
_KEPT = threading.local()
T = TypeVar("T")


@dataclass(frozen=True)
class Cpu:
    """The processor that code is made for, in LLVM's words."""

    name: str
    features: str

    @property
    def isa(self) -> str:
        has = set(self.features.split(","))
        return "avx512" if {"+avx512f", "+avx512dq"} <= has else "portable"


@lru_cache(maxsize=1)
def host() -> Cpu:
    """This machine's processor."""
    return Cpu(llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())


@lru_cache(maxsize=1)
def _initialise() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def _machine(cpu: Cpu) -> Any:
    _initialise()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(opt=2, codemodel="jitdefault", jit=True, cpu=cpu.name, features=cpu.features)


def compile_text(text: str, cpu: Cpu) -> bytes:
    """Object code of IR text. Raises RuntimeError where LLVM refuses the text (a fault of the engine)."""
    machine = _machine(cpu)
    module = llvm.parse_assembly(text)
    module.verify()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=0))
    builder.getModulePassManager().run(module, builder)
    return bytes(machine.emit_object(module))


class Native:
    """Loaded object code of one kernel, of one file or more; ``signature`` are its arguments in LLVM's words."""

    def __init__(self, code: bytes | Sequence[bytes], cpu: Cpu, signature: str = SIGNATURE) -> None:
        _initialise()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine(cpu))
        for part in [code] if isinstance(code, bytes) else code:
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(part))
        self._engine.finalize_object()
        address = self._engine.get_function_address(_NAME)
        if not address:
            raise RuntimeError("no kernel in the object code")
        kinds = [ctypes.c_void_p if each.startswith("ptr") else ctypes.c_int64 for each in signature.split(", ")]
        self._call = ctypes.CFUNCTYPE(None, *kinds)(address)

    def __call__(self, *arguments: int) -> None:
        self._call(*arguments)


@dataclass(frozen=True)
class Kernel:
    """A native kernel and what it needs to be called: saved values, delayed values, operations a step."""

    native: Native
    machine: Machine
    saved: int
    delayed: int
    operations: int = 0

    def run(
        self, constants: FloatArray, uniform: FloatArray, clock: Clock, *, seed: int, first_member: int = 0,
        threads: int = 1, cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[FloatArray, FloatArray]:  # fmt: skip
        """Run members: saved values (saved, times, members) and marks (members,), NaN where a member failed.

        ``constants`` has shape (rows, members), ``uniform`` is the plan's table. A run that is ``cancelled`` raises
        KeyboardInterrupt between slices. A member's bits depend on its constants, the seed and its number alone.
        """
        members, lanes = constants.shape[1], self.machine.lanes
        padded = -(-members // lanes) * lanes
        out = aligned((self.saved, len(clock.saved), padded))
        marks = aligned((padded,))
        saves = np.full(clock.steps + 1, -1, dtype=np.int64)
        saves[list(clock.saved)] = np.arange(len(clock.saved))
        rows = constants if constants.strides[1:] == (8,) else np.ascontiguousarray(constants)

        def call(source: FloatArray, first: int, blocks: int, scratch: FloatArray) -> None:
            """Run ``blocks`` blocks of members from ``first`` on, whose constants begin at ``source``."""
            self.native(
                source.ctypes.data, source.strides[0] // 8, blocks, out[:, :, first:].ctypes.data, padded,
                uniform.ctypes.data, saves.ctypes.data, clock.steps, len(clock.saved), marks[first:].ctypes.data,
                first_member + first, seed, scratch.ctypes.data,
            )  # fmt: skip

        stopped = threading.Event()

        def work(part: tuple[int, int]) -> None:
            first, last = part
            if stopped.is_set() or cancelled():
                return
            scratch = aligned((self.delayed, clock.steps + 1, lanes))
            whole = (last - first) // lanes
            if whole:
                call(_near(rows, first, whole * lanes), first, whole, scratch)
            if first + whole * lanes < last:  # the last block is filled up with the last member
                rest = np.empty((len(rows), lanes))
                rest[:, : last - first - whole * lanes] = rows[:, first + whole * lanes : last]
                rest[:, last - first - whole * lanes :] = rows[:, last - 1 : last]
                call(rest, first + whole * lanes, 1, scratch)

        size = min(SLICE, NEAR // (8 * max(1, len(rows))), STRETCH // max(1, self.operations * clock.steps))
        parts = _parts(members, lanes, threads, size)
        in_threads(threads, work, parts, stopped)
        if cancelled():
            raise KeyboardInterrupt
        return out[:, :, :members], marks[:members]


def in_threads(threads: int, work: Callable[[T], None], parts: Sequence[T], stopped: threading.Event) -> None:
    """Do ``work`` on every part; where that ends early ``stopped`` is set, and no part is begun any more."""
    if threads == 1 or len(parts) == 1:
        for part in parts:
            work(part)
        return
    done = False
    try:
        for _ in _pool(threads).map(work, parts):
            pass
        done = True
    finally:
        if not done:
            stopped.set()  # after Ctrl-C nothing goes on behind the user's back


def _near(rows: FloatArray, first: int, members: int) -> FloatArray:
    """The constants of a slice side by side: from a large design each row of a block would be a page of its own."""
    shape = (len(rows), -(-members // 8) * 8 + 8)  # not a power of two: rows would share cache sets
    near: FloatArray | None = getattr(_KEPT, "near", None)
    if near is None or near.shape != shape:  # one a thread, used again: fresh memory costs more than the copy
        near = _KEPT.near = aligned(shape)
    near[:, :members] = rows[:, first : first + members]
    return near


def _parts(members: int, lanes: int, threads: int, most: int) -> list[tuple[int, int]]:
    """Members in slices of whole blocks: an equal share each, at most ``most``."""
    blocks = -(-members // lanes)
    size = max(1, min(most // lanes, -(-blocks // threads))) * lanes
    return [(first, min(first + size, members)) for first in range(0, members, size)]


@lru_cache(maxsize=8)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="xinzhi")


def aligned(shape: tuple[int, ...]) -> FloatArray:
    """An array on a 64-byte boundary: a misaligned vector costs two cache lines."""
    size = int(np.prod(shape))
    raw = np.empty(size + 8)
    return raw[-raw.ctypes.data % 64 // 8 :][:size].reshape(shape)
