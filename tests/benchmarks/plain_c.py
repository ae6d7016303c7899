"""The program of a plan as plain C, for comparison only: one member at a time, or loops over a block of members."""

from __future__ import annotations

import ctypes
import math
import subprocess
from pathlib import Path

import numpy as np

from xinzhi.engine.clock import Clock
from xinzhi.engine.kernel import aligned
from xinzhi.engine.plan import MEMBER, TIME, Plan

_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/", "and": "&&", "or": "||", "lt": "<", "le": "<=", "gt": ">",
          "ge": ">=", "eq": "==", "ne": "!="}  # fmt: skip
_NAMES = {"abs": "fabs"}


class CKernel:
    """Compiled by ``gcc -O3 -march=native`` and ``flags``. ``width`` 0: scalars; n: inner loops over n members."""

    def __init__(self, plan: Plan, clock: Clock, width: int, flags: str, folder: Path) -> None:
        self.plan, self.clock, self.width = plan, clock, max(width, 1)
        source = folder / f"k{width}{abs(hash(flags))}.c"
        source.write_text(_Source(plan, clock, width).text())
        library = source.with_suffix(f".{id(self)}.so")
        # linked without the flags: with -ffast-math the library would take denormal numbers from the whole process
        compiling = f"gcc -O3 -march=native {flags} -fPIC -c -o {library}.o {source}"
        command = f"{compiling} && gcc -shared -o {library} {library}.o -lmvec -lm"
        subprocess.run(command, shell=True, check=True, stderr=subprocess.DEVNULL)
        self._call = ctypes.CDLL(str(library)).kernel
        self._call.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p]
        self._call.restype = None
        self.uniform = plan.uniform_plan.table(clock)

    def tiles(self, constants: np.ndarray) -> np.ndarray:
        blocks = constants.reshape(len(constants), -1, self.width).transpose(1, 0, 2)
        out = aligned(blocks.shape)
        out[:] = blocks
        return out

    def buffer(self, members: int) -> np.ndarray:
        return aligned((members // self.width, len(self.plan.program.saved), len(self.clock.saved), self.width))

    def run(self, tiles: np.ndarray, members: int, out: np.ndarray) -> None:
        self._call(tiles.ctypes.data, members, out.ctypes.data, self.uniform.ctypes.data)

    def __call__(self, constants: np.ndarray) -> np.ndarray:
        out = self.buffer(constants.shape[1])
        self.run(self.tiles(constants), constants.shape[1], out)
        return out.transpose(1, 2, 0, 3).reshape(*out.shape[1:3], -1)


class _Source:
    def __init__(self, plan: Plan, clock: Clock, width: int) -> None:
        self.plan, self.clock, self.width, self.blocked = plan, clock, max(width, 1), width > 0
        users = (*plan.step, *plan.save)
        wanted = {arg for n in users for arg in plan.nodes[n].args} | set(plan.program.roots())
        self.slot = {n: i for i, n in enumerate(sorted(n for n in wanted if plan.levels[n] == MEMBER))}

    def name(self, number: int, *, inside: bool) -> str:
        op, _, param = self.plan.nodes[number]
        if op == "lit":
            return repr(float(param)) if math.isfinite(float(param)) else "(0.0/0.0)"
        if self.plan.levels[number] == TIME:
            return f"u[{self.plan.wanted_uniform.index(number)}]"
        if op == "stock":
            return f"s[{param}*{self.width}+j]"
        if inside and self.plan.levels[number] == MEMBER:
            return f"k[{self.slot[number]}*{self.width}+j]"
        return f"c[{param}*{self.width}+j]" if op == "const" else f"v{number}"

    def line(self, number: int, *, inside: bool) -> str:
        op, args, param = self.plan.nodes[number]
        x = [self.name(arg, inside=inside) for arg in args]
        if op == "const":
            text = f"c[{param}*{self.width}+j]"
        elif op == "stock":
            return ""
        elif op in _INFIX:
            text = f"{x[0]} {_INFIX[op]} {x[1]}"
        elif op == "neg":
            text = f"-{x[0]}"
        elif op == "not":
            text = f"!({x[0]} != 0)"
        elif op == "select":
            text = f"{x[0]} != 0 ? {x[1]} : {x[2]}"
        elif op in ("min", "max"):
            text = f"{x[0]} {'<' if op == 'min' else '>'} {x[1]} ? {x[0]} : {x[1]}"
        elif op == "lookup":
            return self.lookup(number, x[0])
        else:
            text = f"{_NAMES.get(op, op)}({', '.join(x)})"
        return f"double v{number} = {text};"

    def lookup(self, number: int, x: str) -> str:
        table = self.plan.program.tables[self.plan.nodes[number].param]
        lines = [f"double v{number} = {table.y[0]!r};"]
        for x0, x1, y0, y1 in zip(table.x, table.x[1:], table.y, table.y[1:], strict=False):
            slope = (y1 - y0) / (x1 - x0)
            inside = f"({x} < {x0!r} ? 0.0 : {x} > {x1!r} ? {x1 - x0!r} : {x} - {x0!r})"
            lines.append(f"v{number} += {slope!r} * {inside};")
        return " ".join(lines)

    def loop(self, lines: list[str]) -> str:
        pragma = "#pragma GCC ivdep\n" if self.blocked else ""
        body = "\n".join(f"    {line}" for line in lines if line)
        return f"{{\n{pragma}for (int j = 0; j < {self.width}; j++) {{\n{body}\n}} }}"

    def text(self) -> str:
        plan, program, width = self.plan, self.plan.program, self.width
        count, rows = len(program.stocks), len(program.varied)
        begin = self.loop([
            *(self.line(n, inside=False) for n in plan.prologue),
            *(f"k[{i}*{width}+j] = {self.name(n, inside=False)};" for n, i in self.slot.items()),
            *(f"s[{i}*{width}+j] = {self.name(stock.initial, inside=False)};" for i, stock in enumerate(program.stocks)),
        ])  # fmt: skip
        dt = self.clock.time_step
        step = self.loop([
            *(self.line(n, inside=True) for n in plan.step),
            *(f"double d{i} = {self.name(stock.rate, inside=True)};" for i, stock in enumerate(program.stocks)),
            *(f"s[{i}*{width}+j] += {dt} * d{i};" for i in range(count)),
        ])  # fmt: skip
        times = len(self.clock.saved)
        save = self.loop([
            *(self.line(n, inside=True) for n in (*plan.step, *plan.save)),
            *(f"o[({i}*{times}+row)*{width}+j] = {self.name(n, inside=True)};" for i, n in enumerate(program.saved)),
        ])  # fmt: skip
        every = self.clock.saved[1] - self.clock.saved[0]
        return f"""#include <math.h>
void kernel(const double *restrict cc, long members, double *restrict oo, const double *restrict uni) {{
  double s[{max(count, 1)}*{width}] __attribute__((aligned(64)));
  double k[{max(len(self.slot), 1)}*{width}] __attribute__((aligned(64)));
  for (long b = 0; b < members/{width}; b++) {{
    const double *restrict c = cc + b*{rows * width};
    double *restrict o = oo + b*{len(program.saved) * times * width};
    {begin}
    for (int t = 0; t <= {self.clock.steps}; t++) {{
      const double *restrict u = uni + t*{max(1, len(plan.wanted_uniform))};
      if (t % {every} == 0) {{ int row = t / {every}; {save} }}
      if (t < {self.clock.steps}) {step}
    }}
  }}
}}"""
