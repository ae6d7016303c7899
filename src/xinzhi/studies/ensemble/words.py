"""An ensemble's summary as tables and records, and its members as one labelled array."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from xinzhi.content.content import Content
from xinzhi.content.indicator import Target, headline
from xinzhi.futures.summary import QUANTILES, Share, Summary
from xinzhi.show.numbers import likelihood, plain, quantity, threshold, year
from xinzhi.show.words import t
from xinzhi.studies.ensemble.ensemble_files import EnsembleFolder
from xinzhi.studies.ensemble.ensembles import Made
from xinzhi.studies.table import Column, Lines, Part, Table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Row = tuple[Summary, Target]
SHOWN = (0.05, 0.5, 0.95)  # quantiles on the screen


def ensemble_table(content: Content, summary: Summary, lang: str) -> Table[Row]:
    """A row a target, the headline ones first: odds with the interval of the estimate, 5, 50 and 95 % of its value."""
    first = [it.id for it in headline(content.targets)]
    rows = [(summary, it) for it in sorted(content.targets.values(), key=lambda it: it.id not in first)]
    name = content.scenarios[summary.scenario].name[lang] if summary.scenario in content.scenarios else summary.scenario
    title = t("{scenario}: {count} futures", lang, scenario=name, count=plain(summary.members, 0))
    return Table(title, _columns(content, lang), rows)


def _columns(content: Content, lang: str) -> tuple[Column[Row], ...]:
    """Values in the targets' units; odds are shares, with the ends of their 95 % interval."""
    return (
        Column("scenario", lambda row: row[0].scenario),
        Column("target", lambda row: row[1].id, t("Target", lang), lambda row: row[1].name[lang]),
        Column("threshold", None, t("Threshold", lang),
               lambda row: threshold(row[1].sense, row[1].threshold, row[1].unit, lang, content.units)),
        Column("odds", lambda row: _share(row).odds, t("Odds", lang), lambda row: likelihood(_share(row).odds)),
        Column("odds_low", lambda row: _share(row).low),
        Column("odds_high", lambda row: _share(row).high),
        Column("interval", None, t("Estimate, 95%", lang), lambda row: _interval(_share(row))),
        *(_quantile(content, share, lang) for share in QUANTILES),
    )  # fmt: skip


def _share(row: Row) -> Share:
    return row[0].targets[row[1].id]


def _quantile(content: Content, share: float, lang: str) -> Column[Row]:
    """One quantile of the targets' values; read where it is one of `SHOWN`."""

    def value(row: Row) -> float:
        return _at(row[0].figures[row[1].id], share)

    def text(row: Row) -> str:
        read = value(row)
        target = row[1]
        return "–" if math.isnan(read) else quantity(read, target.unit, target.decimals, lang, content.units)

    head = plain(100 * share, 0) + "%" if share in SHOWN else ""
    return Column(f"p{100 * share:g}", value, head, text)


def _at(quantiles: Sequence[float], share: float) -> float:
    """A quantile of those that a summary holds; NaN where there is no sound member."""
    return quantiles[QUANTILES.index(share)] if quantiles else math.nan


def _interval(share: Share) -> str:
    return f"{plain(100 * share.low, 2)} … {plain(100 * share.high, 2)}%"


def ensemble_sentences(summary: Summary, folder: EnsembleFolder, lang: str) -> list[str]:
    """The joint odds, and the members that are left out."""
    said = [
        t("All headline targets at once: {headline} ({low}); every target: {every}.", lang,
          headline=likelihood(summary.headline.odds), low=_interval(summary.headline),
          every=likelihood(summary.every.odds))
    ]  # fmt: skip
    if summary.failed:
        said.append(t("{failed} of {members} gave no number or no start and are in no figure above.", lang,
                      failed=summary.failed, members=plain(summary.members, 0)))  # fmt: skip
        said += [
            t('Member {member}: "{variable}" is no number in {year}.', lang, member=it["member"],
              variable=it["variable"], year=year(it["time"]))
            for it in folder.failures(summary.scenario)[:5]
            if it["variable"] is not None
        ]  # fmt: skip
    return said


def ensemble_records(summaries: Sequence[Summary], folder: EnsembleFolder) -> dict[str, Any]:
    """Everything, unrounded."""
    recipe = {**asdict(folder.recipe), "settings": dict(folder.recipe.settings)}
    return {
        "recipe": recipe, "folder": str(folder.path), "quantiles": list(QUANTILES),
        "scenarios": [{**asdict(it), "failures": folder.failures(it.scenario)} for it in summaries],
    }  # fmt: skip


def ensemble_parts(content: Content, made: Made, lang: str) -> list[Part]:
    """A table and sentences a scenario."""
    parts: list[Part] = []
    for summary in made.summaries():
        parts.append(ensemble_table(content, summary, lang).cells())
        parts.append(Lines(ensemble_sentences(summary, made.folder, lang)))
    return parts


def ensemble_frames(made: Made) -> dict[str, pd.DataFrame]:
    """Odds and quantiles by scenario and target; quantiles of every column of the members besides."""
    import pandas as pd

    summaries = made.summaries()
    series = [
        {"scenario": it.scenario, "column": name, **{f"p{100 * share:g}": _at(values, share) for share in QUANTILES}}
        for it in summaries
        for name, values in it.figures.items()
    ]
    odds = pd.concat([ensemble_table(made.content, it, "en").frame() for it in summaries], ignore_index=True)
    return {"odds": odds, "series": pd.DataFrame(series)}


def ensemble_dataset(folder: EnsembleFolder) -> xr.Dataset:
    """All members: dimensions scenario and member, a variable a column."""
    import xarray as xr

    frames = [folder.frame(scenario).to_xarray() for scenario in folder.recipe.scenarios]
    whole = xr.concat(frames, dim=xr.DataArray(list(folder.recipe.scenarios), dims="scenario", name="scenario"))
    whole.attrs["xinzhi"] = json.dumps(asdict(folder.recipe), ensure_ascii=False, default=list)
    return whole
