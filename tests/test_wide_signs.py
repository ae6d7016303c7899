"""What a Chinese input method, Windows or Excel does to a content file is read, or named as the cause."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xinzhi
from xinzhi.content.files import FOLDERS
from xinzhi.content.reader import Field, bilingual, choice, list_of, mapping_of, number, number_range, record, text
from xinzhi.content.table_file import guarded, read_table, unguarded
from xinzhi.content.yaml_file import BAD, Problems, read_yaml
from xinzhi.dashboard.lever_state import read_upload
from xinzhi.errors import ContentError
from xinzhi.project import Project
from xinzhi.show.words import say

ROOT = Path(__file__).parents[1]
FORM = record(
    Field("name", bilingual, "名称", "Name", None),
    Field("based_on", text, "依据", "Based on", None),
    Field("levers", mapping_of(text), "措施", "Levers", None),
    Field("kinds", list_of(choice(("red", "blue"))), "种类", "Kinds", None),
    Field("range", number_range(), "范围", "Range", None),
    Field("size", number, "大小", "Size", None),
)
GOOD = "name: {zh: 基准：一, en: Base}\nbased_on: x\nlevers:\n  rd: 5%\n  pr: 3%\nkinds: [red, blue]\n"


def told(written: str) -> list[tuple[int | None, str, str]]:
    """Line, English and Chinese of every problem of a file."""
    problems = Problems()
    root = read_yaml(written, "f.yaml", problems)
    if root is not None:
        FORM.read(root, problems)
    return [(it.place.line if it.place else None, str(it), say(it, "zh")) for it in problems.noted]


@pytest.mark.parametrize(
    ("old", "new", "line", "sign"),
    [
        ("name: {zh", "name：{zh", 1, "：->:"),
        ("based_on: x", "based_on：x", 2, "：->:"),
        ("levers:", "levers：", 3, "：->:"),
        ("rd: 5%", "rd：5%", 4, "：->:"),
        ("pr: 3%", "pr：3%", 5, "：->:"),
        ("rd: 5%\n  pr: 3%", "rd：5%\n  pr：3%", 4, "：->:"),
        ("kinds: ", "kinds：", 6, "：->:"),
        ("zh: 基", "zh：基", 1, "：->:"),
        ("一, en: Base", "一，en: Base", 1, "，->,"),
        ("一, en: Base", "一，en：Base", 1, "，->,"),
        ("{zh: 基准：一, en: Base}", "｛zh: 基准, en: Base｝", 1, "｛->{"),
        ("[red, blue]", "［red, blue］", 6, "［->["),
        ("[red, blue]", "\n－ red\n－ blue", 7, "－->-"),
        ("x\n", "“a: b”\n", 2, '“->"'),
    ],
)
def test_a_full_width_sign_is_named_as_the_cause_on_its_own_line(old: str, new: str, line: int, sign: str) -> None:
    assert old in GOOD and told(GOOD) == []
    found = told(GOOD.replace(old, new, 1))
    wide, narrow = sign.split("->")
    assert (found[0][0], found[0][2]) == (
        line, f"f.yaml:{line}：此处写成了全角符号“{wide}”，YAML只认半角的“{narrow}”；请切换到英文输入法重新输入。"
    )  # fmt: skip


def test_a_full_width_colon_within_a_lever_s_setting_is_named(project: Project) -> None:
    written = "name: {zh: 甲, en: a}\nnarrative: {zh: 甲, en: a}\nlevers:\n  public_rd_growth:\n    value：16%\n"
    with pytest.raises(ContentError, match=r'x\.yaml:5: the full-width sign "：" stands where YAML wants ":"'):
        read_upload(project.content, "x.yaml", written.encode())


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("kinds: [red，blue]\n", '"kinds" cannot be "red，blue"; write "," in place of the full-width "，".'),
        ("kinds: [red、blue]\n", '"kinds" cannot be "red、blue"; write "," in place of the full-width "、".'),
        ("\u3000size: 1\n", 'unknown key "size"; write " " in place of the full-width "\u3000".'),
    ],
)
def test_a_full_width_sign_in_a_name_is_the_remedy(written: str, says: str) -> None:
    assert says in told(written)[0][1]


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("based_on: 说明：这里: 错\n", 1),
        ("based_on: >\n  说明：一\n  注意：二\n kinds: [red]\n", 4),
        ("based_on: 'x\nkinds: [red]\n", 1),
        ("kinds: {red: 1\nsize: 2\n", 2),
        ("levers:\n   rd: 1\n  pr: 2\n", 3),
        ("based_on: @x\n", 1),
        ('based_on: "\\q"\n', 1),
        ("based_on: - x\n", 1),
    ],
)
def test_another_fault_is_told_in_the_reader_s_language_and_no_sign_is_blamed(written: str, line: int) -> None:
    (at, english, chinese), *more = told(written)
    assert at == line and not more
    assert "is not valid YAML (" in english and "full-width" not in english
    assert not re.search("[A-Za-z]{2,}", chinese.replace("f.yaml", "").replace("YAML", "")), chinese


@given(st.text(st.sampled_from("名a：，:, -#“”｛｝\n {}[]'\"1"), max_size=60))
def test_whatever_is_written_is_read_or_told_with_a_line_within_it(written: str) -> None:
    lines = written.count("\n") + 1
    assert all(line is None or 1 <= line <= lines + 1 for line, *_ in told(written))


def test_many_full_width_signs_are_told_quickly() -> None:
    assert told("a：b\n" * 2000 + "{")[0][0] is not None
    assert told("{" + "a：，" * 20_000 + ": :")[0][0] == 1


def test_full_width_digits_are_numbers_in_every_file(tmp_path: Path, project: Project) -> None:
    root = read_yaml("size: −１２．５\nrange: [０, １]\n", "f.yaml", Problems())
    assert root is not None
    read = FORM.read(root, Problems())
    assert read is not BAD and (read["size"], read["range"]) == (-12.5, (0, 1))
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    history = tmp_path / "calibration/history.csv"
    first, *rows = history.read_text(encoding="utf-8").splitlines()
    wide = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
    cells = [row.split(",", 4) for row in rows]
    text = [",".join([time.translate(wide), name, value.translate(wide), unit.replace("%", "％"), rest])
            for time, name, value, unit, rest in cells]  # fmt: skip
    history.write_text("\n".join([first, *text]) + "\n", encoding="utf-8")
    assert xinzhi.load_project(tmp_path).content.history == project.content.history


@pytest.mark.parametrize("charset", ["gbk", "big5", "utf-16"])
@pytest.mark.parametrize("name", ["scenarios/baseline.yaml", "calibration/history.csv", "model/levers.yaml"])
def test_a_file_in_another_charset_is_told_how_to_be_saved(charset: str, name: str, tmp_path: Path) -> None:
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = tmp_path / name
    path.write_bytes(path.read_text(encoding="utf-8").encode(charset, "replace"))
    with pytest.raises(ContentError) as caught:
        xinzhi.load_project(tmp_path)
    said = str(caught.value)
    assert f"{name.split('/')[1]}: is not UTF-8 text; save it as UTF-8." in said
    assert "codec" not in said and "out of date" not in said


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_is_read_back(text: str) -> None:
    assert not guarded(text).startswith(tuple("=+-@\t\r＝＋－＠"))
    assert unguarded(guarded(text)) == text


def test_a_table_is_read_without_the_apostrophes_that_keep_texts_from_being_formulas(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("\ufeffname,note\r\n'=1+1,'a\r\n''-x,'-5\r\n".encode())
    table = read_table(tmp_path / "t.csv", "t.csv", Problems())
    assert table is not None
    assert [cells for cells, _ in table.rows] == [["=1+1", "'a"], ["'-x", "-5"]]
