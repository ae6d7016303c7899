"""The model as a network: what each variable reads, what reads it, which flows fill which stock, sector by sector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from xinzhi.content.content import Content
from xinzhi.content.equations import Equation, Flows, Sector, flows, of_variable, read_equations, read_sectors
from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX
from xinzhi.content.model_file import Variable
from xinzhi.content.yaml_file import Text

KINDS = ("stock", "flow", "auxiliary", "lookup", "lever", "constant", "control")


@dataclass(frozen=True)
class Structure:
    """``equations`` by variable; ``sectors`` in the file's order; ``content`` is what the model says of itself."""

    content: Content
    equations: Mapping[str, tuple[Equation, ...]]
    sectors: Mapping[str, Sector]

    @property
    def variables(self) -> Mapping[str, Variable]:
        return self.content.model.variables

    @cached_property
    def flows(self) -> dict[str, Flows]:
        """The flows of each stock."""
        found = {name: flows(equations, self.variables[name].uses) for name, equations in self.equations.items()}
        return {name: of_stock for name, of_stock in found.items() if of_stock is not None}

    @cached_property
    def readers(self) -> dict[str, tuple[str, ...]]:
        """The variables whose equations read a variable."""
        read_by: dict[str, list[str]] = {name: [] for name in self.variables}
        for name, variable in self.variables.items():
            for used in self.inputs(variable.name):
                read_by[used].append(name)
        return {name: tuple(readers) for name, readers in read_by.items()}

    @cached_property
    def _kinds(self) -> dict[str, str]:
        kinds = {name: variable.kind for name, variable in self.variables.items()}
        for of_stock in self.flows.values():
            for name in (*of_stock.inflows, *of_stock.outflows):
                if kinds[name] == "auxiliary":
                    kinds[name] = "flow"
        for lever in self.content.sheet.levers.values():
            for suffix in ("", START_SUFFIX, RAMP_SUFFIX):
                if lever.variable + suffix in kinds:
                    kinds[lever.variable + suffix] = "lever"
        return kinds

    @cached_property
    def _order(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.variables)}

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names in the file's order."""
        return sorted(names, key=self._order.__getitem__)

    def kind(self, name: str) -> str:
        """One of `KINDS`: a flow is what a stock's rate names, a lever what levers.yaml sets."""
        return self._kinds[name]

    def inputs(self, name: str) -> tuple[str, ...]:
        """The variables that a variable's equations read, without itself."""
        return tuple(used for used in self.variables[name].uses if used in self.variables and used != name)

    def of_sector(self, sector: str) -> list[Variable]:
        """The variables of a sector in the file's order."""
        return [variable for variable in self.variables.values() if variable.group == sector]

    @cached_property
    def labels(self) -> dict[str, Text]:
        """The names that variables have elsewhere: of the indicator that shows it, of the lever that it is."""
        labels = {indicator.variable: indicator.name for indicator in self.content.indicators.values()}
        return labels | {lever.variable: lever.name for lever in self.content.sheet.levers.values()}


def read_structure(content: Content) -> Structure:
    """The structure of a project's model, from its file's text."""
    text = content.model.path.read_text(encoding="utf-8-sig")
    written = read_equations(text)
    equations = {name: of_variable(written, name, it.line) for name, it in content.model.variables.items()}
    sectors = read_sectors(text)
    used = dict.fromkeys(variable.group for variable in content.model.variables.values())
    return Structure(
        content, equations, {name: sectors.get(name, Sector(name, Text(name, name), Text("", ""))) for name in used}
    )
