"""WebAssembly: what a page computes is what the server computes and what PySD computes. The modules run in Node."""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import test_conformance
import test_functions
import test_stateful
from engines import aux, load, pysd_constants, pysd_model, pysd_run, vensim, xmile
from test_vector_math import EDGES, same
from wasm_node import Both, Case, assert_agree, both, find_node, node, run_wasm
from xinzhi.analysis.verdict import measured, meets
from xinzhi.content.indicator import Target
from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX, Setting
from xinzhi.dashboard.futures import headline_variables, packed
from xinzhi.engine.compiled import CompiledModel
from xinzhi.engine.emit_values import COMPILED
from xinzhi.engine.operations import FUNCTIONS, LEAVES
from xinzhi.engine.program import Graph, Program, Table, Variable
from xinzhi.engine.specialise import live_nodes
from xinzhi.errors import SimulationError
from xinzhi.futures import page_model as pages
from xinzhi.futures.ensemble import draw_design
from xinzhi.futures.hot import HotState, heat
from xinzhi.futures.page_model import PageModel, page_model
from xinzhi.futures.target_odds import BAND
from xinzhi.project import Project
from xinzhi.show.words import say
from xinzhi.store import Store

MEMBERS = 48
LARGEST_MODULES = 400_000
ROOT = Path(__file__).parents[1]
Levers = dict[str, Setting]


@pytest.fixture(scope="module", autouse=True)
def nodejs() -> Iterator[str]:
    yield find_node()


def lever_sets(project: Project) -> dict[str, Levers]:
    """The baseline, a scenario of the files with all levers at one of their ends, and levers anywhere."""
    content, rng = project.content, np.random.default_rng(5)
    baseline = content.settings(content.scenarios["baseline"])
    return {
        "baseline": dict(baseline),
        "innovation-first": content.settings(content.scenarios["innovation-first"])
        | {it.id: Setting(it.high, 2024.0, 1.0) for it in list(content.sheet.levers.values())[::2]},
        "anything": {
            it.id: Setting(rng.uniform(it.low, it.high), float(rng.choice([2024, 2025.5, 2027])), rng.uniform(1, 4))
            for it in content.sheet.levers.values()
        },
    }


@pytest.fixture(scope="module")
def state(project: Project) -> HotState:
    """Members that start at the end of 2024; the first three of them without the corrections that PySD has not."""
    design = draw_design(project.content, project.simulator, MEMBERS, 0)
    columns = {name: values.copy() for name, values in design.columns.items()}
    for name in columns.keys() - project.simulator.compiled.program.constants.keys():
        columns[name][:3] = 0
    return heat(project.content, project.simulator, replace(design, columns=columns))


@pytest.fixture(scope="module")
def levers(project: Project) -> dict[str, dict[str, float]]:
    """The constants of each lever set."""
    return {name: project.simulator.lever_constants(its) for name, its in lever_sets(project).items()}


@pytest.fixture(scope="module")
def everything(project: Project, state: HotState, levers: Mapping[str, Mapping[str, float]]) -> PageModel:
    """The page's model with the variable of every indicator, in doubles."""
    store = project.simulator.store
    return page_model(state, state.variables, MEMBERS, list(levers["baseline"]), store, single=False)


@pytest.fixture(scope="module")
def shown(project: Project, state: HotState, levers: Mapping[str, Mapping[str, float]]) -> PageModel:
    """The page's own model."""
    variables = headline_variables(project.content)
    return page_model(state, variables, MEMBERS, list(levers["baseline"]), project.simulator.store)


def page_case(model: PageModel, levers: Mapping[str, float], *, strict: bool = False) -> Case:
    """The members and, last, the model's own run, with levers as the page writes them."""
    constants = np.repeat(model.shared[:, None], model.count + 1, axis=1)
    for row, values in model.members.items():
        constants[row, :-1] = values
    for name, row in model.levers.items():
        constants[row] = levers[name]
    kernels = (model.strict,) if strict else (model.quick, model.strict)
    return Case(
        tuple(it.module for it in kernels), tuple(it.uniform for it in kernels), constants, model.saves,
        len(model.variables),
    )  # fmt: skip


