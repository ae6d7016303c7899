"""What is kept for the next question: made once however many ask, and no more of it than there is room for."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import sleep

import pytest

from xinzhi.futures.recent import Itself, Recent


@dataclass(eq=False)
class Thing:
    name: str
    nbytes: int


def test_threads_that_ask_at_once_get_one_thing() -> None:
    recent, made = Recent(100), list[Thing]()

    def make() -> Thing:
        sleep(0.02)
        made.append(Thing("a", 10))
        return made[-1]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: recent.get("a", make), range(8)))
    assert len(made) == 1 and all(it is made[0] for it in found)


def test_the_least_used_leaves_first_and_the_bytes_stay_bounded() -> None:
    recent = Recent(100)
    for name in "abc":
        recent.get(name, lambda name=name: Thing(name, 40))
        recent.get("a", lambda: Thing("made again", 40))
    assert recent.nbytes <= 100
    gc.collect()
    assert recent.get("a", lambda: Thing("made again", 40)).name == "a"
    assert recent.get("b", lambda: Thing("made again", 40)).name == "made again"


def test_a_thing_that_is_too_large_is_found_as_long_as_somebody_holds_it() -> None:
    recent = Recent(100)
    held = recent.get("a", lambda: Thing("large", 1000))
    assert recent.nbytes == 0 and recent.get("a", lambda: Thing("another", 1)) is held
    del held
    gc.collect()
    assert recent.get("a", lambda: Thing("another", 1)).name == "another"


def test_what_cannot_be_made_is_tried_again() -> None:
    recent = Recent(100)
    with pytest.raises(ZeroDivisionError):
        recent.get("a", lambda: Thing("a", 1 // 0))
    assert recent.get("a", lambda: Thing("a", 1)).name == "a"


def test_a_key_stands_for_one_object_and_none_that_is_like_it() -> None:
    one, other = [1], [1]
    assert Itself(one) == Itself(one) and hash(Itself(one)) == hash(Itself(one)) and Itself(one) != Itself(other)
