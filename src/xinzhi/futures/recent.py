"""What was made last and is asked for again: at most so many bytes of it, and all that somebody still holds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary


class Sized(Protocol):
    """A thing that knows about how many bytes it takes."""

    @property
    def nbytes(self) -> int: ...


Made = TypeVar("Made", bound=Sized)


class Recent:
    """Things by their key, made once however many threads ask. The least used leaves first; ``most`` bytes stay.

    A thing that left, or was too large to stay, is found again as long as somebody holds it.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[Hashable, Sized] = OrderedDict()
        self._alive: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()
        self._turns: dict[Hashable, threading.Lock] = {}

    @property
    def nbytes(self) -> int:
        """What the things that stay take of the memory."""
        return sum(it.nbytes for it in self._kept.values())

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The thing of ``key``, made where it is not there. Raises what ``make`` raises."""
        known: Made | None = self._known(key)
        if known is not None:
            return known
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
        with turn:
            known = self._known(key)  # made while this thread waited
            if known is not None:
                return known
            try:
                made = make()
                with self._lock:
                    self._alive[key] = made
                    self._keep(key, made)
            finally:
                with self._lock:
                    self._turns.pop(key, None)
        return made

    def _known(self, key: Hashable) -> Any:
        with self._lock:
            thing = self._alive.get(key)
            if thing is not None:
                self._keep(key, thing)
            return thing

    def _keep(self, key: Hashable, thing: Sized) -> None:
        self._kept[key] = thing
        self._kept.move_to_end(key)
        while self._kept and self.nbytes > self._most:
            self._kept.popitem(last=False)


class Itself:
    """A key that stands for one object and no other that is like it."""

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def __hash__(self) -> int:
        return id(self._thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Itself) and other._thing is self._thing
