"""Robustness as a table, sentences and records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.show.numbers import difference, likelihood, plain, quantity, threshold
from xinzhi.show.words import join, t
from xinzhi.simulate import Run
from xinzhi.studies.robustness.robustness import Dominance, Measures, Robustness
from xinzhi.studies.table import Cells, Column, Table

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[Target, Run, Measures]


def robustness_rows(content: Content, robustness: Robustness, lang: str) -> Table[Row]:
    """A row a target and scenario."""
    rows = [(target, run, it) for target, measures in zip(robustness.targets, robustness.measures, strict=True)
            for run, it in zip(robustness.runs, measures, strict=True)]  # fmt: skip
    return Table(t("Scenarios over the same futures", lang), _columns(content, lang), rows)


def _columns(content: Content, lang: str) -> tuple[Column[Row], ...]:
    """Figures and regrets in the targets' units; odds are shares."""

    def level(row: Row, value: float) -> str:
        return quantity(value, row[0].unit, row[0].decimals, lang, content.units)

    return (
        Column("target", lambda row: row[0].id),
        Column("unit", lambda row: row[0].unit),
        Column("sense", lambda row: row[0].sense),
        Column("threshold", lambda row: row[0].threshold),
        Column("scenario", lambda row: row[1].scenario, t("Scenario", lang), lambda row: row[1].name[lang]),
        Column("mean", lambda row: row[2].mean, t("Mean", lang), lambda row: level(row, row[2].mean)),
        Column("worst_decile", lambda row: row[2].decile, t("Worst decile", lang),
               lambda row: level(row, row[2].decile)),
        Column("odds", lambda row: row[2].odds, t("Odds", lang), lambda row: likelihood(row[2].odds)),
        Column("standard_error", lambda row: row[2].error),
        Column("mean_regret", lambda row: row[2].regret, t("Mean regret", lang),
               lambda row: regret_words(content, row[0], row[2].regret, lang)),
        Column("regret_90", lambda row: row[2].regret_90, t("90% regret", lang),
               lambda row: regret_words(content, row[0], row[2].regret_90, lang)),
        Column("signal_to_noise", lambda row: row[2].signal, t("Signal to noise", lang),
               lambda row: "–" if row[2].signal is None else plain(row[2].signal, 1, sign=True)),
    )  # fmt: skip


def robustness_table(content: Content, robustness: Robustness, lang: str) -> Cells:
    """A row a scenario under each target."""
    cells = robustness_rows(content, robustness, lang).cells()
    rows: list[Sequence[str]] = []
    for place, target in enumerate(robustness.targets):
        needed = threshold(target.sense, target.threshold, target.unit, lang, content.units)
        rows.append((f"{target.name[lang]} {needed}",))
        rows += cells.rows[place * len(robustness.runs) : (place + 1) * len(robustness.runs)]
    return replace(cells, rows=rows)


def regret_words(content: Content, target: Target, value: float, lang: str) -> str:
    """A regret with its unit, percentage points for shares; it has no sign."""
    return difference(value, target.unit, target.decimals, lang, content.units).removeprefix("+")


def undominated(robustness: Robustness, lang: str) -> str:
    """The scenarios that no other one dominates on all of the targets, in a sentence."""
    beaten = {it.worse for it in robustness.dominance if it.target is None}
    best = [run.name[lang] for place, run in enumerate(robustness.runs) if place not in beaten]
    if len(best) == len(robustness.runs):
        return t("No scenario dominates another on all of these targets.", lang)
    return t("Dominated by no other scenario: {names}. For each of the others there is a scenario that is at least as "
             "good at every probability and better at some.", lang, names=join(best, lang))  # fmt: skip


def monte_carlo(robustness: Robustness, lang: str) -> str:
    """How far the odds may be off because the futures are few."""
    worst = max(it.error for measures in robustness.measures for it in measures)
    return t("So many futures leave each scenario's odds a standard error of {error} percentage points at most.", lang,
             error=plain(100 * worst, 1))  # fmt: skip


def robustness_sentences(robustness: Robustness, lang: str) -> list[str]:
    """Which scenario dominates which, on how many futures that rests, and what the words mean."""
    said = []
    for better in range(len(robustness.runs)):
        for worse in range(len(robustness.runs)):
            mine = [it for it in robustness.dominance if (it.better, it.worse) == (better, worse)]
            if mine:
                said += _pair(robustness, mine, lang)
    if not any(it.target is None for it in robustness.dominance):
        said.append(t("No scenario dominates another on all of these targets.", lang))
    said.append(
        t("{futures} futures, the same for every scenario; {failed} gave no number in some scenario and are left out.",
          lang, futures=plain(robustness.figures.shape[2], 0), failed=robustness.failed)
    )  # fmt: skip
    said.append(
        t("Worst decile: one future in ten is worse. Regret: what the best of these scenarios would have brought more "
          "in the same future. Signal to noise: the mean margin over the threshold in standard deviations.", lang)
    )  # fmt: skip
    return said


def _pair(robustness: Robustness, mine: list[Dominance], lang: str) -> list[str]:
    names = {"better": robustness.runs[mine[0].better].name, "worse": robustness.runs[mine[0].worse].name}
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


def robustness_frames(content: Content, robustness: Robustness) -> dict[str, pd.DataFrame]:
    """Measures by target and scenario; which scenario dominates which."""
    import pandas as pd

    dominance = pd.DataFrame(_dominance_records(robustness), columns=["better", "worse", "target", "in_every_future"])
    measures = robustness_rows(content, robustness, "en").frame().astype({"signal_to_noise": float})
    return {"robustness": measures, "dominance": dominance}


def robustness_record(content: Content, robustness: Robustness) -> dict[str, Any]:
    """Everything, unrounded; figures in the targets' units."""
    rows, runs, of_target = robustness_rows(content, robustness, "en").records(), len(robustness.runs), _OF_TARGET
    return {
        "scenarios": [run.scenario for run in robustness.runs], "futures": robustness.figures.shape[2],
        "failed": robustness.failed, "effective": robustness.effective, "seed": robustness.seed,
        "targets": [
            {
                **{name: rows[first][name] for name in of_target},
                "scenarios": [
                    {name: value for name, value in row.items() if name not in of_target}
                    for row in rows[first : first + runs]
                ],
            }
            for first in range(0, len(rows), runs)
        ],
        "dominance": _dominance_records(robustness),
    }  # fmt: skip


_OF_TARGET = ("target", "unit", "sense", "threshold")


def _dominance_records(robustness: Robustness) -> list[dict[str, Any]]:
    ids = [run.scenario for run in robustness.runs]
    return [
        {"better": ids[it.better], "worse": ids[it.worse], "target": None if it.target is None else it.target.id,
         "in_every_future": it.in_every_future}
        for it in robustness.dominance
    ]  # fmt: skip
