"""What a lever does to a target: in words, and as JSON has it."""

from __future__ import annotations

from typing import Any

from xinzhi.analysis.gains import Effect
from xinzhi.content.content import Content
from xinzhi.show.numbers import difference, lever_value, plain
from xinzhi.show.words import t


def effect_text(content: Content, effect: Effect, lang: str) -> str:
    """A target's change, and the share of what is asked for in per cent."""
    target = effect.target
    decimals = max(target.decimals, 2) if target.unit == "%" else max(target.decimals, int(target.whole))
    change = difference(effect.change, target.unit, decimals, lang, content.units)
    return t("{change} ({share}%)", lang, change=change, share=plain(100 * effect.share, 0, sign=True))


def setting_text(content: Content, effect: Effect, lang: str) -> str:
    """A lever and the end that it stands at."""
    lever = effect.lever
    value = lever_value(lever, lever.low if effect.end == "low" else lever.high, lang, content.units)
    return f"{lever.name[lang]} {value}"


def effect_record(effect: Effect, lang: str) -> dict[str, Any]:
    """Unrounded: ``change`` in the target's unit, ``share`` of the way from base figure to threshold."""
    return {
        "target": effect.target.id,
        "name": effect.target.name[lang],
        "lever": effect.lever.id,
        "lever_name": effect.lever.name[lang],
        "end": effect.end,
        "change": effect.change,
        "unit": effect.target.unit,
        "share": effect.share,
    }
