"""The one form in which values are kept between runs: JSON for what is small, and behind it the bytes of arrays.

A value is read back as the kind that its reader names, a type as annotations have it; frozen dataclasses by the types
of their fields. So reading makes values, never code, and what is not of that kind raises.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Kept = TypeVar("Kept")
_Decode = Callable[[Any, Sequence[bytes]], Any]
_HEAD = 8  # bytes that say how long the JSON is
_BYTES = "#"
_SURROGATES = "surrogatepass"  # of file names that are no UTF-8
_WRONG = (ValueError, LookupError, TypeError)


def pack(value: object) -> bytes:
    """The value as bytes; `unpack` gives an equal one. Raises TypeError for what cannot be kept.

    That can be None, numbers, texts, bytes, paths, arrays of numbers or texts, and lists, tuples, sets, mappings and
    dataclasses of these.
    """
    pieces: list[bytes] = []
    said = _encoded(value, pieces)
    whole = {"sizes": [len(piece) for piece in pieces], "value": said}
    head = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode("utf-8", _SURROGATES)
    return b"".join((len(head).to_bytes(_HEAD, "little"), head, *pieces))


def unpack(kept: bytes, kind: type[Kept]) -> Kept:
    """The value that was packed, where it is of this ``kind``; sequences come back as tuples, arrays as copies.

    Raises ValueError, LookupError or TypeError where it is of another, or damaged.
    """
    start = _HEAD + int.from_bytes(kept[:_HEAD], "little")
    whole = json.loads(kept[_HEAD:start].decode("utf-8", _SURROGATES))
    pieces = []
    for size in whole["sizes"]:
        pieces.append(kept[start : start + size])
        start += size
    if start != len(kept):
        raise ValueError("not as long as it says")
    decode: _Decode = _decoder(cast(Any, kind))
    value: Kept = decode(whole["value"], pieces)
    return value


def _encoded(value: Any, pieces: list[bytes]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_encoded(part, pieces) for part in value]
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: _encoded(part, pieces) for key, part in value.items()}
        return [[_encoded(key, pieces), _encoded(part, pieces)] for key, part in value.items()]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_encoded(getattr(value, part.name), pieces) for part in fields(value))]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, AbstractSet):
        return [_encoded(part, pieces) for part in sorted(value)]
    if isinstance(value, bytes):
        return _put(value, pieces)
    if type(value).__module__ == "numpy" and value.dtype.kind in "biufU":
        return {**_put(value.tobytes(), pieces), "dtype": value.dtype.str, "shape": list(value.shape)}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _put(piece: bytes, pieces: list[bytes]) -> dict[str, Any]:
    pieces.append(piece)
    return {_BYTES: len(pieces) - 1}


@lru_cache(maxsize=512)
def _decoder(kind: Any) -> _Decode:
    """What reads the JSON of one kind."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind is Any:
        return lambda said, _pieces: said
    if kind is None or kind is types.NoneType:
        return _one_of((None,))
    if origin is Literal:
        return _one_of(parts)
    if origin in (Union, types.UnionType):
        return _any_of([_decoder(part) for part in parts])
    if kind in (bool, int, float, str):
        return _plain((int, float) if kind is float else (kind,))
    if kind is bytes:
        return lambda said, pieces: pieces[said[_BYTES]]
    if isinstance(kind, type) and issubclass(kind, Path):
        text = _decoder(str)
        return lambda said, pieces: Path(text(said, pieces))
    if is_dataclass(kind):
        return _dataclass(kind)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(*map(_decoder, parts))
    if origin is tuple and parts[-1:] != (...,):
        return _row([_decoder(part) for part in parts])
    if isinstance(origin, type) and issubclass(origin, Sequence | AbstractSet):
        return _sequence(origin, _decoder(parts[0]))
    if isinstance(origin, type) and origin.__module__ == "numpy":
        return _array(*get_args(parts[1]))
    raise TypeError(f"{kind} cannot be kept")


def _plain(kinds: tuple[type, ...]) -> _Decode:
    def decode(said: Any, _pieces: Sequence[bytes]) -> Any:
        if type(said) not in kinds:
            raise TypeError(f"{said!r} is not {kinds}")
        return said

    return decode


def _one_of(allowed: tuple[Any, ...]) -> _Decode:
    def decode(said: Any, _pieces: Sequence[bytes]) -> Any:
        if said not in allowed:
            raise ValueError(f"{said!r} is not one of {allowed}")
        return said

    return decode


def _any_of(decoders: Sequence[_Decode]) -> _Decode:
    def decode(said: Any, pieces: Sequence[bytes]) -> Any:
        for one in decoders:
            try:
                return one(said, pieces)
            except _WRONG:
                continue
        raise ValueError(f"{said!r} is of no kind that it may be")

    return decode


def _dataclass(kind: Any) -> _Decode:
    """Fields are looked at when the first value comes, for a class may hold itself."""
    decoders: list[_Decode] = []

    def decode(said: Any, pieces: Sequence[bytes]) -> Any:
        if not decoders:
            hints = get_type_hints(kind)
            decoders.extend([_decoder(hints[part.name]) for part in fields(kind)])
        name, *parts = said
        if name != kind.__name__:
            raise ValueError(f"{name} is not {kind.__name__}")
        return kind(*(one(part, pieces) for one, part in zip(decoders, parts, strict=True)))

    return decode


def _mapping(key: _Decode, value: _Decode) -> _Decode:
    def decode(said: Any, pieces: Sequence[bytes]) -> Any:
        pairs = said.items() if isinstance(said, dict) else said
        return {key(name, pieces): value(part, pieces) for name, part in pairs}

    return decode


def _sequence(origin: type, one: _Decode) -> _Decode:
    made = origin if origin in (list, set, frozenset) else tuple

    def decode(said: Any, pieces: Sequence[bytes]) -> Any:
        if not isinstance(said, list):
            raise TypeError("not a list")
        return made(one(part, pieces) for part in said)

    return decode


def _row(decoders: Sequence[_Decode]) -> _Decode:
    return lambda said, pieces: tuple(one(part, pieces) for one, part in zip(decoders, said, strict=True))


def _array(scalar: Any) -> _Decode:
    def decode(said: Any, pieces: Sequence[bytes]) -> Any:
        import numpy as np

        dtype, piece, shape = np.dtype(said["dtype"]), pieces[said[_BYTES]], said["shape"]
        if dtype.kind not in "biufU" or (scalar is not Any and not np.issubdtype(dtype, scalar)):
            raise TypeError(f"an array of {dtype}")
        if len(piece) != prod(shape) * dtype.itemsize:
            raise ValueError("an array of another size")
        return np.frombuffer(piece, dtype).reshape(shape).copy()

    return decode
