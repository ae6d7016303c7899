"""The audit in words: accounts of implied quantities, tables of pairs, records, and the page that is kept in docs/."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xinzhi.analysis.gains import ENDS, Effect, Gains, Pair, Together, far_end
from xinzhi.content.audit_file import Step
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.content.units import Units
from xinzhi.show.effects import effect_record, effect_text, setting_text
from xinzhi.show.matrix import NOTHING, Matrix
from xinzhi.show.numbers import difference
from xinzhi.show.words import join, t
from xinzhi.studies.audit.accounts import Account, make_account, verdict_words
from xinzhi.studies.audit.audit import CONSISTENT, CONTRADICTORY, TENSE, Audit, Finding
from xinzhi.studies.table import Column, Lines, Part, Table, apart

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

MOST_PAIRS = 12  # of each kind that a reader is shown
_DARKEST = 0.3  # the share of what is asked from which on a cell is at its darkest
_DECIMALS = 2


# Tables


@dataclass(frozen=True)
class Reckoned:
    """A step of an implied quantity with its arithmetic in words."""

    finding: Finding
    step: Step
    arithmetic: str


def reckoned_steps(content: Content, audit: Audit, finding: Finding, lang: str) -> list[Reckoned]:
    """The steps of an implied quantity, those that the document alone gives first."""
    account = make_account(content, audit, finding, lang)
    own_first = sorted(finding.item.steps.values(), key=lambda step: step.modelled)
    arithmetic = [said for _, said in (*account.sums, *account.model_sums)]
    return [Reckoned(finding, step, said) for step, said in zip(own_first, arithmetic, strict=True)]


def steps_table(rows: Sequence[Reckoned], lang: str) -> Table[Reckoned]:
    """A row a step, its value in its unit, None where it has none."""
    columns = (
        Column[Reckoned]("finding", lambda row: row.finding.item.id),
        Column[Reckoned]("verdict", lambda row: row.finding.verdict),
        *_step_columns(lang),
    )
    return Table(t("Implied quantities", lang), columns, rows)


def _step_columns(lang: str) -> tuple[Column[Reckoned], ...]:
    return (
        Column("step", lambda row: row.step.id),
        Column("name", lambda row: row.step.name[lang]),
        Column("value", _value),
        Column("unit", lambda row: row.step.unit),
        Column("arithmetic", lambda row: row.arithmetic),
        Column("from_the_model", lambda row: row.step.modelled),
    )


def _value(row: Reckoned) -> float | None:
    value = row.finding.values[row.step.id]
    return None if math.isnan(value) else value


def pairs_table(content: Content, title: str, pairs: Sequence[Pair], lang: str) -> Table[Pair]:
    """A row a pair of targets: the lever and what it does to each."""
    columns = (
        Column[Pair]("lever", lambda it: it.first.lever.id, t("Lever", lang),
                     lambda it: setting_text(content, it.first, lang)),
        Column[Pair]("end", lambda it: it.first.end),
        Column[Pair]("helps", lambda it: it.helps),
        Column[Pair]("first_target", lambda it: it.first.target.id, t("First target", lang),
                     lambda it: it.first.target.short_name[lang]),
        Column[Pair]("first_change", lambda it: it.first.change, t("Change", lang),
                     lambda it: effect_text(content, it.first, lang)),
        Column[Pair]("first_share", lambda it: it.first.share),
        Column[Pair]("second_target", lambda it: it.second.target.id, t("Second target", lang),
                     lambda it: it.second.target.short_name[lang]),
        Column[Pair]("second_change", lambda it: it.second.change, t("Change", lang),
                     lambda it: effect_text(content, it.second, lang)),
        Column[Pair]("second_share", lambda it: it.second.share),
    )  # fmt: skip
    return Table(title, columns, pairs, words=True)


def shown_pairs(pairs: Sequence[Pair], helps: bool, most: int = MOST_PAIRS) -> list[Pair]:
    """The pairs worth a reader's time: of two articles, or of headline targets; not two of one phrase."""
    shown = [
        pair
        for pair in pairs
        if pair.helps is helps
        and pair.first.target.quote != pair.second.target.quote
        and (pair.headlines == 2 or pair.first.target.article != pair.second.target.article)
    ]
    return shown[:most]


