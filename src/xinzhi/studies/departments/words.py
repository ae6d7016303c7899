"""Departments in words: what each answers for, whose levers matter for whose targets, what hangs on another's lever."""

from __future__ import annotations

from xinzhi.content.content import Content
from xinzhi.show.words import join, t
from xinzhi.studies.audit.words import effect_text, setting_text
from xinzhi.studies.departments.departments import Departments, Duty, Hanging


def duty_heads(lang: str) -> tuple[str, ...]:
    """The heads of a table of departments."""
    return (
        t("Department", lang),
        t("Targets met on the central path", lang),
        t("Levers that it leads", lang),
        t("Other levers", lang),
    )


def duty_cells(duty: Duty, content: Content, lang: str) -> tuple[str, ...]:
    """A department's row."""
    met = sum(verdict.met for verdict in duty.verdicts)
    leads = [lever.name[lang] for lever in duty.leads]
    others = [lever.name[lang] for lever in duty.levers if lever not in duty.leads]
    count = f"{met}/{len(duty.verdicts)}" if duty.verdicts else "—"
    return (
        content.region.departments[duty.department][lang],
        count,
        join(leads, lang) or "—",
        join(others, lang) or "—",
    )


def hanging_heads(lang: str) -> tuple[str, ...]:
    """The heads of a table of targets that hang on another's lever."""
    return (
        t("Target", lang),
        t("Answers first", lang),
        t("Strongest lever", lang),
        t("Led by", lang),
        t("Change", lang),
        t("Is the lever's leader in charge of the target?", lang),
    )


def hanging_cells(hanging: Hanging, content: Content, lang: str) -> tuple[str, ...]:
    """A target's row."""
    effect, names = hanging.effect, content.region.departments
    return (
        effect.target.name[lang],
        names[effect.target.departments[0]][lang],
        setting_text(content, effect, lang),
        names[hanging.leader][lang],
        effect_text(content, effect, lang),
        t("no", lang) if hanging.outside else t("yes, with others", lang),
    )


def unmoved_text(departments: Departments, lang: str) -> str:
    """The targets that no lever alone brings nearer; nothing where there is none."""
    if not departments.unmoved:
        return ""
    names = join([target.short_name[lang] for target in departments.unmoved], lang)
    return t("No lever alone brings these targets nearer: {names}.", lang, names=names)
