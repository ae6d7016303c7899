"""What Python can give that cannot be: one sentence each. What means the same is read the same, however it is written."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import xinzhi
from xinzhi.arguments import clashes, whole
from xinzhi.base import Base
from xinzhi.cli import commands
from xinzhi.dashboard.link import from_query
from xinzhi.errors import ContentError, SimulationError, XinzhiError
from xinzhi.futures.ensemble import draw_design
from xinzhi.futures.library import open_futures
from xinzhi.futures.sampling import draw_sample
from xinzhi.model import Model, load_model
from xinzhi.project import Project, load_project
from xinzhi.studies.backtest.backtest import backtest
from xinzhi.studies.fit.fit import fit
from xinzhi.studies.fit.sampler import Effort
from xinzhi.studies.recover.recovery import recover
from xinzhi.studies.sensitivity.analyse import analyse

MODEL = """{UTF-8}
d: a, b ~~|
stock = INTEG(k * stock + c[a], 1) ~ Person ~ All of them. |
c[d] = 1, 2 ~ Person/Year ~|
rate 1 = 3 ~ 1/Year ~|
k = 0.1 ~ 1/Year ~|
z = rate 1 + RANDOM UNIFORM(0, 1, 0) ~~|
INITIAL TIME = 0 ~~|
FINAL TIME = 3 ~~|
TIME STEP = 1 ~~|
SAVEPER = TIME STEP ~~|
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, own_cache: Path) -> Model:
    path = tmp_path_factory.mktemp("model") / "m.mdl"
    path.write_text(MODEL, encoding="utf-8")
    return load_model(path)


@pytest.fixture(scope="module")
def share(project: Project) -> str:
    """The id of a lever whose unit is per cent."""
    return next(it.id for it in project.content.sheet.levers.values() if it.unit == "%" and it.high > 0.1)


def said(call: Callable[[], object]) -> str:
    """The one sentence of an error; anything but an error of ours fails the test."""
    with pytest.raises(XinzhiError) as caught:
        call()
    (problem,) = caught.value.problems
    return str(problem)


# -- whole numbers ---------------------------------------------------------------------------------------------------

# Every public function with a whole number, and what it allows. `test_no_public_function_is_left_out` holds it complete.
BIG = 2**63 - 1
NUMBERS: dict[str, tuple[int, int | None]] = {
    "members": (1, 1_000_000),
    "seed": (0, BIG),
    "threads": (1, 4096),
    "workers": (1, 512),
    "trials": (1, None),
}
RUNS = {"Project.run_ensemble": (1, 10**9), "draw_sample": (1, 10_000_000), "Project.fit": (2, 32)}


def callers(project: Project, model: Model, folder: Path) -> dict[str, Callable[..., object]]:
    content, simulator = project.content, project.simulator
    system: Any = None
    return {
        "Base.futures": project.futures,
        "Project.odds": project.odds,
        "Project.run_ensemble": lambda **given: project.run_ensemble(folder=folder / "e", **given),
        "Project.discover": lambda **given: project.discover("rd_growth", **given),
        "Project.robustness": lambda **given: project.robustness("rd-first", **given),
        "Project.sensitivity": project.sensitivity,
        "Project.observe": project.observe,
        "Project.fit": project.fit,
        "Project.backtest": project.backtest,
        "Project.recover": project.recover,
        "Model.run": model.run,
        "Model.run_ensemble": lambda **given: model.run_ensemble({"k": [1, 2]}, **given),
        "draw_sample": lambda **given: draw_sample(content, "sobol", **{"runs": 8, "seed": 0, **given}),
        "draw_design": lambda **given: draw_design(content, simulator, **{"members": 8, "seed": 0, **given}),
        "open_futures": lambda **given: open_futures(content, simulator, project.run(), **given),
        "analyse": lambda **given: analyse(content, simulator, project.run(), **given),
        "fit": lambda **given: fit(content, simulator, effort=Effort(), **given),
        "backtest": lambda **given: backtest(content, simulator, [2020], **given),
        "recover": lambda **given: recover(
            system, **{"seed": 1, "trials": 2, "effort": Effort(), "store": simulator.store, "name": "x", **given}
        ),
    }


