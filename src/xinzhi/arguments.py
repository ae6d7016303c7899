"""What Python gives, checked where it comes in: one sentence for what cannot be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from decimal import Decimal
from numbers import Real
from pathlib import Path
from typing import Any

from xinzhi.errors import ContentError, Message, Problem, XinzhiError, msg

MEMBERS = 10_000  # wherever a figure is shown, unless another number is asked for
MOST_MEMBERS = 1_000_000  # of an ensemble in memory
MOST_RUNS = 10**9
MOST_SEED = 2**63 - 1
MOST_THREADS = 4096
MOST_WORKERS = 512


def as_number(value: object) -> float | None:
    """A number of Python, Decimal or NumPy (also an array of no dimension); None for a text, a truth and all else."""
    if not isinstance(value, Real | Decimal) and getattr(value, "shape", None) == ():
        value = value.item()  # type: ignore[attr-defined]
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    try:
        narrow = getattr(getattr(value, "dtype", None), "itemsize", 8) < 8
        return float(str(value) if narrow else value)  # 0.18 of 32 bits means 0.18
    except (OverflowError, ValueError):  # beyond all floats; a signalling NaN
        return float("nan")


def whole(
    name: str, value: object, lowest: int, highest: int | None = None, error: type[XinzhiError] = ContentError
) -> int:
    """A whole number within bounds, of any type of number (1e6 is one too). Raises ``error`` for all else."""
    number = as_number(value)
    if number is not None and number.is_integer():
        exact = int(value)  # type: ignore[call-overload]  # a float does not hold every whole number
        if lowest <= exact and (highest is None or exact <= highest):
            return int(exact)
    raise error(Problem(None, _cannot_be(name, value), _allowed(lowest, highest)))


def real(name: str, value: object, error: type[XinzhiError] = ContentError) -> float:
    """A number, of any type of number or as a text. Raises ``error`` for all else."""
    number = as_number(value)
    if number is None and isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            number = None
    if number is None:
        raise error(Problem(None, _cannot_be(name, value), msg("give a number")))
    return number


def names(name: str, value: object, error: type[XinzhiError] = ContentError) -> list[str]:
    """One name or several, as texts. Raises ``error`` for all else."""
    entries = [value] if isinstance(value, str) else list(value) if isinstance(value, Iterable) else [value]
    return [text(name, it, error) for it in entries]


def several(value: object) -> list[Any]:
    """One thing or several, as a list; a text and a path are one."""
    if isinstance(value, str | os.PathLike) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def text(name: str, value: object, error: type[XinzhiError] = ContentError) -> str:
    """A text. Raises ``error`` for all else."""
    if not isinstance(value, str):
        raise error(Problem(None, _cannot_be(name, value), msg("give a name")))
    return value


def pairs(name: str, value: object, error: type[XinzhiError] = ContentError) -> list[tuple[object, Any]]:
    """Names and values of a mapping, or of a list of pairs. Raises ``error`` for all else."""
    items = getattr(value, "items", None)
    if callable(items):
        return list(items())
    if isinstance(value, list) and all(isinstance(it, tuple) and len(it) == 2 for it in value):
        return list(value)
    raise error(Problem(None, _cannot_be(name, value), msg("give a dict of names and values")))


def path(name: str, value: object, error: type[XinzhiError] = ContentError) -> Path:
    """A path. Raises ``error`` for what is neither a path nor a text."""
    if not isinstance(value, str | os.PathLike):
        raise error(Problem(None, _cannot_be(name, value), msg("give a path")))
    return Path(value)


def clashes(names: Iterable[str], meant: Callable[[str], Iterable[object]]) -> list[tuple[str, str]]:
    """Each name that means what an earlier one means, behind that one: in a dict the last would win, unsaid."""
    said: dict[object, str] = {}
    clashing = []
    for name in names:
        things = list(meant(name))
        earlier = next((said[it] for it in things if it in said), None)
        if earlier is not None:
            clashing.append((earlier, name))
        said |= dict.fromkeys(things, name)
    return clashing


def _cannot_be(name: str, value: object) -> Message:
    shown = " ".join(repr(value).split())
    return msg("{name} cannot be {value}", name=name, value=shown if len(shown) <= 40 else f"{shown[:39]}…")


def _allowed(lowest: int, highest: int | None) -> Message:
    if highest is None:
        return msg("give a whole number from {low} on", low=lowest)
    return msg("give a whole number from {low} to {high}", low=lowest, high=highest)
