"""The audit and the departments as plain records, the form of JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from xinzhi.analysis.gains import Effect
from xinzhi.analysis.verdict import Verdict
from xinzhi.content.content import Content
from xinzhi.show.articles import grouped
from xinzhi.show.records import verdict_record
from xinzhi.simulate import Run
from xinzhi.studies.audit.audit import Audit, Finding
from xinzhi.studies.audit.words import make_account
from xinzhi.studies.departments.departments import Departments


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
                "effects": [_effect_record(effect, lang) for effect in (pair.first, pair.second)],
            }
            for pair in audit.pairs
        ],
        "with_others": [
            {"lever": each.lever.id, "beside": each.other.id, "effect": _effect_record(each.effect, lang)}
            for each in audit.together
        ],
    }


def _finding_record(content: Content, audit: Audit, finding: Finding, lang: str) -> dict[str, Any]:
    account = make_account(content, audit, finding, lang)
    arithmetic = [said for _, said in (*account.sums, *account.model_sums)]
    own_first = sorted(finding.item.steps.values(), key=lambda step: step.modelled)
    return {
        "id": finding.item.id,
        "name": account.title,
        "verdict": finding.verdict,
        "targets": list(finding.item.targets),
        "quotes": list(dict.fromkeys(content.targets[key].quote for key in finding.item.targets)),
        "says": account.says,
        "model": account.model,
        "steps": [
            {
                "step": step.id,
                "name": step.name[lang],
                "value": None if math.isnan(finding.values[step.id]) else finding.values[step.id],
                "unit": step.unit,
                "arithmetic": said,
                "from_the_model": step.modelled,
            }
            for step, said in zip(own_first, arithmetic, strict=True)
        ],
        "figures": list(account.figures),
        "rule": account.rule or None,
    }


def _effect_record(effect: Effect, lang: str) -> dict[str, Any]:
    return {
        "target": effect.target.id,
        "name": effect.target.name[lang],
        "lever": effect.lever.id,
        "lever_name": effect.lever.name[lang],
        "end": effect.end,
        "change": effect.change,
        "unit": effect.target.unit,
        "share": effect.share,
    }


def group_records(content: Content, run: Run, verdicts: Sequence[Verdict], by: str, lang: str) -> list[dict[str, Any]]:
    """Verdicts in groups, by article or by department: one record a group."""
    return [
        {
            "group": key,
            "name": title,
            "scenario": run.scenario,
            "met": sum(verdict.met for verdict in rows),
            "all": len(rows),
            "targets": [verdict_record(content, verdict, lang) for verdict in rows],
        }
        for key, title, rows in grouped(content, verdicts, by, lang)
    ]


def departments_record(content: Content, departments: Departments, lang: str) -> dict[str, Any]:
    """What each department answers for and controls, the matrix, and targets that hang on another's lever."""
    return {
        "scenario": departments.scenario,
        "departments": [
            {
                "department": duty.department,
                "name": content.region.departments[duty.department][lang],
                "met": sum(verdict.met for verdict in duty.verdicts),
                "targets": [verdict.target.id for verdict in duty.verdicts],
                "leads": [lever.id for lever in duty.leads],
                "levers": [lever.id for lever in duty.levers],
            }
            for duty in departments.duties
        ],
        "controlling": list(departments.controlling),
        "answering": list(departments.answering),
        "matrix": departments.matrix.tolist(),
        "hanging": [
            {
                **_effect_record(each.effect, lang),
                "answers_first": each.effect.target.departments[0],
                "led_by": each.leader,
                "outside": each.outside,
            }
            for each in departments.hanging
        ],
        "unmoved": [target.id for target in departments.unmoved],
    }
