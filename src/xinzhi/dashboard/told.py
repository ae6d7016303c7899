"""What a move of the levers changed, in a sentence."""

from __future__ import annotations

import streamlit as st

from xinzhi.analysis.ahead import Settled
from xinzhi.analysis.verdict import judge_target
from xinzhi.content.indicator import headline
from xinzhi.content.lever import Setting
from xinzhi.dashboard.session import View
from xinzhi.dashboard.state import settings_of
from xinzhi.show.numbers import difference, lever_value
from xinzhi.show.odds import likelihood
from xinzhi.show.words import join

MOST = 3


def told(view: View, settled: Settled | None) -> str:
    """The levers that the last step moved, the target whose value moved most for its range, the joint odds."""
    if not view.ran:
        return view.t("These settings give no result; the figures are those of the last that did.")
    settings = settings_of(view.content, view.state)
    values = {it.id: judge_target(it, view.current).value for it in headline(view.content.targets)}
    odds = {} if settled is None else {it.target.id: it.odds for it in settled.targets}
    now = (view.content.hash, settings, values, odds, None if settled is None else settled.headline)
    before, last = st.session_state.get("told", (None, None))
    if last is None or last[1] != settings or last[0] != now[0]:
        before, last = last, now
    else:  # the same settings again, perhaps with odds by now
        last = now
    st.session_state["told"] = (before, last)
    if before is None or before[0] != view.content.hash:
        return view.t("Move a lever, or choose a scenario above: the odds move with it.")
    return _sentence(view, before[1], before[2], before[3], before[4], now)


def _sentence(
    view: View, old: dict[str, Setting], values: dict[str, float], odds: dict[str, float], joint: float | None,
    now: tuple[str, dict[str, Setting], dict[str, float], dict[str, float], float | None],
) -> str:  # fmt: skip
    lang, units, levers = view.lang, view.content.units, view.content.sheet.levers
    moved = [key for key, setting in now[1].items() if setting != old[key]]
    if not moved:
        return view.t("Nothing changed.")
    named = [
        view.t("{lever} from {old} to {new}", lever=levers[key].name,
               old=lever_value(levers[key], old[key].value, lang, units),
               new=lever_value(levers[key], now[1][key].value, lang, units))
        if old[key].value != now[1][key].value
        else view.t("timing of {lever}", lever=levers[key].name)
        for key in moved[:MOST]
    ]  # fmt: skip
    if len(moved) > MOST:
        named.append(view.t("{count} more", count=len(moved) - MOST))
    targets = headline(view.content.targets)
    parts = []
    for it in targets:
        change = now[2][it.id] - values[it.id]
        if abs(change) < 0.5 * 10**-it.decimals:
            continue
        text = f"{it.short_name[lang]} {difference(change, it.unit, it.decimals, lang, units)}"
        if it.id in odds and it.id in now[3] and round(100 * odds[it.id]) != round(100 * now[3][it.id]):
            text += ("" if lang == "zh" else " ") + view.t(
                "(odds {old} → {new})", old=likelihood(odds[it.id]), new=likelihood(now[3][it.id])
            )
        parts.append(text)
    effect = join(parts, lang) if parts else view.t("no headline target moves")
    said = view.t("{levers}: {effect}.", levers=join(named, lang), effect=effect)
    if joint is not None and now[4] is not None and round(100 * joint) != round(100 * now[4]):
        said += " " + view.t("All together {old} → {new}.", old=likelihood(joint), new=likelihood(now[4]))
    return said
