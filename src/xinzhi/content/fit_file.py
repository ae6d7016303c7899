"""calibration/fit.yaml: which constants are fitted to which observed series, with which priors and which errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.anchor_file import Anchors
from xinzhi.content.history import Series
from xinzhi.content.indicator import Indicator
from xinzhi.content.model_check import no_constant, no_variable
from xinzhi.content.model_file import STATUSES, ModelFile
from xinzhi.content.prior_file import Prior, prior_format
from xinzhi.content.reader import (
    Field,
    Reader,
    bilingual,
    boolean,
    choice,
    list_of,
    mapping_by,
    number,
    number_between,
    record,
    year_between,
)
from xinzhi.content.uncertainty import Uncertainty, within
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import Message, msg

FILE = "calibration/fit.yaml"
_SD = number_between(0, 3)


@dataclass(frozen=True)
class FittedConstant:
    """A constant that is fitted. ``reason`` is None where the prior is the one that the content has already.

    ``knowing`` is the last year of history that was in view when the prior was chosen, None where it was of no use.
    """

    constant: str
    prior: Prior
    reason: Text | None
    knowing: int | None = None


@dataclass(frozen=True)
class StatusErrors:
    """Standard deviations of a figure's own error, of its logarithm, by how sure the figure is."""

    published: float
    recalled: float
    estimated: float
    assumed: float

    def of(self, status: str) -> float:
        return float(getattr(self, status))


@dataclass(frozen=True)
class Break:
    """From ``year`` on the series is defined otherwise: levels before it share an unknown factor of this ``sd``."""

    year: int
    sd: float


@dataclass(frozen=True)
class FittedSeries:
    """An observed series that the constants are fitted to, and how its logarithm may differ from the model's.

    ``discrepancy`` is the standard deviation of the model's own error, which keeps ``persistence`` of itself from
    year to year (AR(1)); ``measurement`` is the error of the figures; years in ``without`` are not evidence.
    One that is not ``fitted`` is only forecast, in back-tests.
    """

    indicator: str
    discrepancy: float
    persistence: float
    measurement: StatusErrors
    without: tuple[int, ...]
    breaks: tuple[Break, ...]
    reason: Text
    fitted: bool = True


@dataclass(frozen=True)
class Shock:
    """A disturbance from outside: in ``years`` the lookup behind ``variable`` is corrected until ``indicator`` is met.

    So the indicator's figures of these years are no evidence, and no year is dropped for the other series.
    """

    variable: str
    indicator: str
    years: tuple[int, ...]
    reason: Text


@dataclass(frozen=True)
class Hindsight:
    """A constant that was known from year ``known`` on only: a fit that ends earlier uses ``before`` in its place."""

    constant: str
    known: int
    before: float | str


@dataclass(frozen=True)
class Question:
    """What the statistics leave open of an indicator in the base year: a prior in the indicator's unit, and why."""

    indicator: str
    prior: Prior
    status: str
    reason: Text


@dataclass(frozen=True)
class Fit:
    """Everything that calibration/fit.yaml says; ``first`` and ``last`` are the years that are fitted."""

    first: int
    last: int
    parameters: Mapping[str, FittedConstant]
    series: Mapping[str, FittedSeries]
    shock: Shock | None
    hindsight: Mapping[str, Hindsight]
    deflator: str | None
    measurement: StatusErrors
    anchored: tuple[str, ...]
    base_year: Mapping[str, Question]


