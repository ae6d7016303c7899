"""model/region.yaml: the place, its policy document, the plan's years, chapters and departments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xinzhi.content.yaml_file import (
    BAD,
    Bad,
    Node,
    Problems,
    Text,
    bilingual,
    mapping_of,
    number,
    read_record,
    read_yaml,
    text,
)
from xinzhi.errors import msg


@dataclass(frozen=True)
class Plan:
    """The years that targets are judged on: growth and change are measured from base to final year."""

    base_year: int
    first_year: int
    final_year: int


@dataclass(frozen=True)
class Document:
    """The policy document that sets the targets."""

    title: Text
    number: str
    date: str


@dataclass(frozen=True)
class Region:
    """What is said once about the place. ``chapters`` and ``departments`` map ids to names."""

    name: Text
    document: Document
    plan: Plan
    chapters: Mapping[str, Text]
    departments: Mapping[str, Text]


def year(node: Node, problems: Problems) -> int | Bad:
    """A calendar year."""
    value = number(node, problems)
    if isinstance(value, Bad):
        return BAD
    if value != int(value) or not 1900 <= value <= 2200:
        return problems.add(node.place, msg('"{key}" is {value}, not a calendar year', key=node.key, value=node.value))
    return int(value)


def _plan(node: Node, problems: Problems) -> Plan | Bad:
    fields = read_record(node, problems, {"base_year": year, "first_year": year, "final_year": year})
    if fields is None:
        return BAD
    plan = Plan(**fields)
    if not plan.base_year < plan.first_year <= plan.final_year:
        return problems.add(
            node.place, msg("the plan's years are not in order"), msg("base_year < first_year <= final_year")
        )
    return plan


def _document(node: Node, problems: Problems) -> Document | Bad:
    fields = read_record(node, problems, {"title": bilingual, "number": text, "date": text})
    return BAD if fields is None else Document(**fields)


def read_region(path: Path, shown_as: str, problems: Problems) -> Region | None:
    """The region file, or None after its problems were noted."""
    root = read_yaml(path, shown_as, problems)
    fields = root and read_record(
        root,
        problems,
        {
            "name": bilingual,
            "document": _document,
            "plan": _plan,
            "chapters": mapping_of(bilingual),
            "departments": mapping_of(bilingual),
        },
    )
    return Region(**fields) if fields else None
