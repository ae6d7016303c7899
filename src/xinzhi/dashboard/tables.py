"""Below the charts: the table of targets with their words in the document, and what the model cannot support."""

from __future__ import annotations

from html import escape

from xinzhi.analysis.verdict import Verdict, judge
from xinzhi.dashboard.cards import gap_text, status_text, threshold_text, value_text, verdict_text
from xinzhi.dashboard.markup import draw_html
from xinzhi.dashboard.session import View
from xinzhi.show import numbers
from xinzhi.show.numbers import quantity
from xinzhi.show.words import article, join


def draw_targets(view: View) -> None:
    """One row a target."""
    heads = [
        view.t("Target"),
        view.t("In the document"),
        view.t("Departments"),
        view.t("Threshold"),
        view.t("Current"),
        view.t("Gap"),
        view.t("Verdict"),
        view.t("Baseline"),
        view.t("Base year {year}", year=view.content.region.plan.base_year),
        view.t("Source of the base figure"),
    ]
    rows = [
        _row(view, verdict, before)
        for verdict, before in zip(judge(view.content, view.current), judge(view.content, view.baseline), strict=True)
    ]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    table = f'<table class="xz-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    name = escape(view.t("Targets"))
    draw_html(f'<div class="xz-scroll" tabindex="0" role="region" aria-label="{name}">{table}</div>', view.lang)


def _row(view: View, verdict: Verdict, before: Verdict) -> list[str]:
    """The cells of a target, as HTML."""
    lang, units, target = view.lang, view.content.units, verdict.target
    departments = join([view.content.region.departments[key][lang] for key in target.departments], lang)
    if target.departments_status != "document":
        departments = view.t("{departments} (assumed)", departments=departments)
    series = view.content.history.series[target.base_series]
    base_decimals = view.content.indicators[target.indicator].decimals
    base = quantity(target.base.value, series.unit, base_decimals, lang, units)
    source = view.content.history.sources[target.base.source].title[lang]
    note = f'<div class="xz-small">{escape(target.note[lang])}</div>' if target.note else ""
    quote = view.t('"{quote}" ({article})', quote=target.quote, article=article(target.article, view.lang))
    return [
        escape(target.name[lang]) + note,
        escape(quote),
        escape(departments),
        escape(threshold_text(verdict, lang, units)),
        f"<strong>{escape(value_text(verdict, lang, units))}</strong>",
        escape(gap_text(verdict, lang, units)),
        escape(verdict_text(view, verdict)),
        escape(value_text(before, lang, units)),
        f'{escape(base)}<div class="xz-small">{escape(status_text(view, target.base.status))}</div>',
        f'<div class="xz-small">{escape(source)}</div>',
    ]


def draw_notes(view: View) -> None:
    """What a reader has to know before the figures are used."""
    content, lang = view.content, view.lang
    plan = content.region.plan
    weak = [target.short_name[lang] for target in content.targets.values() if target.base.status != "published"]
    assumed = sum(lever.status == "assumed" for lever in content.sheet.levers.values())
    first = content.sheet.timing.start[0]
    notes = [
        view.t(
            "Targets are judged in {final}; growth and change are measured on {base}.",
            final=plan.final_year,
            base=plan.base_year,
        ),
        view.t(
            "A lever that starts at the end of {start} acts from the budget of {budget} on; its ramp is how long "
            "it takes to full force.",
            start=numbers.year(first),
            budget=numbers.year(first + 1),
        ),
        view.t(
            "The strength of {count} levers is an expert assumption, and so are all unit costs (±50%).", count=assumed
        ),
        view.t("This is one simulated path, not a forecast: it says nothing yet about how likely a target is."),
    ]
    if weak:
        names = join(weak, lang)
        told = view.t(
            "The base figures of these targets are estimates, and their verdicts carry the same error: {names}.",
            names=names,
        )
        notes.insert(1, told)
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    document = view.t(
        "Document: {title} ({number})", title=content.region.document.title, number=content.region.document.number
    )
    version = view.t("Model version {version}", version=content.hash[:8])
    draw_html(f'<ul class="xz-notes">{items}</ul><p class="xz-small">{escape(document)} · {escape(version)}</p>', lang)
