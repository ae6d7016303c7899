"""What the readers of both kinds of model file share: what they give, limits, and the sentences of problems."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinzhi.engine.integration import Integration
from xinzhi.errors import Message, Place, Problem, msg, narrow, shortened
from xinzhi.pysd_guard import failures, first_line

DEEPEST_BRACKETS = 1_000
FRAMES = 200_000  # of Python; a level of brackets takes PySD's parser some 60 of them, and `lower` more
LONGEST_EQUATION = 100_000  # characters; PySD's parser needs some 65 us and 3 kB for each
MOST_PROBLEMS = 50  # no one reads more
FAILURES = failures()
SYNTAX = msg("check brackets, operators and function names")
_QUOTED = re.compile(r'"[^"]*"')
_BRACKET = re.compile(r"[()\[\]]")
_FULL_WIDTH = re.compile(r"[，：；、＝＋－＊／＜＞\u3000]|(?<=[A-Za-z])（")  # not within a name such as 人口（万）


@dataclass(frozen=True)
class Source:
    """What a translator gives: PySD's ``AbstractModel``, the line of each variable by its cleaned name, how the file
    wants to be integrated, and what is to be said of what was not read.
    """

    model: Any
    lines: Mapping[str, int]
    integration: Integration
    notes: tuple[Message, ...] = ()


def too_much(equation: str, name: str) -> tuple[Message, Message] | None:
    """What PySD's parser could not read in bounded time: too long, or brackets too deep."""
    if len(equation) > LONGEST_EQUATION:
        message = msg('the equation of "{name}" has {count} characters', name=name, count=len(equation))
        return message, msg("at most {count} are allowed", count=LONGEST_EQUATION)
    if equation.count("(") + equation.count("[") <= DEEPEST_BRACKETS:
        return None
    depth = 0
    for bracket in _BRACKET.finditer(equation):
        depth += 1 if bracket[0] in "([" else -1
        if depth > DEEPEST_BRACKETS:
            return (
                msg('the brackets of "{name}" are nested too deeply', name=name),
                msg("split the equation, at most {count} levels are read", count=DEEPEST_BRACKETS),
            )
    return None


def unreadable(name: str, error: Exception, shown: str, line: int | None) -> Problem:
    """The problem of an equation that PySD cannot parse. Raises what `pass_on_shortage` does."""
    pass_on_shortage(error)
    message = msg('the equation of "{name}" cannot be read ({reason})', name=shortened(name), reason=first_line(error))
    return Problem(Place(shown, line), message, _remedy(error))


def _remedy(error: Exception) -> Message:
    """What a Chinese input method wrote into the equation; else what to look at."""
    position, text = getattr(error, "pos", None), getattr(error, "text", None)
    found = _FULL_WIDTH.search(_QUOTED.sub("", text)) if isinstance(position, int) and isinstance(text, str) else None
    return SYNTAX if found is None else narrow(found[0])


def twice(name: str, other: str, shown: str, line: int | None) -> Problem:
    """The problem of a name that is defined once more."""
    if name == other:
        return Problem(Place(shown, line), msg('"{name}" is defined twice', name=shortened(name)), msg("keep one"))
    message = msg('"{name}" and "{other}" are the same name', name=shortened(name), other=shortened(other))
    return Problem(Place(shown, line), message, msg("rename one; capitals and underscores make no difference"))


def pass_on_shortage(error: BaseException) -> None:
    """Raises MemoryError; RecursionError where a process of its own (`parse_child`) would have more room."""
    kind = getattr(error, "original_class", type(error))
    if kind is MemoryError:
        raise MemoryError from error
    if kind is RecursionError and sys.getrecursionlimit() < FRAMES:
        raise RecursionError from error
