"""Subscripts in content: each element of a variable is a variable of its own, with its number, status and line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from mini import write_mini
from xinzhi.content.model_file import ModelFile
from xinzhi.content.model_reading import read_model_file
from xinzhi.content.yaml_file import Problems
from xinzhi.project import Project, load_project
from xinzhi.store import open_store

CLOCK = "\n".join(
    f"{name}={value} ~ Year ~ Clock. 中文: 时钟。 Status: assumed. Source: guess. |"
    for name, value in (("INITIAL TIME", 2015), ("FINAL TIME", 2030), ("TIME STEP", 1), ("SAVEPER", 1))
)


def read(tmp_path: Path, text: str) -> tuple[ModelFile | None, list[str]]:
    """The model of ``text``, whose lines are ``equation; status``, and what was said against it."""
    lines = ["{UTF-8}"]
    for line in text.strip().splitlines():
        equation, _, status = line.strip().partition(";")
        documented = f"{equation}. 中文: 说明。 Status: {status.strip()}. Source: guess." if status else ""
        lines.append(f"{equation} ~ {'Dmnl' if status else ''} ~ {documented.replace('|', '').replace('~', '')} |")
    path = tmp_path / "model.mdl"
    path.write_text("\n".join([*lines, CLOCK, "\\\\\\---/// Sketch"]), encoding="utf-8")
    problems = Problems()
    model = read_model_file(path, "model.mdl", problems, open_store(), path.parent)
    return model, [str(problem) for problem in problems.noted]


def test_each_element_has_its_own_number_status_and_line(tmp_path: Path) -> None:
    model, said = read(
        tmp_path,
        """
        kind: steel, chemicals
        share[steel]=0.3; assumed
        share[chemicals]=0.5; published
        twice[kind]=2*share[kind]; computed
        """,
    )
    assert said == [] and model is not None and model.ranges == {"kind": ("steel", "chemicals")}
    steel, chemicals = (model.variables[f"share[{element}]"] for element in ("steel", "chemicals"))
    assert [(it.value, it.status, it.line) for it in (steel, chemicals)] == [(0.3, "assumed", 3), (0.5, "published", 4)]
    assert model.variables["twice[steel]"].uses == ("share[steel]",)
    assert [model.variables[f"twice[{it}]"].line for it in ("steel", "chemicals")] == [5, 5]


def test_a_list_of_numbers_is_one_constant_an_element(tmp_path: Path) -> None:
    model, said = read(tmp_path, "kind: steel, chemicals\nprice[kind]=3, 4; assumed\nall=SUM(price[kind!]); computed")
    assert said == [] and model is not None
    assert [model.variables[f"price[{it}]"].value for it in ("steel", "chemicals")] == [3, 4]
    assert model.variables["price[steel]"].kind == "constant"
    assert model.variables["all"].uses == ("price[steel]", "price[chemicals]")


def test_an_exception_and_a_part_of_a_range_define_their_elements(tmp_path: Path) -> None:
    model, said = read(
        tmp_path,
        """
        kind: steel, chemicals, paper
        heavy: steel, chemicals
        share[kind] :EXCEPT: [paper]=0.3; assumed
        share[paper]=0.1; assumed
        grown[heavy]=share[heavy]*2; computed
        grown[paper]=share[steel]; computed
        """,
    )
    assert said == [] and model is not None
    assert [model.variables[f"share[{it}]"].value for it in ("steel", "chemicals", "paper")] == [0.3, 0.3, 0.1]
    assert model.variables["grown[chemicals]"].uses == ("share[chemicals]",)
    assert model.variables["grown[paper]"].uses == ("share[steel]",)


def test_an_element_without_a_value_is_refused_with_place_and_remedy(tmp_path: Path) -> None:
    _, said = read(tmp_path, "kind: steel, chemicals\nshare[steel]=0.3; assumed")
    assert said == [
        'model.mdl:3: "share" has no value for share[chemicals]; write an equation for it, or one for the whole range.'
    ]


def test_a_circle_within_one_element_is_found_and_a_chain_of_elements_is_none(tmp_path: Path) -> None:
    chain = "kind: a, b\nx[a]=1; assumed\nx[b]=x[a]+1; computed"
    assert read(tmp_path, chain)[1] == []
    _, said = read(tmp_path, "kind: a, b\nx[a]=x[b]; computed\nx[b]=x[a]+1; computed")
    assert len(said) == 1 and "x[a]" in said[0] and "run in a circle" in said[0]


def test_a_plain_and_a_subscripted_variable_of_one_name_are_refused(tmp_path: Path) -> None:
    _, said = read(tmp_path, "kind: a, b\nx[kind]=1; assumed\nx=2; assumed")
    assert len(said) == 1 and '"x' in said[0] and "defined twice" in said[0]


def test_a_description_says_which_element_it_is_of(project: Project) -> None:
    variables = project.content.model.variables
    assert variables["cluster revenue[auto]"].description.zh.startswith("汽车制造与服务：")
    assert variables["cluster revenue[auto]"].description.en.startswith("Vehicles and their services: ")


def test_the_model_s_subscripts_are_named_and_repeated_structures_use_them(project: Project) -> None:
    ranges, names = project.content.model.ranges, project.content.subscripts
    assert {"cluster", "talent", "platform", "green_programme", "industry_programme", "grade"} <= ranges.keys()
    assert names.ranges.keys() == ranges.keys()
    assert names.elements.keys() == {element for elements in ranges.values() for element in elements}
    for element in ranges["cluster"]:
        assert f"Cluster Output[{element}]" in project.content.model.variables


def test_an_element_takes_part_in_runs_like_any_variable(project: Project) -> None:
    run = project.simulator.run_constants
    revenue = ["cluster revenue[auto]", "cluster revenue[beidou]"]
    base, still = run({}, revenue), run({"cluster market growth[auto]": 0.0}, revenue)
    assert still["cluster revenue[auto]"][-1] < 0.9 * base["cluster revenue[auto]"][-1]
    assert math.isclose(still["cluster revenue[beidou]"][-1], base["cluster revenue[beidou]"][-1], rel_tol=0.01)


def test_a_project_without_subscripts_needs_no_names(tmp_path: Path) -> None:
    assert load_project(write_mini(tmp_path)).content.subscripts.elements == {}


@pytest.mark.parametrize("element", ["auto", "beidou"])
def test_an_element_s_prior_is_its_own(project: Project, element: str) -> None:
    name = f"cluster market growth[{element}]"
    assert project.content.uncertainties[name].prior.mode == project.content.model.variables[name].value
