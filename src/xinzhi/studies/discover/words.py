"""What sets the futures apart that miss a target: as sentences, a table, rules and records."""

from __future__ import annotations

import math
from typing import Any

from xinzhi.content.content import Content
from xinzhi.show.constants import constant_quantity, constant_words
from xinzhi.show.members import left_out_sentences
from xinzhi.show.numbers import likelihood, plain, quantity, threshold
from xinzhi.show.words import t
from xinzhi.studies.discover.discovery import Box, Branch, Discovery, Input, Limit
from xinzhi.studies.discover.prim import Step

COMMON = 0.75  # share of futures above which the other outcome is the one to look at
Table = tuple[str, list[str], list[tuple[str, ...]]]


def input_words(content: Content, it: Input, lang: str) -> str:
    """What an input is."""
    if not it.of_base_year:
        return constant_words(content, it.name, lang)
    return t("{indicator} in {year}", lang, indicator=content.indicators[it.name].name[lang],
             year=content.region.plan.base_year)  # fmt: skip


def input_value(content: Content, it: Input, value: float, lang: str) -> str:
    """A value of an input with its unit."""
    if it.of_base_year:
        indicator = content.indicators[it.name]
        return quantity(value, indicator.unit, indicator.decimals, lang, content.units)
    return constant_quantity(value, content.model.variables[it.name].unit, lang, content.units)


def condition(content: Content, limit: Limit, lang: str) -> str:
    """A limit as a clause: something is below, above or between."""
    what = input_words(content, limit.input, lang)
    low, high = (
        None if end is None else input_value(content, limit.input, end, lang) for end in (limit.low, limit.high)
    )
    if low is None:
        return t("{input} is below {high}", lang, input=what, high=high)
    if high is None:
        return t("{input} is above {low}", lang, input=what, low=low)
    return t("{input} is between {low} and {high}", lang, input=what, low=low, high=high)


def box_sentence(content: Content, found: Discovery, box: Box, lang: str) -> str:
    """A box in plain words, with its coverage and density."""
    conditions = t(" and ", lang).join(condition(content, it, lang) for it in box.limits)
    shares = {"coverage": likelihood(box.coverage), "density": likelihood(box.density)}
    target = found.target.name[lang]
    if found.met:
        said = t("{target}: met when {conditions} (covers {coverage} of the successes; {density} of such futures "
                 "meet it).", lang, target=target, conditions=conditions, **shares)  # fmt: skip
    else:
        said = t("{target}: fails when {conditions} (covers {coverage} of the failures; {density} of such futures "
                 "fail).", lang, target=target, conditions=conditions, **shares)  # fmt: skip
    return said if box is found.boxes[0] else t("Of the futures left: {sentence}", lang, sentence=said)


def discovery_sentences(content: Content, found: Discovery, lang: str) -> list[str]:
    """How many futures miss the target, the boxes, and what to look at where they say little."""
    target, share = found.target, float(found.of_interest.mean())
    words = {
        "scenario": found.ensemble.run.name, "target": target.name[lang], "futures": len(found.of_interest),
        "threshold": threshold(target.sense, target.threshold, target.unit, lang, content.units),
        "share": likelihood(share),
    }  # fmt: skip
    said = [
        t("{scenario}: {share} of {futures} futures meet {target} {threshold}.", lang, **words)
        if found.met
        else t("{scenario}: {share} of {futures} futures miss {target} {threshold}.", lang, **words)
    ]
    said += left_out_sentences(found.ensemble.failed, found.ensemble.design.members, lang)
    said += [box_sentence(content, found, box, lang) for box in found.boxes]
    if not found.boxes:
        said.append(t("No box of at most four inputs sets these futures apart.", lang))
    if share > COMMON:
        said.append(
            t("They are the rule: what the few others have in common says more (without --met).", lang)
            if found.met
            else t("They are the rule: what the few others have in common says more (--met).", lang)
        )
    return said


def boxes_table(found: Discovery, lang: str) -> Table:
    """A row a box."""
    columns = [t("Box", lang), t("Coverage", lang), t("Density", lang), t("Share of futures", lang),
               t("Restricted inputs", lang)]  # fmt: skip
    rows: list[tuple[str, ...]] = [
        (str(place), likelihood(box.coverage), likelihood(box.density), likelihood(box.mass), str(len(box.limits)))
        for place, box in enumerate(found.boxes, 1)
    ]
    return t("Boxes (PRIM)", lang), columns, rows


