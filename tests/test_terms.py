"""One Chinese term a concept: what docs/terms.md rules out stands in no text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TERMS = ROOT / "docs" / "terms.md"
ROW = re.compile(r"^\| (?P<use>[^|]+) \| (?P<en>[^|]+) \| (?P<avoid>[^|]*) \| (?P<note>[^|]*) \|$", re.MULTILINE)
TEXTS = [
    path
    for pattern in (
        "model/*", "scenarios/*", "calibration/*.yaml", "calibration/*.md", "README*.md", "CONTRIBUTING*.md",
        "docs/**/*.md", "src/xinzhi/locale/zh/LC_MESSAGES/*.po", "src/xinzhi/dashboard/*.py", "src/xinzhi/show/*.py",
        "notebooks/*.ipynb", ".github/**/*",
    )
    for path in sorted(ROOT.glob(pattern))
    if path.is_file() and path != TERMS
]  # fmt: skip


def rows() -> list[re.Match[str]]:
    return list(ROW.finditer(TERMS.read_text(encoding="utf-8")))[2:]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_text_uses_the_terms_of_the_list(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    avoided = {word: row["use"] for row in rows() for word in row["avoid"].strip().split("、") if word}
    assert len(avoided) > 30
    assert {word: use for word, use in avoided.items() if word in text} == {}


def test_every_term_that_is_to_be_used_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in TEXTS)
    for row in rows():
        assert all(word in text for word in row["use"].split("、")[:1]), row["use"]
