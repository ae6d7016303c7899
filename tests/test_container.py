"""The Containerfile: linted everywhere; built and run where a container tool works and the base image is to be had."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from conftest import ROOT
from visitor import Visitor, fetch, free_port

FILE = ROOT / "Containerfile"
TEXT = FILE.read_text(encoding="utf-8")


def words_of(instruction: str) -> list[str]:
    """What stands behind every instruction of this name, continued lines joined."""
    return re.findall(rf"^{instruction} +(.*)$", TEXT.replace("\\\n", ""), re.MULTILINE)


def commands() -> list[str]:
    """The two commands that the file's head names."""
    return re.findall(r"^#   (podman .*)$", TEXT, re.MULTILINE)


def test_the_linter_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.is_file():
        pytest.skip("hadolint comes with the dev extra on Linux alone")
    done = subprocess.run([hadolint, "--no-color", str(FILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_starts_from_debian_and_runs_without_rights() -> None:
    assert re.search(r"^FROM debian:\w+-slim AS base$", TEXT, re.MULTILINE)
    assert all(line.startswith("base") for line in words_of("FROM")[1:])
    (user,) = words_of("USER")
    assert int(user) >= 10000 and f"--uid {user}" in TEXT


def test_everything_it_copies_is_there() -> None:
    for line in words_of("COPY"):
        if not line.startswith("--from="):
            for name in line.split()[:-1]:
                assert (ROOT / name).exists(), name


@pytest.mark.parametrize(("path", "asked"), [("", "/_stcore/health"), ("/xinzhi/", "/xinzhi/_stcore/health")])
def test_the_health_check_asks_the_page_that_is_served(path: str, asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (line,), (port,), (served,) = (words_of(name) for name in ("HEALTHCHECK", "EXPOSE", "CMD"))
    program, flag, code = json.loads(line.partition("CMD ")[2])
    assert (program, flag) == ("python3", "-c")
    assert json.loads(served)[-2:] == ["--port", port]
    urls: list[str] = []
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, **_: urls.append(url))
    monkeypatch.setenv("XINZHI_BASE_PATH", path)
    exec(compile(code, "HEALTHCHECK", "exec"), {})
    assert urls == [f"http://127.0.0.1:{port}{asked}"]


def test_the_documents_give_the_same_two_commands() -> None:
    assert len(commands()) == 2
    for page in ("serving.en.md", "serving.zh.md"):
        assert "\n".join(commands()) in (ROOT / "docs" / page).read_text(encoding="utf-8"), page


@pytest.fixture
def tool() -> str:
    """A container tool that answers and can run the base image."""
    base = words_of("FROM")[0].split()[0]
    found = [name for name in ("podman", "docker") if shutil.which(name)]
    answers = [
        name for name in found if subprocess.run([name, "info"], capture_output=True, check=False).returncode == 0
    ]
    if not answers:
        pytest.skip(f"no container tool answers `info` on this machine (found: {', '.join(found) or 'none'})")
    try:
        done = subprocess.run(
            [answers[0], "run", "--rm", base, "true"], capture_output=True, text=True, timeout=180, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"{answers[0]} cannot fetch {base} here")
    if done.returncode != 0:
        pytest.skip(f"{answers[0]} cannot run {base} here: {done.stderr.strip().splitlines()[-1]}")
    return answers[0]


def test_the_two_commands_build_and_serve(tool: str) -> None:
    build, run = (shlex.split(command)[1:] for command in commands())
    if tool == "docker":
        build = [*(word for word in build if word not in ("--format", "docker")), "-f", FILE.name]
    port, name = free_port(), "xinzhi-under-test"
    run[run.index("127.0.0.1:8501:8501")] = f"127.0.0.1:{port}:8501"
    image = build[build.index("-t") + 1]
    subprocess.run([tool, *build], cwd=ROOT, check=True, timeout=1500)
    subprocess.run([tool, *run[:-1], "--detach", "--name", name, image], check=True, timeout=60)
    try:
        page = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                assert fetch(f"{page}/_stcore/health") == b"ok"
                break
            except OSError:
                time.sleep(0.3)
        with Visitor(page) as visitor:
            assert visitor.failures == [] and len(visitor.sliders) == 35
        done = subprocess.run([tool, "exec", name, "id", "-u"], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == words_of("USER")[0]
        start = time.monotonic()
        subprocess.run([tool, "stop", name], check=True, capture_output=True)
        assert time.monotonic() - start < 8  # a stop is heard, not waited out
    finally:
        subprocess.run([tool, "rm", "-f", name], capture_output=True, check=False)
