"""A project's content as one JSON text, so that what was read and checked once is not read again.

Only the dataclasses of this package can stand in a snapshot, by name: reading one makes values, never code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from xinzhi import content as package
from xinzhi import errors

_CLASS, _PATH, _PAIRS = "!", "path", "pairs"


def code_hash() -> str:
    """A hash of the readers' own code: a snapshot of another version is not used."""
    paths = sorted(Path(package.__file__ or "").parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def dump(value: Any) -> str:
    """The value as text; `load` gives an equal one. Raises TypeError for what cannot stand in a snapshot."""
    return json.dumps(_encoded(value), ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Any:
    """Raises ValueError, KeyError or TypeError where the text is not a snapshot of this version."""
    return _decoded(json.loads(text))


def _encoded(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_encoded(part) for part in value]
    if isinstance(value, Path):
        return {_CLASS: _PATH, "is": str(value)}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) and key != _CLASS for key in value):
            return {key: _encoded(part) for key, part in value.items()}
        return {_CLASS: _PAIRS, "is": [[_encoded(key), _encoded(part)] for key, part in value.items()]}
    if is_dataclass(value) and type(value).__name__ in _classes():
        return {_CLASS: type(value).__name__, "is": [_encoded(getattr(value, part.name)) for part in fields(value)]}
    raise TypeError(f"{type(value).__name__} cannot stand in a snapshot")


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decoded(part) for part in value)
    if not isinstance(value, dict):
        return value
    name = value.get(_CLASS)
    if name is None:
        return {key: _decoded(part) for key, part in value.items()}
    if name == _PATH:
        return Path(value["is"])
    if name == _PAIRS:
        return {_decoded(key): _decoded(part) for key, part in value["is"]}
    return _classes()[name](*(_decoded(part) for part in value["is"]))


@lru_cache(maxsize=1)
def _classes() -> dict[str, type]:
    """The dataclasses of the content package, and what they are made of."""
    from xinzhi.content import (
        anchor_file,
        audit,
        check,
        expression,
        fit_file,
        history,
        indicator,
        lever,
        lever_sheet,
        loop,
        model_file,
        prior,
        project,
        region,
        scenario,
        statements,
        subscripts,
        text,
        uncertainty,
        units,
        yaml_file,
    )

    outputs = (anchor_file, audit, check, expression, fit_file, history, indicator, prior, region, uncertainty)
    settings = (lever, lever_sheet, scenario, statements)
    modules = (*outputs, *settings, loop, model_file, project, subscripts, text, units, yaml_file)
    found = {
        name: kind
        for module in (*modules, errors)
        for name, kind in vars(module).items()
        if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__
    }
    return {name: kind for name, kind in found.items() if all(part.init for part in fields(kind))}
