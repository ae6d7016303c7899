"""Several back-tests at once: the standard set, or those from origins that are asked for, and what is kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.base import Base
from xinzhi.brief import Brief
from xinzhi.content.backtest_file import Foresight, KeptBacktests, read_backtests
from xinzhi.content.fitted import inputs_hash
from xinzhi.futures.fit_dependence import fingerprint
from xinzhi.studies.backtest.backtest import Backtest, backtest
from xinzhi.studies.study import Progress

if TYPE_CHECKING:
    import pandas as pd

ROLLING = (2018, 2019, 2020, 2021, 2022)
STANDARD: tuple[tuple[tuple[int, ...], Foresight], ...] = (
    ((2019,), "outside"), ((2021,), "outside"), (ROLLING, "outside"), (ROLLING, "none"),
)  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Backtests(Brief):
    """The tests, the hash of everything that they were made from, whether they are the ``standard`` set, and the
    fingerprint of what they depend on (`xinzhi.futures.freshness`)."""

    inputs: str
    seed: int
    standard: bool
    tests: tuple[Backtest, ...]
    depends: str = ""

    def brief(self) -> str:
        origins = "; ".join(" ".join(map(str, it.result.origins)) for it in self.tests)
        return f"{len(self.tests)} tests, seed {self.seed}, from {origins}"

    def to_pandas(self) -> pd.DataFrame:
        """A row a test, series and method: errors, coverage, Theil's U."""
        from xinzhi.studies.backtest.words import backtest_frames

        return backtest_frames(self.tests)["scores"]


def run_backtests(
    base: Base, origins: Sequence[int], foresight: Foresight | None, seed: int, progress: Progress
) -> Backtests:
    """Forecast from ``origins``, or the standard set without any; of it those tests alone that have ``foresight``.

    ``progress`` is called after each origin. Raises as `backtest`.
    """
    asked: tuple[tuple[tuple[int, ...], Foresight], ...] = ((tuple(dict.fromkeys(origins)), foresight or "outside"),)
    if not origins:
        asked = tuple(it for it in STANDARD if foresight in (None, it[1]))
    done, total = 0, sum(len(years) for years, _ in asked)

    def one_more() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    progress(done, total)
    tests = tuple(backtest(base.content, base.simulator, years, seed, known, one_more) for years, known in asked)
    inputs = inputs_hash(base.content.folder)
    return Backtests(inputs, seed, asked == STANDARD, tests, fingerprint(base.content))


def to_keep(folder: Path, backtests: Backtests) -> KeptBacktests:
    """The standard set as it is; others beside those that are kept of the same model, data and seed.

    Raises `ContentError` where the kept ones are damaged.
    """
    made = tuple(it.result for it in backtests.tests)
    kept = None if backtests.standard else read_backtests(folder)
    if kept is not None and (kept.inputs, kept.seed) == (backtests.inputs, backtests.seed):
        anew = {(it.origins, it.foresight) for it in made}
        made = (*(it for it in kept.tests if (it.origins, it.foresight) not in anew), *made)
    return KeptBacktests(backtests.inputs, backtests.seed, made, backtests.depends)
