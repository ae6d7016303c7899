"""The rules of verdicts, settings, units and history, one by one, on a project of a few lines.

These tests are what `make mutants` runs: a changed rule must fail one of them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mini import FILES, MODEL, write_mini
from xinzhi.analysis.verdict import Verdict, judge, judge_target, nearest_whole, series, threshold_level
from xinzhi.content.content import Content
from xinzhi.content.history import Observation
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.lever import PartialSetting, Setting
from xinzhi.content.reading import read_content
from xinzhi.content.scenario import apply, resolve
from xinzhi.content.units import UnitError, Units, split_quantity
from xinzhi.content.yaml_file import Text
from xinzhi.errors import ContentError, Problem
from xinzhi.show.numbers import MINUS, plain
from xinzhi.simulate import Run
from xinzhi.store import open_store

TEXT = Text("文", "text")


@pytest.fixture
def mini(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """Read anew for every test: mutmut then knows which tests reach the readers."""
    return read_content(write_mini(tmp_path_factory.mktemp("mini")), open_store())


def read_changed(folder: Path, **changed: str) -> Content:
    return read_content(write_mini(folder, **changed), open_store())


def sentences(folder: Path, **changed: str) -> list[str]:
    """What is said of a changed project, places left out."""
    with pytest.raises(ContentError) as caught:
        read_changed(folder, **changed)
    assert all(problem.place is not None and str(folder) in problem.place.file for problem in caught.value.problems)
    return [str(Problem(None, problem.message, problem.remedy)) for problem in caught.value.problems]


def target(measure: str = "level", sense: str = ">=", threshold: float = 10.0, year: int = 2028) -> Target:
    return Target(
        id="t", indicator="i", name=TEXT, short_name=TEXT, measure=measure, sense=sense, threshold=threshold,
        unit="亿元" if measure == "level" else "%", decimals=1, base_year=2023, year=year, quote="q", article="1",
        departments=(), departments_status="assumed", base_series="i", note=None,
        base=Observation(2023, 4.0, "published", "s"),
    )  # fmt: skip


def run_of(values: dict[int, float], factor: float = 1.0) -> Run:
    indicator = Indicator("i", "v", TEXT, "亿元", factor, 1, TEXT)
    return Run("s", TEXT, {}, "hash", tuple(values), {"i": np.array(list(values.values()))}, {"i": indicator})


# --- the targets' arithmetic


@pytest.mark.parametrize(
    ("measure", "factor", "wanted"),
    [("level", 1, 16.0), ("level", 100, 1600.0), ("mean_growth", 100, 100 * (4**0.2 - 1)), ("change", 100, 300.0)],
)
def test_a_target_is_judged_by_its_measure(measure: str, factor: float, wanted: float) -> None:
    verdict = judge_target(target(measure), run_of({2022: 1.0, 2023: 4.0, 2024: 5.0, 2028: 16.0, 2029: 99.0}, factor))
    assert verdict.value == pytest.approx(wanted, rel=1e-12)
    assert verdict.base == pytest.approx(4.0 * factor)
    assert verdict.scenario == "s" and verdict.target.measure == measure


@pytest.mark.parametrize("sense", [">=", "<="])
def test_a_target_that_is_just_reached_is_met(sense: str) -> None:
    at = Verdict(target(sense=sense, threshold=10.0), "s", 10.0, 4.0)
    above = Verdict(target(sense=sense, threshold=10.0), "s", 10.5, 4.0)
    below = Verdict(target(sense=sense, threshold=10.0), "s", 9.25, 4.0)
    assert at.met and at.gap == 0 and at.shortfall == 0
    assert above.met is (sense == ">=") and above.gap == 0.5 and above.shortfall == (0 if sense == ">=" else 0.5)
    assert below.met is (sense == "<=") and below.gap == -0.75 and below.shortfall == (0.75 if sense == ">=" else 0)


@pytest.mark.parametrize(("value", "judged"), [(9.49, 9.0), (9.5, 10.0), (9.6, 10.0), (-0.5, 0.0), (-0.51, -1.0)])
def test_a_count_is_judged_on_the_nearest_whole_number(value: float, judged: float) -> None:
    verdict = Verdict(replace(target(threshold=10.0), whole=True, decimals=0), "s", value, 4.0)
    assert verdict.judged == judged and verdict.met is (judged >= 10) and verdict.value == value
    assert verdict.gap == value - 10 and verdict.shortfall == (0 if verdict.met else 10 - value)


@given(value=st.floats(-1e9, 1e9), threshold=st.integers(-1000, 100_000), sense=st.sampled_from([">=", "<="]))
def test_a_count_is_met_as_its_printed_number_says(value: float, threshold: int, sense: str) -> None:
    """The number without decimals, as every page shows it, never contradicts the verdict (halves aside)."""
    assume(value % 1 != 0.5)
    count = Verdict(replace(target(sense=sense, threshold=float(threshold)), whole=True, decimals=0), "s", value, 4.0)
    printed = float(plain(value, count.target.decimals).replace(",", "").replace(MINUS, "-"))
    assert count.met is (printed >= threshold if sense == ">=" else printed <= threshold)


@given(value=st.floats(-1e15, 1e15))
def test_the_nearest_whole_number_is_whole_and_at_most_a_half_away(value: float) -> None:
    rounded = nearest_whole(value)
    assert rounded.is_integer() and -0.5 <= value - rounded <= 0.5
    assert nearest_whole(rounded) == rounded


@given(value=st.floats(), threshold=st.floats(-1e6, 1e6))
def test_what_is_no_count_is_judged_as_it_is(value: float, threshold: float) -> None:
    verdict = Verdict(target(threshold=threshold), "s", value, 4.0)
    assert verdict.met is (value >= threshold)


def test_no_number_is_no_count() -> None:
    assert math.isnan(nearest_whole(math.nan)) and nearest_whole(math.inf) == math.inf
    assert not Verdict(replace(target(), whole=True), "s", math.nan, 4.0).met


def test_a_count_is_shown_without_decimals(tmp_path: Path) -> None:
    text = FILES["model/indicators.yaml"].replace("    threshold: 50", "    threshold: 50\n    whole: true")
    share = read_changed(tmp_path, indicators=text).targets["share"]
    assert share.whole and share.decimals == 0


def test_every_quote_must_stand_in_the_document_white_space_aside(tmp_path: Path) -> None:
    region = FILES["model/region.yaml"].replace('"2024-01-31"}', '"2024-01-31", text: plan.txt}')
    (tmp_path / "model").mkdir()
    plan = tmp_path / "model" / "plan.txt"
    plan.write_text("采伐额年均增 长\n3%以上，森林占比达到50%以上。", encoding="utf-8")
    content = read_changed(tmp_path, region=region)
    assert content.region.document.text == "plan.txt"
    plan.write_text("采伐额年均增长3%以上，森林占比达到60%以上。", encoding="utf-8")
    assert sentences(tmp_path, region=region) == [
        'the document does not say "达到50%以上"; copy the words from model/plan.txt.'
    ]


def test_growth_is_counted_from_the_base_year_to_the_target_s_own_year() -> None:
    run = run_of({2023: 100.0, 2025: 121.0, 2028: 500.0})
    assert judge_target(target("mean_growth", year=2025), run).value == pytest.approx(10.0)
    assert judge_target(target("change", year=2025), run).value == pytest.approx(21.0)


@pytest.mark.parametrize("measure", ["level", "mean_growth", "change"])
def test_the_series_of_a_target_passes_through_its_verdict(measure: str) -> None:
    run = run_of({2022: 3.0, 2023: 4.0, 2024: 5.0, 2028: 16.0}, 100)
    values = series(target(measure), run)
    assert values[-1] == pytest.approx(judge_target(target(measure), run).value)
    if measure == "level":
        assert values == pytest.approx((300, 400, 500, 1600))
    else:
        assert math.isnan(values[0]) and math.isnan(values[1])
        assert values[2] == pytest.approx(25.0)


@given(
    measure=st.sampled_from(["level", "mean_growth", "change"]),
    threshold=st.floats(-20, 40),
    base=st.floats(0.5, 1e4),
    factor=st.sampled_from([1.0, 100.0, 1e-4]),
)
def test_at_its_threshold_level_a_target_is_just_met(
    measure: str, threshold: float, base: float, factor: float
) -> None:
    wanted = target(measure, threshold=threshold)
    level = threshold_level(wanted, run_of({2023: base, 2028: base}, factor)) / factor
    reached = judge_target(wanted, run_of({2023: base, 2028: level}, factor)).value
    assert reached == pytest.approx(threshold, rel=1e-9, abs=1e-9)


def test_every_target_is_judged_in_the_file_s_order(mini: Content) -> None:
    values = {"timber": np.array([50.0, 60, 70]), "forest_share": np.array([0.4, 0.5, 0.45])}
    run = Run("s", TEXT, {}, "h", (2023, 2027, 2028), values, mini.indicators)
    growth, share = judge(mini, run)
    assert (growth.target.id, share.target.id) == ("timber_growth", "share")
    assert growth.value == pytest.approx(100 * (1.4**0.2 - 1)) and growth.met
    assert share.value == pytest.approx(50.0) and share.base == pytest.approx(40.0)


# --- what the files say arrives whole


def test_a_lever_is_read_with_its_range_in_the_model_s_unit(mini: Content) -> None:
    planting, felling = mini.sheet.levers.values()
    assert (planting.id, planting.code, planting.variable) == ("planting", "pl", "lever planting")
    assert (planting.low, planting.high, planting.step, planting.factor) == (20, 80, 5, 1)
    assert planting.base_setting == Setting(50, 2024, 2)
    assert (felling.low, felling.high, felling.step) == pytest.approx((0.01, 0.1, 0.005))
    assert felling.base_setting == Setting(0.05, 2025, 1) and felling.factor == pytest.approx(100)
    assert felling.name == Text("采伐率", "Felling rate") and felling.help.en == "Share felled a year."
    assert (felling.group, felling.article, felling.departments) == ("woods", "总", ("forest",))
    assert (felling.unit, felling.status, felling.sources) == ("%", "assumed", ("guess",))
    assert felling.range_reason.zh == "按经验。" and felling.cost.zh == "无。"
    assert felling.shown(0.1 / 3) == 3.33333333333
    assert (mini.sheet.timing.start, mini.sheet.timing.ramp) == ((2024, 2027), (1, 4))


def test_an_indicator_and_a_target_are_read_with_their_defaults(mini: Content) -> None:
    timber, share = mini.indicators.values()
    assert (timber.id, timber.variable, timber.unit, timber.factor, timber.decimals) == (
        "timber", "timber", "亿元", 1, 2,
    )  # fmt: skip
    assert (share.factor, share.decimals) == (pytest.approx(100), 0)
    growth, level = mini.targets.values()
    assert (growth.unit, growth.year, growth.base_year, growth.decimals) == ("%", 2028, 2023, 1)
    assert growth.note is None and growth.base == Observation(2023, 50.25, "published", "statistics")
    assert (level.unit, level.year, level.decimals) == ("%", 2027, 2) and level.note == Text("备注。", "A note.")
    assert (level.measure, level.sense, level.threshold, level.quote) == ("level", ">=", 50, "达到50%以上")
    assert (growth.departments_status, level.departments_status) == ("document", "assumed")
    assert isinstance(timber.decimals, int) and isinstance(growth.decimals, int)


def test_a_level_target_is_in_its_indicator_s_unit(tmp_path: Path) -> None:
    content = read_changed(
        tmp_path, indicators=FILES["model/indicators.yaml"].replace("indicator: forest_share", "indicator: timber")
    )
    assert content.targets["share"].unit == "亿元"


def test_history_is_read_in_order_of_time_whatever_the_file_s_order(mini: Content) -> None:
    timber = mini.history.series["timber"]
    assert [(o.time, o.value, o.status) for o in timber.observations] == [
        (2021, 47.0, "recalled"), (2022, 48.5, "estimated"), (2023, 50.25, "published"),
    ]  # fmt: skip
    assert timber.unit == "亿元" and timber.variable == "timber"
    assert timber.at(2022) == timber.observations[1] and timber.at(2020) is None
    source = mini.history.sources["statistics"]
    assert (source.id, source.kind, source.grade) == ("statistics", "statistics", "A")
    assert source.publisher == Text("统计局", "Bureau") and source.title == Text("统计年鉴", "yearbook")
    assert mini.history.sources["guess"].grade is None


# --- scenarios


def test_a_scenario_inherits_from_what_it_is_based_on_part_by_part(mini: Content) -> None:
    more = resolve(mini.scenarios["more"], mini.scenarios, mini.sheet)
    assert more == {"planting": Setting(60, 2025, 2), "felling": Setting(0.05, 2025, 1)}
    most = resolve(mini.scenarios["most"], mini.scenarios, mini.sheet)
    assert most["planting"] == Setting(60, 2025, 3)
    assert most["felling"].value == pytest.approx(0.02) and most["felling"].start == 2025
    assert list(mini.scenarios) == ["baseline", "more", "most"]
    scenario = mini.scenarios["more"]
    assert (scenario.id, scenario.based_on, scenario.name) == ("more", "baseline", Text("多造林", "More"))
    assert scenario.reasons == {"planting": Text("为增收。", "For income.")}
    assert scenario.place.line == 1 and scenario.place.file.endswith("more.yaml")


def test_a_partial_setting_keeps_what_it_does_not_state() -> None:
    base = Setting(1.0, 2024.0, 2.0)
    assert PartialSetting().over(base) == base
    assert PartialSetting(value=0.0).over(base) == Setting(0.0, 2024.0, 2.0)
    assert PartialSetting(start=2025.0).over(base) == Setting(1.0, 2025.0, 2.0)
    assert PartialSetting(ramp=4.0).over(base) == Setting(1.0, 2024.0, 4.0)
    assert apply({"a": PartialSetting(2.0)}, {"a": base, "b": base}) == {"a": Setting(2.0, 2024.0, 2.0), "b": base}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("based_on: mast\n", 'is based on "mast", which does not exist; did you mean "most"?'),
        ("based_on: most\n", "is based on itself: more → most → more; remove one based_on."),
        ("based_on: more\n", "is based on itself: more → more; remove one based_on."),
    ],
)
def test_a_scenario_s_ancestors_exist_and_run_in_no_circle(tmp_path: Path, more: str, said: str) -> None:
    text = FILES["scenarios/more.yaml"].replace("based_on: baseline\n", more)
    assert sentences(tmp_path, more=text)[0] == said


def test_every_scenario_with_a_bad_ancestor_is_told(tmp_path: Path) -> None:
    more = FILES["scenarios/more.yaml"].replace("based_on: baseline", "based_on: nowhere")
    most = FILES["scenarios/most.yaml"].replace("based_on: more", "based_on: elsewhere")
    assert len([s for s in sentences(tmp_path, more=more, most=most) if "which does not exist" in s]) == 2
    circle = FILES["scenarios/more.yaml"].replace("based_on: baseline", "based_on: most")
    assert len([s for s in sentences(tmp_path / "again", more=circle) if "is based on itself" in s]) == 2


# --- settings as people write them


def value(content: Content, name: str, written: object) -> float:
    return content.sheet.assignments({name: written})[content.sheet.find(name.split(".")[0]).id].value  # type: ignore


@pytest.mark.parametrize("name", ["planting", "PL", "造林资金", " planting money "])
def test_a_lever_is_found_by_id_code_and_both_names(mini: Content, name: str) -> None:
    found = mini.sheet.find(name)
    assert found is not None and found.id == "planting"


@pytest.mark.parametrize(
    ("name", "written", "wanted"),
    [
        ("planting", 60, 60), ("planting", "60", 60), ("planting", "60亿元", 60), ("planting", "600000万元", 60),
        ("planting", 20, 20), ("planting", 80, 80), ("planting", 80 + 1e-9, 80), ("planting", 20 - 1e-9, 20),
        ("planting", True, None), ("planting", "x", None), ("planting", float("nan"), None), ("planting", "inf", None),
        ("planting", -math.inf, None), ("planting", 80.1, None), ("planting", 19.9, None), ("planting", "60%", None),
        ("planting", 0.5, None), ("planting", "60 furlong", None),
        ("felling", "2%", 0.02), ("felling", 2, 0.02), ("felling", 1, 0.01), ("felling", 0.05, None),
        ("felling", "0.05", None), ("felling", "0", None), ("felling", "10%", 0.1), ("felling", "11%", None),
        ("felling", -0.05, None), ("planting", Fraction(121, 2), 60.5), ("planting", 80 + 9e-8, None),
    ],
)  # fmt: skip
def test_a_value_is_read_with_or_without_its_unit_and_refused_outside(
    mini: Content, name: str, written: object, wanted: float | None
) -> None:
    if wanted is None:
        with pytest.raises(ContentError):
            value(mini, name, written)
    else:
        read = value(mini, name, written)
        assert read == pytest.approx(wanted, rel=1e-15)
        lever = mini.sheet.levers[name]
        assert lever.low <= read <= lever.high


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("felling", "0.05", '"0.05" is ambiguous for "felling", which is a share; write 0.05% or 5%.'),
        ("felling", "x", '"x" is not a number for "felling"; write a number with its unit, such as 10%.'),
        ("felling", "5 yuan", 'the unit "yuan" does not fit "felling"; its unit is %.'),
        ("felling", "12%", '"12%" is outside the range of "felling"; allowed are 1% to 10%.'),
        ("felling", "0", '"0" is outside the range of "felling"; allowed are 1% to 10%.'),
        ("planting", "90", '"90" is outside the range of "planting"; allowed are 20亿元 to 80亿元.'),
        ("plonting", "1", 'unknown lever "plonting"; did you mean "planting"?'),
        ("造林资本", "1", 'unknown lever "造林资本"; did you mean "造林资金"?'),
        ("planting.start", "soon", '"soon" is not a number for "planting.start"; allowed are 2024 to 2027.'),
        ("planting.start", "2028", '"2028" is outside the range of "planting.start"; allowed are 2024 to 2027.'),
        ("planting.start", "2025 furlong", '"2025 furlong" is not a number for "planting.start"; allowed are 2024 to 2027.'),
        ("planting.ramp", "5", '"5" is outside the range of "planting.ramp"; allowed are 1 to 4.'),
        ("planting.ramp", "0.5", '"0.5" is outside the range of "planting.ramp"; allowed are 1 to 4.'),
    ],
)  # fmt: skip
def test_a_refusal_says_what_is_allowed(mini: Content, name: str, written: str, said: str) -> None:
    with pytest.raises(ContentError) as caught:
        mini.sheet.assignments({name: written})
    assert [str(problem) for problem in caught.value.problems] == [said]


def test_a_lever_whose_shares_are_all_below_two_per_cent_may_be_bare(tmp_path: Path) -> None:
    """A range up to 1 %: 0.5 can only be 0.5 %, since 50 % is far outside."""
    levers = FILES["model/levers.yaml"].replace("range: [1, 10]", "range: [0.1, 1.2]").replace("step: 0.5", "step: 0.1")
    small = MODEL.replace("{base}", "50").replace("lever felling=0.05", "lever felling=0.005")
    small = small.replace("Range: 0.01 to 0.1", "Range: 0.001 to 0.012")
    content = read_changed(tmp_path, levers=levers, mini=small, most=FILES["scenarios/more.yaml"])
    assert value(content, "felling", "0.5") == pytest.approx(0.005)


def test_a_lever_whose_range_ends_at_two_per_cent_may_not_be_bare(tmp_path: Path) -> None:
    levers = FILES["model/levers.yaml"].replace("range: [1, 10]", "range: [0.1, 2]")
    model = (
        MODEL.replace("{base}", "50")
        .replace("lever felling=0.05", "lever felling=0.01")
        .replace(" Range: 0.01 to 0.1.", "")
    )
    content = read_changed(tmp_path, levers=levers, mini=model)
    with pytest.raises(ContentError, match="is ambiguous"):
        value(content, "felling", "0.5")


def test_python_gives_numbers_in_the_model_s_unit_and_texts_in_human_units(mini: Content) -> None:
    given = mini.sheet.assignments({"felling": 0.02, "planting": "60亿元"}, in_model_units=True)
    assert (given["felling"].value, given["planting"].value) == (0.02, 60)
    assert mini.sheet.assignments({"felling": "2%"}, in_model_units=True)["felling"].value == pytest.approx(0.02)
    with pytest.raises(ContentError):
        mini.sheet.assignments({"felling": 2}, in_model_units=True)


def test_the_parts_of_one_lever_are_gathered_and_all_problems_told_at_once(mini: Content) -> None:
    given = mini.sheet.assignments({"pl": 60, "planting.start": "2025年", "造林资金.ramp": "3 years"})
    assert given == {"planting": PartialSetting(60, 2025, 3)}
    assert mini.sheet.assignments({"planting.start": 2024, "planting.ramp": 1}) == {
        "planting": PartialSetting(None, 2024, 1)
    }
    assert mini.sheet.assignments({"planting.start": "2027年底", "planting.ramp": "4"})["planting"].start == 2027
    with pytest.raises(ContentError) as caught:
        mini.sheet.assignments({"nothing": 1, "planting": 1000, "felling": "99%", "fe.ramp": "x"})
    assert len(caught.value.problems) == 4
    with pytest.raises(ContentError, match='"2" is outside the range of "felling"'):
        mini.sheet.assignments({"felling": 2}, in_model_units=True)


# --- units


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("12%", (12, "%")), ("1,200 亿元", (1200, "亿元")), (" +3 ", (3, "")), (".5", (0.5, "")), ("5.", (5, "")),
        ("-1e3万元", (-1000, "万元")), ("１２％", (12, "%")), ("−3", (-3, "")), ("1E-2", (0.01, "")),
        ("x", None), ("", None), ("亿元12", None),
    ],
)  # fmt: skip
def test_a_written_quantity_is_split(written: str, wanted: tuple[float, str] | None) -> None:
    assert split_quantity(written) == wanted


def test_a_flow_a_year_and_the_year_s_figure_are_one_number(mini: Content) -> None:
    units = mini.units
    assert units.factor("YiYuan/Year", "亿元") == pytest.approx(1, rel=1e-15)
    assert units.factor("YiYuan", "亿元") == pytest.approx(1, rel=1e-15)
    assert units.factor("亿元", "YiYuan/Year") == pytest.approx(1, rel=1e-15)
    assert units.factor("1/Year", "%") == pytest.approx(100, rel=1e-15)
    assert units.factor("Dmnl", "%") == pytest.approx(100, rel=1e-15)
    assert units.factor("YiYuan", "万元") == pytest.approx(1e4, rel=1e-15)
    assert units.knows("YiYuan") and units.knows("%") and not units.knows("furlong")
    with pytest.raises(UnitError, match="YiYuan is not %"):
        units.factor("YiYuan", "%")
    for bad in ("furlong", "亿元亿元亿元"):
        with pytest.raises(UnitError):
            units.factor("YiYuan", bad)


def test_a_unit_s_name_and_its_factor_have_a_limit() -> None:
    longest = "a" * 120
    most = ("Most = 1e15 yuan", "More = 1.5e15 yuan", f"{longest} = yuan")
    units = Units(("Dmnl = []", "Year = [time]", "yuan = [money]", *most), {})
    assert units.factor("Most", "yuan") == 1e15 and units.factor("yuan", "Most") == 1e-15
    assert units.factor(longest, "yuan") == 1
    for unit, said in (
        ("More", "^More is not yuan$"), ("aa" + longest[1:], "^'a{59}…' is not of the form name/name[*]name$"),
        ("yuan**3", "^'yuan[*][*]3' is not of the form"), ("furlong", "^'furlong' is not defined"),
    ):  # fmt: skip
        with pytest.raises(UnitError, match=said):
            units.factor(unit, "yuan")
    with pytest.raises(UnitError, match="yuan is not More"):
        units.factor("yuan", "More")
    with pytest.raises(UnitError, match="34"):  # the system's number for "out of range"; its words differ
        units.factor("*".join(["Most"] * 21), "*".join(["yuan"] * 21))


def test_english_units_come_with_factor_and_label(mini: Content) -> None:
    assert mini.units.english("亿元") == (pytest.approx(0.1), "CNY billion")
    assert mini.units.english("YiYuan") == (1.0, "YiYuan")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"YiYuan = 1e8 yuan = 亿元"', '"YiYuan = 1e8 furlong = 亿元"', "a unit's definition cannot be read ('furlong' is not defined in the unit registry); use units that are defined in this file."),
        ("unit: CNY_billion", "unit: Year", 'the English form of "亿元" does not fit it (亿元 is not Year); write a unit that is defined above and measures the same.'),
        ("unit: CNY_billion", "unit: furlong", """the English form of "亿元" does not fit it ('furlong' is not defined in the unit registry); write a unit that is defined above and measures the same."""),
    ],
)  # fmt: skip
def test_a_bad_unit_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in sentences(tmp_path, units=FILES["model/units.yaml"].replace(old, new))


def test_the_units_that_the_model_needs_are_asked_for_at_the_first_definition(tmp_path: Path) -> None:
    for line, said in (
        ('  - "Year = [time] = 年"\n', 'the unit "Year" is not defined; the model\'s time and its shares need it: add it.'),
        ('  - "Dmnl = []"\n', 'the unit "Dmnl" is not defined; the model\'s time and its shares need it: add it.'),
    ):  # fmt: skip
        with pytest.raises(ContentError, match=f"units.yaml:2: {said}"):
            read_changed(tmp_path, units=FILES["model/units.yaml"].replace(line, ""))


def test_the_largest_and_the_smallest_unit_may_be_defined(tmp_path: Path) -> None:
    units = FILES["model/units.yaml"]
    for edge, beyond in (("1e15", "1.5e15"), ("1e-15", "0.5e-15")):
        with_unit = units.replace("english:", f'  - "edge = {edge} yuan"\nenglish:')
        assert read_changed(tmp_path, units=with_unit).units.knows("edge")
        found = sentences(tmp_path, units=with_unit.replace(edge, beyond))
        assert found == [
            f"a unit's definition cannot be read ({float(beyond)!r}); use units that are defined in this file."
        ]


def test_what_has_an_english_form_is_a_unit(tmp_path: Path) -> None:
    units = FILES["model/units.yaml"].replace("  亿元: {", "  9亿: {")
    assert sentences(tmp_path, units=units) == ['"9亿" cannot be a name here; write a unit, such as 亿元.']


# --- what does not fit is refused


@pytest.mark.parametrize(
    ("stem", "old", "new", "said"),
    [
        ("levers", "variable: lever planting", "variable: lever plonting", 'the model has no constant "lever plonting"; did you mean "lever planting"?'),
        ("levers", "range: [20, 80]", "range: [55, 80]", 'the base of "planting" in the model is outside its range; allowed are 55 to 80.'),
        ("levers", "range: [20, 80]", "range: [20, 45]", 'the base of "planting" in the model is outside its range; allowed are 20 to 45.'),
        ("levers", "unit: 亿元", 'unit: "%"', 'the unit of "planting" does not fit the model (YiYuan/Year is not %)'),
        ("levers", "group: woods", "group: wood", '"group" cannot be "wood"; did you mean "woods"?'),
        ("levers", "departments: [forest]", "departments: [forrest]", '"departments" cannot be "forrest"; did you mean "forest"?'),
        ("levers", "status: assumed", "status: certain", '"status" cannot be "certain"; allowed are:'),
        ("levers", "step: 5", "step: 61", 'the step of "planting" does not fit its range; write a positive number, at most 60.'),
        ("levers", "code: pl", "code: PL", '"code" cannot be "PL"; write one to six small letters.'),
        ("levers", "sources: [guess]", "sources: [gues]", 'the source "gues" is not in sources.yaml; did you mean "guess"?'),
        ("indicators", "    prices: current\n", "", '"timber" is in 亿元 and does not say at which prices; add "prices: current" or "prices: constant".'),
        ("indicators", "prices: current", "prices: current\n    plausible: [48, 99]", '"timber" cannot have been 47 亿元 in 2021; correct the figure or its unit, or widen "plausible" of timber (48 to 99).'),
        ("indicators", "prices: current", "prices: current\n    plausible: [4, 50]", '"timber" cannot have been 50.25 亿元 in 2023; correct'),
        ("indicators", "    threshold: 3", "    threshold: 3\n    whole: true", '"timber_growth" is not a count: its measure is no level, or its threshold no whole number; write'),
        ("indicators", "    threshold: 50", "    threshold: 49.5\n    whole: true", '"share" is not a count: its measure is no level, or its threshold no whole number; write'),
        ("indicators", "    threshold: 50", "    threshold: 50\n    whole: yes", '"whole" cannot be "yes"; write true or false.'),
        ("region", 'date: "2024-01-31"}', 'date: "2024-01-31", text: a/b.txt}', '"text" cannot be "a/b.txt"; write the name of a text file'),
        ("indicators", "variable: timber", "variable: timbre", 'the model has no variable "timbre"; did you mean "timber"?'),
        ("indicators", "unit: 亿元", "unit: 万元", 'the unit of "timber" is 万元, in history.csv it is 亿元; use the unit of history.csv.'),
        ("indicators", 'unit: "%"', "unit: 亿元", 'the unit of "forest_share" does not fit the model (Dmnl is not 亿元)'),
        ("indicators", "indicator: timber", "indicator: timbr", '"indicator" cannot be "timbr"; did you mean "timber"?'),
        ("indicators", "base_series: timber", "base_series: timbr", 'history.csv has no series "timbr"; did you mean "timber"?'),
        ("indicators", "measure: mean_growth", "measure: growth", '"measure" cannot be "growth"'),
        ("indicators", 'sense: ">="', 'sense: ">"', '"sense" cannot be ">"'),
        ("history", "2023,timber", "2024,timber", 'history.csv has no "timber" for the base year 2023'),
        ("history", "2023,timber", "2023,Timber", '"Timber" cannot be a name here; write small letters, digits, - and _.'),
        ("history", "2023,timber,50.25", "2023,timber,many", 'the value "many" is not a number; write digits, such as 12.5.'),
        ("history", "2023,timber", "2022,timber", '"timber" has two values for 2022; keep one.'),
        ("history", "2023,timber", "202x,timber", 'the time "202x" is not a calendar year'),
        ("history", "2023,timber", "2023.5,timber", 'the time "2023.5" is not a calendar year'),
        ("history", "50.25,亿元", "50.25,万元", '"timber" has two units, 亿元 and 万元; keep one.'),
        ("history", "published", "sure", 'the status cannot be "sure"; allowed are: assumed, estimated, published, recalled.'),
        ("history", ",statistics", ",statistic", 'the source "statistic" is not in sources.yaml; did you mean "statistics"?'),
        ("history", ",published,statistics", ",published", "has 5 cells; write time, variable, value, unit, status, source."),
        ("history", "50.25", "inf", 'the value "inf" is not a number; write digits, such as 12.5.'),
        ("history", "time,variable", "year,variable", "the columns are year, variable, value, unit, status, source; write time,"),
        ("sources", "kind: statistics", "kind: statistic", '"kind" cannot be "statistic"; did you mean "statistics"?'),
        ("sources", "grade: A", "grade: C", '"grade" cannot be "C"; allowed are: A, B.'),
        ("sources", "guess:", "guess: [", "is not valid YAML ("),
        ("region", "base_year: 2023", "base_year: 2024", "the plan's years are not in order; base_year < first_year <= final_year."),
        ("baseline", "Nothing moves.}", "Nothing moves.}\nlevers: {planting: 60}", "the baseline moves a lever or assumes something; put the setting into another scenario."),
        ("more", "造林资金:", "造林资本:", 'unknown lever "造林资本"; did you mean "造林资金"?'),
        ("most", "fe: 2%", "planting: 60", 'stands here twice; keep one.'),
        ("most", "fe: 2%", "造林资金: 60", 'the lever "planting" is set twice; keep one.'),
        ("most", "fe: 2%", "fe: {value: 2%, begin: 2025}", 'unknown key "begin"'),
        ("most", "levers:\n  planting: {ramp: 3年}\n  fe: 2%", "levers: [fe]", '"levers" is not a mapping of names to values; write lines'),
        ("most", "ramp: 3年", "ramp: soon", '"soon" is not a number for "planting.ramp"; allowed are 1 to 4.'),
        ("most", "ramp: 3年", "ramp: 9年", '"9年" is outside the range of "planting.ramp"; allowed are 1 to 4.'),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(tmp_path: Path, stem: str, old: str, new: str, said: str) -> None:
    text = next(text for name, text in FILES.items() if Path(name).stem == stem)
    assert old in text
    found = sentences(tmp_path, **{stem: text.replace(old, new, 1)})
    assert any(said in sentence for sentence in found), found


def test_a_base_at_the_very_edge_of_its_range_is_in_range(tmp_path: Path) -> None:
    levers = (
        FILES["model/levers.yaml"]
        .replace("range: [20, 80]", "range: [50, 80]")
        .replace("range: [1, 10]", "range: [1, 5]")
    )
    content = read_changed(tmp_path, levers=levers)
    assert content.sheet.levers["planting"].low == 50 and content.sheet.levers["felling"].high == pytest.approx(0.05)


def test_a_step_may_be_as_wide_as_its_range(tmp_path: Path) -> None:
    content = read_changed(tmp_path, levers=FILES["model/levers.yaml"].replace("step: 5", "step: 60"))
    assert content.sheet.levers["planting"].step == 60


def test_a_base_timing_at_the_very_edge_is_in_range(tmp_path: Path) -> None:
    levers = FILES["model/levers.yaml"].replace(
        "start: [2024, 2027], ramp: [1, 4]", "start: [2024, 2025], ramp: [1, 2]"
    )
    content = read_changed(tmp_path, levers=levers, most=FILES["scenarios/more.yaml"])
    assert (content.sheet.timing.start, content.sheet.timing.ramp) == ((2024, 2025), (1, 2))


def test_two_bad_levers_are_both_told(tmp_path: Path) -> None:
    levers = FILES["model/levers.yaml"].replace("lever planting", "lever x").replace("lever felling", "lever y")
    assert len([s for s in sentences(tmp_path, levers=levers) if "no constant" in s]) == 2


def test_a_lever_without_start_or_ramp_is_refused(tmp_path: Path) -> None:
    for suffix in (" start year", " ramp time"):
        model = MODEL.replace("{base}", "50").replace(f"lever planting{suffix}=", f"lever planted{suffix}=")
        told = f'the model has no constant "lever planting{suffix}"; did you mean "lever planted{suffix}"?'
        assert told in sentences(tmp_path, mini=model)


def test_two_levers_with_one_code_are_refused(tmp_path: Path) -> None:
    levers = FILES["model/levers.yaml"].replace("code: fe", "code: pl")
    assert any('"pl" is taken by "planting"' in sentence for sentence in sentences(tmp_path, levers=levers))


def test_spaces_around_cells_and_empty_rows_do_not_matter(tmp_path: Path) -> None:
    history = FILES["calibration/history.csv"].replace("2023,timber,50.25", "\n 2023 , timber , 50.25 ")
    assert read_changed(tmp_path, history="\ufeff" + history).targets["share"].base.value == 50.25


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- timber\n", "the file is not a mapping of names to values; write lines such as name: value."),
        ("targets: {}\n", 'the key "indicators" is missing; add it.'),
        ("indicators: timber\n", '"indicators" is not a mapping of names to values; write lines such as name: value.'),
    ],
)
def test_a_file_of_indicators_in_another_form_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in sentences(tmp_path, indicators=text)


def test_a_history_without_a_figure_is_refused(tmp_path: Path) -> None:
    assert sentences(tmp_path, history="")[0].endswith("write time, variable, value, unit, status, source.")
    head = FILES["calibration/history.csv"].partition("\n")[0]
    assert sentences(tmp_path, history=head)[0] == "holds no figure; add a row."


def test_the_outermost_years_and_numbers_of_a_history_are_read(tmp_path: Path) -> None:
    rows = "1900,timber,4.7e1,亿元,recalled,guess\n2200,timber,1E15,亿元,recalled,guess\n"
    content = read_changed(tmp_path, history=FILES["calibration/history.csv"] + rows)
    first, *_, last = content.history.series["timber"].observations
    assert (first.time, first.value, last.time, last.value) == (1900, 47, 2200, 1e15)


def test_names_and_units_of_a_history_have_at_most_120_characters(tmp_path: Path) -> None:
    def with_row(name: str, unit: str) -> str:
        return FILES["calibration/history.csv"] + f"2023,{name},1,{unit},recalled,guess\n"

    content = read_changed(tmp_path, history=with_row("a" * 120, "u" * 120))
    assert content.history.series["a" * 120].unit == "u" * 120
    (name,) = sentences(tmp_path, history=with_row("a" * 121, "u"))
    (unit,) = sentences(tmp_path, history=with_row("a", "u" * 121))
    assert "cannot be a name here" in name and "the unit cannot be" in unit
