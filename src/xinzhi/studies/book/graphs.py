"""What each diagram of the book shows: a sector's stocks and flows, its causal links, a loop, all sectors together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xinzhi.analysis.polarity import along
from xinzhi.analysis.structure import Structure
from xinzhi.content.loop import Loop
from xinzhi.show.variables import sector_title, words_of
from xinzhi.show.words import t
from xinzhi.studies.book.diagram import Diagram, Edge, Node, in_lines, in_words

MOST_NODES = 12  # a sector's own variables in one picture of links
MOST_AROUND = 16  # with those of other sectors and pictures
MOST_BESIDE = 14  # in one picture of stocks and flows
_NAME = 22  # characters of a name in small type
_DRAWN = ("stock", "flow", "auxiliary")


@dataclass(frozen=True)
class Graphs:
    """The diagrams of one project's model in one language."""

    structure: Structure
    polarity: Mapping[tuple[str, str], str]
    lang: str

    def node(self, name: str, shape: str) -> Node:
        """A variable's node: in Chinese what it is and, small, its name; in English its name."""
        if self.lang == "en":
            return Node(name, shape, in_lines(name, "en"))
        return Node(name, shape, in_lines(words_of(self.structure, name, "zh"), "zh"), tuple(in_words(name, _NAME)))

    def _shape(self, name: str, own: Iterable[str]) -> str:
        kind = self.structure.kind(name)
        if name not in own:
            return "outside"
        return kind if kind in ("stock", "flow", "lever") else "auxiliary"

    @cached_property
    def drawn(self) -> dict[str, list[str]]:
        """The variables of each sector that are drawn: those that move, and the levers."""
        levers = {lever.variable for lever in self.structure.content.sheet.levers.values()}
        return {
            sector: [
                variable.name
                for variable in self.structure.of_sector(sector)
                if self.structure.kind(variable.name) in _DRAWN or variable.name in levers
            ]
            for sector in self.structure.sectors
        }

    @cached_property
    def _moving(self) -> frozenset[str]:
        return frozenset(name for names in self.drawn.values() for name in names)

    # Stocks and flows

    def stocks(self, sector: str, slug: str) -> list[Diagram]:
        """Pictures of a sector's stocks with their flows and what acts on these."""
        names = [name for name in self.drawn[sector] if self.structure.kind(name) == "stock"]
        chains = _joined([{name, *self._flows_of(name)} for name in names])
        groups = _first_fit([(chain, self._around(chain)) for chain in chains], MOST_BESIDE)
        title = t("{sector}: stocks and flows", self.lang, sector=self._title(sector))
        return [
            self._stock_picture(
                sector, f"{slug}-stocks-{number}-{self.lang}", _counted(title, number, len(groups)), group
            )
            for number, group in enumerate(groups, 1)
        ]

    def _flows_of(self, stock: str) -> tuple[str, ...]:
        flows = self.structure.flows.get(stock)
        return (*flows.inflows, *flows.outflows) if flows else ()

    def _around(self, chain: Iterable[str]) -> set[str]:
        """A chain with the moving variables that its stocks and flows read."""
        read = {used for name in chain for used in self.structure.inputs(name) if used in self._moving}
        return {*chain, *read}

    def _stock_picture(self, sector: str, name: str, title: str, chain: set[str]) -> Diagram:
        shown = self.structure.in_order(self._around(chain))
        nodes = [self.node(it, self._shape(it, self.drawn[sector])) for it in shown]
        edges, clouds = list[Edge](), list[Node]()
        for stock in (it for it in shown if it in chain and self.structure.kind(it) == "stock"):
            flows = self.structure.flows.get(stock)
            edges += [Edge(flow, stock, "pipe") for flow in (flows.inflows if flows else ())]
            edges += [Edge(stock, flow, "pipe") for flow in (flows.outflows if flows else ())]
        for flow in (it for it in shown if it in chain and self.structure.kind(it) == "flow"):
            if not any(edge.end == flow for edge in edges):
                clouds.append(Node(f"from {flow}", "cloud"))
                edges.append(Edge(f"from {flow}", flow, "pipe"))
            if not any(edge.start == flow for edge in edges):
                clouds.append(Node(f"to {flow}", "cloud"))
                edges.append(Edge(flow, f"to {flow}", "pipe"))
        piped = {(edge.start, edge.end) for edge in edges}
        for target in (it for it in shown if it in chain):
            read = [used for used in self.structure.inputs(target) if used in shown and (used, target) not in piped]
            edges += [Edge(used, target, self.polarity[used, target]) for used in read]
        return Diagram(name, title, (*nodes, *clouds), tuple(edges))

    # Causal links

    def links(self, sector: str, slug: str) -> list[Diagram]:
        """Pictures of what acts on what in a sector; what other sectors and pictures send is drawn at the edge."""
        own = self.drawn[sector]
        inside = set(own)
        pairs = [(used, name) for name in own for used in self.structure.inputs(name) if used in inside]
        parts = _parts(own, pairs, lambda part: len(part) <= MOST_NODES and len(self._around(part)) <= MOST_AROUND)
        title = t("{sector}: causal links", self.lang, sector=self._title(sector))
        return [
            self._link_picture(f"{slug}-links-{number}-{self.lang}", _counted(title, number, len(parts)), part)
            for number, part in enumerate(parts, 1)
        ]

    def _link_picture(self, name: str, title: str, part: list[str]) -> Diagram:
        pairs = [(used, target) for target in part for used in self.structure.inputs(target) if used in self._moving]
        shown = self.structure.in_order({*part, *(used for used, _ in pairs)})
        nodes = tuple(self.node(it, self._shape(it, part)) for it in shown)
        return Diagram(name, title, nodes, tuple(Edge(*pair, self.polarity[pair]) for pair in pairs))

    # Loops and sectors

    def loop(self, loop: Loop) -> Diagram:
        """A loop's variables in a circle, a limit's in a row, each arrow with its polarity."""
        nodes = tuple(
            self.node(name, "auxiliary" if self.structure.kind(name) == "flow" else self._shape(name, loop.variables))
            for name in loop.variables
        )
        signs = [along(path, self.polarity) for path in loop.paths]
        edges = [
            Edge(path[0], path[-1], sign, sign.replace("-", "−")) for path, sign in zip(loop.paths, signs, strict=True)
        ]
        title = f"{loop.id} {loop.name[self.lang]}"
        program = "circo" if loop.closed and len(loop.variables) > 2 else "dot"
        return Diagram(f"loop-{loop.id.lower()}-{self.lang}", title, nodes, tuple(edges), program)

    def overview(self, least: int, most: int) -> Diagram:
        """All sectors: for each its ``most`` strongest inputs of at least ``least`` links."""
        counts = {sector: str(len(self.structure.of_sector(sector))) for sector in self.structure.sectors}
        nodes = tuple(
            Node(sector, "sector", in_lines(self._title(sector), self.lang), (counts[sector],))
            for sector in self.structure.sectors
            if self.drawn[sector]
        )
        edges = []
        for sector in self.structure.sectors:
            strongest = sorted(self.sources(sector).items(), key=lambda it: (-it[1], it[0]))
            edges += [
                Edge(it, sector, "±", width=min(1 + count / 6, 4))
                for rank, (it, count) in enumerate(strongest[:most])
                if rank == 0 or count >= least
            ]
        return Diagram(f"sectors-{self.lang}", t("Which sector acts on which", self.lang), nodes, tuple(edges))

    def sources(self, sector: str) -> Counter[str]:
        """How many links come into a sector from each other one, constants left out."""
        return Counter(
            self.structure.variables[used].group
            for variable in self.structure.of_sector(sector)
            for used in self.structure.inputs(variable.name)
            if used in self._moving and self.structure.variables[used].group != sector
        )

    def _title(self, sector: str) -> str:
        return sector_title(self.structure.sectors[sector], self.lang)


