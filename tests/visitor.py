"""A planner's browser as the server sees it: the page's websocket, without a browser; and the server to visit."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


class Visitor:
    """One session, open inside ``with``. ``page`` is its address, such as http://127.0.0.1:8501/xinzhi."""

    def __init__(self, page: str, query: str = "lang=en&ui=native") -> None:
        self._query = query
        self._moved: dict[str, float] = {}
        self.sliders: dict[str, Any] = {}
        self.failures: list[str] = []
        self.theme: Any = None
        self._connection = open_websocket(page, "/".join(page.split("/")[:3]))

    def __enter__(self) -> Visitor:
        self._socket = self._connection.__enter__()
        self.status = self._socket.response.status_code
        self.run()
        return self

    def __exit__(self, *reason: Any) -> None:
        self._connection.__exit__(*reason)

    def run(self) -> float:
        """Run the page's script with what was moved so far; the seconds until its last message."""
        message = BackMsg()
        message.rerun_script.query_string = self._query
        for widget, value in self._moved.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id = widget
            state.double_array_value.data.append(value)
        start = time.perf_counter()
        self._socket.send(message.SerializeToString())
        while True:
            received = ForwardMsg.FromString(self._socket.recv(timeout=120, decode=False))
            kind = received.WhichOneof("type")
            if kind == "new_session":
                self.theme = received.new_session.custom_theme
            elif kind == "delta":
                self._note(received.delta.new_element)
            elif kind == "script_finished":
                return time.perf_counter() - start

    def _note(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "slider":
            self.sliders[element.slider.id] = element.slider
        elif kind == "exception":
            self.failures.append(element.exception.message)

    def move(self, position: int, share: float) -> float:
        """Move the slider at ``position`` to a ``share`` of its range; the seconds until the page is drawn again."""
        slider = list(self.sliders.values())[position % len(self.sliders)]
        steps = round((slider.max - slider.min) * share / slider.step)
        self._moved[slider.id] = slider.min + steps * slider.step
        return self.run()


def open_websocket(page: str, origin: str) -> Any:
    """The page's websocket, asked for by a page of ``origin``; to be entered with ``with``."""
    address = f"ws{page.removeprefix('http')}/_stcore/stream"
    return connect(address, origin=origin, subprotocols=["streamlit"], max_size=None, open_timeout=30, proxy=None)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(command: Sequence[str], health: str, **settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A server, until it answers at ``health``; stopped in any case when the block is left."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, **settings)
    try:
        wait_for(health, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)


def wait_for(address: str, process: subprocess.Popen[bytes], seconds: float = 40) -> None:
    until = time.monotonic() + seconds
    while True:
        assert process.poll() is None, f"the server has stopped with {process.returncode}"
        try:
            body = fetch(address)
        except OSError:
            assert time.monotonic() < until, f"no answer from {address} in {seconds} s"
            time.sleep(0.1)
        else:
            assert body == b"ok", body
            return


def fetch(address: str) -> bytes:
    """A page by HTTP, never through a proxy that the environment names."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=10) as answer:
        return bytes(answer.read())


def app_command(port: int, *arguments: str, python: str | Path = sys.executable) -> list[str]:
    return [str(python), "-m", "xinzhi", "app", "--headless", "--port", str(port), *arguments]
