"""What a cache asks of the system: whose a file is, which were left by a process that died, which are used least."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import stat
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

ANCIENT = 86_400  # seconds, after which a file that is still being written is taken for left behind
_POSIX = os.name == "posix"
_KEPT = re.compile(r"(content|model|program|kernel|page|library|fit|recover)-.*[0-9a-f]{16}.*")  # never a user's own
_BEGUN = re.compile(r"\.writing-(?:([0-9a-f]{8})-(\d+)-)?.*")
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


def foreign(folder: Path) -> bool:
    """Whether others own a folder or may write to it (never on Windows, where a profile's folders are private)."""
    return _open_to_others(folder.stat())


def tighten(folder: Path) -> None:
    """Make a folder of mine, which an earlier version made under a lax umask, mine alone. Raises OSError."""
    found = folder.stat()
    if _POSIX and found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A regular file that only I (or root) can have written, marked as used now. Raises OSError for any other."""
    with os.fdopen(os.open(path, _FLAGS), "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode) or _open_to_others(found):
            raise PermissionError(str(path))
        with contextlib.suppress(OSError):
            os.utime(path)
        yield stream


def _open_to_others(found: os.stat_result) -> bool:
    return _POSIX and (found.st_uid not in (os.geteuid(), 0) or bool(found.st_mode & 0o022))


def owner() -> str:
    """This process, in the name of a file that it is writing."""
    return f"{_host()}-{os.getpid()}"


def leftovers(folder: Path) -> Iterator[Path]:
    """Files in a folder that a process was writing when it died."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            begun = _BEGUN.fullmatch(entry.name)
            if begun is None:
                continue
            with contextlib.suppress(OSError):
                old = time.time() - entry.stat(follow_symlinks=False).st_mtime > ANCIENT
                if old or (begun[1] == _host() and not _alive(int(begun[2]))):
                    yield Path(entry.path)


def clean(folder: Path, most: int) -> None:
    """Remove what dead processes left and, before ``most`` bytes are there, what was not used for longest."""
    for path in leftovers(folder):
        path.unlink(missing_ok=True)
    kept = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if _KEPT.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):  # another process removed it
                    about = entry.stat(follow_symlinks=False)
                    kept.append((about.st_mtime_ns, about.st_size, entry.name))
    total = sum(size for _, size, _ in kept)
    if total <= most * 15 // 16:  # the rest is for what is written before the next look
        return
    for _, size, name in sorted(kept):
        if total <= most * 7 // 8:
            return
        with contextlib.suppress(OSError):
            (folder / name).unlink()
            total -= size


def _host() -> str:
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _alive(process: int) -> bool:
    if not _POSIX:
        return True  # there is no harmless question on Windows
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