TAKES = {
    "Base.futures": ("members", "seed"),
    "Project.odds": ("members", "seed"),
    "Project.run_ensemble": ("runs", "seed", "workers"),
    "Project.discover": ("members", "seed"),
    "Project.robustness": ("members", "seed"),
    "Project.sensitivity": ("runs", "seed"),
    "Project.observe": ("members", "seed"),
    "Project.fit": ("seed", "runs"),
    "Project.backtest": ("seed",),
    "Project.recover": ("trials", "seed"),
    "Model.run": ("seed",),
    "Model.run_ensemble": ("seed", "threads"),
    "draw_sample": ("runs", "seed"),
    "draw_design": ("members", "seed"),
    "open_futures": ("seed",),
    "analyse": ("runs", "seed", "threads"),
    "fit": ("seed",),
    "backtest": ("seed",),
    "recover": ("seed", "trials"),
}
STUDIES = ("Project.odds", "Project.discover", "Project.robustness", "Project.observe")
WRONG = (-1, -5, 1.5, 2**64, 10**400, float("nan"), float("inf"), Decimal("1.5"), Decimal("NaN"), "3", "a", True, [1],
         np.array([1, 2]), np.float32(0.5), np.bool_(True), 1 + 0j)  # fmt: skip


@pytest.mark.parametrize("caller", TAKES)
def test_a_whole_number_that_cannot_be_is_one_sentence(
    caller: str, project: Project, model: Model, tmp_path: Path
) -> None:
    call = callers(project, model, tmp_path)[caller]
    for name in TAKES[caller]:
        low, high = NUMBERS.get(name) or RUNS.get(caller, (1, None))
        if name == "members" and caller in STUDIES:
            low = 100  # of fewer futures nothing is said
        if caller == "Project.recover" and name == "trials":
            low = 2  # of one truth there is no spread
        beyond = () if high is None else (high + 1,)
        unbounded = () if high is not None else (2**64, 10**400)  # a sample that is too large has a sentence of its own
        for wrong in (*(it for it in WRONG if not any(it is any_ for any_ in unbounded)), low - 1, *beyond):
            if high is None and isinstance(wrong, int) and wrong > 1:
                continue
            sentence = said(lambda wrong=wrong, name=name: call(**{name: wrong}))  # type: ignore[misc]
            allowed = f"from {low} on" if high is None else f"from {low} to {high}"
            assert sentence.startswith(f"{name} cannot be "), sentence
            assert sentence.endswith(f"; give a whole number {allowed}."), sentence
    assert not list(tmp_path.iterdir())


def test_no_public_function_is_left_out() -> None:
    found = {
        f"{kind.__name__}.{name}": tuple(it for it in inspect.signature(method).parameters if it in {*NUMBERS, "runs"})
        for kind in (Base, Project, Model)
        for name, method in vars(kind).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }
    assert {name: set(takes) for name, takes in found.items() if takes} == {
        name: set(takes) for name, takes in TAKES.items() if "." in name
    }


def test_an_effort_that_leaves_no_draws_is_refused() -> None:
    for name, wrong in (("runs", 0), ("walkers", 1), ("steps", 0), ("burn", -1), ("burn", 3000), ("runs", 1.5)):
        assert said(lambda name=name, wrong=wrong: Effort(**{name: wrong})).startswith(f"{name} cannot be {wrong};")  # type: ignore[misc]


@given(st.integers(-(2**70), 2**70))
def test_a_whole_number_of_any_type_is_that_number(number: int) -> None:
    forms: list[object] = [number, Decimal(number), Fraction(number)]
    if abs(number) < 2**63:
        forms += [np.int64(number), np.array(number)]
    if abs(number) < 2**53:
        forms += [float(number), np.float64(number)]
    for form in forms:
        assert whole("n", form, -(2**70)) == number
        assert type(whole("n", form, -(2**70))) is int