def fit_format(
    model: ModelFile,
    indicators: Mapping[str, Indicator],
    history: Mapping[str, Series],
    doubts: Mapping[str, Uncertainty],
    anchors: Anchors,
) -> Reader:
    """What calibration/fit.yaml holds; a `Fit`."""
    constants = [name for name, it in model.variables.items() if it.kind == "constant"]
    lookups = [name for name, it in model.variables.items() if it.kind == "auxiliary"]
    observed = [name for name in indicators if name in history]
    a_year = year_between(model.control("INITIAL TIME"), model.control("FINAL TIME"))
    errors = record(
        Field("published", _SD, "已公布", "Published"),
        Field("recalled", _SD, "凭记忆", "Recalled"),
        Field("estimated", _SD, "推算值", "Estimated"),
        Field("assumed", _SD, "假定值", "Assumed"),
    ).then(lambda fields, _node, _problems: StatusErrors(**fields))
    parameter = record(
        Field("prior", prior_format(), "先验分布，不写则取已有的先验", "Prior; the content's own if left out", None),
        Field("reason", bilingual, "先验的依据", "Why this prior", None),
        Field("knowing", a_year, "设定先验时已知的末年", "The last year in view when the prior was chosen", None),
    ).then(lambda fields, node, problems: _parameter(fields, node, problems, model, doubts))
    a_break = record(
        Field("year", a_year, "新口径的首年", "First year of the new definition"),
        Field("sd", _SD, "断点前各年共有误差（对数标准差）", "Error that all years before it share (of the logarithm)"),
    ).then(lambda fields, _node, _problems: Break(**fields))
    series = record(
        Field("discrepancy", _SD, "模型误差（对数标准差）", "The model's own error (of the logarithm)"),
        Field("persistence", number_between(0, 0.99), "模型误差的逐年延续", "What the model's error keeps a year"),
        Field("measurement", errors, "统计误差，按数据性质（对数标准差）", "The figures' error by status", None),
        Field("without", list_of(a_year), "不作依据的年份", "Years that are no evidence", ()),
        Field("breaks", list_of(a_break), "口径变动", "Breaks in definition", ()),
        Field("reason", bilingual, "误差的依据", "Why these errors"),
        Field("fitted", boolean, "是否用于拟合，否则只用于回测", "Whether it is evidence, or only forecast", True),
    )
    shock = record(
        Field("variable", choice(lookups, no_variable), "受冲击的变量", "The variable that is corrected"),
        Field("indicator", choice(observed, _no_series), "据以求解的序列", "The series that it is solved from"),
        Field("years", list_of(a_year), "年份", "Years"),
        Field("reason", bilingual, "依据", "Why"),
    ).then(lambda fields, _node, _problems: Shock(**fields))
    hindsight = record(
        Field("known", a_year, "此年起方可知", "The year from which it is known"),
        Field("value", number, "此前的取值", "The value before that", None),
        Field("like", choice(constants, no_constant), "此前取此常数的值", "The constant it equals before that", None),
    ).then(_hindsight)
    question = record(
        Field("prior", prior_format(), "先验分布，指标单位", "Prior, in the indicator's unit"),
        Field("status", choice(STATUSES[:-1]), "先验的性质", "How sure the prior is"),
        Field("reason", bilingual, "先验的依据", "Why this prior"),
    ).then(lambda fields, node, _problems: Question(node.key, **fields))
    window = record(Field("first", a_year, "首年", "First year"), Field("last", a_year, "末年", "Last year")).then(
        _window
    )
    return record(
        Field("window", window, "拟合所用年份", "The years that are fitted"),
        Field("measurement", errors, "统计误差，按数据性质", "The figures' error by status, where a series has none"),
        Field("shock", shock, "外部冲击", "A disturbance from outside", None),
        Field(
            "deflator",
            choice(lookups, no_variable),
            "回测时末年以后保持近年涨幅的价格变量",
            "The price index whose later course a back-test must not know",
            None,
        ),
        Field(
            "anchored",
            list_of(choice(list(anchors.anchors), _no_anchor)),
            "每次抽样均重新校准的参数，见anchors.yaml",
            "Constants of anchors.yaml that every draw of an ensemble is anchored by",
            (),
        ),
        Field(
            "base_year",
            mapping_by(question, observed, _no_series),
            "基期待核实的统计数据",
            "What the base year's statistics leave open",
            {},
        ),
        Field("hindsight", mapping_by(hindsight, constants, no_constant), "事后方知的参数", "What hindsight knows", {}),
        Field("parameters", mapping_by(parameter, constants, no_constant), "拟合参数", "What is fitted"),
        Field("series", mapping_by(series, observed, _no_series), "拟合序列", "The series that are fitted"),
    ).then(lambda fields, node, problems: _fit(fields, node, problems, history, anchors))


def _no_anchor(name: str) -> Message:
    return msg('anchors.yaml has no constant "{name}"', name=name)


def _no_series(name: str) -> Message:
    return msg('the model has no indicator with observed figures "{name}"', name=name)


