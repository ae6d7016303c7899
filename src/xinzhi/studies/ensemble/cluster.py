"""The same ensemble by workers of dask.distributed: a task is a part, which its worker writes.

Parts are made of their numbers, so a worker that dies loses nothing but time: its tasks are done again by another one,
to the same bits on the same kind of processor. Workers see the project's folder and the ensemble's by the same paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from xinzhi.content.reading import read_content
from xinzhi.content.scenario import BASELINE
from xinzhi.errors import Place, Problem, SimulationError, msg
from xinzhi.extras import told
from xinzhi.futures.library import DesignMembers, Futures, Members, members_said, open_futures
from xinzhi.futures.stream import run_chunk
from xinzhi.futures.system import System, build_system
from xinzhi.simulate import FloatArray, Run, Simulator
from xinzhi.store import open_store
from xinzhi.studies.ensemble.ensemble_files import EnsembleFolder, about, write_part

if TYPE_CHECKING:
    from distributed import Client

Progress = Callable[[int, int], object]
WAIT = "10s"
RETRIES = 3  # a task that lost its worker so often is given up


@contextmanager
def connected(address: str | None, workers: int | None) -> Iterator[Client]:
    """A client of the scheduler at ``address``, or of so many ``workers`` of one thread on this machine.

    Raises `MissingPartError` where dask is not installed, `SimulationError` where the scheduler does not answer.
    """
    with told():
        from distributed import Client, LocalCluster
    if address is not None:
        try:
            client = Client(address, timeout=WAIT)
        except (OSError, ValueError, TimeoutError) as error:
            problem = msg("no scheduler answers")
            remedy = msg("start one with: dask scheduler, and workers with: dask worker {address}", address=address)
            raise SimulationError(Problem(Place(address), problem, remedy)) from error
        with client:
            yield client
        return
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


def run_parts_on(
    client: Client, project: Path, runs: Mapping[str, Run], folder: EnsembleFolder,
    columns: Mapping[str, FloatArray] | None = None, progress: Progress = lambda _done, _of: None,
) -> None:  # fmt: skip
    """Make every missing part. ``columns`` are a design's, where one is run. Raises what a worker raised."""
    from distributed import as_completed

    recipe = folder.recipe
    missing = list(folder.missing())
    total = recipe.runs * len(recipe.scenarios)
    done = total - sum(stop - start for start, stop in (recipe.members(number) for _, number in missing))
    progress(done, total)
    design = client.scatter(dict(columns), broadcast=True) if columns is not None else None
    shared = {name: client.scatter(run, broadcast=True) for name, run in runs.items()}
    sizes, tasks = {}, []
    for scenario, number in missing:
        key = f"{scenario}-{number}-{folder.path.name}"
        task = client.submit(
            make_part, str(project), folder, scenario, number, shared[scenario], design,
            key=key, pure=False, retries=RETRIES,
        )  # fmt: skip
        start, stop = recipe.members(number)
        sizes[key] = stop - start
        tasks.append(task)
    try:
        for task in as_completed(tasks):
            task.result()
            done += sizes[task.key]
            progress(done, total)
    except KeyboardInterrupt:
        client.cancel(tasks)
        raise


def make_part(
    project: str, folder: EnsembleFolder, scenario: str, number: int, run: Run, columns: Mapping[str, FloatArray] | None
) -> None:
    """One part, on a worker. Raises `SimulationError` where the worker's project is another one."""
    path = folder.part(scenario, number)
    if path.exists():
        return
    recipe, given = folder.recipe, columns is not None
    simulator, system, futures = _opened(project, recipe.content, recipe.seed, None if given else recipe.design)
    members: Members | None = futures if columns is None else DesignMembers(columns, system)
    assert members is not None
    start, stop = folder.recipe.members(number)
    chunk = run_chunk(simulator.content, simulator, members, run, start, stop, threads=1)
    write_part(path, chunk, about(folder.recipe, scenario))


@lru_cache(maxsize=4)
def _opened(project: str, content: str, seed: int, drawn: str | None) -> tuple[Simulator, System, Futures | None]:
    """What a worker keeps between its tasks; where members are not ``drawn``, but a design's, there are no futures."""
    store = open_store()
    read = read_content(Path(project), store)
    if read.hash != content or (drawn is not None and members_said(read.folder) != drawn):
        problem = msg("is another content, or another fit, than the ensemble's on this worker")
        raise SimulationError(Problem(Place(project), problem, msg("copy the project's folder to every worker")))
    simulator = Simulator(read, store)
    futures = None if drawn is None else open_futures(read, simulator, simulator.run(read.scenario(BASELINE)), seed)
    return simulator, build_system(read, simulator), futures
