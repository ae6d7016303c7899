"""The component's mounts: a few lines of script each, whose data change with every move, and one for the code.

Streamlit sends an element whole, script and all, whenever its data change; so the code comes in a mount of its own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

ASSETS = Path(__file__).parent / "component"


@cache
def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def draw_mount(key: str, data: dict[str, Any], **triggers: Any) -> None:
    """A mount that hands ``data`` to the code; ``triggers`` are what is called when it sends something."""
    mount = st.components.v2.component(
        "xinzhi_mount", html='<div class="xw-host"></div>', js=_asset("loader.js"), isolate_styles=False
    )
    mount(key=key, data=data, height="content", **triggers)


def draw_code(key: str, data: Any) -> None:
    """A mount that is sent once: the script and what does not change (see mounts.js)."""
    code = st.components.v2.component(
        "xinzhi_code", html="<i></i>", css=_asset("workspace.css"), js=_asset("workspace.js"), isolate_styles=False
    )
    code(key=key, data=data, height=1)
