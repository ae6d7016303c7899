"""model/structure.yaml: what a person has to state so that the tests of structure can be made.

What is left out of the model and why, identities that hold in every run, loops that are cut and what must follow,
what surprised, the limits that are known, and other places that the same equations are tried on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinzhi.content.check import Check
from xinzhi.content.indicator import Indicator
from xinzhi.content.loop import Loop
from xinzhi.content.model_check import no_variable
from xinzhi.content.model_file import ModelFile
from xinzhi.content.reader import (
    ID,
    Field,
    Reader,
    bilingual,
    choice,
    list_of,
    mapping_by,
    mapping_of,
    number,
    number_between,
    record,
    text,
    year,
)
from xinzhi.content.scenario import Scenario
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import msg

FILE = "model/structure.yaml"
TESTS = ("units", "boundary", "parameters", "extremes", "beyond", "checks", "conservation", "integration",
         "reproduction", "anomaly", "family", "surprises", "verdicts")  # fmt: skip
DIRECTIONS = ("lower", "higher")


@dataclass(frozen=True)
class Excluded:
    """A subject that the model leaves out, and why."""

    name: Text
    reason: Text


@dataclass(frozen=True)
class Identity:
    """Two weighted sums of variables, equal in every run to a relative ``tolerance``, or the left at most the right."""

    id: str
    name: Text
    left: Mapping[str, float]
    right: Mapping[str, float]
    equal: bool
    tolerance: float


@dataclass(frozen=True)
class Consequence:
    """An indicator that lies ``direction`` of the uncut run in the plan's final year, by at least the share ``by``."""

    indicator: str
    direction: str
    by: float


@dataclass(frozen=True)
class Cut:
    """A loop that is cut by setting constants (model units), in ``scenario``, and what must follow."""

    id: str
    name: Text
    loop: str
    constants: Mapping[str, float]
    scenario: str
    expected: tuple[Consequence, ...]


@dataclass(frozen=True)
class Surprise:
    """Behaviour that nobody had expected, what was found, and the reality check that holds it now, if one does."""

    name: Text
    found: Text
    check: str | None


@dataclass(frozen=True)
class Limit:
    """A known limit: ``about`` are the variables, constants, indicators or targets of a test that it speaks of."""

    test: str
    about: tuple[str, ...]
    reason: Text


@dataclass(frozen=True)
class Figure:
    """One statistic of another place, in the indicator's unit."""

    indicator: str
    year: int
    value: float


@dataclass(frozen=True)
class Member:
    """Another place: this one times ``scale``, with some ``figures`` of its own, then anchored to them."""

    id: str
    name: Text
    note: Text
    scale: float
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Statements:
    """What model/structure.yaml says; ``ratios`` are indicators in % that may pass 100 %, each with the reason."""

    excluded: Mapping[str, Excluded] = field(default_factory=dict)
    ratios: Mapping[str, Text] = field(default_factory=dict)
    identities: Mapping[str, Identity] = field(default_factory=dict)
    cuts: Mapping[str, Cut] = field(default_factory=dict)
    surprises: Mapping[str, Surprise] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    family: Mapping[str, Member] = field(default_factory=dict)

    def of(self, test: str) -> tuple[Limit, ...]:
        """The limits of one test."""
        return tuple(limit for limit in self.limits.values() if limit.test == test)


