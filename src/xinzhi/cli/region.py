"""``xinzhi init``: which content another place is copied from."""

from __future__ import annotations

from pathlib import Path

from xinzhi.content.copying import copy_content
from xinzhi.content.files import FOLDERS
from xinzhi.content.folder import bundled_folder
from xinzhi.content.region_file import read_region
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import ContentError, Problem, msg, nearest

__all__ = ["copy_content", "source_folder"]
REGION = "model/region.yaml"


def source_folder(named: str | None, given: Path | None) -> Path:
    """The content to copy: ``named`` is a folder or the bundled region's name; else ``given``, else the bundled one.

    Raises `ContentError` for a name that is neither.
    """
    if named is None:
        return given or bundled_folder()
    folder = Path(named)
    if all((folder / name).is_dir() for name in FOLDERS):
        return folder
    bundled = bundled_folder()
    region = read_region(bundled / REGION, REGION, Problems())
    names = () if region is None else (region.name.en.lower(), region.name.zh)
    if named.lower() in names:
        return bundled
    problem = msg('"{name}" is neither a project folder nor a known region', name=named)
    raise ContentError(Problem(None, problem, nearest(named, names)))
