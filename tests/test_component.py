"""The live page's built files: those of its sources, small, and nothing from outside."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from build_component import COMPONENT, LOADER, PAGE, SOURCE, WORKER, built  # noqa: E402

LARGEST = 150_000


def test_the_built_files_are_those_of_the_sources() -> None:
    for name, text in built().items():
        assert (COMPONENT / name).read_text(encoding="utf-8") == text, "run: make component"


def test_every_source_is_in_a_built_file() -> None:
    assert {path.name for path in SOURCE.glob("*.js")} == {*PAGE, *WORKER, *LOADER}
    assert {path.name for path in SOURCE.glob("*.css")} == {"uPlot.min.css", "workspace.css"}


def test_the_component_is_small() -> None:
    assert sum((COMPONENT / name).stat().st_size for name in built()) <= LARGEST


def test_nothing_comes_from_outside() -> None:
    """No address but the licence's and XML's names; no import, no font of the net."""
    for text in built().values():
        addresses = set(re.findall(r"https?://[\w./-]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg", "https://github.com/leeoniya/uPlot"}
        assert "@import" not in text and "@font-face" not in text and not re.search(r"\bimport\(", text)


def test_uplot_s_licence_is_beside_it() -> None:
    assert "MIT" in (SOURCE / "uPlot.LICENSE").read_text(encoding="utf-8")