def _parameter(
    fields: dict[str, Any], node: Node, problems: Problems, model: ModelFile, doubts: Mapping[str, Uncertainty]
) -> FittedConstant | Bad:
    """A prior of its own with a reason, or the content's; it holds the model's value."""
    name, prior, value = node.key, fields["prior"], model.variables[node.key].value
    if prior is None:
        if name in doubts:
            return FittedConstant(name, doubts[name].prior, None, fields["knowing"])
        return problems.add(
            node.place,
            msg('"{name}" has no prior, neither here nor in model/uncertainties.yaml', name=name),
            msg("write a prior and its reason"),
        )
    if fields["reason"] is None:
        return problems.add(
            node.place, msg('the key "{key}" is missing', key="reason"), msg('add it under "{key}"', key=name)
        )
    if value is None or not within(prior.low, value, prior.high):
        return problems.add(
            node.value["prior"].place,
            msg('the model\'s "{name}" is {value}, outside its prior', name=name, value=f"{value:g}"),
            msg("widen the prior, or correct the model"),
        )
    return FittedConstant(name, prior, fields["reason"], fields["knowing"])


def _hindsight(fields: dict[str, Any], node: Node, problems: Problems) -> Hindsight | Bad:
    given = [fields[name] for name in ("value", "like") if fields[name] is not None]
    if len(given) == 1:
        return Hindsight(node.key, fields["known"], given[0])
    return problems.add(
        node.place, msg('"{name}" needs a value or another constant', name=node.key), msg("write value or like")
    )


def _window(fields: dict[str, int], node: Node, problems: Problems) -> tuple[int, int] | Bad:
    if fields["first"] < fields["last"]:
        return fields["first"], fields["last"]
    return problems.add(node.place, msg("the years of the fit are not in order"), msg("write first < last"))


def _fit(
    fields: dict[str, Any], node: Node, problems: Problems, history: Mapping[str, Series], anchors: Anchors
) -> Fit | Bad:
    """Whole, once every series has a figure within the window."""
    first, last = fields["window"]
    before, series = len(problems.noted), {}
    for name, parts in fields["series"].items():
        years = {it.time for it in history[name].observations} - set(parts["without"])
        if not any(first <= year <= last for year in years):
            problems.add(
                node.value["series"].value[name].place,
                msg('"{name}" has no figure from {first} to {last}', name=name, first=first, last=last),
                msg("leave it out, or widen the window"),
            )
        series[name] = FittedSeries(name, **{**parts, "measurement": parts["measurement"] or fields["measurement"]})
    shock = fields["shock"]
    if shock is not None and not (shock.indicator in series and series[shock.indicator].fitted):
        problems.add(
            node.value["shock"].place,
            msg('the shock is solved from "{name}", which is not fitted', name=shock.indicator),
            msg('add it under "series"'),
        )
    elif shock is not None:
        for year in [it for it in shock.years if history[shock.indicator].at(it) is None]:
            problems.add(
                node.value["shock"].place,
                msg('the shock of {year} is solved from "{name}", which history.csv lacks', name=shock.indicator,
                    year=year),
                msg('add the figure, or leave {year} out of "years"', year=year),
            )  # fmt: skip
    started = {anchors.anchors[name].indicator for name in fields["anchored"]}
    for name in fields["base_year"]:
        if name not in started:
            problems.add(
                node.value["base_year"].value[name].place,
                msg('no constant is anchored to "{name}"', name=name),
                msg('name one under "anchored", or delete it'),
            )
    if len(problems.noted) > before:
        return BAD
    return Fit(first, last, fields["parameters"], series, shock, fields["hindsight"], fields["deflator"],
               fields["measurement"], fields["anchored"], fields["base_year"])  # fmt: skip


def read_fit(
    path: Path,
    shown_as: str,
    problems: Problems,
    model: ModelFile,
    indicators: Mapping[str, Indicator],
    history: Mapping[str, Series],
    doubts: Mapping[str, Uncertainty],
    anchors: Anchors,
) -> Fit | None:
    """The fit's plan; None where there is no file, or after its problems were noted."""
    if not path.exists():
        return None
    root = read_yaml(path, shown_as, problems)
    read = BAD if root is None else fit_format(model, indicators, history, doubts, anchors).read(root, problems)
    return None if isinstance(read, Bad) else read
