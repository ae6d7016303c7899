"""The public suite SDXorg/test-models: what the original software computed.

The suite is no part of the project. It is read from ../shared/conformance or from the folder named in
XINZHI_CONFORMANCE; docs/conformance.md lists the files that the engine does not reproduce.
"""

from __future__ import annotations

import json
import os
import re
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xinzhi
from engines import load
from xinzhi.engine.program import NA

ROOT = Path(__file__).parents[1]
SUITE = Path(os.environ.get("XINZHI_CONFORMANCE") or ROOT.parent / "shared" / "conformance")
PASSES = SUITE / "pysd_passes.json"
LISTED = set(
    re.findall(r"^\| `(\S+\.(?:mdl|xmile|stmx))`", (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8"), re.M)
)
PASSED = json.loads(PASSES.read_text(encoding="utf-8")) if PASSES.is_file() else []
DEMANDED = [name for name in PASSED if name not in LISTED]
WHY_NOT = f"the suite is neither in {SUITE} nor named in XINZHI_CONFORMANCE"

pytestmark = pytest.mark.skipif(not DEMANDED, reason=WHY_NOT)


def key(name: object) -> str:
    return re.sub(r'[\s_"]+', "", str(name)).lower()


def reference(folder: Path) -> pd.DataFrame:
    """The reference output by time; blank cells repeat the value above."""
    path = next(path for path in (folder / "output.csv", folder / "output.tab") if path.is_file())
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        text = path.read_text(encoding="latin-1")
    table = pd.read_csv(StringIO(text), sep="," if path.suffix == ".csv" else "\t", index_col=0)
    try:
        table.index = table.index.astype(float)
    except (TypeError, ValueError):  # times run along the first line
        table = table.T
        table.index = [float(time) for time in table.index]
    return table.apply(pd.to_numeric, errors="coerce").ffill()


def differences(path: Path) -> list[str]:
    """Every column in which our run of the file and its reference differ by the suite's rule."""
    # A process of its own reads a foreign model in most of a second: the samples go that way, the rest shortcuts it.
    model = xinzhi.load_model(path) if path.is_relative_to(SUITE / "samples") else load(path)
    wanted, got = reference(path.parent), model.run().replace(NA, np.nan).ffill()  # Vensim writes :NA: as a blank
    columns = {key(name): name for name in got}
    times = [time for time in wanted.index if np.isclose(got.index, time).any()]
    rows = [int(np.argmin(np.abs(got.index.to_numpy() - time))) for time in times]
    found, shared = [], [name for name in wanted if key(name) in columns]
    for name in shared:
        ours = got[columns[key(name)]].to_numpy()[rows]
        theirs = wanted.loc[times, name].to_numpy()
        scale = max(np.abs(theirs).max(initial=0, where=~np.isnan(theirs)), np.abs(ours).max(initial=0), 1e-9)
        close = np.abs(ours - theirs) <= 0.01 * np.abs(theirs) + 1e-6 * scale
        if not (close | np.isnan(theirs)).all():
            found.append(f"{name}: {ours[:4]}, not {theirs[:4]}")
    if len(shared) < 0.8 * len(wanted.columns):
        found.append(f"{len(shared)} of {len(wanted.columns)} columns")
    return found


@pytest.mark.parametrize("name", DEMANDED or ["none"])
def test_a_model_that_pysd_reproduces_gives_the_reference_output(name: str) -> None:
    assert differences(SUITE / name) == []


def test_the_files_listed_as_not_reproduced_are_those() -> None:
    files = {
        path.relative_to(SUITE).as_posix() for path in SUITE.rglob("*") if path.suffix in (".mdl", ".xmile", ".stmx")
    }
    failing = set()
    for name in sorted(files - set(DEMANDED)):
        try:
            right = not differences(SUITE / name)
        except Exception:  # noqa: BLE001 -- what PySD's parser raises is of any kind
            right = False
        if not right:
            failing.add(name)
    assert failing == LISTED
    assert len(set(PASSED) & LISTED) == 2  # where a rule of Stella's counts more than PySD's
