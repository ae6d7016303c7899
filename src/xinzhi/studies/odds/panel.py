"""The odds on the page, with what would be worth measuring."""

from __future__ import annotations

from xinzhi.dashboard.markup import draw_html
from xinzhi.dashboard.session import View
from xinzhi.dashboard.study_drawing import answer_of, part_html


def draw(view: View) -> None:
    """As any study, asked also for the value of information."""
    answer = answer_of(view, "odds", {"worth": True})
    draw_html("".join(part_html(part) for part in answer.parts(view.lang)), view.lang)
