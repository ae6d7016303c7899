"""Who uses PySD beside this library finds it as it was: nothing of it stays changed by reading a model."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from engines import aux, load, vensim, xmile
from mini import write_mini
from xinzhi.content.reading import read_content
from xinzhi.engine.parse import read_program
from xinzhi.errors import ModelError
from xinzhi.pysd_guard import no_eval
from xinzhi.store import Store


def evals() -> list[object]:
    """What PySD's translators would call as ``eval``; None is Python's own."""
    from pysd.translators.vensim import vensim_element
    from pysd.translators.xmile import xmile_element

    return [vars(module).get("eval") for module in (vensim_element, xmile_element)]


def test_a_project_read_on_a_cold_cache_leaves_pysd_as_it_was(tmp_path: Path) -> None:
    folder, store = write_mini(tmp_path), Store(tmp_path / "cache")
    assert evals() == [None, None]
    read_content(folder, store)
    read_program(folder / "model" / "mini.mdl", store, own=True)
    assert evals() == [None, None]


def test_a_model_that_cannot_be_read_leaves_pysd_as_it_was(tmp_path: Path) -> None:
    for path in (vensim(tmp_path, "a = 1 +"), xmile(tmp_path, aux("a", "1 +"))):
        with pytest.raises(ModelError):
            load(path)
    assert evals() == [None, None]


def test_what_somebody_else_put_in_its_place_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from pysd.translators.vensim import vensim_element

    monkeypatch.setitem(vars(vensim_element), "eval", len)
    with no_eval():
        assert len not in evals()
    assert evals() == [len, None]


def test_the_guard_holds_until_the_last_reader_has_ended(tmp_path: Path) -> None:
    """Threads that read models at the same time wait for each other, one within itself is guarded to its end."""
    with no_eval():
        with no_eval():
            pass
        assert None not in evals()
    paths = [vensim(tmp_path, f"a = {number}\ns = INTEG(a, 0)") for number in range(4)]
    readers = [threading.Thread(target=load, args=(path,)) for path in paths]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert evals() == [None, None]


def test_what_pysd_remembers_of_data_files_is_neither_used_nor_lost(tmp_path: Path) -> None:
    from pysd.py_backend.external import Excels

    table = tmp_path / "numbers.csv"
    table.write_text("1,2\n", encoding="utf-8")
    kept = Excels.read(table, ",")
    table.write_text("1,5\n", encoding="utf-8")
    model = load(vensim(tmp_path, "a = GET DIRECT CONSTANTS('numbers.csv', ',', 'B1')"))
    assert model.run()["a"].iloc[0] == 5
    assert Excels.read(table, ",") is kept
    Excels.clean()
