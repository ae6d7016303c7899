"""Readers: what may stand at a place of a content file. Each reads a node and says the same as a JSON Schema."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from xinzhi.content.yaml_faults import wide
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, decimal, narrow
from xinzhi.errors import Message, Place, hidden, msg, nearest, shortened

LONGEST_TEXT = 4000
LONGEST_NAME = 120
YEARS = (1900, 2200)
LARGEST = 1e15
ID = r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$"

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """``read`` gives the value, or `BAD` after it has noted why not; ``schema`` tells an editor what is accepted."""

    read: Callable[[Node, Problems], Any]
    schema: Schema

    def then(self, make: Callable[[Any, Node, Problems], Any]) -> Reader:
        """The same form, but what was read is checked, or made into something else, by ``make``."""

        def read(node: Node, problems: Problems) -> Any:
            value = self.read(node, problems)
            return BAD if value is BAD else make(value, node, problems)

        return Reader(read, self.schema)

    def saying(self, **keywords: Any) -> Reader:
        """The same reading, with more keywords in the schema."""
        return Reader(self.read, {**self.schema, **keywords})


REQUIRED: Final = object()


@dataclass(frozen=True)
class Field:
    """A key of a record: what stands there, what an editor says of it in both languages, its default if it has one."""

    name: str
    reader: Reader
    zh: str
    en: str
    default: Any = REQUIRED


def record(*fields: Field) -> Reader:
    """A mapping with these keys and no other; a dict."""
    by_name = {field.name: field for field in fields}

    def read(node: Node, problems: Problems) -> dict[str, Any] | Bad:
        if not isinstance(node.value, dict):
            return not_a_mapping(node, problems)
        before = len(problems.noted)
        result = {field.name: field.default for field in fields if field.default is not REQUIRED}
        for key, child in node.value.items():
            if key in by_name:
                result[key] = by_name[key].reader.read(child, problems)
            else:
                problems.add(
                    child.place, msg('unknown key "{key}"', key=shortened(key)), nearest(key[:100], list(by_name))
                )
        for field in fields:
            if field.default is REQUIRED and field.name not in node.value:
                if (there := _swallowed(node, field.name)) is not None:
                    problems.add(there, *wide("，"))
                    continue
                remedy = msg('add it under "{key}"', key=node.key) if node.key else msg("add it")
                problems.add(node.place, msg('the key "{key}" is missing', key=field.name), remedy)
        return BAD if len(problems.noted) > before else result

    schema = {
        "type": "object",
        "properties": {
            field.name: {**field.reader.schema, "description": f"{field.zh} / {field.en}"} for field in fields
        },
        "required": [field.name for field in fields if field.default is REQUIRED],
        "additionalProperties": False,
    }
    return Reader(read, schema)


def _swallowed(node: Node, name: str) -> Place | None:
    """Where a value goes on, behind a full-width comma, with the key ``name``: it then holds what belongs to that."""
    form = re.compile(rf"""，\s*["']?{re.escape(name)}["']?\s*[:：]""")
    for child in node.value.values():
        if isinstance(child.value, str) and form.search(child.value):
            return Place(child.place.file, child.line or child.place.line)
    return None


def not_a_mapping(node: Node, problems: Problems) -> Bad:
    """Note that names and values belong here."""
    found = node.wide_sign
    if found is not None:
        return problems.add(found[0], *wide(found[1]))
    return problems.add(
        node.place,
        msg('"{key}" is not a mapping of names to values', key=shortened(node.key))
        if node.key
        else msg("the file is not a mapping of names to values"),
        msg("write lines such as name: value"),
    )


def _text(node: Node, problems: Problems) -> str | Bad:
    if not isinstance(node.value, str) or not node.value.strip():
        return problems.add(
            node.place,
            msg('"{key}" is not a text', key=node.key),
            msg("write words, in quotes if they look like a number"),
        )
    written = node.value.strip()
    code = hidden(written) or next((f"U+{ord(letter):04X}" for letter in "\t\r" if letter in written), None)
    if code is not None:
        return problems.add(
            node.place, msg('"{key}" holds the hidden character {code}', key=node.key, code=code), msg("delete it")
        )
    if len(written) > LONGEST_TEXT:
        return problems.add(
            node.place,
            msg('"{key}" has {count} characters', key=node.key, count=len(written)),
            msg("at most {count} are allowed", count=LONGEST_TEXT),
        )
    return written


text = Reader(_text, {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": r"\S"})


def matching(pattern: str, remedy: Message, longest: int = LONGEST_NAME) -> Reader:
    """A text of a fixed form; ``remedy`` says which."""
    form = re.compile(pattern)

    def check(written: str, node: Node, problems: Problems) -> str | Bad:
        if len(written) <= longest and form.search(written):
            return written
        return problems.add(node.place, msg('"{key}" cannot be "{value}"', key=node.key, value=node), remedy)

    return text.then(check).saying(pattern=pattern, maxLength=longest)


def _bilingual(fields: dict[str, str], _node: Node, _problems: Problems) -> Text:
    return Text(fields["zh"], fields["en"])


bilingual = record(Field("zh", text, "中文", "Chinese"), Field("en", text, "英文", "English")).then(_bilingual)


def _date(written: str, node: Node, problems: Problems) -> str | Bad:
    try:
        sound = YEARS[0] <= datetime.date.fromisoformat(written).year <= YEARS[1]
    except ValueError:
        sound = False
    if sound and len(written) == 10:
        return written
    return problems.add(
        node.place, msg('"{key}" is "{value}", not a date', key=node.key, value=node), msg("write it as 2024-04-21")
    )


date = text.then(_date).saying(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", format="date")


def outside(node: Node, problems: Problems, low: float, high: float) -> Bad:
    """Note that a number is not from ``low`` to ``high``."""
    return problems.add(
        node.place,
        msg('"{key}" cannot be "{value}"', key=node.key, value=node),
        msg("allowed are {low} to {high}", low=f"{low:g}", high=f"{high:g}"),
    )


def _number(node: Node, problems: Problems) -> float | Bad:
    value = node.value
    if isinstance(value, str) and narrow(value) != value:
        value = decimal(narrow(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return problems.add(
            node.place,
            msg('"{key}" is "{value}", not a number', key=node.key, value=node),
            msg("write digits, such as 12.5"),
        )
    if not math.isfinite(value):
        return problems.add(
            node.place,
            msg('"{key}" is {value}, not a finite number', key=node.key, value=value),
            msg("write digits, such as 12.5"),
        )
    return float(value) if abs(value) <= LARGEST else outside(node, problems, -LARGEST, LARGEST)


number = Reader(_number, {"type": "number", "minimum": -LARGEST, "maximum": LARGEST})


def number_between(low: float, high: float) -> Reader:
    """A number from ``low`` to ``high``."""

    def check(value: float, node: Node, problems: Problems) -> float | Bad:
        return value if low <= value <= high else outside(node, problems, low, high)

    return number.then(check).saying(minimum=low, maximum=high)


def whole(low: int, high: int) -> Reader:
    """A whole number from ``low`` to ``high``."""

    def check(value: float, node: Node, problems: Problems) -> int | Bad:
        if value != int(value):
            return problems.add(
                node.place,
                msg('"{key}" is {value}, not a whole number', key=node.key, value=node),
                msg("allowed are {low} to {high}", low=low, high=high),
            )
        return int(value)

    return number_between(low, high).then(check).saying(type="integer")


def year_between(first: float, last: float) -> Reader:
    """A calendar year from ``first`` to ``last``."""

    def check(value: float, node: Node, problems: Problems) -> int | Bad:
        if value == int(value) and first <= value <= last:
            return int(value)
        return problems.add(
            node.place,
            msg('"{key}" is {value}, not a calendar year', key=node.key, value=node),
            msg("allowed are {low} to {high}", low=f"{first:g}", high=f"{last:g}"),
        )

    return number.then(check).saying(type="integer", minimum=math.ceil(first), maximum=math.floor(last))


year = year_between(*YEARS)


def _boolean(node: Node, problems: Problems) -> bool | Bad:
    if isinstance(node.value, bool):
        return node.value
    return problems.add(
        node.place, msg('"{key}" cannot be "{value}"', key=node.key, value=node), msg("write true or false")
    )


boolean = Reader(_boolean, {"type": "boolean"})


def choice(options: Sequence[str], unknown: Callable[[str], Message] | None = None) -> Reader:
    """One of ``options``; ``unknown`` words the problem of any other."""

    def read(node: Node, problems: Problems) -> str | Bad:
        if isinstance(node.value, str) and node.value in options:
            return node.value
        said = msg('"{key}" cannot be "{value}"', key=node.key, value=node) if unknown is None else unknown(str(node))
        return problems.add(node.place, said, nearest(str(node), options))

    return Reader(read, {"enum": list(options)})


def list_of(reader: Reader) -> Reader:
    """A sequence of at least one item, each read by ``reader`` and none twice; a tuple."""

    def read(node: Node, problems: Problems) -> tuple[Any, ...] | Bad:
        found = node.wide_sign
        if found is not None:
            return problems.add(found[0], *wide(found[1]))
        if not isinstance(node.value, tuple) or not node.value:
            return problems.add(node.place, msg('"{key}" is not a list', key=node.key), msg("write [a, b]"))
        values = tuple(reader.read(item, problems) for item in node.value)
        if any(value is BAD for value in values):
            return BAD
        for index, value in enumerate(values):
            if value in values[:index]:
                item = node.value[index]
                return problems.add(
                    item.place, msg('"{key}" holds "{value}" twice', key=node.key, value=item), msg("keep one")
                )
        return values

    return Reader(read, {"type": "array", "items": reader.schema, "minItems": 1, "uniqueItems": True})


def mapping_of(reader: Reader, pattern: str = r"\S", remedy: Message | None = None) -> Reader:
    """A mapping of at least one name, each of which matches ``pattern``, to values read by ``reader``; a dict."""
    form, remedy = re.compile(pattern), remedy or msg("write small letters, digits, - and _")

    def read(node: Node, problems: Problems) -> dict[str, Any] | Bad:
        if not isinstance(node.value, dict):
            return not_a_mapping(node, problems)
        if not node.value:
            return problems.add(node.place, msg('"{key}" is empty', key=node.key), msg("add an entry"))
        values = {}
        for key, child in node.value.items():
            if len(key) > LONGEST_NAME or hidden(key) or not form.search(key):
                problems.add(child.place, msg('"{key}" cannot be a name here', key=shortened(key)), remedy)
                values[key] = BAD
                continue
            values[key] = reader.read(child, problems)
        return BAD if any(value is BAD for value in values.values()) else values

    names = {"pattern": pattern, "maxLength": LONGEST_NAME}
    return Reader(
        read,
        {"type": "object", "propertyNames": names, "additionalProperties": reader.schema, "minProperties": 1},
    )


def mapping_by(
    reader: Reader,
    options: Sequence[str],
    unknown: Callable[[str], Message],
    elsewhere: Mapping[str, tuple[Message, Message]] | None = None,
) -> Reader:
    """A mapping of at least one name out of ``options`` to values read by ``reader``; a dict.

    Every other name is noted as ``unknown`` words it, or with the problem and remedy that ``elsewhere`` has for it.
    """
    mapping = mapping_of(reader)

    def read(node: Node, problems: Problems) -> dict[str, Any] | Bad:
        if not isinstance(node.value, dict):
            return not_a_mapping(node, problems)
        strange = [child for key, child in node.value.items() if key not in options]
        for child in strange:
            said = (elsewhere or {}).get(child.key)
            problems.add(child.place, *said or (unknown(shortened(child.key)), nearest(child.key[:100], options)))
        kept = {key: child for key, child in node.value.items() if key in options}
        if strange and not kept:
            return BAD
        values = mapping.read(Node(kept, node.place, node.key), problems)
        return BAD if strange or isinstance(values, Bad) else values

    return Reader(read, {**mapping.schema, "propertyNames": {"enum": list(options)}})


def number_range(low: float = -math.inf, high: float = math.inf) -> Reader:
    """``[lowest, highest]``, two numbers in order, both from ``low`` to ``high``."""
    one = number if math.isinf(low) or math.isinf(high) else number_between(low, high)

    def read(node: Node, problems: Problems) -> tuple[float, float] | Bad:
        if isinstance(node.value, tuple) and len(node.value) == 2:
            first, second = (one.read(item, problems) for item in node.value)
            if isinstance(first, Bad) or isinstance(second, Bad):
                return BAD
            if first < second:
                return (float(first), float(second))
        found = node.wide_sign
        if found is not None:
            return problems.add(found[0], *wide(found[1]))
        return problems.add(node.place, msg('"{key}" is not a range', key=node.key), msg("write [lowest, highest]"))

    return Reader(read, {"type": "array", "items": one.schema, "minItems": 2, "maxItems": 2})
