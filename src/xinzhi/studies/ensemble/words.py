"""An ensemble's summary as tables and records, and its members as one NetCDF file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from xinzhi.content.content import Content
from xinzhi.content.indicator import headline
from xinzhi.formats.writing import netcdf_bytes
from xinzhi.futures.summary import QUANTILES, Share, Summary
from xinzhi.show.numbers import likelihood, plain, quantity, threshold, year
from xinzhi.show.words import t
from xinzhi.studies.ensemble.ensemble_files import EnsembleFolder, keep

Table = tuple[str, list[str], list[tuple[str, ...]]]


def ensemble_table(content: Content, found: Summary, lang: str) -> Table:
    """A row a target, the headline ones first: odds with the interval of the estimate, 5, 50 and 95 % of its value."""
    columns = [t("Target", lang), t("Threshold", lang), t("Odds", lang), t("Estimate, 95%", lang),
               *(plain(100 * share, 0) + "%" for share in (0.05, 0.5, 0.95))]  # fmt: skip
    first = [it.id for it in headline(content.targets)]
    rows = []
    for target in sorted(content.targets.values(), key=lambda it: it.id not in first):
        share, values = found.targets[target.id], dict(zip(QUANTILES, found.figures[target.id], strict=False))
        shown = [
            quantity(values[it], target.unit, target.decimals, lang, content.units) if it in values else "–"
            for it in (0.05, 0.5, 0.95)
        ]
        rows.append((target.name[lang], threshold(target.sense, target.threshold, target.unit, lang, content.units),
                     likelihood(share.odds), _interval(share), *shown))  # fmt: skip
    name = content.scenarios[found.scenario].name[lang] if found.scenario in content.scenarios else found.scenario
    return t("{scenario}: {count} futures", lang, scenario=name, count=plain(found.members, 0)), columns, rows


def _interval(share: Share) -> str:
    return f"{plain(100 * share.low, 2)} … {plain(100 * share.high, 2)}%"


def ensemble_sentences(found: Summary, folder: EnsembleFolder, lang: str) -> list[str]:
    """The joint odds, and the members that are left out."""
    said = [
        t("All headline targets at once: {headline} ({low}); every target: {every}.", lang,
          headline=likelihood(found.headline.odds), low=_interval(found.headline), every=likelihood(found.every.odds))
    ]  # fmt: skip
    if found.failed:
        said.append(t("{failed} of {members} gave no number or no start and are in no figure above.", lang,
                      failed=found.failed, members=plain(found.members, 0)))  # fmt: skip
        said += [
            t('Member {member}: "{variable}" is no number in {year}.', lang, member=it["member"],
              variable=it["variable"], year=year(it["time"]))
            for it in folder.failures(found.scenario)[:5]
            if it["variable"] is not None
        ]  # fmt: skip
    return said


def ensemble_records(found: Sequence[Summary], folder: EnsembleFolder) -> dict[str, Any]:
    """Everything, unrounded."""
    recipe = {**asdict(folder.recipe), "settings": dict(folder.recipe.settings)}
    return {
        "recipe": recipe, "folder": str(folder.path), "quantiles": list(QUANTILES),
        "scenarios": [{**asdict(it), "failures": folder.failures(it.scenario)} for it in found],
    }  # fmt: skip


def write_netcdf(folder: EnsembleFolder, path: Path) -> None:
    """All members: dimensions scenario and member, a variable a column. Raises `OutputError`."""
    import xarray as xr

    frames = [folder.frame(scenario).to_xarray() for scenario in folder.recipe.scenarios]
    whole = xr.concat(frames, dim=xr.DataArray(list(folder.recipe.scenarios), dims="scenario", name="scenario"))
    whole.attrs["xinzhi"] = json.dumps(asdict(folder.recipe), ensure_ascii=False, default=list)
    keep(path, netcdf_bytes(whole))
