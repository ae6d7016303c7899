"""A scenario's sensitivity by any of the methods: the inputs, the sample, the runs and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xinzhi.analysis.verdict import meets
from xinzhi.arguments import MOST_SEED, MOST_THREADS, whole
from xinzhi.content.content import Content
from xinzhi.errors import ContentError, Problem, msg
from xinzhi.futures.priors import quantile
from xinzhi.simulate import FloatArray, Run, Simulator
from xinzhi.studies.sensitivity.distribution import latin_sample, pawn_indices
from xinzhi.studies.sensitivity.inputs import (
    Input,
    Response,
    constant_inputs,
    find_inputs,
    find_targets,
    lever_inputs,
    whole_blocks,
)
from xinzhi.studies.sensitivity.local import local_effects
from xinzhi.studies.sensitivity.methods import Method, find_method
from xinzhi.studies.sensitivity.morris import elementary_effects, morris_sample, ranked
from xinzhi.studies.sensitivity.regional_sensitivity import find_regions
from xinzhi.studies.sensitivity.result import Convergence, Curves, Screening, Sensitivity
from xinzhi.studies.sensitivity.sobol import sobol_indices, sobol_sample

SCREENED = 30  # inputs that a screening leaves
SCREENING = 20  # its trajectories
PARTS = (8, 4, 2, 1)  # of the sample, by which convergence is seen
POINTS = 11  # of a curve, from 5 to 95 % of the prior
LARGEST = 2**29  # bytes of a sample and its outputs: half of what a run may take


@dataclass(frozen=True)
class Sizes:
    """Of a method's sample: the smallest that is allowed and the one taken unless told, and runs that each costs."""

    smallest: int
    usual: int
    runs: Callable[[int], int]


SIZES: dict[Method, Sizes] = {
    "morris": Sizes(4, 50, lambda inputs: inputs + 1),
    "sobol": Sizes(64, 8192, lambda inputs: inputs + 2),
    "pawn": Sizes(400, 8000, lambda _inputs: 1),
    "regional": Sizes(400, 8000, lambda _inputs: 1),
}


def analyse(
    content: Content, simulator: Simulator, run: Run, method: str = "sobol", *, inputs: Sequence[str] = (),
    targets: Sequence[str] = (), levers: bool = False, every: bool = False, runs: int | None = None, seed: int = 0,
    threads: int | None = None,
) -> Sensitivity:  # fmt: skip
    """How the targets' values (all, unless ``targets`` names some) depend on the inputs about ``run``.

    Inputs are those named; else all constants with a prior (``levers``: and all levers). Of these Sobol' and PAWN take
    the 30 that a Morris screening ranks first, unless ``every``. At most ``runs`` of the model are made. The same seed
    gives the same bits for any number of ``threads``. Raises `ContentError` for an unknown method, input or target and
    for a sample that is too small or too large, `SimulationError` where too few runs give a number.
    """
    seed = whole("seed", seed, 0, MOST_SEED)
    runs = None if runs is None else whole("runs", runs, 1)
    threads = None if threads is None else whole("threads", threads, 1, MOST_THREADS)
    known = find_method(method)
    judged = find_targets(content, targets)
    varied = find_inputs(content, simulator, run, inputs)
    screening = None
    if not varied or levers:
        candidates = {} if varied else constant_inputs(content, simulator, run)
        candidates |= lever_inputs(content, run) if levers else {}
        varied = tuple({it.name: it for it in (*varied, *candidates.values())}.values())
    if not inputs and not every and known in ("sobol", "pawn") and len(varied) > SCREENED:
        varied, screening = _screen(Response(content, simulator, run, varied, judged, threads), seed)
    response = Response(content, simulator, run, varied, judged, threads)
    if known == "local":
        return _local(response, seed)
    size = _size(known, len(varied), len(judged), runs)
    return replace(_SAMPLED[known](response, size, seed), screening=screening)


def runs_of(method: str, inputs: int, runs: int | None = None) -> int:
    """How many runs `analyse` makes for so many candidates and one target, those of a screening included.

    Raises `ContentError` as `analyse` does.
    """
    known = find_method(method)
    if known == "local":
        return 1 + (2 + POINTS) * inputs
    screened = known in ("sobol", "pawn") and inputs > SCREENED
    varied = SCREENED if screened else inputs
    screening = SCREENING * (inputs + 1) if screened else 0
    return screening + SIZES[known].runs(varied) * _size(known, varied, 1, runs)


def _size(method: Method, inputs: int, targets: int, runs: int | None) -> int:
    """The sample's size for so many runs: a power of two for Sobol'. Raises `ContentError` where it cannot be."""
    sizes = SIZES[method]
    each = sizes.runs(inputs)
    size = sizes.usual if runs is None else runs // each
    if size < sizes.smallest:
        raise ContentError(
            Problem(None, msg("{runs} runs are too few for {inputs} inputs", runs=runs, inputs=inputs),
                    msg("write at least --runs {fewest}", fewest=each * sizes.smallest)))  # fmt: skip
    most = LARGEST // (8 * (inputs + targets) * each)
    if size > most:
        raise ContentError(
            Problem(None, msg("a sample of {runs} runs does not fit into 1 GB", runs=size * each),
                    msg("write at most --runs {most}, or fewer inputs or targets", most=most * each)))  # fmt: skip
    return 1 << (size.bit_length() - 1) if method == "sobol" else size


