"""How long models of many sizes take to prepare and to run once. Agrees with the interpreter first, then times.

`elements`: an array of stocks with a flow each. `chain`: equations that each need the one before. `random`: RANDOM NORMAL
over an array. Seconds are of the processor; `linear` is the time for an element against that of the size before (1: as
long, 2: twice as long, which is a time that grows with the square).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from table import Row, Size, main, worst

from xinzhi.engine.clock import Clock
from xinzhi.engine.compiled import CompiledModel, Request, _Prepared
from xinzhi.engine.parse import read_program
from xinzhi.engine.ways import Way, choose
from xinzhi.store import Store

CLOCK = "\n".join(f"{name} = {value} ~~|" for name, value in
                  {"INITIAL TIME": 0, "FINAL TIME": 20, "TIME STEP": 1, "SAVEPER": "TIME STEP"}.items())  # fmt: skip


def elements(count: int) -> str:
    return f"""d: (e1-e{count}) ~~|
        s[d] = INTEG(0.1*s[d]*(1-s[d]/100) - o[d], 1) ~~|
        o[d] = MIN(s[d]*rate, 3) ~~|
        rate = 0.02 ~~|"""


def chain(count: int) -> str:
    rows = "\n".join(f"x{i} = x{i - 1}*rate + s*{i}/(1+s) ~~|" for i in range(1, count))
    return f"x0 = 1 ~~|\nrate = 0.5 ~~|\ns = INTEG(rate, 1) ~~|\n{rows}"


def random(count: int) -> str:
    return f"d: (e1-e{max(1, count // 10)}) ~~|\nrate = 1 ~~|\nr[d] = RANDOM NORMAL(-5, 5, 0, rate, 1) ~~|"


def prepared(model: CompiledModel, clock: Clock, way: Way) -> _Prepared:
    saved = tuple(dict.fromkeys(model.labels.values()))
    controls = (clock.initial_time, clock.final_time, clock.time_step, clock.saveper)
    out = _Prepared(model.program, Request(("rate",), saved, "euler", controls), clock, None)
    out.way = way
    return out


def first_run(model: CompiledModel, clock: Clock, way: Way) -> tuple[float, float, np.ndarray]:
    """Seconds of the first run and of the second, and the values."""
    began = time.process_time()
    ready = prepared(model, clock, way)
    rates = np.array([[model.program.constants["rate"]]])
    values, failed = ready.run(rates, clock, 0, 0, 1, lambda: False)
    between = time.process_time()
    ready.run(rates, clock, 0, 0, 1, lambda: False)
    assert not failed.any()
    return between - began, time.process_time() - between, values


SIZES = (100, 300, 1_000, 2_000, 5_000, 10_000, 20_000)


def measure(size: Size) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        for kind in (elements, chain, random):
            before: tuple[int, float, float] | None = None
            for count in (60, 120) if size is Size.SMALL else SIZES[:6]:
                path = Path(folder) / f"{kind.__name__}{count}.mdl"
                path.write_text("{UTF-8}\n" + kind(count) + "\n" + CLOCK + "\n", encoding="utf-8")
                model = CompiledModel(read_program(path, Store(Path(folder)), own=True), None)
                clock = model.clock({}, {})
                plan = prepared(model, clock, Way.INTERPRETED).strict_plan
                operations = len(plan.prologue) + len(plan.step) + len(plan.save)
                compiled = choose(plan, clock, "euler", once=False)
                slow, _, truth = first_run(model, clock, Way.INTERPRETED)
                fast, values = 0.0, truth
                if compiled is not Way.INTERPRETED:
                    fast, _, values = first_run(model, clock, compiled)
                np.testing.assert_allclose(values, truth, rtol=1e-10, atol=1e-12)
                grown = ""
                if before is not None:
                    grown = ", ".join(
                        f"{seconds / count / (earlier / before[0]):.2f}" if earlier and seconds else "-"
                        for seconds, earlier in ((slow, before[1]), (fast, before[2]))
                    )
                before = (count, slow, fast)
                yield Row(
                    f"first run of {count:,} {kind.__name__}, {operations:,} operations; interpreted, compiled",
                    f"to {worst(values, truth):.0e}", f"{slow:.2f} s, {fast:.2f} s", f"linear {grown}" if grown else "",
                )  # fmt: skip


if __name__ == "__main__":
    main(measure)
