"""The tests of structure put into words: a summary, each test's tables, JSON, and the chapters of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xinzhi.content.backtest_file import read_backtests
from xinzhi.content.content import Content
from xinzhi.content.fitted import read_fitted
from xinzhi.content.yaml_file import Text
from xinzhi.errors import Message
from xinzhi.show.words import N_, say, t
from xinzhi.studies.backtest.words import hindcast_chapters
from xinzhi.studies.validate.outcome import FAILS, HOLDS, LIMITED, UNTESTED, Cell, Finding, Table
from xinzhi.studies.validate.validation import Validation

NAMES = {
    "units": N_("Dimensional consistency"),
    "boundary": N_("Boundary adequacy"),
    "parameters": N_("Parameter assessment"),
    "extremes": N_("Extreme conditions within the ranges"),
    "beyond": N_("Extreme conditions beyond the ranges"),
    "checks": N_("Reality checks"),
    "conservation": N_("Conservation"),
    "integration": N_("Integration error"),
    "reproduction": N_("Behaviour reproduction"),
    "anomaly": N_("Behaviour anomaly"),
    "family": N_("Family member"),
    "surprises": N_("Surprise behaviour"),
    "verdicts": N_("Sensitivity of the verdicts"),
}
OUTCOMES = {
    HOLDS: N_("● holds"),
    LIMITED: N_("◐ holds but for known limits"),
    FAILS: N_("○ does not hold"),
    UNTESTED: N_("– not tested"),
}


def name_of(finding: Finding, lang: str) -> str:
    """What a test is called."""
    return t(NAMES[finding.id], lang)


def outcome_words(finding: Finding, lang: str) -> str:
    """Icon and word; an outcome is never in colour alone."""
    return t(OUTCOMES[finding.outcome], lang)


def summary_heads(lang: str) -> tuple[str, str, str]:
    """The heads of the summary."""
    return (t("Test", lang), t("Outcome", lang), t("Worst case", lang))


def summary_cells(finding: Finding, lang: str) -> tuple[str, str, str]:
    """A test's row in the summary."""
    return (name_of(finding, lang), outcome_words(finding, lang), say(finding.says, lang))


def table_cells(table: Table, lang: str) -> tuple[str, list[str], list[tuple[str, ...]]]:
    """Title, heads and rows in the reader's language."""
    heads = [_cell(head, lang) for head in table.heads]
    return say(table.title, lang), heads, [tuple(_cell(cell, lang) for cell in row) for row in table.rows]


def _cell(cell: Cell, lang: str) -> str:
    if isinstance(cell, Text):
        return cell[lang]
    return say(cell, lang) if isinstance(cell, Message) else str(cell)


def count_words(validation: Validation, lang: str) -> str:
    """How many tests have which outcome, and of which scenario the last of them are."""
    outcomes = [finding.outcome for finding in validation.findings]
    parts = [f"{t(word, lang)} {outcomes.count(key)}" for key, word in OUTCOMES.items() if key in outcomes]
    joined = ("，" if lang == "zh" else ", ").join(parts)
    return t("{count} tests of structure and behaviour: {parts}. Integration error and verdicts are of {scenario}.",
             lang, count=len(outcomes), parts=joined, scenario=validation.scenario)  # fmt: skip


def unsupported_words(validation: Validation, lang: str) -> str:
    """What the model cannot support; "" where there is nothing of the kind."""
    finding = next(it for it in validation.findings if it.id == "verdicts")
    names = [_cell(row[0], lang) for table in finding.tables for row in table.rows]
    if not names:
        return ""
    said = N_("The model cannot settle these verdicts, as one uncertain constant turns each: {names}.")
    return t(said, lang, names=("、" if lang == "zh" else ", ").join(names))


def validation_record(validation: Validation, lang: str) -> dict[str, Any]:
    """The tests as JSON has them."""
    return {"scenario": validation.scenario[lang], "tests": [_record(it, lang) for it in validation.findings]}


def _record(finding: Finding, lang: str) -> dict[str, Any]:
    tables = [table_cells(table, lang) for table in finding.tables]
    return {
        "id": finding.id,
        "name": name_of(finding, lang),
        "outcome": finding.outcome,
        "says": say(finding.says, lang),
        "worst": None if finding.worst is None else vars(finding.worst),
        "limits": [{"about": list(limit.about), "reason": limit.reason[lang]} for limit in finding.limits],
        "tables": [{"title": title, "heads": heads, "rows": rows} for title, heads, rows in tables],
    }


def validation_page(content: Content, validation: Validation, lang: str) -> str:
    """The page docs/validation: the tests of structure, the kept hindcasts, what the fit says of its constants.

    Raises `ContentError` where a kept file is damaged.
    """
    recovered = t("Does the fit find truths that are made up? See recovery and simulation-based calibration.", lang)
    heading = t("The fit", lang)
    fit = f"## {heading} {{#fit}}\n\n[{recovered}](recovery.{lang}.md)\n"
    kept, fitted = read_backtests(content.folder), read_fitted(content.folder)
    chapters = hindcast_chapters(content, kept.tests if kept is not None else (), fitted, lang)
    return "\n".join((structure_chapters(validation, lang), fit, chapters))


def structure_chapters(validation: Validation, lang: str) -> str:
    """The tests as Markdown chapters; both languages have the same headings and tables."""
    made = t("Written by xinzhi validate -o FILE.md; not edited by hand.", lang)
    title = t("Validation", lang)
    lines = [f"# {title}", "", f"<!-- {made} -->", ""]
    lines += [
        t("What a system-dynamics model is asked before its figures are believed (Barlas 1996; Sterman 2000, chapter "
          "21). A known limit is a case that does not hold and is stated with its reason in model/structure.yaml.",
          lang),
        "", count_words(validation, lang), "",
    ]  # fmt: skip
    lines += _markdown(summary_heads(lang), [summary_cells(it, lang) for it in validation.findings])
    unsupported = unsupported_words(validation, lang)
    lines += [unsupported, ""] if unsupported else []
    for finding in validation.findings:
        lines += [f"## {name_of(finding, lang)} {{#{finding.id}}}", ""]
        lines += [f"{outcome_words(finding, lang)}: {say(finding.says, lang)}{t('.', lang)}", ""]
        for limit in finding.limits:
            lines += [f"- {limit.reason[lang]}"]
        lines += [""] if finding.limits else []
        for table in finding.tables:
            title, heads, rows = table_cells(table, lang)
            lines += [f"**{title}**", "", *_markdown(heads, rows)]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    return [line(heads), "|" + "---|" * len(heads), *(line(row) for row in rows), ""]
