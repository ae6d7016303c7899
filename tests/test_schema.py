"""The schemas that editors use: written by the readers, true to the content, refused by them what they refuse."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from test_broken import BROKEN, copy_project, read_broken
from xinzhi.content.history import COLUMNS
from xinzhi.content.schema import inlined, schema_text, schemas
from xinzhi.project import Project

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("model/*.yaml"), *ROOT.glob("scenarios/*.yaml"), ROOT / "calibration" / "sources.yaml"])
Shell = Callable[..., subprocess.CompletedProcess[str]]
BETWEEN_FILES = "it is about two places or two files"
OTHER_YAML = "it is good YAML of a kind that is not read here"
BEYOND_A_SCHEMA = {
    "scenario-assumes-beyond-the-prior": BETWEEN_FILES,
    "scenario-assumes-of-no-constant": BETWEEN_FILES,
    "audit-code-in-an-expression": "a schema does not read expressions",
    "audit-exponent-with-a-unit": "a schema does not read expressions",
    "audit-languages-differ": "a schema does not read sentences",
    "audit-not-an-expression": "a schema does not read expressions",
    "audit-number-in-a-sentence": "a schema does not read sentences",
    "audit-number-typed": "a schema does not read expressions",
    "audit-reads-no-target": "a schema does not read expressions",
    "audit-result-of-another-unit": "which unit measures the same needs Pint",
    "audit-sentence-rests-on-the-model": "a schema does not read sentences",
    "audit-units-do-not-fit": "which unit measures the same needs Pint",
    "audit-unit-is-a-number": "only Pint knows",
    "audit-unknown-lever": BETWEEN_FILES,
    "audit-unknown-step": "a schema does not read expressions",
    "audit-unknown-target": BETWEEN_FILES,
    "audit-verdict-on-no-step": "one key names another",
    "audit-year-without-a-figure": BETWEEN_FILES,
    "baseline-moves-a-lever": "a scenario may move levers, baseline.yaml may not",
    "indicator-unit-differs-from-history": BETWEEN_FILES,
    "indicator-unit-is-infinite": "only Pint knows",
    "indicator-money-without-prices": "whether prices are asked for depends on the unit",
    "indicator-unit-does-not-fit": "which unit measures the same needs Pint",
    "region-article-not-in-the-document": BETWEEN_FILES,
    "region-equations-beside-a-model": BETWEEN_FILES,
    "region-text-not-there": BETWEEN_FILES,
    "target-of-an-impossible-share": "two keys, and another entry",
    "targets-contradict-each-other": BETWEEN_FILES,
    "targets-level-and-growth-contradict": BETWEEN_FILES,
    "target-quote-not-in-the-document": BETWEEN_FILES,
    "target-whole-of-a-growth": "one key allows another",
    "uncertainty-and-fixed": BETWEEN_FILES,
    "uncertainty-missing": BETWEEN_FILES,
    "uncertainty-outside-the-documented-range": BETWEEN_FILES,
    "uncertainty-parts-of-another-kind": "one key allows another",
    "uncertainty-sure-of-an-assumption": BETWEEN_FILES,
    "uncertainty-upside-down": "a schema cannot compare two numbers",
    "uncertainty-without-a-range": BETWEEN_FILES,
    "uncertainty-without-the-model-s-value": BETWEEN_FILES,
    "lever-base-outside-its-range": BETWEEN_FILES,
    "lever-code-taken": BETWEEN_FILES,
    "lever-name-taken": BETWEEN_FILES,
    "lever-range-upside-down": "a schema cannot compare two numbers",
    "lever-unit-does-not-fit": "which unit measures the same needs Pint",
    "region-years-out-of-order": "a schema cannot compare two numbers",
    "scenario-ambiguous-share": "it is within the range, but may be a share or per cent",
    "scenario-based-on-itself": BETWEEN_FILES,
    "scenario-based-on-nothing": BETWEEN_FILES,
    "scenario-lever-set-twice-by-two-names": "two keys of one meaning",
    "scenario-lever-outside-its-range": "the number stands in a text with its unit",
    "scenario-not-a-number": "NaN compares with no limit",
    "scenario-wrong-unit": "which unit measures the same needs Pint",
    "scenarios-based-on-each-other": BETWEEN_FILES,
    "target-without-base-figure": BETWEEN_FILES,
    "region-date-is-no-date": "a schema checks the form of a date, not the calendar",
    "region-plan-after-the-model": BETWEEN_FILES,
    "scenario-directive": OTHER_YAML,
    "scenario-hexadecimal-number": OTHER_YAML,
    "scenario-hidden-character": "patterns of editors differ on signs that cannot be seen",
    "scenario-hidden-character-in-quotes": "patterns of editors differ on signs that cannot be seen",
    "scenario-line-end-in-quotes": "patterns of editors differ on signs that cannot be seen",
    "scenario-merge-key": OTHER_YAML,
    "scenario-power-of-a-unit": "which unit measures the same needs Pint",
    "timing-without-the-base": BETWEEN_FILES,
    "units-defined-by-themselves": BETWEEN_FILES,
    "units-defined-twice": BETWEEN_FILES,
    "units-measure-word-of-no-unit": BETWEEN_FILES,
    "units-share-with-a-dimension": "a schema cannot ask for one certain item of a list",
    "units-undefined": "only Pint knows",
    "units-zero": "only Pint knows",
}  # fmt: skip


def named_schema(path: Path) -> Path:
    first = path.read_text(encoding="utf-8-sig").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match, f"{path} names no schema in its first line"
    return (path.parent / match[1]).resolve()


def validator(path: Path) -> Draft202012Validator:
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def loaded(text: str) -> Any:
    """The text as an editor sees it: JSON, whose keys are texts."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))


