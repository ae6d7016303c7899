"""Robustness as a table, sentences and records."""

from __future__ import annotations

from typing import Any

from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.show.numbers import difference, likelihood, plain, quantity, threshold
from xinzhi.show.words import join, t
from xinzhi.studies.robustness.robustness import Dominance, Robustness

Table = tuple[str, list[str], list[tuple[str, ...]]]


def robustness_table(content: Content, found: Robustness, lang: str) -> Table:
    """A row a scenario under each target."""
    columns = [t("Scenario", lang), t("Mean", lang), t("Worst decile", lang), t("Odds", lang), t("Mean regret", lang),
               t("90% regret", lang), t("Signal to noise", lang)]  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for target, measures in zip(found.targets, found.measures, strict=True):
        needed = threshold(target.sense, target.threshold, target.unit, lang, content.units)
        rows.append((f"{target.name[lang]} {needed}",))
        for run, it in zip(found.runs, measures, strict=True):
            level = (
                quantity(value, target.unit, target.decimals, lang, content.units) for value in (it.mean, it.decile)
            )
            regret = (regret_words(content, target, value, lang) for value in (it.regret, it.regret_90))
            signal = "–" if it.signal is None else plain(it.signal, 1, sign=True)
            rows.append((run.name[lang], *level, likelihood(it.odds), *regret, signal))
    return t("Scenarios over the same futures", lang), columns, rows


def regret_words(content: Content, target: Target, value: float, lang: str) -> str:
    """A regret with its unit, percentage points for shares; it has no sign."""
    return difference(value, target.unit, target.decimals, lang, content.units).removeprefix("+")


def undominated(found: Robustness, lang: str) -> str:
    """The scenarios that no other one dominates on all of the targets, in a sentence."""
    beaten = {it.worse for it in found.dominance if it.target is None}
    best = [run.name[lang] for place, run in enumerate(found.runs) if place not in beaten]
    if len(best) == len(found.runs):
        return t("No scenario dominates another on all of these targets.", lang)
    return t("Dominated by no other scenario: {names}. For each of the others there is a scenario that is at least as "
             "good at every probability and better at some.", lang, names=join(best, lang))  # fmt: skip


def monte_carlo(found: Robustness, lang: str) -> str:
    """How far the odds may be off because the futures are few."""
    worst = max(it.error for measures in found.measures for it in measures)
    return t("So many futures leave each scenario's odds a standard error of {error} percentage points at most.", lang,
             error=plain(100 * worst, 1))  # fmt: skip


def robustness_sentences(found: Robustness, lang: str) -> list[str]:
    """Which scenario dominates which, on how many futures that rests, and what the words mean."""
    said = []
    for better in range(len(found.runs)):
        for worse in range(len(found.runs)):
            mine = [it for it in found.dominance if (it.better, it.worse) == (better, worse)]
            if mine:
                said += _pair(found, mine, lang)
    if not any(it.target is None for it in found.dominance):
        said.append(t("No scenario dominates another on all of these targets.", lang))
    said.append(
        t("{futures} futures, the same for every scenario; {failed} gave no number in some scenario and are left out.",
          lang, futures=plain(found.figures.shape[2], 0), failed=found.failed)
    )  # fmt: skip
    said.append(
        t("Worst decile: one future in ten is worse. Regret: what the best of these scenarios would have brought more "
          "in the same future. Signal to noise: the mean margin over the threshold in standard deviations.", lang)
    )  # fmt: skip
    return said


def _pair(found: Robustness, mine: list[Dominance], lang: str) -> list[str]:
    names = {"better": found.runs[mine[0].better].name, "worse": found.runs[mine[0].worse].name}
    whole = next((it for it in mine if it.target is None), None)
    if whole is not None and whole.in_every_future:
        return [t("{better} dominates {worse} on all of these targets, in every future.", lang, **names)]
    said = []
    if whole is not None:
        said.append(t("{better} dominates {worse} on all of these targets, at every probability.", lang, **names))
    for every in (True, False):
        on = [it.target.short_name[lang] for it in mine if it.target is not None and it.in_every_future is every]
        if on and every:
            said.append(t("{better} dominates {worse} in every future on: {targets}.", lang, targets=join(on, lang),
                          **names))  # fmt: skip
        elif on and whole is None:
            said.append(t("{better} dominates {worse} at every probability, not in every future, on: {targets}.", lang,
                          targets=join(on, lang), **names))  # fmt: skip
    return said


def robustness_record(found: Robustness) -> dict[str, Any]:
    """Everything, unrounded; figures in the targets' units."""
    ids = [run.scenario for run in found.runs]
    return {
        "scenarios": ids, "futures": found.figures.shape[2], "failed": found.failed, "effective": found.effective,
        "seed": found.seed,
        "targets": [
            {
                "target": target.id, "unit": target.unit, "sense": target.sense, "threshold": target.threshold,
                "scenarios": [
                    {"scenario": name, "mean": it.mean, "worst_decile": it.decile, "odds": it.odds,
                     "standard_error": it.error, "mean_regret": it.regret, "regret_90": it.regret_90,
                     "signal_to_noise": it.signal}
                    for name, it in zip(ids, measures, strict=True)
                ],
            }
            for target, measures in zip(found.targets, found.measures, strict=True)
        ],
        "dominance": [
            {"better": ids[it.better], "worse": ids[it.worse], "target": None if it.target is None else it.target.id,
             "in_every_future": it.in_every_future}
            for it in found.dominance
        ],
    }  # fmt: skip
