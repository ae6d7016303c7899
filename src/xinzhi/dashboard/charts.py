"""The charts on the screen: every panel in one ECharts canvas, which redraws faster than one element a chart.

A panel shows what `xinzhi.show.charts` prints: history as dots, the model's hindcast, then baseline (dashed, grey) and
current (solid, blue), the target as a star with its level. Lengths are pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from xinzhi.dashboard.markup import draw_html
from xinzhi.dashboard.panels import (
    FLAG_MARGIN,
    LABEL,
    LINE,
    PLOT_HEIGHT,
    Panel,
    clearest_place,
    make_panel,
    pixels,
    target_words,
)
from xinzhi.dashboard.session import View
from xinzhi.show import numbers
from xinzhi.simulate import FloatArray

CURRENT, BASELINE, HINDCAST, INK, FAINT, SHADE = "#0072B2", "#767676", "#4D4D4D", "#222222", "#555555", "#F2F2F2"
FONTS = '"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif'
ROW, PLOT_TOP = 246, 56
STAR = "path://M0,-10L2.9,-3.6L9.5,-3.1L4.5,1.5L6,8.1L0,4.6L-6,8.1L-4.5,1.5L-9.5,-3.1L-2.9,-3.6Z"


@dataclass(frozen=True)
class _Layout:
    """Columns, and within a column the shares of its width: left of the plot, plot; ``widest`` chart it is for.

    ``name`` is how wide an indicator's name may be before it breaks: less than a column of the narrowest such chart.
    """

    columns: int
    left: float
    plot: float
    widest: int | None
    name: int


LAYOUTS = (
    _Layout(1, 0.13, 0.67, 560, 320),
    _Layout(2, 0.13, 0.69, 860, 270),
    _Layout(3, 0.12, 0.70, 1080, 275),
    _Layout(3, 0.12, 0.70, None, 345),
)


def draw_charts(view: View, indicator_ids: Sequence[str]) -> None:
    """One panel an indicator; three, two or one beside each other as the screen is wide."""
    panels = [make_panel(view, view.content.indicators[key]) for key in indicator_ids]
    draw_html(_legend(view), view.lang)
    heights = "".join(
        f"@container charts (max-width:{layout.widest}px){{.st-key-charts div:has([data-testid=stEChartsChart]),"
        f".st-key-charts [data-testid=stEChartsChart]{{height:{_height(len(panels), layout)}px!important}}}}"
        for layout in reversed(LAYOUTS[:-1])
    )
    st.html(f"<style>{heights}</style>")
    with st.container(key="charts"):
        st.echarts_chart(
            _option(view, panels),
            height=_height(len(panels), LAYOUTS[-1]),
            theme=None,
            key="chart",
            alt=_in_words(view, panels),
        )


def _height(count: int, layout: _Layout) -> int:
    return math.ceil(count / layout.columns) * ROW


def _option(view: View, panels: Sequence[Panel]) -> dict[str, Any]:
    """ECharts' option: panel number i has grid, axes and titles number i."""
    years = [numbers.year(year) for year in view.current.times]
    wide = _places(panels, LAYOUTS[-1])
    media = [
        {"query": _query(position), "option": _places(panels, layout)} for position, layout in enumerate(LAYOUTS[:-1])
    ]
    base = {
        "animation": False,
        "textStyle": {"fontFamily": FONTS, "color": INK, "fontSize": LABEL},
        "tooltip": {"trigger": "axis", "confine": True, "textStyle": {"fontSize": 12}},
        "grid": wide["grid"],
        "title": [_merged(where, text) for where, text in zip(wide["title"], _title_texts(view, panels), strict=True)],
        "xAxis": [_x_axis(position, years) for position in range(len(panels))],
        "yAxis": [_y_axis(position, panel) for position, panel in enumerate(panels)],
        "series": [line for position, panel in enumerate(panels) for line in _series(view, position, panel)],
    }
    return {"baseOption": base, "media": [*media, {"option": wide}]}


def _merged(where: dict[str, Any], text: dict[str, Any]) -> dict[str, Any]:
    return {**where, **text, "textStyle": {**where.get("textStyle", {}), **text["textStyle"]}}


def _query(position: int) -> dict[str, int]:
    query = {"maxWidth": LAYOUTS[position].widest or 0}
    return query if position == 0 else {**query, "minWidth": (LAYOUTS[position - 1].widest or 0) + 1}


