"""Ensembles as a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinzhi.arguments import MOST_RUNS, MOST_WORKERS
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.show.words import N_
from xinzhi.studies import ask
from xinzhi.studies.ask import FOLDER, MEMBERS, Ask, Kind
from xinzhi.studies.study import Progress, Study

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from xinzhi.base import Base
    from xinzhi.content.content import Content
    from xinzhi.simulate import Run
    from xinzhi.studies.ensemble.ensembles import Made
    from xinzhi.studies.table import Part


class EnsembleStudy(Study["Made"]):
    """Many futures of some scenarios, the same for all, part by part into a folder."""

    name = "ensemble"
    needs = "studies"
    help = N_("Run scenarios with many futures, into a folder of Parquet files.")
    stopped = N_("What is done is kept; go on with --resume.")
    asks = (
        Ask("scenarios", Kind.SCENARIOS, N_("The scenarios.")),
        Ask("runs", Kind.COUNT, N_("How many futures of each scenario."), MEMBERS, "--runs", most=MOST_RUNS),
        ask.seed(),
        Ask("folder", Kind.FOLDER, N_("The folder or its URL, which must not hold anything else."), None, FOLDER,
            metavar="DIR", required=True),
        Ask("design", Kind.PATH, N_("Run the rows of a design, as they are, in place of draws."), None, "--design",
            metavar="FILE"),
        Ask("resume", Kind.FLAG, N_("Go on with an ensemble that was interrupted."), False, "--resume"),
        Ask("workers", Kind.COUNT, N_("Processes on this machine, by dask."), None, "--workers", most=MOST_WORKERS),
        Ask("cluster", Kind.NAME, N_("A dask scheduler, whose workers run the parts."), None, "--cluster",
            metavar="tcp://HOST:PORT"),
    )  # fmt: skip

    def run(
        self, base: Base, progress: Progress, *, scenarios: Sequence[Run], runs: int, seed: int, folder: str | Path,
        design: Path | None, resume: bool, workers: int | None, cluster: str | None,
    ) -> Made:  # fmt: skip
        from xinzhi.studies.ensemble.design_file import read_design
        from xinzhi.studies.ensemble.ensemble_files import place
        from xinzhi.studies.ensemble.ensembles import run_ensemble

        rows = None if design is None else read_design(base.content, design)
        return run_ensemble(
            base.content, base.simulator, base.run(), _by_name(scenarios), place(folder), runs=runs, seed=seed,
            resume=resume, design=rows, workers=workers, cluster=cluster, progress=progress,
        )  # fmt: skip

    def parts(self, content: Content, result: Made, lang: str) -> Sequence[Part]:
        from xinzhi.studies.ensemble.words import ensemble_parts

        return ensemble_parts(content, result, lang)

    def record(self, content: Content, result: Made, lang: str) -> Any:
        from xinzhi.studies.ensemble.words import ensemble_records

        return ensemble_records(result.summaries(), result.folder)

    def frames(self, content: Content, result: Made) -> Mapping[str, pd.DataFrame]:
        from xinzhi.studies.ensemble.words import ensemble_frames

        return ensemble_frames(result)

    def dataset(self, content: Content, result: Made) -> xr.Dataset:
        return result.to_xarray()

    def written(self, result: Made) -> Sequence[Path]:
        return (result.folder.path,)


def _by_name(scenarios: Sequence[Run]) -> dict[str, Run]:
    """The runs by their scenario. Raises `ContentError` for two of one scenario that are set otherwise."""
    runs: dict[str, Run] = {}
    for run in scenarios:
        known = runs.setdefault(run.scenario, run)
        if (known.settings, known.assumptions) != (run.settings, run.assumptions):
            raise ContentError(Problem(None, msg('scenario "{name}" is named twice', name=run.scenario)))
    return runs


STUDY = EnsembleStudy()
