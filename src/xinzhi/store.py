"""The only keeper of files between runs: a cache folder of its owner alone, bounded, written atomically.

What is lost here is made again, and nothing that befalls the folder stops a run: what it cannot take (it is full,
read-only, open to others) this process keeps in memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import platformdirs

from xinzhi.cache_folder import clean, foreign, opened, tighten
from xinzhi.codec import Kept, pack, unpack
from xinzhi.errors import ContentError, Place, Problem, msg
from xinzhi.output import write_atomically

FOLDER_VARIABLE = "XINZHI_CACHE"
SIZE_VARIABLE = "XINZHI_CACHE_SIZE"
MOST = 512 * 2**20  # bytes of a cache folder
IN_MEMORY = 64 * 2**20  # bytes that a process keeps where its folder takes nothing
_DAMAGED = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    OSError,
    EOFError,
)
_SEAL = 32  # bytes
Made = TypeVar("Made")


@dataclass(frozen=True)
class Store:
    """A folder of things that can be made again, at most ``most`` bytes of them; with 0 the folder is not touched."""

    folder: Path
    most: int = MOST

    def load(self, name: str, kind: type[Kept]) -> Kept | None:
        """What was kept under ``name``; None where nothing was, or it is not of this ``kind`` (`codec.unpack`)."""
        return self.load_as(name, kind, lambda kept: kept)

    def load_as(self, name: str, kind: type[Kept], read: Callable[[Kept], Made]) -> Made | None:
        """What ``read`` makes of what was kept under ``name``; None also where that is not what it wants."""
        content = self._bytes(name)
        if content is None:
            return None
        try:
            return read(unpack(content, kind))
        except _DAMAGED:
            return None

    def save(self, name: str, value: object) -> None:
        """Keep ``value``, of a kind that `codec.pack` knows: in the folder, or in memory where that cannot take it.

        Whatever befalls the folder (it is full, read-only, gone), nothing is raised.
        """
        content = pack(value)
        if len(content) + _SEAL <= self.most:
            with contextlib.suppress(OSError):
                _keep(self.folder / name, name, content)
                _tidy(self, len(content))
                return
        _MEMORY.save(self.folder, name, content)

    def _bytes(self, name: str) -> bytes | None:
        """What a file holds behind its seal; None also where it is damaged, or others may have written it."""
        if self.most > 0:
            with contextlib.suppress(OSError), opened(self.folder / name) as stream:
                seal, content = stream.read(_SEAL), stream.read()
                if seal == _sealed(name, content):
                    return content
        return _MEMORY.load(self.folder, name)


class _Memory:
    """What no folder could keep; the least used goes first."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[tuple[Path, str], bytes] = OrderedDict()

    def load(self, folder: Path, name: str) -> bytes | None:
        with self._lock:
            if (folder, name) in self._kept:
                self._kept.move_to_end((folder, name))
            return self._kept.get((folder, name))

    def save(self, folder: Path, name: str, value: bytes) -> None:
        with self._lock:
            self._kept[folder, name] = value
            self._kept.move_to_end((folder, name))
            while sum(map(len, self._kept.values())) > self._most:
                self._kept.popitem(last=False)


_MEMORY = _Memory(IN_MEMORY)


class CacheWarning(UserWarning):
    """The cache folder is not used; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def open_store() -> Store:
    """The user's cache folder (or $XINZHI_CACHE), made for its owner alone.

    One that others own or may write to is not touched, with a `CacheWarning`. Raises `ContentError` where
    $XINZHI_CACHE_SIZE (MB) is no whole number.
    """
    most, named = _size(), os.environ.get(FOLDER_VARIABLE)
    folder = Path(named or platformdirs.user_cache_dir("xinzhi"))
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not named:
            tighten(folder)
        if most > 0 and foreign(folder):
            problem = msg("is not used as a cache, for others own it or may write to it")
            remedy = msg("make it yours alone: {command}", command=f"chmod 700 {folder}")
            warnings.warn(CacheWarning(Problem(Place(str(folder)), problem, remedy)), stacklevel=2)
            return Store(folder, 0)
    return Store(folder, most)


def _size() -> int:
    written = os.environ.get(SIZE_VARIABLE)
    if not written:
        return MOST
    if not (written.isascii() and written.isdigit()):
        problem = msg('"{value}" is not a whole number of megabytes', value=written)
        raise ContentError(Problem(Place(SIZE_VARIABLE), problem, msg("write such as 512, or 0 to keep nothing")))
    return int(written) * 2**20


def _sealed(name: str, content: bytes) -> bytes:
    """What a file of this name and content begins with: a damaged one, or one under another name, is not read."""
    digest = hashlib.sha256(name.encode() + b"\0")
    digest.update(content)
    return digest.digest()


def _keep(path: Path, name: str, content: bytes) -> None:
    """Raises OSError."""
    write_atomically(path, lambda temporary: _write(temporary, _sealed(name, content), content), 0o600)


def _write(path: Path, *parts: bytes) -> None:
    with path.open("wb") as stream:
        for part in parts:
            stream.write(part)


_WRITTEN: dict[Path, int] = {}  # bytes since a folder was last looked through


def _tidy(store: Store, size: int) -> None:
    """Look through the folder at a process's first writing, then once each sixteenth of the limit."""
    written = _WRITTEN.get(store.folder, store.most) + size
    _WRITTEN[store.folder] = written
    if written > store.most // 16:
        _WRITTEN[store.folder] = 0
        clean(store.folder, store.most)
