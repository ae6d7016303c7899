"""The levers, grouped by the document's chapters: sliders in the declared unit, timing and sources one click away."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape

import streamlit as st

from xinzhi.content.lever import Lever, PartialSetting, Setting
from xinzhi.dashboard import session
from xinzhi.dashboard.expanders import draw_expanders
from xinzhi.dashboard.lever_state import settings_of, shown_part
from xinzhi.dashboard.markup import draw_html, plain_markdown, span
from xinzhi.dashboard.session import View, keep
from xinzhi.show.numbers import MINUS, exact, lever_value, plain, year
from xinzhi.show.words import article, join


def draw_levers(view: View) -> None:
    """One expander a chapter that has levers, the first open; each lever has the key ``lever-<id>``.

    A closed one's levers are drawn when it is opened: with every move the browser goes through all that is on the page.
    """
    settings = settings_of(view.content, view.state)
    draw_html(_moved_line(view), view.lang)
    groups = {
        f"group-{group}": (title[view.lang], partial(_draw_group, group=group, settings=settings))
        for group, title in view.content.region.chapters.items()
        if any(lever.group == group for lever in view.content.sheet.levers.values())
    }
    draw_expanders(view, groups, opened=next(iter(groups), ""))


def _draw_group(view: View, group: str, settings: Mapping[str, Setting]) -> None:
    for lever in view.content.sheet.levers.values():
        if lever.group == group:
            _draw_lever(view, lever, settings[lever.id])


def _moved_line(view: View) -> str:
    """Which levers differ from the chosen scenario."""
    names = [view.content.sheet.levers[key].name[view.lang] for key in view.state.changes]
    untouched = view.t("No lever differs from the chosen scenario.")
    if not names:
        return f'<div class="xz-small">{escape(untouched)}</div>'
    said = view.t("Moved here: {levers}", levers=join(names, view.lang))
    return f'<div class="xz-small">{span("xz-moved", said)}</div>'


def _draw_lever(view: View, lever: Lever, setting: Setting) -> None:
    key = f"lever-{lever.id}"
    shown, low, high = (lever.shown(value) for value in (setting.value, lever.low, lever.high))
    step = grid_step(shown - low, lever.shown(lever.step))
    keep(key, shown)
    st.slider(
        f"{lever.name[view.lang]}{unit_label(view, lever)}",
        min_value=low,
        max_value=high,
        step=step,
        format=f"%,.{max(decimals(number) for number in (low, high, shown, step))}f",
        key=key,
        help=_help(view, lever),
        on_change=session.set_lever,
        args=(view.content, lever.id, "value", key),
    )
    with st.container(key=f"below-{lever.id}", horizontal=True, gap="small", vertical_alignment="center"):
        draw_html(_below(view, lever, setting), view.lang)
        with st.popover(view.t("Details"), key=f"details-{lever.id}", type="tertiary"):
            _draw_details(view, lever, setting)
        if lever.id in view.state.changes:
            st.button(
                "↺",
                key=f"reset-{lever.id}",
                help=view.t("Set this lever back"),
                type="tertiary",
                on_click=session.reset_lever,
                args=(lever.id,),
            )


def unit_label(view: View, lever: Lever) -> str:
    """The unit behind a slider's name; in English it says what a Chinese unit is."""
    if view.lang == "zh":
        return f"（{view.content.units.chinese(lever.unit)}）"
    factor, label = view.content.units.english(lever.unit)
    return f" ({label})" if factor == 1 else f" ({lever.unit} = {plain(factor, decimals(factor))} {label})"


def decimals(number: float) -> int:
    """The digits behind the point that a number in a declared unit has, at most 6."""
    return next(digits for digits in range(7) if round(number, digits) == number or digits == 6)


def grid_step(above_low: float, step: float) -> float:
    """The slider's step, made finer where a scenario's value lies between its steps, so that it is shown as it is."""
    for parts in (1, 2, 4, 5, 10, 20, 100, 1000):
        fine = float(f"{step / parts:.9g}")
        if abs(above_low / fine - round(above_low / fine)) < 1e-6:
            return fine
    return float(f"{step / 1000:.9g}")


def _below(view: View, lever: Lever, setting: Setting) -> str:
    """The line under a slider: the base and, in words and not only by colour, whether the lever was moved."""
    units = view.content.units
    low, high = (lever_value(lever, value, view.lang, units) for value in (lever.low, lever.high))
    base = view.t("Base {value}", value=lever_value(lever, lever.base, view.lang, units))
    reach = view.t("range {low}–{high}", low=low.removesuffix(high.lstrip(f"0123456789,.{MINUS}")), high=high)
    partial = view.state.changes.get(lever.id, PartialSetting())
    marks = []
    if setting != lever.base_setting:
        marks.append(view.t("◆ moved") if partial != PartialSetting() else view.t("◇ set by the scenario"))
    if (setting.start, setting.ramp) != (lever.base_start, lever.base_ramp):
        marks.append(view.t("from {start}, {ramp} years", start=year(setting.start), ramp=exact(setting.ramp)))
    mark = f'<div class="xz-moved">{escape(" · ".join(marks))}</div>' if marks else ""
    return f'<div class="xz-below">{escape(f"{base} · {reach}")}{mark}</div>'


def _help(view: View, lever: Lever) -> str:
    """What the lever is, its base and its range, as Markdown."""
    units, lang = view.content.units, view.lang
    low, high = (lever_value(lever, value, lang, units) for value in (lever.low, lever.high))
    lines = [
        lever.help[lang],
        view.t("Base {value}", value=lever_value(lever, lever.base, lang, units)),
        view.t("Range {low} to {high}: {reason}", low=low, high=high, reason=lever.range_reason),
        view.t("Cost: {cost}", cost=lever.cost),
        source_line(view, lever),
    ]
    return "\n\n".join(plain_markdown(line) for line in lines)


def source_line(view: View, lever: Lever) -> str:
    """Where a lever comes from."""
    sources = [view.content.history.sources[key].title[view.lang] for key in lever.sources]
    return view.t("Source: {sources}", sources=("；" if view.lang == "zh" else "; ").join(sources))


def _draw_details(view: View, lever: Lever, setting: Setting) -> None:
    """Start year and ramp, then where the lever comes from."""
    timing = view.content.sheet.timing
    labels = {"start": view.t("Starts at the end of"), "ramp": view.t("Years until fully in force")}
    for part, (low, high) in {"start": timing.start, "ramp": timing.ramp}.items():
        key = f"{part}-{lever.id}"
        now = shown_part(lever, setting, part)
        st.session_state[key] = now  # on every run: a popover mounts its widgets when it is opened
        st.number_input(
            labels[part],
            min_value=low,
            max_value=high,
            step=1.0,
            format=f"%.{decimals(now)}f",
            key=key,
            on_change=session.set_lever,
            args=(view.content, lever.id, part, key),
        )
    departments = join([view.content.region.departments[key][view.lang] for key in lever.departments], view.lang)
    lines = [
        lever.help[view.lang],
        view.t(
            "Document: {article}; {departments}", article=article(lever.article, view.lang), departments=departments
        ),
        view.t("Why this range: {reason}", reason=lever.range_reason),
        view.t("Cost: {cost}", cost=lever.cost),
        source_line(view, lever),
    ]
    draw_html("".join(f'<p class="xz-detail">{escape(line)}</p>' for line in lines), view.lang)
