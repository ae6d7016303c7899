"""The book: its pages in every language; on disk they are written at once, and what is left of an older one goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.analysis.structure import Structure
from xinzhi.brief import Brief
from xinzhi.output import make_folder, write, writing
from xinzhi.show.words import LANGS
from xinzhi.studies.book.diagram import draw, made_from
from xinzhi.studies.book.pages import FOLDER, Pages

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Book(Brief):
    """The model's book, ``pages`` in every language; ``folder`` is where its ``files`` were written, if anywhere."""

    pages: tuple[Pages, ...]
    folder: Path | None = None
    files: int = 0

    @property
    def structure(self) -> Structure:
        return self.pages[0].structure

    def brief(self) -> str:
        structure = self.structure
        return f"{len(structure.variables)} variables in {len(structure.sectors)} sectors"

    def __iter__(self) -> Iterator[Pages]:
        return iter(self.pages)

    def to_pandas(self) -> pd.DataFrame:
        """A row a variable: its sector, kind, unit, number or equation, and what it reads."""
        from xinzhi.studies.book.words import variables_table

        return variables_table(self.structure, "en").frame()


def make_book(structure: Structure, polarity: Mapping[tuple[str, str], str]) -> Book:
    """The book in every language."""
    return Book(tuple(Pages(structure, polarity, lang) for lang in LANGS))


def write_book(pages: Sequence[Pages], folder: Path) -> int:
    """Write the book into ``folder``; how many files it has. Raises `OutputError`.

    Pictures that show already what they should are kept. Pictures of an older book that no page shows go.
    """
    texts = {name: text for of_lang in pages for name, text in of_lang.texts.items()}
    diagrams = {f"{diagram.name}.svg": diagram for of_lang in pages for diagram in of_lang.diagrams}
    pictures = {
        name: draw(diagram)
        for name, diagram in diagrams.items()
        if _hash(folder / FOLDER / name) != diagram.hash
    }  # fmt: skip
    make_folder(folder / FOLDER)
    for path, text in [
        *((folder / name, text) for name, text in texts.items()),
        *((folder / FOLDER / name, text) for name, text in pictures.items()),
    ]:
        write(path, text.encode())
    with writing(folder):
        for path in (folder / FOLDER).glob("*.svg"):
            if path.name not in diagrams and _hash(path):
                path.unlink()
    return len(texts) + len(diagrams)


def _hash(path: Path) -> str:
    """The hash of a picture of a book; "" where there is none."""
    try:
        return made_from(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
