"""The models that are measured: the project's own, or a small one of the same kinds of equations; and both as others read
them.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from table import Size  # noqa: E402

from engines import pysd_constants, pysd_model, pysd_run  # noqa: E402
from xinzhi.engine.clock import Clock  # noqa: E402
from xinzhi.engine.compiled import CompiledModel  # noqa: E402
from xinzhi.engine.parse import read_program  # noqa: E402
from xinzhi.engine.program import Program  # noqa: E402
from xinzhi.project import load_project  # noqa: E402
from xinzhi.store import Store  # noqa: E402

SMALL = """{UTF-8}
kind: plain, special ~~|
weight[plain]= GET DIRECT CONSTANTS('../calibration/region.csv', ',', 'B2') ~~|
weight[special]= GET DIRECT CONSTANTS('../calibration/region.csv', ',', 'B3') ~~|
growth rate= GET DIRECT CONSTANTS('../calibration/region.csv', ',', 'B4') ~~|
deflator( GET DIRECT LOOKUPS('../calibration/region_series.csv', ',', 'A', 'B2')) ~~|
Capital[kind]= INTEG (investment[kind]-Capital[kind]/life, 10*weight[kind]) ~~|
life= 12 ~~|
investment[kind]= share*output*weight[kind] ~~|
share= 0.3 ~~|
output= knowledge*Capital[plain]^elasticity*Capital[special]^(1-elasticity) ~~|
elasticity= 0.4 ~~|
Knowledge Stock= INTEG (growth rate*Knowledge Stock*IF THEN ELSE(Time>2020, effect, 1), 1) ~~|
effect= 1.2 ~~|
knowledge= SMOOTH(Knowledge Stock, 3) ~~|
planned= DELAY3(output, 2)*deflator(Time) ~~|
need= LN(1+output)+EXP(-knowledge)+MAX(planned-output, 0) ~~|
INITIAL TIME= 2015 ~~|
FINAL TIME= 2030 ~~|
TIME STEP= 0.125 ~~|
SAVEPER= TIME STEP ~~|
"""
REGION = "name,value\nw1,1.5\nw2,0.5\ngrowth,0.03\n"
SERIES = "year,deflator\n2015,0.9\n2020,1\n2030,1.3\n"


@dataclass(frozen=True)
class Setting:
    """A model in ``path``, up to sixteen saved ``variables``, every constant varying by 3 % but calendar years.

    ``design`` has shape (constants, members), in the order of ``names``; saved are whole years.
    """

    path: Path
    program: Program
    compiled: CompiledModel
    clock: Clock
    variables: tuple[str, ...]
    names: tuple[str, ...]
    design: np.ndarray[Any, Any]

    @property
    def saved(self) -> list[int]:
        return [self.compiled.labels[name] for name in self.variables]

    @property
    def members(self) -> int:
        return self.design.shape[1]

    def run(self, members: int, threads: int = 1) -> Any:
        return self.compiled.run_rows(self.names, self.design[:, :members], self.saved, self.clock, method="euler",
                                      threads=threads)  # fmt: skip

    def constants(self, member: int) -> dict[str, float]:
        return dict(zip(self.names, self.design[:, member].tolist(), strict=True))


@cache
def setting(size: Size) -> Setting:
    """The model to measure, its kernels kept in a folder of its own."""
    folder = Path(tempfile.mkdtemp())
    path = folder / "model" / "hubei.mdl"
    if size is Size.SMALL:
        for name, text in (("model/hubei.mdl", SMALL), ("calibration/region.csv", REGION),
                           ("calibration/region_series.csv", SERIES)):  # fmt: skip
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        variables: tuple[str, ...] = ("output", "planned", "need", "knowledge", "Capital[special]")
    else:
        for name in ("model", "calibration"):
            shutil.copytree(ROOT / name, folder / name)
        indicators = load_project(ROOT).content.indicators.values()
        variables = tuple(dict.fromkeys(indicator.variable for indicator in indicators))[:16]
    program = read_program(path, Store(folder), own=True)
    compiled = CompiledModel(program, Store(folder))
    names = tuple(name for name in program.constants if name not in program.fixed)
    base = np.array([program.constants[name] for name in names])[:, None]
    varied = base * np.random.default_rng(1).uniform(0.97, 1.03, (len(base), size.of(256, 16_384)))
    design = np.where((base > 1900) & (base < 2200), base, varied)
    return Setting(path, program, compiled, compiled.clock({}, {"saveper": 1.0}), variables, names, design)


class Pysd:
    """PySD's run of the same file."""

    def __init__(self, asked: Setting) -> None:
        self.asked, self.model = asked, pysd_model(asked.path)

    def run(self, member: int | None = None) -> np.ndarray[Any, Any]:
        """The saved variables, shape (saved, times), with the model's own constants or a member's."""
        asked = self.asked
        parameters = {} if member is None else pysd_constants(self.model, asked.constants(member))
        table = pysd_run(self.model, params=parameters, return_columns=list(asked.variables),
                         return_timestamps=list(asked.clock.saved_times))  # fmt: skip
        return np.array([table[name] for name in asked.variables], dtype=float)


@cache
def pysd(size: Size) -> Pysd:
    return Pysd(setting(size))


@cache
def plain(size: Size) -> Path:
    """The model in one file, its data written in, as programs read it that know no data files."""
    asked = setting(size)
    text = asked.path.read_text(encoding="utf-8-sig").split("\\\\\\---///")[0]

    def number(found: re.Match[str]) -> str:
        name = " ".join(found[1].split())
        range_ = name.partition("[")[0] + "["
        every = [value for label, value in asked.program.constants.items() if label == name]
        every = every or [value for label, value in asked.program.constants.items() if label.startswith(range_)]
        return f"{found[1]}=\n\t{','.join(map(repr, every))}"

    def points(found: re.Match[str]) -> str:
        table = pd.read_csv(asked.path.parent / found[2])
        column = ord(found[3]) - ord("A")
        pairs = table.iloc[:, [0, column]].dropna().to_numpy(dtype=float).tolist()
        return f"{found[1]}(" + ",".join(f"({x!r},{y!r})" for x, y in pairs) + ")"

    text = re.sub(r"(?m)^([^\n=~|\t][^\n=]*)=\s*GET DIRECT CONSTANTS\([^)]*\)", number, text)
    text = re.sub(r"(?m)^([^\n=~|\t(]+)\(\s*GET DIRECT LOOKUPS\('([^']*)', ',', 'A', '([A-Z])2'\)\s*\)", points, text)
    out = asked.path.with_name("plain.mdl")
    out.write_text(re.sub(r"~([^~|]*)~([^~|]*)\|", "~~|", text), encoding="utf-8")
    return out
