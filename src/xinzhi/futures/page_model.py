"""The model as a page runs it: WebAssembly kernels and the first members of the server's ensemble.

It is the program that the server runs (`futures.hot`), cut down to a few variables and compiled for another machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xinzhi.engine.algebra import Guards, gathered
from xinzhi.engine.clock import Clock
from xinzhi.engine.compiled import engine_hash
from xinzhi.engine.emit_values import can_emit
from xinzhi.engine.machine import Machine
from xinzhi.engine.plan import Plan, make_plan
from xinzhi.engine.specialise import Specialised, specialise
from xinzhi.engine.wasm import DOUBLE, SINGLE, compile_wasm
from xinzhi.futures.ensemble import Bools
from xinzhi.futures.hot import HotState
from xinzhi.simulate import FloatArray
from xinzhi.store import Store

Steps = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, eq=False)
class PageKernel:
    """A module (see `engine.wasm`) and its table of what depends on time alone, shape (steps + 1, columns)."""

    module: bytes
    uniform: FloatArray


@dataclass(frozen=True, eq=False)
class PageModel:
    """What a page needs to run a scenario and ``count`` members, ``variables`` being saved at each of ``years``.

    ``quick`` runs the members, in floats where ``single``; it may refuse one (its mark is NaN), which ``strict`` then
    runs, and the scenario, in doubles. There are ``rows`` constants. ``shared`` are their values in the model's own
    run, shape (rows,); ``members`` the rows that differ between members, by number, each of shape (count,). ``levers``
    are the rows of levers' constants that matter to ``variables``. ``base`` are the variables in the base year, shape
    (variables, count + 1), the model's own run last. ``saves`` is the row that each step is saved in, or -1.
    """

    quick: PageKernel
    strict: PageKernel
    single: bool
    rows: int
    levers: Mapping[str, int]
    shared: FloatArray
    members: Mapping[int, FloatArray]
    base: FloatArray
    met: Bools
    saves: Steps
    years: tuple[int, ...]
    variables: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.met)


def page_model(
    state: HotState, variables: Sequence[str], count: int, levers: Sequence[str], store: Store, *, single: bool = True
) -> PageModel:
    """The first ``count`` members of ``state`` for ``variables``; ``levers`` are the levers' constants.

    ``single``: members in floats, where every operation has such a form. Raises `SimulationError` for a model that
    remembers more than its stocks.
    """
    if state.refused is not None:
        raise state.refused
    program, clock = state.compiled.program, state.clock
    cut = specialise(program, state.rows, clock, [state.compiled.labels[name] for name in variables])
    quick, guards = gathered(cut)
    plans = make_plan(quick), make_plan(cut)
    single = single and can_emit(plans[0], single=True)
    used = sorted({*_rows(plans[0]), *_rows(plans[1])})
    shared, everyone = state.constants[:, -1], state.constants[:, :count]
    places = [state.variables.index(name) for name in variables]
    saves = np.full(clock.steps + 1, -1, dtype=np.int64)
    saves[list(clock.saved)] = np.arange(len(clock.saved))
    rows = {name: state.rows.index(name) for name in levers}
    return PageModel(
        quick=_kernel(quick, plans[0], clock, guards, SINGLE if single else DOUBLE, store),
        strict=_kernel(cut, plans[1], clock, None, DOUBLE, store),
        single=single,
        rows=len(state.rows),
        levers={name: row for name, row in rows.items() if row in used},
        shared=shared.copy(),
        members={row: everyone[row].copy() for row in used if (everyone[row] != shared[row]).any()},
        base=np.concatenate([state.base[places, :count], state.base[places, -1:]], axis=1),
        met=state.design.met[:count],
        saves=saves,
        years=tuple(range(state.first, state.first + len(clock.saved))),
        variables=tuple(variables),
    )


def _rows(plan: Plan) -> set[int]:
    """The rows of constants that a plan reads."""
    return {int(plan.nodes[number].param) for number in plan.prologue if plan.nodes[number].op == "const"}


def _kernel(
    program: Specialised, plan: Plan, clock: Clock, guards: Guards | None, machine: Machine, store: Store
) -> PageKernel:
    """The module, from the store where it was made before and is sound."""
    parts = (program.graph.nodes, program.stocks, program.tables, program.time_step, program.saved, guards, machine)
    name = f"page-{hashlib.sha256(f'{parts} {engine_hash()}'.encode()).hexdigest()}"
    kept = store.load(name, bytes)
    if kept is None:
        kept = compile_wasm(plan, guards=guards, machine=machine)
        store.save(name, kept)
    return PageKernel(kept, plan.uniform_plan.table(clock))
