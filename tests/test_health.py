"""Is every piece of content whole, used and alive? Holds for any content, whatever a contributor adds."""

from __future__ import annotations

import math
import re

import pytest

from xinzhi.content.content import Content
from xinzhi.content.lever import RAMP_SUFFIX, START_SUFFIX
from xinzhi.content.yaml_file import Text
from xinzhi.project import Project

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def content(project: Project) -> Content:
    return project.content


def every_text(project: Project) -> list[tuple[str, Text]]:
    content = project.content
    texts = [("region", content.region.name), ("document", content.region.document.title)]
    texts += [(key, text) for key, text in content.region.chapters.items()]
    texts += [(key, text) for key, text in content.region.departments.items()]
    for lever in content.sheet.levers.values():
        texts += [(lever.id, part) for part in (lever.name, lever.help, lever.range_reason, lever.cost)]
    for indicator in content.indicators.values():
        texts += [(indicator.id, indicator.name), (indicator.id, indicator.definition)]
    for target in content.targets.values():
        texts += [(target.id, part) for part in (target.name, target.short_name, target.note) if part is not None]
    for scenario in content.scenarios.values():
        texts += [(scenario.id, part) for part in (scenario.name, scenario.narrative, *scenario.reasons.values())]
    texts += [(name, uncertainty.reason) for name, uncertainty in content.uncertainties.items()]
    texts += list(content.fixed.items())
    texts += [(check.id, check.name) for check in content.checks.values()]
    texts += [(number, title) for number, title in content.region.articles.items()]
    for item in content.audit.values():
        texts += [(item.id, part) for part in (item.name, item.says, item.model)]
        texts += [(step.id, step.name) for step in item.steps.values()]
        texts += [(item.id, item.rule.reason)] if item.rule is not None else []
    texts += [
        (source.id, text) for source in content.history.sources.values() for text in (source.title, source.publisher)
    ]
    return texts + [(variable.name, variable.description) for variable in content.model.variables.values()]


def test_every_text_is_chinese_in_chinese_and_english_in_english(project: Project) -> None:
    allowed = {"EFLOPS"}
    for owner, text in every_text(project):
        assert CHINESE.search(text.zh) or text.zh in allowed, owner
        assert text.en.strip(), owner
    for owner, text in every_text(project):
        if owner not in project.content.history.sources:  # a source may quote a Chinese title
            assert not CHINESE.search(text.en), (owner, text.en)


def test_chinese_texts_use_full_width_punctuation(project: Project) -> None:
    for owner, text in every_text(project):
        if owner not in project.content.history.sources:
            assert not re.search(r"[\u4e00-\u9fff][,;:?!](?!\d)", text.zh), (owner, text.zh)


def test_every_lever_has_unit_range_source_status_and_description(content: Content) -> None:
    for lever in content.sheet.levers.values():
        assert lever.low < lever.high and lever.low <= lever.base <= lever.high, lever.id
        assert 0 < lever.step <= lever.high - lever.low, lever.id
        assert lever.unit == "%" or content.units.knows(lever.unit), lever.id
        assert lever.sources and set(lever.sources) <= content.history.sources.keys(), lever.id
        assert lever.status in ("published", "recalled", "estimated", "assumed"), lever.id
        assert lever.departments and lever.group in content.region.chapters, lever.id
        for part in (lever.name, lever.help, lever.range_reason, lever.cost):
            assert CHINESE.search(part.zh) and part.en.strip(), lever.id
        documented = content.model.variables[lever.variable]
        assert documented.description.zh.startswith("措施："), lever.id
        assert documented.description.en.startswith("Lever: "), lever.id


def reached_from(content: Content, start: str) -> set[str]:
    """Every variable that ``start`` has a say in, through however many equations."""
    users: dict[str, list[str]] = {}
    for name, variable in content.model.variables.items():
        for used in variable.uses:
            users.setdefault(used, []).append(name)
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        for name in users.get(waiting.pop(), []):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached


def test_every_lever_its_start_and_its_ramp_are_used_by_the_model_up_to_an_indicator(content: Content) -> None:
    outputs = {indicator.variable for indicator in content.indicators.values()}
    for lever in content.sheet.levers.values():
        for suffix in ("", START_SUFFIX, RAMP_SUFFIX):
            assert reached_from(content, lever.variable + suffix) & outputs, lever.variable + suffix


