"""CONTRIBUTING.md's recipes, carried out from the page itself on a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import xinzhi
from xinzhi.futures.freshness import stale
from xinzhi.project import Project

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "CONTRIBUTING.md", ROOT / "CONTRIBUTING.zh.md")
BIN = Path(sys.executable).parent
CONTENT_SUITE = (
    "tests/test_content.py tests/test_fitted.py tests/test_model.py",
    'tests/test_schema.py tests/test_book.py -k "committed or validator or described or column or kept"',
)
"""More tests that read the content, beside those that the page itself runs."""
FENCE = re.compile(r"^```(?P<head>[^\n]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = re.compile(r"(?:diff|\w+ (?P<where>end of|new)) (?P<file>(?:model|scenarios|calibration)/[\w.-]+)")


@dataclass(frozen=True)
class Edit:
    """A block that changes a file: ``where`` is "end of", "new", or "" for a diff."""

    where: str
    file: str
    body: str

    def put_into(self, folder: Path) -> None:
        path = folder / self.file
        if self.where == "new":
            assert not path.exists(), f"{self.file} is there already"
            path.write_text(self.body, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        if self.where == "end of":
            path.write_text(text + self.body, encoding="utf-8")
            return
        lines = self.body.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        assert text.count("\n" + old) == 1, f"{self.file} has changed: {old!r}"
        path.write_text(text.replace("\n" + old, "\n" + new), encoding="utf-8")


def blocks(page: Path) -> Iterator[tuple[str, Edit | str]]:
    """The recipe's heading with each of its blocks: an edit, or the shell lines that follow."""
    for section in page.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading = section.splitlines()[0]
        for found in FENCE.finditer(section):
            if found["head"] == "sh":
                yield heading, found["body"]
            else:
                head = HEAD.fullmatch(found["head"])
                assert head, found["head"]
                yield heading, Edit(head["where"] or "", head["file"], found["body"])


def copied_repository(folder: Path) -> Path:
    """What a fresh clone would have, with what is not committed yet."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no clone of the repository")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def run_in(folder: Path, line: str, seconds: int = 600) -> subprocess.CompletedProcess[str]:
    """A shell line of the page, run with this environment's programs and the copy's own source."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV", "XINZHI_CACHE"))
    } | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "PYTHONPATH": str(folder / "src")}
    line = f"{line} -p no:cacheprovider" if line.startswith("pytest") else line
    # make finds this environment in the place of .venv, and takes it as it is
    line = f"make -o {BIN.parent}/dev VENV={BIN.parent} {line.removeprefix('make ')}" if line[:5] == "make " else line
    return subprocess.run(
        line, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=seconds
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository after all recipes, whose shell lines were run where they stand."""
    folder = copied_repository(tmp_path_factory.mktemp("clone"))
    for heading, block in blocks(PAGES[0]):
        if isinstance(block, Edit):
            block.put_into(folder)
            continue
        for line in block.splitlines():
            run = run_in(folder, line)
            assert run.returncode == 0, f"{heading}: {line}\n{run.stdout[-3000:]}{run.stderr[-3000:]}"
    return folder


@pytest.fixture(scope="module")
def grown(done: Path) -> Project:
    return xinzhi.load_project(done)


def test_after_the_recipes_the_tests_of_the_content_are_green(done: Path) -> None:
    for tests in CONTENT_SUITE:
        run = run_in(done, f"pytest -q {tests}")
        assert run.returncode == 0, run.stdout[-5000:]


def test_the_recipes_leave_the_fit_as_it_was(grown: Project) -> None:
    assert grown.content.hash != xinzhi.load_project(ROOT).content.hash
    assert stale(grown.content) is None


def test_the_new_lever_moves_its_target_and_asks_for_money(grown: Project) -> None:
    moved = {"household_saving": "8%", "household_saving.start": 2024}
    rich = {"policy_budget_share": "1.2%"}
    before, after = grown.run("baseline", levers=rich), grown.run("baseline", levers={**rich, **moved})
    assert after.at("energy_per_gdp", 2028) < before.at("energy_per_gdp", 2028)
    assert after.at("policy_cost", 2028) - before.at("policy_cost", 2028) == pytest.approx(0.08 * 400)
    energy = grown.targets(after).set_index("target")["value"]["energy_intensity"]
    assert energy < grown.targets(before).set_index("target")["value"]["energy_intensity"]


def test_the_new_target_is_judged(grown: Project) -> None:
    row = grown.targets("baseline").set_index("target").loc["nev_share_2027"]
    assert (row["threshold"], row["unit"], row["base_observed"]) == (50, "%", 21.9)
    assert row["met"] == (row["value"] >= 50)
    assert len(grown.content.targets) == len(xinzhi.load_project(ROOT).content.targets) + 1


def test_the_new_indicator_is_computed_and_drawn(grown: Project, done: Path) -> None:
    assert grown.run("baseline").at("household_energy", 2028) > grown.run("baseline").at("household_energy", 2023) > 0
    assert (done / "household.png").stat().st_size > 10_000


def test_the_new_scenario_differs_by_its_lever_alone(grown: Project) -> None:
    green, life = (grown.content.settings(grown.content.scenario(name)) for name in ("green-first", "green-life"))
    assert [name for name in green if green[name] != life[name]] == ["household_saving"]
    assert life["household_saving"].start == 2025


def test_both_languages_give_the_same_recipes() -> None:
    english, chinese = ([block for _, block in blocks(page)] for page in PAGES)
    assert english == chinese and len({heading for heading, _ in blocks(PAGES[0])}) == 5
