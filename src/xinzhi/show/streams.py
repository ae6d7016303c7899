"""Standard output and error: the charset that what is printed leaves in, and what becomes of it where nobody takes it.

A file is UTF-8. A pipe and a terminal have the system's own charset where Chinese can be written in it (GBK on Chinese
Windows, which ``more``, ``findstr``, PowerShell and Python's ``text=True`` read), else UTF-8; a sign that it lacks
becomes the nearest one that it has. Data for programs (JSON, CSV) are UTF-8 in a pipe too.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import stat
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import IO, Any

NEAREST = "xinzhi-nearest"
_ALIKE = {"−": "-", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " ", "◐": "◎*",
          "–": "-", "—": "-", "•": "·*"}  # fmt: skip
_CHINESE = "中文字符"


class OutputGoneError(Exception):
    """What was printed could not be written; ``error`` is what the system said."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error

    @property
    def closed(self) -> bool:
        """Whether the reader at the other end of a pipe has gone; Windows calls that an invalid argument."""
        return isinstance(self.error, BrokenPipeError) or (os.name == "nt" and self.error.errno == 22)


def nearest_sign(error: UnicodeError) -> tuple[str, int]:
    """A codec's error handler: the nearest sign that the charset has, "?" where there is none."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wanted = error.object[error.start : error.end]
    return "".join(_nearest(letter, error.encoding) for letter in wanted), error.end


def _nearest(letter: str, charset: str) -> str:
    charset = "ascii" if charset == "charmap" else charset  # such a codec does not say which it is
    parts = "".join(it for it in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(it))
    for sign in (*_ALIKE.get(letter, ""), parts):
        with contextlib.suppress(UnicodeEncodeError):
            sign.encode(charset)
            return str(sign)
    return "?"


codecs.register_error(NEAREST, nearest_sign)


class Stream(io.TextIOWrapper):
    """A text stream that says in one way, `OutputGoneError`, that it cannot be written; nothing where it is ``quiet``.

    Libraries that print have each their own way of a closed pipe, and some end the process with 1. Once it could not
    be written it says so at every use: a library that probes a stream may have passed over the first time.
    """

    quiet = False
    gone: OSError | None = None

    def write(self, text: str) -> int:
        if text != "":
            self._try(super().write, text)
        return len(text)

    def flush(self) -> None:
        if not self.closed:
            self._try(super().flush)

    def write_data(self, text: str) -> None:
        """Text for programs: UTF-8 whatever the charset, but for a terminal."""
        if self.isatty():
            self.write(text)
            return
        self.flush()
        self._try(self.buffer.write, text.encode("utf-8", NEAREST))
        self._try(self.buffer.flush)

    def _try(self, print_: Callable[..., object], *what: object) -> None:
        if self.gone is None:
            try:
                print_(*what)
            except OSError as error:
                self.gone = error
                self._let_go()
        if self.gone is not None and not self.quiet:
            raise OutputGoneError(self.gone)

    def _let_go(self) -> None:
        """What is left in the buffer has no way out: it goes nowhere, so that no later flush fails again."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


class _Closed(io.RawIOBase):
    """Standard output that was closed before the process began."""

    def writable(self) -> bool:
        return True

    def write(self, _data: Any) -> int:
        raise OSError(9, os.strerror(9))


def open_streams() -> None:
    """Make `Stream`s of standard output and error for the rest of the process."""
    _take_numbers()
    sys.stdout, sys.stderr = _stream(sys.stdout, quiet=False), _stream(sys.stderr, quiet=True)


@contextlib.contextmanager
def streams() -> Iterator[None]:
    """`open_streams` for a while; what was printed is flushed before, see `flush`."""
    before = sys.stdout, sys.stderr
    open_streams()
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, Stream):
                stream.quiet = True
                with contextlib.suppress(OSError):
                    stream.detach()
        sys.stdout, sys.stderr = before


def print_data(text: str) -> None:
    """Text for programs on standard output."""
    if isinstance(sys.stdout, Stream):
        sys.stdout.write_data(text)
    else:
        sys.stdout.write(text)


def charset(stream: IO[str]) -> str:
    """The charset of what is printed to ``stream``."""
    own = getattr(stream, "encoding", None) or "utf-8"
    if _is_file(stream):
        return "utf-8"
    try:
        _CHINESE.encode(own)
    except (UnicodeEncodeError, LookupError):
        return "utf-8"
    return str(own)


def _is_file(stream: IO[str]) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):
        return False


def _stream(before: IO[str] | None, quiet: bool) -> IO[str]:
    """``before`` as a `Stream`; itself where it is no stream of bytes, as in a notebook."""
    if isinstance(before, Stream) or (before is not None and not hasattr(before, "buffer")):
        return before
    if before is None:
        made = Stream(io.BufferedWriter(_Closed()), encoding="utf-8", errors=NEAREST)
    else:
        with contextlib.suppress(OSError):
            before.flush()
        made = Stream(
            before.buffer,
            encoding=charset(before),
            errors=NEAREST,
            line_buffering=getattr(before, "line_buffering", False),
            write_through=getattr(before, "write_through", False),
        )
    made.quiet = quiet
    return made


def _take_numbers() -> None:
    """Open the three standard numbers where they are closed: else the next file that is opened would be printed to."""
    number = -1
    while number < 2:
        number = os.open(os.devnull, os.O_RDWR)
    if number > 2:
        os.close(number)