def shown_tables(content: Content, audit: Audit, lang: str) -> tuple[Table[Pair], Table[Pair]]:
    """The pairs that fight and those that go together, as many as a reader is shown."""
    fight, together = (shown_pairs(audit.pairs, helps) for helps in (False, True))
    return (
        pairs_table(content, t("Targets that fight", lang), fight, lang),
        pairs_table(content, t("Targets that go together", lang), together, lang),
    )


def _effect_columns() -> tuple[Column[Effect], ...]:
    return (
        Column("lever", lambda it: it.lever.id),
        Column("end", lambda it: it.end),
        Column("target", lambda it: it.target.id),
        Column("change", lambda it: it.change),
        Column("unit", lambda it: it.target.unit),
        Column("share", lambda it: it.share),
    )


def together_columns() -> tuple[Column[Together], ...]:
    """The columns of levers that act only beside another."""
    return (
        Column("lever", lambda it: it.lever.id),
        Column("beside", lambda it: it.other.id),
        Column("target", lambda it: it.effect.target.id),
        Column("change", lambda it: it.effect.change),
        Column("unit", lambda it: it.effect.target.unit),
        Column("share", lambda it: it.effect.share),
    )


def gains_matrix(content: Content, gains: Gains, lang: str) -> Matrix:
    """Each lever alone at its far end: what it does to every headline target, or to all where none is one."""
    columns = [index for index, target in enumerate(gains.targets) if target.headline] or list(
        range(len(gains.targets))
    )
    ends = [far_end(lever) for lever in gains.levers]
    changes, shares = (
        np.array([whole[end, row] for row, end in enumerate(ends)])[:, columns]
        for whole in (gains.changes, gains.shares)
    )
    targets = [gains.targets[index] for index in columns]
    return Matrix(
        title=t("What each lever alone does to the headline targets", lang),
        note=t("Blue: nearer to the target. Orange: farther from it. Levers stand at the end farther from base.", lang),
        rows=tuple(lever.name[lang] for lever in gains.levers),
        columns=tuple(target.short_name[lang] for target in targets),
        texts=tuple(
            tuple(
                _change(float(value), target, lang, content.units) for value, target in zip(row, targets, strict=True)
            )
            for row in changes
        ),
        shades=np.clip(shares / _DARKEST, -1, 1),
        cell_width=1.25,
    )


def _change(value: float, target: Target, lang: str, units: Units) -> str:
    decimals = _DECIMALS if target.unit == "%" else max(1, target.decimals)
    return difference(value, target.unit, decimals, lang, units) if round(value, decimals) else NOTHING


# Sentences


def verdict_count(audit: Audit, lang: str) -> str:
    """How many implied quantities there are of each verdict."""
    verdicts = [finding.verdict for finding in audit.findings]
    counts = [
        f"{verdict_words(kind, lang)} {verdicts.count(kind)}"
        for kind in (CONSISTENT, TENSE, CONTRADICTORY)
        if kind in verdicts
    ]
    if None in verdicts:
        counts.append(t("not judged {count}", lang, count=verdicts.count(None)))
    return t("{count} implied quantities: {parts}", lang, count=len(verdicts), parts=join(counts, lang))


def pairs_lead(audit: Audit, lang: str) -> str:
    """What the table of pairs tells."""
    lead = t(
        "Each lever alone is moved to the end farther from its base, over {scenario}; in brackets the change as a "
        "share of the way from base figure to target, + bringing it nearer.",
        lang,
        scenario=audit.run.name,
    )
    helps = sum(pair.helps for pair in audit.pairs)
    count = t("{helps} pairs go together, {hurts} fight.", lang, helps=helps, hurts=len(audit.pairs) - helps)
    return lead + ("" if lang == "zh" else " ") + count


def together_text(content: Content, together: Together, lang: str) -> str:
    """A lever that moves nothing alone, and beside what it does."""
    return t(
        "{lever} moves no target alone; beside {other} it changes {target} by {change}.",
        lang,
        lever=together.lever.name,
        other=together.other.name,
        target=together.effect.target.name,
        change=effect_text(content, together.effect, lang),
    )


