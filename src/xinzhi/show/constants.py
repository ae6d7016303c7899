"""Values of constants in the words of a planner: rates as % a year, money as money, a unit's Chinese name."""

from __future__ import annotations

import re

from xinzhi.content.content import Content
from xinzhi.content.units import Units
from xinzhi.show import numbers
from xinzhi.show.words import t

DIGITS = 3
_CALENDAR = 1000.0  # a number of years from here on is a calendar year
_MONEY = ("YiYuan", "YiYuan/Year")


def scale(unit: str, lang: str, units: Units) -> tuple[float, str]:
    """What a number in the model's ``unit`` is multiplied by to be shown, and the unit that it then has."""
    if unit == "Dmnl":
        return 1.0, ""
    if unit == "1/Year":
        return 100.0, t("% a year", lang)
    if unit in _MONEY:
        return (1.0, "亿元") if lang == "zh" else units.english("亿元")
    if unit == "Year":
        return 1.0, t("years", lang)
    return 1.0, _chinese(unit, units) if lang == "zh" else unit


def constant_quantity(value: float, unit: str, lang: str, units: Units) -> str:
    """A constant's number (the model's ``unit``) with three significant digits and its unit."""
    if unit == "Year" and value >= _CALENDAR:
        return numbers.year(round(value, 1))
    factor, label = scale(unit, lang, units)
    if unit in _MONEY:
        return numbers.quantity(value, "亿元", 1, lang, units)
    number = numbers.significant(value * factor, DIGITS)
    if not label or label.startswith("%") or (lang == "zh" and not label[0].isascii()):
        return number + label
    return f"{number} {label}"


def _chinese(unit: str, units: Units) -> str:
    """The unit with every name as its definition says it in Chinese, where it does."""
    names: dict[str, str] = {}
    for line in units.definitions:
        name, *others = (part.strip() for part in line.split("="))
        chinese = [part for part in others if re.fullmatch(r"[\u4e00-\u9fff]+", part)]
        if chinese:
            names[name] = units.chinese(chinese[0])
    return re.sub(r"[A-Za-z]\w*", lambda found: names.get(found[0], found[0]), unit)


def constant_words(content: Content, name: str, lang: str) -> str:
    """The first words of what a constant's documentation says it is; its name where it says nothing."""
    variable = content.model.variables[name]
    text = variable.description[lang]
    element, colon, rest = text.partition("：" if lang == "zh" else ": ") if variable.element else ("", "", text)
    said = re.split(r"[。；，;.,(（]" if lang == "zh" else r"[.;,(]", rest)[0].strip()
    return (element + colon + said).strip() or name


def constant_name(content: Content, name: str, lang: str) -> str:
    """What a constant is called: in English its own name; in Chinese its words, with it where others share them."""
    if lang == "en":
        return name
    words = constant_words(content, name, lang)
    alike = sum(constant_words(content, other, lang) == words for other in content.uncertainties)
    return f"{words} {name}" if alike > 1 or "同一" in words else words
