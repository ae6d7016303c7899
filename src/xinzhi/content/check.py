"""model/checks.yaml: reality checks, what any sound version of the model must do under extreme settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    number_range,
    record,
    year_between,
)
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import msg

FINEST_STEP = 1 / 1024


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


def checks_format(model: ModelFile) -> Reader:
    """What model/checks.yaml holds; checks by id, every name checked against the model."""
    constants = [name for name, variable in model.variables.items() if variable.kind == "constant"]
    check = record(
        Field("name", bilingual, "检验内容", "What is checked"),
        Field("expect", list_of(_expectation(model)), "应当成立的各项", "What must hold"),
        Field(
            "set",
            mapping_by(number, constants, no_variable),
            "改动的常数（模型单位）",
            "Constants that are set (model units)",
            {},
        ),
        Field("time_step", number_between(FINEST_STEP, 1), "步长（年）", "Time step (years)", None),
    ).then(_check)
    return record(Field("checks", mapping_of(check, ID), "行为检验，键为编号", "Reality checks by id"))


def _check(fields: dict[str, Any], node: Node, _problems: Problems) -> Check:
    return Check(node.key, fields["name"], fields["set"], fields["time_step"], fields["expect"])


def _expectation(model: ModelFile) -> Reader:
    first, last = model.control("INITIAL TIME"), model.control("FINAL TIME")
    names = list(model.variables)
    total, one, years = mapping_by(number, names, no_variable), choice(names, no_variable), year_between(first, last)
    return record(
        Field("variable", one, "变量", "A variable", None),
        Field("sum", total, "变量的加权和", "A weighted sum of variables", None),
        Field("equals", total, "应与此加权和相等", "The weighted sum that it equals", None),
        Field("between", number_range(), "应在此范围内", "The range in which it lies", None),
        Field(
            "ratio_to_baseline",
            number_range(),
            "与基准之比应在此范围内",
            "The range of its ratio to the baseline",
            None,
        ),
        Field(
            "tolerance",
            number_between(0, 1),
            "相等时允许的相对误差",
            "The relative gap allowed where two sums are equal",
            1e-9,
        ),
        Field("times", list_of(years), "起止年份", "First and last year", None),
        Field("at", years, "年份", "The year", None),
    ).then(_expected)


def _expected(fields: dict[str, Any], node: Node, problems: Problems) -> Expectation | Bad:
    stated = [key for key in ("equals", "between", "ratio_to_baseline") if fields[key] is not None]
    if (fields["variable"] is None) == (fields["sum"] is None) or len(stated) != 1:
        return problems.add(
            node.place,
            msg("an expectation needs a variable or a sum, and one comparison"),
            msg("write one of equals, between, ratio_to_baseline"),
        )
    times = fields["times"]
    if times is not None and (len(times) != 2 or not times[0] < times[1] or fields["at"] is not None):
        return problems.add(
            node.place, msg('"{key}" is not a range', key="times"), msg("write [first year, last year], or at: year")
        )
    if fields["at"] is not None:
        times = (fields["at"], fields["at"])
    left = {fields["variable"]: 1.0} if fields["variable"] is not None else fields["sum"]
    ratio = fields["ratio_to_baseline"]
    between = ratio if ratio is not None else fields["between"]
    return Expectation(left, fields["equals"], ratio is not None, between, fields["tolerance"], times)


def read_checks(path: Path, shown_as: str, problems: Problems, model: ModelFile) -> dict[str, Check] | None:
    """Checks by id in the file's order, or None after their problems were noted."""
    root = read_yaml(path, shown_as, problems)
    fields = BAD if root is None else checks_format(model).read(root, problems)
    return None if isinstance(fields, Bad) else fields["checks"]
