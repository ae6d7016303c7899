"""The live page as a planner sees it: the real server, a real Chromium, levers dragged by a real mouse."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from browser import WORKSPACE, Live, code, first_lever, serve
from visitor import free_port
from wasm_node import find_node
from xinzhi.analysis.verdict import judge_target
from xinzhi.content.files import FOLDERS
from xinzhi.content.indicator import headline
from xinzhi.project import Project

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[1]


@pytest.fixture
def live(chromium: Browser, server: str) -> Iterator[Live]:
    visit = Live(chromium, server, "?lang=zh")
    yield visit
    visit.close()


def test_odds_move_with_the_finger_and_the_server_settles_them(live: Live, project: Project) -> None:
    page, lever = live.page, first_lever(project)
    before, frames, settled = live.verdicts(), int(live.said("frame")), live.said("settled")
    scale = page.evaluate("() => [...document.querySelectorAll('.xw-plot canvas')].length")
    assert scale == 5 and live.said("members") == "1000"
    live.drag(lever, 0.34, 0.95)
    assert int(live.said("frame")) - frames >= 15
    during = live.verdicts()
    assert during["rd_growth"][0] > before["rd_growth"][0] + 0.5
    assert (
        "≈" in page.locator("[data-testid=joint]").inner_text()
        or "≈" in page.locator("[data-testid=verdict-rd_growth]").inner_text()
    )
    assert live.said("settled") == settled, "nothing is sent while the finger is down"
    page.mouse.up()
    live.released(settled)
    after = live.verdicts()
    assert "≈" not in page.locator("[data-testid=verdict-rd_growth]").inner_text()
    for name, (value, odds) in after.items():
        assert odds == pytest.approx(during[name][1], abs=0.06), name
        assert value == pytest.approx(during[name][0], abs=0.3), "it snaps to its steps"
    expect(page).to_have_url(re.compile(f"&{code(project)}="))
    expect(page.locator(".xw-why-text")).to_contain_text("政府研发投入增速")
    page.keyboard.press("Control+z")
    page.wait_for_function(f"() => !location.search.includes('&{code(project)}=')", timeout=15_000)
    live.settle()
    assert live.verdicts() == before
    page.keyboard.press("Control+Shift+Z")
    expect(page).to_have_url(re.compile(f"&{code(project)}="))
    live.settle()
    assert live.verdicts() == after


def test_the_page_computes_what_the_server_does(live: Live, project: Project) -> None:
    assert float(live.said("difference")) <= 1e-11
    run = project.run()
    for target in headline(project.content.targets):
        value, odds = live.verdicts()[target.id]
        assert value == pytest.approx(judge_target(target, run).value, rel=1e-11)
        assert 0 <= odds <= 1
    assert "一致" in live.page.locator(".xw-badge").inner_text()


def test_the_scale_stands_still_while_a_lever_is_dragged(live: Live, project: Project) -> None:
    chart = live.page.locator("[data-chart=rd_expenditure]")
    before, settled = chart.get_attribute("data-scale"), live.said("settled")
    live.drag(first_lever(project), 0.34, 0.98)
    assert chart.get_attribute("data-scale") == before
    live.page.mouse.up()
    live.released(settled)
    assert chart.get_attribute("data-scale") != before


def test_keys_move_a_lever_by_its_steps_and_back(live: Live, project: Project) -> None:
    lever = project.content.sheet.levers[first_lever(project)]
    step, low, high = (lever.shown(it) for it in (lever.step, lever.low, lever.high))
    thumb, base = live.lever(lever.id), lever.shown(lever.base)
    thumb.focus()
    for key, wanted in (
        ("ArrowRight", base + step), ("Shift+ArrowRight", base + 11 * step), ("ArrowLeft", base + 10 * step),
        ("End", high), ("Home", low),
    ):  # fmt: skip
        live.press(key)
        assert float(thumb.input_value()) == pytest.approx(wanted), key
        expect(live.page).to_have_url(re.compile(f"&{lever.code}={re.escape(f'{wanted:g}')}&"))
    live.press("Backspace")
    assert float(thumb.input_value()) == base
    expect(live.page).not_to_have_url(re.compile(f"&{lever.code}="))
    live.page.keyboard.press("/")
    assert live.page.evaluate("document.activeElement.className") == "xw-search"
    live.page.keyboard.type("转化")
    shown = live.page.locator(".xw-lever:visible").count()
    assert 0 < shown < len(project.content.sheet.levers)
    thumb.focus() if thumb.is_visible() else live.page.locator("[data-testid=joint]").click()
    live.page.locator(".xw-search").fill("")
    thumb.focus()
    live.page.keyboard.press("?")
    expect(live.page.locator("dialog.xw-help")).to_be_visible()
    live.page.keyboard.press("Escape")
    expect(live.page.locator("dialog.xw-help")).not_to_be_visible()


def test_a_typed_value_is_one_step_and_a_lever_can_be_set_back(live: Live, project: Project) -> None:
    lever = project.content.sheet.levers[first_lever(project)]
    row = live.page.locator(".xw-lever", has=live.lever(lever.id))
    before = live.said("settled")
    row.locator("input.xw-number").fill("11.5")
    row.locator("input.xw-number").press("Enter")
    live.released(before)
    expect(live.page).to_have_url(re.compile(f"&{lever.code}=11.5&"))
    before = live.said("settled")
    row.locator(".xw-back").click()
    live.released(before)
    expect(live.page).not_to_have_url(re.compile(f"&{lever.code}="))
    expect(row.locator(".xw-back")).to_be_hidden()


def test_a_box_shows_the_number_that_counts_whatever_is_typed_or_turned(live: Live, project: Project) -> None:
    """Input methods, what is out of range, arrow keys, Escape and the wheel, in the boxes of value and timing."""
    lever, page = project.content.sheet.levers[first_lever(project)], live.page
    row = page.locator(".xw-lever", has=live.lever(lever.id))
    box, said = row.locator("input.xw-number"), row.locator(".xw-said")
    expect(box).to_have_role("spinbutton")
    expect(said).to_have_attribute("aria-live", "polite")

    def enter(field: Locator, text: str, key: str = "Enter") -> None:
        field.fill("")
        page.keyboard.insert_text(text)
        page.keyboard.press(key)

    for text, wanted in (("9。5", "9.5"), ("１５", "15"), ("9．5％", "9.5")):
        before = live.said("settled")
        enter(box, text)
        live.released(before)
        expect(box).to_have_value(wanted)
        assert live.lever(lever.id).input_value() == wanted and said.inner_text() == ""
        expect(page).to_have_url(re.compile(f"&{lever.code}={re.escape(wanted)}&"))
    settled = live.said("settled")
    for text, problem in (
        ("9，5", "“9，5”不是数值"), ("12,5", "“12,5”不是数值"), ("abc", "“abc”不是数值"), ("", "未输入数值"),
        ("999", "999超出允许范围0–18%"), ("−3", "−3超出允许范围0–18%"),
    ):  # fmt: skip
        enter(box, text, "Tab")
        expect(box).to_have_value("9.5")
        expect(said).to_contain_text(problem)
        expect(said).to_contain_text("仍取9.5%")
        assert "0–18%" in said.inner_text()
    enter(box, "17", "Escape")
    expect(box).to_have_value("9.5")
    page.locator(".xw-levers").evaluate("list => { list.scrollTop = 0; }")
    box.click()
    page.mouse.wheel(0, 240)
    page.wait_for_function("document.querySelector('.xw-levers').scrollTop > 100")
    expect(box).to_have_value("9.5")
    assert live.said("settled") == settled and live.lever(lever.id).input_value() == "9.5"
    box.focus()
    for key, wanted in (
        ("ArrowUp", "10"),
        ("Shift+ArrowDown", "5"),
        ("PageUp", "10"),
        ("PageUp", "15"),
        ("PageUp", "18"),
    ):
        live.press(key)
        expect(box).to_have_value(wanted)
    expect(box).to_have_attribute("aria-valuetext", "18%")
    row.locator(".xw-details summary").click()
    start = row.get_by_role("spinbutton", name=re.compile("起始年份"))
    first, last = project.content.sheet.timing.start
    enter(start, "1999")
    expect(said).to_contain_text(f"1999超出允许范围{first:g}–{last:g}")
    before = live.said("settled")
    enter(start, "２０２６")
    live.released(before)
    expect(start).to_have_value("2026")
    expect(page).to_have_url(re.compile(rf"&{lever.code}\.start=2026&"))
    expect(page.locator(".xw-why-text")).to_contain_text("起始年份由2024年末改为2026年末")
    expect(page.locator(".xz-story").first).to_contain_text(f"在“基准情景”基础上调整：{lever.name.zh}。")


def test_odds_that_are_being_made_are_no_verdict(chromium: Browser, server: str, project: Project) -> None:
    """A scenario with assumptions of its own, whose members nobody has made yet, in a browser that speaks Chinese."""
    watch = (
        "window.seen = {}; new MutationObserver(() => { for (const css of ['.xw-odds', '.xw-joint', '.xz-plain td'])"
        " for (const it of document.querySelectorAll(css)) (window.seen[css] ||= {})[it.textContent] = true; })"
        ".observe(document, {subtree: true, childList: true, characterData: true});"
    )
    visit = Live(chromium, server, "?s=external-shock&cmp=tight-budget", script=watch, locale="zh-CN")
    page = visit.page
    seen = page.evaluate(
        "Object.fromEntries(Object.entries(window.seen).map(([css, texts]) => [css, Object.keys(texts)]))"
    )
    assert "计算中…" in seen[".xw-odds"] and "5项同时达到：计算中…" in seen[".xw-joint"]
    assert any(text.endswith("· 计算中…") for text in seen[".xz-plain td"])
    assert not [text for text in seen[".xw-odds"] if "达标" in text or "未达到" in text]
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    cards = page.locator(".xw-strip")
    expect(cards).not_to_contain_text("计算中")
    expect(page.locator(".xw-card .xw-path").first).to_have_text("中心路径")
    expect(page.locator("[data-testid=verdict-energy_intensity] .xw-also")).to_have_text(
        re.compile(r"^为统计口径；能耗（考核）：−\d+\.\d%，达标概率[<>]?\d+%$")
    )
    expect(page.locator(".xz-count").first).to_contain_text("项目标按中心路径：达标")
    page.locator(".st-key-articles summary").nth(1).click()
    table = page.locator(".st-key-articles .xz-table").first
    expect(table.locator("thead th").first).to_have_text("达标概率")
    expect(table.locator("tbody td").first).to_have_text(re.compile(r"^[<>]?\d+%$"))
    with page.expect_download(timeout=60_000) as coming:
        page.locator(".st-key-download-svg button").click()
    drawing = Path(coming.value.path()).read_text(encoding="utf-8")
    assert all(f'id="rd_expenditure-{it}"' in drawing for it in ("band-0", "band-1", "projection-1", "projection-2"))
    visit.close()


def test_levers_are_found_by_department_and_the_moved_ones_alone(live: Live, project: Project) -> None:
    page = live.page
    assert page.locator(".xw-group[open]").count() == 1, "the first group is open at the start"
    page.locator("select.xw-by").select_option("department")
    groups = page.locator(".xw-group").count()
    assert groups == len({it.departments[0] for it in project.content.sheet.levers.values()})
    page.locator("select.xw-by").select_option("group")
    live.lever(first_lever(project)).focus()
    live.press("End")
    page.get_by_label("只看已调整").check()
    assert page.locator(".xw-lever:visible").count() == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_address_in_a_fresh_browser_gives_the_same_page(
    chromium: Browser,
    server: str,
    project: Project,
    lang: str,
) -> None:
    visit = Live(chromium, server, f"?lang={lang}&s=green-first&cmp=rd-first,transfer-first")
    visit.lever(first_lever(project)).focus()
    visit.press("End")
    expect(visit.page).to_have_url(re.compile(f"&{code(project)}=.*cmp=rd-first"))
    link, seen = visit.page.url, visit.verdicts()
    table = visit.page.locator(".xz-table", has_text="").first.inner_text()
    visit.page.reload()
    visit.settle()
    assert visit.verdicts() == seen and visit.page.url == link
    visit.close()
    again = Live(chromium, server, link.removeprefix(f"{server}/"))
    assert again.verdicts() == seen and again.page.locator(".xz-table").first.inner_text() == table
    names = [
        project.content.scenarios[key].name.zh if lang == "zh" else project.content.scenarios[key].name.en
        for key in ("rd-first", "transfer-first")
    ]
    for name in names:
        assert name in table
        expect(again.page.locator(".xw-legend")).to_contain_text(name)
    again.close()


def test_the_language_is_switched_and_everything_stays(live: Live, project: Project) -> None:
    live.lever(first_lever(project)).focus()
    live.press("End")
    seen = live.verdicts()
    live.page.locator(".st-key-language button").click()
    live.page.wait_for_selector(f"{WORKSPACE}[lang=en]", timeout=20_000)
    live.settle()
    assert live.verdicts() == seen
    text = live.page.locator(WORKSPACE).inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", text.replace("〔", ""))


def test_an_old_link_shows_both_results_until_something_is_changed(
    chromium: Browser,
    server: str,
    project: Project,
) -> None:
    now = Live(chromium, server, "?lang=en&pr=9")
    link = now.page.url.removeprefix(f"{server}/")
    now.close()
    assert "&r=" in link and "&p=" in link
    mark = project.content.hash[:8]
    old = re.sub(r"(r=[0-9a-f]{4}(?:%2A|\*))[\d.]+", r"\g<1>12.34", link.replace(f"m={mark}", "m=0badc0de"))
    visit = Live(chromium, server, old)
    for _ in range(2):
        expect(visit.page.locator("[data-testid=stAlert]")).to_contain_text(
            "another version of model and data (0badc0de)"
        )
        table = visit.page.locator(".xz-table").first
        expect(table).to_contain_text("As the link has it (0badc0de)")
        expect(table).to_contain_text("12.3%")
        expect(table).to_contain_text(f"As of now ({mark})")
        visit.page.reload()
        visit.settle()
    visit.lever(first_lever(project)).focus()
    visit.press("End")
    expect(visit.page).to_have_url(re.compile(f"m={mark}"))
    expect(visit.page.locator("[data-testid=stAlert]")).to_have_count(0)
    visit.close()


def test_a_broken_link_says_what_was_dropped_and_keeps_the_rest(
    chromium: Browser,
    server: str,
    project: Project,
) -> None:
    other = next(it.code for it in project.content.sheet.levers.values() if it.code != code(project))
    visit = Live(chromium, server, f"?lang=en&pr=9&zz=3&{other}=1000000000&cmp=nowhere,rd-first&r=zzzz*1")
    message = visit.page.locator("[data-testid=stAlert]")
    for said in ('unknown lever "zz"', "outside the range", 'unknown scenario "nowhere"', "results in the link"):
        expect(message).to_contain_text(said)
    expect(visit.page).to_have_url(re.compile("&pr=9&"))
    assert float(visit.lever(first_lever(project)).input_value()) == 9
    visit.close()
    long = "&".join(f"q{number}=%E4%B8%AD{number}" for number in range(700))
    assert len(long) > 10_000
    visit = Live(chromium, server, f"?lang=en&pr=9&{long}")
    expect(visit.page.locator("[data-testid=stAlert]")).to_contain_text("more parts of the link were left out")
    assert float(visit.lever(first_lever(project)).input_value()) == 9 and len(visit.page.url) < 300
    visit.close()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "const own = WebAssembly.validate; WebAssembly.validate = bytes => bytes.length > 40 && own(bytes);",
            "too old",
        ),
        ("delete window.WebAssembly;", "cannot run the model"),
    ],
    ids=["without-vectors", "without-webassembly"],
)
def test_a_browser_that_cannot_run_the_model_is_told_and_the_server_answers(
    chromium: Browser,
    server: str,
    project: Project,
    script: str,
    said: str,
) -> None:
    visit = Live(chromium, server, "?lang=en", script=script, runs=False)
    expect(visit.page.locator(".xw-badge")).to_contain_text(said)
    before = visit.verdicts()
    visit.lever(first_lever(project)).focus()
    visit.press("End")
    assert visit.verdicts()["rd_growth"][0] > before["rd_growth"][0]
    visit.page.get_by_role("link", name="Plain widgets").click()
    expect(visit.page.locator("[data-testid=stSlider]").first).to_be_visible(timeout=30_000)
    expect(visit.page).to_have_url(re.compile(f"&{code(project)}=.*ui=native"))
    visit.page.get_by_role("link", name="To the live page").click()
    visit.page.wait_for_selector(WORKSPACE, timeout=30_000)
    assert f"&{code(project)}=" in visit.page.url and "ui=" not in visit.page.url
    visit.close()


def test_a_server_that_is_gone_is_told_and_what_was_set_is_settled_when_it_is_back(
    chromium: Browser,
    project: Project,
    own_cache: Path,
) -> None:
    port, lever = free_port(), first_lever(project)
    with serve(port) as address:
        visit = Live(chromium, address, "?lang=en")
        before = visit.verdicts()
        visit.drag(lever, 0.34, 0.7, moves=10)
    visit.drag(lever, 0.7, 0.95, moves=10)  # the server is gone while the finger is down
    visit.page.mouse.up()
    banner = visit.page.locator(".xw-banner")
    expect(banner).to_contain_text("Offline", timeout=15_000)
    during = visit.verdicts()
    assert during["rd_growth"][0] > before["rd_growth"][0] + 0.5
    with serve(port):
        expect(banner).to_be_hidden(timeout=90_000)
        expect(visit.page).to_have_url(re.compile(f"&{code(project)}="), timeout=30_000)
        visit.settle()
        after = visit.verdicts()
        assert after["rd_growth"][0] == pytest.approx(during["rd_growth"][0], abs=0.3)
        visit.context.close()  # its console tells of the lost connection, as it should


def test_settings_that_break_a_law_are_outside_the_model_s_range(
    chromium: Browser,
    project: Project,
    tmp_path: Path,
    own_cache: Path,
) -> None:
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    content = project.content
    used = {
        key: max(content.settings(it)[key].value for it in content.scenarios.values()) for key in content.sheet.levers
    }
    lever = next(it for it in content.sheet.levers.values() if used[it.id] < it.high)
    checks = tmp_path / "model" / "checks.yaml"
    law = (
        "  a-law-of-this-test:\n    name: {zh: 试验用的界限, en: A bound for this test}\n    expect:\n"
        f"      - {{variable: {lever.variable}, between: [{lever.low}, {(used[lever.id] + lever.high) / 2}]}}\n"
    )
    checks.write_text(checks.read_text(encoding="utf-8") + law, encoding="utf-8")
    with serve(folder=tmp_path) as address:
        visit = Live(chromium, address, "?lang=en")
        assert "Outside" not in visit.page.locator(".xw-strip").inner_text()
        visit.close()
        visit = Live(chromium, address, f"?lang=en&{lever.code}={lever.shown(lever.high):g}")
        card = visit.page.locator("[data-testid=verdict-rd_growth]")
        expect(card).to_contain_text("Outside the model's range")
        assert "%" not in card.locator(".xw-odds").inner_text()
        expect(visit.page.locator(".xw-note")).to_contain_text("A bound for this test")
        expect(visit.page.locator("[data-testid=joint]")).to_contain_text("Outside the model's range")
        visit.close()


def test_further_indicators_follow_what_is_let_go(chromium: Browser, server: str, project: Project) -> None:
    visit = Live(chromium, server, "?lang=en&cmp=rd-first&show=budget_adequacy")
    chart = visit.page.locator(".st-key-charts [data-chart=budget_adequacy]")
    expect(chart.locator(".xw-now")).to_contain_text("2028 100 ")
    expect(visit.page.locator(".st-key-charts .xw-legend")).to_contain_text("R&D first")
    visit.lever("public_rd_growth").focus()
    visit.press("End")
    visit.lever("rd_subsidy_rate").focus()
    visit.press("End")
    expect(chart.locator(".xw-now")).not_to_contain_text("2028 100 ")
    visit.close()


def test_settings_without_a_number_are_told_and_cost_nothing(
    chromium: Browser, tmp_path: Path, own_cache: Path
) -> None:
    """A model whose root has no number once public R&D grows: first for some futures, then for all and for the scenario."""
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    model = tmp_path / "model" / "hubei.mdl"
    equation = "(indicated conversion rate-Local Conversion Rate)/conversion adjustment time\n"
    root = (
        "\\\n\t\t+0*SQRT(0.14*other RD intensity+0.0489-\\\n"
        "\t\tpublic RD growth change in force*conversion adjustment time)/conversion adjustment time\n"
    )
    text = model.read_text(encoding="utf-8")
    assert text.count(equation) == 1
    model.write_text(text.replace(equation, equation.rstrip("\n") + root), encoding="utf-8")
    with serve(folder=tmp_path) as address:
        visit = Live(chromium, address, "?lang=en&pr=8&cmp=rd-first")
        page, note = visit.page, visit.page.locator(".xw-note")
        expect(page.locator("[data-testid=stAlert]")).to_contain_text('"R&D first" could not be run')
        share = re.search(r"([\d.]+)% of the futures give no number", note.inner_text())
        assert share is not None and 0 < float(share[1]) < 50
        settled = visit.verdicts()
        visit.drag("public_rd_growth", 0.44, 0.95)
        expect(note).to_contain_text("100.0% of the futures give no number")
        cards = page.locator(".xw-strip")
        expect(cards).to_contain_text("no result")
        assert "not met" not in cards.inner_text()
        before = page.url
        page.mouse.up()
        alert = page.locator("[data-testid=stAlert]").filter(has_text="These settings could not be run")
        expect(alert).to_contain_text("is not a number in 2024", timeout=30_000)
        expect(page.locator(".xw-why-text")).to_contain_text("These settings give no result")
        expect(page).not_to_have_url(before)
        assert "&pr=17" in page.url and "&r=" not in page.url
        assert visit.verdicts() == settled
        page.get_by_role("button", name="Undo").click()
        expect(alert).to_have_count(0)
        expect(page).to_have_url(re.compile("&pr=8&.*r="))
        assert visit.verdicts() == settled
        visit.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_nothing_runs_off_the_screen_and_axe_finds_nothing(
    chromium: Browser,
    server: str,
    pictures: Path,
    project: Project,
    lang: str,
    width: int,
    height: int,
) -> None:
    visit = Live(chromium, server, f"?lang={lang}&s=green-first&gf=100&cmp=rd-first", width, height)
    page = visit.page
    page.screenshot(path=pictures / f"live-{width}-{lang}.png")
    widths = page.evaluate(
        "[document.documentElement.scrollWidth, document.querySelector('[data-testid=stMain]').scrollWidth]"
    )
    assert widths == [width, width]
    spilt = page.evaluate(
        "() => [...document.querySelectorAll('.xw-card, .xw-lever, .xw-chart figcaption')].filter(it => it.offsetParent && it.scrollWidth > it.clientWidth + 1).map(it => it.innerText)"
    )
    assert spilt == []
    found = Axe().run(page, context=WORKSPACE)
    serious = [it for it in found.response["violations"] if it["impact"] in ("serious", "critical")]
    assert serious == [], json.dumps(serious, ensure_ascii=False)[:2000]
    if width == 390:
        assert page.locator(".xw-chart:visible").count() == 1
        page.locator("[data-testid=verdict-energy_intensity]").click()
        assert page.locator(".xw-chart:visible").get_attribute("data-chart") == "energy_per_gdp"
        lever = visit.lever(list(project.content.sheet.levers)[5])
        lever.scroll_into_view_if_needed()
        page.wait_for_timeout(200)
        strip = page.locator("[data-testid=joint]").bounding_box()
        assert strip is not None and 0 <= strip["y"] < 60, "the verdicts stay in sight"
        groups = page.locator(".xw-group > summary")
        groups.nth(1).click()
        page.wait_for_timeout(200)
        assert page.locator(".xw-group[open]").count() == 1
        page.screenshot(path=pictures / f"live-{width}-{lang}-levers.png")
    visit.close()


def test_what_is_said_of_the_odds(tmp_path: Path) -> None:
    """The remarks under every circumstance that a test cannot bring about in the real model."""
    source = (ROOT / "src/xinzhi/dashboard/component/src/text.js").read_text(encoding="utf-8")
    words = {"live": "live {members}", "settled": "settled {members}", "slow": "slow", "failed": "failed {share}",
             "gaps": "gaps {title}", "outside_why": "outside {checks}", "unsettled": "unsettled",
             "without": "without"}  # fmt: skip
    quiet = {
        "settled": True,
        "odds": [0.5],
        "members": 10000,
        "used": 1000,
        "all": 1000,
        "failed": 0,
        "gaps": [],
        "outside": [],
    }
    cases = [
        ({}, ["settled 10,000"]),
        ({"odds": None}, ["without"]),
        ({"odds": None, "pending": True}, ["unsettled"]),
        ({"settled": False}, ["live 1,000"]),
        ({"settled": False, "used": 250}, ["live 250", "slow"]),
        ({"failed": 0.123}, ["settled 10,000", "failed 12.3"]),
        ({"failed": 0.0001}, ["settled 10,000", "failed <0.1"]),
        ({"failed": 1, "gaps": ["a"]}, ["settled 10,000", "failed 100.0"]),
        ({"gaps": ["a", "b"], "outside": ["c"]}, ["settled 10,000", "gaps a; b", "outside c"]),
    ]
    script = tmp_path / "remarks.cjs"
    calls = json.dumps([{**quiet, **changed} for changed, _ in cases])
    script.write_text(
        f"{source}\nconsole.log(JSON.stringify({calls}.map(it => remarks({json.dumps(words)}, it))))", encoding="utf-8"
    )
    done = subprocess.run([find_node(), script], capture_output=True, text=True, check=True, timeout=30)
    assert json.loads(done.stdout) == [wanted for _, wanted in cases]
