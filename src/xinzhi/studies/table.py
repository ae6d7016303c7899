"""What a study has to say, in parts: tables, each column defined once for all faces, and lines of sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    import pandas as pd

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of a table.

    ``key`` and ``value`` are what files, JSON and data frames hold, unrounded, in declared units; ``head`` and ``text``
    what is read, in the reader's language. A column without a head is in files alone, one without a value is read
    alone.
    """

    key: str
    value: Callable[[Row], Any] | None = None
    head: str = ""
    text: Callable[[Row], str] | None = None


@dataclass(frozen=True)
class Cells:
    """A table in words: a row of one cell heads a group; columns of ``words`` begin left, others end right.

    Without ``heads`` each row is a name and what is said of it.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: bool = False


@dataclass(frozen=True)
class Lines:
    """Sentences, one below the other, under a title where there is one; blanks before one are its indent."""

    lines: Sequence[str]
    title: str = ""


Part = Cells | Lines


def apart(part: Part) -> Part:
    """The part with an empty line above it where it is printed."""
    return replace(part, title=f"\n{part.title}")


@dataclass(frozen=True)
class Table(Generic[Row]):
    """Rows of a study and its columns."""

    title: str
    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    words: bool = False

    def cells(self) -> Cells:
        """What is read of it."""
        shown = [(it.head, it.text) for it in self.columns if it.head and it.text]
        rows = [tuple(text(row) for _, text in shown) for row in self.rows]
        return Cells(self.title, [head for head, _ in shown], rows, self.words)

    def records(self) -> list[dict[str, Any]]:
        """Its values, one mapping a row."""
        kept = [(it.key, it.value) for it in self.columns if it.value]
        return [{key: value(row) for key, value in kept} for row in self.rows]

    def frame(self) -> pd.DataFrame:
        """Its values as a data frame, a column a key, also where there is no row; a list or mapping is one text."""
        import pandas as pd

        rows = [{key: _one(value) for key, value in row.items()} for row in self.records()]
        return pd.DataFrame(rows, columns=[it.key for it in self.columns if it.value])


def _one(value: Any) -> Any:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_one(held)}" for key, held in value.items())
    return ", ".join(str(_one(held)) for held in value) if isinstance(value, list | tuple) else value


def markdown(parts: Sequence[Part]) -> str:
    """The parts as a page of Markdown."""
    blocks = [_cells_markdown(it) if isinstance(it, Cells) else _lines_markdown(it) for it in parts]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _cells_markdown(part: Cells) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.strip().replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    width = len(part.heads) or max((len(row) for row in part.rows), default=1)
    rows = [[f"**{row[0].strip()}**", *[""] * (width - 1)] if len(row) == 1 < width else row for row in part.rows]
    aligned = ["---" if part.words or index == 0 else "---:" for index in range(width)]
    head = [f"## {part.title.strip()}", ""] if part.title.strip() else []
    return "\n".join([*head, line(part.heads or [""] * width), "| " + " | ".join(aligned) + " |",
                      *(line(row) for row in rows)])  # fmt: skip


def _lines_markdown(part: Lines) -> str:
    head = [f"## {part.title.strip()}", ""] if part.title.strip() else []
    return "\n".join([*head, *(f"- {line.strip()}" for line in part.lines)]).strip()
