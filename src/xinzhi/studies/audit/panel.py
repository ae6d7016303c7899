"""The audit on the page: implied quantities, whose arithmetic opens on demand; pairs of targets; the levers."""

from __future__ import annotations

from html import escape

from xinzhi.dashboard.markup import draw_html
from xinzhi.dashboard.pictures import draw_matrix
from xinzhi.dashboard.session import View
from xinzhi.dashboard.study_drawing import answer_of, part_html
from xinzhi.studies.audit.accounts import Account, make_account
from xinzhi.studies.audit.audit import Audit
from xinzhi.studies.audit.words import gains_matrix, pairs_lead, shown_tables, together_text, verdict_count


def draw(view: View) -> None:
    """The implied quantities, pairs of targets, and what each lever does to the headline targets."""
    content, lang = view.content, view.lang
    audit: Audit = answer_of(view, "audit", {}).result
    accounts = [make_account(content, audit, finding, lang) for finding in audit.findings]
    body = [f'<div class="xz-count">{escape(verdict_count(audit, lang))}</div>']
    body += [_account(view, account) for account in accounts]
    body += [part_html(table.cells()) for table in shown_tables(content, audit, lang)]
    body.append(f'<p class="xz-small">{escape(pairs_lead(audit, lang))}</p>')
    if audit.together:
        items = "".join(f"<li>{escape(together_text(content, each, lang))}</li>" for each in audit.together)
        title = view.t("Levers that act only with others")
        body.append(f"<h4>{escape(title)}</h4><ul>{items}</ul>")
    draw_html("".join(body), lang)
    draw_matrix(view, gains_matrix(content, audit.gains, lang))


def _account(view: View, account: Account) -> str:
    """One implied quantity; its arithmetic opens on demand."""
    phrases = "".join(f'<div class="xz-small">{escape(phrase)}</div>' for phrase in account.phrases)
    sums = "".join(
        f"<li>{escape(name)} = {escape(arithmetic)}</li>" for name, arithmetic in (*account.sums, *account.model_sums)
    )
    notes = [view.t("Figures: {figures}", figures=("；" if view.lang == "zh" else "; ").join(account.figures))]
    notes += [view.t("Verdict: {rule}", rule=account.rule)] if account.rule else []
    small = "".join(f'<div class="xz-small">{escape(note)}</div>' for note in notes)
    added, opened = view.t("What the model adds: {said}", said=account.model), view.t("Arithmetic")
    verdict = f'<span class="xz-word">{escape(account.verdict)}</span>'
    return (
        f'<section class="xz-finding"><h4>{escape(account.title)} {verdict}</h4>{phrases}'
        f"<p>{escape(account.says)}</p><p>{escape(added)}</p>"
        f"<details><summary>{escape(opened)}</summary><ul>{sums}</ul>{small}</details></section>"
    )
