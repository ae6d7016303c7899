"""Ensembles of any size, part by part into a folder: here, or by workers that may die."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.arguments import MOST_RUNS, MOST_SEED, MOST_WORKERS, whole
from xinzhi.brief import Brief
from xinzhi.content.content import Content
from xinzhi.content.files import meaning
from xinzhi.futures.library import DesignMembers, Members, members_said, open_futures
from xinzhi.futures.stream import CHUNK, columns_of, run_chunks
from xinzhi.futures.summary import Summary, summarise
from xinzhi.futures.system import build_system
from xinzhi.simulate import Run, Simulator
from xinzhi.studies.ensemble.design_file import DesignFile
from xinzhi.studies.ensemble.ensemble_files import EnsembleFolder, Recipe, about, open_folder, remote, write_part

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Progress = Callable[[int, int], object]  # members done, of all


def plan_ensemble(
    content: Content, simulator: Simulator, baseline: Run, scenarios: Mapping[str, Run], runs: int, seed: int,
    design: DesignFile | None = None,
) -> tuple[Recipe, Members]:  # fmt: skip
    """The recipe of ``runs`` members of each scenario, and the members: the same for all, so that differences between
    scenarios are not chance. With a ``design`` its rows are the members, as they are, not anchored.

    Raises `ContentError` where there is no plan of a fit.
    """
    members: Members
    if design is None:
        members = futures = open_futures(content, simulator, baseline, seed)
        share, said = futures.share, members_said(content.folder)
    else:
        members, share = DesignMembers(design.columns, build_system(content, simulator)), 1.0
        runs, seed, said = design.runs, int(design.recipe["seed"]), json.dumps(design.recipe)
    settings = {
        name: {
            "levers": {lever: asdict(setting) for lever, setting in run.settings.items()},
            "assumptions": {constant: it.value for constant, it in run.assumptions.items()},
        }
        for name, run in scenarios.items()
    }
    recipe = Recipe(
        content=content.hash, model=model_hash(content), version=version("xinzhi"), scenarios=tuple(scenarios),
        settings=settings, runs=runs, seed=seed, chunk=CHUNK, share=share, design=said,
    )  # fmt: skip
    return recipe, members


def model_hash(content: Content) -> str:
    """SHA-256 of what the model's file says."""
    import hashlib

    return hashlib.sha256(meaning(content.model.path)).hexdigest()


def run_parts(
    content: Content, simulator: Simulator, scenarios: Mapping[str, Run], folder: EnsembleFolder, members: Members,
    progress: Progress = lambda _done, _of: None,
) -> None:  # fmt: skip
    """Make every part that is missing; while one is written the next is run. An interruption loses these two."""
    recipe = folder.recipe
    missing = list(folder.missing())
    total = recipe.runs * len(recipe.scenarios)
    done = total - sum(stop - start for start, stop in (recipe.members(number) for _, number in missing))
    progress(done, total)
    with ThreadPoolExecutor(max_workers=1) as writer:
        waiting: Future[None] | None = None
        jobs = [(scenarios[scenario], *recipe.members(number)) for scenario, number in missing]
        chunks = run_chunks(content, simulator, members, jobs)
        for (scenario, number), chunk in zip(missing, chunks, strict=True):
            if waiting is not None:
                waiting.result()
            waiting = writer.submit(write_part, folder.part(scenario, number), chunk, about(recipe, scenario))
            done += len(chunk.failed)
            progress(done, total)
        if waiting is not None:
            waiting.result()


@dataclass(frozen=True, eq=False, repr=False)
class Made(Brief):
    """An ensemble that was made: its folder, and the content that it is of."""

    content: Content
    folder: EnsembleFolder

    def brief(self) -> str:
        recipe = self.folder.recipe
        return f"{len(recipe.scenarios)} scenarios of {recipe.runs} futures in {str(self.folder.path)[-100:]}"

    def summaries(self) -> Sequence[Summary]:
        """One a scenario, read column by column."""
        return self._summaries

    @cached_property
    def _summaries(self) -> tuple[Summary, ...]:
        names, recipe = columns_of(self.content), self.folder.recipe
        return tuple(
            summarise(self.content, it, self.folder.columns(it, names), recipe.share) for it in recipe.scenarios
        )

    def to_pandas(self) -> pd.DataFrame:
        """Odds and quantiles, a row a scenario and target; the members themselves: `frame`."""
        from xinzhi.studies.ensemble.words import ensemble_frames

        return ensemble_frames(self)["odds"]

    def to_xarray(self) -> xr.Dataset:
        """All members over ``scenario`` and ``member``."""
        from xinzhi.studies.ensemble.words import ensemble_dataset

        return ensemble_dataset(self.folder)

    def frame(self, scenario: str, names: list[str] | None = None) -> pd.DataFrame:
        """The members of a scenario, a column a target and headline indicator and year."""
        return self.folder.frame(scenario, names)


def run_ensemble(
    content: Content, simulator: Simulator, baseline: Run, scenarios: Mapping[str, Run], path: Path, *, runs: int,
    seed: int = 0, resume: bool = False, design: DesignFile | None = None, workers: int | None = None,
    cluster: str | None = None, progress: Progress = lambda _done, _of: None,
) -> Made:  # fmt: skip
    """``runs`` members of each scenario into the folder ``path``. The same arguments give the same bits.

    With ``workers`` processes of one thread, or at the dask scheduler ``cluster``, it is the same bits again. Raises
    `OutputError` where the folder holds something else, or cannot be written, `SimulationError` where no scheduler
    answers.
    """
    runs, seed = whole("runs", runs, 1, MOST_RUNS), whole("seed", seed, 0, MOST_SEED)
    workers = None if workers is None else whole("workers", workers, 1, MOST_WORKERS)
    recipe, members = plan_ensemble(content, simulator, baseline, scenarios, runs, seed, design)
    if workers is None and cluster is None:
        folder = open_folder(path, recipe, resume=resume)
        run_parts(content, simulator, scenarios, folder, members, progress)
        return Made(content, folder)
    from xinzhi.studies.ensemble.cluster import connected, run_parts_on

    with connected(cluster, workers) as client:
        folder = open_folder(path if remote(path) else path.resolve(), recipe, resume=resume)
        columns = None if design is None else design.columns
        run_parts_on(client, content.folder.resolve(), scenarios, folder, columns, progress)
    return Made(content, folder)
