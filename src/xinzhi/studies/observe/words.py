"""Monitoring as tables, sentences and records: new figures, odds before and after, old forecasts scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinzhi.content.content import Content
from xinzhi.show.constants import constant_words
from xinzhi.show.members import left_out_sentences
from xinzhi.show.numbers import likelihood, plain, quantity, significant, threshold
from xinzhi.show.words import join, t
from xinzhi.studies.observe.forecast import FigureScore, PaceScore
from xinzhi.studies.observe.observation import SURPRISING, Observed
from xinzhi.studies.odds.odds import Odds

CHANGED = 0.01  # of the odds: smaller changes are within the draws' own error
SHOWN = 5
Table = tuple[str, list[str], list[tuple[str, ...]]]


def figures_table(content: Content, found: Observed, lang: str) -> Table:
    """A row a new figure: what was forecast, what came, how much of a surprise it is."""
    columns = [
        t("Indicator", lang),
        t("Year", lang),
        t("Forecast, 80%", lang),
        t("Observed", lang),
        t("Surprise", lang),
    ]
    rows: list[tuple[str, ...]] = []
    for it in sorted(found.surprises, key=lambda it: it.tail):
        indicator = content.indicators[it.indicator]
        low, high, came = (
            quantity(value, indicator.unit, indicator.decimals, lang, content.units)
            for value in (it.forecast[0], it.forecast[2], it.observation.value)
        )
        told = plain(it.score, 1, sign=True) + "σ"
        told = t("{score}, a surprise", lang, score=told) if it.tail < SURPRISING else told
        rows.append((indicator.name[lang], str(it.observation.time), f"{low} … {high}", came, told))
    return t("New figures against their forecasts", lang), columns, rows


def changes_table(content: Content, before: Odds, after: Odds, lang: str) -> Table:
    """The targets whose odds changed, and the headline ones: odds and medians before and after."""
    columns = [t("Target", lang), t("Threshold", lang), t("Odds before", lang), t("Odds after", lang),
               t("Median before", lang), t("Median after", lang)]  # fmt: skip
    rows = []
    for old, new in zip(before.targets, after.targets, strict=True):
        target = old.target
        if not target.headline and abs(new.odds - old.odds) < CHANGED:
            continue
        middles = (quantity(it.value[1], target.unit, target.decimals, lang, content.units) for it in (old, new))
        rows.append((target.name[lang], threshold(target.sense, target.threshold, target.unit, lang, content.units),
                     likelihood(old.odds), likelihood(new.odds), *middles))  # fmt: skip
    return t("Odds before and after the new figures", lang), columns, rows


def observed_sentences(content: Content, found: Observed, lang: str) -> list[str]:
    """How the futures were weighed, which figures surprised and what they speak against."""
    members = found.before.design.members
    said = []
    if found.refitted:
        said.append(
            t("Only {effective} of {members} futures still fit: the constants were fitted anew, to {year}.", lang,
              effective=plain(found.effective, 0), members=plain(members, 0), year=found.until)
        )  # fmt: skip
    else:
        said.append(
            t("The futures are weighted by the new figures; {effective} of {members} still count, so no new fit is "
              "needed.", lang, effective=plain(found.effective, 0), members=plain(members, 0))
        )  # fmt: skip
    said += left_out_sentences(max(found.before.failed, found.after.failed), members, lang)
    odd = [content.indicators[it.indicator].name[lang] for it in found.surprises if it.tail < SURPRISING]
    said.append(
        t("Surprises: {series}. The model's account of them is doubtful.", lang, series=join(odd, lang))
        if odd
        else t("No new figure is a surprise.", lang)
    )
    for it in found.shifts[:SHOWN]:
        ends = {"before": significant(it.before, 3), "after": significant(it.after, 3)}
        said.append(
            t("The figures speak against {constant}: {before} becomes {after} ({moved} standard deviations).", lang,
              constant=constant_words(content, it.constant, lang), moved=plain(it.moved, 2, sign=True), **ends)
        )  # fmt: skip
    if not found.shifts:
        said.append(t("They speak against no assumption.", lang))
    return said


def aside_sentences(aside: Sequence[str], lang: str) -> list[str]:
    """The series whose new figures nothing was held against."""
    if not aside:
        return []
    return [t("No forecast was made of {series}; their figures are only kept.", lang, series=join(list(aside), lang))]


def scores_table(content: Content, figures: Sequence[FigureScore], pace: Sequence[PaceScore], lang: str) -> Table:
    """A row a kept forecast whose figure has come; below, the odds of being on pace."""
    columns = [t("Forecast of", lang), t("Made in", lang), t("Year", lang), t("Forecast, 80%", lang),
               t("Observed", lang), t("Score", lang)]  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for it in figures:
        indicator = content.indicators[it.indicator]
        low, high, came = (
            quantity(value, indicator.unit, indicator.decimals, lang, content.units)
            for value in (it.forecast[0], it.forecast[2], it.actual)
        )
        rows.append((indicator.name[lang], str(it.made), str(it.year), f"{low} … {high}", came,
                     t("CRPS {score}", lang, score=plain(100 * it.crps, 1) + "%")))  # fmt: skip
    for row in pace:
        target = content.targets[row.target]
        came = t("on pace", lang) if row.on_pace else t("behind", lang)
        rows.append((t("{target}, on pace", lang, target=target.name[lang]), str(row.made), str(row.year),
                     likelihood(row.odds), came, t("Brier {score}", lang, score=plain(row.brier, 2))))  # fmt: skip
    return t("Forecasts of past years, scored", lang), columns, rows


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


def observed_record(
    found: Observed, before: Odds, after: Odds, figures: Sequence[FigureScore], pace: Sequence[PaceScore]
) -> dict[str, Any]:
    """Everything, unrounded."""
    return {
        "until": found.until, "members": found.before.design.members, "effective": found.effective,
        "refitted": found.refitted, "failed_before": found.before.failed, "failed_after": found.after.failed,
        "figures": [
            {"indicator": it.indicator, "year": it.observation.time, "observed": it.observation.value,
             "p10": it.forecast[0], "p50": it.forecast[1], "p90": it.forecast[2], "score": it.score, "tail": it.tail}
            for it in found.surprises
        ],
        "against": [
            {"constant": it.constant, "median_before": it.before, "median_after": it.after, "moved": it.moved}
            for it in found.shifts
        ],
        "targets": [
            {"target": old.target.id, "odds_before": old.odds, "odds_after": new.odds, "p50_before": old.value[1],
             "p50_after": new.value[1]}
            for old, new in zip(before.targets, after.targets, strict=True)
        ],
        "scored_figures": [
            {"indicator": it.indicator, "made": it.made, "year": it.year, "observed": it.actual, "p10": it.forecast[0],
             "p50": it.forecast[1], "p90": it.forecast[2], "crps": it.crps}
            for it in figures
        ],
        "scored_pace": [
            {"target": it.target, "made": it.made, "year": it.year, "odds": it.odds, "on_pace": it.on_pace,
             "brier": it.brier}
            for it in pace
        ],
    }  # fmt: skip
