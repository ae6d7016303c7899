"""A state as the page's address: what is written into it, and what can be read out of any. No Streamlit here.

``v`` version of the form, ``m`` model and data, ``s`` scenario, then every lever that differs from it by its code, in
its declared unit; ``cmp`` scenarios that are compared; ``r`` and ``p`` what the headline targets came to when the link
was made, so that a later model can show both.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from xinzhi.content.content import Content
from xinzhi.content.indicator import headline
from xinzhi.content.lever import PartialSetting
from xinzhi.content.scenario import BASELINE
from xinzhi.content.units import split_quantity
from xinzhi.dashboard.lever_state import PARTS, State, changed, settings_of, shown_part, start_from
from xinzhi.errors import ContentError, Problem, msg, nearest, shortened

VERSION = "1"
MOST_COMPARED = 3
MOST_DROPPED = 6  # problems of a link that are told one by one
MOST_PARTS, LONGEST_PART = 400, 1000  # what more there is of a link is not read: it takes all visitors' time
_OWN = ("v", "m", "s", "r", "p", "cmp")
_BETWEEN = "*"  # a sign that stands in no number


@dataclass(frozen=True)
class Outcome:
    """What the headline targets come to: ``values`` in their units, ``odds`` 0 to 1; all together; None: not known."""

    values: tuple[float, ...]
    odds: tuple[float, ...] | None = None
    joint: float | None = None


@dataclass(frozen=True)
class Link:
    """What an address says: a state, what is compared, the ``model`` it was made with (8 hex digits or empty), what the
    targets came to ``then``, and a problem for every part that was left out."""

    state: State
    compared: tuple[str, ...]
    model: str
    then: Outcome | None
    dropped: tuple[Problem, ...]

    def old(self, content: Content) -> bool:
        """Whether it was made with another state of model and data than this one."""
        return bool(self.model) and self.model != content.hash[:8]


def to_query(
    content: Content, state: State, compared: Sequence[str] = (), outcome: Outcome | None = None
) -> dict[str, str]:
    """The address of a state.

    An uploaded scenario is not at the address, so its levers are written out over the baseline.
    """
    named = BASELINE if state.uploaded is not None else state.scenario
    base, settings = content.settings(content.scenario(named)), settings_of(content, state)
    query = {"v": VERSION, "m": content.hash[:8], "s": named}
    for lever in content.sheet.levers.values():
        for part in PARTS:
            shown = shown_part(lever, settings[lever.id], part)
            if shown != shown_part(lever, base[lever.id], part):
                query[lever.code if part == "value" else f"{lever.code}.{part}"] = f"{shown:.12g}"
    if compared:
        query["cmp"] = ",".join(compared)
    return query | ({} if outcome is None else _written(content, outcome))


def from_query(content: Content, query: Mapping[str, str]) -> Link:
    """What an address says; what cannot be read is left out, with a problem each, and the rest is kept.

    An address in an unknown form is left out whole: what its names mean is not known.
    """
    if query.get("v", VERSION) != VERSION:
        version = msg('the link has the unknown version "{version}"', version=shortened(query["v"]))
        return Link(start_from(), (), "", None, (Problem(None, version),))
    dropped: list[Problem] = []
    query = _readable(query, dropped)
    scenario = _known_scenario(content, query.get("s", BASELINE), dropped) or BASELINE
    overrides: dict[str, PartialSetting] = {}
    said: dict[tuple[str, str], str] = {}
    for name, value in query.items():
        if name in _OWN:
            continue
        try:
            read = content.sheet.assignments({name: _with_unit(content, name, value)})
        except ContentError as error:
            dropped.extend(_named(content, name, problem) for problem in error.problems)
            continue
        for lever, partial in read.items():
            parts = {part: it for part, it in vars(partial).items() if it is not None}
            earlier = [said[lever, part] for part in parts if (lever, part) in said]
            if earlier:
                message = msg('"{name}" and "{other}" set the same', name=earlier[0], other=shortened(name))
                dropped.append(Problem(None, message, msg("keep one")))
                continue
            said |= {(lever, part): shortened(name) for part in parts}
            overrides[lever] = PartialSetting(**{**vars(overrides.get(lever, PartialSetting())), **parts})
    asked = [name for name in query.get("cmp", "").split(",") if name]
    compared = dict.fromkeys(name for name in asked if _known_scenario(content, name, dropped))
    if len(compared) > MOST_COMPARED:
        dropped.append(Problem(None, msg("the link compares more than {most} scenarios", most=MOST_COMPARED)))
    then = _read(content, query, dropped)
    state = changed(content, start_from(scenario), overrides)
    return Link(state, tuple(compared)[:MOST_COMPARED], _model(query.get("m", "")), then, _few(dropped))


def _readable(query: Mapping[str, str], dropped: list[Problem]) -> dict[str, str]:
    """The parts that are few and short enough to be read; the others are noted."""
    kept: dict[str, str] = {}
    for name, value in query.items():
        if len(kept) == MOST_PARTS or len(name) + len(value) > LONGEST_PART:
            dropped.append(Problem(None, msg('the part "{name}" of the link is too long', name=shortened(name, 20))))
        else:
            kept[name] = value
    return kept


def _model(written: str) -> str:
    """The version of model and data that an address names; empty where it is none."""
    return written[:8] if re.fullmatch("[0-9a-f]{8}", written[:8]) else ""


def _named(content: Content, name: str, problem: Problem) -> Problem:
    """A problem with a lever's name before it: whoever opens a link does not know the levers' ids."""
    lever = content.sheet.find(name.partition(".")[0])
    if lever is None:
        return problem
    return replace(problem, message=msg("{lever}: {problem}", lever=lever.name, problem=problem.message))


def _few(dropped: list[Problem]) -> tuple[Problem, ...]:
    """The first problems and how many there are besides: a broken address of any length is told in a few lines."""
    if len(dropped) <= MOST_DROPPED:
        return tuple(dropped)
    more = Problem(None, msg("{count} more parts of the link were left out", count=len(dropped) - MOST_DROPPED))
    return (*dropped[:MOST_DROPPED], more)


def _known_scenario(content: Content, name: str, dropped: list[Problem]) -> str | None:
    if name in content.scenarios:
        return name
    problem = msg('unknown scenario "{name}"', name=shortened(name))
    dropped.append(Problem(None, problem, nearest(name[:80], list(content.scenarios))))
    return None


def _with_unit(content: Content, name: str, written: str) -> str:
    """A number at an address is in the lever's declared unit, which is then said."""
    lever, quantity = content.sheet.find(name), split_quantity(written)
    return f"{written}{lever.unit}" if lever is not None and quantity is not None and not quantity[1] else written


