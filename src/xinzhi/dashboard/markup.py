"""Text into HTML and Markdown. What a link or an upload says never becomes markup."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from xinzhi.dashboard.session import FOLDER_VARIABLE, Notice
from xinzhi.errors import Message, Problem
from xinzhi.show.words import say

_NEGATIVE = re.compile(r"−[\d.,]+%?")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


def html_lang(lang: str) -> str:
    """The language as HTML's ``lang`` names it."""
    return "zh-Hans" if lang == "zh" else "en"


def draw_html(body: str, lang: str) -> None:
    """HTML whose values are escaped already."""
    st.html(f'<div lang="{html_lang(lang)}">{body}</div>')


def span(css: str, text: str) -> str:
    """A piece of text with a CSS class."""
    return f'<span class="{css}">{escape(text)}</span>'


def figures(text: str) -> str:
    """Text as HTML, its negative numbers marked: a Chinese font draws the minus sign as wide as a character, and
    style.css narrows it there without narrowing the punctuation of the words around it."""
    return _NEGATIVE.sub(r'<span class="xz-negative">\g<0></span>', escape(text))


def plain_markdown(text: str) -> str:
    """Markdown that shows ``text`` as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def say_here(what: Message | Problem, lang: str) -> str:
    """The sentence without where things lie on the server: nobody in front of a browser can go there."""
    text = say(what, lang)
    for folder in sorted(_folders(), key=lambda it: len(it.parts), reverse=True):
        text = text.replace(f"{folder}{os.sep}", "").replace(str(folder), folder.name)
    return text


def _folders() -> set[Path]:
    given = os.environ.get(FOLDER_VARIABLE)
    named = [Path(__file__).parents[2], Path(sys.prefix), Path(tempfile.gettempdir()), Path.home(), Path.cwd()]
    named += [Path(it) for it in (given, os.environ.get("XINZHI_CACHE")) if it]
    return {it for folder in named for it in (folder, folder.resolve()) if it.is_absolute() and len(it.parts) > 1}


def draw_notice(notice: Notice, lang: str) -> None:
    """A notice and, as a list, every problem as a sentence."""
    lines = [plain_markdown(say_here(notice.message, lang))]
    lines += [f"- {plain_markdown(say_here(problem, lang))}" for problem in notice.problems]
    (st.error if notice.kind == "error" else st.info)("\n".join([lines[0], "", *lines[1:]]))


def list_html(sentences: Sequence[str]) -> str:
    """Sentences as a list."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<ul class="xz-notes">{items}</ul>'


def on_demand(name: str, body: str) -> str:
    """HTML that opens on a click."""
    return f'<details class="xz-twin"><summary>{escape(name)}</summary>{body}</details>'


def table_html(heads: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> str:
    """A table that scrolls in its own box; a row of one cell heads a group. ``name`` is read to who cannot see it."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="colgroup" colspan="{len(heads)}">{escape(row[0])}</th></tr>'
        if len(row) == 1 < len(heads)
        else f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{figures(cell)}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    table = f'<table class="xz-table xz-plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="xz-scroll" tabindex="0" role="region" aria-label="{escape(name)}">{table}</div>'
