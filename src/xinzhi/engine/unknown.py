"""Functions and names that a model uses and the engine does not know: all of them, before anything is lowered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xinzhi.engine.function_table import BUILD, written_names
from xinzhi.engine.model_text import MOST_PROBLEMS
from xinzhi.engine.program import CONTROLS
from xinzhi.engine.refused import REFUSED
from xinzhi.engine.scope import BUILT_IN, Ast, Scope, Section, called, parts, problem
from xinzhi.errors import ModelError, Problem, msg, nearest, shortened

_NUMBERS = ("LookupsStructure", "GetLookupsStructure", "GetDataStructure", "GetConstantsStructure", "DataStructure")


def unknown(main: Scope, macros: Mapping[str, Section]) -> list[Problem]:
    """A problem for every function that is not known and every name that is not defined, each where it first stands.

    Looked at are the main model and the macros that it calls.
    """
    problems: dict[tuple[str, str], ModelError] = {}
    waiting, seen = [main], {main.section.name}
    while waiting and len(problems) < MOST_PROBLEMS:
        scope = waiting.pop()
        for key, kind, name in _used(scope.section):
            if kind == "call" and name in macros:
                if name not in seen:
                    seen.add(name)
                    waiting.append(Scope(macros[name]))
            elif kind == "call" and name not in scope.section.elements and name not in BUILD:
                problems.setdefault((kind, name), unknown_function(scope, key, name))
            elif kind == "name" and not _defined(name, scope, main):
                problems.setdefault((kind, name), undefined(scope, key, name))
    return [problem for error in problems.values() for problem in error.problems][:MOST_PROBLEMS]


def _used(section: Section) -> Iterator[tuple[str, str, str]]:
    """What each variable calls and refers to, in the file's order: the variable, "call" or "name", and the name."""
    for key, element in section.elements.items():
        waiting: list[Any] = [component.ast for component in reversed(element.components)]
        while waiting:
            ast: Ast = waiting.pop()
            kind = type(ast).__name__
            if kind == "ReferenceStructure":
                yield key, "name", str(ast.reference)
            elif kind == "CallStructure":
                yield key, "call", called(ast)
                waiting.extend(reversed(ast.arguments))
            elif kind not in _NUMBERS:
                waiting.extend(reversed(list(parts(ast))))


def _defined(name: str, scope: Scope, main: Scope) -> bool:
    section = scope.section
    known = name in section.elements or name in section.parameters or name in section.ranges.names
    return known or name == "time" or name in BUILT_IN or (scope is not main and name in CONTROLS)


def unknown_function(scope: Scope, key: str, name: str) -> ModelError:
    """The problem of a variable that calls a function which the engine does not know."""
    shown = name.replace("_", " ").upper()
    message = msg('the function "{name}" is not supported', name=shortened(shown, 100))
    return problem(scope, key, message, REFUSED.get(shown) or nearest(shown, written_names()))


def undefined(scope: Scope, key: str, name: str) -> ModelError:
    """The problem of a variable that refers to a name which nothing defines."""
    names = [str(element.name) for element in scope.section.elements.values()]
    shown = shortened(name.replace("_", " "), 100)
    return problem(scope, key, msg('"{name}" is not defined', name=shown), nearest(shown, names))
