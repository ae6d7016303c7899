"""The content is held to the document: every quantity in it is a target or is named as none, and no target is a disguise.

The document's text is the one in model/, or the project's shared copy beside the checkout.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from xinzhi.engine.plan import STEP, TIME, levels
from xinzhi.engine.specialise import specialise
from xinzhi.project import Project

ROOT = Path(__file__).parents[1]
PLACES = (ROOT.parent / "shared" / "document.zh.txt", ROOT / "model" / "document.zh.txt")
PAGE = ROOT / "docs" / "targets-not-modelled.md"
NUMERAL = re.compile(r"[0-9]+(?:\.[0-9]+)?|[一二三四五六七八九十百千万亿两双半]+|倍增|Ⅱ")
HEADING = re.compile(r"^(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\))", re.MULTILINE)


@pytest.fixture(scope="module")
def document() -> str:
    found = next((place for place in PLACES if place.is_file()), None)
    if found is None:
        pytest.skip("the document's text is neither in model/ nor beside this checkout")
    return found.read_text(encoding="utf-8")


def rows(section: str) -> list[list[str]]:
    """The cells of the table in a section of the page, without its head."""
    text = PAGE.read_text(encoding="utf-8").split(f"{{#{section}}}")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def idioms() -> list[str]:
    text = PAGE.read_text(encoding="utf-8").split("{#words}")[1].strip().splitlines()[0]
    return text.rstrip("。").split("、")


def places_of(phrases: list[str], text: str) -> list[tuple[int, int]]:
    """Where in the text the phrases stand."""
    return [match.span() for phrase in phrases for match in re.finditer(re.escape(phrase), text)]


def uncovered(text: str, phrases: list[str]) -> list[str]:
    """The numerals of the text that are in no phrase and number no heading, with a few words around them."""
    known = places_of(phrases, text) + [match.span() for match in HEADING.finditer(text)]
    return [
        text[max(0, match.start() - 8) : match.end() + 8]
        for match in NUMERAL.finditer(text)
        if not any(start <= match.start() and match.end() <= end for start, end in known)
    ]


def named(project: Project) -> list[str]:
    """Every phrase of the document that is a target's or stands in the page."""
    return [target.quote for target in project.content.targets.values()] + [row[1] for row in rows("table")] + idioms()


def article(text: str, number: int) -> str:
    """The text of an article, by its number."""
    return re.findall(r"^\([一二三四五六七八九十]+\)(.*)$", text, re.MULTILINE)[number - 1]


def numbers_written(phrase: str, base: float | None) -> set[float]:
    """The numbers that the phrase may mean, in ones, in 万 and 亿 and on top of the base."""
    plain = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", phrase)}
    words = {"万亿": 1e4, "五千亿": 5e3, "千亿": 1e3, "万企": 1e4, "十大": 10, "四大": 4, "全覆盖": 100, "Ⅱ类": 100}
    return (
        plain
        | {number * 1e4 for number in plain}
        | ({number + base for number in plain} if base is not None and "再" in phrase else set())
        | {number for word, number in words.items() if word in phrase}
    )


def test_every_target_s_phrase_stands_in_its_article_of_the_document(project: Project, document: str) -> None:
    assert len(project.content.targets) == 65
    opening = document.split("二、激活科技创新核心要素")[0]
    for target in project.content.targets.values():
        part = opening if target.article == "总" else article(document, int(target.article))
        assert target.quote in part, target.id


def test_every_number_of_the_document_is_a_target_or_named_as_none(project: Project, document: str) -> None:
    assert uncovered(document, named(project)) == []


@pytest.mark.parametrize(
    "words",
    ["建设省级产业园区25家", "打造五大平台", "培育百家企业", "规模达到3.5万亿元", "产能倍增", "启动三十项工程"],
)
def test_a_number_that_is_neither_is_found(words: str, project: Project, document: str) -> None:
    assert uncovered(f"{document}\n{words}。", named(project))


def test_without_a_target_or_a_row_its_number_is_found(project: Project, document: str) -> None:
    for missing in ("建设全国重点实验室30家以上", "最高1000万元", "不搞一刀切"):
        assert uncovered(document, [phrase for phrase in named(project) if phrase != missing]), missing


def test_the_page_is_true_to_the_document_and_names_at_most_five_real_quantities(document: str) -> None:
    lines = document.splitlines()
    for line, phrase, kind, chinese, english in rows("table"):
        assert phrase in lines[int(line) - 1], phrase
        assert kind in ("数量", "名称", "日期和文号", "期限", "修辞") and chinese and english, phrase
    assert 0 < sum(row[2] == "数量" for row in rows("table")) <= 5
    for phrase in idioms():
        assert phrase in document, phrase


