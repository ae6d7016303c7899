"""The public surface of xinzhi, line by line: what test_public_api.py holds against the pinned list.

``python tests/public_api.py`` writes the list anew, after a change that is meant and stands in the changelog.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import xinzhi

PINNED = Path(__file__).with_name("public_api.txt")


def members(owner: type) -> Iterator[tuple[str, Any]]:
    """Public methods and properties of a class and of its own bases."""
    seen: set[str] = set()
    for base in owner.__mro__:
        if not base.__module__.startswith("xinzhi"):
            continue
        for name, value in sorted(vars(base).items()):
            if (not name.startswith("_") or name == "__call__") and name not in seen:
                seen.add(name)
                yield name, value


def signature(value: Any) -> str:
    try:
        return re.sub(r" at 0x\w+", "", str(inspect.signature(value)))
    except (TypeError, ValueError):
        return ""


def lines() -> list[str]:
    found = []
    for name in xinzhi.__all__:
        value = getattr(xinzhi, name)
        if not inspect.isclass(value):
            found.append(f"{name}{signature(value) if callable(value) else ''}")
            continue
        found.append(f"class {name}{'' if issubclass(value, Exception | Enum) else signature(value)}")
        for member, thing in sorted(members(value)):
            kind = "" if callable(thing) or isinstance(thing, classmethod | staticmethod) else ": property"
            found.append(f"    {name}.{member}{kind or signature(thing)}")
    return found


if __name__ == "__main__":
    PINNED.write_text("\n".join(lines()) + "\n", encoding="utf-8")
