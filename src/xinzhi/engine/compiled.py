"""A program ready to run: the right kernel for each request, made once, kept in memory and on disk.

A request is what is varied, what is saved, the method and the clock. Constants that it does not vary are frozen into
the code. Members that the fast kernel cannot answer are run again by a strict one; where LLVM cannot serve, or would
take longer to compile than a single run is worth (`ways`), the interpreter does.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xinzhi.engine.algebra import gathered
from xinzhi.engine.clock import Clock, read_clock
from xinzhi.engine.diagnosis import Fault, find_faults
from xinzhi.engine.interpret import Interpreter
from xinzhi.engine.limits import out_of_memory, refuse_too_large, refuse_too_many
from xinzhi.engine.machine import Machine
from xinzhi.engine.operations import FloatArray
from xinzhi.engine.plan import TURNS, Plan, UniformPlan, make_plan
from xinzhi.engine.program import Program
from xinzhi.engine.specialise import specialise
from xinzhi.engine.ways import Way, choose
from xinzhi.errors import Message
from xinzhi.store import Store

if TYPE_CHECKING:
    from xinzhi.engine.kernel import Kernel
    from xinzhi.engine.kernel_pieces import PieceKernel

TOGETHER = 1 << 28  # bytes of values that the interpreter holds: of so many members at a time
MANY_NODES = 900  # of the step stage: beyond, eight lanes run as fast as sixteen and compile in half the time
ENGINE_VARIABLE = "XINZHI_ENGINE"  # "numpy": the interpreter runs everything; "llvm": it must not stand in for LLVM


@dataclass(frozen=True)
class _Code:
    """A kernel as it is kept: machine code, what it was compiled for, and the plan of its uniform table as rows."""

    codes: tuple[bytes, ...]
    lanes: int
    isa: str
    delayed: int
    slots: int
    uniform: Any


@dataclass(frozen=True, eq=False)
class Result:
    """What a run of members gave: ``values`` has shape (saved, times, members), ``failed`` shape (members,).

    A member failed where a saved value or a stock was not finite. `faults` says where first; ``notes`` say where the
    times are not those that were asked for.
    """

    times: FloatArray
    values: FloatArray
    failed: np.ndarray[Any, np.dtype[np.bool_]]
    _diagnose: Callable[[Sequence[int]], list[Fault]] = field(repr=False)
    notes: tuple[Message, ...] = ()

    def or_nan(self) -> FloatArray:
        """``values`` themselves, in which a member that failed is from now on NaN throughout."""
        self.values[:, :, self.failed] = np.nan
        return self.values

    def faults(self) -> dict[int, Fault]:
        """The first bad variable and time of each failed member; computed on demand, by the interpreter."""
        members = np.flatnonzero(self.failed).tolist()
        return dict(zip(members, self.diagnose(members), strict=True)) if members else {}

    def diagnose(self, members: Sequence[int]) -> list[Fault]:
        """The first bad variable and time of some members that failed."""
        return self._diagnose(members)


@dataclass(frozen=True)
class Request:
    """What one kernel serves. ``varied`` are constants in the program's order, ``saved`` nodes of the program.

    ``once``: a single run, for which a large model is not compiled.
    """

    varied: tuple[str, ...]
    saved: tuple[int, ...]
    method: str
    controls: tuple[float | None, ...]
    once: bool = False


class CompiledModel:
    """Runs a program. Kernels are kept in ``store`` (object code, by the hash of everything that shaped it)."""

    def __init__(self, program: Program, store: Store | None = None) -> None:
        self.program, self.store = program, store
        self._prepared: dict[Request, _Prepared] = {}

    @cached_property
    def labels(self) -> dict[str, int]:
        """The node of every variable's element, by its label; lookups have none."""
        return {
            label: node
            for variable in self.program.variables
            for label, node in zip(variable.labels(), variable.nodes, strict=False)
        }

    def clock(self, constants: Mapping[str, float], controls: Mapping[str, float]) -> Clock:
        """The clock of a run with these constants; ``controls`` replaces the model's. Raises `SimulationError`."""
        return read_clock(self.program, constants, controls)

    def run(
        self, columns: Mapping[str, Any], saved: Sequence[str], *, clock: Clock | None = None, method: str = "euler",
        seed: int = 0, first_member: int = 0, threads: int | None = None,
        cancelled: Callable[[], bool] = lambda: False, once: bool = False,
    ) -> Result:  # fmt: skip
        """Run members. ``columns`` gives constants by label: a number for all members, or an array (members,).

        ``saved`` are labels. Every constant that is named varies, in one kernel for the same set of names; the rest
        has the model's values. ``threads``: as many as the machine has, unless given. Raises `SimulationError` for a
        constant that shaped the program, and where a run would be too large. ``once``: a single run of this kind, for
        which a large model is interpreted (equal to 1e-12, not in every bit).
        """
        varied = tuple(name for name in self.program.constants if name in columns)
        members = max((np.size(columns[name]) for name in varied), default=1)
        constants = np.empty((len(varied), members))
        for row, name in enumerate(varied):
            constants[row] = columns[name]
        clock = clock or self.clock({name: float(row[0]) for name, row in zip(varied, constants, strict=True)}, {})
        nodes = [self.labels[name] for name in saved]
        return self.run_rows(varied, constants, nodes, clock, method=method, seed=seed, first_member=first_member,
                             threads=threads, cancelled=cancelled, once=once)  # fmt: skip

    def run_rows(
        self, varied: tuple[str, ...], constants: FloatArray, saved: Sequence[int], clock: Clock, *, method: str,
        seed: int = 0, first_member: int = 0, threads: int | None = None,
        cancelled: Callable[[], bool] = lambda: False, once: bool = False,
    ) -> Result:  # fmt: skip
        """As `run`, for constants of shape (varied, members) in the program's order and nodes to save."""
        nodes = tuple(dict.fromkeys(saved))
        controls = (clock.initial_time, clock.final_time, clock.time_step, clock.saveper)
        request = Request(varied, nodes, method, controls, once)
        count = threads or os.cpu_count() or 1
        try:
            prepared = self._prepared.get(request)
            if prepared is None:
                prepared = self._prepared[request] = _Prepared(self.program, request, clock, self.store)
            inputs = len(prepared.program.delayed) * clock.steps * min(16 * count, constants.shape[1] + 15)
            refuse_too_large(len(nodes), clock, constants.shape[1], inputs)
            values, failed = prepared.run(constants, clock, seed, first_member, count, cancelled)
        except MemoryError as error:
            raise out_of_memory() from error
        if len(nodes) != len(saved):
            values = values[[nodes.index(node) for node in saved]]

        def diagnose(members: Sequence[int]) -> list[Fault]:
            return find_faults(
                self.program, varied, constants, nodes, clock, method, seed, first_member, members, values
            )

        return Result(clock.saved_times, values, failed, diagnose, clock.notes)


