"""A year's monitoring in one piece: figures in, odds before and after, old forecasts scored, new ones to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xinzhi.analysis.plausible import refused
from xinzhi.content.content import Content
from xinzhi.content.files import text_of
from xinzhi.content.fitted import inputs_hash
from xinzhi.content.forecast_file import FOLDER, Forecasts, forecasts_text, read_forecasts
from xinzhi.content.history import HISTORY, Series
from xinzhi.content.observations import FRAME, whence, with_rows
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.simulate import Run, Simulator
from xinzhi.studies.fit.sampler import Progress
from xinzhi.studies.observe.forecast import FigureScore, PaceScore, make_forecasts, score
from xinzhi.studies.observe.observation import Observed, observe, with_figures
from xinzhi.studies.odds.odds import Odds, find_odds


@dataclass(frozen=True, eq=False)
class Monitored:
    """What the new figures did, the scores of kept forecasts, and the files (path in the project to text) to keep.

    ``aside`` are the series of new figures that the fit's plan does not describe: kept, and held against nothing.
    """

    observed: Observed
    before: Odds
    after: Odds
    figures: tuple[FigureScore, ...]
    pace: tuple[PaceScore, ...]
    files: Mapping[str, str]
    aside: tuple[str, ...] = ()


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
    old = make_forecasts(content, before, plan.last, inputs, float(members))
    new = make_forecasts(whole, after, observed.until, inputs, observed.effective)
    kept = read_forecasts(content.folder)
    past = [*kept, *([] if any(it.made == plan.last for it in kept) else [old])]
    figures, pace = score(whole, past)
    aside = tuple(name for name in rows if name not in plan.series)
    files = _files(content, rows, kept, (old, new))
    return Monitored(observed, before, after, tuple(figures), tuple(pace), files, aside)


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
