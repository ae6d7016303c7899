"""model/uncertainties.yaml: how far the model's constants may be off, and why, as priors in the model's unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX, Lever
from xinzhi.content.model_check import no_constant
from xinzhi.content.model_file import STATUSES, ModelFile, Variable
from xinzhi.content.reader import Field, Reader, bilingual, choice, mapping_by, number, record
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import Message, Place, msg

PARTS = {"triangular": ("mode",), "uniform": (), "normal": ("mean", "sd"), "lognormal": ("median", "sd")}
_SETTING_NAMES = ("mode", "mean", "median", "sd")
_SLACK = 1e-9


@dataclass(frozen=True)
class Prior:
    """A distribution in the model's unit, cut off at ``low`` and ``high``.

    Triangular has a ``mode``, normal a ``mean`` and ``sd``, lognormal a ``median`` and the ``sd`` of its logarithm.
    """

    kind: str
    low: float
    high: float
    mode: float | None = None
    mean: float | None = None
    median: float | None = None
    sd: float | None = None


@dataclass(frozen=True)
class Uncertainty:
    """What is not known of one constant of the model: its prior, the reason for it, how sure the constant is."""

    variable: str
    prior: Prior
    reason: Text
    status: str


@dataclass(frozen=True)
class Uncertainties:
    """Priors by constant, and the constants that are kept ``fixed``, each with its reason."""

    priors: Mapping[str, Uncertainty]
    fixed: Mapping[str, Text]


def prior_format() -> Reader:
    """A prior as content files write it; a `Prior`."""
    return record(
        Field("kind", choice(list(PARTS)), "分布：三角、均匀、正态或对数正态", "Distribution"),
        Field("low", number, "下限（模型单位）", "Lowest value (the model's unit)"),
        Field("high", number, "上限（模型单位）", "Highest value (the model's unit)"),
        Field("mode", number, "三角分布的众数", "Mode of a triangular prior", None),
        Field("mean", number, "正态分布的均值", "Mean of a normal prior", None),
        Field("median", number, "对数正态分布的中位数", "Median of a lognormal prior", None),
        Field(
            "sd",
            number.saying(exclusiveMinimum=0),
            "标准差，对数正态为对数的标准差",
            "Standard deviation, of the logarithm if lognormal",
            None,
        ),
    ).then(_prior)


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
    ).then(lambda fields, _node, _problems: Uncertainties(fields["uncertainties"], fields["fixed"]))


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


def _prior(fields: dict[str, Any], node: Node, problems: Problems) -> Prior | Bad:
    """A prior that states what its kind needs and no more, in order."""
    wanted = PARTS[fields["kind"]]
    stated = tuple(name for name in _SETTING_NAMES if fields[name] is not None)
    if set(stated) != set(wanted):
        return problems.add(
            node.place,
            msg('a prior of kind "{kind}" cannot be described so', kind=fields["kind"]),
            msg("write {columns}", columns=", ".join(("kind", "low", "high", *wanted))),
        )
    prior = Prior(**fields)
    centre = next((fields[name] for name in wanted if name != "sd"), None)
    in_order = prior.low < prior.high and (centre is None or prior.low <= centre <= prior.high)
    positive = (prior.sd is None or prior.sd > 0) and (prior.kind != "lognormal" or prior.low > 0)
    if in_order and positive:
        return prior
    return problems.add(
        node.place,
        msg("the numbers of the prior are not in order"),
        msg("write low < high with the centre between them, sd above 0, and low above 0 where it is lognormal"),
    )


def _uncertainty(fields: dict[str, Any], node: Node, problems: Problems, model: ModelFile) -> Uncertainty | Bad:
    """A prior that holds the model's value and stays within the documented range of its constant."""
    variable, prior, before = model.variables[node.key], fields["prior"], len(problems.found)
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
    return BAD if len(problems.found) > before else Uncertainty(node.key, **fields)


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
    before = len(problems.found)
    for name in read.priors.keys() & read.fixed.keys():
        place = Place(shown_as) if root is None else root.value["fixed"].value[name].place
        problems.add(place, msg('"{name}" has a prior and is fixed', name=name), msg("keep one"))
    read = Uncertainties({**read.priors, **regional.priors}, {**read.fixed, **regional.fixed})
    for name, variable in assumed_constants(model, levers).items():
        stated = (name in read.priors) + (name in read.fixed)
        if stated == 0 and variable.low is not None:
            problems.add(
                Place(shown_as),
                msg('the assumed constant "{name}" has a range and no prior', name=name),
                msg('add it under "uncertainties", or under "fixed" with the reason'),
            )
    return None if len(problems.found) > before else read
