"""Parameter assessment: every constant with value, range, source and status, and what history does not identify."""

from __future__ import annotations

from collections import Counter

from xinzhi.content.content import Content
from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX
from xinzhi.content.model_file import Variable
from xinzhi.content.uncertainty import within
from xinzhi.errors import Message, msg
from xinzhi.futures.freshness import current_fit
from xinzhi.studies.validate.outcome import Cases, Cell, Finding, Worst, outcome

STATUSES = ("published", "recalled", "estimated", "assumed")


def check_parameters(content: Content) -> Finding:
    """Whether every constant has a source, is inside its range and, where assumed, has a prior or a reason for none."""
    constants = [variable for variable in content.model.variables.values() if variable.kind == "constant"]
    wrong = [variable.name for variable in constants if not _sound(variable)]
    unknown = not_identified(content)
    counts = Counter(variable.status for variable in constants)
    said = msg("{count} constants: {published} published, {recalled} recalled, {estimated} estimated, {assumed} "
               "assumed; {priors} have a prior; history does not identify {unknown} of the fitted ones",
               count=len(constants), **{status: counts[status] for status in STATUSES},
               priors=len(content.uncertainties), unknown=len(unknown))  # fmt: skip
    broken = wrong + ["calibration"] * content.account.open
    heads = (msg("Constant"), msg("Value"), msg("Unit"), msg("Range"), msg("Status"), msg("Source"), msg("History"))
    rows = tuple(_row(content, variable, unknown) for variable in constants)
    tables = [Cases(msg("Constants"), heads, rows)]
    if unknown:
        tables.insert(0, Cases(msg("Fitted constants that history does not identify"), (msg("Constant"),),
                               tuple((name,) for name in unknown)))  # fmt: skip
    worst = Worst(broken[0], len(broken), 0) if broken else None
    return Finding("parameters", outcome(len(broken), 0), said, worst, tuple(tables))


def not_identified(content: Content) -> list[str]:
    """The constants whose posterior is their prior, by calibration/fitted.yaml; none without a fit that still holds."""
    found = current_fit(content)
    return [] if found is None else [name for name, it in found.constants.items() if not it.identified]


def _sound(variable: Variable) -> bool:
    inside = (
        variable.low is None or variable.high is None or variable.value is None
        or within(variable.low, variable.value, variable.high)
    )  # fmt: skip
    return inside and bool(variable.sources) and variable.status in STATUSES


def _row(content: Content, variable: Variable, unknown: list[str]) -> tuple[Cell, ...]:
    value = "" if variable.value is None else f"{variable.value:g}"
    span = "—" if variable.low is None else f"{variable.low:g} … {variable.high:g}"
    return (variable.name, value, variable.unit, span, STATUS_WORDS[variable.status], ", ".join(variable.sources),
            _history(content, variable.name, unknown))  # fmt: skip


STATUS_WORDS: dict[str, Message] = {
    "published": msg("published"),
    "recalled": msg("recalled"),
    "estimated": msg("estimated"),
    "assumed": msg("assumed"),
    "computed": msg("computed"),
}


def _history(content: Content, name: str, unknown: list[str]) -> Cell:
    if name in unknown:
        return msg("says nothing")
    if content.fit is not None and name in content.fit.parameters:
        return msg("identified")
    if name in content.anchors.anchors:
        return msg("anchored")
    for lever in content.sheet.levers.values():
        if name in (lever.variable, lever.variable + START_SUFFIX, lever.variable + RAMP_SUFFIX):
            return msg("a lever")
    return "—"
