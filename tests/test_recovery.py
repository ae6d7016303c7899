"""Truths that are made up are found again, and a fit that is wrong is found out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from xinzhi.cli import commands
from xinzhi.errors import XinzhiError
from xinzhi.futures.system import System, build_system
from xinzhi.project import Project
from xinzhi.store import Store
from xinzhi.studies.fit.optimum import find_optimum
from xinzhi.studies.fit.sampler import Effort, sample
from xinzhi.studies.recover import recovery as sbc
from xinzhi.studies.recover.charts import recovery_charts
from xinzhi.studies.recover.recovery import DRAWS, LIKELIHOOD, Recovery, recover, uniformity
from xinzhi.studies.recover.words import recovery_page, recovery_sentences

LITTLE = Effort(runs=1, walkers=32, steps=250, burn=100)
FEW = ("Rest TFP trend", "SEI RD intensity trend", "other RD intensity", "little giant rate", "imitation coefficient")


@pytest.fixture(scope="module")
def system(project: Project) -> System:
    """Five constants that history identifies; the others have the model's own values."""
    whole = build_system(project.content, project.simulator)
    priors = tuple(prior for name, prior in zip(whole.names, whole.priors, strict=True) if name in FEW)
    return replace(whole, names=FEW, priors=priors)


@pytest.fixture(scope="module")
def recovery(system: System, tmp_path_factory: pytest.TempPathFactory) -> Recovery:
    return recover(system, 2, 10, LITTLE, Store(tmp_path_factory.mktemp("store")), "a")


def test_truths_that_were_made_up_are_found_again_nine_times_in_ten(recovery: Recovery) -> None:
    assert recovery.tried == 10
    assert 0.8 <= recovery.sampled_share <= 1
    assert 0.8 <= recovery.normal_share <= 1
    assert min(it.adjusted for it in recovery.constants) > 0.05
    assert [it.name for it in recovery.constants] == [*FEW, LIKELIHOOD]


def test_errors_that_are_thought_a_quarter_as_large_are_found_out(system: System, tmp_path: Path) -> None:
    sure = replace(system, evidence=tuple(replace(it, whitening=4 * it.whitening) for it in system.evidence))
    found = recover(sure, 2, 5, LITTLE, Store(tmp_path), "a")
    assert found.sampled_share < 0.7
    assert found.normal_share < 0.7


