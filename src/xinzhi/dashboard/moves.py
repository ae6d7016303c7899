"""What a move of the levers changed, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import streamlit as st

from xinzhi.analysis.verdict import judge_target
from xinzhi.content.indicator import Target, headline
from xinzhi.content.lever import Lever, Setting
from xinzhi.dashboard.futures import Settled
from xinzhi.dashboard.lever_state import settings_of
from xinzhi.dashboard.session import View
from xinzhi.show.numbers import exact, lever_value, likelihood, quantity, year
from xinzhi.show.words import join

MOST = 3


@dataclass(frozen=True)
class Standing:
    """What a move is told from: the content's hash, every lever's setting, the headline targets' values on the central
    path and their odds by id (none where they are not there), and the odds of all of them together."""

    content: str
    settings: Mapping[str, Setting]
    values: Mapping[str, float]
    odds: Mapping[str, float]
    joint: float | None


def move_sentence(view: View, settled: Settled | None, *, pending: bool = False) -> str:
    """The levers that the last step moved, and from what to what values and odds went.

    Odds that are ``pending`` are on their way: until they are there, nothing is said to have stayed as it was.
    """
    if not view.ran:
        return view.t("These settings give no result; the figures are those of the last that did.")
    values = {it.id: judge_target(it, view.current).value for it in headline(view.content.targets)}
    odds = {} if settled is None else settled.shares
    joint = None if settled is None else settled.odds.headline
    now = Standing(view.content.hash, settings_of(view.content, view.state), values, odds, joint)
    before, last = st.session_state.get("moves", (None, None))
    if last is None or last.settings != now.settings or last.content != now.content:
        before, last = last, now
    else:  # the same settings again, perhaps with odds by now
        last = now
    st.session_state["moves"] = (before, last)
    if before is None or before.content != view.content.hash:
        return view.t("Move a lever, or choose a scenario above: the odds move with it.")
    return sentence(view, before, now, pending=pending)


def sentence(view: View, before: Standing, now: Standing, *, pending: bool) -> str:
    """What was moved, and what moved with it: from what to what; odds that print alike are not said to have moved."""
    levers = view.content.sheet.levers
    moved = [key for key, setting in now.settings.items() if setting != before.settings[key]]
    if not moved:
        return view.t("Nothing changed.")
    named = [_lever(view, levers[key], before.settings[key], now.settings[key]) for key in moved[:MOST]]
    if len(moved) > MOST:
        named.append(view.t("{count} more", count=len(moved) - MOST))
    parts = [part for it in headline(view.content.targets) if (part := _target(view, it, before, now))]
    if parts:
        effect = ("，" if view.lang == "zh" else ", ").join(parts)
    elif pending:
        effect = view.t("no headline value changes at the digits shown")
    else:
        effect = view.t("neither values nor odds of the headline targets change at the digits shown")
    said = view.t("{levers}: {effect}.", levers=join(named, view.lang), effect=effect)
    if pending:
        return _after(view, said, view.t("Odds are being computed."))
    joint = _from_to(before.joint, now.joint)
    if joint is None:
        return said
    return _after(view, said, view.t("All together {old} → {new}.", old=joint[0], new=joint[1]))


def _after(view: View, said: str, more: str) -> str:
    return said + ("" if view.lang == "zh" else " ") + more


def _lever(view: View, lever: Lever, old: Setting, new: Setting) -> str:
    """What was set of a lever: value, start year and years to full force, each from what to what."""
    units, parts = view.content.units, []
    if old.value != new.value:
        parts.append(view.t("from {old} to {new}", old=lever_value(lever, old.value, view.lang, units),
                            new=lever_value(lever, new.value, view.lang, units)))  # fmt: skip
    if old.start != new.start:
        parts.append(view.t("start from the end of {old} to that of {new}", old=year(old.start), new=year(new.start)))
    if old.ramp != new.ramp:
        parts.append(view.t("ramp from {old} to {new} years", old=exact(old.ramp), new=exact(new.ramp)))
    return view.t("{lever} {moved}", lever=lever.name, moved=join(parts, view.lang))


def _target(view: View, target: Target, before: Standing, now: Standing) -> str:
    """A headline target's value and odds, what of them moved; nothing where neither did."""
    lang, units, name = view.lang, view.content.units, target.short_name[view.lang]
    ends = [
        quantity(it.values[target.id], target.unit, target.decimals, lang, units, sign=target.measure == "change")
        for it in (before, now)
    ]
    odds = _from_to(before.odds.get(target.id), now.odds.get(target.id))
    value = "" if ends[0] == ends[1] else view.t("{name} {old} → {new}", name=name, old=ends[0], new=ends[1])
    if odds is None:
        return value
    if not value:
        return view.t("odds of {name} {old} → {new}", name=name, old=odds[0], new=odds[1])
    return view.t("{value} (odds {old} → {new})", value=value, old=odds[0], new=odds[1])


def _from_to(old: float | None, new: float | None) -> tuple[str, str] | None:
    """Odds before and after, where both are there and print as two."""
    if old is None or new is None or not (isfinite(old) and isfinite(new)) or likelihood(old) == likelihood(new):
        return None
    return likelihood(old), likelihood(new)
