"""What stands before Streamlit's server: the limits that hold for every client, whatever his browser or script does.

A browser's messages are passed on where a page like ours sends them, and paced, so that one visitor leaves time for the
others. Answers get headers, and the page a word to browsers that cannot show it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, MutableMapping
from typing import Any, Final

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from xinzhi.dashboard.old_browsers import with_a_word

MOST_SESSIONS = 200  # that are connected
LARGEST_MESSAGE = 256_000  # bytes of a browser's message; the page's own have some 10,000
LONGEST_QUEUE = 60  # seconds that a file may wait for its turn
MOST_FILES, MOST_FILES_OF_ALL = 3, 50  # uploaded ones that the server keeps, of 1 MB at most, for a session and for all
COSTS: Final = {
    "rerun_script": 1.0,
    "backend_operation_request": 4.0,  # a download is made
    "file_urls_request": 0.2,
    "stop_script": 0.2,
    "app_heartbeat": 0.2,
}
"""The messages that our page sends, and what each takes of a session's pace. Streamlit knows others: ``clear_cache``
would empty what all visitors share."""
AUTOMATIC = 0.1  # a fragment that runs by itself
OPERATIONS = ("deferred_file", "dataframe_chunk")
HEADERS: Final = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",
    b"content-security-policy": b"frame-ancestors 'self'; object-src 'none'; base-uri 'self'",
    b"referrer-policy": b"same-origin",
}
CLOSED = ("/_stcore/metrics",)
UPLOADS = "/_stcore/upload_file/"
_FILES = "file_uploader_state_value"

_log = logging.getLogger(__name__)


class Pace:
    """Lets ``at_once`` pass, then ``rate`` a second."""

    def __init__(self, rate: float, at_once: float) -> None:
        self._rate, self._most = rate, at_once
        self._left, self._seen = at_once, time.monotonic()

    def wait(self, cost: float) -> float:
        """The seconds to wait for something that takes ``cost``; it is counted."""
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._seen) * self._rate) - cost
        self._seen = now
        return max(0.0, -self._left / self._rate)


class Guard:
    """ASGI middleware around the whole server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._sessions = 0
        self._files: dict[tuple[str, str], None] = {}  # session and file, the newest last
        self._uploads = Pace(rate=0.2, at_once=20)  # of all sessions: each is read, and a page drawn again

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._session(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _session(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._sessions >= MOST_SESSIONS:
            _log.warning("%s sessions are connected; another is refused", self._sessions)
            await send({"type": "websocket.close", "code": 1013})
            return
        self._sessions += 1
        try:
            await self._app(scope, Inbox(receive, send, self._uploads).receive, send)
        finally:
            self._sessions -= 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].endswith(CLOSED):
            await _refuse(send, 404)
            return
        if scope["method"] == "PUT" and UPLOADS in scope["path"]:
            if self._uploads.wait(0) > LONGEST_QUEUE / 2:
                await _refuse(send, 429)
                return
            self._forget_files(*scope["path"].rpartition(UPLOADS)[2].partition("/")[::2])
        page = scope["method"] == "GET" and any(b"text/html" in it for it in _values(scope, b"accept"))
        if page:  # is changed on its way: not packed, and never "as you have it"
            unwanted = (b"accept-encoding", b"if-none-match", b"if-modified-since")
            scope = {**scope, "headers": [it for it in scope["headers"] if it[0] not in unwanted]}
        await self._app(scope, receive, Outbox(send, page).send)

    def _forget_files(self, session: str, file: str) -> None:
        """Make room for a file: a page shows one, and what was read of the others is kept by their sessions."""
        server = runtime.get_instance() if runtime.exists() else None
        if server is None or not server.is_active_session(session):  # refused by Streamlit
            return
        self._files.pop((session, file), None)
        self._files[session, file] = None
        own = [it for it in self._files if it[0] == session]
        for old in {*own[:-MOST_FILES], *list(self._files)[:-MOST_FILES_OF_ALL]}:
            del self._files[old]
            if isinstance(server.uploaded_file_mgr, MemoryUploadedFileManager):
                server.uploaded_file_mgr.remove_file(*old)


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*HEADERS.items()]})
    await send({"type": "http.response.body", "body": b""})


