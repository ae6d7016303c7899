"""XMILE (.xmile, .xml, .stmx, .itmx) by PySD's translator, variable by variable.

The XML is read here, without entities, document types or the network; what PySD would leave out without a word
(modules, conveyors, dimensions without elements) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from xinzhi.engine.integration import of_xmile
from xinzhi.engine.model_text import FAILURES, MOST_PROBLEMS, Source, pass_on_shortage, too_much, twice, unreadable
from xinzhi.engine.non_negative import settle
from xinzhi.engine.scope import clean, in_variable
from xinzhi.engine.xmile_variables import arrays, local, parse, prepare, refused, unread
from xinzhi.errors import Message, ModelError, Place, Problem, msg, shortened
from xinzhi.pysd_guard import first_line

_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_CLOCK = {"start": "INITIAL TIME", "stop": "FINAL TIME", "dt": "TIME STEP"}
_READ = ("aux", "flow", "gf", "stock")
_RESAVE = msg("save it from Stella or another program as XMILE")


def read(text: str, path: Path, shown: str) -> Source:
    """PySD's abstract model of an XMILE text. Raises `ModelError` with all of its problems."""
    from pysd.translators.structures.abstract_model import AbstractModel
    from pysd.translators.xmile.xmile_section import Section

    root = _root(text, shown)
    problems = [*_left_out(root, shown), *_wrong_clock(root, shown), *_wrong_variables(root, shown)]
    if problems:
        raise ModelError(problems[:MOST_PROBLEMS])
    prepare(root)
    settle(root)
    section = Section("__main__", path, "main", [], [], root, root.nsmap[None], False, None)
    try:
        section.parse(parse_all=False)
    except FAILURES as error:
        pass_on_shortage(error)
        message = msg("is not an XMILE model ({reason})", reason=first_line(error))
        raise ModelError(Problem(Place(shown), message, _RESAVE)) from error
    specs, known = _specs(root), arrays(_variables(root))
    lines: dict[str, int] = {}
    for component in section.components:
        if len(problems) >= MOST_PROBLEMS:
            break
        node = getattr(component, "node", None)
        line = None if node is None else node.sourceline
        if node is None and component.name == "SAVEPER":
            component.eqn = _saved_every(root, specs)
        if line is not None:
            lines[clean(component.name)] = line
        try:
            parse(component, section.behaviors, known)
        except FAILURES as error:
            problems.append(unreadable(component.name, error, shown, line))
    if problems:
        raise ModelError(problems)
    model = AbstractModel(path, (section.get_abstract_section(),))
    return Source(model, lines, of_xmile(specs.get("method", "")), tuple(_notes(root)))


def _root(text: str, shown: str) -> Any:
    """The document's root. An undeclared prefix, as Stella writes it, is no fault; all else is."""
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        line = text.count("\n", 0, forbidden.start()) + 1
        message = msg("holds <!{name}, which is not read", name=forbidden[1].upper())
        raise ModelError(Problem(Place(shown, line), message, msg("delete it; a model needs no document type")))
    parser = etree.XMLParser(encoding="utf-8", recover=True, resolve_entities=False, load_dtd=False, no_network=True,
                             huge_tree=False)  # fmt: skip
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    for entry in parser.error_log:
        if entry.level >= etree.ErrorLevels.ERROR and entry.domain_name != "NAMESPACE":
            message = msg("is not well-formed XML ({reason})", reason=shortened(entry.message, 120))
            raise ModelError(Problem(Place(shown, entry.line), message, _RESAVE))
    if root is None or local(root) != "xmile" or not _takes_tags(root):
        message = msg("is not an XMILE model ({reason})", reason="<xmile xmlns=…>")
        raise ModelError(Problem(Place(shown), message, _RESAVE))
    return root


def _takes_tags(root: Any) -> bool:
    """Whether the document's own namespace is there, and is one."""
    try:
        root.makeelement(f"{{{root.nsmap[None]}}}xmile")
    except (KeyError, ValueError):
        return False
    return True


def _variables(root: Any) -> list[Any]:
    """What stands in <variables>, over all models."""
    space = root.nsmap[None]
    nodes = root.iterfind(f"{{{space}}}model/{{{space}}}variables/*")
    return [node for node in nodes if isinstance(node.tag, str)]


def _specs(root: Any) -> Any:
    """<sim_specs>, an empty one if the file has none."""
    return next((node for node in root if local(node) == "sim_specs"), root.makeelement("sim_specs"))


def _saved_every(root: Any, specs: Any) -> str:
    """SAVEPER: isee's save_interval, else a variable of that name, which PySD leaves out; else every step."""
    interval = next((value for name, value in specs.attrib.items() if name.endswith("}save_interval")), "").strip()
    if interval and not _zero(interval):
        return interval
    named = next((node for node in _variables(root) if clean(str(node.get("name", ""))) == "saveper"), None)
    equation = None if named is None else next((part.text for part in named if local(part) == "eqn"), None)
    return equation or "time_step"


