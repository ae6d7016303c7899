"""Units: one Pint registry a project, made from the definitions in model/units.yaml and nothing else."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.content.reader import LARGEST, LONGEST_NAME, Field, Reader, list_of, mapping_of, matching, record, text
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, read_yaml
from xinzhi.errors import msg, shortened

if TYPE_CHECKING:
    from pint import UnitRegistry

TIME_UNIT = "Year"
NEEDED = {TIME_UNIT: "[time]", "Dmnl": "[]"}
QUANTITY = (
    r"^\s*([+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*([^0-9.,].*)?$"
)
_QUANTITY = re.compile(QUANTITY)
_LETTER = r"A-Za-z_\u00c0-\u024f\u3400-\u9fff"
_NAME = rf"(?:[{_LETTER}][0-9{_LETTER}]*|%)"
_FACTOR = rf"(?:{_NAME}|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
_UNIT = rf"^(?:1|{_NAME})(?: ?[*/] ?{_NAME})*$"
_DEFINITION = rf"^{_NAME} = (?:\[[a-z]*\]|{_FACTOR}(?: ?[*/ ] ?{_FACTOR})*)(?: = {_NAME})*$"


Dimension = tuple[tuple[str, float], ...]
"""Powers of the root units by name; time is left out, as a flow a year and the year's figure are one number."""


class UnitError(ValueError):
    """A unit is unknown, or two units do not measure the same thing."""


@dataclass(frozen=True)
class EnglishUnit:
    """How an English page shows a unit: in which unit, what is printed behind the number, what behind exactly ``one``
    where that is another word, and the factor to it."""

    unit: str
    label: str
    factor: float = 1.0
    one: str = ""


@dataclass(frozen=True)
class Units:
    """The units of a project. ``definitions`` are lines in Pint's own syntax."""

    definitions: tuple[str, ...]
    in_english: Mapping[str, EnglishUnit]
    in_chinese: Mapping[str, str] = field(default_factory=dict)

    def factor(self, unit: str, wanted: str) -> float:
        """What a number in ``unit`` is multiplied by to be in ``wanted``.

        A flow per year and the year's figure are one number (亿元 for YiYuan/Year). Raises `UnitError`.
        """
        return _factor(self.definitions, unit, wanted)

    def root(self, unit: str) -> tuple[float, Dimension]:
        """What a number in ``unit`` is multiplied by to be in root units, and which these are. Raises `UnitError`."""
        return _root(self.definitions, unit)

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
        return (1.0, unit) if shown is None else (shown.factor, shown.label)

    def counted(self, unit: str, number: str) -> str:
        """What an English page prints behind a ``number`` as it is written: 1 laboratory, −1 laboratory, 1.0 firms."""
        label, shown = self.english(unit)[1], self.in_english.get(unit)
        return shown.one if shown is not None and shown.one and number.lstrip("+-−") == "1" else label

    def chinese(self, unit: str) -> str:
        """What a Chinese page prints behind a number that is in ``unit``: laboratories are counted in 家."""
        return self.in_chinese.get(unit, unit)


@lru_cache(maxsize=4096)
def _factor(definitions: tuple[str, ...], unit: str, wanted: str) -> float:
    import pint

    registry = _registry(definitions)
    for written in (unit, wanted):
        if len(written) > LONGEST_NAME or not re.match(_UNIT, written):
            raise UnitError(f"'{shortened(written)}' is not of the form name/name*name")
    try:
        have, want = registry.parse_expression(unit), registry.parse_expression(wanted)
        year = registry.parse_expression(TIME_UNIT)
        one = registry.parse_expression("1 Dmnl")
    except (pint.errors.PintError, ValueError, AttributeError) as error:
        raise UnitError(str(error)) from error
    try:
        for candidate in (have * one, have * year, have / year):
            if candidate.is_compatible_with(want * one):
                factor = float((candidate / (want * one)).to(one.units).magnitude)
                if 1 / LARGEST <= factor <= LARGEST:
                    return factor
    except (pint.errors.PintError, ArithmeticError) as error:
        raise UnitError(str(error)) from error
    raise UnitError(f"{unit} is not {wanted}")


@lru_cache(maxsize=4096)
def _root(definitions: tuple[str, ...], unit: str) -> tuple[float, Dimension]:
    import pint

    if len(unit) > LONGEST_NAME or not re.match(_UNIT, unit):
        raise UnitError(f"'{shortened(unit)}' is not of the form name/name*name")
    try:
        registry = _registry(definitions)
        quantity = (registry.parse_expression(unit) * registry.parse_expression("1 Dmnl")).to_root_units()
        year = str(registry.parse_units(TIME_UNIT))
    except (pint.errors.PintError, ValueError, AttributeError, ArithmeticError) as error:
        raise UnitError(str(error)) from error
    if not math.isfinite(quantity.magnitude):
        raise UnitError(f"{unit} is a number")
    powers = {str(name): float(power) for name, power in quantity.unit_items() if name not in (year, "Dmnl")}
    return float(quantity.magnitude), tuple(sorted(powers.items()))


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
    return None if match is None else (float(match[1].replace(",", "")), (match[2] or "").strip())


