"""The document's articles: targets in its order, how many are met in each, and what a group is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from xinzhi.analysis.verdict import Verdict
from xinzhi.content.content import Content
from xinzhi.content.indicator import Target
from xinzhi.content.region_file import Region
from xinzhi.show.words import article, t

GENERAL = "总"
Row = TypeVar("Row")


def article_order(written: str) -> tuple[int, int]:
    """General requirements, then the numbered articles, then any other."""
    if written == GENERAL:
        return (0, 0)
    return (1, int(written)) if written.isascii() and written.isdigit() else (2, 0)


def by_article(rows: Iterable[Row], target_of: Callable[[Row], Target]) -> dict[str, list[Row]]:
    """Rows under their target's article, the articles in the document's order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(target_of(row).article, []).append(row)
    return {key: found[key] for key in sorted(found, key=article_order)}


def by_department(content: Content, verdicts: Sequence[Verdict]) -> dict[str, tuple[Verdict, ...]]:
    """Verdicts under every department that answers for them, the departments in the region's order."""
    departments = {
        key: tuple(verdict for verdict in verdicts if key in verdict.target.departments)
        for key in content.region.departments
    }
    return {key: rows for key, rows in departments.items() if rows}


def grouped(
    content: Content, verdicts: Sequence[Verdict], by: str, lang: str
) -> list[tuple[str, str, Sequence[Verdict]]]:
    """Verdicts in groups (id, title, verdicts): under their articles, or under every department in charge."""
    if by == "department":
        names = content.region.departments
        return [(key, names[key][lang], rows) for key, rows in by_department(content, verdicts).items()]
    groups = by_article(verdicts, lambda verdict: verdict.target)
    return [(key, full_title(key, content.region, lang), rows) for key, rows in groups.items()]


def met(verdicts: Sequence[Verdict]) -> int:
    """How many are met."""
    return sum(verdict.met for verdict in verdicts)


def article_title(written: str, lang: str) -> str:
    """An article at the head of a group."""
    if written == GENERAL:
        return t("General", lang)
    said = article(written, lang)
    return said[:1].upper() + said[1:]


def full_title(written: str, region: Region, lang: str) -> str:
    """An article with its title, where the region names it."""
    short, title = article_title(written, lang), region.articles.get(written)
    if title is None:
        return short
    return title[lang] if written == GENERAL else f"{short} {title[lang]}"


def heading(title: str, verdicts: Sequence[Verdict], lang: str) -> str:
    """A group's title and how many of its targets are met on the central path."""
    return t("{title}: {met}/{all} met on the central path", lang, title=title, met=met(verdicts), all=len(verdicts))


def count_line(verdicts: Sequence[Verdict], baseline: Sequence[Verdict] | None, lang: str) -> str:
    """How many targets are met on the central path, in the baseline too where it is given, and how many of them are
    programme targets."""
    yes = met(verdicts)
    count = t(
        "{all} targets on the central path: {met} met, {missed} not met",
        lang,
        all=len(verdicts),
        met=yes,
        missed=len(verdicts) - yes,
    )
    if baseline is not None:
        count += t(" (baseline: {met} met)", lang, met=met(baseline))
    programmes = [verdict for verdict in verdicts if verdict.target.programme]
    if not programmes:
        return count
    some = t("programme targets: {met} of {all} met", lang, met=met(programmes), all=len(programmes))
    return t("{count}; {some}", lang, count=count, some=some)