def test_a_target_s_threshold_is_the_number_of_its_phrase(project: Project) -> None:
    for target in project.content.targets.values():
        base = None if target.base is None else target.base.value
        assert abs(target.threshold) in numbers_written(target.quote, base), target.id


def test_the_departments_of_a_target_are_those_that_its_article_names(project: Project, document: str) -> None:
    names = {key: text.zh for key, text in project.content.region.departments.items()}
    checked = 0
    for target in project.content.targets.values():
        if target.departments_status != "document":
            assert target.article == "总", f"{target.id}: article {target.article} names departments"
            continue
        line = re.search(r"\(责任单位:(.*)\)$", article(document, int(target.article)))
        assert line is not None, target.id
        wanted = [name.replace("相关市州", "各市州") for name in re.split("[、,]", line[1])]
        assert [names[key] for key in target.departments] == wanted, target.id
        checked += 1
    assert checked >= 59


def test_every_target_has_a_number_as_its_value(shell) -> None:
    done = shell("targets", "--json")
    assert done.returncode == 0, done.stderr
    table = json.loads(done.stdout)
    assert len(table) == 65
    for row in table:
        assert isinstance(row["value"], float | int) and np.isfinite(row["value"]), row["target"]
        assert isinstance(row["base_value"], float | int) and row["status"], row["target"]


# -- no target in disguise ---------------------------------------------------------------------------------------------


def levels_of(project: Project, variables: list[str]) -> dict[str, int]:
    """What each variable depends on when every constant is fixed: nothing, time alone, or the state."""
    model = project.simulator.compiled
    cut = specialise(model.program, (), project.simulator.clock(), [model.labels[name] for name in variables])
    found = levels(cut.graph.nodes)
    return {name: found[node] for name, node in zip(variables, cut.saved, strict=True)}


def test_no_target_is_a_function_of_time_alone(project: Project) -> None:
    content = project.content
    found = levels_of(project, [content.indicators[target.indicator].variable for target in content.targets.values()])
    assert [name for name, level in found.items() if not level & STEP] == []


def test_a_ramp_of_time_would_be_seen(project: Project) -> None:
    found = levels_of(
        project, ["grid parity phase", "GDP deflator", "years since start", "national NEV share", "SEI VA"]
    )
    assert [level == TIME for level in found.values()] == [True, True, True, True, False]


Moved = dict[str, dict[str, float]]


def moved_by(project: Project, always: tuple[str, ...] = ()) -> Moved:
    """How far each lever at its far end moves each target in the final year, relative to a run without it.

    ``always`` are levers that stand at their upper end in every run; theirs is what going back to the base moves.
    """
    content, model = project.content, project.simulator.compiled
    levers = list(content.sheet.levers.values())
    columns = {}
    for member, lever in enumerate(levers, start=1):
        far = lever.high if lever.high != lever.base else lever.low
        usual, other = (far, lever.base) if lever.id in always else (lever.base, far)
        columns[lever.variable] = np.full(len(levers) + 1, float(usual))
        columns[lever.variable][member] = other
    variables = [content.indicators[target.indicator].variable for target in content.targets.values()]
    result = model.run(columns, variables, clock=project.simulator.clock(), threads=1)
    assert not result.failed.any()
    final = result.values[:, project.simulator.years.index(content.region.plan.final_year)]
    return {
        target: {lever.id: float(abs(final[row, member] / final[row, 0] - 1)) for member, lever in enumerate(levers, 1)}
        for row, target in enumerate(content.targets)
    }


def idle_levers(moved: Moved) -> set[str]:
    levers = next(iter(moved.values()))
    return {key for key in levers if max(by_lever[key] for by_lever in moved.values()) < 1e-4}


@pytest.fixture(scope="module")
def moved(project: Project) -> Moved:
    return moved_by(project)


def test_some_lever_moves_each_target_or_the_page_says_that_none_does(moved: Moved, project: Project) -> None:
    assert 20 <= len(project.content.sheet.levers) <= 35
    unmoved = {target for target, by_lever in moved.items() if max(by_lever.values()) < 1e-4}
    assert unmoved == {row[0] for row in rows("unmoved")}


def test_a_lever_that_moves_no_target_alone_moves_one_with_others_and_the_page_names_it(
    moved: Moved, project: Project
) -> None:
    alone = idle_levers(moved)
    assert alone == {row[0] for row in rows("alone")}
    together = moved_by(project, ("rd_subsidy_rate", "public_rd_growth", "policy_budget_share"))
    assert not alone & idle_levers(together)
