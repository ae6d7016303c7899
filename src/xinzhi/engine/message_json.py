"""A message as JSON, and back: template and values stay apart, so that it can still be said in another language."""

from __future__ import annotations

from typing import Any

from xinzhi.errors import Message


def written(value: object) -> Any:
    """A message, or a value of one, as JSON."""
    if isinstance(value, Message):
        return {"template": value.template, "values": {key: written(part) for key, part in value.values.items()}}
    return value if isinstance(value, int | float) else str(value)


def read_back(row: Any) -> Message:
    """The message of `written`. Raises ValueError, TypeError or LookupError where the JSON is another."""
    values = {str(key): read_back(part) if isinstance(part, dict) else part for key, part in row["values"].items()}
    message = Message(str(row["template"]), values)
    str(message)  # raises where template and values do not fit
    return message
