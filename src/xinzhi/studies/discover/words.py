"""What sets the futures apart that miss a target: as sentences, a table, rules and records."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from xinzhi.content.content import Content
from xinzhi.show.constants import constant_quantity, constant_words
from xinzhi.show.members import left_out_sentences
from xinzhi.show.numbers import likelihood, plain, quantity, threshold
from xinzhi.show.words import t
from xinzhi.studies.discover.discovery import Box, Branch, Discovery, Input, Limit
from xinzhi.studies.discover.prim import Step
from xinzhi.studies.table import Column, Lines, Part, Table

if TYPE_CHECKING:
    import pandas as pd

COMMON = 0.75  # share of futures above which the other outcome is the one to look at


def input_words(content: Content, input_: Input, lang: str) -> str:
    """What an input is."""
    if not input_.of_base_year:
        return constant_words(content, input_.name, lang)
    return t("{indicator} in {year}", lang, indicator=content.indicators[input_.name].name[lang],
             year=content.region.plan.base_year)  # fmt: skip


def input_value(content: Content, input_: Input, value: float, lang: str) -> str:
    """A value of an input with its unit."""
    if input_.of_base_year:
        indicator = content.indicators[input_.name]
        return quantity(value, indicator.unit, indicator.decimals, lang, content.units)
    return constant_quantity(value, content.model.variables[input_.name].unit, lang, content.units)


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


def box_sentence(content: Content, discovery: Discovery, box: Box, lang: str) -> str:
    """A box in plain words, with its coverage and density."""
    conditions = t(" and ", lang).join(condition(content, it, lang) for it in box.limits)
    shares = {"coverage": likelihood(box.coverage), "density": likelihood(box.density)}
    target = discovery.target.name[lang]
    if discovery.met:
        said = t("{target}: met when {conditions} (covers {coverage} of the successes; {density} of such futures "
                 "meet it).", lang, target=target, conditions=conditions, **shares)  # fmt: skip
    else:
        said = t("{target}: fails when {conditions} (covers {coverage} of the failures; {density} of such futures "
                 "fail).", lang, target=target, conditions=conditions, **shares)  # fmt: skip
    return said if box is discovery.boxes[0] else t("Of the futures left: {sentence}", lang, sentence=said)


def discovery_sentences(content: Content, discovery: Discovery, lang: str) -> list[str]:
    """How many futures miss the target, the boxes, and what to look at where they say little."""
    target, share = discovery.target, float(discovery.of_interest.mean())
    words = {
        "scenario": discovery.run.name, "target": target.name[lang], "futures": len(discovery.of_interest),
        "threshold": threshold(target.sense, target.threshold, target.unit, lang, content.units),
        "share": likelihood(share),
    }  # fmt: skip
    said = [
        t("{scenario}: {share} of {futures} futures meet {target} {threshold}.", lang, **words)
        if discovery.met
        else t("{scenario}: {share} of {futures} futures miss {target} {threshold}.", lang, **words)
    ]
    said += left_out_sentences(discovery.failed, discovery.members, lang)
    said += [box_sentence(content, discovery, box, lang) for box in discovery.boxes]
    if not discovery.boxes:
        said.append(t("No box of at most four inputs sets these futures apart.", lang))
    if share > COMMON:
        said.append(
            t("They are the rule: what the few others have in common says more (without --met).", lang)
            if discovery.met
            else t("They are the rule: what the few others have in common says more (--met).", lang)
        )
    return said


PlacedBox = tuple[int, Box]  # with its number, from 1
PlacedLimit = tuple[int, Limit]  # with the number of its box


def boxes_table(discovery: Discovery, lang: str) -> Table[PlacedBox]:
    """A row a box."""
    columns: tuple[Column[PlacedBox], ...] = (
        Column("box", lambda row: row[0], t("Box", lang), lambda row: str(row[0])),
        Column("coverage", lambda row: row[1].coverage, t("Coverage", lang), lambda row: likelihood(row[1].coverage)),
        Column("density", lambda row: row[1].density, t("Density", lang), lambda row: likelihood(row[1].density)),
        Column("mass", lambda row: row[1].mass, t("Share of futures", lang), lambda row: likelihood(row[1].mass)),
        Column("lift", lambda row: row[1].lift),
        Column("restricted", lambda row: len(row[1].limits), t("Restricted inputs", lang),
               lambda row: str(len(row[1].limits))),
    )  # fmt: skip
    return Table(t("Boxes (PRIM)", lang), columns, list(enumerate(discovery.boxes, 1)))


def limits_table(content: Content, discovery: Discovery, lang: str) -> Table[PlacedLimit]:
    """A row a limited input of each box."""
    rows = [(place, limit) for place, box in enumerate(discovery.boxes, 1) for limit in box.limits]
    return Table(t("Limits of the boxes", lang), _limit_columns(content, lang), rows, words=True)


def _limit_columns(content: Content, lang: str) -> tuple[Column[PlacedLimit], ...]:
    """Limits in the model's unit, those of the base year in the indicator's."""

    def end(limit: Limit, value: float | None) -> str:
        return "–" if value is None else input_value(content, limit.input, value, lang)

    return (
        Column("box", lambda row: row[0], t("Box", lang), lambda row: str(row[0])),
        Column("name", lambda row: row[1].input.name, t("Input", lang),
               lambda row: input_words(content, row[1].input, lang)),
        Column("of_base_year", lambda row: row[1].input.of_base_year),
        Column("unit", lambda row: unit(content, row[1].input)),
        Column("low", lambda row: row[1].low, t("From", lang), lambda row: end(row[1], row[1].low)),
        Column("high", lambda row: row[1].high, t("To", lang), lambda row: end(row[1], row[1].high)),
        Column("quasi_p_low", lambda row: row[1].low_p),
        Column("quasi_p_high", lambda row: row[1].high_p),
        Column("quasi_p", None, t("Quasi-p-value", lang), lambda row: _quasi_p(row[1])),
    )  # fmt: skip


def _quasi_p(limit: Limit) -> str:
    p = max(value for value in (limit.low_p, limit.high_p) if value is not None)
    return "<0.001" if p < 0.001 else plain(p, 3)


def tree_rules(content: Content, discovery: Discovery, lang: str) -> list[str]:
    """The tree as indented rules, the condition first, then how many of such futures miss (or meet) the target."""
    return _rules(content, discovery.tree, discovery.met, lang, 0)


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


def discovery_parts(content: Content, discovery: Discovery, lang: str) -> list[Part]:
    """Sentences, the boxes with their limits where there are any, and the tree."""
    tables: list[Part] = [boxes_table(discovery, lang).cells(), limits_table(content, discovery, lang).cells()]
    rules = Lines(tree_rules(content, discovery, lang), t("Decision tree", lang))
    return [Lines(discovery_sentences(content, discovery, lang)), *(tables if discovery.boxes else ()), rules]


def discovery_frames(content: Content, discovery: Discovery) -> dict[str, pd.DataFrame]:
    """Limits beside what their box comes to, boxes, the steps of the trajectories, and the tree's nodes."""
    import pandas as pd

    boxes = boxes_table(discovery, "en").frame()
    ends = dict.fromkeys(("low", "high", "quasi_p_low", "quasi_p_high"), float)
    limits = limits_table(content, discovery, "en").frame().astype(ends)
    steps = [{"trajectory": number, "step": place, **_step_record(step)}
             for number, steps in enumerate(discovery.trajectories, 1) for place, step in enumerate(steps)]  # fmt: skip
    return {
        "limits": limits.merge(boxes.drop(columns="restricted"), on="box"),
        "boxes": boxes,
        "trajectories": pd.DataFrame(steps),
        "tree": pd.DataFrame({"rule": tree_rules(content, discovery, "en")}),
    }


