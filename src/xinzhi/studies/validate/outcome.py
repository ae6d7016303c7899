"""What a test of structure gives: an outcome, the worst case in a sentence, tables, and the limits that are known."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.content.statements import Limit
from xinzhi.content.yaml_file import Text
from xinzhi.errors import Message

HOLDS, LIMITED, FAILS, UNTESTED = "holds", "limited", "fails", "untested"
Cell = str | float | Text | Message


@dataclass(frozen=True)
class Worst:
    """The case farthest from what was asked: ``value`` against ``bound``, by name; model units, or a target's."""

    name: str
    value: float
    bound: float | None = None
    constant: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class Cases:
    """What a test looked at, as a table.

    Cells are names as the content has them, numbers, or words that are put into the reader's language later.
    """

    title: Message
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Finding:
    """One test: ``id`` is of `TESTS`, ``outcome`` one of HOLDS, LIMITED (but for known limits), FAILS, UNTESTED.

    ``says`` is the result in a sentence, or why the test was not made.
    """

    id: str
    outcome: str
    says: Message
    worst: Worst | None = None
    tables: tuple[Cases, ...] = ()
    limits: tuple[Limit, ...] = ()


def outcome(broken: int, known: int) -> str:
    """The outcome of a test with so many cases that no limit explains, and so many that one does."""
    return FAILS if broken else LIMITED if known else HOLDS


def known_names(limits: tuple[Limit, ...]) -> set[str]:
    """Every name that a test's limits speak of."""
    return {name for limit in limits for name in limit.about}