def test_every_indicator_of_every_member_is_the_server_s_in_both_kernels(
    project: Project, state: HotState, everything: PageModel, levers: Mapping[str, Mapping[str, float]]
) -> None:
    assert len(state.variables) > 60 and everything.years == tuple(range(2024, 2031))
    cases = [page_case(everything, its, strict=strict) for its in levers.values() for strict in (False, True)]
    answers = run_wasm(cases)
    for number, its in enumerate(levers.values()):
        native = state.run(its)
        assert np.isfinite(native).all() and (np.ptp(native, axis=2).max(axis=1) > 0).sum() > 60
        for answer in answers[2 * number : 2 * number + 2]:
            assert not np.isnan(answer.marks).any()  # the fast kernel's first answer too
            np.testing.assert_allclose(answer.values, native, rtol=1e-11)


def test_every_indicator_is_what_pysd_computes(
    project: Project, state: HotState, everything: PageModel, levers: Mapping[str, Mapping[str, float]], tmp_path: Path
) -> None:
    """The model's own run and a member, each under other levers, from 2015 on: the page begins in 2024. (That the
    native kernels are PySD's under many more: test_engine_truth.)"""
    for name in ("model", "calibration"):
        shutil.copytree(ROOT / name, tmp_path / name)
    slow = pysd_model(tmp_path / "model" / project.content.model.path.name)
    known = project.simulator.compiled.program.constants
    for name, member in (("anything", 2), ("baseline", MEMBERS)):
        (answer,) = run_wasm([page_case(everything, levers[name])])
        state.run(levers[name])
        rows = dict(zip(state.rows, state.constants[:, member], strict=True))
        given = {name: float(value) for name, value in rows.items() if name in known}
        assert {it.partition(" ")[0] for it in rows.keys() - given.keys()} == {"state", "correction"}
        theirs = pysd_run(
            slow, params=pysd_constants(slow, {**known, **given}), return_columns=list(state.variables),
            return_timestamps=list(everything.years),
        )  # fmt: skip
        for variable, ours in zip(everything.variables, answer.values[:, :, member], strict=True):
            np.testing.assert_allclose(ours, theirs[variable].to_numpy(float), rtol=1e-11, err_msg=variable)


def test_from_the_very_start_with_every_constant_a_row_the_whole_program_is_the_native_one(
    project: Project, state: HotState, levers: Mapping[str, Mapping[str, float]]
) -> None:
    compiled = project.simulator.compiled
    rng = np.random.default_rng(1)
    program = compiled.program
    columns: dict[str, Any] = {
        name: program.constants[name] * rng.uniform(0.97, 1.03, 6) for name in project.content.uncertainties
    }
    for name in levers["baseline"]:
        columns[name] = [its[name] for its in levers.values()] * 2
    free = [name for name in program.constants if name not in program.fixed]
    ours = both(compiled, columns, saved=list(state.variables), clock=project.simulator.clock(), varied=free)
    assert len(ours.case.constants) == len(free) > 500 and ours.values.shape[1] == 16 and not ours.failed.any()
    # every operation of the model is in what ran here, but what the clock says once
    assert {node.op for node in program.nodes} - {"control"} == set(ours.ops)
    (answer,) = run_wasm([ours.case])
    assert not np.isnan(answer.marks).any()
    assert_agree(ours, answer, 1e-11)


# ---- functions