def test_a_posterior_that_ignores_the_data_is_found_out_by_the_likelihood_alone(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prior(_system: object, _optimum: object, seed: int, _effort: object) -> np.ndarray:
        return np.random.default_rng(seed).normal(size=(1, 4, 50, len(FEW)))

    monkeypatch.setattr(sbc, "sample", prior)
    found = recover(system, 3, 40, LITTLE, Store(tmp_path), "a").constants
    assert all(it.adjusted > 0.05 for it in found[:-1])
    assert found[-1].name == LIKELIHOOD and found[-1].adjusted < 0.001


def test_ranks_are_called_uneven_as_often_as_they_should_be() -> None:
    rng = np.random.default_rng(5)
    fair = uniformity(rng.integers(0, DRAWS + 1, size=(60, 400)))
    assert 0.02 < (fair < 0.05).mean() < 0.08
    narrow = (DRAWS * rng.beta(0.6, 0.6, size=(150, 20))).astype(int)
    shifted = (DRAWS * rng.beta(1.5, 1, size=(150, 20))).astype(int)
    assert (uniformity(narrow) < 0.05).mean() > 0.8
    assert (uniformity(shifted) < 0.05).mean() > 0.8


def test_an_interrupted_run_goes_on_to_the_same_bits_and_a_damaged_trial_is_made_again(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = sbc.try_once
    calls: list[int] = []

    def counted(of: System, seed: Sequence[int], effort: Effort) -> sbc.Trial | None:
        calls.append(seed[1])
        return tried(of, seed, effort)

    monkeypatch.setattr(sbc, "try_once", counted)
    for name in ("broken", "whole"):
        (tmp_path / name).mkdir()
    recover(system, 7, 2, LITTLE, Store(tmp_path / "broken"), "a")
    first = sorted((tmp_path / "broken").iterdir())[0]
    first.write_text('{"places": [0.5], "ranks": [3]}', encoding="utf-8")
    resumed = recover(system, 7, 3, LITTLE, Store(tmp_path / "broken"), "a")
    assert calls == [0, 1, 0, 2]
    whole = recover(system, 7, 3, LITTLE, Store(tmp_path / "whole"), "a")
    assert (resumed.places == whole.places).all() and (resumed.ranks == whole.ranks).all()


def test_truths_that_give_no_number_are_refused_in_one_sentence(system: System, tmp_path: Path) -> None:
    variable, _ = system.variables["rd_expenditure"]
    broken = replace(system, variables={**system.variables, "rd_expenditure": (variable, np.nan)})
    with pytest.raises(XinzhiError, match="no run within the priors gives a number for every series"):
        recover(broken, 1, 2, LITTLE, Store(tmp_path), "a")


def test_the_page_says_outright_where_ranks_tell_of_a_fault(project: Project, recovery: Recovery) -> None:
    sound = recovery_page(project.content, recovery, "pictures/a.png", "zh")
    assert "无显著差异" in sound and "](pictures/a.png)" in sound and "| little giant rate |" in sound
    skewed = recovery.ranks.copy()
    skewed[:, 0] = 0
    said = recovery_sentences(project.content, replace(recovery, ranks=skewed), "en")
    assert any("The ranks of Rest TFP trend are not uniform" in sentence for sentence in said)


def test_the_pictures_show_every_constant_once(project: Project, recovery: Recovery) -> None:
    charts = recovery_charts(project.content, recovery, "en")
    assert list(charts) == ["recovery-en", "recovery-1-en"]
    assert len(charts["recovery-en"]().axes[0].lines) == len(FEW) + 1
    titles = [axes.get_title(loc="left") for axes in charts["recovery-1-en"]().axes]
    assert titles == [*FEW, "log likelihood"]


def test_the_command_writes_its_chapter_and_pictures(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sbc, "SHORT", Effort(runs=1, walkers=96, steps=250, burn=0))
    asked = ["recover", "--trials", "2", "--project", str(project.content.folder), "--json"]
    asked += ["-o", str(tmp_path / "recovery.md"), "--charts", str(tmp_path / "pictures")]
    done = CliRunner().invoke(commands("en"), asked, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert record["tried"] == 2 and len(record["constants"]) == 39
    page = (tmp_path / "recovery.md").read_text(encoding="utf-8")
    assert "](pictures/recovery-en.png)" in page
    assert len(list((tmp_path / "pictures").glob("*.png"))) == 5


def test_ctrl_c_keeps_what_is_done_and_says_so(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_system: System, seed: Sequence[int], _effort: Effort) -> sbc.Trial:
        if seed[1] == 1:
            raise KeyboardInterrupt
        return sbc.Trial(np.full(38, 0.5), np.full(39, 50))

    monkeypatch.setattr(sbc, "try_once", stopped)
    asked = ["recover", "--trials", "3", "--seed", "99", "--project", str(project.content.folder)]
    done = CliRunner().invoke(commands("en"), asked)
    assert done.exit_code == 1
    assert "1 of 3 are kept; the same command goes on from there." in done.stderr
    kept = project.simulator.store.folder.glob("recover-*-99-*")
    assert len(list(kept)) == 1


def test_ctrl_c_within_a_trial_prints_no_traceback(
    system: System, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    optimum = find_optimum(system, 1, starts=1)
    scored, calls = System.log_posterior, []

    def pressed(self: System, unknowns: np.ndarray) -> np.ndarray:
        calls.append(1)
        if len(calls) > 20:
            raise KeyboardInterrupt
        return scored(self, unknowns)

    monkeypatch.setattr(System, "log_posterior", pressed)
    with pytest.raises(KeyboardInterrupt):
        sample(system, optimum, 1, LITTLE)
    said = capsys.readouterr()
    assert said.out == "" and said.err == ""
