"""The audit and the departments as text in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.padding import Padding

from xinzhi.content.content import Content
from xinzhi.show.screen import console
from xinzhi.show.tables import print_table
from xinzhi.show.words import t
from xinzhi.studies.audit.audit import Audit
from xinzhi.studies.audit.words import (
    Account,
    make_account,
    pair_cells,
    pair_heads,
    pairs_lead,
    shown_pairs,
    together_text,
    verdict_count,
)
from xinzhi.studies.departments.departments import Departments
from xinzhi.studies.departments.words import duty_cells, duty_heads, hanging_cells, hanging_heads, unmoved_text


def print_audit(content: Content, audit: Audit, lang: str) -> None:
    """Every implied quantity with its arithmetic, then pairs of targets, then levers that act only with others."""
    console().print(verdict_count(audit, lang) + "\n", style="bold")
    for finding in audit.findings:
        _print_account(make_account(content, audit, finding, lang), lang)
    fight, together = (shown_pairs(audit.pairs, helps) for helps in (False, True))
    print_table(
        t("Targets that fight", lang), pair_heads(lang), [pair_cells(content, pair, lang) for pair in fight], words=True
    )
    rows = [pair_cells(content, pair, lang) for pair in together]
    print_table("\n" + t("Targets that go together", lang), pair_heads(lang), rows, words=True)
    console().print(pairs_lead(audit, lang))
    if audit.together:
        console().print("\n" + t("Levers that act only with others", lang), style="bold")
        for each in audit.together:
            console().print(together_text(content, each, lang))


def _print_account(account: Account, lang: str) -> None:
    out = console()
    out.print(f"{account.title}  {account.verdict}", style="bold")
    _indented([*account.phrases, account.says], 2)
    _indented([f"{name} = {arithmetic}" for name, arithmetic in account.sums], 6)
    _indented([t("What the model adds: {said}", lang, said=account.model)], 2)
    _indented([f"{name} = {arithmetic}" for name, arithmetic in account.model_sums], 6)
    if account.rule:
        _indented([t("Verdict: {rule}", lang, rule=account.rule)], 2)
    out.print()


def _indented(lines: Sequence[str], by: int) -> None:
    for line in lines:
        console().print(Padding(line, (0, 0, 0, by), expand=False))


def print_departments(content: Content, departments: Departments, lang: str) -> None:
    """What each department answers for and controls, the matrix, and targets that hang on another's lever."""
    rows = [duty_cells(duty, content, lang) for duty in departments.duties]
    print_table(t("Departments: targets and levers", lang), duty_heads(lang), rows, words=True)
    heads = [t("Leads the levers", lang), t("Answers for targets that they bring nearer", lang)]
    print_table(
        "\n" + t("Whose levers matter for whose targets", lang), heads, _reach(content, departments, lang), words=True
    )
    said = t("A number: how many of a department's targets these levers, each alone, bring nearer.", lang)
    console().print(said)
    hanging = [hanging_cells(each, content, lang) for each in departments.hanging]
    print_table(
        "\n" + t("Targets whose strongest lever another department leads", lang),
        hanging_heads(lang),
        hanging,
        words=True,
    )
    console().print(unmoved_text(departments, lang))


def _reach(content: Content, departments: Departments, lang: str) -> list[tuple[str, str]]:
    """The matrix row by row: a department, and for whom its levers matter, the most first."""
    names = content.region.departments
    rows = []
    for key, counts in zip(departments.controlling, departments.matrix, strict=True):
        order = sorted(range(len(counts)), key=lambda index: -counts[index])
        reached = [f"{names[departments.answering[i]][lang]} {counts[i]}" for i in order if counts[i]]
        rows.append((names[key][lang], ("、" if lang == "zh" else ", ").join(reached) or "—"))
    return rows
