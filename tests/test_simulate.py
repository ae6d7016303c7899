"""A scenario goes in, the same run comes out, whatever ran before."""

from __future__ import annotations

import shutil
import threading
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import xinzhi
from xinzhi.content.files import FOLDERS
from xinzhi.errors import ContentError, SimulationError
from xinzhi.project import Project
from xinzhi.simulate import Run

ROOT = Path(__file__).parents[1]


def equal(one: Run, other: Run) -> bool:
    return all(np.array_equal(one.values[key], other.values[key]) for key in one.values)


def test_a_run_leaves_nothing_behind_for_the_next(project: Project) -> None:
    before = project.run("baseline")
    project.run("rd-first", levers={"rd_subsidy_rate.start": 2026})
    project.simulator.run_constants({"outside pull growth": 2.0, "future deflator growth": 0.05}, ["real GDP"], 0.0625)
    assert equal(before, project.run("baseline"))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(["baseline", "rd-first", "green-first", "all-half"]), min_size=2, max_size=4))
def test_the_order_of_runs_does_not_matter(project: Project, names: list[str]) -> None:
    forward = {name: project.run(name) for name in names}
    assert all(equal(project.run(name), forward[name]) for name in reversed(names))


def test_threads_do_not_disturb_each_other(project: Project) -> None:
    names = ["baseline", "rd-first", "green-first", "all-half"]
    alone = {name: project.run(name) for name in names}
    together: dict[str, Run] = {}
    threads = [threading.Thread(target=lambda name=name: together.update({name: project.run(name)})) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(equal(alone[name], together[name]) for name in names)


def test_a_run_is_what_pysd_gives_for_the_same_model(project: Project, tmp_path: Path) -> None:
    for name in ("model", "calibration"):  # PySD writes beside the model, which reads ../calibration
        shutil.copytree(ROOT / name, tmp_path / name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pysd

        table = pysd.read_vensim(str(tmp_path / "model" / "hubei.mdl")).run(
            params={"lever RD subsidy rate": 0.07, "lever RD subsidy rate start year": 2025},
            return_columns=["nominal RD", "SEI VA", "energy intensity"],
            return_timestamps=list(range(2015, 2031)),
        )
    run = project.run("baseline", levers={"rd_subsidy_rate": 0.07, "rd_subsidy_rate.start": 2025})
    for key, column in (
        ("rd_expenditure", "nominal RD"),
        ("sei_va_real", "SEI VA"),
        ("energy_per_gdp", "energy intensity"),
    ):
        np.testing.assert_allclose(run.values[key], table[column], rtol=1e-13)


def test_nothing_is_written_beside_the_model(project: Project) -> None:
    project.run("baseline")
    assert sorted(
        path.suffix for path in (ROOT / "model").iterdir() if path.suffix not in (".yaml", ".md", ".txt")
    ) == [".mdl"]


def test_what_is_kept_is_made_once_and_made_again_when_it_is_damaged(
    project: Project, own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.run("baseline")
    for path in [it for it in own_cache.iterdir() if it.name.startswith(("kernel-", "content-", "program-"))]:
        shutil.copy2(path, tmp_path)
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XINZHI_CACHE", str(tmp_path))
    xinzhi.load_project(ROOT).run("baseline")
    kept = {path: path.stat().st_ino for path in tmp_path.iterdir() if path.is_file()}  # another where it was written
    assert any(path.name.startswith("kernel-") for path in kept)
    assert any(path.name.startswith("content-") for path in kept)
    xinzhi.load_project(ROOT).run("baseline")
    assert {path: path.stat().st_ino for path in kept} == kept
    for path in kept:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert equal(xinzhi.load_project(ROOT).run("baseline"), project.run("baseline"))


def test_a_cache_that_cannot_be_written_does_not_stop_a_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("XINZHI_CACHE", str(tmp_path / "file" / "cache"))
    assert xinzhi.load_project(ROOT).run("baseline").at("gdp_real", 2028) > 60000


def test_python_numbers_are_shares_and_texts_are_human(project: Project) -> None:
    assert equal(
        project.run("baseline", levers={"public_rd_growth": 0.12}),
        project.run("baseline", levers={"政府研发投入增速": "12%"}),
    )
    with pytest.raises(ContentError, match="outside the range"):
        project.run("baseline", levers={"public_rd_growth": 12})


def test_every_wrong_lever_is_told_at_once(project: Project) -> None:
    with pytest.raises(ContentError) as caught:
        project.run(
            "baseline", levers={"public_rd_growht": 0.12, "rd_subsidy_rate": "much", "cloud_effort": float("nan")}
        )
    assert len(caught.value.problems) == 3


def test_a_run_that_gives_no_number_is_an_error_with_variable_and_year(project: Project) -> None:
    with pytest.raises(SimulationError, match=r'hubei\.mdl:\d+: "GDP deflator" is infinite in 2\d\d\d'):
        project.simulator.run_constants({"future deflator growth": 1e6}, ["GDP deflator"])


def test_views_carry_shares_in_code_and_units_in_attributes(project: Project) -> None:
    run = project.run("baseline")
    table, dataset = run.to_pandas(), run.to_xarray()
    assert table.index.name == "time" and list(table.index) == list(range(2015, 2031))
    assert 0 < table.loc[2023, "local_conversion_rate"] < 1
    assert dataset["local_conversion_rate"].attrs["declared_unit"] == "%"
    assert float(dataset["local_conversion_rate"].sel(time=2023)) == table.loc[2023, "local_conversion_rate"]
    assert run.in_unit("local_conversion_rate")[8] == pytest.approx(100 * table.loc[2023, "local_conversion_rate"])


def test_another_project_is_another_model(tmp_path: Path, project: Project) -> None:
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    numbers = tmp_path / "calibration" / "region.csv"
    text = numbers.read_text(encoding="utf-8")
    assert "\ninvestment rate decline,0.006," in text
    numbers.write_text(
        text.replace("\ninvestment rate decline,0.006,", "\ninvestment rate decline,0.003,"), encoding="utf-8"
    )
    other = xinzhi.load_project(tmp_path)
    assert other.content.hash != project.content.hash
    assert other.run().at("gdp_real", 2028) > project.run().at("gdp_real", 2028)


def test_a_scenario_that_believes_in_a_shock_differs_by_that_alone(project: Project) -> None:
    shock, calm = project.run("external-shock"), project.run("plan-as-written")
    assert shock.settings == calm.settings and set(shock.assumptions) and not calm.assumptions
    assert shock.at("imports_exports", 2023) == calm.at("imports_exports", 2023)
    assert shock.at("imports_exports", 2028) < 0.95 * calm.at("imports_exports", 2028)


def test_a_scenario_inherits_what_it_is_based_on_believes(project: Project) -> None:
    content = project.content
    child = replace(content.scenario("delayed-start"), based_on="external-shock")
    assert content.assumptions(child) == content.scenario("external-shock").assumptions


def test_a_delayed_start_loses_against_the_plan_and_never_moves_the_years_before(project: Project) -> None:
    late, plan = project.run("delayed-start"), project.run("plan-as-written")
    assert late.at("plan_young_talents", 2028) < plan.at("plan_young_talents", 2028)
    assert late.at("plan_young_talents", 2025) <= plan.at("plan_young_talents", 2025)
