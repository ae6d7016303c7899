"""The page without a browser: what it shows, what its widgets do, and what an address and an upload can do to it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from catalogue import templates
from conftest import ROOT
from xinzhi.analysis.verdict import judge, judge_target
from xinzhi.content.content import Content
from xinzhi.content.indicator import headline
from xinzhi.content.scenario import BASELINE
from xinzhi.dashboard import lever_state as state
from xinzhi.dashboard import session
from xinzhi.dashboard.cards import value_text
from xinzhi.dashboard.downloads import file_name
from xinzhi.dashboard.lever_state import History, State, start_from
from xinzhi.dashboard.levers import grid_step
from xinzhi.dashboard.link import MOST_DROPPED, Outcome, from_query, to_query
from xinzhi.dashboard.markup import plain_markdown
from xinzhi.errors import ContentError
from xinzhi.futures.freshness import current_fit
from xinzhi.project import Project
from xinzhi.show.constants import constant_words
from xinzhi.show.export import scenario_yaml
from xinzhi.show.words import catalogue, say
from xinzhi.studies.audit.accounts import make_account

PAGE = str(ROOT / "app.py")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def content(project: Project) -> Content:
    return project.content


def open_page(**query: str) -> AppTest:
    """The page in plain widgets, which a test can see; the live workspace is a browser's (test_live_page)."""
    page = AppTest.from_file(PAGE, default_timeout=90)
    for name, value in {"lang": "en", "ui": "native", **query}.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def open_groups(page: AppTest, content: Content) -> None:
    """Every group of levers opened: a closed one's are not drawn."""
    for group in {lever.group for lever in content.sheet.levers.values()}:
        page.session_state[f"group-{group}"] = True
    page.run()


def verdicts(page: AppTest) -> list[str]:
    """What the verdict cards say, without markup, in the targets' order."""
    bodies = [element.value for element in page.get("html")]
    return [unescape(re.sub(r"<[^>]*>", " ", body)) for body in bodies if '<div class="xz-card' in body]


def texts(page: AppTest) -> str:
    """Everything that the page says: labels, options, help, markup without its tags."""
    said: list[str] = []
    for kind in ("html", "markdown", "subheader", "error", "info"):
        said += [re.sub(r"<[^>]*>", "\n", element.value) for element in page.get(kind) if "<style" not in element.value]
    for kind in ("slider", "number_input", "selectbox", "multiselect", "button", "text_input", "expander"):
        for widget in page.get(kind):
            said += [widget.label, getattr(widget, "help", "") or "", *getattr(widget, "options", [])]
    return "\n".join(said)


def address(page: AppTest) -> dict[str, str]:
    return {name: values if isinstance(values, str) else values[0] for name, values in page.query_params.items()}


def settings_at(page: AppTest, content: Content) -> State:
    """The state at the page's address."""
    return from_query(content, {k: v for k, v in address(page).items() if k not in session.NOT_OF_THE_SCENARIO}).state


def first_lever(content: Content) -> str:
    group = next(iter(content.region.chapters))
    return next(lever.id for lever in content.sheet.levers.values() if lever.group == group)


def rows(page: AppTest) -> list[str]:
    """The rows of the articles' tables, without markup."""
    bodies = "".join(element.value for element in page.get("html") if "xz-table" in element.value)
    return [unescape(re.sub(r"<[^>]*>", " ", row)) for row in re.findall(r"<tr class=.*?</tr>", bodies)]


def test_the_page_shows_a_card_for_every_headline_target(content: Content) -> None:
    page = open_page()
    cards = verdicts(page)
    assert len(cards) == 5 == sum(target.headline for target in content.targets.values())
    for card, target in zip(cards, headline(content.targets), strict=True):
        assert target.short_name.en in card
        assert "● met" in card or "○ not met" in card
        assert "Target" in card and "Baseline" in card and "base:" in card


