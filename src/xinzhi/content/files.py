"""The files of a project: which of them count, what names their state, and how one is written back in its own form."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

FOLDERS = ("model", "scenarios", "calibration")
KINDS = (".mdl", ".yaml", ".yml", ".csv", ".txt")
SCENARIOS = "scenarios"
_SCENARIO_KINDS = (".yaml", ".yml")
REGION = "model/region.yaml"
_EQUATIONS = re.compile(r"^equations:[ \t]*([\"']?)(?P<path>[^\s\"'#][^\n\"'#]*?)\1[ \t]*(?:#.*)?$", re.MULTILINE)
_OF_ANOTHER = re.compile(r"^(?:equations|scale):.*\n", re.MULTILINE)


def is_content(name: str) -> bool:
    """Whether a file or folder of this name is somebody's content.

    Not so are an editor's lock, its backup and its half-written file (``.#a.yaml``, ``#a.yaml#``, ``a.yaml~``,
    ``.a.yaml.swp``, ``~$a.xlsx``, ``.writing-…``), nor what macOS puts beside files (``._a.yaml``, ``.DS_Store``).
    """
    return not (name.startswith((".", "~$")) or name.endswith("~") or (name.startswith("#") and name.endswith("#")))


def files_below(folder: Path) -> list[Path]:
    """The content files of a project in a fixed order: those below its three folders, and the equations that it uses of
    another one. A link that leads nowhere is none."""
    paths = []
    for name in FOLDERS:
        below = []
        for place, folders, names in os.walk(folder / name):
            folders[:] = filter(is_content, folders)
            below += [path for path in (Path(place, it) for it in names if is_content(it)) if path.is_file()]
        paths += sorted(below)
    shared = shared_equations(folder)
    return paths if shared is None or not shared.is_file() else [*paths, shared]


def stated_equations(folder: Path) -> str | None:
    """What region.yaml says under ``equations``, which has a line of its own: the path of another project's model."""
    try:
        said = _EQUATIONS.search(text_of(folder / REGION))
    except (OSError, ValueError):  # told where the file is read
        return None
    return None if said is None else said["path"]


def shared_equations(folder: Path) -> Path | None:
    """The file of another project's equations that the project in ``folder`` uses; None where it has its own."""
    stated = stated_equations(folder)
    return None if stated is None else Path(os.path.normpath(folder / "model" / stated))


def without_shared_equations(region: str) -> str:
    """The text of region.yaml for a place that has its own copy of the equations."""
    return _OF_ANOTHER.sub("", region)


def copy_below(folder: Path, copy: Path, wanted: Callable[[str], bool]) -> None:
    """Copy the files below ``folder`` whose own and whose folders' names are ``wanted``. Raises OSError, at the first.

    A link that leads nowhere is left out.
    """
    for place, folders, names in os.walk(folder, onerror=_raised, followlinks=True):
        folders[:] = filter(wanted, folders)
        there = copy / Path(place).relative_to(folder)
        there.mkdir(parents=True, exist_ok=True)
        for path in (Path(place, name) for name in names if wanted(name)):
            if path.is_file():
                shutil.copy2(path, there / path.name)


def _raised(error: OSError) -> None:
    raise error


def files_in(folder: Path, kind: str) -> list[Path]:
    """The content files right in ``folder`` of a kind such as ``.mdl``, sorted; the suffix in any case."""
    return [path for path in _listed(folder) if path.suffix.lower() == kind]


def scenario_files(folder: Path) -> list[Path]:
    """The scenarios of the project in ``folder``, sorted: ``.yaml`` and ``.yml``, in any case."""
    return [path for path in _listed(folder / SCENARIOS) if path.suffix.lower() in _SCENARIO_KINDS]


def misnamed_scenarios(folder: Path) -> list[Path]:
    """What was meant as a scenario: Windows hides the last suffix of ``plan.yaml.txt``."""
    kinds = tuple(f"{kind}.txt" for kind in _SCENARIO_KINDS)
    return [path for path in _listed(folder / SCENARIOS) if path.name.lower().endswith(kinds)]


def _listed(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if is_content(path.name) and path.is_file())


def stamps(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Path, time and size of every content file: another tuple once one of them was changed."""
    stamped = []
    for path in files_below(folder):
        try:
            stamp = path.stat()
        except FileNotFoundError:  # gone since it was listed
            continue
        stamped.append((str(path), stamp.st_mtime_ns, stamp.st_size))
    return tuple(stamped)


def files_hash(folder: Path, paths: Iterable[Path]) -> str:
    """SHA-256 of text files, their names below ``folder`` and what they say, in this order. Raises OSError."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            said = meaning(path)
        except FileNotFoundError:  # gone since it was listed
            continue
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
        digest.update(name.encode() + b"\0" + said + b"\0")
    return digest.hexdigest()


def meaning(path: Path) -> bytes:
    """A text file's bytes without what systems, editors and Excel change by themselves. Raises OSError.

    That is the byte order mark, the kind of line ends, and whether the last line has one: files that are equal but
    for these have one fingerprint. A table's or model's last line ends as its others do; prose (``.txt``) with its
    last word.
    """
    lines = path.read_bytes().removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    said = lines.removesuffix(b"\n")
    return said + b"\n" if lines and path.suffix.lower() != ".txt" else said


def text_of(path: Path) -> str:
    """A UTF-8 file without its byte order mark, lines ending in one sign. Raises OSError and UnicodeDecodeError."""
    return path.read_text(encoding="utf-8-sig")


def in_form_of(path: Path, text: str) -> bytes:
    """``text`` as the bytes to write to ``path``: with a byte order mark and CRLF where the file has them now.

    So Excel, which needs the mark, opens a file that it saved also after a command has added a row.
    """
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        written = b""
    mark = codecs.BOM_UTF8 if written.startswith(codecs.BOM_UTF8) else b""
    encoded = text.encode()
    return mark + (encoded.replace(b"\n", b"\r\n") if b"\r\n" in written else encoded)
