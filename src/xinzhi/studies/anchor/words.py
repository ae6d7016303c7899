"""Anchored constants as a table, sentences and records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinzhi.content.anchor_file import Anchor, Yardstick
from xinzhi.content.content import Content
from xinzhi.show.numbers import quantity, significant
from xinzhi.show.status import status_word
from xinzhi.show.words import t
from xinzhi.studies.anchor.anchoring import Anchored, Anchoring
from xinzhi.studies.table import Column, Lines, Part, Table


def anchor_parts(content: Content, anchoring: Anchoring, lang: str) -> list[Part]:
    """Each anchored constant and its statistic before and after, and what is doubtful about it."""
    statistics = [item for item in anchoring if isinstance(item.anchor, Anchor)]
    lines = [t("{count} constants follow the model's own values.", lang, count=len(anchoring) - len(statistics))]
    missed, left = sum(not item.met for item in anchoring), sum(item.beyond for item in anchoring)
    if missed:
        lines.append(
            t(
                "{missed} of {all} cannot be met: two figures contradict each other, or one is of another place. "
                "Correct them, or take the anchor out; --write --force writes all the same.",
                lang,
                missed=missed,
                all=len(anchoring),
            )
        )
    if left:
        lines.append(t("{count} constants leave their range: look at the figures that ask for it.", lang, count=left))
    return [anchored_table(content, statistics, lang).cells(), Lines(lines)]


def anchored_table(content: Content, rows: Sequence[Anchored], lang: str) -> Table[Anchored]:
    """A row a constant, in the model's unit; what it meets is in the indicator's unit, or the model's.

    Read is a constant that is anchored to a statistic.
    """
    columns = (
        Column[Anchored]("constant", lambda it: it.anchor.constant, t("Constant", lang), lambda it: it.anchor.constant),
        Column[Anchored]("old", lambda it: it.old, t("Value", lang),
                         lambda it: f"{significant(it.old, 5)} → {significant(it.new, 5)}"),
        Column[Anchored]("new", lambda it: it.new),
        Column[Anchored]("range", None, t("Range", lang), lambda it: _range(it, lang)),
        Column[Anchored]("status", lambda it: it.status),
        Column[Anchored]("of", lambda it: _met_by(it), t("Statistic", lang),
                         lambda it: f"{_name(content, it.anchor, lang)} {_year(it.anchor)}"),
        Column[Anchored]("name", lambda it: _name(content, it.anchor, lang)),
        Column[Anchored]("unit", lambda it: _unit(content, it.anchor)),
        Column[Anchored]("year", lambda it: _year(it.anchor)),
        Column[Anchored]("base_figure", None, t("Base figure", lang), lambda it: _base_status(it.anchor, lang)),
        Column[Anchored]("wanted", lambda it: it.wanted, t("Observed", lang),
                         lambda it: _value(content, it.anchor, it.wanted, lang)),
        Column[Anchored]("before", lambda it: it.before, t("Before", lang),
                         lambda it: _value(content, it.anchor, it.before, lang)),
        Column[Anchored]("after", lambda it: it.after, t("After", lang),
                         lambda it: _value(content, it.anchor, it.after, lang)),
        Column[Anchored]("met", lambda it: it.met, t("Verdict", lang),
                         lambda it: t("● met", lang) if it.met else t("○ not met", lang)),
    )  # fmt: skip
    return Table(t("Anchored to the statistics", lang), columns, rows)


def _met_by(item: Anchored) -> str:
    """The indicator, or the variable of the model, that the constant is to meet."""
    return item.anchor.indicator if isinstance(item.anchor, Anchor) else item.anchor.variable


def _name(content: Content, anchor: Anchor | Yardstick, lang: str) -> str:
    return content.indicators[anchor.indicator].name[lang] if isinstance(anchor, Anchor) else anchor.variable


def _unit(content: Content, anchor: Anchor | Yardstick) -> str:
    if isinstance(anchor, Anchor):
        return content.indicators[anchor.indicator].unit
    return content.model.variables[anchor.variable].unit


def _year(anchor: Anchor | Yardstick) -> int:
    return anchor.observed.time if isinstance(anchor, Anchor) else anchor.year


def _base_status(anchor: Anchor | Yardstick, lang: str) -> str:
    return status_word(anchor.observed.status, lang) if isinstance(anchor, Anchor) else "—"


def _value(content: Content, anchor: Anchor | Yardstick, value: float, lang: str) -> str:
    if not isinstance(anchor, Anchor):
        return significant(value, 5)
    indicator = content.indicators[anchor.indicator]
    return quantity(value, indicator.unit, indicator.decimals, lang, content.units)


def _range(item: Anchored, lang: str) -> str:
    if item.low is None or item.high is None:
        return "—"
    span = f"{significant(item.low, 4)} … {significant(item.high, 4)}"
    return f"{span} " + t("outside", lang) if item.beyond else span


def anchor_records(content: Content, anchoring: Anchoring, lang: str) -> list[dict[str, Any]]:
    """Constants in the model's unit; what they meet in the indicator's, or the model's."""
    return anchored_table(content, anchoring, lang).records()
