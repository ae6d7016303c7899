"""Monitoring as tables, sentences and records: new figures, odds before and after, old forecasts scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.futures.target_odds import TargetOdds
from xinzhi.show.constants import constant_words
from xinzhi.show.members import left_out_sentences
from xinzhi.show.numbers import likelihood, plain, quantity, significant, threshold
from xinzhi.show.words import join, t
from xinzhi.studies.observe.forecast import FigureScore, PaceScore
from xinzhi.studies.observe.observation import SURPRISING, Observed, Shift, Surprise
from xinzhi.studies.table import Cells, Column, Lines, Part, Table

if TYPE_CHECKING:
    import pandas as pd

    from xinzhi.studies.observe.monitor import Monitored

CHANGED = 0.01  # of the odds: smaller changes are within the draws' own error
SHOWN = 5
Change = tuple[TargetOdds, TargetOdds]  # before and after the new figures


def observed_parts(content: Content, monitored: Monitored, lang: str) -> list[Part]:
    """What is printed: new figures, what they did to the odds, old forecasts scored."""
    surprises = sorted(monitored.observed.surprises, key=lambda it: it.tail)
    sentences = [*observed_sentences(content, monitored.observed, lang), *aside_sentences(monitored.aside, lang)]
    changes = [it for it in _changes(monitored) if it[0].target.headline or abs(it[1].odds - it[0].odds) >= CHANGED]
    return [
        _figures(content, surprises, lang).cells(), Lines(sentences), _changes_table(content, changes, lang).cells(),
        *([_scores(content, monitored, lang)] if monitored.figures else []),
        Lines([scores_sentence(monitored.figures, monitored.pace, lang)]),
    ]  # fmt: skip


def observed_frames(content: Content, monitored: Monitored) -> dict[str, pd.DataFrame]:
    """New figures, targets before and after, what they speak against, kept forecasts and odds scored: a frame each."""
    return {name: table.frame() for name, table in _tables(content, monitored).items()}


def observed_record(content: Content, monitored: Monitored) -> dict[str, Any]:
    """Everything, unrounded."""
    observed = monitored.observed
    return {
        "until": observed.until, "members": observed.before.design.members, "effective": observed.effective,
        "refitted": observed.refitted, "failed_before": observed.before.failed, "failed_after": observed.after.failed,
        **{name: table.records() for name, table in _tables(content, monitored).items()},
        "without_a_forecast": list(monitored.aside),
    }  # fmt: skip


def _tables(content: Content, monitored: Monitored) -> dict[str, Table[Any]]:
    return {
        "figures": _figures(content, monitored.observed.surprises, "en"),
        "against": _against(monitored.observed.shifts),
        "targets": _changes_table(content, _changes(monitored), "en"),
        "scored_figures": _scored_figures(content, monitored.figures, "en"),
        "scored_pace": _scored_pace(content, monitored.pace, "en"),
    }


def _figures(content: Content, surprises: Sequence[Surprise], lang: str) -> Table[Surprise]:
    """A row a new figure: what was forecast, what came, how much of a surprise it is."""
    columns: tuple[Column[Surprise], ...] = (
        Column("indicator", lambda it: it.indicator, t("Indicator", lang),
               lambda it: content.indicators[it.indicator].name[lang]),
        Column("year", lambda it: it.observation.time, t("Year", lang), lambda it: str(it.observation.time)),
        Column("forecast", None, t("Forecast, 80%", lang), lambda it: _range(content, it.indicator, it.forecast, lang)),
        Column("observed", lambda it: it.observation.value, t("Observed", lang),
               lambda it: _figure(content, it.indicator, it.observation.value, lang)),
        *_quantiles(lambda it: it.forecast),
        Column("score", lambda it: it.score, t("Surprise", lang), lambda it: _surprise_words(it, lang)),
        Column("tail", lambda it: it.tail),
    )  # fmt: skip
    return Table(t("New figures against their forecasts", lang), columns, surprises)


def _surprise_words(it: Surprise, lang: str) -> str:
    score = plain(it.score, 1, sign=True) + "σ"
    return t("{score}, a surprise", lang, score=score) if it.tail < SURPRISING else score


def _quantiles(three: Callable[[Any], tuple[float, float, float]]) -> list[Column[Any]]:
    """10, 50 and 90 % of a forecast, in files alone."""

    def column(at: int, share: int) -> Column[Any]:
        return Column(f"p{share}", lambda it: three(it)[at])

    return [column(at, share) for at, share in enumerate((10, 50, 90))]


def _figure(content: Content, indicator: str, value: float, lang: str) -> str:
    measured = content.indicators[indicator]
    return quantity(value, measured.unit, measured.decimals, lang, content.units)


def _range(content: Content, indicator: str, forecast: tuple[float, float, float], lang: str) -> str:
    return " … ".join(_figure(content, indicator, forecast[at], lang) for at in (0, 2))


def _changes(monitored: Monitored) -> list[Change]:
    return list(zip(monitored.before.targets, monitored.after.targets, strict=True))


def _changes_table(content: Content, changes: Sequence[Change], lang: str) -> Table[Change]:
    """A row a target: odds and medians before and after."""

    def median(it: TargetOdds) -> str:
        return quantity(it.value[1], it.target.unit, it.target.decimals, lang, content.units)

    columns: tuple[Column[Change], ...] = (
        Column("target", lambda it: it[0].target.id, t("Target", lang), lambda it: it[0].target.name[lang]),
        Column("threshold", None, t("Threshold", lang), lambda it: _threshold(content, it[0].target, lang)),
        Column("odds_before", lambda it: it[0].odds, t("Odds before", lang), lambda it: likelihood(it[0].odds)),
        Column("odds_after", lambda it: it[1].odds, t("Odds after", lang), lambda it: likelihood(it[1].odds)),
        Column("p50_before", lambda it: it[0].value[1], t("Median before", lang), lambda it: median(it[0])),
        Column("p50_after", lambda it: it[1].value[1], t("Median after", lang), lambda it: median(it[1])),
    )
    return Table(t("Odds before and after the new figures", lang), columns, changes)


def _threshold(content: Content, target: Target, lang: str) -> str:
    return threshold(target.sense, target.threshold, target.unit, lang, content.units)


def _against(shifts: Sequence[Shift]) -> Table[Shift]:
    """A row a constant that the figures speak against."""
    columns: tuple[Column[Shift], ...] = (
        Column("constant", lambda it: it.constant),
        Column("median_before", lambda it: it.before),
        Column("median_after", lambda it: it.after),
        Column("moved", lambda it: it.moved),
    )
    return Table("", columns, shifts)


def observed_sentences(content: Content, observed: Observed, lang: str) -> list[str]:
    """How the futures were weighed, which figures surprised and what they speak against."""
    members = observed.before.design.members
    said = []
    if observed.refitted:
        said.append(
            t("Only {effective} of {members} futures still fit: the constants were fitted anew, to {year}.", lang,
              effective=plain(observed.effective, 0), members=plain(members, 0), year=observed.until)
        )  # fmt: skip
    else:
        said.append(
            t("The futures are weighted by the new figures; {effective} of {members} still count, so no new fit is "
              "needed.", lang, effective=plain(observed.effective, 0), members=plain(members, 0))
        )  # fmt: skip
    said += left_out_sentences(max(observed.before.failed, observed.after.failed), members, lang)
    odd = [content.indicators[it.indicator].name[lang] for it in observed.surprises if it.tail < SURPRISING]
    said.append(
        t("Surprises: {series}. The model's account of them is doubtful.", lang, series=join(odd, lang))
        if odd
        else t("No new figure is a surprise.", lang)
    )
    for shift in observed.shifts[:SHOWN]:
        ends = {"before": significant(shift.before, 3), "after": significant(shift.after, 3)}
        said.append(
            t("The figures speak against {constant}: {before} becomes {after} ({moved} standard deviations).", lang,
              constant=constant_words(content, shift.constant, lang), moved=plain(shift.moved, 2, sign=True), **ends)
        )  # fmt: skip
    if not observed.shifts:
        said.append(t("They speak against no assumption.", lang))
    return said


def aside_sentences(aside: Sequence[str], lang: str) -> list[str]:
    """The series whose new figures nothing was held against."""
    if not aside:
        return []
    return [t("No forecast was made of {series}; their figures are only kept.", lang, series=join(list(aside), lang))]


def _scores(content: Content, monitored: Monitored, lang: str) -> Cells:
    """A row a kept forecast whose figure has come; below, the odds of being on pace."""
    figures = _scored_figures(content, monitored.figures, lang).cells()
    pace = _scored_pace(content, monitored.pace, lang).cells()
    return Cells(figures.title, figures.heads, [*figures.rows, *pace.rows])


def _scored_figures(content: Content, figures: Sequence[FigureScore], lang: str) -> Table[FigureScore]:
    columns: tuple[Column[FigureScore], ...] = (
        Column("indicator", lambda it: it.indicator, t("Forecast of", lang),
               lambda it: content.indicators[it.indicator].name[lang]),
        Column("made", lambda it: it.made, t("Made in", lang), lambda it: str(it.made)),
        Column("year", lambda it: it.year, t("Year", lang), lambda it: str(it.year)),
        Column("forecast", None, t("Forecast, 80%", lang), lambda it: _range(content, it.indicator, it.forecast, lang)),
        Column("observed", lambda it: it.actual, t("Observed", lang),
               lambda it: _figure(content, it.indicator, it.actual, lang)),
        *_quantiles(lambda it: it.forecast),
        Column("crps", lambda it: it.crps, t("Score", lang),
               lambda it: t("CRPS {score}", lang, score=plain(100 * it.crps, 1) + "%")),
    )  # fmt: skip
    return Table(t("Forecasts of past years, scored", lang), columns, figures)


def _scored_pace(content: Content, pace: Sequence[PaceScore], lang: str) -> Table[PaceScore]:
    columns: tuple[Column[PaceScore], ...] = (
        Column("target", lambda it: it.target, t("Forecast of", lang),
               lambda it: t("{target}, on pace", lang, target=content.targets[it.target].name[lang])),
        Column("made", lambda it: it.made, t("Made in", lang), lambda it: str(it.made)),
        Column("year", lambda it: it.year, t("Year", lang), lambda it: str(it.year)),
        Column("odds", lambda it: it.odds, t("Forecast, 80%", lang), lambda it: likelihood(it.odds)),
        Column("on_pace", lambda it: it.on_pace, t("Observed", lang),
               lambda it: t("on pace", lang) if it.on_pace else t("behind", lang)),
        Column("brier", lambda it: it.brier, t("Score", lang),
               lambda it: t("Brier {score}", lang, score=plain(it.brier, 2))),
    )  # fmt: skip
    return Table("", columns, pace)


def scores_sentence(figures: Sequence[FigureScore], pace: Sequence[PaceScore], lang: str) -> str:
    """The mean scores."""
    if not figures:
        return t("No kept forecast has met its figures yet.", lang)
    inside = sum(it.forecast[0] <= it.actual <= it.forecast[2] for it in figures)
    said = t("{inside} of {count} figures lie within their 80% intervals; mean CRPS {crps}.", lang, inside=inside,
             count=len(figures), crps=plain(100 * sum(it.crps for it in figures) / len(figures), 1) + "%")  # fmt: skip
    if pace:
        brier = plain(sum(it.brier for it in pace) / len(pace), 2)
        said += t(" Mean Brier score of being on pace {brier}.", lang, brier=brier)
    return said
