"""Files: the suffix names the format; a file appears whole or not at all."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.errors import OutputError, Place, Problem, msg
from xinzhi.extras import told
from xinzhi.formats.csv_text import csv_bytes
from xinzhi.output import write, writing

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

CHART_FORMATS = ("png", "svg", "pdf")
TABLE_FORMATS = ("csv", "parquet", "nc")


def output_format(path: Path, allowed: tuple[str, ...]) -> str:
    """The format that a file's suffix names, or `OutputError`."""
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in allowed:
        raise OutputError(
            Problem(
                Place(str(path)),
                msg('the suffix "{suffix}" names no known format', suffix=path.suffix),
                msg("allowed are: {names}", names=", ".join(f".{name}" for name in allowed)),
            )
        )
    return suffix


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write files in their order, all or none of them, and the folders that they need. Raises `OutputError`."""
    before: dict[Path, bytes | None] = {}
    made: list[Path] = []
    done = False
    try:
        for path, content in files.items():
            before[path] = path.read_bytes() if path.exists() else None
            made += _make_folder(path.parent)
            write(path, content)
        done = True
    finally:
        for path, held in reversed(before.items() if not done else ()):
            with contextlib.suppress(OSError, OutputError):
                path.unlink(missing_ok=True) if held is None else write(path, held)
        for folder in reversed(made if not done else ()):
            with contextlib.suppress(OSError):
                folder.rmdir()


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder that may be missing; those that were made. Raises `OutputError`."""
    if folder.is_dir():
        return []
    with writing(folder):
        folder.mkdir()
    return [folder]


def export_table(table: pd.DataFrame, path: Path) -> None:
    """A model's run into ``path`` (csv, parquet or nc): time first, then a column a variable."""
    from xarray import Dataset

    fmt = output_format(path, TABLE_FORMATS)
    if fmt == "csv":
        content = csv_bytes(table, index=True)
    elif fmt == "parquet":
        content = parquet_bytes(table.reset_index())
    else:  # a slash would be a group of the file
        named = {str(name).replace("/", "∕"): ("time", table[name].to_numpy()) for name in table}
        about = {"method": table.attrs["method"]} if "method" in table.attrs else {}
        dataset = Dataset(named, coords={"time": table.index.to_numpy()}, attrs=about)
        content = netcdf_bytes(dataset)
    write(path, content)


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """A table as Parquet, without its index. Raises `MissingPartError` where PyArrow is not installed."""
    with told():
        return bytes(table.to_parquet(index=False, engine="pyarrow"))


def netcdf_bytes(dataset: xr.Dataset) -> bytes:
    """Labelled arrays as NetCDF 4. Raises `MissingPartError` where h5netcdf is not installed."""
    with told():
        return bytes(dataset.to_netcdf(engine="h5netcdf"))


def json_text(value: Any) -> str:
    """JSON with Chinese as it is; a number that is not finite is an error, never NaN in a file."""
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
