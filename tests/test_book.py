"""The model's book: whole, readable, without a dead link; the one page of it that is kept is what the content gives now."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

import pytest

from mini import MODEL, write_mini
from xinzhi.analysis.structure import read_structure
from xinzhi.extras import MissingPartError
from xinzhi.project import Project, load_project
from xinzhi.studies.book.book import Book, write_book
from xinzhi.studies.book.book_tables import plain
from xinzhi.studies.book.diagram import SIZE, Diagram, Edge, Node, draw, in_lines, made_from, width
from xinzhi.studies.book.overview import overview_page
from xinzhi.studies.book.pages import FOLDER

DOCS = Path(__file__).parents[1] / "docs"
LARGEST_BOOK = 6_000_000
needs_graphviz = pytest.mark.skipif(
    importlib.util.find_spec("pygraphviz") is None and os.environ.get("CI") != "true",
    reason="pygraphviz is not here (pip install pygraphviz)",
)


@pytest.fixture(scope="module")
def book(project: Project) -> Book:
    return project.book()


@pytest.fixture(scope="module")
def texts(book: Book) -> dict[str, str]:
    return {name: text for pages in book for name, text in pages.texts.items()}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_kept_page_of_the_model_is_what_the_content_gives_now(project: Project, lang: str) -> None:
    """docs/model holds every variable and loop; git keeps no other page of the book."""
    structure = read_structure(project.content)
    text = overview_page(structure, lang)
    assert (DOCS / f"model.{lang}.md").read_text(encoding="utf-8") == text, "run  make content"
    for name in project.content.model.variables:
        assert f"\n| {plain(name)} |" in text, name
    assert all(f"\n| {loop} |" in text for loop in project.content.loops)


def test_every_variable_stands_in_the_book_once_in_each_language(project: Project, book: Book) -> None:
    for pages in book:
        text = "".join(pages.texts.values())
        for name, anchor in pages.places.anchors.items():
            assert text.count(f'<a id="{anchor}"></a>**{plain(name)}**') == 1, name
        assert len(pages.places.anchors) == len(project.content.model.variables)


def test_every_sector_and_loop_has_its_page_and_every_moving_variable_its_picture(project: Project, book: Book) -> None:
    for pages in book:
        assert {pages.places.page(sector) for sector in pages.structure.sectors} <= set(pages.texts)
        assert set(pages.loops) == set(project.content.loops)
        for sector, names in pages.graphs.drawn.items():
            own = {node.key for diagram in pages.links[sector] for node in diagram.nodes if node.shape != "outside"}
            assert set(names) <= own
            stocks = {name for name in names if pages.structure.kind(name) == "stock"}
            assert stocks <= {node.key for diagram in pages.stocks[sector] for node in diagram.nodes}


def test_no_link_no_anchor_and_no_picture_is_dead(book: Book, texts: dict[str, str]) -> None:
    places = {
        name: set(re.findall(r'<a id="([^"]+)">', text)) | set(re.findall(r"\{#([\w-]+)\}", text))
        for name, text in texts.items()
    }
    pictures = {f"{FOLDER}/{diagram.name}.svg" for pages in book for diagram in pages.diagrams}
    shown: set[str] = set()
    for name, text in texts.items():
        for address in re.findall(r"(?<!\\)\]\(([^)]+)\)", text):
            page, _, anchor = address.partition("#")
            if page in pictures:
                shown.add(page)
                continue
            assert (page or name) in texts, f"{name}: {address}"
            assert not anchor or anchor in places[page or name], f"{name}: {address}"
    assert shown == pictures


def test_a_page_is_in_one_language_alone(texts: dict[str, str]) -> None:
    """But for the names of sources and of institutions, which the content gives in Chinese in English texts too."""
    for name, text in texts.items():
        if name.endswith(".zh.md"):
            assert re.search(r"^# [^\n]*[\u4e00-\u9fff]", text), name
        elif not name.startswith("sources."):
            lines = [line for line in text.splitlines() if re.search(r"[\u4e00-\u9fff]", line)]
            assert len(lines) < 0.1 * len(text.splitlines()), name
            assert not any(line.startswith(("#", "- ", "![")) for line in lines), name


@needs_graphviz
def test_every_picture_is_readable_on_a_page(book: Book) -> None:
    """Ten points shrunk to the text width of A4 (482 points) are six and more."""
    drawn = [draw(diagram) for pages in book for diagram in pages.diagrams]
    assert sum(map(len, drawn)) < LARGEST_BOOK
    for text in drawn:
        wide, high = (float(size) for size in re.findall(r'width="(\d+)" height="(\d+)"', text)[0])
        assert SIZE * min(482 / wide, 700 / high) > 6, text[:200]
        assert "<image" not in text and "@font-face" not in text


def test_no_text_is_wider_than_its_box(book: Book) -> None:
    for pages in book:
        for diagram in pages.diagrams:
            boxes = dict(re.findall(r'^  "([^"]+)" \[.*?width=([\d.]+),', diagram.dot, re.MULTILINE))
            for node in diagram.nodes:
                widest = max((width(line, SIZE) for line in node.lines), default=0)
                assert widest < 72 * float(boxes[node.key]), node.key


def test_a_label_is_cut_into_even_lines_and_numbers_stay_whole() -> None:
    assert in_lines("战略性新兴产业增加值（2023年价格）", "zh") == ("战略性新兴产业", "增加值（2023", "年价格）")
    assert in_lines("光芯屏端网：营业收入", "zh") == ("光芯屏端网：", "营业收入")
    assert in_lines("Science Platforms[big_facility]", "en") == ("Science Platforms", "[big_facility]")
    assert in_lines("lever guidance fund deployment", "en") == ("lever guidance fund", "deployment")


CUP = Diagram(
    "cup",
    "A cup",
    (
        Node("Temperature", "stock", ("温度",), ("Temperature",)),
        Node("cooling", "flow", ("cooling",)),
        Node("to", "cloud"),
    ),
    (Edge("Temperature", "cooling", "pipe"), Edge("cooling", "to", "pipe"), Edge("Temperature", "cooling", "+", "+")),
)


@needs_graphviz
def test_a_picture_has_its_texts_and_says_what_it_was_made_from() -> None:
    svg = draw(CUP)
    assert made_from(svg) == CUP.hash
    for text in ("<title>A cup</title>", ">温度</text>", ">Temperature</text>", ">cooling</text>", ">+</text>"):
        assert text in svg
    assert draw(CUP) == svg


@needs_graphviz
def test_a_book_is_written_and_what_is_left_of_an_older_one_goes(project: Project, book: Book, tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "old.svg").write_text(draw(CUP), encoding="utf-8")
    (tmp_path / FOLDER / "mine.svg").write_text("<svg/>", encoding="utf-8")
    small = book.pages[1:]
    count = write_book(small, tmp_path)
    assert not (tmp_path / FOLDER / "old.svg").exists() and (tmp_path / FOLDER / "mine.svg").exists()
    assert len([path for path in tmp_path.rglob("*.*") if path.name != "mine.svg"]) == count
    before = (tmp_path / "index.en.md").stat().st_mtime_ns
    assert write_book(small, tmp_path) == count and (tmp_path / "index.en.md").stat().st_mtime_ns >= before


SUBSCRIPTS = """
Kind: pine, oak
	~
	~
	|

