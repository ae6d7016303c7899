"""Writing: a file appears whole or not at all, and what cannot be written is an `OutputError`, said in one way."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from xinzhi.cache_folder import owner
from xinzhi.errors import OutputError, Place, Problem, msg, why


@contextlib.contextmanager
def writing(place: Path) -> Iterator[None]:
    """What the system refuses within is an `OutputError` of ``place``, the file or folder that is written."""
    try:
        yield
    except OSError as error:
        held = isinstance(error, PermissionError) and place.is_file()
        remedy = (
            msg("close the program that has it open, or write to another file")
            if held
            else msg("choose a folder that exists and that you may write to")
        )
        problem = msg("cannot be written ({reason})", reason=why(error))
        raise OutputError(Problem(Place(str(place)), problem, remedy)) from error


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises `OutputError`."""
    with writing(path):
        write_atomically(path, lambda temporary: temporary.write_bytes(content))


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are missing. Raises `OutputError`."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)


def write_atomically(path: Path, write: Callable[[Path], object], mode: int | None = None) -> None:
    """Call ``write`` with a temporary path beside ``path`` (same suffix), then move it there. Raises OSError.

    A link is followed and stays. A file that is there keeps its rights, and is not written where these forbid it, as
    a move would; what is no file (a pipe, a device) is written itself. A new file has the process's rights, or ``mode``
    less its umask, which a file that is there gets too.
    """
    path = Path(os.path.realpath(path)) if path.is_symlink() else path
    if path.exists() and not path.is_dir():
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        if not path.is_file():
            write(path)
            return
    rights = stat.S_IMODE(path.stat().st_mode) if mode is None and path.is_file() else None
    with _beside(path, 0o666 if mode is None else mode) as temporary:
        write(temporary)
        if rights is not None:
            temporary.chmod(rights)
        temporary.replace(path)


def write_first(path: Path, content: bytes) -> bool:
    """Write a new file, whole; False where there is one, though it came at the same time. Raises OSError."""
    with _beside(path, 0o666) as temporary:
        temporary.write_bytes(content)
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return False
        except OSError:  # a file system without links: not whole at once, but still one of two
            return _write_new(path, content)
        return True


def _write_new(path: Path, content: bytes) -> bool:
    try:
        stream = path.open("xb")
    except FileExistsError:
        return False
    try:
        with stream:
            stream.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True


@contextlib.contextmanager
def _beside(path: Path, mode: int) -> Iterator[Path]:
    """A new empty file beside ``path``, which is removed in the end where it is still there."""
    temporary = path.with_name(f".writing-{owner()}-{secrets.token_hex(4)}{path.suffix}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def check_folder(path: Path) -> None:
    """Raises `OutputError` where there is no folder for ``path``: told before anything is reckoned."""
    with writing(path):
        if not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
