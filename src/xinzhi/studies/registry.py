"""The studies that there are: every folder of this package, and what other packages add by an entry point."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

from xinzhi import arguments, studies
from xinzhi.base import Base
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.extras import told
from xinzhi.studies.answer import Answer
from xinzhi.studies.ask import take
from xinzhi.studies.study import Progress, Study, silent

GROUP = "xinzhi.studies"


@lru_cache(maxsize=1)
def all_studies() -> Mapping[str, Study[Any]]:
    """Every study by its name."""
    modules = [f"{studies.__name__}.{it.name}.study" for it in iter_modules(studies.__path__) if it.ispkg]
    own = [import_module(it).STUDY for it in modules if find_spec(it)]
    added = [it.load() for it in entry_points(group=GROUP)]
    return {it.name: it for it in (*own, *added)}


def find_study(name: object) -> Study[Any]:
    """A study by its name. Raises `ContentError` with the nearest name for an unknown one."""
    known, wanted = all_studies(), arguments.text("study", name)
    if wanted in known:
        return known[wanted]
    near = get_close_matches(wanted, known, 1)
    remedy = (
        msg('did you mean "{name}"?', name=near[0]) if near else msg("allowed are: {names}", names=", ".join(known))
    )
    raise ContentError(Problem(None, msg('there is no study "{name}"', name=wanted), remedy))


def run_study(base: Base, study: Study[Any], asked: Mapping[str, object], progress: Progress = silent) -> Answer[Any]:
    """Ask and run it.

    Raises `ContentError` with everything that is wrong with ``asked``, `MissingPartError` where a package that the
    study needs is not installed, and what the study raises.
    """
    with told():
        taken = take(study.asks, study.name, base, asked)
        return Answer(study, base, taken, study.run(base, progress, **taken))
