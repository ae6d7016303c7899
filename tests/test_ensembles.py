"""Ensembles in folders: the same bits however they were made, nothing lost by an interruption, opened in one line."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from xinzhi.analysis.verdict import judge
from xinzhi.cli import commands
from xinzhi.cli.ending import ended
from xinzhi.errors import XinzhiError
from xinzhi.futures.ensemble import run_ensemble as run_in_memory
from xinzhi.futures.library import LIBRARY, Futures, open_futures
from xinzhi.futures.stream import columns_of, run_chunk
from xinzhi.project import Project
from xinzhi.simulate import Simulator
from xinzhi.store import Store
from xinzhi.studies.ensemble.ensemble_files import MANIFEST, Recipe, open_folder, place, read_folder

RUNS = 25_000


@pytest.fixture(scope="module")
def futures(project: Project) -> Futures:
    return open_futures(project.content, project.simulator, project.run(), 0)


@pytest.fixture(scope="module")
def made(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ensemble") / "whole"
    project.run_ensemble("baseline", "innovation-first", folder=folder, runs=RUNS)
    return folder


def parts(folder: Path) -> dict[str, bytes]:
    return {str(it.relative_to(folder)): it.read_bytes() for it in sorted(folder.rglob("*.parquet"))}


def test_a_member_is_made_of_its_number_alone(futures: Futures) -> None:
    whole, some = futures.rows(0, 30_000), futures.rows(19_990, 20_010)
    for name, values in some.items():
        assert (values == whole[name][19_990:20_010]).all(), name
    changed = [name for name in whole if (whole[name][:LIBRARY] != whole[name][LIBRARY : 2 * LIBRARY]).any()]
    assert sorted(changed) == sorted(futures.fresh)


def test_a_damaged_library_is_drawn_anew(project: Project, tmp_path: Path) -> None:
    store = Store(tmp_path)
    simulator = Simulator(project.content, store)
    whole = open_futures(project.content, simulator, project.run(), 0)
    (kept,) = tmp_path.glob("library-*")
    for junk in (b"", b"PK\x03\x04 no", kept.read_bytes()[:5000]):
        kept.write_bytes(junk)
        again = open_futures(project.content, simulator, project.run(), 0)
        assert (again.rows(0, 5)["conversion time"] == whole.rows(0, 5)["conversion time"]).all()


def test_what_acts_after_the_base_year_leaves_the_base_year_alone(project: Project, futures: Futures) -> None:
    design = futures.design(LIBRARY + 500)
    ensemble = run_in_memory(project.content, project.simulator, design, project.run())
    row = ensemble.years.index(2023)
    for name, start in design.start.items():
        said = ensemble.values[ensemble.indicators.index(name)][row] * project.content.indicators[name].factor
        assert said[design.met] == pytest.approx(start[design.met], rel=2e-3), name
    assert len(futures.fresh) > 150


def test_a_chunk_holds_what_judging_the_member_s_run_gives(project: Project, futures: Futures) -> None:
    run = project.run("all-half")
    own = replace(
        futures,
        library=replace(
            futures.library,
            columns={
                name: np.full(LIBRARY, project.content.model.variables[name].value)
                for name in futures.library.columns
                if name in project.content.model.variables
            },
        ),
    )
    chunk = run_chunk(project.content, project.simulator, own, run, 0, 3)
    for verdict in judge(project.content, run):
        assert chunk.columns[verdict.target.id][0] == pytest.approx(verdict.value, rel=1e-9, abs=1e-9)
    assert list(chunk.columns) == columns_of(project.content)


def test_scenarios_share_their_members_and_odds_are_of_the_first_of_them(project: Project, made: Path) -> None:
    folder = read_folder(made)
    frames = {name: folder.frame(name, ["port"]) for name in folder.recipe.scenarios}
    assert np.corrcoef(frames["baseline"]["port"], frames["innovation-first"]["port"])[0, 1] > 0.9
    odds = project.odds("baseline", members=4000)
    target = next(it for it in odds.targets if it.target.id == "sei_va_level")
    figures = folder.frame("baseline", ["sei_va_level"])["sei_va_level"].to_numpy()[:4000]
    assert (figures >= target.target.threshold).mean() == target.odds


def test_the_same_arguments_give_the_same_bits_whatever_the_threads(made: Path, tmp_path: Path) -> None:
    code = (
        "import os; os.sched_setaffinity(0, {0}); from xinzhi.project import load_project; "
        f"load_project().run_ensemble('baseline', 'innovation-first', folder={str(tmp_path / 'one')!r}, runs={RUNS})"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
    assert parts(tmp_path / "one") == parts(made)


def test_killed_at_any_moment_it_goes_on_to_the_same_bits(made: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "xinzhi",
        "ensemble",
        "baseline",
        "innovation-first",
        "--runs",
        str(RUNS),
        "--folder",
    ]
    rng = random.Random(0)
    folder = tmp_path / "killed"
    for attempt in range(11):
        again = ["--resume"] if (folder / MANIFEST).exists() else []
        process = subprocess.Popen(
            [*command, str(folder), *again], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip
        if attempt < 10:
            time.sleep(rng.uniform(0.8, 2.6))
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        for file in folder.rglob("*.parquet"):
            if not file.name.startswith(".writing"):
                pq.read_metadata(file)  # whole
    subprocess.run([*command, str(folder), "--resume"], check=True, capture_output=True, cwd=Path(__file__).parents[1])
    assert {name: it for name, it in parts(folder).items() if ".writing" not in name} == parts(made)


def test_failed_members_are_counted_and_listed_and_in_no_statistic(
    project: Project, futures: Futures, tmp_path: Path
) -> None:
    from xinzhi.studies.ensemble.ensemble_files import open_folder
    from xinzhi.studies.ensemble.ensembles import Made, plan_ensemble, run_parts
    from xinzhi.studies.ensemble.words import ensemble_sentences

    columns = {name: values.copy() for name, values in futures.library.columns.items()}
    columns["conversion time"][:3] = np.nan
    broken = replace(futures, library=replace(futures.library, columns=columns))
    runs = {"baseline": project.run()}
    recipe, _ = plan_ensemble(project.content, project.simulator, project.run(), runs, 1000, 0)
    folder = open_folder(tmp_path / "e", recipe, resume=False)
    run_parts(project.content, project.simulator, runs, folder, broken)
    (found,) = Made(project.content, folder).summaries()
    assert found.failed == 3 and found.members == 1000
    failures = folder.failures("baseline")
    assert [it["member"] for it in failures] == [0, 1, 2] and all(it["variable"] for it in failures)
    said = " ".join(ensemble_sentences(found, folder, "en"))
    assert "3 of 1,000 gave no number" in said and "Member 0:" in said
    assert folder.frame("baseline").isna().any(axis=1).sum() == 3


def test_results_open_in_one_line(project: Project, made: Path) -> None:
    frame = pd.read_parquet(made / "baseline")
    assert len(frame) == RUNS and set(project.content.targets) < set(frame.columns)
    about = json.loads(pq.read_schema(made / "baseline" / "part-00000.parquet").metadata[b"xinzhi"])
    assert about["seed"] == 0 and about["content"] == project.content.hash and about["scenario"] == "baseline"
    assert {"model", "version", "design", "runs", "settings"} <= set(about)


def test_another_recipe_or_a_full_folder_is_refused(project: Project, made: Path, tmp_path: Path) -> None:
    with pytest.raises(XinzhiError, match="holds this ensemble already, whole or in part; go on with --resume"):
        project.run_ensemble("baseline", "innovation-first", folder=made, runs=RUNS)
    with pytest.raises(XinzhiError, match=r"another recipe \(runs\); choose another folder"):
        project.run_ensemble("baseline", "innovation-first", folder=made, runs=RUNS + 1, resume=True)
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(XinzhiError, match="is not empty; choose another folder"):
        project.run_ensemble(folder=tmp_path, runs=10)
    with pytest.raises(XinzhiError, match=r"cannot be written \(.*\); choose a folder"):
        project.run_ensemble(folder=tmp_path / "mine.txt" / "below", runs=10)
    with pytest.raises(XinzhiError, match="holds no ensemble; make one with: xinzhi ensemble"):
        read_folder(tmp_path)


def recipe_of(seed: int) -> Recipe:
    return Recipe("content", "model", "1", ("baseline", "other"), {"baseline": {}}, 10, seed, 10_000, 1.0, "drawn")


def begun(path: Path, seed: int, barrier: threading.Barrier) -> str:
    barrier.wait()
    try:
        open_folder(path, recipe_of(seed), resume=False)
    except XinzhiError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("seeds", [(1, 2), (1, 1)])
def test_of_two_ensembles_that_begin_in_one_folder_one_is_refused(
    seeds: tuple[int, int], links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", no_links)
    refusal = "another recipe (seed)" if seeds[0] != seeds[1] else "this ensemble already"
    refusals = (refusal,) if links else (refusal, "holds no ensemble")  # it may be read before it is whole
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        for number in range(50):
            path = tmp_path / str(number)
            said = [it.result() for it in [pool.submit(begun, path, seed, barrier) for seed in seeds]]
            (mine,) = [seed for seed, refused in zip(seeds, said, strict=True) if not refused] or [None]
            assert mine is not None and any(it in "".join(said) for it in refusals), said
            assert read_folder(path).recipe == recipe_of(mine)
            assert [it.name for it in path.iterdir()] == [MANIFEST]


@pytest.mark.parametrize("resume", [True, False])
def test_a_folder_that_a_full_disk_left_before_the_recipe_was_there_is_begun_again(
    resume: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _content: bytes) -> None:
        if path.name.startswith(".writing-"):
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as spoiled, pytest.raises(XinzhiError, match=r"cannot be written \(the disk is full\)"):
        spoiled.setattr(Path, "write_bytes", full)
        open_folder(tmp_path / "e", recipe_of(1), resume=False)
    (tmp_path / "e" / "other").mkdir()  # as earlier versions left it
    (tmp_path / "e" / ".writing-abc").write_text("half")
    assert open_folder(tmp_path / "e", recipe_of(1), resume=resume).recipe == recipe_of(1)
    assert read_folder(tmp_path / "e").recipe == recipe_of(1)
    for number, name in enumerate(("thesis.txt", "other/part-00000.parquet", "third/x")):
        mine = tmp_path / str(number) / name
        mine.parent.mkdir(parents=True)
        mine.write_text("mine")
        with pytest.raises(XinzhiError, match="is not empty; choose another folder"):
            open_folder(tmp_path / str(number), recipe_of(1), resume=resume)
        assert mine.read_text() == "mine"


def test_what_a_killed_ensemble_was_writing_is_removed_when_it_goes_on(tmp_path: Path) -> None:
    open_folder(tmp_path, recipe_of(1), resume=False)
    code = (
        "import os, sys; from pathlib import Path; from xinzhi.output import write_atomically;"
        " path = Path(sys.argv[1]); path.mkdir();"
        " write_atomically(path / 'part', lambda path: (path.write_bytes(b'half'), os._exit(9)))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "other")], check=False)
    assert list(tmp_path.rglob(".writing-*"))
    open_folder(tmp_path, recipe_of(1), resume=True)
    assert not list(tmp_path.rglob(".writing-*"))


def test_a_full_disk_is_told_in_one_sentence(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xinzhi.studies.ensemble.ensemble_files.write_atomically", full)
    with pytest.raises(XinzhiError, match=r"cannot be written \(the disk is full\)"):
        project.run_ensemble(folder=tmp_path / "e", runs=10)
    assert not list(tmp_path.rglob("*.parquet"))


def test_parts_on_another_file_system_are_the_same_bits(project: Project, tmp_path: Path) -> None:
    pytest.importorskip("upath")
    project.run_ensemble(folder=tmp_path / "here", runs=12_000)
    project.run_ensemble(folder="memory://futures/there", runs=12_000)
    there = read_folder(place("memory://futures/there"))
    for number in range(2):
        here = tmp_path / "here" / "baseline" / f"part-{number:05d}.parquet"
        assert there.part("baseline", number).read_bytes() == here.read_bytes()
    assert len(there.frame("baseline", ["rd_growth"])) == 12_000 and there.failures("baseline") == []
    with pytest.raises(XinzhiError, match="memory://futures/there: holds this ensemble already"):
        project.run_ensemble(folder="memory://futures/there", runs=12_000)
    with pytest.raises(XinzhiError, match="nowhere://x: no such file system is at hand; install what fsspec needs"):
        project.run_ensemble(folder="nowhere://x", runs=10)


def test_the_command_tells_odds_with_their_interval(tmp_path: Path) -> None:
    for lang, word in (("zh", "概率估计的95%区间"), ("en", "Estimate, 95%")):
        arguments = ["ensemble", "--runs", "500", "--folder", str(tmp_path / lang), "--lang", lang]
        result = CliRunner().invoke(commands(lang), arguments)
        assert result.exit_code == 0 and word in result.output, result.output
    arguments = ["ensemble", "--runs", "500", "--folder", str(tmp_path / "j"), "--json"]
    result = CliRunner().invoke(commands("en"), arguments)
    record = json.loads(result.stdout)
    assert record["scenarios"][0]["members"] == 500 and record["recipe"]["seed"] == 0
    assert f"Written: {tmp_path / 'j'}" in result.stderr


def test_the_whole_ensemble_is_one_netcdf_file_and_a_folder_has_an_option_of_its_own(tmp_path: Path) -> None:
    import xarray as xr

    path, arguments = tmp_path / "whole.nc", ["ensemble", "baseline", "rd-first", "--runs", "500", "-o"]
    done = CliRunner().invoke(commands("en"), [*arguments, str(path), "--folder", str(tmp_path / "e")])
    assert done.exit_code == 0 and done.stdout == "", done.output
    with xr.open_dataset(path, engine="h5netcdf") as opened:
        assert opened.sizes == {"scenario": 2, "member": 500} and opened.attrs["xinzhi"]
        frame = pd.read_parquet(tmp_path / "e" / "rd-first")
        assert (opened["trade"].sel(scenario="rd-first").to_numpy() == frame["trade"].to_numpy()).all()
    done = CliRunner().invoke(commands("en"), [*arguments, str(tmp_path / "out")])
    assert str(done.exception) == (
        f"{tmp_path / 'out'}: a file needs a suffix, such as .csv; name a folder by --folder."
    )
    done = CliRunner().invoke(commands("en"), arguments[:-1])
    assert str(done.exception) == 'ensemble needs "folder"; in the shell: --folder.'


def test_levers_hold_in_every_scenario_of_an_ensemble(project: Project, tmp_path: Path) -> None:
    levers = {"public_rd_growth": "12%"}
    made = project.run_ensemble("baseline", "rd-first", folder=tmp_path / "e", runs=200, levers=levers)
    for settings in made.folder.recipe.settings.values():
        assert settings["levers"]["public_rd_growth"]["value"] == pytest.approx(0.12)
    table = made.to_pandas()
    assert list(table.columns[:3]) == ["scenario", "target", "odds"] and len(repr(made)) <= 200
    assert len(table) == 2 * len(project.content.targets) and (table["odds_low"] < table["odds_high"]).all()


def test_ctrl_c_says_that_what_is_done_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("xinzhi.studies.ensemble.ensembles.run_parts", stopped)
    asked = ["ensemble", "--runs", "10", "--folder", str(tmp_path / "e")]
    assert ended(lambda: commands("en").main(asked, standalone_mode=False), "en") == 130
    assert "What is done is kept; go on with --resume." in capsys.readouterr().err
