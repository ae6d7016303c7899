"""The tables of the book: every variable of a sector with its equation or its number, and where each has its place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from xinzhi.analysis.structure import Structure
from xinzhi.content.fitted import Fitted
from xinzhi.content.model_file import Variable
from xinzhi.futures.freshness import current_fit
from xinzhi.show.status import status_word
from xinzhi.show.variables import estimate_words, kind_word, prior_words, range_words, value_words
from xinzhi.show.words import join, say, t

WITH_EQUATION = ("stock", "flow", "auxiliary", "lookup")
_SPECIAL = re.compile(r"([\\`*_\[\]|])")


@dataclass(frozen=True)
class Places:
    """Where in the book things stand: a file a sector, an anchor a variable; links are in one language."""

    structure: Structure
    lang: str

    @cached_property
    def slugs(self) -> dict[str, str]:
        """A sector's file without language and ending."""
        return _distinct(self.structure.sectors)

    @cached_property
    def anchors(self) -> dict[str, str]:
        """A variable's anchor on its sector's page."""
        return _distinct(self.structure.variables)

    @cached_property
    def fitted(self) -> Fitted | None:
        """The last fit."""
        return current_fit(self.structure.content)

    def page(self, sector: str) -> str:
        return f"{self.slugs[sector]}.{self.lang}.md"

    def link(self, name: str, here: str | None = None) -> str:
        """A link to a variable, from the page of the sector ``here`` or from any page of the book."""
        sector = self.structure.variables[name].group
        page = "" if sector == here else self.page(sector)
        return f"[{plain(name)}]({page}#{self.anchors[name]})"

    def source(self, source: str) -> str:
        """A link to a source."""
        return f"[{source}](sources.{self.lang}.md#{source})"


def _distinct(names: Iterable[str]) -> dict[str, str]:
    """Names as parts of an address: small letters, digits and hyphens; a second one of a kind gets a number."""
    slugs: dict[str, str] = {}
    for name in names:
        slug = re.sub(r"[^\w]+|_", "-", name.lower()).strip("-")
        taken = [one for one in slugs.values() if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", one)]
        slugs[name] = slug if slug not in taken else f"{slug}-{len(taken) + 1}"
    return slugs


def plain(text: str) -> str:
    """A text in which Markdown sees nothing but text."""
    return _SPECIAL.sub(r"\\\1", text).replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """A text as code in a table's cell."""
    return f"`{text.replace('|', chr(92) + '|')}`"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table and the empty line behind it."""
    heads = list(heads)
    return [
        f"| {' | '.join(heads)} |",
        f"|{'---|' * len(heads)}",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
    ]


def equations_table(places: Places, variables: Iterable[Variable]) -> list[str]:
    """Stocks, flows, auxiliaries and lookups: what each is, its equation, what it reads and what reads it."""
    lang = places.lang
    heads = (t("Variable", lang), t("Meaning", lang), t("Equation", lang), t("Inputs and uses", lang))
    return table(heads, (_equation_row(places, variable) for variable in variables))


def constants_table(places: Places, variables: Iterable[Variable]) -> list[str]:
    """Constants and levers: what each is, its number with range and prior, what reads it."""
    lang = places.lang
    heads = (t("Constant", lang), t("Meaning", lang), t("Constant value", lang), t("Read by", lang))
    return table(heads, (_constant_row(places, variable) for variable in variables))


def _equation_row(places: Places, variable: Variable) -> tuple[str, ...]:
    structure, lang = places.structure, places.lang
    equations = [code(str(equation)) for equation in structure.equations[variable.name]]
    inputs = _links(places, variable, t("Inputs: {names}", lang), structure.inputs(variable.name))
    uses = _links(places, variable, t("Read by: {names}", lang), structure.readers[variable.name])
    return (
        _name_cell(places, variable),
        _meaning_cell(places, variable),
        "<br>".join(equations),
        f"{inputs}<br>{uses}",
    )


def _constant_row(places: Places, variable: Variable) -> tuple[str, ...]:
    lang = places.lang
    numbers = [value_words(variable)] if variable.value is not None else []
    if variable.value is None:
        numbers = [code(str(equation)) for equation in places.structure.equations[variable.name]]
    within, content = range_words(variable, lang), places.structure.content
    if within:
        numbers.append(t("Range: {range}", lang, range=within))
    if variable.name in content.uncertainties:
        prior = prior_words(content.uncertainties[variable.name].prior, lang)
        numbers.append(t("Prior: {prior}", lang, prior=prior))
    fit = _fit_words(places, variable)
    if fit:
        numbers.append(t("Fit to history: {fit}", lang, fit=fit))
    return (
        _name_cell(places, variable),
        _meaning_cell(places, variable),
        "<br>".join(numbers),
        _links(places, variable, "{names}", places.structure.readers[variable.name]),
    )


def _fit_words(places: Places, variable: Variable) -> str:
    """What the last fit says of a constant, or that it no longer holds; "" for one that is not fitted."""
    plan, fitted = places.structure.content.fit, places.fitted
    if plan is None or fitted is None or variable.name not in plan.parameters:
        return ""
    if fitted.outdated is not None:
        return plain(say(fitted.outdated, places.lang))
    estimate = fitted.constants.get(variable.name)
    return "" if estimate is None else estimate_words(estimate, places.lang)


def _name_cell(places: Places, variable: Variable) -> str:
    lang, label = places.lang, places.structure.labels.get(variable.name)
    own = f"<br>{plain(label[lang])}" if label is not None else ""
    kind = kind_word(places.structure.kind(variable.name), lang)
    anchor = f'<a id="{places.anchors[variable.name]}"></a>'
    return f"{anchor}**{plain(variable.name)}**{own}<br>{kind}<br>{plain(variable.unit)}"


def _meaning_cell(places: Places, variable: Variable) -> str:
    lang = places.lang
    sources = join([places.source(source) for source in variable.sources], lang)
    status = t("{status}; source: {sources}", lang, status=status_word(variable.status, lang), sources=sources)
    return f"{plain(variable.description[lang])}<br>{status}"


def _links(places: Places, variable: Variable, template: str, names: Iterable[str]) -> str:
    links = [places.link(name, variable.group) for name in places.structure.in_order(names)]
    return template.format(names=join(links, places.lang) if links else "—")
