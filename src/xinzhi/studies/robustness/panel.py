"""How the scenarios bear uncertainty, on the page: a choice, the picture, what is best, and dominance on demand."""

from __future__ import annotations

from html import escape

from xinzhi.dashboard.markup import draw_html, list_html, on_demand, table_html
from xinzhi.dashboard.pictures import draw_picture
from xinzhi.dashboard.session import View
from xinzhi.dashboard.study_drawing import adjusted, answer_of, choose, is_own, key_of, target_names
from xinzhi.show.numbers import plain
from xinzhi.studies.ask import MEMBERS
from xinzhi.studies.robustness.words import monte_carlo, robustness_sentences, robustness_table, undominated

NAME = "robustness"
TOGETHER = ""  # in place of a target: the headline targets


def draw(view: View) -> None:
    """Every scenario of the content, and the present one where it is none of them, on one target or the headline
    ones."""
    view, lang = adjusted(view), view.lang
    names = {TOGETHER: view.t("All headline targets"), **target_names(view)}
    target = choose(view, view.t("Target"), f"{NAME}-target", names, list(names)[1])
    own = is_own(view)
    waiting = view.t("Running {members} futures of {count} scenarios …", members=plain(MEMBERS, 0),
                     count=len(view.content.scenarios) + own)  # fmt: skip
    answer = answer_of(view, NAME, {"targets": (target,) if target else ()}, waiting)
    result = answer.result
    table = robustness_table(view.content, result, lang)
    lead = view.t("Every scenario meets the same futures. A dot is its mean, the bar the middle four fifths of the "
                  "futures; the dashed line is the target, and on the right stands how likely it is met.")  # fmt: skip
    best, (*pairs, futures, meaning) = undominated(result, lang), robustness_sentences(result, lang)
    draw_html(f"<p>{escape(lead)}</p>", lang)
    key = (*(key_of(view) if own else key_of(view)[:1]), target, view.current.name[lang], lang)
    draw_picture(NAME, lambda: answer.draw(lang=lang), key, best)
    every = on_demand(view.t("Which scenario dominates which"), list_html(pairs))
    notes = list_html([best, meaning, futures, monte_carlo(result, lang)])
    draw_html(notes + table_html(table.heads, table.rows, table.title) + every, lang)
