"""What the shell prints arrives, whatever the charset and wherever it goes; and every way to end has its own code."""

from __future__ import annotations

import codecs
import contextlib
import functools
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

import xinzhi.project
from xinzhi import cli
from xinzhi.content.reading import read_content
from xinzhi.project import Project
from xinzhi.show.streams import NEAREST, Stream

ROOT = Path(__file__).parents[1]
CHARSETS = ("gbk", "cp1252", "cp437", "ascii")
SMALL = {
    "anchor": [],
    "chart": ["gdp_nominal", "-o", "{folder}/chart.svg"],
    "compare": ["rd-first"],
    "design": ["--runs", "5", "-o", "{folder}/design.parquet"],
    "discover": ["key_technologies", "plan-as-written", "--members", "500"],
    "ensemble": ["--runs", "100", "--folder", "{folder}/ensemble"],
    "explain": ["nominal", "GDP"],
    "init": ["{folder}/copy"],
    "observe": ["--members", "100"],
    "odds": ["--members", "100"],
    "robustness": ["rd-first", "--members", "100"],
    "schema": ["-o", "{folder}/schemas"],
    "sensitivity": ["--method", "local"],
    "simulate": ["{model}"],
}
LONG = {  # what they compute takes minutes: their help, and what they say of a folder that is none
    "app": ["--project", "{folder}/none"],
    "book": ["--folder", "{folder}/book", "--project", "{folder}/none"],
    "backtest": ["--project", "{folder}/none"],
    "fit": ["--project", "{folder}/none"],
    "follow": ["--project", "{folder}/none"],
    "recover": ["--project", "{folder}/none"],
    "validate": ["--project", "{folder}/none"],
}
TEACUP = """{UTF-8}
茶温=INTEG(-失热,90) ~~|
失热=(茶温-20)/10 ~~|
INITIAL TIME=0 ~~|
FINAL TIME=3 ~~|
TIME STEP=1 ~~|
SAVEPER=1 ~~|
"""


@dataclass(frozen=True)
class Done:
    """How a command ended and what arrived."""

    code: int
    out: bytes
    said: bytes


