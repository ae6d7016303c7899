"""Objects that are looked at in a shell or notebook: one short line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import pandas as pd

Item = TypeVar("Item")

LONGEST = 200


class Brief:
    """A mixin whose ``repr`` is the class's name and what `brief` says, in one line of at most 200 characters.

    Data classes that use it are declared with ``repr=False``.
    """

    def brief(self) -> str:
        """What the object is, in a few words; nothing where its class says all."""
        return ""

    def __repr__(self) -> str:
        line = " ".join(f"{type(self).__name__}({self.brief()})".split())
        return line if len(line) <= LONGEST else line[: LONGEST - 2] + "…)"


class Several(tuple[Item, ...]):
    """Results of one kind: a tuple whose ``repr`` is one short line, and a table with a row for each."""

    _row: Callable[[Item], Mapping[str, Any]]

    @classmethod
    def of(cls, items: Iterable[Item], row: Callable[[Item], Mapping[str, Any]]) -> Several[Item]:
        """The items; ``row`` gives the columns of one."""
        several = cls(items)
        several._row = row
        return several

    def to_pandas(self) -> pd.DataFrame:
        """A row an item."""
        import pandas as pd

        return pd.DataFrame([self._row(item) for item in self])

    def __repr__(self) -> str:
        kind = type(self[0]).__name__ if self else "nothing"
        return f"Several({len(self)} of {kind})"
