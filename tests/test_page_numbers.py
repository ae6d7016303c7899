"""What is typed into a number's box on the live page, whatever keyboard wrote it: the page's own script in Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from wasm_node import find_node

SOURCES = Path(__file__).parents[1] / "src/xinzhi/dashboard/component/src"
WORDS = {"no_number": "nothing; {value}", "not_number": "{written} is none; {value}; {low}–{high}",
         "beyond": "{written} beyond {low}–{high}; {value}"}  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """``ask(calls)``: what JavaScript expressions give, with text.js and number.js loaded."""

    def ask(*calls: str) -> list[Any]:
        script = tmp_path_factory.mktemp("number") / "number.cjs"
        sources = "\n".join((SOURCES / name).read_text(encoding="utf-8") for name in ("text.js", "number.js"))
        script.write_text(f"{sources}\nconsole.log(JSON.stringify([{', '.join(calls)}]))", encoding="utf-8")
        done = subprocess.run([find_node(), script], capture_output=True, encoding="utf-8", check=True, timeout=30)
        found: list[Any] = json.loads(done.stdout)
        return found

    return ask


READ = {
    "9.5": 9.5, "9。5": 9.5, "9．5": 9.5, "9｡5": 9.5, "１５": 15, "１５．２５％": 15.25, " 12 % ": 12, "+3": 3, "-3": -3,
    "−3": -3, "－3": -3, "–3": -3, "9.": 9, ".5": 0.5, "。5": 0.5, "1e1": 10, "1,000": 1000, "１，０００": 1000,
    "12,345,678.5": 12345678.5,
}  # fmt: skip
REFUSED = ("", " ", "9，5", "12,5", "9、5", "1,0000", ",5", "1..5", "9。5。", "abc", "十二", "5²", "½", "--3", "3-", "12 亿元",
           "NaN", "Infinity", "0x10", "%")  # fmt: skip


def test_what_chinese_and_english_keyboards_write_is_read_and_nothing_else(answers: Any) -> None:
    found = answers(*(f"readNumber({json.dumps(text)}, '%')" for text in (*READ, *REFUSED)))
    assert dict(zip((*READ, *REFUSED), found, strict=True)) == {**READ, **dict.fromkeys(REFUSED)}


def test_a_unit_behind_the_number_may_be_the_lever_s_own(answers: Any) -> None:
    assert answers("readNumber('300亿元', '亿元')", "readNumber('1.5 FTE', ' FTE')", "readNumber('300万元', '亿元')") == [
        300, 1.5, None
    ]  # fmt: skip


def test_an_entry_that_does_not_count_is_told_with_what_is_allowed_and_what_stays(answers: Any) -> None:
    limits = "{ low: 0, high: 18, shown: (it) => `${it}%`, ends: { low: '0', high: '18%' } }"
    cases = {"999": "999 beyond 0–18%; 6%", "-3": "-3 beyond 0–18%; 6%", "18.01": "18.01 beyond 0–18%; 6%",
             "12,5": "12,5 is none; 6%; 0–18%", "": "nothing; 6%", "  ": "nothing; 6%", "18": "", "0": "",
             "x" * 40: f"{'x' * 24}… is none; 6%; 0–18%"}  # fmt: skip
    calls = [
        f"refusal({json.dumps(WORDS)}, {json.dumps(it)}, readNumber({json.dumps(it)}), {limits}, 6)" for it in cases
    ]
    assert dict(zip(cases, answers(*calls), strict=True)) == cases


def test_exactly_one_is_in_the_singular(answers: Any) -> None:
    unit = "{ factor: 1, decimals: 0, label: ' firms', one: ' firm' }"
    said = answers(*(f"withUnit({value}, {unit}, true)" for value in (1, -1, 2, 0, 0.6, 11)))
    assert said == ["+1 firm", "−1 firm", "+2 firms", "0 firms", "+1 firm", "+11 firms"]
