"""Parts of the page that are drawn, and reckoned, when they are opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from xinzhi.dashboard.markup import draw_notice
from xinzhi.dashboard.session import Notice, View, worded
from xinzhi.errors import XinzhiError, msg


def draw_expanders(
    view: View, parts: Mapping[str, tuple[str, Callable[[View], None]]], mild: tuple[type[XinzhiError], ...] = (),
    opened: str = "",
) -> None:  # fmt: skip
    """An expander a part, with its name and how it is drawn, by key; what a closed one holds is not reckoned.

    The one with the key ``opened`` is open at the start. What cannot be reckoned is told in its place: as an error, or
    as information where the error is one of ``mild``.
    """
    for key, (name, draw) in parts.items():
        box = st.expander(name, expanded=key == opened, key=worded(key), on_change="rerun")
        if box.open:
            with box:
                try:
                    draw(view)
                except XinzhiError as error:
                    kind = "info" if isinstance(error, mild) else "error"
                    draw_notice(Notice(kind, msg("This cannot be shown."), tuple(error.problems)), view.lang)
