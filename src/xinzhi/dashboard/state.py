"""What a planner has set, its history, and its form in the page's address. No Streamlit here.

A setting that shows the same number as the scenario's own *is* the scenario's own: a slider that is moved and moved
back leaves no rounding dust, and an untouched lever runs with exactly its base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.tokens import AliasToken

from xinzhi.content.lever import Lever, PartialSetting, Setting
from xinzhi.content.project import Content
from xinzhi.content.scenario import BASELINE, Scenario, apply, check_ancestry, read_scenario, resolve
from xinzhi.content.units import split_quantity
from xinzhi.content.yaml_file import Problems
from xinzhi.errors import ContentError, Place, Problem, msg, nearest

LINK_VERSION = "1"
PARTS = ("value", "start", "ramp")
LONGEST_HISTORY = 200


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
    return _changed(content, state, content.sheet.assignments({name: written}))


def shown_settings(content: Content, settings: Mapping[str, Setting]) -> dict[str, list[float]]:
    """A lever set as the live page has it: by lever the value in its declared unit, the start year, the ramp."""
    levers = content.sheet.levers
    return {key: [shown_part(levers[key], setting, part) for part in PARTS] for key, setting in settings.items()}


def set_levers(content: Content, state: State, shown: Mapping[str, Sequence[float]]) -> State:
    """The state in which every lever shows ``shown`` (as `shown_settings`). Raises `ContentError`."""
    now = shown_settings(content, settings_of(content, state))
    written = {}
    for key, values in shown.items():
        for part, value, old in zip(PARTS, values, now.get(key, values), strict=True):
            if value != old:
                unit = content.sheet.levers[key].unit if part == "value" else ""
                written[key if part == "value" else f"{key}.{part}"] = f"{float(value):.12g}{unit}"
    return _changed(content, state, content.sheet.assignments(written))


def reset_lever(state: State, lever_id: str) -> State:
    """The state with a lever as the scenario has it."""
    return replace(state, changes={key: partial for key, partial in state.changes.items() if key != lever_id})


def _changed(content: Content, state: State, overrides: Mapping[str, PartialSetting]) -> State:
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
        return History(state, (*self.past, self.present)[-LONGEST_HISTORY:])

    def undone(self) -> History:
        return History(self.past[-1], self.past[:-1], (self.present, *self.future)) if self.past else self

    def redone(self) -> History:
        return History(self.future[0], (*self.past, self.present), self.future[1:]) if self.future else self


def to_query(content: Content, state: State) -> dict[str, str]:
    """The address of a state: version, model, scenario, then every lever that differs, in its declared unit.

    An uploaded scenario is not at the address, so its levers are written out over the baseline.
    """
    named = BASELINE if state.uploaded is not None else state.scenario
    base, settings = content.settings(content.scenario(named)), settings_of(content, state)
    query = {"v": LINK_VERSION, "m": content.hash[:8], "s": named}
    for lever in content.sheet.levers.values():
        for part in PARTS:
            shown = shown_part(lever, settings[lever.id], part)
            if shown != shown_part(lever, base[lever.id], part):
                query[lever.code if part == "value" else f"{lever.code}.{part}"] = f"{shown:.12g}"
    return query


def from_query(content: Content, query: Mapping[str, str]) -> State:
    """The state at an address. Raises `ContentError` with every problem (unknown name, bad number, range)."""
    problems: list[Problem] = []
    if query.get("v", LINK_VERSION) != LINK_VERSION:
        problems.append(Problem(None, msg('the link has the unknown version "{version}"', version=query["v"])))
    scenario = query.get("s", BASELINE)
    if scenario not in content.scenarios:
        problems.append(
            Problem(None, msg('unknown scenario "{name}"', name=scenario), nearest(scenario, list(content.scenarios)))
        )
    try:
        overrides = content.sheet.assignments(
            {name: _with_unit(content, name, value) for name, value in query.items() if name not in ("v", "m", "s")}
        )
    except ContentError as error:
        problems.extend(error.problems)
    if problems:
        raise ContentError(problems)
    return _changed(content, start_from(scenario), overrides)


def _with_unit(content: Content, name: str, written: str) -> str:
    """A number at an address is in the lever's declared unit, which is then said."""
    lever, quantity = content.sheet.find(name), split_quantity(written)
    return f"{written}{lever.unit}" if lever is not None and quantity is not None and not quantity[1] else written


def made_with_other_model(content: Content, query: Mapping[str, str]) -> bool:
    """Whether an address names another state of model and data than this one."""
    return "m" in query and query["m"] != content.hash[:8]


def read_upload(content: Content, file_name: str, written: bytes) -> State:
    """The state that an uploaded scenario file gives. Raises `ContentError` with every problem and its line."""
    problems = Problems()
    stem = file_name.rsplit(".", 1)[0]
    scenario_id = f"{stem}-uploaded" if stem in content.scenarios else stem
    try:
        text = written.decode("utf-8-sig")
        _refuse_references(text, file_name)
        scenario = read_scenario(text, scenario_id, file_name, problems, content.sheet, content.uncertainties)
    except UnicodeDecodeError:
        raise ContentError(Problem(Place(file_name), msg("is not UTF-8 text"), msg("save it as UTF-8"))) from None
    if scenario is not None:
        check_ancestry({scenario.id: scenario}, list(content.scenarios), problems)
    problems.raise_any()
    assert scenario is not None
    return State(scenario.id, {}, scenario)


def _refuse_references(text: str, file_name: str) -> None:
    """Refuse YAML's references (``*name``): a few lines of them stand for a text of any size."""
    try:
        line = next((token.start_mark.line + 1 for token in YAML().scan(text) if isinstance(token, AliasToken)), None)
    except YAMLError:  # told, with its line, when the file is read
        return
    if line is not None:
        raise ContentError(
            Problem(Place(file_name, line), msg("a reference (*name) stands here"), msg("write the value itself"))
        )
