"""Which file holds a project's equations: the one in its model/ folder, or another project's that region.yaml names."""

from __future__ import annotations

from pathlib import Path

from xinzhi.content.files import REGION, files_in, shared_equations, stated_equations, text_of
from xinzhi.content.folder import shown
from xinzhi.content.region_file import Region
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import Place, Problem, msg

_REMEDY = msg("correct the path, or make a folder that has the equations itself: xinzhi init NEW --from OTHER")


def model_path(folder: Path, region: Region, problems: Problems, home: Path | None = None) -> Path | None:
    """The Vensim model of the project in ``folder``; None after noting why there is none.

    Where another project's is named, the way to it begins in ``home``, ``folder`` unless given.
    """
    own = files_in(folder / "model", ".mdl")
    if region.equations is None:
        if len(own) == 1:
            return own[0]
        message = msg("holds {count} Vensim models (*.mdl)", count=len(own))
        problems.add(Place(shown(folder / "model")), message, msg("keep exactly one"))
        return None
    problem = _wrong(folder, home or folder, region.equations, own)
    if problem is not None:
        problems.add(Place(shown(folder / REGION), _line(folder)), problem.message, problem.remedy)
        return None
    return shared_equations(home or folder)


def _wrong(folder: Path, home: Path, named: str, own: list[Path]) -> Problem | None:
    """Why the equations that region.yaml names cannot be used."""
    if stated_equations(folder) != named:
        return Problem(
            None, msg("equations stands among other keys"), msg("give it a line of its own: equations: PATH")
        )
    if own:
        message = msg('there is {file} beside it, and equations names "{path}"', file=own[0].name, path=named)
        return Problem(None, message, msg("keep one of them"))
    path = shared_equations(home)
    assert path is not None
    if not path.is_file():
        return Problem(None, msg('the equations "{path}" are not there', path=named), _REMEDY)
    if not (path.parents[1] / REGION).is_file():
        message = msg('"{path}" is not in the model/ folder of a project', path=named)
        return Problem(None, message, msg("name the equations of a project"))
    return None


def _line(folder: Path) -> int | None:
    lines = text_of(folder / REGION).splitlines()
    return next((number for number, line in enumerate(lines, 1) if "equations" in line.split("#")[0]), None)