def every_operation() -> Program:
    """A program that has every operation and every kind of table on the constants a, b and c."""
    graph = Graph()
    a, b, c = (graph.node("const", param=name) for name in "abc")
    counts = dict.fromkeys(FUNCTIONS, 1) | {"select": 3}
    counts |= dict.fromkeys(["add", "sub", "mul", "div", "pow", "mod", "min", "max", "and", "or"], 2)
    counts |= dict.fromkeys(["lt", "le", "gt", "ge", "eq", "ne"], 2)
    nodes = {op: graph.node(op, *(a, b, c)[:count]) for op, count in counts.items()}
    shapes = {
        "short": ((0.0, 2.0, 3.0, 6.0), (1.0, 5.0, -1.0, 2.0)), "one": ((1.0,), (2.0,)),
        "long": (tuple(map(float, range(-20, 40))), tuple(float(i * i % 7) for i in range(60))),
    }  # fmt: skip
    tables = []
    for rule, shape in itertools.product(
        ("interpolate", "extrapolate", "hold_backward", "look_forward", "raw"), shapes
    ):
        nodes[f"{rule} {shape}"] = graph.node("lookup", a, param=len(tables))
        tables.append(Table(*shapes[shape], rule))
    nodes |= {op: graph.node(op, param=3) for op in ("random", "random_at_start")}
    controls = {"initial_time": graph.lit(0), "final_time": graph.lit(1)}
    controls |= {"time_step": graph.lit(1), "saveper": graph.lit(1)}
    variables = tuple(Variable(name, "auxiliary", "", "", nodes=(it,)) for name, it in nodes.items())
    return Program(tuple(graph.nodes), dict.fromkeys("abc", 0.0), controls, variables, tables=tuple(tables))


def test_every_operation_of_the_engine_is_the_native_one_also_at_the_edges_of_its_numbers() -> None:
    """Zeros with their signs, infinities and NaN the same; all else within three units, pow within 2^-51 for each unit
    of its exponent besides. (LN(0), powers of negative numbers, numbers near the largest: `EDGES` with `EDGES`.)"""
    rng = np.random.default_rng(0)
    pairs = np.array([*itertools.product(EDGES, EDGES), *rng.normal(0, 3, (500, 2)), *[(x, 1) for x in (2, 3, 6)]]).T
    ours = both(
        CompiledModel(every_operation()), {"a": pairs[0], "b": pairs[1], "c": pairs[1][::-1].copy()}, fast=False
    )
    (answer,) = run_wasm([ours.case])
    assert ours.ops == COMPILED - {"time", "step_time", "stock", "held", "delayed"}
    for name, wasm, native in zip(ours.labels, answer.values, ours.values, strict=True):
        landmark = ~np.isfinite(native) | (native == 0)
        with np.errstate(all="ignore"):
            exponent = np.abs(pairs[1] * np.log(np.abs(pairs[0]))) if name == "pow" else 0
            room = np.nan_to_num(3 + 4 * exponent, nan=3, posinf=3)
            near = np.abs(wasm - native) <= room * np.spacing(np.abs(native))
        right = np.where(landmark, same(wasm, native), near)
        if name == "mod":  # the splitting of what would be fused overflows: NaN, never a wrong number
            right |= np.isnan(wasm) & (np.abs(pairs).max(axis=0) > 2.0**996)
        assert right.all(), (name, pairs[:, ~right[0]][:, :5], wasm[~right][:5], native[~right][:5])


STATE = "x = INTEG(0.7, x start)\nx start = -3\nz = INTEG(1, z start)\nz start = 1"
STARTS = {"x start": np.array([-3, -2.5, 0, 1.1, 2]), "z start": np.array([1, 0.5, 2, 3.3, 1])}
MOMENTS = """
    a = PULSE(3 + late, 2)
    b = PULSE TRAIN(1 + late, 1, 3, 9)
    c = STEP(x, 2.5 + late)
    d = RAMP(2, 3 + late, 6)
    e = XIDZ(z, late, 7) + ZIDZ(z, late) + QUANTUM(x, 0.4 + late)
    late = 0
"""


