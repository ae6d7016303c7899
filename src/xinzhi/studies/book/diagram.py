"""A diagram as nodes and edges, and the picture that Graphviz makes of it.

What is drawn is decided here and above, as DOT text; where it is drawn is Graphviz's. The picture carries the hash of
its DOT text, so that a picture can be compared with what the content gives now without Graphviz.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape

from xinzhi.extras import told

FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
SIZE = 10.0  # points, of the first lines of a node
SMALL = 8.0
_LEADING = 1.25
_NUMBERED = re.compile(
    r'(?P<shape><(?:polygon|path)[^>]*? (?:points|d)="(?P<points>[^"]+)"/>\s*)<text [^>]*>(?P<number>\d+)</text>'
)
_POINT = re.compile(r"(-?[\d.]+),(-?[\d.]+)")
_STAGGERED = "staggered"  # many arrows into one node: their beginnings in several columns
PAGE = (700.0, 960.0)  # points: an A4 page's text width takes two thirds of it, and 10 points are 7 on paper
_MADE_FROM = "made from"
_LINE = {"zh": 9, "en": 19}  # characters in a line of a node
_SHAPES = {
    "stock": 'shape=box, penwidth=1.8, fillcolor="#dbeafe"',
    "flow": 'shape=hexagon, fillcolor="#fef9c3"',
    "auxiliary": 'shape=box, style="filled,rounded", fillcolor="#ffffff", color="#64748b"',
    "lever": 'shape=box, style="filled,rounded", penwidth=1.8, fillcolor="#dcfce7", color="#15803d"',
    "sector": 'shape=box, style="filled,rounded", fillcolor="#eef4fa"',
    "outside": 'shape=box, style="filled,rounded,dashed", fillcolor="#f8fafc", color="#94a3b8", fontcolor="#475569"',
    "cloud": 'shape=circle, style="filled,dotted", fillcolor="#ffffff", color="#64748b"',
}
_LINES = {
    "+": 'color="#1d4ed8"',
    "-": 'color="#b91c1c", style=dashed',
    "±": 'color="#6b7280"',
    "": 'color="#6b7280", style=dotted',
    "pipe": 'color="#334155:#ffffff:#334155", penwidth=2, arrowsize=0.9, weight=8',
    "initial": 'color="#6b7280", style=dotted',
}


@dataclass(frozen=True)
class Node:
    """A node by its key; ``lines`` are its text, ``small`` lines in small type; ``shape`` is one of `_SHAPES`."""

    key: str
    shape: str
    lines: tuple[str, ...] = ()
    small: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edge:
    """An arrow; ``line`` is one of `_LINES`, ``label`` stands beside it, ``width`` in points."""

    start: str
    end: str
    line: str
    label: str = ""
    width: float = 1.0


@dataclass(frozen=True)
class Diagram:
    """What a picture shows; ``program`` is Graphviz's layout, ``name`` the file's, ``title`` what the picture is."""

    name: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    program: str = "dot"

    @property
    def dot(self) -> str:
        """The diagram in Graphviz's language, without a direction; a node's label is its number."""
        lines = [_node_line(number, node) for number, node in enumerate(self.nodes)]
        lines += [_edge_line(edge) for edge in self.edges]
        return "\n".join(["digraph {", *lines, "}"])

    @property
    def hash(self) -> str:
        texts = [f"{node.lines} {node.small}" for node in self.nodes]
        return hashlib.sha256("\n".join([self.title, self.program, *texts, self.dot]).encode()).hexdigest()[:20]


def width(text: str, size: float) -> float:
    """About how wide a text is in points, on the safe side: a Chinese character is a square."""
    wide = sum(unicodedata.east_asian_width(letter) in "WFA" for letter in text)
    return size * (wide + 0.58 * (len(text) - wide))


def in_lines(text: str, lang: str, most: int = 3) -> tuple[str, ...]:
    """A text cut into lines of a node of about one length; what does not fit ends in an ellipsis."""
    longest = _LINE[lang]
    lines = in_words(text, longest) if lang == "en" else _even_lines(text, longest)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: longest - 1] + "…"]
    return tuple(lines)


def in_words(name: str, longest: int) -> list[str]:
    """A name cut between its words and before its subscripts."""
    return textwrap.wrap(name.replace("[", " ["), longest, break_long_words=False)


def _even_lines(text: str, longest: int) -> list[str]:
    """A Chinese text in as few lines as hold it, of about one length; numbers and words stay whole."""
    tokens = re.findall(r"[A-Za-z0-9.%]+|.[，。、；：）》”]*", text)
    count = max(-(-len(text) // longest), 1)
    lines: list[str] = []
    for even in range(-(-len(text) // count), longest + 3):
        lines = [""]
        for token in tokens:
            if lines[-1] and len(lines[-1]) + len(token) > even and not lines[-1].endswith(("（", "《", "“")):
                lines.append("")
            lines[-1] += token
        if len(lines) <= count:
            break
    return lines


def _node_line(number: int, node: Node) -> str:
    if node.shape == "cloud":
        return f'  "{node.key}" [label="", width=0.22, height=0.22, {_SHAPES["cloud"]}];'
    wide = max([width(line, SIZE) for line in node.lines] + [width(line, SMALL) for line in node.small]) + 14
    high = _LEADING * (len(node.lines) * SIZE + len(node.small) * SMALL) + 8
    if node.shape == "flow":
        wide += 42
    style = "" if "style=" in _SHAPES[node.shape] else "style=filled, "
    box = f"width={wide / 72:.2f}, height={high / 72:.2f}"
    return f'  "{node.key}" [label="{number}", {box}, {style}{_SHAPES[node.shape]}];'


def _edge_line(edge: Edge) -> str:
    label = f', label="   {edge.label}   "' if edge.label else ""
    thick = f", penwidth={edge.width:g}" if edge.width != 1 else ""
    return f'  "{edge.start}" -> "{edge.end}" [{_LINES[edge.line]}{thick}{label}];'


def draw(diagram: Diagram) -> str:
    """The picture as SVG, in the direction in which it fits a page better. Raises `MissingPartError`."""
    layout = _graphviz()
    ways = ("LR", "TB", _STAGGERED) if diagram.program == "dot" else ("TB",)
    drawn: list[tuple[float, float, str]] = []
    for way in ways:
        if way == _STAGGERED and min(drawn)[0] <= 1:
            break
        svg = layout(diagram, way)
        wide, high = (float(size) for size in re.findall(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', svg)[0])
        drawn.append((max(wide / PAGE[0], high / PAGE[1], 0.5), wide * high, svg))
    return _cleaned(min(drawn)[2], diagram)


def _settings(direction: str) -> str:
    return (
        f'  graph [rankdir={direction}, nodesep=0.14, ranksep=0.3, pad=0.1, bgcolor="#ffffff", fontname="{FONT}"];\n'
        f'  node [fixedsize=true, fontname="{FONT}", fontsize={SIZE:g}, margin=0, color="#334155"];\n'
        f'  edge [fontname="{FONT}", fontsize=13, arrowsize=0.6];\n'
    )


def _graphviz() -> Callable[[Diagram, str], str]:
    with told():
        import pygraphviz

    def layout(diagram: Diagram, way: str) -> str:
        direction = "TB" if way == "TB" else "LR"
        graph = pygraphviz.AGraph(string=diagram.dot.replace("digraph {", "digraph {\n" + _settings(direction), 1))
        if way == _STAGGERED:
            graph.unflatten("-f -l 3")
        drawn: bytes = graph.draw(format="svg", prog=diagram.program)
        return drawn.decode()

    return layout


def _cleaned(svg: str, diagram: Diagram) -> str:
    """Graphviz's SVG without what every element repeats, with a title and the hash of what it was made from."""
    body = svg[svg.index("<g ") :]
    body = re.sub(r"<!--.*?-->\s*|<title>.*?</title>\s*", "", body, flags=re.DOTALL)
    body = _NUMBERED.sub(partial(_texts, diagram), body)
    body = re.sub(r">(?:\s|&#160;)+([+−±])(?:\s|&#160;)+</text>", r">\1</text>", body)
    body = body.replace(f' font-family="{FONT}"', "").replace(' xml:space="preserve"', "")
    body = body.replace(' text-anchor="middle"', "").replace(' font-weight="normal"', "")
    body = re.sub(r' (?:id|class)="(?:node|edge|graph|a_|cluster)\w*"', "", body)
    body = re.sub(r"<g>\s*(<g>)?", "<g>", body)
    body = re.sub(r"\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), body)
    wide, high, box = re.findall(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"\s+viewBox="([^"]+)"', svg)[0]
    family = FONT.replace(", ", ",")
    return (
        f"<!-- {_MADE_FROM} {diagram.hash} -->\n"
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{float(wide):.0f}" height="{float(high):.0f}" viewBox="{box}" '
        f'font-family="{family}" font-size="{SIZE:g}" text-anchor="middle" role="img">\n'
        f"<title>{escape(diagram.title)}</title>\n{body.strip()}\n"
    )


def _texts(diagram: Diagram, node_match: re.Match[str]) -> str:
    """A node's shape with its lines in the middle, in place of its number."""
    node = diagram.nodes[int(node_match["number"])]
    across, down = ([float(it) for it in row] for row in zip(*_POINT.findall(node_match["points"]), strict=True))
    sizes = [SIZE] * len(node.lines) + [SMALL] * len(node.small)
    x, top = (min(across) + max(across)) / 2, (min(down) + max(down) - _LEADING * sum(sizes)) / 2
    out = [node_match["shape"].rstrip()]
    for line, size in zip((*node.lines, *node.small), sizes, strict=True):
        top += size * _LEADING
        look = f' font-size="{SMALL:g}" fill="#475569"' if size == SMALL else ""
        out.append(f'<text x="{x:.1f}" y="{top - 0.28 * size:.1f}"{look}>{escape(line)}</text>')
    return "\n".join(out)


def made_from(svg: str) -> str:
    """The hash of what a picture was made from; "" where it does not say."""
    found = re.match(rf"<!-- {_MADE_FROM} (\w+) -->", svg)
    return found[1] if found else ""
