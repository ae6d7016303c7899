"""Odds of targets as a table, sentences and records."""

from __future__ import annotations

from typing import Any

from xinzhi.content.content import Content
from xinzhi.content.indicator import headline
from xinzhi.futures.target_odds import Odds, TargetOdds, Worth
from xinzhi.show.constants import constant_words
from xinzhi.show.numbers import likelihood, plain, quantity, threshold
from xinzhi.show.words import join, t
from xinzhi.studies.table import Column, Table

WORTHWHILE = 0.005  # of all verdicts: a smaller gain is not worth a line
SHOWN = 3


def odds_table(content: Content, odds: Odds, lang: str) -> Table[TargetOdds]:
    """A row a target, the headline ones first: odds with their error, the value, and, where that was asked for, what is
    most worth knowing."""
    first = [it.id for it in headline(content.targets)]
    rows = sorted(odds.targets, key=lambda it: it.target.id not in first)
    title = t("{scenario}: odds of the targets", lang, scenario=odds.run.name)
    columns = _columns(content, lang)
    if odds.valued:
        columns += (Column("most", None, t("Most worth knowing", lang), lambda it: _most(content, it, lang)),)
    return Table(title, columns, rows)


def _columns(content: Content, lang: str) -> tuple[Column[TargetOdds], ...]:
    """Values in the targets' units; odds and wrong verdicts are shares."""
    return (
        Column("target", lambda it: it.target.id, t("Target", lang), lambda it: it.target.name[lang]),
        Column("threshold", None, t("Threshold", lang), lambda it: _threshold(content, it, lang)),
        Column("odds", lambda it: it.odds, t("Odds", lang), _odds_text),
        Column("standard_error", lambda it: it.error),
        Column("p10", lambda it: it.value[0]),
        Column("p50", lambda it: it.value[1]),
        Column("p90", lambda it: it.value[2]),
        Column("range", None, t("10% to 90%", lang), lambda it: _range(content, it, lang)),
        Column("wrong_verdicts", lambda it: it.wrong, t("Wrong verdicts", lang),
               lambda it: plain(100 * it.wrong, 1) + "%"),
    )  # fmt: skip


def _threshold(content: Content, it: TargetOdds, lang: str) -> str:
    return threshold(it.target.sense, it.target.threshold, it.target.unit, lang, content.units)


def _odds_text(it: TargetOdds) -> str:
    return f"{likelihood(it.odds)} ±{plain(196 * it.error, 1)}" if 0.01 <= it.odds <= 0.99 else likelihood(it.odds)


def _range(content: Content, it: TargetOdds, lang: str) -> str:
    low, _, high = it.value
    return " … ".join(quantity(value, it.target.unit, it.target.decimals, lang, content.units) for value in (low, high))


def _most(content: Content, it: TargetOdds, lang: str) -> str:
    best = next((one for one in worthwhile(it) if one.gain >= WORTHWHILE), None)
    return "–" if best is None else f"{thing(content, best, lang)} −{plain(100 * best.gain, 1)}"


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
    """What the odds mean, which statistics would change a verdict (where asked for), what it cost, what they lack."""
    return [
        t("All five headline targets at once: {headline}; every target: {every}.", lang,
          headline=likelihood(odds.headline), every=likelihood(odds.every)),
        *_measure(content, odds, lang),
        t("{members} futures, each started at the statistics of the base year at {runs} half-length runs; {failed} "
          "gave no number or no start and are left out.", lang, members=plain(odds.members, 0),
          runs=plain(odds.anchoring, 1), failed=odds.failed),
        *(
            [t("Figures after {year} weigh the futures; {effective} of {members} still count.", lang,
               year=content.fit.last, effective=plain(odds.effective, 0), members=plain(odds.members, 0))]
            if content.fit is not None and odds.effective < 0.999 * (odds.members - odds.failed)
            else []
        ),
        t("In the odds: constants, the fit, the figures of the base year. Not in them: whether the model's structure "
          "is right.", lang),
    ]  # fmt: skip


def _measure(content: Content, odds: Odds, lang: str) -> list[str]:
    """The questions of the base year, each with the targets whose verdict it would put right."""
    worths: dict[str, list[tuple[float, TargetOdds, Worth]]] = {}
    for it in odds.targets:
        for worth in it.worth:
            assert worth.name is not None
            worths.setdefault(worth.name, []).append((worth.gain, it, worth))
    said = []
    for name, rows in sorted(worths.items(), key=lambda pair: -max(gain for gain, _, _ in pair[1])):
        best = [row for row in sorted(rows, key=lambda row: -row[0]) if row[0] >= WORTHWHILE][:SHOWN]
        what = thing(content, best[0][2] if best else rows[0][2], lang)
        if not best:
            said.append(t("{what} would change no verdict.", lang, what=what))
            continue
        unit = content.indicators[name]
        targets = [
            t("{target} ({gain} points)", lang, target=it.target.name[lang], gain=plain(100 * gain, 1))
            + ("" if worth.turns is None else t(", even odds at {value}", lang,
               value=quantity(worth.turns, unit.unit, unit.decimals, lang, content.units)))
            for gain, it, worth in best
        ]  # fmt: skip
        said.append(t("Worth measuring: {what}. Fewer wrong verdicts on {targets}.", lang, what=what,
                      targets=join(targets, lang)))  # fmt: skip
    return said


def odds_record(content: Content, odds: Odds) -> dict[str, Any]:
    """Everything, unrounded; gains are shares of verdicts."""
    rows = Table("", _columns(content, "en"), odds.targets).records()
    return {
        "scenario": odds.run.scenario, "members": odds.members, "failed": odds.failed, "effective": odds.effective,
        "seed": odds.seed, "half_length_runs_per_member": odds.anchoring, "headline": odds.headline,
        "every": odds.every,
        "targets": [
            {**row, **(_worth_records(it) if odds.valued else {})}
            for it, row in zip(odds.targets, rows, strict=True)
        ],
    }  # fmt: skip


def _worth_records(target_odds: TargetOdds) -> dict[str, Any]:
    return {
        "worth_measuring": [_worth_record(one) for one in target_odds.worth],
        "base_year_together": None if target_odds.together is None else _worth_record(target_odds.together),
        "constants": [_worth_record(one) for one in target_odds.constants],
    }


def _worth_record(worth: Worth) -> dict[str, Any]:
    return {"name": worth.name, "of_base_year": worth.of_base_year, "wrong_verdicts_then": worth.then,
            "gain": worth.gain, "even_odds_at": worth.turns}  # fmt: skip
