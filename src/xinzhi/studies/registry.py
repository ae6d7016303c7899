"""The studies that there are: every folder of this package, and what other packages add by an entry point."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from xinzhi import arguments, studies
from xinzhi.errors import ContentError, Place, Problem, msg
from xinzhi.extras import need_part, told
from xinzhi.show.words import STUDIES
from xinzhi.studies.ask import take
from xinzhi.studies.study import Progress, Study, silent

if TYPE_CHECKING:
    from xinzhi.base import Base
    from xinzhi.studies.answer import Answer


@lru_cache(maxsize=1)
def all_studies() -> Mapping[str, Study[Any]]:
    """Every study by its name."""
    modules = [f"{studies.__name__}.{it.name}.study" for it in iter_modules(studies.__path__) if it.ispkg]
    own = [import_module(it).STUDY for it in modules if find_spec(it)]
    added = [_loaded(it) for it in entry_points(group=STUDIES)]
    return {it.name: it for it in (*own, *added)}


def _loaded(point: EntryPoint) -> Study[Any]:
    """The study of another package. Raises `ContentError` where there is none."""
    try:
        study = point.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        problem = msg('the study "{name}" cannot be loaded ({reason})', name=point.name, reason=str(error))
        raise ContentError(Problem(Place(point.value), problem, msg("correct its package, or uninstall it"))) from error
    if not isinstance(study, Study):
        raise ContentError(Problem(Place(point.value), msg('"{name}" is no study', name=point.name)))
    return study


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
    from xinzhi.studies.answer import Answer

    need_part(study.needs)
    with told():
        taken = take(study.asks, study.name, base, asked)
        return Answer(study, base, taken, study.run(base, progress, **taken))
