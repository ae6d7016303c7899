"""The audit as a page of Markdown: what ``-o FILE.md`` writes, and what is kept in docs/."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.content.content import Content
from xinzhi.show.words import t
from xinzhi.studies.audit.accounts import Account, make_account
from xinzhi.studies.audit.audit import Audit
from xinzhi.studies.audit.words import pairs_lead, shown_tables, together_text, verdict_count
from xinzhi.studies.table import Cells


def audit_markdown(content: Content, audit: Audit, lang: str, made: str = "") -> str:
    """The whole audit, with the remark ``made`` under its title; both languages have the same headings and lists."""
    document = content.region.document
    title = t("The document audited against itself", lang)
    fight, together = shown_tables(content, audit, lang)
    others = t("Levers that act only with others", lang)
    lines = [f"# {title}", "", *([f"<!-- {made} -->", ""] if made else [])]
    lines += [
        t(
            "{title} ({number}): what its numbers imply, reckoned from the content; what the model adds is of the "
            "scenario {scenario}. A number changed in the content changes this page.",
            lang,
            title=document.title,
            number=document.number,
            scenario=audit.run.name,
        ),
        "",
        verdict_count(audit, lang) + t(".", lang),
        "",
    ]
    for finding in audit.findings:
        lines += _account(make_account(content, audit, finding, lang), lang)
    lines += [f"## {fight.title} {{#fight}}", "", pairs_lead(audit, lang), "", *_table(fight.cells())]
    lines += [f"## {together.title} {{#together}}", "", *_table(together.cells())]
    lines += [f"## {others} {{#with-others}}", ""]
    lines += [f"- {together_text(content, each, lang)}" for each in audit.together] or [t("None.", lang)]
    return "\n".join(lines) + "\n"


def _account(account: Account, lang: str) -> list[str]:
    verdict = f" {account.verdict}" if account.verdict else ""
    lines = [f"## {account.title}{verdict} {{#{account.id.replace('_', '-')}}}", ""]
    lines += [f"> {'  '.join(account.phrases)}", "", account.says, ""]
    lines += _items(account.sums, lang)
    lines += ["", t("What the model adds: {said}", lang, said=account.model), ""]
    lines += _items(account.model_sums, lang)
    lines += ["", t("Figures: {figures}", lang, figures=("；" if lang == "zh" else "; ").join(account.figures)), ""]
    if account.rule:
        lines += [t("Verdict: {rule}", lang, rule=account.rule), ""]
    return lines


def _items(sums: Sequence[tuple[str, str]], lang: str) -> list[str]:
    colon = "：" if lang == "zh" else ": "
    return [f"- {name}{colon}{arithmetic}" for name, arithmetic in sums]


def _table(cells: Cells) -> list[str]:
    rows: Sequence[Sequence[str]] = cells.rows
    heads = f"| {' | '.join(cells.heads)} |"
    return [heads, "|---" * len(cells.heads) + "|", *(f"| {' | '.join(row)} |" for row in rows), ""]
