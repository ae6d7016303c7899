"""Thousands of damaged files: never a traceback, never accepted nonsense, every problem whole in both languages."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from fuzz import SLOW, Count, feed, fuzz, readers, wrong_problem
from mutants import FOREIGN, LINK, MODEL, OBSERVED, RESULTS, TABLES, UPLOAD, YAML_FILES, mutant, piece, real_texts
from soundness import unsound
from test_broken import copy_project
from xinzhi.content.reading import read_content
from xinzhi.content.schema import schemas
from xinzhi.errors import ContentError
from xinzhi.project import Project
from xinzhi.store import Store

MUTANTS = 6_000
SEED = 0
WHOLE_PROJECTS = 20


def schema_name(file: str) -> str:
    return "scenario.json" if file.startswith("scenarios") else f"{Path(file).stem}.json"


def test_pieces_of_the_real_files_are_sound(project: Project, tmp_path: Path) -> None:
    texts, reads, count = real_texts(), readers(project.content, tmp_path), Count()
    for file, read in reads.items():
        whole = texts[file] if file in (MODEL, *FOREIGN) else texts[file][:1] if file in SLOW else None
        for index in range(10 if whole is None else len(whole)):
            text = piece(random.Random(index), file, texts) if whole is None else whole[index]
            path = tmp_path / f"piece{Path(file).suffix}"
            read_back = feed(f"{file} piece {index}", text.encode(), read, path, project.content, count)
            assert read_back is not None, count.said
    assert count.bugs == []


def test_the_real_content_is_sound(project: Project) -> None:
    content = project.content
    files = (
        content.region,
        content.units,
        content.sheet,
        content.indicators,
        content.targets,
        content.checks,
        content.scenarios,
    )
    assert unsound((*files, content.history.series, content.history.sources, content.model), content) == []


def test_thousands_of_mutants_end_in_sound_content_or_in_whole_sentences(project: Project, tmp_path: Path) -> None:
    """What a reader accepts, an independent validator accepts by its schema too (every tenth is asked)."""
    validators = {name: Draft202012Validator(schema) for name, schema in schemas(project.content).items()}
    count, accepted = Count(), []

    def seen(file: str, written: bytes, _value: Any) -> None:
        if file in YAML_FILES:
            accepted.append((file, written))

    for _ in fuzz(project.content, tmp_path, MUTANTS, SEED, count, seen):
        pass
    print(count)
    assert count.bugs == [], str(count)
    assert count.refused.total() + count.accepted.total() == MUTANTS
    assert count.refused.total() > MUTANTS / 2 and len(count.said) > 50
    assert [said for file, written in accepted[::10] for said in disagreement(validators, file, written)] == []


def disagreement(validators: dict[str, Draft202012Validator], file: str, written: bytes) -> list[str]:
    """What a validator finds in a file that its reader accepted."""
    loaded = YAML(typ="safe", pure=True).load(written.decode("utf-8-sig"))
    plain = json.loads(json.dumps(loaded, default=str))
    return [
        f"{file}: {error.message[:200]}"
        for error in validators[schema_name(file)].iter_errors(plain)
        if not {"levers", "patternProperties"} <= {*error.absolute_path, *error.absolute_schema_path}
    ]


def test_whole_projects_with_one_mutant_are_refused_with_all_problems_or_are_sound(
    project: Project, tmp_path: Path, own_cache: Path
) -> None:
    texts, store = real_texts(), Store(own_cache)
    shutil.copytree(copy_project(tmp_path / "good"), tmp_path / "bad")
    files = [
        "model/units.yaml",
        *(f"scenarios/{path.name}" for path in (tmp_path / "good" / "scenarios").glob("*.yaml")),
    ]
    for index in range(WHOLE_PROJECTS):
        file = files[index % len(files)]
        group = file if file in texts else "scenarios/*.yaml"
        written = mutant(group, SEED, index, {**texts, group: [(tmp_path / "good" / file).read_text(encoding="utf-8")]})
        (tmp_path / "bad" / file).write_bytes(written)
        try:
            content = read_content(tmp_path / "bad", store)
        except ContentError as error:
            assert all(wrong_problem(problem, 10_000) is None for problem in error.problems), error
        else:
            assert unsound(tuple(content.scenarios.values()), content) == []
        shutil.copy(tmp_path / "good" / file, tmp_path / "bad" / file)


@pytest.mark.parametrize("file", [*YAML_FILES, *TABLES, OBSERVED, UPLOAD, LINK, *RESULTS, *FOREIGN])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    written=st.one_of(
        st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))
    )
)
def test_any_bytes_at_all_are_refused_in_words(project: Project, tmp_path: Path, file: str, written: bytes) -> None:
    count = Count()
    read = readers(project.content, tmp_path)[file]
    feed(f"{file} any bytes", written, read, tmp_path / f"any{Path(file).suffix}", project.content, count)
    assert count.bugs == []


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
TREES = st.recursive(SCALARS, lambda tree: st.lists(tree, max_size=4) | st.dictionaries(st.text(max_size=8), tree, max_size=4), max_leaves=12)  # fmt: skip


@pytest.mark.parametrize("file", YAML_FILES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), tree=TREES)
def test_any_value_at_any_place_is_refused_or_sound(
    project: Project, tmp_path: Path, file: str, data: st.DataObject, tree: Any
) -> None:
    """A good file in which one value, at any depth, is replaced by any tree of values."""
    whole = YAML(typ="safe", pure=True).load(piece(random.Random(0), file, real_texts()))
    node = whole
    while True:
        key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
        if not isinstance(node[key], dict | list) or not node[key] or data.draw(st.integers(0, 3)) == 0:
            break
        node = node[key]
    node[key] = tree
    count = Count()
    written = json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")
    feed(
        f"{file} any value",
        written,
        readers(project.content, tmp_path)[file],
        tmp_path / "any.yaml",
        project.content,
        count,
    )
    assert count.bugs == []
