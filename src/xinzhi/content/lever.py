"""What a decision maker sets: levers and their settings, as values."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.content.yaml_file import Text

START_SUFFIX = " start year"
RAMP_SUFFIX = " ramp time"


@dataclass(frozen=True)
class Lever:
    """A constant that a decision maker sets.

    ``low``, ``high``, ``base`` and ``step`` are in the model's unit (shares 0..1); ``factor`` times a model number
    is the number in ``unit``, which is what files and screens show.
    """

    id: str
    code: str
    variable: str
    name: Text
    group: str
    article: str
    departments: tuple[str, ...]
    unit: str
    factor: float
    low: float
    high: float
    step: float
    base: float
    base_start: float
    base_ramp: float
    help: Text
    range_reason: Text
    cost: Text
    status: str
    sources: tuple[str, ...]

    @property
    def base_setting(self) -> Setting:
        return Setting(self.base, self.base_start, self.base_ramp)

    @property
    def names(self) -> tuple[str, ...]:
        """By what the lever is found, in small letters: id, code, Chinese and English name."""
        return (self.id.lower(), self.code.lower(), self.name.zh.lower(), self.name.en.lower())

    def shown(self, value: float) -> float:
        """A model number in the lever's declared unit, without the dust of the conversion."""
        return float(f"{value * self.factor:.12g}")


@dataclass(frozen=True)
class Setting:
    """What a lever is set to: its value (model unit), the year it starts (2024 = end of 2024) and years of ramp."""

    value: float
    start: float
    ramp: float


@dataclass(frozen=True)
class Timing:
    """The ranges of every lever's start year and ramp time (years)."""

    start: tuple[float, float]
    ramp: tuple[float, float]


@dataclass(frozen=True)
class PartialSetting:
    """The parts of a setting that a scenario states; None stands for what it is based on."""

    value: float | None = None
    start: float | None = None
    ramp: float | None = None

    def over(self, base: Setting) -> Setting:
        return Setting(
            base.value if self.value is None else self.value,
            base.start if self.start is None else self.start,
            base.ramp if self.ramp is None else self.ramp,
        )
