"""A planner's browser on the live page as the server sees it: levers go out by the component's trigger, settled odds come
back in its data."""

from __future__ import annotations

import json
import time
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from visitor import open_websocket


class LiveVisitor:
    """One session, open inside ``with``. ``sent`` and ``settled``: the newest revision that went out, and came back."""

    def __init__(self, page: str, query: str = "lang=en") -> None:
        self._query, self._connection = query, open_websocket(page, "/".join(page.split("/")[:3]))
        self.data: dict[str, Any] = {}
        self.widget = ""
        self.sent = 0

    @property
    def settled(self) -> int:
        return int(self.data.get("rev", 0))

    def __enter__(self) -> LiveVisitor:
        self._socket = self._connection.__enter__()
        self._ask({})
        until = time.monotonic() + 60
        while not self.data.get("settled", {}).get("odds"):  # the members are made after the first drawing
            assert time.monotonic() < until, "no odds in a minute"
            time.sleep(0.5)
            self._ask({})
        return self

    def __exit__(self, *reason: Any) -> None:
        self._connection.__exit__(*reason)

    def release(self, lever: str, value: float) -> float:
        """Let a lever go at a value in its declared unit; the seconds until odds for it are there."""
        self.sent += 1
        settings = {**self.data["settings"], lever: [value, *self.data["settings"][lever][1:]]}
        start = time.perf_counter()
        self._ask({"event": "released", "value": {"rev": self.sent, "settings": settings}}, until=self.sent)
        took = time.perf_counter() - start
        assert self.data["settings"][lever][0] == value and self.data["settled"]["odds"]
        self._rest()
        return took

    def _ask(self, trigger: dict[str, Any], until: int | None = None) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        if trigger:
            state = message.rerun_script.widget_states.widgets.add()
            state.id = f"$$STREAMLIT_INTERNAL_KEY_{self.widget}__events"
            state.json_trigger_value = json.dumps([trigger])
        self._socket.send(message.SerializeToString())
        while True:
            received = ForwardMsg.FromString(self._socket.recv(timeout=120, decode=False))
            kind = received.WhichOneof("type")
            if kind == "delta" and received.delta.new_element.WhichOneof("type") == "bidi_component":
                self._note(received.delta.new_element.bidi_component)
                if until is not None and self.settled == until:
                    return
            if kind == "script_finished":
                return

    def _rest(self) -> None:
        """Read to the end of the script that is running."""
        while (
            ForwardMsg.FromString(self._socket.recv(timeout=120, decode=False)).WhichOneof("type") != "script_finished"
        ):
            pass

    def _note(self, component: Any) -> None:
        if component.id.endswith("-workspace"):
            self.data = json.loads(component.json)
            self.widget = component.id
