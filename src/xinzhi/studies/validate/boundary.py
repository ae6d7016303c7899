"""Boundary adequacy: what the model makes itself, what is given to it, what is left out and why."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import scipy

from xinzhi.analysis.structure import Structure
from xinzhi.errors import msg
from xinzhi.studies.validate.outcome import FAILS, HOLDS, UNTESTED, Cases, Finding, Worst


def check_boundary(structure: Structure) -> Finding:
    """Whether each target's indicator follows from states of the model, and which subjects are left out."""
    content = structure.content
    states = driven(structure)
    in_loops = feedback(structure)
    lacking = [
        target.id
        for target in content.targets.values()
        if content.indicators[target.indicator].variable not in states
    ]  # fmt: skip
    rows = []
    for name, sector in structure.sectors.items():
        mine = structure.of_sector(name)
        kinds = [structure.kind(it.name) for it in mine]
        inside = [it.name for it in mine if it.name in states]
        outside = [it.name for it in mine if it.name not in states]
        given = ", ".join(name for name in outside if structure.kind(name) in ("auxiliary", "lookup"))
        rows.append((sector.title, str(len(inside)), str(sum(it in in_loops for it in inside)),
                     str(kinds.count("lever") // 3), str(kinds.count("constant")), given or "—"))  # fmt: skip
    tables = [
        Cases(
            msg("Boundary by sector"),
            (msg("Sector"), msg("Endogenous"), msg("of these in loops"), msg("Levers"), msg("Constants given"),
             msg("Courses over time given from outside")),
            tuple(rows),
        )
    ]  # fmt: skip
    left_out = tuple((it.name, it.reason) for it in content.statements.excluded.values())
    if left_out:
        tables.append(Cases(msg("Left out of the model"), (msg("Subject"), msg("Why")), left_out))
    if not left_out:
        said = msg("model/structure.yaml does not say what is left out")
        return Finding("boundary", UNTESTED, said, None, tuple(tables))
    said = msg("{inside} endogenous variables, {loops} of them in feedback loops; {excluded} subjects left out, each "
               "with its reason; {lacking} of {targets} targets do not follow from a state of the model",
               inside=len(states), loops=len(in_loops), excluded=len(left_out), lacking=len(lacking),
               targets=len(content.targets))  # fmt: skip
    worst = Worst(lacking[0], len(lacking), 0) if lacking else None
    return Finding("boundary", FAILS if lacking else HOLDS, said, worst, tuple(tables))


def driven(structure: Structure) -> set[str]:
    """Endogenous variables: the stocks, and what follows from one by the equations."""
    endogenous = {name for name in structure.variables if structure.kind(name) == "stock"}
    waiting = list(endogenous)
    while waiting:
        for reader in structure.readers[waiting.pop()]:
            if reader not in endogenous:
                endogenous.add(reader)
                waiting.append(reader)
    return endogenous


def feedback(structure: Structure) -> set[str]:
    """Variables that act on themselves by way of at least one other."""
    names: Mapping[str, int] = {name: number for number, name in enumerate(structure.variables)}
    links = [(names[used], names[name]) for name in names for used in structure.inputs(name)]
    ends = np.array(links)
    graph = scipy.sparse.csr_matrix((np.ones(len(links)), (ends[:, 0], ends[:, 1])), shape=(len(names), len(names)))
    _, of = scipy.sparse.csgraph.connected_components(graph, directed=True, connection="strong")
    sizes = np.bincount(of)
    return {name for name, number in names.items() if sizes[of[number]] > 1}
