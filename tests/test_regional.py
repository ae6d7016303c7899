"""The numbers of one place stand in calibration/, and another place needs other numbers only."""

from __future__ import annotations

from pathlib import Path

import pytest

import xinzhi
from engines import same_as_pysd
from mini import FILES, write_mini
from xinzhi.cli.region import source_folder
from xinzhi.content.copying import copy_content
from xinzhi.content.folder import bundled_folder
from xinzhi.content.scaling import extensive
from xinzhi.errors import ContentError, OutputError, XinzhiError
from xinzhi.project import Project, load_project

REGION = """\
constant,value,unit,low,high,status,source,zh,en
whole,2000,YiYuan,1500,2600,estimated,statistics,推算误差。,Error of the estimate.
Forest 2020,1000,YiYuan,,,published,statistics,,
"""
SERIES = "year,growth of trees\n2020,0.01\n2025,0.03\n2030,\n"
ANCHORS = "anchors:\n  Forest 2020: {indicator: timber}\n"
MODEL = (
    FILES["model/mini.mdl"]
    .replace("whole=2000", "whole=GET DIRECT CONSTANTS('../calibration/region.csv', ',', 'B2')")
    .replace("The whole. 中文: 总量。 Status: assumed. Source: guess.", "The whole. 中文: 总量。 Status: regional.")
    .replace("INTEG (lever planting-lever felling*Forest,1000)",
             "INTEG (lever planting-lever felling*Forest+growth of trees(Time/one year)*Forest,Forest 2020)")
    .replace("timber=lever", """one year=1
	~	Year
	~	A year. 中文: 一年。 Status: assumed. Source: guess.
	|

Forest 2020=
	GET DIRECT CONSTANTS('../calibration/region.csv', ',', 'B3')
	~	YiYuan
	~	The first forest. 中文: 初始森林资产。 Status: regional.
	|

growth of trees( GET DIRECT LOOKUPS('../calibration/region_series.csv', ',', 'A', 'B2'))
	~	1/Year
	~	How trees grow. 中文: 林木生长率。 Status: estimated. Source: guess.
	|

timber=lever""")
)  # fmt: skip


def write_place(
    folder: Path, *, region: str = REGION, series: str = SERIES, anchors: str | None = None, model: str = MODEL
) -> Path:
    write_mini(folder, mini=model)
    (folder / "calibration/region.csv").write_text(region, encoding="utf-8")
    (folder / "calibration/region_series.csv").write_text(series, encoding="utf-8")
    if anchors is not None:
        (folder / "calibration/anchors.yaml").write_text(anchors, encoding="utf-8")
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Project:
    return load_project(write_place(tmp_path, anchors=ANCHORS))


