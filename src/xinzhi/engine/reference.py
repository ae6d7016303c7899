"""The reference engine: PySD runs the model.

PySD writes its translation beside the model and keeps the parameters of the previous run. Both are handled here: the
translation is made in a folder that the caller hands in, and every run passes every constant.
"""

from __future__ import annotations

import shutil
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.pysd_guard import no_eval

TRANSLATED = "model/model.py"


def translate(model_path: Path, folder: Path) -> None:
    """Translate the Vensim model into ``folder``/model/, its numbers beside it. ``model_path`` is not touched."""
    import pysd

    no_eval()
    copy = folder / "model" / "model.mdl"
    copy.parent.mkdir()
    shutil.copyfile(model_path, copy)
    numbers = model_path.resolve().parents[1] / "calibration"
    if numbers.is_dir():
        shutil.copytree(numbers, folder / "calibration")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pysd.read_vensim(str(copy), initialize=False, encoding="utf-8-sig")


@dataclass
class ReferenceModel:
    """A loaded translation. ``constants`` are all of the model's constants with the file's values (model units)."""

    constants: Mapping[str, float]
    _model: Any
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(
        self,
        constants: Mapping[str, float],
        variables: Sequence[str],
        times: Sequence[float],
        time_step: float,
    ) -> dict[str, NDArray[np.float64]]:
        """One run: each variable's values at ``times``, in the model's units.

        ``constants`` replaces values of the file; what it does not name has the file's value, whatever was run before.
        """
        with self._lock, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = self._model.run(
                params={**self.constants, **constants},
                return_columns=list(variables),
                return_timestamps=list(times),
                time_step=time_step,
                final_time=times[-1],
            )
        return {name: np.array(table[name], dtype=np.float64) for name in variables}


def load(folder: Path, constants: Mapping[str, float]) -> ReferenceModel:
    """The translation that `translate` made in ``folder``. Raises what PySD and Python raise where it is damaged."""
    import pysd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ReferenceModel(constants, pysd.load(str(folder / TRANSLATED)))
