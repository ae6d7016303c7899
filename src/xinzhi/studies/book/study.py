"""The model's book as a study: nothing of the future is run for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.extras import need_part
from xinzhi.show.words import N_
from xinzhi.studies.ask import Ask, Kind
from xinzhi.studies.study import Progress, Study

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.studies.book.book import Book
    from xinzhi.studies.table import Part


class BookStudy(Study["Book"]):
    """Every sector and variable of the model, with diagrams."""

    name = "book"
    help = N_("Write the model's book: every sector and variable, with diagrams.")
    asks = (
        Ask("folder", Kind.PATH, N_("The folder of the book; pages of both languages are written into it."), None,
            "--folder", metavar="DIR"),
    )  # fmt: skip

    def run(self, base: Base, progress: Progress, *, folder: Path | None) -> Book:
        from xinzhi.analysis.polarity import polarities
        from xinzhi.analysis.structure import read_structure
        from xinzhi.studies.book.book import make_book, write_book

        if folder is not None:
            need_part("book")
        structure = read_structure(base.content)
        book = make_book(structure, polarities(structure, base.simulator))
        return book if folder is None else replace(book, folder=folder, files=write_book(book.pages, folder))

    def written(self, result: Book) -> Sequence[Path]:
        return () if result.folder is None else (result.folder,)

    def parts(self, content: Content, result: Book, lang: str) -> Sequence[Part]:
        from xinzhi.studies.book.words import book_parts

        return book_parts(result, lang)

    def record(self, content: Content, result: Book, lang: str) -> Any:
        from xinzhi.studies.book.words import sectors_table, variables_table

        return {
            "folder": None if result.folder is None else str(result.folder),
            "files": result.files,
            "sectors": sectors_table(result.structure, lang).records(),
            "variables": variables_table(result.structure, lang).records(),
        }

    def frames(self, content: Content, result: Book) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.book.words import sectors_table, variables_table

        return {
            "variables": variables_table(result.structure, "en").frame(),
            "sectors": sectors_table(result.structure, "en").frame(),
        }

    def page(self, content: Content, result: Book, lang: str) -> str:
        pages = next(it for it in result.pages if it.lang == lang)
        return pages.texts[f"index.{lang}.md"]


STUDY = BookStudy()
