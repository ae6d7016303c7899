"""Results as plain records, the form of JSON, tables and data frames; values in their declared units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xinzhi.analysis.accuracy import Accuracy
from xinzhi.analysis.compare import Comparison
from xinzhi.analysis.reality import CheckResult
from xinzhi.analysis.verdict import Verdict
from xinzhi.content.content import Content
from xinzhi.show.articles import grouped, met
from xinzhi.simulate import Run

if TYPE_CHECKING:
    pass


def verdict_record(content: Content, verdict: Verdict, lang: str) -> dict[str, Any]:
    """One target's verdict. ``status`` is the status of the base-year figure that the target builds on."""
    target = verdict.target
    return {
        "target": target.id,
        "name": target.name[lang],
        "scenario": verdict.scenario,
        "year": target.year,
        "value": verdict.value,
        "threshold": target.threshold,
        "sense": target.sense,
        "unit": target.unit,
        "measure": target.measure,
        "indicator": target.indicator,
        "prices": content.indicators[target.indicator].prices,
        "met": verdict.met,
        "gap": verdict.gap,
        "status": target.base.status,
        "base_year": target.base_year,
        "base_value": verdict.base,
        "base_observed": target.base.value,
        "base_source": content.history.sources[target.base.source].title[lang],
        "article": target.article,
        "departments": [content.region.departments[key][lang] for key in target.departments],
        "departments_status": target.departments_status,
        "quote": target.quote,
        "note": target.note[lang] if target.note else None,
        "headline": target.headline,
        "programme": target.programme,
        "whole": target.whole,
    }


def group_records(content: Content, run: Run, verdicts: Sequence[Verdict], by: str, lang: str) -> list[dict[str, Any]]:
    """Verdicts in groups, by article or by department: one record a group."""
    return [
        {
            "group": key,
            "name": title,
            "scenario": run.scenario,
            "met": met(rows),
            "all": len(rows),
            "targets": [verdict_record(content, verdict, lang) for verdict in rows],
        }
        for key, title, rows in grouped(content, verdicts, by, lang)
    ]


def run_records(run: Run) -> list[dict[str, Any]]:
    """One record a year: ``time``, then every indicator in its declared unit."""
    columns = {key: run.in_unit(key) for key in run.values}
    return [
        {"time": year, **{key: float(column[index]) for key, column in columns.items()}}
        for index, year in enumerate(run.times)
    ]


def run_record(run: Run, lang: str) -> dict[str, Any]:
    """A run with what its numbers are: every indicator's name, unit and price basis, then `run_records`."""
    return {
        "scenario": run.scenario,
        "indicators": [
            {"indicator": key, "name": item.name[lang], "unit": item.unit, "prices": item.prices}
            for key, item in run.indicators.items()
        ],
        "rows": run_records(run),
    }


def setting_records(content: Content, run: Run, lang: str) -> list[dict[str, Any]]:
    """Every lever of a run in its declared unit, and whether it was moved."""
    return [
        {
            "lever": lever.id,
            "name": lever.name[lang],
            "value": lever.shown(run.settings[lever.id].value),
            "base": lever.shown(lever.base),
            "unit": lever.unit,
            "start": run.settings[lever.id].start,
            "ramp": run.settings[lever.id].ramp,
            "moved": run.settings[lever.id] != lever.base_setting,
        }
        for lever in content.sheet.levers.values()
    ]


def comparison_record(content: Content, comparison: Comparison, lang: str) -> dict[str, Any]:
    """Scenarios side by side: differing levers, targets, indicators; lists in the scenarios' order."""
    return {
        "scenarios": [run.scenario for run in comparison.runs],
        "levers": [
            {
                "lever": row.lever.id,
                "name": row.lever.name[lang],
                "unit": row.lever.unit,
                "values": [row.lever.shown(setting.value) for setting in row.settings],
                "starts": [setting.start for setting in row.settings],
                "ramps": [setting.ramp for setting in row.settings],
            }
            for row in comparison.levers
        ],
        "targets": [[verdict_record(content, verdict, lang) for verdict in row] for row in comparison.verdicts],
        "indicators": [
            {
                "indicator": row.indicator.id,
                "name": row.indicator.name[lang],
                "unit": row.indicator.unit,
                "prices": row.indicator.prices,
                "year": row.year,
                "values": list(row.values),
                "differences": [value - row.values[0] for value in row.values],
            }
            for row in comparison.indicators
        ],
    }


def check_records(
    content: Content, accuracies: Sequence[Accuracy], checks: Sequence[CheckResult], lang: str
) -> dict[str, Any]:
    """The account of assumed parameters, errors against history (fractions) and reality checks."""
    account = content.account
    return {
        "assumed": {"parameters": account.assumed, "with_prior": account.with_prior, "fixed": account.fixed},
        "accuracy": [
            {
                "indicator": row.indicator.id,
                "name": row.indicator.name[lang],
                "unit": row.indicator.unit,
                "prices": row.indicator.prices,
                "status": row.status,
                "observations": len(row.errors),
                "zeros_left_out": [it.time for it in row.without],
                "outside_the_run": [it.time for it in row.outside],
                "mean_error": row.mean_error,
                "base_error": row.base_error,
            }
            for row in accuracies
        ],
        "checks": [
            {
                "check": row.check.id,
                "name": row.check.name[lang],
                "passed": row.passed,
                "worst": row.worst,
                "year": row.year,
            }
            for row in checks
        ],
    }