# -- numbers of levers and constants ---------------------------------------------------------------------------------


def test_a_number_means_the_same_in_every_type(project: Project, share: str, model: Model) -> None:
    """In Python a bare number is in the model's unit (0.05 of one), a text is in human units."""
    forms = (
        0.05,
        Decimal("0.05"),
        Fraction(1, 20),
        np.float64(0.05),
        np.float32(0.05),
        np.array(0.05),
        "5%",
        "5",
        "５％",
    )
    assert {project.run(levers={share: form}).settings[share].value for form in forms} == {0.05}
    for three in (3, 3.0, Decimal(3), np.int64(3), np.array(3), Fraction(3)):
        assert "is outside the range" in said(lambda three=three: project.run(levers={share: three}))  # type: ignore[misc]
    for year in (2026, 2026.0, Decimal(2026), np.int64(2026), np.array(2026), "2026", "2026年"):
        assert project.run(levers={f"{share}.start": year}).settings[share].start == 2026
    for form in (0.5, Decimal("0.5"), Fraction(1, 2), np.float32(0.5), np.array(0.5), "0.5"):
        assert model.run({"k": form}, save="stock", final_time=2)["stock"].tolist() == [1, 2.5, 4.75]
        assert model.run(time_step=form).equals(model.run(time_step=0.5))


@pytest.mark.parametrize("wrong", [None, True, np.bool_(True), float("nan"), float("inf"), "nan", "", "x", [0.1],
                                   np.array([0.1]), 1 + 2j, 10**400, Decimal("NaN"), Decimal("sNaN")], ids=repr)  # fmt: skip
def test_what_is_no_number_is_refused_for_a_lever(wrong: Any, project: Project, share: str) -> None:
    for name in (share, f"{share}.start"):
        assert f'for "{name}"' in (sentence := said(lambda name=name: project.run(levers={name: wrong}))) or (  # type: ignore[misc]
            f'the range of "{name}"' in sentence
        )


@pytest.mark.parametrize("wrong", [None, float("nan"), float("inf"), "5%", "", [1, 2], [], {}, [[1], [1, 2]], 1 + 2j,
                                   10**400, np.datetime64("2020-01-01"), np.array([]), ["x"]], ids=repr)  # fmt: skip
def test_what_is_no_number_is_refused_for_a_constant(wrong: Any, model: Model) -> None:
    sentence = f'{model.path}: "k" is set to what is not a number.'
    assert said(lambda: model.run({"k": wrong})) == sentence
    if not isinstance(wrong, list) or len(wrong) != 2:  # two numbers are those of two runs
        assert said(lambda: model.run_ensemble({"rate 1": [1, 2]}, constants={"k": wrong})) == sentence
    for column in ([1, wrong], pd.Series([1, wrong], dtype=object)):
        assert said(lambda column=column: model.run_ensemble({"k": column})) == sentence  # type: ignore[misc]


TABLE = "the design is no table with named columns"


@pytest.mark.parametrize(
    ("design", "sentence"),
    [
        (None, TABLE), (5, TABLE), ("k", TABLE), ([1, 2], TABLE), (np.ones(3), TABLE), (np.ones((2, 2)), TABLE),
        (pd.Series([1, 2], name="k"), TABLE), ({"k": 1}, TABLE), ({"k": [1, 2], "c": [1]}, TABLE),
        ({"k": np.ones((2, 2))}, TABLE), ([{"k": 1}], TABLE), ({}, "has no rows"), (pd.DataFrame(), "has no rows"),
        (pd.DataFrame(columns=["k"]), "has no rows"), (pd.DataFrame(index=[1, 2]), "has no columns"),
        (pd.DataFrame(np.ones((2, 1))), 'unknown constant "0"'),
    ],
    ids=lambda it: " ".join(str(it).split()),
)  # fmt: skip
def test_a_design_that_is_no_table_of_constants_is_refused(design: Any, sentence: str, model: Model) -> None:
    assert sentence in said(lambda: model.run_ensemble(design))