class Inbox:
    """What a browser sends to its session: the messages of our page alone, at a pace that leaves time for others."""

    def __init__(self, receive: Receive, send: Send, uploads: Pace) -> None:
        self._receive, self._send, self._uploads = receive, send, uploads
        self._own = Pace(rate=4, at_once=40)
        self._own_uploads = Pace(rate=0.2, at_once=6)
        self._files: tuple[str, ...] = ()

    async def receive(self) -> Message:
        while True:
            event = await self._receive()
            written = event.get("bytes")
            if event["type"] != "websocket.receive" or written is None:
                return event
            if len(written) > LARGEST_MESSAGE:
                _log.warning("a message of %s bytes is refused", len(written))
                await self._send({"type": "websocket.close", "code": 1009})
                return {"type": "websocket.disconnect", "code": 1009}
            try:
                message = BackMsg.FromString(written)
            except DecodeError:  # answered by Streamlit, which closes the connection
                return event
            if not _is_ours(message):
                _log.info("a message %s is left out", message.WhichOneof("type"))
                continue
            passed = self._waits_for_file(message)
            await asyncio.sleep(max(self._own.wait(_cost(message)), passed))
            return event if passed >= 0 else {**event, "bytes": message.SerializeToString()}

    def _waits_for_file(self, message: BackMsg) -> float:
        """The seconds until a file that this message brings may be read; below zero where it has been taken out."""
        files = tuple(_files(message.rerun_script))
        if not files or files == self._files:
            return 0
        if self._uploads.wait(0) > LONGEST_QUEUE:
            kept = [it for it in message.rerun_script.widget_states.widgets if it.WhichOneof("value") != _FILES]
            del message.rerun_script.widget_states.widgets[:]
            message.rerun_script.widget_states.widgets.extend(kept)
            return -1
        self._files = files
        return max(self._own_uploads.wait(1), self._uploads.wait(1))


def _is_ours(message: BackMsg) -> bool:
    """Whether a page like ours sends such a message."""
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        return message.backend_operation_request.WhichOneof("payload") in OPERATIONS
    if kind == "file_urls_request":
        return len(message.file_urls_request.file_names) <= MOST_FILES
    return kind in COSTS


def _cost(message: BackMsg) -> float:
    asked = message.rerun_script
    return AUTOMATIC if asked.is_auto_rerun and asked.fragment_id else COSTS[message.WhichOneof("type") or ""]


def _files(asked: ClientState) -> Iterable[str]:
    for widget in asked.widget_states.widgets:
        if widget.WhichOneof("value") == _FILES:
            yield from (it.file_id for it in widget.file_uploader_state_value.uploaded_file_info)


class Outbox:
    """An answer by HTTP: with headers, and where it is the page, with a word to old browsers."""

    def __init__(self, send: Send, page: bool) -> None:
        self._send, self._page = send, page
        self._start: MutableMapping[str, Any] | None = None
        self._body: list[bytes] = []

    async def send(self, event: Message) -> None:
        if event["type"] == "http.response.start":
            kept = [(name, value) for name, value in event["headers"] if name.lower() not in HEADERS]
            event = {**event, "headers": [*kept, *HEADERS.items()]}
            if self._page and any(name == b"content-type" and b"text/html" in value for name, value in kept):
                self._start = event
                return
        elif self._start is not None and event["type"] == "http.response.body":
            self._body.append(event.get("body", b""))
            if event.get("more_body"):
                return
            body = with_a_word(b"".join(self._body))
            own = (b"content-length", b"etag", b"last-modified")
            headers = [(name, value) for name, value in self._start["headers"] if name not in own]
            start = {**self._start, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
            self._start = None
            await self._send(start)
            event = {"type": "http.response.body", "body": body}
        await self._send(event)


def _values(scope: Scope, wanted: bytes) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == wanted]