def function_cases(folder: Path) -> Iterator[tuple[str, Both]]:
    """The functions of test_functions and test_stateful, over stocks: over time alone no kernel would compute them."""
    for name, text in test_functions.VENSIM.items():
        yield name, both(load(vensim(folder, f"{STATE}\n{text}", step="0.25")).compiled, STARTS)
    late = {"late": np.array([0, 0.5, 1.2, -7, 99])}
    yield "moments", both(load(vensim(folder, STATE + MOMENTS, step="0.25")).compiled, STARTS | late)
    later = "long = 3 + STEP(2, 5) + shift\nx = 5 + shift + STEP(10, 2) + RAMP(1, 6, 9)\nshift = 0\n"
    for name, text in test_stateful.VENSIM.items():
        for method in ("euler", "rk4"):
            model = load(vensim(folder, later + text, step="0.125"))
            yield f"{name} {method}", both(model.compiled, {"shift": np.array([0, 0.3, 2.1])}, method=method)
    for name, texts in test_functions.XMILE.items():
        variables = aux("shift", "1") + aux("z", "shift + TIME")
        variables += "".join(aux(f"y_{it}", text) for it, text in texts.items())
        model = load(xmile(folder, variables, step="0.5", last=8))  # at z = 10 INT(0.7 z - 4) hangs on the last bit
        yield f"stella {name}", both(model.compiled, {"shift": np.array([1, 1.3, 2.25])})
    stocks = (
        '<stock name="s"><eqn>5 * shift</eqn><outflow>out</outflow><non_negative/></stock>'
        '<flow name="out"><eqn>2</eqn></flow>'
    )
    model = load(xmile(folder, aux("shift", "1") + stocks, last=5))
    yield "stocks that stop at zero", both(model.compiled, {"shift": np.array([1, -1, np.nan])})
    lookups = f"""
        t([(0,-5)-(10,10)], {test_functions.POINTS})
        a = t(x)
        b = LOOKUP EXTRAPOLATE(t, x)
        c = LOOKUP FORWARD(t, x) + LOOKUP BACKWARD(t, z)
        d = a * EXP(b / 9) / z ^ 0.3
        e = RANDOM UNIFORM(0, 1, 7) + RANDOM NORMAL(-3, 3, 0, 1, 5)
    """
    yield "lookups and chance", both(load(vensim(folder, STATE + lookups, step="0.25")).compiled, STARTS)


def test_functions_delays_smooths_lookups_and_chance_are_the_native_ones(tmp_path: Path) -> None:
    cases = dict(function_cases(tmp_path))
    seen: set[str] = set()
    for (name, ours), answer in zip(cases.items(), run_wasm([it.case for it in cases.values()]), strict=True):
        try:
            assert_agree(ours, answer, 1e-12)
        except AssertionError as error:
            raise AssertionError(name) from error
        seen |= ours.ops
    assert LEAVES - {"control", "random_at_start"} <= seen


def test_what_is_not_compiled_is_refused_in_one_sentence(tmp_path: Path) -> None:
    text = """
        branch: north, south
        request[branch] = 3, 4
        priority[branch] = 1, 2
        y[branch] = ALLOCATE BY PRIORITY(request[branch], priority[branch], 2, 4, supply)
        supply = 5
    """
    with pytest.raises(SimulationError, match="not compiled, so the model cannot run in a page; run it in") as caught:
        both(load(vensim(tmp_path, text)).compiled)
    assert "网页" in say(caught.value.problems[0], "zh")


SAMPLE = test_conformance.DEMANDED[::6]


@pytest.mark.skipif(not SAMPLE, reason=test_conformance.WHY_NOT)
def test_every_sixth_conformance_model_that_pysd_reproduces_is_the_native_one() -> None:
    cases, refused = {}, []
    for name in SAMPLE:
        try:
            cases[name] = both(load(test_conformance.SUITE / name).compiled)
        except SimulationError:
            refused.append(name)
    assert 20 <= len(cases) <= 25 and not refused
    for (name, ours), answer in zip(cases.items(), run_wasm([it.case for it in cases.values()]), strict=True):
        try:
            assert_agree(ours, answer, 1e-12)
        except AssertionError as error:
            raise AssertionError(name) from error


# ---- the module as a file


