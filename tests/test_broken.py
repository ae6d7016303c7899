"""Every bad file is refused in one sentence an error, with its place and its remedy."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from xinzhi.content.files import FOLDERS
from xinzhi.content.reading import read_content
from xinzhi.errors import ContentError
from xinzhi.show.words import say
from xinzhi.store import open_store

ROOT = Path(__file__).parents[1]
BROKEN = sorted((ROOT / "tests" / "broken").glob("*.txt"))


@dataclass(frozen=True)
class Broken:
    """A bad file: where it goes, what must be said, and its text or its replacements."""

    where: str
    says: tuple[str, ...]
    body: str

    def put_into(self, folder: Path) -> None:
        target = folder / self.where
        if not self.body.startswith("<<<<\n"):
            target.write_text(self.body, encoding="utf-8")
            return
        text = target.read_text(encoding="utf-8")
        for piece in self.body.split("<<<<\n")[1:]:
            old, _, rest = piece.partition("\n====\n" if not piece.startswith("\n====") else "====\n")
            new = rest.removesuffix("\n>>>>\n")
            old = old.strip("\n") if not old.strip() else old
            assert not old or old in text, f"{self.where} has changed: {old!r} is not in it"
            text = text.replace(old, new, 1) if old else text + new + "\n"
        target.write_text(text, encoding="utf-8")


def read_broken(path: Path) -> Broken:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    head = [line for line in lines if line.startswith(("# in: ", "# say: "))]
    says = tuple(line.removeprefix("# say: ").rstrip("\n") for line in head[1:])
    return Broken(head[0].removeprefix("# in: ").strip(), says, "".join(lines[len(head) :]))


def copy_project(folder: Path) -> Path:
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    return folder


def test_there_are_at_least_thirty_broken_files() -> None:
    assert len(BROKEN) >= 30


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_refused_in_these_words(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = read_broken(path)
    broken.put_into(copy_project(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ContentError) as caught:
        read_content(Path(), open_store())
    said = tuple(str(problem) for problem in caught.value.problems)
    if os.environ.get("XINZHI_WRITE_BROKEN") and "?" in broken.says:
        body = "".join(f"# say: {sentence}\n" for sentence in said)
        path.write_text(f"# in: {broken.where}\n{body}{broken.body}", encoding="utf-8")
        pytest.fail("written, to be read by a person")
    assert said == broken.says
    for problem in caught.value.problems:
        assert problem.place is None or problem.place.file.startswith(broken.where.split("/")[0])
        assert say(problem, "zh") != str(problem)
