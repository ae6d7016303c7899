"""A client that means harm: the page's websocket and its uploads, without a browser and without its rules."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from visitor import open_websocket


class Attacker:
    """One session, open inside ``with``; ``said`` is all the text of what the page has shown since its last run."""

    def __init__(self, page: str, query: str = "lang=en&ui=native") -> None:
        self._page, self._query = page, query
        self._connection = open_websocket(page, "/".join(page.split("/")[:3]))
        self._files = 0
        self.said = ""
        self.session = ""
        self.uploader = ""
        self.workspace = ""

    def __enter__(self) -> Attacker:
        self.socket = self._connection.__enter__()
        self.run(BackMsg())
        return self

    def __exit__(self, *reason: Any) -> None:
        self._connection.__exit__(*reason)

    def run(self, message: BackMsg) -> None:
        """Have the page's script run with this message, to its end."""
        if not message.rerun_script.query_string:
            message.rerun_script.query_string = self._query
        self.socket.send(message.SerializeToString())
        self.said = ""
        while True:
            received = ForwardMsg.FromString(self.socket.recv(timeout=120, decode=False))
            kind = received.WhichOneof("type")
            if kind == "new_session":
                self.session = received.new_session.initialize.session_id
            elif kind == "delta":
                self.said += str(received.delta.new_element)
                self._note(received.delta.new_element)
            elif kind == "script_finished":
                return

    def _note(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "file_uploader":
            self.uploader = element.file_uploader.id
        elif kind == "bidi_component" and element.bidi_component.id.endswith("-workspace"):
            self.workspace = element.bidi_component.id

    def put(self, written: bytes, name: str = "x.yaml") -> int:
        """Send a file; the answer's status. The page does not hear of it yet."""
        self._files += 1
        with urllib.request.urlopen(f"{self._page}/_stcore/health") as answer:
            token = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
        head = f'--x\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\nContent-Type: text/yaml\r\n\r\n'
        body = head.encode() + written + b"\r\n--x--\r\n"
        host, _, base = self._page.removeprefix("http://").partition("/")
        connection = HTTPConnection(host, timeout=60)
        path = f"{base and '/'}{base}/_stcore/upload_file/{self.session}/f{self._files}"
        connection.putrequest("PUT", path)
        for header, value in {
            "Content-Type": "multipart/form-data; boundary=x",
            "Content-Length": str(len(body)),
            "Cookie": f"_streamlit_xsrf={token}",
            "X-Xsrftoken": token,
        }.items():
            connection.putheader(header, value)
        connection.endheaders()
        with suppress(ConnectionError):  # refused, and answered, before all is sent
            connection.send(body)
        status = connection.getresponse().status
        connection.close()
        return status

    def upload(self, written: bytes, name: str = "x.yaml") -> int:
        """Send a file and have the page read it; the answer's status."""
        status = self.put(written, name)
        if status < 300:
            message = BackMsg()
            state = message.rerun_script.widget_states.widgets.add()
            state.id = self.uploader
            file = state.file_uploader_state_value.uploaded_file_info.add()
            file.file_id, file.name, file.size = f"f{self._files}", name, len(written)
            self.run(message)
        return status

    def trigger(self, *events: object) -> None:
        """What the live page's component is said to have sent."""
        self.send_trigger(json.dumps(list(events)))

    def send_trigger(self, written: str) -> None:
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id = f"$$STREAMLIT_INTERNAL_KEY_{self.workspace}__events"
        state.json_trigger_value = written
        self.run(message)


def hostile_files(size: int) -> Sequence[bytes]:
    """Files of nearly ``size`` bytes, each made to take as long as it can."""

    def filled(start: str, more: str) -> str:
        return (start + more * (size // len(more.encode())))[: size - 10]

    head = "name: {zh: a, en: a}\nnarrative: {zh: a, en: a}\n"
    written = [
        filled("a: ", "["), filled("a: ", "{"), filled("a: [", "[],"), filled("a: " + "[" * 15, "[],"),
        filled("", "- "), filled("", "? "), filled("a: [", "1,"), filled("a: {", "a,"), filled("a:\n", "- 1\n"),
        filled("a: ", "x y "), filled("a: ", "x\n "), filled('a: "', "x\n "), filled('a: "', "\\x41"),
        filled("a: |\n", "  x\n"), filled("", "#\n"), filled("", "\n"), filled("", " "), filled("", ": "),
        filled("a: !", "x"), filled("a: &", "x"), filled("", "%a\n"), filled("", "---\n"), filled("", "a: |\n"),
        filled("a", ":"), filled('"', "x"), filled(head + "levers:\n  pr: '", "9 "), filled(head + "levers:\n  pr: ", "9"),
        head + "levers:\n" + "".join(f"  public_rd_growht{it}: 3\n" for it in range(size // 28)),
        head + "levers:\n" + "".join(f"  public_rd_growht{it}: 3\n" for it in range(950)),
        "".join(f"{'narrativ' * 4}{it}: 3\n" for it in range(950)),
        "".join(f"k{it}: {it}\n" for it in range(size // 14)),
        "a: {" + ",".join(f"k{it}: 1" for it in range(size // 11)) + "}",
        "".join(f"{' ' * it}a:\n" for it in range(int((1.9 * size) ** 0.5))),
    ]  # fmt: skip
    return [it.encode() for it in written]