def limits_table(content: Content, found: Discovery, lang: str) -> Table:
    """A row a limited input of each box."""
    columns = [t("Box", lang), t("Input", lang), t("From", lang), t("To", lang), t("Quasi-p-value", lang)]
    rows: list[tuple[str, ...]] = []
    for place, box in enumerate(found.boxes, 1):
        for it in box.limits:
            ends = ("–" if end is None else input_value(content, it.input, end, lang) for end in (it.low, it.high))
            p = max(value for value in (it.low_p, it.high_p) if value is not None)
            said = "<0.001" if p < 0.001 else plain(p, 3)
            rows.append((str(place), input_words(content, it.input, lang), *ends, said))
    return t("Limits of the boxes", lang), columns, rows


def tree_rules(content: Content, found: Discovery, lang: str) -> list[str]:
    """The tree as indented rules, the condition first, then how many of such futures miss (or meet) the target."""
    return _rules(content, found.tree, found.met, lang, 0)


def _rules(content: Content, node: Branch, met: bool, lang: str, depth: int) -> list[str]:
    if node.input is None or node.low is None or node.high is None or node.split is None:
        return []
    lines = []
    for child, low, high in ((node.low, None, node.split), (node.high, node.split, None)):
        when = condition(content, Limit(node.input, low, high, None, None), lang)
        values = {"condition": when, "share": likelihood(child.share), "futures": child.futures}
        said = (
            t("{condition}: {share} of {futures} futures meet it", lang, **values)
            if met
            else t("{condition}: {share} of {futures} futures fail", lang, **values)
        )
        lines += ["  " * depth + said, *_rules(content, child, met, lang, depth + 1)]
    return lines


def discovery_record(content: Content, found: Discovery, lang: str) -> dict[str, Any]:
    """Everything, unrounded; limits in the model's unit, those of the base year in the indicator's."""
    return {
        "target": found.target.id, "scenario": found.ensemble.run.scenario, "outcome": "met" if found.met else "missed",
        "members": found.ensemble.design.members, "failed": found.ensemble.failed, "futures": len(found.of_interest),
        "of_interest": int(found.of_interest.sum()), "seed": found.ensemble.design.seed,
        "inputs": [{"name": it.name, "of_base_year": it.of_base_year, "unit": unit(content, it)}
                   for it in found.inputs],
        "boxes": [
            {"coverage": box.coverage, "density": box.density, "mass": box.mass, "lift": box.lift,
             "restricted": len(box.limits), "limits": [_limit_record(content, it) for it in box.limits],
             "sentence": box_sentence(content, found, box, lang)}
            for box in found.boxes
        ],
        "trajectories": [[_step_record(step) for step in steps] for steps in found.trajectories],
        "tree": _branch_record(found.tree),
    }  # fmt: skip


def unit(content: Content, it: Input) -> str:
    """The unit that an input's limits have."""
    return content.indicators[it.name].unit if it.of_base_year else content.model.variables[it.name].unit


def _limit_record(content: Content, it: Limit) -> dict[str, Any]:
    return {"name": it.input.name, "of_base_year": it.input.of_base_year, "unit": unit(content, it.input),
            "low": it.low, "high": it.high, "quasi_p_low": it.low_p, "quasi_p_high": it.high_p}  # fmt: skip


def _step_record(step: Step) -> dict[str, Any]:
    worst = max((float(p) for p in step.quasi_p.ravel() if not math.isnan(p)), default=None)
    return {"coverage": step.coverage, "density": step.density, "mass": step.mass,
            "restricted": len(step.restricted), "largest_quasi_p": worst}  # fmt: skip


def _branch_record(node: Branch) -> dict[str, Any]:
    found: dict[str, Any] = {"share": node.share, "futures": node.futures}
    if node.input is not None and node.low is not None and node.high is not None:
        found |= {"name": node.input.name, "of_base_year": node.input.of_base_year, "split": node.split,
                  "at_most": _branch_record(node.low), "above": _branch_record(node.high)}  # fmt: skip
    return found
