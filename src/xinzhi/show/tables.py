"""Results as tables in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from xinzhi.analysis.accuracy import Accuracy
from xinzhi.analysis.compare import Comparison, IndicatorRow, moved
from xinzhi.analysis.reality import CheckResult
from xinzhi.analysis.verdict import Verdict
from xinzhi.content.content import Content
from xinzhi.content.indicator import Indicator, Target, headline
from xinzhi.content.units import Units
from xinzhi.show import numbers
from xinzhi.show.articles import by_article, count_line, full_title, grouped, heading, met
from xinzhi.show.beliefs import assumptions_line
from xinzhi.show.numbers import difference, lever_value, plain, quantity, significant, threshold
from xinzhi.show.screen import console
from xinzhi.show.status import status_word
from xinzhi.show.words import N_, join, t
from xinzhi.simulate import Run

if TYPE_CHECKING:
    pass

NAMES = 30  # what a grouped table leaves for its names in a narrow terminal, where the numbers wrap
PROGRAMME = "※"
NO_BREAK = "\N{NO-BREAK SPACE}"


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, words: bool = False) -> None:
    """A title and a table; a row of one cell heads a group. Columns of ``words`` begin left, others end right.

    Without ``columns`` each row is a name and what is said of it.
    """
    out = console()
    out.print(title, style="bold")
    if not columns:
        out.print(_facts_table(rows))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    grouped = any(len(row) == 1 for row in rows)
    share = (out.width - NAMES) // max(len(columns) - 1, 1) - 1 if grouped else None
    for index, column in enumerate(columns):
        left = words or index == 0
        table.add_column(
            column, justify="left" if left else "right", max_width=None if left else share, overflow="fold"
        )
    for row in rows:
        table.add_row(*row, style="bold" if len(row) == 1 else None)
    out.print(table)


def _facts_table(rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _shown(measured: Indicator | Target, value: float, lang: str, units: Units) -> str:
    return quantity(value, measured.unit, measured.decimals, lang, units)


def verdict_word(verdict: Verdict, lang: str) -> str:
    """Icon and word: the verdict is never in colour alone."""
    return t("● met", lang) if verdict.met else t("○ not met", lang)


def print_verdicts(
    content: Content, runs: Sequence[Run], verdicts: Sequence[Sequence[Verdict]], lang: str, by: str = "article"
) -> None:
    """One table a scenario, the rows of an article (or ``by`` department) together, and how many targets are met.

    A target of several departments stands under each.
    """
    columns = [t("Target", lang), t("Value", lang), t("Threshold", lang), t("Gap", lang), t("Central path", lang)]
    columns.append(t("Base figure", lang))
    for run, row in zip(runs, verdicts, strict=True):
        title = t("{scenario}: targets by {year}", lang, scenario=run.name, year=content.region.plan.final_year)
        rows: list[tuple[str, ...]] = []
        for _, name, group in grouped(content, row, by, lang):
            rows.append((heading(name, group, lang),))
            rows += [_verdict_row(verdict, lang, content.units) for verdict in group]
        print_table(title, columns, rows)
        _print_legend([verdict.target for verdict in row], lang)
        console().print(count_line(row, None, lang))
        console().print(_settings_line(content, run, lang))
        if run.assumptions:
            console().print(assumptions_line(content, run, lang))
        console().print()


def _target_name(target: Target, lang: str) -> str:
    """A target's name under its article's, with the mark of a programme target."""
    return f"  {target.name[lang]}" + (f" {PROGRAMME}" if target.programme else "")


def _print_legend(targets: Sequence[Target], lang: str) -> None:
    """What the mark means, where one was printed."""
    if any(target.programme for target in targets):
        console().print(t("{mark} programme target", lang, mark=PROGRAMME))


def _verdict_row(verdict: Verdict, lang: str, units: Units) -> tuple[str, ...]:
    target = verdict.target
    return (
        _target_name(target, lang),
        _shown(target, verdict.value, lang, units),
        threshold(target.sense, target.threshold, target.unit, lang, units),
        difference(verdict.gap, target.unit, target.decimals, lang, units),
        verdict_word(verdict, lang),
        status_word(target.base.status, lang),
    )


def _settings_line(content: Content, run: Run, lang: str) -> str:
    levers = moved(content, run)
    if not levers:
        return t("No lever is moved.", lang)
    listed = [
        f"{lever.name[lang]} {lever_value(lever, run.settings[lever.id].value, lang, content.units)}"
        for lever in levers
    ]
    return t("Levers moved: {levers}", lang, levers=join(listed, lang))


def print_run(content: Content, run: Run, lang: str) -> None:
    """The headline indicators, every year."""
    ids = dict.fromkeys(target.indicator for target in headline(content.targets))
    shown = [content.indicators[key] for key in ids]
    columns = [t("Year", lang), *(indicator.name[lang] for indicator in shown)]
    rows = [
        (numbers.year(year), *(_shown(item, run.in_unit(item.id)[index], lang, content.units) for item in shown))
        for index, year in enumerate(run.times)
    ]
    print_table(run.name[lang], columns, rows)
    more = t(
        "All {count} indicators: xinzhi run {scenario} -o FILE.csv", lang, count=len(run.values), scenario=run.scenario
    )
    console().print(more)


def print_comparison(content: Content, comparison: Comparison, lang: str, *, every: bool = False) -> None:
    """Differing levers, verdicts and indicators (the headline ones, or ``every`` one), a column a scenario."""
    names = [run.name[lang] for run in comparison.runs]
    units = content.units
    levers = [
        (row.lever.name[lang], *(lever_value(row.lever, setting.value, lang, units) for setting in row.settings))
        for row in comparison.levers
    ]
    print_table(t("Levers that differ", lang), [t("Lever", lang), *names], levers)
    targets = t("Targets", lang)
    print_table("\n" + targets, [t("Target", lang), *names], _comparison_rows(content, comparison, lang))
    _print_legend([row[0].target for row in comparison.verdicts], lang)
    shown = {target.indicator for target in headline(content.targets)}
    listed = [row for row in comparison.indicators if every or row.indicator.id in shown]
    indicators = [(row.indicator.name[lang], *_indicator_cells(row, lang, units)) for row in listed]
    year = content.region.plan.final_year
    title = t("Indicators in {year}", lang, year=year) if every else t("Headline indicators in {year}", lang, year=year)
    print_table("\n" + title, [t("Indicator", lang), *names], indicators)
    if len(listed) < len(comparison.indicators):
        ids = " ".join(run.scenario for run in comparison.runs)
        more = t(
            "All {count} indicators: xinzhi compare {scenarios} --all",
            lang,
            count=len(comparison.indicators),
            scenarios=ids,
        )
        console().print(more)


def _comparison_rows(content: Content, comparison: Comparison, lang: str) -> list[tuple[str, ...]]:
    """How many targets each scenario meets, then the targets by article."""
    units = content.units
    each = [[row[index] for row in comparison.verdicts] for index in range(len(comparison.runs))]
    rows = [(t("Targets met on the central path", lang), *(f"{met(verdicts)}/{len(verdicts)}" for verdicts in each))]
    for article, group in by_article(comparison.verdicts, lambda row: row[0].target).items():
        rows.append((full_title(article, content.region, lang),))
        rows += [
            (
                _target_name(row[0].target, lang),
                *(
                    f"{_shown(v.target, v.value, lang, units)} {verdict_word(v, lang).replace(' ', NO_BREAK)}"
                    for v in row
                ),
            )
            for row in group
        ]
    return rows


def _indicator_cells(row: IndicatorRow, lang: str, units: Units) -> list[str]:
    """The first run's value, then each other run's with its difference."""
    indicator, first = row.indicator, row.values[0]
    cells = [_shown(indicator, first, lang, units)]
    for value in row.values[1:]:
        apart = difference(value - first, indicator.unit, indicator.decimals, lang, units)
        cells.append(f"{_shown(indicator, value, lang, units)} ({apart})")
    return cells


def print_checks(content: Content, accuracies: Sequence[Accuracy], results: Sequence[CheckResult], lang: str) -> None:
    """Counts of the content, errors against history, reality checks."""
    counts = {
        "levers": len(content.sheet.levers),
        "indicators": len(content.indicators),
        "targets": len(content.targets),
        "scenarios": len(content.scenarios),
        "variables": len(content.model.variables),
    }
    sound = N_(
        "Content is sound: {levers} levers, {indicators} indicators, {targets} targets, "
        "{scenarios} scenarios, {variables} variables."
    )
    console().print(t(sound, lang, **counts))
    console().print(_account_line(content, lang))
    columns = [
        t("Indicator", lang),
        t("Weakest status", lang),
        t("Years compared", lang),
        t("Mean absolute error", lang),
        t("Error in {year}", lang, year=content.region.plan.base_year),
    ]
    rows = [
        (
            row.indicator.name[lang],
            status_word(row.status, lang),
            str(len(row.errors)),
            _percent(row.mean_error),
            _percent(row.base_error, sign=True),
        )
        for row in accuracies
    ]
    print_table("\n" + t("Accuracy: simulated against observed", lang), columns, rows)
    for line in _not_compared(accuracies, lang):
        console().print(line)
    checks = [(("● " if row.passed else "○ ") + row.check.name[lang], _check_word(row, lang)) for row in results]
    print_table("\n" + t("Reality checks", lang), [t("Check", lang), t("Result", lang)], checks)


def _not_compared(accuracies: Sequence[Accuracy], lang: str) -> list[str]:
    """Which figures are in no error above, and why: an indicator a line."""
    outside = sum(len(row.outside) for row in accuracies)
    zeros = [row for row in accuracies if row.without]
    lines = []
    if zeros:
        count = sum(len(row.without) for row in zeros)
        lines.append(t("{count} figures are not compared, as there is no relative error of 0:", lang, count=count))
        lines += [f"  {row.indicator.name[lang]} {join([str(it.time) for it in row.without], lang)}" for row in zeros]
    if outside:
        lines.append(t("Not compared: {count} figures of years that the model does not run.", lang, count=outside))
    return lines


def _account_line(content: Content, lang: str) -> str:
    account = content.account
    said = N_(
        "Assumed parameters: {assumed}, of which {priors} have a prior, {fixed} are fixed with a reason, "
        "{open} neither."
    )
    return t(
        said,
        lang,
        assumed=account.assumed,
        priors=account.with_prior,
        fixed=account.fixed,
        open=account.open,
    )


def _check_word(result: CheckResult, lang: str) -> str:
    if result.passed or result.worst is None:
        return t("passed", lang)
    return t("failed: {value} in {year}", lang, value=significant(result.worst, 4), year=result.year)


def _percent(value: float | None, *, sign: bool = False) -> str:
    return "—" if value is None else plain(100 * value, 1, sign=sign) + "%"
