"""The tests of structure put into words: a summary, each test's tables, JSON, and the chapters of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xinzhi.content.backtest_file import read_backtests
from xinzhi.content.content import Content
from xinzhi.content.yaml_file import Text
from xinzhi.errors import Message
from xinzhi.futures.freshness import current_fit
from xinzhi.show.words import N_, say, t
from xinzhi.studies.backtest.words import backtest_chapters
from xinzhi.studies.table import Cells, Column, Lines, Part, Table
from xinzhi.studies.validate.outcome import FAILS, HOLDS, LIMITED, UNTESTED, Cases, Cell, Finding
from xinzhi.studies.validate.validation import Validation

if TYPE_CHECKING:
    import pandas as pd

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


def summary_table(validation: Validation, lang: str) -> Table[Finding]:
    """A row a test: its outcome, and its result in a sentence."""
    columns = (
        Column[Finding]("id", lambda it: it.id),
        Column[Finding]("name", lambda it: name_of(it, lang), t("Test", lang), lambda it: name_of(it, lang)),
        Column[Finding]("outcome", lambda it: it.outcome, t("Outcome", lang), lambda it: outcome_words(it, lang)),
        Column[Finding]("says", lambda it: say(it.says, lang), t("Worst case", lang), lambda it: say(it.says, lang)),
    )
    return Table(t("Tests of structure", lang), columns, validation.findings, words=True)


def case_cells(cases: Cases, lang: str) -> Cells:
    """A test's cases in the reader's language."""
    heads = [_cell(head, lang) for head in cases.heads]
    return Cells(say(cases.title, lang), heads, [tuple(_cell(cell, lang) for cell in row) for row in cases.rows], True)


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
    names = [_cell(row[0], lang) for cases in finding.tables for row in cases.rows]
    if not names:
        return ""
    said = N_("The model cannot settle these verdicts, as one uncertain constant turns each: {names}.")
    return t(said, lang, names=("、" if lang == "zh" else ", ").join(names))


def validation_parts(validation: Validation, lang: str) -> list[Part]:
    """The summary, how many tests have which outcome, and what the model cannot support."""
    lines = [count_words(validation, lang), unsupported_words(validation, lang)]
    return [summary_table(validation, lang).cells(), Lines([line for line in lines if line])]


def validation_record(validation: Validation, lang: str) -> dict[str, Any]:
    """The tests as JSON has them."""
    rows = zip(summary_table(validation, lang).records(), validation.findings, strict=True)
    return {"scenario": validation.scenario[lang], "tests": [row | _record(it, lang) for row, it in rows]}


def _record(finding: Finding, lang: str) -> dict[str, Any]:
    tables = [case_cells(cases, lang) for cases in finding.tables]
    return {
        "worst": None if finding.worst is None else vars(finding.worst),
        "limits": [{"about": list(limit.about), "reason": limit.reason[lang]} for limit in finding.limits],
        "tables": [{"title": it.title, "heads": it.heads, "rows": it.rows} for it in tables],
    }


def validation_frames(validation: Validation) -> dict[str, pd.DataFrame]:
    """The summary, then the cases of each test that shows some."""
    import pandas as pd

    frames = {"tests": summary_table(validation, "en").frame()}
    for finding in validation.findings:
        for number, cases in enumerate(finding.tables, 1):
            cells = case_cells(cases, "en")
            frames[finding.id if number == 1 else f"{finding.id} {number}"] = pd.DataFrame(
                list(cells.rows), columns=list(cells.heads)
            )
    return frames


def validation_page(content: Content, validation: Validation, lang: str) -> str:
    """The page docs/validation: the tests of structure, the kept back-tests, what the fit says of its constants.

    Raises `ContentError` where a kept file is damaged.
    """
    recovered = t("Does the fit find truths that are made up? See recovery and simulation-based calibration.", lang)
    heading = t("The fit", lang)
    fit = f"## {heading} {{#fit}}\n\n[{recovered}](recovery.{lang}.md)\n"
    kept, fitted = read_backtests(content.folder), current_fit(content)
    chapters = backtest_chapters(content, kept.tests if kept is not None else (), fitted, lang)
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
    lines += _markdown(summary_table(validation, lang).cells())
    unsupported = unsupported_words(validation, lang)
    lines += [unsupported, ""] if unsupported else []
    for finding in validation.findings:
        lines += [f"## {name_of(finding, lang)} {{#{finding.id}}}", ""]
        lines += [f"{outcome_words(finding, lang)}: {say(finding.says, lang)}{t('.', lang)}", ""]
        for limit in finding.limits:
            lines += [f"- {limit.reason[lang]}"]
        lines += [""] if finding.limits else []
        for cases in finding.tables:
            cells = case_cells(cases, lang)
            lines += [f"**{cells.title}**", "", *_markdown(cells)]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(table: Cells) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    return [line(table.heads), "|" + "---|" * len(table.heads), *(line(row) for row in table.rows), ""]
