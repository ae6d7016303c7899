"""Text into HTML and Markdown. What a link or an upload says never becomes markup."""

from __future__ import annotations

import re
from html import escape

import streamlit as st

from xinzhi.dashboard.session import Notice
from xinzhi.show.words import say

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


def plain_markdown(text: str) -> str:
    """Markdown that shows ``text`` as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def draw_notice(notice: Notice, lang: str) -> None:
    """A notice and, as a list, every problem as a sentence."""
    lines = [plain_markdown(say(notice.message, lang))]
    lines += [f"- {plain_markdown(say(problem, lang))}" for problem in notice.problems]
    (st.error if notice.kind == "error" else st.info)("\n".join([lines[0], "", *lines[1:]]))
