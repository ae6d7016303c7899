"""The variables of an XMILE file: which of their tags are read, and what each element of an array says of its own.

PySD's reader takes the tags that it knows and leaves the rest out without a word, and of an element its equation alone.
Here a tag is read, known to bear on no number, or refused by name and line.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree
from pysd.translators.structures.abstract_expressions import (
    CallStructure,
    ReferenceStructure,
    SubscriptsReferenceStructure,
)

from xinzhi.engine.equation import xmile_equation
from xinzhi.engine.scope import clean, parts
from xinzhi.errors import Message, msg, nearest, shortened

Refusal = tuple[Message, Message | None]

_ABOUT = {"units", "doc", "range", "scale", "format", "event_poster", "dimensions", "mathml"}  # no number hangs on them
_GRAPH = {"xscale", "yscale", "xpts", "ypts"}
_READ = {
    "aux": {"eqn", "gf", "init_eqn", "element", *_ABOUT},
    "flow": {"eqn", "gf", "init_eqn", "element", "non_negative", *_ABOUT},
    "stock": {"eqn", "inflow", "outflow", "element", "non_negative", *_ABOUT},
    "gf": {"element", *_GRAPH, *_ABOUT},
}
_BESIDE = ("module", "group", "dependencies")  # modules are refused where models are counted
_ONCE = {"gf", "init_eqn", "non_negative", *_GRAPH}
_NOT_OF_AN_ELEMENT = {"element", "dimensions", "inflow", "outflow"}
_GRAPH_TYPES = ("continuous", "extrapolate", "discrete")
_OF_THE_ICON = {"delay_aux", "summing", "derived_units", "label"}  # isee's, how a variable is drawn


def local(node: Any) -> str:
    """A node's name without its namespace; nothing of a comment."""
    return str(node.tag).rpartition("}")[2] if isinstance(node.tag, str) else ""


def refused(node: Any) -> Iterator[tuple[Any, Message, Message | None]]:
    """What cannot be read of a variable: the node where it stands, the problem and the remedy."""
    kind = local(node)
    if kind in _BESIDE:
        return
    if kind not in _READ:
        yield node, msg("{what} is not supported", what=f"<{kind}>"), None
        return
    for owner in node.iter("{*}gf", "{*}element", node.tag):
        yield from _repeated(owner)
    for part in _own(node):
        if local(part) not in _READ[kind]:
            yield part, *_not_supported(part)
        for inner in _own(part) if local(part) == "element" else ():
            if local(inner) not in _READ[kind] - _NOT_OF_AN_ELEMENT:
                yield inner, *_not_supported(inner)
    for graph in node.iter("{*}gf"):
        wrong = _wrong_graph(graph)
        if wrong is not None:
            yield graph, *wrong


def _repeated(owner: Any) -> Iterator[tuple[Any, Message, Message]]:
    """The tags that are there a second time: one of the two would not count."""
    seen = set[str]()
    for part in _own(owner):
        tag = local(part)
        if tag in seen:
            yield part, msg("{what} is there twice", what=f"<{tag}>"), msg("keep one")
        seen |= {tag} & _ONCE


def _not_supported(node: Any) -> Refusal:
    tag = local(node)
    discrete = tag in ("conveyor", "queue", "oven", "leak", "overflow")
    remedy = msg("write it with stocks and flows") if discrete else msg("say it in the equation and delete the tag")
    return msg("{what} is not supported", what=f"<{tag}>"), remedy


def unread(node: Any) -> Iterator[str]:
    """The tags of other vendors in a variable that are neither read nor known to bear on no number."""
    for part in node.iterdescendants() if local(node) in _READ else ():
        if isinstance(part.tag, str) and _space(part) != _space(node) and local(part) not in _OF_THE_ICON:
            yield local(part)


def _own(node: Any) -> Iterator[Any]:
    """The children in the file's own namespace."""
    return (part for part in node if isinstance(part.tag, str) and _space(part) == _space(node))


def _space(node: Any) -> str:
    return str(node.tag).rpartition("}")[0]


def _wrong_graph(graph: Any) -> Refusal | None:
    """A graphical function that PySD would read in part, or not at all."""
    kind = graph.get("type", "continuous")
    if kind not in _GRAPH_TYPES:
        message = msg('"{name}" is no type of a graphical function', name=shortened(kind))
        return message, nearest(kind, _GRAPH_TYPES)
    points = {local(part): part for part in _own(graph)}
    if "element" in points and "ypts" not in points:
        return None
    y, x = _numbers(points.get("ypts")), _numbers(points.get("xpts"))
    if y is None or x is None:
        return msg("the points of a graphical function are not all numbers"), None
    if not y or not points.keys() & {"xpts", "xscale"}:
        return msg("a graphical function has no points"), msg("write numbers into <xpts> or <xscale>, and into <ypts>")
    if "xpts" in points and len(x) != len(y):
        return msg("a graphical function has not as many x as y"), msg("write as many into <xpts> as into <ypts>")
    return None


def _numbers(node: Any) -> list[float] | None:
    """The numbers of <xpts> or <ypts>, none of a node that is not there; None where something else stands."""
    text = "" if node is None else (node.text or "").strip()
    try:
        return [float(part) for part in text.split((node.get("sep") or ",") if text else ",") if part.strip()]
    except ValueError:
        return None


