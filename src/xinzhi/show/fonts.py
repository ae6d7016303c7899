"""The house style of charts: one CJK font, and text measured with it."""

from __future__ import annotations

import dataclasses
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.textpath import text_to_path

from xinzhi.extras import without

FAMILY = "xinzhi Noto Sans CJK SC"  # a name of our own: another Noto on the machine must not stand in
_PACKAGE, _FILE = "mplfonts", "fonts/NotoSansCJKsc-Regular.otf"
_INSTALLED = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK JP",
              "Hiragino Sans GB", "WenQuanYi Micro Hei", "SimHei", "SimSun")  # fmt: skip
_POINTS = 72.0
_HINTED = 1.02  # a screen that hints its glyphs draws a line up to so much wider
_NEVER_FIRST = "，。、；：！？）】》”’%％·,.;:!?)]"
_rc_lock = threading.RLock()


@lru_cache(maxsize=1)
def font_file() -> Path:
    """The font's file, found without importing the package that ships it; without that, one of the machine's own.

    Raises `MissingPartError` where neither is there.
    """
    spec = find_spec(_PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / _FILE
        if path.is_file():
            return path
    installed = {entry.name: entry.fname for entry in fontManager.ttflist}
    for name in _INSTALLED:
        if name in installed:
            return Path(installed[name])
    raise without(_PACKAGE)


@lru_cache(maxsize=1)
def register() -> str:
    """Make the font known to matplotlib, once, under `FAMILY`; the family. Raises `MissingPartError`."""
    path = str(font_file())
    fontManager.addfont(path)
    added = next(entry for entry in reversed(fontManager.ttflist) if entry.fname == path)
    fontManager.ttflist.append(dataclasses.replace(added, name=FAMILY))
    return FAMILY


def house_rc() -> Any:
    """matplotlib's settings in the house style: a dict for `matplotlib.rc_context`.

    PDF text is Type 3: the font has PostScript outlines, which matplotlib writes wrongly as Type 42 (its issue 2869:
    Acrobat cannot extract the font). SVG text is drawn as paths, so that no font is needed where it is opened. Glyphs
    are not hinted, so that a line is equally wide in every format.
    """
    return {
        "font.family": [register()],
        "axes.unicode_minus": True,
        "text.parse_math": False,
        "text.hinting": "none",
        "pdf.fonttype": 3,
        "svg.fonttype": "path",
        "svg.hashsalt": "xinzhi",
        "savefig.dpi": "figure",
        "savefig.bbox": None,
        "path.simplify": False,
    }


@contextmanager
def house_style() -> Iterator[None]:
    """The house style for one block. matplotlib's settings are global: one thread at a time."""
    with _rc_lock, rc_context(house_rc()):
        yield


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """Inches that one line takes at ``size`` points, hinted or not."""
    properties = FontProperties(fname=str(font_file()), size=size)
    width, _, _ = text_to_path.get_text_width_height_descent(text, properties, ismath=False)
    return float(width) * _HINTED / _POINTS


def wrap(text: str, size: float, width: float) -> list[str]:
    """Lines at most ``width`` inches wide: broken between words and between Chinese characters, never before a
    closing mark; what cannot be broken stays whole."""
    lines, used = [""], 0.0
    for piece in _pieces(text):
        if lines[-1] and used + text_width(piece.rstrip(), size) > width:
            lines.append("")
            used = 0.0
        lines[-1] += piece
        used += text_width(piece, size)
    return [line.rstrip() for line in lines]


def shorten(text: str, size: float, width: float) -> str:
    """The text, cut with … where it is wider than ``width`` inches."""
    if text_width(text, size) <= width:
        return text
    while len(text) > 1 and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _pieces(text: str) -> Iterator[str]:
    """The parts between which a line may break."""
    piece = ""
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        after_break = piece and (piece[-1] == " " or unicodedata.east_asian_width(piece[-1]) in "WF" or wide)
        if after_break and character not in _NEVER_FIRST and character != " " and piece[-1] not in "（“‘《【":
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece
