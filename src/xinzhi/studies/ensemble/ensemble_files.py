"""An ensemble in a folder: ensemble.json says how it was made, SCENARIO/part-NNNNN.parquet hold its members.

A part appears whole or not at all; what is there is never made again, so that an interrupted ensemble goes on. The
folder may be on any file system that fsspec knows, named by a URL.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from xinzhi import arguments
from xinzhi.cache_folder import leftovers
from xinzhi.errors import OutputError, Place, Problem, msg
from xinzhi.extras import told
from xinzhi.futures.stream import Chunk
from xinzhi.output import write_atomically, write_first, writing
from xinzhi.simulate import FloatArray

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "ensemble.json"
AT_ONCE = 16  # columns


@dataclass(frozen=True)
class Recipe:
    """How an ensemble is made: the same recipe on the same kind of processor gives the same bits.

    ``settings`` are each scenario's levers and assumptions; ``share`` says how much its members count, see `Futures`.
    """

    content: str
    model: str
    version: str
    scenarios: tuple[str, ...]
    settings: Mapping[str, Any]
    runs: int
    seed: int
    chunk: int
    share: float
    design: str

    @property
    def parts(self) -> int:
        return -(-self.runs // self.chunk)

    def members(self, part: int) -> tuple[int, int]:
        """The first member of a part and the one after its last."""
        return part * self.chunk, min((part + 1) * self.chunk, self.runs)


@dataclass(frozen=True)
class EnsembleFolder:
    """A folder with its recipe; columns are read one at a time."""

    path: Path
    recipe: Recipe

    def part(self, scenario: str, number: int) -> Path:
        return self.path / scenario / f"part-{number:05d}.parquet"

    def missing(self) -> Iterator[tuple[str, int]]:
        """The parts that are still to be made, in order."""
        for scenario in self.recipe.scenarios:
            for number in range(self.recipe.parts):
                if not self.part(scenario, number).exists():
                    yield scenario, number

    def _parts(self, scenario: str) -> Iterator[Any]:
        """Every part, as pyarrow reads it."""
        for number in range(self.recipe.parts):
            part = self.part(scenario, number)
            yield part.open("rb") if remote(part) else part

    def columns(self, scenario: str, names: list[str]) -> Iterator[tuple[str, FloatArray]]:
        """Columns of all members, in their order; no more than a few are in memory at once."""
        import pyarrow.parquet as pq

        for first in range(0, len(names), AT_ONCE):
            some = names[first : first + AT_ONCE]
            tables = [pq.read_table(file, columns=some, use_threads=False) for file in self._parts(scenario)]
            for name in some:
                yield name, np.concatenate([table[name].to_numpy() for table in tables])

    def frame(self, scenario: str, names: list[str] | None = None) -> pd.DataFrame:
        """The members of a scenario (some columns), indexed by member."""
        import pandas as pd

        wanted = None if names is None else ["member", *names]
        frames = [pd.read_parquet(file, columns=wanted) for file in self._parts(scenario)]
        return pd.concat(frames).set_index("member")

    def failures(self, scenario: str) -> list[dict[str, Any]]:
        """The failed members that were looked into: member, first bad variable, year."""
        import pyarrow.parquet as pq

        failures: list[dict[str, Any]] = []
        for file in self._parts(scenario):
            about = pq.read_schema(file).metadata or {}
            failures += json.loads(about.get(b"failures", b"[]"))
        return failures


def place(folder: str | Path) -> Path:
    """A folder by its path or URL, such as s3://bucket/folder. Raises `OutputError` for a URL that nothing serves."""
    if "://" not in str(folder):
        return arguments.path("folder", folder)
    where, problem = Place(str(folder)), msg("no such file system is at hand")
    with told():
        from upath import UPath
    try:
        return cast(Path, UPath(str(folder)))  # the same methods, not the same class
    except (ImportError, ValueError) as error:
        remedy = msg('install what fsspec needs for it, beginning with: pip install "xinzhi[cluster]"')
        raise OutputError(Problem(where, problem, remedy)) from error


def remote(path: Path) -> bool:
    """Whether a path is of another file system than this machine's."""
    return "://" in str(path)


