"""model/levers.yaml: what a decision maker sets. A lever's base value, start year and ramp stand in the model file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TypeGuard

from xinzhi.content.model_file import STATUSES, ModelFile
from xinzhi.content.region import Region
from xinzhi.content.units import UnitError, Units, split_quantity
from xinzhi.content.yaml_file import (
    BAD,
    Bad,
    Node,
    Problems,
    Text,
    bilingual,
    children,
    choice,
    list_of,
    mapping_of,
    number,
    number_range,
    read_record,
    read_yaml,
    text,
)
from xinzhi.errors import ContentError, Message, Place, Problem, msg, nearest

START_SUFFIX = " start year"
RAMP_SUFFIX = " ramp time"


@dataclass(frozen=True)
class Lever:
    """A constant that a decision maker sets.

    ``low``, ``high``, ``base`` and ``step`` are in the model's unit (shares 0..1); ``factor`` times a model number
    is the number in ``unit``, which is what files and screens show.
    """

    id: str
    code: str
    variable: str
    name: Text
    group: str
    article: str
    departments: tuple[str, ...]
    unit: str
    factor: float
    low: float
    high: float
    step: float
    base: float
    base_start: float
    base_ramp: float
    help: Text
    range_reason: Text
    cost: Text
    status: str
    sources: tuple[str, ...]

    @property
    def base_setting(self) -> Setting:
        return Setting(self.base, self.base_start, self.base_ramp)

    def shown(self, value: float) -> float:
        """A model number in the lever's declared unit, without the dust of the conversion."""
        return float(f"{value * self.factor:.12g}")


@dataclass(frozen=True)
class Setting:
    """What a lever is set to: its value (model unit), the year it starts (2024 = end of 2024) and years of ramp."""

    value: float
    start: float
    ramp: float


@dataclass(frozen=True)
class Timing:
    """The ranges of every lever's start year and ramp time (years)."""

    start: tuple[float, float]
    ramp: tuple[float, float]


@dataclass(frozen=True)
class PartialSetting:
    """The parts of a setting that a scenario states; None stands for what it is based on."""

    value: float | None = None
    start: float | None = None
    ramp: float | None = None

    def over(self, base: Setting) -> Setting:
        return Setting(
            base.value if self.value is None else self.value,
            base.start if self.start is None else self.start,
            base.ramp if self.ramp is None else self.ramp,
        )


def read_levers(
    path: Path, shown_as: str, problems: Problems, model: ModelFile, region: Region, units: Units
) -> tuple[Timing, dict[str, Lever]] | None:
    """Timing and levers in the file's order, checked against the model, the region and the units."""
    root = read_yaml(path, shown_as, problems)
    fields = root and read_record(root, problems, {"timing": _timing, "levers": mapping_of(lambda node, _: node)})
    if not fields:
        return None
    levers: dict[str, Lever] = {}
    codes: dict[str, str] = {}
    for lever_id, node in fields["levers"].items():
        lever = _lever(lever_id, node, problems, model, region, units)
        if lever is None:
            continue
        if lever.code in codes:
            problems.add(
                node.place,
                msg('the code "{code}" is taken by "{other}"', code=lever.code, other=codes[lever.code]),
            )
        codes[lever.code] = lever_id
        levers[lever_id] = lever
    return fields["timing"], levers


def _timing(node: Node, problems: Problems) -> Timing | Bad:
    fields = read_record(node, problems, {"start": number_range, "ramp": number_range})
    return BAD if fields is None else Timing(**fields)