class Remembering:
    """A project that computes everything once: what is tried here is how it is printed."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.known: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.project, name)
        if not callable(found) or name == "simulator":
            return found

        def remembered(*given: Any, **named: Any) -> Any:
            shown = [getattr(it, "scenario", it) for it in given]
            key = f"{name} {shown} {[(key, it) for key, it in named.items() if not callable(it)]}"
            if key not in self.known:
                self.known[key] = found(*given, **named)
            return self.known[key]

        return remembered


@contextlib.contextmanager
def to_file(folder: Path) -> Iterator[tuple[int, Callable[[], bytes]]]:
    path = folder / "printed"
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    yield number, path.read_bytes


@contextlib.contextmanager
def to_pipe(_folder: Path) -> Iterator[tuple[int, Callable[[], bytes]]]:
    near, far = os.pipe()
    found = io.BytesIO()

    def read() -> None:
        while part := os.read(near, 65536):
            found.write(part)
        os.close(near)

    reader = threading.Thread(target=read)
    reader.start()

    def arrived() -> bytes:
        reader.join(20)
        return found.getvalue()

    yield far, arrived


@contextlib.contextmanager
def to_nobody(_folder: Path) -> Iterator[tuple[int, Callable[[], bytes]]]:
    near, far = os.pipe()
    os.close(near)
    yield far, bytes


def run(sink: Any, charset: str, folder: Path, *arguments: str) -> Done:
    """A command as its process runs it, printing to ``sink`` in ``charset`` as Python would open it."""
    before = sys.stdout, sys.stderr, sys.argv
    with sink(folder) as (number, arrived), to_pipe(folder) as (notes, said):
        try:
            sys.argv = ["xinzhi", *arguments]
            sys.stdout = os.fdopen(number, "w", encoding=charset)
            sys.stderr = os.fdopen(notes, "w", encoding=charset, errors="backslashreplace")
            with pytest.raises(SystemExit) as ended:
                cli.main()
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError):
                    stream.close()
            sys.stdout, sys.stderr, sys.argv = before
        return Done(ended.value.code, arrived(), said())


@pytest.fixture(scope="module")
def scene(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., list[str]]]:
    """Gives the arguments of a command; the project is opened and its results are made once."""
    folder = tmp_path_factory.mktemp("printing")
    model = folder / "茶.mdl"
    model.write_text(TEACUP, encoding="utf-8")
    remembering = Remembering(project)
    reading = functools.lru_cache(lambda _folder, _store: read_content(ROOT, _store))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(xinzhi.project, "load_project", lambda _path=None: remembering)
        patch.setattr("xinzhi.content.reading.read_content", reading)

        def arguments(name: str, tag: str = "") -> list[str]:
            given = {**SMALL, **LONG}.get(name, [])
            there = folder / tag
            there.mkdir(exist_ok=True)
            return [name, *(it.format(folder=there, model=model) for it in given), "--lang", "zh"]

        yield arguments


NAMES = sorted(cli.commands("zh").commands)
PRINT_JSON = [
    name
    for name, command in cli.commands("zh").commands.items()
    if name not in LONG
    and any("--json" in option.opts for option in command.params if isinstance(option, click.Option))
]


@pytest.fixture(scope="module")
def plain(scene: Callable[..., list[str]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    """What every command prints in UTF-8, into a pipe."""
    folder = tmp_path_factory.mktemp("plain")
    found = {name: run(to_pipe, "utf-8", folder, *scene(name, "plain")) for name in NAMES}
    found |= {f"{name} --json": run(to_pipe, "utf-8", folder, *scene(name, "json"), "--json") for name in PRINT_JSON}
    found |= {f"{name} --help": run(to_pipe, "utf-8", folder, name, "--help", "--lang", "zh") for name in NAMES}
    return found


def test_every_command_runs_here_or_is_said_to_take_long(plain: dict[str, Done]) -> None:
    assert {name for name in NAMES if plain[name].code != 0} == set(LONG)
    assert all(plain[name].code == 2 and "不是项目文件夹".encode() in plain[name].said for name in LONG)
    assert all(plain[f"{name} --json"].code == 0 for name in PRINT_JSON)


@pytest.mark.parametrize("charset", CHARSETS)
def test_every_command_prints_whole_under_any_charset(
    charset: str, scene: Callable[..., list[str]], plain: dict[str, Done], tmp_path: Path
) -> None:
    for name in NAMES:
        wanted = plain[name]
        for kind, sink in (("file", to_file), ("pipe", to_pipe), ("nobody", to_nobody)):
            done = run(sink, charset, tmp_path, *scene(name, f"{charset}-{kind}"))
            where = f"{name} under {charset} to {kind}: {done.said!r}"
            assert b"Traceback" not in done.said and b"Error" not in done.said, where
            if kind == "nobody":
                assert done.code == (141 if wanted.out else wanted.code), where
                continue
            assert done.code == wanted.code, where
            if kind == "file" or charset != "gbk" or name == "simulate":
                told = done.out.replace(f"{charset}-{kind}".encode(), b"plain")
                assert told == wanted.out, where
            else:
                text = done.out.decode(charset)
                assert text.count("\n") == wanted.out.decode().count("\n"), where
                assert not wanted.out or text.count("?") <= 0.02 * len(text), where


@pytest.mark.parametrize("charset", CHARSETS)
def test_json_is_the_same_bytes_under_any_charset(
    charset: str, scene: Callable[..., list[str]], plain: dict[str, Done], tmp_path: Path
) -> None:
    for name in PRINT_JSON:
        done = run(to_pipe, charset, tmp_path, *scene(name, "json"), "--json")
        assert done.code == 0 and done.out == plain[f"{name} --json"].out, name
        json.loads(done.out.decode("utf-8"))
        assert not done.out.startswith(codecs.BOM_UTF8)


def test_help_is_printed_under_any_charset_and_to_nobody(plain: dict[str, Done], tmp_path: Path) -> None:
    for name in NAMES:
        wanted = plain[f"{name} --help"].out.decode()
        assert run(to_pipe, "gbk", tmp_path, name, "--help", "--lang", "zh").out.decode("gbk") == wanted
        assert run(to_nobody, "gbk", tmp_path, name, "--help", "--lang", "zh") == Done(141, b"", b"")


def test_a_sign_that_a_charset_lacks_becomes_the_nearest_that_it_has(plain: dict[str, Done], tmp_path: Path) -> None:
    assert "−3\N{NO-BREAK SPACE}◐ 达标 Sobolʼ ä".encode("gbk", NEAREST).decode("gbk") == "-3 ◎ 达标 Sobol? a"
    assert "−" in plain["compare"].out.decode()
    assert "−" not in run(
        to_pipe, "gbk", tmp_path, "compare", "rd-first", "--project", str(ROOT), "--lang", "zh"
    ).out.decode("gbk")
    assert "\udce9t\udca9".encode("utf-8", NEAREST) == b"?t?"


@given(st.text(st.characters()), st.sampled_from(["utf-8", "big5", *CHARSETS]))
def test_nothing_that_can_be_said_cannot_be_printed(text: str, charset: str) -> None:
    out = io.BytesIO()
    stream = Stream(out, encoding=charset, errors=NEAREST, newline="")
    stream.write(text)
    stream.write_data(text)
    stream.flush()
    assert out.getvalue().endswith(text.encode("utf-8", NEAREST))


# -- how a command ends ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "已停止。"),
        (MemoryError(), 2, "本机内存不足"),
        (RuntimeError("boom"), 70, "这是程序自身的错误（RuntimeError: boom）；请设置XINZHI_DEBUG=1后重新运行该命令"),
        (OSError(5, "Input/output error"), 70, "这是程序自身的错误"),
        (BrokenPipeError(32, "of a worker"), 70, "这是程序自身的错误"),
    ],
    ids=lambda it: type(it).__name__ if isinstance(it, BaseException) else "",
)
def test_what_goes_wrong_inside_is_a_sentence_and_never_code_one(
    raised: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_given: Any, **_named: Any) -> Any:
        raise raised

    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("XINZHI_DEBUG", raising=False)
    for place in ("content.folder.find_folder", "content.folder.bundled_folder", "model.load_model"):
        monkeypatch.setattr(f"xinzhi.{place}", fail)
    for name in NAMES:
        given = [it.format(folder=tmp_path, model="x.mdl") for it in SMALL.get(name, LONG.get(name, []))]
        done = run(to_pipe, "utf-8", tmp_path, name, *given, "--lang", "zh")
        assert done.code == code, (name, done)
        assert words in done.said.decode() and b"Traceback" not in done.said, (name, done)
    monkeypatch.setenv("XINZHI_DEBUG", "1")
    done = run(to_pipe, "utf-8", tmp_path, "targets")
    assert (b"Traceback" in done.said) == (code == 70)


def xinzhi_process(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", command.replace("xinzhi", f"{sys.executable} -m xinzhi")],
        cwd=ROOT, env={**os.environ, "LC_ALL": "C.UTF-8", **environment}, capture_output=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("command", "code", "words"),
    [
        ("xinzhi targets > /dev/full", 2, "标准输出无法写入（磁盘已满）"),
        ("xinzhi --help > /dev/full", 2, "标准输出无法写入（磁盘已满）"),
        ("xinzhi targets --json >&-", 2, "标准输出无法写入（已关闭）"),
        ("xinzhi targets 2>&-", 0, ""),
        ("xinzhi targets 2>/dev/full", 0, ""),
        ("xinzhi targets | true; exit ${PIPESTATUS[0]}", 141, ""),
        ("xinzhi targets 2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}", 0, ""),
        ("xinzhi chart no_such -o x.png", 2, "没有名为“no_such”的指标"),
        ("xinzhi no-such-command", 2, "No such command"),
    ],
)
def test_where_output_cannot_go_is_told_in_a_sentence(command: str, code: int, words: str) -> None:
    done = xinzhi_process(command, LC_ALL="zh_CN.UTF-8")
    said = done.stderr.decode()
    assert done.returncode == code and words in said
    assert "Traceback" not in said and "Exception ignored" not in said


def test_a_real_process_prints_whole_where_the_system_is_not_utf8(tmp_path: Path) -> None:
    wanted = xinzhi_process("xinzhi targets rd-first --lang zh").stdout
    out = tmp_path / "a.txt"
    assert xinzhi_process(f"xinzhi targets rd-first --lang zh > {out}", PYTHONIOENCODING="cp936").returncode == 0
    assert out.read_bytes() == wanted
    c_locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = xinzhi_process("xinzhi targets rd-first --lang zh", **c_locale)
    assert done.returncode == 0 and done.stdout == wanted
    assert "项目：".encode() in done.stderr


@pytest.mark.parametrize("command", [["backtest"], ["fit"], ["validate"]], ids=lambda it: it[0])
def test_ctrl_c_gives_130_and_a_sentence(command: list[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "xinzhi", *command, "--lang", "zh"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert process.stderr is not None
    first = process.stderr.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1.5)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert first.decode().startswith("项目：") and "已停止。" in rest.decode()
    assert process.returncode == 130 and b"Traceback" not in rest
