"""What the README files and notebooks show is run as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / name
    for name in ("README.md", "README.zh.md", "model/README.md", "scenarios/README.md", "calibration/README.md")
]
BLOCK = re.compile(r"^```(sh|powershell|python|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def blocks(page: Path, language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


def commands() -> list[str]:
    """Every shell line of every page, once. ``make`` and ``git`` lines set up what is set up here already; the lines on
    installing are run by test_install."""
    lines = [line for page in PAGES for block in blocks(page, "sh") for line in block.splitlines()]
    kept = dict.fromkeys(line.split("  #")[0].strip() for line in lines)
    elsewhere = ("make ", "git ", "cd ", "#", "xinzhi app", "python3 -m venv ", "xinzhi-env/")
    return [line for line in kept if line and not line.startswith(elsewhere)]


@pytest.mark.parametrize("command", commands())
def test_a_shell_line_of_the_documents_runs(command: str, tmp_path: Path) -> None:
    for name in ("model", "scenarios", "calibration"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_python_block_of_the_documents_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("model", "scenarios", "calibration"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), {})


def test_the_scenario_in_the_documents_is_a_valid_one(project, tmp_path: Path) -> None:
    from xinzhi.content.scenario import read_scenario
    from xinzhi.content.yaml_file import Problems

    found = blocks(ROOT / "scenarios" / "README.md", "yaml")
    assert found
    for text in found:
        problems = Problems()
        assert read_scenario(text, "example", "example.yaml", problems, project.content.sheet), problems.found


def test_the_two_readmes_are_equals() -> None:
    english, chinese = (PAGES[index].read_text(encoding="utf-8") for index in (0, 1))
    for language in ("sh", "powershell", "python"):
        without_comments = [
            [re.sub(r"\s+#.*", "", block) for block in blocks(page, language)] for page in (PAGES[0], PAGES[1])
        ]
        assert without_comments[0] == without_comments[1]
    assert english.count("\n## ") == chinese.count("\n## ")
    pictures = [set(re.findall(r"\]\((docs/pictures/[^)]+)\)", text)) for text in (english, chinese)]
    for picture in pictures[0] | pictures[1]:
        assert (ROOT / picture).is_file(), picture
    assert pictures[0] and pictures[1]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_runs(notebook: Path) -> None:
    client = NotebookClient(nbformat.read(notebook, as_version=4), timeout=120, resources={"metadata": {"path": ROOT}})
    client.execute()
