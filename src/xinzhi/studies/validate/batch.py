"""Many runs that differ in a few constants each, with every variable of the model saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from xinzhi.content.content import Content
from xinzhi.content.scenario import Scenario
from xinzhi.simulate import FloatArray, Simulator

AT_ONCE = 256  # members: a thousand variables of sixteen years are 33 MB then
Settings = Mapping[str, float]


def constants_of(content: Content, simulator: Simulator, scenario: Scenario) -> dict[str, float]:
    """The constants that a scenario stands for, levers and assumptions, in model units."""
    return simulator.constants_of(content.settings(scenario), content.assumptions(scenario))


def runs(
    simulator: Simulator, cases: Sequence[Settings], fixed: Settings, names: Sequence[str]
) -> Iterator[tuple[int, FloatArray]]:
    """Batches of ``cases``, each over ``fixed``: the first case's number and (names, years, members) in model units.

    A member that gave no number is NaN throughout.
    """
    defaults = simulator.compiled.program.constants
    for first in range(0, len(cases), AT_ONCE):
        part = [{**fixed, **case} for case in cases[first : first + AT_ONCE]]
        changed = dict.fromkeys(name for case in part for name in case)
        columns = {name: np.array([case.get(name, defaults[name]) for case in part]) for name in changed}
        with np.errstate(all="ignore"):
            yield first, simulator.run_members(columns, names)