def test_every_target_has_a_row_under_its_article(project: Project) -> None:
    page, judged = open_page(), judge(project.content, project.run(BASELINE))
    shown = rows(page)
    assert len(shown) == len(judged)
    for verdict in judged:
        (row,) = [row for row in shown if f"{verdict.target.quote}" in row and f" {verdict.target.name.en} " in row]
        assert ("● met" in row) == verdict.met and ("programme target" in row) == verdict.target.programme
    third = [verdict.met for verdict in judged if verdict.target.article == "3"]
    heads = [expander.label for expander in page.expander if "/" in expander.label]
    title = project.content.region.articles["3"].en
    assert f"Article 3 {title}: {sum(third)}/{len(third)} met on the central path" in heads and heads[0].startswith(
        "General requirements: "
    )
    assert [int(head.split()[1]) for head in heads[1:]] == sorted(int(head.split()[1]) for head in heads[1:])
    met = sum(verdict.met for verdict in judged)
    assert (
        f"{len(judged)} targets on the central path: {met} met, {len(judged) - met} not met (baseline: {met} met)"
        in texts(page)
    )


def test_a_department_finds_its_targets_and_the_link_keeps_it(content: Content) -> None:
    page = open_page()
    page.selectbox(key="department").set_value("commerce").run()
    names = [target.name.en for target in content.targets.values() if "commerce" in target.departments]
    assert len(rows(page)) == len(names) < len(content.targets) and len(verdicts(page)) == 5
    assert address(page)["dept"] == "commerce"
    assert len(rows(open_page(dept="commerce"))) == len(names)
    assert len(rows(open_page(dept="nobody"))) == len(content.targets)


def test_targets_stand_under_departments_where_that_is_asked_for(content: Content) -> None:
    page = open_page()
    page.segmented_control(key="grouping").set_value("department").run()
    heads = [expander.label for expander in page.expander if "/" in expander.label]
    asked = [key for key in content.region.departments if any(key in t.departments for t in content.targets.values())]
    assert [head.partition(":")[0] for head in heads] == [content.region.departments[key].en for key in asked]
    assert len(rows(page)) == sum(len(target.departments) for target in content.targets.values())
    assert address(page)["by"] == "department" and "Article 12 High-level opening up" in rows(page)[-1]
    page.selectbox(key="department").set_value("water").run()
    assert len(rows(page)) == sum("water" in target.departments for target in content.targets.values())
    again = open_page(by="department", dept="water")
    assert rows(again) == rows(page) and len(rows(open_page(by="nothing"))) == len(content.targets)


def opened(key: str, lang: str, scenario: str = BASELINE) -> AppTest:
    """The page with one of the lower expanders open."""
    page = AppTest.from_file(PAGE, default_timeout=90)
    page.query_params["lang"], page.query_params["s"], page.query_params["ui"] = lang, scenario, "native"
    page.session_state[key] = True
    page.run()
    assert not page.exception
    return page


