"""A model as its file says it: variables with unit, documentation, status and references, and the subscript ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xinzhi.content.yaml_file import Text

STATUSES = ("published", "recalled", "estimated", "assumed", "computed")
REGIONAL = "regional"  # of a constant whose number, status and source stand in calibration/region.csv


@dataclass(frozen=True)
class Variable:
    """One variable of the model; ``value`` is a constant's number, ``uses`` the names it refers to.

    Each ``element`` of a subscripted variable is a variable of its own, of the name ``name[element]``. ``cell`` is
    where calibration/region.csv holds the number of a regional constant.
    """

    name: str
    kind: str
    unit: str
    group: str
    line: int
    value: float | None
    uses: tuple[str, ...]
    en: str
    zh: str
    status: str
    sources: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    element: tuple[str, ...] = ()
    cell: str | None = None

    @property
    def description(self) -> Text:
        return Text(self.zh, self.en)


@dataclass(frozen=True)
class ModelFile:
    """A model that was read; ``variables`` in the file's order, by their names as written.

    ``ranges`` are the elements of each subscript range.
    """

    path: Path
    hash: str
    variables: Mapping[str, Variable]
    ranges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def control(self, name: str) -> float:
        """The value of INITIAL TIME, FINAL TIME, TIME STEP or SAVEPER."""
        value = self.variables[name].value
        assert value is not None
        return value
