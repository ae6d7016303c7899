"""The page's real server and a real Chromium, for the browser tests and for the documents' pictures."""

from __future__ import annotations

import importlib.util
import os
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

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{pip}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@contextmanager
def serve() -> Iterator[str]:
    """The page's server on a free port; its address. Stopped at the end."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true",
         "--server.address", "127.0.0.1"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
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
