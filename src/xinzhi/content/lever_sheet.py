"""All levers of a project, and the one place where a setting is read (scenario, shell, Python, address)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xinzhi import arguments
from xinzhi.arguments import as_number, clashes
from xinzhi.content.lever import Lever, PartialSetting, Timing
from xinzhi.content.reader import (
    LONGEST_NAME,
    Field,
    Reader,
    Schema,
    bilingual,
    not_a_mapping,
    record,
)
from xinzhi.content.units import QUANTITY, UnitError, Units, split_quantity
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text
from xinzhi.errors import ContentError, Message, Place, Problem, msg, nearest, shortened

_YEAR_WORDS = ("", "年", "年底", "years", "year")


@dataclass(frozen=True)
class LeverSheet:
    """The levers of a project and what reading a setting needs: the one place where a setting is read.

    ``money`` is the model's variable that adds up what the levers cost, where levers.yaml names one.
    """

    timing: Timing
    levers: Mapping[str, Lever]
    units: Units
    money: str | None = None

    def find(self, written: str) -> Lever | None:
        """The lever with this id, code or name (Chinese or English, case ignored)."""
        wanted = written.strip().lower()
        for lever in self.levers.values():
            if wanted in lever.names:
                return lever
        return None

    def lever(self, written: str) -> Lever:
        """As `find`. Raises `ContentError` with the nearest name for what names no lever."""
        lever = self.find(written)
        if lever is None:
            raise ContentError(self.unknown(written, None))
        return lever

    def unknown(self, written: str, place: Place | None) -> Problem:
        """The problem of a lever that does not exist, with the nearest name in the writer's language."""
        chinese = any(ord(letter) > 0x2E7F for letter in written)
        names = [lever.name.zh for lever in self.levers.values()] if chinese else list(self.levers)
        return Problem(
            place, msg('unknown lever "{name}"', name=shortened(written)), nearest(written[:LONGEST_NAME], names)
        )

    def value(self, lever: Lever, written: object, place: Place | None) -> float | Problem:
        """A lever's value in the model's unit from a number or text in human units; a `Problem` if it is not one."""
        given = as_number(written)
        number_, unit = split_quantity(str(written)) or (None, "") if given is None else (given, "")
        if number_ is None or not math.isfinite(number_):
            return Problem(
                place,
                msg('"{value}" is not a number for "{name}"', value=shortened(str(written)), name=lever.id),
                msg("write a number with its unit, such as {example}", example=_example(lever)),
            )
        if not unit and lever.unit == "%" and 0 < abs(number_) < 1 and lever.high >= 0.02:
            return Problem(
                place,
                msg(
                    '"{value}" is ambiguous for "{name}", which is a share',
                    value=shortened(str(written)),
                    name=lever.id,
                ),
                msg("write {a}% or {b}%", a=f"{number_:g}", b=f"{100 * number_:g}"),
            )
        try:
            value = number_ / lever.factor if not unit else number_ * self.units.factor(unit, lever.unit) / lever.factor
        except UnitError:
            return Problem(
                place,
                msg('the unit "{unit}" does not fit "{name}"', unit=shortened(unit), name=lever.id),
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
            msg('"{value}" is outside the range of "{name}"', value=shortened(str(written)), name=lever.id),
            _allowed(lever.shown(lever.low), lever.shown(lever.high), lever.unit),
        )

    def _in_model_unit(self, lever: Lever, value: float) -> float | Problem:
        """`checked`; where the number would do in the declared unit, how it is written is said."""
        read = self.checked(lever, value, f"{value:g}", None)
        if isinstance(read, Problem) and lever.factor != 1 and lever.low <= value / lever.factor <= lever.high:
            meant = msg("a number is in the model's unit: write {model} or '{declared}'",
                        model=f"{value / lever.factor:.12g}", declared=f"{value:g}{lever.unit}")  # fmt: skip
            return Problem(read.place, read.message, meant)
        return read

    def year(self, lever: Lever, part: str, written: object, place: Place | None) -> float | Problem:
        """A start year or ramp time (``part`` is "start" or "ramp") from a number or text."""
        low, high = self.timing.start if part == "start" else self.timing.ramp
        parsed = split_quantity(str(written))
        if parsed is None or parsed[1] not in _YEAR_WORDS:
            return Problem(
                place,
                msg('"{value}" is not a number for "{name}"', value=shortened(str(written)), name=f"{lever.id}.{part}"),
                _allowed(low, high, ""),
            )
        if not low <= parsed[0] <= high:
            return Problem(
                place,
                msg(
                    '"{value}" is outside the range of "{name}"',
                    value=shortened(str(written)),
                    name=f"{lever.id}.{part}",
                ),
                _allowed(low, high, ""),
            )
        return parsed[0]

    def settings_format(self) -> Reader:
        """The ``levers:`` part of a scenario file; partial settings and reasons, two dicts by lever id.

        The schema wants a lever's id, code or name as written in levers.yaml; the reader ignores its case.
        """
        settings = {lever.id: self._setting(lever) for lever in self.levers.values()}
        others = {
            f"^({'|'.join(re.escape(name) for name in (lever.code, lever.name.zh, lever.name.en))})$": settings[
                lever.id
            ].schema
            for lever in self.levers.values()
        }
        properties = {
            key: {**reader.schema, "description": _described(self.levers[key])} for key, reader in settings.items()
        }
        schema = {
            "type": "object",
            "properties": properties,
            "patternProperties": others,
            "additionalProperties": False,
        }
        return Reader(lambda node, problems: self._settings(node, problems, settings), schema)

    def _settings(
        self, node: Node, problems: Problems, settings: Mapping[str, Reader]
    ) -> tuple[dict[str, PartialSetting], dict[str, Text]] | Bad:
        if not isinstance(node.value, dict):
            return not_a_mapping(node, problems)
        before = len(problems.noted)
        read: dict[str, tuple[PartialSetting, Text | None]] = {}
        for key, child in node.value.items():
            lever = self.find(key)
            if lever is None:
                problems.noted.append(self.unknown(key, child.place))
            elif lever.id in read:
                problems.add(child.place, msg('the lever "{name}" is set twice', name=lever.id), msg("keep one"))
            else:
                read[lever.id] = settings[lever.id].read(child, problems)
        if len(problems.noted) > before:
            return BAD
        return {key: partial for key, (partial, _) in read.items()}, {
            key: reason for key, (_, reason) in read.items() if reason is not None
        }

    def _setting(self, lever: Lever) -> Reader:
        """A scenario file's entry for a lever: a value, or ``{value, start, ramp, reason}``; setting and reason."""
        value = self._quantity(lever, "value")
        fields = (
            record(
                Field("value", value, "取值，如12%", "Its value, such as 12%", None),
                Field("start", self._quantity(lever, "start"), "起始年", "The year it starts", None),
                Field("ramp", self._quantity(lever, "ramp"), "到位年数", "Years until fully in force", None),
                Field("reason", bilingual, "设定理由", "Why it is set so", None),
            )
            .then(_partial)
            .saying(minProperties=1)
        )

        def read(node: Node, problems: Problems) -> tuple[PartialSetting, Text | None] | Bad:
            if isinstance(node.value, dict) or node.wide_sign is not None:
                setting: tuple[PartialSetting, Text | None] | Bad = fields.read(node, problems)
                return setting
            alone = value.read(node, problems)
            return BAD if isinstance(alone, Bad) else (PartialSetting(alone), None)

        return Reader(read, {"anyOf": [value.schema, fields.schema]})

    def _quantity(self, lever: Lever, part: str) -> Reader:
        """A lever's value or a part of its timing, as a number or a text with its unit."""

        def read(node: Node, problems: Problems) -> float | Bad:
            written = node.value if isinstance(node.value, str) or as_number(node.value) is not None else str(node)
            quantity = (
                self.value(lever, written, node.place)
                if part == "value"
                else self.year(lever, part, written, node.place)
            )
            if isinstance(quantity, Problem):
                problems.noted.append(quantity)
                return BAD
            return quantity

        low, high = (
            (lever.shown(lever.low), lever.shown(lever.high))
            if part == "value"
            else self.timing.start
            if part == "start"
            else self.timing.ramp
        )
        return Reader(read, _quantity_schema(low, high, QUANTITY))

    def assignments(
        self, written: Mapping[str, object] | Sequence[tuple[str, object]], *, in_model_units: bool = False
    ) -> dict[str, PartialSetting]:
        """Settings from names and values, as the shell's ``--set`` and Python's ``levers=`` give them.

        A name is a lever's id, code or name, and may end in ``.start`` or ``.ramp``. A text is in human units (12%);
        a number (of Python, Decimal or NumPy) is in the model's unit where ``in_model_units`` (Python: shares 0..1),
        else in the declared unit. Raises `ContentError` with every problem, also where two names are the same.
        """
        problems: list[Problem] = []
        result: dict[str, PartialSetting] = {}
        pairs = [(str(name), value) for name, value in arguments.pairs("levers", written)]
        for first, second in clashes([name for name, _ in pairs], self._set_by):
            problem = msg('"{name}" and "{other}" set the same', name=shortened(first), other=shortened(second))
            problems.append(Problem(None, problem, msg("keep one")))
        for name, value in pairs:
            stem, part = _part(name)
            lever = self.find(stem)
            if lever is None:
                problems.append(self.unknown(stem, None))
                continue
            read: float | Problem
            if part != "value":
                read = self.year(lever, part, value, None)
            elif in_model_units and (number_ := as_number(value)) is not None:
                read = self._in_model_unit(lever, number_)
            else:
                read = self.value(lever, value, None)
            if isinstance(read, Problem):
                problems.append(read)
                continue
            earlier = result.get(lever.id, PartialSetting())
            result[lever.id] = PartialSetting(**{**vars(earlier), part: read})
        if problems:
            raise ContentError(problems)
        return result

    def _set_by(self, name: str) -> list[tuple[str, str]]:
        """The part of a lever that a name sets, if there is one."""
        stem, part = _part(name)
        lever = self.find(stem)
        return [] if lever is None else [(lever.id, part)]


