"""The last fit on the page: prior and posterior of every fitted constant."""

from __future__ import annotations

from html import escape

from xinzhi.dashboard.markup import draw_html, table_html
from xinzhi.dashboard.session import View
from xinzhi.errors import Problem
from xinzhi.futures.freshness import current_fit
from xinzhi.show.constants import constant_words
from xinzhi.show.words import join, say
from xinzhi.studies.fit.words import fitted_table


def draw(view: View) -> None:
    """What calibration/fitted.yaml keeps; the constants that history cannot identify are named first."""
    fitted = current_fit(view.content)
    if fitted is None or fitted.outdated is not None:
        none = view.t("No constant was fitted: run xinzhi fit --write.")
        sentence = none if fitted is None or fitted.outdated is None else say(Problem(None, fitted.outdated), view.lang)
        draw_html(f"<p>{escape(sentence)}</p>", view.lang)
        return
    unknown = [
        constant_words(view.content, name, view.lang) for name, it in fitted.constants.items() if not it.identified
    ]
    sentence = view.t(
        "History cannot identify {count} of {all} constants; what is thought of them is the prior: {names}.",
        count=len(unknown), all=len(fitted.constants), names=join(unknown, view.lang),
    )  # fmt: skip
    table = fitted_table(fitted, view.lang, view.content).cells()
    draw_html(f"<p>{escape(sentence)}</p>{table_html(table.heads, table.rows, table.title)}", view.lang)
