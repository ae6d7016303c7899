"""The cache: what befalls its folder stops nothing, it is its owner's alone, it does not grow without end."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

import xinzhi
from mini import write_mini
from xinzhi import store as stores
from xinzhi.cache_folder import leftovers
from xinzhi.engine import translate
from xinzhi.engine.parse import read_program
from xinzhi.errors import ContentError
from xinzhi.output import write_atomically
from xinzhi.project import load_project
from xinzhi.quiet import quiet
from xinzhi.store import CacheWarning, Store, open_store

TEACUP = "temperature = INTEG(-(temperature - room) / 10, 180) ~~|\nroom = 70 ~~|\n"
CLOCK = "INITIAL TIME = 0 ~~|\nFINAL TIME = 30 ~~|\nTIME STEP = 1 ~~|\nSAVEPER = TIME STEP ~~|\n"
posix = pytest.mark.skipif(os.name != "posix", reason="rights of files as POSIX has them")


@pytest.fixture
def teacup(tmp_path: Path) -> Path:
    path = tmp_path / "teacup.mdl"
    path.write_text(TEACUP + CLOCK, encoding="utf-8")
    return path


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is in memory yet, as in a process that has just begun."""
    monkeypatch.setattr(stores, "_MEMORY", stores._Memory(stores.IN_MEMORY))


def in_folder(monkeypatch: pytest.MonkeyPatch, folder: Path | str) -> None:
    monkeypatch.setenv("XINZHI_CACHE", str(folder))


# -- a folder that takes nothing -------------------------------------------------------------------------------------


