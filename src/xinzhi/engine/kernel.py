"""Native code for a plan: compiled by LLVM, loaded, run over members in slices by threads."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from xinzhi.engine.clock import Clock
from xinzhi.engine.emit import Target
from xinzhi.engine.operations import FloatArray

SLICE = 2048  # members that a thread takes at a time: between two of them a run can be stopped
_NAME = "kernel"


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
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=2))
    builder.getModulePassManager().run(module, builder)
    return bytes(machine.emit_object(module))


class Native:
    """Loaded object code of one kernel."""

    def __init__(self, code: bytes, cpu: Cpu) -> None:
        _initialise()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine(cpu))
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        address = self._engine.get_function_address(_NAME)
        if not address:
            raise RuntimeError("no kernel in the object code")
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        kinds = (pointer, number, pointer, pointer, pointer, number, number, pointer, number, number, pointer)
        self._call = ctypes.CFUNCTYPE(None, *kinds)(address)

    def __call__(self, *arguments: int) -> None:
        self._call(*arguments)


@dataclass(frozen=True)
class Kernel:
    """A native kernel and what it needs to be called: rows of constants, saved values, delayed values."""

    native: Native
    target: Target
    rows: int
    saved: int
    delayed: int

    def run(
        self, constants: FloatArray, uniform: FloatArray, clock: Clock, *, seed: int, first_member: int = 0,
        threads: int = 1, cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[FloatArray, FloatArray]:  # fmt: skip
        """Run members: saved values (saved, times, members) and marks (members,), NaN where a member failed.

        ``constants`` has shape (rows, members), ``uniform`` is the plan's table. A run that is ``cancelled`` raises
        KeyboardInterrupt between slices. A member's bits depend on its constants, the seed and its number alone.
        """
        members = constants.shape[1]
        out = np.empty((self.saved, len(clock.saved), members))
        marks = np.empty(members)
        saves = np.full(clock.steps + 1, -1, dtype=np.int64)
        saves[list(clock.saved)] = np.arange(len(clock.saved))
        local = threading.local()

        def work(start: int) -> None:
            if cancelled():
                return
            part = slice(start, min(start + SLICE, members))
            if not hasattr(local, "buffers"):
                local.buffers = self._buffers(min(SLICE, members), len(clock.saved), clock.steps)
            self._slice(local.buffers, constants[:, part], uniform, saves, clock, out[:, :, part], marks[part],
                        first_member + start, seed)  # fmt: skip

        starts = range(0, members, SLICE)
        if threads == 1 or len(starts) == 1:
            for start in starts:
                work(start)
        else:
            with ThreadPoolExecutor(threads) as pool:
                for _ in pool.map(work, starts):
                    pass
        if cancelled():
            raise KeyboardInterrupt
        return out, marks

    def _buffers(self, members: int, times: int, steps: int) -> tuple[FloatArray, ...]:
        blocks, lanes = -(-members // self.target.lanes), self.target.lanes
        return (
            aligned((blocks, self.rows, lanes)),
            aligned((blocks, self.saved, times, lanes)),
            aligned((blocks, lanes)),
            aligned((max(1, self.delayed), steps + 1, lanes)),
        )

    def _slice(
        self, buffers: tuple[FloatArray, ...], constants: FloatArray, uniform: FloatArray, saves: Any, clock: Clock,
        out: FloatArray, marks: FloatArray, first_member: int, seed: int,
    ) -> None:  # fmt: skip
        lanes, members = self.target.lanes, constants.shape[1]
        blocks = -(-members // lanes)
        tiles, results, status, scratch = buffers
        fill(tiles[:blocks], constants)
        self.native(
            tiles.ctypes.data, blocks, results.ctypes.data, uniform.ctypes.data, saves.ctypes.data, clock.steps,
            len(clock.saved), status.ctypes.data, first_member, seed, scratch.ctypes.data,
        )  # fmt: skip
        marks[:] = status[:blocks].reshape(-1)[:members]
        whole, rest = divmod(members, lanes)
        shape = (self.saved, len(clock.saved), whole, lanes)
        np.copyto(_view(out[..., : whole * lanes], shape), results[:whole].transpose(1, 2, 0, 3))
        if rest:
            out[..., whole * lanes :] = results[whole, :, :, :rest]


def _view(array: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """``array`` with its last axis cut in blocks, without a copy."""
    *strides, last = array.strides
    return np.lib.stride_tricks.as_strided(array, shape, (*strides, last * shape[-1], last))


def fill(tiles: FloatArray, constants: FloatArray) -> None:
    """Constants (rows, members) as tiles (blocks, rows, lanes); the last block is filled with the last member."""
    _, rows, lanes = tiles.shape
    whole, rest = divmod(constants.shape[1], lanes)
    tiles[:whole].transpose(1, 0, 2)[...] = _view(constants[:, : whole * lanes], (rows, whole, lanes))
    if rest:
        tiles[whole, :, :rest] = constants[:, whole * lanes :]
        tiles[whole, :, rest:] = constants[:, -1:]


def aligned(shape: tuple[int, ...]) -> FloatArray:
    """An array on a 64-byte boundary: a misaligned vector costs two cache lines."""
    size = int(np.prod(shape))
    raw = np.empty(size + 8)
    return raw[-raw.ctypes.data % 64 // 8 :][:size].reshape(shape)
