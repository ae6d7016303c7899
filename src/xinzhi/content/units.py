"""Units: one Pint registry a project, made from the definitions in model/units.yaml and nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.content.yaml_file import (
    BAD,
    Bad,
    Node,
    Problems,
    list_of,
    mapping_of,
    read_record,
    read_yaml,
    text,
)
from xinzhi.errors import Place, msg

if TYPE_CHECKING:
    from pint import UnitRegistry

TIME_UNIT = "Year"
_QUANTITY = re.compile(r"^([+-]?(?:\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)$")


class UnitError(ValueError):
    """A unit is unknown, or two units do not measure the same thing."""


@dataclass(frozen=True)
class EnglishUnit:
    """How an English page shows a unit: in which unit, and what is printed behind the number."""

    unit: str
    label: str


@dataclass(frozen=True)
class Units:
    """The units of a project. ``definitions`` are lines in Pint's own syntax."""

    definitions: tuple[str, ...]
    in_english: Mapping[str, EnglishUnit]

    @cached_property
    def _registry(self) -> UnitRegistry[Any]:
        return _registry(self.definitions)

    def factor(self, unit: str, wanted: str) -> float:
        """What a number in ``unit`` is multiplied by to be in ``wanted``.

        A flow per year and the year's figure are one number (亿元 for YiYuan/Year). Raises `UnitError`.
        """
        import pint

        try:
            have, want = self._registry.parse_expression(unit), self._registry.parse_expression(wanted)
            year = self._registry.parse_expression(TIME_UNIT)
            one = self._registry.parse_expression("1 Dmnl")
        except (
            pint.errors.UndefinedUnitError,
            pint.errors.DefinitionSyntaxError,
            ValueError,
            AttributeError,
        ) as error:
            raise UnitError(str(error)) from error
        for candidate in (have * one, have * year, have / year):
            if candidate.is_compatible_with(want * one):
                return float((candidate / (want * one)).to(self._registry.parse_expression("Dmnl").units).magnitude)
        raise UnitError(f"{unit} is not {wanted}")

    def knows(self, unit: str) -> bool:
        """Whether the unit can be parsed with the definitions."""
        try:
            self.factor(unit, unit)
        except UnitError:
            return False
        return True

    def english(self, unit: str) -> tuple[float, str]:
        """Factor and label by which an English page shows a number that is in ``unit``."""
        shown = self.in_english.get(unit)
        return (1.0, unit) if shown is None else (self.factor(unit, shown.unit), shown.label)


@lru_cache(maxsize=8)
def _registry(definitions: tuple[str, ...]) -> UnitRegistry[Any]:
    from pint import UnitRegistry

    registry: UnitRegistry[Any] = UnitRegistry(None, cache_folder=None)
    for line in definitions:
        registry.define(line)
    return registry


def split_quantity(written: str) -> tuple[float, str] | None:
    """Number and unit of a text such as 12%, 300亿元, 1,200; full-width digits and signs are read too."""
    match = _QUANTITY.match(unicodedata.normalize("NFKC", written).strip().replace("\N{MINUS SIGN}", "-"))
    return None if match is None else (float(match[1].replace(",", "")), match[2].strip())


def read_units(path: Path, shown_as: str, problems: Problems) -> Units | None:
    """model/units.yaml."""
    import pint

    root = read_yaml(path, shown_as, problems)
    fields = root and read_record(root, problems, {"definitions": list_of(text), "english": mapping_of(_english)})
    if not fields:
        return None
    units = Units(fields["definitions"], fields["english"])
    try:
        registry = _registry(units.definitions)
        for line in units.definitions:
            registry.get_base_units(line.partition("=")[0].strip())
    except (pint.errors.PintError, AttributeError, ValueError) as error:
        problems.add(Place(shown_as), msg("a unit's definition cannot be read ({reason})", reason=error))
        return None
    for unit, shown in units.in_english.items():
        try:
            units.factor(unit, shown.unit)
        except UnitError as error:
            problems.add(
                Place(shown_as),
                msg('the English form of "{unit}" does not fit it ({reason})', unit=unit, reason=error),
            )
    return units


def _english(node: Node, problems: Problems) -> EnglishUnit | Bad:
    fields = read_record(node, problems, {"unit": text, "label": text})
    return BAD if fields is None else EnglishUnit(**fields)