def prepare(root: Any) -> None:
    """Let PySD read the exact x of a graphical function where a scale stands beside them, and either way of writing a
    reciprocal DT."""
    for step in root.iter("{*}dt"):
        if step.get("reciprocal", "").strip().lower() in ("1", "true"):
            step.set("reciprocal", "true")
    for graph in root.iter("{*}gf"):
        parts = {local(part): part for part in graph}
        if "xpts" in parts and "xscale" in parts:
            graph.remove(parts["xscale"])


def arrays(nodes: Iterable[Any]) -> dict[str, list[str]]:
    """The dimensions of each variable that has some, by its name as references have it."""
    found = {clean(str(node.get("name", "")).replace("\\n", " ")): _dimensions(node) for node in nodes}
    return {name: dimensions for name, dimensions in found.items() if dimensions}


def _dimensions(node: Any) -> list[str]:
    return [str(part.get("name", "")) for part in node.iterfind("{*}dimensions/{*}dim")]


def parse(component: Any, behaviors: Mapping[str, bool], known: Mapping[str, list[str]]) -> None:
    """Read one of PySD's XMILE elements: the variable's equation, or those of its elements. ``known`` is of `arrays`.

    Raises `EquationError` and what PySD's readers raise; `ValueError` of a message for an element that is none.
    """
    node: Any = getattr(component, "node", None)
    component._smile_parser = xmile_equation
    elements = [] if node is None else [part for part in _own(node) if local(part) == "element"]
    if not elements:
        component.parse(behaviors)
        _start_with(component)
        return
    names = _dimensions(node)
    if any(local(part) == "eqn" for part in node):  # of every element that says nothing of its own
        component.components += [((names, []), ast) for ast in _asts(component, _single(node, ()), behaviors)]
    seen = set[tuple[str, ...]]()
    for element in elements:
        subscripts = _subscripts(element.get("subscript", ""), names, component.subscripts)
        if tuple(subscripts) in seen:
            raise _SubscriptError(msg('the element "{name}" is there twice', name=",".join(subscripts)))
        seen.add(tuple(subscripts))
        bound = dict(zip(map(clean, names), subscripts, strict=True))
        asts = _asts(component, _single(node, element), behaviors)
        component.components += [((subscripts, []), _bound(ast, bound, known)) for ast in asts]


def _asts(component: Any, node: Any, behaviors: Mapping[str, bool]) -> list[Any]:
    """The syntax trees of a variable of the component's kind."""
    single = type(component)(node, component.ns, component.subscripts)
    single._smile_parser = xmile_equation
    single.parse(behaviors)
    _start_with(single)
    return [ast for _, ast in single.components]


def _bound(tree: Any, bound: Mapping[str, str], known: Mapping[str, list[str]]) -> Any:
    """The tree with the element in place of each dimension, also where an array stands without its subscripts."""
    if isinstance(tree, ReferenceStructure):
        subscripts = tree.subscripts.subscripts if tree.subscripts else known.get(tree.reference, [])
        if subscripts and (tree.subscripts or all(clean(name) in bound for name in subscripts)):
            tree.subscripts = SubscriptsReferenceStructure([bound.get(clean(name), name) for name in subscripts])
        return tree
    for part in parts(tree):
        _bound(part, bound, known)
    return tree


def _single(node: Any, element: Any) -> Any:
    """The variable as if it were this element alone: what the element says stands for what the variable says."""
    out = etree.Element(node.tag, dict(node.attrib), node.nsmap)
    said = {part.tag for part in element}
    shared = [part for part in node if local(part) not in ("element", "dimensions", "") and part.tag not in said]
    out.extend(copy.deepcopy(part) for part in [*shared, *element])
    return out


def _subscripts(written: str, dimensions: list[str], ranges: Mapping[str, list[str]]) -> list[str]:
    """An element's subscripts as its dimensions spell them; a number is a position, as in the standard."""
    parts = [part.strip() for part in written.split(",")]
    if len(parts) != len(dimensions):
        raise _SubscriptError(msg('the element "{name}" does not fit the dimensions', name=written))
    out = []
    for part, dimension in zip(parts, dimensions, strict=True):
        known = ranges.get(dimension, [])
        named = {_key(name): name for name in known}
        if _key(part) in named:
            out.append(named[_key(part)])
        elif part.isdecimal() and 1 <= int(part) <= len(known):
            out.append(known[int(part) - 1])
        else:
            raise _SubscriptError(msg('"{name}" is no element of "{range}"', name=part, range=dimension))
    return out


class _SubscriptError(ValueError):
    def __init__(self, said: Message) -> None:
        super().__init__(str(said))
        self.said = said


def _key(name: str) -> str:
    return re.sub(r"[\s_]+", " ", name.replace("\\n", " ")).strip().lower()


def _start_with(component: Any) -> None:
    """<init_eqn>: the value at the start, as Vensim's ACTIVE INITIAL."""
    node = getattr(component, "node", None)
    start = None if node is None else next((part for part in _own(node) if local(part) == "init_eqn"), None)
    if start is not None and (start.text or "").strip():
        first = xmile_equation(start.text)
        component.components = [
            (subscripts, CallStructure(ReferenceStructure("active_initial"), (ast, first)))
            for subscripts, ast in component.components
        ]
