"""What the README files, the pages in docs/ and the notebooks show is run as it stands."""

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
READMES = [
    ROOT / name
    for name in ("README.md", "README.zh.md", "model/README.md", "scenarios/README.md", "calibration/README.md")
]
PAGES = [*READMES, *sorted(it for it in (ROOT / "docs").rglob("*.md") if ROOT / "docs" / "model" not in it.parents)]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KINDS = {
    "sh",
    "python",
    "yaml",
    "text",
    "powershell",
    "nginx",
    "ini",
    "po",
}  # what is not run here is tried by its own test
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOT_RUN = {
    "xinzhi gaps ": "test_development follows the walk-through",
    "make ": "it sets up what is set up here already, and runs these tests",
    "python3 -m venv ": "test_install installs with pip",
    "xinzhi-env/": "test_install installs with pip",
    "sudo ": "test_serving runs the unit's own command behind the real nginx",
    "/opt/xinzhi/": "the service's folder; xinzhi check is run by other lines",
    "podman ": "test_container builds and runs where a container tool is there",
}
"""Beginnings of shell lines that are not run here, and why."""


def blocks(page: Path, language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


def shell_lines(page: Path) -> list[str]:
    """The shell lines of a page, without comments."""
    lines = [line.split("  #")[0].strip() for block in blocks(page, "sh") for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def commands() -> dict[Path, list[str]]:
    """The shell lines that are run: with each page those that no earlier page has."""
    seen: set[str] = set()
    found = {}
    for page in PAGES:
        found[page] = [line for line in shell_lines(page) if line not in seen and not line.startswith(tuple(NOT_RUN))]
        seen.update(found[page])
    return {page: lines for page, lines in found.items() if lines}


def test_a_notebook_is_kept_without_what_it_gives() -> None:
    """Its tables and pictures were 2 MB, other in every run; the notebooks are run above and by whoever opens them."""
    for notebook in NOTEBOOKS:
        cells = nbformat.read(notebook, as_version=4).cells
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells), notebook.name


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the content folders, where ``xinzhi`` is this environment's."""
    for folder in ("model", "scenarios", "calibration"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


@pytest.mark.parametrize("page", commands(), ids=name)
def test_the_shell_lines_of_a_page_run(page: Path, place: Path) -> None:
    script = "\n".join(["set -ex", *commands()[page]])
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=name)
def test_the_python_blocks_of_a_page_run(page: Path, place: Path) -> None:
    """One after the other, as a reader would type them."""
    names: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), names)


def test_every_block_says_what_it_is() -> None:
    for page in PAGES:
        kinds = {kind for kind, _ in BLOCK.findall(page.read_text(encoding="utf-8"))}
        assert kinds <= KINDS, name(page)


def test_a_shell_line_that_is_not_run_is_in_a_page() -> None:
    lines = [line for page in PAGES for line in shell_lines(page)]
    for beginning in NOT_RUN:
        assert any(line.startswith(beginning) for line in lines), beginning


def test_the_scenario_in_the_documents_is_a_valid_one(project, tmp_path: Path) -> None:
    from xinzhi.content.scenario import read_scenario
    from xinzhi.content.yaml_file import Problems

    found = blocks(ROOT / "scenarios" / "README.md", "yaml")
    assert found
    for text in found:
        problems = Problems()
        assert read_scenario(
            text, "example", "example.yaml", problems, project.content.sheet, project.content.uncertainties
        ), problems.noted


def test_the_two_readmes_are_equals() -> None:
    english, chinese = (READMES[index].read_text(encoding="utf-8") for index in (0, 1))
    for language in ("sh", "python"):
        without_comments = [[re.sub(r"\s+#.*", "", block) for block in blocks(page, language)] for page in READMES[:2]]
        assert without_comments[0] == without_comments[1]
    assert english.count("\n## ") == chinese.count("\n## ")
    pictures = [set(re.findall(r"\]\((docs/pictures/[^)]+)\)", text)) for text in (english, chinese)]
    for picture in pictures[0] | pictures[1]:
        assert (ROOT / picture).is_file(), picture
    assert pictures[0] and pictures[1]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_runs(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINZHI_NOTEBOOK", "small")
    client = NotebookClient(nbformat.read(notebook, as_version=4), timeout=120, resources={"metadata": {"path": ROOT}})
    client.execute()
