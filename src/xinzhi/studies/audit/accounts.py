"""An implied quantity put into words: its phrases in the document, its arithmetic, what the model adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinzhi.content.audit_file import Rule, Step
from xinzhi.content.content import Content
from xinzhi.content.expression import Operand
from xinzhi.show.arithmetic import result_text, sum_text
from xinzhi.show.articles import article_title
from xinzhi.show.numbers import difference, in_full, quantity
from xinzhi.show.status import status_word
from xinzhi.show.words import t
from xinzhi.studies.audit.audit import CONSISTENT, CONTRADICTORY, TENSE, Audit, Finding


@dataclass(frozen=True)
class Account:
    """One implied quantity as a reader meets it; ``sums`` and ``model_sums`` are (name, arithmetic) pairs."""

    id: str
    title: str
    verdict: str
    phrases: tuple[str, ...]
    says: str
    sums: tuple[tuple[str, str], ...]
    model: str
    model_sums: tuple[tuple[str, str], ...]
    figures: tuple[str, ...]
    rule: str


def verdict_words(verdict: str | None, lang: str) -> str:
    """Icon and word; the verdict is never in colour alone."""
    words = {
        CONSISTENT: t("● consistent", lang),
        TENSE: t("◐ tense", lang),
        CONTRADICTORY: t("○ contradictory", lang),
    }
    return "" if verdict is None else words[verdict]


def make_account(content: Content, audit: Audit, finding: Finding, lang: str) -> Account:
    """A finding in words."""
    item, units = finding.item, content.units
    values = {
        key: result_text(step, finding.values[key], lang, units).removeprefix("+") for key, step in item.steps.items()
    }
    plan = content.region.plan
    words = {**values, "base_year": str(plan.base_year), "final_year": str(plan.final_year)}

    def sums(modelled: bool) -> tuple[tuple[str, str], ...]:
        return tuple(
            (step.name[lang], sum_text(step, item.steps, finding.figures, finding.values, lang, units))
            for step in item.steps.values()
            if step.modelled is modelled
        )

    return Account(
        id=item.id,
        title=item.name[lang],
        verdict=verdict_words(finding.verdict, lang),
        phrases=_phrases(content, item.targets, lang),
        says=item.says[lang].format(**words),
        sums=sums(False),
        model=item.model[lang].format(**words),
        model_sums=sums(True),
        figures=tuple(
            _figure(content, audit, operand, value, lang)
            for operand, value in finding.figures.items()
            if operand.family != "target"
        ),
        rule="" if item.rule is None else _rule(content, item.rule, item.steps[item.rule.step], lang),
    )


def _phrases(content: Content, targets: Sequence[str], lang: str) -> tuple[str, ...]:
    """The document's words, each once, with their article."""
    found = dict.fromkeys((content.targets[key].quote, content.targets[key].article) for key in targets)
    return tuple(
        t('"{quote}" ({article})', lang, quote=quote, article=article_title(article, lang)) for quote, article in found
    )


def _figure(content: Content, audit: Audit, operand: Operand, value: float, lang: str) -> str:
    """Where a figure comes from: its name, value, and status or scenario."""
    shown = in_full(value, operand.unit, lang, content.units)
    if operand.family == "constant":
        variable = content.model.variables[operand.name]
        return t(
            "{name}: {value} ({status})",
            lang,
            name=variable.description[lang].rstrip("。."),
            value=shown,
            status=status_word(variable.status, lang),
        )
    if operand.family == "gain":
        assert operand.lever is not None
        target, lever = content.targets[operand.name], content.sheet.levers[operand.lever]
        change = difference(value, target.unit, 2, lang, content.units)
        return t("{target} by {lever}: {change} (model)", lang, target=target.name, lever=lever.name, change=change)
    name = content.indicators[operand.name].name
    if operand.family == "model":
        return t("{name} in {year}: {value} (model, {scenario})", lang, name=name, year=operand.year, value=shown,
                 scenario=audit.run.name)  # fmt: skip
    assert operand.year is not None
    observation = content.history.series[operand.name].at(operand.year)
    assert observation is not None
    status = status_word(observation.status, lang)
    return t("{name} in {year}: {value} ({status})", lang, name=name, year=operand.year, value=shown, status=status)


def _rule(content: Content, rule: Rule, step: Step, lang: str) -> str:
    """The bounds of a verdict and their reason."""
    below = rule.contradictory is not None and rule.contradictory < rule.tense

    def bound(value: float) -> str:
        if step.shown == "difference":
            return difference(value, step.unit, 1, lang, content.units).removeprefix("+")
        return quantity(value, step.unit, 0 if value.is_integer() else 1, lang, content.units)

    said = t("{name} below {bound} is tense", lang, name=step.name, bound=bound(rule.tense)) if below else t(
        "{name} above {bound} is tense", lang, name=step.name, bound=bound(rule.tense))  # fmt: skip
    if rule.contradictory is not None:
        said = t("{said}, beyond {bound} contradictory", lang, said=said, bound=bound(rule.contradictory))
    return t("{said}: {reason}", lang, said=said, reason=rule.reason)
