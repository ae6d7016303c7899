"""The pictures of the README files, made from the running page and from a real chart: make pictures."""

from __future__ import annotations

import sys
from pathlib import Path

import xinzhi

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT / "tests"))


def photograph_page() -> None:
    """The page with one lever moved, in both languages, 1440 x 900."""
    from playwright.sync_api import expect

    from browser import launch_chromium, serve

    with serve() as address, launch_chromium() as chromium:
        for lang in ("zh", "en"):
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{address}/?s=baseline&pr=14&rs=10&bs=0.6&lang={lang}")
            expect(page.locator(".st-key-verdict-rd_growth")).to_be_visible(timeout=60_000)
            page.wait_for_timeout(2500)
            page.screenshot(path=PICTURES / f"app-{lang}.png")
            page.close()


def draw_chart() -> None:
    """R&D expenditure under two scenarios, in both languages."""
    project = xinzhi.load_project(ROOT)
    for lang in ("zh", "en"):
        project.chart(
            "rd_expenditure", scenarios=("rd-first", "transfer-first"), lang=lang, path=PICTURES / f"chart-{lang}.png"
        )


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    draw_chart()
    photograph_page()
