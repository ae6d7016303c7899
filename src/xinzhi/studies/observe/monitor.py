"""A year's monitoring in one piece: figures in, odds before and after, old forecasts scored, new ones to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.analysis.plausible import implausible, refused
from xinzhi.base import Base
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.files import in_form_of, text_of
from xinzhi.content.fitted import inputs_hash
from xinzhi.content.folder import shown, state_of
from xinzhi.content.forecast_file import FOLDER, Forecasts, forecasts_text, read_forecasts
from xinzhi.content.history import HISTORY, Series
from xinzhi.content.observations import FRAME, whence, with_rows
from xinzhi.content.rehearsal import rehearse
from xinzhi.errors import ContentError, Place, Problem, msg
from xinzhi.futures.target_odds import Odds, find_odds
from xinzhi.simulate import Run, Simulator
from xinzhi.studies.fit.sampler import Progress
from xinzhi.studies.observe.forecast import FigureScore, PaceScore, make_forecasts, score
from xinzhi.studies.observe.observation import Observed, observe, with_figures

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, repr=False)
class Monitored(Brief):
    """What the new figures did, the scores of kept forecasts, and the files (path in the project to text) to keep.

    ``content`` has the new figures in its history. ``aside`` are the series of new figures that the fit's plan does not
    describe: kept, and held against nothing.
    """

    content: Content
    observed: Observed
    before: Odds
    after: Odds
    figures: tuple[FigureScore, ...]
    pace: tuple[PaceScore, ...]
    files: Mapping[str, str]
    aside: tuple[str, ...] = ()

    def brief(self) -> str:
        return f"{len(self.observed.surprises)} new figures, up to {self.observed.until}"

    def to_pandas(self) -> pd.DataFrame:
        """A row a new figure: what was forecast, what came, how much of a surprise it is."""
        from xinzhi.studies.observe.words import observed_frames

        return observed_frames(self.content, self)["figures"]


def monitor(
    content: Content, simulator: Simulator, baseline: Run, rows: Mapping[str, Series], members: int, seed: int,
    progress: Progress = lambda _done, _of: None, shown_as: str = FRAME,
) -> Monitored:  # fmt: skip
    """Hold the history and more ``rows``, which stand in what is ``shown_as``, against the forecasts.

    Raises `ContentError` where nothing is new, and for every figure that cannot be, before anything is reckoned.
    """
    plan = content.fit
    if plan is None:
        raise ContentError(Problem(None, msg("there is nothing to fit"), msg("write calibration/fit.yaml")))
    whole = with_figures(content, rows)
    where = whence(content, shown_as)
    wrong = refused(whole, baseline, where)
    if wrong:
        raise ContentError(wrong)
    observed = observe(whole, simulator, baseline, members, seed, progress=progress, where=where)
    if not observed.surprises:
        problem = msg("there is no figure after {year}", year=plan.last)
        raise ContentError(Problem(None, problem, msg("name a file with some: xinzhi observe DATA.csv")))
    before, after = find_odds(content, observed.before), find_odds(whole, observed.after)
    inputs = inputs_hash(content.folder)
    old = make_forecasts(content, observed.before, before, plan.last, inputs, float(members))
    new = make_forecasts(whole, observed.after, after, observed.until, inputs, observed.effective)
    kept = read_forecasts(content.folder)
    past = [*kept, *([] if any(it.made == plan.last for it in kept) else [old])]
    figures, pace = score(whole, past)
    aside = tuple(name for name in rows if name not in plan.series)
    files = _files(content, rows, kept, (old, new))
    return Monitored(whole, observed, before, after, tuple(figures), tuple(pace), files, aside)


def kept_files(base: Base, monitored: Monitored) -> dict[Path, bytes]:
    """The project's files with the figures and forecasts, rehearsed.

    Raises `ContentError` where the project would no longer be sound, or its files are others than those observed.
    """
    folder = base.content.folder
    if state_of(folder) != base.content.hash:
        problem = msg("the project's files have changed since they were read")
        raise ContentError(Problem(Place(shown(folder)), problem, msg("read the project and observe again")))
    rehearsed = rehearse(folder, monitored.files, base.simulator.store)
    wrong = implausible(rehearsed, base.run(), shown(folder / HISTORY))
    if wrong:
        raise ContentError(wrong)
    return {folder / name: in_form_of(folder / name, text) for name, text in monitored.files.items()}


def _files(
    content: Content, rows: Mapping[str, Series], kept: list[Forecasts], made: tuple[Forecasts, Forecasts]
) -> dict[str, str]:
    """The forecasts, where none of that year stands yet, and the history with the rows, last: where writing is cut
    short, the figures are still new."""
    files = {}
    for it in made:
        if not any(one.made == it.made for one in kept):
            files[f"{FOLDER}/{it.made}.yaml"] = forecasts_text(it)
    if any(content.history.series[name].at(it.time) is None for name, one in rows.items() for it in one.observations):
        written = text_of(content.folder / HISTORY)
        files[HISTORY] = with_rows(written, rows, content.history.series)
    return files