def test_the_modules_are_small_and_want_a_memory_and_nothing_else(everything: PageModel, shown: PageModel) -> None:
    for model in (everything, shown):
        assert len(model.quick.module) + len(model.strict.module) <= LARGEST_MODULES
    levers = dict.fromkeys(shown.levers, 0.0)
    (answer,) = run_wasm([page_case(shown, levers)])
    assert answer.about["imports"] == [[{"module": "env", "name": "__linear_memory", "kind": "memory"}]] * 2
    assert answer.about["exports"] == [[{"name": "kernel", "kind": "function"}]] * 2


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one at each module that is compiled."""
    made: list[int] = []
    compiled = pages.compile_wasm

    def counted(*given: Any, **more: Any) -> bytes:
        made.append(1)
        return compiled(*given, **more)

    monkeypatch.setattr(pages, "compile_wasm", counted)
    return made


def small_variables(state: HotState) -> list[str]:
    """The variables that need the fewest operations, but for those that need none."""
    program, labels = state.compiled.program, state.compiled.labels
    sizes = {name: len(live_nodes(program, [labels[name]])) for name in state.variables}
    return sorted((name for name, size in sizes.items() if size > 10), key=sizes.__getitem__)


def test_a_module_is_compiled_once_and_again_where_its_file_is_damaged(
    project: Project,
    state: HotState,
    levers: Mapping[str, Mapping[str, float]],
    compilations: list[int],
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    variables, names = small_variables(state), list(levers["baseline"])

    def modules() -> tuple[bytes, bytes]:
        model = page_model(state, variables[:1], 3, names, store)
        return model.quick.module, model.strict.module

    made = modules()
    files = sorted(tmp_path.glob("page-*"))
    assert len(compilations) == len(files) == 2
    assert modules() == made and len(compilations) == 2
    whole = files[0].read_bytes()
    flipped = whole[:100] + bytes([whole[100] ^ 1]) + whole[101:]
    for count, damaged in enumerate((b"", whole[:20], whole[:-1], whole[: len(whole) // 2], flipped), start=3):
        files[0].write_bytes(damaged)
        assert modules() == made and len(compilations) == count
        assert files[0].read_bytes() == whole


def test_the_same_content_gives_the_same_file_and_other_content_another(
    project: Project, state: HotState, levers: Mapping[str, Mapping[str, float]], tmp_path: Path
) -> None:
    variables, names = small_variables(state), list(levers["baseline"])
    stores = [Store(tmp_path / name) for name in "abc"]
    for store, wanted in zip(stores, (variables[:1], variables[:1], variables[1:2]), strict=True):
        store.folder.mkdir()
        page_model(state, wanted, 3, names, store)
    first, again, other = ({it.name: it.read_bytes() for it in store.folder.iterdir()} for store in stores)
    assert first == again and not first.keys() & other.keys()


# ---- members


def test_a_member_that_fails_is_marked_in_both_and_touches_no_other(
    state: HotState, everything: PageModel, levers: Mapping[str, Mapping[str, float]], project: Project
) -> None:
    """An uncertain constant far outside: no number comes of it."""
    row = state.rows.index("conversion time")
    assert row in everything.members and "conversion time" in project.content.uncertainties
    values = everything.members[row].copy()
    values[5], values[6] = 0.0, -1e-300
    spoiled = replace(everything, members={**everything.members, row: values})
    sound, broken = run_wasm([page_case(it, levers["anything"]) for it in (everything, spoiled)])
    constants = state.constants.copy()
    constants[row, :-1] = values
    native = replace(state, constants=constants).run(levers["anything"])
    failed = np.isnan(native).all(axis=(0, 1))
    assert np.flatnonzero(failed).tolist() == [5, 6]
    np.testing.assert_array_equal(np.isnan(broken.marks), [failed, failed])
    pair = np.arange(MEMBERS + 1) // 2  # two members a block, which the strict kernel runs anew
    apart = ~np.isin(pair, pair[failed])
    np.testing.assert_array_equal(broken.values[:, :, apart], sound.values[:, :, apart])
    np.testing.assert_allclose(broken.values[:, :, ~failed], sound.values[:, :, ~failed], rtol=1e-13)


# ---- the page


def page_targets(project: Project, model: PageModel, targets: Sequence[Target]) -> list[dict[str, Any]]:
    """Targets as dashboard/payload.py hands them to the page."""
    indicators = project.content.indicators
    return [
        {
            "variable": model.variables.index(indicators[it.indicator].variable),
            "factor": indicators[it.indicator].factor, "measure": it.measure, "base_year": it.base_year,
            "year": it.year, "span": it.year - it.base_year, "threshold": it.threshold, "sense": it.sense,
            "whole": it.whole,
        }
        for it in targets
    ]  # fmt: skip


@pytest.fixture(scope="module")
def targets(project: Project, state: HotState, levers: Mapping[str, Mapping[str, float]]) -> list[Target]:
    """Every target, held to what about one member in twenty misses in the baseline."""
    native, indicators, found = state.run(levers["baseline"]), project.content.indicators, []
    for it in project.content.targets.values():
        row = state.variables.index(indicators[it.indicator].variable)
        figures = measured(it, indicators[it.indicator].factor, state.base[row], native[row, it.year - 2024])
        threshold = float(np.quantile(figures, 0.05 if it.sense == ">=" else 0.95))
        found.append(replace(it, threshold=round(threshold) if it.whole else threshold))
    assert {(it.measure, it.sense) for it in found} > {("level", ">="), ("mean_growth", ">="), ("change", "<=")}
    assert {it.whole for it in found} == {False, True}
    return found


@pytest.fixture(scope="module", params=[False, True], ids=["doubles", "floats"])
def page(
    request: pytest.FixtureRequest, project: Project, state: HotState, targets: list[Target],
    levers: Mapping[str, Mapping[str, float]], tmp_path_factory: pytest.TempPathFactory,
) -> tuple[PageModel, dict[str, Any]]:  # fmt: skip
    """A model of every variable of which two members fail and one does not start at the statistics, and what the
    page's own scripts make of it in two workers under every lever set, then with fewer members."""
    store = project.simulator.store
    count, names = MEMBERS - 1, list(levers["baseline"])  # odd: a block half full
    sound = page_model(state, state.variables, count, names, store, single=request.param)
    assert sound.single == request.param
    met = sound.met.copy()
    met[7] = False
    row = state.rows.index("conversion time")
    values = sound.members[row].copy()
    values[[5, 30]] = 0.0
    model = replace(sound, met=met, members={**sound.members, row: values})
    folder = tmp_path_factory.mktemp("page")
    (folder / "feed").write_bytes(packed(project.content, model, "a key"))
    steps = int(np.argmax(model.saves == project.content.region.plan.final_year - model.years[0]))
    years = project.content.region.plan.final_year - model.years[0] + 1
    runs = []
    for its in lever_sets(project).values():
        rows = []
        for key, setting in its.items():
            variable = project.content.sheet.levers[key].variable
            parts = (("", setting.value), (START_SUFFIX, setting.start), (RAMP_SUFFIX, setting.ramp))
            rows += [
                it
                for name, value in parts
                if variable + name in model.levers
                for it in (model.levers[variable + name], value)
            ]
        runs.append({"levers": rows, "steps": steps, "years": years})
    job = {"feed": str(folder / "feed"), "targets": page_targets(project, model, targets), "size": 2}
    (folder / "job").write_text(json.dumps({**job, "runs": [*runs, {**runs[0], "used": 21}]}), encoding="utf-8")
    return model, node("run_page.mjs", folder / "job")