def _lever(
    lever_id: str, node: Node, problems: Problems, model: ModelFile, region: Region, units: Units
) -> Lever | None:
    fields = read_record(
        node,
        problems,
        {
            "code": text,
            "variable": text,
            "name": bilingual,
            "group": choice(list(region.chapters)),
            "article": text,
            "departments": list_of(choice(list(region.departments))),
            "unit": text,
            "range": number_range,
            "step": number,
            "help": bilingual,
            "range_reason": bilingual,
            "cost": bilingual,
            "status": choice(STATUSES),
            "sources": list_of(text),
        },
    )
    if fields is None:
        return None
    constants = [name for name, variable in model.variables.items() if variable.value is not None]
    name = fields["variable"]
    for wanted in (name, name + START_SUFFIX, name + RAMP_SUFFIX):
        if wanted not in constants:
            problems.add(node.place, msg('the model has no constant "{name}"', name=wanted), nearest(wanted, constants))
            return None
    variable = model.variables[name]
    try:
        factor = units.factor(variable.unit, fields["unit"])
    except UnitError as error:
        problems.add(
            node.place,
            msg('the unit of "{name}" does not fit the model ({reason})', name=lever_id, reason=error),
        )
        return None
    low, high = fields.pop("range")
    base = _constant(model, name)
    if not low <= round(base * factor, 9) <= high:
        problems.add(
            node.place,
            msg('the base of "{name}" in the model is outside its range', name=lever_id),
            msg("allowed are {low} to {high}", low=f"{low:g}", high=f"{high:g}"),
        )
        return None
    return Lever(
        **{**fields, "step": fields["step"] / factor},
        id=lever_id,
        factor=factor,
        low=low / factor,
        high=high / factor,
        base=base,
        base_start=_constant(model, name + START_SUFFIX),
        base_ramp=_constant(model, name + RAMP_SUFFIX),
    )


def _constant(model: ModelFile, name: str) -> float:
    value = model.variables[name].value
    assert value is not None
    return value


