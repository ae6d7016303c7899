"""When a target is missed, on the page: two choices, the groups in words, the picture, the boxes, the tree."""

from __future__ import annotations

from html import escape

import streamlit as st

from xinzhi.dashboard.markup import draw_html, draw_notice, list_html, on_demand
from xinzhi.dashboard.pictures import draw_picture
from xinzhi.dashboard.session import Notice, View
from xinzhi.dashboard.study_drawing import adjusted, answer_of, choose, key_of, part_html, target_names
from xinzhi.errors import ContentError, msg
from xinzhi.show.numbers import plain
from xinzhi.studies.ask import MEMBERS
from xinzhi.studies.discover.discovery import FEWEST
from xinzhi.studies.discover.words import COMMON, boxes_table, discovery_sentences, limits_table, tree_rules

KEY = "discovery"


def draw(view: View) -> None:
    """For one target and side, of the present scenario."""
    view, names = adjusted(view), target_names(view)
    sides = {"missed": view.t("the futures that miss it"), "met": view.t("the futures that meet it")}
    with st.container(horizontal=True):
        target = choose(view, view.t("Target"), f"{KEY}-target", names, next(iter(names)))
        side = choose(view, view.t("What is described"), f"{KEY}-side", sides, "missed")
    lang, futures = view.lang, plain(MEMBERS, 0)
    few = view.t("Not described are groups of fewer than {fewest} of the {members} futures: they cannot be told from "
                 "chance.", fewest=FEWEST, members=futures)  # fmt: skip
    try:
        answer = answer_of(view, "discover", {"target": target, "met": side == "met"},
                           view.t("Running {members} futures …", members=futures))  # fmt: skip
    except ContentError as error:
        none = msg("{target}: nothing is shown, as nearly all futures end alike.", target=names[target])
        draw_notice(Notice("info", none, tuple(error.problems)), lang)
        draw_html(list_html([few]), lang)
        return
    content, result = view.content, answer.result
    sentences = discovery_sentences(content, result, lang)[: 1 + max(1, len(result.boxes))]
    if result.of_interest.mean() > COMMON:
        sentences.append(view.t("They are the rule: what the few others have in common says more; choose these above."))
    draw_html(list_html([*sentences, few]), lang)
    lead = view.t("On the right each dot is a future, placed by two of the inputs; the frame is the first group that "
                  "is described. On the left each dot is a frame that could have been drawn: further right it holds "
                  "more of the futures in question (coverage), higher up fewer others (density).")  # fmt: skip
    draw_html(f"<p>{escape(lead)}</p>", lang)
    key = (*key_of(view), target, side, result.run.name[lang], lang)
    draw_picture(KEY, lambda: answer.draw(lang=lang), key, " ".join(sentences))
    rules = "".join(f'<div style="padding-left:{len(rule) - len(rule.lstrip())}em">{escape(rule.strip())}</div>'
                    for rule in tree_rules(content, result, lang))  # fmt: skip
    tables = (boxes_table(result, lang), limits_table(content, result, lang)) if result.boxes else ()
    body = "".join(part_html(table.cells()) for table in tables)
    draw_html(body + on_demand(view.t("Decision tree"), rules), lang)
