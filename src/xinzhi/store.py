"""The only keeper of files between runs: a cache folder, written atomically.

What is lost here is made again; a folder that cannot be written is replaced by a temporary one, so that a read-only
home never stops a run.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

FOLDER_VARIABLE = "XINZHI_CACHE"


@dataclass(frozen=True)
class Store:
    """A folder of things that can be made again."""

    folder: Path

    def load_json(self, name: str) -> Any | None:
        """What was kept under ``name``, or None (also when the file is damaged: it is then made again)."""
        try:
            return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def save_json(self, name: str, value: Any) -> None:
        """Keep ``value`` under ``name``."""
        write_atomically(
            self.folder / f"{name}.json", lambda path: path.write_text(json.dumps(value), encoding="utf-8")
        )

    def load_bytes(self, name: str) -> bytes | None:
        """What was kept under ``name``, or None."""
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None

    def save_bytes(self, name: str, value: bytes) -> None:
        """Keep ``value`` under ``name``; where that cannot be written it is not kept."""
        with contextlib.suppress(OSError):
            write_atomically(self.folder / name, lambda path: path.write_bytes(value))


def open_store() -> Store:
    """The user's cache folder (or $XINZHI_CACHE); a temporary one where that cannot be written."""
    wanted = Path(os.environ.get(FOLDER_VARIABLE) or platformdirs.user_cache_dir("xinzhi"))
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=wanted):
            return Store(wanted)
    except OSError:
        return Store(Path(tempfile.mkdtemp(prefix="xinzhi-")))


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Call ``write`` with a temporary path beside ``path`` (same suffix), then move it there. Raises OSError.

    A link is followed and stays. A file that is there keeps its rights, and is not written where these forbid it, as
    a move would; what is no file (a pipe, a device) is written itself.
    """
    path = Path(os.path.realpath(path)) if path.is_symlink() else path
    if path.exists() and not path.is_dir():
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        if not path.is_file():
            write(path)
            return
    rights = stat.S_IMODE(path.stat().st_mode) if path.is_file() else None
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        temporary.chmod(0o666 & ~_umask() if rights is None else rights)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
