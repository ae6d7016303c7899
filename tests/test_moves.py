"""What the live page says of a move: from what to what, of values and of odds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xinzhi.content.indicator import headline
from xinzhi.dashboard.lever_state import settings_of, start_from
from xinzhi.dashboard.moves import Standing, sentence
from xinzhi.dashboard.session import View
from xinzhi.project import Project


@pytest.fixture(scope="module")
def view(project: Project) -> View:
    run = project.run()
    return View(project, start_from(), run, run, "en")


@pytest.fixture(scope="module")
def before(view: View) -> Standing:
    """Five targets that come to 10 each, with odds of 28 %, under the baseline's settings."""
    names = [it.id for it in headline(view.content.targets)]
    settings = settings_of(view.content, view.state)
    return Standing("hash", settings, dict.fromkeys(names, 10.0), dict.fromkeys(names, 0.28), 0.004)


def moved(before: Standing, **parts: float) -> Standing:
    """The first lever set otherwise."""
    lever, setting = next(iter(before.settings.items()))
    return replace(before, settings={**before.settings, lever: replace(setting, **parts)})


def told(view: View, before: Standing, now: Standing, *, pending: bool = False, lang: str = "en") -> str:
    return sentence(replace(view, lang=lang), before, now, pending=pending)


def test_odds_that_move_alone_are_told_from_what_to_what(view: View, before: Standing) -> None:
    now = moved(before, value=0.1)
    now = replace(now, odds={**now.odds, "rd_growth": 0.30})
    assert told(view, before, now).endswith("from 6% to 10%: odds of R&D growth 28% → 30%.")
    assert told(view, before, now, lang="zh").endswith("由6%调至10%：研发经费增速达标概率28% → 30%。")


def test_a_value_and_its_odds_are_told_together_and_what_prints_alike_is_not(view: View, before: Standing) -> None:
    now = moved(before, value=0.1)
    now = replace(
        now, values={**now.values, "rd_growth": 11.0, "sei_growth": 10.01}, odds={**now.odds, "rd_growth": 0.4}
    )
    assert told(view, before, now).endswith(": R&D growth 10.0% → 11.0% (odds 28% → 40%).")
    low = replace(before, odds={**before.odds, "rd_growth": 0.001}, joint=0.004)
    now = replace(moved(low, value=0.1), odds={**low.odds, "rd_growth": 0.009}, joint=0.006)
    said = told(view, low, now)
    assert "<1%" not in said and said.endswith(
        "neither values nor odds of the headline targets change at the digits shown."
    )


def test_all_together_is_told_where_it_prints_otherwise(view: View, before: Standing) -> None:
    assert told(view, before, replace(moved(before, value=0.1), joint=0.02)).endswith(" All together <1% → 2%.")


def test_a_lever_s_timing_is_told_from_what_to_what(view: View, before: Standing) -> None:
    now = moved(before, start=2025.0, ramp=3.5)
    assert "start from the end of 2024 to that of 2025, ramp from 2 to 3.5 years:" in told(view, before, now)
    assert "起始年份由2024年末改为2025年末、到位年数由2年改为3.5年：" in told(view, before, now, lang="zh")


def test_while_odds_are_computed_nothing_is_said_to_have_stayed(view: View, before: Standing) -> None:
    now = replace(moved(before, value=0.1), odds={}, joint=None)
    said = told(view, before, now, pending=True)
    assert (
        said.endswith("no headline value changes at the digits shown. Odds are being computed.")
        and "nor odds" not in said
    )