def statements_format(
    model: ModelFile, indicators: Mapping[str, Indicator], loops: Mapping[str, Loop], checks: Mapping[str, Check],
    scenarios: Sequence[str],
) -> Reader:  # fmt: skip
    """What model/structure.yaml holds; `Statements`."""
    constants = [name for name, variable in model.variables.items() if variable.kind == "constant"]
    keys, total = list(indicators), mapping_by(number, list(model.variables), no_variable)
    excluded = record(
        Field("name", bilingual, "未纳入的内容", "What is left out"), Field("reason", bilingual, "理由", "Why")
    ).then(lambda it, _node, _problems: Excluded(**it))
    identity = record(
        Field("name", bilingual, "名称", "Name"),
        Field("sum", total, "变量的加权和", "A weighted sum of variables"),
        Field("equals", total, "应与此加权和相等", "The weighted sum that it equals", None),
        Field("at_most", total, "不应超过此加权和", "The weighted sum that it never passes", None),
        Field("tolerance", number_between(0, 1), "允许的相对误差", "The relative gap allowed", 1e-9),
    ).then(_identity)
    consequence = record(
        Field("indicator", choice(keys), "指标", "Indicator"),
        Field("direction", choice(DIRECTIONS), "比未切断时低或高", "Below or above the uncut run"),
        Field("by", number_between(0, 10), "至少相差的比例", "By at least this share", 0.0),
    ).then(lambda it, _node, _problems: Consequence(**it))
    cut = record(
        Field("name", bilingual, "名称", "Name"),
        Field("loop", choice(list(loops)), "被切断的回路", "The loop that is cut"),
        Field(
            "set", mapping_by(number, constants, no_variable), "改动的常数（模型单位）", "Constants set (model units)"
        ),
        Field("scenario", choice(list(scenarios)), "情景", "Scenario", "baseline"),
        Field("expect", list_of(consequence), "应出现的变化", "What must follow"),
    ).then(lambda it, node, _: Cut(node.key, it["name"], it["loop"], it["set"], it["scenario"], it["expect"]))
    surprise = record(
        Field("name", bilingual, "出乎意料的表现", "What was not expected"),
        Field("found", bilingual, "原因与处理", "What was found, and what came of it"),
        Field("check", choice(list(checks)), "保证其成立的合理性检验", "The reality check that holds it", None),
    ).then(lambda it, _node, _problems: Surprise(**it))
    limit = record(
        Field("test", choice(TESTS), "检验", "The test"),
        Field("about", list_of(text), "所涉变量、常数、指标或目标", "Variables, constants, indicators or targets"),
        Field("reason", bilingual, "理由", "Why"),
    ).then(lambda it, node, problems: _limit(it, node, problems, {*model.variables, *indicators}))
    figure = record(
        Field("indicator", choice(keys), "指标", "Indicator"),
        Field("year", year, "年份", "Year"),
        Field("value", number, "数值（指标单位）", "Value, in the indicator's unit"),
    ).then(lambda it, _node, _problems: Figure(**it))
    member = record(
        Field("name", bilingual, "地区", "Place"),
        Field("note", bilingual, "数据说明", "What is known of its numbers"),
        Field("scale", number_between(1e-4, 1e4), "相对规模", "Size against this place"),
        Field("figures", list_of(figure), "该地区的统计数据", "Its own statistics"),
    ).then(lambda it, node, _: Member(node.key, **it))
    return record(
        Field("excluded", mapping_of(excluded, ID), "模型边界以外的内容", "What is left out of the model", {}),
        Field("ratios", mapping_of(bilingual, ID), "可超过100%的指标", "Indicators in % that may pass 100 %", {}),
        Field("identities", mapping_of(identity, ID), "守恒关系", "Identities that hold in every run", {}),
        Field("cuts", mapping_of(cut, ID), "切断回路的检验", "Loops that are cut", {}),
        Field("surprises", mapping_of(surprise, ID), "出乎意料的表现", "What surprised", {}),
        Field("limits", mapping_of(limit, ID), "已知局限", "Known limits", {}),
        Field("family", mapping_of(member, ID), "同族检验的地区", "Other places of the family", {}),
    ).then(lambda it, node, problems: _statements(it, node, problems, keys))


def _identity(fields: dict[str, Any], node: Node, problems: Problems) -> Identity | Bad:
    if (fields["equals"] is None) == (fields["at_most"] is None):
        problem = msg('"{key}" needs one comparison', key=node.key)
        return problems.add(node.place, problem, msg("write one of equals, at_most"))
    equal = fields["equals"] is not None
    right = fields["equals"] if equal else fields["at_most"]
    return Identity(node.key, fields["name"], fields["sum"], right, equal, fields["tolerance"])


def _limit(fields: dict[str, Any], node: Node, problems: Problems, names: set[str]) -> Limit | Bad:
    """A limit about what there is; targets are no names of the model and are let through where they are verdicts."""
    if fields["test"] not in ("verdicts", "integration"):
        for item in node.value["about"].value:
            if item.value.strip() not in names:
                problems.add(item.place, no_variable(str(item)), msg("write its name as in the model"))
                return BAD
    return Limit(**fields)


def _statements(fields: dict[str, Any], node: Node, problems: Problems, indicators: Sequence[str]) -> Statements | Bad:
    strange = [name for name in fields["ratios"] if name not in indicators]
    for name in strange:
        problems.add(
            node.value["ratios"].value[name].place, msg('unknown indicator "{name}"', name=name), msg("delete it")
        )
    return BAD if strange else Statements(**fields)


def read_statements(
    path: Path, shown_as: str, problems: Problems, model: ModelFile, indicators: Mapping[str, Indicator],
    loops: Mapping[str, Loop], checks: Mapping[str, Check], scenarios: Mapping[str, Scenario],
) -> Statements | None:  # fmt: skip
    """What is stated, or None after the problems were noted. Without a file nothing is stated."""
    if not path.exists():
        return Statements()
    root = read_yaml(path, shown_as, problems)
    read = (
        BAD
        if root is None
        else statements_format(model, indicators, loops, checks, list(scenarios)).read(root, problems)
    )
    return None if isinstance(read, Bad) else read