planted[Kind]=lever planting*part[Kind]
	~	YiYuan/Year
	~	Planted by kind, |1|. 中文: 分树种造林额。 Status: computed. Source: guess.
	|

part[Kind]=0.25,0.75
	~	Dmnl
	~	Part of a kind. 中文: 树种比例。 Status: assumed. Source: guess.
	|

Trees[Kind]= INTEG (planted[Kind]-felled[Kind],0)
	~	YiYuan
	~	Trees_of a *kind*. 中文: 分树种存量。 Status: computed. Source: guess.
	|

felled[Kind]=lever felling*Trees[Kind]
	~	YiYuan/Year
	~	Felled by kind. 中文: 分树种采伐额。 Status: computed. Source: guess.
	|
""".replace("|1|", "<1>")


def test_another_project_with_subscripts_has_its_book(tmp_path: Path, own_cache: Path) -> None:
    before = "lever planting={base}"
    write_mini(tmp_path, mini=MODEL.replace(before, SUBSCRIPTS + "\n" + before).replace("{base}", "50"))
    (tmp_path / "model" / "subscripts.yaml").write_text(
        "ranges: {Kind: {zh: 树种, en: Kind}}\nelements: {pine: {zh: 松, en: Pine}, oak: {zh: 栎, en: Oak}}\n",
        encoding="utf-8",
    )
    chinese, english = load_project(tmp_path).book()
    assert not chinese.loops and "loops.zh.md" not in chinese.texts
    page = english.texts["forest.en.md"]
    assert "`Trees[Kind] = INTEG(planted[Kind] - felled[Kind], 0)`" in page
    assert (
        "**Trees\\[oak\\]**" in page
        and "Oak: Planted by kind, &lt;1&gt;." in page
        and "Trees\\_of a \\*kind\\*." in page
    )
    assert english.polarity["felled[oak]", "Trees[oak]"] == "-"
    assert english.polarity["part[oak]", "planted[oak]"] == english.polarity["Trees[oak]", "felled[oak]"] == "+"
    picture = english.stocks["Forest"][0]
    assert {("planted[oak]", "Trees[oak]"), ("Trees[pine]", "felled[pine]")} <= {
        (edge.start, edge.end) for edge in picture.edges if edge.line == "pipe"
    }


def test_without_graphviz_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pygraphviz", None)
    with pytest.raises(MissingPartError, match=r'the part "book" .*; install it: pip install "xinzhi\[book\]"'):
        draw(CUP)
