"""The parts of the installation: what the core does without, and the one line that brings it.

A module imports a package of a part where it uses it, as any other. Whoever lets a user in (the shell, a study, a file
that is written) does it within `told`, so that a package that is not there is one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from xinzhi.errors import Problem, XinzhiError, msg

PARTS = {
    "app": ("streamlit", "starlette", "google"),
    "studies": (
        "arviz_plots", "arviz_stats", "emcee", "h5netcdf", "h5py", "pyarrow", "SALib", "sklearn", "statsmodels",
    ),
    "fonts": ("mplfonts",),
    "book": ("pygraphviz",),
    "cluster": ("distributed", "upath"),
}  # fmt: skip
"""The packages, by the names that they are imported by, of each extra of pyproject.toml."""
_PART_OF = {package: part for part, packages in PARTS.items() for package in packages}


class MissingPartError(XinzhiError):
    """A part of the installation that is needed is not there."""


@contextmanager
def told() -> Iterator[None]:
    """Within it (or decorated by it) a part's package that is not installed is a `MissingPartError`."""
    try:
        yield
    except ImportError as error:
        missing = missing_part(error)
        if missing is None:
            raise
        raise missing from error


def need_part(part: str) -> None:
    """Raises `MissingPartError` where a package of ``part`` is not installed; "" is the core, which always is."""
    for package in PARTS.get(part, ()):
        if find_spec(package) is None:
            raise without(package)


def missing_part(error: BaseException | None) -> MissingPartError | None:
    """What an error says of a part's package that is not installed, itself or as its cause; None for all else."""
    while error is not None:
        package = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
        if package in _PART_OF:
            return without(package)
        error = error.__cause__ or error.__context__
    return None


def without(package: str) -> MissingPartError:
    """The sentence on a package that is not installed, with the line that brings its part."""
    part = _PART_OF[package]
    problem = msg('this needs the part "{part}" ({package} is not installed)', part=part, package=package)
    return MissingPartError(Problem(None, problem, msg('install it: pip install "xinzhi[{part}]"', part=part)))