def numbers(text: str, kind: str = "<f8") -> Any:
    return np.frombuffer(base64.b64decode(text), dtype=kind)


def test_the_page_reads_what_the_server_packs(project: Project, page: tuple[PageModel, dict[str, Any]]) -> None:
    model, read = page[0], page[1]["read"]
    assert (read["rows"], read["variables"]) == (model.rows, len(model.variables))
    assert (read["years"], read["first"]) == (7, 2024)
    assert read["key"] == "a key" and read["missing"] == "" and read["met"] == model.met.astype(int).tolist()
    np.testing.assert_array_equal(numbers(read["saves"], "<i8"), model.saves)
    np.testing.assert_array_equal(numbers(read["shared"]), model.shared)
    assert [row for row, _ in read["members"]] == list(model.members)
    for (_, said), values in zip(read["members"], model.members.values(), strict=True):
        kind = "<f4" if model.single else "<f8"
        np.testing.assert_array_equal(numbers(said, kind), values.astype(kind))
    np.testing.assert_array_equal([numbers(row) for row in read["base"]], model.base[:, :-1])
    assert read["own_base"] == model.base[:, -1].tolist()
    for kernel, (module, uniform) in ((model.quick, read["quick"]), (model.strict, read["strict"])):
        assert base64.b64decode(module) == kernel.module
        np.testing.assert_array_equal(numbers(uniform), kernel.uniform.ravel())
    found = {row for rows in read["levers"].values() for row in rows if row >= 0}
    assert found == set(model.levers.values()) and set(read["levers"]) == set(project.content.sheet.levers)
    assert model.saves[read["horizon_step"]] == project.content.region.plan.final_year - 2024


