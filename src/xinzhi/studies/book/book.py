"""The book on disk: its pages and pictures, written at once, and what is left of an older one taken away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from xinzhi.analysis.structure import Structure
from xinzhi.output import make_folder, write, writing
from xinzhi.show.words import LANGS
from xinzhi.studies.book.diagram import draw, made_from
from xinzhi.studies.book.pages import FOLDER, Pages


def book(structure: Structure, polarity: Mapping[tuple[str, str], str]) -> list[Pages]:
    """The book in every language."""
    return [Pages(structure, polarity, lang) for lang in LANGS]


def write_book(pages: list[Pages], folder: Path) -> int:
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