def test_every_lever_moves_something(project: Project) -> None:
    rich = {"policy_budget_share": "1.2%"}
    asking = {"rd_subsidy_rate": "15%", "public_rd_growth": "18%"}
    poor, baseline = (project.run("baseline", levers=levers) for levers in (asking, rich))
    for lever in project.content.sheet.levers.values():
        other = lever.high if lever.base < lever.high else lever.low
        if lever.id in rich:  # money moves nothing by itself: it lets other levers act
            run, reference = project.run("baseline", levers={**asking, lever.id: other}), poor
        else:
            run, reference = project.run("baseline", levers={**rich, lever.id: other}), baseline
        apart = [
            key for key in run.values if not math.isclose(run.at(key, 2028), reference.at(key, 2028), rel_tol=1e-6)
        ]
        assert apart, lever.id


def test_every_variable_is_used_or_is_an_indicator(content: Content) -> None:
    used = {name for variable in content.model.variables.values() for name in variable.uses}
    used |= {indicator.variable for indicator in content.indicators.values()}
    used |= {
        name for check in content.checks.values() for expectation in check.expectations for name in expectation.left
    }
    used |= {yardstick.variable for yardstick in content.anchors.yardsticks.values()}
    idle = [
        name for name, variable in content.model.variables.items() if name not in used and variable.kind != "control"
    ]
    assert idle == []


def test_every_variable_has_a_unit_a_status_and_a_source_that_exists(content: Content) -> None:
    for name, variable in content.model.variables.items():
        assert content.units.knows(variable.unit), name
        assert variable.status in ("published", "recalled", "estimated", "assumed", "computed"), name
        assert variable.sources and set(variable.sources) <= content.history.sources.keys(), name


def test_every_assumed_constant_has_a_prior_or_a_reason_why_not(content: Content) -> None:
    assert content.account.open == 0
    for name, uncertainty in content.uncertainties.items():
        value, prior = content.model.variables[name].value, uncertainty.prior
        assert value is not None and prior.low <= value <= prior.high, name


def test_every_indicator_in_yuan_says_at_which_prices(content: Content) -> None:
    for indicator in content.indicators.values():
        assert "元" not in indicator.unit or indicator.prices in ("current", "constant"), indicator.id
        said = indicator.definition.en
        assert indicator.prices != "current" or not re.search(r"constant|2023 prices", said), indicator.id
        assert indicator.prices != "constant" or "current prices" not in said, indicator.id


def test_every_source_is_named_by_something(content: Content) -> None:
    named = {source for variable in content.model.variables.values() for source in variable.sources}
    named |= {source for lever in content.sheet.levers.values() for source in lever.sources}
    named |= {observation.source for series in content.history.series.values() for observation in series.observations}
    assert sorted(content.history.sources.keys() - named) == []


def test_every_chapter_and_department_has_something_to_do(content: Content) -> None:
    levers, targets = content.sheet.levers.values(), content.targets.values()
    assert {lever.group for lever in levers} == content.region.chapters.keys()
    at_work = {name for lever in levers for name in lever.departments}
    at_work |= {name for target in targets for name in target.departments}
    assert at_work == content.region.departments.keys()


def test_every_scenario_runs_and_gives_numbers_for_every_indicator_and_target(project: Project) -> None:
    for name, scenario in project.content.scenarios.items():
        assert set(scenario.reasons) == set(scenario.overrides), f"{name}: every lever that is set says why"
        run = project.run(name)
        for key, values in run.values.items():
            assert all(math.isfinite(value) for value in values), (name, key)
        assert project.targets(name)["value"].notna().all(), name


def test_every_scenario_but_the_baseline_is_another_one(project: Project) -> None:
    results = {name: tuple(project.targets(name)["value"].round(9)) for name in project.content.scenarios}
    assert len(set(results.values())) == len(results)


def test_every_indicator_lives_and_every_target_has_a_base_figure(project: Project) -> None:
    run = project.run("all-half" if "all-half" in project.content.scenarios else "baseline")
    for key, values in run.values.items():
        assert len({round(float(value), 12) for value in values}) > 1, f"{key} never changes"
    for target in project.content.targets.values():
        series = project.content.history.series[target.base_series]
        assert series.at(target.base_year) == target.base, target.id
        indicator = project.content.indicators[target.indicator]
        assert indicator.id != target.base_series or indicator.unit == series.unit, target.id
