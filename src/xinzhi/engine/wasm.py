"""A plan as a WebAssembly module: the same text as the native kernel's, for pages and for Node.

LLVM's object for wasm32 is an instantiable module but for its export section, as long as it calls nothing outside
itself and keeps no data of its own: no linker is needed. The module exports ``kernel`` (see `emit.SIGNATURE`; pointers
are i32, the rest i64) and imports ``env.__linear_memory``.
"""

from __future__ import annotations

from collections.abc import Iterator

import llvmlite.binding as llvm

from xinzhi.engine.algebra import Guards
from xinzhi.engine.emit import Target, emit
from xinzhi.engine.plan import Plan

TRIPLE = "wasm32-unknown-unknown"
FEATURES = "+simd128,+nontrapping-fptoint,+sign-ext,+bulk-memory"
TARGET, SINGLE = Target(2, "wasm"), Target(4, "wasm", single=True)
"""Two doubles, or four floats, in a register."""
_CUSTOM, _IMPORT, _FUNCTION, _EXPORT, _CODE, _DATA = 0, 2, 3, 7, 10, 11


def compile_wasm(plan: Plan, *, method: str = "euler", guards: Guards | None = None, target: Target = TARGET) -> bytes:
    """The module for ``plan``, strict without ``guards``. Raises RuntimeError where LLVM refuses it (our fault)."""
    text = emit(plan, target, method=method, guards=guards)
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(opt=2, features=FEATURES)
    module = llvm.parse_assembly(f'target triple = "{TRIPLE}"\n{text}')
    module.verify()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=2))
    builder.getModulePassManager().run(module, builder)
    return _exported(bytes(machine.emit_object(module)))


def _exported(code: bytes) -> bytes:
    """The object with the export of its kernel, without sections that only a linker reads."""
    sections = dict(_sections(code))
    if _DATA in sections:
        raise RuntimeError("the kernel keeps data of its own, which would need a linker")
    if _count(sections[_FUNCTION]) != 1 or b"__linear_memory" not in sections[_IMPORT]:
        raise RuntimeError("the kernel is not one function on the imported memory")
    name = b"kernel"
    export = b"\x01" + _leb(len(name)) + name + b"\x00" + _leb(_imported_functions(sections[_IMPORT]))
    out = code[:8]
    for kind, body in sorted({**sections, _EXPORT: export}.items()):
        if kind != _CUSTOM:
            out += bytes([kind]) + _leb(len(body)) + body
    return out


def _imported_functions(section: bytes) -> int:
    """How many functions the module wants from outside: none, or LLVM made a call that nobody serves."""
    for name in (b"fma", b"memcpy", b"memset", b"fmod"):
        if name in section:
            raise RuntimeError(f"the kernel calls {name.decode()}, which a page has not")
    return 0


def _sections(code: bytes) -> Iterator[tuple[int, bytes]]:
    at = 8
    while at < len(code):
        kind = code[at]
        size, at = _read_leb(code, at + 1)
        yield kind, code[at : at + size]
        at += size


def _count(section: bytes) -> int:
    return _read_leb(section, 0)[0]


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
