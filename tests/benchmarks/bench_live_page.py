"""How fast the live page is: frames of a drag, release to settled odds, plain widgets, start and load, many sessions.

Agrees first (page = server to 1e-11, the settled figures are those of the address), then times. Server and browser are on
this machine.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from playwright.sync_api import Browser, Page
from table import Row, Size, main

from browser import ROOT, launch_chromium, serve
from visitor import app_command, free_port, served

QUERY = "?lang=zh"
STAMPS = """
window.stamps = {events: [], begun: 0, frames: [], released: 0, settled: 0};
addEventListener('input', () => window.stamps.events.push(performance.now()), true);
addEventListener("keydown", () => { window.stamps.released = performance.now(); window.stamps.settled = 0; }, true);
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (...told) { window.stamps.begun = performance.now(); return post.apply(this, told); };
let drawn = false;
const fillText = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (...words) {
  const now = performance.now(), stamps = window.stamps;
  const shown = stamps.events.filter(at => at <= stamps.begun);
  if (shown.length) { // the newest lever position that this picture can be of
    stamps.events = stamps.events.filter(at => at > stamps.begun);
    stamps.frames.push([shown[shown.length - 1], now]);
  } else if (stamps.frames.length && now - stamps.frames[stamps.frames.length - 1][1] < 60) {
    stamps.frames[stamps.frames.length - 1][1] = now; // the last word of the same picture
  }
  return fillText.apply(this, words);
};
const watch = setInterval(() => {
  const node = document.querySelector('[data-testid=workspace]');
  if (!node) return;
  clearInterval(watch);
  new MutationObserver(() => { if (!window.stamps.settled) window.stamps.settled = performance.now(); })
    .observe(node, {attributes: true, attributeFilter: ['data-settled']});
}, 50);
"""


def share(times: Sequence[float], part: float) -> float:
    ordered = sorted(times)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def row(name: str, times: Sequence[float], limit: str, agrees: str = "", ratio: str = "") -> Row:
    """Half and 95 % of the times, in milliseconds; ``limit`` is what was wanted of both."""
    return Row(f"{name} (wanted {limit})", agrees, f"{share(times, 0.5):.0f}, {share(times, 0.95):.0f} ms", ratio)


def opened(browser: Browser, address: str, query: str = QUERY) -> Page:
    """The live page when its own model runs, after it was found equal to the server's."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(STAMPS)
    page.goto(f"{address}/{query}")
    page.wait_for_selector("[data-testid=workspace][data-difference]", timeout=90_000)
    assert float(page.get_attribute("[data-testid=workspace]", "data-difference") or 1) <= 1e-11
    page.wait_for_timeout(1500)
    return page


def middle(page: Page, lever: str) -> tuple[float, float, float]:
    box = page.locator(f"[data-testid={lever}]").bounding_box()
    assert box is not None
    return box["x"] + 8, box["width"] - 16, box["y"] + box["height"] / 2


def drag(browser: Browser, address: str, size: Size) -> Iterator[Row]:
    page = opened(browser, address)
    lags, frames = [], []
    for round_ in range(size.of(2, 6)):
        left, width, y = middle(page, "lever-public_rd_growth")
        page.mouse.move(left + width * 0.35, y)
        page.mouse.down()
        page.wait_for_timeout(100)
        page.evaluate("window.stamps.events = []; window.stamps.frames = []")
        began = time.perf_counter()
        for step in range(60):
            page.mouse.move(left + width * (0.35 + 0.6 * step / 60), y)
            time.sleep(max(0.0, began + (step + 1) / 60 - time.perf_counter()))
        took = time.perf_counter() - began
        page.wait_for_timeout(80)
        drawings = page.evaluate("window.stamps.frames")
        page.mouse.up()
        page.wait_for_timeout(1500)
        if round_:  # the first warms the browser's compiler
            lags += [drawn - event for event, drawn in drawings]
            frames.append(len(drawings) / took)
    members = page.get_attribute("[data-testid=workspace]", "data-members")
    yield row(f"drag, {members} members in the page: lag of a frame", lags, "16, 40", "page = server to 1e-11",
              f"{statistics.median(frames):.0f} frames a second of 30")  # fmt: skip
    page.close()


def release(browser: Browser, address: str, size: Size) -> Iterator[Row]:
    page = opened(browser, address)
    times = []
    for _ in range(size.of(2, 30)):
        page.locator("[data-testid=lever-public_rd_growth]").focus()
        page.evaluate("window.stamps.released = window.stamps.settled = 0")
        page.keyboard.press("ArrowRight" if len(times) % 20 < 10 else "ArrowLeft")
        page.wait_for_function("window.stamps.settled > 0", timeout=20_000)
        times.append(page.evaluate("window.stamps.settled - window.stamps.released"))
        page.wait_for_timeout(400)
    yield row("release to settled odds, 10,000 members, every target", times, "300, 600")
    page.close()


FLOOR = """
import streamlit as st
@st.fragment
def floor():
    value = st.slider("x", 0, 100, 50, key="x")
    st.text(f"{value}")
floor()
"""
PRESS = """
window.pressed = 0; window.textAt = 0; window.chartAt = 0;
addEventListener('keydown', () => { window.pressed = performance.now(); window.textAt = window.chartAt = 0; }, true);
const fillText = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (...words) {
  const now = performance.now();
  if (!window.chartAt || now - window.chartAt < 40) window.chartAt = now; // the last word of the same picture
  return fillText.apply(this, words);
};
const isText = change => (change.target.parentElement || change.target).closest?.('[data-testid=stText]');
addEventListener('DOMContentLoaded', () => new MutationObserver(changes => {
  if (!window.textAt && changes.some(isText)) window.textAt = performance.now();
}).observe(document, {subtree: true, childList: true, characterData: true}));
"""