def test_a_closed_audit_is_not_reckoned(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("reckoned before it was opened")

    monkeypatch.setattr(Project, "study", fail)
    labels = [expander.label for expander in open_page(s="rd-first").expander]
    assert "The document audited against itself" in labels and "Departments and their levers" in labels


def test_closed_tests_of_structure_are_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("made before they were opened")

    monkeypatch.setattr(Project, "study", fail)
    assert "Tests of structure and behaviour" in [expander.label for expander in open_page().expander]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_opened_tests_of_structure_say_what_the_model_cannot_support(lang: str) -> None:
    page = opened("validate", lang)
    said = unescape(texts(page))
    wanted = {
        "zh": ("量纲一致性", "● 成立", "◐ 除已知局限外成立", "以下评判模型不能断定", "人口出生、死亡与省际迁移"),
        "en": ("Dimensional consistency", "● holds", "◐ holds but for known limits", "cannot settle", "land finance"),
    }
    assert all(words.lower() in said.lower() for words in wanted[lang])
    bodies = [element.value for element in page.get("html") if "xz-table xz-plain" in element.value]
    assert bodies and all(body.count("<table") == body.count('class="xz-scroll"') for body in bodies)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_opened_audit_shows_every_implied_quantity(project: Project, lang: str) -> None:
    said = unescape(texts(opened("audit", lang)))
    for item in project.content.audit.values():
        assert item.name[lang] in said
    gdp = {"zh": "18,000亿元 ÷ 25% = 72,000亿元", "en": "CNY 1,800 billion ÷ 25% = CNY 7,200 billion"}
    fight = {"zh": "相互抵触的目标", "en": "Targets that fight"}
    assert gdp[lang] in said and fight[lang] in said
    assert lang == "zh" or not CHINESE.search(_without_content(said, project.content))


def test_the_audit_of_the_same_levers_under_other_assumptions_is_another(project: Project) -> None:
    """external-shock assumes a worse world for the levers of plan-as-written."""
    content = project.content
    plan, shock = (project.run(name) for name in ("plan-as-written", "external-shock"))
    assert plan.settings == shock.settings and plan.assumptions != shock.assumptions
    for run in (plan, shock):
        said = unescape(texts(opened("audit", "en", run.scenario)))
        audit = project.audit(run)
        for finding in audit.findings:
            assert make_account(content, audit, finding, "en").model in said


def test_closed_odds_are_not_reckoned(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("reckoned before it was opened")

    monkeypatch.setattr(Project, "study", fail)
    labels = [expander.label for expander in open_page(s="rd-first").expander]
    assert "Odds of the targets, and what would be worth measuring" in labels


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_opened_odds_name_every_target_and_what_would_be_worth_measuring(project: Project, lang: str) -> None:
    said = unescape(texts(opened("odds", lang, "innovation-first")))
    for target in project.content.targets.values():
        assert target.name[lang] in said
    worth = {"zh": "值得核实：2023年战略性新兴产业增加值", "en": "Worth measuring: Value added of strategic emerging"}
    assert worth[lang] in said
    assert lang == "zh" or not CHINESE.search(_without_content(said, project.content))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_says_where_the_model_loses_to_a_simple_forecast(project: Project, lang: str) -> None:
    name = project.content.indicators["technology_contracts_registered"].name[lang]
    notes = {"zh": "用简单外推的误差比模型小", "en": "Simple forecasts would have been better than the model on"}
    page = opened("backtest", lang)
    note = next(line for line in unescape(texts(page)).split("<li>") if notes[lang] in line)
    assert name in note
    loses = {"zh": f"{name}：模型不及", "en": f"{name}: the model loses to"}
    assert loses[lang] in unescape(texts(page))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_names_the_constants_that_history_cannot_identify(project: Project, lang: str) -> None:
    found = current_fit(project.content)
    assert found is not None and found.outdated is None
    said = unescape(texts(opened("fit", lang)))
    unknown = [name for name, it in found.constants.items() if not it.identified]
    assert len(unknown) > 10
    for name in unknown:
        assert constant_words(project.content, name, lang) in said
    assert {"zh": "历史数据不能识别", "en": "History cannot identify"}[lang] in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_opened_departments_show_who_depends_on_whom(project: Project, lang: str) -> None:
    said = unescape(texts(opened("departments", lang)))
    for name in project.content.region.departments.values():
        assert name[lang] in said
    assert {"zh": "最有效措施由其他部门牵头的目标", "en": "Targets whose strongest lever another department leads"}[
        lang
    ] in said


def test_every_lever_has_a_slider_in_its_declared_unit_at_its_base(content: Content) -> None:
    page = open_page()
    chapters = [title.en for title in content.region.chapters.values()]
    groups = [expander for expander in page.expander if expander.label in chapters]
    assert groups[0].label == content.region.chapters["innovation"].en
    assert [expander.proto.expanded for expander in groups][:2] == [True, False]
    open_groups(page, content)
    for lever in content.sheet.levers.values():
        slider = page.slider(key=f"lever-{lever.id}")
        assert (slider.value, slider.min, slider.max) == tuple(
            lever.shown(value) for value in (lever.base, lever.low, lever.high)
        )
        assert lever.name.en in slider.label
        assert page.number_input(key=f"start-{lever.id}").value == lever.base_start
        assert page.number_input(key=f"ramp-{lever.id}").value == lever.base_ramp


def test_moving_the_first_lever_of_the_first_group_changes_a_verdict(content: Content) -> None:
    page = open_page()
    before = verdicts(page)
    slider = page.slider(key=f"lever-{first_lever(content)}")
    slider.set_value(slider.max).run()
    assert verdicts(page)[0] != before[0]
    assert address(page)[content.sheet.levers[first_lever(content)].code] == f"{slider.max:.12g}"


def test_undo_redo_and_reset(content: Content) -> None:
    page = open_page()
    key = f"lever-{first_lever(content)}"
    before = verdicts(page)
    page.slider(key=key).set_value(page.slider(key=key).max).run()
    after = verdicts(page)
    page.button(key="undo").click().run()
    assert verdicts(page) == before and page.button(key="undo").disabled
    page.button(key="redo").click().run()
    assert verdicts(page) == after
    page.number_input(key=f"start-{first_lever(content)}").set_value(2026.0).run()
    page.button(key=f"reset-{first_lever(content)}").click().run()
    assert verdicts(page) == before
    page.button(key="undo").click().run()
    page.button(key="reset").click().run()
    assert verdicts(page) == before and settings_at(page, content) == start_from()


def test_a_slider_moved_back_leaves_nothing_behind(content: Content) -> None:
    page = open_page()
    slider = page.slider(key=f"lever-{first_lever(content)}")
    base = slider.value
    slider.set_value(slider.max).run()
    page.slider(key=f"lever-{first_lever(content)}").set_value(base).run()
    assert settings_at(page, content).changes == {}


def test_a_group_that_was_closed_and_opened_shows_what_was_set(content: Content) -> None:
    page = open_page()
    lever = first_lever(content)
    slider = page.slider(key=f"lever-{lever}")
    moved = slider.max
    slider.set_value(moved).run()
    group = f"group-{content.sheet.levers[lever].group}"
    page.session_state[group] = False
    page.run()
    assert f"lever-{lever}" not in [each.key for each in page.slider]
    page.session_state[group] = True
    page.run()
    assert page.slider(key=f"lever-{lever}").value == moved
    page.button(key="language").click().run()
    assert page.slider(key=f"lever-{lever}").value == moved


def test_choosing_a_scenario_sets_all_levers_and_undo_takes_it_back(content: Content) -> None:
    page = open_page()
    open_groups(page, content)
    page.selectbox(key="scenario").set_value("all-half").run()
    wanted = content.settings(content.scenario("all-half"))
    for lever in content.sheet.levers.values():
        assert page.slider(key=f"lever-{lever.id}").value == lever.shown(wanted[lever.id].value)
    assert address(page)["s"] == "all-half"
    page.button(key="undo").click().run()
    assert page.selectbox(key="scenario").value == BASELINE
    assert settings_at(page, content) == start_from()


def test_the_language_switch_changes_every_text(content: Content) -> None:
    page = open_page(s="rd-first", pr="8", **{"pr.start": "2026"})
    assert not CHINESE.search(_without_content(texts(page), content))
    page.button(key="language").click().run()
    assert not page.exception and address(page)["lang"] == "zh"
    said = texts(page)
    for template in templates():
        words = re.sub(r"\{\w+\}.*", "", template).strip()
        if len(words) > 6 and template in catalogue():
            assert words not in said, template
    assert page.slider(key="lever-public_rd_growth").value == 8.0


def _without_content(said: str, content: Content) -> str:
    """An English page's texts without what is Chinese by nature: quotes, articles, units, the document's number."""
    said = said.replace("中文", "").replace(content.region.document.number, "")
    for target in content.targets.values():
        said = said.replace(target.quote, "")
    for unit in sorted({lever.unit for lever in content.sheet.levers.values()}, key=len, reverse=True):
        said = said.replace(f"({unit} = ", "")
    return re.sub(r"[Aa]rticle [一二三四五六七八九十]+", "", said)


@pytest.mark.parametrize(
    ("query", "sentences"),
    [
        ({"s": "rd-frist"}, ['unknown scenario "rd-frist"', 'did you mean "rd-first"']),
        ({"pr": "99"}, ["outside the range", "0% to 18%"]),
        ({"pr": "a lot"}, ["is not a number"]),
        ({"pr": "8", "zz": "1", "sd.start": "1999"}, ['unknown lever "zz"', "outside the range"]),
        ({"v": "7"}, ["unknown version"]),
        ({"pr": "nan"}, ["is not a number"]),
    ],
)
def test_what_is_broken_in_an_address_is_told_and_left_out(
    content: Content, query: dict[str, str], sentences: list[str]
) -> None:
    page = open_page(**query)
    said = page.error[0].value.replace("\\", "")
    assert "Parts of the link cannot be read and were left out" in said
    for sentence in sentences:
        assert sentence in said
    sound = {"pr": "8"} if query.get("pr") == "8" else {}
    assert settings_at(page, content) == from_query(content, sound).state
    assert verdicts(page) == verdicts(open_page(**sound))


def test_a_link_of_another_model_version_is_applied_and_says_so(content: Content) -> None:
    page = open_page(m="00000000", pr="8")
    assert "another version" in page.info[0].value and "does not say what the targets came to" in page.info[0].value
    assert page.slider(key="lever-public_rd_growth").value == 8.0
    assert address(page)["m"] == "00000000", "who reloads it is told again"
    page.slider(key="lever-public_rd_growth").set_value(9.0).run()
    assert not page.info and address(page)["m"] == content.hash[:8]


def test_a_link_says_what_its_targets_came_to(content: Content) -> None:
    values = tuple(1.25 * number for number in range(len(headline(content.targets))))
    wanted = Outcome(values, tuple(0.1 * number for number in range(len(values))), 0.005)
    query = to_query(content, start_from(), ["rd-first"], wanted) | {"m": "00000000"}
    link = from_query(content, dict(parse_qsl(urlencode(query))))
    assert link.old(content) and link.compared == ("rd-first",) and link.then is not None
    assert link.then.values == pytest.approx(values, abs=0.005) and link.then.joint == 0.005
    assert link.then.odds == pytest.approx(wanted.odds)
    for damaged in ("ffff*1*2*3*4*5", query["r"] + "*1", query["r"].replace("1.25", "x"), "", "*"):
        broken = from_query(content, query | {"r": damaged})
        assert broken.then is None and len(broken.dropped) == 1


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.dictionaries(st.text(max_size=12), st.text(max_size=40), max_size=40))
def test_any_address_gives_a_state_and_few_sentences(project: Project, query: dict[str, str]) -> None:
    link = from_query(project.content, query)
    assert len(link.dropped) <= MOST_DROPPED + 1
    assert from_query(project.content, to_query(project.content, link.state, link.compared)).state == link.state


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "政府研发投入增速：“1000%”超出“public_rd_growth”的取值范围；允许范围为0%至18%。"),
        ("en", 'Public R&D growth: "1000%" is outside the range of "public_rd_growth"; allowed are 0% to 18%.'),
    ],
)
def test_a_value_in_a_link_that_cannot_be_is_told_with_its_lever_s_name(content: Content, lang: str, said: str) -> None:
    (dropped,) = from_query(content, {"v": "1", "pr": "1000"}).dropped
    assert say(dropped, lang) == said


