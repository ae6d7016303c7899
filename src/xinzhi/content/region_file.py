"""model/region.yaml: the place, its policy document, the plan's years, chapters and departments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinzhi.content.files import text_of
from xinzhi.content.model_file import ModelFile
from xinzhi.content.reader import (
    ID,
    Field,
    Reader,
    bilingual,
    choice,
    date,
    mapping_of,
    matching,
    number_between,
    record,
    text,
    year,
)
from xinzhi.content.yaml_file import Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import Place, msg, shortened

_ARTICLE = r"^(?:总|[1-9][0-9]?)$"
_TEXT_FILE = r"^[A-Za-z0-9][A-Za-z0-9._-]*\.txt$"
_EQUATIONS = r"^(?:\.\./)+(?:[^/\\:]+/)*model/[^/\\:]+\.mdl$"
SCALES = (1e-4, 1e4)


@dataclass(frozen=True)
class Plan:
    """The years that targets are judged on: growth and change are measured from base to final year."""

    base_year: int
    first_year: int
    final_year: int


@dataclass(frozen=True)
class Document:
    """The policy document that sets the targets; ``text`` is the file beside region.yaml that holds its words."""

    title: Text
    number: str
    date: str
    text: str | None = None


@dataclass(frozen=True)
class Region:
    """What is said once about the place. ``chapters``, ``departments`` and ``articles`` map ids to names.

    ``equations`` is the model file of another project whose equations hold here too, as a path from region.yaml, and
    ``scale`` this place's size against that one; None where the project has a model of its own.
    """

    name: Text
    document: Document
    plan: Plan
    chapters: Mapping[str, Text]
    departments: Mapping[str, Text]
    articles: Mapping[str, Text] = field(default_factory=dict)
    equations: str | None = None
    scale: float | None = None


def _plan(fields: dict[str, int], node: Node, problems: Problems) -> Plan | Bad:
    plan = Plan(**fields)
    if plan.base_year < plan.first_year <= plan.final_year:
        return plan
    return problems.add(
        node.place, msg("the plan's years are not in order"), msg("base_year < first_year <= final_year")
    )


def _document(fields: dict[str, Any], _node: Node, _problems: Problems) -> Document:
    return Document(**fields)


def _region(fields: dict[str, Any], _node: Node, _problems: Problems) -> Region:
    return Region(**fields)


def region_format() -> Reader:
    """What model/region.yaml holds; a `Region`."""
    document = record(
        Field("title", bilingual, "文件名称", "Title of the document"),
        Field("number", text, "发文字号", "Its official number"),
        Field("date", date, "发布日期，如2024-04-21", "Its date, such as 2024-04-21"),
        Field(
            "text",
            matching(_TEXT_FILE, msg("write the name of a text file beside region.yaml, such as document.txt")),
            "文件全文所在的文本文件，目标所引原文据此核对",
            "The text file beside this one that holds its words: every target's quote must stand there",
            None,
        ),
    ).then(_document)
    plan = record(
        Field("base_year", year, "基期，增速和变动由此计算", "Base year, from which growth and change are measured"),
        Field("first_year", year, "规划首年", "First year of the plan"),
        Field("final_year", year, "规划末年，目标在此年评判", "Final year, in which the targets are judged"),
    ).then(_plan)
    return record(
        Field("name", bilingual, "地区名称", "Name of the region"),
        Field("document", document, "设定目标的政策文件", "The policy document that sets the targets"),
        Field("plan", plan, "规划年份", "The plan's years"),
        Field("chapters", mapping_of(bilingual, ID), "文件各章，措施按此分组", "Chapters, by which levers are grouped"),
        Field("departments", mapping_of(bilingual, ID), "责任部门", "Departments that are in charge"),
        Field(
            "articles",
            mapping_of(bilingual, _ARTICLE, msg("write the article's number in quotes, or 总")),
            "文件各条的标题，总为总体要求，中文须与原文一致",
            "Titles of the document's articles by number; the Chinese is the document's own",
            {},
        ),
        Field(
            "equations",
            matching(
                _EQUATIONS,
                msg(
                    "write the way from region.yaml to another project's model, such as {path}",
                    path="../../hubei/model/hubei.mdl",
                ),
                300,
            ),
            "另一项目的模型文件，本地区采用其方程，不另存一份",
            "The model file of another project whose equations hold here too, in place of a copy",
            None,
        ),
        Field(
            "scale",
            number_between(*SCALES),
            "本地区规模与该项目地区规模之比",
            "This place's size against that project's",
            None,
        ),
    ).then(_region)


def article_reader(region: Region) -> Reader:
    """An article of the document: one that the region names, or any where it names none."""
    return choice(list(region.articles)) if region.articles else text


def read_region(path: Path, shown_as: str, problems: Problems) -> Region | None:
    """The region file, or None after its problems were noted."""
    root = read_yaml(path, shown_as, problems)
    region = root and region_format().read(root, problems)
    return region if isinstance(region, Region) else None


def check_plan(region: Region, model: ModelFile, shown_as: str, problems: Problems) -> None:
    """The plan's years are within the model's."""
    first, last = model.control("INITIAL TIME"), model.control("FINAL TIME")
    if not (first <= region.plan.base_year and region.plan.final_year <= last):
        problems.add(
            Place(shown_as),
            msg("the plan's years are not within the model's"),
            msg("allowed are {low} to {high}", low=f"{first:g}", high=f"{last:g}"),
        )


def check_articles(region: Region, document: str, path: Path, shown_as: str, problems: Problems) -> None:
    """Every article's Chinese title stands in the document."""
    missing = {number: title.zh for number, title in region.articles.items() if title.zh not in document}
    if not missing:
        return
    lines = text_of(path).splitlines()
    for number, title in missing.items():
        problems.add(
            Place(shown_as, next((index for index, line in enumerate(lines, 1) if title in line), None)),
            msg('the document does not say "{quote}"', quote=shortened(title)),
            msg("copy the title of article {number} from model/{file}", number=number, file=region.document.text),
        )
