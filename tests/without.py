"""An environment in which packages are not installed: what looks for one, also by ``find_spec``, finds nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class _Blind:
    """A finder of modules that does not see some packages."""

    def __init__(self, finder: Any, packages: frozenset[str]) -> None:
        self.finder, self.packages = finder, packages

    def find_spec(self, name: str, *where: Any) -> Any:
        return None if name.partition(".")[0] in self.packages else self.finder.find_spec(name, *where)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.finder, name)


@contextmanager
def without(packages: Iterable[str]) -> Iterator[None]:
    """Within it ``packages`` are not installed; what was imported of them before is forgotten, and known again after."""
    names, finders = frozenset(packages), sys.meta_path[:]
    held = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in names}
    for name in held:
        del sys.modules[name]
    sys.meta_path[:] = [_Blind(finder, names) for finder in finders]
    try:
        yield
    finally:
        sys.meta_path[:] = finders
        sys.modules.update(held)
