"""What is kept between runs: every value comes back equal, and what is of another kind, or damaged, is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.typing import NDArray

from xinzhi.codec import pack, unpack
from xinzhi.content.content import Content
from xinzhi.project import Project


@dataclass(frozen=True)
class Leaf:
    number: float
    name: str | None = None


@dataclass(frozen=True)
class Branch:
    sign: Literal["+", "-"]
    left: Tree
    right: Tree


Tree = Leaf | Branch


@dataclass(frozen=True)
class Everything:
    tree: Tree
    path: Path
    texts: Mapping[str, tuple[int, ...]]
    years: Mapping[int, Sequence[bool]]
    pair: tuple[str, float]
    names: frozenset[str]
    code: tuple[bytes, ...]


@dataclass(frozen=True, eq=False)
class Arrays:
    values: NDArray[np.float64]
    names: NDArray[np.str_]
    met: NDArray[np.bool_]


numbers = some.floats(allow_nan=False) | some.integers()
texts = some.text(some.characters())  # surrogates too: a file's name may have them
trees = some.recursive(
    some.builds(Leaf, numbers, some.none() | texts),
    lambda tree: some.builds(Branch, some.sampled_from("+-"), tree, tree),
    max_leaves=5,
)
everything = some.builds(
    Everything, tree=trees, path=some.just(Path("a/b")), texts=some.dictionaries(texts, some.tuples(some.integers())),
    years=some.dictionaries(some.integers(), some.tuples(some.booleans())), pair=some.tuples(texts, numbers),
    names=some.frozensets(texts), code=some.tuples(some.binary(), some.binary()),
)  # fmt: skip


@given(everything)
def test_a_value_comes_back_equal(value: Everything) -> None:
    assert unpack(pack(value), Everything) == value


@given(some.lists(some.floats(), max_size=8), some.lists(some.text(max_size=5).map(lambda it: it.rstrip("\0"))))
def test_arrays_come_back_to_the_bit_and_can_be_written_to(values: list[float], names: list[str]) -> None:
    arrays = Arrays(np.array(values), np.array(names, dtype=np.str_), np.array(values).reshape(-1, 1) > 0)
    back = unpack(pack(arrays), Arrays)
    assert back.values.tobytes() == arrays.values.tobytes()
    assert back.names.tolist() == arrays.names.tolist()
    assert back.met.shape == (len(values), 1)
    back.values[:] = 0


@given(everything, some.data())
def test_what_is_damaged_is_refused_or_read_as_what_it_says(value: Everything, data: some.DataObject) -> None:
    kept = bytearray(pack(value))
    place = data.draw(some.integers(0, len(kept) - 1))
    kept[place] = data.draw(some.integers(0, 255))
    for wrong in (bytes(kept), bytes(kept[:place]), bytes(kept) + b"x"):
        try:
            read = unpack(wrong, Everything)
        except (ValueError, LookupError, TypeError):
            continue
        assert isinstance(read, Everything)


WRONG: list[tuple[object, Any]] = [
    (Leaf(1.0), Branch), ([], Leaf), ("1", int), (1, bool), (True, int), (1.5, int), (None, str), ("x", Literal["y"]),
    ([1, 2, 3], tuple[int, int]), ({"a": "b"}, dict[str, float]), (1.0, bytes), (["a"], dict[str, str]),
    (np.array([1]), NDArray[np.float64]), (np.array([1.0]), NDArray[np.str_]), ("text", tuple[str, ...]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "kind"), WRONG)
def test_a_value_of_another_kind_is_refused(value: object, kind: Any) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        unpack(pack(value), kind)


@pytest.mark.parametrize("value", [object(), np.array([object()]), 1j, Leaf])
def test_what_is_code_or_unknown_is_not_kept(value: object) -> None:
    with pytest.raises(TypeError, match="cannot be kept"):
        pack(value)


def test_the_bundled_content_comes_back_equal(project: Project) -> None:
    assert unpack(pack(project.content), Content) == project.content
