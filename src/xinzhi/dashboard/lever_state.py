"""What a planner has set, and its history; its form in the page's address is `link`'s. No Streamlit here.

A setting that shows the same number as the scenario's own *is* the scenario's own: a slider that is moved and moved
back leaves no rounding dust, and an untouched lever runs with exactly its base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xinzhi.content.content import Content
from xinzhi.content.lever import Lever, PartialSetting, Setting
from xinzhi.content.scenario import BASELINE, Scenario, apply, check_ancestry, read_scenario, resolve
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import ContentError, Place, Problem, msg, shortened

PARTS = ("value", "start", "ramp")
LONGEST_HISTORY = 200
LARGEST_UPLOAD = 100_000  # bytes; the largest scenario of the project has 4,000
MOST_VALUES = 2000  # keys and values of an uploaded scenario; one that sets each of thirty levers with a reason has 500
LONGEST_FILE_NAME = 100
MOST_UPLOADS = 10  # that a session keeps


@dataclass(frozen=True)
class State:
    """A scenario and what was set otherwise.

    ``scenario`` is the id of a scenario of the content, or of ``uploaded``. ``changes`` holds, by lever id, the parts
    (model units) that differ from that scenario.
    """

    scenario: str
    changes: Mapping[str, PartialSetting]
    uploaded: Scenario | None = None


def start_from(scenario: str = BASELINE) -> State:
    """A scenario as it is."""
    return State(scenario, {})


def chosen_scenario(content: Content, state: State) -> Scenario:
    """The scenario that the changes are made to."""
    return state.uploaded if state.uploaded is not None else content.scenario(state.scenario)


def settings_of(content: Content, state: State) -> dict[str, Setting]:
    """Every lever's setting."""
    return apply(state.changes, unchanged_settings(content, state))


def unchanged_settings(content: Content, state: State) -> dict[str, Setting]:
    """Every lever's setting in the chosen scenario."""
    return resolve(chosen_scenario(content, state), content.scenarios, content.sheet)


def shown_part(lever: Lever, setting: Setting, part: str) -> float:
    """A setting's value in the lever's declared unit, its start year, or its ramp in years."""
    return lever.shown(setting.value) if part == "value" else float(f"{getattr(setting, part):.12g}")


def set_part(content: Content, state: State, lever_id: str, part: str, shown: float) -> State:
    """The state after one part of a lever (``value`` in its declared unit) was set. Raises `ContentError`."""
    lever = content.sheet.levers[lever_id]
    name = lever_id if part == "value" else f"{lever_id}.{part}"
    written = f"{shown:.12g}{lever.unit}" if part == "value" else f"{shown:.12g}"
    return changed(content, state, content.sheet.assignments({name: written}))


def shown_settings(content: Content, settings: Mapping[str, Setting]) -> dict[str, list[float]]:
    """A lever set as the live page has it: by lever the value in its declared unit, the start year, the ramp."""
    levers = content.sheet.levers
    return {key: [shown_part(levers[key], setting, part) for part in PARTS] for key, setting in settings.items()}


def set_levers(content: Content, state: State, shown: Mapping[str, Sequence[float]]) -> State:
    """The state in which every lever shows ``shown`` (as `shown_settings`). Raises `ContentError`."""
    now = shown_settings(content, settings_of(content, state))
    unknown = next((key for key in shown if key not in now), None)
    if unknown is not None:
        raise ContentError(content.sheet.unknown(unknown, None))
    written = {}
    for key, values in shown.items():
        for part, value, old in zip(PARTS, values, now[key], strict=True):
            if value != old:
                unit = content.sheet.levers[key].unit if part == "value" else ""
                written[key if part == "value" else f"{key}.{part}"] = f"{float(value):.12g}{unit}"
    return changed(content, state, content.sheet.assignments(written))


def reset_lever(state: State, lever_id: str) -> State:
    """The state with a lever as the scenario has it."""
    return replace(state, changes={key: partial for key, partial in state.changes.items() if key != lever_id})


def changed(content: Content, state: State, overrides: Mapping[str, PartialSetting]) -> State:
    """``state`` with ``overrides`` on top; parts that show what the scenario shows are left out."""
    unchanged = unchanged_settings(content, state)
    settings = apply(overrides, apply(state.changes, unchanged))
    changes = {}
    for lever in content.sheet.levers.values():
        differing = {
            part: getattr(settings[lever.id], part)
            for part in PARTS
            if shown_part(lever, settings[lever.id], part) != shown_part(lever, unchanged[lever.id], part)
        }
        if differing:
            changes[lever.id] = PartialSetting(**differing)
    return replace(state, changes=changes)


@dataclass(frozen=True)
class History:
    """The states before and after the present one, oldest first."""

    present: State
    past: tuple[State, ...] = ()
    future: tuple[State, ...] = ()

    def then(self, state: State) -> History:
        """One step further; a state equal to the present one is no step."""
        if state == self.present:
            return self
        return History(state, _with_few_uploads((*self.past, self.present)[-LONGEST_HISTORY:]))

    def undone(self) -> History:
        return History(self.past[-1], self.past[:-1], (self.present, *self.future)) if self.past else self

    def redone(self) -> History:
        return History(self.future[0], (*self.past, self.present), self.future[1:]) if self.future else self


def _with_few_uploads(past: tuple[State, ...]) -> tuple[State, ...]:
    """The newest of these states that hold no more than `MOST_UPLOADS` uploaded files."""
    files: set[int] = set()
    for place in reversed(range(len(past))):
        if past[place].uploaded is not None:
            files.add(id(past[place].uploaded))
        if len(files) > MOST_UPLOADS:
            return past[place + 1 :]
    return past


def read_upload(content: Content, file_name: str, written: bytes) -> State:
    """The state that an uploaded scenario file gives. Raises `ContentError` with its problems and their lines.

    Its size and the number of its values are limited before it is read: all visitors share the time that it takes.
    """
    stem = file_name[:LONGEST_FILE_NAME].rsplit(".", 1)[0]
    if len(written) > LARGEST_UPLOAD:
        large = msg("is larger than {size} kB", size=LARGEST_UPLOAD // 1000)
        raise ContentError(Problem(Place(shortened(file_name)), large, msg("remove what is not needed")))
    problems = Problems()
    scenario_id = f"{stem}-uploaded" if stem in content.scenarios else stem
    shown_as = shortened(file_name)
    try:
        text = written.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ContentError(Problem(Place(shown_as), msg("is not UTF-8 text"), msg("save it as UTF-8"))) from None
    scenario = read_scenario(text, scenario_id, shown_as, problems, content.sheet, content.uncertainties, MOST_VALUES)
    if scenario is not None:
        check_ancestry({scenario.id: scenario}, list(content.scenarios), problems)
    problems.raise_any()
    assert scenario is not None
    return State(scenario.id, {}, scenario)
