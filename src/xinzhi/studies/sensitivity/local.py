"""Local sensitivity: each input alone, everything else as in the run: elasticities, swings and the curves of a spider.

Finite differences need no library: two runs an input.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.simulate import FloatArray
from xinzhi.studies.sensitivity.inputs import Function

STEP = 0.01  # of the prior's width, to either side


@dataclass(frozen=True, eq=False)
class LocalEffects:
    """``base`` (outputs,): the run's outputs. ``slope`` and ``elasticity`` (outputs, inputs), in the run's own point.

    An elasticity is the change of the output in % when the input grows by 1 %; NaN where either is 0. ``curves``
    (points, outputs, inputs): the output along the input's values, the others as they are.
    """

    base: FloatArray
    slope: FloatArray
    elasticity: FloatArray
    curves: FloatArray


def local_effects(
    function: Function, centre: FloatArray, low: FloatArray, high: FloatArray, points: FloatArray
) -> LocalEffects:
    """The effects of inputs about ``centre`` within ``low`` and ``high``, (inputs,) each; ``points`` (points, inputs).

    ``function`` takes values (members, inputs). At an end of the range the difference is one-sided.
    """
    inputs = len(centre)
    step = STEP * (high - low)
    below, above = np.maximum(low, centre - step), np.minimum(high, centre + step)
    rows = np.concatenate([below[None], above[None], points])  # what each input takes, one at a time
    members = np.repeat(centre[None], 1 + len(rows) * inputs, axis=0)
    for number, row in enumerate(rows):
        members[1 + number * inputs + np.arange(inputs), np.arange(inputs)] = row
    outputs = function(members)
    base = outputs[0]
    each = outputs[1:].reshape(len(rows), inputs, -1).transpose(0, 2, 1)
    slope = (each[1] - each[0]) / (above - below)
    with np.errstate(divide="ignore", invalid="ignore"):
        elasticity = np.where((base[:, None] != 0) & (centre != 0), slope * centre / base[:, None], np.nan)
    return LocalEffects(base, slope, elasticity, each[2:])
