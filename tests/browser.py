"""The page's real server and a real Chromium, for the browser tests and for the documents' pictures."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect, sync_playwright

if TYPE_CHECKING:
    from xinzhi.project import Project

ROOT = Path(__file__).parents[1]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{pip}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@contextmanager
def serve(port: int = 0, folder: Path | None = None) -> Iterator[str]:
    """The page's server, on a free port unless given, for another project where ``folder`` names one; its address."""
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
        port = found.getsockname()[1]
    environment = os.environ if folder is None else {**os.environ, "XINZHI_PROJECT": str(folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true",
         "--server.address", "127.0.0.1"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            assert process.poll() is None, "the server has stopped"
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def find_chromium() -> str | None:
    """The Chromium on this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@contextmanager
def launch_chromium() -> Iterator[Browser]:
    """A headless Chromium that draws Chinese with the font that came with pip, also on a machine without fonts."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        package = importlib.util.find_spec("mplfonts")
        assert package is not None and package.origin is not None
        config = Path(folder) / "fonts.conf"
        config.write_text(FONTS.format(pip=Path(package.origin).parent / "fonts", cache=folder), encoding="utf-8")
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=FLAGS.split(), env={**os.environ, "FONTCONFIG_FILE": str(config)}
        )
        yield browser
        browser.close()


WATCH = """
window.pressed = 0; window.verdictAt = 0; window.chartAt = 0;
addEventListener('keydown', () => { window.pressed = performance.now(); window.verdictAt = 0; window.chartAt = 0; }, true);
new MutationObserver(changes => {
  if (!window.verdictAt && changes.some(change => (change.target.parentElement || change.target).closest?.('.st-key-verdicts')))
    window.verdictAt = performance.now();
}).observe(document, {subtree: true, childList: true, characterData: true});
const fillText = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (...words) {
  window.chartAt = performance.now(); return fillText.apply(this, words);
};
"""


class Visit:
    """A page in a fresh browser context, and what went wrong in it; with plain widgets unless ``LIVE``."""

    LIVE = False
    script = ""
    locale = "en-US"

    def __init__(self, chromium: Browser, server: str, query: str, width: int = 1440, height: int = 900) -> None:
        self.context = chromium.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, locale=self.locale
        )
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", lambda sent: self._outside(sent.url, server))
        self.page.add_init_script(WATCH + self.script)
        self.page.goto(f"{server}/{query}" if self.LIVE or "ui=" in query else f"{server}/{query}&ui=native")
        self.settle()

    def _outside(self, url: str, server: str) -> None:
        if not url.startswith((server, server.replace("http", "ws"), "data:", "blob:")):
            self.troubles.append(f"asked the network for {url}")

    def settle(self) -> None:
        """Wait for the last element of the page, then for the script's end."""
        expect(self.page.locator("[data-testid=stFileUploader]")).to_be_visible(timeout=60_000)
        expect(self.page.locator("[data-testid=stStatusWidget]")).to_have_count(0, timeout=30_000)
        self.page.wait_for_timeout(150)

    def wait_for_address(self, pattern: str) -> None:
        """Wait until the address, which is written last, says what was set."""
        expect(self.page).to_have_url(re.compile(pattern), timeout=15_000)
        self.settle()

    def verdicts(self) -> list[str]:
        return [" ".join(text.split()) for text in self.page.locator(".xz-card").all_inner_texts()]

    def thumb(self, lever: str):
        return self.page.locator(f".st-key-lever-{lever} input[type=range]")

    def close(self) -> None:
        self.context.close()
        assert self.troubles == []


def first_lever(project: Project) -> str:
    group = next(iter(project.content.region.chapters))
    return next(lever.id for lever in project.content.sheet.levers.values() if lever.group == group)


def code(project: Project) -> str:
    """The first lever's name in the address."""
    return project.content.sheet.levers[first_lever(project)].code


WORKSPACE = "[data-testid=workspace]"


def wait_for_odds(page: Page, *, runs: bool = True) -> None:
    """Wait until every verdict has its odds and, where the page ``runs`` the model itself, page and server agree."""
    awaited = "data-difference" if runs else "data-settled"
    page.wait_for_selector(f"{WORKSPACE}[{awaited}]", timeout=60_000, state="attached")
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid^=verdict-]')].every(card => card.dataset.odds !== '')",
        timeout=60_000,
    )


class Live(Visit):
    """The page with the live workspace, once its own model runs (unless ``plain``: it cannot)."""

    LIVE = True

    def __init__(
        self, chromium: Browser, server: str, query: str, width: int = 1440, height: int = 900, *, script: str = "",
        runs: bool = True, locale: str = "en-US",
    ) -> None:  # fmt: skip
        self.script, self.runs, self.locale = script, runs, locale
        super().__init__(chromium, server, query, width, height)

    def settle(self) -> None:
        wait_for_odds(self.page, runs=self.runs)
        expect(self.page.locator("[data-testid=stStatusWidget]")).to_have_count(0, timeout=30_000)
        self.page.wait_for_timeout(200)

    def said(self, name: str) -> str:
        """An attribute data-NAME of the workspace."""
        return self.page.get_attribute(WORKSPACE, f"data-{name}") or ""

    def verdicts(self) -> dict[str, tuple[float, float]]:  # type: ignore[override]
        """Value and odds of every headline target."""
        found = self.page.evaluate(
            "() => [...document.querySelectorAll('[data-testid^=verdict-]')].map(card => "
            "[card.dataset.testid.slice(8), Number(card.dataset.value), Number(card.dataset.odds)])"
        )
        return {name: (value, odds) for name, value, odds in found}

    def lever(self, name: str):
        return self.page.locator(f"[data-testid=lever-{name}]")

    def released(self, before: str) -> None:
        """Wait until the server has settled what was set after ``before``, a data-settled."""
        self.page.wait_for_function(
            f"before => document.querySelector('{WORKSPACE}').dataset.settled > Number(before)",
            arg=before,
            timeout=20_000,
        )
        self.page.wait_for_timeout(100)

    def press(self, key: str) -> None:
        before = self.said("settled")
        self.page.keyboard.press(key)
        self.released(before)

    def drag(self, name: str, start: float, end: float, moves: int = 40) -> None:
        """The mouse takes a lever from one share of its track to another and holds it there."""
        box = self.lever(name).bounding_box()
        assert box is not None
        left, width, y = box["x"] + 8, box["width"] - 16, box["y"] + box["height"] / 2
        self.page.mouse.move(left + width * start, y)
        self.page.mouse.down()
        for step in range(1, moves + 1):
            self.page.mouse.move(left + width * (start + (end - start) * step / moves), y)
        self.page.wait_for_timeout(300)
