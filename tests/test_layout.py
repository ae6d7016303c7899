"""How the source is laid out: names of modules, their length, and values that carry the field's word.

Each limit is what stands now: it may be lowered, never raised.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "xinzhi"
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_REPEATED = 5
LONGEST = 400
LONG: dict[str, int] = {}
LONGEST_FUNCTION = 60
LONG_FUNCTIONS = 9
BARE = {"found", "it", "given", "told", "ahead", "sent"}
SPAN = 3  # lines that such a name may live
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | ast.Module | COMPREHENSIONS
MOST_BARE = 0


def short(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def repeated() -> dict[str, list[str]]:
    """Names of modules that stand in several folders, and where."""
    stems = Counter(path.stem for path in MODULES if path.stem not in {"__init__", "__main__"})
    return {stem: [short(path) for path in MODULES if path.stem == stem] for stem, count in stems.items() if count > 1}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def bare_names(tree: ast.AST) -> list[tuple[int, str, int]]:
    """Line, name and lines of life of each `BARE` name that a scope uses over more than `SPAN` lines.

    A name lives from where it is bound (as a parameter, by an assignment, a loop, a ``with``, a comprehension) to its
    last use in the same scope and in the scopes within that do not bind it anew.
    """
    return [life for scope in ast.walk(tree) if isinstance(scope, SCOPES) for life in _of_scope(scope)]


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the scopes within that bind anew."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, SCOPES):
            yield from _own(child)


def _bound(scope: ast.AST) -> set[str]:
    """The `BARE` names that a scope binds itself."""
    names = {node.id for node in _own(scope) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        arguments = scope.args
        names |= {it.arg for it in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        names |= {it.arg for it in (arguments.vararg, arguments.kwarg) if it is not None}
    return names & BARE


def _lines(scope: ast.AST, name: str) -> Iterator[int]:
    """Where a name that a scope binds is read or written, in it and in scopes within that do not bind it anew."""
    for node in _own(scope):
        if (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.arg) and node.arg == name):
            yield node.lineno
        elif isinstance(node, SCOPES) and name not in _bound(node):
            yield from _lines(node, name)


def _of_scope(scope: ast.AST) -> Iterator[tuple[int, str, int]]:
    for name in sorted(_bound(scope)):
        lines = list(_lines(scope, name))
        if lines and max(lines) - min(lines) > SPAN:
            yield min(lines), name, max(lines) - min(lines)


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {short(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def test_few_names_of_modules_stand_in_several_folders() -> None:
    several = repeated()
    print("\n".join(f"{stem}: {', '.join(paths)}" for stem, paths in several.items()))
    assert len(several) <= MOST_REPEATED, several


def test_a_module_is_read_in_one_sitting() -> None:
    lengths = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    long = {name: count for name, count in lengths.items() if count >= LONGEST}
    print(long)
    assert {name: count for name, count in long.items() if count > LONG.get(name, LONGEST - 1)} == {}


def test_a_function_is_short(trees: dict[str, ast.Module]) -> None:
    long = {
        f"{name}:{node.lineno} {node.name}": length
        for name, tree in trees.items()
        for node in functions(tree)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    print(sorted(long.items(), key=lambda pair: -pair[1]))
    assert len(long) <= LONG_FUNCTIONS, long


def test_a_value_that_lives_longer_than_three_lines_carries_the_field_s_word(trees: dict[str, ast.Module]) -> None:
    bare = [
        f"{name}:{line} {word} ({span} lines)" for name, tree in trees.items() for line, word, span in bare_names(tree)
    ]
    print("\n".join(bare))
    assert len(bare) <= MOST_BARE, f"{len(bare)} of at most {MOST_BARE}:\n" + "\n".join(bare)


@pytest.mark.parametrize(
    ("written", "lives"),
    [
        ("def f():\n    found = 1\n    a = 2\n    b = 3\n    return found\n", []),
        ("def f():\n    found = 1\n    a = 2\n    b = 3\n    c = 4\n    return found\n", [(2, "found", 4)]),
        ("def f(it):\n    a = 1\n    b = 2\n    c = 3\n    return lambda: it\n", [(1, "it", 4)]),
        ("def f(rows):\n    a = [it for it in rows]\n    b = 1\n    c = 2\n    d = 3\n    return [it for it in a]\n", []),
        ("def f(rows):\n    for told in rows:\n        a = 1\n        b = 2\n        c = 3\n        d = told\n",
         [(2, "told", 4)]),
        ("def f():\n    with a() as sent:\n        b\n        c\n        d\n        sent()\n", [(2, "sent", 4)]),
        ("def f(word):\n    a = 1\n    b = 2\n    c = 3\n    return word\n", []),
    ],
)  # fmt: skip
def test_the_life_of_a_name_is_measured(written: str, lives: list[tuple[int, str, int]]) -> None:
    assert bare_names(ast.parse(written)) == lives


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_modules_that_the_architecture_names_are_there(lang: str) -> None:
    text = (SOURCE.parents[1] / "docs" / f"architecture.{lang}.md").read_text(encoding="utf-8")
    names = {path.name for path in MODULES} | {path.name for path in (SOURCE / "dashboard/component/src").iterdir()}
    folders = {path.parent.relative_to(SOURCE).as_posix() for path in MODULES}
    for written in re.findall(r"`([\w/]+\.(?:py|js))`", text):
        if written.startswith(("tests/", "scripts/")):
            assert (SOURCE.parents[1] / written).is_file(), written
            continue
        assert Path(written).name in names, written
        if "/" in written:
            assert (SOURCE / written).is_file(), written
    for folder in re.findall(r"`([\w/]+)/`", text):
        assert folder in folders or (SOURCE.parents[1] / folder).is_dir() or (SOURCE / folder).is_dir(), folder
