"""Vector functions compiled alone, each in a loop, to be called on NumPy arrays."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from numpy.typing import NDArray

from xinzhi.engine import vector_math

LOOP = """
define void @loop(i64 %count, ptr %out{parameters}) "stackrealign" "prefer-vector-width"="512" {{
entry:
  br label %body
body:
  %i = phi i64 [0, %entry], [%next, %body]
{loads}
  %r = call {doubles} @v_{name}({arguments})
  %to = getelementptr double, ptr %out, i64 %i
  store {doubles} %r, ptr %to, align 8
  %next = add i64 %i, {lanes}
  %more = icmp ult i64 %next, %count
  br i1 %more, label %body, label %end
end:
  ret void
}}
"""


def looped(name: str, lanes: int) -> str:
    """void loop(count, out, ...): out[i] = v_NAME(...), ``lanes`` at a time; vectors come as pointers."""
    types = {"doubles": f"<{lanes} x double>", "integers": f"<{lanes} x i64>", "i64": "i64"}
    parameters, loads, arguments = "", [], []
    for i, kind in enumerate(vector_math.FUNCTIONS[name].parameters):
        if kind == "i64":
            parameters += f", i64 %x{i}"
        else:
            parameters += f", ptr %p{i}"
            loads.append(f"  %at{i} = getelementptr i64, ptr %p{i}, i64 %i")
            loads.append(f"  %x{i} = load {types[kind]}, ptr %at{i}, align 8")
        arguments.append(f"{types[kind]} %x{i}")
    return LOOP.format(
        name=name,
        parameters=parameters,
        loads="\n".join(loads),
        doubles=types["doubles"],
        arguments=", ".join(arguments),
        lanes=lanes,
    )


def host_isas() -> list[str]:
    features = llvm.get_host_cpu_features()
    wide = features.get("avx512f") and features.get("avx512dq")
    return ["avx512", "portable"] if wide else ["portable"]


def host_runs_avx2() -> bool:
    return bool(llvm.get_host_cpu_features().get("avx2"))


class Compiled:
    """One vector function. The engine and the target machine live as long as it does."""

    def __init__(self, name: str, lanes: int, isa: str, cpu: str) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.lanes, self.kinds = lanes, vector_math.FUNCTIONS[name].parameters
        self.module = llvm.parse_assembly(vector_math.define(name, lanes, isa) + looped(name, lanes))
        self.module.verify()
        self.target = llvm.Target.from_default_triple().create_target_machine(
            opt=2,
            codemodel="small",
            cpu=cpu or llvm.get_host_cpu_name(),
            features="" if cpu else llvm.get_host_cpu_features().flatten(),
        )
        builder = llvm.create_pass_builder(self.target, llvm.create_pipeline_tuning_options(speed_level=2))
        builder.getModulePassManager().run(self.module, builder)
        self.engine = llvm.create_mcjit_compiler(self.module, self.target)
        self.engine.finalize_object()
        types = [ctypes.c_uint64 if kind == "i64" else ctypes.c_void_p for kind in self.kinds]
        signature = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, *types)
        self.run = signature(self.engine.get_function_address("loop"))

    def __call__(self, *arguments: Any) -> NDArray[np.float64]:
        count = max(len(x) for x in arguments if isinstance(x, np.ndarray))
        whole = -(-count // self.lanes) * self.lanes
        given = [np.resize(x, whole) if isinstance(x, np.ndarray) else x for x in arguments]
        out = np.empty(whole)
        self.run(whole, out.ctypes.data, *(x.ctypes.data if isinstance(x, np.ndarray) else x for x in given))
        return out[:count]

    def instructions(self) -> int:
        """Vector instructions of the whole loop."""
        lines = self.target.emit_assembly(self.module).splitlines()
        return sum(line.strip().startswith("v") for line in lines)


@cache
def compiled(name: str, lanes: int = 8, isa: str = "portable", cpu: str = "") -> Compiled:
    return Compiled(name, lanes, isa, cpu)
