"""XMILE (.xmile, .xml, .stmx, .itmx) by PySD's translator, variable by variable.

The XML is read here, without entities, document types or the network; what PySD would leave out without a word
(modules, conveyors, dimensions without elements) is refused.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lxml import etree

from xinzhi.engine.model_text import (
    FAILURES,
    MOST_PROBLEMS,
    Source,
    first_line,
    pass_on_shortage,
    shortened,
    too_much,
    twice,
    unreadable,
)
from xinzhi.engine.scope import clean
from xinzhi.errors import Message, ModelError, Place, Problem, msg

_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_CLOCK = {"start": "INITIAL TIME", "stop": "FINAL TIME", "dt": "TIME STEP"}
_READ = ("aux", "flow", "gf", "stock")
_NOT_MODELLED = ("conveyor", "queue", "oven", "leak")
_RESAVE = msg("save it from Stella or another program as XMILE")


def read(text: str, path: Path, shown: str) -> Source:
    """PySD's abstract model of an XMILE text. Raises `ModelError` with all of its problems."""
    from pysd.translators.structures.abstract_model import AbstractModel
    from pysd.translators.xmile.xmile_section import Section

    root = _root(text, shown)
    problems = [*_left_out(root, shown), *_without_clock(root, shown), *_wrong_variables(root, shown)]
    if problems:
        raise ModelError(problems[:MOST_PROBLEMS])
    section = Section("__main__", path, "main", [], [], root, root.nsmap[None], False, None)
    try:
        section.parse(parse_all=False)
    except FAILURES as error:
        pass_on_shortage(error)
        message = msg("is not an XMILE model ({reason})", reason=first_line(error))
        raise ModelError(Problem(Place(shown), message, _RESAVE)) from error
    lines: dict[str, int] = {}
    for component in section.components:
        if len(problems) >= MOST_PROBLEMS:
            break
        node = getattr(component, "node", None)
        line = None if node is None else node.sourceline
        if line is not None:
            lines[clean(component.name)] = line
        try:
            component.parse(section.behaviors)
        except FAILURES as error:
            problems.append(unreadable(component.name, error, shown, line))
    if problems:
        raise ModelError(problems)
    return Source(AbstractModel(path, (section.get_abstract_section(),)), lines)


def _root(text: str, shown: str) -> Any:
    """The document's root. An undeclared prefix, as Stella writes it, is no fault; all else is."""
    found = _FORBIDDEN.search(text)
    if found is not None:
        line = text.count("\n", 0, found.start()) + 1
        message = msg("holds <!{name}, which is not read", name=found[1].upper())
        raise ModelError(Problem(Place(shown, line), message, msg("delete it; a model needs no document type")))
    parser = etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, load_dtd=False, no_network=True,
                             huge_tree=False)  # fmt: skip
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    for entry in parser.error_log:
        if entry.level >= etree.ErrorLevels.ERROR and entry.domain_name != "NAMESPACE":
            message = msg("is not well-formed XML ({reason})", reason=shortened(entry.message, 120))
            raise ModelError(Problem(Place(shown, entry.line), message, _RESAVE))
    if root is None or None not in root.nsmap or _local(root) != "xmile":
        message = msg("is not an XMILE model ({reason})", reason="<xmile xmlns=…>")
        raise ModelError(Problem(Place(shown), message, _RESAVE))
    return root


def _variables(root: Any) -> list[Any]:
    """What stands in <variables>, over all models."""
    space = root.nsmap[None]
    nodes = root.iterfind(f"{{{space}}}model/{{{space}}}variables/*")
    return [node for node in nodes if isinstance(node.tag, str)]


def _local(node: Any) -> str:
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def _left_out(root: Any, shown: str) -> list[Problem]:
    """What PySD would leave out or throw together."""
    problems = []
    for node in _variables(root):
        kinds = [_local(node), *map(_local, node)]
        refused = next((kind for kind in kinds if kind in ("module", *_NOT_MODELLED)), None)
        if refused is not None:
            name = shortened(str(node.get("name", "")))
            message = msg('in "{name}": {problem}', name=name, problem=msg("{what} is not supported",
                          what=f"<{refused}>"))  # fmt: skip
            problems.append(Problem(Place(shown, node.sourceline), message, msg("write it with stocks and flows")))
    models = [node for node in root if _local(node) == "model"]
    filled = [model for model in models if any(_local(part) == "variables" and len(part) for part in model)]
    if len(filled) > 1:
        message = msg("holds {count} models, and only one can be read", count=len(filled))
        remedy = msg("put the variables of its modules into one model")
        problems.append(Problem(Place(shown, filled[1].sourceline), message, remedy))
    if not filled:
        problems.append(Problem(Place(shown), msg("has no variables"), _RESAVE))
    for dimension in root.iterfind(f"{{{root.nsmap[None]}}}dimensions/*"):
        if _local(dimension) == "dim" and not len(dimension):
            message = msg('the dimension "{name}" has no elements', name=shortened(str(dimension.get("name", ""))))
            remedy = msg('name them: <elem name="…"/>')
            problems.append(Problem(Place(shown, dimension.sourceline), message, remedy))
    return problems


def _without_clock(root: Any, shown: str) -> list[Problem]:
    specs = next((node for node in root if _local(node) == "sim_specs"), None)
    there = {} if specs is None else {_local(node): (node.text or "").strip() for node in specs}
    remedy = msg("add it to <sim_specs>, with a number")
    return [
        Problem(Place(shown, None if specs is None else specs.sourceline),
                msg('the model has no constant "{name}"', name=f"{name} (<{tag}>)"), remedy)
        for tag, name in _CLOCK.items() if not there.get(tag)
    ]  # fmt: skip


def _wrong_variables(root: Any, shown: str) -> list[Problem]:
    """Variables without a name, without an equation or twice there, and equations beyond the parser."""
    problems = []
    seen: dict[str, str] = {}
    for node in _variables(root):
        if _local(node) not in _READ:
            continue
        name = str(node.get("name", "")).replace("\\n", " ")
        wrong = _wrong_variable(node, name)
        if wrong is not None:
            problems.append(Problem(Place(shown, node.sourceline), *wrong))
        elif clean(name) in seen:
            problems.append(twice(name, seen[clean(name)], shown, node.sourceline))
        seen[clean(name)] = name
    return problems


def _wrong_variable(node: Any, name: str) -> tuple[Message, Message] | None:
    if not name.strip():
        return msg("a variable has no name"), msg('write name="…"')
    equations = [str(part.text or "") for part in node.iter("{*}eqn", "{*}inflow", "{*}outflow")]
    written = [str(part.text or "") for part in node.iter("{*}eqn")]
    if _local(node) != "gf" and not (written and all(map(str.strip, written))):
        return msg('"{name}" has no equation', name=shortened(name)), msg("write it in <eqn>")
    return next((wrong for wrong in (too_much(text, shortened(name)) for text in equations) if wrong), None)