@pytest.mark.parametrize("wrong", [None, 5, b"a", ["baseline"], 0.5], ids=repr)
def test_what_names_nothing_is_refused(wrong: Any, project: Project, model: Model, tmp_path: Path) -> None:
    takers: dict[str, Callable[[], object]] = {
        "scenario": lambda: project.run(wrong),
        "indicator": lambda: project.chart(wrong),
        "target": lambda: project.discover(wrong),
        "variable": lambda: project.explain(wrong),
        "folder": lambda: project.run_ensemble(folder=wrong),
        "method": lambda: project.sensitivity(method=wrong),
    }
    takers |= {
        f"scenario of {name}": lambda name=name: getattr(project, name)(wrong)
        for name in (
            "targets", "compare", "validate", "odds", "sensitivity", "robustness", "audit", "departments",
        )
    }  # fmt: skip
    if wrong is not None:
        takers["path"] = lambda: load_project(wrong)
        if not isinstance(wrong, bytes):
            assert said(lambda: project.run_ensemble(folder=tmp_path, design=wrong)).startswith("design cannot be ")
    if wrong is not None and not isinstance(wrong, list):
        takers |= {
            "targets": lambda: project.sensitivity(targets=wrong),
            "inputs": lambda: project.sensitivity(inputs=wrong),
            "targets of robustness": lambda: project.robustness("rd-first", targets=wrong),
        }
    for name, taker in takers.items():
        assert said(taker).startswith(f"{name.partition(' of ')[0]} cannot be "), name
    with pytest.raises(XinzhiError, match="path cannot be"):
        load_model(wrong)
    if wrong is not None and not isinstance(wrong, list):
        assert said(lambda: model.run(save=wrong)).startswith("save cannot be ")


def test_what_is_no_mapping_is_refused(project: Project, model: Model) -> None:
    for wrong in (5, ["pr"], "pr", [("pr", 1, 2)]):
        assert said(lambda wrong=wrong: project.run(levers=wrong)).startswith("levers cannot be ")  # type: ignore[misc]
        assert said(lambda wrong=wrong: model.run(wrong)).startswith("constants cannot be ")  # type: ignore[misc]
    assert 'unknown lever "1"' in said(lambda: project.run(levers={1: 2}))  # type: ignore[dict-item]


# -- names that mean the same ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names", [("k", "K"), ("rate 1", "rate_1"), ("rate 1", '"Rate  1"'), ("c", "c[a]"), ("c[a]", "C[ A ]")]
)
def test_two_names_of_one_constant_are_refused_together(names: tuple[str, str], model: Model) -> None:
    first, second = names
    sentence = f'{model.path}: "{first}" and "{second}" set the same constant; keep one.'
    assert said(lambda: model.run({first: 1, second: 2})) == sentence
    assert said(lambda: model.run_ensemble({first: [1], second: [2]})) == sentence
    assert said(lambda: model.run_ensemble({second: [2]}, constants={first: 1})) == sentence
    if first.partition("[")[0] == first and "[" not in second:
        assert f'"{first}" and "{second}" name the same variable' in said(lambda: model.run(save=names))
    assert list(model.run(save=[first, first]).columns) == list(model.run(save=first).columns)
    done = CliRunner().invoke(
        commands("en"), ["simulate", str(model.path), "--set", f"{first}=1", "--set", f"{second}=2"]
    )
    assert str(done.exception) == sentence


def test_two_columns_of_one_name_are_refused(model: Model) -> None:
    table = pd.DataFrame([[1, 2]], columns=["k", "k"])
    assert '"k" and "k" set the same constant' in said(lambda: model.run_ensemble(table))


