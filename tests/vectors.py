"""Vector functions compiled alone, to be called on NumPy arrays."""

from __future__ import annotations

import ctypes
from functools import cache

import llvmlite.binding as llvm
import numpy as np
from numpy.typing import NDArray

from xinzhi.engine import vector_math

ATTRIBUTES = 'attributes #0 = { nounwind "stackrealign" "prefer-vector-width"="512" "min-legal-vector-width"="512" }'


def loop(name: str, lanes: int, arguments: int) -> str:
    """void NAME(members, out, x, ...): out[i] = v_NAME(x[i], ...), ``lanes`` at a time."""
    vector = f"<{lanes} x double>"
    given = [f"%a{k}" for k in range(arguments)]
    at = [f"  %p{k} = getelementptr double, ptr {p}, i64 %i" for k, p in enumerate([*given, "%out"])]
    load = [f"  %x{k} = load {vector}, ptr %p{k}, align 8" for k in range(arguments)]
    return "\n".join(
        [
            f"define void @{name}(i64 %members, ptr %out, {', '.join(f'ptr {p}' for p in given)}) #0 {{",
            "entry:",
            "  br label %body",
            "body:",
            "  %i = phi i64 [0, %entry], [%next, %body]",
            *at,
            *load,
            f"  %r = call {vector} @v_{name}({', '.join(f'{vector} %x{k}' for k in range(arguments))})",
            f"  store {vector} %r, ptr %p{arguments}, align 8",
            f"  %next = add i64 %i, {lanes}",
            "  %more = icmp ult i64 %next, %members",
            "  br i1 %more, label %body, label %end",
            "end:",
            "  ret void",
            "}",
            ATTRIBUTES,
        ]
    )


def host_has_avx512() -> bool:
    features = llvm.get_host_cpu_features()
    return bool(features.get("avx512f")) and bool(features.get("avx512dq"))


class Compiled:
    """One vector function in a loop. The engine and the target machine live as long as the function."""

    def __init__(self, name: str, lanes: int, isa: str, cpu: str = "") -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.name, self.lanes, self.arguments = name, lanes, vector_math.FUNCTIONS[name].arguments
        text = vector_math.definitions([name], lanes, isa) + "\n" + loop(name, lanes, self.arguments)
        self.module = llvm.parse_assembly(text)
        self.module.verify()
        features = "" if cpu else llvm.get_host_cpu_features().flatten()
        self.target = llvm.Target.from_default_triple().create_target_machine(
            opt=2, codemodel="small", cpu=cpu or llvm.get_host_cpu_name(), features=features
        )
        builder = llvm.create_pass_builder(self.target, llvm.create_pipeline_tuning_options(speed_level=2))
        builder.getModulePassManager().run(self.module, builder)
        self.engine = llvm.create_mcjit_compiler(self.module, self.target)
        self.engine.finalize_object()
        pointer = ctypes.c_void_p
        self.run = ctypes.CFUNCTYPE(None, ctypes.c_int64, pointer, *[pointer] * self.arguments)(
            self.engine.get_function_address(name)
        )

    def __call__(self, *xs: NDArray[np.float64]) -> NDArray[np.float64]:
        count = len(xs[0])
        padded = [np.ascontiguousarray(np.resize(x, -(-count // self.lanes) * self.lanes)) for x in xs]
        out = np.empty_like(padded[0])
        self.run(len(out), out.ctypes.data, *(x.ctypes.data for x in padded))
        return out[:count]

    def assembly(self) -> str:
        return str(self.target.emit_assembly(self.module))


@cache
def compiled(name: str, lanes: int = 8, isa: str = "portable", cpu: str = "") -> Compiled:
    return Compiled(name, lanes, isa, cpu)
