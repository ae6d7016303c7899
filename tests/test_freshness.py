"""A fit is out of date when what it depends on has changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from test_broken import copy_project
from xinzhi.content.fitted import FITTED
from xinzhi.futures.fit_dependence import fingerprint
from xinzhi.futures.freshness import stale
from xinzhi.project import Project, load_project

WITHOUT_EFFECT = (
    ("model/hubei.mdl", "Capital of Rest that wears out in the year", "Capital of Rest that is worn out"),
    ("model/hubei.mdl", "Rest Capital*Rest depreciation rate", "Rest depreciation rate * Rest Capital"),
    ("calibration/fit.yaml", "取宽先验", "先验取宽"),
    ("model/indicators.yaml", "    threshold: 80\n", "    threshold: 81\n"),
    ("model/levers.yaml", "    step: 0.5\n", "    step: 0.25\n"),
    ("calibration/history.csv", "2022,above_scale_industrial_firms,17526", "2022,above_scale_industrial_firms,17527"),
    ("calibration/region.csv", "cost of demand unit,3000,", "cost of demand unit,3001,"),
    (
        "calibration/region.csv",
        "cost of incubation unit,60,YiYuan/Year,30",
        "cost of incubation unit,60,YiYuan/Year,31",
    ),
)
WITH_EFFECT = (
    ("model/hubei.mdl", "Rest Capital*Rest depreciation rate", "Rest Capital*Rest depreciation rate*1.001"),
    ("calibration/region.csv", "Rest VA 2015,23245,", "Rest VA 2015,23246,"),
    ("calibration/region_series.csv", "2016,0.8808", "2016,0.8809"),
    ("calibration/fit.yaml", "mean: 0.02, sd: 0.02}", "mean: 0.02, sd: 0.021}"),
    ("calibration/fit.yaml", "published: 0.01,", "published: 0.011,"),
)


def change(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, f"{name} has changed: {old}"
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_says_nothing_of_the_past_leaves_the_fit_as_it_is(project: Project, tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    for name, old, new in WITHOUT_EFFECT:
        change(folder, name, old, new)
    changed = load_project(folder).content
    assert changed.hash != project.content.hash
    assert stale(changed) is None


@pytest.mark.parametrize(("name", "old", "new"), WITH_EFFECT)
def test_what_the_fit_reads_makes_it_out_of_date(name: str, old: str, new: str, tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    change(folder, name, old, new)
    assert "is out of date" in str(stale(load_project(folder).content))


def test_a_fit_of_an_earlier_version_is_held_against_the_files_alone(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    fitted = (folder / FITTED).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / FITTED).write_text("".join(line for line in fitted if "depends:" not in line), encoding="utf-8")
    assert stale(load_project(folder).content) is None
    change(folder, *WITHOUT_EFFECT[-1])
    assert stale(load_project(folder).content) is not None


def test_without_a_plan_there_is_nothing_to_depend_on(tmp_path: Path) -> None:
    folder = copy_project(tmp_path)
    (folder / "calibration/fit.yaml").unlink()
    assert fingerprint(load_project(folder).content) == ""
