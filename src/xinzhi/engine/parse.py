"""A model file -> `Program`. What was read once is kept as text; a foreign model is read in a process with limits.

A model file is data: nothing in it is executed, and only its own folder is read. The process of `parse_child` is the
second wall: its limits hold where a parser is slow, hungry or broken.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from xinzhi.engine.program import FORMAT, Program
from xinzhi.errors import Message, ModelError, Place, Problem, msg, nearest, why
from xinzhi.store import Store

SUFFIXES = (".mdl", ".xmile", ".xml", ".stmx", ".itmx")
LARGEST = 50 * 2**20  # bytes
SECONDS = 60  # of processor time: what a model costs does not depend on what else the machine does
PATIENCE = 5 if importlib.util.find_spec("resource") else 1  # times as long by the wall clock; Windows has that alone
MEMORY = 2 * 2**30  # bytes of address space
MOST_ANSWER = 512 * 2**20  # bytes
_MOST_SAID = 64 * 2**10
_SMALLER = msg("split it, or remove what is not needed")
_BOOT = (
    "import json, sys; task = json.loads(sys.argv[1]); sys.path[:] = task['path'];"
    " from xinzhi.engine.parse_child import main; main(task)"
)
_SIGXCPU = 24
_KEPT_VARIABLES = ("SYSTEMROOT", "PATH", "TMPDIR", "TEMP", "TMP")


def read_program(path: Path, store: Store, *, own: bool = False, home: Path | None = None) -> Program:
    """The program of a Vensim or XMILE file; ``own`` for the project's own model, which is read in this process.

    The data files of a project's model lie in the project, those of any other in its own folder. ``home`` is the model/
    folder of the project that runs the file, where that is not the file's own: several places may share equations.
    Kept in ``store`` by what the file, its data files and the translators hold. Raises `ModelError` with every
    problem placed in the file.
    """
    shown = str(path)
    content = _content(path, shown)
    file = (path if home is None else home / path.name).resolve()
    name = f"program-{_digest(content, path.suffix.lower())}"
    limit = _limit(file.parent)
    kept = store.load_as(name, str, lambda written: _unchanged(Program.from_json(written), file.parent, limit))
    if kept is not None:
        return kept
    text = _read_here(content, file, shown, limit) if own else _read_in_child(content, file, shown, limit)
    try:
        program = Program.from_json(text)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _broken_off(shown, type(error).__name__) from error
    store.save(name, text)
    return program


def _limit(folder: Path) -> Path:
    """Where data files may lie: the model's own folder; for one in a project's model/, the project."""
    in_project = folder.name == "model" and (folder.parent / "calibration").is_dir()
    return folder.parent if in_project else folder


def _content(path: Path, shown: str) -> bytes:
    """The bytes of a regular file of a known kind and size."""
    if path.suffix.lower() not in SUFFIXES:
        message = msg('"{suffix}" is not the suffix of a model', suffix=path.suffix)
        raise ModelError(Problem(Place(shown), message, nearest(path.suffix, SUFFIXES)))
    try:
        if path.is_dir():
            raise _cannot(shown, msg("it is a folder"))
        if path.exists() and not path.is_file():
            raise _cannot(shown, msg("it is not a regular file"))
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise _cannot(shown, why(error)) from error
    except ValueError as error:  # a null character in the name
        raise _cannot(shown, msg("no such file or folder")) from error
    if len(content) > LARGEST:
        message = msg("is larger than {count} MB", count=LARGEST // 2**20)
        raise ModelError(Problem(Place(shown), message, _SMALLER))
    return content


def _cannot(shown: str, reason: Message) -> ModelError:
    return ModelError(Problem(Place(shown), msg("cannot be read ({reason})", reason=reason)))


# -- what was read before --------------------------------------------------------------------------------------------


def _digest(content: bytes, suffix: str) -> str:
    """What the answer depends on, but for data files: the bytes, their kind, PySD's version, the engine's own text."""
    digest = hashlib.sha256(f"{FORMAT} {suffix} ".encode())
    for folder, pattern in ((Path(__file__).parent, "*.py"), (_folder_of("pysd"), "_version.py")):
        for source in sorted(folder.glob(pattern)) if folder else ():
            found = source.stat()
            digest.update(f"{source.name} {found.st_size} {found.st_mtime_ns} ".encode())
    digest.update(content)
    return digest.hexdigest()[:40]


def _folder_of(package: str) -> Path | None:
    """Where a package lies, without importing it (its metadata would take 80 ms)."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