def _places(panels: Sequence[Panel], layout: _Layout) -> dict[str, Any]:
    """Where the plots and their titles are: name and unit of a panel, and the head of its labels on the right."""
    cell = 100 / layout.columns
    grids, titles = [], []
    for position in range(len(panels)):
        row, column = divmod(position, layout.columns)
        top, left = row * ROW, column * cell
        plot_left, plot = left + layout.left * cell, layout.plot * cell
        grids.append(
            {"left": f"{plot_left:.2f}%", "width": f"{plot:.2f}%", "top": top + PLOT_TOP, "height": PLOT_HEIGHT}
        )
        name = {"width": layout.name, "overflow": "break"}
        titles.append({"left": f"{left + 0.01 * cell:.2f}%", "top": top, "padding": 0, "textStyle": name})
        titles.append({"left": f"{plot_left + plot:.2f}%", "top": top + PLOT_TOP - 26, "padding": [0, 0, 0, 6]})
    return {"grid": grids, "title": titles}


def _title_texts(view: View, panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """A panel's name and unit, and what its labels on the right are for."""
    head = view.t("in {year}", year=view.content.region.plan.final_year)
    small = {"fontSize": LABEL, "fontWeight": "normal", "color": FAINT, "fontFamily": FONTS}
    name = {"fontSize": 13, "lineHeight": 16, "fontWeight": "bold", "color": INK, "fontFamily": FONTS}
    texts: list[dict[str, Any]] = []
    for panel in panels:
        texts.append(
            {
                "text": panel.indicator.name[view.lang],
                "textStyle": name,
                "subtext": panel.unit,
                "subtextStyle": small,
                "itemGap": 4,
            }
        )
        texts.append({"text": head, "textStyle": small})
    return texts


def _x_axis(position: int, years: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "category",
        "gridIndex": position,
        "data": list(years),
        "boundaryGap": False,
        "axisLabel": {"interval": 4, "color": FAINT, "fontSize": LABEL, "hideOverlap": True},
        "axisTick": {"show": True, "interval": 0, "length": 3, "lineStyle": {"color": "#999999"}},
        "axisLine": {"onZero": False, "lineStyle": {"color": "#999999"}},
    }


def _y_axis(position: int, panel: Panel) -> dict[str, Any]:
    low, high, step = panel.limits
    return {
        "type": "value",
        "gridIndex": position,
        "min": low,
        "max": high,
        "interval": step,
        "axisLabel": {"color": FAINT, "fontSize": LABEL},
        "splitLine": {"lineStyle": {"color": "#E3E3E3"}},
    }


def _series(view: View, position: int, panel: Panel) -> list[dict[str, Any]]:
    """Dots, lines, the target and the labels of one panel."""
    times, plan = view.current.times, view.content.region.plan
    shared = {
        "xAxisIndex": position,
        "yAxisIndex": position,
        "tooltip": {"valueFormatter": f"%,.{panel.digits}f"},
        "symbol": "none",
    }

    def line(name: str, values: FloatArray, inside: Sequence[bool], **style: Any) -> dict[str, Any]:
        data = [[str(time), float(value)] for time, value, keep in zip(times, values, inside, strict=True) if keep]
        return {
            **shared,
            "type": "line",
            "name": name,
            "data": data,
            "lineStyle": style,
            "itemStyle": {"color": style["color"]},
        }

    def dots(name: str, published: bool) -> dict[str, Any]:
        data = [[str(time), value] for time, value, known in panel.observed if known == published]
        fill = {"color": INK if published else "#FFFFFF", "borderColor": INK, "borderWidth": 1.2}
        return {
            **shared,
            "type": "scatter",
            "name": name,
            "symbol": "circle",
            "symbolSize": 6,
            "data": data,
            "itemStyle": fill,
            "z": 4,
        }

    past, ahead = [time <= plan.base_year for time in times], [time >= plan.base_year for time in times]
    current = line(view.t("Current"), panel.current, ahead, color=CURRENT, width=2.4)
    baseline = line(view.t("Baseline"), panel.baseline, ahead, color=BASELINE, width=1.8, type=[5, 3])
    current["markPoint"] = {"silent": True, "data": _marks(view, panel)}
    current["markLine"] = _target_line(view, panel)
    return [
        {
            **line(view.t("Model, hindcast"), panel.baseline, past, color=HINDCAST, width=1.1),
            "markArea": _past(times[0], plan.base_year),
        },
        baseline,
        {**current, "z": 3},
        dots(view.t("Published"), True),
        dots(view.t("Estimated, assumed or not checked"), False),
    ]


def _past(first: int, base_year: int) -> dict[str, Any]:
    """The shade that tells observed years from the plan's."""
    return {"silent": True, "itemStyle": {"color": SHADE}, "data": [[{"xAxis": str(first)}, {"xAxis": str(base_year)}]]}


def _marks(view: View, panel: Panel) -> list[dict[str, Any]]:
    """The curves' figures of the plan's final year: markers on the curves, numbers at the right edge."""
    times, final = view.current.times, view.content.region.plan.final_year
    index = times.index(final)
    high_first = sorted(
        (
            (panel.current, CURRENT, "circle", True),
            (panel.baseline, BASELINE, "triangle", False),
        ),
        key=lambda curve: (-float(curve[0][-1]), not curve[3]),
    )
    gap = pixels(panel, float(high_first[0][0][-1])) - pixels(panel, float(high_first[1][0][-1]))
    shifts = (-(LINE - gap) / 2, (LINE - gap) / 2) if gap < LINE else (0.0, 0.0)
    marks: list[dict[str, Any]] = []
    for (curve, colour, symbol, bold), shift in zip(high_first, shifts, strict=True):
        at_final = {
            "coord": [str(final), float(curve[index])],
            "symbol": symbol,
            "symbolSize": 7,
            "itemStyle": {"color": colour},
        }
        label = {
            "show": True,
            "formatter": numbers.plain(float(curve[index]), panel.digits),
            "position": "right",
            "offset": [2, shift],
            "color": colour,
            "fontSize": LABEL + 1 if bold else LABEL,
            "fontWeight": "bold" if bold else "normal",
            "fontFamily": FONTS,
        }
        nothing = {"symbol": "circle", "symbolSize": 0.01, "itemStyle": {"color": "transparent"}}
        marks.append({**at_final, "label": {"show": False}})
        marks.append({"coord": [str(times[-1]), float(curve[-1])], **nothing, "label": label})
    if panel.target is not None and panel.level is not None:
        star = {
            "symbol": STAR,
            "symbolSize": 14,
            "itemStyle": {"color": "#000000", "borderColor": "#FFFFFF", "borderWidth": 1},
        }
        marks.append({"coord": [str(panel.target.year), panel.level], **star, "label": {"show": False}})
    return marks


def _target_line(view: View, panel: Panel) -> dict[str, Any]:
    """A dotted line at the level that meets the target, and words on it, clear of dots and curves."""
    if panel.target is None or panel.level is None:
        return {"data": []}
    words = target_words(view, panel.target, panel.level, panel)
    label = {
        "show": True,
        "formatter": words,
        "position": clearest_place(view, panel, words),
        "distance": [FLAG_MARGIN, 3],
        "color": "#000000",
        "fontSize": LABEL,
        "lineHeight": LINE,
        "fontFamily": FONTS,
        "textBorderColor": "#FFFFFF",
        "textBorderWidth": 3,
    }
    first, last = str(view.current.times[0]), str(panel.target.year)
    return {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": "#000000", "width": 1, "type": [1, 3]},
        "data": [[{"coord": [first, panel.level], "label": label}, {"coord": [last, panel.level]}]],
    }


def _legend(view: View) -> str:
    """The key of all panels."""

    def key(css: str, text: str, sign: str = "") -> str:
        return f'<span class="xz-key"><i class="xz-{css}" aria-hidden="true">{sign}</i>{escape(text)}</span>'

    keys = (
        key("line xz-current", view.t("Current: {name}", name=view.scenario_name), "●"),
        key("line xz-baseline", view.t("Baseline"), "▲"),
        key("dot xz-filled", view.t("Published")),
        key("dot", view.t("Estimated, assumed or not checked")),
        key("line xz-hindcast", view.t("Model, hindcast")),
        key("star", view.t("Target"), "★"),
        key("shade", view.t("History, to {year}", year=view.content.region.plan.base_year)),
    )
    return f'<div class="xz-legend">{"".join(keys)}</div>'


def _in_words(view: View, panels: Sequence[Panel]) -> str:
    """The charts as sentences, for who cannot see them."""
    index = view.current.times.index(view.content.region.plan.final_year)
    said = []
    for panel in panels:
        now, before = (numbers.plain(float(curve[index]), panel.digits) for curve in (panel.current, panel.baseline))
        said.append(
            view.t(
                "{name} in {year}: {value} {unit}, baseline {baseline}",
                name=panel.indicator.name,
                year=view.content.region.plan.final_year,
                value=now,
                unit=panel.unit,
                baseline=before,
            )
        )
    return ("；" if view.lang == "zh" else "; ").join(said)
