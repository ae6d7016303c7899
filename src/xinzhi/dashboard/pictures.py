"""Pictures that matplotlib draws, on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from xinzhi.dashboard.markup import draw_html, on_demand, table_html
from xinzhi.dashboard.session import View
from xinzhi.show.matrix import Matrix

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIXELS = 96  # of an inch
MATRIX_WIDTH = 900


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


def draw_matrix(view: View, matrix: Matrix) -> None:
    """A matrix as a picture, and its table twin on demand."""
    st.image(_drawn(matrix), width=MATRIX_WIDTH, alt=matrix.title)
    rows = [(name, *texts) for name, texts in zip(matrix.rows, matrix.texts, strict=True)]
    twin = table_html(("", *matrix.columns), rows, matrix.title)
    draw_html(on_demand(view.t("As a table"), twin), view.lang)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Matrix: repr})
def _drawn(matrix: Matrix) -> bytes:
    from xinzhi.show import matrix_drawing
    from xinzhi.show.charts import render

    return render(matrix_drawing.draw_matrix(matrix), "png")
