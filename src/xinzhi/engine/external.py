"""Numbers that a model keeps in spreadsheets (GET DIRECT/XLS CONSTANTS, DATA, LOOKUPS): read with PySD's readers.

Only files in the model's own folder, or below it, are read; of a project's model, those of the whole project.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import numpy as np

from xinzhi.engine.cells import column, nearly_a_number
from xinzhi.engine.encoding import is_utf_8
from xinzhi.engine.lookup_tables import table_of
from xinzhi.engine.program import NA, Table
from xinzhi.engine.scope import Frame, problem
from xinzhi.errors import ModelError, Problem, msg
from xinzhi.quiet import quiet


class ExternalFiles:
    """The data files that a model in ``folder`` names, below ``limit`` only.

    ``read`` gives the SHA-256 of each file that was read, by its path from the folder.
    """

    def __init__(self, folder: Path, limit: Path) -> None:
        self.folder, self.limit = folder.resolve(), limit
        self.read: dict[str, str] = {}
        self._arrays: dict[int, tuple[Any, Any]] = {}

    def constant(self, component: Any, frame: Frame, element: tuple[str, ...]) -> float:
        """The number of one element of GET DIRECT CONSTANTS. Raises `ModelError` where its cell holds none."""
        data, index = self._found(component, frame, element)
        value = float(np.asarray(data)[index])
        if np.isnan(value):
            cell = _cell(str(component.ast.cell), index, np.shape(data))
            message = msg('the cell {cell} of "{file}" is empty or not a number', cell=cell, file=component.ast.file)
            raise problem(frame.scope, frame.variable, message, msg("write a number into it"))
        return value

    def series(self, component: Any, frame: Frame, element: tuple[str, ...]) -> Table:
        """The data series of one element, by model time."""
        if type(component.ast).__name__ == "DataStructure":
            raise problem(frame.scope, frame.variable, msg("its data come from a file that the model does not name"),
                         msg("use GET DIRECT DATA or a lookup"))  # fmt: skip
        data, index = self._found(component, frame, element)
        return _table(component, frame, data["time"].values, data.values[(slice(None), *index)], _rule(component))

    def lookup(self, component: Any, frame: Frame, element: tuple[str, ...]) -> Table:
        """The points of one element of GET DIRECT LOOKUPS."""
        data, index = self._found(component, frame, element)
        return _table(component, frame, data["lookup_dim"].values, data.values[(slice(None), *index)], "interpolate")

    def _found(self, component: Any, frame: Frame, element: tuple[str, ...]) -> tuple[Any, tuple[int, ...]]:
        """PySD's array of the component and the element's index in it."""
        coordinates = frame.scope.section.ranges.coordinates(list(component.subscripts[0]))
        if id(component) not in self._arrays:
            self._arrays[id(component)] = (component, self._load(component, coordinates, frame))
        data = self._arrays[id(component)][1]
        index = tuple(names.index(name) for names, name in zip(coordinates.values(), element, strict=True))
        return data, index

    def _load(self, component: Any, coordinates: dict[str, list[str]], frame: Frame) -> Any:
        from pysd.py_backend import external

        ast, name = component.ast, frame.variable
        try:
            inner, digest = data_file(self.folder, str(ast.file), self.limit)
        except ModelError as error:
            raise problem(frame.scope, name, error.problems[0].message, error.problems[0].remedy) from error
        self.read[inner] = digest
        common = (coordinates, self.folder, coordinates, name)
        kind = type(ast).__name__
        with quiet():
            try:
                if kind == "GetConstantsStructure":
                    reader = external.ExtConstant(ast.file, ast.tab, ast.cell, *common)
                elif kind == "GetLookupsStructure":
                    reader = external.ExtLookup(ast.file, ast.tab, ast.x_row_or_col, ast.cell, *common)
                else:
                    reader = external.ExtData(
                        ast.file, ast.tab, ast.time_row_or_col, ast.cell, _rule(component), *common
                    )
                reader.initialize()
            except Exception as error:
                lines = str(error).strip().splitlines()
                reason = lines[-1] if lines else type(error).__name__
                raise problem(
                    frame.scope, name, msg('"{file}" cannot be read ({reason})', file=ast.file, reason=reason)
                ) from error
            wrong = None if kind == "GetConstantsStructure" else nearly_a_number(reader, ast)
        if wrong is not None:
            cell, text = wrong
            message = msg('the cell {cell} of "{file}" is not a number: "{text}"', cell=cell, file=ast.file, text=text)
            raise problem(frame.scope, name, message, msg("write digits alone, such as 0.12 or 1000"))
        return reader.data


def _cell(first: str, index: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """The cell of an element: the last subscript runs to the right, the one before it down; ``B2*`` the other way."""
    cell = re.fullmatch(r"([A-Za-z]{1,3})(\d+)(\*?)", first)
    steps = [i for i, size in zip(index, shape, strict=True) if size > 1]
    if cell is None or len(steps) > 2:
        return first
    down, right = [0, 0, *steps][-2:]
    if cell[3]:
        down, right = right, down
    return column(cell[1], right) + str(int(cell[2]) + down)


def _rule(component: Any) -> str:
    """What holds between the points of data; written with = they have no keyword."""
    return str(getattr(component, "keyword", None) or "interpolate").replace(" ", "_")


def _table(component: Any, frame: Frame, x: Any, y: Any, rule: str) -> Table:
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if rule == "raw":
        y = np.where(np.isfinite(y), y, NA)
    good = np.isfinite(x) & np.isfinite(y)
    if not good.any():
        message = msg('"{file}" has no number where its data should be', file=component.ast.file)
        raise problem(frame.scope, frame.variable, message, msg("check the separator and the cells"))
    return table_of(x[good], y[good], rule)


def data_file(folder: Path, file: str, limit: Path) -> tuple[str, str]:
    """A data file's path from ``folder`` and its SHA-256. Raises `ModelError` where it is no file below ``limit``."""
    folder = folder.resolve()
    path = (folder / file.lstrip("?")).resolve()
    if file.startswith("?") or not path.is_relative_to(limit.resolve()):
        message = msg('"{file}" is not in the folder of the model', file=file)
        remedy = msg("put it beside the model; nothing outside that folder is read")
        raise ModelError(Problem(None, message, remedy))
    if not path.is_file():
        message = msg('the data file "{file}" is missing', file=file)
        raise ModelError(Problem(None, message, msg("put it beside the model")))
    content = path.read_bytes()
    if path.suffix.lower() in (".csv", ".tab", ".txt") and not is_utf_8(content):
        message = msg('the data file "{file}" is not UTF-8 text', file=file)
        raise ModelError(Problem(None, message, msg('save it as UTF-8, in Excel as "CSV UTF-8"')))
    return Path(os.path.relpath(path, folder)).as_posix(), hashlib.sha256(content).hexdigest()
