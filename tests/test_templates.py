"""The forms for issues and changes are well-formed and in both languages; the hooks run what is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))
TARGET = re.compile(r"^([a-z-]+):(?!=)([^\n]*)$", re.MULTILINE)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_in_both_languages(path: Path) -> None:
    form = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= form.keys()
    ids = [part["id"] for part in form["body"]]
    assert len(set(ids)) == len(ids)
    for label in [form["name"], form["description"], *(part["attributes"]["label"] for part in form["body"])]:
        chinese, _, english = label.partition(" · ")
        assert re.search(r"[\u4e00-\u9fff]", chinese) and re.search(r"[a-z]", english), label


def test_the_hooks_are_local_and_call_what_make_installs() -> None:
    config = YAML(typ="safe").load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert all(hook["language"] == "system" and hook["entry"].startswith(".venv/bin/") for hook in hooks)
    assert {"ruff-check", "ruff-format", "mypy", "import-linter"} <= {hook["id"] for hook in hooks}


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_help_lists_every_target_once_in_both_languages() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = [name for name, _ in TARGET.findall(makefile)]
    said = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  make ([a-z-]+) +\S.* · [^\n]*[\u4e00-\u9fff]", said, re.MULTILINE)
    assert listed == targets and len(targets) > 10
    phony = makefile.split(".PHONY:")[1].split("\n")[0].split()
    assert sorted(phony) == sorted(targets)
