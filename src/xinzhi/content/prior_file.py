"""Priors as content files write them: distributions in the model's unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.content.reader import Field, Reader, choice, list_of, number, record
from xinzhi.content.yaml_file import Bad, Node, Problems
from xinzhi.errors import msg

PARTS = {
    "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"),
    "uniform": ("low", "high"),
    "normal": ("low", "high", "mean", "sd"),
    "lognormal": ("low", "high", "median", "sd"),
    "beta": ("low", "high", "alpha", "beta"),
    "discrete": ("values", "weights"),
}
_NAMES = ("low", "high", "mode", "mean", "median", "sd", "alpha", "beta", "values", "weights")


@dataclass(frozen=True)
class Prior:
    """A distribution in the model's unit, cut off at ``low`` and ``high``.

    Triangular and PERT have a ``mode``, normal a ``mean`` and ``sd``, lognormal a ``median`` and the ``sd`` of its
    logarithm; beta has its two shape parameters, discrete ``values`` in order and their ``weights``.
    """

    kind: str
    low: float
    high: float
    mode: float | None = None
    mean: float | None = None
    median: float | None = None
    sd: float | None = None
    alpha: float | None = None
    beta: float | None = None
    values: tuple[float, ...] | None = None
    weights: tuple[float, ...] | None = None


def prior_format() -> Reader:
    """A prior as content files write it; a `Prior`."""
    positive = number.saying(exclusiveMinimum=0)
    return record(
        Field("kind", choice(list(PARTS)), "分布：三角、PERT、均匀、正态、对数正态、贝塔或离散", "Distribution"),
        Field("low", number, "下限（模型单位）", "Lowest value (the model's unit)", None),
        Field("high", number, "上限（模型单位）", "Highest value (the model's unit)", None),
        Field("mode", number, "三角分布或PERT分布的众数", "Mode of a triangular or PERT prior", None),
        Field("mean", number, "正态分布的均值", "Mean of a normal prior", None),
        Field("median", number, "对数正态分布的中位数", "Median of a lognormal prior", None),
        Field(
            "sd",
            positive,
            "标准差，对数正态为对数的标准差",
            "Standard deviation, of the logarithm if lognormal",
            None,
        ),
        Field("alpha", positive, "贝塔分布的第一参数", "First shape of a beta prior", None),
        Field("beta", positive, "贝塔分布的第二参数", "Second shape of a beta prior", None),
        Field("values", list_of(number), "离散分布的取值，由小到大", "Values of a discrete prior, in order", None),
        Field("weights", _weights, "离散分布各取值的权重", "Weights of the values", None),
    ).then(_prior)


def _read_weights(node: Node, problems: Problems) -> tuple[float, ...] | Bad:
    if not isinstance(node.value, tuple) or not node.value:
        return problems.add(node.place, msg('"{key}" is not a list', key=node.key), msg("write [a, b]"))
    values = tuple(number.read(item, problems) for item in node.value)
    bad = next((it for it in values if isinstance(it, Bad)), None)
    return values if bad is None else bad


_weights = Reader(_read_weights, {"type": "array", "items": number.schema, "minItems": 1})


def _prior(fields: dict[str, Any], node: Node, problems: Problems) -> Prior | Bad:
    """A prior that states what its kind needs and no more, in order."""
    wanted = PARTS[fields["kind"]]
    stated = tuple(name for name in _NAMES if fields[name] is not None)
    if set(stated) != set(wanted):
        return problems.add(
            node.place,
            msg('a prior of kind "{kind}" cannot be described so', kind=fields["kind"]),
            msg("write {columns}", columns=", ".join(("kind", *wanted))),
        )
    if fields["kind"] == "discrete":
        return _discrete(fields, node, problems)
    prior = Prior(**fields)
    centre = next((fields[name] for name in ("mode", "mean", "median") if name in wanted), None)
    in_order = prior.low < prior.high and (centre is None or prior.low <= centre <= prior.high)
    sizes = (prior.sd, prior.alpha, prior.beta)
    positive = all(it is None or it > 0 for it in sizes) and (prior.kind != "lognormal" or prior.low > 0)
    if in_order and positive:
        return prior
    return problems.add(
        node.place,
        msg("the numbers of the prior are not in order"),
        msg("write low < high with the centre between them, sd above 0, and low above 0 where it is lognormal"),
    )


def _discrete(fields: dict[str, Any], node: Node, problems: Problems) -> Prior | Bad:
    values, weights = fields["values"], fields["weights"]
    if len(values) == len(weights) and list(values) == sorted(values) and min(weights) > 0 and len(values) > 1:
        total = sum(weights)
        shares = tuple(weight / total for weight in weights)
        return Prior("discrete", values[0], values[-1], values=values, weights=shares)
    return problems.add(
        node.place,
        msg("the values and weights of the prior do not fit"),
        msg("write at least two values in order, and as many weights above 0"),
    )
