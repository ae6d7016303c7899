"""What a run is called: its scenario's name, which says so where levers were moved by hand."""

from __future__ import annotations

from xinzhi.content.content import Content
from xinzhi.show.words import t
from xinzhi.simulate import Run


def adjusted(content: Content, run: Run) -> bool:
    """Whether a run of a scenario of the project has other settings than the scenario."""
    scenario = content.scenarios.get(run.scenario)
    return scenario is not None and run.settings != content.settings(scenario)


def run_name(content: Content, run: Run, lang: str) -> str:
    """The scenario's name, "(adjusted)" behind it where levers were moved."""
    return t("{name} (adjusted)", lang, name=run.name) if adjusted(content, run) else run.name[lang]