def discovery_record(content: Content, discovery: Discovery, lang: str) -> dict[str, Any]:
    """Everything, unrounded; limits in the model's unit, those of the base year in the indicator's."""
    boxes = boxes_table(discovery, "en").records()
    limits = limits_table(content, discovery, "en").records()
    return {
        "target": discovery.target.id, "scenario": discovery.run.scenario,
        "outcome": "met" if discovery.met else "missed",
        "members": discovery.members, "failed": discovery.failed, "futures": len(discovery.of_interest),
        "of_interest": int(discovery.of_interest.sum()), "seed": discovery.seed,
        "inputs": [{"name": it.name, "of_base_year": it.of_base_year, "unit": unit(content, it)}
                   for it in discovery.inputs],
        "boxes": [
            {**_without_box(row), "limits": [_without_box(limit) for limit in limits if limit["box"] == row["box"]],
             "sentence": box_sentence(content, discovery, box, lang)}
            for row, box in zip(boxes, discovery.boxes, strict=True)
        ],
        "trajectories": [[_step_record(step) for step in steps] for steps in discovery.trajectories],
        "tree": _branch_record(discovery.tree),
    }  # fmt: skip


def _without_box(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "box"}


def unit(content: Content, input_: Input) -> str:
    """The unit that an input's limits have."""
    return content.indicators[input_.name].unit if input_.of_base_year else content.model.variables[input_.name].unit


def _step_record(step: Step) -> dict[str, Any]:
    worst = max((float(p) for p in step.quasi_p.ravel() if not math.isnan(p)), default=None)
    return {"coverage": step.coverage, "density": step.density, "mass": step.mass,
            "restricted": len(step.restricted), "largest_quasi_p": worst}  # fmt: skip


def _branch_record(node: Branch) -> dict[str, Any]:
    record: dict[str, Any] = {"share": node.share, "futures": node.futures}
    if node.input is not None and node.low is not None and node.high is not None:
        record |= {"name": node.input.name, "of_base_year": node.input.of_base_year, "split": node.split,
                   "at_most": _branch_record(node.low), "above": _branch_record(node.high)}  # fmt: skip
    return record
