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
from xinzhi.content.files import FOLDERS
from xinzhi.project import Project

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "CONTRIBUTING.md", ROOT / "CONTRIBUTING.zh.md")
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


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project after all recipes, whose shell lines were run where they stand."""
    folder = tmp_path_factory.mktemp("clone")
    for name in (*FOLDERS, "tests", "scripts", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
    for name in ("pyproject.toml", "README.md", "README.zh.md"):
        shutil.copyfile(ROOT / name, folder / name)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV", "XINZHI_CACHE"))
    } | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    for heading, block in blocks(PAGES[0]):
        if isinstance(block, Edit):
            block.put_into(folder)
            continue
        for line in block.splitlines():
            run = subprocess.run(
                f"{line} -p no:cacheprovider" if line.startswith("pytest") else line,
                shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300,
            )  # fmt: skip
            assert run.returncode == 0, f"{heading}: {line}\n{run.stdout[-3000:]}{run.stderr[-3000:]}"
    return folder


@pytest.fixture(scope="module")
def grown(done: Path) -> Project:
    return xinzhi.load_project(done)


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
