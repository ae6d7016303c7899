"""Each reality check fails when the mechanism that it holds up is cut (tests/cut_mechanisms.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from xinzhi.analysis.reality import _judge
from xinzhi.content.check import Check
from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.program import Node, Program
from xinzhi.project import Project

Cuts = Mapping[str, Mapping[str, float | Mapping[str | int, float]]]
CUTS: Cuts = yaml.safe_load((Path(__file__).parent / "cut_mechanisms.yaml").read_text(encoding="utf-8"))
SWITCH = "which cut is made"


def with_switch(program: Program, cuts: Cuts) -> Program:
    """The program with every cut in it; the constant ``SWITCH`` makes the first (1), the second (2) … or none (0).

    So one compilation serves all of them, and they run side by side.
    """
    nodes = list(program.nodes)
    labels = {
        label: node
        for variable in program.variables
        for label, node in zip(variable.labels(), variable.nodes, strict=False)
    }

    def new(op: str, *args: int, param: object = None) -> int:
        nodes.append(Node(op, args, param))
        return len(nodes) - 1

    switch = new("const", param=SWITCH)
    for number, cut in enumerate(cuts.values(), start=1):
        made = new("eq", switch, new("lit", param=float(number)))
        for name, becomes in cut.items():
            place = labels[name]
            before = new(nodes[place].op, *nodes[place].args, param=nodes[place].param)
            if isinstance(becomes, Mapping):
                after = new("lit", param=0.0)
                for part, weight in becomes.items():
                    term = new("lit", param=1.0) if part == 1 else before if part == name else labels[part]
                    after = new("add", after, new("mul", term, new("lit", param=float(weight))))
            else:
                after = new("lit", param=float(becomes))
            nodes[place] = Node("select", (made, after, before), None)
    return replace(program, nodes=tuple(nodes), constants={**program.constants, SWITCH: 0.0})


def judged(project: Project, wanted: list[tuple[Check, int]], cuts: Cuts = CUTS) -> list[tuple[bool, bool]]:
    """Of each check under the cut of that number: whether it passed, whether every number was finite."""
    program = with_switch(project.simulator.compiled.program, cuts)
    model = CompiledModel(program, project.simulator.store)
    names = list(program.constants)
    saved = list(model.labels)
    out: list[tuple[bool, bool] | None] = [None] * len(wanted)
    for step in {check.time_step for check, _ in wanted}:
        mine = [i for i, (check, _) in enumerate(wanted) if check.time_step == step]
        columns = np.tile(np.array([*program.constants.values()])[:, None], 2 * len(mine))
        for column, i in enumerate(mine):
            check, cut = wanted[i]
            columns[names.index(SWITCH), [column, len(mine) + column]] = cut
            for name, value in check.constants.items():
                columns[names.index(name), column] = value
        nodes = [model.labels[name] for name in saved]

        def run(step: float | None, columns: np.ndarray, nodes: list[int] = nodes):
            return model.run_rows(
                tuple(names), columns, nodes, project.simulator.clock(step), method="euler", threads=1
            )

        pushed, plain = run(step, columns[:, : len(mine)]), run(None, columns[:, len(mine) :])
        for column, i in enumerate(mine):
            rows = [dict(zip(saved, result.values[:, :, column], strict=True)) for result in (pushed, plain)]
            with np.errstate(all="ignore"):
                result = _judge(wanted[i][0], *rows, np.array(project.simulator.years))
            out[i] = (result.passed, not (pushed.failed[column] or plain.failed[column]))
    return [pair for pair in out if pair is not None]


def test_every_check_has_a_cut_and_every_cut_a_check(project: Project) -> None:
    assert len(project.content.checks) >= 60
    assert list(CUTS) == [key for key in project.content.checks if key in CUTS]
    assert set(project.content.checks) == set(CUTS), "a new reality check needs a cut in tests/cut_mechanisms.yaml"


def test_each_check_fails_when_its_mechanism_is_cut_and_passes_when_not(project: Project) -> None:
    checks = project.content.checks
    wanted = [(checks[key], number) for number, key in enumerate(CUTS, start=1)]
    results = judged(project, [*wanted, *((check, 0) for check, _ in wanted)])
    cut, whole = results[: len(CUTS)], results[len(CUTS) :]
    assert [key for key, (passed, _) in zip(CUTS, whole, strict=True) if not passed] == []
    assert [key for key, (passed, _) in zip(CUTS, cut, strict=True) if passed] == []
    assert [key for key, (_, finite) in zip(CUTS, cut, strict=True) if not finite] == [], "that is no judgement"


def test_a_cut_that_cuts_nothing_is_seen(project: Project) -> None:
    idle = {"producers-add-up": {"real GDP": {"real GDP": 1}}}
    check = project.content.checks["producers-add-up"]
    assert judged(project, [(check, 1)], idle) == [(True, True)]


@pytest.mark.parametrize("cut", [{"no such variable": 1}, {"real GDP": {"no such variable": 1}}])
def test_a_cut_of_what_is_not_in_the_model_is_an_error(project: Project, cut: dict) -> None:
    with pytest.raises(KeyError):
        with_switch(project.simulator.compiled.program, {"producers-add-up": cut})