def _partial(fields: dict[str, Any], node: Node, problems: Problems) -> tuple[PartialSetting, Text | None] | Bad:
    if not node.value:
        return problems.add(node.place, msg('"{key}" is empty', key=shortened(node.key)), msg("add an entry"))
    reason = fields.pop("reason")
    return PartialSetting(**fields), reason


def _quantity_schema(low: float, high: float, pattern: str) -> Schema:
    slack = 1e-9 * (high - low)
    return {
        "anyOf": [
            {"type": "number", "minimum": low - slack, "maximum": high + slack},
            {"type": "string", "pattern": pattern},
        ]
    }


def _described(lever: Lever) -> str:
    """What an editor says of a lever, in both languages."""
    span = f"{lever.shown(lever.low):g}–{lever.shown(lever.high):g}{lever.unit}"
    return f"{lever.name.zh}，{span}。{lever.help.zh} / {lever.name.en}, {span}. {lever.help.en}"


def _part(name: str) -> tuple[str, str]:
    for part in ("start", "ramp"):
        if name.endswith(f".{part}"):
            return name[: -len(part) - 1], part
    return name, "value"


def _example(lever: Lever) -> str:
    return f"{lever.shown(lever.high):g}{lever.unit}"


def _allowed(low: float, high: float, unit: str) -> Message:
    return msg("allowed are {low} to {high}", low=f"{low:g}{unit}", high=f"{high:g}{unit}")
