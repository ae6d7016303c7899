"""Nothing that xinzhi installs is under a licence that would bind those who use it: the list is kept, and true."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from list_licences import LIST, licence_of, runtime_packages  # noqa: E402

ALLOWED = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-CMU",
    "MPL-2.0", "OFL-1.1", "PSF-2.0", "Unlicense", "ZPL-2.1", "Zlib",
}  # fmt: skip
LESSER = {"portion", "pyxlsb"}  # LGPL, used as they are; docs/licences.md names them


def allowed(expression: str) -> bool:
    """An SPDX expression of AND and OR: every part of one alternative is on the list."""
    return any(
        all(part.strip(" ()").split(" WITH ")[0] in ALLOWED for part in alternative.split(" AND "))
        for alternative in expression.split(" OR ")
    )


def listed() -> dict[str, str]:
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (.+?) \|$", LIST.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def test_every_installed_package_is_under_an_allowed_licence() -> None:
    packages = runtime_packages()
    assert {"numpy", "pysd", "streamlit", "parsimonious"} <= packages.keys()
    stated = {name: licence_of(package) for name, package in packages.items()}
    assert {name: words for name, words in stated.items() if not allowed(words) and name not in LESSER} == {}
    assert all(stated[name].startswith("LGPL") for name in LESSER & stated.keys())


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [("GPL", False), ("AGPL", False), ("?", False), ("MIT AND GPL", False), ("GPL OR MIT", True), ("LGPL", False)],
)
def test_a_binding_licence_is_refused(expression: str, wanted: bool) -> None:
    assert allowed(expression) is wanted


def test_the_list_in_the_documents_is_the_installed_one() -> None:
    rows = listed()
    installed = {name: licence_of(package) for name, package in runtime_packages().items()}
    assert {name: words for name, words in installed.items() if rows.get(name) != words} == {}, "run: make licences"
