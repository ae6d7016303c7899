"""Anchored constants as a table, sentences and records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinzhi.content.anchor_file import Anchor
from xinzhi.content.content import Content
from xinzhi.show.numbers import quantity, significant
from xinzhi.show.screen import console
from xinzhi.show.status import status_word
from xinzhi.show.tables import print_table
from xinzhi.show.words import N_, t
from xinzhi.studies.anchor.anchoring import Anchored

ANCHOR_COLUMNS = (N_("Constant"), N_("Value"), N_("Range"), N_("Statistic"), N_("Base figure"), N_("Observed"),
                  N_("Before"), N_("After"), N_("Verdict"))  # fmt: skip


def print_anchors(content: Content, anchored: Sequence[Anchored], lang: str) -> None:
    """Each anchored constant and its statistic before and after, and what is doubtful about it."""
    columns = [t(word, lang) for word in ANCHOR_COLUMNS]
    rows = [_anchor_row(content, item, item.anchor, lang) for item in anchored if isinstance(item.anchor, Anchor)]
    print_table(t("Anchored to the statistics", lang), columns, rows)
    told = [t("{count} constants follow the model's own values.", lang, count=len(anchored) - len(rows))]
    missed, left = sum(not item.met for item in anchored), sum(item.beyond for item in anchored)
    if missed:
        told.append(
            t(
                "{missed} of {all} cannot be met: two figures contradict each other, or one is of another place. "
                "Correct them, or take the anchor out; --force writes all the same.",
                lang,
                missed=missed,
                all=len(anchored),
            )
        )
    if left:
        told.append(t("{count} constants leave their range: look at the figures that ask for it.", lang, count=left))
    for line in told:
        console().print(line)


def _anchor_row(content: Content, item: Anchored, anchor: Anchor, lang: str) -> tuple[str, ...]:
    indicator, observed = content.indicators[anchor.indicator], anchor.observed
    outside = t("outside", lang)
    span = "—" if item.low is None or item.high is None else f"{significant(item.low, 4)} … {significant(item.high, 4)}"
    return (
        item.anchor.constant,
        f"{significant(item.old, 5)} → {significant(item.new, 5)}",
        f"{span} {outside}" if item.beyond else span,
        f"{indicator.name[lang]} {observed.time}",
        status_word(observed.status, lang),
        *(
            quantity(value, indicator.unit, indicator.decimals, lang, content.units)
            for value in (item.wanted, item.before, item.after)
        ),
        t("● met", lang) if item.met else t("○ not met", lang),
    )


def anchor_records(content: Content, anchored: Sequence[Anchored], lang: str) -> list[dict[str, Any]]:
    """``xinzhi anchor --json``: constants in the model's unit; what they meet in the indicator's, or the model's."""
    records = []
    for item in anchored:
        it = item.anchor
        if isinstance(it, Anchor):
            indicator = content.indicators[it.indicator]
            of = {"of": it.indicator, "name": indicator.name[lang], "unit": indicator.unit, "year": it.observed.time}
        else:
            of = {
                "of": it.variable,
                "name": it.variable,
                "unit": content.model.variables[it.variable].unit,
                "year": it.year,
            }
        record = {"constant": it.constant, "old": item.old, "new": item.new, "status": item.status, **of}
        records.append(record | {"wanted": item.wanted, "before": item.before, "after": item.after, "met": item.met})
    return records
