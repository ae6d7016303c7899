"""The parts of the installation: what runs without them, and the line that is told where one is missing."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from conftest import ROOT
from without import without
from xinzhi.cli.ending import REFUSED, ended
from xinzhi.extras import PARTS, MissingPartError, need_part
from xinzhi.project import Project
from xinzhi.show.words import LANGS

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
OPTIONAL = [package for packages in PARTS.values() for package in packages if package != "google"]


CORE = (
    ["targets"], ["compare", "baseline", "rd-first"], ["check"], ["run", "-o", "run.xlsx"], ["run", "-o", "run.csv"],
    ["simulate", str(ROOT / "model" / "hubei.mdl"), "--save", "TIME STEP", "-o", "model.csv"],
)  # fmt: skip
ASKED = (
    (["odds"], "studies"),
    (["robustness", "baseline", "rd-first"], "studies"),
    (["run", "-o", "run.parquet"], "studies"),
    (["run", "-o", "run.nc"], "studies"),
    (["app"], "app"),
    (["book", "--folder", "book"], "book"),
    (["ensemble", "--runs", "10", "--folder", "ensemble", "--workers", "1"], "cluster"),
)
SCRIPT = """
import contextlib, io, json, sys
sys.path.insert(0, sys.argv[1])
from without import without

def run(lang, arguments):
    from xinzhi.cli import commands
    from xinzhi.cli.ending import ended

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        code = ended(lambda: commands(lang).main(arguments, prog_name="xinzhi", standalone_mode=False), lang)
    return [code, told.getvalue()]

for hidden, lang, arguments in json.load(sys.stdin):
    with without(hidden):
        print(json.dumps(run(lang, arguments)), flush=True)
"""
Said = dict[tuple[str, ...], tuple[int, str]]


@pytest.fixture(scope="module")
def said(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Exit code and sentence by language and command, all of one process that began without the parts' packages."""
    project.run()  # into the cache
    cases = [(OPTIONAL, "en", [*arguments, *at(arguments)]) for arguments in CORE]
    cases += [(PARTS[part], lang, [*arguments, *at(arguments)]) for arguments, part in ASKED for lang in LANGS]
    folder = tmp_path_factory.mktemp("parts")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(ROOT / "tests")],
        cwd=folder, input=json.dumps(cases), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {path.name for path in folder.rglob("*")} == {"run.xlsx", "run.csv", "model.csv"}  # nothing half-written
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {(lang, *arguments): (code, told) for (_, lang, arguments), (code, told) in zip(cases, answers, strict=True)}


def at(arguments: list[str]) -> list[str]:
    """The option that names the project, where the command has one."""
    return [] if arguments[0] == "simulate" else ["--project", str(ROOT)]


def test_every_part_is_an_extra_that_brings_its_packages() -> None:
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    for part, packages in PARTS.items():
        brought = {Requirement(text).name.lower() for text in EXTRAS[part]}
        for package in packages:
            assert brought & {name.lower().replace("_", "-") for name in owners.get(package, [package])}, (
                f"{part}: {package}"
            )
    assert Requirement(EXTRAS["all"][0]).extras == set(PARTS)


def test_the_core_judges_runs_compares_and_checks(said: Said) -> None:
    answers = {" ".join(arguments): said["en", *arguments, *at(arguments)] for arguments in CORE}
    assert {command: told for command, (code, told) in answers.items() if code != 0} == {}


def test_the_core_draws_in_a_font_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from matplotlib.font_manager import FontEntry, fontManager

    from xinzhi.show import fonts

    monkeypatch.setattr(fonts, "find_spec", lambda _: None)
    fonts.font_file.cache_clear()
    deja = next(entry.fname for entry in fontManager.ttflist if entry.name == "DejaVu Sans")
    monkeypatch.setattr(fontManager, "ttflist", [FontEntry(fname=deja, name="SimHei")])
    try:
        assert fonts.font_file() == Path(deja)
        monkeypatch.setattr(fontManager, "ttflist", [])
        fonts.font_file.cache_clear()
        with pytest.raises(MissingPartError, match=r'pip install "xinzhi\[fonts\]"'):
            fonts.font_file()
    finally:
        fonts.font_file.cache_clear()


@pytest.mark.parametrize(("arguments", "part"), ASKED, ids=lambda it: it if isinstance(it, str) else " ".join(it))
@pytest.mark.parametrize("lang", LANGS)
def test_a_command_without_its_part_says_the_line_to_type(
    arguments: list[str], part: str, lang: str, said: Said
) -> None:
    code, told = said[lang, *arguments, *at(arguments)]
    sentence = told.strip().splitlines()[-1]
    begins = f'this needs the part "{part}" (' if lang == "en" else f"此功能需要组件“{part}”（"
    assert code == REFUSED and sentence.startswith(begins), told
    assert f'pip install "xinzhi[{part}]"' in sentence and "Traceback" not in told


def test_python_without_a_part_raises_the_same_sentence(project: Project, tmp_path: Path) -> None:
    answer = project.study("odds", members=200)
    asked: list[Callable[[], object]] = [
        lambda: project.odds(members=200),
        lambda: project.study("odds", members=200),
        lambda: answer.save(tmp_path / "odds.parquet"),
        lambda: answer.save(tmp_path / "odds.nc"),
    ]
    with without(PARTS["studies"]):
        for work in asked:
            with pytest.raises(MissingPartError, match=r'part "studies" .*pip install "xinzhi\[studies\]"'):
                work()
    assert list(tmp_path.iterdir()) == []


def test_what_is_installed_is_not_missed() -> None:
    for part in ("", *PARTS):
        need_part(part)
    with without(["pyarrow"]), pytest.raises(MissingPartError, match="pyarrow is not installed"):
        need_part("studies")


def test_another_package_that_is_missing_stays_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        import no_such_package  # type: ignore[import-not-found]  # noqa: F401

    assert ended(broken, "en") == 70
    assert "this is a fault of xinzhi itself" in capsys.readouterr().err
