"""Back-tests as tables, sentences and records, and the page docs/validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from xinzhi.content.backtest_file import LEVELS, MODEL, BacktestScores
from xinzhi.content.content import Content
from xinzhi.content.fitted import Fitted
from xinzhi.show.numbers import plain
from xinzhi.show.words import N_, join, t
from xinzhi.studies.fit.words import Table, fitted_table

if TYPE_CHECKING:
    from xinzhi.studies.backtest.backtest import Backtest

METHODS = {
    MODEL: N_("the model"),
    "last_growth": N_("last growth rate"),
    "mean_growth": N_("mean growth (random walk with drift)"),
    "linear_trend": N_("linear trend"),
    "holt_winters": N_("Holt-Winters"),
    "auto_arima": N_("AutoARIMA"),
}
TITLES = {
    "outside": N_("Forecasts from {origins}, later years unknown, the epidemic and prices given"),
    "none": N_("Forecasts from {origins}, nothing of later years known"),
}


def _percent(value: float, digits: int = 1) -> str:
    return plain(100 * value, digits) + "%"


def hindcast_table(content: Content, found: BacktestScores, lang: str) -> Table:
    """A row a method under each series, the model first; the last group is what every method forecast."""
    columns = [t("Method", lang), t("Forecasts", lang), "MAPE", "MASE", "CRPS",
               *(t("Within {level}%", lang, level=f"{100 * level:.0f}") for level in LEVELS),
               "U", t("bias", lang), t("variation", lang), t("rest", lang)]  # fmt: skip
    rows: list[tuple[str, ...]] = []
    heading: str | None = ""
    for it in found.scores:
        if it.indicator != heading:
            heading = it.indicator
            rows.append((_series_name(content, it.indicator, lang),))
        shares = [_percent(share, 0) for share in it.coverage]
        parts = [plain(part, 2) for part in it.parts]
        rows.append((f"  {t(METHODS[it.method], lang)}", str(it.count), _percent(it.mape), plain(it.mase, 2),
                     plain(it.crps, 3), *shares, plain(it.theil, 2), *parts))  # fmt: skip
    return t(TITLES[found.foresight], lang, origins=_years(found, lang)), columns, rows


def relative_table(content: Content, found: BacktestScores, lang: str) -> Table:
    """The model's error over the random walk's: a row a series, a column a year ahead, and how many forecasts."""
    spans = list(dict.fromkeys(it.ahead for it in found.relative))
    heads = [
        t("3 years and more", lang) if span is None else t("Years ahead: {years}", lang, years=span) for span in spans
    ]  # fmt: skip
    cells = {(it.indicator, it.ahead): f"{plain(it.ratio, 2)} ({it.count})" for it in found.relative}
    rows = [
        (_series_name(content, name, lang), *(cells.get((name, span), "–") for span in spans))
        for name in sorted(dict.fromkeys(it.indicator for it in found.relative), key=lambda name: name is None)
    ]
    title = t("The model's error over that of a random walk with drift, forecasts from {origins}", lang,
              origins=_years(found, lang))  # fmt: skip
    return title, [t("Series", lang), *heads], rows


def _years(found: BacktestScores, lang: str) -> str:
    return join([str(origin) for origin in found.origins], lang)


def _series_name(content: Content, indicator: str | None, lang: str) -> str:
    if indicator is None:
        return t("All series", lang)
    return content.indicators[indicator].name[lang] if indicator in content.indicators else indicator


def hindcast_sentences(content: Content, found: BacktestScores, lang: str) -> list[str]:
    """Where the model loses to a simple forecast, said outright, and whether its intervals are what they say."""
    said = [
        t("{series}: the model loses to {method}, {mine} against {theirs} mean error.", lang,
          series=_series_name(content, mine.indicator, lang), method=t(METHODS[best.method], lang),
          mine=_percent(mine.mape), theirs=_percent(best.mape))
        for mine, best in found.better()
    ]  # fmt: skip
    if not said:
        said.append(t("The model loses to no simple forecast.", lang))
    inside = found.coverage[LEVELS.index(0.8)] if found.coverage else None
    if inside is not None and 0.7 <= inside <= 0.9:
        said.append(t("{share} of what came lies within the model's 80% intervals.", lang, share=_percent(inside, 0)))
    elif inside is not None:
        said.append(t("{share} of what came lies within the model's 80% intervals: they are not what they say.", lang,
                      share=_percent(inside, 0)))  # fmt: skip
    return said


LEFT_OUT = {
    "few": N_("Not forecast, for want of two recent figures before the origin: {series}."),
    "without": N_("Not scored, as calibration/fit.yaml says that they are no evidence: {series}."),
    "given": N_("Not scored, as the shock is solved from them: {series}."),
    "far": N_("Not scored, as they lie too far from the last known figure: {series}."),
}


def left_out_sentences(content: Content, found: Backtest, lang: str) -> list[str]:
    """Which later figures are in no score, and why; and how many draws gave no number."""
    said = []
    for reason, sentence in LEFT_OUT.items():
        years: dict[str, set[int]] = {}
        for it in found.left_out:
            if it.reason == reason:
                years.setdefault(it.indicator, set()).add(it.year)
        named = [
            t("{indicator} of {year}", lang, indicator=_series_name(content, name, lang),
              year=join([str(year) for year in sorted(some)], lang))
            for name, some in years.items()
        ]  # fmt: skip
        if named:
            said.append(t(sentence, lang, series=join(named, lang)))
    if found.failed:
        said.append(t("{failed} draws gave no number and are left out.", lang, failed=found.failed))
    return said


def left_out_records(found: Backtest) -> list[dict[str, Any]]:
    """One record a figure that is in no score: indicator, origin, year, reason."""
    return [asdict(it) for it in found.left_out]


def hindcast_records(found: BacktestScores) -> list[dict[str, Any]]:
    """One record a series and method."""
    return [
        {
            "indicator": it.indicator, "method": it.method, "forecasts": it.count, "mape": it.mape, "mase": it.mase,
            "crps": it.crps, "coverage": dict(zip(map(str, LEVELS), it.coverage, strict=True)), "theil_u": it.theil,
            "theil_bias": it.parts[0], "theil_variation": it.parts[1], "theil_rest": it.parts[2],
        }
        for it in found.scores
    ]  # fmt: skip


def relative_records(found: BacktestScores) -> list[dict[str, Any]]:
    """One record a series and span; ``years_ahead`` is None for three years and more."""
    return [
        {"indicator": it.indicator, "years_ahead": it.ahead, "forecasts": it.count, "error_ratio": it.ratio}
        for it in found.relative
    ]


def markdown(table: Table) -> str:
    """A table as Markdown under its title; a row of one cell is set in bold."""
    title, columns, rows = table
    lines = [f"## {title}", "", "| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for row in rows:
        cells = [f"**{row[0]}**", *[""] * (len(columns) - 1)] if len(row) == 1 else [cell.strip() for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def hindcast_page(content: Content, tests: Sequence[BacktestScores], fitted: Fitted | None, lang: str) -> str:
    """Forecasts against rivals, and what the last fit says of its constants, as a page of its own."""
    made = t("Written by {command}; not edited by hand.", lang, command="`xinzhi hindcast -o FILE.md`")
    title = t("Validation", lang)
    return f"# {title}\n\n{made}\n\n" + hindcast_chapters(content, tests, fitted, lang)


def hindcast_chapters(content: Content, tests: Sequence[BacktestScores], fitted: Fitted | None, lang: str) -> str:
    """The same as chapters of a page."""
    parts = [
        *_protocol(content, lang),
        t("MAPE is the mean error; MASE is relative to the mean yearly change; CRPS is of the logarithm; U is Theil's, "
          "1 being no better than no change, and its three parts add up to 1.", lang), "",
    ]  # fmt: skip
    for found in tests:
        sentences = [f"- {sentence}" for sentence in hindcast_sentences(content, found, lang)]
        parts += [markdown(hindcast_table(content, found, lang)), *sentences, ""]
        if len(found.origins) > 1:
            parts += [markdown(relative_table(content, found, lang)), ""]
    if fitted is not None and fitted.constants:
        parts.append(markdown(fitted_table(fitted, lang)))
    return "\n".join(parts).rstrip() + "\n"


def _protocol(content: Content, lang: str) -> list[str]:
    """What the forecasts knew, and which priors knew more."""
    plan = content.fit
    assert plan is not None
    knowing = [name for name, it in plan.parameters.items() if it.knowing is not None]
    return [
        t("A forecast is fitted to the years up to its origin; a constant that only hindsight knows has its value of "
          "before. Where the epidemic and prices are given, the model alone is on trial: the use of capacity is "
          "solved from GDP of {years}, which is no forecast then. Its rivals know only their own series.", lang,
          years=join([str(year) for year in plan.shock.years] if plan.shock else [], lang)), "",
        t("Equations were written with the whole history in view, and so were the priors of {count} constants, which "
          "is kinder to the model than a forecast would have been: {names}.", lang, count=len(knowing),
          names=join(knowing, lang)), "",
    ]  # fmt: skip
