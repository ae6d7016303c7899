"""A study that was run, as every face takes it: printed, as a data frame, as JSON, drawn, written to a file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic

from xinzhi.errors import OutputError, Place, Problem, msg
from xinzhi.formats.csv_text import csv_bytes
from xinzhi.formats.workbook import workbook_bytes
from xinzhi.formats.writing import CHART_FORMATS, json_text, netcdf_bytes, output_format, parquet_bytes, write_all
from xinzhi.output import write
from xinzhi.studies.ask import FOLDER
from xinzhi.studies.study import Result, Study
from xinzhi.studies.table import Cells, Part

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

    from xinzhi.base import Base

TABLE_FORMATS = ("csv", "xlsx", "parquet", "nc", "json", "md")


@dataclass(frozen=True, eq=False)
class Answer(Generic[Result]):
    """What ``study`` found in a project, asked as ``asked`` says. ``result`` is the study's own."""

    study: Study[Result]
    base: Base = field(repr=False)
    asked: Mapping[str, Any] = field(repr=False)
    result: Result = field(repr=False)

    def __repr__(self) -> str:
        return f"Answer({self.study.name}: {' '.join(repr(self.result).split())[:150]})"

    def _repr_html_(self) -> str:
        from xinzhi.formats.notebook import frame_html

        return frame_html(self.to_pandas())

    def parts(self, lang: str = "zh") -> Sequence[Part]:
        """Tables and sentences, as the shell prints them."""
        return self.study.parts(self.base.content, self.result, lang)

    def tables(self, lang: str = "zh") -> list[Cells]:
        """The tables in words."""
        return [it for it in self.parts(lang) if isinstance(it, Cells)]

    def sentences(self, lang: str = "zh") -> list[str]:
        """The sentences."""
        return [line for it in self.parts(lang) if not isinstance(it, Cells) for line in it.lines]

    def record(self, lang: str = "zh") -> Any:
        """Everything as JSON takes it, unrounded."""
        return self.study.record(self.base.content, self.result, lang)

    def to_pandas(self) -> pd.DataFrame:
        """The main table, unrounded; every table: `frames`."""
        return next(iter(self.frames().values()))

    def frames(self) -> Mapping[str, pd.DataFrame]:
        """Every table by its name, unrounded."""
        return self.study.frames(self.base.content, self.result)

    def to_xarray(self) -> xr.Dataset:
        """The result with its axes."""
        return self.study.dataset(self.base.content, self.result)

    def draw(self, chart: str | None = None, lang: str = "zh") -> Figure:
        """A chart by its name, or the main one. Raises `OutputError` where the study draws none of that name."""
        charts = self.study.charts(self.base.content, self.result, lang)
        name = next(iter(charts), "") if chart is None else chart
        if name not in charts:
            none = msg('{study} draws no chart "{name}"', study=self.study.name, name=name)
            allowed = msg("allowed are: {names}", names=", ".join(charts)) if charts else msg("it has tables alone")
            raise OutputError(Problem(None, none, allowed))
        return charts[name]()

    def save(self, path: str | Path, lang: str = "zh", charts: str | Path | None = None) -> Path:
        """Into a file, whole or not at all; the suffix says how. Raises `OutputError` for one that the study cannot.

        A page of Markdown shows the charts that `save_charts` puts into the folder ``charts``.
        """
        path = Path(path)
        fmt = check_suffix(self.study, path)
        if fmt == "md" and charts is not None:
            write(path, self._illustrated(path, Path(charts), lang).encode())
        else:
            write(path, self._bytes(fmt, lang))
        return path

    def save_charts(self, folder: str | Path, lang: str = "zh") -> list[Path]:
        """Every chart into ``folder``, which is made where it is missing. Raises `OutputError`."""
        from xinzhi.show.export import export_charts

        charts = self.study.charts(self.base.content, self.result, lang)
        return export_charts(((f"{name}.png", draw()) for name, draw in charts.items()), Path(folder))

    def keep(self) -> list[Path]:
        """Write what was found into the project's content, all files or none; the files.

        Raises `ContentError` where the project would not be sound with it, `OutputError` where a file cannot be
        written or the study has nothing to keep.
        """
        if not self.study.writes:
            raise OutputError(Problem(None, msg("{study} has nothing to keep", study=self.study.name)))
        files = self.study.files(self.base, self.result)
        write_all(files)
        return list(files)

    def _illustrated(self, path: Path, folder: Path, lang: str) -> str:
        beside = path.resolve().parent
        pictures = {
            stem: Path(os.path.relpath(folder.resolve() / f"{stem}.png", beside)).as_posix()
            for stem in self.study.charts(self.base.content, self.result, lang)
        }
        return self.study.illustrated(self.base.content, self.result, lang, pictures)

    def _bytes(self, fmt: str, lang: str) -> bytes:
        if fmt in CHART_FORMATS:
            from xinzhi.show.charts import render

            return render(self.draw(lang=lang), fmt)
        if fmt == "json":
            return json_text(self.record(lang)).encode()
        if fmt == "md":
            return self.study.page(self.base.content, self.result, lang).encode()
        if fmt == "xlsx":
            return workbook_bytes(self.frames())
        if fmt == "nc":
            return netcdf_bytes(self.to_xarray())
        frame = self.to_pandas()
        return csv_bytes(frame) if fmt == "csv" else parquet_bytes(frame)


def check_suffix(study: Study[Any], path: Path) -> str:
    """The format that a file's suffix names. Raises `OutputError` for one that the study cannot write."""
    folder = next((ask.flag for ask in study.asks if ask.flag == FOLDER), "")
    if folder and not path.suffix:
        none = msg("a file needs a suffix, such as .csv")
        raise OutputError(Problem(Place(str(path)), none, msg("name a folder by {flag}", flag=folder)))
    if not study.drawn and path.suffix.lower().removeprefix(".") in CHART_FORMATS:
        problem = msg("{study} draws nothing", study=study.name)
        allowed = msg("allowed are: {names}", names=", ".join(f".{name}" for name in TABLE_FORMATS))
        raise OutputError(Problem(Place(str(path)), problem, allowed))
    return output_format(path, (*TABLE_FORMATS, *CHART_FORMATS) if study.drawn else TABLE_FORMATS)
