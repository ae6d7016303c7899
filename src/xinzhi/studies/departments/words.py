"""Departments in words: what each answers for, whose levers matter for whose targets, what hangs on another's lever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xinzhi.content.content import Content
from xinzhi.show.articles import met
from xinzhi.show.effects import effect_record, effect_text, setting_text
from xinzhi.show.matrix import NOTHING, Matrix
from xinzhi.show.words import join, t
from xinzhi.studies.departments.departments import Departments, Duty, Hanging
from xinzhi.studies.table import Cells, Column, Lines, Part, Table, apart

if TYPE_CHECKING:
    import pandas as pd

NONE = "—"


def duties_table(content: Content, departments: Departments, lang: str) -> Table[Duty]:
    """A row a department: its targets and its levers."""

    def names(duty: Duty, leads: bool) -> str:
        return join([it.name[lang] for it in duty.levers if (it in duty.leads) is leads], lang) or NONE

    columns = (
        Column[Duty]("department", lambda it: it.department, t("Department", lang),
                     lambda it: content.region.departments[it.department][lang]),
        Column[Duty]("name", lambda it: content.region.departments[it.department][lang]),
        Column[Duty]("met", lambda it: met(it.verdicts), t("Targets met on the central path", lang),
                     lambda it: f"{met(it.verdicts)}/{len(it.verdicts)}" if it.verdicts else NONE),
        Column[Duty]("targets", lambda it: [verdict.target.id for verdict in it.verdicts]),
        Column[Duty]("leads", lambda it: [lever.id for lever in it.leads], t("Levers that it leads", lang),
                     lambda it: names(it, leads=True)),
        Column[Duty]("levers", lambda it: [lever.id for lever in it.levers]),
        Column[Duty]("others", None, t("Other levers", lang), lambda it: names(it, leads=False)),
    )  # fmt: skip
    return Table(t("Departments: targets and levers", lang), columns, departments.duties, words=True)


def hanging_table(content: Content, departments: Departments, lang: str) -> Table[Hanging]:
    """A row a target that hangs on another's lever."""
    names = content.region.departments
    columns = (
        Column[Hanging]("target", lambda it: it.effect.target.id, t("Target", lang),
                        lambda it: it.effect.target.name[lang]),
        Column[Hanging]("answers_first", lambda it: it.effect.target.departments[0], t("Answers first", lang),
                        lambda it: names[it.effect.target.departments[0]][lang]),
        Column[Hanging]("lever", lambda it: it.effect.lever.id, t("Strongest lever", lang),
                        lambda it: setting_text(content, it.effect, lang)),
        Column[Hanging]("end", lambda it: it.effect.end),
        Column[Hanging]("led_by", lambda it: it.leader, t("Led by", lang), lambda it: names[it.leader][lang]),
        Column[Hanging]("change", lambda it: it.effect.change, t("Change", lang),
                        lambda it: effect_text(content, it.effect, lang)),
        Column[Hanging]("unit", lambda it: it.effect.target.unit),
        Column[Hanging]("share", lambda it: it.effect.share),
        Column[Hanging]("outside", lambda it: it.outside, t("Is the lever's leader in charge of the target?", lang),
                        lambda it: t("no", lang) if it.outside else t("yes, with others", lang)),
    )  # fmt: skip
    title = t("Targets whose strongest lever another department leads", lang)
    return Table(title, columns, departments.hanging, words=True)


def unmoved_text(departments: Departments, lang: str) -> str:
    """The targets that no lever alone brings nearer; nothing where there is none."""
    if not departments.unmoved:
        return ""
    names = join([target.short_name[lang] for target in departments.unmoved], lang)
    return t("No lever alone brings these targets nearer: {names}.", lang, names=names)


def departments_matrix(content: Content, departments: Departments, lang: str) -> Matrix:
    """Whose levers matter for whose targets: columns lead levers, rows answer for targets."""
    names, counts = content.region.departments, departments.matrix.T
    return Matrix(
        title=t("Whose levers matter for whose targets", lang),
        note=t(
            "Columns lead levers, rows answer for targets. A number: targets that these levers, each alone, bring "
            "nearer.",
            lang,
        ),
        rows=tuple(names[key][lang] for key in departments.answering),
        columns=tuple(names[key][lang] for key in departments.controlling),
        texts=tuple(tuple(str(count) if count else NOTHING for count in row) for row in counts),
        shades=counts / max(1, int(counts.max(initial=0))),
        cell_width=0.95,
    )


def departments_parts(content: Content, departments: Departments, lang: str) -> list[Part]:
    """What each department answers for and controls, the matrix, and targets that hang on another's lever."""
    heads = [t("Leads the levers", lang), t("Answers for targets that they bring nearer", lang)]
    reach = Cells(t("Whose levers matter for whose targets", lang), heads, _reach(content, departments, lang), True)
    number = t("A number: how many of a department's targets these levers, each alone, bring nearer.", lang)
    unmoved = unmoved_text(departments, lang)
    return [
        duties_table(content, departments, lang).cells(),
        apart(reach),
        Lines([number]),
        apart(hanging_table(content, departments, lang).cells()),
        *([Lines([unmoved])] if unmoved else []),
    ]


def _reach(content: Content, departments: Departments, lang: str) -> list[tuple[str, str]]:
    """The matrix row by row: a department, and for whom its levers matter, the most first."""
    names = content.region.departments
    rows = []
    for key, counts in zip(departments.controlling, departments.matrix, strict=True):
        order = sorted(range(len(counts)), key=lambda index: -counts[index])
        reached = [f"{names[departments.answering[i]][lang]} {counts[i]}" for i in order if counts[i]]
        rows.append((names[key][lang], join(reached, lang) or NONE))
    return rows


def departments_record(content: Content, departments: Departments, lang: str) -> dict[str, Any]:
    """What each department answers for and controls, the matrix, and targets that hang on another's lever."""
    return {
        "scenario": departments.scenario,
        "departments": duties_table(content, departments, lang).records(),
        "controlling": list(departments.controlling),
        "answering": list(departments.answering),
        "matrix": departments.matrix.tolist(),
        "hanging": [
            effect_record(each.effect, lang) | row
            for each, row in zip(departments.hanging, hanging_table(content, departments, lang).records(), strict=True)
        ],
        "unmoved": [target.id for target in departments.unmoved],
    }


def departments_frames(content: Content, departments: Departments) -> dict[str, pd.DataFrame]:
    """Departments, the matrix with a row a controlling one, targets that hang on another's lever."""
    import pandas as pd

    matrix = pd.DataFrame(departments.matrix, columns=list(departments.answering))
    matrix.insert(0, "controlling", list(departments.controlling))
    return {
        "departments": duties_table(content, departments, "en").frame(),
        "matrix": matrix,
        "hanging": hanging_table(content, departments, "en").frame(),
    }
