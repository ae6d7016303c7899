"""The book in short: how many variables of each kind a sector has, and a row a variable for files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xinzhi.analysis.structure import KINDS, Structure
from xinzhi.content.model_file import Variable
from xinzhi.show.variables import kind_word, sector_title
from xinzhi.show.words import t
from xinzhi.studies.table import Column, Lines, Part, Table

if TYPE_CHECKING:
    from xinzhi.studies.book.book import Book


@dataclass(frozen=True)
class SectorCount:
    """A sector and how many variables of each kind it has."""

    sector: str
    title: str
    kinds: Counter[str]


def sectors_table(structure: Structure, lang: str) -> Table[SectorCount]:
    """A row a sector."""
    rows = [
        SectorCount(
            key, sector_title(sector, lang), Counter(structure.kind(it.name) for it in structure.of_sector(key))
        )
        for key, sector in structure.sectors.items()
    ]
    columns = (
        Column[SectorCount]("sector", lambda it: it.sector, t("Sector", lang), lambda it: it.title),
        Column[SectorCount]("variables", lambda it: it.kinds.total(), t("Variables", lang),
                            lambda it: str(it.kinds.total())),
        *(_kind_column(kind, lang) for kind in KINDS if kind != "control"),
    )  # fmt: skip
    return Table(t("The model's book", lang), columns, rows)


def _kind_column(kind: str, lang: str) -> Column[SectorCount]:
    return Column(kind, lambda it: it.kinds[kind], kind_word(kind, lang), lambda it: str(it.kinds[kind]))


def variables_table(structure: Structure, lang: str) -> Table[Variable]:
    """A row a variable, in the file's order; numbers in the model's unit."""
    columns = (
        Column[Variable]("name", lambda it: it.name),
        Column[Variable]("sector", lambda it: it.group),
        Column[Variable]("kind", lambda it: structure.kind(it.name)),
        Column[Variable]("unit", lambda it: it.unit),
        Column[Variable]("zh", lambda it: it.zh),
        Column[Variable]("en", lambda it: it.en),
        Column[Variable]("value", lambda it: it.value),
        Column[Variable]("low", lambda it: it.low),
        Column[Variable]("high", lambda it: it.high),
        Column[Variable]("status", lambda it: it.status),
        Column[Variable]("sources", lambda it: list(it.sources)),
        Column[Variable]("equation", lambda it: "\n".join(str(one) for one in structure.equations[it.name])),
        Column[Variable]("inputs", lambda it: structure.in_order(structure.inputs(it.name))),
        Column[Variable]("readers", lambda it: structure.in_order(structure.readers[it.name])),
        Column[Variable]("line", lambda it: it.line),
    )
    return Table(t("Variables", lang), columns, list(structure.variables.values()))


def book_parts(book: Book, lang: str) -> list[Part]:
    """The sectors, and how many files were written or how to have them."""
    lines = [t("All pages and diagrams, in both languages: xinzhi book --folder DIR", lang)]
    if book.folder is not None:
        lines = [t("The book has {count} files.", lang, count=book.files)]
    return [sectors_table(book.structure, lang).cells(), Lines(lines)]
