"""Results as tables in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from xinzhi.analysis.compare import Comparison, moved
from xinzhi.analysis.hindcast import Hindcast
from xinzhi.analysis.reality import CheckResult
from xinzhi.analysis.verdict import Verdict
from xinzhi.content.project import Content
from xinzhi.show.numbers import difference, lever_value, plain, quantity, threshold
from xinzhi.show.words import join, t
from xinzhi.simulate import Run

WIDE = 200


def _console() -> Console:
    """Full width where the output is not a terminal, so that nothing is cut in a file or a pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDE, highlight=False, markup=False)


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(*row)
    return table


def verdict_word(verdict: Verdict, lang: str) -> str:
    """Icon and word: the verdict is never in colour alone."""
    return t("● met", lang) if verdict.met else t("○ not met", lang)


def status_word(status: str, lang: str) -> str:
    """A status in words."""
    words = {
        "published": t("published", lang),
        "recalled": t("recalled", lang),
        "estimated": t("estimated", lang),
        "assumed": t("assumed", lang),
        "computed": t("computed", lang),
    }
    return words[status]


def print_verdicts(content: Content, runs: Sequence[Run], verdicts: Sequence[Sequence[Verdict]], lang: str) -> None:
    """One table a scenario: value, threshold, gap, met or not, status of the base figure."""
    console = _console()
    columns = [t(name, lang) for name in ("Target", "Value", "Threshold", "Gap", "Verdict", "Base figure")]
    for run, row in zip(runs, verdicts, strict=True):
        rows = [
            (
                verdict.target.name[lang],
                quantity(verdict.value, verdict.target.unit, verdict.target.decimals, lang, content.units),
                threshold(verdict.target.sense, verdict.target.threshold, verdict.target.unit, lang, content.units),
                difference(verdict.gap, verdict.target.unit, verdict.target.decimals, lang, content.units),
                verdict_word(verdict, lang),
                status_word(verdict.target.base.status, lang),
            )
            for verdict in row
        ]
        title = t("{scenario}: targets by {year}", lang, scenario=run.name, year=content.region.plan.final_year)
        console.print(_table(title, columns, rows))
        console.print(_settings_line(content, run, lang) + "\n")


def _settings_line(content: Content, run: Run, lang: str) -> str:
    levers = moved(content, run)
    if not levers:
        return t("No lever is moved.", lang)
    listed = [f"{lever.name[lang]} {lever_value(lever, run.settings[lever.id].value, lang, content.units)}" for lever in levers]
    return t("Levers moved: {levers}", lang, levers=join(listed, lang))


def print_run(content: Content, run: Run, lang: str) -> None:
    """The headline indicators, every year."""
    ids = list(dict.fromkeys(target.indicator for target in content.targets.values()))
    columns = [t("Year", lang), *(content.indicators[key].name[lang] for key in ids)]
    rows = [
        (
            str(year),
            *(
                quantity(run.in_unit(key)[index], content.indicators[key].unit, content.indicators[key].decimals, lang, content.units)
                for key in ids
            ),
        )
        for index, year in enumerate(run.times)
    ]
    console = _console()
    console.print(_table(run.name[lang], columns, rows))
    console.print(t("All {count} indicators: xinzhi run {scenario} -o FILE.csv", lang, count=len(run.values), scenario=run.scenario))


def print_comparison(content: Content, comparison: Comparison, lang: str) -> None:
    """Differing levers, verdicts and indicators, a column a scenario."""
    console = _console()
    names = [run.name[lang] for run in comparison.runs]
    levers = [
        (row.lever.name[lang], *(lever_value(row.lever, setting.value, lang, content.units) for setting in row.settings))
        for row in comparison.levers
    ]
    console.print(_table(t("Levers that differ", lang), [t("Lever", lang), *names], levers))
    verdicts = [
        (
            row[0].target.name[lang],
            *(
                f"{quantity(verdict.value, verdict.target.unit, verdict.target.decimals, lang, content.units)} {verdict_word(verdict, lang)}"
                for verdict in row
            ),
        )
        for row in comparison.verdicts
    ]
    console.print(_table("\n" + t("Targets", lang), [t("Target", lang), *names], verdicts))
    year = content.region.plan.final_year
    indicators = []
    for item in comparison.indicators:
        first, *others = item.values
        unit, decimals = item.indicator.unit, item.indicator.decimals
        cells = [quantity(first, unit, decimals, lang, content.units)]
        cells += [
            f"{quantity(value, unit, decimals, lang, content.units)} ({difference(value - first, unit, decimals, lang, content.units)})"
            for value in others
        ]
        indicators.append((item.indicator.name[lang], *cells))
    console.print(_table("\n" + t("Indicators in {year}", lang, year=year), [t("Indicator", lang), *names], indicators))


def print_checks(content: Content, hindcasts: Sequence[Hindcast], results: Sequence[CheckResult], lang: str) -> None:
    """Counts of the content, hindcast errors, reality checks."""
    console = _console()
    console.print(
        t(
            "Content is sound: {levers} levers, {indicators} indicators, {targets} targets, {scenarios} scenarios, {variables} variables.",
            lang,
            levers=len(content.sheet.levers),
            indicators=len(content.indicators),
            targets=len(content.targets),
            scenarios=len(content.scenarios),
            variables=len(content.model.variables),
        )
    )
    base_year = content.region.plan.base_year
    rows = [
        (row.indicator.name[lang], status_word(row.status, lang), str(len(row.errors)), _percent(row.mean_error), _percent(row.base_error, sign=True))
        for row in hindcasts
    ]
    columns = [
        t("Indicator", lang), t("Weakest status", lang), t("Years compared", lang), t("Mean absolute error", lang),
        t("Error in {year}", lang, year=base_year),
    ]  # fmt: skip
    console.print(_table("\n" + t("Hindcast: simulated against observed", lang), columns, rows))
    checks = [(("● " if row.passed else "○ ") + row.check.name[lang], _check_word(row, lang)) for row in results]
    console.print(_table("\n" + t("Reality checks", lang), [t("Check", lang), t("Result", lang)], checks))


def _check_word(result: CheckResult, lang: str) -> str:
    if result.passed or result.worst is None:
        return t("passed", lang)
    return t("failed: {value} in {year}", lang, value=f"{result.worst:.4g}", year=result.year)


def _percent(value: float | None, *, sign: bool = False) -> str:
    return "—" if value is None else plain(100 * value, 1, sign=sign) + "%"
