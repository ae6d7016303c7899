"""The pages of the book as Markdown: the index, a page a sector, the loops, the sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from xinzhi.analysis.polarity import along
from xinzhi.analysis.structure import KINDS, Structure
from xinzhi.content.loop import Loop
from xinzhi.content.model_file import STATUSES
from xinzhi.show.status import status_word
from xinzhi.show.variables import kind_word, sector_text, sector_title
from xinzhi.show.words import join, t
from xinzhi.studies.book.book_tables import WITH_EQUATION, Places, constants_table, equations_table, plain, table
from xinzhi.studies.book.diagram import Diagram
from xinzhi.studies.book.graphs import Graphs
from xinzhi.studies.book.legends import links_legend, loops_legend, overview_legend, stocks_legend
from xinzhi.studies.book.words import sectors_table

LEAST, MOST = 4, 2  # links and inputs of a sector that the overview draws
FOLDER = "diagrams"


@dataclass(frozen=True)
class Pages:
    """The book of one project in one language: `texts` are its pages, `diagrams` what they show."""

    structure: Structure
    polarity: Mapping[tuple[str, str], str]
    lang: str

    @cached_property
    def places(self) -> Places:
        return Places(self.structure, self.lang)

    @cached_property
    def graphs(self) -> Graphs:
        return Graphs(self.structure, self.polarity, self.lang)

    @cached_property
    def stocks(self) -> dict[str, list[Diagram]]:
        """The pictures of stocks and flows of each sector."""
        return {sector: self.graphs.stocks(sector, self.places.slugs[sector]) for sector in self.structure.sectors}

    @cached_property
    def links(self) -> dict[str, list[Diagram]]:
        """The pictures of causal links of each sector."""
        return {sector: self.graphs.links(sector, self.places.slugs[sector]) for sector in self.structure.sectors}

    @cached_property
    def loops(self) -> dict[str, Diagram]:
        """The picture of each loop."""
        return {loop.id: self.graphs.loop(loop) for loop in self.structure.content.loops.values()}

    @cached_property
    def overview(self) -> Diagram:
        return self.graphs.overview(LEAST, MOST)

    @property
    def diagrams(self) -> list[Diagram]:
        """Every picture of the book."""
        of_sectors = [diagram for part in (self.stocks, self.links) for found in part.values() for diagram in found]
        return [self.overview, *of_sectors, *self.loops.values()]

    @property
    def texts(self) -> dict[str, str]:
        """Every page by its file's name."""
        pages = {f"index.{self.lang}.md": self._index(), f"sources.{self.lang}.md": self._sources()}
        if self.loops:
            pages[f"loops.{self.lang}.md"] = self._loops()
        return pages | {self.places.page(sector): self._sector(sector) for sector in self.structure.sectors}

    def _page(self, title: str, body: Iterable[str]) -> str:
        made = t("Made by xinzhi book; do not edit by hand.", self.lang)
        return "\n".join([f"# {title}", "", f"<!-- {made} -->", "", *body]).rstrip("\n") + "\n"

    def _pictures(self, diagrams: Sequence[Diagram]) -> list[str]:
        return [line for it in diagrams for line in (f"![{plain(it.title)}]({FOLDER}/{it.name}.svg)", "")]

    def _title(self, sector: str) -> str:
        return sector_title(self.structure.sectors[sector], self.lang)

    def _sector_link(self, sector: str) -> str:
        return f"[{plain(self._title(sector))}]({self.places.page(sector)})"

    def _back(self) -> str:
        title = t("The model's book", self.lang)
        return f"[{title}](index.{self.lang}.md)"

    # The index

    def _index(self) -> str:
        lang, structure = self.lang, self.structure
        variables = structure.variables.values()
        lead = t(
            "The model of {region} in {count} variables and {sectors} sectors, written from the content itself.", lang,
            region=structure.content.region.name, count=f"{len(variables):,}", sectors=len(structure.sectors),
        )  # fmt: skip
        sources, loops = t("Sources", lang), t("Feedback loops", lang)
        more = [f"[{loops}](loops.{lang}.md)"] if self.loops else []
        more.append(f"[{sources}](sources.{lang}.md)")
        explain = t("In the shell, xinzhi explain NAME tells the same of one variable.", lang)
        body = [lead, "", explain, "", t("See also: {links}", lang, links=join(more, lang)), ""]
        body += [*self._sectors_table(), *self._overview(), *self._counts()]
        return self._page(t("The model's book", lang), body)

    def _sectors_table(self) -> list[str]:
        sectors = sectors_table(self.structure, self.lang)
        cells = sectors.cells()
        rows = [(self._sector_link(it.sector), *row[1:]) for it, row in zip(sectors.rows, cells.rows, strict=True)]
        return [_heading(t("Sectors", self.lang), "sectors"), "", *table(cells.heads, rows)]

    def _overview(self) -> list[str]:
        lang = self.lang
        legend = overview_legend(LEAST, MOST, lang)
        title = self.overview.title
        return [_heading(title, "overview"), "", legend, "", *self._pictures([self.overview])]

    def _counts(self) -> list[str]:
        lang, counts = self.lang, Counter[tuple[str, str]]()
        for variable in self.structure.variables.values():
            counts["all" if self.structure.kind(variable.name) in WITH_EQUATION else "constants", variable.status] += 1
        rows = [
            (status_word(status, lang), str(counts["constants", status]), str(counts["all", status]))
            for status in STATUSES
        ]  # fmt: skip
        heads = (t("Status", lang), t("Constants and levers", lang), t("Variables with an equation", lang))
        return [_heading(t("How sure the model is", lang), "status"), "", *table(heads, rows)]

    # A sector

    def _sector(self, sector: str) -> str:
        text = plain(sector_text(self.structure.sectors[sector], self.lang))
        body = [*([text, ""] if text else []), *self._neighbours(sector)]
        body += self._sector_pictures(sector)
        moving = [it for it in self.structure.of_sector(sector) if self.structure.kind(it.name) in WITH_EQUATION]
        fixed = [it for it in self.structure.of_sector(sector) if self.structure.kind(it.name) not in WITH_EQUATION]
        if moving:
            body += [_heading(t("Equations", self.lang), "equations"), "", *equations_table(self.places, moving)]
        if fixed:
            body += [_heading(t("Constants and levers", self.lang), "constants"), ""]
            body += constants_table(self.places, fixed)
        return self._page(plain(self._title(sector)), body)

    def _neighbours(self, sector: str) -> list[str]:
        lang = self.lang
        reads = self.graphs.sources(sector)
        read_by = {other: self.graphs.sources(other)[sector] for other in self.structure.sectors}
        count = Counter(self.structure.kind(variable.name) for variable in self.structure.of_sector(sector))
        kinds = join([f"{kind_word(kind, lang)} {count[kind]}" for kind in KINDS if count[kind]], lang)
        lines = [t("Variables: {count} ({kinds})", lang, count=count.total(), kinds=kinds)]
        for template, found in ((t("Reads from: {sectors}", lang), reads), (t("Is read by: {sectors}", lang), read_by)):
            listed = [f"{self._sector_link(it)} {found[it]}" for it in self.structure.sectors if found.get(it)]
            lines.append(template.format(sectors=join(listed, lang) if listed else "—"))
        return [*(f"- {line}" for line in (*lines, self._back())), ""]

    def _sector_pictures(self, sector: str) -> list[str]:
        lang, body = self.lang, list[str]()
        if self.stocks[sector]:
            body += [_heading(t("Stocks and flows", lang), "stocks"), "", stocks_legend(lang), ""]
            body += self._pictures(self.stocks[sector])
        if self.links[sector]:
            body += [_heading(t("Causal links", lang), "links"), "", links_legend(lang), ""]
            body += self._pictures(self.links[sector])
        return body

    # Loops

    def _loops(self) -> str:
        lang = self.lang
        found = self.structure.content.loops.values()
        closed, open_ = ([loop for loop in found if loop.closed is wanted] for wanted in (True, False))
        body = [loops_legend(lang), "", self._back(), ""]
        for title, anchor, group in (
            (t("Loops", lang), "loops", closed),
            (t("Limits and influences", lang), "limits", open_),
        ):
            if group:
                body += [_heading(title, anchor), ""]
                body += [line for loop in group for line in self._loop(loop)]
        return self._page(t("Feedback loops", lang), body)

    def _loop(self, loop: Loop) -> list[str]:
        lang, lines = self.lang, list[str]()
        lines += [f"### {loop.id} {plain(loop.name[lang])} {{#{loop.id.lower()}}}", ""]
        if loop.former:
            former = f'<a id="{loop.former.lower()}"></a>{loop.former}'
            lines += [t("In older texts: {former}.", lang, former=former), ""]
        if loop.note:
            lines += [plain(loop.note[lang]), ""]
        return [*lines, *self._pictures([self.loops[loop.id]]), self._whole_path(loop), ""]

    def _whole_path(self, loop: Loop) -> str:
        parts = [self.places.link(loop.path[0])]
        for pair in pairwise(loop.path):
            sign = along(pair, self.polarity).replace("-", "−") or "…"
            parts.append(f"→ ({sign}) {self.places.link(pair[1])}")
        return " ".join(parts)

    # Sources

    def _sources(self) -> str:
        lang, content = self.lang, self.structure.content
        used = Counter(source for variable in content.model.variables.values() for source in variable.sources)
        rows = []
        for it in (source for source in content.history.sources.values() if used[source.id]):
            anchor = f'<a id="{it.id}"></a>{it.id}'
            words = (plain(it.title[lang]), plain(it.publisher[lang]), it.grade or "", str(used[it.id]))
            rows.append((anchor, *words))
        heads = (t("Source", lang), t("Title", lang), t("Publisher", lang), t("Grade", lang), t("Variables", lang))
        lead = t("The sources that variables of the model name; all of them stand in calibration/sources.yaml.", lang)
        return self._page(t("Sources", lang), [lead, "", *table(heads, rows)])


def _heading(title: str, anchor: str) -> str:
    return f"## {title} {{#{anchor}}}"
