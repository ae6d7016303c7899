"""Polarities are computed from the equations: the sign of what an input's growth does, also through a delay."""

from __future__ import annotations

import pytest

from xinzhi.analysis.polarity import along, polarities
from xinzhi.analysis.structure import read_structure
from xinzhi.project import Project


@pytest.fixture(scope="module")
def polarity(project: Project) -> dict[tuple[str, str], str]:
    return polarities(read_structure(project.content), project.simulator)


@pytest.mark.parametrize(
    ("used", "name", "sign"),
    [
        ("SEI potential VA", "SEI VA", "+"),
        ("SEI depreciation", "SEI Capital", "-"),
        ("SEI investment", "SEI Capital", "+"),
        ("effective RD", "results completion", "+"),
        ("gestation time", "results completion", "±"),
        ("policy cost", "budget adequacy", "-"),
        ("desired RD personnel", "talent adequacy", "-"),
        ("real GDP", "initial real GDP", ""),
        ("concept fund change in force", "cost of concept fund", "+"),
    ],
)
def test_a_link_has_the_sign_of_its_equation(polarity, used: str, name: str, sign: str) -> None:
    assert polarity[used, name] == sign


def test_every_link_of_the_model_is_tried(project: Project, polarity) -> None:
    structure = read_structure(project.content)
    links = {(used, name) for name in structure.variables for used in structure.inputs(name)}
    assert set(polarity) == links
    silent = [link for link, sign in polarity.items() if not sign]
    assert len(silent) < 0.02 * len(links)


def test_a_path_has_the_product_of_its_signs() -> None:
    signs = {("a", "b"): "-", ("b", "c"): "-", ("c", "d"): "±", ("d", "e"): ""}
    assert along("abc", signs) == "+"
    assert along("ab", signs) == "-"
    assert along("bcd", signs) == "±"
    assert along("cde", signs) == ""
