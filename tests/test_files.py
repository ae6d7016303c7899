"""Content as other systems and editors leave it: marks, line ends, locks and backups change nothing that is meant."""

from __future__ import annotations

import codecs
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xinzhi
from xinzhi.cli.shell import open_project
from xinzhi.content.files import FOLDERS, KINDS, files_hash, in_form_of, stamps, text_of
from xinzhi.content.fitted import inputs_hash
from xinzhi.content.history import HISTORY
from xinzhi.content.observations import with_rows
from xinzhi.errors import ContentError
from xinzhi.futures.freshness import stale
from xinzhi.project import Project

ROOT = Path(__file__).parents[1]


def copy_project(folder: Path, changed: Callable[[bytes], bytes] = lambda written: written) -> Path:
    """The project in ``folder``, what its text files hold ``changed``."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    for path in folder.rglob("*"):
        if path.suffix in KINDS:
            path.write_bytes(changed(path.read_bytes()))
    return folder


def as_windows_saves(written: bytes) -> bytes:
    return codecs.BOM_UTF8 + written.rstrip(b"\n").replace(b"\n", b"\r\n")


def test_of_files_with_plain_line_ends_the_fingerprint_is_that_of_their_bytes_as_old_links_hold_it(
    project: Project,
) -> None:
    digest, results = (
        hashlib.sha256(),
        ("calibration/fitted.yaml", "calibration/backtest.yaml", "calibration/hindcast.yaml", "calibration/forecasts"),
    )
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in (".mdl", ".yaml", ".csv", ".txt") and not name.startswith(results):
                digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    assert project.content.hash == digest.hexdigest()


def test_a_mark_other_line_ends_and_a_last_line_without_end_make_no_other_content(
    project: Project, tmp_path: Path
) -> None:
    other = xinzhi.load_project(copy_project(tmp_path, as_windows_saves))
    assert other.content.hash == project.content.hash
    assert inputs_hash(tmp_path) == inputs_hash(ROOT) and stale(other.content) is None
    assert other.run().to_pandas().equals(project.run().to_pandas())


@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="\r\ufeff")),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.booleans(),
    last=st.booleans(),
    kind=st.sampled_from(KINDS),
)
def test_what_a_file_says_is_its_fingerprint(
    tmp_path_factory: pytest.TempPathFactory, text: str, end: str, mark: bool, last: bool, kind: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / f"file{kind}"

    def hashed(written: str) -> str:
        path.write_bytes(written.encode())
        return files_hash(folder, [path])

    plain = hashed("x" + text + "y\n")
    assert hashed("\ufeff" * mark + f"x{text}y".replace("\n", end) + last * end) == plain
    assert hashed("x" + text + "z\n") != plain


def test_what_editors_and_systems_put_beside_files_is_no_content(project: Project, tmp_path: Path) -> None:
    copy_project(tmp_path)
    for name in (
        "scenarios/._baseline.yaml", "model/._hubei.mdl", "model/.levers.yaml.swp", "model/levers.yaml~",
        "model/#levers.yaml#", "calibration/.writing-abc.yaml", "calibration/~$history.csv", "model/.DS_Store",
        "scenarios/.ipynb_checkpoints/baseline.yaml", "scenarios/~$plan.yaml",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "model/.#levers.yaml").symlink_to("somebody@machine.1234:5678")
    (tmp_path / "scenarios/gone.yaml").symlink_to("nowhere.yaml")
    other = xinzhi.load_project(tmp_path)
    assert other.content.hash == project.content.hash and other.content.scenarios.keys() == (
        project.content.scenarios.keys()
    )
    assert not any("writing" in path or "#" in path for path, *_ in stamps(tmp_path))


def test_a_file_that_goes_between_listing_and_reading_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "model"
    there.mkdir()
    for name in ("a.yaml", "b.yaml"):
        (there / name).write_text("x: 1\n")
    listed = [there / "a.yaml", there / "b.yaml", there / "c.yaml"]
    assert files_hash(tmp_path, listed) == files_hash(tmp_path, listed[:2])
    monkeypatch.setattr("xinzhi.content.files.files_below", lambda _folder: listed)
    assert [path for path, *_ in stamps(tmp_path)] == [str(it) for it in listed[:2]]


def test_a_scenario_may_end_in_yml_and_is_never_silently_left_out(tmp_path: Path) -> None:
    scenarios = copy_project(tmp_path) / "scenarios"
    text = (scenarios / "rd-first.yaml").read_text(encoding="utf-8")
    (scenarios / "one.yml").write_text(text, encoding="utf-8")
    (scenarios / "two.YAML").write_text(text, encoding="utf-8")
    before = xinzhi.load_project(tmp_path).content
    assert {"one", "two"} <= set(before.scenarios)
    (scenarios / "one.yml").write_text(text.replace("1", "2"), encoding="utf-8")
    (scenarios / "rd-first.yml").write_text(text, encoding="utf-8")
    (scenarios / "plan.yaml.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        xinzhi.load_project(tmp_path)
    said = str(caught.value)
    assert "rd-first.yml: has the same id as rd-first.yaml; keep one, or rename it." in said
    assert 'plan.yaml.txt: is not a scenario by its name; rename it to "plan.yaml".' in said


def test_a_file_is_written_back_in_the_form_that_it_has(project: Project, tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    history.write_bytes(as_windows_saves((ROOT / HISTORY).read_bytes()))
    new = project.content.history.series["gdp_nominal"]
    known = {**project.content.history.series, "gdp_nominal": type(new)(new.variable, new.unit, new.observations[:-1])}
    text = with_rows(text_of(history), {"gdp_nominal": new}, known)
    assert text.count("\n") == text_of(history).count("\n") + 2
    written = in_form_of(history, text)
    assert written.startswith(codecs.BOM_UTF8) and b"\n" not in written.replace(b"\r\n", b"")
    assert in_form_of(ROOT / HISTORY, text) == text.encode()


def test_a_history_that_cannot_be_read_is_told_without_a_word_of_the_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = copy_project(tmp_path) / HISTORY
    history.write_bytes(history.read_text(encoding="utf-8").encode("gbk"))
    with pytest.raises(ContentError, match=r"history\.csv: is not UTF-8 text; save it as UTF-8\.$"):
        open_project(tmp_path, "en")
    said = capsys.readouterr().err
    assert said.startswith("Project: ") and "out of date" not in said