def keep(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, wherever it is. Raises `OutputError`."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not remote(path):
            write_atomically(path, lambda temporary: temporary.write_bytes(content))
            return
        temporary = path.with_name(f".writing-{path.name}")
        temporary.write_bytes(content)
        temporary.rename(path)


def open_folder(path: Path, recipe: Recipe, *, resume: bool) -> EnsembleFolder:
    """Begin an ensemble, or go on with one of the same recipe; what a process that died left half-written is removed.

    Of two that begin at the same time one is refused, where the folder is no URL. Raises `OutputError`.
    """
    manifest = path / MANIFEST
    wanted = {**asdict(recipe), "scenarios": list(recipe.scenarios)}
    text = json.dumps(wanted, ensure_ascii=False, indent=1) + "\n"
    if manifest.exists() or not _begun(manifest, recipe, text.encode()):
        there = _read(manifest)
        if there != json.loads(text):
            changed = sorted(key for key in wanted if there.get(key) != json.loads(text)[key])
            problem = msg("holds an ensemble of another recipe ({keys})", keys=", ".join(changed))
            raise OutputError(Problem(Place(str(path)), problem, msg("choose another folder")))
        if not resume:
            problem = msg("holds this ensemble already, whole or in part")
            raise OutputError(Problem(Place(str(path)), problem, msg("go on with --resume, or choose another folder")))
    if not remote(path):
        for folder in (path, *(path / scenario for scenario in recipe.scenarios)):
            for left in leftovers(folder):
                left.unlink(missing_ok=True)
    return EnsembleFolder(path, recipe)


def _begun(manifest: Path, recipe: Recipe, content: bytes) -> bool:
    """Write the manifest into a folder that holds nothing yet; False where another process was first."""
    folder = manifest.parent
    with writing(folder):
        if folder.is_dir() and any(map(partial(_anothers, recipe), folder.iterdir())):
            if manifest.exists():
                return False
            raise OutputError(Problem(Place(str(folder)), msg("is not empty"), msg("choose another folder")))
        if remote(manifest):
            keep(manifest, content)
            return True
        folder.mkdir(parents=True, exist_ok=True)
        return write_first(manifest, content)


def _anothers(recipe: Recipe, path: Path) -> bool:
    """Whether a file or folder is none that an ensemble leaves that could not begin."""
    if path.is_dir():
        return path.name not in recipe.scenarios or any(path.iterdir())
    return not path.name.startswith(".writing-")


def read_folder(path: Path) -> EnsembleFolder:
    """An ensemble that was made before. Raises `OutputError`."""
    there = _read(path / MANIFEST)
    try:
        recipe = Recipe(**{**there, "scenarios": tuple(there["scenarios"])})
    except (KeyError, TypeError) as error:
        raise _no_ensemble(path) from error
    return EnsembleFolder(path, recipe)


def write_part(path: Path, chunk: Chunk, about: Mapping[str, str]) -> None:
    """A chunk into its file, whole or not at all, with ``about`` as metadata. Raises `OutputError`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    members = np.arange(chunk.first, chunk.first + len(chunk.failed))
    table = pa.table({"member": members, **chunk.columns})
    failures = json.dumps([asdict(it) for it in chunk.failures])
    table = table.replace_schema_metadata({**about, "failures": failures})
    packed = io.BytesIO()
    pq.write_table(table, packed, compression="none", use_dictionary=False)
    keep(path, packed.getvalue())


def about(recipe: Recipe, scenario: str) -> dict[str, str]:
    """What every file says of how it was made."""
    said = {**asdict(recipe), "settings": recipe.settings[scenario], "scenario": scenario}
    return {"xinzhi": json.dumps(said, ensure_ascii=False)}


def _read(manifest: Path) -> dict[str, Any]:
    try:
        there = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _no_ensemble(manifest.parent) from error
    if not isinstance(there, dict):
        raise _no_ensemble(manifest.parent)
    return there


def _no_ensemble(path: Path) -> OutputError:
    return OutputError(Problem(Place(str(path)), msg("holds no ensemble"), msg("make one with: xinzhi ensemble")))
