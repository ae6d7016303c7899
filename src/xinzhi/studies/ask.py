"""What a study asks: options with a kind, a default and help, checked in one place for every face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi import arguments
from xinzhi.arguments import MEMBERS as MEMBERS
from xinzhi.arguments import MOST_MEMBERS, MOST_SEED, whole
from xinzhi.content import BASELINE
from xinzhi.errors import ContentError, Message, Problem, msg
from xinzhi.show.words import N_

if TYPE_CHECKING:
    from xinzhi.base import Base
    from xinzhi.content.scenario import Scenario
    from xinzhi.simulate import Run

FOLDER = "--folder"  # the option of a study that writes a whole folder
LEVERS = "levers"  # what every study is asked besides: settings of the levers of its scenarios


class Kind(Enum):
    """How an answer is read: what Python gives, what the shell shows, which widget the page draws."""

    SCENARIO = "scenario"
    SCENARIOS = "scenarios"
    TARGET = "target"
    TARGETS = "targets"
    COUNT = "count"
    CHOICE = "choice"
    FLAG = "flag"
    NAME = "name"
    NAMES = "names"
    YEARS = "years"
    PATH = "path"
    PATHS = "paths"
    FOLDER = "folder"
    TABLE = "table"  # a file, in Python also a DataFrame


@dataclass(frozen=True)
class Ask:
    """One option of a study.

    ``name`` is the keyword in Python; ``flag`` the shell's option (``--members``), or empty where it is an argument by
    its place. ``required`` has no default. ``least`` and ``most`` bound a count; ``choices`` are of a choice, in order.
    ``on_page``: the page draws a widget for it, with ``label`` (else ``help``) above and each choice as ``names`` say;
    else the page takes the default.
    """

    name: str
    kind: Kind
    help: str
    default: Any = None
    flag: str = ""
    metavar: str | None = None
    least: int = 1
    most: int | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    on_page: bool = False
    label: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def many(self) -> bool:
        return self.kind in (Kind.SCENARIOS, Kind.TARGETS, Kind.NAMES, Kind.YEARS, Kind.PATHS)


def scenario(default: str = BASELINE) -> Ask:
    """The scenario that is studied."""
    return Ask("scenario", Kind.SCENARIO, N_("The scenario."), default)


def members() -> Ask:
    """How many futures are run."""
    return Ask("members", Kind.COUNT, N_("How many futures."), MEMBERS, "--members", least=100, most=MOST_MEMBERS)


def seed(default: int = 0) -> Ask:
    """The seed of all that is drawn; 0 is one too."""
    return Ask("seed", Kind.COUNT, N_("The seed of random draws."), default, "--seed", least=0, most=MOST_SEED)


def take(asks: Sequence[Ask], study: str, base: Base, answers: Mapping[str, object]) -> dict[str, Any]:
    """What a study is run with: every ask answered, scenarios as runs, targets as `Target`.

    Raises `ContentError` with every problem at once: unknown options (with the nearest name), answers that cannot be.
    """
    levers, known = answers.get(LEVERS), {ask.name: ask for ask in asks}
    problems = [_unknown(name, study, known) for name in answers if name not in known and name != LEVERS]
    missing = [ask for ask in asks if ask.required and answers.get(ask.name, ()) in ((), [])]
    problems += [_missing(ask, study) for ask in missing]
    runs = any(ask.kind in (Kind.SCENARIO, Kind.SCENARIOS) for ask in asks)
    if not runs and levers is not None and _any(levers):
        none = msg("{study} runs no scenario, so that no lever can be set", study=study)
        problems.append(Problem(None, none, msg("leave the settings out")))
        levers = None
    taken: dict[str, Any] = {}
    for ask in (it for it in asks if it not in missing):
        try:
            taken[ask.name] = _answer(ask, base, answers.get(ask.name, ask.default), levers)
        except ContentError as error:
            problems += [it for it in error.problems if it not in problems]
    if problems:
        raise ContentError(problems)
    return taken


def _any(levers: object) -> bool:
    """Whether something is set: an empty mapping or list sets nothing."""
    return len(levers) > 0 if isinstance(levers, Sized) else True


def _unknown(name: str, study: str, known: Mapping[str, Ask]) -> Problem:
    near = get_close_matches(name, known, 1)
    remedy = msg('did you mean "{name}"?', name=near[0]) if near else _allowed([*known, LEVERS])
    return Problem(None, msg('{study} does not ask for "{name}"', study=study, name=name), remedy)


def _missing(ask: Ask, study: str) -> Problem:
    remedy = msg("in the shell: {flag}", flag=ask.flag) if ask.flag else None
    return Problem(None, msg('{study} needs "{name}"', study=study, name=ask.name), remedy)


def _allowed(names: Sequence[str]) -> Message:
    return msg("allowed are: {names}", names=", ".join(names))


def _answer(ask: Ask, base: Base, answer: Any, levers: Any) -> Any:
    if ask.kind is Kind.SCENARIO:
        return base.run(_scenario(answer), levers)
    if ask.kind is Kind.SCENARIOS:
        return _scenarios(base, answer, levers)
    if ask.kind is Kind.TARGET:
        return base.content.target(arguments.text(ask.name, answer))
    if ask.kind is Kind.TARGETS:
        return _each(ask.name, answer, base.content.target)
    if answer is None and ask.default in (None, ()) and not ask.required:
        return () if ask.many else None
    return _plain(ask, answer)


def _plain(ask: Ask, answer: Any) -> Any:
    """An answer that needs no content."""
    if ask.kind is Kind.COUNT:
        return whole(ask.name, answer, ask.least, ask.most)
    if ask.kind is Kind.FLAG:
        if not isinstance(answer, bool):
            raise ContentError(Problem(None, msg("{name} cannot be {value}", name=ask.name, value=repr(answer)),
                                       msg("give True or False")))  # fmt: skip
        return answer
    if ask.kind is Kind.CHOICE:
        return _choice(ask, arguments.text(ask.name, answer))
    if ask.kind is Kind.NAMES:
        return tuple(arguments.names(ask.name, answer))
    if ask.kind is Kind.YEARS:
        return tuple(whole(ask.name, it, 1900, 2200) for it in arguments.several(answer))
    if ask.kind is Kind.PATHS:
        return tuple(arguments.path(ask.name, it) for it in arguments.several(answer))
    if ask.kind is Kind.TABLE:
        return _table(ask.name, answer)
    if ask.kind is Kind.FOLDER and isinstance(answer, str):
        return answer  # a URL is none of `Path`
    return (
        arguments.path(ask.name, answer) if ask.kind in (Kind.PATH, Kind.FOLDER) else arguments.text(ask.name, answer)
    )


def _table(name: str, answer: Any) -> Any:
    if hasattr(answer, "itertuples"):
        return answer
    if isinstance(answer, str | PathLike):
        return Path(answer)
    problem = msg("{name} is a file or a DataFrame, not a {kind}", name=name, kind=type(answer).__name__)
    raise ContentError(Problem(None, problem, msg("give a path")))


def _choice(ask: Ask, answer: str) -> str:
    if answer in ask.choices:
        return answer
    near = get_close_matches(answer, ask.choices, 1)
    remedy = msg('did you mean "{name}"?', name=near[0]) if near else _allowed(ask.choices)
    raise ContentError(Problem(None, msg('"{value}" is no {name}', value=answer, name=ask.name), remedy))


def _scenario(answer: object) -> str | Scenario | Run:
    from xinzhi.content.scenario import Scenario
    from xinzhi.simulate import Run

    return answer if isinstance(answer, Scenario | Run) else arguments.text("scenario", answer)


def _scenarios(base: Base, answer: Any, levers: Any) -> tuple[Run, ...]:
    """Runs of scenarios, each named once; of the baseline where none is named."""
    from xinzhi.content.scenario import Scenario
    from xinzhi.simulate import Run

    listed = [] if answer is None else arguments.several(answer)
    problems, runs, ids = [], [], []
    for it in listed or [BASELINE]:
        try:
            scenario = it if isinstance(it, Run) else base.scenario(it)
            ids += [] if isinstance(it, Run) else [scenario.id if isinstance(scenario, Scenario) else ""]
            runs.append(base.run(scenario, levers))
        except ContentError as error:
            problems += [one for one in error.problems if one not in problems]
    twice = [name for name in dict.fromkeys(ids) if ids.count(name) > 1]
    problems += [Problem(None, msg('scenario "{name}" is named twice', name=name)) for name in twice]
    if problems:
        raise ContentError(problems)
    return tuple(runs)


def _each(name: str, answer: Any, find: Any) -> tuple[Any, ...]:
    """What every one of the names stands for. Raises `ContentError` with every unknown one."""
    problems: list[Problem] = []
    entries = []
    for it in arguments.names(name, () if answer is None else answer):
        try:
            entries.append(find(it))
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(problems)
    return tuple(entries)
