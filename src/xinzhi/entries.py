"""A project's levers, targets, indicators and scenarios as Python takes them: by id or name, and as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.indicator import Indicator, Target
from xinzhi.content.lever import Lever
from xinzhi.content.scenario import Scenario
from xinzhi.errors import ContentError
from xinzhi.simulate import Run

if TYPE_CHECKING:
    import pandas as pd

Entry = TypeVar("Entry")


class Entries(Brief, Mapping[str, Entry]):
    """Entries by id; ``[...]`` finds by name too.

    Iterating gives ids. ``[...]`` raises `ContentError`, with the nearest name, for what names none.
    """

    def __init__(
        self, kind: str, entries: Mapping[str, Entry], find: Callable[[str], Entry],
        row: Callable[[Entry, str], Mapping[str, Any]],
    ) -> None:  # fmt: skip
        self._kind, self._entries, self._find, self._row = kind, entries, find, row

    def __getitem__(self, name: str) -> Entry:
        return self._find(name)

    def __contains__(self, name: object) -> bool:
        try:
            return isinstance(name, str) and self._find(name) is not None
        except ContentError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def brief(self) -> str:
        return f"{len(self)} {self._kind}: {', '.join(self)}"

    def to_pandas(self, lang: str = "zh") -> pd.DataFrame:
        """A row an entry, its id as index; names in ``lang``, numbers in declared units."""
        import pandas as pd

        rows = [self._row(entry, lang) for entry in self._entries.values()]
        return pd.DataFrame(rows, index=pd.Index(list(self._entries), name="id"))

    def _repr_html_(self) -> str:
        from xinzhi.formats.notebook import frame_html

        return frame_html(self.to_pandas())


def levers(content: Content) -> Entries[Lever]:
    """The levers, also by code: unit, range, base, step, departments, status."""
    return Entries("levers", content.sheet.levers, content.sheet.lever, _lever)


def indicators(content: Content) -> Entries[Indicator]:
    """The indicators: unit, price basis, the model's variable."""
    return Entries("indicators", content.indicators, content.indicator, _indicator)


def scenarios(content: Content) -> Entries[Scenario]:
    """The scenarios: name, what each is based on, narrative."""
    return Entries("scenarios", content.scenarios, content.scenario, _scenario)


def target_row(target: Target, lang: str) -> dict[str, Any]:
    """A target in a table."""
    return {"name": target.name[lang], "indicator": target.indicator, "measure": target.measure, "sense": target.sense,
            "threshold": target.threshold, "unit": target.unit, "year": target.year, "headline": target.headline,
            "article": target.article}  # fmt: skip


def _lever(it: Lever, lang: str) -> dict[str, Any]:
    shown: Sequence[float] = [it.shown(value) for value in (it.base, it.low, it.high, it.step)]
    return {"code": it.code, "name": it.name[lang], **dict(zip(("base", "low", "high", "step"), shown, strict=True)),
            "unit": it.unit, "start": it.base_start, "ramp": it.base_ramp, "status": it.status}  # fmt: skip


def _indicator(it: Indicator, lang: str) -> dict[str, Any]:
    return {"name": it.name[lang], "unit": it.unit, "prices": it.prices, "variable": it.variable,
            "factor": it.factor, "headline": it.headline}  # fmt: skip


def _scenario(it: Scenario, lang: str) -> dict[str, Any]:
    return {"name": it.name[lang], "based_on": it.based_on, "narrative": it.narrative[lang]}


class Targets(Entries[Target]):
    """The targets; called with scenarios it judges them."""

    def __init__(self, content: Content, verdicts: Callable[..., pd.DataFrame]) -> None:
        super().__init__("targets", content.targets, content.target, target_row)
        self._verdicts = verdicts

    def __call__(
        self, *scenarios: str | Scenario | Run, levers: Mapping[str, object] | None = None, lang: str = "zh"
    ) -> pd.DataFrame:
        """One row a target and scenario (the baseline if none is named), as ``xinzhi targets --json`` gives them.

        Raises `ContentError` for unknown names and values out of range, `SimulationError` when a run fails.
        """
        return self._verdicts(*scenarios, levers=levers, lang=lang)
