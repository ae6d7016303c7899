"""Results into files. The suffix names the format; a file appears whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.analysis.verdict import Verdict, judge
from xinzhi.content.content import Content
from xinzhi.formats.csv_text import csv_bytes
from xinzhi.formats.workbook import workbook_bytes
from xinzhi.formats.writing import CHART_FORMATS, json_text, netcdf_bytes, output_format, parquet_bytes
from xinzhi.output import make_folder, write
from xinzhi.show.records import run_records, setting_records, verdict_record
from xinzhi.show.run_names import run_name
from xinzhi.show.words import join, prices_word
from xinzhi.simulate import Run

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

RUN_FORMATS = ("csv", "xlsx", "parquet", "nc", "json")


def export_run(content: Content, run: Run, path: Path, lang: str) -> None:
    """A run into ``path``: first column ``time``, then one column an indicator id, in declared units."""
    write(path, run_bytes(content, run, output_format(path, RUN_FORMATS), lang))


def export_chart(figure: Figure, path: Path) -> None:
    """A chart into ``path``."""
    from xinzhi.show.charts import render

    write(path, render(figure, output_format(path, CHART_FORMATS)))


def export_charts(charts: Iterable[tuple[str, Figure]], folder: Path) -> list[Path]:
    """Charts by their file's name into ``folder``, which is made where it is missing. Raises `OutputError`."""
    make_folder(folder)
    written = []
    for name, figure in charts:
        written.append(folder / name)
        export_chart(figure, written[-1])
    return written


def run_bytes(content: Content, run: Run, fmt: str, lang: str) -> bytes:
    """A run in one of `RUN_FORMATS`."""
    makers: dict[str, Callable[[], bytes]] = {
        "csv": lambda: csv_bytes(_frame(run)),
        "json": lambda: json_text(run_records(run)).encode(),
        "parquet": lambda: parquet_bytes(_frame(run)),
        "xlsx": lambda: _workbook(content, run, lang),
        "nc": lambda: _netcdf(run),
    }
    return makers[fmt]()


def _frame(run: Run) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(run_records(run))


def _workbook(content: Content, run: Run, lang: str) -> bytes:
    """Results, indicators (names, units, definitions) and levers, a sheet each."""
    import pandas as pd

    indicators = pd.DataFrame(
        [
            {
                "indicator": key,
                "name": item.name[lang],
                "unit": item.unit,
                "definition": item.definition[lang],
                "prices": prices_word(item.prices, lang),
            }
            for key, item in run.indicators.items()
        ]
    )
    targets = pd.DataFrame([_target_row(content, verdict, lang) for verdict in judge(content, run)])
    about = pd.DataFrame(
        [
            {"item": "scenario", "value": run.scenario},
            {"item": "name", "value": run_name(content, run, lang)},
            {"item": "model", "value": run.content_hash[:8]},
            {"item": "document", "value": content.region.document.number},
        ]
    )
    return workbook_bytes(
        {
            "results": _frame(run),
            "targets": targets,
            "indicators": indicators,
            "levers": pd.DataFrame(setting_records(content, run, lang)),
            "about": about,
        }
    )


def _target_row(content: Content, verdict: Verdict, lang: str) -> dict[str, Any]:
    """A verdict's record with its departments in one cell."""
    record = verdict_record(content, verdict, lang)
    return {**record, "departments": join(record["departments"], lang)}


def _netcdf(run: Run) -> bytes:
    dataset = run.to_xarray()
    for key, variable in dataset.data_vars.items():
        indicator = run.indicators[str(key)]
        attributes = {k: v for k, v in variable.attrs.items() if k.startswith("long_name")}
        dataset[key] = variable * indicator.factor
        dataset[key].attrs = {**attributes, "units": indicator.unit}
    return netcdf_bytes(dataset)


def scenario_yaml(content: Content, run: Run, based_on: str, name: dict[str, str], narrative: dict[str, str]) -> str:
    """A scenario file that gives ``run`` again: what differs from ``based_on``, in human units."""
    from ruamel.yaml import YAML

    parent = content.settings(content.scenario(based_on))
    levers: dict[str, Any] = {}
    for lever in content.sheet.levers.values():
        setting, base = run.settings[lever.id], parent[lever.id]
        stated: dict[str, Any] = {}
        if setting.value != base.value:
            shown = lever.shown(setting.value)
            stated["value"] = f"{shown:.12g}{lever.unit}"
        if setting.start != base.start:
            stated["start"] = _whole(setting.start)
        if setting.ramp != base.ramp:
            stated["ramp"] = _whole(setting.ramp)
        if stated:
            levers[lever.id] = stated
    document: dict[str, Any] = {"name": name, "based_on": based_on, "narrative": narrative}
    if levers:
        document["levers"] = levers
    stream = io.StringIO()
    YAML().dump(document, stream)
    return stream.getvalue()


def _whole(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value
