"""The feedback loops in docs/model/ are those of the equations."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from xinzhi.project import Project

ROOT = Path(__file__).parents[1]


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import draw_loops

    yield draw_loops
    sys.modules.pop("draw_loops")


def test_every_arrow_is_a_path_of_equations(loops, project: Project) -> None:
    assert loops.faults(loops.read_loops(), project.content.model.variables) == []


@pytest.mark.parametrize(
    "line",
    [
        "B99 | 无 | none | SEI VA > years since start",
        "B99 | 无 | none | SEI VA > no such variable",
        "B99 | 无 | none | SEI Capital > SEI investment >",
    ],
)
def test_an_arrow_without_equations_or_a_wrong_letter_is_refused(loops, project: Project, line: str) -> None:
    assert loops.faults(loops.read_loops(line), project.content.model.variables)


def test_every_loop_that_the_model_s_documentation_names_is_drawn(loops) -> None:
    text = (ROOT / "model" / "hubei.mdl").read_text(encoding="utf-8")
    assert set(re.findall(r"\b[RB][1-9]\d?\b", text)) <= {loop.id for loop in loops.read_loops()}


def test_the_drawings_and_pages_are_what_the_script_makes(loops, project: Project) -> None:
    made = loops.files(project.content.model.variables)
    for name, text in made.items():
        assert (loops.FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: python scripts/draw_loops.py"
    kept = {str(path.relative_to(loops.FOLDER)) for path in loops.FOLDER.rglob("*") if path.is_file()}
    assert kept == set(made)
