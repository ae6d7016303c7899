"""Back-tests as tables, sentences and records, and the page docs/validation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xinzhi.content.backtest_file import LEVELS, MODEL, BacktestScores, Relative, Score
from xinzhi.content.content import Content
from xinzhi.content.fitted import Fitted
from xinzhi.show.numbers import plain
from xinzhi.show.words import N_, join, t
from xinzhi.studies.fit.words import fitted_table
from xinzhi.studies.table import Cells, Column, Lines, Part, Table

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.studies.backtest.backtest import Backtest, LeftOut, Prediction

COVERAGE = "coverage_"
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


def score_table(content: Content, test: BacktestScores, lang: str) -> Cells:
    """A row a method under each series, the model first; the last group is what every method forecast."""
    title = t(TITLES[test.foresight], lang, origins=_years(test, lang))
    table = Table(title, _score_columns(lang), test.scores).cells()
    rows: list[Sequence[str]] = []
    heading: str | None = ""
    for score, row in zip(test.scores, table.rows, strict=True):
        if score.indicator != heading:
            heading = score.indicator
            rows.append((_series_name(content, heading, lang),))
        rows.append(row)
    return Cells(title, table.heads, rows)


def _score_columns(lang: str) -> tuple[Column[Score], ...]:
    """Errors relative or of logarithms, coverage and the parts of Theil's U as shares."""
    parts = (("bias", t("bias", lang)), ("variation", t("variation", lang)), ("rest", t("rest", lang)))
    return (
        Column("indicator", lambda it: it.indicator),
        Column("method", lambda it: it.method, t("Method", lang), lambda it: f"  {t(METHODS[it.method], lang)}"),
        Column("forecasts", lambda it: it.count, t("Forecasts", lang), lambda it: str(it.count)),
        Column("mape", lambda it: it.mape, "MAPE", lambda it: _percent(it.mape)),
        Column("mase", lambda it: it.mase, "MASE", lambda it: plain(it.mase, 2)),
        Column("crps", lambda it: it.crps, "CRPS", lambda it: plain(it.crps, 3)),
        *(_within(at, lang) for at in range(len(LEVELS))),
        Column("theil_u", lambda it: it.theil, "U", lambda it: plain(it.theil, 2)),
        *(_part(at, key, head) for at, (key, head) in enumerate(parts)),
    )


def _within(at: int, lang: str) -> Column[Score]:
    head = t("Within {level}%", lang, level=f"{100 * LEVELS[at]:.0f}")
    return Column(f"{COVERAGE}{LEVELS[at]}", lambda it: it.coverage[at], head, lambda it: _percent(it.coverage[at], 0))


def _part(at: int, key: str, head: str) -> Column[Score]:
    return Column(f"theil_{key}", lambda it: it.parts[at], head, lambda it: plain(it.parts[at], 2))


def relative_table(content: Content, test: BacktestScores, lang: str) -> Cells:
    """The model's error over the random walk's: a row a series, a column a year ahead, and how many forecasts."""
    spans = list(dict.fromkeys(it.ahead for it in test.relative))
    heads = [
        t("3 years and more", lang) if span is None else t("Years ahead: {years}", lang, years=span) for span in spans
    ]  # fmt: skip
    cells = {(it.indicator, it.ahead): f"{plain(it.ratio, 2)} ({it.count})" for it in test.relative}
    rows = [
        (_series_name(content, name, lang), *(cells.get((name, span), "–") for span in spans))
        for name in sorted(dict.fromkeys(it.indicator for it in test.relative), key=lambda name: name is None)
    ]
    title = t("The model's error over that of a random walk with drift, forecasts from {origins}", lang,
              origins=_years(test, lang))  # fmt: skip
    return Cells(title, [t("Series", lang), *heads], rows)


def _years(test: BacktestScores, lang: str) -> str:
    return join([str(origin) for origin in test.origins], lang)


def _series_name(content: Content, indicator: str | None, lang: str) -> str:
    if indicator is None:
        return t("All series", lang)
    return content.indicators[indicator].name[lang] if indicator in content.indicators else indicator


def score_sentences(content: Content, test: BacktestScores, lang: str) -> list[str]:
    """Where the model loses to a simple forecast, said outright, and whether its intervals are what they say."""
    said = [
        t("{series}: the model loses to {method}, {mine} against {theirs} mean error.", lang,
          series=_series_name(content, mine.indicator, lang), method=t(METHODS[best.method], lang),
          mine=_percent(mine.mape), theirs=_percent(best.mape))
        for mine, best in test.better()
    ]  # fmt: skip
    if not said:
        said.append(t("The model loses to no simple forecast.", lang))
    inside = test.coverage[LEVELS.index(0.8)] if test.coverage else None
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


def left_out_sentences(content: Content, test: Backtest, lang: str) -> list[str]:
    """Which later figures are in no score, and why; and how many draws gave no number."""
    said = []
    for reason, sentence in LEFT_OUT.items():
        years: dict[str, set[int]] = {}
        for it in test.left_out:
            if it.reason == reason:
                years.setdefault(it.indicator, set()).add(it.year)
        named = [
            t("{indicator} of {year}", lang, indicator=_series_name(content, name, lang),
              year=join([str(year) for year in sorted(some)], lang))
            for name, some in years.items()
        ]  # fmt: skip
        if named:
            said.append(t(sentence, lang, series=join(named, lang)))
    if test.failed:
        said.append(t("{failed} draws gave no number and are left out.", lang, failed=test.failed))
    return said


