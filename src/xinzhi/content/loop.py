"""model/loops.yaml: the feedback loops that have a name, and the limits and influences that close no loop.

A loop is told by the variables that it goes through; between two neighbours there is a path of equations in the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.content.model_check import no_variable
from xinzhi.content.model_file import ModelFile, Variable
from xinzhi.content.reader import Field, Reader, bilingual, choice, list_of, mapping_of, matching, record
from xinzhi.content.yaml_file import BAD, Bad, Node, Problems, Text, read_yaml
from xinzhi.errors import msg

LONGEST_PATH = 6
_LIMIT = "L"
_ID = r"^[RBL][1-9][0-9]?$"


@dataclass(frozen=True)
class Loop:
    """A reinforcing (R) or balancing (B) loop, or a limit or influence of one direction (L).

    ``variables`` are what it goes through, ``paths`` a path of equations for each of its arrows, both ends included;
    ``former`` is an id under which older texts name it.
    """

    id: str
    name: Text
    variables: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]
    former: str | None = None
    note: Text | None = None

    @property
    def closed(self) -> bool:
        """Whether the last variable acts on the first."""
        return not self.id.startswith(_LIMIT)

    @property
    def path(self) -> tuple[str, ...]:
        """Every variable on the way in order; of a loop the first is the last too."""
        return (*self.paths[0][:1], *(name for path in self.paths for name in path[1:]))


def loops_format(model: ModelFile) -> Reader:
    """What model/loops.yaml holds; loops by id, every arrow checked against the model's equations."""
    identifier = msg("write R, B or L and a number, such as R1")

    def checked(fields: dict[str, Any], node: Node, problems: Problems) -> Loop | Bad:
        return _loop(fields, node, problems, model.variables)

    loop = record(
        Field("name", bilingual, "名称", "Name"),
        Field("through", list_of(choice(list(model.variables), no_variable)), "依次经过的变量", "Variables in order"),
        Field("former", matching(_ID, identifier), "旧文中的编号", "The id in older texts", None),
        Field("note", bilingual, "说明", "A note", None),
    ).then(checked)
    by_id = mapping_of(loop, _ID, identifier)
    return record(Field("loops", by_id, "反馈回路（R、B）与约束（L），键为编号", "Loops (R, B) and limits (L) by id"))


def _loop(fields: dict[str, Any], node: Node, problems: Problems, variables: Mapping[str, Variable]) -> Loop | Bad:
    through, paths = fields["through"], list[tuple[str, ...]]()
    following = through[1:] if node.key.startswith(_LIMIT) else (*through[1:], through[0])
    for start, end in zip(through, following, strict=False):
        path = path_between(variables, start, end)
        if path is None:
            problems.add(
                node.place,
                msg('in "{loop}", "{start}" does not act on "{end}"', loop=node.key, start=start, end=end),
                msg("name variables that at most {count} equations connect", count=LONGEST_PATH),
            )
        else:
            paths.append(path)
    if len(paths) < len(following):
        return BAD
    if not paths:
        return problems.add(
            node.place, msg('"{loop}" has one variable', loop=node.key), msg("name two or more that act on each other")
        )
    return Loop(node.key, fields["name"], through, tuple(paths), fields["former"], fields["note"])


def path_between(
    variables: Mapping[str, Variable], start: str, end: str, longest: int = LONGEST_PATH
) -> tuple[str, ...] | None:
    """A shortest path of equations by which ``start`` acts on ``end``, both included; None where there is none."""
    following: dict[str, str] = {}
    front = [end]
    for _ in range(longest):
        reached = []
        for name in front:
            for used in variables[name].uses:
                if used == start:
                    return _walk(start, name, end, following)
                if used in variables and used not in following and used != end:
                    following[used] = name
                    reached.append(used)
        front = reached
    return None


def _walk(start: str, name: str, end: str, following: Mapping[str, str]) -> tuple[str, ...]:
    path = [start, name]
    while path[-1] != end:
        path.append(following[path[-1]])
    return tuple(path)


def read_loops(path: Path, shown_as: str, problems: Problems, model: ModelFile) -> dict[str, Loop] | None:
    """Loops by id in the file's order, or None after their problems were noted. Without a file there are none."""
    if not path.exists():
        return {}
    root = read_yaml(path, shown_as, problems)
    fields = BAD if root is None else loops_format(model).read(root, problems)
    return None if isinstance(fields, Bad) else fields["loops"]
