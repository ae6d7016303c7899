"""The page as it is served: Streamlit's server behind `guard`, for ``python -m xinzhi.dashboard``."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import FrameType

from starlette.middleware import Middleware
from streamlit.starlette import App

from xinzhi.dashboard.faults import tell
from xinzhi.dashboard.guard import Guard

PATIENCE = 3.0  # seconds between the wish that the server ends and its end


@asynccontextmanager
async def lifetime(_app: App) -> AsyncIterator[None]:
    """While it runs, a signal that ends the server ends it in time, whatever its sessions do."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            _in_time(number)
    yield


def _in_time(number: signal.Signals) -> None:
    gracefully = signal.getsignal(number)

    def end(signal_number: int, frame: FrameType | None) -> None:
        last = threading.Timer(PATIENCE, os._exit, (0,))
        last.daemon = True
        last.start()
        if callable(gracefully):
            gracefully(signal_number, frame)

    signal.signal(number, end)


app = App(Path(__file__).with_name("page.py"), middleware=[Middleware(Guard)], on_script_error=tell, lifespan=lifetime)
