"""docs/development: a study, added to the letter in a copy of the program, works in the shell, in Python and on the page."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"`(src/xinzhi/studies/gaps/[\w.]+)`(?:(?!```).)*?```\w+\n(.*?)```", re.DOTALL)
PAGE = """
import os, sys
from streamlit.testing.v1 import AppTest
os.environ["XINZHI_LANG"] = sys.argv[1]
page = AppTest.from_file(sys.argv[2], default_timeout=60)
page.query_params["ui"] = "native"
page.session_state["gaps"] = True
page.run()
assert not page.exception, page.exception
print([it.label for it in page.expander])
"""


def files(lang: str) -> dict[str, str]:
    text = (ROOT / "docs" / f"development.{lang}.md").read_text(encoding="utf-8")
    return dict(BLOCK.findall(text))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program in which the walk-through was followed."""
    folder = tmp_path_factory.mktemp("program")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "app.py", folder)
    for name, text in files("en").items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def run(program: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(program / "src"), "XINZHI_PROJECT": str(ROOT)}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True,
                          encoding="utf-8", timeout=120, check=False)  # fmt: skip


def test_both_languages_show_the_same_files() -> None:
    assert files("en") == files("zh")
    assert {Path(name).name for name in files("en")} == {"__init__.py", "study.py", "zh.po"}


def test_a_study_of_one_folder_is_a_command_with_the_options_of_all(program: Path, tmp_path: Path) -> None:
    done = run(program, "-m", "xinzhi", "gaps", "innovation-first", "--most", "5", "--json", "--lang", "en",
               "-o", str(tmp_path / "gaps.csv"), "-o", str(tmp_path / "gaps.xlsx"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    records = json.loads(done.stdout)
    assert len(records) == 5
    assert pd.read_csv(tmp_path / "gaps.csv").to_dict("records") == records
    assert pd.read_excel(tmp_path / "gaps.xlsx", engine="openpyxl")["target"].tolist() == [
        it["target"] for it in records
    ]
    moved = run(program, "-m", "xinzhi", "gaps", "--set", "public_rd_growth=12%", "--json")
    still = run(program, "-m", "xinzhi", "gaps", "--json")
    assert moved.returncode == 0 and moved.stdout != still.stdout
    chinese = run(program, "-m", "xinzhi", "gaps", "--lang", "zh")
    assert "未达到的目标（按差距）" in chinese.stdout


def test_a_study_of_one_folder_is_found_by_python(program: Path) -> None:
    code = "import xinzhi; print(len(xinzhi.load_project().study('gaps', most=4).to_pandas()))"
    done = run(program, "-c", code)
    assert done.stdout.strip() == "4", done.stderr


@pytest.mark.parametrize(("lang", "title"), [("zh", "未达到的目标（按差距）"), ("en", "Missed targets by their gap")])
def test_a_study_of_one_folder_is_on_the_page(program: Path, lang: str, title: str) -> None:
    done = run(program, "-c", PAGE, lang, str(program / "app.py"))
    assert done.returncode == 0 and title in done.stdout, done.stderr[-2000:]