def backtest_parts(content: Content, tests: Sequence[Backtest], lang: str) -> list[Part]:
    """What is printed: every test's tables and sentences."""
    parts: list[Part] = []
    for number, test in enumerate(tests):
        table = score_table(content, test.result, lang)
        parts.append(replace(table, title="\n" + table.title) if number else table)
        if len(test.result.origins) > 1:
            parts.append(relative_table(content, test.result, lang))
        lines = [*score_sentences(content, test.result, lang), *left_out_sentences(content, test, lang)]
        parts.append(Lines(lines))
    return parts


def backtest_record(test: Backtest) -> dict[str, Any]:
    """A test's scores and what is in none, unrounded."""
    return {
        "origins": list(test.result.origins), "foresight": test.result.foresight,
        "coverage": list(test.result.coverage), "scores": score_records(test.result),
        "relative": _relative(test.result).records(), "left_out": _left_out(test).records(),
        "draws_left_out": test.failed,
    }  # fmt: skip


def backtest_frames(tests: Sequence[Backtest]) -> dict[str, pd.DataFrame]:
    """Scores, errors by years ahead, forecasts (in the indicators' units) and figures left out, of all tests."""
    import pandas as pd

    def whole(table: Callable[[Backtest], Table[Any]]) -> pd.DataFrame:
        rows = [
            {"origins": " ".join(map(str, test.result.origins)), "foresight": test.result.foresight, **row}
            for test in tests
            for row in table(test).records()
        ]
        keys = [it.key for it in table(tests[0]).columns]
        return pd.DataFrame(rows, columns=["origins", "foresight", *keys])

    return {
        "scores": whole(lambda test: Table("", _score_columns("en"), test.result.scores)),
        "relative": whole(lambda test: _relative(test.result)),
        "forecasts": whole(_forecasts),
        "left_out": whole(_left_out),
    }


def score_records(test: BacktestScores) -> list[dict[str, Any]]:
    """One record a series and method, coverage by level."""
    records = []
    for row in Table("", _score_columns("en"), test.scores).records():
        record: dict[str, Any] = {}
        for key, value in row.items():
            if key.startswith(COVERAGE):
                record.setdefault("coverage", {})[key.removeprefix(COVERAGE)] = value
            else:
                record[key] = value
        records.append(record)
    return records


def _relative(test: BacktestScores) -> Table[Relative]:
    """A row a series and span; ``years_ahead`` is None for three years and more."""
    columns: tuple[Column[Relative], ...] = (
        Column("indicator", lambda it: it.indicator),
        Column("years_ahead", lambda it: it.ahead),
        Column("forecasts", lambda it: it.count),
        Column("error_ratio", lambda it: it.ratio),
    )
    return Table("", columns, test.relative)


def _forecasts(test: Backtest) -> Table[Prediction]:
    """A row a forecast, in the indicator's unit: its median, its 80 % interval, what came, its logarithm's score."""
    columns: tuple[Column[Prediction], ...] = (
        Column("indicator", lambda it: it.indicator),
        Column("method", lambda it: it.method),
        Column("origin", lambda it: it.origin),
        Column("year", lambda it: it.year),
        *(_quantile(share) for share in (10, 50, 90)),
        Column("observed", lambda it: math.exp(it.actual)),
        Column("crps", lambda it: it.crps),
    )
    return Table("", columns, test.predictions)


def _quantile(share: int) -> Column[Prediction]:
    return Column(f"p{share}", lambda it: math.exp(it.quantile(share / 100)))


def _left_out(test: Backtest) -> Table[LeftOut]:
    """A row a figure that is in no score."""
    columns: tuple[Column[LeftOut], ...] = (
        Column("indicator", lambda it: it.indicator),
        Column("origin", lambda it: it.origin),
        Column("year", lambda it: it.year),
        Column("reason", lambda it: it.reason),
    )
    return Table("", columns, test.left_out)


def _markdown(table: Cells) -> str:
    """A table as Markdown under its title; a row of one cell is set in bold."""
    width = len(table.heads)
    lines = [f"## {table.title}", "", "| " + " | ".join(table.heads) + " |", "|---" * width + "|"]
    for row in table.rows:
        cells = [f"**{row[0]}**", *[""] * (width - 1)] if len(row) == 1 else [cell.strip() for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def backtest_page(content: Content, tests: Sequence[BacktestScores], fitted: Fitted | None, lang: str) -> str:
    """Forecasts against rivals, and what the last fit says of its constants, as a page of its own."""
    made = t("Written by {command}; not edited by hand.", lang, command="`xinzhi backtest -o FILE.md`")
    title = t("Validation", lang)
    return f"# {title}\n\n{made}\n\n" + backtest_chapters(content, tests, fitted, lang)


def backtest_chapters(content: Content, tests: Sequence[BacktestScores], fitted: Fitted | None, lang: str) -> str:
    """The same as chapters of a page."""
    parts = [
        *_protocol(content, lang),
        t("MAPE is the mean error; MASE is relative to the mean yearly change; CRPS is of the logarithm; U is Theil's, "
          "1 being no better than no change, and its three parts add up to 1.", lang), "",
    ]  # fmt: skip
    for test in tests:
        sentences = [f"- {sentence}" for sentence in score_sentences(content, test, lang)]
        parts += [_markdown(score_table(content, test, lang)), *sentences, ""]
        if len(test.origins) > 1:
            parts += [_markdown(relative_table(content, test, lang)), ""]
    if fitted is not None and fitted.constants:
        parts.append(_markdown(fitted_table(fitted, lang).cells()))
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
