"""Sensitivity into a file: the long table (csv, parquet) or the labelled arrays with convergence (nc)."""

from __future__ import annotations

from pathlib import Path

from xinzhi.formats.csv_text import csv_bytes
from xinzhi.formats.writing import TABLE_FORMATS, netcdf_bytes, output_format, parquet_bytes
from xinzhi.output import write
from xinzhi.studies.sensitivity.result import Sensitivity


def export_sensitivity(found: Sensitivity, path: Path) -> None:
    """Into ``path``; the suffix names the format. Raises `OutputError`."""
    fmt = output_format(path, TABLE_FORMATS)
    if fmt == "csv":
        write(path, csv_bytes(found.to_pandas()))
    elif fmt == "parquet":
        write(path, parquet_bytes(found.to_pandas()))
    else:
        write(path, netcdf_bytes(found.to_xarray()))