def test_what_an_address_says_never_becomes_markup() -> None:
    page = open_page(s="<img src=x onerror=alert(1)>![a](http://b)")
    assert "![a](http" not in page.error[0].value and r"\!\[a\]\(http" in page.error[0].value
    assert all("onerror" not in element.value for element in page.get("html"))


def test_an_uploaded_scenario_is_shown_and_stands_in_the_address(content: Content) -> None:
    page = open_page()
    open_groups(page, content)
    written = "name: {zh: 试, en: Trial}\nnarrative: {zh: 试, en: Trial}\nbased_on: rd-first\nlevers: {pr: 9%}\n"
    page.file_uploader(key="upload").upload("trial.yaml", written.encode()).run()
    assert not page.exception and not page.error
    assert page.slider(key="lever-public_rd_growth").value == 9.0
    assert page.slider(key="lever-talent_import").value == 1.5
    linked = settings_at(page, content)
    expected = state.settings_of(content, state.read_upload(content, "trial.yaml", written.encode()))
    assert linked.scenario == BASELINE and state.settings_of(content, linked) == expected
    page.selectbox(key="scenario").set_value("green-first").run()
    page.selectbox(key="scenario").set_value("trial").run()
    assert page.slider(key="lever-public_rd_growth").value == 9.0


@pytest.mark.parametrize(
    ("written", "sentences"),
    [
        (b"name: 1\nlevers:\n  foo: 3\n  pr: 99%\n", ["x.yaml:3", "unknown lever", "x.yaml:4", "outside the range"]),
        (b"name: {zh: a, en: a}\nnarrative: {zh: a, en: a}\nbased_on: nowhere\n", ["does not exist"]),
        (b"\xff\xfe\x00", ["is not UTF-8 text"]),
        (b"[" * 4000, ["nested too deeply"]),
        (b"", ["is empty"]),
        (b"a: &a [x, x]\nlevers: {pr: *a}\n", ["x.yaml:1", "anchors"]),
    ],
)
def test_a_bad_file_is_told_line_by_line_and_changes_nothing(
    content: Content, written: bytes, sentences: list[str]
) -> None:
    page = open_page(s="rd-first")
    before = verdicts(page)
    page.file_uploader(key="upload").upload("x.yaml", written).run()
    assert not page.exception
    said = page.error[0].value.replace("\\", "")
    for sentence in sentences:
        assert sentence in said
    assert verdicts(page) == before and settings_at(page, content) == start_from("rd-first")


