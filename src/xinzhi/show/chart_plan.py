"""What a chart will show: numbers, texts and styles, nothing drawn yet. Values are in the axis' unit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.ticker import MaxNLocator

from xinzhi.analysis.verdict import threshold_level
from xinzhi.content.content import Content
from xinzhi.content.history import Observation
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.scenario import BASELINE
from xinzhi.show import numbers
from xinzhi.show.fonts import shorten
from xinzhi.show.run_names import adjusted, run_name
from xinzhi.show.words import t
from xinzhi.simulate import FloatArray, Run

Dash = str | tuple[float, tuple[float, ...]]


@dataclass(frozen=True)
class SeriesStyle:
    """How one run is drawn: colour, dash (matplotlib's ``linestyle``) and the marker at the plan's final year."""

    colour: str
    dash: Dash
    marker: str


_COLOURS_AND_MARKERS = (("#0072B2", "o"), ("#D55E00", "^"), ("#009E73", "s"), ("#CC79A7", "D"))
_DASHES: tuple[Dash, ...] = ("-", (0, (9, 2)), (0, (7, 2, 1.5, 2)), (0, (1.5, 1.5)))
SERIES_STYLES = tuple(
    SeriesStyle(colour, _DASHES[(position + shift) % 4], marker)
    for shift in range(4)
    for position, (colour, marker) in enumerate(_COLOURS_AND_MARKERS)
)
BASELINE_STYLE = SeriesStyle("#767676", (0, (4, 2.5)), "v")
HINDCAST_COLOUR = "#4D4D4D"
TARGET_COLOUR = "#000000"
HISTORY_SHADE = "#EFEFEF"


@dataclass(frozen=True)
class TypeSizes:
    """Text sizes in points and the size of one panel in inches, for a single chart or a grid."""

    columns: int
    width: float
    height: float
    title: float
    label: float
    note: float
    named: bool


@dataclass(frozen=True)
class Curve:
    """A run as it is drawn in every panel."""

    run: Run
    name: str
    style: SeriesStyle


@dataclass(frozen=True)
class Panel:
    """One indicator, all numbers in the axis' unit. ``lines`` runs parallel to the chart's curves; ``bands`` are the
    ends of the futures' bands, the widest first, (2, last years) each."""

    indicator: Indicator
    unit: str
    years: tuple[int, ...]
    observed: tuple[tuple[Observation, float], ...]
    lines: tuple[FloatArray, ...]
    ends: tuple[str, ...]
    targets: tuple[tuple[Target, float, str], ...]
    limits: tuple[float, float]
    ticks: tuple[tuple[float, str], ...]
    bands: tuple[FloatArray, ...] = ()


@dataclass(frozen=True)
class ChartPlan:
    """A whole chart, planned; ``notes`` are paragraphs, ``banded`` is the curve whose futures the bands hold."""

    content: Content
    type_: TypeSizes
    lang: str
    curves: tuple[Curve, ...]
    panels: tuple[Panel, ...]
    notes: tuple[str, ...]
    banded: Curve | None = None


def plan_chart(
    content: Content, runs: Sequence[Run], indicator_ids: Sequence[str], lang: str, baseline: Run | None,
    bands: Mapping[str, FloatArray],
) -> ChartPlan:  # fmt: skip
    """The panels, curves and notes of a chart.

    Raises `ContentError` for an unknown indicator, ValueError when there is nothing to draw.
    """
    curves = _curves(content, runs, baseline, lang)
    if not curves or not indicator_ids:
        raise ValueError("a chart needs a run and an indicator")
    type_ = _type(len(indicator_ids))
    panels = tuple(
        _panel(content, content.indicator(name), curves, type_, lang, bands.get(name)) for name in indicator_ids
    )
    banded = _banded(curves, runs) if any(panel.bands for panel in panels) else None
    return ChartPlan(content, type_, lang, curves, panels, _notes(content, panels, curves, lang, banded), banded)


def _banded(curves: Sequence[Curve], runs: Sequence[Run]) -> Curve:
    """The curve of the first run; the baseline's where that is the baseline itself."""
    return next((curve for curve in curves if curve.run is runs[0]), curves[0])


def _type(count: int) -> TypeSizes:
    if count == 1:
        return TypeSizes(1, 8.0, 5.0, 13, 10, 8.5, named=True)
    if count <= 4:
        return TypeSizes(2, 5.0, 3.4, 11.5, 9.5, 8.5, named=False)
    return TypeSizes(3, 4.0, 3.2, 11, 9.5, 8.5, named=False)


def _curves(content: Content, runs: Sequence[Run], baseline: Run | None, lang: str) -> tuple[Curve, ...]:
    """The baseline first, then the runs in their order; a run whose levers were moved by hand says so."""
    plain = [run for run in runs if run.scenario == BASELINE and not adjusted(content, run)]
    greys = [baseline] if baseline is not None else plain[:1]
    others = [run for run in runs if not any(run is other for other in plain)]
    styled = [(run, BASELINE_STYLE) for run in greys]
    styled += [(run, SERIES_STYLES[position % len(SERIES_STYLES)]) for position, run in enumerate(others)]
    return tuple(Curve(run, run_name(content, run, lang), style) for run, style in styled)


def _panel(
    content: Content, indicator: Indicator, curves: Sequence[Curve], type_: TypeSizes, lang: str,
    quantiles: FloatArray | None,
) -> Panel:  # fmt: skip
    """Everything that a panel says, before anything is drawn."""
    first = curves[0].run
    series = content.history.series.get(indicator.id)
    seen = [o for o in series.observations if first.times[0] <= o.time <= first.times[-1]] if series else []
    targets = [target for target in content.targets.values() if target.indicator == indicator.id]
    levels = [threshold_level(target, first) for target in targets]
    values = [curve.run.in_unit(indicator.id) for curve in curves]
    bands = () if quantiles is None or not np.isfinite(quantiles).all() else (quantiles[[0, -1]], quantiles[[1, -2]])
    shown = np.concatenate([*values, [o.value for o in seen], levels, *(band.ravel() for band in bands)])
    largest = float(np.max(np.abs(shown)))
    factor, unit = numbers.axis(indicator.unit, lang, content.units, largest)
    lines = tuple(each * factor for each in values)
    limits = _limits(shown * factor, [level * factor for level in levels])
    final = first.times.index(content.region.plan.final_year)
    digits = _digits(indicator.decimals, factor)
    return Panel(
        indicator=indicator,
        unit=unit,
        years=first.times,
        observed=tuple((o, o.value * factor) for o in seen),
        lines=lines,
        ends=tuple(
            (f"{shorten(curve.name, type_.label, 1.6)}  " if type_.named else "")
            + numbers.plain(float(line[final]), digits)
            for curve, line in zip(curves, lines, strict=True)
        ),
        targets=tuple(
            (target, level * factor, _flag(content, target, level, indicator, lang))
            for target, level in zip(targets, levels, strict=True)
        ),
        limits=limits,
        ticks=_ticks(*limits),
        bands=tuple(band * factor for band in bands),
    )


def _digits(decimals: int, factor: float) -> int:
    """Decimals on an axis whose numbers are ``factor`` times those with ``decimals``."""
    return max(decimals, min(2, round(-math.log10(factor))))


def _flag(content: Content, target: Target, level: float, indicator: Indicator, lang: str) -> str:
    needed = numbers.quantity(level, indicator.unit, indicator.decimals, lang, content.units)
    return numbers.target_flag(target, needed, lang, content.units)


def _limits(values: FloatArray, levels: Sequence[float]) -> tuple[float, float]:
    """The value axis: from zero where the smallest value is far below the largest, else with a margin, a larger one
    below a low target, whose flag stands there."""
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-9 * max(abs(high), 1e-12):
        margin = 0.1 * abs(high) or 1.0
        return (0.0, 1.0) if high == 0 else (low - margin, high + margin)
    if 0 <= low < 0.45 * high:
        return 0.0, high * 1.08
    margin = high - low
    flagged = any(level < low + 0.1 * margin for level in levels)
    return low - (0.3 if flagged else 0.12) * margin, high + 0.1 * margin


def _ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    places = [
        float(place)
        for place in MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        if low - 1e-9 * (high - low) <= place <= high + 1e-9 * (high - low)
    ]
    size = max(abs(place) for place in places)
    digits = next(d for d in range(8) if d == 7 or all(abs(round(place, d) - place) < 1e-9 * size for place in places))
    return tuple((place, numbers.plain(place, digits)) for place in places)


def _notes(
    content: Content, panels: Sequence[Panel], curves: Sequence[Curve], lang: str, banded: Curve | None
) -> tuple[str, str]:
    """The paragraphs below a chart: sources, how to read it, what made it."""
    stop, space = ("。", "") if lang == "zh" else (".", " ")
    observed = [o for panel in panels for o, _ in panel.observed]
    publishers = list(dict.fromkeys(content.history.sources[o.source].publisher[lang] for o in observed))
    without = [panel.indicator.name[lang] for panel in panels if not panel.observed]
    plan = content.region.plan
    said = []
    if publishers:
        said.append(t("Source: {sources}", lang, sources=("；" if lang == "zh" else "; ").join(publishers)))
    if any(o.status != "published" for o in observed):
        said.append(t("Historical figures include estimates or figures not checked (hollow dots)", lang))
    if without:
        said.append(t("No observed figures for: {names}", lang, names=("；" if lang == "zh" else "; ").join(without)))
    if any(curve.style == BASELINE_STYLE for curve in curves):
        said.append(t("The grey dashed line is the baseline", lang))
    if banded is not None:
        said.append(t("The bands hold 8 and 5 of 10 futures of {scenario}; curves are central paths", lang,
                      scenario=banded.name))  # fmt: skip
    if any(target.measure != "level" for panel in panels for target, _, _ in panel.targets):
        said.append(
            t(
                "The level that a growth or change target needs is worked out from the model's figure of {year}",
                lang,
                year=plan.base_year,
            )
        )
    hashes = dict.fromkeys(curve.run.content_hash[:8] for curve in curves)
    made = [
        t("Scenarios: {names}", lang, names=("、" if lang == "zh" else ", ").join(curve.name for curve in curves)),
        t("Model version {version}", lang, version=", ".join(hashes)),
        t("Simulation, not a forecast", lang),
    ]
    return space.join(sentence + stop for sentence in said), " · ".join(made)