def _counted(title: str, number: int, count: int) -> str:
    return f"{title} ({number}/{count})" if count > 1 else title


def _joined(sets: Sequence[set[str]]) -> list[set[str]]:
    """Sets that share a member are one."""
    out: list[set[str]] = []
    for new in sets:
        touching = [one for one in out if one & new]
        out = [one for one in out if not one & new] + [new.union(*touching)]
    return out


def _first_fit(chains: Sequence[tuple[set[str], set[str]]], most: int) -> list[set[str]]:
    """Chains put together while what is drawn with them has at most ``most`` members."""
    groups: list[tuple[set[str], set[str]]] = []
    for chain, around in chains:
        for own, drawn in groups:
            if len(drawn | around) <= most:
                own |= chain
                drawn |= around
                break
        else:
            groups.append((set(chain), set(around)))
    return [own for own, _ in groups]


def _parts(
    names: Sequence[str], pairs: Iterable[tuple[str, str]], fits: Callable[[Sequence[str]], bool]
) -> list[list[str]]:
    """Names cut into parts that fit and hang together: each grows from the one with most links."""
    near: dict[str, Counter[str]] = {name: Counter() for name in names}
    for one, other in pairs:
        near[one][other] += 1
        near[other][one] += 1
    left, parts = list(names), list[list[str]]()
    while left:
        part = [max(left, key=lambda name: sum(near[name][it] for it in left))]
        left.remove(part[0])
        while True:
            close = [name for name in left if any(near[name][it] for it in part) and fits([*part, name])]
            if not close:
                break
            part.append(max(close, key=lambda name: sum(near[name][it] for it in part)))
            left.remove(part[-1])
        parts.append(part)
    merged: list[list[str]] = []
    for part in sorted(parts, key=len, reverse=True):
        room = next((one for one in merged if fits([*one, *part])), None)
        if room is None:
            merged.append(part)
        else:
            room.extend(part)
    return merged
