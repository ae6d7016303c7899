"""Pictures that matplotlib draws, on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIXELS = 96  # of an inch


def draw_picture(name: str, draw: Callable[[], Figure], key: tuple[object, ...], alt: str) -> None:
    """The picture called ``name``; ``key`` is all that it is made of, ``alt`` says it in words.

    On a narrow screen its letters stay legible, and it scrolls in its own box.
    """
    image, width = _rendered(draw, (name, *key))
    with st.container(key=f"picture-{name}"):
        st.image(image, width=width, alt=alt)


@st.cache_data(max_entries=32, show_spinner=False)
def _rendered(_draw: Callable[[], Figure], key: tuple[object, ...]) -> tuple[bytes, int]:  # noqa: ARG001
    """The file and its width on the page."""
    from xinzhi.show.charts import render

    figure = _draw()
    return render(figure, "png"), round(float(figure.get_size_inches()[0]) * PIXELS)