def pressed(page: Page, slider: str, stamp: str, turn: int) -> float:
    """Milliseconds from a key on a slider to what ``stamp`` names."""
    page.bring_to_front()
    page.locator(slider).first.focus()
    page.keyboard.press("ArrowRight" if turn % 10 < 5 else "ArrowLeft")
    page.wait_for_function(f"window.{stamp} > 0", timeout=10_000)
    page.wait_for_timeout(700)
    return float(page.evaluate(f"window.{stamp} - window.pressed"))


def native(browser: Browser, address: str, size: Size) -> Iterator[Row]:
    """The floor and the plain widgets in turns: a machine's speed changes from minute to minute."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "floor.py"
        script.write_text(FLOOR, encoding="utf-8")
        command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.headless",
                   "true", "--server.address", "127.0.0.1"]  # fmt: skip
        with served(command, f"http://127.0.0.1:{port}/_stcore/health", stderr=subprocess.DEVNULL):
            bare, page = (browser.new_page(viewport={"width": 1440, "height": 900}) for _ in range(2))
            for each, asked in ((bare, f"http://127.0.0.1:{port}"), (page, f"{address}/{QUERY}&ui=native")):
                each.add_init_script(PRESS)
                each.goto(asked)
            bare.wait_for_selector("[data-testid=stSlider]", timeout=30_000)
            page.wait_for_selector("[data-testid=stFileUploader]", timeout=60_000)
            page.wait_for_timeout(2500)
            floor, ours = [], []
            for turn in range(-size.of(1, 5), size.of(2, 40)):  # the first warm the browser's compiler
                times = (pressed(bare, "[data-testid=stSlider] input[type=range]", "textAt", turn),
                         pressed(page, ".st-key-lever-public_rd_growth input[type=range]", "chartAt", turn))  # fmt: skip
                if turn >= 0:
                    floor.append(times[0])
                    ours.append(times[1])
            bare.close()
            page.close()
    yield row("floor: a bare slider to its text", floor, "-")
    yield row("plain widgets: slider to the last redrawn chart", ours, "1.6 times the floor", "",
              f"floor x {statistics.median(ours) / statistics.median(floor):.2f}")  # fmt: skip


def start(browser: Browser, address: str, size: Size) -> Iterator[Row]:
    loads = []
    for _ in range(size.of(1, 5)):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        began = time.perf_counter()
        page.goto(f"{address}/{QUERY}")
        page.wait_for_selector("[data-testid^=verdict-][data-odds]:not([data-odds=''])", timeout=60_000)
        loads.append(1000 * (time.perf_counter() - began))
        context.close()
    yield row("page load on a warm server, to odds", loads, "2,000")
    first = []
    for _ in range(size.of(1, 3)):
        port = free_port()
        began = time.perf_counter()
        with served(app_command(port), f"http://127.0.0.1:{port}/_stcore/health", cwd=ROOT):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"http://127.0.0.1:{port}/{QUERY}")
            page.wait_for_selector("[data-testid^=verdict-]", timeout=60_000)
            first.append(1000 * (time.perf_counter() - began))
            page.close()
    yield row("start (second time) to the first verdict", first, "4,000")


def sessions(address: str, count: int, moves: int, pause: float) -> Iterator[Row]:
    """Ten planners at once, each by the page's own websocket: lever set out, settled state back."""
    from live_visitor import LiveVisitor

    waits: list[float] = []
    lost: list[int] = []

    def work(number: int) -> None:
        with LiveVisitor(address, "lang=zh") as visitor:
            time.sleep(1 + 0.2 * number)
            for move in range(moves):
                waits.append(1000 * visitor.release("public_rd_growth", 3 + (number + move) % 12 + 0.1 * number))
                lost.append(visitor.settled - visitor.sent)
                time.sleep(pause)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(waits) == count * moves and not any(lost), "a move was lost"
    yield row(f"{count} sessions, a move each {pause:.0f} s: settled", waits, "-, 1,500", "none lost")


def sizes() -> Row:
    """What a visitor's browser is sent."""
    from xinzhi.dashboard.futures import _prepare
    from xinzhi.project import load_project

    feed = _prepare(load_project(ROOT), {}, "bench").feed
    head = json.loads(feed[4 : 4 + int.from_bytes(feed[:4], "little")])
    modules = sum(head[kind][0][1] for kind in ("quick", "strict"))
    assets = {path.name: path.stat().st_size for path in (ROOT / "src/xinzhi/dashboard/component").glob("workspace.*")}
    return Row(f"sent to a visitor: wasm {modules / 1000:.0f} kB of 400, component {sum(assets.values()) / 1000:.0f} kB of 150, "
               f"members {len(feed) / 1e6:.1f} MB")  # fmt: skip


def measure(size: Size) -> Iterator[Row]:
    yield sizes()
    os.environ.setdefault("XINZHI_CACHE", tempfile.mkdtemp())
    with serve() as address, launch_chromium() as browser:
        opened(browser, address).close()
        for part in (drag, release, native, start):
            yield from part(browser, address, size)
        yield from sessions(address, size.of(2, 10), size.of(1, 8), 2.0)


if __name__ == "__main__":
    main(measure)