def said(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_project(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_constant_has_its_value_status_source_and_range_from_its_row(place: Project) -> None:
    whole = place.content.model.variables["whole"]
    assert (whole.value, whole.status, whole.sources) == (2000, "estimated", ("statistics",))
    assert (whole.low, whole.high) == (1500, 2600)
    prior = place.content.uncertainties["whole"].prior
    assert (prior.kind, prior.low, prior.mode, prior.high) == ("triangular", 1500, 2000, 2600)


def test_another_number_in_the_file_is_another_run(tmp_path: Path) -> None:
    first = load_project(write_place(tmp_path)).run().at("forest_share", 2025)
    write_place(tmp_path, region=REGION.replace("2000", "2500"))
    assert load_project(tmp_path).run().at("forest_share", 2025) == pytest.approx(first * 2000 / 2500)


def test_pysd_reads_the_same_cells(place: Project) -> None:
    same_as_pysd(place.content.model.path)


def test_a_model_of_a_project_can_be_loaded_alone(place: Project) -> None:
    table = xinzhi.load_model(place.content.model.path).run()
    assert table["whole"].iloc[0] == 2000


@pytest.mark.parametrize(
    ("region", "sentence"),
    [
        (REGION.replace("whole,2000", "hole,2000"), 'region.csv has no number for "whole"'),
        (REGION.replace("whole,2000,YiYuan", "whole,2000,Year"), '"whole" is in YiYuan, its row 2 in Year'),
        (REGION.replace("whole,2000,YiYuan", f"whole,2000,{'x' * 500}"), f"its row 2 in {'x' * 59}…; convert"),
        (REGION.replace("whole,", '"who\nle",'), 'region.csv has no number for "whole"'),
        (REGION + '"new\nrow",1,YiYuan,2,3,assumed,guess,,\n', '"new row" is 1, outside its range'),
        (REGION.replace("2000", "two"), 'the value "two" is not a number'),
        (REGION.replace("2000", "3000"), '"whole" is 3000, outside its range'),
        (REGION.replace("1500,2600", "1500,"), "the range has one end only"),
        (REGION.replace("estimated", "known"), 'the status cannot be "known"'),
        (REGION.replace("estimated,statistics", "estimated,book"), 'the source "book" is not in sources.yaml'),
        (REGION.replace(",Error of the estimate.", ","), "the reason is there in one language only"),
        (REGION + "other,1,YiYuan,,,assumed,guess,,\n", 'no constant of the model reads "other"'),
        (REGION + "whole,1,YiYuan,,,assumed,guess,,\n", '"whole" is defined twice'),
        (
            "\n".join([REGION.splitlines()[i] for i in (0, 2, 1)]) + "\n",
            '"whole" reads B2, where Forest 2020 stands; write B3',
        ),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_is_refused_in_one_sentence(tmp_path: Path, region: str, sentence: str) -> None:
    sentences = said(write_place(tmp_path, region=region))
    assert any(sentence in one for one in sentences), sentences
    assert all(("region.csv" in one or "mini.mdl" in one) and "\n" not in one for one in sentences)


@pytest.mark.parametrize(
    ("series", "sentence"),
    [
        (SERIES.replace("growth of trees", "growth"), 'region_series.csv has no column "growth of trees"'),
        (SERIES.replace("2020", "20"), 'the time "20" is not a calendar year; allowed are 1900 to 2200'),
        (SERIES.replace("2025", "2019"), 'the year "2019" is not in order'),
        (SERIES.replace("0.03", "x"), 'the value "x" is not a number'),
        ("year,growth of trees\n2020,0.01\n", '"growth of trees" has 1 points'),
        (SERIES.replace("year", "date"), "the first column is not the year"),
        ("year,other,growth of trees\n2020,1,1\n2021,1,1\n", '"growth of trees" reads B2, which is another column'),
    ],
)
def test_a_series_that_does_not_fit_is_refused_in_one_sentence(tmp_path: Path, series: str, sentence: str) -> None:
    sentences = said(write_place(tmp_path, series=series))
    assert any(sentence in one for one in sentences), sentences


def test_a_number_that_is_regional_cannot_stand_in_the_model(tmp_path: Path) -> None:
    model = MODEL.replace("GET DIRECT CONSTANTS('../calibration/region.csv', ',', 'B2')", "2000")
    assert any(
        '"whole" is regional and has its number in the model' in one for one in said(write_place(tmp_path, model=model))
    )


def test_a_model_reads_no_other_file(tmp_path: Path) -> None:
    model = MODEL.replace("'../calibration/region.csv', ',', 'B2'", "'../calibration/history.csv', ',', 'C2'")
    assert any('"whole" reads another file' in one for one in said(write_place(tmp_path, model=model)))


def test_anchoring_meets_the_statistic_and_keeps_it(place: Project) -> None:
    observed = place.content.history.series["timber"].at(2023).value
    assert place.run().at("timber", 2023) != pytest.approx(observed, rel=1e-3)
    (anchored,) = place.anchor(write=True)
    assert anchored.met and anchored.after == pytest.approx(observed, rel=1e-6)
    again = load_project(place.content.folder)
    assert again.run().at("timber", 2023) == pytest.approx(observed, rel=1e-4)
    kept = again.content.model.variables["Forest 2020"]
    assert (kept.status, kept.sources) == ("estimated", ("statistics",))


def test_a_dry_run_of_anchoring_writes_nothing(place: Project) -> None:
    path = place.content.folder / "calibration/region.csv"
    before = path.read_bytes()
    place.anchor()
    assert path.read_bytes() == before


def test_without_anchors_there_is_nothing_to_anchor(tmp_path: Path) -> None:
    with pytest.raises(XinzhiError, match=r"write calibration/anchors\.yaml"):
        load_project(write_place(tmp_path)).anchor()


@pytest.mark.parametrize(
    ("anchors", "sentence"),
    [
        (
            "anchors:\n  Forest 2020: {indicator: timber, year: 2020}\n",
            "is to meet timber of 2020, which history.csv lacks",
        ),
        ("anchors:\n  Forest 2020: {indicator: forest_share}\n", "which history.csv lacks"),
        ("anchors:\n  forest: {indicator: timber}\n", 'region.csv has no constant "forest"'),
        ("anchors:\n  Forest 2020: {indicator: timbre}\n", 'did you mean "timber"'),
    ],
)
def test_an_anchor_without_its_statistic_is_refused(tmp_path: Path, anchors: str, sentence: str) -> None:
    sentences = said(write_place(tmp_path, anchors=f"anchors:\n  {anchors}"))
    assert any(sentence in one for one in sentences), sentences


@pytest.mark.parametrize(
    "unit", ["YiYuan", "YiYuan/Year", "Firm/Year", "亿元", "家", "项/年", "WanTEU/Year/Year", "GW*hour/Year"]
)
def test_what_grows_with_a_region_is_scaled(unit: str) -> None:
    assert extensive(unit)


@pytest.mark.parametrize(
    "unit", ["Dmnl", "%", "1/Year", "Year", "YiYuan/Firm", "元", "2010=100", "吨标准煤/万元", "1/Project"]
)
def test_what_does_not_grow_with_a_region_is_not(unit: str) -> None:
    assert not extensive(unit)


def test_init_scales_another_region_and_says_that_all_of_it_is_assumed(place: Project, tmp_path: Path) -> None:
    target = tmp_path / "small"
    copy_content(source_folder(str(place.content.folder), None), target, 0.1)
    small = load_project(target).content
    whole = small.model.variables["whole"]
    assert (whole.value, whole.low, whole.high, whole.status) == (200, 150, 260, "assumed")
    assert {row.status for row in small.history.series["timber"].observations} == {"assumed"}
    assert small.history.series["timber"].at(2023).value == pytest.approx(5.025)
    assert small.model.path.read_bytes() == place.content.model.path.read_bytes()


def test_init_knows_the_bundled_region_by_its_name() -> None:
    assert source_folder("hubei", None) == source_folder("湖北", None) == bundled_folder()


@pytest.mark.parametrize(
    ("named", "sentence"), [("hubai", 'did you mean "hubei"'), ("nowhere/at/all", "neither a project folder")]
)
def test_init_refuses_a_region_that_it_does_not_know(named: str, sentence: str) -> None:
    with pytest.raises(ContentError, match=sentence):
        source_folder(named, None)


@pytest.mark.parametrize("scale", [0, -1, 1e9, float("nan")])
def test_init_refuses_a_scale_that_is_none(place: Project, tmp_path: Path, scale: float) -> None:
    with pytest.raises(OutputError, match="the scale cannot be"):
        copy_content(place.content.folder, tmp_path / "new", scale)


def test_a_figure_in_the_wrong_unit_is_suspected(tmp_path: Path) -> None:
    folder = write_place(tmp_path)
    history = folder / "calibration/history.csv"
    history.write_text(history.read_text().replace("50.25", "502500"), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_project(folder)
    (problem,) = caught.value.problems
    assert "a factor of 10,000 is suspected" in str(problem) and "history.csv:4" in str(problem)


def test_a_base_figure_in_the_wrong_unit_is_suspected_when_it_is_read(tmp_path: Path) -> None:
    folder = write_place(tmp_path)
    indicators = folder / "model/indicators.yaml"
    indicators.write_text(
        indicators.read_text().replace("    decimals: 2\n", "    decimals: 2\n    plausible: [5, 500]\n", 1)
    )
    history = folder / "calibration/history.csv"
    history.write_text(history.read_text().replace("50.25", "502500"), encoding="utf-8")
    (sentence,) = [one for one in said(folder) if "history.csv:4" in one]
    assert "a factor of 10,000 is suspected" in sentence
