"""Everything that a project's content says of one variable of its model: ``xinzhi explain``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from xinzhi.analysis.structure import Structure, read_structure
from xinzhi.brief import Brief
from xinzhi.content.check import Check
from xinzhi.content.content import Content
from xinzhi.content.equations import Equation
from xinzhi.content.fitted import Estimate
from xinzhi.content.history import Source
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX, Lever
from xinzhi.content.loop import Loop
from xinzhi.content.model_file import Variable
from xinzhi.content.uncertainty import Uncertainty
from xinzhi.content.yaml_file import Text
from xinzhi.errors import ContentError, Message, Problem, msg, nearest
from xinzhi.futures.freshness import current_fit
from xinzhi.names import canonical

if TYPE_CHECKING:
    import pandas as pd

_FEW = 3


@dataclass(frozen=True, repr=False)
class Explanation(Brief):
    """One variable: what it is, where it comes from, what it reads and what reads it.

    ``inputs`` and ``readers`` are variables in the file's order; ``reason`` says why a constant has its prior or why
    it is kept fixed; ``estimate`` is what the last fit says of it, ``outdated`` that this fit no longer holds; the rest
    is what shows, sets or tests the variable.
    """

    variable: Variable
    kind: str
    sector: Text
    label: Text | None
    equations: tuple[Equation, ...]
    sources: tuple[Source, ...]
    uncertainty: Uncertainty | None
    fixed: Text | None
    estimate: Estimate | None
    outdated: Message | None
    inputs: tuple[Variable, ...]
    readers: tuple[Variable, ...]
    levers: tuple[Lever, ...]
    indicators: tuple[Indicator, ...]
    targets: tuple[Target, ...]
    checks: tuple[Check, ...]
    loops: tuple[Loop, ...]

    def brief(self) -> str:
        return f"{self.variable.name}: {self.kind}, {len(self.inputs)} inputs, {len(self.readers)} readers"

    def to_pandas(self) -> pd.DataFrame:
        """One row: what the variable is, in the model's unit."""
        from xinzhi.studies.explain.words import explanation_frames

        return explanation_frames(self)["variable"]


def explain(content: Content, written: str) -> Explanation:
    """What the content says of a variable, named in any case or by a name of its indicator, target or lever.

    Raises `ContentError` with the nearest name when there is none, and where the last fit's file is damaged.
    """
    structure = read_structure(content)
    variable = structure.variables[find_variable(content, written)]
    name = variable.name
    indicators = tuple(it for it in content.indicators.values() if it.variable == name)
    shown = {indicator.id for indicator in indicators}
    fitted = current_fit(content) if content.fit is not None and name in content.fit.parameters else None
    return Explanation(
        variable=variable,
        kind=structure.kind(name),
        sector=structure.sectors[variable.group].title,
        label=structure.labels.get(name),
        equations=structure.equations[name],
        sources=tuple(content.history.sources[source] for source in variable.sources),
        uncertainty=content.uncertainties.get(name),
        fixed=content.fixed.get(name),
        estimate=fitted.constants.get(name) if fitted else None,
        outdated=fitted.outdated if fitted else None,
        inputs=_in_order(structure, structure.inputs(name)),
        readers=_in_order(structure, structure.readers[name]),
        levers=tuple(lever for lever in content.sheet.levers.values() if name in _constants(lever)),
        indicators=indicators,
        targets=tuple(target for target in content.targets.values() if target.indicator in shown),
        checks=tuple(check for check in content.checks.values() if name in _checked(check)),
        loops=tuple(loop for loop in content.loops.values() if name in loop.path),
    )


def find_variable(content: Content, written: str) -> str:
    """The name of a variable as the file writes it. Raises `ContentError` with the nearest name."""
    names = dict(_names(content))
    wanted = canonical(written)
    if wanted in names:
        return names[wanted]
    problem = msg('unknown variable "{name}"', name=written)
    raise ContentError(Problem(None, problem, _nearest(wanted, [*content.model.variables, *_labels(content)])))


def _nearest(wanted: str, names: list[str]) -> Message:
    """The remedy for an unknown name: the few that are most like it or that hold it."""
    written = {canonical(name): name for name in names}
    elements = [name for name in written if name.startswith(f"{wanted}[")]
    alike = get_close_matches(wanted, list(written), n=_FEW, cutoff=0.6)
    close = list(dict.fromkeys([*elements, *alike, *(name for name in written if wanted in name)]))
    if len(close) < 2:
        return nearest(wanted, names)
    few = close[: max(_FEW, len(elements))]
    return msg("the nearest are: {names}", names=", ".join(written[name] for name in few))


def _names(content: Content) -> Iterator[tuple[str, str]]:
    """Every name that a variable goes by, the model's own last so that it wins."""
    for target in content.targets.values():
        variable = content.indicators[target.indicator].variable
        yield from ((canonical(name), variable) for name in (target.id, target.name.zh, target.name.en))
    for lever in content.sheet.levers.values():
        yield from ((canonical(name), lever.variable) for name in lever.names)
    for indicator in content.indicators.values():
        written = (indicator.id, indicator.name.zh, indicator.name.en)
        yield from ((canonical(name), indicator.variable) for name in written)
    yield from ((canonical(name), name) for name in content.model.variables)


def _labels(content: Content) -> list[str]:
    indicators = [indicator.name for indicator in content.indicators.values()]
    levers = [lever.name for lever in content.sheet.levers.values()]
    return [written for name in (*indicators, *levers) for written in (name.zh, name.en)]


def _in_order(structure: Structure, names: Iterable[str]) -> tuple[Variable, ...]:
    return tuple(structure.variables[name] for name in structure.in_order(names))


def _constants(lever: Lever) -> tuple[str, ...]:
    return (lever.variable, lever.variable + START_SUFFIX, lever.variable + RAMP_SUFFIX)


def _checked(check: Check) -> set[str]:
    stated = [names for it in check.expectations for names in (it.left, it.right) if names is not None]
    return {*check.constants, *(name for names in stated for name in names)}