def descriptions(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for name, value in schema.get("properties", {}).items():
            if name not in schema.get("properties", {}) or "description" in value:
                yield value["description"]
        for value in schema.values():
            yield from descriptions(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from descriptions(value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_independent_validator_accepts_the_content_by_the_schema_it_names(path: Path) -> None:
    errors = list(validator(named_schema(path)).iter_errors(loaded(path.read_text(encoding="utf-8"))))
    assert [error.message[:200] for error in errors] == []


def test_the_committed_schemas_are_what_the_command_writes(shell: Shell, tmp_path: Path) -> None:
    done = shell("schema", "-o", str(tmp_path))
    assert done.returncode == 0, done.stderr
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "schemas").iterdir()}
    assert written == committed, "run xinzhi schema"


def test_the_text_of_a_schema_says_each_list_once_and_means_the_same(project: Project) -> None:
    for name, schema in schemas(project.content).items():
        text = schema_text(schema)
        assert inlined(json.loads(text)) == json.loads(json.dumps(schema)), name
        assert text.count('"one year"') <= 2, name


def test_the_command_writes_into_the_project_and_says_where(shell: Shell, tmp_path: Path) -> None:
    copy_project(tmp_path)
    done = shell("schema", cwd=tmp_path, lang="zh")
    assert done.returncode == 0 and "已写入" in done.stderr
    assert (tmp_path / "schemas" / "levers.json").is_file()


def test_a_schema_cannot_be_written_over_a_file(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    done = shell("schema", "-o", str(tmp_path / "taken"))
    assert done.returncode == 2 and "cannot be written" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_schema_refuses_what_a_schema_can_see(path: Path, tmp_path: Path) -> None:
    broken = read_broken(path)
    if not broken.where.endswith(".yaml"):
        pytest.skip("no YAML file")
    copy_project(tmp_path)
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    broken.put_into(tmp_path)
    file = tmp_path / broken.where
    schema = ROOT / "schemas" / ("scenario.json" if file.parent.name == "scenarios" else f"{file.stem}.json")
    try:
        refused = not validator(schema).is_valid(loaded(file.read_text(encoding="utf-8")))
    except (YAMLError, ValueError, OverflowError):
        refused = True
    assert refused == (path.stem not in BEYOND_A_SCHEMA), BEYOND_A_SCHEMA.get(path.stem, "the schema accepts it")


def test_every_key_is_described_in_both_languages(project: Project) -> None:
    told = [text for schema in schemas(project.content).values() for text in descriptions(schema)]
    assert len(told) > 80
    for text in told:
        chinese, _, english = text.partition(" / ")
        assert re.search(r"[\u4e00-\u9fff]", chinese), text
        assert (english and not re.search(r"[\u4e00-\u9fff]", english.replace("场", ""))) or "–" in english, text


def test_the_table_schema_has_the_columns_and_accepts_every_row(project: Project) -> None:
    fields = schemas(project.content)["history.table.json"]["fields"]
    assert tuple(field["name"] for field in fields) == COLUMNS
    with (ROOT / "calibration" / "history.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for field in fields:
                value: Any = row[field["name"]]
                value = float(value) if field["type"] in ("number", "integer") else value
                keywords = {key: rule for key, rule in field["constraints"].items() if key != "required"}
                Draft202012Validator({"type": field["type"], **keywords}).validate(value)
