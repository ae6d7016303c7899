"""The documents as a site: built without a warning, no dead link, nothing asked of the network, both languages alike."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from xinzhi.project import Project

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BOOK = DOCS / "model"
LANGS = ("zh", "en")
LARGEST_PICTURE = 250_000
sys.path.insert(0, str(ROOT / "scripts"))


def pages(lang: str) -> dict[str, Path]:
    """The pages of one language by their name without it."""
    ending = f".{lang}.md"
    return {str(path.relative_to(DOCS)).removesuffix(ending): path for path in kept(f"*{ending}")}


def kept(pattern: str) -> list[Path]:
    """The documents of a name, without the model's book, which a build of the site writes beside them."""
    return sorted(path for path in DOCS.rglob(pattern) if BOOK not in path.parents)


class Links(HTMLParser):
    """What a built page points to, what it loads, and the places in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if "id" in given:
            self.places.add(given["id"])
        if tag == "a" or (tag == "link" and given.get("rel") in ("alternate", "canonical", "next", "prev")):
            self.links.append(given.get("href", ""))
        else:
            loaded = [given.get(key, "") for key in ("src", "href", "data", "poster")]
            self.loaded += [address for address in loaded if address]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    if importlib.util.find_spec("mkdocs") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("mkdocs is not here, and under CI the documents have to be built")
        pytest.skip('mkdocs is not here (pip install -e ".[docs]")')
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if not line.startswith("Fontconfig warning: ")]
    assert said == [], "Graphviz's own Fontconfig may be older than the machine's files, nothing else may be said"
    return folder


@pytest.fixture(scope="session")
def built(site: Path) -> dict[Path, Links]:
    """Every built page but 404, which a server shows at any address."""
    return {path: Links(path.read_text(encoding="utf-8")) for path in site.rglob("*.html") if path.name != "404.html"}


def test_every_page_is_built_in_its_language(site: Path) -> None:
    for page in pages("zh"):
        for lang, folder in (("zh", site), ("en", site / "en")):
            text = (folder / f"{page}.html").read_text(encoding="utf-8")
            assert f'<html lang="{lang}"' in text
            title = pages(lang)[page].read_text(encoding="utf-8").split("# ", 1)[1].splitlines()[0]
            assert title in text


def test_the_site_has_the_whole_book_of_the_model(site: Path, project: Project) -> None:
    chinese, english = project.book()
    for pages, folder in ((chinese, site / "model"), (english, site / "en" / "model")):
        assert {name.split(".")[0] for name in pages.texts} == {path.stem for path in folder.glob("*.html")}
    pictures = {f"{diagram.name}.svg" for pages in (chinese, english) for diagram in pages.diagrams}
    assert pictures <= {path.name for path in site.rglob("*.svg")}


def test_no_link_and_no_picture_is_dead(built: dict[Path, Links]) -> None:
    dead = []
    for path, found in built.items():
        for address in [*found.links, *found.loaded]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
            target = target / "index.html" if target.is_dir() else target
            place = unquote(parts.fragment)
            if not target.is_file():
                dead.append(f"{path.name}: {address}")
            elif place and target in built and place not in built[target].places | {"__drawer", "__search", "__toc"}:
                dead.append(f"{path.name}: no place {address}")
    assert dead == []


def test_a_page_asks_nothing_of_the_network(site: Path, built: dict[Path, Links]) -> None:
    outside = [f"{path.name}: {url}" for path, found in built.items() for url in found.loaded if urlsplit(url).netloc]
    for sheet in site.rglob("*.css"):
        outside += re.findall(r"(?:url\(|@import\s)[\s\"']*(?:https?:)?//[^)\"']*", sheet.read_text(encoding="utf-8"))
    assert outside == []


def test_every_page_is_there_in_both_languages() -> None:
    assert list(pages("zh")) == list(pages("en"))
    named = {path for lang in LANGS for path in pages(lang).values()}
    for_developers = [
        DOCS / name for name in ("conformance.md", "licences.md", "quality.md") if (DOCS / name).is_file()
    ]
    in_english_alone = [*(DOCS / "decisions").glob("0*.md"), *for_developers]
    both_in_one = [DOCS / "terms.md", DOCS / "targets-not-modelled.md"]
    assert kept("*.md") == sorted([*named, *in_english_alone, *both_in_one])


@pytest.mark.parametrize("page", pages("zh"))
def test_the_two_languages_of_a_page_say_the_same(page: str) -> None:
    chinese, english = (pages(lang)[page].read_text(encoding="utf-8") for lang in LANGS)
    for pattern in (
        r"^(#+) ",
        r"\{#([\w-]+)\}",
        r"^```(\w*)$",
        r"^\|",
        r"^\s*(?:-|\d+\.) ",
        r"\]\(pictures/(.+?)-(?:zh|en)\.",
    ):
        found = [re.findall(pattern, text, re.MULTILINE) for text in (chinese, english)]
        assert found[0] == found[1], pattern
    for text, lang in ((chinese, "zh"), (english, "en")):
        assert set(re.findall(r"(?:-|\.)(zh|en)\.(?:md|png|svg)[)#]", text)) <= {lang}


def test_pages_made_from_the_program_are_what_it_gives_now() -> None:
    from make_reference import made

    for path, text in made().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run  make reference"


def test_a_content_format_is_told_in_both_languages(tmp_path: Path) -> None:
    from make_reference import formats_page

    (tmp_path / "scenario.json").write_text(
        '{"title": "情景 / A scenario", "required": ["name"], "properties": {'
        '"name": {"properties": {"zh": {"type": "string"}, "en": {"type": "string"}}, "description": "名称 / Name"},'
        '"levers": {"type": "object", "description": "措施 / Levers", "additionalProperties": {"anyOf": [{"type": "number"},'
        '{"type": "object", "properties": {"start": {"type": "integer", "minimum": 2024, "maximum": 2027}}}]}},'
        '"kind": {"enum": ["a", "b", "c", "d", "e", "f", "g", "h", "i"], "description": "种类 / Kind"}}}',
        encoding="utf-8",
    )
    english, chinese = formats_page("en", tmp_path), formats_page("zh", tmp_path)
    assert "## scenarios/*.yaml" in english and "A scenario." in english and "情景。" in chinese
    assert "| `name` | yes | Chinese and English, `{zh: …, en: …}` | Name |" in english
    assert "| `levers.〈键〉.start` |  | 整数 2024–2027 |  |" in chinese
    assert "| `kind` |  | `a`, `b`, `c` … 9 in all | Kind |" in english


def test_every_picture_is_small_and_is_shown() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (*kept("*.md"), *ROOT.glob("README*.md"))]
    for picture in (DOCS / "pictures").iterdir():
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name
        assert any(f"pictures/{picture.name})" in text for text in texts), picture.name


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.browser
def test_a_search_for_chinese_words_finds_the_page(address: str) -> None:
    from browser import find_chromium, launch_chromium

    if find_chromium() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium, and under CI the browser tests have to run")
        pytest.skip("there is no Chromium on this machine (install Debian's chromium)")
    outside: list[str] = []
    with launch_chromium() as chromium:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.on(
            "request",
            lambda sent: None if sent.url.startswith((address, "data:", "blob:")) else outside.append(sent.url),
        )
        for start, words, found in (
            ("index.html", "资金保障率", "planner.html"),
            ("en/index.html", "undo", "en/planner.html"),
        ):
            page.goto(f"{address}/{start}")
            page.locator("input.md-search__input").fill(words)
            hit = page.locator(f".md-search-result__link[href*='{address}/{found}']")
            for _ in range(40):  # the theme searches when a key is let go; a key before its script listens is not heard
                page.keyboard.press("End")
                page.wait_for_timeout(500)
                if hit.count():
                    break
            assert hit.count(), f"{words} does not find {found}"
    assert outside == []