def audit_parts(content: Content, audit: Audit, lang: str) -> list[Part]:
    """Every implied quantity with its arithmetic, then pairs of targets, then levers that act only with others."""
    accounts = [make_account(content, audit, finding, lang) for finding in audit.findings]
    fight, together = shown_tables(content, audit, lang)
    printed: list[Part] = [Lines((), verdict_count(audit, lang))]
    printed += [_account_lines(account, lang) for account in accounts]
    printed += [apart(fight.cells()), apart(together.cells()), Lines([pairs_lead(audit, lang)])]
    if audit.together:
        texts = [together_text(content, each, lang) for each in audit.together]
        printed.append(apart(Lines(texts, t("Levers that act only with others", lang))))
    return printed


def _account_lines(account: Account, lang: str) -> Part:
    lines = [f"  {line}" for line in (*account.phrases, account.says)]
    lines += [f"      {name} = {arithmetic}" for name, arithmetic in account.sums]
    lines.append("  " + t("What the model adds: {said}", lang, said=account.model))
    lines += [f"      {name} = {arithmetic}" for name, arithmetic in account.model_sums]
    if account.rule:
        lines.append("  " + t("Verdict: {rule}", lang, rule=account.rule))
    return apart(Lines(lines, f"{account.title}  {account.verdict}"))


# Records


def audit_frames(content: Content, audit: Audit) -> dict[str, pd.DataFrame]:
    """Steps of implied quantities, pairs of targets, levers that act only with others, what each lever does."""
    steps = [it for finding in audit.findings for it in reckoned_steps(content, audit, finding, "en")]
    gains = audit.gains
    effects = [
        gains.effect(end, lever, target)
        for end in range(len(ENDS))
        for lever in range(len(gains.levers))
        for target in range(len(gains.targets))
    ]
    return {
        "steps": steps_table(steps, "en").frame(),
        "pairs": pairs_table(content, "", audit.pairs, "en").frame(),
        "with_others": Table("", together_columns(), audit.together).frame(),
        "effects": Table("", _effect_columns(), effects).frame(),
    }


def audit_dataset(audit: Audit) -> xr.Dataset:
    """What each lever does at either end: changes in the targets' units, and as shares of what is asked."""
    import xarray as xr

    gains, axes = audit.gains, ("end", "lever", "target")
    return xr.Dataset(
        {
            "change": (axes, gains.changes),
            "share": (axes, gains.shares),
            "joint": (("lever", "beside", "target"), gains.joint),
            "value": (("target",), gains.values),
            "asked": (("target",), gains.asked),
        },
        coords={
            "end": list(ENDS),
            "lever": [lever.id for lever in gains.levers],
            "beside": [lever.id for lever in gains.levers],
            "target": [target.id for target in gains.targets],
        },
        attrs={"scenario": audit.run.scenario},
    )


def audit_record(content: Content, audit: Audit, lang: str) -> dict[str, Any]:
    """The whole audit: implied quantities with their arithmetic, every pair of targets, levers that act with others.

    A step's value is in its unit, None where it has none; ``share`` is of the way from base figure to threshold.
    """
    return {
        "scenario": audit.run.scenario,
        "findings": [_finding_record(content, audit, finding, lang) for finding in audit.findings],
        "pairs": [
            {
                "lever": pair.first.lever.id,
                "end": pair.first.end,
                "helps": pair.helps,
                "effects": [effect_record(effect, lang) for effect in (pair.first, pair.second)],
            }
            for pair in audit.pairs
        ],
        "with_others": [
            {"lever": each.lever.id, "beside": each.other.id, "effect": effect_record(each.effect, lang)}
            for each in audit.together
        ],
    }


def _finding_record(content: Content, audit: Audit, finding: Finding, lang: str) -> dict[str, Any]:
    account = make_account(content, audit, finding, lang)
    steps = reckoned_steps(content, audit, finding, lang)
    return {
        "id": finding.item.id,
        "name": account.title,
        "verdict": finding.verdict,
        "targets": list(finding.item.targets),
        "quotes": list(dict.fromkeys(content.targets[key].quote for key in finding.item.targets)),
        "says": account.says,
        "model": account.model,
        "steps": Table("", _step_columns(lang), steps).records(),
        "figures": list(account.figures),
        "rule": account.rule or None,
    }