def units_format() -> Reader:
    """What model/units.yaml holds; `Units`."""
    definition = matching(_DEFINITION, msg("write name = number unit, or name = [dimension], and = other name"))
    english = record(
        Field("unit", text, "英文页面所用单位", "The unit that an English page uses"),
        Field("label", text, "英文页面所写字样", "What an English page prints behind the number"),
        Field("one", text, "数字恰为1时英文页面所写字样（单数）", "What it prints behind exactly 1", ""),
    ).then(_english)
    named = mapping_of(english, _UNIT, msg("write a unit, such as {example}", example="亿元"))
    return record(
        Field("definitions", list_of(definition), "单位定义，按Pint的写法", "Definitions in Pint's own syntax"),
        Field("english", named, "英文页面如何显示", "How an English page shows each unit"),
        Field(
            "chinese",
            mapping_of(text, _UNIT, msg("write a unit, such as {example}", example="亿元")),
            "中文页面所写量词，未列出的照写单位",
            "What a Chinese page prints behind the number, where it is not the unit itself",
            {},
        ),
    ).then(_units)


def _english(fields: dict[str, str], _node: Node, _problems: Problems) -> EnglishUnit:
    return EnglishUnit(fields["unit"], fields["label"], one=fields["one"])


def _units(fields: dict[str, Any], node: Node, problems: Problems) -> Units | Bad:
    """The units, after every definition and every English form was tried."""
    lines: tuple[Node, ...] = node.value["definitions"].value
    units = Units(fields["definitions"], fields["english"], fields["chinese"])
    before = len(problems.noted)
    _check_defined_once(lines, problems)
    if len(problems.noted) == before:
        _check_definitions(units, lines, problems)
    if len(problems.noted) > before:
        return BAD
    for unit in units.in_chinese:
        if not units.knows(unit):
            problems.add(
                node.value["chinese"].value[unit].place,
                msg('the unit "{unit}" is not defined', unit=unit),
                msg("use units that are defined in this file"),
            )
    english = {}
    for unit, shown in units.in_english.items():
        try:
            english[unit] = replace(shown, factor=units.factor(unit, shown.unit))
        except UnitError as error:
            problems.add(
                node.value["english"].value[unit].place,
                msg('the English form of "{unit}" does not fit it ({reason})', unit=unit, reason=error),
                msg("write a unit that is defined above and measures the same"),
            )
    return replace(units, in_english=english)


def _names(definition: str) -> list[str]:
    """The names that a definition defines: the first one and those behind its second sign of equality."""
    name, _, *aliases = (part.strip() for part in definition.split("="))
    return [name, *aliases]


def _check_defined_once(lines: tuple[Node, ...], problems: Problems) -> None:
    seen: set[str] = set()
    for line in lines:
        for name in _names(line.value):
            if name in seen:
                problems.add(line.place, msg('the unit "{unit}" is defined twice', unit=name), msg("keep one"))
            seen.add(name)
    for name, wanted in NEEDED.items():
        definition = f"{name} = {wanted}"
        if name not in seen:
            problems.add(
                lines[0].place,
                msg('the unit "{unit}" is not defined', unit=name),
                msg("the model's time and its shares need it: add it"),
            )
        elif not any(f"{line.value} ".startswith(f"{definition} ") for line in lines):
            problems.add(
                lines[0].place,
                msg('the unit "{unit}" is not defined as it must be', unit=name),
                msg("write {definition}", definition=definition),
            )


def _check_definitions(units: Units, lines: tuple[Node, ...], problems: Problems) -> None:
    import pint

    for line in lines:
        try:
            factor: Any = _registry(units.definitions).get_base_units(_names(line.value)[0])[0]
            if not 1 / LARGEST <= float(factor) <= LARGEST:
                raise ValueError(f"{factor}")
        except RecursionError:
            reason: object = msg("it is defined by itself")
        except (pint.errors.PintError, AttributeError, ValueError, TypeError, ArithmeticError) as error:
            reason = error
        else:
            continue
        problems.add(
            line.place,
            msg("a unit's definition cannot be read ({reason})", reason=reason),
            msg("use units that are defined in this file"),
        )


def read_units(path: Path, shown_as: str, problems: Problems) -> Units | None:
    """model/units.yaml, or None after its problems were noted."""
    root = read_yaml(path, shown_as, problems)
    units = root and units_format().read(root, problems)
    return units if isinstance(units, Units) else None
