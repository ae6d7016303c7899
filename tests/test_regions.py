"""Other places with the same code: examples/anhui, and Hubei in another size."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from xinzhi.content.copying import copy_content, follow
from xinzhi.content.files import FOLDERS, stamps
from xinzhi.content.folder import state_of
from xinzhi.errors import ContentError
from xinzhi.project import Project, load_project

ROOT = Path(__file__).parents[1]
ANHUI = ROOT / "examples" / "anhui"


@pytest.fixture(scope="module")
def anhui(own_cache: Path) -> Project:
    return load_project(ANHUI)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    copy_content(ANHUI, tmp_path, None)
    return tmp_path


def test_the_second_region_uses_hubei_s_equations_and_has_no_program(anhui: Project, project: Project) -> None:
    assert anhui.content.model.path.samefile(project.content.model.path)
    assert anhui.simulator.compiled.program.constants != project.simulator.compiled.program.constants
    assert {path.suffix for path in ANHUI.rglob("*") if path.is_file()} == {".yaml", ".csv", ".txt", ".md"}


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A copy of the second region beside a copy of the project whose equations it uses."""
    for place, source in (("hubei", ROOT), ("anhui", ANHUI)):
        for name in FOLDERS:
            shutil.copytree(source / name, tmp_path / place / name)
    region = tmp_path / "anhui/model/region.yaml"
    region.write_text(region.read_text().replace("../../../model/", "../../hubei/model/"), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("model/hubei.mdl", "model/hubai.mdl", 'the equations "../../hubei/model/hubai.mdl" are not there'),
        ("hubei/model/hubei.mdl", "model/x.mdl", '"../../model/x.mdl" is not in the model/ folder of a project'),
        ("\nequations:", "\n'equations':", "equations stands among other keys; give it a line of its own"),
        ("../../hubei", "hubei", '"equations" cannot be "hubei/model/hubei.mdl"; write the way from region.yaml'),
        ("../../hubei", "../../../../../../../../../../../hubei", "are not there; correct the path"),
        ("equations: ", "equations: [", "region.yaml"),
    ],
)
def test_equations_that_cannot_be_used_are_told_in_one_sentence(beside: Path, old: str, new: str, said: str) -> None:
    (beside / "model").mkdir()
    shutil.copyfile(beside / "hubei/model/hubei.mdl", beside / "model/x.mdl")
    region = beside / "anhui/model/region.yaml"
    text = region.read_text(encoding="utf-8")
    assert old in text
    region.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_project(beside / "anhui")
    assert any(said in str(problem) for problem in caught.value.problems), caught.value.problems
    assert all(problem.place is not None and problem.place.line for problem in caught.value.problems)


def test_a_change_of_the_shared_equations_makes_another_content(beside: Path) -> None:
    before = load_project(beside / "anhui").content.hash
    assert any(path.endswith("hubei.mdl") for path, *_ in stamps(beside / "anhui"))
    with (beside / "hubei/model/hubei.mdl").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert state_of(beside / "anhui") != before


def test_a_region_follows_what_its_equations_read_in_its_own_size(beside: Path) -> None:
    rows = beside / "anhui/calibration/region.csv"
    before = rows.read_text(encoding="utf-8")
    kept = [line for line in before.splitlines() if not line.startswith(("initial fund exits", "Rest depreciation"))]
    assert len(kept) < len(before.splitlines())
    rows.write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(ContentError, match="initial fund exits"):
        load_project(beside / "anhui")
    assert "initial fund exits" in follow(beside / "anhui")
    assert load_project(beside / "anhui").content.model.variables["initial fund exits"].value == pytest.approx(16.6)
    assert follow(beside / "anhui") == ()
    with pytest.raises(ContentError, match="names no equations of another project"):
        follow(beside / "hubei")


def test_a_copy_of_a_region_stands_alone(beside: Path) -> None:
    copy_content(beside / "anhui", beside / "far" / "copy", None)
    copied = load_project(beside / "far" / "copy")
    assert copied.content.model.path.parent == beside / "far/copy/model"
    assert copied.run().to_pandas().equals(load_project(beside / "anhui").run().to_pandas())
    assert "\nscale" not in (beside / "far/copy/model/region.yaml").read_text(encoding="utf-8")
    shutil.rmtree(beside / "hubei")
    with pytest.raises(ContentError, match="are not there"):
        copy_content(beside / "anhui", beside / "other", None)
    assert not (beside / "other").exists()


