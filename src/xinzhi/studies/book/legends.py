"""What the lines and boxes of the book's diagrams mean, in words."""

from __future__ import annotations

from xinzhi.show.words import t


def overview_legend(least: int, most: int, lang: str) -> str:
    return t(
        "An arrow: variables of one sector are read in the other; the thicker, the more. Drawn are each sector's "
        "{most} strongest inputs with at least {least} links, and the strongest in any case; the number is that of the "
        "sector's variables. Every page lists them all.",
        lang,
        most=most,
        least=least,
    )


def stocks_legend(lang: str) -> str:
    return t(
        "Blue box: stock. Yellow hexagon: flow, on the double line that fills or drains a stock. Dashed grey box: "
        "variable of another sector. Constants are left out.",
        lang,
    )


def links_legend(lang: str) -> str:
    return t(
        "Blue arrow: both move the same way. Red dashed arrow: opposite ways. Grey arrow: either, by the state of the "
        "model; dotted: at the start alone, or not seen in any run. Green box: lever. Dashed grey box: variable of "
        "another sector or picture. The directions are computed from the equations.",
        lang,
    )


def loops_legend(lang: str) -> str:
    return t(
        "R reinforces, B balances. An arrow stands for a path of equations; its sign is computed from them: + both "
        "move the same way, − opposite ways, ± either, by the state of the model. L is a limit or an influence of one "
        "direction that closes no loop. Below each picture stands the whole path.",
        lang,
    )
