"""Every benchmark runs at its small size: its numbers agree, and it gives rows of the one table."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "benchmarks"
SERVED = {"bench_live_page", "bench_sessions", "bench_hostile"}
NAMES = sorted(path.stem for path in FOLDER.glob("bench_*.py"))


@pytest.fixture(autouse=True)
def beside_the_benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(FOLDER))
    with warnings.catch_warnings():  # what PySD and others warn of is not theirs to mend
        warnings.simplefilter("ignore")
        yield


def shown(name: str) -> list[str]:
    """The table of a benchmark at its small size."""
    table = import_module("table")
    return list(table.lines(import_module(name).measure(table.Size.SMALL)))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SERVED])
def test_a_benchmark_runs_and_its_numbers_agree(name: str) -> None:
    lines = shown(name)
    assert len(lines) > 2 and all(line.count("|") == 5 for line in lines)


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(SERVED))
def test_a_benchmark_of_the_page_runs_and_its_numbers_agree(name: str) -> None:
    assert len(shown(name)) > 2


def test_make_bench_runs_every_benchmark() -> None:
    every = import_module("benchmarks.__main__")
    assert sorted(f"bench_{name}" for name in (*every.BARE, *every.SERVED)) == NAMES
    assert {f"bench_{name}" for name in every.SERVED} == SERVED


def test_one_table_of_several_benchmarks_tells_the_one_that_is_broken() -> None:
    every = import_module("benchmarks.__main__")
    lines = list(every.table_lines(["no_such", "vector_math"], ["--small"]))
    assert [line.split("|")[1].split(",")[0].strip() for line in lines[2:]] == [
        "no_such: BROKEN",
        "exp",
        "mod",
        "threefry",
    ]