def _zero(text: str) -> bool:
    try:
        return float(text) == 0
    except ValueError:
        return False


def _notes(root: Any) -> Iterator[Message]:
    """What stands in the file, may bear on numbers and was not read."""
    tags = dict.fromkeys(tag for node in _variables(root) for tag in unread(node))
    data = ["import" for part in root.iterfind("{*}data/{*}import")][:1]
    for tag in (*tags, *data):
        yield msg("<{tag}> was not read", tag=tag)


def _left_out(root: Any, shown: str) -> list[Problem]:
    """What PySD would leave out or throw together."""
    problems = []
    for node in _variables(root):
        name = shortened(str(node.get("name", "")))
        if local(node) == "module":
            problem = Problem(
                None, msg("{what} is not supported", what="<module>"), msg("write it with stocks and flows")
            )
            problems.append(in_variable(name, problem, Place(shown, node.sourceline)))
        for part, message, remedy in refused(node):
            problems.append(in_variable(name, Problem(None, message, remedy), Place(shown, part.sourceline)))
    models = [node for node in root if local(node) == "model"]
    for model in models:
        for part in model:
            if local(part) == "sim_specs" and len(part):
                message = msg("{what} of a single model is not supported", what=f"<{local(part)}>")
                problems.append(Problem(Place(shown, part.sourceline), message, msg("write it before <model>")))
    filled = [model for model in models if any(local(part) == "variables" and len(part) for part in model)]
    if len(filled) > 1:
        message = msg("holds {count} models, and only one can be read", count=len(filled))
        remedy = msg("put the variables of its modules into one model")
        problems.append(Problem(Place(shown, filled[1].sourceline), message, remedy))
    if not filled:
        problems.append(Problem(Place(shown), msg("has no variables"), _RESAVE))
    for dimension in root.iterfind(f"{{{root.nsmap[None]}}}dimensions/*"):
        if local(dimension) == "dim" and not len(dimension):
            message = msg('the dimension "{name}" has no elements', name=shortened(str(dimension.get("name", ""))))
            remedy = msg('name them: <elem name="…"/>')
            problems.append(Problem(Place(shown, dimension.sourceline), message, remedy))
    return problems


def _wrong_clock(root: Any, shown: str) -> list[Problem]:
    specs = _specs(root)
    there = {local(node): (node.text or "").strip() for node in specs}
    problems = [
        Problem(Place(shown, specs.sourceline), msg('the model has no constant "{name}"', name=f"{name} (<{tag}>)"),
                msg("add it to <sim_specs>, with a number"))
        for tag, name in _CLOCK.items() if not there.get(tag)
    ]  # fmt: skip
    repeated = [node for node in root if local(node) == "sim_specs"][1:]
    seen = set[str]()
    for node in specs:
        tag = local(node)
        if tag in seen:
            repeated.append(node)
        seen |= {tag} & _CLOCK.keys()
        if tag == "run" and node.get("by", "all") != "all":
            message = msg("a run of parts of the model is not supported")
            problems.append(Problem(Place(shown, node.sourceline), message, msg('delete <run by="…"/>')))
    for node in repeated:
        message = msg("{what} is there twice", what=f"<{local(node)}>")
        problems.append(Problem(Place(shown, node.sourceline), message, msg("keep one")))
    return problems


def _wrong_variables(root: Any, shown: str) -> list[Problem]:
    """Variables without a name, without an equation or twice there, and equations beyond the parser."""
    problems = []
    seen: dict[str, str] = {}
    for node in _variables(root):
        if local(node) not in _READ:
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
    equations = [str(part.text or "") for part in node.iter("{*}eqn", "{*}init_eqn", "{*}inflow", "{*}outflow")]
    wrong = next((wrong for wrong in (too_much(text, shortened(name)) for text in equations) if wrong), None)
    if wrong is not None or local(node) == "gf":
        return wrong
    missing = msg("write it in <eqn>")
    if _has_equation(node):
        return None
    elements = [part for part in node if local(part) == "element"]
    lacking = next((part for part in elements if not _has_equation(part)), None)
    if elements and lacking is None:
        return None
    if lacking is not None:
        name = f"{name}[{lacking.get('subscript', '')}]"
    return msg('"{name}" has no equation', name=shortened(name)), missing


def _has_equation(node: Any) -> bool:
    """Whether <eqn> stands in the node, and every one says something."""
    written = [(part.text or "").strip() for part in node if local(part) == "eqn"]
    return bool(written) and all(written)
