"""JSON Schemas of a project's content files, written by the readers of these files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from xinzhi.content.anchor_file import anchors_format
from xinzhi.content.audit_file import audit_format
from xinzhi.content.check import checks_format
from xinzhi.content.content import Content
from xinzhi.content.fit_file import fit_format
from xinzhi.content.history import history_schema, sources_format
from xinzhi.content.indicator_file import indicators_format
from xinzhi.content.lever_file import levers_format
from xinzhi.content.loop import loops_format
from xinzhi.content.reader import Reader, Schema
from xinzhi.content.region_file import region_format
from xinzhi.content.regional_values import regional_schema
from xinzhi.content.scenario import scenario_format
from xinzhi.content.statements import statements_format
from xinzhi.content.subscript_names import subscripts_format
from xinzhi.content.uncertainty import uncertainties_format
from xinzhi.content.units import units_format

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REPEATED = 200  # characters: what is longer and stands twice in a schema is written once, under $defs


def schemas(content: Content) -> dict[str, Schema]:
    """File name to schema. Names that a file may use (levers, variables, sources …) are those of this project."""
    model, region, units, history = content.model, content.region, content.units, content.history
    formats = {
        "region": (region_format(), "地区、文件与规划年份", "The place, its document and the plan's years"),
        "units": (units_format(), "单位", "Units"),
        "levers": (levers_format(model, region, units, list(history.sources)), "政策措施", "Levers"),
        "indicators": (
            indicators_format(list(content.indicators), model, region, units, history.series),
            "指标与目标",
            "Indicators and targets",
        ),
        "uncertainties": (
            uncertainties_format(model, content.sheet.levers),
            "参数的不确定性",
            "What is not known of the model's constants",
        ),
        "subscripts": (subscripts_format(model), "下标名称", "Names of subscripts"),
        "checks": (checks_format(model), "行为检验", "Reality checks"),
        "loops": (loops_format(model), "反馈回路", "Feedback loops"),
        "structure": (
            statements_format(model, content.indicators, content.loops, content.checks, list(content.scenarios)),
            "模型结构的检验",
            "What the tests of structure rest on",
        ),
        "audit": (
            audit_format(
                model, region, units, content.sheet.levers, content.indicators, content.targets, history.series
            ),
            "文件数字的自洽性",
            "The document's numbers held against each other",
        ),
        "sources": (sources_format(), "来源", "Sources"),
        "scenario": (scenario_format(content.sheet, content.uncertainties), "情景", "A scenario"),
        "anchors": (
            anchors_format(model, region, content.indicators, content.targets, history.series),
            "按统计数据校准的参数",
            "Which number of region.csv meets which statistic",
        ),
        "fit": (
            fit_format(model, content.indicators, history.series, content.uncertainties, content.anchors),
            "模型拟合",
            "What is fitted to which series",
        ),
    }
    files = {f"{name}.json": _titled(*described) for name, described in formats.items()}
    tables = {"history": history_schema(history.sources), "region": regional_schema(model, history.sources)}
    return {**files, **{f"{name}.table.json": table for name, table in tables.items()}}


def schema_text(schema: Schema) -> str:
    """A schema as the text of its file: what stands in it more than once is defined once, under ``$defs``.

    Its meaning is the same; a list of the model's thousand names is not repeated wherever a variable may stand.
    """
    lists = _repeated(part["enum"] for part in _parts(schema) if "enum" in part)
    names = {text: f"names{number}" for number, text in enumerate(lists, 1)}
    short = _with_refs(schema, partial(_named_list, names))
    forms = {text: f"form{number}" for number, text in enumerate(_repeated(_parts(short)), 1)}
    used: dict[str, Mapping[str, Any]] = {name: {"enum": json.loads(text)} for text, name in names.items()}
    used |= {name: _with_refs(json.loads(text), partial(_named_form, forms, own=text)) for text, name in forms.items()}
    root = {**_with_refs(short, partial(_named_form, forms))}
    return json.dumps(root | ({"$defs": used} if used else {}), ensure_ascii=False, indent=1) + "\n"


def inlined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a file as it was before `schema_text`: without references."""
    known = schema.get("$defs", {})

    def put(part: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in part:
            rest = {key: value for key, value in part.items() if key != "$ref"}
            part = {**known[part["$ref"].removeprefix("#/$defs/")], **rest}
        return part

    return {key: value for key, value in _with_refs(schema, put).items() if key != "$defs"}


def _repeated(parts: Iterable[Any]) -> list[str]:
    count = Counter(text for part in parts if len(text := _compact(part)) >= REPEATED)
    return [text for text, times in count.items() if times > 1]


def _named_list(names: Mapping[str, str], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema with its list of allowed names by reference, where that has a name."""
    name = names.get(_compact(part["enum"])) if "enum" in part else None
    if name is None:
        return part
    return {key: value for key, value in part.items() if key != "enum"} | {"$ref": f"#/$defs/{name}"}


def _named_form(forms: Mapping[str, str], part: Mapping[str, Any], own: str = "") -> Mapping[str, Any]:
    """A reference in the schema's place where it has a name; not in its own definition."""
    text = _compact(part)
    return {"$ref": f"#/$defs/{forms[text]}"} if text in forms and text != own else part


def _parts(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema and every schema inside it."""
    yield schema
    for _, _, inner in _inside(schema):
        yield from _parts(inner)


def _with_refs(
    schema: Mapping[str, Any], changed: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """The schema with each schema in it ``changed``, outermost first."""
    out = dict(changed(schema))
    for key, at, inner in list(_inside(out)):
        new = _with_refs(inner, changed)
        if at is None:
            out[key] = new
        elif isinstance(at, int):
            out[key] = [*out[key][:at], new, *out[key][at + 1 :]]
        else:
            out[key] = {**out[key], at: new}
    return out


def _inside(schema: Mapping[str, Any]) -> Iterator[tuple[str, int | str | None, Mapping[str, Any]]]:
    """Where a schema has others right in it: the key, the place under that key, the schema."""
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(key), Mapping):
            yield key, None, schema[key]
    for key in ("properties", "$defs"):
        yield from ((key, name, inner) for name, inner in schema.get(key, {}).items())
    for key in ("anyOf", "oneOf", "allOf"):
        yield from ((key, index, inner) for index, inner in enumerate(schema.get(key, ())))


def _compact(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False)


def _titled(reader: Reader, zh: str, en: str) -> Mapping[str, object]:
    return {"$schema": DIALECT, "title": f"{zh} / {en}", **reader.schema}
