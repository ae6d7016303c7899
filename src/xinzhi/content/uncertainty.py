"""model/uncertainties.yaml: how far the model's constants may be off, and why, as priors in the model's unit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX, Lever
from xinzhi.content.model_check import no_constant
from xinzhi.content.model_file import STATUSES, ModelFile, Variable
from xinzhi.content.prior_file import Prior, prior_format
from xinzhi.content.reader import Field, Reader, bilingual, choice, list_of, mapping_by, number_between, record, text
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import Message, Place, msg, nearest, shortened

_SLACK = 1e-9


@dataclass(frozen=True)
class Uncertainty:
    """What is not known of one constant of the model: its prior, the reason for it, how sure the constant is."""

    variable: str
    prior: Prior
    reason: Text
    status: str


@dataclass(frozen=True)
class Correlation:
    """Constants of which two at a time have the rank correlation ``rank`` (Spearman's), and why."""

    between: tuple[str, ...]
    rank: float
    reason: Text


@dataclass(frozen=True)
class Uncertainties:
    """Priors by constant, the constants that are kept ``fixed``, each with its reason, and correlations of priors."""

    priors: Mapping[str, Uncertainty]
    fixed: Mapping[str, Text]
    correlations: tuple[Correlation, ...] = ()


def uncertainties_format(model: ModelFile, levers: Mapping[str, Lever]) -> Reader:
    """What model/uncertainties.yaml holds; `Uncertainties`, each checked against its constant."""
    taken = _names_of_levers(levers)
    regional = {name for name, it in model.variables.items() if it.cell is not None}
    constants = [name for name, it in model.variables.items() if it.kind == "constant" and name not in taken | regional]
    elsewhere = {name: _in_region(name) for name in regional} | {name: _of_lever(name) for name in taken}
    uncertainty = record(
        Field("prior", prior_format(), "先验分布", "Prior"),
        Field("reason", bilingual, "依据", "Reason"),
        Field("status", choice(STATUSES[:-1]), "数据性质，与模型一致", "How sure the constant is, as in the model"),
    ).then(lambda fields, node, problems: _uncertainty(fields, node, problems, model))
    correlation = record(
        Field("between", list_of(text), "相关的常数，至少两个", "The constants, two or more"),
        Field("rank", number_between(-1, 1), "两两之间的秩相关系数", "Rank correlation of each two"),
        Field("reason", bilingual, "依据", "Reason"),
    ).then(lambda fields, _node, _problems: Correlation(**fields))
    return record(
        Field(
            "fixed",
            mapping_by(bilingual, constants, no_constant, elsewhere),
            "不取先验的常数及理由",
            "Constants kept fixed, and why",
            {},
        ),
        Field(
            "uncertainties",
            mapping_by(uncertainty, constants, no_constant, elsewhere),
            "先验，键为常数",
            "Priors by constant",
            {},
        ),
        Field("correlations", list_of(correlation), "相关的先验", "Priors that go together", ()),
    ).then(
        lambda fields, _node, _problems: Uncertainties(fields["uncertainties"], fields["fixed"], fields["correlations"])
    )


def _of_lever(name: str) -> tuple[Message, Message]:
    return (
        msg('"{name}" is set by a lever and has no prior', name=name),
        msg("delete it: a lever's value is a decision"),
    )


def _in_region(name: str) -> tuple[Message, Message]:
    return (
        msg('"{name}" has its range in calibration/region.csv', name=name),
        msg("delete it here, or the range there"),
    )


def _uncertainty(fields: dict[str, Any], node: Node, problems: Problems, model: ModelFile) -> Uncertainty | Bad:
    """A prior that holds the model's value and stays within the documented range of its constant."""
    variable, prior, before = model.variables[node.key], fields["prior"], len(problems.noted)
    assert variable.value is not None
    if fields["status"] != variable.status:
        problems.add(
            node.value["status"].place,
            msg('"{name}" is {a} here and {b} in the model', name=node.key, a=fields["status"], b=variable.status),
            msg("write the same in both"),
        )
    place = node.value["prior"].place
    if not within(prior.low, variable.value, prior.high):
        problems.add(
            place,
            msg('the model\'s "{name}" is {value}, outside its prior', name=node.key, value=f"{variable.value:g}"),
            msg("widen the prior, or correct the model"),
        )
    if variable.low is None or variable.high is None:
        problems.add(
            Place(place.file, place.line),
            msg('"{name}" has a prior, but no range in the model\'s documentation', name=node.key),
            msg("write there: Range: {low} to {high}.", low=f"{prior.low:g}", high=f"{prior.high:g}"),
        )
    elif not (within(variable.low, prior.low, variable.high) and within(variable.low, prior.high, variable.high)):
        problems.add(
            place,
            msg('the prior of "{name}" leaves the range of its documentation', name=node.key),
            msg("allowed are {low} to {high}", low=f"{variable.low:g}", high=f"{variable.high:g}"),
        )
    return BAD if len(problems.noted) > before else Uncertainty(node.key, **fields)


def within(low: float, value: float, high: float) -> bool:
    """Whether a value is within its limits, but for rounding."""
    slack = _SLACK * max(abs(low), abs(high))
    return low - slack <= value <= high + slack


def assumed_constants(model: ModelFile, levers: Mapping[str, Lever]) -> dict[str, Variable]:
    """The constants that are assumed and are no lever's: what a policy maker does not set and nobody has measured."""
    set_by_levers = _names_of_levers(levers)
    return {
        name: variable
        for name, variable in model.variables.items()
        if variable.kind == "constant" and variable.status == "assumed" and name not in set_by_levers
    }


def _names_of_levers(levers: Mapping[str, Lever]) -> set[str]:
    return {lever.variable + suffix for lever in levers.values() for suffix in ("", START_SUFFIX, RAMP_SUFFIX)}


@dataclass(frozen=True)
class Account:
    """How many constants are assumed and no lever's, and how many of them have a prior, are fixed, or neither."""

    assumed: int
    with_prior: int
    fixed: int

    @property
    def open(self) -> int:
        return self.assumed - self.with_prior - self.fixed


def account(
    model: ModelFile, levers: Mapping[str, Lever], priors: Mapping[str, Uncertainty], fixed: Mapping[str, Text]
) -> Account:
    """The account of the assumed constants."""
    assumed = assumed_constants(model, levers)
    return Account(len(assumed), sum(name in priors for name in assumed), sum(name in fixed for name in assumed))


def read_uncertainties(
    path: Path, shown_as: str, problems: Problems, model: ModelFile, levers: Mapping[str, Lever],
    regional: Uncertainties,
) -> Uncertainties | None:  # fmt: skip
    """Priors and fixed constants, the ``regional`` ones among them, or None after their problems were noted.

    Without a file there are the regional ones only.
    """
    read: Uncertainties | Bad | None = Uncertainties({}, {})
    root = None
    if path.exists():
        root = read_yaml(path, shown_as, problems)
        read = None if root is None else uncertainties_format(model, levers).read(root, problems)
    if not isinstance(read, Uncertainties):
        return None
    before = len(problems.noted)
    for name in read.priors.keys() & read.fixed.keys():
        place = Place(shown_as) if root is None else root.value["fixed"].value[name].place
        problems.add(place, msg('"{name}" has a prior and is fixed', name=name), msg("keep one"))
    read = Uncertainties({**read.priors, **regional.priors}, {**read.fixed, **regional.fixed}, read.correlations)
    if root is not None and read.correlations:
        _check_correlations(read, root.value["correlations"], problems)
    for name, variable in assumed_constants(model, levers).items():
        stated = (name in read.priors) + (name in read.fixed)
        if stated == 0 and variable.low is not None:
            problems.add(
                Place(shown_as),
                msg('the assumed constant "{name}" has a range and no prior', name=name),
                msg('add it under "uncertainties", or under "fixed" with the reason'),
            )
    return None if len(problems.noted) > before else read


def correlation_matrix(names: Sequence[str], correlations: Sequence[Correlation]) -> list[list[float]]:
    """Of the normal scores of ``names`` that give these rank correlations (Pearson 1907: 2 sin of a sixth of pi)."""
    matrix = [[float(a == b) for b in names] for a in names]
    for correlation in correlations:
        value = 2 * math.sin(math.pi * correlation.rank / 6)
        for a in correlation.between:
            for b in correlation.between:
                if a != b and a in names and b in names:
                    matrix[names.index(a)][names.index(b)] = value
    return matrix


def _check_correlations(read: Uncertainties, node: Node, problems: Problems) -> None:
    """Every constant has a prior; together the correlations are possible."""
    names: dict[str, None] = {}
    before = len(problems.noted)
    for correlation, item in zip(read.correlations, node.value, strict=True):
        place = item.value["between"].place
        if len(correlation.between) < 2:
            problems.add(place, msg("one constant alone has no correlation"), msg("name two or more"))
        for name in correlation.between:
            if name not in read.priors:
                problems.add(
                    place, msg('"{name}" has no prior', name=shortened(name)), nearest(name[:100], list(read.priors))
                )
            names[name] = None
    if len(problems.noted) == before and not _possible(correlation_matrix(list(names), read.correlations)):
        problems.add(
            node.place,
            msg("the correlations contradict each other: no numbers have them all"),
            msg("bring them nearer to 0, or leave one out"),
        )


def _possible(matrix: list[list[float]]) -> bool:
    """Whether a matrix is positive definite."""
    from numpy.linalg import LinAlgError, cholesky

    try:
        cholesky(matrix)
    except LinAlgError:
        return False
    return True
