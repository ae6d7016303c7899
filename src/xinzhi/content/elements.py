"""Which equation defines which element of a subscripted variable, and what a subscript means where it stands."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Place, msg
from xinzhi.quiet import quiet


@dataclass(frozen=True)
class Elements:
    """The subscript ``ranges`` of a model and their elements; without ranges every method still answers."""

    ranges: Mapping[str, tuple[str, ...]]
    _manager: Any

    @staticmethod
    def of(section: Any, folder: Path) -> Elements:
        """The ranges of PySD's abstract ``section``, which `check_elements` found to be sound."""
        if not section.subscripts:
            return Elements({}, None)
        from pysd.builders.python.subscripts import SubscriptManager

        manager = SubscriptManager(list(section.subscripts), folder)
        return Elements({name: tuple(elements) for name, elements in manager.subscripts.items()}, manager)

    @property
    def names(self) -> set[str]:
        """Names of ranges and of elements, which may stand in an equation as numbers."""
        return {*self.ranges, *itertools.chain(*self.ranges.values())}

    def defined(self, element: Any) -> dict[tuple[str, ...], int]:
        """The elements of a PySD ``element``, in order, each with the number of its equation; () for a plain one."""
        components = [component.subscripts for component in element.components]
        if not components[0][0]:
            return {(): 0}
        out = {}
        for wanted in itertools.product(*(self.ranges[axis] for axis in _axes(element, self._manager))):
            mine = (number for number, (own, out_of) in enumerate(components) if self._defines(own, out_of, wanted))
            out[wanted] = next(mine)
        return out

    def _defines(self, own: list[str], left_out: list[list[str]], wanted: tuple[str, ...]) -> bool:
        return _covers(own, wanted, self._manager) and not any(_covers(it, wanted, self._manager) for it in left_out)

    def value(self, ast: Any, own: list[str], wanted: tuple[str, ...]) -> float | None:
        """The number of one element of a constant whose equation has the subscripts ``own``; None if it is none."""
        if isinstance(ast, int | float):
            return float(ast)
        if type(ast).__name__ != "ndarray":
            return None
        place = [self.ranges[name].index(label) for name, label in zip(own, wanted, strict=True) if name in self.ranges]
        return float(ast.reshape(self._shape(own))[tuple(place)])

    def misfit(self, ast: Any, own: list[str]) -> tuple[int, int] | None:
        """How many numbers a list has and how many its equation's subscripts ``own`` need, where that differs."""
        needed = math.prod(self._shape(own))
        return (ast.size, needed) if type(ast).__name__ == "ndarray" and ast.size != needed else None

    def _shape(self, own: list[str]) -> list[int]:
        return [len(self.ranges[name]) for name in own if name in self.ranges]

    def meant(self, subscripts: tuple[str, ...], bound: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
        """Every element that ``subscripts`` may mean where ``bound`` gives the element of a range."""
        return itertools.product(*(self._options(subscript, bound) for subscript in subscripts))

    def _options(self, subscript: str, bound: Mapping[str, str]) -> tuple[str, ...]:
        if subscript in bound:
            return (bound[subscript],)
        own = self.ranges.get(subscript.removesuffix("!"))
        if own is None:
            return (subscript,)
        inside = tuple(label for label in bound.values() if label in own)
        return inside if len(inside) == 1 and not subscript.endswith("!") else own


def check_elements(section: Any, folder: Path, shown_as: str, lines: Mapping[str, int], problems: Problems) -> None:
    """Note the first element without a value of each variable of PySD's abstract ``section``; ``lines`` are theirs.

    PySD and the engine would say NaN for it.
    """
    if not section.subscripts:
        return
    if any(isinstance(part.subscripts, dict) for part in section.subscripts):
        problems.add(Place(shown_as), msg("a subscript range is read from another file"), msg("list its elements"))
        return
    from pysd.builders.python.subscripts import SubscriptManager

    for element in section.elements:
        name = str(element.name)
        place = Place(shown_as, lines.get(name))
        try:
            missing = next(_missing(element, SubscriptManager(list(section.subscripts), folder)), None)
        except (ValueError, LookupError, AttributeError, TypeError, NotImplementedError):
            problems.add(
                place, msg('the subscripts of "{name}" cannot be read', name=name), msg("name ranges of the model")
            )
            continue
        if missing is not None:
            problems.add(
                place,
                msg('"{name}" has no value for {element}', name=name, element=f"{name}[{','.join(missing)}]"),
                msg("write an equation for it, or one for the whole range"),
            )


def _missing(element: Any, ranges: Any) -> Iterator[tuple[str, ...]]:
    """The elements of a variable that none of its equations defines."""
    components = [(component.subscripts[0], component.subscripts[1]) for component in element.components]
    if not components[0][0]:
        return
    for wanted in itertools.product(*(ranges.subscripts[axis] for axis in _axes(element, ranges))):
        if not any(
            _covers(own, wanted, ranges) and not any(_covers(left_out, wanted, ranges) for left_out in excepted)
            for own, excepted in components
        ):
            yield wanted


def _axes(element: Any, ranges: Any) -> list[str]:
    """The ranges over which all equations of a variable together run."""
    with quiet():
        return list(ranges.make_merge_list([part.subscripts[0] for part in element.components], str(element.name)))


def _covers(subscripts: list[str], wanted: tuple[str, ...], ranges: Any) -> bool:
    return all(
        element in ranges.subscripts.get(subscript, [subscript])
        for subscript, element in zip(subscripts, wanted, strict=True)
    )