def _unchanged(program: Program, folder: Path, limit: Path) -> Program | None:
    """The program that was kept, or None where a data file has changed. Raises OSError where one is gone."""
    for file, hashed in program.files.items():
        path = (folder / file).resolve()
        if not path.is_relative_to(limit) or hashlib.sha256(path.read_bytes()).hexdigest() != hashed:
            return None
    return program


# -- reading ---------------------------------------------------------------------------------------------------------


def _read_here(content: bytes, file: Path, shown: str, limit: Path) -> str:
    """The program's text; where brackets are too deep for this process's stack, a process of its own reads it."""
    from xinzhi.engine.translate import program_of

    try:
        return program_of(content, file, shown, limit).to_json()
    except RecursionError:
        return _read_in_child(content, file, shown, limit)
    except MemoryError as error:
        raise _too_much_memory(shown) from error


def _read_in_child(content: bytes, file: Path, shown: str, limit: Path) -> str:
    """The program's text, read in a process of its own with limits of time, memory and files."""
    files = {"file": str(file), "limit": str(limit), "shown": shown}
    task = {"path": _import_path(file.parent), **files, "seconds": SECONDS, "memory": MEMORY}
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", _BOOT, json.dumps(task)]
    try:
        with tempfile.TemporaryFile() as model:
            model.write(content)
            model.seek(0)
            code, answer, said = _run(command, model)
    except OSError as error:
        raise _broken_off(shown, str(why(error))) from error
    except subprocess.TimeoutExpired as error:
        raise _too_slow(shown, SECONDS * PATIENCE) from error
    return _understood(code, answer, said, shown)


def _run(command: list[str], stdin: IO[bytes]) -> tuple[int, bytes, bytes]:
    """Exit code, answer and what else was said. Raises TimeoutExpired; the process has ended in any case."""
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    child = subprocess.Popen(
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, close_fds=True
    )
    answer, said = bytearray(), bytearray()
    drains = [
        threading.Thread(target=_drain, args=(child.stdout, answer, MOST_ANSWER, child.kill), daemon=True),
        threading.Thread(target=_drain, args=(child.stderr, said, _MOST_SAID, None), daemon=True),
    ]
    try:
        for drain in drains:
            drain.start()
        code = child.wait(SECONDS * PATIENCE)
        for drain in drains:
            drain.join(SECONDS)
        return code, bytes(answer), bytes(said)
    finally:
        child.kill()
        child.wait()
        for drain in drains:
            drain.join(1)
        for stream in (child.stdout, child.stderr):
            if stream is not None:
                stream.close()


def _drain(stream: IO[bytes], into: bytearray, most: int, beyond: Any) -> None:
    """Read a pipe to its end, keeping ``most`` bytes; call ``beyond`` where there are more."""
    while chunk := stream.read(2**16):
        into += chunk[: most - len(into)]
        if beyond is not None and len(into) >= most:
            beyond()
            return


def _import_path(folder: Path) -> list[str]:
    """Where this process finds its modules: never in the model's folder, never relative to where it stands."""
    home = str(Path(__file__).parents[2])
    path = [entry for entry in sys.path if Path(entry).is_absolute() and Path(entry).resolve() != folder]
    return path if home in path else [home, *path]


def _understood(code: int, answer: bytes, said: bytes, shown: str) -> str:
    """The program's text from the child's answer; else the `ModelError` that it tells."""
    kind, rest = answer[:1], answer[1:]
    if code == 0 and kind == b"P":
        with suppress(UnicodeDecodeError):
            return rest.decode()
    if code == 0 and kind == b"E":
        from xinzhi.engine.parse_child import read_back

        with suppress(ValueError, TypeError, LookupError, AttributeError):
            problems = [read_back(row, shown) for row in json.loads(rest)]
            if problems:
                raise ModelError(problems)
    if (code == 0 and kind == b"M") or b"MemoryError" in said:
        raise _too_much_memory(shown)
    if code == -_SIGXCPU:
        raise _too_slow(shown, SECONDS)
    lines = said.decode("utf-8", "replace").strip().splitlines()
    raise _broken_off(shown, lines[-1][:120] if lines else str(code))


def _too_slow(shown: str, seconds: int) -> ModelError:
    message = msg("cannot be read within {count} seconds", count=seconds)
    return ModelError(Problem(Place(shown), message, _SMALLER))


def _too_much_memory(shown: str) -> ModelError:
    message = msg("cannot be read within {count} GB of memory", count=f"{MEMORY / 2**30:g}")
    return ModelError(Problem(Place(shown), message, _SMALLER))


def _broken_off(shown: str, reason: str) -> ModelError:
    message = msg("reading the model broke off ({reason})", reason=reason)
    return ModelError(Problem(Place(shown), message, _SMALLER))