def test_a_region_of_shared_equations_is_anchored_and_rehearsed(beside: Path) -> None:
    assert all(item.met for item in load_project(beside / "anhui").anchor(write=True))


def test_the_second_region_starts_where_its_statistics_are(anhui: Project) -> None:
    for item in anhui.anchor():
        assert item.before == pytest.approx(item.wanted, rel=2e-3), item.anchor.constant


def test_the_second_region_passes_every_reality_check(anhui: Project) -> None:
    assert [result.check.id for result in anhui.check() if not result.passed] == []
    assert anhui.implausible() == []


def test_the_second_region_is_another_place(anhui: Project, project: Project) -> None:
    ours, theirs = anhui.run(), project.run()
    assert ours.at("gdp_nominal", 2023) == pytest.approx(47050.6, rel=0.01)
    for key in ("manufacturing_share_gdp", "local_conversion_rate", "sei_share_gdp", "nev_share_vehicle_output"):
        assert ours.at(key, 2028) != pytest.approx(theirs.at(key, 2028), rel=0.02), key
    assert {run.scenario for run in map(anhui.run, anhui.content.scenarios)} == set(anhui.content.scenarios)


def test_the_second_region_never_calls_a_scaled_number_better_than_assumed() -> None:
    with (ANHUI / "calibration/region.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["status"] for row in rows if row["source"] == "scaled-from-another-region"} <= {"assumed", "estimated"}
    scaled = [row for row in rows if row["source"] == "scaled-from-another-region" and row["status"] != "assumed"]
    yardsticks = load_project(ANHUI).content.anchors.yardsticks
    assert {row["constant"] for row in scaled} <= yardsticks.keys()


@pytest.mark.parametrize("factor", [0.01, 3.0])
def test_the_same_region_in_another_size_has_the_same_shares_growth_and_checks(
    project: Project, tmp_path: Path, factor: float
) -> None:
    copy_content(ROOT, tmp_path / "copy", factor)
    other = load_project(tmp_path / "copy")
    one, two = project.run("rd-first"), other.run("rd-first")
    for key in ("manufacturing_share_gdp", "local_conversion_rate", "energy_per_gdp", "rd_intensity_revised_gdp"):
        assert two.at(key, 2028) == pytest.approx(one.at(key, 2028), rel=1e-3), key
    assert two.at("gdp_nominal", 2028) == pytest.approx(factor * one.at("gdp_nominal", 2028), rel=1e-3)
    assert two.at("high_tech_enterprises", 2028) == pytest.approx(
        factor * one.at("high_tech_enterprises", 2028), rel=1e-3
    )
    assert [result.check.id for result in other.check() if not result.passed] == []


def test_a_series_that_an_anchor_needs_and_the_history_lacks_is_told(copied: Path) -> None:
    history = copied / "calibration/history.csv"
    kept = [line for line in history.read_text().splitlines() if not line.startswith("2023,imports_exports")]
    history.write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_project(copied)
    said = "\n".join(map(str, caught.value.problems))
    assert (
        "anchors.yaml" in said and '"initial trade" is to meet imports_exports of 2023, which history.csv lacks' in said
    )


def test_a_base_year_that_the_history_lacks_is_told(copied: Path) -> None:
    region = copied / "model/region.yaml"
    region.write_text(region.read_text().replace("base_year: 2023", "base_year: 2021"), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_project(copied)
    assert any("for the base year 2021" in str(problem) for problem in caught.value.problems)


def test_a_figure_in_ten_thousand_yuan_is_suspected(copied: Path) -> None:
    history = copied / "calibration/history.csv"
    history.write_text(
        history.read_text().replace("imports_exports,8052,", "imports_exports,80520000,"), encoding="utf-8"
    )
    with pytest.raises(ContentError, match=r"a factor of 10,000 is suspected"):
        load_project(copied)