def _mark(content: Content) -> str:
    """Four hex digits of the headline targets' ids: figures of other targets are not shown for these."""
    return sha256(" ".join(it.id for it in headline(content.targets)).encode()).hexdigest()[:4]


def _written(content: Content, outcome: Outcome) -> dict[str, str]:
    targets = headline(content.targets)
    values = [f"{value:.{it.decimals + 1}f}" for it, value in zip(targets, outcome.values, strict=True)]
    query = {"r": _BETWEEN.join([_mark(content), *values])}
    if outcome.odds is not None and outcome.joint is not None:
        query["p"] = _BETWEEN.join(f"{100 * share:.1f}".removesuffix(".0") for share in (*outcome.odds, outcome.joint))
    return query


def _read(content: Content, query: Mapping[str, str], dropped: list[Problem]) -> Outcome | None:
    """What the targets came to when the link was made."""
    if "r" not in query:
        return None
    count = len(headline(content.targets))
    mark, *values = query["r"].split(_BETWEEN)
    shares = query["p"].split(_BETWEEN) if "p" in query else []
    if mark == _mark(content) and len(values) == count and len(shares) in (0, count + 1):
        figures, odds = [_number(it) for it in values], [_number(it) / 100 for it in shares]
        if all(map(math.isfinite, figures)) and all(0 <= it <= 1 for it in odds):
            return Outcome(tuple(figures), tuple(odds[:-1]) or None, odds[-1] if odds else None)
    dropped.append(Problem(None, msg("the results in the link are of other targets, or damaged")))
    return None


def _number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return math.nan
