"""What many lever sets come to with the same members: values, targets met and money, and the odds that these make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from xinzhi.brief import Brief
from xinzhi.content.indicator import Target
from xinzhi.content.lever import Setting
from xinzhi.futures.ensemble import Bools
from xinzhi.futures.target_odds import standard_error
from xinzhi.simulate import FloatArray

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

SET, TARGET, MEMBER, LEVER = "set", "target", "member", "lever"


@dataclass(frozen=True, eq=False, repr=False)
class Outcomes(Brief):
    """Of k lever sets: ``values``, shape (k, targets, members), in the targets' units, and which of them ``met`` them.

    ``money`` is what the levers cost by the plan's final year, shape (k, members), in ``currency``: the model's
    variable that levers.yaml names under ``money``; both None where it names none. ``sound``, shape (k, members): which
    members start at their statistics and gave numbers; a value and money of any other is NaN, and it meets nothing.
    ``share``: the members say as much as this share of their number. ``settings`` are of every lever in each set.
    """

    settings: tuple[Mapping[str, Setting], ...]
    targets: tuple[Target, ...]
    values: FloatArray
    met: Bools
    sound: Bools
    money: FloatArray | None = None
    currency: str | None = None
    share: float = 1.0

    def brief(self) -> str:
        sets, targets, members = self.values.shape
        return f"{sets} lever sets x {targets} targets x {members:,} members"

    def odds(self) -> SetOdds:
        """The odds of each target under each lever set, of the headline ones together and of all."""
        count = self.sound.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            odds = self.met.sum(axis=2) / count[:, None]
            heads = [place for place, it in enumerate(self.targets) if it.headline]
            headline = self.met[:, heads].all(axis=1).sum(axis=1) / count
            every = self.met.all(axis=1).sum(axis=1) / count
        effective = count * self.share
        return SetOdds(
            settings=self.settings, targets=self.targets,
            odds=odds, error=standard_error(odds, effective[:, None]),
            headline=headline, headline_error=standard_error(headline, effective),
            every=every, every_error=standard_error(every, effective),
            failed=(~self.sound).sum(axis=1), members=self.sound.shape[1], effective=effective,
        )  # fmt: skip

    def to_xarray(self) -> xr.Dataset:
        """Values, met, sound and money over the axes set, target and member; the levers' values over set and lever."""
        import xarray as xr

        variables: dict[str, Any] = {
            "value": ((SET, TARGET, MEMBER), self.values),
            "met": ((SET, TARGET, MEMBER), self.met),
            "sound": ((SET, MEMBER), self.sound),
            **_levers(self.settings),
        }
        if self.money is not None:
            variables["money"] = ((SET, MEMBER), self.money, {"unit": self.currency})
        return xr.Dataset(variables, coords=_coordinates(self.targets, self.settings))

    def to_pandas(self) -> pd.DataFrame:
        """A row a lever set and member, a column a target in its unit, and the money where the content names it."""
        import pandas as pd

        sets, targets, members = self.values.shape
        index = pd.MultiIndex.from_product([range(sets), range(members)], names=[SET, MEMBER])
        rows = self.values.transpose(0, 2, 1).reshape(-1, targets)
        frame = pd.DataFrame(rows, index=index, columns=[it.id for it in self.targets])
        return frame if self.money is None else frame.assign(money=self.money.reshape(-1))


@dataclass(frozen=True, eq=False, repr=False)
class SetOdds(Brief):
    """Of k lever sets: the ``odds`` of each target with their Monte Carlo standard ``error``, shape (k, targets).

    ``headline`` and ``every``, shape (k,), are the odds of the headline targets together and of all. ``failed``
    members, shape (k,), are left out; the others say as much as ``effective`` ones, shape (k,).
    """

    settings: tuple[Mapping[str, Setting], ...]
    targets: tuple[Target, ...]
    odds: FloatArray
    error: FloatArray
    headline: FloatArray
    headline_error: FloatArray
    every: FloatArray
    every_error: FloatArray
    failed: np.ndarray[tuple[int, ...], np.dtype[np.int_]]
    members: int
    effective: FloatArray

    def brief(self) -> str:
        best = float(np.nanmax(self.headline)) if np.isfinite(self.headline).any() else float("nan")
        return f"{len(self.odds)} lever sets, {self.members:,} members; headline targets together at most {best:.3f}"

    def _repr_html_(self) -> str:
        from xinzhi.formats.notebook import frame_html

        return frame_html(self.to_pandas())

    def to_xarray(self) -> xr.Dataset:
        """Odds and errors over the axes set and target; the levers' values over set and lever."""
        import xarray as xr

        alone = ("headline", "headline_error", "every", "every_error", "failed", "effective")
        return xr.Dataset(
            {
                "odds": ((SET, TARGET), self.odds),
                "error": ((SET, TARGET), self.error),
                **{name: ((SET,), getattr(self, name)) for name in alone},
                **_levers(self.settings),
            },
            coords=_coordinates(self.targets, self.settings),
        )

    def to_pandas(self) -> pd.DataFrame:
        """A row a lever set: the odds of the headline targets together and of all, then of each target."""
        import pandas as pd

        together = {"headline": self.headline, "headline_error": self.headline_error,
                    "every": self.every, "every_error": self.every_error, "failed": self.failed}  # fmt: skip
        each = {it.id: self.odds[:, place] for place, it in enumerate(self.targets)}
        return pd.DataFrame(together | each, index=pd.RangeIndex(len(self.odds), name=SET))


def _levers(settings: Sequence[Mapping[str, Setting]]) -> dict[str, tuple[tuple[str, str], FloatArray]]:
    """The levers' values (model units), start years and ramp times, over set and lever."""
    parts = ("value", "start", "ramp")
    return {
        f"lever_{part}": ((SET, LEVER), np.array([[getattr(it, part) for it in one.values()] for one in settings]))
        for part in parts
    }


def _coordinates(targets: Sequence[Target], settings: Sequence[Mapping[str, Setting]]) -> dict[str, list[str]]:
    return {TARGET: [it.id for it in targets], LEVER: list(settings[0])}
