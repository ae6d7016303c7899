"""Subscript ranges of a section, and which element a subscript means where it stands."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from xinzhi.errors import ModelError, Problem, msg
from xinzhi.quiet import quiet

Element = tuple[str, ...]
Bindings = Mapping[str, str]


@dataclass(frozen=True)
class Ranges:
    """The ranges of one section: ``elements`` by range, and the ranges that each range is mapped to."""

    elements: Mapping[str, tuple[str, ...]]
    mapping: Mapping[str, tuple[str, ...]]
    _manager: Any

    @staticmethod
    def of(abstract_ranges: Iterable[Any], folder: Path) -> Ranges:
        """PySD's own subscript manager resolves copies, sub-ranges in ranges and ranges from spreadsheets."""
        from pysd.builders.python.subscripts import SubscriptManager

        manager = SubscriptManager(list(abstract_ranges), folder)
        return Ranges(
            {name: tuple(elements) for name, elements in manager.subscripts.items()},
            {name: tuple(mapped) for name, mapped in manager.mapping.items()},
            manager,
        )

    def merged(self, definitions: list[list[str]], name: str) -> tuple[str, ...]:
        """The ranges of a variable from the left-hand sides of all its equations."""
        if not definitions[0]:
            return ()
        with quiet():
            return tuple(self._manager.make_merge_list(definitions, name))

    def coordinates(self, subscripts: list[str]) -> dict[str, list[str]]:
        """PySD's coordinates of a left-hand side, as its readers of external data want them."""
        return {key: list(value) for key, value in self._manager.make_coord_dict(subscripts).items()}

    def product(self, ranges: Iterable[str]) -> Iterator[Element]:
        """Every element tuple over ``ranges``, the last one running fastest."""
        return itertools.product(*(self.elements[name.removesuffix("!")] for name in ranges))

    def count(self, ranges: Iterable[str]) -> int:
        """How many elements `product` gives."""
        return math.prod(len(self.elements[name.removesuffix("!")]) for name in ranges)

    @cached_property
    def _members(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(elements) for name, elements in self.elements.items()}

    def binds(self, definition: list[str], element: Element) -> dict[str, str] | None:
        """What a left-hand side binds for ``element``; None where it does not define that element."""
        bound = {}
        for subscript, wanted in zip(definition, element, strict=True):
            if subscript in self.elements:
                if wanted not in self._members[subscript]:
                    return None
                bound[subscript] = wanted
            elif subscript != wanted:
                return None
        return bound

    def element(self, subscript: str, bound: Bindings, beside: tuple[str, ...]) -> str:
        """The element that ``subscript`` means: bound by name, through a mapping, or an element itself.

        ``beside`` are all the subscripts of the reference: a range that stands there is not mapped to.
        Raises `ModelError` where nothing binds it.
        """
        if subscript in bound:
            return bound[subscript]
        if subscript not in self.elements:
            return subscript
        own = self.elements[subscript]
        for mapped in self.mapping.get(subscript, ()):
            if mapped in bound and mapped not in beside:
                position = self.elements[mapped].index(bound[mapped])
                if position < len(own):
                    return own[position]
        inside = [element for name, element in bound.items() if not name.endswith("!") and element in own]
        if len(set(inside)) == 1:
            return inside[0]
        raise ModelError(Problem(None, msg('the subscript "{name}" is not bound here', name=subscript)))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of ranges and elements, as references have them."""
        both = (*self.elements, *itertools.chain.from_iterable(self.elements.values()))
        return frozenset(name.replace(" ", "_").lower() for name in both)

    def position(self, name: str, bound: Bindings) -> int | None:
        """The number that a range or an element stands for in an equation, counted from 1; None if it is neither."""
        key = name.replace(" ", "_").lower()
        for main, subranges in self._manager.subranges.items():
            elements = self.elements[main]
            for candidate in (main, *subranges):
                if candidate.replace(" ", "_").lower() == key:
                    return elements.index(self.element(candidate, bound, (candidate,))) + 1
            for element in elements:
                if element.replace(" ", "_").lower() == key:
                    return elements.index(element) + 1
        return None
