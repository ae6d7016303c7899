"""The parts of the installation: what runs without them, and the line that is told where one is missing."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from conftest import ROOT
from without import without
from xinzhi.cli import commands
from xinzhi.cli.ending import REFUSED, ended
from xinzhi.extras import PARTS, MissingPartError, need_part
from xinzhi.project import Project

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
OPTIONAL = [package for packages in PARTS.values() for package in packages if package != "google"]


@pytest.fixture
def core() -> Iterator[None]:
    with without(OPTIONAL):
        yield


def run(capsys: pytest.CaptureFixture[str], *arguments: str, lang: str = "en") -> tuple[int, str, str]:
    """The shell's exit code and what it says, in this process."""
    code = ended(lambda: commands(lang).main([*arguments], prog_name="xinzhi", standalone_mode=False), lang)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_every_part_is_an_extra_that_brings_its_packages() -> None:
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    for part, packages in PARTS.items():
        brought = {Requirement(text).name.lower() for text in EXTRAS[part]}
        for package in packages:
            assert brought & {name.lower() for name in owners.get(package, [package])}, f"{part}: {package}"
    assert Requirement(EXTRAS["all"][0]).extras == set(PARTS)


def test_the_core_judges_runs_compares_and_checks(
    core: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for arguments in (
        ["targets"], ["compare", "baseline", "rd-first"], ["check"],
        ["run", "-o", str(tmp_path / "run.xlsx")], ["run", "-o", str(tmp_path / "run.csv")],
        ["simulate", str(ROOT / "model" / "hubei.mdl"), "-o", str(tmp_path / "model.csv")],
    ):  # fmt: skip
        code, _, told = run(capsys, *arguments)
        assert code == 0, f"{arguments}: {told}"
    assert {path.name for path in tmp_path.iterdir()} == {"run.xlsx", "run.csv", "model.csv"}


def test_the_core_draws_in_a_font_of_the_machine(
    core: None, monkeypatch: pytest.MonkeyPatch, project: Project, tmp_path: Path
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


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["odds"], "studies"),
        (["robustness", "baseline", "rd-first"], "studies"),
        (["run", "-o", "run.parquet"], "studies"),
        (["run", "-o", "run.nc"], "studies"),
        (["app"], "app"),
        (["book", "-o", "book"], "book"),
        (["ensemble", "--runs", "10", "-o", "ensemble", "--workers", "1"], "cluster"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_command_without_its_part_says_the_line_to_type(
    arguments: list[str], part: str, lang: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    with without(PARTS[part]):
        code, _, told = run(capsys, *arguments, "--project", str(ROOT), lang=lang)
    sentence = told.strip().splitlines()[-1]
    begins = f'this needs the part "{part}" (' if lang == "en" else f"此功能需要组件“{part}”（"
    assert code == REFUSED and sentence.startswith(begins), told
    assert f'pip install "xinzhi[{part}]"' in sentence and "Traceback" not in told
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]  # nothing half-written


def test_python_without_a_part_raises_the_same_sentence(project: Project, tmp_path: Path) -> None:
    answer = project.study("odds", members=200)
    asked: list[Callable[[], object]] = [
        lambda: project.odds(members=200),
        lambda: project.study("odds", members=200),
        lambda: answer.save(tmp_path / "odds.parquet"),
        lambda: answer.save(tmp_path / "odds.nc"),
    ]
    with without(OPTIONAL):
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