class _Prepared:
    """One request: its kernels, compiled when they are first needed."""

    def __init__(self, program: Program, request: Request, clock: Clock, store: Store | None) -> None:
        self.request, self.store = request, store
        self.program = specialise(program, request.varied, clock, request.saved)
        refuse_too_many(len(self.program.graph.nodes))
        once = request.once and os.environ.get(ENGINE_VARIABLE) != "llvm"
        self.way = choose(self.strict_plan, clock, request.method, once=once)
        self._tables: list[tuple[UniformPlan, Clock, FloatArray]] = []

    @cached_property
    def key(self) -> str:
        """What the code depends on, besides the engine and the processor."""
        p = self.program
        parts = (p.graph.nodes, p.stocks, p.held, p.delayed, p.tables, p.time_step, p.saved, len(p.varied))
        kind = "" if self.way is Way.WHOLE else self.way.name
        return hashlib.sha256(repr((parts, self.request.method)).encode() + kind.encode()).hexdigest()

    @cached_property
    def strict_plan(self) -> Plan:
        return make_plan(self.program)

    @cached_property
    def fast(self) -> tuple[Kernel | PieceKernel, UniformPlan] | None:
        return self._kernel(strict=False)

    @cached_property
    def strict(self) -> tuple[Kernel | PieceKernel, UniformPlan] | None:
        return self._kernel(strict=True)

    @cached_property
    def interpreter(self) -> Interpreter:
        return Interpreter(self.strict_plan)

    def _kernel(self, *, strict: bool) -> tuple[Kernel | PieceKernel, UniformPlan] | None:
        """The kernel and the plan of its uniform table, from the store or compiled; None where LLVM cannot serve."""
        asked = os.environ.get(ENGINE_VARIABLE)
        if asked == "numpy" or self.way is Way.INTERPRETED:
            return None
        try:
            from xinzhi.engine import kernel
        except ImportError:
            return None
        name = f"kernel-{hashlib.sha256(f'{self.key} {strict} {kernel.host()} {engine_hash()}'.encode()).hexdigest()}"
        kept = None if self.store is None else self.store.load_as(name, _Code, self._load)
        if kept is not None:
            return kept
        try:
            made = self._compile(strict=strict)
            if made is not None and self.store is not None:
                self.store.save(name, made)
            return None if made is None else self._load(made)
        except RuntimeError:  # LLVM does not know this processor
            if asked == "llvm":
                raise
            return None

    def _compile(self, *, strict: bool) -> _Code | None:
        from xinzhi.engine import kernel
        from xinzhi.engine.emit import emit
        from xinzhi.engine.emit_pieces import emit_pieces
        from xinzhi.engine.emit_values import can_emit

        program, guards = (self.program, None) if strict else gathered(self.program)
        plan = make_plan(program)
        if not can_emit(plan):
            return None
        lanes = 8 if strict or len(plan.step) > MANY_NODES or self.way is Way.PIECES else 16
        machine, method, slots = Machine(lanes, kernel.host().isa), self.request.method, 0
        if self.way is Way.PIECES:
            pieces = emit_pieces(plan, machine, method=method, guards=guards)
            texts, slots = pieces.texts, pieces.slots
        else:
            texts = (emit(plan, machine, method=method, guards=guards),)
        codes = tuple(kernel.compile_text(text, kernel.host()) for text in texts)  # between two of them Ctrl-C is heard
        uniform = plan.uniform_plan.to_rows()
        return _Code(codes, machine.lanes, machine.isa, len(program.delayed), slots, uniform)

    def _load(self, kept: _Code) -> tuple[Kernel | PieceKernel, UniformPlan]:
        from xinzhi.engine import kernel

        codes, machine, saved = list(kept.codes), Machine(kept.lanes, kept.isa), len(self.program.saved)
        uniform = UniformPlan.from_rows(kept.uniform, self.program.tables)
        plan = self.strict_plan
        work = len(plan.step) + len(plan.save) + len(self.program.stocks)
        if self.way is not Way.PIECES:
            return kernel.Kernel(kernel.Native(codes, kernel.host()), machine, saved, kept.delayed, work), uniform
        from xinzhi.engine.emit_driver import PIECES_SIGNATURE
        from xinzhi.engine.kernel_pieces import PieceKernel

        native = kernel.Native(codes, kernel.host(), PIECES_SIGNATURE)
        return PieceKernel(native, machine, saved, kept.delayed, kept.slots, work), uniform

    def run(
        self, constants: FloatArray, clock: Clock, seed: int, first_member: int, threads: int,
        cancelled: Callable[[], bool],
    ) -> tuple[FloatArray, np.ndarray[Any, np.dtype[np.bool_]]]:  # fmt: skip
        seed %= 2**63
        if self.fast is None:
            return self._interpreted(constants, clock, seed, first_member, cancelled)
        values, marks = self._native(self.fast, constants, clock, seed, first_member, threads, cancelled)
        failed = np.isnan(marks)
        if failed.any() and self.strict is not None:
            again = np.flatnonzero(failed)
            for run in np.split(again, np.flatnonzero(np.diff(again) != 1) + 1) if self._random else [again]:
                first = first_member + int(run[0]) if self._random else first_member
                redone, marks = self._native(self.strict, constants[:, run], clock, seed, first, threads, cancelled)
                values[:, :, run] = redone
                failed[run] = np.isnan(marks)
        return values, failed

    @cached_property
    def _random(self) -> bool:
        """Whether a member's number matters."""
        return any(node.op.startswith("random") for node in self.program.graph.nodes)

    def _native(
        self, kernel: tuple[Kernel | PieceKernel, UniformPlan], constants: FloatArray, clock: Clock, seed: int,
        first_member: int, threads: int, cancelled: Callable[[], bool],
    ) -> tuple[FloatArray, FloatArray]:  # fmt: skip
        from xinzhi.engine.kernel_pieces import PieceKernel

        code, uniform = kernel
        if isinstance(code, PieceKernel):
            halves = self.request.method == "rk4"

            def table(first: int, last: int) -> FloatArray:
                if last - first > clock.steps:
                    return self._table(uniform, clock)
                return uniform.table(clock, halves=halves, first=first, last=last)

            return code.run(constants, table, clock, seed=seed, first_member=first_member, threads=threads,
                            cancelled=cancelled, turns=TURNS if halves else 1)  # fmt: skip
        return code.run(constants, self._table(uniform, clock), clock, seed=seed, first_member=first_member,
                        threads=threads, cancelled=cancelled)  # fmt: skip

    def _table(self, uniform: UniformPlan, clock: Clock) -> FloatArray:
        """The uniform table, kept from the last runs: most runs have the clock of the run before."""
        for plan, its, table in self._tables:
            if plan is uniform and its is clock:
                return table
        table = uniform.table(clock, halves=self.request.method == "rk4")
        self._tables = [*self._tables[-3:], (uniform, clock, table)]
        return table

    def _interpreted(
        self,
        constants: FloatArray,
        clock: Clock,
        seed: int,
        first_member: int,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[FloatArray, np.ndarray[Any, np.dtype[np.bool_]]]:
        """By the interpreter, so many members at a time that their values fit into memory."""
        members, parts = constants.shape[1], []
        most = max(1, TOGETHER // (8 * max(1, len(self.interpreter.layout.row))))
        for first in range(0, members, most):
            numbers = first_member + np.arange(first, min(first + most, members))
            parts.append(
                self.interpreter.run(
                    constants[:, first : first + most], clock, method=self.request.method, seed=seed, numbers=numbers,
                    cancelled=cancelled,
                )
            )  # fmt: skip
        if len(parts) == 1:
            return parts[0]
        return np.concatenate([values for values, _ in parts], axis=2), np.concatenate([bad for _, bad in parts])


@lru_cache(maxsize=1)
def engine_hash() -> str:
    """A hash of the engine's own code: kept kernels of another version are not used."""
    folder = Path(__file__).parent
    parts = (path.read_bytes() for path in sorted(folder.glob("*.py")))
    return hashlib.sha256(b"".join(parts)).hexdigest()
