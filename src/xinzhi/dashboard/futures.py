"""The members that the live page and its server run: made once for each content and set of assumptions, in the back.

A first start draws and anchors them, which takes seconds; the page is shown without odds until they are there.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

import numpy as np

from xinzhi.analysis.ahead import Ahead, look_ahead
from xinzhi.analysis.futures import open_futures
from xinzhi.analysis.page_model import PageKernel, PageModel, page_model
from xinzhi.analysis.reality import laws
from xinzhi.content.check import Check
from xinzhi.content.indicator import headline
from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX
from xinzhi.content.project import Content
from xinzhi.content.scenario import Assumption
from xinzhi.project import Project

MEMBERS, IN_PAGE, SEED = 10_000, 1000, 0
KEPT = 3


@dataclass(frozen=True, eq=False)
class Prepared:
    """The server's members, the bytes that a page is sent, their key, and the checks that no lever set may break."""

    ahead: Ahead
    feed: bytes
    key: str
    laws: tuple[Check, ...]


_prepared: OrderedDict[tuple[object, ...], Future[Prepared]] = OrderedDict()
_lock = Lock()
_workers = ThreadPoolExecutor(1, thread_name_prefix="xinzhi-members")


def prepared(project: Project, assumptions: Mapping[str, Assumption], patience: float) -> Prepared | None:
    """The members under these assumptions; None where they are not there after ``patience`` seconds.

    Raises `ContentError` where the content has no fit to draw from.
    """
    key = (project.content.hash, *((name, it.value) for name, it in assumptions.items()))
    with _lock:
        if key not in _prepared:
            _prepared[key] = _workers.submit(_prepare, project, dict(assumptions), repr(key))
            while len(_prepared) > KEPT:
                _prepared.popitem(last=False)
        _prepared.move_to_end(key)
        waited = _prepared[key]
    try:
        return waited.result(patience)
    except NotYet:
        return None


def headline_variables(content: Content) -> list[str]:
    """The model's variables behind the headline targets, each once."""
    return list(dict.fromkeys(content.indicators[it.indicator].variable for it in headline(content.targets)))


def _prepare(project: Project, assumptions: Mapping[str, Assumption], key: str) -> Prepared:
    content, simulator = project.content, project.simulator
    futures = open_futures(content, simulator, project.run(), SEED)
    ahead = look_ahead(content, simulator, futures.design(MEMBERS), futures.share * MEMBERS, assumptions)
    levers = list(simulator.lever_constants(content.settings(content.scenarios["baseline"])))
    model = page_model(ahead, headline_variables(content), IN_PAGE, levers, simulator.store)
    name = sha256(key.encode()).hexdigest()[:16]
    return Prepared(ahead, packed(content, model, name), name, laws(content, simulator))


def packed(content: Content, model: PageModel, key: str) -> bytes:
    """The model as bytes: the length of a header, the header in JSON, then arrays and modules, each on 8 bytes."""
    parts: list[bytes] = []

    def part(data: bytes, count: int) -> tuple[int, int]:
        place = sum(map(len, parts))
        parts.append(data + bytes(-len(data) % 8))
        return place, count

    def doubles(values: np.ndarray[Any, Any]) -> tuple[int, int]:
        return part(np.ascontiguousarray(values, dtype="<f8").tobytes(), int(np.size(values)))

    def kernel(it: PageKernel) -> list[tuple[int, int]]:
        return [part(it.module, len(it.module)), doubles(it.uniform)]

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
        "members": doubles(np.array(list(model.members.values()))),
        "shared": doubles(model.shared),
        "base": doubles(model.base),
        "fast": kernel(model.fast),
        "strict": kernel(model.strict),
    }
    text = json.dumps(head).encode()
    start = len(text).to_bytes(4, "little") + text
    return start + bytes(-len(start) % 8) + b"".join(parts)
