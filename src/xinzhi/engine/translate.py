"""The bytes of a model file -> `Program`, in this process, by PySD's translators and `lower`.

Nothing of the model is executed (see `pysd_guard`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from xinzhi.engine import vensim, xmile
from xinzhi.engine.encoding import decoded
from xinzhi.engine.external import data_file
from xinzhi.engine.lower import lower
from xinzhi.engine.model_text import SYNTAX, Source, pass_on_shortage
from xinzhi.engine.program import Program
from xinzhi.engine.scope import clean, in_variable, parts
from xinzhi.errors import ModelError, Place, Problem, msg, shortened
from xinzhi.pysd_guard import first_line, no_eval
from xinzhi.quiet import quiet

_READ_IN_PART = "string or file could not be read"  # a table of NumPy's


def program_of(content: bytes, path: Path, shown: str, limit: Path | None = None) -> Program:
    """The program of a model file with these bytes; ``path`` (absolute) says its kind and where its data files lie.

    They must lie below ``limit``, the model's own folder unless given.
    Raises `ModelError` with every problem placed in ``shown``.
    """
    decoding, limit = decoded(content, shown), limit or path.parent
    with quiet(error=_READ_IN_PART), no_eval(), _data_files_read_anew():
        reader = vensim if path.suffix.lower() == ".mdl" else xmile
        source = reader.read(decoding.text, path, shown)
        _refuse_macro_circles(source, shown)
        files = _range_files(source, path.parent, shown, limit)
        try:
            program = lower(source.model, path.parent, limit)
        except ModelError as error:
            raise ModelError([_placed(problem, source.lines, shown) for problem in error.problems]) from error
        except MemoryError:
            raise
        except Exception as error:  # PySD's managers and readers raise what they like
            pass_on_shortage(error)
            message = msg("the model cannot be translated ({reason})", reason=first_line(error))
            raise ModelError(Problem(Place(shown), message, SYNTAX)) from error
    wanted = source.integration
    return replace(program, files={**files, **program.files}, method=wanted.method, asked=wanted.asked,
                   method_notes=wanted.notes, notes=(*decoding.notes, *source.notes))  # fmt: skip


@contextmanager
def _data_files_read_anew() -> Iterator[None]:
    """Without what PySD remembers of data files, which would hide that one has changed; it keeps its memory."""
    from pysd.py_backend.external import Excels

    before = Excels._Excels, Excels._Excels_opyxl
    Excels._Excels, Excels._Excels_opyxl = {}, {}
    try:
        yield
    finally:
        Excels.clean()
        Excels._Excels, Excels._Excels_opyxl = before


def _placed(problem: Problem, lines: Mapping[str, int], shown: str) -> Problem:
    """The problem at the line where the variable that it names is defined."""
    name = problem.message.values.get("name") if problem.message.template.startswith('in "{name}"') else None
    return replace(problem, place=Place(shown, lines.get(clean(name)) if isinstance(name, str) else None))


def _refuse_macro_circles(source: Source, shown: str) -> None:
    """A macro that calls itself, at once or through others, would unfold for ever."""
    macros = {str(section.name): section for section in source.model.sections if section.type == "macro"}
    calls: dict[str, set[str]] = {}
    for name, section in macros.items():
        waiting: list[Any] = [component.ast for element in section.elements for component in element.components]
        calls[name] = set()
        while waiting:
            ast = waiting.pop()
            if type(ast).__name__ == "CallStructure":
                calls[name].add(str(getattr(ast.function, "reference", ast.function)))
            waiting.extend(parts(ast))
    try:
        TopologicalSorter({name: called & macros.keys() for name, called in calls.items()}).prepare()
    except CycleError as error:
        name = min(map(str, error.args[1]))
        place = Place(shown, source.lines.get(clean(name)))
        raise ModelError(Problem(place, msg('the macro "{name}" calls itself', name=shortened(name)))) from error


def _range_files(source: Source, folder: Path, shown: str, limit: Path) -> dict[str, str]:
    """Refuse ranges made of themselves and range files outside the folder; the SHA-256 of each file inside it."""
    read = {}
    for section in source.model.sections:
        inside: dict[str, list[str]] = {}
        for part in section.subscripts:
            definition, place = part.subscripts, Place(shown, source.lines.get(clean(part.name)))
            if isinstance(definition, dict):
                try:
                    inner, digest = data_file(folder, str(definition["file"]), limit)
                except ModelError as error:
                    raise ModelError([in_variable(str(part.name), p, place) for p in error.problems]) from error
                read[inner] = digest
            else:
                inside[part.name] = [definition] if isinstance(definition, str) else list(definition)
        try:
            TopologicalSorter(inside).prepare()
        except CycleError as error:
            circle = " → ".join(map(shortened, reversed(error.args[1])))
            place = Place(shown, source.lines.get(clean(error.args[1][0])))
            message = msg("the definitions run in a circle: {circle}", circle=circle)
            raise ModelError(Problem(place, message, msg("write elements into one of them"))) from error
    return read