def test_a_failing_run_is_told_and_the_last_result_stays(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinzhi.errors import Problem, SimulationError, msg
    from xinzhi.simulate import Simulator

    page = open_page()
    before = verdicts(page)

    def fail(*_: object, **__: object) -> None:
        raise SimulationError(Problem(None, msg("the run failed ({reason})", reason="test")))

    monkeypatch.setattr(Simulator, "run", fail)
    page.slider(key=f"lever-{first_lever(content)}").set_value(11.5).run()
    assert not page.exception
    assert "could not be run" in page.error[0].value and verdicts(page) == before


def test_broken_content_is_told_in_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    for folder in ("model", "scenarios", "calibration"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "scenarios" / "bad.yaml").write_text("levers: [1]\n", encoding="utf-8")
    monkeypatch.setenv(session.FOLDER_VARIABLE, str(tmp_path))
    page = open_page()
    assert "problems" in page.error[0].value and not verdicts(page)
    (tmp_path / "scenarios" / "bad.yaml").unlink()
    page.run()
    assert len(verdicts(page)) == 5


STEPS = st.lists(
    st.tuples(st.integers(0, 99), st.sampled_from(state.PARTS), st.floats(0, 1, allow_nan=False)), max_size=8
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scenario=st.integers(0, 99), steps=STEPS)
def test_any_state_comes_back_from_its_address(
    project: Project, scenario: int, steps: list[tuple[int, str, float]]
) -> None:
    content = project.content
    ids, levers = list(content.scenarios), list(content.sheet.levers.values())
    wanted = start_from(ids[scenario % len(ids)])
    for index, part, share in steps:
        lever = levers[index % len(levers)]
        low, high = (
            (lever.shown(lever.low), lever.shown(lever.high))
            if part == "value"
            else getattr(content.sheet.timing, part)
        )
        wanted = state.set_part(content, wanted, lever.id, part, float(f"{low + share * (high - low):.6g}"))
    query = to_query(content, wanted)
    link = from_query(content, dict(parse_qsl(urlencode(query))))
    back = link.state
    assert back == wanted and not link.dropped and not link.old(content)
    assert to_query(content, back) == query
    assert state.settings_of(content, back) == state.settings_of(content, wanted)


def test_an_untouched_lever_runs_with_exactly_its_base(content: Content) -> None:
    moved = state.set_part(content, start_from(), "rd_subsidy_rate", "value", 0.3)
    assert state.settings_of(content, moved)["rd_subsidy_rate"].value == pytest.approx(0.003, abs=1e-18)
    back = state.set_part(content, moved, "rd_subsidy_rate", "value", 0.0)
    assert back == start_from()
    bases = {lever.id: lever.base_setting for lever in content.sheet.levers.values()}
    assert state.settings_of(content, back) == bases


def test_history_is_bounded_and_a_step_that_changes_nothing_is_none() -> None:
    history = History(start_from())
    assert history.then(start_from()) is history and history.undone() is history and history.redone() is history
    for number in range(300):
        history = history.then(start_from(str(number)))
    assert len(history.past) == state.LONGEST_HISTORY
    assert history.undone().redone() == history


def test_a_downloaded_scenario_gives_the_same_settings_when_uploaded(project: Project) -> None:
    content = project.content
    moved = state.set_part(content, start_from("rd-first"), "guidance_fund", "value", 130)
    moved = state.set_part(content, moved, "rd_subsidy_rate", "start", 2026)
    run = session.run_state(project, moved)
    written = scenario_yaml(content, run, "rd-first", {"zh": "试", "en": "trial"}, {"zh": "试", "en": "trial"})
    back = state.read_upload(content, "rd-first.yaml", written.encode())
    assert state.settings_of(content, back) == state.settings_of(content, moved)
    with pytest.raises(ContentError):
        state.read_upload(content, "rd-first.yaml", written.replace("130", "13000").encode())


def test_a_scenario_value_between_the_sliders_steps_is_shown_as_it_is() -> None:
    assert grid_step(72.5, 5) == 2.5
    assert grid_step(0.30000000000000004, 0.1) == 0.1
    assert grid_step(10.25, 0.5) == 0.25
    assert grid_step(0.12345, 0.1) == pytest.approx(0.0001)


def test_markdown_shows_a_text_as_it_is() -> None:
    assert plain_markdown("[a](b) *c* $d$ :red[e]") == r"\[a\]\(b\) \*c\* \$d\$ \:red\[e\]"


def test_the_cards_agree_with_the_verdicts_and_say_that_these_are_the_central_path_s(project: Project) -> None:
    page = open_page(s="green-first")
    run = project.run("green-first")
    assert all("Central path" in card for card in verdicts(page))
    judged = [judge_target(target, run) for target in headline(project.content.targets)]
    for card, verdict in zip(verdicts(page), judged, strict=True):
        assert ("● met" in card) == verdict.met


def test_a_sentence_that_is_judged_in_two_scopes_shows_both(project: Project) -> None:
    other = judge_target(project.content.targets["energy_intensity_assessed"], project.run())
    cards = [" ".join(card.split()).replace(" ,", ",") for card in verdicts(open_page())]
    (both,) = [card for card in cards if "Statistical definition; Energy (assessed):" in card]
    said = "● met" if other.met else "○ not met"
    assert f"Energy (assessed): {value_text(other, 'en', project.content.units)}, {said}" in both


def test_a_link_of_moved_levers_is_not_told_as_the_scenario_s_own_story(content: Content) -> None:
    names = [content.sheet.levers[key].name.en for key in ("public_rd_growth", "rd_subsidy_rate")]
    said = unescape(texts(open_page(pr="8", rs="5")))
    story = content.scenarios[BASELINE].narrative.en
    assert f'Adjusted from "Baseline": {", ".join(names)}. "Baseline" itself: {story}' in said
    untouched = unescape(texts(open_page()))
    assert story in untouched and "Adjusted from" not in untouched


def test_a_file_s_name_holds_what_it_is_called_and_nothing_that_a_system_refuses(project: Project) -> None:
    view = session.View(project, start_from(), project.run(), project.run(), "zh")
    name = file_name(view, ("发改委/会商:方案 A?" + "长" * 60, "研发经费"), "png")
    assert re.fullmatch(r"新质_发改委-会商-方案-A-长{18}_研发经费_\d{8}_[0-9a-f]{8}\.png", name)
    assert len(name.encode()) < 255


@pytest.mark.parametrize(
    ("told", "spoken", "wanted"),
    [("zh", "en-US", "zh"), ("en", "zh-CN", "en"), ("", "zh-TW", "zh"), ("", "fr", "en"), ("de", "zh-CN", "zh")],
)
def test_a_page_opens_in_the_language_that_the_server_was_told_else_in_the_browser_s(
    told: str, spoken: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(session.LANG_VARIABLE, told)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(type(session.st.context), "locale", property(lambda _: spoken))
    page = AppTest.from_file(PAGE, default_timeout=90)
    page.query_params["ui"] = "native"
    page.run()
    assert address(page)["lang"] == wanted
