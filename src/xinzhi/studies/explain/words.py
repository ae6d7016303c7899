"""One variable, explained: for a terminal and as a plain record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from xinzhi.content.model_file import Variable
from xinzhi.show.status import status_word
from xinzhi.show.variables import estimate_words, few_words, kind_word, prior_words, range_words, value_words
from xinzhi.show.words import join, say, t
from xinzhi.studies.explain.explanation import Explanation
from xinzhi.studies.table import Cells, Column, Lines, Part, Table, apart

if TYPE_CHECKING:
    import pandas as pd

INDENT = "  "


def explanation_parts(explanation: Explanation, model: str, lang: str) -> list[Part]:
    """Everything about a variable; ``model`` is the model file as the reader knows it."""
    variable = explanation.variable
    texts = (variable.zh, variable.en) if lang == "zh" else (variable.en, variable.zh)
    equations = [f"{INDENT}{equation}" for equation in explanation.equations]
    return [
        Lines(texts, _title(explanation, lang)),
        Cells("", (), _facts(explanation, f"{model}:{variable.line}", lang), words=True),
        apart(Lines(equations, t("Equation", lang))),
        apart(_variables(t("Inputs", lang), explanation.inputs, lang)),
        apart(_variables(t("Read by", lang), explanation.readers, lang)),
    ]


def _variables(title: str, variables: Sequence[Variable], lang: str) -> Part:
    named = f"{title} ({len(variables)})"
    rows = [(f"{INDENT}{variable.name}", few_words(variable, None, lang)) for variable in variables]
    return Cells(named, (), rows, words=True) if rows else Lines((), named)


def _title(explanation: Explanation, lang: str) -> str:
    label = explanation.label
    return explanation.variable.name + (f" · {label[lang]}" if label is not None else "")


def _facts(explanation: Explanation, place: str, lang: str) -> list[tuple[str, str]]:
    """What is told in a line each: the facts that there are."""
    variable, separator = explanation.variable, "；" if lang == "zh" else "; "
    uncertainty = explanation.uncertainty
    prior = "" if uncertainty is None else prior_words(uncertainty.prior, lang)
    fit = "" if explanation.estimate is None else estimate_words(explanation.estimate, lang)
    if explanation.outdated is not None:
        fit = say(explanation.outdated, lang)
    facts = [
        (t("Kind", lang), kind_word(explanation.kind, lang)),
        (t("Unit", lang), variable.unit),
        (t("Constant value", lang), value_words(variable)),
        (t("Status", lang), status_word(variable.status, lang)),
        (t("Source", lang), "\n".join(f"{source.title[lang]} ({source.id})" for source in explanation.sources)),
        (t("Range", lang), range_words(variable, lang)),
        (t("Prior", lang), prior),
        (t("Kept fixed", lang) if uncertainty is None else t("Reason", lang), _reason(explanation, lang) or ""),
        (t("Fit to history", lang), fit),
        (t("Lever", lang), join([f"{it.name[lang]} ({it.id})" for it in explanation.levers], lang)),
        (t("Indicator", lang), join([f"{it.name[lang]} ({it.id})" for it in explanation.indicators], lang)),
        (t("Target", lang), separator.join(f"{it.name[lang]} ({it.id})" for it in explanation.targets)),
        (t("Reality check", lang), separator.join(f"{it.name[lang]} ({it.id})" for it in explanation.checks)),
        (t("Loop", lang), join([f"{it.id} {it.name[lang]}" for it in explanation.loops], lang)),
        (t("Sector", lang), explanation.sector[lang]),
        (t("Place", lang), place),
    ]
    return [(word, fact) for word, fact in facts if fact]


def explanation_record(explanation: Explanation, lang: str) -> dict[str, Any]:
    """The same as JSON has it; numbers in the model's unit."""
    return Table("", _columns(lang), [explanation]).records()[0]


def _columns(lang: str) -> tuple[Column[Explanation], ...]:
    return (
        Column("name", lambda it: it.variable.name),
        Column("label", lambda it: it.label[lang] if it.label else None),
        Column("zh", lambda it: it.variable.zh),
        Column("en", lambda it: it.variable.en),
        Column("kind", lambda it: it.kind),
        Column("unit", lambda it: it.variable.unit),
        Column("equations", lambda it: [str(equation) for equation in it.equations]),
        Column("value", lambda it: it.variable.value),
        Column("range", lambda it: None if it.variable.low is None else [it.variable.low, it.variable.high]),
        Column("status", lambda it: it.variable.status),
        Column("sources", lambda it: [{"id": source.id, "title": source.title[lang]} for source in it.sources]),
        Column("prior", _prior_record),
        Column("reason", lambda it: _reason(it, lang)),
        Column("fit", _fit_record),
        Column("inputs", lambda it: [variable.name for variable in it.inputs]),
        Column("readers", lambda it: [variable.name for variable in it.readers]),
        Column("levers", lambda it: [lever.id for lever in it.levers]),
        Column("indicators", lambda it: [indicator.id for indicator in it.indicators]),
        Column("targets", lambda it: [target.id for target in it.targets]),
        Column("checks", lambda it: [check.id for check in it.checks]),
        Column("loops", lambda it: [loop.id for loop in it.loops]),
        Column("sector", lambda it: it.sector[lang]),
        Column("line", lambda it: it.variable.line),
    )


def explanation_frames(explanation: Explanation) -> dict[str, pd.DataFrame]:
    """The variable in one row, and a row each that it reads or that reads it."""
    import pandas as pd

    links = [("input", variable) for variable in explanation.inputs]
    links += [("reader", variable) for variable in explanation.readers]
    rows = [(role, it.name, it.unit, it.value, it.status, it.en) for role, it in links]
    return {
        "variable": Table("", _columns("en"), [explanation]).frame(),
        "links": pd.DataFrame(rows, columns=["role", "name", "unit", "value", "status", "en"]),
    }


def _reason(explanation: Explanation, lang: str) -> str | None:
    """Why a constant has its prior, or why it is kept fixed."""
    reason = explanation.uncertainty.reason if explanation.uncertainty else explanation.fixed
    return None if reason is None else reason[lang]


def _prior_record(explanation: Explanation) -> dict[str, Any] | None:
    if explanation.uncertainty is None:
        return None
    return {key: value for key, value in asdict(explanation.uncertainty.prior).items() if value is not None}


def _fit_record(explanation: Explanation) -> dict[str, Any] | None:
    """What the last fit says; no figures where it no longer holds, None for a constant that is not fitted."""
    if explanation.outdated is not None:
        return {"outdated": True}
    return None if explanation.estimate is None else {"outdated": False, **asdict(explanation.estimate)}
