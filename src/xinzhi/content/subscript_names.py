"""model/subscripts.yaml: what the model's subscript ranges and their elements are called in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xinzhi.content.model_file import ModelFile
from xinzhi.content.reader import Field, Reader, bilingual, mapping_by, record
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import Message, Place, msg


@dataclass(frozen=True)
class Subscripts:
    """Names of ``ranges`` and of ``elements``; an element that stands in several ranges has one name."""

    ranges: Mapping[str, Text]
    elements: Mapping[str, Text]


def subscripts_format(model: ModelFile) -> Reader:
    """What model/subscripts.yaml holds; `Subscripts`, each range and element of the model named once."""
    elements = list(dict.fromkeys(element for range_ in model.ranges.values() for element in range_))
    ranges = _named(list(model.ranges), lambda name: msg('the model has no subscript range "{name}"', name=name))
    members = _named(elements, lambda name: msg('the model has no subscript element "{name}"', name=name))
    return record(
        Field("ranges", ranges, "下标范围的名称", "Names of the subscript ranges"),
        Field("elements", members, "下标元素的名称", "Names of their elements"),
    ).then(lambda fields, _node, _problems: Subscripts(**fields))


def _named(names: Sequence[str], unknown: Callable[[str], Message]) -> Reader:
    """Names in both languages for exactly ``names``; every one that is strange or missing is noted."""
    mapping = mapping_by(bilingual, names, unknown)

    def read(node: Node, problems: Problems) -> dict[str, Text] | Bad:
        values: dict[str, Text] | Bad = mapping.read(node, problems)
        missing = [name for name in names if name not in node.value] if isinstance(node.value, dict) else []
        for name in missing if node.value else ():
            problems.add(node.place, msg('"{name}" has no name', name=name), msg("add it in Chinese and English"))
        return BAD if missing else values

    return Reader(read, {**mapping.schema, "required": list(names)})


def read_subscripts(path: Path, shown_as: str, problems: Problems, model: ModelFile) -> Subscripts | None:
    """The names, or None after their problems were noted. A model without subscripts needs no file."""
    if not path.exists():
        if not model.ranges:
            return Subscripts({}, {})
        problems.add(
            Place(shown_as),
            msg("is missing, and the model has subscripts"),
            msg("name the ranges {names} and their elements", names=", ".join(model.ranges)),
        )
        return None
    root = read_yaml(path, shown_as, problems)
    read = None if root is None else subscripts_format(model).read(root, problems)
    return read if isinstance(read, Subscripts) else None


def with_names(model: ModelFile, subscripts: Subscripts) -> ModelFile:
    """The model, the description of each element of a subscripted variable saying which element it is."""
    variables = dict(model.variables)
    for name, variable in variables.items():
        if variable.element:
            texts = [subscripts.elements[element] for element in variable.element]
            zh, en = "、".join(text.zh for text in texts), ", ".join(text.en for text in texts)
            variables[name] = replace(variable, zh=f"{zh}：{variable.zh}", en=f"{en}: {variable.en}")
    return replace(model, variables=variables)
