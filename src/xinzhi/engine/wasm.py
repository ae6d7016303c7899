"""A plan as a WebAssembly module: the same text as the native kernel's, for pages and for Node.

LLVM's object for wasm32 is an instantiable module but for its export section, as long as it calls nothing outside
itself and keeps no data of its own: no linker is needed. The module exports ``kernel`` (see `emit.SIGNATURE`; pointers
are i32, the rest i64) and imports ``env.__linear_memory``.
"""

from __future__ import annotations

from collections.abc import Iterator

import llvmlite.binding as llvm

from xinzhi.engine.algebra import Guards
from xinzhi.engine.emit import emit
from xinzhi.engine.emit_values import not_compiled
from xinzhi.engine.machine import Machine
from xinzhi.engine.plan import Plan
from xinzhi.errors import Problem, SimulationError, msg

TRIPLE = "wasm32-unknown-unknown"
FEATURES = "+simd128,+nontrapping-fptoint,+sign-ext,+bulk-memory"
DOUBLE, SINGLE = Machine(2, "wasm"), Machine(4, "wasm", single=True)
"""Two doubles, or four floats, in a register."""
_CUSTOM, _IMPORT, _FUNCTION, _EXPORT, _DATA = 0, 2, 3, 7, 11
_MEMORY = b"\x01\x03env\x0f__linear_memory\x02"  # one import: a memory of this name


def compile_wasm(
    plan: Plan, *, method: str = "euler", guards: Guards | None = None, machine: Machine = DOUBLE
) -> bytes:
    """The module for ``plan``, strict without ``guards``.

    Raises `SimulationError` where an operation has no compiled form, RuntimeError where LLVM refuses it (our fault).
    """
    missing = not_compiled(plan)
    if missing:
        names = ", ".join(op.replace("_", " ").upper() for op in missing)
        problem = msg("the model uses {names}, which is not compiled, so the model cannot run in a page", names=names)
        raise SimulationError(Problem(None, problem, msg("run it in Python")))
    text = emit(plan, machine, method=method, guards=guards)
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    translator = llvm.Target.from_triple(TRIPLE).create_target_machine(opt=2, features=FEATURES)
    module = llvm.parse_assembly(f'target triple = "{TRIPLE}"\n{text}')
    module.verify()
    builder = llvm.create_pass_builder(translator, llvm.create_pipeline_tuning_options(speed_level=2))
    builder.getModulePassManager().run(module, builder)
    return _exported(bytes(translator.emit_object(module)))


def _exported(code: bytes) -> bytes:
    """The object with the export of its kernel, without sections that only a linker reads."""
    sections = dict(_sections(code))
    if _DATA in sections:
        raise RuntimeError("the kernel keeps data of its own, which would need a linker")
    if _read_leb(sections[_FUNCTION], 0)[0] != 1 or not sections[_IMPORT].startswith(_MEMORY):
        raise RuntimeError("the kernel is not one function that wants a memory and nothing else")
    name = b"kernel"
    export = b"\x01" + _leb(len(name)) + name + b"\x00" + _leb(0)  # the only function: none is imported
    out = code[:8]
    for kind, body in sorted({**sections, _EXPORT: export}.items()):
        if kind != _CUSTOM:
            out += bytes([kind]) + _leb(len(body)) + body
    return out


def _sections(code: bytes) -> Iterator[tuple[int, bytes]]:
    at = 8
    while at < len(code):
        kind = code[at]
        size, at = _read_leb(code, at + 1)
        yield kind, code[at : at + size]
        at += size


def _leb(number: int) -> bytes:
    out = b""
    while True:
        number, byte = number >> 7, number & 127
        out += bytes([byte | 128 if number else byte])
        if not number:
            return out


def _read_leb(data: bytes, at: int) -> tuple[int, int]:
    """The number at ``at`` and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            return value, at
