"""The members that the live page and its server run: made once for each content and set of assumptions, in the back.

A first start draws and anchors them, which takes seconds; the page is shown without odds until they are there.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from time import monotonic
from typing import Any

import numpy as np
import streamlit as st

from xinzhi.analysis.reality import laws
from xinzhi.arguments import MEMBERS
from xinzhi.content.check import Check
from xinzhi.content.content import Content
from xinzhi.content.indicator import headline
from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX
from xinzhi.content.scenario import Assumption
from xinzhi.dashboard.faults import noted
from xinzhi.dashboard.link import MOST_COMPARED
from xinzhi.dashboard.session import nameless, run_key, set_aside
from xinzhi.errors import Problem, SimulationError, XinzhiError
from xinzhi.futures.hot import HotState
from xinzhi.futures.hot_futures import hot_state
from xinzhi.futures.library import state_of_members
from xinzhi.futures.page_model import PageKernel, PageModel, page_model
from xinzhi.futures.target_odds import Odds, find_bands, find_odds
from xinzhi.project import Project
from xinzhi.simulate import FloatArray, Run, Simulator

IN_PAGE, SEED = 1000, 0  # the first of the members run in the page while a lever is dragged
KEPT = MOST_COMPARED + 2
"""Sets of members that are kept, some 120 MB each: a page's own and those it compares, and one for another page."""
IN_USE = 30.0  # seconds after a page asked for a set, in which it is not given up for another


@dataclass
class _Asked:
    """A set of members, there or to come, and when a page last asked for it."""

    members: Future[Prepared]
    at: float


@dataclass(frozen=True, eq=False)
class Prepared:
    """The server's members, the bytes that a page is sent, their key, and the checks that no lever set may break."""

    state: HotState
    feed: bytes
    key: str
    laws: tuple[Check, ...]


@dataclass(frozen=True, eq=False)
class Settled:
    """What a lever set comes to with all members: odds, and by id `target_odds.BAND` of the headline indicators in
    their units, shape (quantiles, years from ``first``)."""

    odds: Odds
    bands: Mapping[str, FloatArray]
    first: int

    @property
    def shares(self) -> dict[str, float]:
        """The odds by target's id."""
        return {it.target.id: it.odds for it in self.odds.targets}


_kept: OrderedDict[tuple[object, ...], _Asked] = OrderedDict()  # the one that was asked for last stands last
_lock = Lock()
_workers = ThreadPoolExecutor(1, thread_name_prefix="xinzhi-members")


def prepare(project: Project, assumptions: Mapping[str, Assumption]) -> None:
    """Begin to make the members under these assumptions, where that has not begun.

    Where all sets that are kept are in use by other pages, nothing begins: a page asks again while it lacks members.
    """
    key = _key(project, assumptions)
    with _lock:
        if key not in _kept and (len(_kept) < KEPT or _gave_one_up()):
            made = _workers.submit(_prepare, project, dict(assumptions), repr(key))
            _kept[key] = _Asked(made, monotonic())


def _gave_one_up() -> bool:
    """Whether the set that was asked for longest ago could be given up; its making ends where it has not begun."""
    key, oldest = next(iter(_kept.items()))
    if monotonic() - oldest.at < IN_USE:
        return False
    oldest.members.cancel()
    del _kept[key]
    return True


def prepared(project: Project, assumptions: Mapping[str, Assumption]) -> Prepared | None:
    """The members under these assumptions; None where nobody has begun them, or while they are made.

    Raises `ContentError` where the content has no fit to draw from, `SimulationError` where the model cannot be run.
    """
    with _lock:
        key = _key(project, assumptions)
        entry = _kept.get(key)
        if entry is None:
            return None
        entry.at = monotonic()
        _kept.move_to_end(key)
    return entry.members.result() if entry.members.done() else None


def _key(project: Project, assumptions: Mapping[str, Assumption]) -> tuple[object, ...]:
    return (state_of_members(project.content), *((name, it.value) for name, it in assumptions.items()))


def settled(project: Project, run: Run) -> Settled | None:
    """What a run's levers come to with all members; None where these are not there.

    Raises as `prepared` does.
    """
    members = prepared(project, run.assumptions)
    if members is None:
        return None
    return settle(members.state, nameless(run), project.simulator, run_key(run), members.key)


@st.cache_resource(max_entries=64, show_spinner=False)
def settle(
    _state: HotState, _run: Run, _simulator: Simulator, key: tuple[object, ...], members: str  # noqa: ARG001
) -> Settled:  # fmt: skip
    """The odds and bands of the members of ``_state`` under the levers of ``_run``, which assumes what they do."""
    ensemble = _state.ensemble(_run, _simulator)
    content = _state.content
    return Settled(find_odds(content, ensemble), find_bands(content, ensemble), _state.first)


def headline_variables(content: Content) -> list[str]:
    """The model's variables behind the headline targets, each once."""
    return list(dict.fromkeys(content.indicators[it.indicator].variable for it in headline(content.targets)))


def _prepare(project: Project, assumptions: Mapping[str, Assumption], key: str) -> Prepared:
    """Raises `XinzhiError` alone: every page that asks for the members is told it, as long as they are kept."""
    try:
        return _made(project, assumptions, key)
    except XinzhiError:
        raise
    except Exception as fault:
        raise SimulationError(Problem(None, noted(fault))) from fault


def _made(project: Project, assumptions: Mapping[str, Assumption], key: str) -> Prepared:
    content, simulator = project.content, project.simulator
    state = hot_state(content, simulator, project.run, MEMBERS, SEED, assumptions)
    levers = list(simulator.lever_constants(content.settings(content.scenarios["baseline"])))
    model = page_model(state, headline_variables(content), IN_PAGE, levers, simulator.store)
    name = sha256(key.encode()).hexdigest()[:16]
    set_aside()
    return Prepared(state, packed(content, model, name), name, laws(content, simulator))


def packed(content: Content, model: PageModel, key: str) -> bytes:
    """The model as bytes: the length of a header, the header in JSON, then arrays and modules, each on 8 bytes."""
    parts: list[bytes] = []

    def part(data: bytes, count: int) -> tuple[int, int]:
        place = sum(map(len, parts))
        parts.append(data + bytes(-len(data) % 8))
        return place, count

    def numbers(values: np.ndarray[Any, Any], kind: str = "<f8") -> tuple[int, int]:
        return part(np.ascontiguousarray(values, dtype=kind).tobytes(), int(np.size(values)))

    def kernel(it: PageKernel) -> list[tuple[int, int]]:
        return [part(it.module, len(it.module)), numbers(it.uniform)]

    head = {
        "key": key,
        "rows": model.rows,
        "variables": len(model.variables),
        "years": len(model.years),
        "first": model.years[0],
        "met": model.met.astype(int).tolist(),
        "saves": model.saves.tolist(),
        "horizon_step": int(np.argmax(model.saves == content.region.plan.final_year - model.years[0])),
        "levers": {
            lever.id: [model.levers.get(lever.variable + suffix, -1) for suffix in ("", START_SUFFIX, RAMP_SUFFIX)]
            for lever in content.sheet.levers.values()
        },
        "member_rows": list(model.members),
        "members": numbers(np.array(list(model.members.values())), "<f4" if model.single else "<f8"),
        "shared": numbers(model.shared),
        "base": numbers(model.base),
        "quick": kernel(model.quick),
        "single": model.single,
        "strict": kernel(model.strict),
    }
    text = json.dumps(head).encode()
    start = len(text).to_bytes(4, "little") + text
    return start + bytes(-len(start) % 8) + b"".join(parts)
