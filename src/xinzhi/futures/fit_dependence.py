"""Whether the last fit still holds: has anything changed that it depends on?

A fit depends on its plan, priors and figures, and on what the model says of the past. The latter is fingerprinted from
the program itself, cut down to what the fit reads, with every lever at its base: so a target, an indicator, a scenario,
a lever at its base or a sentence of documentation leaves a fit as it is.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from xinzhi.content.content import Content
from xinzhi.content.yaml_file import Text
from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.lookup_tables import look_up
from xinzhi.engine.operations import COMMUTATIVE, LEAVES
from xinzhi.engine.program import Delayed, Graph, Held, Stock
from xinzhi.engine.specialise import Specialised, specialise
from xinzhi.futures.code import analysis_hash
from xinzhi.simulate import Simulator
from xinzhi.store import open_store

MADE_OF = ("initial", "rate", "following", "input", "lag")  # of a stock, a held and a delayed value: nodes


def fingerprint(content: Content) -> str:
    """SHA-256 of what a fit depends on; "" where there is no plan. Raises `ModelError`."""
    if content.fit is None:
        return ""
    store = open_store()
    name = f"fit-depends-{hashlib.sha256(f'{content.hash} {analysis_hash()}'.encode()).hexdigest()[:32]}"
    kept = store.load(name, str)
    if kept is None:
        kept = hashlib.sha256("\n".join((*_data(content), *_equations(content))).encode()).hexdigest()
        store.save(name, kept)
    return kept


# -- the plan, its priors and its figures ----------------------------------------------------------------------------


def _read_by(content: Content) -> list[str]:
    """The indicators that a fit reads: fitted, forecast, solved for or anchored to."""
    plan = content.fit
    assert plan is not None
    anchored = (content.anchors.anchors[name].indicator for name in plan.anchored)
    shock = [] if plan.shock is None else [plan.shock.indicator]
    return sorted({*plan.series, *shock, *plan.base_year, *anchored})


def _data(content: Content) -> Iterator[str]:
    plan = content.fit
    assert plan is not None
    yield f"plan {_said(plan)}"
    for name in plan.anchored:
        yield f"anchor {_said(content.anchors.anchors[name])}"
    for name in _read_by(content):
        yield f"indicator {name} {content.indicators[name].factor!r}"
        if name in content.history.series:
            figures = content.history.series[name].observations
            yield f"figures {name} {[(it.time, it.value, it.status) for it in figures]!r}"


def _said(value: Any) -> str:
    """A value without the sentences that explain it."""
    if isinstance(value, Text):
        return ""
    if is_dataclass(value):
        return f"({', '.join(f'{it.name}={_said(getattr(value, it.name))}' for it in fields(value))})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_said(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_said, value))}]"
    return repr(value)


# -- what the model says of the past ---------------------------------------------------------------------------------


def _equations(content: Content) -> Iterator[str]:
    """The program of the series that a fit reads, without what has no effect while the levers stay at their base.

    A thing times nothing is nothing here: the engine itself does not say so, for infinity times zero is no number.
    """
    plan = content.fit
    assert plan is not None
    model: CompiledModel = Simulator(content, open_store()).compiled
    program = model.program
    free = [name for name in program.constants if name in plan.parameters or name in plan.anchored]
    names = [content.indicators[name].variable for name in _read_by(content)]
    saved = dict.fromkeys(names + [it for it in (plan.deflator, plan.shock and plan.shock.variable) if it])
    last = content.model.control("FINAL TIME")
    clock = model.clock({}, {"final_time": last, "saveper": 1.0})
    cut = specialise(program, free, clock, [model.labels[name] for name in saved])
    graph, new = _without_nothing(cut)
    named = _state_names(cut)
    marks = _marks(graph, cut, named)
    yield f"free {[(name, program.constants[name]) for name in free]}"
    for name, node in zip(saved, cut.saved, strict=True):
        yield f"{name} {marks[new[node]]}"
    yield from sorted(_states(cut, graph, new, marks, named))


def _without_nothing(cut: Specialised) -> tuple[Graph, list[int]]:
    """The graph with products and quotients of zero as zero; the new number of each node."""
    graph, new = Graph(), list[int]()
    for op, args, param in cut.graph.nodes:
        operands = tuple(new[arg] for arg in args)
        values = [graph.value(arg) for arg in operands]
        if op == "lit":
            new.append(graph.lit(float(param)))
        elif (op == "mul" and 0 in values) or (op == "div" and values[0] == 0):
            new.append(graph.lit(0.0))
        elif op == "lookup" and values[0] is not None:
            new.append(graph.lit(float(look_up(cut.tables[param], values[0]))))
        elif op in LEAVES or param is not None:
            new.append(graph.node(op, *operands, param=param))
        else:
            new.append(graph.op(op, *operands))
    return graph, new


def _marks(graph: Graph, cut: Specialised, named: Mapping[tuple[str, int], str]) -> list[str]:
    """What names each node: itself and what it is made of, whatever stands before it in the file."""
    marks = list[str]()
    for op, args, param in graph.nodes:
        name = named.get((op, param)) or (cut.varied[param] if op == "const" else "")
        name = name or repr(cut.tables[param] if op == "lookup" else param)
        inside = [marks[arg] for arg in args]
        inside = sorted(inside) if op in COMMUTATIVE else inside
        marks.append(hashlib.sha256(f"{op} {name} {inside}".encode()).hexdigest()[:32])
    return marks


def _state_names(cut: Specialised) -> dict[tuple[str, int], str]:
    """What each state is called, by its operation and slot; the stages of a delay have one name and are numbered."""
    names = dict[tuple[str, int], str]()
    for op, states in _slots(cut).items():
        count = Counter[str]()
        for slot, state in enumerate(states):
            count[state.name] += 1
            names[op, slot] = f"{state.name} {count[state.name]}"
    return names


def _slots(cut: Specialised) -> dict[str, tuple[Stock | Held | Delayed, ...]]:
    return {"stock": cut.stocks, "held": cut.held, "delayed": cut.delayed}


def _states(
    cut: Specialised, graph: Graph, new: Sequence[int], marks: Sequence[str], named: Mapping[tuple[str, int], str]
) -> Iterator[str]:
    """Every state that what is saved depends on, with the marks of what makes it."""
    waiting, seen, slots = [new[node] for node in cut.saved], set[int](), _slots(cut)
    while waiting:
        number = waiting.pop()
        if number in seen:
            continue
        seen.add(number)
        op, args, param = graph.nodes[number]
        waiting += args
        if op in slots:
            made_of = {name: new[value] for name, value in vars(slots[op][param]).items() if name in MADE_OF}
            waiting += made_of.values()
            held = getattr(slots[op][param], "non_negative", False)
            yield f"{op} {named[op, param]} {held} {[(name, marks[node]) for name, node in made_of.items()]}"