def test_two_names_of_one_lever_are_refused_together(project: Project, share: str) -> None:
    lever = project.content.sheet.levers[share]
    for other in (lever.code, lever.name.zh, lever.name.en, share.upper()):
        sentence = said(lambda other=other: project.run(levers={share: "5%", other: "6%"}))  # type: ignore[misc]
        assert sentence == f'"{share}" and "{other}" set the same; keep one.'
        run = project.run(levers={share: "5%", f"{other}.start": 2026})
        assert (run.settings[share].value, run.settings[share].start) == (0.05, 2026)
        done = CliRunner().invoke(commands("en"), ["targets", "--set", f"{share}=5%", "--set", f"{other}=6%"])
        assert str(done.exception) == sentence
    done = CliRunner().invoke(commands("en"), ["targets", "--set", f"{share}=5%", "--set", f"{share}=6%"])
    assert str(done.exception) == f'"{share}" and "{share}" set the same; keep one.'


def test_a_link_that_sets_a_lever_twice_says_so(project: Project, share: str) -> None:
    lever = project.content.sheet.levers[share]
    link = from_query(project.content, {lever.code: "5", lever.id: "6"})
    assert [str(it) for it in link.dropped] == [f'"{lever.code}" and "{lever.id}" set the same; keep one.']


def test_two_runs_of_one_scenario_are_not_one_ensemble(project: Project, share: str, tmp_path: Path) -> None:
    runs = project.run(), project.run(levers={share: "5%"})
    assert said(lambda: project.run_ensemble(*runs, folder=tmp_path / "e", runs=10)) == (
        'scenario "baseline" is named twice.'
    )
    assert not list(tmp_path.iterdir())


@given(st.lists(st.sampled_from("aAbBc")))
def test_what_clashes_is_every_name_but_the_first_of_its_meaning(names: list[str]) -> None:
    found = clashes(names, lambda name: [name.lower()])
    assert len(names) - len(found) == len({name.lower() for name in names})
    assert all(first.lower() == second.lower() for first, second in found)


# -- the design's index ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([7, 3]), pd.Index(["low", "high"], name="case"), pd.Index(["same", "same"]),
        pd.date_range("2030-01-01", periods=2, name="day"), pd.Index([0.5, np.nan]),
    ],
    ids=str,
)  # fmt: skip
def test_an_ensemble_keeps_the_index_of_its_design(index: Any, model: Model, tmp_path: Path) -> None:
    """Also where names are not unique: a row is a run, and ``sel`` gives all runs of a name."""
    found = model.run_ensemble(pd.DataFrame({"k": [0.1, 0.2]}, index=index), save="stock")
    pd.testing.assert_index_equal(found.indexes["run"], index.rename("run"), exact=False, check_freq=False)
    assert found["run"].attrs == ({} if index.name is None else {"long_name": index.name})
    assert found["stock"].dims == ("run", "time")
    np.testing.assert_allclose(found["stock"][:, 1], [2.1, 2.2])
    if index.dtype.kind != "M":
        found.to_netcdf(tmp_path / "e.nc", engine="h5netcdf")


def test_an_index_of_levels_stays_one(model: Model) -> None:
    index = pd.MultiIndex.from_product([["low", "high"], [2030, 2035]], names=["case", "time"])
    found = model.run_ensemble(pd.DataFrame({"k": [0.1, 0.2, 0.3, 0.4]}, index=index), save="stock")
    assert found.sel(case="high")["stock"].isel(time=1).values.tolist() == [2.3, 2.4]
    assert found["run_level_1"].values.tolist() == [2030, 2035, 2030, 2035]  # "time" is an axis already


def test_a_models_variables_say_their_name_and_unit(model: Model) -> None:
    found = model.run_ensemble({"k": [0.1]})
    assert found["stock"].attrs == {"long_name": "stock", "units": "Person", "comment": "All of them."}
    assert found["c[b]"].attrs == {"long_name": "c[b]", "units": "Person/Year"}
    assert found["z"].attrs == {"long_name": "z"}


def test_the_way_in_is_lazy_and_says_what_it_has() -> None:
    assert {"load_model", "load_project"} <= set(xinzhi.__all__)
    with pytest.raises((ContentError, SimulationError)):
        xinzhi.load_project("no such folder")
