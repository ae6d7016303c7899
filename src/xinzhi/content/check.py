"""model/checks.yaml: reality checks, what any sound version of the model must do under extreme settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xinzhi.content.model_file import ModelFile
from xinzhi.content.yaml_file import (
    BAD,
    Bad,
    Node,
    Problems,
    Reader,
    Text,
    bilingual,
    choice,
    list_of,
    mapping_of,
    number,
    number_range,
    read_record,
    read_yaml,
)
from xinzhi.errors import msg, nearest


@dataclass(frozen=True)
class Expectation:
    """One statement about a run, at the saved times between ``times`` (all of them where it is None).

    ``left`` is a weighted sum of variables. It is compared with ``right`` (another sum), with itself in the baseline
    (``against_baseline``: the ratio to it) or with nothing (its own value), and must lie in ``between``; two sums are
    equal when their relative gap is at most ``tolerance``.
    """

    left: Mapping[str, float]
    right: Mapping[str, float] | None
    against_baseline: bool
    between: tuple[float, float] | None
    tolerance: float
    times: tuple[float, float] | None


@dataclass(frozen=True)
class Check:
    """A reality check: constants that are set (model units), the step, and what must hold."""

    id: str
    name: Text
    constants: Mapping[str, float]
    time_step: float | None
    expectations: tuple[Expectation, ...]


def read_checks(path: Path, shown_as: str, problems: Problems, model: ModelFile) -> dict[str, Check]:
    """Checks by id in the file's order, every name checked against the model."""
    root = read_yaml(path, shown_as, problems)
    fields = root and read_record(root, problems, {"checks": mapping_of(_check(model))})
    return fields["checks"] if fields else {}


def _check(model: ModelFile) -> Reader:
    def read(node: Node, problems: Problems) -> Check | Bad:
        constants = [name for name, variable in model.variables.items() if variable.value is not None]
        fields = read_record(
            node,
            problems,
            {"name": bilingual, "expect": list_of(_expectation(model))},
            {"set": (_named_numbers(constants), {}), "time_step": (number, None)},
        )
        if fields is None:
            return BAD
        return Check(node.key, fields["name"], fields["set"], fields["time_step"], fields["expect"])

    return read


def _named_numbers(allowed: list[str]) -> Reader:
    def read(node: Node, problems: Problems) -> dict[str, float] | Bad:
        values = mapping_of(number)(node, problems)
        if isinstance(values, Bad):
            return BAD
        unknown = [name for name in values if name not in allowed]
        for name in unknown:
            problems.add(node.place, msg('the model has no variable "{name}"', name=name), nearest(name, allowed))
        return BAD if unknown else values

    return read


def _expectation(model: ModelFile) -> Reader:
    weights = _named_numbers(list(model.variables))
    one = choice(list(model.variables))

    def read(node: Node, problems: Problems) -> Expectation | Bad:
        fields = read_record(
            node,
            problems,
            {},
            {
                "variable": (one, None),
                "sum": (weights, None),
                "equals": (weights, None),
                "between": (number_range, None),
                "ratio_to_baseline": (number_range, None),
                "tolerance": (number, 1e-9),
                "times": (number_range, None),
                "at": (number, None),
            },
        )
        if fields is None:
            return BAD
        left = {fields["variable"]: 1.0} if fields["variable"] else fields["sum"]
        stated = [key for key in ("equals", "between", "ratio_to_baseline") if fields[key] is not None]
        if not left or len(stated) != 1:
            return problems.add(
                node.place,
                msg("an expectation needs a variable or a sum, and one comparison"),
                msg("write one of equals, between, ratio_to_baseline"),
            )
        times = (fields["at"], fields["at"]) if fields["at"] is not None else fields["times"]
        ratio = fields["ratio_to_baseline"]
        return Expectation(
            left, fields["equals"], ratio is not None, ratio or fields["between"], fields["tolerance"], times
        )

    return read
