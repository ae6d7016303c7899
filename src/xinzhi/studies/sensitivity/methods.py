"""The methods, what their inputs are ranked by and what is drawn of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from xinzhi.errors import ContentError, Problem, msg, nearest

Method = Literal["local", "morris", "sobol", "pawn", "regional"]
METHODS: tuple[Method, ...] = ("local", "morris", "sobol", "pawn", "regional")
MAIN: Mapping[Method, str] = {
    "local": "swing", "morris": "mu_star", "sobol": "ST", "pawn": "median", "regional": "distance",
}  # fmt: skip
PLOTS: Mapping[Method, tuple[str, ...]] = {
    "local": ("tornado", "spider"), "morris": ("tornado", "convergence"), "sobol": ("bars", "convergence"),
    "pawn": ("bars", "convergence"), "regional": ("bars",),
}  # fmt: skip


def find_method(written: str) -> Method:
    """The method of this name, or `ContentError` with the nearest."""
    for method in METHODS:
        if method == written:
            return method
    raise ContentError(Problem(None, msg('unknown method "{name}"', name=written[:60]), nearest(written[:60], METHODS)))


def find_plot(method: Method, plot: str | None) -> str:
    """The plot asked for, the method's first without one, or `ContentError` where the method has none such."""
    if plot is None or plot in PLOTS[method]:
        return plot or PLOTS[method][0]
    raise ContentError(
        Problem(None, msg('the method "{method}" has no plot "{plot}"', method=method, plot=plot[:60]),
                msg("allowed are: {names}", names=", ".join(PLOTS[method]))))  # fmt: skip
