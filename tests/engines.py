"""Small models written in the tests, run by the engine and by PySD."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import xinzhi
from xinzhi.model import Model

TINY = 1e-12
_numbers = itertools.count()


def vensim_text(
    equations: str, *, first: float = 0, last: float = 10, step: str = "1", saveper: str = "TIME STEP"
) -> str:
    """A Vensim file of these equations (each ``name = expression``, the next after ``|`` or a blank line)."""
    blocks = [block.strip() for part in equations.split("\n\n") for block in part.split("|") if block.strip()]
    blocks += [f"INITIAL TIME = {first}", f"FINAL TIME = {last}", f"TIME STEP = {step}", f"SAVEPER = {saveper}"]
    body = "".join(block if block.startswith(":MACRO:") else f"{block}\n\t~\t\n\t~\t\n\t|\n\n" for block in blocks)
    return f"{{UTF-8}}\n{body}\\\\\\---/// Sketch information - do not modify anything except names\n"


def vensim(folder: Path, equations: str, **clock: Any) -> Path:
    """The Vensim file of `vensim_text`, in ``folder`` under a name of its own."""
    path = folder / f"model{next(_numbers)}.mdl"
    path.write_text(vensim_text(equations, **clock), encoding="utf-8")
    return path


def xmile(
    folder: Path, variables: str, *, first: float = 0, last: float = 10, step: str = "1", extra: str = ""
) -> Path:
    """A Stella file of these ``<aux>``, ``<stock>`` … elements; ``extra`` stands before the model."""
    path = folder / f"model{next(_numbers)}.stmx"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" '
        'xmlns:isee="http://iseesystems.com/XMILE"><header><name>m</name><vendor>isee systems, inc.</vendor>'
        '<product version="1.0">Stella</product></header>'
        f"<sim_specs><start>{first}</start><stop>{last}</stop><dt>{step}</dt></sim_specs>{extra}"
        f"<model><variables>{variables}</variables></model></xmile>",
        encoding="utf-8",
    )
    return path


def aux(name: str, equation: str, inner: str = "") -> str:
    escaped = equation.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<aux name="{name}"><eqn>{escaped}</eqn>{inner}</aux>'


def pysd_model(path: Path) -> Any:
    """PySD's own model; its translation is written beside ``path``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pysd

        return pysd.read_vensim(str(path)) if path.suffix == ".mdl" else pysd.read_xmile(str(path))


def pysd_run(model: Any, **settings: Any) -> pd.DataFrame:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return model.run(**settings)


def same_as_pysd(path: Path, names: Iterable[str] | None = None, tolerance: float = TINY, **clock: Any) -> pd.DataFrame:
    """Run a file by both and compare every variable that both have; gives the engine's table."""
    ours, theirs = xinzhi.load_model(path).run(**clock), pysd_run(pysd_model(path), **clock)
    shared = [name for name in ours if name in theirs] if names is None else list(names)
    assert shared and len(ours) == len(theirs)
    np.testing.assert_allclose(ours.index, theirs.index, rtol=1e-12)
    for name in shared:
        wanted = theirs[name].to_numpy(dtype=float)
        np.testing.assert_allclose(
            ours[name],
            wanted,
            rtol=tolerance,
            atol=tolerance * scale_of(wanted),
            err_msg=f"{name} of {path.read_text()}",
        )
    return ours


def scale_of(values: Any) -> float:
    """The largest finite size of ``values``, 0 where there is none."""
    finite = np.abs(np.asarray(values, dtype=float))
    finite = finite[np.isfinite(finite)]
    return float(finite.max(initial=0.0))


def model_of(folder: Path, equations: str, **clock: Any) -> Model:
    return xinzhi.load_model(vensim(folder, equations, **clock))


def value_of(folder: Path, expression: str, extra: str = "", **settings: Any) -> Sequence[float]:
    """``expression`` at every saved time."""
    return model_of(folder, f"y = {expression}\n\n{extra}", **settings).run()["y"].tolist()
