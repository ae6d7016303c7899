"""What a developer may add to the engine, and what a modeller hears of what it does not know."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.special import gammaln

from conftest import ROOT
from engines import aux, load, vensim, xmile
from xinzhi.engine import function_table, operations
from xinzhi.engine.functions import operation
from xinzhi.engine.wasm import compile_wasm
from xinzhi.errors import ModelError, SimulationError

STOCK = "s = INTEG(LOG OF GAMMA(s) / 10, 3)\ny = LOG OF GAMMA(s)"


@pytest.fixture
def log_of_gamma(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new operation and a new function, by the two tables that `function_table` names."""
    monkeypatch.setitem(operations.FUNCTIONS, "gammaln", gammaln)
    monkeypatch.setitem(function_table.BUILD, "log_of_gamma", operation("gammaln", 1))


@pytest.mark.usefixtures("log_of_gamma")
def test_an_operation_without_a_compiled_form_is_interpreted_wherever_it_stands(tmp_path: Path) -> None:
    model = load(vensim(tmp_path, f"k = 1\n{STOCK}\nlate = LOG OF GAMMA(Time + 1)\nfixed = LOG OF GAMMA(k + 4)"))
    run = model.run()
    stock, expected = 3.0, []
    for _ in range(11):
        expected.append(math.lgamma(stock))
        stock += math.lgamma(stock) / 10
    np.testing.assert_allclose(run["y"], expected, rtol=1e-12)
    np.testing.assert_allclose(run["late"], [math.lgamma(time + 1) for time in range(11)], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(run["fixed"], math.lgamma(5), rtol=1e-12)
    ensemble = model.run_ensemble({"k": np.array([1.0, 2.0, 7.5])}, save=["fixed", "y"])
    np.testing.assert_allclose(ensemble["fixed"][:, -1], gammaln([5, 6, 11.5]), rtol=1e-12)


@pytest.mark.usefixtures("log_of_gamma")
def test_an_operation_without_a_compiled_form_is_refused_by_name_for_a_page(tmp_path: Path) -> None:
    from xinzhi.engine.plan import make_plan
    from xinzhi.engine.specialise import specialise

    compiled = load(vensim(tmp_path, STOCK)).compiled
    plan = make_plan(specialise(compiled.program, (), compiled.clock({}, {}), [compiled.labels["y"]]))
    with pytest.raises(SimulationError, match="the model uses GAMMALN, which is not compiled"):
        compile_wasm(plan)


def refused(path: Path) -> list[str]:
    with pytest.raises(ModelError) as caught:
        load(path)
    return [str(problem).split(": ", 1)[1] for problem in caught.value.problems]


def test_every_unknown_function_and_name_is_told_once_with_what_to_do(tmp_path: Path) -> None:
    text = """
        a = COSIN(x) + SQUARE ROOT(intrest)
        b = COSIN(2) * LN(DELAY CONVEYOR(x, 1, 1, 1, 1, 1))
        c = IF THEN ELSE(x > 1, intrest, COSIN(unheard of))
        interest = 1
        x = 2
        s = INTEG(COSIN(s), SMOTH(x, 2))
    """
    assert refused(vensim(tmp_path, text)) == [
        'in "a": the function "COSIN" is not supported; did you mean "SIN"?',
        'in "a": the function "SQUARE ROOT" is not supported; allowed are: A FUNCTION OF, ABS, ACTIVE INITIAL, '
        "ALLOCATE AVAILABLE, ALLOCATE BY PRIORITY, ARCCOS, ARCSIN, ARCTAN, ….",
        'in "a": "intrest" is not defined; did you mean "interest"?',
        'in "b": the function "DELAY CONVEYOR" is not supported; write it with stocks, flows and delays: '
        "queues, conveyors and batches are not there.",
        'in "c": "unheard of" is not defined; allowed are: FINAL TIME, INITIAL TIME, SAVEPER, TIME STEP, a, b, c, '
        "interest, ….",
        'in "s": the function "SMOTH" is not supported; did you mean "SMOOTH"?',
    ]


def test_macros_that_are_called_are_looked_through_and_others_are_not(tmp_path: Path) -> None:
    macros = """:MACRO: CALLED(x)
CALLED = UNHEARD OF(x) + lost
	~	~	|
:END OF MACRO:
:MACRO: IDLE(x)
IDLE = NEVER CALLED(x)
	~	~	|
:END OF MACRO:
"""
    model = vensim(tmp_path, "a = CALLED(1) + MISSING ONE(2)", macros=macros)
    told = [sentence.split(";")[0] for sentence in refused(model)]
    assert told == [
        'in "a": the function "MISSING ONE" is not supported',
        'in "CALLED": the function "UNHEARD OF" is not supported',
        'in "CALLED": "lost" is not defined',
    ]


def test_a_missing_clock_and_unknown_functions_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "m.mdl"
    path.write_text("{UTF-8}\na = COSIN(1) ~~|\nINITIAL TIME = 0 ~~|\nTIME STEP = 1 ~~|\n", encoding="utf-8")
    assert [sentence.split(";")[0] for sentence in refused(path)] == [
        'the model has no constant "FINAL TIME"',
        'in "a": the function "COSIN" is not supported',
    ]


def test_the_same_holds_for_xmile(tmp_path: Path) -> None:
    told = refused(xmile(tmp_path, aux("a", "LOGNORMAL(1, 2) + PREVIOUS(b, 0) + SMTH2(b, 3)") + aux("b", "1")))
    assert [sentence.split(";")[0] for sentence in told] == [
        f'in "a": the function "{name}" is not supported' for name in ("LOGNORMAL", "PREVIOUS", "SMTH2")
    ]
    assert told[0].endswith("give the numbers as data.") and told[2].endswith('did you mean "SMTHN"?')


def test_a_function_without_an_example_stops_the_page_of_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from function_page import statuses

    from xinzhi.engine.equation import VENSIM

    monkeypatch.setitem(function_table.BUILD, "log_of_gamma", operation("gammaln", 1))
    with pytest.raises(ValueError, match="no example of log_of_gamma"):
        statuses(VENSIM)
