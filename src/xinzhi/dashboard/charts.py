"""The charts on the screen, drawn in the browser by the component (charts.js).

They stand in the live workspace, among the plain widgets, and for further indicators. A chart shows what
`xinzhi.show.charts` prints: history as dots, the baseline dashed, the scenario solid, the target as a star.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import streamlit as st

from xinzhi.analysis.verdict import threshold_level
from xinzhi.content.indicator import Indicator, Target, headline
from xinzhi.dashboard.comparison import Compared
from xinzhi.dashboard.markup import html_lang
from xinzhi.dashboard.mounts import draw_mount
from xinzhi.dashboard.session import View
from xinzhi.show import numbers


def draw_charts(view: View, indicator_ids: Sequence[str], others: Sequence[Compared]) -> None:
    """One chart an indicator, with the session's state, the baseline and ``others``."""
    charts = [chart_payload(view, view.content.indicators[key]) for key in indicator_ids]
    data = {
        "payload": {
            "lang": html_lang(view.lang),
            "words": chart_words(view),
            "years": list(view.current.times),
            "base": view.content.region.plan.base_year,
            "charts": charts,
        },
        "names": [it.name for it in others],
        "curves": [
            {
                "own": view.current.in_unit(key).tolist(),
                "compared": [it.run.in_unit(key).tolist() for it in others],
            }
            for key in indicator_ids
        ],
    }
    with st.container(key="charts"):
        draw_mount("charts-mount", data)


def chart_payload(view: View, indicator: Indicator) -> dict[str, Any]:
    """What stays on a chart while levers move. ``level`` (which meets the target), ``baseline`` and ``observed`` are in
    the declared unit, all (years,); ``unit`` is the axis' scale and name, ``flag`` what stands at the target's line,
    ``aim`` what is read out of it."""
    content, baseline = view.content, view.baseline.in_unit(indicator.id)
    series = content.history.series.get(indicator.id)
    seen = {} if series is None else {it.time: it for it in series.observations}
    targets = (*headline(content.targets), *content.targets.values())
    target = next((it for it in targets if it.indicator == indicator.id), None)
    level = None if target is None else threshold_level(target, view.baseline)
    observed = [float(seen[year].value) if year in seen else None for year in view.baseline.times]
    extremes = [*map(abs, baseline), *(abs(it) for it in (*observed, level) if it is not None)]
    factor, unit = numbers.axis(indicator.unit, view.lang, content.units, float(max(extremes)))
    return {
        "id": indicator.id,
        "title": indicator.name[view.lang],
        "unit": {"factor": factor, "axis": unit,
                 "decimals": max(indicator.decimals, min(2, round(-math.log10(factor))))},
        "year": content.region.plan.final_year if target is None else target.year,
        "flag": "" if target is None or level is None else _flag(view, target, level),
        "aim": "" if target is None or level is None else _aim(view, target, level),
        "level": level,
        "baseline": baseline.tolist(),
        "observed": observed,
        "known": [year in seen and seen[year].status == "published" for year in view.baseline.times],
    }  # fmt: skip


def _flag(view: View, target: Target, level: float) -> str:
    """The level, in its year: the axis shows levels, and a growth of 14% stands at none."""
    return numbers.level_flag(target, _level(view, target, level), view.lang, view.content.units)


def _aim(view: View, target: Target, level: float) -> str:
    said = numbers.target_flag(target, _level(view, target, level), view.lang, view.content.units)
    return said.replace("\n", "；" if view.lang == "zh" else "; ")


def _level(view: View, target: Target, level: float) -> str:
    indicator = view.content.indicators[target.indicator]
    return numbers.quantity(level, indicator.unit, indicator.decimals, view.lang, view.content.units)


def chart_words(view: View) -> dict[str, str]:
    """The charts' own words; {names} in braces are filled in the page."""
    t = view.t
    keep = {name: f"{{{name}}}" for name in ("title", "value", "unit", "year", "baseline", "aim")}
    return {
        "table": t("Table"),
        "year": t("Year"),
        "observed": t("Observed"),
        "baseline": t("Baseline"),
        "current": t("Current"),
        "outer": t("8 of 10 futures"),
        "inner": t("5 of 10 futures"),
        "published": t("Published"),
        "guessed": t("Estimated, assumed or not checked"),
        "target": t("Target"),
        "history": t("History, to {year}", year=view.content.region.plan.base_year),
        "chart": t("{title} in {year}: {value} {unit}, baseline {baseline}", **keep),
        "chart_aim": t("{title} in {year}: {value} {unit}, baseline {baseline}; {aim}", **keep),
    }
