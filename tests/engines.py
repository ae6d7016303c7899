"""Small models written in the tests, run by the engine and by PySD."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.parse import read_program
from xinzhi.model import Model
from xinzhi.store import open_store

_numbers = itertools.count()


def load(path: Path) -> Model:
    """What ``xinzhi.load_model`` gives, read in this process: a process of its own takes most of a second."""
    store = open_store()
    return Model(path, CompiledModel(read_program(path, store, own=True), store))


def vensim(
    folder: Path, equations: str, *, first: float = 0, last: float = 10, step: str = "1", saveper: str = "TIME STEP",
    macros: str = "",
) -> Path:  # fmt: skip
    """A Vensim file of these equations, one a line, in ``folder`` under a name of its own."""
    lines = [line.strip() for line in equations.splitlines() if line.strip()]
    lines += [f"INITIAL TIME = {first}", f"FINAL TIME = {last}", f"TIME STEP = {step}", f"SAVEPER = {saveper}"]
    body = "".join(f"{line}\n\t~\t\n\t~\t\n\t|\n\n" for line in lines)
    path = folder / f"model{next(_numbers)}.mdl"
    path.write_text(f"{{UTF-8}}\n{macros}{body}\\\\\\---/// Sketch information - do not modify\n", encoding="utf-8")
    return path


def xmile(folder: Path, variables: str, *, first: float = 0, last: float = 10, step: str = "1") -> Path:
    """A Stella file of these ``<aux>``, ``<stock>`` … elements."""
    path = folder / f"model{next(_numbers)}.stmx"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" '
        'xmlns:isee="http://iseesystems.com/XMILE"><header><name>m</name><vendor>isee systems, inc.</vendor>'
        '<product version="1.0">Stella</product></header>'
        f"<sim_specs><start>{first}</start><stop>{last}</stop><dt>{step}</dt></sim_specs>"
        f"<model><variables>{variables}</variables></model></xmile>",
        encoding="utf-8",
    )
    return path


def aux(name: str, equation: str, inner: str = "") -> str:
    """An auxiliary variable of a Stella file."""
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


def pysd_constants(model: Any, constants: Mapping[str, float]) -> dict[str, Any]:
    """Constants by label as PySD takes them: the elements of a subscripted one together, as one array."""
    import xarray as xr

    out: dict[str, Any] = {}
    for label, value in constants.items():
        name, _, element = label.partition("[")
        if not element:
            out[name] = value
            continue
        if name not in out:
            coordinates, dimensions = model.get_coords(name)
            out[name] = xr.DataArray(
                np.full([len(coordinates[it]) for it in dimensions], np.nan), coordinates, dimensions
            )
        out[name].loc[tuple(element.removesuffix("]").split(","))] = value
    return out


def assert_same(
    ours: pd.DataFrame, theirs: pd.DataFrame, names: Iterable[str] | None = None, within: float = 1e-12
) -> None:
    """Every variable that both have is the same at every time, to ``within`` of the variable's largest value.

    A value that is a difference of two equal ones has no digits of its own: it is measured against the others.
    """
    shared = [name for name in ours if name in theirs] if names is None else list(names)
    assert shared and len(ours) == len(theirs)
    np.testing.assert_allclose(ours.index.to_numpy(), theirs.index.to_numpy(dtype=float), rtol=1e-12)
    for name in shared:
        wanted = theirs[name].to_numpy(dtype=float)
        finite = np.abs(wanted[np.isfinite(wanted)])
        floor = within * float(finite.max(initial=0.0))
        np.testing.assert_allclose(ours[name], wanted, rtol=within, atol=floor, err_msg=name)


def same_as_pysd(path: Path, names: Iterable[str] | None = None, within: float = 1e-12, **clock: Any) -> pd.DataFrame:
    """Run a file by both, compare every variable that both have, and give the engine's table."""
    ours = load(path).run(**clock)
    assert_same(ours, pysd_run(pysd_model(path), **clock), names, within)
    return ours


def values(folder: Path, expression: str, more: str = "", **clock: Any) -> list[float]:
    """``expression`` at every saved time."""
    return load(vensim(folder, f"y = {expression}\n{more}", **clock)).run()["y"].tolist()
