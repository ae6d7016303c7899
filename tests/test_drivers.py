"""What drives the odds, on the page: sensitivity, scenario discovery and robustness, without a browser."""

from __future__ import annotations

import re
from html import escape, unescape

import pytest
from streamlit.testing.v1 import AppTest

from conftest import ROOT
from xinzhi.content.indicator import headline
from xinzhi.project import Project
from xinzhi.show.words import t
from xinzhi.studies.ask import MEMBERS
from xinzhi.studies.discover import words as discovery
from xinzhi.studies.robustness import words as robustness
from xinzhi.studies.robustness.panel import TOGETHER
from xinzhi.studies.sensitivity import words as sensitivity
from xinzhi.studies.sensitivity.method_words import LEADS, NAMES
from xinzhi.studies.sensitivity.methods import METHODS
from xinzhi.studies.sensitivity.panel import RUNS, SHOWN
from xinzhi.studies.table import Cells

SCENARIO = "innovation-first"
HEADS = {"zh": "影响达标概率的因素", "en": "What drives the odds"}


def page_with(*opened: str, lang: str = "en", scenario: str = SCENARIO, **chosen: str) -> AppTest:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in {"ui": "native", "lang": lang, "s": scenario}.items():
        page.query_params[name] = value
    for key in opened:
        page.session_state[key] = True
    for name, value in chosen.items():
        page.session_state[name.replace("_of_", "-")] = value
    page.run()
    assert not page.exception
    return page


def texts(page: AppTest) -> str:
    """What the page says in markup, notices and headings, without tags."""
    said = [it.value for kind in ("html", "info", "error", "subheader") for it in page.get(kind)]
    return unescape(re.sub(r"<[^>]*>", "\n", "\n".join(said))).replace("\\", "")


def shown(table: Cells) -> list[list[str]]:
    """Heads and rows, as `cells` reads them from the page."""
    return [list(table.heads), *map(list, table.rows)]


