"""What a fit left beside the data, calibration/fitted.yaml and posterior.parquet, and whether it still holds."""

from __future__ import annotations

import re
from pathlib import Path

from xinzhi.content.snapshot import files_hash
from xinzhi.errors import Message, msg

FITTED = "calibration/fitted.yaml"
POSTERIOR = "calibration/posterior.parquet"
_INPUTS = ("model/*.mdl", "model/indicators.yaml", "model/uncertainties.yaml", "calibration/anchors.yaml",
           "calibration/fit.yaml", "calibration/history.csv", "calibration/region.csv",
           "calibration/region_series.csv")  # fmt: skip
_STATED = re.compile(r"^ +inputs: ([0-9a-f]{64})$", re.MULTILINE)


def inputs_hash(folder: Path) -> str:
    """SHA-256 of every file that a fit depends on: model, data, priors and plan. Raises OSError."""
    return files_hash(folder, (path for pattern in _INPUTS for path in sorted(folder.glob(pattern))))


def stale(folder: Path) -> Message | None:
    """A warning where there is a fit and the files that it was made from have changed since; None otherwise."""
    try:
        stated = _STATED.search((folder / FITTED).read_text(encoding="utf-8"))
        if stated is not None and stated[1] == inputs_hash(folder):
            return None
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        pass
    return msg("the fit in {file} is out of date: the model or its data have changed; run xinzhi fit", file=FITTED)
