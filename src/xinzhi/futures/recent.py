"""What was made last and is asked for again: at most so many bytes of it, and all that somebody still holds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar
from weakref import WeakValueDictionary


class Sized(Protocol):
    """A thing that knows about how many bytes it takes."""

    @property
    def nbytes(self) -> int: ...


Made = TypeVar("Made", bound=Sized)


class Recent:
    """Things by their key, made once however many threads ask. The least used leaves first, at most ``most`` bytes stay.

    A thing that left, or was too large to stay, is found again as long as somebody holds it.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[Hashable, Sized] = OrderedDict()
        self._alive: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()
        self._making: dict[Hashable, Future[Any]] = {}

    @property
    def nbytes(self) -> int:
        """What the things that stay take of the memory."""
        return sum(it.nbytes for it in self._kept.values())

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """The thing of ``key``, made where it is not there. Raises what ``make`` raises, to all who wait for it."""
        with self._lock:
            known: Made | None = self._alive.get(key)
            if known is not None:
                self._keep(key, known)
                return known
            making = self._making.get(key)
            mine = making is None
            if making is None:
                making = self._making[key] = Future()
        if mine:
            self._make(key, make, making)
        made: Made = making.result()
        return made

    def _make(self, key: Hashable, make: Callable[[], Sized], making: Future[Any]) -> None:
        try:
            made = make()
        except BaseException as error:
            with self._lock:
                del self._making[key]
            making.set_exception(error)
            return
        with self._lock:
            del self._making[key]
            self._alive[key] = made
            self._keep(key, made)
        making.set_result(made)

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
