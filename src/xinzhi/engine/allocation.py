"""ALLOCATE AVAILABLE and ALLOCATE BY PRIORITY over all members: run by the interpreter only, not compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xinzhi.engine.operations import FloatArray

_HALVINGS = 100  # far below the last bit of any width; most intervals end as two neighbouring numbers after sixty
FIXED = 0
_REACH = {1: 0.5, 2: 0.5, 3: 8.3, 4: 36.8}


def allocate_available(count: int, members: int, *values: Any) -> FloatArray:
    """Each target's share of the supply, shape (targets, members).

    ``values`` are the requests of ``count`` targets, their profiles (type, priority, width, extra) and the supply.
    Profiles 0 fixed quantity (served before the others, in proportion where it is more than the supply), 1 rectangular,
    2 triangular, 3 normal, 4 exponential. A NaN, a negative request or supply, a width that is not positive or another
    profile gives NaN.
    Source: Vensim reference manual, ALLOCATE AVAILABLE; the common priority is found by bisection.
    """
    numbers = np.array([np.broadcast_to(np.asarray(v, dtype=np.float64), (members,)) for v in values])
    request, profile, supply = numbers[:count], numbers[count:-1].reshape(count, 4, members), numbers[-1]
    kind, priority, width = profile[:, 0], profile[:, 1], profile[:, 2]
    fixed = kind == FIXED
    firm = np.where(fixed, request, 0.0).sum(axis=0)
    with np.errstate(all="ignore"):
        shares = _shared(kind, priority, width, request, supply - firm)
        served = np.where(firm > supply, request * (supply / firm), request)
    shares = np.where(fixed, served, np.where(firm >= supply, 0.0, shares))
    wrong = (request < 0).any(axis=0) | (supply < 0) | np.isnan(request).any(axis=0) | np.isnan(supply)
    wrong |= ~(fixed | (np.isin(kind, list(_REACH)) & np.isfinite(priority) & (width > 0))).all(axis=0)
    out = np.where(supply >= request.sum(axis=0), request, np.where(supply == 0, 0.0, shares))
    return np.where(wrong, np.nan, out)


def _shared(kind: Any, priority: Any, width: Any, request: Any, supply: Any) -> FloatArray:
    """What each target takes, shape (targets, members), where all that have a curve take ``supply``."""
    reach = sum(np.where(kind == k, r, 0.0) for k, r in _REACH.items()) * width
    low = np.where(kind == FIXED, np.inf, priority - reach).min(axis=0)
    high = np.where(kind == FIXED, -np.inf, priority + reach).max(axis=0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not ((low < middle) & (middle < high)).any():
            break
        too_much = np.nansum(_demand(kind, priority, width, request, middle), axis=0) > supply
        low, high = np.where(too_much, middle, low), np.where(too_much, high, middle)
    return _demand(kind, priority, width, request, (low + high) / 2)


def _demand(kind: Any, priority: Any, width: Any, request: Any, x: Any) -> FloatArray:
    """What each target takes when priorities above ``x`` are served, shape (targets, members)."""

    z = (x - priority) / width
    shares = np.full(z.shape, np.nan)
    for number, share in _SHARES.items():
        here = kind == number
        if here.any():
            shares[here] = share(z[here])
    return np.asarray(request * shares, dtype=np.float64)


def _rectangular(z: FloatArray) -> FloatArray:
    return 0.5 - np.clip(z, -0.5, 0.5)


def _triangular(z: FloatArray) -> FloatArray:
    inside = np.clip(z, -0.5, 0.5)
    return np.where(inside < 0, 1 - 2 * (inside + 0.5) ** 2, 2 * (0.5 - inside) ** 2)


def _normal(z: FloatArray) -> FloatArray:
    from scipy.special import erfc

    return np.asarray(0.5 * erfc(z / np.sqrt(2)))


def _exponential(z: FloatArray) -> FloatArray:
    return np.where(z < 0, 1 - 0.5 * np.exp(np.minimum(z, 0)), 0.5 * np.exp(-np.maximum(z, 0)))


_SHARES = {1: _rectangular, 2: _triangular, 3: _normal, 4: _exponential}


def allocate_by_priority(count: int, members: int, *values: Any) -> FloatArray:
    """Each target's share of the supply, shape (targets, members).

    ``values`` are the requests of ``count`` targets, their priorities, the width and the supply. Without a width the
    higher priority is served whole before the lower. A negative request, width or supply gives NaN.
    Source: Vensim reference manual, ALLOCATE BY PRIORITY; PySD's ``_allocate_by_priority_1d``.
    """
    from pysd.py_backend import allocation

    numbers = np.array([np.broadcast_to(np.asarray(v, dtype=np.float64), (members,)) for v in values])
    out = np.full((count, members), np.nan)
    for member in range(members):
        request, priority = numbers[:count, member], numbers[count : 2 * count, member]
        width, supply = numbers[-2, member], numbers[-1, member]
        if np.isfinite(numbers[:, member]).all() and (request >= 0).all() and width >= 0 and supply >= 0:
            apart = max(width, np.finfo(np.float64).tiny)
            with np.errstate(over="ignore"):
                out[:, member] = allocation._allocate_by_priority_1d(request, priority, apart, supply)
    return out


FUNCTIONS: dict[str, Callable[..., FloatArray]] = {
    "allocate_available": allocate_available,
    "allocate_by_priority": allocate_by_priority,
}
