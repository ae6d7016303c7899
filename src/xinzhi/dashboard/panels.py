"""What one chart on the screen says: numbers in the axis' unit, a round axis, the target's words and their place.

Lengths are pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xinzhi.analysis.verdict import threshold_level
from xinzhi.content.indicator import Indicator, Target
from xinzhi.dashboard.session import View
from xinzhi.show import numbers
from xinzhi.simulate import FloatArray

PLOT_HEIGHT, NOMINAL_WIDTH = 150, 240
LABEL, LINE, FLAG_MARGIN = 11, 14, 10


@dataclass(frozen=True)
class Panel:
    """One indicator, all numbers in the axis' unit; ``current`` and ``baseline`` have shape (times,)."""

    indicator: Indicator
    unit: str
    digits: int
    current: FloatArray
    baseline: FloatArray
    observed: tuple[tuple[int, float, bool], ...]
    target: Target | None
    level: float | None
    limits: tuple[float, float, float]


def make_panel(view: View, indicator: Indicator) -> Panel:
    """Everything that a panel shows."""
    current, baseline = view.current.in_unit(indicator.id), view.baseline.in_unit(indicator.id)
    series = view.content.history.series.get(indicator.id)
    first, last = view.current.times[0], view.current.times[-1]
    seen = [o for o in series.observations if first <= o.time <= last] if series is not None else []
    target = next((each for each in view.content.targets.values() if each.indicator == indicator.id), None)
    level = None if target is None else threshold_level(target, view.baseline)
    fixed = np.array([*baseline, *(o.value for o in seen), *([] if level is None else [level])])
    factor, unit = numbers.axis(indicator.unit, view.lang, view.content.units, float(np.max(np.abs(fixed))))
    return Panel(
        indicator=indicator,
        unit=unit,
        digits=max(indicator.decimals, min(2, round(-math.log10(factor)))),
        current=current * factor,
        baseline=baseline * factor,
        observed=tuple((o.time, o.value * factor, o.status == "published") for o in seen),
        target=target,
        level=None if level is None else level * factor,
        limits=axis_limits(np.concatenate([fixed, current, _room(target, level, fixed)]) * factor),
    )


def _room(target: Target | None, level: float | None, shown: FloatArray) -> list[float]:
    """A value that the axis has to reach so that the target's words have a place beyond its line."""
    if target is None or level is None:
        return []
    room = 0.2 * float(np.ptp(shown))
    return [level + room if target.sense == ">=" else level - room]


def axis_limits(values: FloatArray) -> tuple[float, float, float]:
    """Lowest, highest and step of a value axis: round numbers, from zero where the values begin near it."""
    low, high = float(values.min()), float(values.max())
    largest = max(abs(low), abs(high))
    if high - low <= 1e-9 * max(largest, 1e-3):
        margin = 0.1 * largest if largest > 1e-6 else 1.0
        low, high = low - margin, high + margin
    if 0 <= low < 0.35 * high:
        low = 0.0
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in (1, 2, 2.5, 5, 10) if nice * power >= rough * 0.999)
    bottom, top = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return float(f"{bottom * step:.12g}"), float(f"{top * step:.12g}"), float(f"{step:.12g}")


def pixels(panel: Panel, value: float) -> float:
    """Height of a value above the plot's bottom."""
    low, high, _ = panel.limits
    return (value - low) / (high - low) * PLOT_HEIGHT


def clearest_place(view: View, panel: Panel, words: str) -> str:
    """Where on the target's line (its start or end, above or below) the words hide the fewest dots and curves."""
    assert panel.level is not None and panel.target is not None
    lines = words.split("\n")
    width = max(sum(LABEL if ord(letter) > 0x2E7F else LABEL * 0.58 for letter in line) for line in lines)
    height, level = LINE * len(lines) + 5, pixels(panel, panel.level)
    times = view.current.times
    year = NOMINAL_WIDTH / (times[-1] - times[0])
    places = [((time - times[0]) * year, pixels(panel, value)) for time, value, _ in panel.observed]
    fine = np.linspace(times[0], times[-1], 8 * len(times))
    for curve in (panel.baseline, panel.current):
        places += [
            ((x - times[0]) * year, pixels(panel, y)) for x, y in zip(fine, np.interp(fine, times, curve), strict=True)
        ]
    end = (panel.target.year - times[0]) * year - FLAG_MARGIN - width

    def hidden(left: float, bottom: float) -> float:
        outside = max(0.0, -2 - bottom) + max(0.0, bottom + height - PLOT_HEIGHT - 8)
        inside = [left - 4 < x < left + width + 4 and bottom - 2 < y < bottom + height for x, y in places]
        return sum(inside) + 100 * outside

    costs = {
        "insideStartTop": hidden(FLAG_MARGIN, level),
        "insideEndTop": hidden(end, level),
        "insideStartBottom": hidden(FLAG_MARGIN, level - height),
        "insideEndBottom": hidden(end, level - height),
    }
    return min(costs, key=lambda place: costs[place])


def target_words(view: View, target: Target, level: float, panel: Panel) -> str:
    """What stands at a target's line."""
    return numbers.target_flag(target, numbers.plain(level, panel.digits), view.lang, view.content.units)
