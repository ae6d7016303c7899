"""Where an expression stands: the section, one instance of it, and the elements that its subscripts are bound to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from xinzhi.engine.program import label
from xinzhi.engine.subscripts import Element, Ranges
from xinzhi.errors import Message, ModelError, Place, Problem, msg, shortened

Ast = Any
BUILT_IN: dict[str, float | str] = {
    "pi": math.pi,
    "inf": math.inf,
    "dt": "time_step",
    "starttime": "initial_time",
    "stoptime": "final_time",
}
"""What XMILE knows without a definition: a number, or a name of the clock."""


@dataclass(frozen=True)
class Section:
    """The elements of the main model or of a macro, by their cleaned names."""

    name: str
    elements: Mapping[str, Any]
    ranges: Ranges
    parameters: tuple[str, ...]
    dimensions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def subscripts_of(self, key: str) -> tuple[str, ...]:
        """The ranges of a variable, over all its equations."""
        if key not in self.dimensions:
            element = self.elements[key]
            self.dimensions[key] = self.ranges.merged([c.subscripts[0] for c in element.components], element.name)
        return self.dimensions[key]


@dataclass(frozen=True)
class Scope:
    """One instance of a section: the main model, or one call of a macro with its arguments (by parameter)."""

    section: Section
    key: tuple[Any, ...] = ()
    depth: int = 0
    arguments: Mapping[str, Callable[[bool], int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """Where an expression stands: the scope, the variable, and the element that each range is bound to."""

    scope: Scope
    variable: str
    bound: Mapping[str, str]
    dimensions: tuple[str, ...] = ()

    def bind(self, more: Mapping[str, str]) -> Frame:
        return Frame(self.scope, self.variable, {**self.bound, **more}, self.dimensions)

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.scope.key, tuple(sorted(self.bound.items())))


def clean(name: str) -> str:
    """A name as references have it: without case, blanks as underscores."""
    return name.strip().lower().replace(" ", "_")


def called(call: Ast) -> str:
    """The name of what a call calls: a function, a macro or a lookup."""
    return str(getattr(call.function, "reference", call.function))


def problem(scope: Scope, key: str, message: Message, remedy: Message | None = None) -> ModelError:
    """A `ModelError` that names the variable."""
    element = scope.section.elements.get(key)
    name = shortened(str(element.name) if element is not None else key, 200)
    return ModelError(in_variable(name, Problem(None, message, remedy)))


def no_equation(scope: Scope, user: str, key: str, element: Element) -> ModelError:
    """The problem of ``user``, which refers to an element that no equation defines."""
    shown = label(str(scope.section.elements[key].name), element)
    remedy = msg("write one for it, or refer to elements that have one")
    return problem(scope, user, msg('"{name}" has no equation', name=shown), remedy)


def in_variable(name: str, inner: Problem, place: Place | None = None) -> Problem:
    """The problem said of the variable, at ``place``."""
    return Problem(place, msg('in "{name}": {problem}', name=name, problem=inner.message), inner.remedy)


def parts(ast: Ast) -> Iterator[Ast]:
    """The direct parts of a syntax tree's node."""
    if is_dataclass(ast) and not isinstance(ast, type):
        for part in fields(ast):
            yield getattr(ast, part.name)
    elif isinstance(ast, list | tuple):
        yield from ast
