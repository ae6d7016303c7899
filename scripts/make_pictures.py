"""The pictures of the README files and the planner's guide, from the running page and a real chart: make pictures."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import xinzhi

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT / "tests"))

LANGS = ("zh", "en")
STRONG = "s=innovation-first&me=600&sd=2&rr=6&ep=30&bs=1.1"
COMPARED = "s=manufacturing-first&cmp=rd-first,green-first"
TRIAL = (
    "name: {zh: 会商方案, en: Meeting draft}\nnarrative: {zh: 供会商用。, en: For the meeting.}\nlevers: {pr: 12%}\n"
)
MARGIN = 8


def draw_chart() -> None:
    """R&D expenditure under two scenarios, in both languages."""
    project = xinzhi.load_project(ROOT)
    for lang in LANGS:
        project.chart(
            "rd_expenditure", scenarios=("rd-first", "transfer-first"), lang=lang, path=PICTURES / f"chart-{lang}.png"
        )


def photograph_pages() -> None:
    """The live page with levers moved, 1440 x 900, then what each task of the planner's guide is about."""
    from browser import launch_chromium, serve

    with serve() as address, launch_chromium() as chromium:
        for lang in LANGS:
            with visit(chromium, f"{address}/?{STRONG}&lang={lang}", 1440, 900) as page:
                page.screenshot(path=PICTURES / f"app-{lang}.png")
            photograph_verdicts(chromium, address, lang)
            photograph_levers(chromium, address, lang)
            photograph_scenarios(chromium, address, lang)
            photograph_files(chromium, address, lang)


@contextmanager
def visit(chromium: Browser, url: str, width: int, height: int) -> Iterator[Page]:
    """The page at ``url``, drawn to its end: its own model runs, the odds are there."""
    from playwright.sync_api import expect

    page = chromium.new_page(viewport={"width": width, "height": height})
    page.goto(url)
    expect(page.locator("[data-testid=stFileUploader]")).to_be_visible(timeout=60_000)
    settle(page)
    yield page
    page.close()


def settle(page: Page) -> None:
    """Wait until the odds are there, and for what is drawn after them."""
    from browser import wait_for_odds

    wait_for_odds(page)
    page.wait_for_timeout(1500)


def crop(page: Page, name: str, *shown: Locator, margin: int = MARGIN) -> None:
    """A picture of the smallest rectangle around all that is ``shown``."""
    boxes = [box for locator in shown if (box := locator.bounding_box())]
    assert len(boxes) == len(shown), name
    left, top = (max(0, min(box[side] for box in boxes) - margin) for side in ("x", "y"))
    right, bottom = (
        max(box[side] + box[size] for box in boxes) + margin for side, size in (("x", "width"), ("y", "height"))
    )
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    page.screenshot(path=PICTURES / f"{name}.png", clip=clip)


def photograph_verdicts(chromium: Browser, address: str, lang: str) -> None:
    """The five cards and what is above them; the legend and the first three charts."""
    with visit(chromium, f"{address}/?{STRONG}&lang={lang}", 1440, 1000) as page:
        crop(page, f"verdicts-{lang}", page.locator(".xw-head"), page.locator(".xw-strip"), margin=4)
        charts = page.locator(".xw-chart")
        crop(page, f"charts-{lang}", page.locator(".xw-legend"), *(charts.nth(i) for i in range(3)), margin=4)


def photograph_levers(chromium: Browser, address: str, lang: str) -> None:
    """The buttons above; a lever that was moved, with its details open."""
    with visit(chromium, f"{address}/?s=baseline&lang={lang}", 1440, 1000) as page:
        page.locator("[data-testid=lever-public_rd_growth]").focus()
        for key in ("ArrowRight", "ArrowRight", "Control+z"):
            page.keyboard.press(key)
            page.wait_for_timeout(1500)
        settle(page)
        crop(page, f"undo-{lang}", page.locator(".st-key-header"))
    with visit(chromium, f"{address}/?s=baseline&pr=12&lang={lang}", 1440, 1000) as page:
        lever = page.locator(".xw-lever", has=page.locator("[data-testid=lever-public_rd_growth]"))
        lever.locator("summary").click()
        page.wait_for_timeout(500)
        crop(page, f"lever-{lang}", page.locator(".xw-tools"), lever, margin=2)


def photograph_scenarios(chromium: Browser, address: str, lang: str) -> None:
    """The list of scenarios; one scenario beside two others, down to their table."""
    with visit(chromium, f"{address}/?s=baseline&lang={lang}", 1440, 1000) as page:
        page.locator(".st-key-scenario input").click()
        page.wait_for_timeout(800)
        crop(page, f"scenarios-{lang}", page.locator(".st-key-header"), page.locator("[role=listbox]"))
    with visit(chromium, f"{address}/?{COMPARED}&lang={lang}", 1440, 1300) as page:
        table = page.locator(".xz-scroll").first
        crop(page, f"comparison-{lang}", page.locator(".st-key-header"), page.locator(".xw"), table)


def photograph_files(chromium: Browser, address: str, lang: str) -> None:
    """The files to take; a scenario file that was opened."""
    with visit(chromium, f"{address}/?s=rd-first&pr=14&lang={lang}", 1200, 1000) as page:
        whole = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": 1200, "height": whole + 20})
        page.wait_for_timeout(1000)
        heading, columns = page.locator("[data-testid=stHeading]").last, page.locator("[data-testid=stColumn]")
        crop(page, f"files-{lang}", heading.locator("h3"), columns.nth(0), columns.nth(1))
        with tempfile.TemporaryDirectory() as folder:
            trial = Path(folder) / ("会商方案.yaml" if lang == "zh" else "meeting-draft.yaml")
            trial.write_text(TRIAL, encoding="utf-8")
            page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(trial)
            page.wait_for_timeout(2500)
        crop(page, f"scenario-file-{lang}", columns.nth(2), columns.nth(3))


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    draw_chart()
    photograph_pages()
