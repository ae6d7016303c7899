"""Odds of targets as a table, sentences and records."""

from __future__ import annotations

from typing import Any

from xinzhi.content.content import Content
from xinzhi.content.indicator import headline
from xinzhi.show.constants import constant_words
from xinzhi.show.numbers import likelihood, plain, quantity, threshold
from xinzhi.show.words import join, t
from xinzhi.studies.odds.odds import Odds, TargetOdds, Worth

WORTHWHILE = 0.005  # of all verdicts: a smaller gain is not worth a line
SHOWN = 3
Table = tuple[str, list[str], list[tuple[str, ...]]]


def odds_table(content: Content, odds: Odds, lang: str) -> Table:
    """A row a target, the headline ones first: odds with their error, the value, what is most worth knowing."""
    columns = [t("Target", lang), t("Threshold", lang), t("Odds", lang), t("10% to 90%", lang),
               t("Wrong verdicts", lang), t("Most worth knowing", lang)]  # fmt: skip
    first = [it.id for it in headline(content.targets)]
    rows = [
        _row(content, it, lang) for it in sorted(odds.targets, key=lambda it: it.target.id not in first)
    ]  # fmt: skip
    title = t("{scenario}: odds of the targets", lang, scenario=odds.ensemble.run.name)
    return title, columns, rows


def _row(content: Content, it: TargetOdds, lang: str) -> tuple[str, ...]:
    target = it.target
    ends = [quantity(value, target.unit, target.decimals, lang, content.units) for value in (it.value[0], it.value[2])]
    sure = f"{likelihood(it.odds)} ±{plain(196 * it.error, 1)}" if 0.01 <= it.odds <= 0.99 else likelihood(it.odds)
    best = next((one for one in worthwhile(it) if one.gain >= WORTHWHILE), None)
    told = "–" if best is None else f"{thing(content, best, lang)} −{plain(100 * best.gain, 1)}"
    return (target.name[lang], threshold(target.sense, target.threshold, target.unit, lang, content.units), sure,
            f"{ends[0]} … {ends[1]}", plain(100 * it.wrong, 1) + "%", told)  # fmt: skip


def worthwhile(it: TargetOdds) -> list[Worth]:
    """The questions of the base year and the constants, most worth knowing first."""
    return sorted((*it.worth, *it.constants), key=lambda one: -one.gain)


def thing(content: Content, worth: Worth, lang: str) -> str:
    """What is to be known, in words."""
    if worth.name is None:
        return t("all questions of the base year", lang)
    if worth.of_base_year:
        return t("{indicator} in {year}", lang, indicator=content.indicators[worth.name].name[lang],
                 year=content.region.plan.base_year)  # fmt: skip
    return constant_words(content, worth.name, lang)


def odds_sentences(content: Content, odds: Odds, lang: str) -> list[str]:
    """What the odds mean, which statistics would change a verdict, what it cost and what is not in them."""
    design = odds.ensemble.design
    return [
        t("All five headline targets at once: {headline}; every target: {every}.", lang,
          headline=likelihood(odds.headline), every=likelihood(odds.every)),
        *_measure(content, odds, lang),
        t("{members} futures, each started at the statistics of the base year at {runs} half-length runs; {failed} "
          "gave no number or no start and are left out.", lang, members=plain(design.members, 0),
          runs=plain(design.runs, 1), failed=odds.ensemble.failed),
        *(
            [t("Figures after {year} weigh the futures; {effective} of {members} still count.", lang,
               year=content.fit.last, effective=plain(odds.effective, 0), members=plain(design.members, 0))]
            if content.fit is not None and odds.effective < 0.999 * design.members
            else []
        ),
        t("In the odds: constants, the fit, the figures of the base year. Not in them: whether the model's structure "
          "is right.", lang),
    ]  # fmt: skip


def _measure(content: Content, odds: Odds, lang: str) -> list[str]:
    """The questions of the base year, each with the targets whose verdict it would put right."""
    found: dict[str, list[tuple[float, TargetOdds, Worth]]] = {}
    for it in odds.targets:
        for worth in it.worth:
            assert worth.name is not None
            found.setdefault(worth.name, []).append((worth.gain, it, worth))
    said = []
    for name, rows in sorted(found.items(), key=lambda pair: -max(gain for gain, _, _ in pair[1])):
        best = [row for row in sorted(rows, key=lambda row: -row[0]) if row[0] >= WORTHWHILE][:SHOWN]
        what = thing(content, best[0][2] if best else rows[0][2], lang)
        if not best:
            said.append(t("{what} would change no verdict.", lang, what=what))
            continue
        unit = content.indicators[name]
        told = [
            t("{target} ({gain} points)", lang, target=it.target.name[lang], gain=plain(100 * gain, 1))
            + ("" if worth.turns is None else t(", even odds at {value}", lang,
               value=quantity(worth.turns, unit.unit, unit.decimals, lang, content.units)))
            for gain, it, worth in best
        ]  # fmt: skip
        said.append(t("Worth measuring: {what}. Fewer wrong verdicts on {targets}.", lang, what=what,
                      targets=join(told, lang)))  # fmt: skip
    return said


def odds_record(odds: Odds) -> dict[str, Any]:
    """Everything, unrounded; gains are shares of verdicts."""
    design = odds.ensemble.design
    return {
        "scenario": odds.ensemble.run.scenario, "members": design.members, "failed": odds.ensemble.failed,
        "effective": odds.effective,
        "seed": design.seed, "half_length_runs_per_member": design.runs, "headline": odds.headline,
        "every": odds.every,
        "targets": [
            {
                "target": it.target.id, "odds": it.odds, "standard_error": it.error, "p10": it.value[0],
                "p50": it.value[1], "p90": it.value[2], "wrong_verdicts": it.wrong,
                "worth_measuring": [_worth_record(one) for one in it.worth],
                "base_year_together": None if it.together is None else _worth_record(it.together),
                "constants": [_worth_record(one) for one in it.constants],
            }
            for it in odds.targets
        ],
    }  # fmt: skip


def _worth_record(worth: Worth) -> dict[str, Any]:
    return {"name": worth.name, "of_base_year": worth.of_base_year, "wrong_verdicts_then": worth.then,
            "gain": worth.gain, "even_odds_at": worth.turns}  # fmt: skip
