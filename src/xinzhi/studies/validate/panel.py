"""The tests of structure on the page: the summary, and each test's cases on demand."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from xinzhi.content.scenario import BASELINE
from xinzhi.dashboard.lever_state import chosen_scenario, start_from
from xinzhi.dashboard.markup import draw_html, on_demand, table_html
from xinzhi.dashboard.session import View, run_state
from xinzhi.dashboard.study_drawing import answer_of, part_html
from xinzhi.studies.validate.outcome import Finding
from xinzhi.studies.validate.validation import Validation
from xinzhi.studies.validate.words import (
    case_cells,
    count_words,
    name_of,
    outcome_words,
    summary_table,
    unsupported_words,
)

MOST_ROWS = 60  # of a table on the page; the whole one is in the file that the command writes


def draw(view: View) -> None:
    """The summary and what the model cannot settle. Levers moved by hand do not enter, the scenario does."""
    scenario = chosen_scenario(view.content, view.state).id
    known = scenario if scenario in view.content.scenarios else BASELINE
    as_it_is = replace(view, current=run_state(view.project, start_from(known)))
    validation: Validation = answer_of(as_it_is, "validate", {}, view.t("Testing the model …")).result
    lang = view.lang
    summary = summary_table(validation, lang).cells()
    body = [f'<div class="xz-count">{escape(count_words(validation, lang))}</div>']
    body.append(table_html(summary.heads, summary.rows, summary.title))
    unsupported = unsupported_words(validation, lang)
    body += [f"<p>{escape(unsupported)}</p>"] if unsupported else []
    body += [_cases(view, finding) for finding in validation.findings if finding.limits or finding.tables]
    draw_html("".join(body), lang)


def _cases(view: View, finding: Finding) -> str:
    """A test's known limits and cases, as HTML that opens on demand."""
    lang = view.lang
    body = [f"<p>{escape(limit.reason[lang])}</p>" for limit in finding.limits]
    for table in (case_cells(cases, lang) for cases in finding.tables):
        body.append(part_html(replace(table, rows=table.rows[:MOST_ROWS])))
        if len(table.rows) > MOST_ROWS:
            more = view.t("{shown} of {count} rows; all of them: xinzhi validate -o FILE.md", shown=MOST_ROWS,
                          count=len(table.rows))  # fmt: skip
            body.append(f'<p class="xz-small">{escape(more)}</p>')
    return on_demand(f"{name_of(finding, lang)}: {outcome_words(finding, lang)}", "".join(body))
