"""One variable, explained: for a terminal and as a plain record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.padding import Padding
from rich.table import Table

from xinzhi.content.model_file import Variable
from xinzhi.show.screen import console
from xinzhi.show.status import status_word
from xinzhi.show.variables import estimate_words, few_words, kind_word, prior_words, range_words, value_words
from xinzhi.show.words import join, say, t
from xinzhi.studies.explain.explanation import Explanation

_INDENT = (0, 0, 0, 2)


def print_explanation(explanation: Explanation, model: str, lang: str) -> None:
    """Everything about a variable; ``model`` is the model file as the reader knows it."""
    screen = console()
    screen.print(_title(explanation, lang), style="bold")
    variable = explanation.variable
    for text in (variable.zh, variable.en) if lang == "zh" else (variable.en, variable.zh):
        screen.print(text)
    screen.print()
    screen.print(_facts(explanation, f"{model}:{variable.line}", lang))
    _print_part(t("Equation", lang), [str(equation) for equation in explanation.equations])
    _print_variables(t("Inputs", lang), explanation.inputs, lang)
    _print_variables(t("Read by", lang), explanation.readers, lang)


def _title(explanation: Explanation, lang: str) -> str:
    label = explanation.label
    return explanation.variable.name + (f" · {label[lang]}" if label is not None else "")


def _facts(explanation: Explanation, place: str, lang: str) -> Table:
    """What is told in a line each: two columns, the facts that there are."""
    variable, separator = explanation.variable, "；" if lang == "zh" else "; "
    uncertainty = explanation.uncertainty
    prior = "" if uncertainty is None else prior_words(uncertainty.prior, lang)
    reason = explanation.fixed if uncertainty is None else uncertainty.reason
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
        (t("Kept fixed", lang) if uncertainty is None else t("Reason", lang), reason[lang] if reason else ""),
        (t("Fit to history", lang), fit),
        (t("Lever", lang), join([f"{it.name[lang]} ({it.id})" for it in explanation.levers], lang)),
        (t("Indicator", lang), join([f"{it.name[lang]} ({it.id})" for it in explanation.indicators], lang)),
        (t("Target", lang), separator.join(f"{it.name[lang]} ({it.id})" for it in explanation.targets)),
        (t("Reality check", lang), separator.join(f"{it.name[lang]} ({it.id})" for it in explanation.checks)),
        (t("Loop", lang), join([f"{it.id} {it.name[lang]}" for it in explanation.loops], lang)),
        (t("Sector", lang), explanation.sector[lang]),
        (t("Place", lang), place),
    ]
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for word, said in facts:
        if said:
            table.add_row(word, said)
    return table


def _print_part(title: str, lines: Sequence[str]) -> None:
    screen = console()
    screen.print(f"\n{title}", style="bold")
    for line in lines:
        screen.print(Padding(line, _INDENT))


def _print_variables(title: str, variables: Sequence[Variable], lang: str) -> None:
    _print_part(f"{title} ({len(variables)})", [])
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for variable in variables:
        table.add_row(variable.name, few_words(variable, None, lang))
    if variables:
        console().print(Padding(table, _INDENT))


def explanation_record(explanation: Explanation, lang: str) -> dict[str, Any]:
    """The same as JSON has it; numbers in the model's unit."""
    variable, uncertainty = explanation.variable, explanation.uncertainty
    return {
        "name": variable.name,
        "label": explanation.label[lang] if explanation.label else None,
        "zh": variable.zh,
        "en": variable.en,
        "kind": explanation.kind,
        "unit": variable.unit,
        "equations": [str(equation) for equation in explanation.equations],
        "value": variable.value,
        "range": None if variable.low is None else [variable.low, variable.high],
        "status": variable.status,
        "sources": [{"id": source.id, "title": source.title[lang]} for source in explanation.sources],
        "prior": None if uncertainty is None else {k: v for k, v in asdict(uncertainty.prior).items() if v is not None},
        "reason": uncertainty.reason[lang] if uncertainty else explanation.fixed[lang] if explanation.fixed else None,
        "fit": _fit_record(explanation),
        "inputs": [it.name for it in explanation.inputs],
        "readers": [it.name for it in explanation.readers],
        "levers": [it.id for it in explanation.levers],
        "indicators": [it.id for it in explanation.indicators],
        "targets": [it.id for it in explanation.targets],
        "checks": [it.id for it in explanation.checks],
        "loops": [it.id for it in explanation.loops],
        "sector": explanation.sector[lang],
        "line": variable.line,
    }


def _fit_record(explanation: Explanation) -> dict[str, Any] | None:
    """What the last fit says; no figures where it no longer holds, None for a constant that is not fitted."""
    if explanation.outdated is not None:
        return {"outdated": True}
    return None if explanation.estimate is None else {"outdated": False, **asdict(explanation.estimate)}
