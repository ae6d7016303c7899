"""Regional sensitivity: which inputs differ between members that meet a target and members that miss it.

Monte Carlo filtering (Hornberger and Spear 1981): the two-sample Kolmogorov-Smirnov test of SciPy, with the false
discovery rate held at 5 % over a target's inputs (Benjamini and Hochberg).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from xinzhi.simulate import FloatArray

FEWEST = 20  # members on the smaller side: below, nothing is said


@dataclass(frozen=True, eq=False)
class Regions:
    """Distance, adjusted p-value and place of largest distance (a share of the prior), each (outputs, inputs).

    ``rising`` is 1 where large values go with success, -1 where small ones do. ``met`` (outputs,) is the share of
    members that meet. All but ``met`` are NaN where fewer than `FEWEST` members meet, or miss.
    """

    distance: FloatArray
    p: FloatArray
    rising: FloatArray
    turns: FloatArray
    met: FloatArray


def find_regions(shares: FloatArray, met: NDArray[np.bool_]) -> Regions:
    """The regions from a sample (members, inputs) and whether each member meets each target (members, outputs)."""
    statistics = np.full((4, met.shape[1], shares.shape[1]), np.nan)
    for row, success in enumerate(met.T):
        if min(success.sum(), (~success).sum()) < FEWEST:
            continue
        test = scipy.stats.ks_2samp(shares[success], shares[~success], axis=0, method="asymp")
        statistics[:, row] = (
            test.statistic,
            scipy.stats.false_discovery_control(np.clip(test.pvalue, 0.0, 1.0)),
            -test.statistic_sign,
            test.statistic_location,
        )
    distance, p, rising, turns = statistics
    return Regions(distance, p, rising, turns, met.mean(axis=0))