def _screen(response: Response, seed: int) -> tuple[tuple[Input, ...], Screening]:
    """The inputs that a Morris screening ranks first."""
    screened = _morris(response, SCREENING, seed, convergence=False)
    effects = screened.measures["mu_star"]
    kept = ranked(effects)[:SCREENED]
    with np.errstate(invalid="ignore"):
        share = effects[:, kept].sum(axis=1) / effects.sum(axis=1)
    inputs = tuple(response.inputs[place] for place in kept)
    return inputs, Screening(len(response.inputs), tuple(share.tolist()), screened.runs)


def _local(response: Response, seed: int) -> Sensitivity:
    inputs = response.inputs
    shares = np.linspace(0.05, 0.95, POINTS)
    points = np.stack([quantile(it.prior, shares) for it in inputs], axis=1)
    centre, low, high = np.array([(it.value, it.prior.low, it.prior.high) for it in inputs]).T
    effects = local_effects(response.at, centre, low, high, points)
    ends = effects.curves[0], effects.curves[-1]
    measures = {"swing": ends[1] - ends[0], "low": ends[0], "high": ends[1], "slope": effects.slope,
                "elasticity": effects.elasticity}  # fmt: skip
    runs = 1 + (2 + POINTS) * len(inputs)
    failed = int((~np.isfinite(effects.curves).all(axis=1)).sum())
    return Sensitivity("local", response.run, inputs, response.targets, seed, 1, runs, failed, measures,
                       {"value": effects.base}, curves=Curves(points, effects.curves))  # fmt: skip


def _morris(response: Response, size: int, seed: int, convergence: bool = True) -> Sensitivity:
    count = len(response.inputs)
    shares = morris_sample(count, size, seed)
    outputs = response(shares)
    values, failed = whole_blocks(outputs, count + 1)
    sound = np.isfinite(outputs.reshape(size, -1)).all(axis=1)
    shares = shares.reshape(size, count + 1, count)[sound].reshape(-1, count)
    effects = elementary_effects(shares, values, seed)
    measures = {"mu_star": effects.absolute, "mu_star_conf": effects.absolute_error, "mu": effects.mean,
                "sigma": effects.spread}  # fmt: skip
    shown = None
    if convergence:
        largest = effects.absolute.max(axis=1, keepdims=True)
        scale = np.where(largest > 0, largest, 1.0)
        sizes = _parts(len(values) // (count + 1), 2)
        ends = [part * (count + 1) for part in sizes]
        parts = [elementary_effects(shares[:end], values[:end], seed) for end in ends[:-1]] + [effects]
        shown = Convergence(sizes, np.stack([it.absolute / scale for it in parts]),
                            np.stack([it.absolute_error / scale for it in parts]))  # fmt: skip
    return Sensitivity("morris", response.run, response.inputs, response.targets, seed, size, len(outputs), failed,
                       measures, {}, shown)  # fmt: skip


def _sobol(response: Response, size: int, seed: int) -> Sensitivity:
    count = len(response.inputs)
    values, failed = whole_blocks(response(sobol_sample(count, size, seed)), count + 2)
    sizes = _parts(len(values) // (count + 2), 2)
    parts = [sobol_indices(values[: part * (count + 2)], count, seed) for part in sizes]
    last = parts[-1]
    measures = {"S1": last.first, "S1_conf": last.first_error, "ST": last.total, "ST_conf": last.total_error}
    shown = Convergence(sizes, np.stack([it.total for it in parts]), np.stack([it.total_error for it in parts]))
    return Sensitivity("sobol", response.run, response.inputs, response.targets, seed, size, size * (count + 2),
                       failed, measures, {}, shown)  # fmt: skip


def _pawn(response: Response, size: int, seed: int) -> Sensitivity:
    shares, values, failed = _latin(response, size, seed)
    sizes = _parts(len(values), 200)
    parts = [pawn_indices(shares[:part], values[:part], seed) for part in sizes]
    index = np.stack([it.median for it in parts])
    change = np.abs(np.diff(index, axis=0, prepend=np.nan if len(parts) == 1 else index[1:2])) / 2
    measures = {"median": parts[-1].median, "maximum": parts[-1].largest}
    return Sensitivity("pawn", response.run, response.inputs, response.targets, seed, size, size, failed, measures,
                       {"noise": parts[-1].noise}, Convergence(sizes, index, change))  # fmt: skip


def _regional(response: Response, size: int, seed: int) -> Sensitivity:
    shares, values, failed = _latin(response, size, seed)
    met = np.stack([meets(it, column) for it, column in zip(response.targets, values.T, strict=True)], axis=1)
    regions = find_regions(shares, met)
    turns = np.stack([quantile(it.prior, column) for it, column in zip(response.inputs, regions.turns.T, strict=True)])
    measures = {"distance": regions.distance, "p": regions.p, "direction": regions.rising, "turns": turns.T}
    return Sensitivity("regional", response.run, response.inputs, response.targets, seed, size, size, failed, measures,
                       {"met": regions.met})  # fmt: skip


def _latin(response: Response, size: int, seed: int) -> tuple[FloatArray, FloatArray, int]:
    """Shares and outputs of the members that gave numbers, and how many did not."""
    shares = latin_sample(len(response.inputs), size, seed)
    outputs = response(shares)
    values, failed = whole_blocks(outputs, 1)
    return shares[np.isfinite(outputs).all(axis=1)], values, failed


def _parts(size: int, smallest: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(size // part for part in PARTS if size // part >= smallest)) or (size,)


_SAMPLED: dict[Method, Callable[[Response, int, int], Sensitivity]] = {
    "morris": _morris, "sobol": _sobol, "pawn": _pawn, "regional": _regional,
}  # fmt: skip
