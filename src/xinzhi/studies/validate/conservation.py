"""Conservation: stocks grow by their flows at every step; stated identities hold in every scenario and lever's end."""

from __future__ import annotations

import numpy as np

from xinzhi.analysis.structure import Structure
from xinzhi.content.statements import Identity
from xinzhi.errors import msg
from xinzhi.simulate import FloatArray, Simulator
from xinzhi.studies.validate.batch import Settings, constants_of, runs
from xinzhi.studies.validate.outcome import Cases, Finding, Worst, outcome

CLOSE = 1e-9


def check_conservation(structure: Structure, simulator: Simulator) -> Finding:
    """The worst gap of the stocks in the baseline, and of the identities in the scenarios and at the levers' ends."""
    content = structure.content
    stocks = stock_gaps(structure, simulator)
    cases: list[Settings] = [constants_of(content, simulator, it) for it in content.scenarios.values()]
    for lever in content.sheet.levers.values():
        cases += [{lever.variable: lever.low}, {lever.variable: lever.high}]
    gaps = identity_gaps(structure, simulator, cases)
    broken = [name for name, gap in stocks.items() if gap > CLOSE]
    broken += [key for key, (gap, _) in gaps.items() if gap > content.statements.identities[key].tolerance]
    unnamed = [name for name, it in structure.flows.items() if it.other]
    heads = (msg("Identity"), msg("Largest relative gap"), msg("Year"))
    rows = tuple(
        (content.statements.identities[key].name, f"{gap:.1e}", str(year)) for key, (gap, year) in gaps.items()
    )
    worst_stock = max(stocks, key=stocks.__getitem__, default="—")
    said = msg("{stocks} stocks equal the sum of their flows at every step, to {gap} at worst ({name}); {unnamed} more "
               "have a flow without a name; {identities} identities in {runs} runs; {broken} do not hold",
               stocks=len(stocks), gap=f"{stocks.get(worst_stock, 0.0):.0e}", name=worst_stock, unnamed=len(unnamed),
               identities=len(gaps), runs=len(cases), broken=len(broken))  # fmt: skip
    tables = [Cases(msg("Identities"), heads, rows)] if rows else []
    if unnamed:
        told = tuple((name,) for name in unnamed)
        tables.append(Cases(msg("Stocks with a flow that has no name of its own"), (msg("Stock"),), told))
    worst = Worst(broken[0], stocks.get(broken[0], gaps.get(broken[0], (0.0, 0))[0]), CLOSE) if broken else None
    return Finding("conservation", outcome(len(broken), 0), said, worst, tuple(tables))


def stock_gaps(structure: Structure, simulator: Simulator) -> dict[str, float]:
    """By stock, the largest gap between its change in a step and its named flows, relative to its largest value."""
    step = structure.content.model.control("TIME STEP")
    whole = {name: it for name, it in structure.flows.items() if not it.other}
    names = sorted({name for key, it in whole.items() for name in (key, *it.inflows, *it.outflows)})
    model = simulator.compiled
    clock = model.clock({}, {"time_step": step, "saveper": step})
    values = dict(zip(names, model.run({}, names, clock=clock, method="euler").values[:, :, 0], strict=True))
    gaps = {}
    for name, it in whole.items():
        level = values[name]
        none = np.zeros_like(level)
        rate = sum((values[one] for one in it.inflows), none) - sum((values[one] for one in it.outflows), none)
        gap = np.abs(np.diff(level) - step * rate[:-1]).max()
        gaps[name] = float(gap / max(float(np.abs(level).max()), 1e-300))
    return gaps


def identity_gaps(structure: Structure, simulator: Simulator, cases: list[Settings]) -> dict[str, tuple[float, int]]:
    """By identity, the largest relative gap over all cases and years, and its year; NaN counts as infinite."""
    identities = structure.content.statements.identities
    names = list(simulator.compiled.labels)
    rows = {name: row for row, name in enumerate(names)}
    largest = dict.fromkeys(identities, (0.0, simulator.years[0]))
    for _, values in runs(simulator, cases, {}, names):
        for key, identity in identities.items():
            gap = _gap(identity, values, rows)
            place = int(np.argmax(gap.max(axis=1)))
            if gap.max() > largest[key][0]:
                largest[key] = (float(gap.max()), simulator.years[place])
    return largest


def _gap(identity: Identity, values: FloatArray, rows: dict[str, int]) -> FloatArray:
    """Relative gaps, shape (years, members)."""
    left = sum(weight * values[rows[name]] for name, weight in identity.left.items())
    right = sum(weight * values[rows[name]] for name, weight in identity.right.items())
    apart = np.asarray(left) - np.asarray(right)
    gap = np.abs(apart) if identity.equal else np.maximum(apart, 0.0)
    relative: FloatArray = np.nan_to_num(gap / np.maximum(np.abs(right), 1e-12), nan=np.inf)
    return relative
