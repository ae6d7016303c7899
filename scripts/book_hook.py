"""mkdocs' way to the model's book: its pages, which git does not keep, are written into docs/model/ before a build."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

from xinzhi.project import load_project
from xinzhi.studies.book.book import write_book


def on_pre_build(config: MkDocsConfig) -> None:
    """Pictures that show already what they should are not drawn again: the first build takes some seconds more."""
    docs = Path(config.docs_dir)
    write_book(load_project(docs.parent).book(), docs / "model")
