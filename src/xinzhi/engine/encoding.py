"""The bytes of a model or data file -> text: UTF-8, else what the file says of itself, else what its bytes look like.

Vensim PLE on a Chinese Windows writes GBK and says nothing; a file may also say UTF-8 and be GBK. A guess is told.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from xinzhi.errors import Message, ModelError, Place, Problem, msg

SAVE_AS_UTF_8 = msg("save it as UTF-8")
_UTF_16_OR_32 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_SAID = re.compile(rb'\s*(?:\{|<\?xml[^>]*encoding\s*=\s*["\'])([A-Za-z0-9_.-]+)')
_NAMED = re.compile(
    r"gb2312|gbk|gb18030|cp936|ms936|big5|big5-?hkscs|cp950|latin-?1|iso-?8859-?\d+|(?:windows|cp)-?125\d|shift_?jis|euc-?(?:jp|kr)"
)
_CHINESE = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5hkscs": ("big5", 0xA4, 0xC6)}  # where the common characters stand
_SHOWN = {"gb18030": "GB18030", "big5hkscs": "Big5", "latin-1": "Latin-1"}
_MOSTLY = 0.7


@dataclass(frozen=True)
class Decoded:
    """A file's text, its line ends as in Python, and what is to be said of how it was read."""

    text: str
    notes: tuple[Message, ...] = ()


def decoded(content: bytes, shown: str) -> Decoded:
    """The text of a model file. Raises `ModelError` for an empty file and for one that is no text."""
    if not content.strip():
        raise ModelError(Problem(Place(shown), msg("is empty"), msg("save the model again")))
    if content.startswith(_UTF_16_OR_32):
        raise ModelError(Problem(Place(shown), msg("is not UTF-8 text"), SAVE_AS_UTF_8))
    if b"\0" in content:
        raise ModelError(Problem(Place(shown), msg("is not a text file"), msg("save the model again")))
    text, notes = _text(content)
    return Decoded(text.replace("\r\n", "\n").replace("\r", "\n"), notes)


def _text(content: bytes) -> tuple[str, tuple[Message, ...]]:
    for codec in ("utf-8-sig", _named(content)):
        try:
            if codec is not None:
                return content.decode(codec), ()
        except UnicodeDecodeError:
            continue
    codec = _looks_like(content)
    return content.decode(codec), (msg("the file is not UTF-8; it was read as {encoding}", encoding=_SHOWN[codec]),)


def _named(content: bytes) -> str | None:
    """The encoding that the file names in its first line, if it is one of a text that begins as ASCII does."""
    said = _SAID.match(content)
    name = said[1].decode("ascii").lower() if said else ""
    if not _NAMED.fullmatch(name):
        return None
    name = "gb18030" if name.startswith(("gb", "cp936", "ms936")) else name  # it contains the others
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _looks_like(content: bytes) -> str:
    """GB18030 or Big5 where nearly all that is not ASCII is one of its common characters; else Latin-1."""
    shares = {codec: _common(content, codec) for codec in _CHINESE}
    best = max(shares, key=lambda codec: shares[codec])
    return best if shares[best] >= _MOSTLY else "latin-1"


def _common(content: bytes, codec: str) -> float:
    """Of the letters outside ASCII, the share of common Chinese ones and full-width signs; 0 if it does not decode."""
    try:
        letters = [letter for letter in content.decode(codec) if letter > "\x7f"]
    except UnicodeDecodeError:
        return 0.0
    narrow, first, last = _CHINESE[codec]
    good = 0
    for letter in letters:
        wide = "\u3000" <= letter <= "\u303f" or "\uff00" <= letter <= "\uffef" or letter in "“”‘’—…·"
        coded = letter.encode(narrow, "ignore")
        good += wide or (len(coded) == 2 and first <= coded[0] <= last)
    return good / len(letters) if letters else 0.0


def is_utf_8(content: bytes) -> bool:
    """Whether the bytes are UTF-8 text."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
