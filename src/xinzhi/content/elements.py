"""Every element of a subscripted variable must have a value: PySD and the engine say NaN where one has none."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Place, msg


def check_elements(section: Any, folder: Path, shown_as: str, lines: Mapping[str, int], problems: Problems) -> None:
    """Note the first element without a value of each variable of PySD's abstract ``section``; ``lines`` are theirs."""
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        axes = ranges.make_merge_list([own for own, _ in components], str(element.name))
    for wanted in itertools.product(*(ranges.subscripts[axis] for axis in axes)):
        if not any(
            _covers(own, wanted, ranges) and not any(_covers(left_out, wanted, ranges) for left_out in excepted)
            for own, excepted in components
        ):
            yield wanted


def _covers(subscripts: list[str], wanted: tuple[str, ...], ranges: Any) -> bool:
    return all(
        element in ranges.subscripts.get(subscript, [subscript])
        for subscript, element in zip(subscripts, wanted, strict=True)
    )
