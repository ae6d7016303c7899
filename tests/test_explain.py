"""``xinzhi explain``: what the content says of a variable, by its name in any case or by the name of its indicator."""

from __future__ import annotations

import json

import pytest

from test_startup import FACTOR, seconds
from xinzhi.analysis.structure import read_structure
from xinzhi.content.equations import Flows, flows, of_variable, read_equations, read_sectors, spaced
from xinzhi.errors import ContentError
from xinzhi.project import Project

MODEL = """{UTF-8}
********************************************************
	.Teacups
********************************************************~
		Cups that cool.
		茶杯。它们会变凉。
	|
Cup: hot, cold ~ ~ |
Temperature[Cup]= INTEG (warming[Cup]-(cooling[Cup]+other loss)+2*warming[Cup]*share,start[Cup])
	~ Degree ~ |
start[hot]= 90 ~ Degree ~ |
start[cold]= 1e-3 ~ Degree ~ |
warming[Cup]=-Temperature[Cup]/-2\\
		^other_loss ~ Degree/Year ~ |
table([(0,0)-(1,1)],(0,0),(1,1)) ~ Dmnl ~ |
\\\\\\---/// Sketch
never= 1 ~ ~ |
"""


def test_a_stock_is_explained_with_its_flows_sources_and_readers(project: Project) -> None:
    found = project.explain("sei_capital")
    assert found.variable.name == "SEI Capital"
    assert found.kind == "stock"
    assert [str(equation) for equation in found.equations] == [
        "SEI Capital = INTEG(SEI investment - SEI depreciation, initial SEI capital)"
    ]
    assert {"SEI investment", "SEI depreciation"} <= {variable.name for variable in found.inputs}
    assert "SEI potential VA" in {variable.name for variable in found.readers}
    assert found.sources and "R2" in {loop.id for loop in found.loops}
    assert project.explain("SEI investment").kind == "flow"


def test_a_constant_is_explained_with_its_number_and_prior(project: Project) -> None:
    name = next(iter(project.content.uncertainties))
    found = project.explain(name.upper())
    assert found.variable.value == project.content.model.variables[name].value
    assert found.uncertainty is project.content.uncertainties[name]
    assert found.inputs == () and found.readers


@pytest.mark.parametrize("written", ["战略性新兴产业增加值（2023年价格）", "sei_va_real", "SEI VA", "sei_growth"])
def test_a_variable_is_found_by_the_names_of_what_shows_it(project: Project, written: str) -> None:
    found = project.explain(written)
    assert found.variable.name == "SEI VA"
    assert "sei_growth" in {target.id for target in found.targets}
    assert "producers-add-up" in {check.id for check in found.checks}


def test_a_lever_is_found_by_its_chinese_name(project: Project) -> None:
    found = project.explain("研发费用补贴比例" if "研发费用补贴比例" in _levers(project) else _levers(project)[0])
    assert found.kind == "lever" and len(found.levers) == 1


def _levers(project: Project) -> list[str]:
    return [lever.name.zh for lever in project.content.sheet.levers.values()]


def test_every_variable_can_be_explained(project: Project) -> None:
    structure = read_structure(project.content)
    for name, variable in structure.variables.items():
        assert structure.equations[name], name
        assert all(name in structure.readers[used] for used in structure.inputs(name))
        assert (variable.value is None) or len(structure.equations[name]) == 1


def test_an_unknown_variable_is_one_sentence_with_the_nearest_names(project: Project, shell) -> None:
    with pytest.raises(ContentError) as caught:
        project.explain("SEI VAA")
    assert str(caught.value) == 'unknown variable "SEI VAA"; the nearest are: SEI VA, SEI VA 2015, SEI Capital.'
    done = shell("explain", "战略性新兴产业增加", "--lang", "zh")
    assert done.returncode == 2 and done.stdout == ""
    assert "没有“战略性新兴产业增加”这个变量；最接近的是：" in done.stderr and "Traceback" not in done.stderr


def test_the_shell_explains_in_both_languages_and_as_json(shell) -> None:
    english = shell("explain", "sei", "va").stdout
    assert "SEI VA = SEI potential VA * SEI utilisation * covid utilisation" in english
    assert "Unit" in english and "YiYuan/Year" in english and "model/hubei.mdl:" in english
    chinese = shell("explain", "SEI VA", lang="zh").stdout
    assert "辅助变量" in chinese and "方程" in chinese and "知识转化" in chinese
    for text in ("战略性新兴产业增加值（2023年价格），", "Value added of strategic emerging industries"):
        assert text in english and text in chinese
    record = json.loads(shell("explain", "SEI VA", "--json").stdout)
    assert record["kind"] == "auxiliary" and record["inputs"] and record["readers"] and "R1" in record["loops"]


def test_an_explanation_is_there_within_half_a_second() -> None:
    assert seconds("-m", "xinzhi", "explain", "SEI VA") < 0.5 * FACTOR


def test_equations_with_subscripts_are_kept_together() -> None:
    found = read_equations(MODEL)
    assert [str(equation) for equation in found["start"]] == ["start[hot] = 90", "start[cold] = 1e-3"]
    assert [str(equation) for equation in of_variable(found, "start[cold]", 12)] == ["start[cold] = 1e-3"]
    assert str(found["table"][0]) == "table([(0, 0)-(1, 1)], (0, 0), (1, 1))"
    assert str(found["warming"][0]) == "warming[Cup] = -Temperature[Cup] / -2 ^ other_loss"
    assert "never" not in found and "cup" not in found


def test_the_flows_of_a_stock_are_the_terms_of_its_rate() -> None:
    uses = ("warming[hot]", "cooling[hot]", "Other Loss", "share", "start[hot]")
    found = flows(read_equations(MODEL)["temperature"], uses)
    assert found == Flows(("warming[hot]",), ("cooling[hot]", "Other Loss"), True)
    assert flows(read_equations(MODEL)["start"], uses) is None


def test_a_sector_has_its_chinese_title_from_its_first_sentence() -> None:
    sector = read_sectors(MODEL)["Teacups"]
    assert (sector.title.zh, sector.title.en) == ("茶杯", "Teacups")
    assert (sector.text.zh, sector.text.en) == ("它们会变凉。", "Cups that cool.")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a*-b", "a * -b"),
        ("1e-05*(x-y)", "1e-05 * (x - y)"),
        ("MIN(a,b)<=c^2", "MIN(a, b) <= c ^ 2"),
        ("table2e-x", "table2e - x"),
    ],
)
def test_operators_have_spaces_and_signs_have_none(written: str, read: str) -> None:
    assert spaced(written) == read
