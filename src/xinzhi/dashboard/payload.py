"""What the live workspace is given once: levers, targets, charts and words, in the page's language."""

from __future__ import annotations

from typing import Any

from xinzhi.analysis.verdict import judge_target
from xinzhi.content.indicator import Indicator, Target, headline
from xinzhi.content.lever import Lever
from xinzhi.dashboard import session
from xinzhi.dashboard.cards import status_text, threshold_text
from xinzhi.dashboard.charts import chart_payload, chart_words
from xinzhi.dashboard.futures import headline_variables
from xinzhi.dashboard.levers import source_line, unit_label
from xinzhi.dashboard.session import View
from xinzhi.show.words import article, join


def payload(view: View) -> dict[str, Any]:
    """All that does not change while levers are moved."""
    content, run = view.content, view.baseline
    variables = headline_variables(content)
    base = run.times.index(content.region.plan.base_year)
    by_variable = {content.indicators[key].variable: key for key in session.headline_indicators(content)}
    assumed = sorted((name, it.value) for name, it in view.current.assumptions.items())
    timing = content.sheet.timing
    return {
        "key": f"{content.hash[:16]} {view.lang} {assumed}",
        "lang": view.lang,
        "words": words(view),
        "years": list(run.times),
        "first": int(timing.start[0]),
        "base": content.region.plan.base_year,
        "year": content.region.plan.final_year,
        "timing": {"start": list(timing.start), "ramp": list(timing.ramp)},
        "own_base": [float(view.current.values[by_variable[name]][base]) for name in variables],
        "targets": [_target(view, it, variables) for it in headline(content.targets)],
        "charts": [_chart(view, content.indicators[key], variables) for key in session.headline_indicators(content)],
        "levers": [_lever(view, it) for it in content.sheet.levers.values()],
        "groups": [{"id": key, "title": title[view.lang]} for key, title in content.region.chapters.items()],
        "departments": [{"id": key, "title": name[view.lang]} for key, name in content.region.departments.items()],
    }


def _unit(view: View, unit: str, digits: int) -> dict[str, Any]:
    """How a value in a declared unit is written: times ``factor``, with ``label`` behind it."""
    if unit == "%":
        return {"factor": 1, "label": "%", "decimals": digits}
    if view.lang == "zh":
        name = view.content.units.chinese(unit)
        spaced = f" {name}" if name[:1].isascii() and name[:1].isalpha() else name
        return {"factor": 1, "label": spaced, "decimals": digits}
    factor, name = view.content.units.english(unit)
    return {"factor": factor, "label": f" {name}", "decimals": digits}


def _target(view: View, target: Target, variables: list[str]) -> dict[str, Any]:
    indicator = view.content.indicators[target.indicator]
    verdict = judge_target(target, view.baseline)
    aim = view.t("Target {threshold}", threshold=threshold_text(verdict, view.lang, view.content.units))
    points = "个百分点" if view.lang == "zh" else " pp"
    about = [
        view.t('The document says: "{quote}" ({article})', quote=target.quote,
               article=article(target.article, view.lang)),
        *([target.note[view.lang]] if target.note is not None else []),
        view.t("{year} base: {status}", year=target.base_year, status=status_text(view, target.base.status)),
    ]  # fmt: skip
    return {
        "id": target.id,
        "name": target.short_name[view.lang],
        "aim": f"{aim} · {article(target.article, view.lang)}",
        "about": about,
        "variable": variables.index(indicator.variable),
        "factor": indicator.factor,
        "measure": target.measure,
        "base_year": target.base_year,
        "year": target.year,
        "span": target.year - target.base_year,
        "threshold": target.threshold,
        "sense": target.sense,
        "whole": target.whole,
        "unit": _unit(view, target.unit, target.decimals),
        "difference": {
            **_unit(view, target.unit, target.decimals),
            **({"label": points} if target.unit == "%" else {}),
        },
    }


def _chart(view: View, indicator: Indicator, variables: list[str]) -> dict[str, Any]:
    """A headline chart: ``past`` are the scenario's values before any lever acts, in the declared unit."""
    past = view.current.in_unit(indicator.id)[: view.current.times.index(int(view.content.sheet.timing.start[0]))]
    return {
        **chart_payload(view, indicator),
        "variable": variables.index(indicator.variable),
        "factor": indicator.factor,
        "past": past.tolist(),
    }


