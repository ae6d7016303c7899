"""A design as a Parquet file with its recipe, by which it can be cited, extended and run."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from xinzhi.content.content import Content
from xinzhi.errors import Message, OutputError, Place, Problem, msg
from xinzhi.futures.sampling import Sample
from xinzhi.output import write
from xinzhi.simulate import FloatArray


@dataclass(frozen=True, eq=False)
class DesignFile:
    """A design that was read: its columns (model's units), each of shape (runs,), and its recipe."""

    columns: dict[str, FloatArray]
    recipe: dict[str, Any]

    @property
    def runs(self) -> int:
        return len(next(iter(self.columns.values())))


def design_recipe(content: Content, sample: Sample) -> dict[str, Any]:
    """Everything that gives the design again."""
    return {
        "method": sample.method, "seed": sample.seed, "runs": sample.runs, "version": version("xinzhi"),
        "content": content.hash, "correlations": [asdict(it) for it in content.correlations],
        "inputs": {
            name: {
                **{key: value for key, value in asdict(prior).items() if value is not None},
                "unit": content.model.variables[name].unit, "status": content.uncertainties[name].status,
            }
            for name, prior in sample.priors.items()
        },
    }  # fmt: skip


def write_design(content: Content, sample: Sample, path: Path) -> None:
    """A column an input, ``member`` first; the recipe is the file's metadata. Raises `OutputError`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"member": np.arange(sample.runs), **sample.columns})
    table = table.replace_schema_metadata({"xinzhi": json.dumps(design_recipe(content, sample), ensure_ascii=False)})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    write(path, out.getvalue())


def read_design(content: Content, path: Path) -> DesignFile:
    """A design for this content. Raises `OutputError` for a file that is none, of another content, without a row, or
    with a value that its prior excludes."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    place = Place(str(path))
    again = msg("make one with: xinzhi design")
    try:
        table = pq.read_table(path)
        recipe = json.loads((table.schema.metadata or {})[b"xinzhi"])
        inputs = list(recipe["inputs"])
        columns = {name: table[name].to_numpy().astype(float) for name in inputs}
        int(recipe["seed"])
    except (OSError, ArrowException, KeyError, ValueError, TypeError) as error:
        raise OutputError(Problem(place, msg("is no design"), again)) from error
    if recipe.get("content") != content.hash or not content.uncertainties.keys() >= columns.keys():
        raise OutputError(Problem(place, msg("is a design for another model or other priors"), again))
    if not columns or not table.num_rows:
        raise OutputError(Problem(place, msg("holds no runs"), again))
    problem = _wrong(content, columns)
    if problem is not None:
        raise OutputError(Problem(place, problem, again))
    return DesignFile(columns, recipe)


def _wrong(content: Content, columns: Mapping[str, FloatArray]) -> Message | None:
    """What a design cannot hold: the first column with no number, or with values that its prior excludes."""
    for name, values in columns.items():
        sound = np.isfinite(values)
        if not sound.all():
            return msg('holds {count} values of "{name}" that are no numbers', count=int((~sound).sum()), name=name)
        prior = content.uncertainties[name].prior
        slack = 1e-6 * (prior.high - prior.low)
        beyond = (values < prior.low - slack) | (values > prior.high + slack)
        if beyond.any():
            return msg('holds {count} values of "{name}" outside its prior, {low} to {high}', name=name,
                       count=int(beyond.sum()), low=f"{prior.low:g}", high=f"{prior.high:g}")  # fmt: skip
    return None
