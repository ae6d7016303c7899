"""What keeps from step to step: stocks, held and delayed values, streams of random numbers; each is made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xinzhi.engine.program import Delayed, Graph, Held, Stock
from xinzhi.engine.scope import Frame


class State:
    """The state of a program under construction. What is promised is lowered in its turn (`finish`)."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.stocks: list[Stock | None] = []
        self.held: list[Held | None] = []
        self.delayed: list[Delayed | None] = []
        self._slots: dict[Any, int] = {}
        self._streams: dict[Any, int] = {}
        self._waiting: list[Callable[[], None]] = []
        self._kept: list[Any] = []

    def finish(self) -> None:
        """Lower what was promised, and what that promises."""
        while self._waiting:
            self._waiting.pop(0)()

    def stock(self, key: Any, name: str, initial: Callable[[], int], rate: Callable[[], int], *,
              non_negative: bool = False) -> int:  # fmt: skip
        """The node of a stock, made once for ``key``; ``initial`` and ``rate`` are lowered in their turn."""

        def make(slot: int) -> None:
            self.stocks[slot] = Stock(name, initial(), rate(), non_negative)

        return self._slot("stock", key, self.stocks, make)

    def hold(self, key: Any, name: str, initial: Callable[[], int], following: Callable[[], int]) -> int:
        """The node of a held value, made once for ``key``."""

        def make(slot: int) -> None:
            self.held[slot] = Held(name, initial(), following())

        return self._slot("held", key, self.held, make)

    def delay(self, key: Any, name: str, initial: Callable[[], int], input: Callable[[], int],
              lag: Callable[[], int]) -> int:  # fmt: skip
        """The node of a value that was delayed by whole steps, made once for ``key``."""

        def make(slot: int) -> None:
            self.delayed[slot] = Delayed(name, initial(), input(), lag())

        return self._slot("delayed", key, self.delayed, make)

    def _slot(self, op: str, key: Any, kept: list[Any], make: Callable[[int], None]) -> int:
        if (op, key) not in self._slots:
            slot = self._slots[op, key] = len(kept)
            kept.append(None)
            self._waiting.append(lambda: make(slot))
        return self.graph.node(op, param=self._slots[op, key])

    def identity(self, ast: Any, frame: Frame) -> tuple[Any, ...]:
        """What tells this occurrence of ``ast`` from every other: its place in the model and its bindings."""
        self._kept.append(ast)  # an id is only good while the object lives
        return (id(ast), frame.key)

    def stream(self, ast: Any, frame: Frame) -> int:
        """The number of the random stream of this occurrence at these bindings."""
        return self._streams.setdefault((self.identity(ast, frame), frame.variable), len(self._streams))
