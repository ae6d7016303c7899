"""A variable of the model in words: its kind, its number, its prior, a few words for what it is."""

from __future__ import annotations

import re

from xinzhi.analysis.structure import Structure
from xinzhi.content.equations import Sector
from xinzhi.content.fitted import Estimate
from xinzhi.content.model_file import Variable
from xinzhi.content.prior_file import Prior
from xinzhi.content.yaml_file import Text
from xinzhi.show import numbers
from xinzhi.show.words import N_, t

LONGEST = {"zh": 26, "en": 60}  # characters of a few words for a variable
_CONTROL = "Control"  # Vensim's own name of the group that holds the clock
_CLAUSE = {"zh": re.compile(r"[，。；（：]"), "en": re.compile(r"[;:(]|[.](?=\s|$)")}


def kind_word(kind: str, lang: str) -> str:
    """A kind of variable in words."""
    words = {
        "stock": t("stock", lang),
        "flow": t("flow", lang),
        "auxiliary": t("auxiliary", lang),
        "lookup": t("lookup table", lang),
        "lever": t("lever", lang),
        "constant": t("constant", lang),
        "control": t("control", lang),
    }
    return words[kind]


def few_words(variable: Variable, label: Text | None, lang: str) -> str:
    """What a variable is, in a few words: its label, or the first clause of its documentation."""
    if label is not None:
        return label[lang]
    text = variable.description[lang].removeprefix("措施：").removeprefix("Lever: ")
    element, colon, rest = text.partition("：" if lang == "zh" else ": ") if variable.element else ("", "", text)
    clause = element + colon + _CLAUSE[lang].split(rest, maxsplit=1)[0].strip()
    return clause if len(clause) <= LONGEST[lang] else clause[: LONGEST[lang] - 1].rstrip() + "…"


def number_words(value: float, unit: str) -> str:
    """A constant's number; a year is never grouped."""
    return numbers.year(value) if unit == "Year" else numbers.significant(value, 15)


def value_words(variable: Variable) -> str:
    """A constant's number and unit; "" for what is no single number."""
    if variable.value is None:
        return ""
    unit = "" if variable.unit == "Dmnl" else f" {variable.unit}"
    return number_words(variable.value, variable.unit) + unit


def range_words(variable: Variable, lang: str) -> str:
    """The documented range; "" where there is none."""
    if variable.low is None or variable.high is None:
        return ""
    low, high = (number_words(end, variable.unit) for end in (variable.low, variable.high))
    return t("{low} to {high}", lang, low=low, high=high)


def prior_words(prior: Prior, lang: str) -> str:
    """A prior as a sentence has it."""
    shown = {key: numbers.significant(value, 6) for key, value in vars(prior).items() if isinstance(value, float)}
    templates = {
        "triangular": N_("triangular, {low} to {high}, most likely {mode}"),
        "pert": N_("PERT, {low} to {high}, most likely {mode}"),
        "uniform": N_("uniform, {low} to {high}"),
        "beta": N_("beta ({alpha}, {beta}), {low} to {high}"),
        "discrete": N_("discrete, {low} to {high}"),
        "normal": N_("normal, mean {mean}, standard deviation {sd}, cut off at {low} and {high}"),
        "lognormal": N_(
            "lognormal, median {median}, standard deviation of the logarithm {sd}, cut off at {low} and {high}"
        ),
    }
    return t(templates[prior.kind], lang, **shown)


def estimate_words(estimate: Estimate, lang: str) -> str:
    """What the last fit says of a constant; of one that history cannot identify, that first."""
    low, _, high = (numbers.significant(value, 3) for value in estimate.posterior)
    learned = numbers.plain(100 * max(estimate.learned, 0.0), 0) + "%"
    template = (
        N_("{low} to {high} (90% of the posterior), {learned} narrower than the prior")
        if estimate.identified
        else N_("history cannot identify it: the posterior ({low} to {high}) is the prior, {learned} narrower")
    )
    return t(template, lang, low=low, high=high, learned=learned)


def sector_title(sector: Sector, lang: str) -> str:
    """A sector's title; Vensim's group of controls has none of its own."""
    return t("Simulation control", lang) if sector.name == _CONTROL else sector.title[lang]


def sector_text(sector: Sector, lang: str) -> str:
    """What a sector's author says of it."""
    if sector.name == _CONTROL:
        return t("When a run begins and ends, and the length of its steps.", lang)
    return sector.text[lang]


def words_of(structure: Structure, name: str, lang: str) -> str:
    """`few_words` of a variable of the structure."""
    return few_words(structure.variables[name], structure.labels.get(name), lang)
