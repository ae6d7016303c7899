"""``xinzhi simulate``: any model in, a table out, as its users run it."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import xinzhi
from engines import vensim

Shell = Callable[..., subprocess.CompletedProcess[str]]

TEACUP = """
    Teacup Temperature = INTEG(-Heat Loss to Room, 180)
    Heat Loss to Room = (Teacup Temperature - Room Temperature) / Characteristic Time
    Room Temperature = 70
    Characteristic Time = 10
    sort: black, green
    strength[sort] = 3, 2
    taste[sort] = strength[sort] * Teacup Temperature / 100
    noise = RANDOM UNIFORM(0, 1, 0)
    root = SQRT(Teacup Temperature)
"""


@pytest.fixture(scope="module")
def teacup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return vensim(tmp_path_factory.mktemp("teacup"), TEACUP, last=30, step="0.125", saveper="1")


def printed(done: subprocess.CompletedProcess[str]) -> pd.DataFrame:
    assert done.returncode == 0, done.stderr
    return pd.read_csv(io.StringIO(done.stdout), index_col="time")


def test_the_table_is_printed_as_csv_every_variable_a_column(shell: Shell, teacup: Path) -> None:
    done = shell("simulate", str(teacup))
    table = printed(done)
    assert done.stderr == ""
    pd.testing.assert_frame_equal(table, xinzhi.load_model(teacup).run(), check_exact=True)
    assert table.loc[0, "Teacup Temperature"] == 180 and len(table) == 31
    assert {"taste[black]", "taste[green]", "Room Temperature", "TIME STEP"} <= set(table)


def test_a_file_in_every_format_has_the_same_numbers(shell: Shell, teacup: Path, tmp_path: Path) -> None:
    wanted = xinzhi.load_model(teacup).run()
    for suffix in ("csv", "parquet", "nc"):
        done = shell("simulate", str(teacup), "-o", str(tmp_path / f"out.{suffix}"))
        assert done.returncode == 0, done.stderr
        assert done.stdout == "" and f"out.{suffix}" in done.stderr
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "out.csv", index_col="time"), wanted, check_exact=True)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out.parquet").set_index("time"), wanted, check_exact=True)
    with xr.open_dataset(tmp_path / "out.nc", engine="h5netcdf") as dataset:
        np.testing.assert_array_equal(dataset["time"], wanted.index)
        for name in wanted:
            np.testing.assert_array_equal(dataset[name], wanted[name])


def test_constants_are_set_and_variables_saved_by_any_spelling(shell: Shell, teacup: Path) -> None:
    done = shell(
        "simulate", str(teacup), "--set", "room_temperature=60", "--set", " Characteristic  Time = 5", "--set",
        "STRENGTH[ Black ]=4", "--save", "teacup temperature", "--save", "taste", "--save", '"room temperature"',
    )  # fmt: skip
    table = printed(done)
    assert list(table) == ["Teacup Temperature", "taste[black]", "taste[green]", "Room Temperature"]
    wanted = xinzhi.load_model(teacup).run(
        {"Room Temperature": 60, "Characteristic Time": 5, "strength[black]": 4}, save=list(table)
    )
    pd.testing.assert_frame_equal(table, wanted, check_exact=True)
    assert printed(shell("simulate", str(teacup), "--set", "strength=1"))["taste[green]"].iloc[0] == 1.8


def test_the_clock_the_method_and_the_seed_are_those_of_the_run(shell: Shell, teacup: Path) -> None:
    given = ("--initial-time", "5", "--final-time", "20", "--time-step", "0.5", "--saveper", "2.5")
    table = printed(shell("simulate", str(teacup), *given, "--method", "rk4", "--seed", "7"))
    wanted = xinzhi.load_model(teacup).run(
        initial_time=5, final_time=20, time_step=0.5, saveper=2.5, method="rk4", seed=7
    )
    pd.testing.assert_frame_equal(table, wanted, check_exact=True)
    assert table.index.tolist() == [5, 7.5, 10, 12.5, 15, 17.5, 20]
    exact = 70 + 110 * np.exp(-(table.index.to_numpy() - 5) / 10)
    np.testing.assert_allclose(table["Teacup Temperature"], exact, rtol=1e-7)
    other = printed(shell("simulate", str(teacup), *given, "--method", "rk4", "--seed", "8"))
    assert (other["noise"] != table["noise"]).all()


def test_a_value_that_is_not_a_number_is_told_and_the_rest_is_written(
    shell: Shell, teacup: Path, tmp_path: Path
) -> None:
    for output in ([], *(["-o", str(tmp_path / f"out.{suffix}")] for suffix in ("csv", "parquet", "nc"))):
        done = shell("simulate", str(teacup), "--set", "Room Temperature=-500", *output)
        assert done.returncode == 2, done.stderr
        assert '"root" is not a number at 3' in done.stderr and "Traceback" not in done.stderr
    chinese = shell("simulate", str(teacup), "--set", "Room Temperature=-500", lang="zh")
    assert "root" in chinese.stderr and "not a number" not in chinese.stderr
    assert np.isnan(pd.read_parquet(tmp_path / "out.parquet")["root"].iloc[-1])


def test_times_that_are_not_those_asked_for_are_told_and_are_no_fault(shell: Shell, teacup: Path) -> None:
    done = shell("simulate", str(teacup), "--save", "Teacup Temperature", "--time-step", "0.7", "--saveper", "3")
    assert printed(done).index.tolist()[:3] == [0, 2.8, 6.3]
    assert done.stderr.count("\n") == 2 and "no multiple of TIME STEP 0.7" in done.stderr
    assert "the run ends at 30.1" in done.stderr


WRONG = {
    ("--set", "Room Temprature=60"): 'did you mean "Room Temperature"',
    ("--set", "Room Temperature"): "write --set NAME=NUMBER",
    ("--set", "Room Temperature=warm"): "write --set NAME=NUMBER",
    ("--set", "=4"): "write --set NAME=NUMBER",
    ("--set", "Room Temperature=nan"): "is set to what is not a number",
    ("--set", "Heat Loss to Room=1"): "only constants can be set",
    ("--save", "Teacup Temprature"): 'did you mean "Teacup Temperature"',
    ("--time-step", "0"): "clock is not sound",
    ("--final-time", "-3"): "clock is not sound",
    ("--time-step", "soon"): "soon",
    ("--method", "rk5"): "rk5",
    ("-o", "out.docx"): "docx",
    ("-o", "no/such/folder/out.csv"): "no/such/folder",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_input_is_one_sentence_and_exit_code_2(
    arguments: tuple[str, str], shell: Shell, teacup: Path, tmp_path: Path
) -> None:
    done = shell("simulate", str(teacup), *arguments, cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == "", done.stdout
    assert WRONG[arguments] in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 or "Usage" in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_wrong_setting_is_told_at_once_in_each_language(shell: Shell, teacup: Path) -> None:
    wrong = ("--set", "Room Temprature=60", "--set", "Characteristic Tim=2")
    english = shell("simulate", str(teacup), *wrong)
    chinese = shell("simulate", str(teacup), *wrong, lang="zh")
    for done in (english, chinese):
        assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 2, done.stderr
        assert "Room Temprature" in done.stderr and "Characteristic Tim" in done.stderr
    assert "unknown constant" in english.stderr and "unknown" not in chinese.stderr


def test_a_model_that_is_not_there_or_cannot_be_read_is_one_sentence(shell: Shell, tmp_path: Path) -> None:
    missing = shell("simulate", str(tmp_path / "nothing.mdl"))
    assert missing.returncode == 2 and "nothing.mdl" in missing.stderr and "Traceback" not in missing.stderr
    broken = shell("simulate", str(vensim(tmp_path, "a = b + 1\nc = 2")))
    assert broken.returncode == 2 and '"b" is not defined' in broken.stderr and "Traceback" not in broken.stderr
