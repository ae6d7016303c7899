"""Libraries' warnings, silenced where they say nothing to a user.

The filters are the whole process's. Threads that changed them at the same time would leave them changed for good, so
one does at a time.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_ONE_AT_A_TIME = threading.RLock()


@contextmanager
def quiet(error: str | None = None) -> Iterator[None]:
    """Without warnings, but for those that begin with ``error``: they are raised."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if error is not None:
            warnings.filterwarnings("error", message=error)
        yield