def cells(page: AppTest, name: str) -> list[list[str]]:
    """The rows of the table called so; its heads come first."""
    bodies = "".join(it.value for it in page.get("html"))
    (table,) = re.findall(rf'aria-label="{re.escape(escape(name))}"><table.*?</table>', bodies, re.DOTALL)
    return [
        [unescape(re.sub(r"</?span[^>]*>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall("<tr>(.*?)</tr>", table)
    ]


def pictures(page: AppTest) -> list[str]:
    """What each picture of the section says in words."""
    return [it.alt for block in page.get("image") for it in block.proto.imgs]


def test_closed_expanders_compute_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("computed before it was opened")

    monkeypatch.setattr(Project, "study", fail)
    page = page_with()
    assert HEADS["en"] in [it.value for it in page.subheader]
    labels = [it.label for it in page.expander]
    assert {
        "Sensitivity: what a target hangs on",
        "When a target is missed",
        "How the scenarios bear uncertainty",
    } <= set(labels)
    assert pictures(page) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_opened_sensitivity_names_the_inputs_that_matter_most(project: Project, lang: str) -> None:
    page = page_with("sensitivity", lang=lang)
    first = headline(project.content.targets)[0]
    found = project.sensitivity(SCENARIO, "local", targets=[first.id])
    table = sensitivity.inputs_table(project.content, found, 0, SHOWN, lang)
    assert len(table.rows) == 12 and cells(page, table.title) == shown(table)
    said = texts(page)
    for sentence in (*sensitivity.sensitivity_sentences(found, lang), t(LEADS["local"], lang)):
        assert sentence in said
    (alt,) = pictures(page)
    assert all(row[0] in alt for row in table.rows[:3]) and HEADS[lang] in said


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_explained_without_its_name_and_gives_what_python_gives(project: Project, method: str) -> None:
    page = page_with("sensitivity", sensitivity_of_method=method, sensitivity_of_target="local_conversion")
    found = project.sensitivity(SCENARIO, method, targets=["local_conversion"], runs=RUNS.get(method))
    table = sensitivity.inputs_table(project.content, found, 0, SHOWN, "en")
    assert cells(page, table.title) == shown(table)
    assert LEADS[method] in texts(page) and not re.search("Sobol|Morris|PAWN", LEADS[method])
    assert "seed 0" in texts(page)
    assert page.selectbox(key="sensitivity-method-en").options == [t(NAMES[it], "en") for it in METHODS]


def test_headline_targets_come_first_in_every_list(project: Project) -> None:
    page = page_with("sensitivity", "discover", "robustness")
    names = [it.name.en for it in headline(project.content.targets)]
    for key, before in (("sensitivity", []), ("discovery", []), ("robustness", ["All headline targets"])):
        options = page.selectbox(key=f"{key}-target-en").options
        assert options[: len(before) + 5] == before + names and len(options) == len(before) + len(
            project.content.targets
        )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_opened_discovery_says_in_words_when_the_target_is_missed(project: Project, lang: str) -> None:
    page = page_with("discover", lang=lang)
    found = project.discover("rd_growth", SCENARIO)
    said = texts(page)
    sentences = discovery.discovery_sentences(project.content, found, lang)
    assert len(found.boxes) > 0
    for sentence in sentences[: 1 + len(found.boxes)]:
        assert sentence in said
    for rows in (discovery.boxes_table(found, lang), discovery.limits_table(project.content, found, lang)):
        table = rows.cells()
        assert cells(page, table.title) == shown(table)
    assert ("未达标" if lang == "zh" else "fails when") in pictures(page)[0]
    assert ("不足50条" if lang == "zh" else f"fewer than 50 of the {MEMBERS:,} futures") in said


def test_where_missing_is_the_rule_the_page_points_at_its_own_choice(project: Project) -> None:
    page = page_with("discover", scenario="rd-first")
    assert project.discover("rd_growth", "rd-first").of_interest.mean() > discovery.COMMON
    assert "choose these above" in texts(page) and "--met" not in texts(page)
    page.selectbox(key="discovery-side-en").set_value("met").run()
    found = project.discover("rd_growth", "rd-first", met=True)
    assert discovery.discovery_sentences(project.content, found, "en")[0] in texts(page)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_target_that_is_hardly_ever_met_gets_a_message(project: Project, lang: str) -> None:
    page = page_with("discover", "sensitivity", lang=lang, scenario="baseline", sensitivity_of_method="regional")
    name = project.content.targets["rd_growth"].name[lang]
    (notice,) = [unescape(it.value).replace("\\", "") for it in page.info if name in it.value.replace("\\", "")]
    assert ("无法归纳共同条件" if lang == "zh" else "nearly all futures end alike") in notice
    assert not page.error and pictures(page) == []
    nothing = {"zh": "无法得出结论", "en": "Nothing can be said of this target"}
    assert nothing[lang] in texts(page)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_opened_robustness_compares_every_scenario_over_the_same_futures(project: Project, lang: str) -> None:
    page = page_with("robustness", lang=lang)
    found = project.robustness(*project.content.scenarios, targets=["rd_growth"])
    table = robustness.robustness_table(project.content, found, lang)
    assert cells(page, table.title) == shown(table) and len(table.rows) == 1 + len(project.content.scenarios)
    said = texts(page)
    for sentence in (*robustness.robustness_sentences(found, lang), robustness.undominated(found, lang)):
        assert sentence in said
    assert robustness.monte_carlo(found, lang) in said and re.search(r"10,?000", said)
    best = {"zh": "没有其他情景占优于它的情景：创新优先", "en": "Dominated by no other scenario: Innovation first."}
    assert best[lang] in pictures(page)[0]


def test_headline_targets_can_be_compared_together(project: Project) -> None:
    page = page_with("robustness", robustness_of_target=TOGETHER)
    found = project.robustness(*project.content.scenarios)
    table = robustness.robustness_table(project.content, found, "en")
    assert cells(page, table.title) == shown(table) and len(table.rows) == 5 * 12


def test_levers_moved_by_hand_are_one_more_scenario(project: Project) -> None:
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    page.query_params.update({"ui": "native", "lang": "en", "s": "rd-first", "pr": "8"})
    page.session_state["robustness"] = True
    page.run()
    assert not page.exception
    rows = cells(page, "Scenarios over the same futures")
    name = project.content.scenarios["rd-first"].name.en
    assert len(rows) == 2 + len(project.content.scenarios) + 1 and rows[-1][0] == f"{name} (adjusted)"


def test_choices_survive_a_switch_of_language_and_a_closed_expander(project: Project) -> None:
    page = page_with("sensitivity")
    page.selectbox(key="sensitivity-target-en").set_value("local_conversion").run()
    page.selectbox(key="sensitivity-method-en").set_value("pawn").run()
    page.button(key="language").click().run()
    assert page.selectbox(key="sensitivity-method-zh").value == "pawn"
    assert t(LEADS["pawn"], "zh") in texts(page), "the expander is still open"
    page.session_state["sensitivity"] = False
    page.run()
    assert not any(str(it.key).startswith("sensitivity-") for it in page.selectbox)
    page.session_state["sensitivity"] = True
    page.run()
    assert not page.exception and page.selectbox(key="sensitivity-target-zh").value == "local_conversion"
    assert project.content.targets["local_conversion"].name.zh in page.selectbox(key="sensitivity-target-zh").options


def test_whatever_was_drawn_in_words_stays_as_it_is_in_the_other_language() -> None:
    page = page_with("sensitivity")
    page.multiselect(key="compared").set_value(["rd-first"]).run()
    drawn = {key: page.session_state[key] for key in page.session_state["worded"]}
    assert {"scenario", "compared", "shown_indicators", "grouping", "department", "chart-file"} <= set(drawn)
    assert {"odds", "sensitivity", "discover", "robustness", "audit", "validate"} <= set(drawn)
    assert drawn["compared"] == ["rd-first"] and drawn["sensitivity"] is True
    page.button(key="language").click().run()
    assert not page.exception
    assert {key: page.session_state[key] for key in drawn} == drawn


def test_what_nobody_can_choose_falls_back_to_the_first(project: Project) -> None:
    page = page_with("discover", discovery_of_target="no_such_target")
    assert page.selectbox(key="discovery-target-en").value == headline(project.content.targets)[0].id
