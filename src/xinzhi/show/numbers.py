"""Numbers, years and days as a Chinese or an English report writes them: the one place where they are formatted.

1亿 is 0.1 billion: money is converted, never translated word by word. Minus is U+2212; a growth or a difference always
shows its sign; the difference of two shares is in 个百分点 / pp.
"""

from __future__ import annotations

import math
from datetime import date

from xinzhi.content.indicator import Target
from xinzhi.content.lever import Lever
from xinzhi.content.units import Units
from xinzhi.show.words import t

MINUS = "\N{MINUS SIGN}"
_YIYUAN = "亿元"
_TRILLION_FROM = 10_000.0  # 亿元: from one trillion (万亿元) on


def plain(value: float, decimals: int, *, sign: bool = False) -> str:
    """A number with thousands commas, a fixed number of decimals and a true minus; never −0."""
    text = f"{abs(value):,.{decimals}f}"
    if not any(digit in "123456789" for digit in text):
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def exact(value: float) -> str:
    """A number with just the digits that it has (up to six decimals): a lever's value, a year, a span of years."""
    decimals = next(digits for digits in range(7) if round(value, digits) == value or digits == 6)
    return plain(value, decimals)


def year(value: float) -> str:
    """A calendar year, never grouped; a moment within one (2024.5) with its decimals."""
    return exact(value).replace(",", "")


def day(when: date, lang: str) -> str:
    """A day as a text says it: 2026年3月1日, 1 March 2026."""
    from babel.dates import format_date

    return str(format_date(when, "long", locale="zh_CN" if lang == "zh" else "en_GB"))


def significant(value: float, digits: int) -> str:
    """A number of any size with at most ``digits`` significant digits, never with an exponent."""
    if not math.isfinite(value):
        return "—" if math.isnan(value) else (MINUS if value < 0 else "") + "∞"
    if value == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    text = plain(round(value, decimals), max(decimals, 0))
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(value: float, unit: str, decimals: int, lang: str, units: Units, *, sign: bool = False) -> str:
    """A value that is in its declared ``unit``, with the unit, as ``lang`` writes it."""
    if unit == "%":
        return plain(value, decimals, sign=sign) + "%"
    if unit == _YIYUAN:
        return _money(value, decimals, lang, sign=sign)
    if lang == "zh":
        unit = units.chinese(unit)
        latin = unit[:1].isascii() and unit[:1].isalpha()
        return plain(value, decimals, sign=sign) + (f" {unit}" if latin else unit)
    factor, _ = units.english(unit)
    number = plain(value * factor, _digits(decimals, factor), sign=sign)
    return f"{number} {units.counted(unit, number)}"


def in_full(value: float, unit: str, lang: str, units: Units) -> str:
    """A figure as it stands in a sum: at most six significant digits, money never scaled to trillions."""
    if unit == "%":
        return significant(value, 6) + "%"
    if lang == "zh":
        latin = unit[:1].isascii() and unit[:1].isalpha()
        return significant(value, 6) + (f" {unit}" if latin else unit)
    factor, _ = units.english(unit)
    number = significant(value * factor, 6)
    return f"CNY {number} billion" if unit == _YIYUAN else f"{number} {units.counted(unit, number)}"


def _money(value: float, decimals: int, lang: str, *, sign: bool) -> str:
    large = abs(value) >= _TRILLION_FROM
    if lang == "zh":
        return (
            plain(value / _TRILLION_FROM, 2, sign=sign) + "万亿元"
            if large
            else plain(value, min(decimals, 1), sign=sign) + _YIYUAN
        )
    number = plain(value / _TRILLION_FROM, 2, sign=sign) if large else plain(value / 10, 1, sign=sign)
    scale = "trillion" if large else "billion"
    mark, digits = (number[0], number[1:]) if number[0] in f"{MINUS}+" else ("", number)
    return f"{mark}CNY {digits} {scale}"


def _digits(decimals: int, factor: float) -> int:
    """Decimals that keep the printed precision when a number is multiplied by ``factor``."""
    while factor < 0.99 and decimals < 3:
        decimals, factor = decimals + 1, factor * 10
    while factor > 9.9 and decimals > 0:
        decimals, factor = decimals - 1, factor / 10
    return decimals


def difference(value: float, unit: str, decimals: int, lang: str, units: Units) -> str:
    """The difference of two values in ``unit``, with its sign: percentage points for shares."""
    if unit == "%":
        return plain(value, decimals, sign=True) + ("个百分点" if lang == "zh" else " pp")
    return quantity(value, unit, decimals, lang, units, sign=True)


def axis(unit: str, lang: str, units: Units, largest: float) -> tuple[float, str]:
    """Factor and label by which an axis shows values in ``unit``, the largest of them being ``largest``."""
    if unit == _YIYUAN:
        large = largest >= _TRILLION_FROM
        if lang == "zh":
            return (1e-4, "万亿元") if large else (1.0, _YIYUAN)
        return (1e-4, "CNY trillion") if large else (0.1, "CNY billion")
    if unit == "%":
        return 1.0, unit
    return (1.0, units.chinese(unit)) if lang == "zh" else units.english(unit)


def threshold(sense: str, value: float, unit: str, lang: str, units: Units) -> str:
    """A target's threshold such as ≥14%."""
    decimals = 0 if float(value).is_integer() else 1
    return ("≥" if sense == ">=" else "≤") + quantity(value, unit, decimals, lang, units)


def target_flag(target: Target, level: str, lang: str, units: Units) -> str:
    """What stands at a target's line in a chart; growth and change also say the ``level`` that they need."""
    falls = target.measure == "change" and target.sense == "<=" and target.threshold < 0
    sense, value = (">=", -target.threshold) if falls else (target.sense, target.threshold)
    said = threshold(sense, value, target.unit, lang, units)
    if target.measure == "level":
        return t("Target: {threshold} by {year}", lang, threshold=said, year=target.year)
    if target.measure == "mean_growth":
        first = t("Target: mean growth {threshold} a year", lang, threshold=said)
    elif falls:
        first = t("Target: {threshold} lower than in {year}", lang, threshold=said, year=target.base_year)
    else:
        first = t("Target: change {threshold} from {year}", lang, threshold=said, year=target.base_year)
    needed = ("≥" if target.sense == ">=" else "≤") + level
    return first + "\n" + t("that is {level} in {year}", lang, level=needed, year=target.year)


def level_flag(target: Target, level: str, lang: str, units: Units) -> str:
    """What stands at a target's line where there is room for few words: the ``level`` that meets it, and its year."""
    if target.measure == "level":
        level = threshold(target.sense, target.threshold, target.unit, lang, units)
    else:
        level = ("≥" if target.sense == ">=" else "≤") + level
    return t("{level} in {year}", lang, level=level, year=target.year)


def lever_value(lever: Lever, value: float, lang: str, units: Units) -> str:
    """A lever's value (model unit) with its declared unit, with the digits that it has."""
    shown = lever.shown(value)
    decimals = len(exact(shown).partition(".")[2])
    return quantity(shown, lever.unit, decimals, lang, units)


def likelihood(share: float) -> str:
    """Odds as a whole percentage; below 1 and above 99 it is said so."""
    if share < 0.01:
        return "<1%"
    return ">99%" if share > 0.99 else plain(100 * share, 0) + "%"
