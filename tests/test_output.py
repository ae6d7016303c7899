"""What cannot be written is one sentence with a remedy, and nothing is left half-written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xinzhi.content.copying import copy_content
from xinzhi.content.rehearsal import rehearse
from xinzhi.errors import OutputError
from xinzhi.output import make_folder, write
from xinzhi.project import Project
from xinzhi.show.words import say

pytestmark = pytest.mark.skipif(os.name != "posix", reason="quotas as POSIX has them")


@pytest.fixture
def quota() -> Iterator[None]:
    """No file may be longer than 20 kB, as `ulimit -f` says it."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


REFUSED = (
    "cannot be written (it would be larger than is allowed); choose a folder that exists and that you may write to."
)
Write = Callable[[Project, Path], object]


@pytest.mark.usefixtures("quota")
@pytest.mark.parametrize(
    ("written", "said"),
    [
        (lambda _, folder: write(folder / "a.csv", bytes(30_000)), f"a.csv: {REFUSED}"),
        (lambda project, folder: copy_content(project.content.folder, folder / "new", None), f"new: {REFUSED}"),
        (lambda project, folder: copy_content(project.content.folder, folder / "half", 0.5), f"half: {REFUSED}"),
        (
            lambda project, _: rehearse(project.content.folder, {}, project.simulator.store),
            "cannot be copied (it would be larger than is allowed); make room for a copy.",
        ),
    ],
)
def test_a_quota_is_told_in_one_sentence_and_nothing_is_left(
    written: Write, said: str, project: Project, tmp_path: Path
) -> None:
    with pytest.raises(OutputError) as refused:
        written(project, tmp_path)
    assert str(refused.value).endswith(said)
    assert "（超过系统允许的大小）" in say(refused.value.problems[0], "zh")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_fails_leaves_what_was_there(project: Project, tmp_path: Path, quota: None) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputError):
        copy_content(project.content.folder, tmp_path, None)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_below_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        OutputError, match=r"file/folder: cannot be written \(a part of the path is not a folder\); choose"
    ):
        make_folder(tmp_path / "file" / "folder")
