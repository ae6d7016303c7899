"""What researchers build on: the public names and signatures, and objects that a shell or notebook can show."""

from __future__ import annotations

import inspect
from pathlib import Path

import pandas as pd
import pytest

import public_api
import xinzhi
from xinzhi.brief import LONGEST
from xinzhi.errors import ContentError
from xinzhi.project import Project

ROOT = Path(__file__).parents[1]


def test_the_public_names_and_signatures_are_the_pinned_ones() -> None:
    pinned = public_api.PINNED.read_text(encoding="utf-8").splitlines()
    assert public_api.lines() == pinned, "where the change is meant: python tests/public_api.py, and the changelog"


def test_every_public_name_is_there_and_documented() -> None:
    assert set(dir(xinzhi)) == set(xinzhi.__all__)
    for name in xinzhi.__all__:
        if name != "__version__":
            assert getattr(xinzhi, name).__doc__, name
    for name, member in public_api.members(Project):
        if callable(member):
            assert inspect.getdoc(member), name


def test_an_object_is_one_short_line_in_a_shell(project: Project) -> None:
    run = project.run()
    for it in (
        project, project.content, project.simulator, run, project.compare("baseline", "all-half"),
        project.levers, project.targets, project.indicators, project.scenarios, project.study("odds", members=200),
        xinzhi.load_model(ROOT / "model" / "hubei.mdl"), xinzhi.load_model(ROOT / "model" / "hubei.mdl").variables,
    ):  # fmt: skip
        assert "\n" not in repr(it) and 5 < len(repr(it)) <= LONGEST, type(it)


def test_levers_targets_indicators_and_scenarios_are_found_by_id_and_name_and_are_tables(project: Project) -> None:
    lever = project.levers["public_rd_growth"]
    assert project.levers[lever.name.zh] is project.levers[lever.name.en] is project.levers[lever.code] is lever
    for entries in (project.levers, project.targets, project.indicators, project.scenarios):
        first = next(iter(entries))
        assert entries[entries[first].name.en] is entries[entries[first].name.zh] is entries[first]
        assert len(entries.to_pandas()) == len(entries) == len(list(entries))
        assert first in entries and "no such thing" not in entries
        assert "<table" in entries._repr_html_()
        with pytest.raises(ContentError, match="unknown"):
            entries["no such thing"]
    with pytest.raises(ContentError, match='did you mean "public_rd_growth"'):
        project.levers["public_rd_grwth"]


def test_targets_called_with_scenarios_are_judged(project: Project) -> None:
    verdicts = project.targets("baseline", "all-half")
    assert isinstance(verdicts, pd.DataFrame) and len(verdicts) == 2 * len(project.targets)


def test_a_number_in_the_declared_unit_is_told_how_it_is_written(project: Project) -> None:
    with pytest.raises(ContentError) as told:
        project.run(levers={"public_rd_growth": 12})
    assert str(told.value).endswith("a number is in the model's unit: write 0.12 or '12%'.")
    with pytest.raises(ContentError, match="allowed are 0% to 18%"):
        project.run(levers={"public_rd_growth": 12000})


def test_a_run_with_further_levers_is_that_run_with_them(project: Project) -> None:
    whole = project.run("innovation-first", levers={"public_rd_growth": 0.1})
    later = project.run(project.run("innovation-first"), levers={"public_rd_growth": "10%"})
    pd.testing.assert_frame_equal(whole.to_pandas(), later.to_pandas())


def test_a_comparison_is_a_table_and_a_dataset(project: Project) -> None:
    comparison = project.compare("baseline", "innovation-first")
    table, data = comparison.to_pandas(), comparison.to_xarray()
    assert list(table) == ["unit", "baseline", "innovation-first", "innovation-first - baseline"]
    assert (table["innovation-first"] == data.indicators.sel(scenario="innovation-first")).all()


def test_what_lies_on_the_disk_is_the_same_for_a_path_and_a_text(tmp_path: Path) -> None:
    assert repr(xinzhi.load_model(str(ROOT / "model" / "hubei.mdl"))).startswith("Model(hubei.mdl: ")
