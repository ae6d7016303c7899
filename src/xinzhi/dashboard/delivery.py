"""What a fragment has drawn is on its way to the browser before its next run begins."""

from __future__ import annotations

from concurrent.futures import Future
from time import monotonic, sleep

from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx

PATIENCE = 5.0  # seconds


def wait_until_delivered() -> None:
    """Wait until all that has been drawn is on its way to the browser, `PATIENCE` seconds at most. Never raises.

    Where a fragment's run begins, Streamlit drops what the run before has drawn of the fragment and not sent yet, but
    lets the browser hear that that run ended well: the browser then takes the fragment's widgets away and mounts them
    anew, without the keyboard's focus and at their lowest values. Streamlit has no public call for this.
    """
    context = get_script_run_ctx()
    if context is None or not runtime.exists():
        return
    end = monotonic() + PATIENCE
    try:
        while monotonic() < end:
            info = runtime.get_instance()._session_mgr.get_active_session_info(context.session_id)
            if info is None or _is_empty(info.session).result(PATIENCE):  # no browser is there, or it has all
                return
            sleep(0.005)
    except (AttributeError, RuntimeError, TimeoutError):  # AppTest, another Streamlit, the server ends
        return


def _is_empty(session: AppSession) -> Future[bool]:
    """Whether a session's queue is empty, answered by its event loop once it has queued all that was drawn before."""
    answer = Future[bool]()
    session._event_loop.call_soon_threadsafe(lambda: answer.set_result(session._browser_queue.is_empty()))
    return answer
