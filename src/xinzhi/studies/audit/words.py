"""The audit put into words: one account an implied quantity, one row a pair of targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinzhi.analysis.gains import Effect, Pair, Together
from xinzhi.content.audit_file import Rule, Step
from xinzhi.content.content import Content
from xinzhi.content.expression import Operand
from xinzhi.show.arithmetic import result_text, sum_text
from xinzhi.show.articles import article_title
from xinzhi.show.numbers import difference, in_full, lever_value, plain, quantity
from xinzhi.show.status import status_word
from xinzhi.show.words import join, t
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


def effect_text(content: Content, effect: Effect, lang: str) -> str:
    """A target's change, and the share of what is asked for in per cent."""
    target = effect.target
    decimals = max(target.decimals, 2) if target.unit == "%" else max(target.decimals, int(target.whole))
    change = difference(effect.change, target.unit, decimals, lang, content.units)
    return t("{change} ({share}%)", lang, change=change, share=plain(100 * effect.share, 0, sign=True))


def setting_text(content: Content, effect: Effect, lang: str) -> str:
    """A lever and the end that it stands at."""
    lever = effect.lever
    value = lever_value(lever, lever.low if effect.end == "low" else lever.high, lang, content.units)
    return f"{lever.name[lang]} {value}"


def pair_heads(lang: str) -> tuple[str, ...]:
    """The heads of a table of pairs."""
    return (t("Lever", lang), t("First target", lang), t("Change", lang), t("Second target", lang), t("Change", lang))


def pair_cells(content: Content, pair: Pair, lang: str) -> tuple[str, ...]:
    """One pair's row."""
    return (
        setting_text(content, pair.first, lang),
        pair.first.target.short_name[lang],
        effect_text(content, pair.first, lang),
        pair.second.target.short_name[lang],
        effect_text(content, pair.second, lang),
    )


def shown_pairs(pairs: Sequence[Pair], helps: bool, most: int = 12) -> list[Pair]:
    """The pairs worth a reader's time: of two articles, or of headline targets; not two of one phrase."""
    found = [
        pair
        for pair in pairs
        if pair.helps is helps
        and pair.first.target.quote != pair.second.target.quote
        and (pair.headlines == 2 or pair.first.target.article != pair.second.target.article)
    ]
    return found[:most]


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


def verdict_count(audit: Audit, lang: str) -> str:
    """How many implied quantities there are of each verdict."""
    verdicts = [finding.verdict for finding in audit.findings]
    parts = [
        f"{verdict_words(kind, lang)} {verdicts.count(kind)}"
        for kind in (CONSISTENT, TENSE, CONTRADICTORY)
        if kind in verdicts
    ]
    if None in verdicts:
        parts.append(t("not judged {count}", lang, count=verdicts.count(None)))
    return t("{count} implied quantities: {parts}", lang, count=len(verdicts), parts=join(parts, lang))


def pairs_lead(audit: Audit, lang: str) -> str:
    """What the table of pairs tells."""
    said = t(
        "Each lever alone is moved to the end farther from its base, over {scenario}; in brackets the change as a "
        "share of the way from base figure to target, + bringing it nearer.",
        lang,
        scenario=audit.run.name,
    )
    helps = sum(pair.helps for pair in audit.pairs)
    count = t("{helps} pairs go together, {hurts} fight.", lang, helps=helps, hurts=len(audit.pairs) - helps)
    return said + ("" if lang == "zh" else " ") + count
