"""What all tests share: the real project, a cache of their own, a way to run the shell command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("XINZHI_ENGINE", "llvm")


LONG = ("test_fuzz.py", "test_documents.py", "test_charts.py", "test_validation.py", "test_drivers.py",
        "test_ensembles.py", "test_fit.py", "test_wasm.py", "test_broken.py")  # fmt: skip
APART = ("test_fuzz.py", "test_documents.py", "test_charts.py", "test_broken.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two workers are done at the same time: `LONG` files begin first, and those of `APART` are not one worker's alone.

    The tests of any other file share what they have made, so one worker runs them all (pytest -n auto --dist loadgroup
    --no-loadscope-reorder).
    """
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
    for item in items:
        if item.path.name not in APART:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder of this test session, so that no test leans on what an earlier one left.

    ``make mutants`` names one that is kept: what was parsed once is not parsed again for each mutant.
    """
    kept = os.environ.get("XINZHI_TEST_CACHE")
    if kept:
        folder = Path(kept)
    elif "PYTEST_XDIST_WORKER" in os.environ:  # one for all workers: what one has parsed, compiled or drawn serves all
        folder = tmp_path_factory.getbasetemp().parent / "cache"
    else:
        folder = tmp_path_factory.mktemp("cache")
    folder.mkdir(exist_ok=True)
    os.environ["XINZHI_CACHE"] = str(folder)
    yield folder
    del os.environ["XINZHI_CACHE"]


@pytest.fixture(scope="module", autouse=True)
def main_module() -> Iterator[None]:
    """Streamlit's AppTest leaves its script as ``__main__``, which every child process begun later would run anew."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def project(own_cache: Path):
    """The real project of this checkout."""
    import xinzhi

    return xinzhi.load_project(ROOT)


@pytest.fixture(scope="session")
def shell(own_cache: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``xinzhi`` as a user does, in a process of its own, by default in the checkout and in English."""

    def run(
        *arguments: str, cwd: Path = ROOT, lang: str = "en", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "xinzhi", *arguments],
            cwd=cwd,
            env={**os.environ, "LC_ALL": "zh_CN.UTF-8" if lang == "zh" else "C.UTF-8", **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def server(own_cache: Path) -> Iterator[str]:
    from browser import serve

    with serve() as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from browser import find_chromium, launch_chromium

    if find_chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium, and under CI the browser tests have to run")
        pytest.skip("there is no Chromium on this machine (install Debian's chromium)")
    with launch_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the screenshots go: $XINZHI_SCREENSHOTS, or a folder that is thrown away."""
    folder = Path(os.environ.get("XINZHI_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
