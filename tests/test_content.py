"""The content that ships: complete, bilingual, honest about its numbers, true to the document and to the data."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.content.files import FOLDERS
from xinzhi.content.lever import Setting
from xinzhi.content.model_check import no_constant
from xinzhi.content.reader import mapping_by, number
from xinzhi.content.reading import read_content
from xinzhi.content.units import UnitError, split_quantity
from xinzhi.content.yaml_file import BAD, Problems, read_yaml
from xinzhi.errors import ContentError, msg
from xinzhi.project import Project, load_project
from xinzhi.store import open_store

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the project's shared folder is not beside this checkout")


def test_ids_are_kebab_or_snake_case_and_lever_codes_are_short_and_unique(project: Project) -> None:
    content = project.content
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", key) for key in content.scenarios)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in [*content.indicators, *content.targets])
    codes = [lever.code for lever in content.sheet.levers.values()]
    assert len(set(codes)) == len(codes) and all(re.fullmatch(r"[a-z]{2,4}", code) for code in codes)
    assert not {"v", "m", "s", "lang"} & set(codes)


def test_the_issue_s_scenarios_are_there_and_each_says_why(project: Project) -> None:
    wanted = {"baseline", "rd-first", "transfer-first", "manufacturing-first", "green-first", "all-half"}
    wanted |= {"plan-as-written", "innovation-first", "tight-budget", "external-shock", "delayed-start"}
    assert wanted <= set(project.content.scenarios)
    for scenario in project.content.scenarios.values():
        assert set(scenario.reasons) == set(scenario.overrides), scenario.id


def test_the_first_lever_of_the_first_group_moves_a_headline(project: Project) -> None:
    first = next(iter(project.content.sheet.levers.values()))
    assert first.group == next(iter(project.content.region.chapters))
    table = project.targets("baseline", levers={first.id: first.high}).set_index("target")["value"]
    base = project.targets("baseline").set_index("target")["value"]
    assert (table - base).abs().max() > 0.1


WRITTEN_OTHERWISE = {
    "national_laboratories_added": "one in 2023, two more",
    "rights_reform": "full coverage is 100 %",
    "water_quality": "class II is the load that keeps it, 100 %",
    "loan_first_tranche": "the first tranche stands in a sentence on the whole",
}


def written_numbers(quote: str) -> set[float]:
    """The numbers of a phrase: digits with 万 or 亿, and the Chinese numerals of a plan (十大, 千亿, 五千亿, 万亿)."""
    found = {float(number) * {"": 1, "万": 1e4, "万亿": 1e4}[unit] for number, unit in
             re.findall(r"(\d+(?:\.\d+)?)(万亿|万(?!吨|标箱|千瓦|户)|)", quote)}  # fmt: skip
    words = {"五千亿": 5000, "千亿": 1000, "万亿": 10_000, "万企": 10_000, "十大": 10, "四大": 4}
    return found | {float(number) for word, number in words.items() if word in quote}


@needs_shared
def test_the_document_that_quotes_are_held_to_is_the_document() -> None:
    ours = (ROOT / "model" / "document.zh.txt").read_bytes()
    assert ours == (SHARED / "document.zh.txt").read_bytes()


def test_every_threshold_is_the_document_s_number(project: Project) -> None:
    for target in project.content.targets.values():
        said = target.id in WRITTEN_OTHERWISE or abs(target.threshold) in written_numbers(target.quote)
        assert said, (target.id, target.threshold, target.quote)


def test_a_figure_that_cannot_be_right_beside_the_model_stops_the_check(tmp_path: Path) -> None:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    assert load_project(tmp_path).implausible() == []
    history = tmp_path / "calibration" / "history.csv"
    text = history.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("2023,gdp_nominal,"))
    for wrong in ("558036", "5580"):
        cells = row.split(",")
        history.write_text(text.replace(row, ",".join([*cells[:2], wrong, *cells[3:]])), encoding="utf-8")
        (found,) = load_project(tmp_path).implausible()
        assert f'"gdp_nominal" is {float(wrong):g} in 2023, the model says' in str(found)
        assert found.place is not None and found.place.line == text.splitlines().index(row) + 1


@needs_shared
def test_the_history_is_the_data_set_with_no_status_upgraded(project: Project) -> None:
    def rows(path: Path) -> dict[tuple[str, str], dict[str, str]]:
        with path.open(encoding="utf-8") as file:
            return {(row["variable"], row["time"]): row for row in csv.DictReader(file)}

    original = rows(SHARED / "data" / "hubei_history.csv")
    ours = rows(ROOT / "calibration" / "history.csv")
    measure_word = project.content.units.chinese  # the data set counts laboratories, facilities … in 家 and 个
    for key, row in original.items():
        assert float(ours[key]["value"]) == float(row["value"]), key
        assert (measure_word(ours[key]["unit"]), ours[key]["status"]) == (row["unit"], row["status"]), key
    assert {ours[key]["status"] for key in ours.keys() - original.keys()} == {"estimated", "assumed", "recalled"}


def test_derived_series_follow_from_their_parts(project: Project) -> None:
    series = project.content.history.series

    def value(name: str, year: int) -> float:
        observation = series[name].at(year)
        assert observation is not None
        return observation.value

    for observation in series["gdp_real"].observations:
        wanted = value("gdp_nominal", 2023) * value("gdp_real_index", observation.time) / value("gdp_real_index", 2023)
        assert observation.value == pytest.approx(wanted, rel=1e-5)
    for observation in series["energy_per_gdp"].observations:
        wanted = value("energy_consumption_total_chained", observation.time) / value("gdp_real", observation.time)
        assert observation.value == pytest.approx(wanted, abs=5.1e-4)
    for observation in series["sei_va"].observations:
        if observation.time != 2023:
            assert observation.value == pytest.approx(
                0.89 * value("high_new_tech_industry_va", observation.time), rel=1e-3
            )


def test_the_years_of_the_targets_are_stated_once(project: Project) -> None:
    plan = project.content.region.plan
    assert (plan.base_year, plan.first_year, plan.final_year) == (2023, 2024, 2028)
    years = [target.year for target in project.content.targets.values()]
    assert max(years) == plan.final_year and years.count(plan.final_year) > 0.9 * len(years)
    assert "2028" not in (ROOT / "model" / "indicators.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("unit", "wanted", "factor"),
    [
        ("YiYuan/Year", "亿元", 1),
        ("Dmnl", "%", 100),
        ("1/Year", "%", 100),
        ("WanFTE", "人年", 1e4),
        ("WanTce/Year", "万吨标准煤", 1),
        ("WanTce/YiYuan", "吨标准煤/万元", 1),
        ("GW", "万千瓦", 100),
        ("YiYuan/Year", "万亿元", 1e-4),
        ("WanTce/Year", "Mtce", 0.01),
    ],
)
def test_units_are_converted_at_the_edge(project: Project, unit: str, wanted: str, factor: float) -> None:
    assert project.content.units.factor(unit, wanted) == pytest.approx(factor, rel=1e-12)


def test_units_that_measure_different_things_are_refused(project: Project) -> None:
    for unit, wanted in (("YiYuan", "GW"), ("Firm", "亿元"), ("GW", "furlong")):
        with pytest.raises(UnitError):
            project.content.units.factor(unit, wanted)


@given(number=st.floats(-1e6, 1e6).map(lambda value: round(value, 6)))
def test_a_quantity_is_split_into_number_and_unit(number: float) -> None:
    assert split_quantity(f"{number:.6f}%") == (pytest.approx(number), "%")
    assert split_quantity(f" {number:,.6f} 亿元 ") == (pytest.approx(number), "亿元")


def test_full_width_digits_and_signs_are_read() -> None:
    assert split_quantity("１２％") == (12.0, "%")
    assert split_quantity("−3.5%") == (-3.5, "%")
    assert split_quantity("three") is None


@given(data=st.data())
def test_a_lever_value_written_with_its_unit_reads_back(project: Project, data: st.DataObject) -> None:
    lever = data.draw(st.sampled_from(list(project.content.sheet.levers.values())))
    shown = lever.shown(data.draw(st.floats(lever.low, lever.high)))
    if lever.unit == "%" and 0 < shown < 1:
        return
    read = project.content.sheet.assignments({lever.name.zh: f"{shown!r}{lever.unit}"})[lever.id].value
    assert read == pytest.approx(shown / lever.factor, rel=1e-9, abs=1e-12)


def test_a_scenario_states_only_what_differs_and_inherits_the_rest(project: Project) -> None:
    content = project.content
    settings = content.settings(content.scenario("rd-first"))
    assert settings["rd_subsidy_rate"] == Setting(0.15, 2024, 2)
    assert settings["guidance_fund"] == content.sheet.levers["guidance_fund"].base_setting


def test_python_in_a_projects_model_is_never_executed(tmp_path: Path) -> None:
    """PySD's own translator evaluates the limits of a lookup."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    sentinel = tmp_path / "executed"
    model = tmp_path / "model" / "hubei.mdl"
    text = model.read_text(encoding="utf-8")
    attack = f"x([__import__('pathlib').Path({str(sentinel)!r}).touch()],(0,0),(1,1)) ~ Dmnl ~ x. 中文: x。 Status: assumed. Source: x. |\n"
    model.write_text(text.replace("{UTF-8}", "{UTF-8}\n" + attack, 1), encoding="utf-8")
    with pytest.raises(ContentError):
        read_content(tmp_path, open_store())
    assert not sentinel.exists()


def test_a_mapping_tells_its_wrong_names_and_its_wrong_values_at_once(tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text("forest: many\nforst: 1\nriver: 2\nfish: 3\n", encoding="utf-8")
    problems = Problems()
    root = read_yaml(tmp_path / "set.yaml", "set.yaml", problems)
    assert root is not None
    reader = mapping_by(
        number, ["forest", "fish"], no_constant, {"river": (msg("a river is no constant"), msg("delete it"))}
    )
    assert reader.read(root, problems) is BAD
    assert [str(problem) for problem in problems.noted] == [
        'set.yaml:2: the model has no constant "forst"; did you mean "forest"?',
        "set.yaml:3: a river is no constant; delete it.",
        'set.yaml:1: "forest" is "many", not a number; write digits, such as 12.5.',
    ]