@dataclass(frozen=True)
class LeverSheet:
    """The levers of a project and what reading a setting needs: the one place where a setting is read."""

    timing: Timing
    levers: Mapping[str, Lever]
    units: Units

    def find(self, written: str) -> Lever | None:
        """The lever with this id, code or name (Chinese or English, case ignored)."""
        wanted = written.strip().lower()
        for lever in self.levers.values():
            if wanted in (lever.id.lower(), lever.code.lower(), lever.name.zh.lower(), lever.name.en.lower()):
                return lever
        return None

    def unknown(self, written: str, place: Place | None) -> Problem:
        """The problem of a lever that does not exist, with the nearest name in the writer's language."""
        chinese = any(ord(letter) > 0x2E7F for letter in written)
        names = [lever.name.zh for lever in self.levers.values()] if chinese else list(self.levers)
        return Problem(place, msg('unknown lever "{name}"', name=written), nearest(written, names))

    def value(self, lever: Lever, written: object, place: Place | None) -> float | Problem:
        """A lever's value in the model's unit from a number or text in human units; a `Problem` if it is not one."""
        number_, unit = (float(written), "") if _is_number(written) else split_quantity(str(written)) or (None, "")
        if number_ is None or number_ != number_ or number_ in (float("inf"), float("-inf")):
            return Problem(
                place,
                msg('"{value}" is not a number for "{name}"', value=written, name=lever.id),
                msg("write a number with its unit, such as {example}", example=_example(lever)),
            )
        if not unit and lever.unit == "%" and 0 < abs(number_) < 1 and lever.high >= 0.02:
            return Problem(
                place,
                msg('"{value}" is ambiguous for "{name}", which is a share', value=written, name=lever.id),
                msg("write {a}% or {b}%", a=f"{number_:g}", b=f"{100 * number_:g}"),
            )
        try:
            value = number_ / lever.factor if not unit else number_ * self.units.factor(unit, lever.unit) / lever.factor
        except UnitError:
            return Problem(
                place,
                msg('the unit "{unit}" does not fit "{name}"', unit=unit, name=lever.id),
                msg("its unit is {unit}", unit=lever.unit),
            )
        return self.checked(lever, value, written, place)

    def checked(self, lever: Lever, value: float, written: object, place: Place | None) -> float | Problem:
        """``value`` (model unit) if it is finite and in the lever's range, else the problem."""
        slack = 1e-9 * (lever.high - lever.low)
        if lever.low - slack <= value <= lever.high + slack:
            return min(max(value, lever.low), lever.high)
        return Problem(
            place,
            msg('"{value}" is outside the range of "{name}"', value=written, name=lever.id),
            _allowed(lever.shown(lever.low), lever.shown(lever.high), lever.unit),
        )

    def year(self, lever: Lever, part: str, written: object, place: Place | None) -> float | Problem:
        """A start year or ramp time (``part`` is "start" or "ramp") from a number or text."""
        low, high = self.timing.start if part == "start" else self.timing.ramp
        parsed = split_quantity(str(written))
        if parsed is None or parsed[1] not in ("", "年", "年底", "years", "year"):
            return Problem(
                place,
                msg('"{value}" is not a number for "{name}"', value=written, name=f"{lever.id}.{part}"),
                _allowed(low, high, ""),
            )
        if not low <= parsed[0] <= high:
            return Problem(
                place,
                msg('"{value}" is outside the range of "{name}"', value=written, name=f"{lever.id}.{part}"),
                _allowed(low, high, ""),
            )
        return parsed[0]

    def setting(self, node: Node, lever: Lever, problems: Problems) -> tuple[PartialSetting, Text | None] | Bad:
        """A scenario file's entry for a lever: a value, or ``{value, start, ramp, reason}``."""
        if not isinstance(node.value, Mapping):
            value = self._noted(self.value(lever, node.value, node.place), problems)
            return BAD if isinstance(value, Bad) else (PartialSetting(value), None)

        def value_reader(child: Node, found: Problems) -> float | Bad:
            return self._noted(self.value(lever, child.value, child.place), found)

        def year_reader(child: Node, found: Problems) -> float | Bad:
            return self._noted(self.year(lever, child.key, child.value, child.place), found)

        fields = read_record(
            node,
            problems,
            {},
            {
                "value": (value_reader, None),
                "start": (year_reader, None),
                "ramp": (year_reader, None),
                "reason": (bilingual, None),
            },
        )
        if fields is None:
            return BAD
        reason = fields.pop("reason")
        return PartialSetting(**fields), reason

    @staticmethod
    def _noted(value: float | Problem, problems: Problems) -> float | Bad:
        if isinstance(value, Problem):
            problems.found.append(value)
            return BAD
        return value

    def settings(self, node: Node, problems: Problems) -> tuple[dict[str, PartialSetting], dict[str, Text]] | Bad:
        """The ``levers:`` part of a scenario file: partial settings and reasons by lever id."""
        if not isinstance(node.value, Mapping):
            return problems.add(node.place, msg('"{key}" is not a mapping of names to values', key=node.key))
        partial: dict[str, PartialSetting] = {}
        reasons: dict[str, Text] = {}
        good = True
        for key, child in children(node):
            lever = self.find(key)
            if lever is None:
                problems.found.append(self.unknown(key, child.place))
                good = False
                continue
            if lever.id in partial:
                problems.add(child.place, msg('the lever "{name}" is set twice', name=lever.id), msg("keep one"))
                good = False
                continue
            setting = self.setting(child, lever, problems)
            if isinstance(setting, Bad):
                good = False
                continue
            partial[lever.id] = setting[0]
            if setting[1] is not None:
                reasons[lever.id] = setting[1]
        return (partial, reasons) if good else BAD

    def assignments(self, written: Mapping[str, object], *, in_model_units: bool = False) -> dict[str, PartialSetting]:
        """Settings from names to values, as the shell's ``--set`` and Python's ``levers=`` give them.

        A name is a lever's id, code or name, and may end in ``.start`` or ``.ramp``. A text is in human units (12%);
        a number is in the model's unit where ``in_model_units`` (Python: shares 0..1), else in the declared unit.
        Raises `ContentError` with every problem.
        """
        found: list[Problem] = []
        result: dict[str, PartialSetting] = {}
        for name, value in written.items():
            stem, part = _part(name)
            lever = self.find(stem)
            if lever is None:
                found.append(self.unknown(stem, None))
                continue
            read: float | Problem
            if part != "value":
                read = self.year(lever, part, value, None)
            elif in_model_units and _is_number(value):
                read = self.checked(lever, float(value), value, None)
            else:
                read = self.value(lever, value, None)
            if isinstance(read, Problem):
                found.append(read)
                continue
            earlier = result.get(lever.id, PartialSetting())
            result[lever.id] = PartialSetting(**{**vars(earlier), part: read})
        if found:
            raise ContentError(found)
        return result


def _part(name: str) -> tuple[str, str]:
    for part in ("start", "ramp"):
        if name.endswith(f".{part}"):
            return name[: -len(part) - 1], part
    return name, "value"


def _is_number(value: object) -> TypeGuard[Real]:
    return isinstance(value, Real) and not isinstance(value, bool)


def _example(lever: Lever) -> str:
    return f"{lever.shown(lever.high):g}{lever.unit}"


def _allowed(low: float, high: float, unit: str) -> Message:
    return msg("allowed are {low} to {high}", low=f"{low:g}{unit}", high=f"{high:g}{unit}")
