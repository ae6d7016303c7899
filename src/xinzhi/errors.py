"""What can go wrong, as sentences: place, problem, what is allowed.

A message keeps its English template and its values apart, so that the screen and the shell can say it in the
reader's language (`xinzhi.show.words.say`). ``str()`` of an error is the English sentence.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

HIDDEN = re.compile(  # control characters and other signs that no reader sees
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\uffff]"
)


@dataclass(frozen=True)
class Message:
    """An English template (the key of the translation catalogue) and the values that fill it."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


def msg(template: str, **values: object) -> Message:
    """A message; its template is extracted into the translation catalogue."""
    return Message(template, values)


class Told(str):
    """A message in English as plain text, which JSON and Parquet take, and itself for the other language."""

    message: Message

    @classmethod
    def of(cls, message: Message) -> Told:
        told = cls(message)
        told.message = message
        return told


@dataclass(frozen=True)
class Place:
    """Where a problem is: a file (as the reader knows it) and, where it is known, a line counted from 1."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong; ``remedy`` says what is allowed or what to do instead."""

    place: Place | None
    message: Message
    remedy: Message | None = None

    def __str__(self) -> str:
        where = "" if self.place is None else f"{self.place}: "
        what_to_do = "" if self.remedy is None else f"; {self.remedy}"
        sentence = f"{where}{self.message}{what_to_do}"
        return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


class XinzhiError(Exception):
    """Base of every error that a user can cause; carries one or more problems."""

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ContentError(XinzhiError):
    """A content file (YAML, CSV, a setting on the command line) is malformed or does not fit the others."""


class ModelError(XinzhiError):
    """The model file cannot be read: syntax, an undefined variable, a circular definition."""


class SimulationError(XinzhiError):
    """The model was read but a run failed or gave no number."""


class OutputError(XinzhiError):
    """A result could not be written."""


def nearest(wrong: str, allowed: Sequence[str]) -> Message:
    """The remedy for an unknown name: the nearest allowed one, or the whole (short) list."""
    sign = next((it for it in "：，；、＝\u3000" if it in wrong), None)
    if sign is not None and not any(sign in name for name in allowed):
        return narrow(sign)
    lowered = {name.lower(): name for name in allowed}
    close = get_close_matches(wrong.lower(), list(lowered), n=1, cutoff=0.6)
    if close:
        return msg('did you mean "{name}"?', name=lowered[close[0]])
    listed = ", ".join(sorted(allowed)[:8]) + (", …" if len(allowed) > 8 else "")
    return msg("allowed are: {names}", names=listed)


def narrow(sign: str) -> Message:
    """The remedy for a full-width sign that an input method wrote."""
    right = {"、": ",", "\u3000": " "}.get(sign) or chr(ord(sign) - 0xFEE0)
    return msg('write "{right}" in place of the full-width "{sign}"', right=right, sign=sign)


def why(error: OSError) -> Message:
    """What the system says of a file that cannot be read or written, in words that can be translated."""
    reasons = {
        errno.ENOENT: msg("no such file or folder"),
        errno.EEXIST: msg("it is there already"),
        errno.EACCES: msg("no permission"),
        errno.EPERM: msg("no permission"),
        errno.EROFS: msg("the disk is read-only"),
        errno.EISDIR: msg("it is a folder"),
        errno.ENOTDIR: msg("a part of the path is not a folder"),
        errno.ENOSPC: msg("the disk is full"),
        errno.EFBIG: msg("it would be larger than is allowed"),
        getattr(errno, "EDQUOT", -1): msg("the quota is used up"),
        errno.EBADF: msg("it is closed"),
    }
    return reasons.get(error.errno or 0, msg("{reason}", reason=error.strerror or error))


def shortened(written: str, longest: int = 60) -> str:
    """A text for a message: one line, cut where it is too long, hidden characters as their code."""
    seen = HIDDEN.sub(lambda match: f"U+{ord(match[0]):04X}", " ".join(written[: 4 * longest].split()))
    return seen if len(seen) <= longest else seen[: longest - 1] + "…"


def hidden(written: str) -> str | None:
    """The code of the first control character or other invisible sign, such as U+0000, or None."""
    match = HIDDEN.search(written)
    return None if match is None else f"U+{ord(match[0]):04X}"