def _lever(view: View, lever: Lever) -> dict[str, Any]:
    low, high, step, base = (lever.shown(value) for value in (lever.low, lever.high, lever.step, lever.base))
    factor, _ = view.content.units.english(lever.unit)
    named = view.lang == "zh" or factor == 1
    departments = join([view.content.region.departments[key][view.lang] for key in lever.departments], view.lang)
    about = [
        lever.help[view.lang],
        view.t(
            "Document: {article}; {departments}", article=article(lever.article, view.lang), departments=departments
        ),
        view.t("Why this range: {reason}", reason=lever.range_reason),
        view.t("Cost: {cost}", cost=lever.cost),
        source_line(view, lever),
    ]
    return {
        "id": lever.id,
        "code": lever.code,
        "name": lever.name[view.lang],
        "unit_label": unit_label(view, lever),
        "unit": _unit(view, lever.unit, 0)["label"] if named else f" {lever.unit}",
        "one": "" if view.lang == "zh" or factor != 1 else f" {view.content.units.counted(lever.unit, '1')}",
        "low": low,
        "high": high,
        "step": step,
        "scale": 1 / lever.factor,
        "base": [base, lever.base_start, lever.base_ramp],
        "group": lever.group,
        "departments": list(lever.departments),
        "about": about,
    }


def words(view: View) -> dict[str, str]:
    """The workspace's own words; {names} in braces are filled in the page."""
    t = view.t
    names = "odds count error members gap year value low high share checks difference reason title written"
    keep = {name: f"{{{name}}}" for name in names.split()}
    return {
        "search": t("Search levers"),
        "group_by": t("Group levers by"),
        "by_chapter": t("By chapter"),
        "by_department": t("By department"),
        "levers": t("Levers"),
        "moved_only": t("Moved only"),
        "value": t("value"),
        "start": t("Starts at the end of"),
        "ramp": t("Years until fully in force"),
        "set_back": t("Set this lever back"),
        "less": t("Less"),
        "more": t("More"),
        "base": t("Base {value}", **keep),
        "range": t("range {low}–{high}", **keep),
        "beyond": t("{written} is outside the range {low}–{high}; {value} stays.", **keep),
        "not_number": t('"{written}" is not a number; {value} stays. Allowed are {low}–{high}.', **keep),
        "no_number": t("No number was entered; {value} stays. Allowed are {low}–{high}.", **keep),
        "details": t("Details"),
        "verdicts": t("Verdicts"),
        "source": t("Where it stands"),
        "likely": t("within reach"),
        "possible": t("possible"),
        "hard": t("difficult"),
        "unlikely": t("hardly reachable"),
        "computing": t("computing …"),
        "no_odds": t("no odds"),
        "none": t("no result"),
        "path": t("Central path"),
        "later": t(": when you let go"),
        "outside": t("Outside the model's range"),
        "outside_why": t("These settings break: {checks}", **keep),
        "gap": t("{gap} to target", **keep),
        "reached_in": t("reached in {year}", **keep),
        "not_reached": t("not reached by {year}", year=view.baseline.times[-1]),
        "joint": t("All {count} together: {odds}", **keep),
        "error": t("Error of counting {members} futures: {error} percentage points in 95 of 100 draws", **keep),
        "settled": t("Odds of {members} futures, reckoned by the server", **keep),
        "live": t("≈ {members} futures in this page; the server settles them when you let go", **keep),
        "slow": t("fewer futures, because this machine is slow"),
        "failed": t(
            "{share}% of the futures give no number, or do not start at the statistics, and are left out", **keep
        ),
        "unsettled": t("The futures are being made: odds come in a few seconds"),
        "without": t("There are no odds here: why stands under what changed"),
        "gaps": t("no band in some years, because no future gives a number: {title}", **keep),
        "why": t("What changed"),
        "uncertain": t(
            "In the odds and bands: the model's constants and the base year's statistics. Not in them: the model's "
            "structure."
        ),
        "believed": t("How far the model may be believed"),
        "keys": t("Keys"),
        "close": t("Close"),
        "key_list": "\n".join(
            (
                t("← →: one step; with Shift ten; Home and End: the ends of the range"),
                t("Backspace or a double click: as the scenario has it"),
                t("Ctrl+Z and Ctrl+Shift+Z: undo and redo"),
                t("/: search levers; ?: this list"),
            )
        ),
        "same": t("This page computes what the server does: largest relative difference {difference}", **keep),
        "differs": t("This page differs from the server by {difference}; rely on the settled figures", **keep),
        "broken": t("This page cannot run the model ({reason}); figures come when you let go.", **keep),
        "no_wasm": t("This browser cannot run the model; figures come when you let go."),
        "no_simd": t("This browser is too old to run the model; figures come when you let go."),
        "waiting": t("The server has not answered yet; the page's own figures stand."),
        "offline": t("Offline: odds are the page's own; they are settled when the server answers again."),
        "native": t("Plain widgets (for screen readers)"),
        **chart_words(view),
    }
