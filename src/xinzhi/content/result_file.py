"""What the files of results share, which the program writes and reads again: rows of numbers in six digits."""

from __future__ import annotations

from typing import Any

from xinzhi.content.reader import Field, Reader, list_of, record
from xinzhi.content.yaml_file import BAD, Problems


def short(value: Any) -> Any:
    """A number, or the numbers of a row, in six digits."""
    if isinstance(value, tuple):
        return [short(it) for it in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def row_of(*fields: Field, made: type[Any]) -> Reader:
    """A record of these fields, made into a dataclass of the same."""
    return record(*fields).then(lambda read, _node, _problems: made(**read))


def or_nothing(reader: Reader) -> Reader:
    """What ``reader`` reads, or null: None."""

    def read(node: Any, problems: Problems) -> Any:
        return None if node.value is None else reader.read(node, problems)

    return Reader(read, {"anyOf": [reader.schema, {"type": "null"}]})


def sequence(reader: Reader) -> Reader:
    """A list in which the same may stand twice; a tuple."""

    def read(node: Any, problems: Problems) -> Any:
        if not isinstance(node.value, tuple):
            return list_of(reader).read(node, problems)
        values = tuple(reader.read(it, problems) for it in node.value)
        return BAD if any(it is BAD for it in values) else values

    return Reader(read, {"type": "array", "items": reader.schema})