def no_folder(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> Path:
    (folder / "file").write_text("no folder")
    return folder / "file" / "cache"


def full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def no_space(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(stores, "_write", no_space)
    return folder


def read_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = os.open

    def no_making(path: object, flags: int, *more: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system")
        return made(path, flags, *more)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(os, "open", no_making)
    return folder


def open_to_all(folder: Path, _monkeypatch: pytest.MonkeyPatch) -> Path:
    folder.chmod(0o777)
    return folder


Spoil = Callable[[Path, pytest.MonkeyPatch], Path]


@pytest.mark.filterwarnings("ignore::xinzhi.store.CacheWarning")
@pytest.mark.parametrize("spoil", [no_folder, full, read_only, pytest.param(open_to_all, marks=posix)])
@pytest.mark.usefixtures("forgotten")
def test_a_cache_that_takes_nothing_stops_nothing_and_leaves_nothing_behind(
    spoil: Spoil, teacup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, elsewhere = tmp_path / "cache", tmp_path / "temporary"
    folder.mkdir()
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    with monkeypatch.context() as spoiled:
        in_folder(spoiled, spoil(folder, spoiled))
        store = open_store()
        store.save("kept-list", [1])
        store.save("kept", b"1")
        assert store.load("kept-list", list[int]) == [1]
        assert store.load("kept", bytes) == b"1"
        first, again = (xinzhi.load_model(teacup).run() for _ in range(2))
        assert (first == again).all(axis=None)
    assert [path for path in folder.rglob("*") if path != folder / "file"] == []
    assert list(elsewhere.iterdir()) == []


@pytest.mark.usefixtures("forgotten")
def test_a_project_opens_with_a_full_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_folder(monkeypatch, full(tmp_path, monkeypatch))
    assert load_project(write_mini(tmp_path / "mini")).run().values


@posix
def test_a_project_in_a_folder_whose_name_is_no_utf8_is_kept_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_folder(monkeypatch, tmp_path / "cache")
    folder = write_mini(tmp_path / os.fsdecode(b"p\xff"))
    first = load_project(folder).content
    assert load_project(folder).content == first
    assert [path.name.partition("-")[0] for path in (tmp_path / "cache").glob("content-*")] == ["content"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_disk_that_is_full_at_the_last_byte_keeps_nothing_half(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        write_atomically(tmp_path / "a.txt", lambda _: Path("/dev/full").write_text("a" * 100_000))
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.usefixtures("forgotten")
def test_a_quota_is_no_obstacle(tmp_path: Path) -> None:
    """As `ulimit -f` sets one: the system refuses the bytes beyond it."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        Store(tmp_path).save("kept", bytes(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []
    assert Store(tmp_path).load("kept", bytes) == bytes(10_000)


def test_what_no_folder_keeps_is_bounded_in_memory() -> None:
    memory = stores._Memory(100)
    for number in range(10):
        memory.save(Path("x"), str(number), bytes(30))
        memory.load(Path("x"), "0")
    assert [number for number in range(10) if memory.load(Path("x"), str(number)) is not None] == [0, 8, 9]


# -- a damaged file --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("forgotten")
def test_every_kind_of_file_that_is_wrong_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong bytes, and what is sound as a file but not what its reader wants."""
    mini = write_mini(tmp_path / "mini")
    tmp_path /= "cache"
    in_folder(monkeypatch, tmp_path)
    right = load_project(mini).run().values
    names = sorted(path.name for path in tmp_path.iterdir())
    assert {name.partition("-")[0] for name in names} == {"content", "kernel", "model", "program"}
    whole = {name: (tmp_path / name).read_bytes() for name in names}
    damaged = (b"", b"{}", b"[]", b"null", b"\x80", b"\0" * 100)
    sound = (b"code", "", {}, [], None, {"ranges": 1, "variables": [{}]}, ["_Read", {}, 1], ["Content"], [["x"]])
    for wrong in (*damaged, *sound):
        for name in names:
            if wrong in damaged:
                (tmp_path / name).write_bytes(wrong)
            else:
                Store(tmp_path).save(name, wrong)
        again = load_project(mini).run().values
        assert all((again[key] == values).all() for key, values in right.items()), wrong
        assert {name: (tmp_path / name).read_bytes() for name in names} == whole


def test_a_file_under_another_name_is_not_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.save("kernel-a", b"code")
    (tmp_path / "kernel-a").rename(tmp_path / "kernel-b")
    assert store.load("kernel-b", bytes) is None


# -- its owner's alone -----------------------------------------------------------------------------------------------


@posix
def test_the_folder_and_its_files_are_their_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_folder(monkeypatch, tmp_path / "a" / "cache")
    open_store().save("kept", b"1")
    assert (tmp_path / "a" / "cache").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "cache" / "kept").stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_a_folder_that_others_may_write_to_is_refused_and_said(
    mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(tmp_path).save("kept", b"theirs")
    tmp_path.chmod(mode)
    in_folder(monkeypatch, tmp_path)
    with pytest.warns(CacheWarning, match=r"is not used as a cache, for others own it or may write to it; make it"):
        store = open_store()
    assert store.load("kept", bytes) is None
    store.save("more", b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root can give a file away")
def test_what_another_user_owns_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.save("kept", b"theirs")
    os.chown(tmp_path / "kept", 12345, 12345)
    assert store.load("kept", bytes) is None
    store.save("kept", b"mine")
    assert store.load("kept", bytes) == b"mine"
    os.chown(tmp_path, 12345, 12345)
    in_folder(monkeypatch, tmp_path)
    with pytest.warns(CacheWarning):
        assert open_store().most == 0


@posix
def test_a_file_that_others_may_write_to_a_link_or_a_pipe_is_not_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name in ("group", "all", "link"):
        store.save(name, b"1")
    (tmp_path / "group").chmod(0o620)
    (tmp_path / "all").chmod(0o602)
    (tmp_path / "link").rename(tmp_path / "other")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    assert [store.load(name, bytes) for name in ("group", "all", "link", "pipe", "folder")] == [None] * 5


@posix
def test_the_users_own_cache_folder_of_an_earlier_version_is_tightened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XINZHI_CACHE")
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _: str(tmp_path))
    tmp_path.chmod(0o775)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_store().most > 0
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@posix
def test_the_shell_says_in_the_readers_language_that_the_cache_is_refused(teacup: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    command = [sys.executable, "-m", "xinzhi", "simulate", str(teacup), "--lang", "zh"]
    done = subprocess.run(
        command, env={**os.environ, "XINZHI_CACHE": str(shared)}, capture_output=True, encoding="utf-8", check=True
    )
    assert [line for line in done.stderr.splitlines() if "缓存" in line] == [
        f"{shared}：不用作缓存文件夹：属于他人或他人可以写入；请改为仅供本人使用：chmod 700 {shared}。"
    ]
    assert list(shared.iterdir()) == []


# -- its size --------------------------------------------------------------------------------------------------------


def kept_name(number: int) -> str:
    return f"library-{number:032x}"


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_the_folder_stays_below_its_limit_and_what_is_used_stays(tmp_path: Path) -> None:
    mine = tmp_path / "thesis.txt"
    mine.write_text("my own")
    store = Store(tmp_path, 100_000)
    for number in range(100):
        store.save(kept_name(number), bytes(5_000))
        assert size(tmp_path) <= 100_000
        assert store.load(kept_name(0), bytes) is not None
        time.sleep(0.002)  # the clock of the file system
    numbers = [int(path.name.partition("-")[2], 16) for path in sorted(tmp_path.glob("library-*"))]
    assert len(numbers) > 10
    assert numbers == [0, *range(100 - len(numbers) + 1, 100)]
    assert mine.read_text() == "my own"


def fill(folder: Path, first: int) -> None:
    store = Store(folder, 200_000)
    for number in range(first, first + 60):
        store.save(kept_name(number), bytes(5_000))
        assert store.load(kept_name(number), bytes) in (None, bytes(5_000))


def test_several_processes_fill_and_clean_one_folder(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(fill, tmp_path, 1000 * worker) for worker in range(3)]:
            done.result()
    assert size(tmp_path) <= 200_000 * (15 + 3) / 16
    assert not list(tmp_path.glob(".writing-*"))


def test_the_limit_is_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_folder(monkeypatch, tmp_path)
    assert open_store().most == 512 * 2**20
    monkeypatch.setenv("XINZHI_CACHE_SIZE", "3")
    assert open_store().most == 3 * 2**20
    monkeypatch.setenv("XINZHI_CACHE_SIZE", "0")
    open_store().save("kept", b"1")
    assert list(tmp_path.iterdir()) == []
    for wrong in ("-1", "1.5", "2 GB", "²", "many"):
        monkeypatch.setenv("XINZHI_CACHE_SIZE", wrong)
        with pytest.raises(ContentError, match=f'XINZHI_CACHE_SIZE: "{wrong}" is not a whole number of megabytes'):
            open_store()


def test_what_a_killed_process_was_writing_is_removed(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from xinzhi.output import write_atomically;"
        " write_atomically(Path(sys.argv[1]) / 'a', lambda path: (path.write_bytes(b'half'), os._exit(9)))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    (left,) = tmp_path.glob(".writing-*")
    old, foreign = tmp_path / ".writing-x1y2z3", tmp_path / ".writing-00000000-1-ab"
    for path in (old, foreign):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))

    def while_writing(path: Path) -> None:
        assert {left, old} == set(leftovers(tmp_path))
        path.write_bytes(b"whole")

    write_atomically(tmp_path / "b", while_writing)
    Store(tmp_path).save("kept", b"1")
    assert {path.name for path in tmp_path.iterdir()} == {"b", "kept", foreign.name}


# -- nothing of the whole process is changed -------------------------------------------------------------------------


@pytest.fixture
def busy() -> Iterator[ThreadPoolExecutor]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    with ThreadPoolExecutor(4) as pool:
        yield pool
    sys.setswitchinterval(before)


@posix
def test_writers_in_threads_leave_the_umask_alone(busy: ThreadPoolExecutor, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        for done in [
            busy.submit(write_atomically, tmp_path / str(number), lambda path: path.write_bytes(b"1"))
            for number in range(400)
        ]:
            done.result()
    finally:
        after = os.umask(before)
    assert after == 0o027
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o640}


def test_silences_in_threads_leave_the_warnings_alone(busy: ThreadPoolExecutor) -> None:
    before = list(warnings.filters)

    def silent(_: int) -> None:
        with quiet(error="no such"):
            time.sleep(1e-5)

    list(busy.map(silent, range(400)))
    assert list(warnings.filters) == before


@pytest.mark.parametrize("depth", [3, 400])
def test_a_model_is_read_without_a_change_of_the_recursion_limit(
    depth: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project's own model too: where this process has no room for its brackets, another one reads it."""
    path = tmp_path / "deep.mdl"
    path.write_text(f"x = {'ABS(' * depth}1{')' * depth} + RANDOM UNIFORM(0, 0, 0) ~~|\n{CLOCK}", encoding="utf-8")
    limits, before = set(), sys.getrecursionlimit()
    lower = translate.lower

    def watched(*arguments: object) -> object:
        limits.add(sys.getrecursionlimit())
        return lower(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(translate, "lower", watched)
    monkeypatch.setattr(sys, "setrecursionlimit", lambda _: pytest.fail("the limit is the whole process's"))
    assert "x" in {it.name for it in read_program(path, Store(tmp_path), own=True).variables}
    assert limits == ({before} if depth == 3 else set())
