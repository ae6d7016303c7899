"""The built wheel and sdist: what they carry, and that every command runs from them with nothing else installed.

The environments made here hold the wheel and links to what pyproject.toml asks for, the core alone or with parts, taken
from the environment of the tests: no network is needed, and what is only in another extra is not there.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import xinzhi
from conftest import ROOT
from visitor import Visitor, app_command, free_port, served
from xinzhi.content.files import FOLDERS
from xinzhi.content.folder import SCHEMAS
from xinzhi.extras import PARTS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MEASURED = 720  # megabytes that the core takes; PySD and what it asks for are 372, llvmlite 181, Matplotlib 102 of them
PICTURES = (".png", ".svg", ".jpg", ".pdf", ".gif", ".webp")
BIN, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")


def tracked() -> list[str]:
    """The checkout's files that a built package may come from, as git knows them."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("this is no git checkout")
    return [name for name in done.stdout.decode().splitlines() if (ROOT / name).is_file()]


def files(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def hatchling(folder: Path, target: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(target)], cwd=folder, check=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheel and the sdist, built from a copy of the checkout."""
    folder, target = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("built")
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    hatchling(folder, target)
    return target


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


def needed(requirements: Iterable[str], extras: frozenset[str] = frozenset()) -> dict[str, Distribution]:
    """The distributions that ``requirements`` ask for, with all that those ask for."""
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(text), extras) for text in requirements]
    seen = set()
    while waiting:
        requirement, asked = waiting.pop()
        markers = [{"extra": extra} for extra in (asked or {""})]
        if requirement.marker and not any(requirement.marker.evaluate(marker) for marker in markers):
            continue
        key = (requirement.name.lower(), frozenset(requirement.extras))
        if key not in seen:
            seen.add(key)
            found[requirement.name.lower()] = distribution(requirement.name)
            waiting += [(Requirement(text), key[1]) for text in distribution(requirement.name).requires or ()]
    return found


def link(distributions: Iterable[Distribution], site_packages: Path) -> None:
    """Make installed distributions known to another environment, without their commands."""
    for found in distributions:
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}:
            if not (site_packages / top).exists():
                (site_packages / top).symlink_to(Path(str(found.locate_file(top))))


def asked_for(*parts: str) -> list[str]:
    """What pyproject.toml asks for: by the core, and by parts."""
    return [*PROJECT["dependencies"], *(text for part in parts for text in PROJECT["optional-dependencies"][part])]


def empty_environment(folder: Path, *parts: str) -> Path:
    """A virtual environment with the packages of the core and of ``parts`` and no other; its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / BIN / f"python{EXE}"
    asked = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    link(needed(asked_for(*parts)).values(), Path(asked.stdout.strip()))
    return python


def install(wheel: Path, folder: Path, *parts: str) -> Path:
    """The Python of an environment with the wheel and its ``parts`` in it."""
    python = empty_environment(folder, *parts)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--quiet"]
    # Without --no-deps: pip itself has to find that nothing is missing.
    subprocess.run([*pip, "install", "--no-index", f"{wheel}[{','.join(parts)}]" if parts else str(wheel)], check=True)
    return python


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with all that ``make app`` installs."""
    return install(wheel, tmp_path_factory.mktemp("environment"), "app", "studies")


def test_the_core_alone_runs_a_model_and_says_what_a_study_needs(wheel: Path, tmp_path: Path) -> None:
    python = install(wheel, tmp_path / "core")
    code = f"import xinzhi; print(len(xinzhi.load_model({str(ROOT / 'model' / 'hubei.mdl')!r}).run()))"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    ran = subprocess.run(
        [python, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0 and int(ran.stdout) > 10, ran.stderr
    assert 'pip install "xinzhi[studies]"' in call(python, "odds", cwd=tmp_path, code=2).stderr


def test_the_core_asks_for_no_package_of_a_part_and_stays_as_small_as_it_is() -> None:
    core = needed(asked_for())
    named = {canonical(Requirement(text).name) for part in PARTS for text in asked_for(part)[len(asked_for()) :]}
    assert {canonical(name) for name in core} & named == set()
    files = [Path(str(file.locate())) for package in core.values() for file in package.files or ()]
    assert sum(file.stat().st_blocks * 512 for file in files if file.is_file()) < MEASURED * 1e6


def call(python: Path, *arguments: str, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = python.with_name(f"xinzhi{EXE}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [command, *arguments],
        cwd=cwd,
        env={**environment, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done


def test_the_wheel_carries_code_and_content_and_nothing_else(wheel: Path) -> None:
    carried = {name for name in files(wheel) if not name.startswith(f"xinzhi-{xinzhi.__version__}.dist-info/")}
    expected = {name.removeprefix("src/") for name in tracked() if name.startswith("src/xinzhi/")}
    expected |= {
        f"xinzhi/bundled/{name}" for name in tracked() if name.startswith(tuple(f"{f}/" for f in (*FOLDERS, SCHEMAS)))
    }
    assert carried == expected
    assert not [name for name in carried if name.endswith(PICTURES) or re.search(r"(^|/)tests?[_/]", name)]


def test_the_sdist_builds_the_same_wheel(built: Path, wheel: Path, tmp_path: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    hatchling(unpacked, tmp_path / "again")
    (again,) = (tmp_path / "again").glob("*.whl")
    assert files(again) == files(wheel)
    for name in ("tests/conftest.py", "README.zh.md", "constraints.txt", "LICENSE"):
        assert (unpacked / name).is_file(), name


def test_every_command_runs_from_the_wheel_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    bundle = str(Path("xinzhi") / "bundled")
    told = call(installed, "targets", "baseline", "rd-first", cwd=tmp_path)
    assert re.search(rf"^Project: .*{re.escape(bundle)}$", told.stderr, re.MULTILINE)
    assert str(ROOT) not in told.stderr
    assert len(json.loads(call(installed, "targets", "--json", cwd=tmp_path).stdout)) == 65
    commands = [["run", "rd-first", "-o", f"run.{suffix}"] for suffix in ("csv", "xlsx", "parquet", "nc", "json")]
    commands += [
        ["chart", "rd_expenditure", "-s", "rd-first", "-o", f"chart.{suffix}", "--lang", "zh"]
        for suffix in ("png", "svg", "pdf")
    ]
    with ThreadPoolExecutor(2) as both_cores:
        list(both_cores.map(lambda command: call(installed, *command, cwd=tmp_path), commands))
    assert {path.suffix for path in tmp_path.iterdir() if path.stat().st_size > 100} == {
        ".csv", ".xlsx", ".parquet", ".nc", ".json", ".png", ".svg", ".pdf",
    }  # fmt: skip
    assert "rd-first" in call(installed, "compare", "baseline", "rd-first", "--json", cwd=tmp_path).stdout
    assert "Accuracy" in call(installed, "check", cwd=tmp_path).stdout
    assert xinzhi.__version__ in call(installed, "--version", cwd=tmp_path).stdout


def test_init_gives_the_three_folders_from_the_wheel(installed: Path, tmp_path: Path) -> None:
    call(installed, "init", "wuhan", cwd=tmp_path)
    assert sorted(path.name for path in (tmp_path / "wuhan").iterdir()) == sorted([*FOLDERS, SCHEMAS])
    told = call(installed, "check", cwd=tmp_path / "wuhan").stderr
    assert str(tmp_path / "wuhan") in told


def test_the_page_runs_from_the_wheel_with_its_own_colours(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    page = f"http://127.0.0.1:{port}"
    with (
        served(app_command(port, python=installed), f"{page}/_stcore/health", cwd=tmp_path),
        Visitor(page) as visitor,
    ):
        assert visitor.failures == [] and len(visitor.sliders) == 7  # the open group's
        assert visitor.theme.primary_color == "#0072B2"


def test_page_and_launcher_have_the_same_settings() -> None:
    ours, launchers = (ROOT / folder / ".streamlit/config.toml" for folder in ("src/xinzhi/dashboard", "."))
    assert ours.read_bytes() == launchers.read_bytes()


def test_no_module_imports_what_neither_the_core_nor_a_part_brings() -> None:
    named = {canonical(Requirement(text).name) for text in asked_for(*PARTS)} | {"pysimlin"}  # 42 MB for one test
    owners = packages_distributions()
    for path in (ROOT / "src").rglob("*.py"):
        for top in imported(path) - sys.stdlib_module_names - {"xinzhi"}:
            packages = {canonical(name) for name in owners[top]}
            assert packages & named, f"{path}: {top} is not in the dependencies that pyproject.toml names"


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports anywhere."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_every_place_names_the_same_version() -> None:
    from ruamel.yaml import YAML

    citation = YAML(typ="safe").load(ROOT / "CITATION.cff")
    assert {"cff-version", "message", "title", "authors", "version", "license"} <= set(citation)
    assert citation["cff-version"] == "1.2.0" and citation["license"] == PROJECT["license"]
    newest = re.findall(r"^## \[(\d[^\]]*)\] - ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[0]
    assert {xinzhi.__version__, str(citation["version"]), newest} == {PROJECT["version"]}


# What the README says on installing


def section(page: str, position: int) -> list[str]:
    """The shell lines of the README's section on installing (0) or on installing offline (1), in each language."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) if "venv" in block]
    return [line.partition("  #")[0].strip() for line in blocks[position].splitlines()]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, as a user has it."""
    folder = tmp_path_factory.mktemp("copy")
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def run_line(line: str, folder: Path, **settings: str) -> None:
    """One line of the README, with no network: pip builds with the hatchling that is linked into the environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # python3 is the tests' own
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    done = subprocess.run(
        line,
        shell=True,
        cwd=folder,
        env={**environment, **offline, "PATH": path, "LC_ALL": "C.UTF-8", **settings},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    if line.startswith("python3 -m venv "):
        (site,) = (folder / line.split()[-1]).glob("lib/python*/site-packages")
        link(needed([*asked_for("app", "studies"), "hatchling"]).values(), site)


@pytest.mark.skipif(os.name == "nt", reason="the lines are for macOS and Linux")
def test_the_readmes_lines_on_installing_run(checkout: Path) -> None:
    lines = section("README.md", 0)
    assert lines[-1] == "xinzhi-env/bin/xinzhi app" and len(lines) == 3
    for line in lines[:-1]:
        run_line(line, checkout)
    call(checkout / "xinzhi-env/bin/python", "targets", cwd=checkout.parent)


@pytest.mark.skipif(os.name == "nt", reason="the lines are for macOS and Linux")
def test_the_readmes_lines_on_installing_offline_run(checkout: Path, tmp_path: Path) -> None:
    make_environment, (here, *there) = section("README.md", 0)[0], section("README.md", 1)
    if not (checkout / "xinzhi-env").is_dir():
        run_line(make_environment, checkout)
    run_line(here, checkout, PIP_NO_DEPS="1")  # the other packages would come from the network
    shutil.copytree(checkout / "xinzhi-offline", tmp_path / "xinzhi-offline")
    for line in there:
        run_line(line, tmp_path)
    call(tmp_path / "xinzhi-env/bin/python", "targets", cwd=tmp_path)


def test_the_windows_lines_say_the_same_as_the_others() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    windows = re.findall(r"^```powershell\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    others = [block for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) if "venv" in block]

    def bare(block: str) -> list[str]:
        kept = re.sub(r"\s+#.*", "", block).replace("xinzhi-env\\Scripts\\", "xinzhi-env/bin/")
        return re.sub(r"^py ", "python3 ", kept, flags=re.MULTILINE).split("\n")

    assert [bare(block) for block in windows] == [bare(block) for block in others]
