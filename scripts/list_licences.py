"""The licences of everything that xinzhi installs, from the packages' own metadata: docs/licences.md. make licences"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from xinzhi.extras import PARTS

LIST = Path(__file__).parents[1] / "docs" / "licences.md"
HEAD = """\
# Licences of what is installed · 依赖包许可

`pip install "xinzhi[all]"` brings these packages, named by their own metadata; `make licences` writes this list and
`tests/test_licences.py` holds it. Permissive licences and MPL-2.0 (whose terms bind changes of those files alone) are
allowed, GPL and AGPL are not. Under LGPL are `portion` and `pyxlsb`, which PySD asks for: they are installed beside
xinzhi as they are, not changed and not copied into it, which that licence permits. "OR" leaves the choice to the user:
of odfpy's licences xinzhi uses Apache-2.0. uPlot 1.6.32, which draws the live page's charts, is copied into
src/xinzhi/dashboard/component/src with its licence, MIT. The font in mplfonts that charts use (Noto Sans CJK) is under OFL-1.1.
xinzhi itself is under Apache-2.0.

下表为安装 "xinzhi[all]" 时一并安装的软件包及其许可，由 `make licences` 生成。允许宽松许可和 MPL-2.0，
不允许 GPL 和 AGPL；LGPL 仅 `portion`、`pyxlsb` 两个，由 PySD 引入，原样安装，未作修改。实时页面绘图用的
uPlot 1.6.32（MIT）及其许可文本存放在 src/xinzhi/dashboard/component/src。

| package 软件包 | licence 许可 |
|---|---|
"""
# Words of old metadata (a classifier, a free text) and the licence that they mean.
WORDS = {
    "apache": "Apache-2.0",
    "mit": "MIT",
    "mit-cmu": "MIT-CMU",
    "bsd": "BSD",
    "bsd-3-clause": "BSD-3-Clause",
    "mozilla public license 2.0": "MPL-2.0",
    "mpl-2.0": "MPL-2.0",
    "python software foundation": "PSF-2.0",
    "psf": "PSF-2.0",
    "isc": "ISC",
    "sil open font": "OFL-1.1",
    "zope public": "ZPL-2.1",
    "unlicense": "Unlicense",
    "gnu affero": "AGPL",
    "gnu lesser": "LGPL",
    "gnu library or lesser": "LGPL",
    "gnu general": "GPL",
}


def runtime_packages(root: str = "xinzhi") -> dict[str, metadata.Distribution]:
    """Every installed package that ``root`` with all its parts needs, directly or through another, by its name."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [(root, frozenset(PARTS))]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # not wanted on this platform, or an extra that nobody installed
            continue
        if name != root:
            found[name] = package
        for line in package.requires or []:
            wanted = Requirement(line)
            if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append((canonicalize_name(wanted.name), frozenset(wanted.extras)))
    return dict(sorted(found.items()))


def licence_of(package: metadata.Distribution) -> str:
    """SPDX expression where the package states one; else what its classifiers or its free text mean."""
    stated = package.metadata
    if expression := stated.get("License-Expression"):
        return expression
    classifiers = [line for line in stated.get_all("Classifier") or [] if line.startswith("License ::")]
    meant = [_meaning(line) for line in classifiers if not line.endswith("OSI Approved")]
    free = (stated.get("License") or "").strip().splitlines()
    if free and len(free[0]) < 60:
        meant.insert(0, _meaning(free[0]))
    known = list(dict.fromkeys(word for word in meant if word))
    exact = [word for word in known if not any(other != word and other.startswith(word) for other in known)]
    return " OR ".join(exact) if exact else "?"


def _meaning(words: str) -> str:
    lowered = words.lower()
    hits = [text for text in WORDS if re.search(rf"(?<![a-z]){re.escape(text)}(?![a-z])", lowered)]
    return WORDS[max(hits, key=len)] if hits else ""


def page() -> str:
    rows = (f"| {name} | {licence_of(package)} |\n" for name, package in runtime_packages().items())
    return HEAD + "".join(rows)


if __name__ == "__main__":
    LIST.write_text(page(), encoding="utf-8")
    print(f"written: {LIST.relative_to(Path.cwd()) if LIST.is_relative_to(Path.cwd()) else LIST}")
