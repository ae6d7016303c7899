"""The shell command as its users run it: a process of its own, real files, wrong input."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import xarray as xr

import xinzhi
from xinzhi.content.files import FOLDERS
from xinzhi.content.folder import SCHEMAS
from xinzhi.project import Project

ROOT = Path(__file__).parents[1]
Shell = Callable[..., subprocess.CompletedProcess[str]]


def copy_project(folder: Path) -> Path:
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    return folder


def test_targets_as_json_say_all_that_a_verdict_rests_on(shell: Shell, project: Project) -> None:
    done = shell("targets", "baseline", "rd-first", "--json")
    assert done.returncode == 0, done.stderr
    records = json.loads(done.stdout)
    wanted = {
        "target", "scenario", "year", "value", "threshold", "sense", "unit", "indicator",
        "met", "gap", "status", "article", "departments", "quote", "headline", "programme", "whole",
    }  # fmt: skip
    assert len(records) == 2 * len(project.content.targets) and all(wanted <= set(record) for record in records)
    for record in records:
        assert record["gap"] == pytest.approx(record["value"] - record["threshold"])
        judged = math.floor(record["value"] + 0.5) if record["whole"] else record["value"]
        distance = judged - record["threshold"]
        assert record["met"] == (distance >= 0 if record["sense"] == ">=" else distance <= 0)
        assert record["year"] == 2028
    assert {record["unit"] for record in records if record["headline"]} == {"%"}
    assert {record["target"] for record in records if record["programme"]} >= {"consortia", "fusion_clusters"}
    assert records[0]["value"] == pytest.approx(project.targets("baseline")["value"][0])


def test_a_lever_is_set_by_its_chinese_name_and_in_human_units(shell: Shell, project: Project) -> None:
    done = shell(
        "targets", "baseline", "--set", "政府研发投入增速=12%", "--set", "rd_subsidy_rate.start=2026", "--json"
    )
    value = json.loads(done.stdout)[0]["value"]
    assert value == pytest.approx(project.targets("baseline", levers={"public_rd_growth": 0.12})["value"][0])
    assert value > project.targets("baseline")["value"][0]


def test_targets_stand_under_their_article_and_are_counted(shell: Shell, project: Project) -> None:
    said = shell("targets", lang="zh").stdout
    verdicts = json.loads(shell("targets", "--json", lang="zh").stdout)
    third = [record for record in verdicts if record["article"] == "3"]
    heading = f"第3条 加强科技创新成果转化应用：中心路径{sum(record['met'] for record in third)}/{len(third)}达标"
    assert said.index("总体要求：") < said.index("第1条 ") < said.index(heading) < said.index("第15条 ")
    assert said.index(heading) < said.index(third[0]["name"]) < said.index("第4条 ")
    count, missed = len(verdicts), sum(not record["met"] for record in verdicts)
    assert f"{count}项目标按中心路径：达标{count - missed}项，未达标{missed}项" in said
    assert "※ 规划类目标" in said and len(project.content.targets) == count


def test_a_missed_target_is_an_exit_code_only_where_it_is_asked_for(shell: Shell) -> None:
    assert shell("targets", "baseline").returncode == 0
    assert shell("targets", "baseline", "--fail-on-miss").returncode == 1


def test_each_language_speaks_its_own(shell: Shell) -> None:
    english, chinese = shell("targets", lang="en"), shell("targets", lang="zh")
    assert "not met" in english.stdout and "Baseline" in english.stdout
    assert "未达标" in chinese.stdout and "基准情景" in chinese.stdout
    assert "未达标" in shell("targets", "--lang", "zh", lang="en").stdout
    assert "评判" in shell("targets", "--help", lang="zh").stdout
    assert "Judge" in shell("targets", "--help", lang="en").stdout


def test_a_run_is_written_in_every_format_with_the_same_numbers(shell: Shell, project: Project, tmp_path: Path) -> None:
    import pandas as pd

    for suffix in ("csv", "xlsx", "parquet", "nc", "json"):
        done = shell("run", "rd-first", "-o", str(tmp_path / f"run.{suffix}"))
        assert done.returncode == 0, done.stderr
    tables = {
        "csv": pd.read_csv(tmp_path / "run.csv"),
        "xlsx": pd.read_excel(tmp_path / "run.xlsx", engine="openpyxl"),
        "parquet": pd.read_parquet(tmp_path / "run.parquet"),
        "json": pd.DataFrame(json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))),
    }
    with xr.open_dataset(tmp_path / "run.nc") as dataset:
        tables["nc"] = dataset.to_dataframe().reset_index()
        assert dataset["local_conversion_rate"].attrs["units"] == "%"
    run = project.run("rd-first")
    for name, table in tables.items():
        assert table.columns[0] == "time" and table["time"].tolist() == list(range(2015, 2031)), name
        assert set(table.columns[1:]) == set(project.content.indicators), name
        for key in project.content.indicators:
            assert table[key].tolist() == pytest.approx(run.in_unit(key).tolist(), rel=1e-12), (name, key)
    assert 50 < tables["csv"].set_index("time").loc[2023, "local_conversion_rate"] < 70


def test_a_run_prints_a_table_or_json(shell: Shell) -> None:
    assert "2028" in shell("run", "baseline").stdout
    record = json.loads(shell("run", "baseline", "--json").stdout)
    assert record["scenario"] == "baseline" and record["rows"][0]["time"] == 2015
    assert {item["indicator"] for item in record["indicators"]} == record["rows"][0].keys() - {"time"}


def test_scenarios_are_compared_with_the_first(shell: Shell) -> None:
    record = json.loads(shell("compare", "baseline", "green-first", "--json").stdout)
    assert record["scenarios"] == ["baseline", "green-first"]
    assert {row["lever"] for row in record["levers"]} >= {"retrofit_rate", "energy_price_uplift"}
    assert all(row["differences"][0] == 0 for row in record["indicators"])
    assert "Levers that differ" in shell("compare", "green-first").stdout


def test_a_chart_is_written_in_every_format(shell: Shell, tmp_path: Path) -> None:
    for suffix, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        path = tmp_path / f"chart.{suffix}"
        done = shell(
            "chart", "rd_expenditure", "manufacturing_share_gdp", "-s", "rd-first", "-o", str(path), "--lang", "zh"
        )
        assert done.returncode == 0, done.stderr
        assert path.read_bytes().startswith(start)


def test_check_tells_the_accuracy_and_reality_checks(shell: Shell) -> None:
    done = shell("check")
    assert done.returncode == 0, done.stderr
    assert "Accuracy" in done.stdout and "The three producers add up to GDP" in done.stdout
    record = json.loads(shell("check", "--json").stdout)
    assert all(row["passed"] for row in record["checks"]) and len(record["accuracy"]) > 10


def test_check_fails_with_one_when_a_reality_check_fails(shell: Shell, tmp_path: Path) -> None:
    checks = copy_project(tmp_path) / "model" / "checks.yaml"
    text = checks.read_text(encoding="utf-8")
    checks.write_text(text.replace("initial knowledge: 0.1054", "initial knowledge: 0.2054"), encoding="utf-8")
    done = shell("check", "--project", str(tmp_path))
    assert done.returncode == 1 and "failed: " in done.stdout


def test_init_gives_folders_that_work_and_never_writes_over_them(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "wuhan"
    assert shell("init", str(target)).returncode == 0
    assert sorted(path.name for path in target.iterdir()) == sorted([*FOLDERS, SCHEMAS])
    done = shell("targets", cwd=target)
    assert done.returncode == 0 and str(target) in done.stderr
    again = shell("init", str(target))
    assert again.returncode == 2 and "exists already" in again.stderr


def test_the_project_used_is_the_nearest_one_and_is_told(shell: Shell, tmp_path: Path) -> None:
    copy_project(tmp_path)
    inside = tmp_path / "calibration"
    assert str(tmp_path) in shell("targets", cwd=inside).stderr


BAD = [
    (["targets", "rd-frist"], 'unknown scenario "rd-frist"; did you mean "rd-first"?'),
    (["targets", "--set", "rd_subsidy=3%"], 'unknown lever "rd_subsidy"; did you mean "rd_subsidy_rate"?'),
    (["targets", "--set", "rd_subsidy_rate=40%"], "outside the range"),
    (["targets", "--set", "rd_subsidy_rate=high"], "is not a number"),
    (["targets", "--set", "rd_subsidy_rate=nan"], "is not a number"),
    (["targets", "--set", "rd_subsidy_rate"], "write --set LEVER=VALUE"),
    (["targets", "--set", "rd_subsidy_rate.start=1999"], "allowed are 2024 to 2027"),
    (["run", "baseline", "-o", "run.docx"], 'the suffix ".docx" names no known format'),
    (["run", "baseline", "-o", "run"], "names no known format"),
    (["run", "baseline", "-o", "nowhere/run.csv"], "cannot be written (no such file or folder)"),
    (["chart", "rd_expenditur", "-o", "a.png"], 'did you mean "rd_expenditure"?'),
    (["chart", "rd_expenditure", "-o", "a.bmp"], "allowed are: .png, .svg, .pdf"),
    (["chart", "rd_expenditure"], "--output"),
    (["targets", "--project", "nowhere"], "is not a project folder"),
    (["nonsense"], "nonsense"),
    (["targets", "--nonsense"], "nonsense"),
    (["targets", "--lang", "fr"], "fr"),
]


@pytest.mark.parametrize(
    ("arguments", "sentence"), BAD, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_bad_input_is_one_sentence_and_exit_code_two(
    shell: Shell, arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    project = [] if "--project" in arguments or arguments == ["nonsense"] else ["--project", str(ROOT)]
    done = shell(*arguments, *project, cwd=tmp_path)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_an_empty_project_folder_is_refused(shell: Shell, tmp_path: Path) -> None:
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    done = shell("targets", "--project", str(tmp_path))
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "model/region.yaml: cannot be read (no such file or folder)" in done.stderr


def test_a_broken_model_file_is_told_with_file_and_line_in_both_languages(shell: Shell, tmp_path: Path) -> None:
    model = copy_project(tmp_path) / "model" / "hubei.mdl"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("\tSEI VA+TM VA+Rest VA\n", "\tSEI VA+*TM VA\n"), encoding="utf-8")
    line = text.splitlines().index("real GDP=") + 1
    english, chinese = shell("targets", cwd=tmp_path), shell("targets", cwd=tmp_path, lang="zh")
    assert english.returncode == chinese.returncode == 2
    assert f'model/hubei.mdl:{line}: the equation of "real GDP" cannot be read' in english.stderr
    assert f"model/hubei.mdl:{line}：“real GDP”的方程无法读取" in chinese.stderr
    assert "Traceback" not in english.stderr + chinese.stderr


def test_an_output_folder_that_cannot_be_written_is_told(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    (tmp_path / "file").write_text("", encoding="utf-8")
    places = [tmp_path / "file" / "run.csv"] + ([] if os.geteuid() == 0 else [folder / "run.csv"])  # root may write all
    for place in places:
        done = shell("run", "baseline", "-o", str(place))
        assert done.returncode == 2 and "cannot be written" in done.stderr and "Traceback" not in done.stderr


def test_a_file_is_never_left_half_written(tmp_path: Path) -> None:
    from xinzhi.output import write_atomically

    path = tmp_path / "run.csv"
    path.write_text("whole", encoding="utf-8")

    def fail(temporary: Path) -> None:
        temporary.write_text("half", encoding="utf-8")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_atomically(path, fail)
    assert path.read_text(encoding="utf-8") == "whole" and list(tmp_path.iterdir()) == [path]


def test_the_version_is_told(shell: Shell) -> None:
    assert xinzhi.__version__ in shell("--version").stdout
