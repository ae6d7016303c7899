"""The protocol of a study: what every face needs to know of it to ask, run, show, draw and write it.

A study is a folder of ``xinzhi.studies`` (or of a package that names it under the entry point ``xinzhi.studies``) with
a module ``study`` whose ``STUDY`` is one of these. That module imports what reckons only where it reckons: the shell
reads all of them to print its help.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from xinzhi.studies.table import Part, markdown

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.simulate import Run
    from xinzhi.studies.ask import Ask

Result = TypeVar("Result")
Progress = Callable[[int, int], None]  # how many of how many are done


def silent(_done: int, _of: int) -> None:
    """Progress that nobody wants to see."""


class Study(ABC, Generic[Result]):
    """One question that the model is asked, and how its answer is said.

    ``name`` is its folder, its command and its name in Python; ``help`` a template of the catalogue in one sentence.
    ``needs`` names the extra of the installation whose packages it imports. ``drawn``: it has charts. ``writes``: what
    it finds can be kept in the project's content, when that is asked for. ``stopped`` is said where Ctrl+C ends it
    (``{done}`` of ``{of}`` as its progress told last). ``title`` heads its expander on the page; without one the page
    does not show it.
    """

    name: ClassVar[str]
    help: ClassVar[str]
    asks: ClassVar[tuple[Ask, ...]] = ()
    needs: ClassVar[str] = ""
    drawn: ClassVar[bool] = False
    writes: ClassVar[bool] = False
    stopped: ClassVar[str] = ""
    title: ClassVar[str] = ""

    @abstractmethod
    def run(self, *args: Any, **asked: Any) -> Result:
        """The answer, of the arguments ``base``, ``progress``, and, by name, every ask as `ask.take` gives it."""

    @abstractmethod
    def parts(self, content: Content, result: Result, lang: str) -> Sequence[Part]:
        """What is printed: tables and sentences in their order."""

    @abstractmethod
    def record(self, content: Content, result: Result, lang: str) -> Any:
        """Everything as JSON takes it, unrounded."""

    @abstractmethod
    def frames(self, content: Content, result: Result) -> Mapping[str, pd.DataFrame]:
        """The tables by name, unrounded, the main one first: it is what a csv or Parquet file holds."""

    def dataset(self, content: Content, result: Result) -> xr.Dataset:
        """The result with its axes; the main table's rows as the one axis where it has no others."""
        frame = next(iter(self.frames(content, result).values()))
        return frame.rename_axis("row").to_xarray()

    def page(self, content: Content, result: Result, lang: str) -> str:
        """The answer as a page of Markdown."""
        return markdown(self.parts(content, result, lang))

    def illustrated(self, content: Content, result: Result, lang: str, pictures: Mapping[str, str]) -> str:
        """The page with its charts: their addresses, seen from the page, by the stem of their file."""
        return self.page(content, result, lang)

    def charts(self, content: Content, result: Result, lang: str) -> Mapping[str, Callable[[], Figure]]:
        """Its charts by the stem of their file, the main one first."""
        return {}

    def files(self, base: Base, result: Result) -> Mapping[Path, bytes]:
        """The content's files as they are with what was found, none where that is not sound and was not forced.

        Raises `ContentError` where it must not be kept.
        """
        return {}

    def written(self, result: Result) -> Sequence[Path]:
        """The files and folders that it wrote while it ran."""
        return ()

    def named(self, result: Result, run: Run) -> Result:
        """The result of a run without a name, with the name that a visitor gave the scenario."""
        return result

    def sound(self, result: Result) -> bool:
        """Whether all is as it should be; the shell ends with 1 where not."""
        return True
