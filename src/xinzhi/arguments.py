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


def as_number(given: object) -> float | None:
    """A number of Python, Decimal or NumPy (also an array of no dimension); None for a text, a truth and all else."""
    if not isinstance(given, Real | Decimal) and getattr(given, "shape", None) == ():
        given = given.item()  # type: ignore[attr-defined]
    if isinstance(given, bool) or not isinstance(given, Real | Decimal):
        return None
    try:
        narrow = getattr(getattr(given, "dtype", None), "itemsize", 8) < 8
        return float(str(given) if narrow else given)  # 0.18 of 32 bits means 0.18
    except (OverflowError, ValueError):  # beyond all floats; a signalling NaN
        return float("nan")


def whole(
    name: str, given: object, lowest: int, highest: int | None = None, error: type[XinzhiError] = ContentError
) -> int:
    """A whole number within bounds, of any type of number (1e6 is one too). Raises ``error`` for all else."""
    number = as_number(given)
    if number is not None and number.is_integer():
        found = int(given)  # type: ignore[call-overload]  # a float does not hold every whole number
        if lowest <= found and (highest is None or found <= highest):
            return int(found)
    raise error(Problem(None, _cannot_be(name, given), _allowed(lowest, highest)))


def real(name: str, given: object, error: type[XinzhiError] = ContentError) -> float:
    """A number, of any type of number or as a text. Raises ``error`` for all else."""
    number = as_number(given)
    if number is None and isinstance(given, str):
        try:
            number = float(given)
        except ValueError:
            number = None
    if number is None:
        raise error(Problem(None, _cannot_be(name, given), msg("give a number")))
    return number


def names(name: str, given: object, error: type[XinzhiError] = ContentError) -> list[str]:
    """One name or several, as texts. Raises ``error`` for all else."""
    found = [given] if isinstance(given, str) else list(given) if isinstance(given, Iterable) else [given]
    return [text(name, it, error) for it in found]


def text(name: str, given: object, error: type[XinzhiError] = ContentError) -> str:
    """A text. Raises ``error`` for all else."""
    if not isinstance(given, str):
        raise error(Problem(None, _cannot_be(name, given), msg("give a name")))
    return given


def pairs(name: str, given: object, error: type[XinzhiError] = ContentError) -> list[tuple[object, Any]]:
    """Names and values of a mapping, or of a list of pairs. Raises ``error`` for all else."""
    items = getattr(given, "items", None)
    if callable(items):
        return list(items())
    if isinstance(given, list) and all(isinstance(it, tuple) and len(it) == 2 for it in given):
        return list(given)
    raise error(Problem(None, _cannot_be(name, given), msg("give a dict of names and values")))


def path(name: str, given: object, error: type[XinzhiError] = ContentError) -> Path:
    """A path. Raises ``error`` for what is neither a path nor a text."""
    if not isinstance(given, str | os.PathLike):
        raise error(Problem(None, _cannot_be(name, given), msg("give a path")))
    return Path(given)


def clashes(names: Iterable[str], meant: Callable[[str], Iterable[object]]) -> list[tuple[str, str]]:
    """Each name that means what an earlier one means, behind that one: in a dict the last would win, unsaid."""
    said: dict[object, str] = {}
    found = []
    for name in names:
        things = list(meant(name))
        earlier = next((said[it] for it in things if it in said), None)
        if earlier is not None:
            found.append((earlier, name))
        said |= dict.fromkeys(things, name)
    return found


def _cannot_be(name: str, given: object) -> Message:
    shown = " ".join(repr(given).split())
    return msg("{name} cannot be {value}", name=name, value=shown if len(shown) <= 40 else f"{shown[:39]}…")


def _allowed(lowest: int, highest: int | None) -> Message:
    if highest is None:
        return msg("give a whole number from {low} on", low=lowest)
    return msg("give a whole number from {low} to {high}", low=lowest, high=highest)
