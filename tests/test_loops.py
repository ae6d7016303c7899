"""The named feedback loops are those of the equations: they close, with the sign that their letter says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xinzhi.analysis.polarity import along, polarities
from xinzhi.analysis.structure import read_structure
from xinzhi.content.loop import path_between
from xinzhi.content.reading import read_content
from xinzhi.errors import ContentError
from xinzhi.project import Project
from xinzhi.store import open_store

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def polarity(project: Project) -> dict[tuple[str, str], str]:
    return polarities(read_structure(project.content), project.simulator)


def test_every_loop_has_the_sign_of_its_letter(project: Project, polarity) -> None:
    for loop in project.content.loops.values():
        if loop.closed:
            wanted = {"+", "±"} if loop.id.startswith("R") else {"-", "±"}
            assert along(loop.path, polarity) in wanted, loop.id
            assert loop.path[0] == loop.path[-1] and len(set(loop.path)) == len(loop.path) - 1, loop.id


def test_a_limit_closes_no_loop(project: Project) -> None:
    """Where the last variable acts on the first by any path, it would be a loop."""
    variables = project.content.model.variables
    for limit in project.content.loops.values():
        if not limit.closed:
            assert path_between(variables, limit.variables[-1], limit.variables[0], len(variables)) is None, limit.id


def test_every_loop_that_the_model_s_documentation_names_is_there(project: Project) -> None:
    text = project.content.model.path.read_text(encoding="utf-8")
    known = {name for loop in project.content.loops.values() for name in (loop.id, loop.former)}
    without_cells = re.sub(r"GET DIRECT \w+\([^)]*\)", "", text)  # such as 'B46', where a number stands
    named = set(re.findall(r"\b[RB][1-9]\d?\b", without_cells))
    assert named and named <= known


def test_pay_and_platforms_attract_talents(project: Project, polarity) -> None:
    loop = project.content.loops["R6"]
    assert {"relative pay", "talent supply", "RD Personnel", "SEI VA"} <= set(loop.variables)
    assert along(loop.path, polarity) == "+"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("through: [HNTE,", "through: [HNTTE,", 'the model has no variable "HNTTE"; did you mean "HNTE"?'),
        (
            "  R2:\n    name: {zh: 资本积累, en: Capital}\n    through: [real GDP,",
            "  R2:\n    name: {zh: 资本积累, en: Capital}\n    through: [real GDP, years since start,",
            '"real GDP" does not act on "years since start"',
        ),
        (
            'through: [renovation subsidy rate change in force, renovation orders, "Cluster Output[high_end_equipment]"]',
            "through: [renovation orders]",
            '"L1" has one variable; name two or more that act on each other.',
        ),
        ("  R1:\n", "  X1:\n", '"X1" cannot be a name here; write R, B or L and a number, such as R1.'),
        ("    former: R11\n", "    former: old\n", "write R, B or L and a number"),
    ],
)
def test_a_loop_that_is_not_in_the_equations_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    from test_broken import copy_project

    path = copy_project(tmp_path) / "model" / "loops.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ContentError) as caught:
        read_content(Path(), open_store())
    assert said in str(caught.value)
    assert all(problem.place and problem.place.line for problem in caught.value.problems)


def test_a_project_without_loops_is_read(tmp_path: Path) -> None:
    from test_broken import copy_project

    folder = copy_project(tmp_path)
    (folder / "model" / "loops.yaml").unlink()
    (folder / "model" / "structure.yaml").unlink()  # it cuts loops by their names
    assert read_content(folder, open_store()).loops == {}