def test_the_page_s_odds_and_bands_are_numpy_s_of_the_native_members(
    project: Project, state: HotState, page: tuple[PageModel, dict[str, Any]], levers: Mapping[str, Mapping[str, float]],
    targets: list[Target],
) -> None:  # fmt: skip
    model, answers = page[0], page[1]["answers"]
    places = [state.variables.index(name) for name in model.variables]
    constants = state.constants.copy()
    for row, values in model.members.items():
        constants[row, : model.count] = values
    own = replace(state, constants=constants)
    sets = [(its, model.count) for its in levers.values()] + [(levers["baseline"], 21)]
    for answer, (its, used) in zip(answers, sets, strict=True):
        native = own.run(its)[places]
        np.testing.assert_allclose(answer["own"], native[:, :, -1].ravel(), rtol=1e-11)
        half, each = model.count // 2, -(-used // 2)
        asked = np.isin(np.arange(model.count), [*range(each), *range(half, half + each)])
        native = native[:, :, : model.count]
        sound = asked & model.met & np.isfinite(native).all(axis=(0, 1))
        assert answer["sound"] == sound.sum() and answer["failed"] == asked.sum() - sound.sum() > 0
        met = []
        for it in targets:
            indicator = project.content.indicators[it.indicator]
            row = model.variables.index(indicator.variable)
            base, final = model.base[row, :-1], native[row, it.year - 2024]
            met.append(meets(it, measured(it, indicator.factor, base, final))[sound])
        odds, joint = [its.sum() / sound.sum() for its in met], np.all(met, axis=0).sum() / sound.sum()
        if model.single:  # a member on the threshold may fall on its other side
            differ = np.abs(np.array([*answer["odds"], answer["joint"]]) - [*odds, joint]) * sound.sum()
            assert differ.max() < 1.5 and (differ > 0.5).sum() <= 2
        else:
            assert answer["odds"] == odds and answer["joint"] == joint
        wanted = np.quantile(native[:, : len(answer["bands"][0])][:, :, sound], BAND, axis=2)
        np.testing.assert_allclose(np.moveaxis(answer["bands"], 2, 0), wanted, rtol=3e-5 if model.single else 1e-11)
    assert sum(0 < odds < 1 for odds in answers[0]["odds"]) > 50 and 0 < answers[0]["joint"] < 1


def test_the_page_s_scripts_here_are_those_in_the_built_component() -> None:
    folder = ROOT / "src" / "xinzhi" / "dashboard" / "component"
    built = (folder / "workspace.js").read_text(encoding="utf-8")
    for name in ("feed.js", "pool.js", "verdict.js"):
        assert (folder / "src" / name).read_text(encoding="utf-8") in built
    found = re.match(r"const WORKER = (.*);\n", built)
    assert found is not None
    assert json.loads(found[1]).endswith((folder / "src" / "worker.js").read_text(encoding="utf-8"))
