"""What a scenario believes of the world outside, in a line."""

from __future__ import annotations

from xinzhi.content.content import Content
from xinzhi.content.scenario import Assumption
from xinzhi.show.constants import constant_name
from xinzhi.show.numbers import significant
from xinzhi.show.words import t
from xinzhi.simulate import Run

DIGITS = 3


def assumptions_line(content: Content, run: Run, lang: str) -> str:
    """Each constant that the run takes otherwise than the model does: both values and the reason."""
    listed = [_assumed(content, name, assumption, lang) for name, assumption in run.assumptions.items()]
    return t("It assumes: {assumptions}", lang, assumptions=("; " if lang == "en" else "；").join(listed))


def _assumed(content: Content, name: str, assumption: Assumption, lang: str) -> str:
    variable = content.model.variables[name]
    return t(
        "{what}: {value} in place of {usual} ({reason})",
        lang,
        what=constant_name(content, name, lang),
        value=_written(assumption.value, variable.unit),
        usual=_written(variable.value or 0.0, variable.unit),
        reason=assumption.reason[lang].rstrip(".。"),
    )


def _written(value: float, unit: str) -> str:
    """A rate a year as a percentage, any other number as it is."""
    return significant(100 * value, DIGITS) + "%" if unit == "1/Year" else significant(value, DIGITS)
